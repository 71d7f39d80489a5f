/* daemons/cibd/cibeffects.c - between the replica and the world: group, disk, document, clients.  Layer 6. */
#include "daemons/cibd/cibd.h"

#include <string.h>
#include <time.h>

#include "base/error.h"
#include "base/text.h"
#include "cib/blank.h"
#include "daemons/cibd/cibpairs.h"

enum { ORIGIN_BYTES = 1000 }; /* it goes to followers with each patch, in one frame */

/* Effects of one step cause events; they are handed in after it, in order. */
struct follow_up {
    struct cox_replica_event event;
    struct cox_replica_document document;
};

void
cibd_pending_free(void *data)
{
    struct cibd_pending *pending = data;

    if (pending != NULL) {
        g_free(pending->id);
        g_free(pending->remarks);
        g_free(pending->digest);
        g_clear_error(&pending->error);
        cibd_pairs_free(pending->pairs);
        g_free(pending);
    }
}

void
cibd_order_free(void *data)
{
    struct cibd_order *order = data;

    g_bytes_unref(order->bytes);
    g_free(order);
}

struct cox_replica_document
cibd_document(const struct cibd *cibd)
{
    const struct cox_xml *root = cox_cib_root(cox_keeper_cib(cibd->keeper));
    struct cox_replica_document document = { .version = cox_version_of(root), .is_blank = cox_blank_is(root) };

    G_STATIC_ASSERT((int) COX_KEEPER_DIGEST_ROOM <= (int) COX_REPLICA_DIGEST_ROOM);
    cox_keeper_digest(cibd->keeper, document.digest);
    return document;
}

bool
cibd_counts(const struct cibd *cibd)
{
    return cox_replica_status(cibd->replica).is_current;
}

struct cox_msg_cib_state
cibd_state(const struct cibd *cibd, char **digest)
{
    struct cox_cib *cib = cox_keeper_cib(cibd->keeper);
    struct cox_version version = cox_version_of(cox_cib_root(cib));

    *digest = cox_cib_digest(cib);
    return (struct cox_msg_cib_state) {
        .admin_epoch = version.admin_epoch, .epoch = version.epoch, .num_updates = version.num_updates, .digest = *digest,
        .serial = cibd->serial,
    };
}

/* ---- telling the clients ---- */

static void
publish(struct cibd *cibd, const struct cox_msg_cib_state *before, struct cox_patchtext *patch, const char *origin, const char *reason)
{
    g_autofree char *digest = NULL, *slim = cox_cib_digest_slim(cox_keeper_cib(cibd->keeper));
    struct cox_msg_cib_state after = cibd_state(cibd, &digest);
    struct cox_msg_cib_state old = *before;
    bool is_large = patch != NULL && patch->text->len > COX_CIB_INLINE_BYTES;
    g_autoptr(GBytes) large = is_large ? g_bytes_new(patch->text->str, patch->text->len) : NULL;
    struct cox_msg_cib_patch message = {
        .n_before = 1, .before = &old, .n_after = 1, .after = &after, .has_quorum = cibd->quorum.is_quorate, .xml = patch == NULL || is_large ? NULL : patch->text->str,
        .origin = origin, .has_scope = patch != NULL, .scope = patch == NULL ? 0 : patch->scope,
        .counts = cibd_counts(cibd), .reason = reason,
    };

    cibd->has_told_counts = message.counts != 0;

    after.slim = slim;
    cox_service_publish(cibd->ctx, COX_CIBFLAG_TOPIC, COX_MSG_CIB_PATCH, &message, large);
    old.digest = after.digest = after.slim = message.xml = message.reason = NULL;
    cox_service_publish(cibd->ctx, COX_CIBFLAG_NEWS, COX_MSG_CIB_PATCH, &message, NULL);
}

/* ---- changes ---- */

static void
log_change(struct cibd *cibd, const struct cox_ciborder *order, const struct cox_keeper_result *result, const struct cox_replica_effect *effect)
{
    struct cox_log *log = cox_service_log(cibd->ctx);
    bool has_quorum = effect->has_quorum || cibd->quorum.is_quorate; /* a membership that has not agreed yet will, or says so */
    enum cox_log_level level = has_quorum ? COX_LOG_DEBUG : COX_LOG_INFO;
    struct cox_version version;

    if (!result->is_done && effect->number != 0) {
        level = COX_LOG_INFO;
    }
    if (!cox_log_wants(log, level)) {
        return;
    }
    version = cox_version_of(cox_cib_root(cox_keeper_cib(cibd->keeper)));
    cox_log_line(log, level, "%s id=%s command=%s client=%s user=%s version=%" G_GINT64_FORMAT ".%" G_GINT64_FORMAT ".%" G_GINT64_FORMAT
                 " position=%" G_GUINT64_FORMAT "%s%s%s",
                 !result->is_done ? "change refused" : has_quorum ? "changed" : "changed without quorum",
                 order->id == NULL ? "-" : order->id, order->command == NULL ? "-" : order->command,
                 order->client == NULL ? "-" : order->client, order->user == NULL ? "-" : order->user, version.admin_epoch, version.epoch, version.num_updates, effect->stamp.position,
                 result->is_done ? "" : " error=\"", result->is_done ? "" : result->error->message, result->is_done ? "" : "\"");
}

/* What the client will be told when the change is kept, or was refused. */
static void
remember(struct cibd *cibd, guint64 number, struct cox_keeper_result *result)
{
    struct cibd_pending *pending = g_hash_table_lookup(cibd->pending, &number);
    struct cox_cib *cib = cox_keeper_cib(cibd->keeper);

    if (pending != NULL) {
        g_clear_error(&pending->error);
        pending->error = g_steal_pointer(&result->error);
        pending->remarks = g_steal_pointer(&result->remarks);
        pending->version = cox_version_of(cox_cib_root(cib));
        pending->serial = cibd->serial;
        g_free(pending->digest);
        pending->digest = cox_cib_digest(cib);
    }
}

static bool
apply(struct cibd *cibd, const struct cox_replica_effect *effect)
{
    g_autoptr(cox_arena) arena = cox_arena_new();
    g_autofree char *digest = NULL;
    struct cox_msg_cib_state before = cibd_state(cibd, &digest);
    struct cox_keeper_result result = { 0 };
    struct cox_ciborder order = { 0 };
    struct cox_patchtext patch = { .text = g_string_sized_new(1000) };
    bool is_done;

    if (cox_ciborder_unpack(effect->bytes, &order, arena, &result.error)) {
        cox_keeper_apply(cibd->keeper, &order, &patch, &result);
    }
    is_done = result.is_done;
    cibd->n_changes += is_done;
    cibd->n_refused += !is_done;
    if (result.is_changed) {
        g_autofree char *whole = g_strdup_printf("%s/%s/%s", order.origin == NULL ? "-" : order.origin, order.client == NULL ? "-" : order.client,
                                                  order.user == NULL ? "-" : order.user);
        g_autofree char *origin = cox_text_cut(whole, ORIGIN_BYTES);
        g_autofree char *reason = cibd_history_reason(&order);

        cibd->serial++;
        publish(cibd, &before, patch.has_changes ? &patch : NULL, origin, reason);
        cibd_history_note(cibd, reason, &before, patch.has_changes ? &patch : NULL);
        cibd_files_refresh(cibd, &before);
    }
    log_change(cibd, &order, &result, effect);
    remember(cibd, effect->number, &result);
    cox_keeper_result_clear(&result);
    g_string_free(patch.text, TRUE);
    return is_done;
}

static bool
install(struct cibd *cibd, GBytes *bytes)
{
    g_autofree char *digest = NULL;
    struct cox_msg_cib_state before = cibd_state(cibd, &digest);
    g_autoptr(GError) error = NULL;

    if (!cox_keeper_install(cibd->keeper, bytes, &error)) {
        cox_log_line(cox_service_log(cibd->ctx), COX_LOG_NOTICE, "document of another node cannot be used error=\"%s\"", error->message);
        return false;
    }
    cibd->is_invalid = !cox_schemas_validate(cibd->schemas, cox_cib_doc(cox_keeper_cib(cibd->keeper)), NULL, NULL);
    cibd->serial++;
    cibd->needs_look = true;
    publish(cibd, &before, NULL, NULL, NULL);
    cibd_history_begin(cibd);
    return true;
}

static void
tell(struct cibd *cibd, const struct cibd_pending *pending, enum cox_replica_answer answer)
{
    const struct cox_msg_cib_state state = {
        .admin_epoch = pending->version.admin_epoch, .epoch = pending->version.epoch, .num_updates = pending->version.num_updates,
        .digest = pending->digest, .serial = pending->serial,
    };
    const char *const remarks[] = { pending->remarks };
    const struct cox_msg_cib_changed changed = {
        .outcome = (guint64) answer, .n_state = pending->digest == NULL ? 0 : 1, .state = &state, .id = pending->id,
        .n_remarks = pending->remarks == NULL ? 0 : 1, .remarks = remarks,
    };
    g_autoptr(GError) unsent = NULL;

    if (answer == COX_REPLICA_UNSENT) {
        unsent = g_error_new(COX_ERROR, COX_ERROR_TRY_AGAIN, "change %s was not done: this node has no connection to the cluster; try again",
                             pending->id);
        cox_ticket_fail(cibd->ctx, pending->ticket, unsent);
    } else if (answer == COX_REPLICA_REFUSED && pending->error != NULL) {
        cox_ticket_fail(cibd->ctx, pending->ticket, pending->error);
    } else if (pending->pairs != NULL) {
        pending->pairs->message.outcome = (guint64) answer;
        pending->pairs->message.id = pending->id;
        cox_ticket_answer(cibd->ctx, pending->ticket, COX_MSG_CIB_PAIRS, &pending->pairs->message, NULL);
    } else {
        cox_ticket_answer(cibd->ctx, pending->ticket, COX_MSG_CIB_CHANGED, &changed, NULL);
    }
}

static void
answer(struct cibd *cibd, guint64 number, enum cox_replica_answer how)
{
    struct cibd_pending *pending = g_hash_table_lookup(cibd->pending, &number);

    if (pending == NULL) {
        return;
    }
    cibd->n_provisional += how == COX_REPLICA_PROVISIONAL;
    cibd->n_uncertain += how == COX_REPLICA_UNCERTAIN;
    if (pending->ticket != 0) {
        tell(cibd, pending, how);
    } else if (cibd->own_change == number) {
        cibd->own_change = 0;
        cibd->needs_look = how != COX_REPLICA_REFUSED;
        cibd->has_failed_upgrade |= how == COX_REPLICA_REFUSED;
    }
    g_hash_table_remove(cibd->pending, &number);
}

/* All that came in one turn of the loop: so it travels together. */
static void
hand_in(void *context)
{
    struct cibd *cibd = context;
    struct cibd_order *order;

    cibd->hand_in = 0;
    while ((order = g_queue_pop_head(&cibd->submitted)) != NULL) {
        cibd_step(cibd, &(const struct cox_replica_event) {
                            .kind = COX_REPLICA_SUBMIT, .number = order->number, .bytes = order->bytes, .has_more = cibd->submitted.length > 0,
                        });
        cibd_order_free(order);
    }
}

void
cibd_submit(struct cibd *cibd, struct cox_ciborder *order, struct cibd_pending *pending)
{
    guint64 *number = g_new(guint64, 1);
    struct cibd_order *submitted = g_new(struct cibd_order, 1);
    time_t now = (time_t) cox_wall_seconds(cox_runtime_wall(cox_service_runtime(cibd->ctx)));
    guint32 self = cox_service_self(cibd->ctx);
    const char *name = cox_service_node_name(cibd->ctx, self);
    char written[32] = "";
    struct tm broken_down;

    *number = ++cibd->next_number;
    if (localtime_r(&now, &broken_down) != NULL) {
        (void) strftime(written, sizeof written, "%a %b %e %H:%M:%S %Y", &broken_down);
    }
    pending->id = g_strdup_printf("%s.%" G_GUINT64_FORMAT, name == NULL ? "-" : name, *number);
    order->origin = name;
    order->written = written;
    order->id = pending->id;
    *submitted = (struct cibd_order) { *number, cox_ciborder_pack(order) };
    g_queue_push_tail(&cibd->submitted, submitted);
    g_hash_table_insert(cibd->pending, number, pending);
    if (cibd->hand_in == 0) {
        cibd->hand_in = cox_runtime_defer(cox_service_runtime(cibd->ctx), hand_in, cibd);
    }
}

/* ---- what belongs in the log ---- */

static const char *
node_name(const struct cibd *cibd, guint32 node)
{
    const char *name = cox_service_node_name(cibd->ctx, node);

    return name == NULL ? "?" : name;
}

static void
note(struct cibd *cibd, const struct cox_replica_effect *effect)
{
    static const enum cox_event_id events[] = {
        [COX_REPLICA_DIVERGED] = COX_EVENT_CIB_DIVERGED, [COX_REPLICA_EXCUSED] = COX_EVENT_CIB_EXCUSED,
        [COX_REPLICA_LEFT_OUT] = COX_EVENT_CIB_LEFT_OUT, [COX_REPLICA_BAD_DOCUMENT] = COX_EVENT_CIB_BAD_DOCUMENT,
        [COX_REPLICA_STALLED] = COX_EVENT_CIB_STALLED,   [COX_REPLICA_BAD_MESSAGE] = COX_EVENT_CIB_BAD_MESSAGE,
    };
    static const char *const lines[] = {
        [COX_REPLICA_ESTABLISHED] = "changes are kept from now on",
        [COX_REPLICA_NO_QUORUM] = "changes are provisional from now on: there is no quorum",
        [COX_REPLICA_CURRENT] = "this node has the document that counts",
        [COX_REPLICA_FETCHING] = "waiting for the document that counts",
    };
    struct cox_log *log = cox_service_log(cibd->ctx);
    g_autofree char *stamp = cox_stamp_text(&effect->stamp);
    cox_usec now = cox_runtime_now(cox_service_runtime(cibd->ctx));
    guint64 more = 0;

    if ((gsize) effect->note < G_N_ELEMENTS(lines)) {
        /* Each membership begins without having agreed; that is no news unless it stays so. */
        bool is_usual = effect->note == COX_REPLICA_NO_QUORUM && cibd->quorum.is_quorate;

        cox_log_line(log, is_usual ? COX_LOG_DEBUG : COX_LOG_NOTICE, "%s stamp=%s node=%s number=%" G_GUINT64_FORMAT, lines[effect->note], stamp,
                     node_name(cibd, effect->node), effect->number);
    } else if (effect->note != COX_REPLICA_BAD_MESSAGE || cox_grumble_is_due(cibd->bad_messages, 0, effect->node, now, &more)) {
        cibd->n_diverged += effect->note == COX_REPLICA_DIVERGED;
        cox_log_event(log, events[effect->note], "node=%s id=%u number=%" G_GUINT64_FORMAT " stamp=%s left_out=%" G_GUINT64_FORMAT,
                      node_name(cibd, effect->node), effect->node, effect->number, stamp, more);
    }
    cibd->needs_look = true;
    if (cibd_counts(cibd)) {
        cibd_ready(cibd);
        if (!cibd->has_told_counts) {
            cibd_publish_standing(cibd);
        }
    }
}

/* ---- the loop ---- */

static struct follow_up *
follow_up(struct cibd *cibd, enum cox_replica_event_kind kind)
{
    struct follow_up *next = g_new0(struct follow_up, 1);

    next->event.kind = kind;
    g_queue_push_tail(&cibd->follow_ups, next);
    return next;
}

static void
answer_owner(struct cibd *cibd, enum cox_replica_event_kind kind, bool is_ok)
{
    struct follow_up *next = follow_up(cibd, kind);

    next->event.is_ok = is_ok;
    next->document = cibd_document(cibd);
    next->event.document = &next->document;
}

static void
do_effect(struct cibd *cibd, const struct cox_replica_effect *effect)
{
    struct follow_up *captured;

    switch (effect->kind) {
    case COX_REPLICA_SEND:
        (void) cox_service_send_bytes(cibd->ctx, effect->bytes); /* without a connection a view without members comes, or has come */
        break;
    case COX_REPLICA_APPLY:
        answer_owner(cibd, COX_REPLICA_APPLIED, apply(cibd, effect));
        break;
    case COX_REPLICA_CAPTURE:
        captured = follow_up(cibd, COX_REPLICA_CAPTURED);
        captured->event.number = effect->number;
        captured->event.bytes = cox_keeper_capture(cibd->keeper);
        break;
    case COX_REPLICA_SET_ASIDE:
        cibd->n_lost++;
        cibd_files_set_aside(cibd);
        break;
    case COX_REPLICA_INSTALL:
        answer_owner(cibd, COX_REPLICA_INSTALLED, install(cibd, effect->bytes));
        break;
    case COX_REPLICA_JOURNAL:
        cibd_files_journal(cibd, effect->number, effect->bytes);
        break;
    case COX_REPLICA_SAVE:
        cibd_files_save(cibd, effect->number, effect->bytes);
        break;
    case COX_REPLICA_ANSWER:
        answer(cibd, effect->number, effect->answer);
        break;
    case COX_REPLICA_NOTE:
        note(cibd, effect);
        break;
    }
}

static void
on_wake(void *context)
{
    struct cibd *cibd = context;

    cibd->wake = 0;
    cibd->wake_at = COX_USEC_NEVER;
    cibd_step(cibd, &(const struct cox_replica_event) { .kind = COX_REPLICA_TICK });
}

/* A timer that is too early costs one step for nothing; making a new one with each step would cost more. */
static void
set_wake(struct cibd *cibd, cox_usec wake_at)
{
    if (wake_at < cibd->wake_at) {
        cox_runtime_cancel(cox_service_runtime(cibd->ctx), cibd->wake);
        cibd->wake_at = wake_at;
        cibd->wake = cox_runtime_timer(cox_service_runtime(cibd->ctx), wake_at, on_wake, cibd);
    }
}

static void
step_once(struct cibd *cibd, const struct cox_replica_event *event)
{
    struct cox_replica_effects effects;

    cox_replica_effects_init(&effects);
    cox_replica_step(cibd->replica, event, cox_runtime_now(cox_service_runtime(cibd->ctx)), &effects);
    set_wake(cibd, effects.wake_at);
    for (guint i = 0; i < effects.list->len; i++) {
        do_effect(cibd, &g_array_index(effects.list, struct cox_replica_effect, i));
    }
    cox_replica_effects_free(&effects);
    cibd_note_joining(cibd);
}

void
cibd_step(struct cibd *cibd, const struct cox_replica_event *event)
{
    struct follow_up *next;

    COX_BUG_ON(cibd->is_stepping); /* effects cause events through the queue only */
    cibd->is_stepping = true;
    step_once(cibd, event);
    while ((next = g_queue_pop_head(&cibd->follow_ups)) != NULL) {
        step_once(cibd, &next->event);
        g_clear_pointer(&next->event.bytes, g_bytes_unref);
        g_free(next);
    }
    cibd->is_stepping = false;
    cibd_files_flush(cibd);
    if (cibd->needs_look && cibd->own_change == 0) {
        cibd_look(cibd);
    }
}
