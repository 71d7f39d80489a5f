/* lib/replica/tests/replica_sim.c - a cluster of replicas on a bus and disks that a seed makes fail.  For tests only. */
#include "replica/tests/replica_sim.h"

#include <string.h>

static void carry_out(struct sim *sim, struct sim_node *node, struct cox_replica_effects *effects);

void
sim_violate(struct sim *sim, const char *format, ...)
{
    va_list args;

    if (sim->violation == NULL) {
        va_start(args, format);
        sim->violation = g_strdup_vprintf(format, args);
        va_end(args);
    }
}

/* ---- document ---- */

static void
doc_reset(struct sim_doc *doc)
{
    g_clear_pointer(&doc->ids, g_array_unref);
    *doc = (struct sim_doc) { .ids = g_array_new(FALSE, FALSE, sizeof(guint64)), .hash = COX_BYTES_FNV, .is_blank = true };
}

bool
sim_has(const struct sim_doc *doc, guint64 id)
{
    for (guint i = 0; i < doc->ids->len; i++) {
        if (g_array_index(doc->ids, guint64, i) == id) {
            return true;
        }
    }
    return false;
}

static bool
doc_apply(struct sim_doc *doc, GBytes *change)
{
    const guint8 *data = g_bytes_get_data(change, NULL);
    guint64 id;

    memcpy(&id, data + 1, sizeof(id));
    if (data[0] == 'c' && doc->hash % 3 == 0) {
        return false;
    }
    if (data[0] == 'e') {
        doc->version.epoch++;
        doc->version.num_updates = 0;
    } else {
        doc->version.num_updates++;
    }
    g_array_append_val(doc->ids, id);
    doc->hash = cox_bytes_fnv(doc->hash, &id, sizeof(id));
    doc->is_blank = false;
    return true;
}

static GBytes *
doc_write(const struct sim_doc *doc)
{
    GByteArray *out = g_byte_array_new();

    cox_bytes_put_u64(out, doc->hash);
    cox_bytes_put_u64(out, (guint64) doc->version.epoch);
    cox_bytes_put_u64(out, (guint64) doc->version.num_updates);
    cox_bytes_put_u8(out, doc->is_blank);
    for (guint i = 0; i < doc->ids->len; i++) {
        cox_bytes_put_u64(out, g_array_index(doc->ids, guint64, i));
    }
    return g_byte_array_free_to_bytes(out);
}

static void
doc_read(struct sim_doc *doc, GBytes *bytes)
{
    struct cox_bytes_reader in;
    gsize size = 0;
    const void *data = g_bytes_get_data(bytes, &size);

    doc_reset(doc);
    cox_bytes_reader_init(&in, data, size);
    doc->hash = cox_bytes_get_u64(&in);
    doc->version.epoch = (gint64) cox_bytes_get_u64(&in);
    doc->version.num_updates = (gint64) cox_bytes_get_u64(&in);
    doc->is_blank = cox_bytes_get_u8(&in) != 0;
    while (in.left > 0 && !in.is_bad) {
        guint64 id = cox_bytes_get_u64(&in);

        g_array_append_val(doc->ids, id);
    }
}

static struct cox_replica_document
doc_described(const struct sim_doc *doc)
{
    struct cox_replica_document described = { .version = doc->version, .is_blank = doc->is_blank };

    g_snprintf(described.digest, sizeof(described.digest), "%016" G_GINT64_MODIFIER "x", doc->hash);
    return described;
}

/* ---- a node ---- */

static void
hand_in(struct sim *sim, struct sim_node *node, const struct cox_replica_event *event)
{
    struct cox_replica_effects effects;

    cox_replica_effects_init(&effects);
    cox_replica_step(node->replica, event, sim->bus.now, &effects);
    node->wake_at = effects.wake_at;
    carry_out(sim, node, &effects);
    cox_replica_effects_free(&effects);
}

static void
document_answer(struct sim *sim, struct sim_node *node, enum cox_replica_event_kind kind, bool is_ok)
{
    struct cox_replica_document document = doc_described(&node->doc);
    const struct cox_replica_event event = { .kind = kind, .is_ok = is_ok, .document = &document };

    hand_in(sim, node, &event);
}

/* Equal places in histories written with quorum must hold equal documents. */
static void
check_place(struct sim *sim, struct sim_node *node)
{
    struct cox_replica_status status = cox_replica_status(node->replica);

    if (status.is_established && cox_stamp_is_agreed(&status.stamp)) {
        g_autofree char *place = g_strdup_printf("%" G_GUINT64_FORMAT ".%" G_GUINT64_FORMAT ".%" G_GUINT64_FORMAT,
                                                 status.stamp.term, status.stamp.tag, status.stamp.position);
        const char *known = g_hash_table_lookup(sim->digests, place);

        if (known == NULL) {
            g_hash_table_insert(sim->digests, g_steal_pointer(&place), g_strdup(status.document.digest));
        } else if (strcmp(known, status.document.digest) != 0) {
            sim_violate(sim, "node %u has another document than others at %s", node->id, place);
        }
    }
}

/* Whatever was kept before this view must be in the document that it agrees on. */
static void
check_kept(struct sim *sim, struct sim_node *node, guint64 term)
{
    GHashTableIter iter;
    gpointer id, kept;

    g_hash_table_iter_init(&iter, sim->kept);
    while (g_hash_table_iter_next(&iter, &id, &kept)) {
        if (*(guint64 *) kept < term && !sim_has(&node->doc, *(guint64 *) id)) {
            sim_violate(sim, "node %u: view %" G_GUINT64_FORMAT " lacks change %" G_GUINT64_FORMAT " kept in view %"
                        G_GUINT64_FORMAT, node->id, term, *(guint64 *) id, *(guint64 *) kept);
        }
    }
}

static void
install(struct sim *sim, struct sim_node *node, GBytes *bytes)
{
    struct sim_doc fresh = { 0 };

    doc_read(&fresh, bytes);
    for (guint i = 0; i < node->doc.ids->len && !node->set_aside; i++) {
        if (!sim_has(&fresh, g_array_index(node->doc.ids, guint64, i))) {
            sim_violate(sim, "node %u drops a document that has something of its own without setting it aside", node->id);
        }
    }
    node->set_aside = false;
    g_array_unref(node->doc.ids);
    node->doc = fresh;
    sim->n_installed++;
}

static void
answered(struct sim *sim, const struct cox_replica_effect *effect)
{
    guint64 *key = g_memdup2(&effect->number, sizeof(guint64));

    if (g_hash_table_contains(sim->answers, &effect->number)) {
        sim_violate(sim, "change %" G_GUINT64_FORMAT " is answered twice", effect->number);
    }
    sim->n_answers[effect->answer]++;
    g_hash_table_insert(sim->answers, key, GUINT_TO_POINTER((guint) effect->answer + 1));
    if (effect->answer == COX_REPLICA_KEPT) {
        g_hash_table_insert(sim->kept, g_memdup2(key, sizeof(*key)), g_memdup2(&effect->stamp.term, sizeof(guint64)));
    }
}

static void
write_later(struct sim_node *node, const struct cox_replica_effect *effect)
{
    struct sim_write *write = g_new0(struct sim_write, 1);

    write->seq = effect->number;
    write->is_save = effect->kind == COX_REPLICA_SAVE;
    write->bytes = g_bytes_ref(effect->bytes);
    write->document = write->is_save ? doc_write(&node->doc) : NULL;
    g_queue_push_tail(&node->writes, write);
}

static void
capture(struct sim *sim, struct sim_node *node, guint64 number)
{
    g_autoptr(GBytes) bytes = doc_write(&node->doc);
    const struct cox_replica_event event = { .kind = COX_REPLICA_CAPTURED, .number = number, .bytes = bytes };

    hand_in(sim, node, &event);
}

static void
carry_out(struct sim *sim, struct sim_node *node, struct cox_replica_effects *effects)
{
    guint64 captured = 0;
    enum { NONE, APPLIED, REFUSED, INSTALLED } then = NONE;

    check_place(sim, node);
    for (guint i = 0; i < effects->list->len; i++) {
        const struct cox_replica_effect *effect = &g_array_index(effects->list, struct cox_replica_effect, i);

        switch (effect->kind) {
        case COX_REPLICA_SEND:
            cox_testbus_send(&sim->bus, node->id, g_bytes_ref(effect->bytes));
            break;
        case COX_REPLICA_APPLY:
            sim->bus.now += sim->apply_usec;
            then = doc_apply(&node->doc, effect->bytes) ? APPLIED : REFUSED;
            break;
        case COX_REPLICA_CAPTURE:
            captured = effect->number;
            capture(sim, node, captured);
            break;
        case COX_REPLICA_SET_ASIDE:
            node->set_aside = true;
            sim->n_set_aside++;
            break;
        case COX_REPLICA_INSTALL:
            install(sim, node, effect->bytes);
            then = INSTALLED;
            break;
        case COX_REPLICA_JOURNAL:
        case COX_REPLICA_SAVE:
            write_later(node, effect);
            break;
        case COX_REPLICA_ANSWER:
            answered(sim, effect);
            break;
        case COX_REPLICA_NOTE:
            node->notes[effect->note]++;
            if (effect->note == COX_REPLICA_ESTABLISHED) {
                check_kept(sim, node, effect->number);
            }
            break;
        }
    }
    if (then != NONE) {
        document_answer(sim, node, then == INSTALLED ? COX_REPLICA_INSTALLED : COX_REPLICA_APPLIED, then != REFUSED);
    }
}

static void
write_free(gpointer data)
{
    struct sim_write *write = data;

    g_bytes_unref(write->bytes);
    g_clear_pointer(&write->document, g_bytes_unref);
    g_free(write);
}

/* The first of what is on its way is on the disk now; its number. */
static guint64
write_one(struct sim_node *node)
{
    struct sim_write *write = g_queue_pop_head(&node->writes);
    guint64 seq = write->seq;

    if (write->is_save) {
        g_clear_pointer(&node->meta, g_bytes_unref);
        g_clear_pointer(&node->base, g_bytes_unref);
        node->meta = g_bytes_ref(write->bytes);
        node->base = g_bytes_ref(write->document);
        g_ptr_array_set_size(node->journal, 0);
    } else {
        g_ptr_array_add(node->journal, g_bytes_ref(write->bytes));
    }
    write_free(write);
    return seq;
}

static void
sync_some(struct sim *sim, struct sim_node *node, bool all)
{
    struct cox_replica_event event = { .kind = COX_REPLICA_SYNCED };
    guint n = all ? node->writes.length : (guint) g_rand_int_range(sim->bus.random, 1, (gint32) node->writes.length + 1);

    while (n-- > 0) {
        event.number = write_one(node);
    }
    hand_in(sim, node, &event);
}

static void
restore(struct sim *sim, struct sim_node *node)
{
    struct cox_replica_document document;

    doc_reset(&node->doc);
    if (node->meta != NULL) {
        if (!cox_replica_restore_meta(node->replica, node->meta, NULL)) {
            sim_violate(sim, "node %u cannot read its meta data", node->id);
        }
        doc_read(&node->doc, node->base);
    }
    for (guint i = 0; i < node->journal->len; i++) {
        g_autoptr(GBytes) change = NULL;
        char digest[COX_REPLICA_DIGEST_ROOM];

        if (!cox_replica_restore_record(node->replica, g_ptr_array_index(node->journal, i), &change, digest, NULL)) {
            sim_violate(sim, "node %u cannot read its journal", node->id);
        } else if (change != NULL) {
            (void) doc_apply(&node->doc, change);
            document = doc_described(&node->doc);
            if (strcmp(document.digest, digest) != 0) {
                sim_violate(sim, "node %u: another document after replaying the journal", node->id);
            }
        }
    }
    document = doc_described(&node->doc);
    cox_replica_restored(node->replica, &document, false);
}

/* ---- the bus ---- */

static void
tell_quorum(struct sim *sim, struct sim_node *node, bool is_quorate)
{
    const struct cox_replica_event event = {
        .kind = COX_REPLICA_QUORUM,
        .quorum = { .is_quorate = is_quorate, .quorum_votes = sim->quorum_votes, .own_votes = 1 },
    };

    node->want_quorum = -1;
    hand_in(sim, node, &event);
}

static void
tell_view(struct sim *sim, struct sim_node *node, const struct cox_testbus_view *view)
{
    const struct cox_replica_event event = { .kind = COX_REPLICA_VIEW, .nodes = view->members, .n_nodes = view->n_members };
    bool is_quorate = sim->has_quorum_anyway || view->n_members >= sim->quorum_votes, is_late = g_rand_boolean(sim->bus.random);

    tell_quorum(sim, node, is_quorate && !is_late);
    hand_in(sim, node, &event);
    node->want_quorum = is_quorate && is_late ? 1 : -1;
}

/* Hand the node the next thing from the bus; false when there is none. */
static bool
deliver(struct sim *sim, struct sim_node *node)
{
    struct cox_testbus_mail mail;
    struct cox_replica_event event = { .kind = COX_REPLICA_DELIVER };

    if (!cox_testbus_take(&sim->bus, node->id, &mail)) {
        return false;
    }
    if (mail.view != NULL) {
        tell_view(sim, node, mail.view);
        return true;
    }
    event.node = mail.sender;
    event.bytes = g_bytes_ref(mail.message);
    hand_in(sim, node, &event);
    g_bytes_unref(event.bytes);
    return true;
}

static bool
sequence(struct sim *sim, struct sim_node *node)
{
    return cox_testbus_order(&sim->bus, node->id);
}

/* ---- what a test does ---- */

struct sim *
sim_new(guint32 seed, unsigned n_nodes)
{
    struct sim *sim = g_new0(struct sim, 1);

    cox_testbus_init(&sim->bus, seed, (GDestroyNotify) g_bytes_unref);
    sim->n = n_nodes;
    sim->quorum_votes = n_nodes / 2 + 1;
    sim->next_id = 1;
    sim->tail_changes = 8;
    sim->answers = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    sim->kept = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
    sim->digests = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    for (unsigned i = 0; i < n_nodes; i++) {
        sim->nodes[i].id = i + 1;
        sim->nodes[i].journal = g_ptr_array_new_with_free_func((GDestroyNotify) g_bytes_unref);
        doc_reset(&sim->nodes[i].doc);
    }
    return sim;
}

static void
lose_memory(struct sim_node *node)
{
    g_clear_pointer(&node->replica, cox_replica_free);
    g_queue_clear_full(&node->writes, write_free);
}

void
sim_free(struct sim *sim)
{
    for (unsigned i = 0; i < sim->n; i++) {
        struct sim_node *node = &sim->nodes[i];

        lose_memory(node);
        g_array_unref(node->doc.ids);
        g_ptr_array_unref(node->journal);
        g_clear_pointer(&node->meta, g_bytes_unref);
        g_clear_pointer(&node->base, g_bytes_unref);
    }
    cox_testbus_clear(&sim->bus);
    g_hash_table_unref(sim->answers);
    g_hash_table_unref(sim->kept);
    g_hash_table_unref(sim->digests);
    g_free(sim->violation);
    g_free(sim);
}

void
sim_start(struct sim *sim, unsigned index)
{
    struct sim_node *node = &sim->nodes[index];
    const struct cox_replica_options options = {
        .node_id = node->id, .nonce = (guint64) node->id * 1000003 + ++node->starts, .tail_changes = sim->tail_changes,
        .chunk_bytes = 64, .chunk_rate = 1000000,
    };

    if (node->is_up) {
        return;
    }
    node->replica = cox_replica_new(&options);
    node->is_up = true;
    node->is_paused = node->disk_fails = node->set_aside = false;
    node->want_quorum = -1;
    node->wake_at = COX_USEC_NEVER;
    restore(sim, node);
    cox_testbus_join(&sim->bus, node->id);
}

void
sim_crash(struct sim *sim, unsigned index)
{
    struct sim_node *node = &sim->nodes[index];
    gint32 reached = g_rand_int_range(sim->bus.random, 0, (gint32) node->writes.length + 1);

    if (!node->is_up) {
        return;
    }
    while (!node->disk_fails && reached-- > 0) {
        (void) write_one(node);
    }
    lose_memory(node);
    node->is_up = false;
    cox_testbus_leave(&sim->bus, node->id, true);
}

void
sim_split(struct sim *sim, const int *component)
{
    guint parts[COX_TESTBUS_MAX] = { 0 };

    for (unsigned i = 0; i < sim->n; i++) {
        parts[sim->nodes[i].id] = (guint) component[i];
    }
    cox_testbus_split(&sim->bus, parts);
}

void
sim_disk(struct sim *sim, unsigned index, bool is_ok)
{
    struct sim_node *node = &sim->nodes[index];
    const struct cox_replica_event event = { .kind = COX_REPLICA_DISK, .is_ok = is_ok };

    if (!node->is_up || node->is_paused || node->disk_fails == !is_ok) {
        return;
    }
    node->disk_fails = !is_ok;
    if (!is_ok) {
        g_queue_clear_full(&node->writes, write_free);
    }
    hand_in(sim, node, &event);
}

guint64
sim_submit(struct sim *sim, unsigned index, char kind)
{
    struct sim_node *node = &sim->nodes[index];
    struct cox_replica_event event = { .kind = COX_REPLICA_SUBMIT, .has_more = sim->more_follows };
    guint8 data[9];

    if (!node->is_up || node->is_paused) {
        return 0;
    }
    event.number = sim->next_id++;
    data[0] = (guint8) kind;
    memcpy(data + 1, &event.number, sizeof(event.number));
    event.bytes = g_bytes_new(data, sizeof(data));
    hand_in(sim, node, &event);
    g_bytes_unref(event.bytes);
    return event.number;
}

static void
tick(struct sim *sim, struct sim_node *node)
{
    const struct cox_replica_event event = { .kind = COX_REPLICA_TICK };

    if (cox_usec_is_due(node->wake_at, sim->bus.now)) {
        node->wake_at = COX_USEC_NEVER;
        hand_in(sim, node, &event);
    }
}

void
sim_step(struct sim *sim)
{
    struct sim_node *node = &sim->nodes[g_rand_int_range(sim->bus.random, 0, (gint32) sim->n)];

    sim->bus.now += g_rand_int_range(sim->bus.random, 0, 20000);
    if (!node->is_up || node->is_paused) {
        return;
    }
    tick(sim, node);
    switch (g_rand_int_range(sim->bus.random, 0, 8)) {
    case 0:
    case 1:
    case 2:
    case 3:
        (void) deliver(sim, node);
        break;
    case 4:
    case 5:
        (void) sequence(sim, node);
        break;
    case 6:
        if (node->writes.length > 0 && !node->disk_fails && (!node->is_slow || g_rand_int_range(sim->bus.random, 0, 20) == 0)) {
            sync_some(sim, node, false);
        }
        break;
    default:
        if (node->want_quorum >= 0) {
            tell_quorum(sim, node, node->want_quorum == 1);
        }
        break;
    }
}

static bool
run_one(struct sim *sim, struct sim_node *node)
{
    bool any = false;

    if (!node->is_up || node->is_paused) {
        return false;
    }
    tick(sim, node);
    any = deliver(sim, node);
    any = sequence(sim, node) || any;
    if (node->writes.length > 0 && !node->disk_fails) {
        sync_some(sim, node, true);
        any = true;
    }
    if (node->want_quorum >= 0) {
        tell_quorum(sim, node, node->want_quorum == 1);
        any = true;
    }
    return any;
}

bool
sim_settle(struct sim *sim)
{
    unsigned quiet = 0;

    for (unsigned round = 0; round < 20000 && quiet < 2; round++) {
        bool any = false;
        cox_usec next = COX_USEC_NEVER;

        for (unsigned i = 0; i < sim->n; i++) {
            any = run_one(sim, &sim->nodes[i]) || any;
            if (sim->nodes[i].is_up && !sim->nodes[i].is_paused) {
                next = cox_usec_min(next, sim->nodes[i].wake_at);
            }
        }
        sim->bus.now += 100;
        quiet = any ? 0 : quiet;
        if (!any && cox_usec_is_set(next)) {
            sim->bus.now = MAX(sim->bus.now, next);
        } else if (!any) {
            quiet++;
        }
    }
    return quiet >= 2;
}

static void
check_answers(struct sim *sim)
{
    GHashTableIter iter;
    gpointer id, answer;
    const struct sim_doc *doc = &sim->nodes[0].doc;

    g_hash_table_iter_init(&iter, sim->answers);
    while (g_hash_table_iter_next(&iter, &id, &answer)) {
        enum cox_replica_answer what = (enum cox_replica_answer)(GPOINTER_TO_UINT(answer) - 1);
        bool is_there = sim_has(doc, *(guint64 *) id);

        if (what == COX_REPLICA_KEPT && !is_there) {
            sim_violate(sim, "change %" G_GUINT64_FORMAT " was kept and is lost", *(guint64 *) id);
        }
        if ((what == COX_REPLICA_REFUSED || what == COX_REPLICA_UNSENT) && is_there) {
            sim_violate(sim, "change %" G_GUINT64_FORMAT " was refused or unsent and is there", *(guint64 *) id);
        }
    }
    for (guint i = 0; i < doc->ids->len; i++) {
        for (guint j = 0; j < i; j++) {
            if (g_array_index(doc->ids, guint64, i) == g_array_index(doc->ids, guint64, j)) {
                sim_violate(sim, "change %" G_GUINT64_FORMAT " was done twice", g_array_index(doc->ids, guint64, i));
            }
        }
    }
}

void
sim_check_end(struct sim *sim)
{
    const int all[SIM_MAX] = { 0 };

    for (unsigned i = 0; i < sim->n; i++) {
        sim_start(sim, i);
        sim->nodes[i].is_paused = false;
        sim_disk(sim, i, true);
    }
    sim_split(sim, all);
    if (!sim_settle(sim)) {
        sim_violate(sim, "does not come to rest");
    }
    for (unsigned i = 0; i < sim->n; i++) {
        struct cox_replica_status status = cox_replica_status(sim->nodes[i].replica);

        if (!status.is_current || !status.is_established || status.n_pending > 0) {
            sim_violate(sim, "node %u: current %d, established %d, %u without answer", sim->nodes[i].id, status.is_current,
                        status.is_established, status.n_pending);
        }
        if (sim->nodes[i].doc.hash != sim->nodes[0].doc.hash) {
            sim_violate(sim, "node %u has another document at the end", sim->nodes[i].id);
        }
    }
    check_answers(sim);
}

/* What a fault in memory or in our own code would do: the document is not what the replica thinks. */
void
sim_corrupt(struct sim *sim, unsigned index)
{
    sim->nodes[index].doc.hash ^= 0x5555;
}
