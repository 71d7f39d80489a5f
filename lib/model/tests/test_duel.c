/* Tests of lib/model/duel.c: who could shoot whom */
#include "model/duel.h"

#include "base/testkit.h"

enum { MAX_DEVICES = 3 };

/* A device: parameters "name=value" (or NULL), meta-attributes likewise. */
struct spec {
    const char *id, *params[3], *meta;
};

struct cluster {
    struct cox_nvpair pairs[MAX_DEVICES * 4 + 1];
    struct cox_nvset sets[MAX_DEVICES * 2 + 1];
    struct cox_rsc_def devices[MAX_DEVICES];
    struct cox_config config;
    size_t n_pairs, n_sets;
};

static const char *
intern(const char *text, gsize length)
{
    g_autofree char *copy = g_strndup(text, length);

    return g_intern_string(copy);
}

static void
split(struct cluster *cluster, const char *text)
{
    const char *sign = strchr(text, '=');

    cluster->pairs[cluster->n_pairs++] = (struct cox_nvpair) { "i", intern(text, (gsize) (sign - text)), sign + 1 };
}

static struct cox_nvsets
set_of(struct cluster *cluster, const char *const *texts, size_t n_max)
{
    struct cox_nvset *set = &cluster->sets[cluster->n_sets];
    size_t first = cluster->n_pairs;

    for (size_t i = 0; i < n_max && texts[i] != NULL; i++) {
        split(cluster, texts[i]);
    }
    if (cluster->n_pairs == first) {
        return (struct cox_nvsets) { 0 };
    }
    cluster->n_sets++;
    *set = (struct cox_nvset) { .pairs = &cluster->pairs[first], .n_pairs = cluster->n_pairs - first };
    return (struct cox_nvsets) { .sets = set, .n_sets = 1 };
}

static bool
is_possible(size_t n_nodes, const struct spec *specs, const char *option, struct cox_duel *duel)
{
    static const struct cox_node_def nodes[] = { { .id = "1", .uname = "a" }, { .id = "2", .uname = "b" }, { .id = "3", .uname = "c" } };
    struct cluster cluster = { .n_pairs = 0 };
    size_t n = 0;

    for (; n < MAX_DEVICES && specs[n].id != NULL; n++) {
        cluster.devices[n] = (struct cox_rsc_def) { .id = specs[n].id, .parent = COX_RSC_NONE, .end = n + 1, .standard = "stonith",
                                                    .type = "fence_x", .params = set_of(&cluster, specs[n].params, 3),
                                                    .meta = set_of(&cluster, &specs[n].meta, 1) };
    }
    cluster.config = (struct cox_config) { .nodes = nodes, .n_nodes = n_nodes, .resources = cluster.devices, .n_resources = n,
                                           .properties = set_of(&cluster, &option, 1) };
    return cox_duel_is_possible(&cluster.config, (cox_wall) { 0 }, duel);
}

static void
each_node_a_device_and_nobody_waits(void **state)
{
#define TWO(more) { { "x", { "pcmk_host_list=a", more } }, { "y", { "pcmk_host_list=b" } } }
    static const struct {
        const char *why;
        size_t n_nodes;
        struct spec devices[MAX_DEVICES];
        const char *option;
        bool expected;
    } cases[] = {
        { "two devices", 2, TWO(NULL), NULL, true },
        { "three nodes", 3, TWO(NULL), NULL, false },
        { "fencing is off", 2, TWO(NULL), "fencing-enabled=false", false },
        { "fencing is off, by its old name", 2, TWO(NULL), "stonith-enabled=false", false },
        { "the more important side goes first", 2, TWO(NULL), "priority-fencing-delay=15s", false },
        { "one waits", 2, TWO("pcmk_delay_base=5s"), NULL, false },
        { "one waits by chance", 2, TWO("pcmk_delay_max=10"), NULL, false },
        { "it waits for one of the nodes", 2, TWO("pcmk_delay_base=a:0;b:5s"), NULL, false },
        { "nothing is no delay", 2, TWO("pcmk_delay_base=0s"), NULL, true },
        { "zero in many words", 2, TWO("pcmk_delay_base=a:0;b:00s"), NULL, true },
        { "one device for both", 2, { { "x", { "pcmk_host_map=a:1;b:2" } } }, NULL, false },
        { "two devices for both", 2, { { "x", { NULL } }, { "y", { "pcmk_host_list=a,b" } } }, NULL, false },
        { "two for both, and the second one is better for one", 2,
          { { "x", { "pcmk_host_list=a b" } }, { "y", { "pcmk_host_list=b" }, "priority=5" } }, NULL, true },
        { "one is switched off", 2, { { "x", { "pcmk_host_list=a" } }, { "y", { "pcmk_host_list=b" }, "target-role=Stopped" } }, NULL, false },
        { "one node cannot be fenced", 2, { { "x", { "pcmk_host_list=a" } } }, NULL, false },
        { "names differ in case", 2, { { "x", { "pcmk_host_map=A:1" } }, { "y", { "pcmk_host_list=B" } } }, NULL, true },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct cox_duel duel = { { NULL, NULL }, { NULL, NULL } };
        bool result = is_possible(cases[i].n_nodes, cases[i].devices, cases[i].option, &duel);

        if (result != cases[i].expected) {
            fail_msg("%s", cases[i].why);
        }
        assert_true(result == (duel.nodes[0] != NULL));
        if (result) {
            assert_string_equal(duel.nodes[0], "a");
            assert_string_equal(duel.nodes[1], "b");
            assert_string_equal(duel.devices[0], "x");
            assert_string_equal(duel.devices[1], "y");
        }
    }
}

COX_TEST_MAIN(cmocka_unit_test(each_node_a_device_and_nobody_waits))
