/* daemons/controld/tests/life.c - a life of cox-controld in tests. */
#include "daemons/controld/tests/life.h"

#include <unistd.h>
#include <glib/gstdio.h>

#include "attr/attr.h"
#include "codec/graphwrite.h"
#include "proto/marshal.h"
#include "xml/xmlwrite.h"

#define DOCUMENT                                                                                                     \
    "<cib validate-with='none' admin_epoch='0' epoch='1' num_updates='0' have-quorum='1'><configuration><crm_config>"   \
    "<cluster_property_set id='cib-bootstrap-options'><nvpair id='o-s' name='stonith-enabled' value='%s'/>"             \
    "</cluster_property_set></crm_config><nodes><node id='1' uname='n1'/>%s</nodes><resources>%s</resources>"            \
    "<constraints/></configuration><status>%s</status></cib>"

/* Something that a neighbour answers later. */
struct answer {
    struct world *world;
    enum cox_daemon daemon;
    enum cox_message message;
    cox_client_reply_fn fn;
    void *context;
    guint32 id;
};

void
life_settle(struct world *w)
{
    for (int i = 0; i < 200; i++) {
        bool has_done = cox_service_fake_pump(w->fake);

        cox_fake_advance(w->runtime, COX_USEC_PER_MS);
        if (!has_done && i > 20) {
            return;
        }
    }
}

void
life_pass(struct world *w, gint64 ms)
{
    for (gint64 t = 0; t < ms; t += 100) {
        cox_fake_advance(w->runtime, 100 * COX_USEC_PER_MS);
        life_settle(w);
    }
}

void
life_expect(struct world *w, const char *text)
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
    if (g_str_equal(order->task, "asyncmon")) {
        return 1;
    }
    return g_str_equal(order->task, "monitor") && order->interval_ms == 0 ? 7 : 0;
}

/* Everything that was ordered ends. */
void
life_release(struct world *w)
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
take_follower(struct world *w, const struct cox_msg_exec_follow *follow)
{
    g_string_append_printf(w->log, "after_%s_%s:", follow->after[0].rsc_id, follow->after[0].task);
    take_order(w, &follow->order[0]);
}

void
life_fail_recurring(struct world *w)
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

    w->n_plans++;
    w->n_plans_alone += life_has(w, "<node id=\"1\"") ? 0 : 1;
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
        if (answer->message == COX_MSG_EXEC_METADATA_QUERY && w->metadata != NULL) {
            w->metadata_fn = answer->fn;
            w->metadata_context = answer->context;
            if (w->is_metadata_late) {
                g_free(answer);
                return;
            }
            reply.has_body = true;
        }
        answer->fn(answer->context, &reply);
    }
    if (answer->message == COX_MSG_EXEC_ORDER && !w->is_holding) {
        life_release(w);
    }
    g_free(answer);
}

void
life_answer_metadata(struct world *w)
{
    const struct cox_msg_done done = { 0 };
    const struct cox_client_reply reply = { .message = COX_MSG_DONE, .body = &done, .has_body = true };

    w->metadata_fn(w->metadata_context, &reply);
}

static void
write_attribute(struct world *w, const struct cox_msg_attr_update *update)
{
    g_autofree char *xml = NULL;

    if (update->change == COX_ATTR_REMOVE) {
        w->n_forgotten++;
        w->n_introduced = 0;
        return;
    }
    if (update->change == COX_ATTR_REFRESH) {
        w->n_rewritten++;
        return;
    }
    if (g_strcmp0(update->name, "#feature-set") == 0) { /* each node says it when it joins: the stories are about what comes then */
        w->n_introduced++;
        assert_string_equal(update->value, "3.20.5");
        assert_string_equal(update->node, "n1");
        return;
    }
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
    } else if (call->message == COX_MSG_EXEC_FOLLOW) {
        take_follower(w, call->body);
    } else if (call->message == COX_MSG_EXEC_CANCEL) {
        g_string_append_printf(w->log, "cancel ");
    } else if (call->message == COX_MSG_EXEC_WITHDRAW) {
        g_string_append_printf(w->log, "withdraw_%s ", ((const struct cox_msg_exec_withdraw *) call->body)->rsc_id);
    } else if (call->message == COX_MSG_EXEC_LIMIT) {
        w->limit = ((const struct cox_msg_exec_limit *) call->body)->limit;
    } else if (call->message == COX_MSG_EXEC_FORGET) {
        g_string_append_printf(w->log, "forget_%s ", ((const struct cox_msg_exec_forget *) call->body)->rsc_id);
    } else if (call->message == COX_MSG_FENCE_ASK) {
        g_string_append_printf(w->log, "fence_%s ", ((const struct cox_msg_fence_ask *) call->body)->target);
    } else if (call->message == COX_MSG_EXEC_TAKEN) {
        w->n_recorded++;
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
    gsize half = 0;

    (void) id;
    if (daemon == COX_DAEMON_EXEC) {
        assert_true(sink->data(sink->context, (const guint8 *) w->metadata, strlen(w->metadata), NULL));
        sink->end(sink->context, NULL);
        return;
    }
    assert_int_equal(daemon, COX_DAEMON_SCHED);
    half = w->plan->len / 2;
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

void
life_begin(struct world *w, const char *document)
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
}

void
life_start(struct world *w, const char *document)
{
    life_begin(w, document);
    life_settle(w);
    life_pass(w, 1000);
    assert_true(w->is_heard);
}

void
life_stop(struct world *w)
{
    g_ptr_array_set_size(w->held, 0);
    cox_service_fake_free(g_steal_pointer(&w->fake));
}

/* The document as it is. */
char *
life_text(const struct world *w)
{
    return cox_xmlwrite_text(cox_cib_root(cox_follow_cib(w->controld->follow)), COX_XMLWRITE_PLAIN);
}

bool
life_has(const struct world *w, const char *what)
{
    g_autofree char *text = life_text(w);

    return strstr(text, what) != NULL;
}

void
life_create(struct world *w, const char *nodes, const char *resources, const char *status)
{
    g_autofree char *document = g_strdup_printf(DOCUMENT, *nodes == '\0' ? "false" : "true", nodes, resources, status);

    life_start(w, document);
}

const struct cox_msg_control_state *
life_query(struct world *w)
{
    const struct cox_msg_control_query body = { 0 };

    return cox_service_fake_get(w->fake, COX_MSG_CONTROL_QUERY, &body, COX_MSG_CONTROL_STATE, NULL);
}

int
life_setup(void **state)
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

int
life_teardown(void **state)
{
    struct world *w = *state;
    static const char *const files[] = { "control.history", "control.term", "boot.mark", "timeline" };

    cox_service_fake_free(w->fake);
    cox_runtime_free(w->runtime);
    cox_peers_bus_free(w->bus);
    cox_planning_free(w->planning);
    cox_schemas_free(w->schemas);
    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *path = g_build_filename(w->directory, files[i], NULL);

        g_unlink(path);
    }
    assert_int_equal(g_rmdir(w->directory), 0);
    g_free(w->directory);
    g_string_free(w->log, TRUE);
    g_ptr_array_unref(w->held);
    g_clear_pointer(&w->recurring, g_byte_array_unref);
    g_free(w);
    return 0;
}
