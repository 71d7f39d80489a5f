/* Tests of cox-controld as a whole: one node on a fake bus, a document in memory, the real scheduler, a pretended executor and fencer. */
#include "daemons/controld/controld.h"

#include <unistd.h>
#include <glib/gstdio.h>

#include "base/error.h"
#include "base/testkit.h"
#include "cib/schemas.h"
#include "codec/graphwrite.h"
#include "daemons/schedd/planning.h"
#include "follow/follow_fake.h"
#include "proto/marshal.h"
#include "runtime/fake.h"
#include "service/servicefake.h"
#include "xml/xmlwrite.h"

#define DOCUMENT                                                                                                     \
    "<cib validate-with='none' admin_epoch='0' epoch='1' num_updates='0' have-quorum='1'><configuration><crm_config>"   \
    "<cluster_property_set id='cib-bootstrap-options'><nvpair id='o-s' name='stonith-enabled' value='%s'/>"             \
    "</cluster_property_set></crm_config><nodes><node id='1' uname='n1'/>%s</nodes><resources>%s</resources>"            \
    "<constraints/></configuration><status>%s</status></cib>"
#define DUMMY "<primitive id='r' class='ocf' provider='coxswain' type='Dummy'><operations>"                            \
              "<op id='r-m' name='monitor' interval='10s'/></operations></primitive>"

/* Something that a neighbour answers later. */
struct answer {
    struct world *world;
    enum cox_daemon daemon;
    enum cox_message message;
    cox_client_reply_fn fn;
    void *context;
    guint32 id;
};

struct world {
    struct cox_runtime *runtime;
    struct cox_peers_bus *bus;
    struct cox_service_fake *fake;
    struct controld *controld;
    struct cox_schemas *schemas;
    struct cox_planning *planning;
    char *directory;
    GString *log;          /* what the executor and others were asked for */
    const GString *plan;   /* body of the answer that is being given */
    guint32 next_id;
    gint64 call_id;
    GByteArray *recurring; /* the last recurring operation that was ordered */
    bool is_holding;       /* operations do not end */
    bool fence_fails, is_heard;
    int plan_crashes, term_refusals, fence_refusals;
    enum cox_message refused; /* the executor answers so many of these ... */
    int n_refused, refusal;   /* ... with this code */
    struct cox_msg_fence_term fence_term; /* the last one that the fencer was told */
    GPtrArray *held;       /* copies of orders */
};

static void
settle(struct world *w)
{
    for (int i = 0; i < 200; i++) {
        bool has_done = cox_service_fake_pump(w->fake);

        cox_fake_advance(w->runtime, COX_USEC_PER_MS);
        if (!has_done && i > 20) {
            return;
        }
    }
}

static void
pass(struct world *w, gint64 ms)
{
    for (gint64 t = 0; t < ms; t += 100) {
        cox_fake_advance(w->runtime, 100 * COX_USEC_PER_MS);
        settle(w);
    }
}

static void
expect(struct world *w, const char *text)
{
    if (strcmp(w->log->str, text) != 0) {
        fail_msg("expected '%s'\n     but got '%s'\n%s", text, w->log->str, cox_service_fake_log(w->fake));
    }
    g_string_truncate(w->log, 0);
}

/* ---- the executor ---- */

static void
tell_result(struct world *w, const struct cox_msg_exec_order *order, int rc)
{
    const struct cox_msg_exec_result result = { .rsc_id = order->rsc_id, .task = order->task, .key = order->key,
                                                .interval_ms = order->interval_ms, .rc = rc, .call_id = ++w->call_id,
                                                .began_at = 1700000000, .n_params = order->n_params, .params = order->params,
                                                .standard = order->standard, .provider = order->provider, .type = order->type };
    const struct cox_client_event event = { .kind = COX_CLIENT_EVENT, .message = COX_MSG_EXEC_RESULT, .body = &result };

    controld_duty_on_result(w->controld, &event);
}

static int
rc_of(const struct cox_msg_exec_order *order)
{
    return g_str_equal(order->task, "monitor") && order->interval_ms == 0 ? 7 : 0;
}

/* Everything that was ordered ends. */
static void
release(struct world *w)
{
    g_autoptr(GPtrArray) orders = g_steal_pointer(&w->held);

    w->held = g_ptr_array_new_with_free_func((GDestroyNotify) g_byte_array_unref);
    for (guint i = 0; i < orders->len; i++) {
        const GByteArray *bytes = orders->pdata[i];
        g_autoptr(cox_arena) arena = cox_arena_new();
        const struct cox_msg_exec_order *order
            = cox_unmarshal(cox_messages_schema(COX_MSG_EXEC_ORDER), bytes->data, bytes->len, arena, NULL);

        tell_result(w, order, rc_of(order));
    }
}

static void
take_order(struct world *w, const struct cox_msg_exec_order *order)
{
    GByteArray *bytes = g_byte_array_new();

    g_string_append_printf(w->log, "%s_%s_%d ", order->rsc_id, order->task, (int) order->interval_ms);
    cox_marshal(cox_messages_schema(COX_MSG_EXEC_ORDER), order, bytes);
    g_ptr_array_add(w->held, bytes);
    if (order->interval_ms > 0) { /* what a later failure of it looks like */
        g_clear_pointer(&w->recurring, g_byte_array_unref);
        w->recurring = g_byte_array_ref(bytes);
    }
}

static void
fail_recurring(struct world *w)
{
    g_autoptr(cox_arena) arena = cox_arena_new();

    tell_result(w, cox_unmarshal(cox_messages_schema(COX_MSG_EXEC_ORDER), w->recurring->data, w->recurring->len, arena, NULL), 7);
}

/* ---- the answers ---- */

static void
answer_plan(struct world *w, struct answer *answer)
{
    const struct cox_planning_input input = { cox_cib_root(cox_follow_cib(w->controld->follow)), NULL, 0,
                                              cox_wall_from_seconds(1700000000) };
    struct cox_planning_result result = { NULL, NULL, NULL, NULL };
    GString *graph = g_string_new(NULL);
    const struct cox_msg_sched_plan plan = { .input = "pe-input-0" };
    struct cox_client_reply reply = { .message = COX_MSG_SCHED_PLAN, .body = &plan, .has_body = true, .id = answer->id };
    g_autoptr(GError) error = NULL;

    if (w->plan_crashes > 0) {
        w->plan_crashes--;
        error = g_error_new_literal(COX_ERROR, COX_ERROR_DISCONNECTED, "it died");
        reply = (struct cox_client_reply) { .error = error };
        answer->fn(answer->context, &reply);
        g_string_free(graph, TRUE);
        return;
    }
    cox_planning_forget(w->planning);
    assert_true(cox_planning_run(w->planning, &input, &result, &error));
    cox_codec_graph_write(&result.plan->graph, graph);
    cox_plan_free(result.plan);
    cox_diags_free(result.diags);
    w->plan = graph;
    answer->fn(answer->context, &reply);
    g_string_free(graph, TRUE);
}

static void
on_answer(void *context)
{
    struct answer *answer = context;
    struct world *w = answer->world;
    const struct cox_msg_done done = { 0 };
    const struct cox_msg_exec_inflight nothing = { 0 };
    const struct cox_msg_fence_finished finished = { .is_ok = !w->fence_fails, .reason = "no device" };
    struct cox_client_reply reply = { .message = COX_MSG_DONE, .body = &done, .id = answer->id };
    g_autoptr(GError) error = NULL;

    if (answer->message == COX_MSG_SCHED_ASK) {
        answer_plan(w, answer);
    } else if (answer->fn != NULL) {
        if (answer->message == COX_MSG_EXEC_INFLIGHT_QUERY) {
            reply.message = COX_MSG_EXEC_INFLIGHT;
            reply.body = &nothing;
        } else if (answer->message == COX_MSG_EXEC_TERM && w->term_refusals > 0) {
            w->term_refusals--;
            error = g_error_new_literal(COX_ERROR, COX_ERROR_OLD, "a younger one counts");
            reply = (struct cox_client_reply) { .error = error };
        } else if (answer->message == w->refused && w->n_refused > 0) {
            w->n_refused--;
            error = g_error_new_literal(COX_ERROR, w->refusal, "not now");
            reply = (struct cox_client_reply) { .error = error };
            g_ptr_array_set_size(w->held, 0);
        } else if (answer->message == COX_MSG_FENCE_ASK && w->fence_refusals > 0) {
            w->fence_refusals--;
            error = g_error_new_literal(COX_ERROR, COX_ERROR_OLD, "a younger one has taken over");
            reply = (struct cox_client_reply) { .error = error };
        } else if (answer->message == COX_MSG_FENCE_ASK) {
            reply.message = COX_MSG_FENCE_FINISHED;
            reply.body = &finished;
        }
        answer->fn(answer->context, &reply);
    }
    if (answer->message == COX_MSG_EXEC_ORDER && !w->is_holding) {
        release(w);
    }
    g_free(answer);
}

static void
write_attribute(struct world *w, const struct cox_msg_attr_update *update)
{
    g_autofree char *xml = NULL;

    g_string_append_printf(w->log, "%s=%s ", update->name != NULL ? update->name : update->pattern,
                           update->value == NULL ? "(none)" : update->value);
    if (update->name == NULL || update->value == NULL) {
        return;
    }
    xml = g_strdup_printf("<status><node_state id='1' uname='n1'><transient_attributes id='1'><instance_attributes id='status-1'>"
                          "<nvpair id='status-1-%s' name='%s' value='%s'/></instance_attributes></transient_attributes></node_state>"
                          "</status>",
                          g_str_has_prefix(update->name, "fail") ? "f" : g_str_has_prefix(update->name, "last") ? "l" : update->name,
                          update->name, g_str_equal(update->value, "value++") ? "1" : update->value);
    cox_follow_fake_edit(w->controld->follow, COX_EDIT_MODIFY, "status", xml);
}

static guint32
fake_ask(void *context, enum cox_daemon daemon, struct cox_client_call *call)
{
    struct world *w = context;
    struct answer *answer = g_new0(struct answer, 1);

    *answer = (struct answer) { .world = w, .daemon = daemon, .message = call->message, .fn = call->fn, .context = call->context,
                                .id = ++w->next_id };
    if (call->message == COX_MSG_EXEC_ORDER) {
        take_order(w, call->body);
    } else if (call->message == COX_MSG_EXEC_CANCEL) {
        g_string_append_printf(w->log, "cancel ");
    } else if (call->message == COX_MSG_EXEC_FORGET) {
        g_string_append_printf(w->log, "forget_%s ", ((const struct cox_msg_exec_forget *) call->body)->rsc_id);
    } else if (call->message == COX_MSG_FENCE_ASK) {
        g_string_append_printf(w->log, "fence_%s ", ((const struct cox_msg_fence_ask *) call->body)->target);
    } else if (call->message == COX_MSG_FENCE_TERM) {
        w->fence_term = *(const struct cox_msg_fence_term *) call->body;
    } else if (call->message == COX_MSG_ATTR_UPDATE) {
        write_attribute(w, call->body);
    }
    (void) cox_runtime_defer(w->runtime, on_answer, answer);
    return answer->id;
}

static void
fake_receive(void *context, enum cox_daemon daemon, guint32 id, const struct cox_sink *sink)
{
    const struct world *w = context;
    gsize half = w->plan->len / 2;

    (void) id;
    assert_int_equal(daemon, COX_DAEMON_SCHED);
    assert_true(sink->data(sink->context, (const guint8 *) w->plan->str, half, NULL));
    assert_true(sink->data(sink->context, (const guint8 *) w->plan->str + half, w->plan->len - half, NULL));
    sink->end(sink->context, NULL);
}

static void
fake_cancel(void *context, enum cox_daemon daemon, guint32 id)
{
    (void) context;
    (void) daemon;
    (void) id;
}

static void
fake_listen(void *context)
{
    ((struct world *) context)->is_heard = true;
}

/* ---- a life of the daemon ---- */

static void
start_daemon(struct world *w, const char *document)
{
    const struct cox_service_fake_setup setup = { &controld_service, w->runtime, w->bus, 1, w->directory };
    struct cox_follow_settings settings = { .program = "test", .changed = controld_papers_on_document };

    w->fake = cox_service_fake_new(&setup, NULL);
    w->controld = cox_service_data(cox_service_fake_ctx(w->fake));
    settings.context = w->controld;
    controld_neighbours_clear(&w->controld->neighbours);
    w->controld->neighbours = (struct controld_neighbours) { fake_ask, fake_receive, fake_cancel, fake_listen, NULL, w };
    cox_follow_free(w->controld->follow);
    w->controld->follow = cox_follow_fake_new(w->runtime, &settings, document);
    settle(w);
    pass(w, 1000);
    assert_true(w->is_heard);
}

static void
stop_daemon(struct world *w)
{
    g_ptr_array_set_size(w->held, 0);
    cox_service_fake_free(g_steal_pointer(&w->fake));
}

/* The document as it is. */
static char *
text_of(const struct world *w)
{
    return cox_xmlwrite_text(cox_cib_root(cox_follow_cib(w->controld->follow)), COX_XMLWRITE_PLAIN);
}

static bool
has(const struct world *w, const char *what)
{
    g_autofree char *text = text_of(w);

    return strstr(text, what) != NULL;
}

static void
create(struct world *w, const char *nodes, const char *resources, const char *status)
{
    g_autofree char *document = g_strdup_printf(DOCUMENT, *nodes == '\0' ? "false" : "true", nodes, resources, status);

    start_daemon(w, document);
}

static const struct cox_msg_control_state *
query(struct world *w)
{
    const struct cox_msg_control_query body = { 0 };

    return cox_service_fake_get(w->fake, COX_MSG_CONTROL_QUERY, &body, COX_MSG_CONTROL_STATE, NULL);
}

static int
setup(void **state)
{
    struct world *w = g_new0(struct world, 1);
    const char *schemas = g_getenv("COX_SCHEMA_DIRECTORY");

    alarm(60);
    w->runtime = cox_fake_new(COX_USEC_PER_S, cox_wall_from_seconds(1700000000));
    w->bus = cox_peers_bus_new(1);
    w->schemas = cox_schemas_new(schemas == NULL ? "schemas" : schemas);
    w->planning = cox_planning_new(w->schemas);
    w->directory = g_dir_make_tmp("cox-controld-XXXXXX", NULL);
    w->log = g_string_new(NULL);
    w->held = g_ptr_array_new_with_free_func((GDestroyNotify) g_byte_array_unref);
    *state = w;
    return 0;
}

static int
teardown(void **state)
{
    struct world *w = *state;
    g_autofree char *mark = g_build_filename(w->directory, "control.history", NULL);
    g_autofree char *term = g_build_filename(w->directory, "control.term", NULL);

    cox_service_fake_free(w->fake);
    cox_runtime_free(w->runtime);
    cox_peers_bus_free(w->bus);
    cox_planning_free(w->planning);
    cox_schemas_free(w->schemas);
    g_unlink(mark);
    g_unlink(term);
    g_rmdir(w->directory);
    g_free(w->directory);
    g_string_free(w->log, TRUE);
    g_ptr_array_unref(w->held);
    g_clear_pointer(&w->recurring, g_byte_array_unref);
    g_free(w);
    return 0;
}

/* ---- stories ---- */

static void
a_resource_is_probed_started_watched_and_its_history_written(void **state)
{
    struct world *w = *state;

    create(w, "", DUMMY, "");
    expect(w, "r_monitor_0 r_start_0 r_monitor_10000 ");
    assert_string_equal(query(w)->phase, "S_IDLE");
    assert_string_equal(query(w)->coordinator, "n1");
    assert_true(has(w, "id=\"r_last_0\""));
    assert_true(has(w, "id=\"r_monitor_10000\""));
    assert_true(has(w, "crmd=\"online\""));
    assert_true(has(w, "name=\"dc-version\""));
    assert_true(cox_service_fake_n_events(w->fake) >= 2);
    pass(w, 30000);
    expect(w, "");
}

static void
a_failed_monitor_is_counted_and_the_resource_recovered(void **state)
{
    struct world *w = *state;

    create(w, "", DUMMY, "");
    g_string_truncate(w->log, 0);
    fail_recurring(w);
    pass(w, 1000);
    expect(w, "fail-count-r#monitor_10000=value++ last-failure-r#monitor_10000=1700000000 r_stop_0 r_start_0 r_monitor_10000 ");
    assert_true(has(w, "id=\"r_last_failure_0\""));
}

static void
a_controller_that_was_killed_goes_on_without_probes(void **state)
{
    struct world *w = *state;
    g_autofree char *document = NULL, *mark = g_build_filename(w->directory, "control.history", NULL);

    create(w, "", DUMMY, "");
    document = text_of(w);
    stop_daemon(w);
    g_string_truncate(w->log, 0);
    start_daemon(w, document);
    expect(w, "");
    assert_string_equal(query(w)->phase, "S_IDLE");
    stop_daemon(w);
    g_unlink(mark); /* a boot */
    start_daemon(w, document);
    expect(w, "r_monitor_0 r_start_0 r_monitor_10000 ");
}

/* The node went on without the others, and its controller died before the document of the others won. */
static void
a_history_of_another_side_is_not_taken_for_that_of_this_node(void **state)
{
    struct world *w = *state;
    g_autofree char *document = NULL, *later = NULL;

    create(w, "", DUMMY, "");
    document = text_of(w);
    fail_recurring(w);
    pass(w, 1000);
    later = text_of(w);
    stop_daemon(w);
    g_string_truncate(w->log, 0);
    start_daemon(w, document);
    assert_true(g_str_has_prefix(w->log->str, "r_monitor_0 "));
    stop_daemon(w);
    g_string_truncate(w->log, 0);
    start_daemon(w, later);
    assert_true(g_str_has_prefix(w->log->str, "r_monitor_0 ")); /* now this is the one that is not ours */
}

static void
what_is_running_when_something_changes_is_waited_for(void **state)
{
    struct world *w = *state;

    w->is_holding = true;
    create(w, "", DUMMY, "");
    expect(w, "r_monitor_0 ");
    cox_follow_fake_edit(w->controld->follow, COX_EDIT_CREATE, "resources",
                         "<primitive id='s' class='ocf' provider='coxswain' type='Dummy'/>");
    pass(w, 500);
    expect(w, "s_monitor_0 "); /* and the other probe is not made twice */
    assert_int_equal(query(w)->n_inflight, 2);
    w->is_holding = false;
    release(w);
    pass(w, 1000);
    assert_non_null(strstr(w->log->str, "r_start_0 "));
    assert_non_null(strstr(w->log->str, "s_start_0 "));
    assert_string_equal(query(w)->phase, "S_IDLE");
}

static void
a_lost_node_is_fenced_until_that_succeeds(void **state)
{
    struct world *w = *state;

    w->fence_fails = true;
    create(w, "<node id='2' uname='n2'/>",
           "<primitive id='f' class='stonith' type='fence_x'/>",
           "<node_state id='2' uname='n2' in_ccm='true' crmd='online' join='member' expected='member'><lrm id='2'><lrm_resources/>"
           "</lrm></node_state>");
    pass(w, 25000); /* dc-deadtime: somebody is missing */
    assert_non_null(strstr(w->log->str, "fence_n2 fence_n2 "));
    assert_true(has(w, "uname=\"n2\" in_ccm=\"false\""));
    assert_false(has(w, "expected=\"down\""));
    w->fence_fails = false;
    pass(w, 70000);
    assert_true(has(w, "expected=\"down\""));
    g_string_truncate(w->log, 0);
    pass(w, 70000);
    expect(w, "");
}

static void
a_node_that_leaves_stops_what_it_runs_first(void **state)
{
    struct world *w = *state;
    const struct cox_msg_control_leave body = { 0 };
    const struct cox_service_fake_call call = { .message = COX_MSG_CONTROL_LEAVE, .body = &body };
    g_autofree char *mark = g_build_filename(w->directory, "control.history", NULL);
    guint32 id;

    create(w, "", DUMMY, "");
    assert_true(g_file_test(mark, G_FILE_TEST_EXISTS));
    g_string_truncate(w->log, 0);
    id = cox_service_fake_ask(w->fake, &call);
    assert_null(cox_service_fake_answer(w->fake, id));
    pass(w, 1000);
    assert_non_null(strstr(w->log->str, "shutdown="));
    assert_non_null(strstr(w->log->str, "r_stop_0 "));
    assert_non_null(cox_service_fake_answer(w->fake, id));
    assert_int_equal(cox_service_fake_answer(w->fake, id)->message, COX_MSG_DONE);
    assert_false(g_file_test(mark, G_FILE_TEST_EXISTS));
}

static void
the_last_node_that_left_does_not_leave_again_when_it_comes_back(void **state)
{
    struct world *w = *state;
    const struct cox_msg_control_leave body = { 0 };
    const struct cox_service_fake_call call = { .message = COX_MSG_CONTROL_LEAVE, .body = &body };
    g_autofree char *document = NULL;

    create(w, "", DUMMY, "");
    (void) cox_service_fake_ask(w->fake, &call);
    pass(w, 1000);
    document = text_of(w);
    assert_non_null(strstr(document, "name=\"shutdown\""));
    stop_daemon(w);
    g_string_truncate(w->log, 0);
    start_daemon(w, document);
    assert_false(has(w, "name=\"shutdown\""));
    assert_true(g_str_has_suffix(w->log->str, "r_monitor_0 r_start_0 r_monitor_10000 "));
    assert_string_equal(query(w)->phase, "S_IDLE");
}

static void
a_refresh_forgets_and_probes(void **state)
{
    struct world *w = *state;
    const struct cox_msg_control_refresh body = { .rsc_id = "r" }, failed = { .rsc_id = "r", .only_failed = 1 };
    struct cox_service_fake_call call = { .message = COX_MSG_CONTROL_REFRESH, .body = &failed };
    guint32 id;

    create(w, "", DUMMY, "");
    g_string_truncate(w->log, 0);
    id = cox_service_fake_ask(w->fake, &call); /* nothing has failed */
    pass(w, 500);
    assert_int_equal(cox_service_fake_answer(w->fake, id)->message, COX_MSG_DONE);
    expect(w, "");
    call.body = &body;
    id = cox_service_fake_ask(w->fake, &call);
    pass(w, 1000);
    assert_int_equal(cox_service_fake_answer(w->fake, id)->message, COX_MSG_DONE);
    expect(w, "^(fail-count|last-failure)-r#.+$=(none) forget_r r_monitor_0 r_start_0 r_monitor_10000 ");
}

static void
a_configuration_over_which_the_scheduler_dies_is_set_aside(void **state)
{
    struct world *w = *state;

    create(w, "", DUMMY, "");
    w->plan_crashes = 3;
    cox_follow_fake_edit(w->controld->follow, COX_EDIT_CREATE, "resources",
                         "<primitive id='culprit' class='ocf' provider='coxswain' type='Dummy'/>");
    pass(w, 1000);
    assert_non_null(strstr(cox_service_fake_log(w->fake), "object=culprit"));
}

static void
an_order_of_another_reign_is_not_carried_out(void **state)
{
    struct world *w = *state;
    struct cox_msg_control_order order = { .target = 1, .kind = COX_REIGN_RUN, .generation = 99, .rsc_id = "r", .task = "stop",
                                           .key = "k", .standard = "ocf", .provider = "coxswain", .type = "Dummy" };

    create(w, "", DUMMY, "");
    g_string_truncate(w->log, 0);
    assert_true(cox_service_send(cox_service_fake_ctx(w->fake), COX_MSG_CONTROL_ORDER, &order));
    pass(w, 500);
    expect(w, "");
    order.generation = query(w)->generation;
    assert_true(cox_service_send(cox_service_fake_ctx(w->fake), COX_MSG_CONTROL_ORDER, &order));
    pass(w, 500);
    assert_non_null(strstr(w->log->str, "r_stop_0 "));
}

static void
a_reign_grows_above_every_one_that_was_obeyed_before(void **state)
{
    struct world *w = *state;
    g_autofree char *document = NULL;
    guint64 generation;

    w->term_refusals = 2; /* an executor that has seen more than this controller */
    create(w, "", DUMMY, "");
    expect(w, "r_monitor_0 r_start_0 r_monitor_10000 ");
    generation = query(w)->generation;
    assert_true(generation > 3);
    document = text_of(w);
    stop_daemon(w);
    start_daemon(w, document);
    assert_true(query(w)->generation > generation);
}

static void
an_order_that_the_executor_refuses_has_not_failed_and_the_reign_grows(void **state)
{
    struct world *w = *state;

    w->refused = COX_MSG_EXEC_ORDER;
    w->n_refused = 1;
    w->refusal = COX_ERROR_OLD;
    create(w, "", DUMMY, "");
    expect(w, "r_monitor_0 r_monitor_0 r_start_0 r_monitor_10000 ");
    assert_int_equal(w->n_refused, 0);
    assert_true(query(w)->generation > 1);
    assert_false(has(w, "fail-count"));
    assert_string_equal(query(w)->phase, "S_IDLE");
}

static void
what_a_client_wants_forgotten_is_forgotten_under_the_next_reign(void **state)
{
    struct world *w = *state;
    const struct cox_msg_control_refresh body = { .rsc_id = "r" };
    const struct cox_service_fake_call call = { .message = COX_MSG_CONTROL_REFRESH, .body = &body };
    guint64 generation;
    guint32 id;

    create(w, "", DUMMY, "");
    generation = query(w)->generation;
    g_string_truncate(w->log, 0);
    w->refused = COX_MSG_EXEC_FORGET;
    w->n_refused = 1;
    w->refusal = COX_ERROR_OLD;
    id = cox_service_fake_ask(w->fake, &call);
    settle(w);
    assert_null(cox_service_fake_answer(w->fake, id)); /* nothing is forgotten yet */
    assert_true(has(w, "id=\"r_last_0\""));
    pass(w, 1000);
    assert_int_equal(cox_service_fake_answer(w->fake, id)->message, COX_MSG_DONE);
    expect(w, "^(fail-count|last-failure)-r#.+$=(none) forget_r forget_r r_monitor_0 r_start_0 r_monitor_10000 ");
    assert_true(query(w)->generation > generation);
}

static void
a_fencing_that_is_refused_makes_the_reign_grow(void **state)
{
    struct world *w = *state;

    w->fence_refusals = 1;
    create(w, "<node id='2' uname='n2'/>", "<primitive id='f' class='stonith' type='fence_x'/>",
           "<node_state id='2' uname='n2' in_ccm='true' crmd='online' join='member' expected='member'><lrm id='2'><lrm_resources/>"
           "</lrm></node_state>");
    pass(w, 50000); /* dc-deadtime, then the fencing */
    assert_int_equal(w->fence_refusals, 0);
    assert_true(query(w)->generation > 1);
    assert_true(has(w, "expected=\"down\""));
}

static void
fencers_are_told_of_each_reign_of_this_node(void **state)
{
    struct world *w = *state;

    w->term_refusals = 1; /* so that there are two */
    create(w, "", DUMMY, "");
    assert_int_equal(w->fence_term.coordinator, 1);
    assert_int_equal(w->fence_term.generation, query(w)->generation);
}

static void
an_executor_that_is_stopping_is_asked_again(void **state)
{
    struct world *w = *state;

    w->refused = COX_MSG_EXEC_ORDER;
    w->n_refused = 3;
    w->refusal = COX_ERROR_UNAVAILABLE;
    create(w, "", DUMMY, "");
    pass(w, 1000);
    expect(w, "r_monitor_0 r_monitor_0 r_monitor_0 r_monitor_0 r_start_0 r_monitor_10000 ");
    assert_false(has(w, "fail-count"));
    assert_int_equal(query(w)->generation, 1);
    w->n_refused = G_MAXINT; /* and when the controller ends meanwhile, nothing is left of the order */
    fail_recurring(w);
    pass(w, 500);
    assert_non_null(strstr(w->log->str, "r_stop_0 r_stop_0 "));
}

/* The document of a side on which this node stopped the resource long ago; nobody is elected, so nobody joins. */
static void
another_document_is_corrected_without_a_join(void **state)
{
    struct world *w = *state;
    g_autofree char *before = NULL;
    guint64 generation;

    create(w, "", DUMMY, "");
    before = text_of(w);
    generation = query(w)->generation;
    fail_recurring(w);
    pass(w, 1000);
    assert_true(has(w, "id=\"r_last_failure_0\""));
    cox_follow_fake_replace(w->controld->follow, before);
    assert_false(has(w, "id=\"r_last_failure_0\""));
    pass(w, 1000);
    assert_true(has(w, "id=\"r_last_failure_0\""));
    assert_int_equal(query(w)->generation, generation);
    assert_string_equal(query(w)->phase, "S_IDLE");
}

static void
results_are_told_as_recorded_only_when_that_is_certain(void **state)
{
    struct world *w = *state;
    gint64 recorded;

    create(w, "", DUMMY, "");
    recorded = w->controld->recorded;
    cox_follow_fake_outcome(w->controld->follow, COX_CIB_UNCERTAIN, true);
    fail_recurring(w);
    pass(w, 500);
    assert_int_equal(w->controld->recorded, recorded);
    cox_follow_fake_outcome(w->controld->follow, COX_CIB_KEPT, true);
    pass(w, 2000);
    assert_true(w->controld->recorded > recorded);
    assert_string_equal(query(w)->phase, "S_IDLE");
}

/* What has come and what has gone are two changes of the document. */
static void
results_are_recorded_only_when_both_halves_of_a_write_are_done(void **state)
{
    struct world *w = *state;
    gint64 recorded;

    create(w, "", DUMMY, "");
    recorded = w->controld->recorded;
    cox_oplog_cancelled(w->controld->oplog, "r", "monitor", 10000);
    cox_follow_fake_fail_next(w->controld->follow, COX_ERROR_TRY_AGAIN);
    fail_recurring(w);
    for (int i = 0; i < 30; i++) {
        assert_true(w->controld->recorded == recorded || has(w, "r_last_failure_0"));
        pass(w, 100);
    }
    assert_true(w->controld->recorded > recorded);
    assert_non_null(strstr(cox_service_fake_log(w->fake), "what=\"results of operations\" reason=\"the test wants this to fail\""));
}

static void
a_node_that_is_no_member_can_be_removed(void **state)
{
    struct world *w = *state;
    const struct cox_msg_control_remove_node own = { .name = "n1" }, other = { .name = "n2" }, bad = { .name = "a'b" };
    struct cox_service_fake_call call = { .message = COX_MSG_CONTROL_REMOVE_NODE, .body = &own };
    guint32 id;

    create(w, "<node id='2' uname='n2'/>", "", "");
    id = cox_service_fake_ask(w->fake, &call);
    assert_non_null(cox_service_fake_answer(w->fake, id)->error);
    call.body = &bad;
    id = cox_service_fake_ask(w->fake, &call);
    assert_non_null(cox_service_fake_answer(w->fake, id)->error);
    call.body = &other;
    id = cox_service_fake_ask(w->fake, &call);
    pass(w, 500);
    assert_int_equal(cox_service_fake_answer(w->fake, id)->message, COX_MSG_DONE);
    assert_false(has(w, "uname=\"n2\""));
}

static void
traits_of_an_agent_come_from_its_meta_data(void **state)
{
    static const char reloads[] = "<resource-agent name='x'><version>1.1</version><parameters><parameter name='a' reloadable='1'>"
                                  "<content type='string'/></parameter><parameter name='b'><content type='string'/></parameter>"
                                  "<parameter name='password'><content type='string'/></parameter></parameters>"
                                  "<actions><action name='reload-agent' timeout='20s'/></actions></resource-agent>";
    static const char plain[] = "<resource-agent name='x'><version>1.0</version><parameters/><actions/></resource-agent>";
    g_autofree char *restart = NULL, *secure = NULL;

    (void) state;
    assert_true(controld_traits_read(reloads, sizeof(reloads) - 1, &restart, &secure));
    assert_string_equal(restart, " b password ");
    assert_string_equal(secure, " password ");
    g_clear_pointer(&restart, g_free);
    g_clear_pointer(&secure, g_free);
    assert_true(controld_traits_read(plain, sizeof(plain) - 1, &restart, &secure));
    assert_null(restart);
    assert_null(secure);
    assert_false(controld_traits_read("nonsense", 8, &restart, &secure));
}

#define STORY(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        STORY(a_resource_is_probed_started_watched_and_its_history_written),
        STORY(a_failed_monitor_is_counted_and_the_resource_recovered),
        STORY(a_controller_that_was_killed_goes_on_without_probes),
        STORY(a_history_of_another_side_is_not_taken_for_that_of_this_node),
        STORY(what_is_running_when_something_changes_is_waited_for),
        STORY(a_lost_node_is_fenced_until_that_succeeds),
        STORY(a_node_that_leaves_stops_what_it_runs_first),
        STORY(the_last_node_that_left_does_not_leave_again_when_it_comes_back),
        STORY(a_refresh_forgets_and_probes),
        STORY(a_configuration_over_which_the_scheduler_dies_is_set_aside),
        STORY(an_order_of_another_reign_is_not_carried_out),
        STORY(a_reign_grows_above_every_one_that_was_obeyed_before),
        STORY(an_order_that_the_executor_refuses_has_not_failed_and_the_reign_grows),
        STORY(what_a_client_wants_forgotten_is_forgotten_under_the_next_reign),
        STORY(a_fencing_that_is_refused_makes_the_reign_grow),
        STORY(fencers_are_told_of_each_reign_of_this_node),
        STORY(an_executor_that_is_stopping_is_asked_again),
        STORY(another_document_is_corrected_without_a_join),
        STORY(results_are_told_as_recorded_only_when_that_is_certain),
        STORY(results_are_recorded_only_when_both_halves_of_a_write_are_done),
        STORY(a_node_that_is_no_member_can_be_removed),
        cmocka_unit_test(traits_of_an_agent_come_from_its_meta_data),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
