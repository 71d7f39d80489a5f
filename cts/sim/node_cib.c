/* cts/sim/node_cib.c - stands for cibd: lib/replica over the group, a real document, a disk that syncs late.  For tests only. */
#include "cts/sim/simdaemon.h"

#include <string.h>

#include "cib/blank.h"
#include "cib/patchscope.h"
#include "cts/sim/simdoc.h"

enum { TIMER_TICK = 0, TIMER_QUORUM, SLOW_DISK_ONE_IN = 40 };

struct sim_disk {
    GBytes *meta, *base;
    GPtrArray *journal; /* GBytes */
};

struct disk_write {
    guint64 seq;
    bool is_save;
    GBytes *bytes, *document;
};

struct pending {
    enum sim_daemon asker;
    void (*answer)(struct sim *sim, struct sim_node *node, struct sim_call *call);
    guint64 number;
    bool is_of_client;
};

struct sim_cib {
    struct cox_replica *replica;
    struct sim_state *doc;
    bool is_ready;        /* it has the document that counts: readers are answered */
    GHashTable *pending;  /* number -> struct pending */
    GQueue writes;        /* struct disk_write */
    bool is_syncing, is_quorate;
    guint32 first_member; /* lowest id in the view */
    guint64 own_change;   /* about quorum, not answered yet; 0: none */
};

static void hand_in(struct sim *sim, struct sim_node *node, const struct cox_replica_event *event);

/* ---- disk ---- */

static void
free_write(gpointer data)
{
    struct disk_write *write = data;

    g_bytes_unref(write->bytes);
    g_clear_pointer(&write->document, g_bytes_unref);
    g_free(write);
}

static struct sim_disk *
disk_new(void)
{
    struct sim_disk *disk = g_new0(struct sim_disk, 1);

    disk->journal = g_ptr_array_new_with_free_func((GDestroyNotify) g_bytes_unref);
    return disk;
}

void
sim_disk_free(struct sim_disk *disk)
{
    if (disk != NULL) {
        g_clear_pointer(&disk->meta, g_bytes_unref);
        g_clear_pointer(&disk->base, g_bytes_unref);
        g_ptr_array_unref(disk->journal);
        g_free(disk);
    }
}

/* The planted bug of SIM_LAW_KEPT: what is said to be on the disk is not. */
static guint64
write_one(struct sim *sim, struct sim_node *node)
{
    struct disk_write *write = g_queue_pop_head(&node->cib->writes);
    struct sim_disk *disk = node->disk;
    guint64 seq = write->seq;

    if (write->is_save) {
        g_clear_pointer(&disk->meta, g_bytes_unref);
        g_clear_pointer(&disk->base, g_bytes_unref);
        disk->meta = g_bytes_ref(write->bytes);
        disk->base = g_bytes_ref(write->document);
        g_ptr_array_set_size(disk->journal, 0);
    } else if (sim->bug != SIM_LAW_KEPT) {
        g_ptr_array_add(disk->journal, g_bytes_ref(write->bytes));
    }
    free_write(write);
    return seq;
}

static void sync_later(struct sim *sim, struct sim_node *node);

static void
on_synced(struct sim *sim, struct sim_node *node, struct sim_call *call)
{
    struct cox_replica_event event = { .kind = COX_REPLICA_SYNCED };
    guint n = 1 + sim_pick(sim, node->cib->writes.length);

    (void) call;
    node->cib->is_syncing = false;
    while (n-- > 0) {
        event.number = write_one(sim, node);
    }
    hand_in(sim, node, &event);
    sync_later(sim, node);
}

static void
sync_later(struct sim *sim, struct sim_node *node)
{
    const struct sim_call call = { .fn = on_synced };
    bool is_slow = sim_pick(sim, SLOW_DISK_ONE_IN) == 0;

    if (!node->cib->is_syncing && node->cib->writes.length > 0) {
        node->cib->is_syncing = true;
        sim_after(sim, node, SIM_CIB, is_slow ? sim_between(sim, 20000, 800000) : sim_between(sim, 200, 4000), &call);
    }
}

static void
write_later(struct sim *sim, struct sim_node *node, const struct cox_replica_effect *effect)
{
    struct disk_write *write = g_new0(struct disk_write, 1);

    write->seq = effect->number;
    write->is_save = effect->kind == COX_REPLICA_SAVE;
    write->bytes = g_bytes_ref(effect->bytes);
    write->document = write->is_save ? g_bytes_ref(sim_state_bytes(sim->docs, node->cib->doc)) : NULL;
    g_queue_push_tail(&node->cib->writes, write);
    sync_later(sim, node);
}

static void
restore(struct sim *sim, struct sim_node *node)
{
    struct sim_disk *disk = node->disk;
    struct cox_replica_document document;
    struct sim_state *doc = disk->base == NULL ? sim_docs_blank(sim->docs) : sim_state_read(sim->docs, disk->base);
    const struct sim_touched *touched = NULL;

    if (doc == NULL || (disk->meta != NULL && !cox_replica_restore_meta(node->cib->replica, disk->meta, NULL))) {
        sim_violate(sim, SIM_LAW_KEPT, "%s cannot read its disk", node->name);
    }
    for (guint i = 0; i < disk->journal->len; i++) {
        g_autoptr(GBytes) change = NULL;
        char digest[COX_REPLICA_DIGEST_ROOM];

        if (!cox_replica_restore_record(node->cib->replica, disk->journal->pdata[i], &change, digest, NULL)) {
            sim_violate(sim, SIM_LAW_KEPT, "%s cannot read its journal", node->name);
        } else if (change != NULL) {
            (void) sim_state_apply(sim->docs, &doc, change, &touched);
            document = doc->described;
            if (strcmp(document.digest, digest) != 0) {
                sim_violate(sim, SIM_LAW_EQUAL, "%s has another document after replaying its journal", node->name);
            }
        }
    }
    document = doc->described;
    cox_replica_restored(node->cib->replica, &document, false);
    node->cib->doc = doc;
}

/* ---- the document ---- */

/* Readers have a copy of their own; what they have of a cibd that died they keep until the next one is ready. */
static void
tell_readers(struct sim *sim, struct sim_node *node, const struct sim_touched *touched, bool is_foreign)
{
    const struct sim_call news = { .fn = sim_control_on_document, .data = (gpointer) (gsize) touched,
                                   .number = touched == NULL ? ~0U : touched->scope };
    const struct sim_call replaced = { .fn = sim_attr_on_replaced };

    if (!node->cib->is_ready) {
        return;
    }
    node->doc = node->cib->doc;
    if (news.number != 0) {
        sim_post(sim, node, SIM_CONTROL, &news);
    }
    if (is_foreign) {
        sim_post(sim, node, SIM_ATTR, &replaced);
    }
}

/* The planted bug of SIM_LAW_EQUAL: one node now and then does not do what the others do. */
static bool
apply(struct sim *sim, struct sim_node *node, const struct cox_replica_effect *effect)
{
    const struct sim_touched *touched = NULL;
    bool is_done = true;

    if (sim->bug == SIM_LAW_EQUAL && node->id == 1 && sim_pick(sim, 10) == 0) {
        return true;
    }
    is_done = sim_state_apply(sim->docs, &node->cib->doc, effect->bytes, &touched);
    if (!is_done) {
        sim_say(sim, node, "cibd refuses change %" G_GUINT64_FORMAT, sim_change_number(effect->bytes));
    }
    /* attrd's own changes name single values. */
    tell_readers(sim, node, touched, (touched->scope & COX_PATCHSCOPE_ATTRIBUTES) != 0 && !sim_change_mentions(effect->bytes, "nvpair"));
    return is_done;
}

static bool
install(struct sim *sim, struct sim_node *node, GBytes *bytes)
{
    struct sim_state *doc = sim_state_read(sim->docs, bytes);

    if (doc == NULL) {
        return false;
    }
    sim_say(sim, node, "cibd takes over another document");
    node->cib->doc = doc;
    tell_readers(sim, node, NULL, true);
    return true;
}

static void
capture(struct sim *sim, struct sim_node *node, guint64 number)
{
    const struct cox_replica_event event = { .kind = COX_REPLICA_CAPTURED, .number = number,
                                             .bytes = sim_state_bytes(sim->docs, node->cib->doc) };

    hand_in(sim, node, &event);
}

/* ---- answers ---- */

static void
give_answer(struct sim *sim, struct sim_node *node, const struct pending *pending, bool is_ok)
{
    struct sim_answer *answer = cox_arena_new_array(sim->arena, struct sim_answer, 1);
    const struct sim_call call = { .fn = pending->answer, .data = answer, .number = pending->number };

    answer->is_ok = is_ok;
    if (node->cib->doc != NULL) {
        answer->version = node->cib->doc->described.version;
    }
    sim_post(sim, node, pending->asker, &call);
}

static void
answered(struct sim *sim, struct sim_node *node, const struct cox_replica_effect *effect)
{
    const struct pending *pending = g_hash_table_lookup(node->cib->pending, &effect->number);
    bool is_ok = effect->answer == COX_REPLICA_KEPT || effect->answer == COX_REPLICA_PROVISIONAL;

    if (effect->answer == COX_REPLICA_KEPT && pending != NULL && pending->is_of_client) {
        sim_say(sim, node, "change %" G_GUINT64_FORMAT " is kept at %" G_GUINT64_FORMAT ".%" G_GUINT64_FORMAT, effect->number,
                effect->stamp.term, effect->stamp.position);
        sim_laws_on_kept(sim, node, effect->number, effect->stamp.term);
    }
    if (node->cib->own_change == effect->number) {
        node->cib->own_change = 0;
    }
    if (!is_ok) {
        sim_say(sim, node, "change %" G_GUINT64_FORMAT " is not kept: answer %d", effect->number, (int) effect->answer);
    }
    if (pending != NULL) {
        give_answer(sim, node, pending, is_ok);
        g_hash_table_remove(node->cib->pending, &effect->number);
    }
}

/* ---- the engine ---- */

static void
carry_out(struct sim *sim, struct sim_node *node, const struct cox_replica_effect *effect)
{
    switch (effect->kind) {
        case COX_REPLICA_SEND:
            cox_testbus_send(&sim->bus[SIM_CIB], node->id, g_bytes_ref(effect->bytes));
            break;
        case COX_REPLICA_CAPTURE:
            capture(sim, node, effect->number);
            break;
        case COX_REPLICA_JOURNAL:
        case COX_REPLICA_SAVE:
            write_later(sim, node, effect);
            break;
        case COX_REPLICA_ANSWER:
            answered(sim, node, effect);
            break;
        case COX_REPLICA_NOTE:
            if (effect->note == COX_REPLICA_ESTABLISHED) {
                sim_say(sim, node, "cibd: view %" G_GUINT64_FORMAT " is established", effect->number);
                sim_laws_on_established(sim, node, effect->number);
            } else if (effect->note == COX_REPLICA_CURRENT) { /* readers that waited for that hear it, though nothing changed */
                const struct sim_call news = { .fn = sim_control_on_document };

                sim_post(sim, node, SIM_CONTROL, &news);
                if (!node->cib->is_ready) {
                    node->cib->is_ready = true;
                    tell_readers(sim, node, NULL, true);
                }
            }
            break;
        case COX_REPLICA_SET_ASIDE:
            sim_say(sim, node, "cibd sets its document aside");
            break;
        case COX_REPLICA_APPLY:
        case COX_REPLICA_INSTALL:
            break;
    }
}

static void
hand_in(struct sim *sim, struct sim_node *node, const struct cox_replica_event *event)
{
    struct cox_replica_effects effects;
    struct cox_replica_document document;
    struct cox_replica_event then = { .document = &document };
    bool has_then = false;

    cox_replica_effects_init(&effects);
    cox_replica_step(node->cib->replica, event, sim->now, &effects);
    sim_timer(sim, &node->process[SIM_CIB], TIMER_TICK, effects.wake_at);
    sim_laws_on_place(sim, node);
    for (guint i = 0; i < effects.list->len; i++) {
        const struct cox_replica_effect *effect = &g_array_index(effects.list, struct cox_replica_effect, i);

        carry_out(sim, node, effect);
        if (effect->kind == COX_REPLICA_APPLY || effect->kind == COX_REPLICA_INSTALL) {
            bool is_apply = effect->kind == COX_REPLICA_APPLY;

            then.kind = is_apply ? COX_REPLICA_APPLIED : COX_REPLICA_INSTALLED;
            then.is_ok = is_apply ? apply(sim, node, effect) : install(sim, node, effect->bytes);
            has_then = true;
        }
    }
    cox_replica_effects_free(&effects);
    if (has_then) {
        document = node->cib->doc->described;
        hand_in(sim, node, &then);
    }
}

/* What the document has to say of the quorum: the first member of a partition sees to it (daemons/cibd does the same). */
static void
look(struct sim *sim, struct sim_node *node)
{
    struct sim_cib *cib = node->cib;
    struct cox_replica_status status = cox_replica_status(cib->replica);
    const char *says = node->cib->doc->has_quorum;
    struct cox_replica_event event = { .kind = COX_REPLICA_SUBMIT };
    GString *change = NULL;

    if (!status.is_current || status.is_established != cib->is_quorate || cib->first_member != node->id || cib->own_change != 0
        || (says[0] == '\0' && !cib->is_quorate && node->cib->doc->described.is_blank) || strcmp(says, cib->is_quorate ? "1" : "0") == 0) {
        return;
    }
    cib->own_change = event.number = sim->next_change++;
    change = sim_change_new(event.number);
    sim_change_modify(change, "cib", cib->is_quorate ? "<cib have-quorum=\"1\"/>" : "<cib have-quorum=\"0\"/>");
    event.bytes = g_string_free_to_bytes(change);
    hand_in(sim, node, &event);
    g_bytes_unref(event.bytes);
}

bool
sim_cib_has_quorum(const struct sim_node *node)
{
    return node->cib != NULL && node->cib->is_quorate;
}

static void
tell_quorum(struct sim *sim, struct sim_node *node, bool is_quorate)
{
    const struct cox_replica_event event = {
        .kind = COX_REPLICA_QUORUM,
        .quorum = { .is_quorate = is_quorate, .quorum_votes = sim->n / 2 + 1, .own_votes = 1 },
    };

    node->cib->is_quorate = is_quorate;
    hand_in(sim, node, &event);
}

void
sim_cib_mail(struct sim *sim, struct sim_node *node, const struct cox_testbus_mail *mail)
{
    struct cox_replica_event event = { .kind = COX_REPLICA_DELIVER, .node = mail->sender };

    if (mail->view != NULL) {
        bool is_quorate = mail->view->n_nodes * 2 > sim->n, is_late = sim_pick(sim, 2) == 0;

        tell_quorum(sim, node, is_quorate && !is_late);
        event = (struct cox_replica_event) { .kind = COX_REPLICA_VIEW, .nodes = mail->view->members,
                                             .n_nodes = mail->view->n_members };
        node->cib->first_member = mail->view->members[0];
        hand_in(sim, node, &event);
        sim_timer(sim, &node->process[SIM_CIB], TIMER_QUORUM, is_quorate && is_late ? sim->now + sim_between(sim, 0, 50000)
                                                                           : COX_USEC_NEVER);
    } else {
        event.bytes = g_bytes_ref(mail->message);
        hand_in(sim, node, &event);
        g_bytes_unref(event.bytes);
    }
    look(sim, node);
}

void
sim_cib_wake(struct sim *sim, struct sim_node *node, guint timer)
{
    if (timer == TIMER_QUORUM) {
        tell_quorum(sim, node, true);
    } else {
        hand_in(sim, node, &(struct cox_replica_event) { .kind = COX_REPLICA_TICK });
    }
    look(sim, node);
}

static void
on_ask(struct sim *sim, struct sim_node *node, struct sim_call *call)
{
    struct cox_replica_event event = { .kind = COX_REPLICA_SUBMIT, .number = call->number, .bytes = call->data };

    hand_in(sim, node, &event);
    look(sim, node);
}

void
sim_cib_ask(struct sim *sim, struct sim_node *node, const struct sim_ask *ask)
{
    GBytes *bytes = g_string_free_to_bytes(ask->change);
    struct pending pending = { ask->asker, ask->answer, ask->number, ask->is_of_client };
    guint64 number = sim_change_number(bytes);
    struct sim_call call = { .fn = on_ask, .data = bytes, .number = number };

    g_ptr_array_add(sim->owned_bytes, bytes);
    if (node->cib == NULL) {
        struct sim_answer *answer = cox_arena_new_array(sim->arena, struct sim_answer, 1);
        const struct sim_call failed = { .fn = ask->answer, .data = answer, .number = ask->number };

        sim_after(sim, node, ask->asker, 50000, &failed);
        return;
    }
    g_hash_table_insert(node->cib->pending, g_memdup2(&number, sizeof(number)), g_memdup2(&pending, sizeof(pending)));
    sim_post(sim, node, SIM_CIB, &call);
}

struct cox_replica_status
sim_cib_status(const struct sim_node *node)
{
    return cox_replica_status(node->cib->replica);
}

struct sim_state *
sim_cib_doc(const struct sim_node *node)
{
    return node->cib->doc;
}

void
sim_cib_start(struct sim *sim, struct sim_node *node)
{
    const struct cox_replica_options options = { .node_id = node->id, .nonce = sim->next_life * 1000003, .tail_changes = 16,
                                                 .chunk_bytes = 4096 };

    if (node->disk == NULL) {
        node->disk = disk_new();
    }
    node->cib = g_new0(struct sim_cib, 1);
    node->cib->replica = cox_replica_new(&options);
    node->cib->pending = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
    restore(sim, node);
}

void
sim_cib_stop(struct sim *sim, struct sim_node *node)
{
    struct sim_cib *cib = node->cib;
    GHashTableIter iter;
    gpointer pending = NULL;

    g_hash_table_iter_init(&iter, cib->pending);
    while (g_hash_table_iter_next(&iter, NULL, &pending)) {
        give_answer(sim, node, pending, false);
    }
    for (guint reached = sim_pick(sim, cib->writes.length + 1); reached > 0; reached--) {
        (void) write_one(sim, node);
    }
    g_queue_clear_full(&cib->writes, free_write);
    g_hash_table_unref(cib->pending);
    cox_replica_free(cib->replica);
    g_free(cib);
    node->cib = NULL;
}
