/* Tests of lib/sched/verify.c. */
#include "sched/verify.h"

#include "base/testkit.h"
#include "model/config.h"

/* A configuration of @n_resources resources, all else empty. */
static struct cox_config
config_of(const struct cox_rsc_def *resources, size_t n_resources)
{
    return (struct cox_config) { .resources = resources, .n_resources = n_resources };
}

static void
expect(const struct cox_diags *diags, size_t i, enum cox_severity severity, const char *text)
{
    if (i >= cox_diags_count(diags)) {
        fail_msg("nothing said, wanted: %s", text);
    }
    assert_string_equal(cox_diags_get(diags, i)->text, text);
    assert_int_equal(cox_diags_get(diags, i)->severity, severity);
}

#define META(name, value)                                                                                            \
    {                                                                                                                \
        .sets = &(const struct cox_nvset) { .pairs = &(const struct cox_nvpair) { "i", name, value }, .n_pairs = 1 }, \
        .n_sets = 1                                                                                                  \
    }

static void
clones_of_agents_that_cannot_be_cloned_so(void **state)
{
    const struct cox_rsc_def promotable[] = {
        { .id = "c", .variant = COX_CLONE, .end = 3, .meta = META("promotable", "True") },
        { .id = "g", .variant = COX_GROUP, .parent = 0, .end = 3 },
        { .id = "p", .variant = COX_PRIMITIVE, .parent = 1, .end = 3, .standard = "systemd", .type = "x" },
    };
    const struct cox_rsc_def master[] = {
        { .id = "c", .variant = COX_CLONE, .end = 2, .is_master = true },
        { .id = "p", .variant = COX_PRIMITIVE, .parent = 0, .end = 2, .standard = "lsb", .type = "x" },
    };
    const struct cox_rsc_def unique[] = {
        { .id = "c", .variant = COX_CLONE, .end = 2, .meta = META("globally-unique", "yes") },
        { .id = "p", .variant = COX_PRIMITIVE, .parent = 0, .end = 2, .standard = "lsb", .type = "x" },
        { .id = "d", .variant = COX_CLONE, .parent = COX_RSC_NONE, .end = 4, .meta = META("globally-unique", "1") },
        { .id = "f", .variant = COX_PRIMITIVE, .parent = 2, .end = 4, .standard = "stonith", .type = "x" },
    };
    const struct cox_rsc_def good[] = {
        { .id = "c", .variant = COX_CLONE, .end = 2, .meta = META("promotable", "true") },
        { .id = "p", .variant = COX_PRIMITIVE, .parent = 0, .end = 2, .standard = "ocf", .type = "x" },
        { .id = "d", .variant = COX_CLONE, .parent = COX_RSC_NONE, .end = 4, .meta = META("promotable", "no") },
        { .id = "q", .variant = COX_PRIMITIVE, .parent = 2, .end = 4, .standard = "lsb", .type = "x" },
    };
    static const char ignoring[] = "Ignoring <clone> resource 'c' because configuration is invalid";
    struct cox_config config = config_of(promotable, G_N_ELEMENTS(promotable));
    g_autoptr(cox_diags) diags = cox_diags_new();

    (void) state;
    cox_verify_config(&config, (cox_wall) { 0 }, diags);
    expect(diags, 0, COX_SEVERITY_ERROR,
           "Resource p:0 is of type systemd and therefore cannot be used as a promotable clone resource");
    expect(diags, 1, COX_SEVERITY_ERROR, ignoring);
    config = config_of(master, G_N_ELEMENTS(master));
    cox_verify_config(&config, (cox_wall) { 0 }, diags);
    expect(diags, 3, COX_SEVERITY_ERROR, "Ignoring <master> resource 'c' because configuration is invalid");
    config = config_of(unique, G_N_ELEMENTS(unique));
    cox_verify_config(&config, (cox_wall) { 0 }, diags);
    expect(diags, 4, COX_SEVERITY_WARNING,
           "Ignoring globally-unique of c because lsb resources such as p can be used only as anonymous clones");
    config = config_of(good, G_N_ELEMENTS(good));
    cox_verify_config(&config, (cox_wall) { 0 }, diags);
    assert_int_equal(cox_diags_count(diags), 5);
}

static void
operations_and_roles(void **state)
{
    const struct cox_op_def ops[] = {
        { .id = "o1", .name = "monitor", .interval_ms = 10000 },
        { .id = "o2", .name = "monitor", .interval_ms = 20000 },
        { .id = "o3", .name = "start", .interval_ms = 0 },
        { .id = "o4", .name = "monitor", .interval_ms = 10000 },
        { .id = "o5", .name = "start", .interval_ms = 0 },
    };
    const struct cox_rsc_def resources[] = {
        { .id = "a", .variant = COX_PRIMITIVE, .end = 1, .standard = "ocf", .ops = ops, .n_ops = G_N_ELEMENTS(ops) },
        { .id = "b", .variant = COX_PRIMITIVE, .end = 2, .standard = "ocf", .meta = META("target-role", "up") },
        { .id = "c", .variant = COX_PRIMITIVE, .end = 3, .standard = "ocf", .meta = META("target-role", "Slave") },
        { .id = "d", .variant = COX_PRIMITIVE, .end = 4, .standard = "ocf", .meta = META("target-role", "default") },
    };
    const struct cox_config config = config_of(resources, G_N_ELEMENTS(resources));
    g_autoptr(cox_diags) diags = cox_diags_new();

    (void) state;
    cox_verify_config(&config, (cox_wall) { 0 }, diags);
    expect(diags, 0, COX_SEVERITY_ERROR,
           "Operation o4 is duplicate of o1 (do not use same name and interval combination more than once per "
           "resource)");
    expect(diags, 1, COX_SEVERITY_ERROR, "Ignoring 'target-role' for b because 'up' is not valid");
    assert_int_equal(cox_diags_count(diags), 2);
}

#define BUNDLE(per_host, network)                                                                                    \
    {                                                                                                                \
        .container = "podman",                                                                                       \
        .container_attrs = &(const struct cox_nvpair) { NULL, "replicas-per-host", per_host }, .n_container_attrs = 1, \
        .network_attrs = &(const struct cox_nvpair) { NULL, network, "10.0.0.1" }, .n_network_attrs = 1,              \
    }

static void
replicas_that_share_a_port(void **state)
{
    const struct cox_bundle_def shared = BUNDLE("3", "host-interface"), apart = BUNDLE("3", "ip-range-start"), alone = BUNDLE("1", "host-interface");
    const struct cox_rsc_def resources[] = {
        { .id = "b", .variant = COX_BUNDLE, .end = 2, .bundle = &shared },
        { .id = "p", .variant = COX_PRIMITIVE, .parent = 0, .end = 2, .standard = "ocf", .type = "x" },
        { .id = "c", .variant = COX_BUNDLE, .parent = COX_RSC_NONE, .end = 4, .bundle = &apart },
        { .id = "q", .variant = COX_PRIMITIVE, .parent = 2, .end = 4, .standard = "ocf", .type = "x" },
        { .id = "d", .variant = COX_BUNDLE, .parent = COX_RSC_NONE, .end = 6, .bundle = &alone },
        { .id = "r", .variant = COX_PRIMITIVE, .parent = 4, .end = 6, .standard = "ocf", .type = "x" },
        { .id = "empty", .variant = COX_BUNDLE, .parent = COX_RSC_NONE, .end = 7, .bundle = &shared },
    };
    const struct cox_config config = config_of(resources, G_N_ELEMENTS(resources));
    g_autoptr(cox_diags) diags = cox_diags_new();

    (void) state;
    cox_verify_config(&config, (cox_wall) { 0 }, diags);
    expect(diags, 0, COX_SEVERITY_ERROR,
           "Replicas of b share a port of their host without ip-range-start, therefore replicas-per-host=3 counts as 1");
    assert_int_equal(cox_diags_count(diags), 1);
}

static void
fencing_needs_a_device(void **state)
{
    static const char no_device[] =
        "Resource start-up disabled since no fencing resources have been defined. Either configure some or disable "
        "fencing with the fencing-enabled option. NOTE: Clusters with shared data need fencing to ensure data "
        "integrity.";
    const struct cox_rsc_def device = { .id = "f", .variant = COX_PRIMITIVE, .end = 1, .standard = "stonith" };
    const struct {
        const char *why;
        bool has_device, fencing_enabled, has_quorum, is_online, is_unclean, is_guest;
        const char *policy;
        size_t n_errors, n_warnings;
        bool has_watchdogs;
    } cases[] = {
        { "nothing to fence", false, false, true, true, false, false, "stop", 0, 0 },
        { "no device", false, true, true, true, false, false, "stop", 1, 0 },
        { "no device, unclean", false, true, true, true, true, false, "stop", 1, 1 },
        { "watchdogs", false, true, true, false, true, false, "stop", 0, 0, true },
        { "watchdogs, no quorum", false, true, false, false, true, false, "stop", 0, 1, true },
        { "device", true, true, true, false, true, false, "stop", 0, 0 },
        { "no fencing", true, false, true, false, true, false, "stop", 0, 1 },
        { "no quorum", true, true, false, false, true, false, "stop", 0, 1 },
        { "no quorum needed", true, true, false, false, true, false, "ignore", 0, 0 },
        { "no quorum, but a member", true, true, false, true, true, false, "stop", 0, 0 },
        { "guest", false, false, true, false, true, true, "stop", 0, 0 },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const struct cox_config config = config_of(&device, cases[i].has_device ? 1 : 0);
        const struct cox_node_state node = { .name = "n1", .is_online = cases[i].is_online,
                                             .is_unclean = cases[i].is_unclean, .is_guest = cases[i].is_guest };
        const struct cox_cluster cluster = { .nodes = &node, .n_nodes = 1, .fencing_enabled = cases[i].fencing_enabled,
                                             .has_quorum = cases[i].has_quorum, .no_quorum_policy = cases[i].policy,
                                             .has_watchdogs = cases[i].has_watchdogs };
        g_autoptr(cox_diags) diags = cox_diags_new();

        cox_verify_cluster(&config, &cluster, diags);
        if (cox_diags_count(diags) != cases[i].n_errors + cases[i].n_warnings) {
            fail_msg("%s: %zu found", cases[i].why, cox_diags_count(diags));
        }
        if (cases[i].n_errors > 0) {
            expect(diags, 0, COX_SEVERITY_ERROR, no_device);
        }
        if (cases[i].n_warnings > 0) {
            expect(diags, cases[i].n_errors, COX_SEVERITY_WARNING, "Node n1 is unclean but cannot be fenced");
        }
    }
}

COX_TEST_MAIN(cmocka_unit_test(clones_of_agents_that_cannot_be_cloned_so), cmocka_unit_test(operations_and_roles),
              cmocka_unit_test(replicas_that_share_a_port), cmocka_unit_test(fencing_needs_a_device))
