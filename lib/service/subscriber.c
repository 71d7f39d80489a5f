/* lib/service/subscriber.c - send, wait, or lose and say so.  Layer 5. */
#include "service/subscriber.h"

#include <string.h>

struct event {
    enum cox_message message;
    GBytes *payload, *large;
};

struct subscription {
    guint32 id;
    char *topic;
    GQueue waiting; /* struct event, behind a large one */
    guint64 lost;   /* since it was last told */
};

struct cox_subscriber {
    const struct cox_limits *limits;
    struct cox_outflows *flows;
    const struct cox_subscriber_port *port;
    GHashTable *subscriptions; /* id -> struct subscription, owns them */
};

static void
free_event(gpointer data)
{
    struct event *event = data;

    g_bytes_unref(event->payload);
    g_clear_pointer(&event->large, g_bytes_unref);
    g_free(event);
}

static void
free_subscription(gpointer data)
{
    struct subscription *subscription = data;

    g_queue_clear_full(&subscription->waiting, free_event);
    g_free(subscription->topic);
    g_free(subscription);
}

struct cox_subscriber *
cox_subscriber_new(const struct cox_limits *limits, struct cox_outflows *flows, const struct cox_subscriber_port *port)
{
    struct cox_subscriber *subscriber = g_new0(struct cox_subscriber, 1);

    subscriber->limits = limits;
    subscriber->flows = flows;
    subscriber->port = port;
    subscriber->subscriptions = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, free_subscription);
    return subscriber;
}

void
cox_subscriber_free(struct cox_subscriber *subscriber)
{
    if (subscriber != NULL) {
        g_hash_table_destroy(subscriber->subscriptions);
        g_free(subscriber);
    }
}

bool
cox_subscriber_add(struct cox_subscriber *subscriber, guint32 id, const char *topic)
{
    struct subscription *subscription;

    if (g_hash_table_contains(subscriber->subscriptions, GUINT_TO_POINTER(id))) {
        return false;
    }
    subscription = g_new0(struct subscription, 1);
    subscription->id = id;
    subscription->topic = g_strdup(topic);
    g_queue_init(&subscription->waiting);
    g_hash_table_insert(subscriber->subscriptions, GUINT_TO_POINTER(id), subscription);
    return true;
}

bool
cox_subscriber_remove(struct cox_subscriber *subscriber, guint32 id)
{
    cox_outflows_cancel(subscriber->flows, id);
    return g_hash_table_remove(subscriber->subscriptions, GUINT_TO_POINTER(id));
}

gsize
cox_subscriber_count(const struct cox_subscriber *subscriber)
{
    return g_hash_table_size(subscriber->subscriptions);
}

bool
cox_subscriber_has(const struct cox_subscriber *subscriber, const char *topic)
{
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, subscriber->subscriptions);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        if (strcmp(((const struct subscription *) value)->topic, topic) == 0) {
            return true;
        }
    }
    return false;
}

static void
send_event(struct cox_subscriber *subscriber, guint32 id, const struct event *event)
{
    gsize size;
    const guint8 *payload = g_bytes_get_data(event->payload, &size);
    const struct cox_frame frame = {
        .kind = COX_FRAME_EVENT, .message = (guint16) event->message, .id = id, .payload = payload, .payload_size = size,
        .flags = event->large != NULL ? COX_FRAME_HAS_BODY : 0,
    };
    g_autoptr(GBytes) bytes = cox_frame_build(&frame);

    if (event->large != NULL) {
        struct cox_source source = cox_source_of_bytes(event->large);

        cox_outflows_add(subscriber->flows, id, &source);
    }
    subscriber->port->send(subscriber->port->context, bytes);
}

static void
tell_loss(struct cox_subscriber *subscriber, struct subscription *subscription)
{
    const struct cox_frame frame = { .kind = COX_FRAME_EVENT, .message = COX_MSG_NOTE, .id = subscription->id };
    const struct cox_msg_note note = { .topic = subscription->topic, .lost = subscription->lost };
    g_autoptr(GBytes) bytes = cox_frame_build_message(&frame, &note, NULL);

    subscription->lost = 0;
    subscriber->port->send(subscriber->port->context, bytes);
}

/* Once one is lost all are, until there is room and the subscriber has been told: it has to start over anyway. */
static void
deliver(struct cox_subscriber *subscriber, struct subscription *subscription, const struct event *event)
{
    bool is_behind = cox_outflows_has(subscriber->flows, subscription->id) || subscription->waiting.length > 0;
    bool is_full = subscription->waiting.length >= subscriber->limits->events_waiting
                   || subscriber->port->unsent_bytes(subscriber->port->context) > subscriber->limits->events_unsent;
    struct event *own;

    if (is_full || subscription->lost > 0) {
        subscription->lost++;
    } else if (is_behind) {
        own = g_new(struct event, 1);
        own->message = event->message;
        own->payload = g_bytes_ref(event->payload);
        own->large = event->large == NULL ? NULL : g_bytes_ref(event->large);
        g_queue_push_tail(&subscription->waiting, own);
    } else {
        send_event(subscriber, subscription->id, event);
    }
}

void
cox_subscriber_publish(struct cox_subscriber *subscriber, const char *topic, enum cox_message message, GBytes *payload,
                       GBytes *large)
{
    const struct event event = { message, payload, large };
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, subscriber->subscriptions);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        struct subscription *subscription = value;

        if (strcmp(subscription->topic, topic) == 0) {
            deliver(subscriber, subscription, &event);
        }
    }
}

static void
go_on(struct cox_subscriber *subscriber, struct subscription *subscription)
{
    while (subscription->waiting.length > 0 && !cox_outflows_has(subscriber->flows, subscription->id)) {
        struct event *event = g_queue_pop_head(&subscription->waiting);

        send_event(subscriber, subscription->id, event);
        free_event(event);
    }
    if (subscription->lost > 0 && subscription->waiting.length == 0
        && !cox_outflows_has(subscriber->flows, subscription->id)) {
        tell_loss(subscriber, subscription);
    }
}

void
cox_subscriber_progress(struct cox_subscriber *subscriber)
{
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, subscriber->subscriptions);
    while (subscriber->port->unsent_bytes(subscriber->port->context) < subscriber->limits->events_unsent / 2
           && g_hash_table_iter_next(&iter, NULL, &value)) {
        go_on(subscriber, value);
    }
}
