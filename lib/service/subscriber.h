/* lib/service/subscriber.h - the subscriptions of one client, each a bounded queue.  Layer 5. */
#ifndef COX_SERVICE_SUBSCRIBER_H
#define COX_SERVICE_SUBSCRIBER_H

#include <stdbool.h>
#include <glib.h>

#include "proto/frame.h"
#include "proto/outflow.h"
#include "service/limits.h"

G_BEGIN_DECLS

/** All subscriptions of one client. */
struct cox_subscriber;

/** Where events go. */
struct cox_subscriber_port {
    void (*send)(void *context, GBytes *frame);
    gsize (*unsent_bytes)(void *context);
    void *context;
};

/** @flows are the client's outgoing bodies; all pointers must outlive it. */
struct cox_subscriber *cox_subscriber_new(const struct cox_limits *limits, struct cox_outflows *flows,
                                          const struct cox_subscriber_port *port);
void cox_subscriber_free(struct cox_subscriber *subscriber);

/** false when the id is taken. */
bool cox_subscriber_add(struct cox_subscriber *subscriber, guint32 id, const char *topic);
bool cox_subscriber_remove(struct cox_subscriber *subscriber, guint32 id);
gsize cox_subscriber_count(const struct cox_subscriber *subscriber);

/** Is there a subscription to @topic? */
bool cox_subscriber_has(const struct cox_subscriber *subscriber, const char *topic);

/** See cox_session_publish(). */
void cox_subscriber_publish(struct cox_subscriber *subscriber, const char *topic, enum cox_message message, GBytes *payload,
                            GBytes *large);

/** There is room again: send what waits, and tell those that lost events how many. */
void cox_subscriber_progress(struct cox_subscriber *subscriber);

G_END_DECLS

#endif
