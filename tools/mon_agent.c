/* tools/mon_agent.c - crm_mon: a program is run for each result of a resource operation, and for each fencing if that is wanted.  Layer 6. */
#include "tools/mon_priv.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "cib/path.h"
#include "client/client.h"
#include "model/status.h"
#include "view/names.h"

enum { AT_ONCE = 20, WAITING_MAX = 1000, LIMIT_MS = 60000, FENCING_UNDER_WAY = 2, NOT_RUNNING = 7 };

struct cox_mon_agent {
    struct cox_runtime *runtime;
    const struct cox_mon_settings *settings;
    struct cox_client *fencer; /* NULL: fencing is not watched */
    GQueue waiting;            /* char **: the environment of a run, owned */
    GPtrArray *running;        /* struct run, owned */
    GHashTable *seen;          /* results of the patch that is read: an entry may be there twice */
};

struct run {
    struct cox_mon_agent *agent;
    cox_source_id child;
};

/* ---- running ---------------------------------------------------------------------------------------------- */

static void run_next(struct cox_mon_agent *agent);

static void
on_end(void *context, cox_source_id id, const struct cox_child_result *child)
{
    struct run *run = context;
    struct cox_mon_agent *agent = run->agent;

    (void) id;
    (void) child; /* what it makes of it is its own business */
    g_ptr_array_remove_fast(agent->running, run);
    run_next(agent);
}

static void
run_next(struct cox_mon_agent *agent)
{
    const char *const argv[] = { agent->settings->agent, NULL };

    while (agent->running->len < AT_ONCE && !g_queue_is_empty(&agent->waiting)) {
        g_auto(GStrv) envp = g_queue_pop_head(&agent->waiting);
        const struct cox_child_spec spec = { .argv = argv, .envp = (const char *const *) envp, .timeout_ms = LIMIT_MS, .kill_after_ms = 1 };
        struct run *run = g_new0(struct run, 1);

        run->agent = agent;
        g_ptr_array_add(agent->running, run);
        run->child = cox_runtime_spawn(agent->runtime, &spec, on_end, run);
    }
}

/* What has happened; NULL texts are not told. */
struct happening {
    const char *node, *rsc, *task, *desc;
    int rc, target_rc, status;
};

static char **
set_number(char **envp, const char *name, int number)
{
    g_autofree char *text = g_strdup_printf("%d", number);

    return g_environ_setenv(envp, name, text, TRUE);
}

static void
tell(struct cox_mon_agent *agent, const struct happening *happening)
{
    const struct {
        const char *name, *value;
    } texts[] = { { "CRM_notify_recipient", agent->settings->recipient }, { "CRM_notify_node", happening->node },
                  { "CRM_notify_rsc", happening->rsc }, { "CRM_notify_task", happening->task }, { "CRM_notify_desc", happening->desc } };
    char **envp = g_get_environ();

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        envp = texts[i].value == NULL ? g_environ_unsetenv(envp, texts[i].name) : g_environ_setenv(envp, texts[i].name, texts[i].value, TRUE);
    }
    envp = set_number(envp, "CRM_notify_rc", happening->rc);
    envp = set_number(envp, "CRM_notify_target_rc", happening->target_rc);
    envp = set_number(envp, "CRM_notify_status", happening->status);
    if (g_queue_get_length(&agent->waiting) >= WAITING_MAX) {
        g_strfreev(envp);
        return;
    }
    g_queue_push_tail(&agent->waiting, envp);
    run_next(agent);
}

/* ---- results of operations -------------------------------------------------------------------------------- */

static int
number_of(const struct cox_xml *xml, const char *name, int fallback)
{
    const char *text = cox_xml_get(xml, name);

    return text == NULL ? fallback : atoi(text);
}

/* The third word of a transition key, ACTION:TRANSITION:RC:UUID. */
static int
target_rc_of(const struct cox_xml *op, int fallback)
{
    const char *key = cox_xml_get(op, "transition-key");
    g_auto(GStrv) words = key == NULL ? NULL : g_strsplit(key, ":", 4);

    return words != NULL && g_strv_length(words) >= 3 ? atoi(words[2]) : fallback;
}

/* Of the nearest element upwards that is called so: in what is made, then, from where it is put, in the document. */
static const char *
above(const struct cox_xml *xml, const struct cox_xml *place, const char *name, const char *attribute)
{
    for (; xml != NULL && !cox_xml_is(xml, "change"); xml = cox_xml_parent(xml)) {
        if (cox_xml_is(xml, name)) {
            return cox_xml_get(xml, attribute);
        }
    }
    return place == NULL ? NULL : above(place, NULL, name, attribute);
}

static void
tell_result(struct cox_mon_agent *agent, const struct cox_xml *op, const struct cox_xml *place)
{
    const char *on_node = cox_xml_get(op, "on_node");
    struct happening result = { .node = on_node != NULL ? on_node : above(op, place, "node_state", "uname"),
                                .rsc = above(op, place, "lrm_resource", "id"), .task = cox_xml_get(op, "operation"),
                                .rc = number_of(op, "rc-code", -1), .status = number_of(op, "op-status", COX_OP_STATUS_PENDING) };
    const char *magic = cox_xml_get(op, "transition-magic"), *call = cox_xml_get(op, "call-id");
    char *key = g_strdup_printf("%s %s %s %s", result.node, result.rsc, call == NULL ? "" : call, magic == NULL ? "" : magic);
    bool is_expected;

    result.target_rc = target_rc_of(op, result.rc);
    is_expected = result.status == COX_OP_STATUS_DONE && result.rc == result.target_rc;
    result.desc = is_expected ? "OK" : result.status == COX_OP_STATUS_DONE ? cox_names_result(result.rc) : cox_names_status(result.status);
    /* A failure is kept in two entries.  That something does not run where nobody thought that it did is no news. */
    if (g_hash_table_add(agent->seen, key) && result.node != NULL && result.rsc != NULL && result.status != COX_OP_STATUS_PENDING
        && !(is_expected && result.rc == NOT_RUNNING)) {
        tell(agent, &result);
    }
}

static bool
has_new_result(const struct cox_xml *change)
{
    static const char *const names[] = { "transition-magic", "call-id", "rc-code", "op-status" };
    const struct cox_xml *list = cox_xml_child(change, "change-list");

    for (const struct cox_xml *attr = list == NULL ? NULL : cox_xml_child(list, "change-attr"); attr != NULL;
         attr = cox_xml_next_named(attr, "change-attr")) {
        for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
            if (g_strcmp0(cox_xml_get(attr, "name"), names[i]) == 0) {
                return true;
            }
        }
    }
    return false;
}

static void
read_change(struct cox_mon_agent *agent, struct cox_xml *root, const struct cox_xml *change)
{
    const char *operation = cox_xml_get(change, "operation"), *path = cox_xml_get(change, "path");
    bool makes = g_strcmp0(operation, "create") == 0;
    const struct cox_xml *made = makes ? cox_xml_first(change) : NULL;
    const struct cox_xml *place = NULL;

    if (path == NULL || !g_str_has_prefix(path, "/cib/status") || (!makes && !has_new_result(change))) {
        return;
    }
    place = cox_path_find(root, NULL, path, 0);
    if (!makes && place != NULL && cox_xml_is(place, "lrm_rsc_op")) {
        tell_result(agent, place, NULL);
    }
    for (const struct cox_xml *xml = made; xml != NULL; xml = cox_xml_walk(xml, made)) {
        if (cox_xml_is(xml, "lrm_rsc_op")) {
            tell_result(agent, xml, place);
        }
    }
}

void
cox_mon_agent_on_document(struct cox_mon_agent *agent, const struct cox_follow_news *news)
{
    if (agent == NULL || news->patch == NULL) { /* nobody knows what of it is new */
        return;
    }
    for (const struct cox_xml *change = cox_xml_child(news->patch, "change"); change != NULL; change = cox_xml_next_named(change, "change")) {
        read_change(agent, cox_cib_root(news->cib), change);
    }
    g_hash_table_remove_all(agent->seen);
}

/* ---- fencing ---------------------------------------------------------------------------------------------- */

static const char *
or_nobody(const char *text)
{
    return text == NULL ? "<no-one>" : text;
}

static void
on_fencing(void *context, const struct cox_client_event *event)
{
    struct cox_mon_agent *agent = context;
    const struct cox_msg_fence_news *news = event->body;
    const struct cox_msg_fence_event *fencing;
    g_autofree char *desc = NULL;
    struct happening happening = { 0 };

    if (event->kind != COX_CLIENT_EVENT || event->message != COX_MSG_FENCE_NEWS || news->n_event == 0) {
        return;
    }
    fencing = &news->event[0];
    if (fencing->state == FENCING_UNDER_WAY) {
        return;
    }
    happening.rc = fencing->state == 1 ? 0 : 1;
    happening.node = fencing->target;
    happening.task = cox_mon_action_text(fencing->action);
    desc = g_strdup_printf("Operation %s of %s by %s for %s@%s: %s (ref=%s)", happening.task, or_nobody(fencing->target),
                           or_nobody(fencing->delegate), or_nobody(fencing->client), or_nobody(fencing->origin),
                           happening.rc == 0 ? "OK" : fencing->reason != NULL ? fencing->reason : "failed", or_nobody(fencing->id));
    happening.desc = desc;
    tell(agent, &happening);
}

/* ---- life ------------------------------------------------------------------------------------------------- */

struct cox_mon_agent *
cox_mon_agent_new(struct cox_runtime *runtime, const struct cox_mon_settings *settings)
{
    struct cox_mon_agent *agent = NULL;

    if (settings->agent == NULL) {
        return NULL;
    }
    agent = g_new0(struct cox_mon_agent, 1);
    agent->runtime = runtime;
    agent->settings = settings;
    g_queue_init(&agent->waiting);
    agent->running = g_ptr_array_new_with_free_func(g_free);
    agent->seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    if (settings->watches_fencing) {
        const struct cox_client_settings fencer = { .daemon = COX_DAEMON_FENCE, .program = "crm_mon", .reconnects = true };

        agent->fencer = cox_client_new(runtime, &fencer);
        (void) cox_client_subscribe(agent->fencer, "fencing", on_fencing, agent);
    }
    return agent;
}

static void
free_environment(gpointer data)
{
    g_strfreev(data);
}

void
cox_mon_agent_free(struct cox_mon_agent *agent)
{
    if (agent == NULL) {
        return;
    }
    cox_client_free(agent->fencer);
    for (guint i = 0; i < agent->running->len; i++) { /* they go on without us */
        cox_runtime_child_forget(agent->runtime, ((struct run *) agent->running->pdata[i])->child);
    }
    g_ptr_array_unref(agent->running);
    g_queue_clear_full(&agent->waiting, free_environment);
    g_hash_table_unref(agent->seen);
    g_free(agent);
}
