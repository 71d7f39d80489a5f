/* lib/follow/permit.h - may a user of this machine do, or see, what is the document's, when another daemon does or shows it?  Layer 6. */
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

/**
 * May access rules be in force?  Without them every member of the cluster's group may do what the group may.  As long as there is no
 * document nobody knows: true.
 */
bool cox_permit_has_rules(const struct cox_permit *permit);

/**
 * Ask for @uid.  @fn is called from the loop, or at once when no look-up is needed.
 *
 * @param places  XPaths, NULL at the end (copied), from the place that is changed upwards: the first that there is decides, and every
 *                element that it names must be writable.  A rule that names only what does not exist yet does not count.
 */
void cox_permit_ask(struct cox_permit *permit, uid_t uid, const char *const *places, cox_permit_fn fn, void *context);

/** What somebody may see of the document. */
struct cox_permit_sight;

/** @error: nobody knows what he may see, in words for him, borrowed; then @sight is NULL. */
typedef void (*cox_permit_sight_fn)(void *context, const struct cox_permit_sight *sight, const GError *error);

/** Ask what @uid may see.  @fn is called from the loop, or at once when no look-up is needed; @sight holds during the call. */
void cox_permit_look(struct cox_permit *permit, uid_t uid, cox_permit_sight_fn fn, void *context);

/** May he read @xml, an element of the follower's document?  NULL: what is not in the document is not there for who is bound by rules. */
bool cox_permit_may_see(const struct cox_permit_sight *sight, const struct cox_xml *xml);

G_END_DECLS

#endif
