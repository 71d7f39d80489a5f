/* lib/base/testbus.c - a fake of closed process groups with fake time.  For tests only. */
#include "base/testbus.h"

#include <string.h>

enum { MAX_WORK = 256, MANY_STEPS = 20000, STEP_USEC = 100, SLOW_ONE_IN = 50 };

struct letter {
    guint32 sender;
    guint position;
    gpointer message;
};

struct ring {
    struct cox_testbus_view view;
    bool is_member[COX_TESTBUS_MAX], is_node[COX_TESTBUS_MAX];
    guint part;
    GArray *log;               /* struct letter */
    int next[COX_TESTBUS_MAX]; /* the ring that the process goes to; -1: still here */
    guint cut[COX_TESTBUS_MAX];
};

static struct ring *
ring_at(const struct cox_testbus *bus, int index)
{
    return g_ptr_array_index(bus->rings, (guint) index);
}

static void
ring_free(gpointer data)
{
    struct ring *ring = data;

    g_array_unref(ring->log);
    g_free(ring);
}

void
cox_testbus_init(struct cox_testbus *bus, guint32 seed, GDestroyNotify free_message)
{
    memset(bus, 0, sizeof(*bus));
    bus->now = COX_USEC_PER_S;
    bus->random = seed == 0 ? NULL : g_rand_new_with_seed(seed);
    bus->rings = g_ptr_array_new_with_free_func(ring_free);
    bus->free_message = free_message;
    for (guint i = 0; i < COX_TESTBUS_MAX; i++) {
        bus->ring[i] = bus->at[i] = -1;
        bus->wake_at[i] = COX_USEC_NEVER;
        g_queue_init(&bus->outbox[i]);
    }
}

void
cox_testbus_clear(struct cox_testbus *bus)
{
    for (guint i = 0; i < COX_TESTBUS_MAX; i++) {
        g_queue_clear_full(&bus->outbox[i], bus->free_message);
    }
    for (guint i = 0; i < bus->rings->len; i++) {
        const struct ring *ring = ring_at(bus, (int) i);

        for (guint j = 0; j < ring->log->len; j++) {
            bus->free_message(g_array_index(ring->log, struct letter, j).message);
        }
    }
    g_ptr_array_unref(bus->rings);
    g_clear_pointer(&bus->random, g_rand_free);
}

guint
cox_testbus_pick(struct cox_testbus *bus, guint n)
{
    return bus->random == NULL ? 0 : (guint) g_rand_int_range(bus->random, 0, (gint32) n);
}

/* ---- rings ---- */

static int
last_ring(const struct cox_testbus *bus, guint node)
{
    int ring = bus->ring[node];

    while (ring >= 0 && ring_at(bus, ring)->next[node] >= 0) {
        ring = ring_at(bus, ring)->next[node];
    }
    return ring;
}

/* The place beyond which those who go from @from to @to may miss something. */
static guint
choose_cut(struct cox_testbus *bus, int from, const struct ring *to)
{
    const struct ring *ring = ring_at(bus, from);
    guint most = 0;
    bool is_node_gone = false;

    for (guint i = 1; i < COX_TESTBUS_MAX; i++) {
        if (to->is_member[i] && bus->ring[i] == from) {
            most = MAX(most, (guint) MAX(bus->at[i], 0));
        }
        is_node_gone = is_node_gone || (ring->is_node[i] && !to->is_node[i]);
    }
    if (bus->random == NULL || !is_node_gone || most >= ring->log->len) {
        return ring->log->len;
    }
    return (guint) g_rand_int_range(bus->random, (gint32) most, (gint32) ring->log->len + 1);
}

/* @ring, which has its members, comes to be. */
static void
form(struct cox_testbus *bus, struct ring *ring)
{
    int index = (int) bus->rings->len;
    bool is_done[COX_TESTBUS_MAX] = { false };

    ring->log = g_array_new(FALSE, FALSE, sizeof(struct letter));
    ring->view.serial = bus->rings->len + 1;
    for (guint i = 0; i < COX_TESTBUS_MAX; i++) {
        ring->next[i] = -1;
        if (ring->is_member[i]) {
            ring->view.members[ring->view.n_members++] = i;
        }
        if (ring->is_node[i]) {
            ring->view.nodes[ring->view.n_nodes++] = i;
        }
    }
    g_ptr_array_add(bus->rings, ring);
    for (guint i = 1; i < COX_TESTBUS_MAX; i++) {
        int from = -1;
        guint cut = 0;

        if (!ring->is_member[i] || is_done[i]) {
            continue;
        }
        from = last_ring(bus, i);
        if (from < 0) {
            bus->ring[i] = index;
            bus->at[i] = -1;
            continue;
        }
        cut = choose_cut(bus, from, ring);
        for (guint j = i; j < COX_TESTBUS_MAX; j++) {
            if (ring->is_member[j] && !is_done[j] && last_ring(bus, j) == from) {
                is_done[j] = true;
                ring_at(bus, from)->cut[j] = cut;
                ring_at(bus, from)->next[j] = index;
            }
        }
    }
}

/* Does the ring that all members of @ring are in already say the same? */
static bool
is_same(const struct cox_testbus *bus, const struct ring *ring)
{
    int known = -1;

    for (guint i = 1; i < COX_TESTBUS_MAX; i++) {
        if (ring->is_member[i]) {
            int last = last_ring(bus, i);

            if (last < 0 || (known >= 0 && last != known) || ring_at(bus, last)->part != ring->part
                || memcmp(ring_at(bus, last)->is_member, ring->is_member, sizeof(ring->is_member)) != 0
                || memcmp(ring_at(bus, last)->is_node, ring->is_node, sizeof(ring->is_node)) != 0) {
                return false;
            }
            known = last;
        }
    }
    return true;
}

static void
reform(struct cox_testbus *bus)
{
    bool is_seen[COX_TESTBUS_MAX] = { false };

    for (guint first = 1; first < COX_TESTBUS_MAX; first++) {
        struct ring *ring = NULL;

        if (!bus->is_process[first] || is_seen[first]) {
            continue;
        }
        ring = g_new0(struct ring, 1);
        ring->part = bus->part[first];
        for (guint i = 1; i < COX_TESTBUS_MAX; i++) {
            ring->is_node[i] = bus->is_node[i] && bus->part[i] == bus->part[first];
            ring->is_member[i] = ring->is_node[i] && bus->is_process[i];
            is_seen[i] = is_seen[i] || ring->is_member[i];
        }
        if (is_same(bus, ring)) {
            g_free(ring);
        } else {
            form(bus, ring);
        }
    }
}

void
cox_testbus_join(struct cox_testbus *bus, guint node)
{
    bus->is_process[node] = bus->is_node[node] = true;
    bus->is_stopped[node] = false;
    bus->ring[node] = bus->at[node] = -1;
    bus->wake_at[node] = COX_USEC_NEVER;
    reform(bus);
}

void
cox_testbus_leave(struct cox_testbus *bus, guint node, bool with_node)
{
    if (bus->is_process[node] && bus->random != NULL) {
        for (guint n = cox_testbus_pick(bus, bus->outbox[node].length + 1); n > 0; n--) {
            (void) cox_testbus_order(bus, node);
        }
    }
    g_queue_clear_full(&bus->outbox[node], bus->free_message);
    bus->is_process[node] = bus->is_stopped[node] = false;
    bus->is_node[node] = bus->is_node[node] && !with_node;
    bus->ring[node] = -1;
    bus->wake_at[node] = COX_USEC_NEVER;
    reform(bus);
}

void
cox_testbus_boot(struct cox_testbus *bus, guint node)
{
    bus->is_node[node] = true;
    reform(bus);
}

bool
cox_testbus_is_up(const struct cox_testbus *bus, guint node)
{
    return bus->is_process[node];
}

void
cox_testbus_move(struct cox_testbus *bus, guint node, guint part)
{
    bus->part[node] = part;
    reform(bus);
}

void
cox_testbus_split(struct cox_testbus *bus, const guint *parts)
{
    memcpy(bus->part, parts, sizeof(bus->part));
    reform(bus);
}

/* ---- messages ---- */

void
cox_testbus_send(struct cox_testbus *bus, guint node, gpointer message)
{
    g_queue_push_tail(&bus->outbox[node], message);
}

bool
cox_testbus_order(struct cox_testbus *bus, guint node)
{
    int ring = last_ring(bus, node);
    struct letter letter = { node, 0, NULL };

    if (ring < 0 || bus->outbox[node].length == 0) {
        return false;
    }
    letter.position = ++bus->n_messages;
    letter.message = g_queue_pop_head(&bus->outbox[node]);
    g_array_append_val(ring_at(bus, ring)->log, letter);
    return true;
}

/* Go over what is lost for @node; the letter it reads next, or NULL at the end of the ring. */
static const struct letter *
next_letter(struct cox_testbus *bus, guint node)
{
    const struct ring *ring = ring_at(bus, bus->ring[node]);

    for (; bus->at[node] < (int) ring->log->len; bus->at[node]++) {
        const struct letter *letter = &g_array_index(ring->log, struct letter, (guint) bus->at[node]);

        if (ring->next[node] < 0 || (guint) bus->at[node] < ring->cut[node]
            || ring->next[letter->sender] == ring->next[node]) {
            return letter;
        }
    }
    return NULL;
}

static void
enter(struct cox_testbus *bus, guint node, const struct ring *before, struct cox_testbus_mail *mail)
{
    struct ring *ring = ring_at(bus, bus->ring[node]);

    ring->view.n_lost = 0;
    for (guint i = 1; before != NULL && i < COX_TESTBUS_MAX; i++) {
        if (before->is_node[i] && !ring->is_node[i]) {
            ring->view.lost[ring->view.n_lost++] = i;
        }
    }
    bus->at[node] = 0;
    *mail = (struct cox_testbus_mail) { .view = &ring->view };
}

bool
cox_testbus_take(struct cox_testbus *bus, guint node, struct cox_testbus_mail *mail)
{
    const struct letter *letter = NULL;
    const struct ring *ring = bus->ring[node] < 0 ? NULL : ring_at(bus, bus->ring[node]);

    if (ring == NULL) {
        return false;
    }
    if (bus->at[node] < 0) {
        enter(bus, node, NULL, mail);
        return true;
    }
    letter = next_letter(bus, node);
    if (letter != NULL) {
        bus->at[node]++;
        *mail = (struct cox_testbus_mail) { NULL, letter->sender, letter->position, letter->message };
        return true;
    }
    if (ring->next[node] >= 0) {
        bus->ring[node] = ring->next[node];
        enter(bus, node, ring, mail);
        return true;
    }
    return false;
}

bool
cox_testbus_has_mail(struct cox_testbus *bus, guint node)
{
    return bus->ring[node] >= 0
           && (bus->at[node] < 0 || ring_at(bus, bus->ring[node])->next[node] >= 0 || next_letter(bus, node) != NULL);
}

/* ---- steps ---- */

static bool
wake_next(struct cox_testbus *bus, const struct cox_testbus_calls *calls, void *test, cox_usec until)
{
    guint next = 0;

    for (guint i = 1; i < COX_TESTBUS_MAX; i++) {
        if (bus->is_process[i] && !bus->is_stopped[i] && bus->wake_at[i] <= until
            && (next == 0 || bus->wake_at[i] < bus->wake_at[next])) {
            next = i;
        }
    }
    if (next == 0) {
        return false;
    }
    bus->now = MAX(bus->now, bus->wake_at[next]);
    bus->wake_at[next] = COX_USEC_NEVER;
    bus->n_steps++;
    calls->wake(test, next);
    return true;
}

static guint
find_work(struct cox_testbus *bus, const struct cox_testbus_calls *calls, void *test, guint *work)
{
    guint n = 0;

    for (guint i = 1; i < COX_TESTBUS_MAX; i++) {
        if (bus->is_process[i] && bus->outbox[i].length > 0) {
            work[n++] = i;
        }
        if (bus->is_process[i] && !bus->is_stopped[i] && cox_testbus_has_mail(bus, i)) {
            work[n++] = i + COX_TESTBUS_MAX;
        }
    }
    if (calls->look != NULL) {
        guint others = calls->look(test, work + n, MAX_WORK - n);

        for (guint i = 0; i < others; i++) {
            work[n++] += 2 * COX_TESTBUS_MAX;
        }
    }
    return n;
}

bool
cox_testbus_step(struct cox_testbus *bus, const struct cox_testbus_calls *calls, void *test, cox_usec until)
{
    guint work[MAX_WORK];
    guint n = find_work(bus, calls, test, work);
    guint chosen = 0;
    struct cox_testbus_mail mail;

    if (n == 0) {
        return wake_next(bus, calls, test, until);
    }
    bus->n_steps++;
    if (bus->slow_usec > 0 && bus->random != NULL && cox_testbus_pick(bus, SLOW_ONE_IN) == 0) {
        bus->now += g_rand_int_range(bus->random, 0, bus->slow_usec);
    }
    bus->now += STEP_USEC;
    chosen = work[cox_testbus_pick(bus, n)];
    if (chosen < COX_TESTBUS_MAX) {
        (void) cox_testbus_order(bus, chosen);
    } else if (chosen < 2 * COX_TESTBUS_MAX) {
        if (cox_testbus_take(bus, chosen - COX_TESTBUS_MAX, &mail)) {
            calls->mail(test, chosen - COX_TESTBUS_MAX, &mail);
        }
    } else {
        calls->work(test, chosen - 2 * COX_TESTBUS_MAX);
    }
    return true;
}

bool
cox_testbus_run(struct cox_testbus *bus, const struct cox_testbus_calls *calls, void *test, cox_usec until)
{
    guint limit = bus->n_steps + MANY_STEPS;

    while (cox_testbus_step(bus, calls, test, until)) {
        if (bus->n_steps > limit) {
            return false;
        }
    }
    bus->now = MAX(bus->now, until);
    return true;
}
