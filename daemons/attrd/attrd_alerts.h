/* daemons/attrd/attrd_alerts.h - changes of attributes are told to the alert agents of the node that writes them.  Layer 6. */
#ifndef COX_DAEMONS_ATTRD_ALERTS_H
#define COX_DAEMONS_ATTRD_ALERTS_H

#include <stdbool.h>
#include <glib.h>

#include "attr/attr.h"
#include "client/client.h"
#include "daemons/attrd/attrdoc.h"
#include "proto/messages.h"

G_BEGIN_DECLS

/*
 * One node tells, once, when a value has come into the document: the writer.  So what a dampened attribute was meanwhile is no news, nor
 * are private values, which never get there, nor permanent ones, which are configuration.  That a value was written again is none either.
 */

/** Values that are on their way into the document and will be news. */
struct cox_attrd_alerts;

/** Who runs the agents: in the daemon the executor of this node. */
typedef void (*cox_attrd_alerts_fn)(void *context, const struct cox_msg_exec_alert *alert);

/** @tell NULL: the executor below @run_directory, to which a connection is made for the first alert. */
struct cox_attrd_alerts *cox_attrd_alerts_new(struct cox_runtime *runtime, const char *run_directory, cox_attrd_alerts_fn tell, void *context);
void cox_attrd_alerts_free(struct cox_attrd_alerts *alerts);

/**
 * @entry is written now.  It is noted when somebody wants to hear of attributes and the document has another value.
 *
 * @param value  as the engine has it: if it knows what is stored the document, which may be older, is not asked; may be NULL
 */
void cox_attrd_alerts_note(struct cox_attrd_alerts *alerts, const struct cox_attrdoc *doc, const struct cox_attr_entry *entry,
                           const struct cox_attr_value *value);

/** What was noted is in the document: tell it. */
void cox_attrd_alerts_tell(struct cox_attrd_alerts *alerts);

/** Another node writes: what was noted and not told is its business. */
void cox_attrd_alerts_drop(struct cox_attrd_alerts *alerts);

G_END_DECLS

#endif
