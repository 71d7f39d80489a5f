/* lib/sched/rsc_priv.h - making resource instances: while expanding, and later for what only the history knows.
 * Layer 3, private. */
#ifndef COX_SCHED_RSC_PRIV_H
#define COX_SCHED_RSC_PRIV_H

#include "sched/work_priv.h"

/** @text where glib wants a pointer that it does not write through. */
static inline gpointer
sched_key(const char *text)
{
    const union {
        const char *text;
        gpointer key;
    } both = { text };

    return both.key;
}

/** What sched_rsc_new makes an instance of. */
struct sched_rsc_spec {
    const struct cox_rsc_def *def; /**< configured or made up; never NULL */
    const char *id;                /**< NULL: the definition's */
    struct sched_rsc *parent;      /**< NULL: a new top */
    int instance;                  /**< clone instance number that its name bears, -1 if none */
    int replica;                   /**< bundle replica, -1 if none */
    bool is_implicit;
};

/** Zeroed room for a resource, aligned as it asks for; lives as long as the arena. */
struct sched_rsc *sched_rsc_room(struct sched_work *work);

/** A new resource with lists, cells, typed meta-attributes; known by its id, added to its parent. No children. */
struct sched_rsc *sched_rsc_new(struct sched_work *work, const struct sched_rsc_spec *spec);

/** As sched_rsc_new, with the members if it is a group (not for clones and bundles). */
struct sched_rsc *sched_rsc_new_tree(struct sched_work *work, const struct sched_rsc_spec *spec);

/** One more instance of @clone (an instance of its primitive or group), last among its children. */
struct sched_rsc *sched_rsc_add_instance(struct sched_work *work, struct sched_rsc *clone);

/** A primitive that only the history knows; marked as orphan, added to the tops. Texts are copied. */
struct sched_rsc *sched_rsc_add_orphan(struct sched_work *work, const char *id, const char *standard,
                                       const char *provider, const char *type);

/** Move the pairs of @list into the arena: it must not be changed any more, and needs no clearing. */
void sched_attrs_freeze(struct sched_work *work, struct cox_nvlist *list);

/** Definition of a clone's instances: the child of its definition. */
const struct cox_rsc_def *sched_rsc_child_def(const struct sched_work *work, const struct cox_rsc_def *def);

/** Put @node on the list of what @rsc may use: a cell with @score. */
void sched_rsc_allow(struct sched_rsc *rsc, const struct sched_node *node, cox_score score);

/* ---- connection.c ---- */

/** The connection resource of a guest or bundle node, as if it were configured. Members may be NULL but the first two. */
struct sched_connection {
    const char *name;      /**< of node and resource */
    const char *container; /**< id of the resource that holds the node */
    const char *allow_migrate, *is_managed, *start_timeout, *address, *port;
};

/** A made-up definition for it. */
struct cox_rsc_def *sched_connection_def(struct sched_work *work, const struct sched_connection *connection);

/** One set of pairs that always counts. */
struct cox_nvsets sched_made_up_set(struct sched_work *work, const struct cox_nvpair *pairs, size_t n_pairs);

/** Join a connection resource with its node and with what contains it. */
void sched_connection_link(struct sched_work *work, struct sched_rsc *rsc);

/** The node that is in a resource (remote-node), or NULL; instances of a clone or bundle hold none, as they would share its name (node.c). */
const char *sched_guest_name(const struct sched_work *work, const struct cox_rsc_def *def);

/** Is @rsc what a guest node runs in? */
bool sched_rsc_holds_guest(const struct sched_rsc *rsc);

/** Is @node one where @rsc never runs, whatever is configured: connections, fence devices and machines behind a connection? */
bool sched_rsc_is_never_on(const struct sched_rsc *rsc, const struct sched_node *node);

/** Number of replicas (node.c, as each has a node). */
int sched_bundle_count(const struct cox_bundle_def *def);

/** Standby, maintenance and shutdown of a remote node: called once its connection is known to be up (node_state.c). */
void sched_node_read_remote(struct sched_node *node);
/** Are resources looked for there?  Remote nodes say so before they are up. */
void sched_node_read_discovery(struct sched_node *node);

/** Health attributes of @node into its health and health_score (health.c). */
void sched_health_read(const struct sched_work *work, struct sched_node *node);

#endif
