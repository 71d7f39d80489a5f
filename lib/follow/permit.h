/* lib/follow/permit.h - may a user of this machine do what would change the document, though another daemon changes it for him?  Layer 6. */
#ifndef COX_FOLLOW_PERMIT_H
#define COX_FOLLOW_PERMIT_H

#include <stdbool.h>
#include <sys/types.h>
#include <glib.h>

#include "follow/follow.h"
#include "service/usernames.h"

G_BEGIN_DECLS

/** Asks the document's access rules, and the name service for who a uid is. */
struct cox_permit;

/** @error is NULL when he may; else COX_ERROR_PRIVILEGE with words for him, borrowed. */
typedef void (*cox_permit_fn)(void *context, const GError *error);

/** @follow: where the owner keeps his follower, which may be NULL for a while; @resolver as in cox_usernames_new(). */
struct cox_permit *cox_permit_new(struct cox_runtime *runtime, struct cox_follow *const *follow, cox_usernames_resolver resolver);

/** Nobody who waits is told any more.  NULL is allowed. */
void cox_permit_free(struct cox_permit *permit);

/** Are access rules in force at all?  Without them every member of the cluster's group may do what the group may. */
bool cox_permit_has_rules(const struct cox_permit *permit);

/**
 * Ask for @uid.  @fn is called from the loop, or at once when no look-up is needed.
 *
 * @param places  XPaths, NULL at the end (copied), from the place that is changed upwards: the first that there is decides, and every
 *                element that it names must be writable.  A rule that names only what does not exist yet does not count.
 */
void cox_permit_ask(struct cox_permit *permit, uid_t uid, const char *const *places, cox_permit_fn fn, void *context);

G_END_DECLS

#endif
