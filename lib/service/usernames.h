/* lib/service/usernames.h - from uid to user and groups without ever waiting for the name service.  Layer 5. */
#ifndef COX_SERVICE_USERNAMES_H
#define COX_SERVICE_USERNAMES_H

#include <stdbool.h>
#include <sys/types.h>
#include <glib.h>

#include "runtime/runtime.h"

G_BEGIN_DECLS

/** How long an answer may take, and how long answers are kept. */
#define COX_USERNAMES_LIMIT_MS 2000
#define COX_USERNAMES_KEEP_MS 60000
#define COX_USERNAMES_KEEP_UNKNOWN_MS 5000

/** A user; texts live as long as the entry. */
struct cox_usernames_entry {
    uid_t uid;
    char *user;    /**< NULL: no user has this uid */
    char **groups; /**< names of all groups, NULL at the end; NULL: none */
};

/**
 * Looks users up in a thread, since the name service may hang for minutes; keeps what it learned.  Used by one loop.
 */
struct cox_usernames;

/** @entry is NULL and @error says why (COX_ERROR_TIMEOUT) when the name service did not answer; both borrowed. */
typedef void (*cox_usernames_fn)(void *context, const struct cox_usernames_entry *entry, const GError *error);

/** Fills user and groups of @entry, whose uid is set.  Runs in a thread of its own. */
typedef void (*cox_usernames_resolver)(struct cox_usernames_entry *entry);

/** @resolver NULL: ask the system. */
struct cox_usernames *cox_usernames_new(struct cox_runtime *runtime, cox_usernames_resolver resolver);

/** Forget it all; callbacks that wait are not called.  A thread that hangs is left behind.  NULL is allowed. */
void cox_usernames_free(struct cox_usernames *names);

/** What is known now, or NULL: ask.  Borrowed until the next call. */
const struct cox_usernames_entry *cox_usernames_known(struct cox_usernames *names, uid_t uid);

/** Find out; @fn is called from the loop, within COX_USERNAMES_LIMIT_MS. */
void cox_usernames_ask(struct cox_usernames *names, uid_t uid, cox_usernames_fn fn, void *context);

G_END_DECLS

#endif
