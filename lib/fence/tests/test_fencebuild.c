/* Tests of lib/fence/fencebuild.c */
#include "fence/fencebuild.h"

#include "fence/tests/fencedoc.h"

#define NV(name, value) "<nvpair id='x-" name "' name='" name "' value='" value "'/>"
#define DEVICE(id, meta, params)                                                                                     \
    "<primitive id='" id "' class='stonith' type='fence_x'><meta_attributes id='m-" id "'>" meta                     \
    "</meta_attributes><instance_attributes id='i-" id "'>" params "</instance_attributes></primitive>"

static const char *const plain[] = { "on", "off", "reboot", "list", "status", "monitor", "metadata", NULL };
static const char *const fabric[] = { "on", "off", "monitor", NULL };
static const struct cox_fencemeta agents[] = {
    { .agent = "fence_x", .actions = plain, .has_plug = true, .has_port = true },
    { .agent = "fence_fabric", .actions = fabric, .has_port = true, .is_automatic = true, .is_on_target = true },
};

struct world {
    struct cox_codec_result loaded;
    struct cox_fencebuild *build;
    struct cox_diags *diags;
};

static void
build_with(struct world *world, const struct fencedoc *doc, bool is_two_node)
{
    struct cox_fencebuild_input input = { .node = "n1", .now = cox_wall_from_seconds(1700000000), .agents = agents,
                                          .n_agents = G_N_ELEMENTS(agents), .sbd_ms = 5000, .is_two_node = is_two_node };

    *world = (struct world) { .diags = cox_diags_new() };
    fencedoc_load(doc, &world->loaded);
    input.config = world->loaded.config;
    input.status = world->loaded.status;
    world->build = cox_fencebuild_new(&input, world->diags);
}

static void
build(struct world *world, const struct fencedoc *doc)
{
    build_with(world, doc, false);
}

static void
end(struct world *world)
{
    cox_fencebuild_free(world->build);
    cox_codec_result_clear(&world->loaded);
    cox_diags_free(world->diags);
}

/* "a b" */
static char *
ids(const struct world *world)
{
    GString *text = g_string_new(NULL);

    for (size_t i = 0; i < world->build->n_devices; i++) {
        assert_string_equal(world->build->defs[i].id, world->build->devices[i].id);
        g_string_append_printf(text, "%s%s", i == 0 ? "" : " ", world->build->defs[i].id);
    }
    return g_string_free(text, FALSE);
}

static char *
params(const struct cox_fencebuilt *device)
{
    GString *text = g_string_new(NULL);

    for (size_t i = 0; i < device->n_params; i++) {
        g_string_append_printf(text, "%s%s=%s", i == 0 ? "" : " ", device->params[i].name, device->params[i].value);
    }
    return g_string_free(text, FALSE);
}

static void
which_resources_are_devices(void **state)
{
    static const struct {
        const char *why, *resources, *ids;
    } cases[] = {
        { "none", NULL, "" },
        { "a primitive", DEVICE("a", "", ""), "a" },
        { "other classes are not", "<primitive id='b' class='ocf' provider='heartbeat' type='Dummy'/>" DEVICE("a", "", ""), "a" },
        { "in a clone", "<clone id='c'>" DEVICE("a", "", "") "</clone>", "a" },
        { "in a group", "<group id='g'>" DEVICE("a", "", "") DEVICE("b", "", "") "</group>", "a b" },
        { "in a cloned group", "<clone id='c'><group id='g'>" DEVICE("a", "", "") "</group></clone>", "a" },
        { "of a template", "<template id='t' class='stonith' type='fence_x'/><primitive id='a' template='t'/>", "a" },
        { "a template alone is none", "<template id='t' class='stonith' type='fence_x'/>", "" },
        { "stopped", DEVICE("a", NV("target-role", "Stopped"), ""), "" },
        { "stopped in lower case", DEVICE("a", NV("target-role", "stopped"), ""), "" },
        { "started", DEVICE("a", NV("target-role", "Started"), ""), "a" },
        { "the clone is stopped",
          "<clone id='c'><meta_attributes id='m'>" NV("target-role", "Stopped") "</meta_attributes>" DEVICE("a", "", "") "</clone>", "" },
        { "unmanaged or in maintenance", DEVICE("a", NV("is-managed", "false") NV("maintenance", "true"), ""), "a" },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const struct fencedoc doc = { .resources = cases[i].resources };
        g_autofree char *got = NULL;
        struct world world;

        build(&world, &doc);
        got = ids(&world);
        if (strcmp(got, cases[i].ids) != 0) {
            fail_msg("%s: '%s'", cases[i].why, got);
        }
        end(&world);
    }
}

static void
parameters_go_to_the_fencer_or_to_the_agent(void **state)
{
    const struct fencedoc doc = {
        .resources = DEVICE("a", NV("priority", "7"),
                            NV("ipaddr", "10.0.0.1") NV("passwd", "secret") NV("pcmk_host_list", "n1 n2") NV("pcmk_host_map", "n1:3")
                                NV("pcmk_host_check", "static-list") NV("pcmk_delay_base", "2s") NV("pcmk_delay_max", "5")
                                    NV("pcmk_action_limit", "-1") NV("pcmk_reboot_timeout", "90s") NV("pcmk_off_action", "poweroff")
                                        NV("pcmk_reboot_retries", "5") NV("pcmk_on_retries", "0") NV("pcmk_list_timeout", "soon")
                                            NV("action", "reboot") NV("stonith-timeout", "3") NV("plug", "dynamic")),
    };
    const struct cox_fencedevice_def *def = NULL;
    g_autofree char *got = NULL;
    struct world world;

    (void) state;
    build(&world, &doc);
    def = &world.build->defs[0];
    got = params(&world.build->devices[0]);
    assert_string_equal(got, "ipaddr=10.0.0.1 passwd=secret");
    assert_string_equal(world.build->devices[0].agent, "fence_x");
    assert_string_equal(world.build->devices[0].target_param, "plug");
    assert_int_equal(def->priority, 7);
    assert_string_equal(def->host_list, "n1 n2");
    assert_string_equal(def->host_map, "n1:3");
    assert_string_equal(def->host_check, "static-list");
    assert_string_equal(def->delay_base, "2s");
    assert_string_equal(def->delay_max, "5");
    assert_int_equal(def->action_limit, -1);
    assert_int_equal(def->timeout_ms[COX_FENCE_REBOOT], 90000);
    assert_int_equal(def->timeout_ms[COX_FENCE_OFF], 0);
    assert_int_equal(def->timeout_ms[COX_FENCE_LIST], 0);
    assert_int_equal(def->retries[COX_FENCE_REBOOT], 5);
    assert_int_equal(def->retries[COX_FENCE_ON], 1);
    assert_int_equal(def->retries[COX_FENCE_OFF], 0);
    assert_string_equal(def->action_names[COX_FENCE_OFF], "poweroff");
    assert_null(def->action_names[COX_FENCE_ON]);
    assert_false(def->can[COX_FENCE_OFF]); /* the agent does not know poweroff */
    assert_true(def->can[COX_FENCE_REBOOT] && def->can[COX_FENCE_LIST] && def->can[COX_FENCE_STATUS]);
    assert_false(def->is_automatic || def->is_on_target || def->is_banned_here);
    assert_int_equal(cox_diags_count(world.diags), 1);
    assert_non_null(strstr(cox_diags_get(world.diags, 0)->text, "pcmk_list_timeout 'soon'"));
    assert_ptr_equal(cox_fencebuild_find(world.build, "a"), &world.build->devices[0]);
    assert_null(cox_fencebuild_find(world.build, "b"));
    end(&world);
}

static void
the_parameter_for_the_target_is_plug_or_port_or_as_configured(void **state)
{
    static const struct {
        const char *why, *agent, *params, *target_param;
    } cases[] = {
        { "plug before port", "fence_x", "", "plug" },
        { "port", "fence_fabric", "", "port" },
        { "unknown agent", "fence_unknown", "", NULL },
        { "as configured", "fence_x", NV("pcmk_host_argument", "uuid"), "uuid" },
        { "none", "fence_x", NV("pcmk_host_argument", "none"), NULL },
        { "fixed by the user", "fence_x", NV("plug", "4"), NULL },
        { "another one fixed", "fence_x", NV("port", "4"), "plug" },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *resources = g_strdup_printf("<primitive id='a' class='stonith' type='%s'><instance_attributes id='i'>%s"
                                                     "</instance_attributes></primitive>", cases[i].agent, cases[i].params);
        const struct fencedoc doc = { .resources = resources };
        struct world world;

        build(&world, &doc);
        if (g_strcmp0(world.build->devices[0].target_param, cases[i].target_param) != 0) {
            fail_msg("%s: %s", cases[i].why, world.build->devices[0].target_param);
        }
        end(&world);
    }
}

static void
agents_that_unfence_and_agents_that_nobody_has_described(void **state)
{
    const struct fencedoc doc = {
        .resources = "<primitive id='f' class='stonith' type='fence_fabric'/>" DEVICE("p", NV("provides", "unfencing"), "")
                     "<primitive id='u' class='stonith' type='fence_unknown'/><primitive id='v' class='stonith' type='fence_unknown'/>",
        .constraints = "<rsc_location id='l' rsc='f' node='n1' score='-INFINITY'/>",
    };
    struct world world;

    (void) state;
    build(&world, &doc);
    assert_true(world.build->defs[0].is_automatic && world.build->defs[0].is_on_target && world.build->defs[0].is_banned_here);
    assert_false(world.build->defs[0].can[COX_FENCE_REBOOT]);
    assert_true(world.build->defs[1].is_automatic);
    assert_false(world.build->defs[1].is_on_target || world.build->defs[1].is_banned_here);
    for (guint i = 0; i < COX_FENCE_N_ACTIONS; i++) {
        assert_false(world.build->defs[2].can[i]);
    }
    assert_int_equal(world.build->n_unknown_agents, 1);
    assert_string_equal(world.build->unknown_agents[0], "fence_unknown");
    end(&world);
}

static void
levels_come_with_the_attributes_that_they_ask_for(void **state)
{
    const struct fencedoc doc = {
        .topology = "<fencing-level id='l1' target='n2' index='1' devices='a,b'/>"
                    "<fencing-level id='l2' target-pattern='^n' index='2' devices='c'/>"
                    "<fencing-level id='l3' target-attribute='rack' target-value='left' index='3' devices='d'/>",
        .node_attributes = NV("rack", "left"),
        .status = "<node_state id='2' uname='n2'><transient_attributes id='2'><instance_attributes id='status-2'>" NV("rack", "right")
                  "</instance_attributes></transient_attributes></node_state>",
    };
    const struct cox_fencelevel *levels = NULL;
    struct world world;

    (void) state;
    build(&world, &doc);
    levels = world.build->levels;
    assert_int_equal(world.build->n_levels, 3);
    assert_true(levels[0].kind == COX_FENCE_TARGET_NAME && levels[0].index == 1 && levels[0].n_devices == 2);
    assert_string_equal(levels[0].target, "n2");
    assert_string_equal(levels[0].devices[1], "b");
    assert_int_equal(levels[1].kind, COX_FENCE_TARGET_PATTERN);
    assert_int_equal(levels[2].kind, COX_FENCE_TARGET_ATTRIBUTE);
    assert_string_equal(levels[2].value, "left");
    assert_int_equal(world.build->n_attributes, 2);
    assert_string_equal(world.build->attributes[0].node, "n1");
    assert_string_equal(world.build->attributes[0].value, "left");
    assert_string_equal(world.build->attributes[1].value, "right");
    end(&world);
}

static void
cluster_options_have_defaults_and_old_names(void **state)
{
    const struct fencedoc doc = { .options = NV("stonith-timeout", "20s") NV("fence-reaction", "panic") }, empty = { 0 };
    struct world world;

    (void) state;
    build(&world, &doc);
    assert_int_equal(world.build->fencing_timeout_ms, 20000);
    assert_true(world.build->panics);
    assert_false(cox_wall_is_set(world.build->next));
    end(&world);
    build(&world, &empty);
    assert_int_equal(world.build->fencing_timeout_ms, 60000);
    assert_false(world.build->panics);
    end(&world);
}

static void
parameters_may_depend_on_the_node_and_the_time(void **state)
{
    const struct fencedoc doc = {
        .resources = "<primitive id='a' class='stonith' type='fence_x'>"
                     "<instance_attributes id='i1' score='9'><rule id='r1'><expression id='e1' attribute='#uname' operation='eq' value='n1'/>"
                     "</rule>" NV("ipaddr", "left") "</instance_attributes>"
                     "<instance_attributes id='i2'>" NV("ipaddr", "right") "</instance_attributes>"
                     "<instance_attributes id='i3' score='20'><rule id='r2'>"
                     "<date_expression id='e2' operation='gt' start='2030-01-01 00:00:00Z'/></rule>" NV("ipaddr", "late")
                     "</instance_attributes></primitive>",
    };
    g_autofree char *got = NULL;
    struct world world;

    (void) state;
    build(&world, &doc);
    got = params(&world.build->devices[0]);
    assert_string_equal(got, "ipaddr=left");
    assert_true(cox_wall_is_set(world.build->next));
    end(&world);
}

static void
watchdogs_are_a_device_of_their_own(void **state)
{
    static const struct {
        const char *options, *resources, *expected;
        gint64 wait_ms;
    } cases[] = {
        { NV("have-watchdog", "true") NV("stonith-watchdog-timeout", "10s"), NULL, "watchdog", 10000 },
        { NV("have-watchdog", "true") NV("fencing-watchdog-timeout", "-1"), NULL, "watchdog", 10000 },
        { NV("have-watchdog", "true"), NULL, "", 0 },
        { NV("have-watchdog", "false") NV("stonith-watchdog-timeout", "10s"), NULL, "", 0 },
        { NV("have-watchdog", "true") NV("stonith-watchdog-timeout", "5s"), NULL, "", 0 }, /* as long as the watchdog itself */
        { NV("have-watchdog", "true") NV("stonith-watchdog-timeout", "10s"), DEVICE("a", "", ""), "a watchdog", 10000 },
        { NV("have-watchdog", "true") NV("stonith-watchdog-timeout", "10s"), "<primitive id='dog' class='stonith' type='fence_watchdog'/>",
          "dog", 10000 },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const struct fencedoc doc = { .options = cases[i].options, .resources = cases[i].resources };
        g_autofree char *got = NULL;
        struct world world;

        build(&world, &doc);
        got = ids(&world);
        assert_string_equal(got, cases[i].expected);
        assert_int_equal(world.build->n_unknown_agents, 0);
        if (cases[i].wait_ms != 0) {
            const struct cox_fencedevice_def *def = &world.build->defs[world.build->n_devices - 1];

            assert_int_equal(def->watchdog_ms, cases[i].wait_ms);
            assert_true(def->can[COX_FENCE_REBOOT] && def->can[COX_FENCE_OFF] && !def->can[COX_FENCE_ON]);
            assert_true(def->timeout_ms[COX_FENCE_OFF] > cases[i].wait_ms);
            if (def->host_list != NULL) {
                assert_string_equal(def->host_list, "n1 n2");
                assert_int_equal(def->priority, G_MININT);
            }
        }
        end(&world);
    }
}

/* Neither the device that is there by itself nor one that is configured can do anything, and somebody is told. */
static void
watchdogs_prove_nothing_where_each_of_two_nodes_keeps_quorum(void **state)
{
    static const char options[] = NV("have-watchdog", "true") NV("stonith-watchdog-timeout", "10s");
    static const char *const resources[] = { NULL, "<primitive id='dog' class='stonith' type='fence_watchdog'/>" };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(resources); i++) {
        const struct fencedoc doc = { .options = options, .resources = resources[i] };
        struct world world;

        build_with(&world, &doc, true);
        assert_true(world.build->has_idle_watchdogs);
        assert_int_equal(world.build->n_devices, i);
        for (size_t d = 0; d < world.build->n_devices; d++) {
            assert_int_equal(world.build->defs[d].watchdog_ms, 0);
            assert_false(world.build->defs[d].can[COX_FENCE_REBOOT] || world.build->defs[d].can[COX_FENCE_OFF]);
        }
        assert_int_equal(cox_diags_count(world.diags), 1);
        assert_non_null(strstr(cox_diags_get(world.diags, 0)->text, "two_node"));
        end(&world);
    }
}

/* What is configured goes before it; the rest counts as if it were configured. */
static void
what_was_added_at_run_time_counts_as_well(void **state)
{
    static const char *const params_b[] = { "pcmk_host_list=n2", "ip=b", "priority=7" }, *const params_a[] = { "ip=other" };
    static const struct cox_fencebuild_added added[] = { { "b", "fence_x", params_b, 3 }, { "a", "fence_x", params_a, 1 }, { "c", "fence_new", NULL, 0 } };
    static const char *const ids_b[] = { "b" }, *const ids_a[] = { "a" };
    static const struct cox_fencelevel levels[] = { { COX_FENCE_TARGET_NAME, "n2", NULL, 1, ids_b, 1 }, { COX_FENCE_TARGET_NAME, "n2", NULL, 2, ids_b, 1 },
                                                    { COX_FENCE_TARGET_ATTRIBUTE, "rack", "7", 3, ids_a, 1 } };
    const struct fencedoc doc = { .resources = DEVICE("a", "", NV("ip", "a")),
                                  .topology = "<fencing-level id='l' target='n2' index='1' devices='a'/>",
                                  .node_attributes = NV("rack", "7") };
    struct cox_fencebuild_input input = { .node = "n1", .now = cox_wall_from_seconds(1700000000), .agents = agents, .n_agents = G_N_ELEMENTS(agents),
                                          .added = added, .n_added = 3, .added_levels = levels, .n_added_levels = 3 };
    struct world world = { .diags = cox_diags_new() };
    g_autofree char *got = NULL, *own = NULL, *configured = NULL;

    (void) state;
    fencedoc_load(&doc, &world.loaded);
    input.config = world.loaded.config;
    world.build = cox_fencebuild_new(&input, world.diags);
    got = ids(&world);
    assert_string_equal(got, "a b c");
    configured = params(&world.build->devices[0]);
    own = params(&world.build->devices[1]);
    assert_string_equal(configured, "ip=a");
    assert_string_equal(own, "ip=b");
    assert_string_equal(world.build->defs[1].host_list, "n2");
    assert_int_equal(world.build->defs[1].priority, 7);
    assert_true(world.build->defs[1].can[COX_FENCE_OFF]);
    assert_int_equal(world.build->n_unknown_agents, 1);
    assert_string_equal(world.build->unknown_agents[0], "fence_new");
    assert_int_equal(world.build->n_levels, 3);
    assert_string_equal(world.build->levels[0].devices[0], "a");
    assert_int_equal(world.build->levels[1].index, 2);
    assert_int_equal(world.build->n_attributes, 2);
    end(&world);
}

COX_TEST_MAIN(cmocka_unit_test(what_was_added_at_run_time_counts_as_well), cmocka_unit_test(watchdogs_prove_nothing_where_each_of_two_nodes_keeps_quorum), cmocka_unit_test(watchdogs_are_a_device_of_their_own), cmocka_unit_test(which_resources_are_devices), cmocka_unit_test(parameters_go_to_the_fencer_or_to_the_agent),
              cmocka_unit_test(the_parameter_for_the_target_is_plug_or_port_or_as_configured),
              cmocka_unit_test(agents_that_unfence_and_agents_that_nobody_has_described),
              cmocka_unit_test(levels_come_with_the_attributes_that_they_ask_for),
              cmocka_unit_test(cluster_options_have_defaults_and_old_names),
              cmocka_unit_test(parameters_may_depend_on_the_node_and_the_time))
