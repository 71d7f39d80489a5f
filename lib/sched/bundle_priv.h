/* lib/sched/bundle_priv.h - a bundle as the scheduler sees it: replicas with their parts.  Layer 3, private.
 *
 * The children of a bundle (struct sched_rsc) are, replica by replica, container, address and connection as far as they
 * exist, and after all of them the implicit clone that holds the instances of the bundled primitive:
 *
 *   httpd-bundle                               sched_rsc, rsc->bundle = struct sched_bundle
 *     httpd-bundle-podman-0                    container primitive   (replica 0)
 *     httpd-bundle-ip-192.168.122.131          address primitive     (replica 0)
 *     httpd-bundle-0                           connection primitive  (replica 0), container = httpd-bundle-podman-0
 *     httpd-bundle-podman-1 ...
 *     httpd-bundle-clone                       implicit clone (named -master when promotable)
 *       httpd:0                                instance inside replica 0; runs on guest node httpd-bundle-0
 */
#ifndef COX_SCHED_BUNDLE_PRIV_H
#define COX_SCHED_BUNDLE_PRIV_H

#include "sched/work_priv.h"

struct sched_replica {
    int number;
    const char *address;         /**< NULL without ip-range-start */
    struct sched_rsc *container; /**< never NULL */
    struct sched_rsc *ip;        /**< NULL without address */
    struct sched_rsc *child;     /**< NULL when the bundle has no primitive */
    struct sched_rsc *remote;    /**< NULL when the bundle has no primitive */
    struct sched_node *node;     /**< guest node of remote, or NULL */
};

struct sched_bundle {
    struct sched_rsc *rsc;   /**< the bundle itself */
    struct sched_rsc *child; /**< the implicit clone, or NULL */
    const struct cox_bundle_def *def;
    struct sched_replica *replicas; /**< [n_replicas] */
    int n_replicas;
    int replicas_per_host;
    int promoted_max;
    bool has_promotable_child; /**< there is a child, and instances of it are promoted */
    const char *container_type; /**< "podman", "docker" */
};

/** The bundle data of a bundle resource, else NULL. */
static inline struct sched_bundle *
sched_bundle_of(const struct sched_rsc *rsc)
{
    return (struct sched_bundle *) rsc->bundle;
}

/** The replica that @rsc (container, address, connection or child instance) belongs to, or NULL. */
struct sched_replica *sched_bundle_replica(const struct sched_rsc *rsc);

/** Make replicas and their parts for a bundle; called while resources are expanded (rsc.c). */
void sched_bundle_expand(struct sched_work *work, struct sched_rsc *bundle);

/* ---- bundle_params.c ---- */

/** Port of the remote daemon inside, as text. */
const char *sched_bundle_port(const struct sched_bundle *bundle);

/** Instance attributes of a replica's container and of its address. */
struct cox_nvsets sched_bundle_container_params(struct sched_work *work, const struct sched_bundle *bundle,
                                                const struct sched_replica *replica);
struct cox_nvsets sched_bundle_address_params(struct sched_work *work, const struct sched_bundle *bundle,
                                              const struct sched_replica *replica);

#endif
