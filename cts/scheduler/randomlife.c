/* cts/scheduler/randomlife.c - the lives of random clusters, and whether the laws hold for each plan in them.  For tests. */
#include "randomlife.h"

#include <string.h>

#include "codec/load.h"
#include "codec/status_write.h"
#include "explainlaws.h"
#include "laws.h"
#include "ordercircles.h"
#include "outcomelaws.h"
#include "randommodel.h"
#include "transition/rehearsal.h"
#include "xml/xmlwrite.h"

enum { SETTLE_ROUNDS = 8, FAILURES = 3, BEGIN_SECONDS = 1769601600, ROUND_SECONDS = 50 };

/** One cluster. */
struct being {
    struct randomlife *life;
    guint32 seed;
    int round;
    GRand *rand;               /* what happens to it */
    struct cox_status *status;
    struct cox_codec_result read;
};

static bool
read_model(struct being *being, GError **error)
{
    GRand *shape = g_rand_new_with_seed(being->seed);
    GRand *detail = g_rand_new_with_seed(g_rand_int(being->rand));
    g_autofree char *text = random_model(shape, detail);
    struct cox_codec_options options = { .prepare = being->life->schemas == NULL ? NULL : cox_schemas_prepare,
                                         .prepare_data = being->life->schemas };
    struct cox_stream_input input = { .text = text, .length = strlen(text), .name = "random" };

    g_rand_free(shape);
    g_rand_free(detail);
    being->read = (struct cox_codec_result) { NULL, NULL, NULL };
    return cox_codec_load(&input, &options, &being->read, NULL, error);
}

static bool
save(const struct being *being, GError **error)
{
    struct cox_xml *root = cox_xmldoc_root(being->read.doc);
    g_autofree char *name = g_strdup_printf("random-%u-%d.xml", being->seed, being->round);
    g_autofree char *path = g_build_filename(being->life->folder, name, NULL);
    g_autofree char *text = NULL;

    cox_codec_status_write(being->status, cox_xml_child(root, "status"));
    text = cox_xmlwrite_text(root, COX_XMLWRITE_FORMATTED);
    return g_file_set_contents(path, text, -1, error);
}

/* ---- another order ---- */

static void
shuffle_array(void *elements, size_t n, size_t size_bytes, GRand *rand)
{
    g_autofree char *kept = g_malloc(size_bytes);
    char *first = elements;

    for (size_t i = 0; i + 1 < n; i++) {
        char *one = first + i * size_bytes, *other = first + (size_t) g_rand_int_range(rand, (gint32) i, (gint32) n) * size_bytes;

        memcpy(kept, one, size_bytes);
        memmove(one, other, size_bytes);
        memcpy(other, kept, size_bytes);
    }
}

static void
shuffle_status(struct cox_status *status, GRand *rand)
{
    for (guint n = 0; n < status->nodes->len; n++) {
        struct cox_node_status *node = g_ptr_array_index(status->nodes, n);

        shuffle_array(node->resources->pdata, node->resources->len, sizeof(gpointer), rand);
        for (guint r = 0; r < node->resources->len; r++) {
            struct cox_rsc_history *rsc = g_ptr_array_index(node->resources, r);

            shuffle_array(rsc->ops, rsc->n_ops, sizeof(*rsc->ops), rand);
        }
    }
}

/* Copies of @n elements in another order. */
static void *
shuffled_copy(struct cox_arena *arena, const void *elements, size_t n, size_t size_bytes, GRand *rand)
{
    void *copy = cox_arena_memdup(arena, elements, n, size_bytes);

    shuffle_array(copy, n, size_bytes, rand);
    return copy;
}

/** What is written down in another order. */
struct shuffled {
    struct cox_config config; /* all of its lists */
    struct cox_status *status;
};

enum { NODES = 1, LOCATIONS = 2, ORDERS = 4, TICKETS = 8, HISTORIES = 16, ALL = 31 };

/* The plan when these lists are in the other order. */
static char *
shuffled_text(const struct being *being, const struct cox_sched_input *input, const struct shuffled *shuffled, unsigned lists)
{
    struct cox_config config = *input->config;
    struct cox_sched_input other = *input;
    g_autoptr(cox_plan) plan = NULL;

    config.nodes = (lists & NODES) != 0 ? shuffled->config.nodes : config.nodes;
    config.locations = (lists & LOCATIONS) != 0 ? shuffled->config.locations : config.locations;
    config.orders = (lists & ORDERS) != 0 ? shuffled->config.orders : config.orders;
    config.tickets = (lists & TICKETS) != 0 ? shuffled->config.tickets : config.tickets;
    other.config = &config;
    other.status = (lists & HISTORIES) != 0 ? shuffled->status : input->status;
    plan = planted_run(&other, being->life->bug, PLANTED_SHUFFLED);
    return laws_plan_text(plan);
}

/* Which of the lists alone makes the difference? */
static void
tell_lists(const struct being *being, const struct cox_sched_input *input, const struct shuffled *shuffled, const char *expected,
           GString *problems)
{
    static const char *const names[] = { "nodes", "locations", "orders", "tickets", "histories" };

    const char *before = " of ";

    for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *text = shuffled_text(being, input, shuffled, 1U << i);

        if (!g_str_equal(text, expected)) {
            g_string_append_printf(problems, "%s%s", before, names[i]);
            before = ", ";
        }
    }
}

/*
 * Documented ties are left alone: resources, whose order decides between equals, colocations, of which the first counts first, and
 * states of nodes, whose order says where a resource that is active twice is looked for first.  Orders in a circle are one, too.
 */
static void
check_shuffled(const struct being *being, const struct cox_sched_input *input, const char *expected, GString *problems)
{
    GRand *rand = g_rand_new_with_seed(being->seed + 1);
    struct shuffled shuffled = { *input->config, cox_status_copy(input->status) };
    struct cox_config *config = &shuffled.config;
    g_autofree char *text = NULL;

    shuffle_status(shuffled.status, rand);
    config->nodes = shuffled_copy(config->arena, config->nodes, config->n_nodes, sizeof(*config->nodes), rand);
    config->locations = shuffled_copy(config->arena, config->locations, config->n_locations, sizeof(*config->locations), rand);
    config->orders = shuffled_copy(config->arena, config->orders, config->n_orders, sizeof(*config->orders), rand);
    config->tickets = shuffled_copy(config->arena, config->tickets, config->n_tickets, sizeof(*config->tickets), rand);
    text = shuffled_text(being, input, &shuffled, ALL);
    if (!g_str_equal(text, expected)) {
        g_string_append(problems, "order: another order");
        tell_lists(being, input, &shuffled, expected, problems);
        g_string_append_printf(problems, " makes another plan:\n%sinstead of\n%s", text, expected);
    }
    cox_status_free(shuffled.status);
    g_rand_free(rand);
}

/* ---- a life ---- */

static void
check_plan(const struct being *being, const struct cox_sched_input *input, const struct cox_plan *plan, GString *problems)
{
    struct laws_outcome outcome = { .plan = plan, .status = cox_status_copy(input->status), .max_rounds = SETTLE_ROUNDS,
                                    .bug = being->life->bug };

    laws_of_plan(input->config, plan, problems);
    if ((being->seed + (guint32) being->round) % 2 == 0) {
        laws_of_explanation(input, plan, being->life->bug, problems);
    } else if (!ordercircles_are_there(input->config)) {
        g_autofree char *text = laws_plan_text(plan);

        check_shuffled(being, input, text, problems);
    }
    laws_of_outcome(input, &outcome, problems);
    cox_status_free(outcome.status);
    being->life->n_plans++;
}

static void
go_on(struct being *being, const struct cox_plan *plan, cox_wall now)
{
    struct cox_opspec failures[FAILURES];
    struct cox_rehearsal_input rehearsal = { &plan->graph, being->status, failures,
                                             random_failures(being->rand, &plan->graph, failures, FAILURES), now, true };

    cox_rehearsal_free(cox_rehearsal_run(&rehearsal));
    for (size_t i = 0; i < rehearsal.n_failures; i++) {
        cox_opspec_clear(&failures[i]);
    }
    random_events(being->rand, being->read.config, being->status, now);
}

static bool
has_pair(const struct cox_rsc_def *def, const char *name)
{
    for (size_t s = 0; s < def->meta.n_sets; s++) {
        for (size_t i = 0; i < def->meta.sets[s].n_pairs; i++) {
            if (g_str_equal(def->meta.sets[s].pairs[i].name, name)) {
                return true;
            }
        }
    }
    return false;
}

static bool
is_of_kind(const struct cox_rsc_def *def, const char *kind)
{
    if (g_str_equal(kind, "bundle")) {
        return def->variant == COX_BUNDLE;
    }
    if (g_str_equal(kind, "guest")) {
        return has_pair(def, "remote-node");
    }
    if (g_str_equal(kind, "remote")) {
        return g_strcmp0(def->type, "remote") == 0;
    }
    return g_str_equal(kind, "unfencing") && has_pair(def, "provides");
}

const char *const randomlife_kinds[] = { "bundle", "guest", "remote", "unfencing", "plain", NULL };

static const char *
kind_of(const struct cox_config *config)
{
    guint kind = 0;

    for (; randomlife_kinds[kind + 1] != NULL; kind++) {
        for (size_t r = 0; r < config->n_resources; r++) {
            if (is_of_kind(&config->resources[r], randomlife_kinds[kind])) {
                return randomlife_kinds[kind];
            }
        }
    }
    return randomlife_kinds[kind];
}

static bool
live_round(struct being *being, bool is_last, GError **error)
{
    struct cox_sched_input input = { .status = being->status, .with_scores = true, .with_utilization = true,
                                     .now = cox_wall_from_seconds(BEGIN_SECONDS + ROUND_SECONDS * being->round) };
    g_autoptr(GString) problems = g_string_new(NULL);
    struct cox_plan *plan = NULL;
    bool is_ok = true;

    if (!read_model(being, error)) {
        return false;
    }
    input.config = being->read.config;
    if (being->round == 0) {
        random_status_begin(input.config, being->status);
        random_events(being->rand, input.config, being->status, input.now);
    }
    plan = planted_run(&input, being->life->bug, PLANTED_FIRST);
    check_plan(being, &input, plan, problems);
    if (problems->len > 0) {
        struct randomlife_event event = { being->seed, being->round, kind_of(input.config), problems };

        being->life->tell(being->life->data, &event);
        is_ok = being->life->folder == NULL || save(being, error);
    }
    if (!is_last) {
        go_on(being, plan, input.now);
    }
    cox_plan_free(plan);
    cox_codec_result_clear(&being->read);
    return is_ok;
}

bool
randomlife_live(struct randomlife *life, guint32 seed, GError **error)
{
    static const int rounds[] = { 2, 1, 2, 3, 2, 1, 3, 2 };
    int n = rounds[seed % G_N_ELEMENTS(rounds)];
    struct being being = { .life = life, .seed = seed, .rand = g_rand_new_with_seed(seed), .status = cox_status_new() };
    bool is_ok = true;

    for (; is_ok && being.round < n; being.round++) {
        is_ok = live_round(&being, being.round == n - 1, error);
    }
    cox_status_free(being.status);
    g_rand_free(being.rand);
    return is_ok;
}
