/* lib/election/tests/electionbus.c - election engines on a fake totally ordered bus.  For tests only. */
#include "base/testkit.h"

#include "electionbus.h"

enum { MAX_EXCLUDED = BUS_MAX };

/* A message on its way: of an engine, or an order of a coordinator. */
struct bus_item {
    bool is_order;
    guint64 order_generation;
    struct cox_election_message message;
    guint32 excluded[MAX_EXCLUDED];
};

/* Something that happened when a message was processed: an order carried out, or a round that settled. */
struct milestone {
    guint view, position; /* of the message, in the order of the bus */
    guint64 generation;
};

const struct cox_election_config bus_config = {
    .dc_deadtime_ms = 20000, .vote_ms = 2000, .beacon_ms = 1000, .silence_ms = 3500, .integration_ms = 180000,
    .finalization_ms = 1800000,
};

void
bus_init(struct bus *bus, const struct cox_election_config *config, guint32 seed)
{
    memset(bus, 0, sizeof(*bus));
    bus->config = *config;
    cox_testbus_init(&bus->net, seed, g_free);
    bus->net.slow_usec = 400000;
    bus->obeyed = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    bus->orders = g_array_new(FALSE, FALSE, sizeof(struct milestone));
    bus->settles = g_array_new(FALSE, FALSE, sizeof(struct milestone));
    for (guint i = 1; i < BUS_MAX; i++) {
        bus->nodes[i].features = 5;
    }
}

void
bus_clear(struct bus *bus)
{
    for (guint i = 1; i < BUS_MAX; i++) {
        cox_election_free(bus->nodes[i].engine);
    }
    g_hash_table_unref(bus->obeyed);
    g_array_unref(bus->orders);
    g_array_unref(bus->settles);
    cox_testbus_clear(&bus->net);
}

/* @one against all @others: behind a settled round there is no order of an older generation. */
static void
check_milestones(const struct milestone *one, const GArray *others, bool is_settle)
{
    for (guint i = 0; i < others->len; i++) {
        const struct milestone *other = &g_array_index(others, struct milestone, i);
        const struct milestone *settle = is_settle ? one : other;
        const struct milestone *order = is_settle ? other : one;

        if (one->view == other->view && order->position > settle->position && order->generation < settle->generation) {
            fail_msg("an order of generation %" G_GUINT64_FORMAT " runs after one of %" G_GUINT64_FORMAT " has begun",
                     order->generation, settle->generation);
        }
    }
}

/* A node settles: never on an older term than before, and all who settle in one view on one number agree. */
static void
check_term(struct bus *bus, guint node, const struct cox_term *term)
{
    struct bus_node *n = &bus->nodes[node];
    g_autofree char *key = g_strdup_printf("%u/%" G_GUINT64_FORMAT, n->view, term->generation);
    struct milestone settle;
    guint known = GPOINTER_TO_UINT(g_hash_table_lookup(bus->obeyed, key));

    if (term->generation < n->executor.generation
        || (term->generation == n->executor.generation && term->coordinator != n->executor.coordinator)) {
        fail_msg("node %u settles on %u/%" G_GUINT64_FORMAT " after %u/%" G_GUINT64_FORMAT, node, term->coordinator,
                 term->generation, n->executor.coordinator, n->executor.generation);
    }
    if (known != 0 && known != term->coordinator + 1) {
        fail_msg("two coordinators, %u and %u, for view/generation %s", known - 1, term->coordinator, key);
    }
    g_hash_table_insert(bus->obeyed, g_steal_pointer(&key), GUINT_TO_POINTER(term->coordinator + 1));
    n->executor = *term;
    settle = (struct milestone) { n->view, bus->position, term->generation };
    check_milestones(&settle, bus->orders, true);
    g_array_append_val(bus->settles, settle);
}

static void
push_message(struct bus *bus, guint node, const struct cox_election_message *message)
{
    struct bus_item *item = g_new0(struct bus_item, 1);

    item->message = *message;
    memcpy(item->excluded, message->excluded != NULL ? message->excluded : item->excluded,
           message->n_excluded * sizeof(guint32));
    item->message.excluded = item->excluded;
    cox_testbus_send(&bus->net, node, item);
}

static void
step(struct bus *bus, guint node, const struct cox_election_event *event)
{
    struct bus_node *n = &bus->nodes[node];
    struct cox_election_effects out;

    cox_election_effects_init(&out);
    cox_election_step(n->engine, event, bus->net.now, &out);
    for (guint i = 0; i < cox_election_effects_count(&out); i++) {
        const struct cox_election_effect *effect = cox_election_effects_get(&out, i);

        switch (effect->kind) {
            case COX_ELECTION_DO_SEND:
                bus->n_sent[effect->message.kind]++;
                push_message(bus, node, &effect->message);
                break;
            case COX_ELECTION_DO_WAKE:
                assert_true(effect->at > bus->net.now || effect->at == COX_USEC_NEVER || event->kind != COX_ELECTION_ON_WAKE);
                bus->net.wake_at[node] = effect->at;
                break;
            case COX_ELECTION_DO_SETTLE:
                check_term(bus, node, &effect->settle.term);
                n->settled = effect->settle;
                n->has_coordinator = true;
                n->n_settled++;
                break;
            case COX_ELECTION_DO_UNSETTLE:
                n->has_coordinator = false;
                n->n_unsettled++;
                break;
            case COX_ELECTION_DO_PLAN:
                assert_true(cox_election_may_act(n->engine));
                n->n_plans++;
                break;
            case COX_ELECTION_DO_ADMIT:
                n->n_admitted++;
                break;
            case COX_ELECTION_DO_REFUSE:
                n->n_refused++;
                break;
            case COX_ELECTION_DO_PHASE:
                assert_int_equal(cox_election_phase(n->engine, effect->phase.node), effect->phase.phase);
                break;
        }
    }
    cox_election_effects_clear(&out);
    if (bus->with_orders && cox_election_may_act(n->engine) && cox_testbus_pick(&bus->net, 4) == 0) {
        struct bus_item *order = g_new0(struct bus_item, 1);

        order->is_order = true;
        order->order_generation = cox_election_term(n->engine).generation;
        cox_testbus_send(&bus->net, node, order);
    }
}

/*
 * Before a round is over, each side of a heal may still obey its own coordinator; behind the message that settles it,
 * nobody obeys an older generation, however late it reads its queue.
 */
static void
check_order(struct bus *bus, guint node, guint32 sender, const struct bus_item *item)
{
    struct bus_node *n = &bus->nodes[node];
    struct milestone order = { n->view, bus->position, item->order_generation };

    if (!cox_election_accepts(n->engine, sender, item->order_generation)) {
        bus->n_refused_orders++;
        return;
    }
    assert_true(item->order_generation >= n->executor.generation);
    check_milestones(&order, bus->settles, false);
    g_array_append_val(bus->orders, order);
}

static void
on_mail(void *test, guint node, const struct cox_testbus_mail *mail)
{
    struct bus *bus = test;
    const struct bus_item *item = mail->message;
    struct cox_election_event event = { .kind = COX_ELECTION_ON_VIEW };

    if (mail->view != NULL) {
        bus->nodes[node].view = mail->view->serial;
        event.nodes.nodes = mail->view->members;
        event.nodes.n = mail->view->n_members;
        step(bus, node, &event);
        return;
    }
    bus->position = mail->position;
    if (item->is_order) {
        check_order(bus, node, mail->sender, item);
    } else {
        event.kind = COX_ELECTION_ON_MESSAGE;
        event.message.sender = mail->sender;
        event.message.message = &item->message;
        step(bus, node, &event);
    }
}

static void
on_wake(void *test, guint node)
{
    step(test, node, &(struct cox_election_event) { .kind = COX_ELECTION_ON_WAKE });
}

static const struct cox_testbus_calls calls = { on_mail, on_wake, NULL, NULL };

void
bus_start(struct bus *bus, guint node, guint n_expected)
{
    struct bus_node *n = &bus->nodes[node];
    struct cox_election_event event = { .kind = COX_ELECTION_ON_EXPECTED };
    guint32 expected[BUS_MAX];

    for (guint i = 0; i < n_expected; i++) {
        expected[i] = i + 1;
    }
    n->engine = cox_election_new(&bus->config, node, n->features, bus->n_starts++ * 10000);
    n->has_coordinator = false;
    bus->net.is_stopped[node] = false;
    bus->net.wake_at[node] = COX_USEC_NEVER;
    event.nodes.nodes = expected;
    event.nodes.n = n_expected;
    step(bus, node, &event);
    event.kind = COX_ELECTION_ON_SEEN;
    event.seen = n->executor;
    step(bus, node, &event);
    cox_testbus_join(&bus->net, node);
}

void
bus_crash(struct bus *bus, guint node)
{
    g_clear_pointer(&bus->nodes[node].engine, cox_election_free);
    cox_testbus_leave(&bus->net, node, true);
}

void
bus_move(struct bus *bus, guint node, guint part)
{
    cox_testbus_move(&bus->net, node, part);
}

void
bus_feed(struct bus *bus, guint node, const struct cox_election_event *event)
{
    step(bus, node, event);
}

bool
bus_step(struct bus *bus, cox_usec until)
{
    return cox_testbus_step(&bus->net, &calls, bus, until);
}

void
bus_run(struct bus *bus, cox_usec until)
{
    if (!cox_testbus_run(&bus->net, &calls, bus, until)) {
        fail_msg("no rest");
    }
}

void
bus_check_settled(const struct bus *bus)
{
    for (guint i = 1; i < BUS_MAX; i++) {
        const struct bus_node *node = &bus->nodes[i];
        struct cox_term term;

        if (node->engine == NULL) {
            continue;
        }
        term = cox_election_term(node->engine);
        assert_true(node->has_coordinator);
        assert_int_not_equal(term.coordinator, 0);
        assert_non_null(bus->nodes[term.coordinator].engine);
        assert_int_equal(bus->net.part[term.coordinator], bus->net.part[i]);
        assert_true(cox_election_accepts(bus->nodes[term.coordinator].engine, term.coordinator, term.generation));
        assert_true(cox_election_may_act(bus->nodes[term.coordinator].engine));
        if (!bus->net.is_stopped[i]) {
            assert_int_equal(cox_election_phase(bus->nodes[term.coordinator].engine, i), COX_JOIN_JOINED);
        }
    }
}

bool
bus_accepts(const struct bus *bus, guint node, guint32 sender, guint64 generation)
{
    return cox_election_accepts(bus->nodes[node].engine, sender, generation);
}
