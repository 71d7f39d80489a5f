/* daemons/attrd/attrd.h - what the parts of this daemon share.  Layer 6. */
#ifndef COX_DAEMONS_ATTRD_H
#define COX_DAEMONS_ATTRD_H

#include <stdbool.h>
#include <glib.h>

#include "attr/attr.h"
#include "cib/patchscope.h"
#include "daemons/attrd/attrd_alerts.h"
#include "daemons/attrd/attrdoc.h"
#include "daemons/attrd/attrwire.h"
#include "follow/follow.h"
#include "follow/permit.h"
#include "service/service.h"

G_BEGIN_DECLS

/* What happens to resources is not our business. */
#define COX_ATTRD_LATER (COX_PATCHSCOPE_HISTORY | COX_PATCHSCOPE_HISTORY_GONE)

/** Topic of changed values. */
#define COX_ATTRD_TOPIC "attributes"

struct cox_attrd {
    struct cox_ctx *ctx;
    struct cox_follow *follow;
    struct cox_attr *engine;      /**< NULL before the first membership */
    struct cox_attrwire *wire;
    GArray *members;              /**< struct cox_attr_member; names are the skeleton's */
    bool is_connected;            /**< to the group */
    struct cox_permit *permit;
    GHashTable *pleas;            /**< set: changes and questions that wait for it */
    cox_source_id timer;
    GHashTable *waits;            /**< request -> struct cox_attrd_wait */
    guint64 requests;             /**< the last number given */
    /* The batch under way. */
    guint64 batch;                /**< 0: none */
    guint n_answers_missing;
    bool has_failed;
    struct cox_version written;   /**< of the document after our last change: older replicas do not show it */
    struct cox_attrd_alerts *alerts;
    GHashTable *unknown;          /**< set of char *: nodes of which was said that nobody knows them */
    bool needs_check;             /**< somebody may have changed our values in the document */
};

/** Clients' changes that wait; several may share one ticket. */
struct cox_attrd_wait {
    cox_ticket ticket;
    guint n_left;                 /**< requests that are not over */
    bool wants_all;
};

/** One step of the engine, and everything that it asks for. */
void cox_attrd_step(struct cox_attrd *attrd, const struct cox_attr_event *event);

/** The document as this node has it, and the members; borrowed, the root may be NULL. */
struct cox_attrdoc cox_attrd_document(const struct cox_attrd *attrd);

/** Part of the document's follower: the document is another one. */
void cox_attrd_on_document(void *context, const struct cox_follow_news *news);

/** All who wait are told that nobody knows what has become of it. */
void cox_attrd_fail_waits(struct cox_attrd *attrd, const char *why);

/**
 * Do what was asked for.  @ticket is 0 for a request that is being handled, which @reply then answers; else @reply is NULL.
 * Errors as of the request.
 */
bool cox_attrd_carry_out(struct cox_attrd *attrd, const struct cox_msg_attr_update *update, struct cox_reply *reply, cox_ticket ticket,
                         GError **error);

/** The same, when the access rules of the document allow it; answered later. */
bool cox_attrd_plead(struct cox_attrd *attrd, const struct cox_request *request, struct cox_reply *reply, GError **error);

/** Questions and who asks them. */
struct cox_attrd_question {
    const struct cox_msg_attr_query *query;
    const struct cox_permit_sight *sight; /**< NULL: he sees everything; else what is in the document and readable there */
};

/** The answer; @values (struct cox_msg_attr_value) is appended to and holds what @answer needs, whose texts are the table's. */
bool cox_attrd_collect(const struct cox_attrd *attrd, const struct cox_attrd_question *question, GArray *values,
                       struct cox_msg_attr_values *answer, GError **error);

/** A question of somebody who may not see everything; answered later. */
void cox_attrd_look(struct cox_attrd *attrd, const struct cox_request *request, struct cox_reply *reply);

void cox_attrd_access_start(struct cox_attrd *attrd);
void cox_attrd_access_stop(struct cox_attrd *attrd);

/** Parts of the descriptor. */
void cox_attrd_view(struct cox_ctx *ctx, const guint32 *nodes, gsize n_nodes);
void cox_attrd_nodes_lost(struct cox_ctx *ctx, const guint32 *nodes, gsize n_nodes);
bool cox_attrd_on_update(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error);
bool cox_attrd_on_query(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error);
bool cox_attrd_subscribed(struct cox_ctx *ctx, const struct cox_request *request, const char *topic, GError **error);
bool cox_attrd_on_peer(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error);

/** The whole daemon, for main() and for tests. */
extern const struct cox_service cox_attrd_service;

G_END_DECLS

#endif
