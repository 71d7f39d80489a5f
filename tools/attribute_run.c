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

char *
cox_attribute_local_node(struct cox_cib_access *access)
{
    const char *given = g_getenv("OCF_RESKEY_CRM_meta_on_node");
    struct cox_arena *arena = NULL;
    const struct cox_msg_control_query query = { 0 };
    const struct cox_daemon_question question = { COX_DAEMON_CONTROL, "crm_attribute", COX_MSG_CONTROL_QUERY, &query,
                                                  COX_MSG_CONTROL_STATE, 0 };
    const struct cox_msg_control_state *state = NULL;
    char *name = NULL;

    if (given != NULL && *given != '\0') {
        return g_strdup(given);
    }
    if (cox_cib_access_is_live(access)) {
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
print_choice(struct cox_tool_ctx *ctx, const struct cox_attribute_task *task, const struct cox_attrpath_match *match)
{
    cox_out_line(ctx->out, "Multiple attributes match name=%s", task->request.name);
    for (guint i = 0; i < match->pairs->len; i++) {
        const struct cox_xml *pair = match->pairs->pdata[i];

        cox_out_line(ctx->out, "  Value: %s \t(id=%s)", cox_xml_get(pair, "value"), cox_xml_id(pair));
    }
}

static GError *
not_set(const struct cox_attribute_task *task)
{
    return g_error_new(COX_ERROR, COX_ERROR_NOT_FOUND, "attribute '%s' is not set",
                       (task->request.name != NULL) ? task->request.name : "*");
}

static int
query(struct cox_tool_ctx *ctx, const struct cox_attribute_task *task, const struct cox_attrpath_match *match)
{
    if (match->pairs->len == 0 && task->fallback == NULL) {
        return cox_attribute_fail(ctx, not_set(task));
    }
    if (match->pairs->len == 0) {
        print_pair(ctx, task, task->request.name, task->fallback);
        return 0;
    }
    if (match->pairs->len > 1 && task->request.pattern == NULL) {
        print_choice(ctx, task, match);
        return cox_tool_error(ctx, COX_ERROR_MULTIPLE,
                              "Please choose from one of the matches below and supply the 'id' with --attr-id");
    }
    for (guint i = 0; i < match->pairs->len; i++) {
        const struct cox_xml *pair = match->pairs->pdata[i];

        print_pair(ctx, task, cox_xml_get(pair, "name"), cox_xml_get(pair, "value"));
    }
    return 0;
}

/* ---- change ---- */

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

/* Said after the deletion, of what was there before. */
static GPtrArray *
deleted_lines(const struct cox_attribute_task *task, const struct cox_attrpath_match *match)
{
    GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < match->pairs->len; i++) {
        const struct cox_xml *pair = match->pairs->pdata[i];

        g_ptr_array_add(lines, g_strdup_printf("Deleted %s attribute: id=%s name=%s", cox_attrpath_section(task->request.scope),
                                               cox_xml_id(pair), cox_xml_get(pair, "name")));
    }
    return lines;
}

static int
change(struct cox_tool_ctx *ctx, struct cox_cib_access *access, const struct cox_attribute_task *task,
       const struct cox_attrpath_match *match)
{
    g_autoptr(GPtrArray) steps = g_ptr_array_new_with_free_func((GDestroyNotify) cox_step_free);
    g_autoptr(GPtrArray) lines = deleted_lines(task, match);
    g_autoptr(cox_diags) diags = cox_diags_new();
    GError *error = NULL;
    bool is_done = (task->command == COX_ATTRIBUTE_UPDATE) ? cox_attrpath_update(&task->request, match, task->value, steps, &error)
                                                            : cox_attrpath_delete(&task->request, match, steps, &error);

    if (is_done) {
        is_done = make_steps(access, steps, diags, &error);
    } else if (error->code == COX_ERROR_MULTIPLE) {
        print_choice(ctx, task, match);
    }
    if (!is_done) {
        int status = cox_attribute_fail(ctx, error);

        cox_tool_print_diags(ctx, diags);
        return status;
    }
    for (guint i = 0; task->command == COX_ATTRIBUTE_DELETE && !ctx->is_quiet && i < lines->len; i++) {
        cox_out_line(ctx->out, "%s", (const char *) lines->pdata[i]);
    }
    return 0;
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

/* ---- run ---- */

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

int
cox_attribute_run(struct cox_tool_ctx *ctx, struct cox_cib_access *access, const struct cox_attribute_task *task)
{
    struct cox_attrpath_match match = { 0 };
    GError *error = NULL;
    int status = 0;

    if (task->command != COX_ATTRIBUTE_QUERY && task->request.scope == COX_ATTRPATH_TRANSIENT && cox_cib_access_is_live(access)) {
        return change_in_attrd(ctx, access, task);
    }
    if (!find(access, &task->request, &match, &error)) {
        return cox_attribute_fail(ctx, error);
    }
    status = (task->command == COX_ATTRIBUTE_QUERY) ? query(ctx, task, &match) : change(ctx, access, task, &match);
    cox_attrpath_match_clear(&match);
    return status;
}

char *
cox_attribute_value(struct cox_cib_access *access, const struct cox_attrpath_request *request, GError **error)
{
    struct cox_attrpath_match match = { 0 };
    char *value = NULL;

    if (!find(access, request, &match, error)) {
        return NULL;
    }
    if (match.pairs->len > 0) {
        value = g_strdup(cox_xml_get(match.pairs->pdata[0], "value"));
    } else {
        g_set_error(error, COX_ERROR, COX_ERROR_NOT_FOUND, "attribute '%s' is not set", request->name);
    }
    cox_attrpath_match_clear(&match);
    return value;
}
