/* daemons/controld/facts.c - from what this controller hears to what its timeline says.  Layer 6. */
#include "daemons/controld/chronicle_priv.h"

#include <string.h>

#include "fence/fencedevice.h"
#include "model/graphattr.h"

enum { FENCE_UNDER_WAY = 2, LEADER_LETTERS = 8 };

/* ---- nodes ---- */

static const char *
name_of(const struct controld *controld, guint32 node, char buffer[16])
{
    const char *name = cox_service_node_name(controld->ctx, node);

    g_snprintf(buffer, 16, "%u", (unsigned int) node);
    return name == NULL ? buffer : name;
}

void
controld_chronicle_member(struct controld *controld, guint32 node, const char *task)
{
    struct cox_timeline_record record = cox_timeline_record_of(COX_TIMELINE_MEMBER);
    char buffer[16];

    record.node = name_of(controld, node, buffer);
    record.task = task;
    if (g_str_equal(task, "leaving")) { /* which nobody else knows */
        controld_chronicle_tell(controld, &record);
    } else {
        controld_chronicle_note(controld, &record);
    }
}

void
controld_chronicle_coordinator(struct controld *controld, struct cox_term term)
{
    struct cox_timeline_record record = cox_timeline_record_of(COX_TIMELINE_COORDINATOR);
    g_autofree char *link = g_strdup_printf("%" G_GUINT64_FORMAT, term.generation);
    char buffer[16];

    record.node = name_of(controld, term.coordinator, buffer);
    record.task = "elected";
    record.link = link;
    controld_chronicle_note(controld, &record);
}

/* ---- actions ---- */

/* "7@3f2a8c91" of the transition key "ACTION:7:RC:3f2a8c91-...": which transition of which life of a coordinator; NULL: of none. */
static char *
link_of(const char *key)
{
    g_auto(GStrv) parts = g_strsplit(key == NULL ? "" : key, ":", 4);

    if (g_strv_length(parts) != 4 || !g_ascii_isdigit(parts[1][0])) {
        return NULL;
    }
    return g_strdup_printf("%s@%.*s", parts[1], LEADER_LETTERS, parts[3]);
}

void
controld_chronicle_result(struct controld *controld, guint32 node, const struct cox_msg_control_result *result)
{
    struct cox_timeline_record record = cox_timeline_record_of(COX_TIMELINE_ACTION);
    g_autofree char *link = link_of(result->key);
    char buffer[16];

    if (result->kind != COX_REIGN_RUN || result->rsc_id == NULL || *result->rsc_id == '\0' || result->task == NULL) {
        return;
    }
    record.node = result->node != NULL ? result->node : name_of(controld, node, buffer);
    record.object = result->rsc_id;
    record.task = result->task;
    record.interval_ms = result->interval_ms;
    record.outcome = cox_oplog_outcome((enum cox_op_status) (gint64) result->status, result->rc, cox_oplog_target_rc(result->key));
    record.rc = result->rc;
    record.call = result->call_id;
    record.took_ms = result->call_id == 0 ? -1 : result->exec_ms;
    record.waited_ms = result->queue_ms;
    record.cause = result->reason != NULL && *result->reason != '\0' ? result->reason : NULL;
    record.link = link;
    controld_chronicle_note(controld, &record);
}

/* ---- transitions ---- */

void
controld_chronicle_transition(struct controld *controld, const struct cox_reign_effect *effect)
{
    struct controld_chronicle *chronicle = controld->chronicle;
    struct cox_timeline_record record = cox_timeline_record_of(COX_TIMELINE_TRANSITION);
    cox_usec now = cox_runtime_now(controld->runtime);
    char buffer[16];

    record.node = name_of(controld, controld->self, buffer);
    record.count = effect->transition.n_actions;
    if (effect->kind == COX_REIGN_DO_BEGIN) {
        g_free(chronicle->transition_link);
        chronicle->transition_link = g_strdup_printf("%" G_GUINT64_FORMAT "@%.*s", controld->transition, LEADER_LETTERS, controld->uuid);
        chronicle->transition_at = now;
        g_clear_pointer(&chronicle->trouble, g_free);
        record.task = "begin";
        record.cause = effect->transition.cause;
        record.who = controld->plan_input;
    } else {
        record.task = "end";
        record.outcome = effect->transition.is_aborted ? "aborted" : "done";
        record.failed = effect->transition.n_failed;
        record.took_ms = (now - chronicle->transition_at) / COX_USEC_PER_MS;
    }
    record.link = chronicle->transition_link;
    controld_chronicle_tell(controld, &record);
}

/* ---- fencing ---- */

void
controld_chronicle_fence_asked(struct controld *controld, const struct cox_reign_effect *effect)
{
    struct cox_timeline_record record = cox_timeline_record_of(COX_TIMELINE_FENCE);

    record.node = effect->name;
    record.task = effect->fence.how;
    record.outcome = "asked";
    record.who = "cox-controld";
    record.link = controld->chronicle->transition_link;
    controld_chronicle_tell(controld, &record);
}

void
controld_chronicle_fenced(struct controld *controld, const struct cox_msg_fence_event *event)
{
    struct cox_timeline_record record = cox_timeline_record_of(COX_TIMELINE_FENCE);
    const gint64 *asked_at = event->target == NULL ? NULL : g_hash_table_lookup(controld->chronicle->fencing, event->target);
    g_autofree char *who = NULL;

    if (event->target == NULL || event->state == FENCE_UNDER_WAY) {
        return;
    }
    who = g_strdup_printf("%s for %s@%s", event->is_confirmed != 0 ? "a human who says so" : event->delegate == NULL ? "nobody" : event->delegate,
                          event->client == NULL ? "?" : event->client, event->origin == NULL ? "?" : event->origin);
    record.node = event->target;
    record.task = cox_fence_action_text((enum cox_fence_action) event->action);
    record.outcome = event->state != 0 ? "ok" : "failed";
    record.took_ms = asked_at == NULL ? -1 : (cox_runtime_now(controld->runtime) - *asked_at) / COX_USEC_PER_MS;
    record.who = who;
    record.cause = event->reason;
    record.link = event->id;
    controld_chronicle_note(controld, &record);
    g_hash_table_remove(controld->chronicle->fencing, event->target);
}

/* ---- the document ---- */

static void
note_quorum(struct controld *controld)
{
    struct controld_chronicle *chronicle = controld->chronicle;
    struct cox_timeline_record record = cox_timeline_record_of(COX_TIMELINE_QUORUM);
    bool has_quorum = cox_follow_has_quorum(controld->follow);
    char buffer[16];

    if (has_quorum != chronicle->has_quorum) {
        chronicle->has_quorum = has_quorum;
        record.node = name_of(controld, controld->self, buffer);
        record.task = has_quorum ? "gained" : "lost";
        controld_chronicle_note(controld, &record);
    }
}

void
controld_chronicle_document(struct controld *controld, const struct cox_follow_news *news, const char *object)
{
    struct controld_chronicle *chronicle = controld->chronicle;
    struct cox_timeline_record record = cox_timeline_record_of(COX_TIMELINE_CONFIG);
    const struct cox_xml *root = cox_cib_root(news->cib);
    g_autofree char *config = g_strdup_printf("%" G_GINT64_FORMAT ".%" G_GINT64_FORMAT, news->version.admin_epoch, news->version.epoch);
    const char *user = cox_xml_get(root, "update-user"), *client = cox_xml_get(root, "update-client"), *origin = cox_xml_get(root, "update-origin");
    g_autofree char *who = g_strdup_printf("%s with %s on %s", user == NULL ? "?" : user, client == NULL ? "?" : client, origin == NULL ? "?" : origin);
    g_autofree char *what = object == NULL ? NULL : g_strdup_printf("object %s", object);

    note_quorum(controld);
    if (g_strcmp0(config, chronicle->config) == 0) {
        return;
    }
    record.object = config;
    record.task = news->patch == NULL ? (chronicle->config == NULL ? "as it is here now" : "another document") : what;
    record.who = user == NULL && client == NULL && origin == NULL ? NULL : who;
    record.cause = news->reason;
    record.link = cox_xml_get(root, "cib-last-written");
    record.node = origin;
    g_free(chronicle->config);
    chronicle->config = g_steal_pointer(&config);
    controld_chronicle_note(controld, &record);
}

void
controld_chronicle_trouble(struct controld *controld, const char *what, const char *reason)
{
    struct cox_timeline_record record = cox_timeline_record_of(COX_TIMELINE_TROUBLE);
    g_autofree char *trouble = g_strdup_printf("%s: %s", what, reason);
    char buffer[16];

    if (g_strcmp0(trouble, controld->chronicle->trouble) == 0) {
        return;
    }
    g_free(controld->chronicle->trouble);
    controld->chronicle->trouble = g_steal_pointer(&trouble);
    record.node = name_of(controld, controld->self, buffer);
    record.task = what;
    record.cause = reason;
    controld_chronicle_note(controld, &record);
}
