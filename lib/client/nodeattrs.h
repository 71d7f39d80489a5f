/* lib/client/nodeattrs.h - what a program says of its node: attributes that cox-attrd is told whenever it is there.  Layer 5.
 *
 * Nothing waits for cox-attrd, and there is no connection before there is something to tell.  One that comes, or comes back, may know nothing: it is told
 * all, and what was taken away meanwhile.
 */
#ifndef COX_CLIENT_NODEATTRS_H
#define COX_CLIENT_NODEATTRS_H

#include <stdbool.h>
#include <glib.h>

#include "runtime/runtime.h"

G_BEGIN_DECLS

struct cox_nodeattrs;

/** Texts are copied. */
struct cox_nodeattrs_settings {
    const char *program;       /**< who we are */
    const char *run_directory; /**< NULL: the usual one */
    bool may_wait;             /**< changes may reach the document together with later ones, 100 ms later at most */
};

/** Nothing told yet.  @runtime must outlive it. */
struct cox_nodeattrs *cox_nodeattrs_new(struct cox_runtime *runtime, const struct cox_nodeattrs_settings *settings);

/** Say no more; what was told stays.  NULL is allowed. */
void cox_nodeattrs_free(struct cox_nodeattrs *attrs);

/** An attribute of this node, gone with it (transient); NULL: it has no value.  What was said already is not said again. */
void cox_nodeattrs_set(struct cox_nodeattrs *attrs, const char *name, const char *value);

/** All of them at once, name to value (char *): those that are not in @values have no value any more. */
void cox_nodeattrs_set_all(struct cox_nodeattrs *attrs, GHashTable *values);

/** Was anything said about it? */
bool cox_nodeattrs_has_said(const struct cox_nodeattrs *attrs, const char *name);

/** How many have a value. */
guint cox_nodeattrs_count(const struct cox_nodeattrs *attrs);

G_END_DECLS

#endif
