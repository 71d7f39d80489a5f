/* cts/sim/simlaws.c - what must always be true.  For tests only. */
#include "cts/sim/simdaemon.h"

#include <string.h>

#include "cts/sim/simdoc.h"

enum { TRANSITION_LIMIT_S = 600, MIGRATION_LIMIT_S = 300, MANY_STEPS = 150000 };

static const char *const followed[] = { "start", "stop", "promote", "demote" };
enum { FOLLOWED = G_N_ELEMENTS(followed) };

#define BIT(node) (1U << (node))

const char *const sim_law_names[SIM_LAWS] = {
    [SIM_LAW_ONCE] = "once",   [SIM_LAW_PROOF] = "proof",     [SIM_LAW_EQUAL] = "equal", [SIM_LAW_KEPT] = "kept",
    [SIM_LAW_REIGN] = "reign", [SIM_LAW_OVERLAP] = "overlap", [SIM_LAW_PROMOTED] = "promoted", [SIM_LAW_INSTANCES] = "instances",
    [SIM_LAW_MIGRATES] = "migrates", [SIM_LAW_LEAVES] = "leaves", [SIM_LAW_FOLLOWS] = "follows",
    [SIM_LAW_MEMBERS] = "members", [SIM_LAW_ENDS] = "ends", [SIM_LAW_SETTLES] = "settles",
};

struct kept {
    guint64 change, term;
};

struct place {
    guint64 term, tag, position;
};

/* Of a node that leaves in order. */
struct leaving {
    bool is_over;           /* it has left and has not come back */
    guint n_troubles;       /* so many had been when it was told that it may leave */
    bool is_heard;          /* most nodes were in the reign that told it ... */
    guint readers;          /* ... and these had a document to read it in: bits */
    struct cox_term term;   /* ... which is this */
};

/* A fencing that a coordinator has asked for. */
struct asking {
    guint node;
    guint n_troubles;
    struct cox_term term;
};

struct sim_book {
    char *violation;
    enum sim_law law;
    guint owners[SIM_RSCS];                /* nodes that may have the resource: bits */
    cox_usec migrates_since;               /* COX_USEC_NEVER: the store is not on its way */
    struct leaving leaving[SIM_MAX];
    struct asking asking[SIM_MAX];         /* of the node's fencing, the last one */
    guint past[SIM_MAX];                   /* resources that the node may have from a life before this one: bits */
    guint starts[SIM_MAX];                 /* resources that have not come up since a start of theirs began: bits */
    guint succeeded[SIM_MAX][FOLLOWED];    /* resources of which this task ended with success when it ended last: bits */
    guint promoted;                        /* node that may have the promoted instance of the clone; 0: nobody */
    GHashTable *places;                    /* place in a history -> digest */
    struct place last_place[SIM_MAX];
    GArray *kept;                          /* struct kept */
    struct cox_exec_term obeyed[SIM_MAX];  /* youngest that the node has obeyed in this boot */
    cox_usec transition_since[SIM_MAX];    /* COX_USEC_NEVER: none under way */
};

void
sim_violate(struct sim *sim, enum sim_law law, const char *format, ...)
{
    va_list args;

    if (sim->book->violation == NULL) {
        va_start(args, format);
        sim->book->violation = g_strdup_vprintf(format, args);
        va_end(args);
        sim->book->law = law;
        sim_say(sim, NULL, "LAW %s: %s", sim_law_names[law], sim->book->violation);
    }
}

const char *
sim_violation(const struct sim *sim, enum sim_law *law)
{
    if (law != NULL) {
        *law = sim->book->violation == NULL ? SIM_LAW_NONE : sim->book->law;
    }
    return sim->book->violation;
}

static guint
place_hash(gconstpointer data)
{
    const struct place *place = data;

    return (guint) (place->term * 31 + place->tag * 7 + place->position);
}

static gboolean
is_same_place(gconstpointer a, gconstpointer b)
{
    return memcmp(a, b, sizeof(struct place)) == 0;
}

void
sim_laws_init(struct sim *sim)
{
    sim->book = g_new0(struct sim_book, 1);
    sim->book->places = g_hash_table_new_full(place_hash, is_same_place, g_free, g_free);
    sim->book->kept = g_array_new(FALSE, FALSE, sizeof(struct kept));
    for (guint i = 0; i < SIM_MAX; i++) {
        sim->book->transition_since[i] = COX_USEC_NEVER;
    }
    sim->book->migrates_since = COX_USEC_NEVER;
}

void
sim_laws_clear(struct sim *sim)
{
    g_hash_table_unref(sim->book->places);
    g_array_unref(sim->book->kept);
    g_free(sim->book->violation);
    g_clear_pointer(&sim->book, g_free);
}

/* ---- resources ---- */

/* Is this one of the resources that must run in one place only? */
static bool
is_single(guint rsc)
{
    return rsc != SIM_RSC_DEVICE && rsc != SIM_RSC_CLONE; /* a fence device may be in use on two nodes, and starts without a proof */
}

/* Between the two nodes of a migration that is under way. */
static bool
may_be_on_both(const struct sim *sim, guint rsc, const struct sim_node *one, const struct sim_node *other)
{
    const guint pair = BIT(one->id) | BIT(other->id);

    return rsc == SIM_RSC_STORE && cox_usec_is_set(sim->book->migrates_since) && (sim->book->owners[rsc] & pair) == pair;
}

static void
check_instances(struct sim *sim)
{
    guint n = 0;

    for (guint i = 1; i <= sim->n; i++) {
        n += sim->nodes[i].is_active[SIM_RSC_CLONE];
    }
    if (n > sim->shape.n_clones) {
        sim_violate(sim, SIM_LAW_INSTANCES, "%s has %u instances, and %u are allowed", sim_rsc_names[SIM_RSC_CLONE], n, sim->shape.n_clones);
    }
}

void
sim_laws_on_active(struct sim *sim)
{
    for (guint r = SIM_RSC_DEVICE + 1; r < SIM_RSCS; r++) {
        const struct sim_node *first = NULL;

        for (guint i = 1; i <= sim->n && is_single(r); i++) {
            const struct sim_node *node = &sim->nodes[i];

            sim->book->starts[i] &= node->is_active[r] ? ~BIT(r) : ~0U;
            if (node->is_active[r] && first != NULL && !may_be_on_both(sim, r, first, node)) {
                sim_violate(sim, r == SIM_RSC_STORE && sim->shape.migrates ? SIM_LAW_MIGRATES : SIM_LAW_ONCE, "%s is active on %s and %s",
                            sim_rsc_names[r], first->name, node->name);
            }
            first = node->is_active[r] ? node : first;
        }
    }
    check_instances(sim);
}

void
sim_laws_on_promoted(struct sim *sim)
{
    const struct sim_node *first = NULL;

    for (guint i = 1; i <= sim->n; i++) {
        if (sim->nodes[i].is_promoted && first != NULL) {
            sim_violate(sim, SIM_LAW_PROMOTED, "%s is promoted on %s and %s", sim_rsc_names[SIM_RSC_CLONE], first->name,
                        sim->nodes[i].name);
        }
        first = sim->nodes[i].is_promoted ? &sim->nodes[i] : first;
    }
}

void
sim_laws_on_demoted(struct sim *sim, guint node)
{
    sim->book->promoted = sim->book->promoted == node ? 0 : sim->book->promoted;
}

/* A migrate_to to this node is under way, in this life of both: what was stopped there, or is not there yet, may still come. */
static bool
may_still_come(const struct sim *sim, guint node, guint rsc)
{
    for (guint i = 0; i < sim->agents->len; i++) {
        const struct sim_agent *agent = sim->agents->pdata[i];

        if (!agent->is_over && agent->rsc == rsc && agent->peer == node && agent->peer_life == sim->nodes[node].n_boots
            && sim->nodes[node].is_on && g_str_equal(agent->task, "migrate_to")) {
            return true;
        }
    }
    return false;
}

void
sim_laws_on_inactive(struct sim *sim, guint node, guint rsc)
{
    guint owners = sim->book->owners[rsc] & ~BIT(node);

    if (rsc == SIM_RSC_CLONE) {
        sim_laws_on_demoted(sim, node);
    }
    if (may_still_come(sim, node, rsc)) {
        return;
    }
    sim->book->owners[rsc] = owners;
    if (rsc == SIM_RSC_STORE && (owners & (owners - 1)) == 0) {
        sim->book->migrates_since = COX_USEC_NEVER;
    }
}

static void
check_promotion(struct sim *sim, const struct sim_agent *agent)
{
    if (sim->book->promoted != 0 && sim->book->promoted != agent->node) {
        sim_violate(sim, SIM_LAW_PROMOTED, "%s is promoted on %s, and nothing proves that it is not on %s", sim_rsc_names[agent->rsc],
                    sim->nodes[agent->node].name, sim->nodes[sim->book->promoted].name);
    }
    sim->book->promoted = agent->node;
}

static void
check_start(struct sim *sim, const struct sim_agent *agent)
{
    const struct sim_node *node = &sim->nodes[agent->node];
    guint others = sim->book->owners[agent->rsc] & ~BIT(agent->node);

    if (is_single(agent->rsc)) {
        if (others != 0) {
            sim_violate(sim, SIM_LAW_PROOF, "%s starts on %s, and nothing proves that it is not on %s", sim_rsc_names[agent->rsc],
                        node->name, sim->nodes[g_bit_nth_lsf(others, -1)].name);
        }
        sim->book->owners[agent->rsc] = BIT(agent->node);
    }
}

/*
 * From here on the service may be on both, until one of them is known not to have it.  What has no power gets nothing, and its next life is not the
 * one that it is sent to (simtruth.c): the cut may have proven already that it is not there.
 */
static void
check_migration(struct sim *sim, const struct sim_agent *agent)
{
    struct sim_book *book = sim->book;
    guint pair = BIT(agent->node) | BIT(agent->peer);

    sim->book->past[agent->peer] &= ~BIT(agent->rsc);
    if (agent->peer == 0 || (book->owners[agent->rsc] & ~pair) != 0) {
        sim_violate(sim, SIM_LAW_MIGRATES, "%s migrates from %s, and it may be elsewhere", sim_rsc_names[agent->rsc],
                    sim->nodes[agent->node].name);
    }
    if (!cox_usec_is_set(book->migrates_since)) {
        book->migrates_since = sim->now;
    }
    book->owners[agent->rsc] |= sim->nodes[agent->peer].is_on ? pair : BIT(agent->node);
}

/* Whether it still runs, or is being stopped, one may not know yet when the next one starts. */
static void
check_members(struct sim *sim, const struct sim_agent *agent)
{
    guint before = agent->rsc == SIM_RSC_WEB ? SIM_RSC_IP : agent->rsc == SIM_RSC_APP ? SIM_RSC_WEB : SIM_RSCS;
    guint *starts = &sim->book->starts[agent->node];

    if (!g_str_equal(agent->task, "start")) {
        return;
    }
    if (before < SIM_RSCS && (*starts & BIT(before)) != 0) {
        sim_violate(sim, SIM_LAW_MEMBERS, "%s starts on %s, where %s has not come up since its start began", sim_rsc_names[agent->rsc],
                    sim->nodes[agent->node].name, sim_rsc_names[before]);
    }
    *starts |= sim->nodes[agent->node].is_active[agent->rsc] ? 0 : BIT(agent->rsc); /* it may be ordered twice */
}

static guint
index_of(const char *task)
{
    guint i = 0;

    while (i < FOLLOWED && !g_str_equal(task, followed[i])) {
        i++;
    }
    return i;
}

void
sim_laws_on_told(struct sim *sim, const struct sim_node *node, const struct sim_result *result)
{
    bool is_ok = result->result.status == COX_OP_STATUS_DONE && result->result.rc == COX_EXEC_RC_OK;
    guint task = index_of(result->task);

    if (task < FOLLOWED) {
        sim->book->succeeded[node->id][task] &= ~BIT(result->rsc);
        sim->book->succeeded[node->id][task] |= is_ok ? BIT(result->rsc) : 0;
    }
}

static void
check_after(struct sim *sim, const struct sim_agent *agent)
{
    for (size_t i = 0; i < agent->n_after; i++) {
        guint task = index_of(agent->after[i].task);

        if (task == FOLLOWED || (sim->book->succeeded[agent->node][task] & BIT(sim_rsc_index(agent->after[i].rsc_id))) == 0) {
            sim_violate(sim, SIM_LAW_FOLLOWS, "%s of %s begins on %s before %s of %s has ended with success", agent->task, sim_rsc_names[agent->rsc],
                        sim->nodes[agent->node].name, agent->after[i].task, agent->after[i].rsc_id);
        }
    }
}

void
sim_laws_on_begin(struct sim *sim, const struct sim_agent *agent)
{
    for (guint i = 0; i < sim->agents->len; i++) {
        const struct sim_agent *other = sim->agents->pdata[i];

        if (!other->is_over && other->node == agent->node && other->rsc == agent->rsc) {
            sim_violate(sim, SIM_LAW_OVERLAP, "%s of %s begins on %s while %s is under way", agent->task,
                        sim_rsc_names[agent->rsc], sim->nodes[agent->node].name, other->task);
        }
    }
    if (!g_str_equal(agent->task, "monitor")) { /* from here on it may be of this life */
        sim->book->past[agent->node] &= ~BIT(agent->rsc);
    }
    check_members(sim, agent);
    check_after(sim, agent);
    if (agent->rsc != SIM_RSC_DEVICE && g_str_equal(agent->task, "start")) {
        check_start(sim, agent);
    } else if (g_str_equal(agent->task, "promote")) {
        check_promotion(sim, agent);
    } else if (g_str_equal(agent->task, "migrate_to")) {
        check_migration(sim, agent);
    }
}

/* ---- leaving ---- */

static bool
is_same_term(struct cox_term a, struct cox_term b)
{
    return a.coordinator == b.coordinator && a.generation == b.generation;
}

/*
 * Is the node in a reign with most others?  Nodes that are only there, with no controller or with one of another reign, hear nothing of
 * the leaving: whoever gets a quorum with them later cannot know of it.
 */
static bool
is_among_many(const struct sim *sim, const struct sim_node *node)
{
    const struct cox_term term = sim_control_term(node);
    const guint *part = sim->bus[SIM_CONTROL].part;
    guint n = 0;

    for (guint i = 1; i <= sim->n && term.coordinator != 0; i++) {
        n += part[i] == part[node->id] && is_same_term(sim_control_term(&sim->nodes[i]), term);
    }
    return n * 2 > sim->n;
}

/* Who could read that it leaves: the document may be lost with those that had it, and others come up with an older one. */
static guint
readers_of(const struct sim *sim, const struct sim_node *node)
{
    const guint *part = sim->bus[SIM_CIB].part;
    guint readers = 0;

    for (guint i = 1; i <= sim->n; i++) {
        const struct sim_process *cib = &sim->nodes[i].process[SIM_CIB];

        readers |= part[i] == part[node->id] && cib->is_up && !cib->is_stopped ? BIT(i) : 0;
    }
    return readers;
}

void
sim_laws_on_released(struct sim *sim, const struct sim_node *node)
{
    for (guint r = SIM_RSC_DEVICE + 1; r < SIM_RSCS; r++) {
        if (node->is_active[r]) {
            sim_violate(sim, SIM_LAW_LEAVES, "%s leaves, and %s is active there", node->name, sim_rsc_names[r]);
        }
    }
    sim->book->leaving[node->id] = (struct leaving) { false, sim->n_troubles, is_among_many(sim, node), readers_of(sim, node),
                                                               sim_control_term(node) };
}

/* Others know that it left in order, unless something else went wrong at the same time. */
void
sim_laws_on_left(struct sim *sim, const struct sim_node *node)
{
    struct leaving *leaving = &sim->book->leaving[node->id];

    leaving->is_over = leaving->n_troubles == sim->n_troubles;
}

void
sim_laws_on_asked(struct sim *sim, const struct sim_node *asker, const struct sim_node *target)
{
    if (target != NULL) {
        sim->book->asking[target->id] = (struct asking) { asker->id, sim->n_troubles, sim_control_term(asker) };
    }
}

/*
 * Wrong when whoever asked for it could know better: the reign that had let the node go; any other on a node that could read it, when most nodes were in that.  What was asked
 * for before the last trouble before the leaving was right, for the node was lost then: the device may still be at it.
 */
void
sim_laws_on_fencing(struct sim *sim, const struct sim_node *target)
{
    const struct leaving *leaving = NULL;
    const struct asking *asking = NULL;

    if (target == NULL) {
        return;
    }
    leaving = &sim->book->leaving[target->id];
    asking = &sim->book->asking[target->id];
    if (leaving->is_over && asking->n_troubles >= leaving->n_troubles
        && ((leaving->is_heard && (leaving->readers & BIT(asking->node)) != 0) || is_same_term(asking->term, leaving->term))) {
        sim_violate(sim, SIM_LAW_LEAVES, "%s has left in order, and is fenced", target->name);
    }
}

/* ---- documents ---- */

void
sim_laws_on_place(struct sim *sim, const struct sim_node *node)
{
    struct cox_replica_status status = sim_cib_status(node);
    const struct place place = { status.stamp.term, status.stamp.tag, status.stamp.position };
    const char *known = NULL;

    if (!status.is_established || !cox_stamp_is_agreed(&status.stamp) || is_same_place(&place, &sim->book->last_place[node->id])) {
        return;
    }
    sim->book->last_place[node->id] = place;
    known = g_hash_table_lookup(sim->book->places, &place);
    if (known == NULL) {
        g_hash_table_insert(sim->book->places, g_memdup2(&place, sizeof(place)), g_strdup(status.document.digest));
    } else if (!g_str_equal(known, status.document.digest)) {
        sim_violate(sim, SIM_LAW_EQUAL, "%s has another document than others at %" G_GUINT64_FORMAT ".%" G_GUINT64_FORMAT, node->name,
                    place.term, place.position);
    }
}

void
sim_laws_on_kept(struct sim *sim, const struct sim_node *node, guint64 change, guint64 term)
{
    const struct kept kept = { change, term };

    if (sim_state_has(sim_cib_doc(node), change)) { /* else it made no difference: nothing that could be lost */
        g_array_append_val(sim->book->kept, kept);
    }
}

static void
check_kept(struct sim *sim, const struct sim_node *node, guint64 term)
{
    for (guint i = 0; i < sim->book->kept->len; i++) {
        const struct kept *kept = &g_array_index(sim->book->kept, struct kept, i);

        if (kept->term < term && !sim_state_has(sim_cib_doc(node), kept->change)) {
            sim_violate(sim, SIM_LAW_KEPT, "the document of %s lacks change %" G_GUINT64_FORMAT ", which was acknowledged", node->name,
                        kept->change);
        }
    }
}

void
sim_laws_on_established(struct sim *sim, const struct sim_node *node, guint64 term)
{
    check_kept(sim, node, term);
}

/* ---- orders ---- */

/* Nothing outlives a boot: its fencer, which names the boot, proves that what was there is gone.  Until then nobody can know. */
void
sim_laws_on_life(struct sim *sim, guint node)
{
    for (guint r = 0; r < SIM_RSCS; r++) {
        if ((sim->book->past[node] & BIT(r)) != 0) {
            sim_laws_on_inactive(sim, node, r);
        }
    }
    sim->book->past[node] = 0;
}

void
sim_laws_on_boot(struct sim *sim, guint node)
{
    sim->book->past[node] = BIT(SIM_RSCS) - 1;
    sim->book->starts[node] = 0;
    memset(sim->book->succeeded[node], 0, sizeof(sim->book->succeeded[node]));
    sim->book->leaving[node].is_over = false;
    sim->book->obeyed[node] = (struct cox_exec_term) { 0, 0 };
    sim->book->last_place[node] = (struct place) { 0, 0, 0 };
}

void
sim_laws_on_obeyed(struct sim *sim, const struct sim_node *node, const struct cox_exec_term *term)
{
    if (term->generation > sim->book->obeyed[node->id].generation) {
        sim->book->obeyed[node->id] = *term;
    }
}

void
sim_laws_on_order(struct sim *sim, const struct sim_node *node, const struct sim_agent *agent)
{
    const struct cox_exec_term *obeyed = &sim->book->obeyed[node->id];

    if (agent->interval_ms == 0 && agent->term.generation != 0 && agent->term.generation < obeyed->generation) {
        sim_violate(sim, SIM_LAW_REIGN, "%s of %s, an order of generation %" G_GUINT64_FORMAT ", runs on %s, which obeys generation %"
                    G_GUINT64_FORMAT, agent->task, sim_rsc_names[agent->rsc], agent->term.generation, node->name, obeyed->generation);
    }
}

/* ---- transitions ---- */

void
sim_laws_on_transition(struct sim *sim, guint node, bool begins)
{
    cox_usec *since = &sim->book->transition_since[node];

    *since = begins ? sim->now : COX_USEC_NEVER;
}

void
sim_laws_check_time(struct sim *sim)
{
    if (sim->n_steps > MANY_STEPS) {
        sim_violate(sim, SIM_LAW_SETTLES, "no rest after %d steps", MANY_STEPS);
    }
    if (cox_usec_is_set(sim->book->migrates_since) && sim->now - sim->book->migrates_since > MIGRATION_LIMIT_S * COX_USEC_PER_S) {
        sim_violate(sim, SIM_LAW_MIGRATES, "%s may have been in two places for %d s", sim_rsc_names[SIM_RSC_STORE], MIGRATION_LIMIT_S);
    }
    for (guint i = 1; i <= sim->n; i++) {
        cox_usec since = sim->book->transition_since[i];

        if (cox_usec_is_set(since) && !sim->nodes[i].process[SIM_CONTROL].is_stopped
            && sim->now - since > TRANSITION_LIMIT_S * COX_USEC_PER_S) {
            sim_violate(sim, SIM_LAW_ENDS, "the transition of %s has lasted %d s", sim->nodes[i].name, TRANSITION_LIMIT_S);
        }
    }
}

/* ---- the end ---- */

static bool
has_one_idle_coordinator(struct sim *sim, char **why)
{
    struct cox_term term = sim_control_term(&sim->nodes[1]);

    for (guint i = 1; i <= sim->n; i++) {
        struct cox_term other = sim_control_term(&sim->nodes[i]);

        if (other.coordinator == 0 || other.coordinator != term.coordinator || other.generation != term.generation) {
            *why = g_strdup_printf("%s obeys n%u, n1 obeys n%u", sim->nodes[i].name, other.coordinator, term.coordinator);
            return false;
        }
    }
    if (!sim_control_is_idle(&sim->nodes[term.coordinator])) {
        const char *waits_for = sim_control_waits_for(&sim->nodes[term.coordinator]);

        *why = g_strdup_printf("the coordinator n%u waits for %s", term.coordinator, waits_for == NULL ? "its actions" : waits_for);
        return false;
    }
    return true;
}

static bool
has_equal_documents(struct sim *sim, char **why)
{
    for (guint i = 1; i <= sim->n; i++) {
        struct cox_replica_status first = sim_cib_status(&sim->nodes[1]), status = sim_cib_status(&sim->nodes[i]);

        if (!status.is_established || strcmp(status.document.digest, first.document.digest) != 0) {
            *why = g_strdup_printf("the document of %s is %s", sim->nodes[i].name,
                                   status.is_established ? "another one" : "not established");
            return false;
        }
    }
    return true;
}

static guint
wanted_of(const struct sim *sim, guint rsc)
{
    if (rsc == SIM_RSC_CLONE) {
        return sim->shape.n_clones;
    }
    return rsc < SIM_RSC_CLONE || rsc == SIM_RSC_APP || sim->shape.is_unique ? 1 : 0;
}

static bool
has_all_resources(struct sim *sim, char **why)
{
    guint n_promoted = 0;

    for (guint r = 0; r < SIM_RSCS; r++) {
        guint n = 0;

        for (guint i = 1; i <= sim->n; i++) {
            n += sim->nodes[i].is_active[r];
        }
        if (n != wanted_of(sim, r)) {
            *why = g_strdup_printf("%s is active on %u nodes", sim_rsc_names[r], n);
            return false;
        }
    }
    for (guint i = 1; i <= sim->n; i++) {
        n_promoted += sim->nodes[i].is_promoted;
    }
    if (n_promoted != (sim->shape.is_promotable ? 1 : 0)) {
        *why = g_strdup_printf("%s is promoted on %u nodes", sim_rsc_names[SIM_RSC_CLONE], n_promoted);
        return false;
    }
    return true;
}

bool
sim_laws_is_settled(struct sim *sim, char **why)
{
    guint32 coordinator = 0;

    for (guint i = 1; i <= sim->n; i++) {
        if (sim->nodes[i].is_leaving) {
            *why = g_strdup_printf("%s has been asked to leave", sim->nodes[i].name);
            return false;
        }
        for (guint d = 0; d < SIM_DAEMONS; d++) {
            if (!sim->nodes[i].process[d].is_up) {
                *why = g_strdup_printf("%s is not up", sim->nodes[i].name);
                return false;
            }
        }
    }
    if (!has_equal_documents(sim, why)) {
        return false;
    }
    check_kept(sim, &sim->nodes[1], G_MAXUINT64);
    if (!has_one_idle_coordinator(sim, why) || !has_all_resources(sim, why)) {
        return false;
    }
    coordinator = sim_control_term(&sim->nodes[1]).coordinator;
    return sim_control_has_nothing_to_do(sim, &sim->nodes[coordinator], why);
}
