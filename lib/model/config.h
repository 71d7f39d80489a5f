/* lib/model/config.h - the configuration as facts: typed, frozen, dense ids.  Layer 1, pure. */
#ifndef COX_MODEL_CONFIG_H
#define COX_MODEL_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <glib.h>

#include "base/arena.h"
#include "model/alert.h"
#include "model/constraint.h"
#include "model/ids.h"
#include "model/nvset.h"

G_BEGIN_DECLS

enum cox_node_kind {
    COX_NODE_MEMBER = 0,
    COX_NODE_REMOTE, /**< pacemaker_remote node; type="remote" */
    COX_NODE_PING,   /**< type="ping": kept for display */
};

struct cox_node_def {
    const char *id;
    const char *uname;
    enum cox_node_kind kind;
    cox_score score; /**< attribute score of the node element, default 0 */
    struct cox_nvsets attributes;
    struct cox_nvsets utilization;
};

enum cox_variant {
    COX_PRIMITIVE = 0,
    COX_GROUP,
    COX_CLONE, /**< also the old master element: promotable is then forced true, see is_master */
    COX_BUNDLE,
};

/** One op element; template and resource are merged by name and interval (the resource's row wins). */
struct cox_op_def {
    const char *id;
    const char *name;
    const char *interval_spec; /**< as written, NULL when absent */
    gint64 interval_ms;        /**< 0 when absent or invalid */
    const struct cox_nvpair *attrs; /**< all other XML attributes (timeout, role, on-fail, enabled, ...), in order */
    size_t n_attrs;
    struct cox_nvsets meta;
    struct cox_nvsets params;
};

struct cox_port_def {
    const char *id, *port, *internal_port, *range;
};

struct cox_storage_def {
    const char *id, *source_dir, *source_dir_root, *target_dir, *options;
};

/** The parts of a bundle besides its child. */
struct cox_bundle_def {
    const char *container; /**< "podman" or "docker" (rkt is refused by the schema) */
    const struct cox_nvpair *container_attrs; /**< image, replicas, replicas-per-host, promoted-max, run-command, ... */
    size_t n_container_attrs;
    bool has_network;
    const struct cox_nvpair *network_attrs; /**< ip-range-start, control-port, host-interface, host-netmask, add-host */
    size_t n_network_attrs;
    const struct cox_port_def *ports;
    size_t n_ports;
    const struct cox_storage_def *storages;
    size_t n_storages;
};

/**
 * One resource as configured.  The array is the tree in pre-order: the children of i are i + 1, then the end of that
 * child, and so on below end.
 */
struct cox_rsc_def {
    const char *id;
    enum cox_variant variant;
    cox_rsc_id parent; /**< COX_RSC_NONE at the top */
    cox_rsc_id end;    /**< one past the last descendant */
    const char *standard, *provider, *type; /**< primitives; provider may be NULL */
    const char *template_id;                /**< or NULL */
    const char *description;
    bool is_master; /**< configured as master element */
    struct cox_nvsets meta;
    struct cox_nvsets params;
    struct cox_nvsets utilization;
    const struct cox_op_def *ops;
    size_t n_ops;
    const struct cox_bundle_def *bundle; /**< bundles only */
    int line;
};

enum cox_level_target {
    COX_LEVEL_BY_NAME = 0,
    COX_LEVEL_BY_PATTERN,
    COX_LEVEL_BY_ATTRIBUTE,
};

/** One fencing-level element. */
struct cox_fencing_level {
    const char *id;
    enum cox_level_target target_kind;
    const char *target;       /**< name, pattern, or attribute's name */
    const char *target_value; /**< attribute's value */
    int index;                /**< 1 to 9 */
    const char *const *devices;
    size_t n_devices;
};

/** A tag or a template: a name for several resources. */
struct cox_tag {
    const char *id;
    bool is_template;
    const char *const *refs; /**< ids as written, which may be nodes or missing objects */
    size_t n_refs;
};

/** Attributes of the cib element; NULL when absent. */
struct cox_cib_header {
    const char *validate_with, *crm_feature_set, *dc_uuid, *execution_date, *last_written;
    const char *update_origin, *update_client, *update_user;
    gint64 admin_epoch, epoch, num_updates;
    bool has_quorum_attribute, has_quorum;
    bool no_quorum_panic; /**< no-quorum-panic: a node of this partition had quorum once and must not be trusted */
};

struct cox_config {
    struct cox_arena *arena; /**< owns everything below */
    struct cox_cib_header header;

    struct cox_nvsets properties; /**< cluster_property_set */
    struct cox_nvsets rsc_defaults;
    struct cox_nvsets op_defaults;

    const struct cox_node_def *nodes;
    size_t n_nodes;
    const struct cox_rsc_def *resources;
    size_t n_resources;
    const struct cox_tag *tags;
    size_t n_tags;

    const struct cox_location *locations;
    size_t n_locations;
    const struct cox_colocation *colocations;
    size_t n_colocations;
    const struct cox_order *orders;
    size_t n_orders;
    const struct cox_ticket_constraint *tickets;
    size_t n_tickets;
    const struct cox_fencing_level *levels;
    size_t n_levels;
    const struct cox_alert *alerts;
    size_t n_alerts;

    GHashTable *rsc_by_id; /**< id -> GUINT_TO_POINTER(index + 1); use cox_config_find_rsc */
};

/** Index of the resource called @id, or COX_RSC_NONE. */
cox_rsc_id cox_config_find_rsc(const struct cox_config *config, const char *id);

/** Index of the node with this id (@by_uname false) or name, or COX_NODE_NONE. */
cox_node_id cox_config_find_node(const struct cox_config *config, const char *text, bool by_uname);

/** Free the configuration and all it owns.  NULL is allowed. */
void cox_config_free(struct cox_config *config);

/** Value of @name among XML attributes kept as pairs, or NULL. */
const char *cox_nvpairs_get(const struct cox_nvpair *pairs, size_t n, const char *name);

typedef struct cox_config cox_config; /* for g_autoptr only */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(cox_config, cox_config_free)

G_END_DECLS

#endif
