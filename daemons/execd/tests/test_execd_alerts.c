/* Tests of cox-execd with a real cox-cibd: alerts of the document are run, also when the document changes. */
#include "execdkit.h"

#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/error.h"

/* The agent may run as another user: what it needs is open to all. */
static const char agent[] = "#!/bin/sh\nprintf '%s %s %s %s %s\\n' \"$CRM_alert_recipient\" \"$CRM_alert_kind\" \"$CRM_alert_node\" "
                            "\"$CRM_alert_rsc$CRM_alert_task\" \"$mood\" >>\"${0%/*}/told/told\"\n";

struct world {
    struct place *place;
    cox_source_id cibd;
    bool has_ended;
    char *told;
};

static void
on_end(void *context, cox_source_id id, const struct cox_child_result *result)
{
    struct world *world = context;

    (void) id;
    (void) result;
    world->has_ended = true;
}

static void
write_document(const struct world *world)
{
    g_autofree char *text = g_strdup_printf(
        "<cib validate-with=\"pacemaker-3.9\" admin_epoch=\"0\" epoch=\"5\" num_updates=\"0\" crm_feature_set=\"3.19.0\"><configuration>"
        "<crm_config/><nodes/><resources/><constraints/><alerts><alert id=\"a\" path=\"%s/alert\"><instance_attributes id=\"i\">"
        "<nvpair id=\"i1\" name=\"mood\" value=\"calm\"/></instance_attributes><recipient id=\"r\" value=\"me\"/></alert></alerts>"
        "</configuration><status/></cib>\n",
        world->place->root);

    agentkit_put(world->place->root, "cib/cib.xml", text, 0644);
}

static void
start_cibd(struct world *world)
{
    const char *top = g_getenv("top_builddir");
    g_autofree char *path = g_build_filename(top == NULL ? "." : top, "daemons/cibd/cox-cibd", NULL);
    g_autofree char *cib = g_strdup_printf("COX_CIB_DIRECTORY=%s/cib", world->place->root);
    g_autofree char *schemas = g_strconcat("COX_SCHEMA_DIRECTORY=", g_getenv("COX_SCHEMA_DIRECTORY"), NULL);
    g_autofree char *asan = g_strconcat("ASAN_OPTIONS=", g_getenv("ASAN_OPTIONS"), NULL);
    const char *const envp[] = { "COX_CLUSTER=local", "PCMK_logfacility=none", cib, schemas, asan, NULL };
    const char *const argv[] = { path, "--keep-user", "--run-directory", world->place->directory, NULL };
    const struct cox_child_spec spec = { .argv = argv, .envp = envp, .out_limit_bytes = 65536, .err_limit_bytes = 65536 };

    world->has_ended = false;
    world->cibd = cox_runtime_spawn(world->place->runtime, &spec, on_end, world);
}

static void
begin(struct world *world, void **state)
{
    *world = (struct world) { .place = *state };
    world->told = g_build_filename(world->place->root, "told/told", NULL);
    agentkit_put(world->place->root, "alert", agent, 0755);
    agentkit_put(world->place->root, "told/told", "", 0666);
    {
        g_autofree char *directory = g_path_get_dirname(world->told);

        assert_int_equal(chmod(directory, 0777), 0);
        assert_int_equal(chmod(world->place->root, 0755), 0);
    }
    write_document(world);
    start_cibd(world);
    place_start(world->place);
}

static void
end(struct world *world)
{
    (void) cox_runtime_child_signal(world->place->runtime, world->cibd, SIGKILL);
    while (!world->has_ended) {
        (void) cox_runtime_step(world->place->runtime, true);
    }
    g_free(world->told);
}

/* Tell of an event until an alert says @line: execd may not know the document yet. */
static void
tell_until(struct world *world, const struct cox_msg_exec_alert *event, const char *line)
{
    for (;;) {
        g_autofree char *text = NULL;
        g_autoptr(cox_arena) arena = cox_arena_new();

        assert_non_null(place_ask(world->place, arena, COX_MSG_EXEC_ALERT, event, COX_MSG_DONE, NULL));
        place_pass(world->place, 50);
        if (g_file_get_contents(world->told, &text, NULL, NULL) && strstr(text, line) != NULL) {
            return;
        }
    }
}

static void
wait_told(struct world *world, const char *line)
{
    for (;;) {
        g_autofree char *text = NULL;

        if (g_file_get_contents(world->told, &text, NULL, NULL) && strstr(text, line) != NULL) {
            return;
        }
        place_pass(world->place, 10);
    }
}

static void
alerts_of_the_document_are_run_and_changes_of_it_count(void **state)
{
    struct world world;
    const struct cox_msg_exec_alert node = { .kind = "node", .node = "n2", .nodeid = 2, .desc = "lost" };
    const struct cox_msg_cib_change change = {
        .command = "modify",
        .xpath = "//nvpair[@id='i1']",
        .xml = "<nvpair id=\"i1\" name=\"mood\" value=\"grim\"/>",
    };
    const struct cox_client_settings settings = { .daemon = COX_DAEMON_CIB, .program = "test", .run_directory = ((struct place *) *state)->directory,
                                                  .reconnects = true };
    g_autoptr(cox_client) cib = NULL;
    g_autoptr(cox_arena) arena = cox_arena_new();
    struct cox_ask ask = { .call = { .message = COX_MSG_CIB_CHANGE, .body = &change, .timeout_ms = 60000 }, .expected = COX_MSG_CIB_CHANGED,
                           .arena = arena };
    g_autoptr(GError) error = NULL;

    begin(&world, state);
    tell_until(&world, &node, "me node n2  calm\n");
    assert_true(place_order(world.place, NULL, "web", "start", 0, NULL) > 0);
    (void) place_wait_results(world.place, 1);
    wait_told(&world, "me resource  webstart calm\n");
    cib = cox_client_new(world.place->runtime, &settings);
    if (cox_ask(world.place->runtime, cib, &ask, &error) == NULL) {
        fail_msg("%s", error->message);
    }
    tell_until(&world, &node, "me node n2  grim\n");
    cox_client_free(g_steal_pointer(&cib));
    end(&world);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, place_setup, place_teardown)

COX_TEST_MAIN(TEST(alerts_of_the_document_are_run_and_changes_of_it_count))
