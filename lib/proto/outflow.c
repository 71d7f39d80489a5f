/* lib/proto/outflow.c - from sources to DATA frames.  Layer 4. */
#include "proto/outflow.h"

#include <string.h>

#include "base/error.h"
#include "proto/bodystream.h"
#include "proto/frame.h"

struct flow {
    guint32 id;
    struct cox_stream_sender sender;
    struct cox_source source;
};

struct cox_outflows {
    GQueue flows; /* struct flow, in the order of their turns; few */
    void (*send)(void *context, GBytes *frame);
    void *context;
};

struct byte_source {
    GBytes *bytes;
    gsize done;
};

static gssize
read_bytes(void *context, guint8 *buffer, gsize max, GError **error)
{
    struct byte_source *source = context;
    gsize n = MIN(max, g_bytes_get_size(source->bytes) - source->done);

    (void) error;
    if (n > 0) {
        memcpy(buffer, (const guint8 *) g_bytes_get_data(source->bytes, NULL) + source->done, n);
    }
    source->done += n;
    return (gssize) n;
}

static void
free_bytes(void *context)
{
    struct byte_source *source = context;

    g_bytes_unref(source->bytes);
    g_free(source);
}

struct cox_source
cox_source_of_bytes(GBytes *bytes)
{
    struct byte_source *source = g_new0(struct byte_source, 1);

    source->bytes = g_bytes_ref(bytes);
    return (struct cox_source) { read_bytes, free_bytes, source };
}

void
cox_source_clear(struct cox_source *source)
{
    if (source != NULL && source->read != NULL) {
        if (source->free != NULL) {
            source->free(source->context);
        }
        *source = (struct cox_source) { 0 };
    }
}

static void
free_flow(gpointer data)
{
    struct flow *flow = data;

    cox_source_clear(&flow->source);
    g_free(flow);
}

struct cox_outflows *
cox_outflows_new(void (*send)(void *context, GBytes *frame), void *context)
{
    struct cox_outflows *flows = g_new0(struct cox_outflows, 1);

    g_queue_init(&flows->flows);
    flows->send = send;
    flows->context = context;
    return flows;
}

void
cox_outflows_free(struct cox_outflows *flows)
{
    if (flows != NULL) {
        g_queue_clear_full(&flows->flows, free_flow);
        g_free(flows);
    }
}

static GList *
find(const struct cox_outflows *flows, guint32 id)
{
    for (GList *link = flows->flows.head; link != NULL; link = link->next) {
        if (((struct flow *) link->data)->id == id) {
            return link;
        }
    }
    return NULL;
}

void
cox_outflows_add(struct cox_outflows *flows, guint32 id, const struct cox_source *source)
{
    struct flow *flow = g_new0(struct flow, 1);

    COX_BUG_ON(source->read == NULL || find(flows, id) != NULL);
    flow->id = id;
    flow->sender = cox_stream_sender_start();
    flow->source = *source;
    g_queue_push_tail(&flows->flows, flow);
}

bool
cox_outflows_has(const struct cox_outflows *flows, guint32 id)
{
    return find(flows, id) != NULL;
}

gsize
cox_outflows_count(const struct cox_outflows *flows)
{
    return flows->flows.length;
}

bool
cox_outflows_credit(struct cox_outflows *flows, guint32 id, guint64 bytes, GError **error)
{
    GList *link = find(flows, id);

    return link == NULL || cox_stream_credit(&((struct flow *) link->data)->sender, bytes, error);
}

static void
drop(struct cox_outflows *flows, GList *link)
{
    free_flow(link->data);
    g_queue_delete_link(&flows->flows, link);
}

void
cox_outflows_cancel(struct cox_outflows *flows, guint32 id)
{
    GList *link = find(flows, id);
    g_autoptr(GError) problem = NULL;
    g_autoptr(GBytes) bytes = NULL;

    if (link != NULL) {
        drop(flows, link);
        problem = g_error_new_literal(COX_ERROR, COX_ERROR_DISCONNECTED, "body: given up");
        bytes = cox_frame_build_error(id, problem);
        flows->send(flows->context, bytes);
    }
}

/* Send the next piece of one body: false when it has to wait. */
static bool
pump_one(struct cox_outflows *flows, GList *link)
{
    struct flow *flow = link->data;
    guint8 buffer[COX_STREAM_CHUNK_BYTES];
    gsize allowed = (gsize) MIN(flow->sender.credit_bytes, sizeof buffer);
    struct cox_frame frame = { .kind = COX_FRAME_DATA, .id = flow->id, .payload = buffer };
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) bytes = NULL;
    gssize n;

    if (allowed == 0) {
        return false;
    }
    n = flow->source.read(flow->source.context, buffer, allowed, &error);
    if (n < 0) {
        bytes = cox_frame_build_error(flow->id, error);
    } else {
        frame.payload_size = cox_stream_send(&flow->sender, (gsize) n);
        frame.flags = n == 0 ? COX_FRAME_LAST : 0;
        bytes = cox_frame_build(&frame);
    }
    if (n <= 0) {
        drop(flows, link);
    }
    flows->send(flows->context, bytes);
    return true;
}

bool
cox_outflows_pump(struct cox_outflows *flows)
{
    bool has_sent = false;

    for (GList *link = flows->flows.head, *next; link != NULL; link = next) {
        next = link->next;
        has_sent |= pump_one(flows, link);
    }
    return has_sent;
}
