/* lib/service/servicefake.h - a daemon's handlers without process, socket or time: for tests.  Layer 5. */
#ifndef COX_SERVICE_SERVICEFAKE_H
#define COX_SERVICE_SERVICEFAKE_H

#include <stdbool.h>
#include <glib.h>

#include "cluster/peers_fake.h"
#include "service/service.h"

G_BEGIN_DECLS

/**
 * A daemon whose handlers run in the test: what they send to clients is kept here, what they send to their group goes over a fake
 * bus, time and children are those of a fake runtime.  Several on one bus are a cluster.
 */
struct cox_service_fake;

/** How to make one; borrowed, outlives it. */
struct cox_service_fake_setup {
    const struct cox_service *service;
    struct cox_runtime *runtime; /**< from cox_fake_new(); several daemons may share it */
    struct cox_peers_bus *bus;   /**< NULL: the membership service is not there, and never will be */
    guint32 node;                /**< id on the bus */
    const char *run_directory;   /**< NULL: "/nonexistent" */
};

/** Starts the daemon; NULL with the error of its start(). */
struct cox_service_fake *cox_service_fake_new(const struct cox_service_fake_setup *setup, GError **error);

/** Leave the group, destroy().  NULL is allowed. */
void cox_service_fake_free(struct cox_service_fake *fake);

struct cox_ctx *cox_service_fake_ctx(struct cox_service_fake *fake);

/** Run what is due now and deliver what waits in the group; false when there was nothing.  Call it for all nodes until none had. */
bool cox_service_fake_pump(struct cox_service_fake *fake);

/** A request of a client. */
struct cox_service_fake_call {
    enum cox_message message;
    const void *body;
    enum cox_access_role role; /**< NONE (0) stands for ADMIN */
    uid_t uid;
    guint64 client;            /**< number of its connection; 0 stands for 1 */
    GBytes *large;             /**< large body of the request, borrowed; NULL: none */
};

/** Have the daemon handle it.  Returns the id of the request. */
guint32 cox_service_fake_ask(struct cox_service_fake *fake, const struct cox_service_fake_call *call);

/** What came back; borrowed as long as the fake lives. */
struct cox_service_fake_answer {
    enum cox_message message; /**< COX_MSG_NONE for an error */
    const void *body;
    GError *error;
    GBytes *large; /**< NULL: none */
};

/** The answer to a request; NULL when it has not come yet. */
const struct cox_service_fake_answer *cox_service_fake_answer(const struct cox_service_fake *fake, guint32 id);

/** cox_service_fake_ask() for requests that are answered at once: the struct, or NULL with the error (COX_ERROR_TIMEOUT: deferred). */
const void *cox_service_fake_get(struct cox_service_fake *fake, enum cox_message message, const void *body,
                                 enum cox_message expected, GError **error);

/** What was published; borrowed until cox_service_fake_forget_events(). */
struct cox_service_fake_event {
    char *topic;
    enum cox_message message;
    const void *body;
    GBytes *large; /**< NULL: none */
};

guint cox_service_fake_n_events(const struct cox_service_fake *fake);
const struct cox_service_fake_event *cox_service_fake_event(const struct cox_service_fake *fake, guint i);
void cox_service_fake_forget_events(struct cox_service_fake *fake);

/** A client hangs up. */
void cox_service_fake_hang_up(struct cox_service_fake *fake, guint64 client);

/** Did the daemon say that its stop is complete?  (Ask for it with cox_service_quit().) */
bool cox_service_fake_has_stopped(const struct cox_service_fake *fake);

/** What it logged; borrowed. */
const char *cox_service_fake_log(const struct cox_service_fake *fake);

typedef struct cox_service_fake cox_service_fake; /* for g_autoptr only */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(cox_service_fake, cox_service_fake_free)

G_END_DECLS

#endif
