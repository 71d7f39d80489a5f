/* lib/model/ids.h - dense ids of the things in one configuration, and roles.  Layer 1, pure. */
#ifndef COX_MODEL_IDS_H
#define COX_MODEL_IDS_H

#include <glib.h>

G_BEGIN_DECLS

/** Index into cox_config.nodes or, in lib/sched, into its own node array. */
typedef guint32 cox_node_id;
#define COX_NODE_NONE G_MAXUINT32

/** Index into cox_config.resources. */
typedef guint32 cox_rsc_id;
#define COX_RSC_NONE G_MAXUINT32

/** Role of a resource, in rising order. */
enum cox_role {
    COX_ROLE_UNKNOWN = 0,
    COX_ROLE_STOPPED,
    COX_ROLE_STARTED,
    COX_ROLE_UNPROMOTED,
    COX_ROLE_PROMOTED,
};

/** The role written as @text (Stopped, Started, Unpromoted/Slave, Promoted/Master, any case), else COX_ROLE_UNKNOWN. */
enum cox_role cox_role_parse(const char *text);

/** "Stopped", "Started", "Unpromoted", "Promoted" or "Unknown". */
const char *cox_role_text(enum cox_role role);

G_END_DECLS

#endif
