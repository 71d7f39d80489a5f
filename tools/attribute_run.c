/* tools/attribute_run.c - query, set and delete attributes: what crm_attribute and its relatives share.  Layer 6. */
#include "tools/attribute_run.h"

#include <string.h>

#include "attr/attrmsg.h"
#include "base/error.h"
#include "tools/daemon.h"

int
cox_attribute_fail(struct cox_tool_ctx *ctx, GError *error)
{
    /* Scripts know these two by their words. */
    if (error->code == COX_ERROR_PRIVILEGE || error->code == COX_ERROR_NOT_FOUND) {
        int status = cox_error_status_of(error);

        cox_out_error(ctx->out, "%s: Error performing operation: %s", ctx->tool->name,
                      (error->code == COX_ERROR_PRIVILEGE) ? "Permission denied" : "No such device or address");
        if (cox_out_is_text(ctx->out) && error->code == COX_ERROR_NOT_FOUND && strstr(error->message, "UUID") != NULL) {
            cox_out_error(ctx->out, "%s", error->message);
        }
        g_error_free(error);
        return status;
    }
    return cox_tool_fail(ctx, error);
}

/* The node that the agent's environment means; NULL: none. */
static const char *
node_of_environment(void)
{
    const char *given = g_getenv("OCF_RESKEY_CRM_meta_on_node");

    return given == NULL || *given == '\0' ? NULL : given;
}

char *
cox_attribute_local_node(struct cox_cib_access *access)
{
    struct cox_arena *arena = NULL;
    const struct cox_msg_control_query query = { 0 };
    const struct cox_daemon_question question = { COX_DAEMON_CONTROL, "crm_attribute", COX_MSG_CONTROL_QUERY, &query,
                                                  COX_MSG_CONTROL_STATE, 0 };
    const struct cox_msg_control_state *state = NULL;
    char *name = g_strdup(node_of_environment());

    if (name == NULL && cox_cib_access_is_live(access)) {
        arena = cox_arena_new();
        state = cox_daemon_ask(cox_cib_access_runtime(access), &question, arena, NULL);
        name = (state == NULL) ? NULL : g_strdup(state->node);
        cox_arena_free(arena);
    }
    return (name != NULL) ? name : g_strdup(g_get_host_name());
}

/* ---- query ---- */

static void
print_pair(struct cox_tool_ctx *ctx, const struct cox_attribute_task *task, const char *name, const char *value)
{
    const char *section = cox_attrpath_section(task->request.scope);

    cox_out_leaf(ctx->out, "attribute", "name", name, "value", value, "scope", section, "id", task->request.id, NULL);
    if (ctx->is_quiet) {
        cox_out_line(ctx->out, "%s", value);
    } else {
        cox_out_line(ctx->out, "scope=%s%s%s%s%s value=%s", section, (task->request.id != NULL) ? " id=" : "",
                     (task->request.id != NULL) ? task->request.id : "", (task->gap != NULL) ? task->gap : " name=", name, value);
    }
}

/* Which of several is meant is for the caller to say. */
static void
print_choice(struct cox_tool_ctx *ctx, const struct cox_attribute_task *task, const struct cox_msg_cib_pairs *found)
{
    cox_out_line(ctx->out, "Multiple attributes match name=%s", task->request.name);
    for (gsize i = 0; i < found->n_pairs; i++) {
        cox_out_line(ctx->out, "  Value: %s \t(id=%s)", found->pairs[i].value, found->pairs[i].id);
    }
}

static int
fail_for_many(struct cox_tool_ctx *ctx, const struct cox_attribute_task *task, const struct cox_msg_cib_pairs *found)
{
    print_choice(ctx, task, found);
    return cox_tool_error(ctx, COX_ERROR_MULTIPLE, "Please choose from one of the matches below and supply the 'id' with --attr-id");
}

static GError *
not_set(const struct cox_attribute_task *task)
{
    return g_error_new(COX_ERROR, COX_ERROR_NOT_FOUND, "attribute '%s' is not set",
                       (task->request.name != NULL) ? task->request.name : "*");
}

static int
query(struct cox_tool_ctx *ctx, const struct cox_attribute_task *task, const struct cox_msg_cib_pairs *found)
{
    if (found->n_pairs == 0 && task->fallback == NULL) {
        return cox_attribute_fail(ctx, not_set(task));
    }
    if (found->n_pairs == 0) {
        print_pair(ctx, task, task->request.name, task->fallback);
        return 0;
    }
    if (found->n_pairs > 1 && task->request.pattern == NULL) {
        return fail_for_many(ctx, task, found);
    }
    for (gsize i = 0; i < found->n_pairs; i++) {
        print_pair(ctx, task, found->pairs[i].name, found->pairs[i].value);
    }
    return 0;
}

/* ---- change ---- */

/* Said after the deletion, of what was there before. */
static void
print_deleted(struct cox_tool_ctx *ctx, const struct cox_attribute_task *task, const struct cox_msg_cib_pairs *found)
{
    for (gsize i = 0; !ctx->is_quiet && i < found->n_pairs; i++) {
        cox_out_line(ctx->out, "Deleted %s attribute: id=%s name=%s", cox_attrpath_section(task->request.scope), found->pairs[i].id,
                     found->pairs[i].name);
    }
}

/* attrd has the transient attributes of a running cluster, and writes them into the document when their time has come. */
static int
change_in_attrd(struct cox_tool_ctx *ctx, struct cox_cib_access *access, const struct cox_attribute_task *task)
{
    const struct cox_attrpath_request *request = &task->request;
    const struct cox_msg_attr_update update = {
        .change = COX_ATTR_SET,
        .name = request->name,
        .pattern = (request->pattern != NULL) ? g_regex_get_pattern(request->pattern) : NULL,
        .node = request->node,
        .value = (task->command == COX_ATTRIBUTE_DELETE) ? NULL : task->value,
        .kind = COX_ATTR_TRANSIENT,
        .set_name = request->set_id,
        .is_utilization = request->is_utilization,
        .at_once = task->is_at_once,
        .wants_all = task->waits_for_all,
        .needs_node = true,
        .user = g_getenv("CIB_user"),
    };
    const struct cox_daemon_question question
        = { COX_DAEMON_ATTR, ctx->tool->name, COX_MSG_ATTR_UPDATE, &update, COX_MSG_DONE, 0 };
    struct cox_arena *arena = cox_arena_new();
    GError *error = NULL;
    bool is_done = cox_daemon_ask(cox_cib_access_runtime(access), &question, arena, &error) != NULL;

    cox_arena_free(arena);
    return is_done ? 0 : cox_attribute_fail(ctx, error);
}

/* ---- with the document: a file, several attributes at once, or a cibd that is older than this tool ---- */

/* In the section that is meant, which has nearly always all that is needed, else in the whole: remote nodes are resources. */
static bool
find(struct cox_cib_access *access, const struct cox_attrpath_request *request, struct cox_attrpath_match *match, GError **error)
{
    const struct cox_xml *root = NULL;
    GError *problem = NULL;

    if (request->scope != COX_ATTRPATH_TRANSIENT) {
        root = cox_cib_access_section(access, cox_attrpath_section(request->scope), error);
        if (root == NULL) {
            return false;
        }
        if (cox_attrpath_find(root, request, match, &problem)) {
            return true;
        }
        g_clear_error(&problem);
    }
    root = cox_cib_access_visible(access, error);
    return root != NULL && cox_attrpath_find(root, request, match, error);
}

/* As cibd tells it. */
static struct cox_msg_cib_pairs
pairs_of(const struct cox_attrpath_match *match, struct cox_arena *arena)
{
    struct cox_msg_cib_pair *pairs = cox_arena_new_array(arena, struct cox_msg_cib_pair, match->pairs->len);

    for (guint i = 0; i < match->pairs->len; i++) {
        const struct cox_xml *pair = match->pairs->pdata[i];

        pairs[i].id = cox_arena_strdup(arena, cox_xml_id(pair));
        pairs[i].name = cox_arena_strdup(arena, cox_xml_get(pair, "name"));
        pairs[i].value = cox_arena_strdup(arena, cox_xml_get(pair, "value"));
    }
    return (struct cox_msg_cib_pairs) { .n_pairs = match->pairs->len, .pairs = pairs };
}

static bool
make_steps(struct cox_cib_access *access, const GPtrArray *steps, struct cox_diags *diags, GError **error)
{
    for (guint i = 0; i < steps->len; i++) {
        const struct cox_edit edit = cox_step_edit(steps->pdata[i]);

        if (!cox_cib_access_edit(access, &edit, diags, error)) {
            return false;
        }
    }
    return true;
}

static int
change(struct cox_tool_ctx *ctx, struct cox_cib_access *access, const struct cox_attribute_task *task, const struct cox_attrpath_match *match)
{
    g_autoptr(GPtrArray) steps = g_ptr_array_new_with_free_func((GDestroyNotify) cox_step_free);
    g_autoptr(cox_diags) diags = cox_diags_new();
    GError *error = NULL;
    bool is_done = (task->command == COX_ATTRIBUTE_UPDATE) ? cox_attrpath_update(&task->request, match, task->value, steps, &error)
                                                            : cox_attrpath_delete(&task->request, match, steps, &error);

    if (!is_done || !make_steps(access, steps, diags, &error)) {
        int status = cox_attribute_fail(ctx, error);

        cox_tool_print_diags(ctx, diags);
        return status;
    }
    return 0;
}

static int
run_in_document(struct cox_tool_ctx *ctx, struct cox_cib_access *access, const struct cox_attribute_task *task)
{
    g_autoptr(cox_arena) arena = cox_arena_new();
    struct cox_attrpath_match match = { 0 };
    struct cox_msg_cib_pairs found;
    GError *error = NULL;
    int status = 0;

    if (!find(access, &task->request, &match, &error)) {
        return cox_attribute_fail(ctx, error);
    }
    found = pairs_of(&match, arena);
    if (task->command == COX_ATTRIBUTE_QUERY) {
        status = query(ctx, task, &found);
    } else if (found.n_pairs > 1 && task->request.pattern == NULL) {
        status = fail_for_many(ctx, task, &found);
    } else {
        status = change(ctx, access, task, &match);
        if (status == 0 && task->command == COX_ATTRIBUTE_DELETE) {
            print_deleted(ctx, task, &found);
        }
    }
    cox_attrpath_match_clear(&match);
    return status;
}

/* ---- run ---- */

static bool
is_of_node(const struct cox_attrpath_request *request)
{
    return request->scope == COX_ATTRPATH_NODE || request->scope == COX_ATTRPATH_TRANSIENT;
}

/* NULL: see cox_cib_access_pairs(); also for a pattern, which several may match. */
static const struct cox_msg_cib_pairs *
ask_cibd(struct cox_cib_access *access, const struct cox_attribute_task *task, struct cox_arena *arena, GError **error)
{
    const struct cox_attrpath_request *request = &task->request;
    const struct cox_msg_cib_choice what = { .scope = request->scope, .node = request->node, .set_id = request->set_id, .id = request->id,
                                             .name = request->name, .is_utilization = request->is_utilization };
    const struct cox_cib_access_choice choice = { .what = &what, .sets = task->command != COX_ATTRIBUTE_QUERY,
                                                  .value = task->command == COX_ATTRIBUTE_UPDATE ? task->value : NULL };

    if (request->pattern != NULL) {
        g_set_error_literal(error, COX_ERROR, COX_ERROR_UNIMPLEMENTED, "cibd knows no patterns");
        return NULL;
    }
    return cox_cib_access_pairs(access, &choice, arena, error);
}

/* As @given, with the node of the environment, if any is to be meant and none is named. */
static struct cox_attribute_task
complete(const struct cox_attribute_task *given)
{
    struct cox_attribute_task task = *given;

    if (is_of_node(&task.request) && task.request.node == NULL) {
        task.request.node = node_of_environment();
    }
    return task;
}

/* Here the node needs a name. */
static char *
name_node(struct cox_cib_access *access, struct cox_attrpath_request *request)
{
    char *name = is_of_node(request) && request->node == NULL ? cox_attribute_local_node(access) : NULL;

    request->node = name == NULL ? request->node : name;
    return name;
}

int
cox_attribute_run(struct cox_tool_ctx *ctx, struct cox_cib_access *access, const struct cox_attribute_task *given)
{
    g_autoptr(cox_arena) arena = cox_arena_new();
    struct cox_attribute_task task = complete(given);
    const struct cox_msg_cib_pairs *found = NULL;
    g_autofree char *local = NULL;
    GError *error = NULL;

    if (task.command != COX_ATTRIBUTE_QUERY && task.request.scope == COX_ATTRPATH_TRANSIENT && cox_cib_access_is_live(access)) {
        return change_in_attrd(ctx, access, &task); /* which knows the name of its node, as cibd does */
    }
    found = ask_cibd(access, &task, arena, &error);
    if (found == NULL && g_error_matches(error, COX_ERROR, COX_ERROR_UNIMPLEMENTED)) {
        g_clear_error(&error);
        local = name_node(access, &task.request);
        return run_in_document(ctx, access, &task);
    }
    if (found == NULL) {
        return cox_attribute_fail(ctx, error);
    }
    if (task.command == COX_ATTRIBUTE_QUERY) {
        return query(ctx, &task, found);
    }
    if (found->n_pairs > 1) {
        return fail_for_many(ctx, &task, found);
    }
    if (task.command == COX_ATTRIBUTE_DELETE) {
        print_deleted(ctx, &task, found);
    }
    return 0;
}

/* The first of the values, if there is one. */
static char *
first_value(struct cox_cib_access *access, struct cox_attribute_task *task, GError **error)
{
    g_autoptr(cox_arena) arena = cox_arena_new();
    g_autofree char *local = NULL;
    GError *problem = NULL;
    struct cox_attrpath_match match = { 0 };
    struct cox_msg_cib_pairs found;
    const struct cox_msg_cib_pairs *told = ask_cibd(access, task, arena, &problem);

    if (told == NULL && g_error_matches(problem, COX_ERROR, COX_ERROR_UNIMPLEMENTED)) {
        g_clear_error(&problem);
        local = name_node(access, &task->request);
        if (find(access, &task->request, &match, &problem)) {
            found = pairs_of(&match, arena);
            told = &found;
        }
        cox_attrpath_match_clear(&match);
    }
    if (told == NULL) {
        g_propagate_error(error, problem);
    }
    return told == NULL || told->n_pairs == 0 ? NULL : g_strdup(told->pairs[0].value);
}

char *
cox_attribute_value(struct cox_cib_access *access, const struct cox_attrpath_request *request, GError **error)
{
    const struct cox_attribute_task given = { .command = COX_ATTRIBUTE_QUERY, .request = *request };
    struct cox_attribute_task task = complete(&given);
    GError *problem = NULL;
    char *value = first_value(access, &task, &problem);

    if (problem != NULL) {
        g_propagate_error(error, problem);
    } else if (value == NULL) {
        g_set_error(error, COX_ERROR, COX_ERROR_NOT_FOUND, "attribute '%s' is not set", request->name);
    }
    return value;
}
