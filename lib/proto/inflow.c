/* lib/proto/inflow.c - from DATA frames to sinks.  Layer 4. */
#include "proto/inflow.h"

#include "base/error.h"
#include "proto/bodystream.h"

struct flow {
    guint32 id;
    struct cox_stream_receiver receiver;
    struct cox_sink sink; /* data is NULL: dropped */
};

struct cox_inflows {
    GHashTable *flows; /* id -> struct flow, owns them */
    void (*send)(void *context, GBytes *frame);
    void *context;
};

static void
end_sink(struct flow *flow, const GError *problem)
{
    struct cox_sink sink = flow->sink;

    flow->sink = (struct cox_sink) { 0 };
    if (sink.end != NULL) {
        sink.end(sink.context, problem);
    }
}

struct cox_inflows *
cox_inflows_new(void (*send)(void *context, GBytes *frame), void *context)
{
    struct cox_inflows *flows = g_new0(struct cox_inflows, 1);

    flows->flows = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, g_free);
    flows->send = send;
    flows->context = context;
    return flows;
}

void
cox_inflows_free(struct cox_inflows *flows)
{
    g_autoptr(GError) problem = NULL;
    GHashTableIter iter;
    gpointer value;

    if (flows == NULL) {
        return;
    }
    problem = g_error_new_literal(COX_ERROR, COX_ERROR_DISCONNECTED, "the other side is gone");
    g_hash_table_iter_init(&iter, flows->flows);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        end_sink(value, problem);
    }
    g_hash_table_destroy(flows->flows);
    g_free(flows);
}

static struct flow *
find(const struct cox_inflows *flows, guint32 id)
{
    return g_hash_table_lookup(flows->flows, GUINT_TO_POINTER(id));
}

bool
cox_inflows_open(struct cox_inflows *flows, guint32 id, guint64 limit_bytes)
{
    struct flow *flow;

    if (find(flows, id) != NULL) {
        return false;
    }
    flow = g_new0(struct flow, 1);
    flow->id = id;
    flow->receiver = cox_stream_receiver_start(limit_bytes);
    g_hash_table_insert(flows->flows, GUINT_TO_POINTER(id), flow);
    return true;
}

void
cox_inflows_attach(struct cox_inflows *flows, guint32 id, const struct cox_sink *sink)
{
    struct flow *flow = find(flows, id);

    COX_BUG_ON(flow == NULL || flow->sink.end != NULL);
    flow->sink = *sink;
}

gsize
cox_inflows_count(const struct cox_inflows *flows)
{
    return g_hash_table_size(flows->flows);
}

static void
send_credit(struct cox_inflows *flows, guint32 id, guint64 bytes)
{
    const struct cox_frame frame = { .kind = COX_FRAME_CREDIT, .message = COX_MSG_CREDIT, .id = id };
    const struct cox_msg_credit credit = { .bytes = bytes };
    g_autoptr(GBytes) built = cox_frame_build_message(&frame, &credit, NULL);

    flows->send(flows->context, built);
}

static void
send_cancel(struct cox_inflows *flows, guint32 id)
{
    const struct cox_frame frame = { .kind = COX_FRAME_CANCEL, .id = id };
    g_autoptr(GBytes) built = cox_frame_build(&frame);

    flows->send(flows->context, built);
}

/* Hand bytes to whoever wants them; one that does not want the rest gets its end now, the peer is asked to stop. */
static void
hand_on(struct cox_inflows *flows, struct flow *flow, const struct cox_frame *frame)
{
    g_autoptr(GError) problem = NULL;

    if (flow->sink.data != NULL && frame->payload_size > 0
        && !flow->sink.data(flow->sink.context, frame->payload, frame->payload_size, &problem)
        && find(flows, frame->id) != NULL) {
        end_sink(flow, problem);
        send_cancel(flows, frame->id);
    }
}

bool
cox_inflows_data(struct cox_inflows *flows, const struct cox_frame *frame, GError **error)
{
    struct flow *flow = find(flows, frame->id);
    g_autoptr(GError) problem = NULL;
    guint64 credit;

    if (flow == NULL) {
        g_set_error(error, COX_ERROR, COX_ERROR_PROTOCOL, "body '%u': not announced", frame->id);
        return false;
    }
    if (!cox_stream_arrive(&flow->receiver, frame->payload_size, &problem)) {
        if (!g_error_matches(problem, COX_ERROR, COX_ERROR_INVALID_PARAM)) {
            g_propagate_error(error, g_steal_pointer(&problem));
            return false;
        }
        end_sink(flow, problem); /* too long: no more credit, so it cannot go on for ever */
        send_cancel(flows, flow->id);
        return true;
    }
    hand_on(flows, flow, frame);
    if (find(flows, frame->id) == NULL) {
        return true; /* whoever took it gave it up meanwhile */
    }
    if (frame->flags & COX_FRAME_LAST) {
        g_hash_table_steal(flows->flows, GUINT_TO_POINTER(frame->id));
        end_sink(flow, NULL);
        g_free(flow);
        return true;
    }
    credit = cox_stream_consume(&flow->receiver, frame->payload_size);
    if (credit > 0) {
        send_credit(flows, frame->id, credit);
    }
    return true;
}

void
cox_inflows_abandon(struct cox_inflows *flows, guint32 id, const GError *problem)
{
    struct flow *flow = find(flows, id);

    if (flow != NULL) {
        end_sink(flow, problem);
    }
}

bool
cox_inflows_has(const struct cox_inflows *flows, guint32 id)
{
    return find(flows, id) != NULL;
}

void
cox_inflows_fail(struct cox_inflows *flows, guint32 id, const GError *problem)
{
    struct flow *flow = find(flows, id);

    if (flow != NULL) {
        g_hash_table_steal(flows->flows, GUINT_TO_POINTER(id));
        end_sink(flow, problem);
        g_free(flow);
    }
}
