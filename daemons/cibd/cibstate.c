/* daemons/cibd/cibstate.c - the daemon's memory: made, fed by the group, looked at, freed.  Layer 6. */
#include "daemons/cibd/cibd.h"

#include <string.h>

#include "cib/change.h"
#include "runtime/environment.h"
#include "xml/xmlwrite.h"

static guint64
nonce_of(const struct cox_ctx *ctx)
{
    cox_wall wall = cox_runtime_wall(cox_service_runtime(ctx));
    guint64 random = (guint64) g_random_int() << 32 | g_random_int(); /* glib seeds it from the system */

    return (guint64) wall.usec ^ random;
}

static struct cox_schemas *
schemas_of(void)
{
    const char *directory = cox_environment_get("COX_SCHEMA_DIRECTORY");

    directory = directory == NULL ? cox_environment_setting("schema_directory") : directory;
    return cox_schemas_new(directory == NULL ? COX_SCHEMADIR : directory);
}

struct cibd *
cibd_new(struct cox_ctx *ctx)
{
    struct cibd *cibd = g_new0(struct cibd, 1);
    const struct cox_replica_options options = { .nonce = nonce_of(ctx) };

    cibd->ctx = ctx;
    cibd->bad_messages = cox_grumble_new();
    cibd->schemas = schemas_of();
    cibd->keeper = cox_keeper_new(cibd->schemas);
    cibd->replica = cox_replica_new(&options);
    cibd->names = cox_usernames_new(cox_service_runtime(ctx), NULL);
    cibd->wake_at = COX_USEC_NEVER;
    cibd->serial = 1;
    cibd->pending = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, cibd_pending_free);
    cibd->asks = g_hash_table_new_full(NULL, NULL, cibd_ask_free, NULL);
    g_queue_init(&cibd->follow_ups);
    g_queue_init(&cibd->early);
    g_queue_init(&cibd->submitted);
    return cibd;
}

void
cibd_free(struct cibd *cibd)
{
    struct cox_runtime *runtime;

    if (cibd == NULL) {
        return;
    }
    runtime = cox_service_runtime(cibd->ctx);
    cox_runtime_cancel(runtime, cibd->wake);
    cox_runtime_cancel(runtime, cibd->store_watch);
    cox_runtime_cancel(runtime, cibd->probe);
    cox_runtime_cancel(runtime, cibd->stall);
    cox_runtime_cancel(runtime, cibd->refresh);
    cox_runtime_cancel(runtime, cibd->ready_timer);
    cox_runtime_cancel(runtime, cibd->hand_in);
    cox_usernames_free(cibd->names);
    g_queue_clear(&cibd->early);
    g_queue_clear_full(&cibd->submitted, cibd_order_free);
    g_hash_table_destroy(cibd->asks);
    g_hash_table_destroy(cibd->pending);
    cox_store_close(cibd->store);
    cox_replica_free(cibd->replica);
    cox_keeper_free(cibd->keeper);
    cox_schemas_free(cibd->schemas);
    g_clear_pointer(&cibd->whole, g_bytes_unref);
    g_free(cibd->disk_problem);
    cox_grumble_free(cibd->bad_messages);
    g_free(cibd);
}

/* ---- the group ---- */

void
cibd_view(struct cox_ctx *ctx, const guint32 *nodes, gsize n_nodes)
{
    struct cibd *cibd = cox_service_data(ctx);

    cox_replica_set_node(cibd->replica, cox_service_self(ctx));
    cibd->n_members = MIN(n_nodes, G_N_ELEMENTS(cibd->members));
    if (cibd->n_members > 0) {
        memcpy(cibd->members, nodes, cibd->n_members * sizeof nodes[0]);
    }
    cibd->needs_look = true;
    cibd_step(cibd, &(const struct cox_replica_event) { .kind = COX_REPLICA_VIEW, .nodes = nodes, .n_nodes = n_nodes });
}

void
cibd_delivered(struct cox_ctx *ctx, guint32 node, GBytes *bytes)
{
    cibd_step(cox_service_data(ctx), &(const struct cox_replica_event) { .kind = COX_REPLICA_DELIVER, .node = node, .bytes = bytes });
}

/* By a patch that changes nothing. */
void
cibd_publish_standing(struct cibd *cibd)
{
    g_autoptr(cox_xmldoc) patch = cox_change_new_patch();
    g_autofree char *text = cox_xmlwrite_text(cox_xmldoc_root(patch), COX_XMLWRITE_PLAIN);
    g_autofree char *digest = NULL, *slim = cox_cib_digest_slim(cox_keeper_cib(cibd->keeper));
    struct cox_msg_cib_state state = cibd_state(cibd, &digest);
    const struct cox_msg_cib_patch message = {
        .n_before = 1, .before = &state, .n_after = 1, .after = &state, .has_quorum = cibd->quorum.is_quorate, .xml = text,
        .counts = cibd_counts(cibd),
    };

    cibd->has_told_counts = message.counts != 0;

    state.slim = slim;
    cox_service_publish(cibd->ctx, COX_CIBFLAG_TOPIC, COX_MSG_CIB_PATCH, &message, NULL);
    state.digest = state.slim = NULL;
    cox_service_publish(cibd->ctx, COX_CIBFLAG_NEWS, COX_MSG_CIB_PATCH, &message, NULL);
}

void
cibd_quorum(struct cox_ctx *ctx, const struct cox_peers_quorum *quorum)
{
    struct cibd *cibd = cox_service_data(ctx);
    const struct cox_replica_event event = {
        .kind = COX_REPLICA_QUORUM,
        .quorum = { quorum->is_quorate, quorum->quorum_votes, quorum->own_votes, quorum->other_votes },
    };
    bool has_changed = cibd->quorum.is_quorate != quorum->is_quorate;

    cibd->quorum = *quorum;
    cibd->needs_look = true;
    if (has_changed) {
        cibd_publish_standing(cibd);
    }
    cibd_step(cibd, &event);
}

/* ---- health ---- */

static void
add_stats(const struct cibd *cibd, const struct cox_replica_status *status)
{
    const struct {
        const char *name;
        guint64 value;
    } stats[] = {
        { "admin_epoch", (guint64) status->document.version.admin_epoch },
        { "epoch", (guint64) status->document.version.epoch },
        { "num_updates", (guint64) status->document.version.num_updates },
        { "term", status->stamp.term },
        { "position", status->stamp.position },
        { "members", status->n_members },
        { "is_current", status->is_current },
        { "is_established", status->is_established },
        { "has_quorum", cibd->quorum.is_quorate },
        { "changes_pending", status->n_pending },
        { "changes", cibd->n_changes },
        { "changes_refused", cibd->n_refused },
        { "changes_provisional", cibd->n_provisional },
        { "changes_uncertain", cibd->n_uncertain },
        { "queries", cibd->n_queries },
        { "documents_lost", cibd->n_lost },
        { "divergences", cibd->n_diverged },
        { "disk_waiting", cibd->store == NULL ? 0 : cox_store_waiting(cibd->store) },
        { "group_waiting_bytes", cox_service_waiting_bytes(cibd->ctx) },
    };

    for (gsize i = 0; i < G_N_ELEMENTS(stats); i++) {
        cox_service_add_stat(cibd->ctx, stats[i].name, (gint64) stats[i].value);
    }
}

void
cibd_health(struct cox_ctx *ctx)
{
    const struct cibd *cibd = cox_service_data(ctx);
    struct cox_replica_status status = cox_replica_status(cibd->replica);

    add_stats(cibd, &status);
    if (cibd->store == NULL) {
        cox_service_add_complaint(ctx, "the document is kept in memory only: %s; restart cox-cibd when the directory can be used",
                                  cibd->disk_problem);
    } else if (cibd->is_disk_bad) {
        cox_service_add_complaint(ctx, "the document cannot be written to disk: %s", cibd->disk_problem);
    } else if (cibd->is_disk_stuck) {
        cox_service_add_complaint(ctx, "the document's disk has not answered for %" G_GINT64_FORMAT " s: changes wait for it",
                                  (cox_runtime_now(cox_service_runtime(ctx)) - cibd->disk_answered_at) / COX_USEC_PER_S);
    }
    if (!status.is_current) {
        cox_service_add_complaint(ctx, "this node does not have the cluster's document yet");
    } else if (!cibd->quorum.is_quorate) {
        cox_service_add_complaint(ctx, "no quorum: changes are provisional");
    }
    if (cibd->is_invalid) {
        cox_service_add_complaint(ctx, "the configuration does not conform to its schema; see crm_verify --live-check");
    }
    if (cibd->n_diverged > 0) {
        cox_service_add_complaint(ctx, "documents of nodes differed after the same changes: see the log");
    }
}
