/* lib/vrrp/vrrptrack.h - what can be followed by a router, and how much it counts: configuration.  Layer 3, pure. */
#ifndef COX_VRRP_VRRPTRACK_H
#define COX_VRRP_VRRPTRACK_H

#include <stdbool.h>
#include <stddef.h>
#include <glib.h>

#include "base/monotime.h"

G_BEGIN_DECLS

/** A program to run: no shell.  No program: argv is NULL. */
struct cox_vrrp_command {
    const char *const *argv; /**< ends with NULL */
    const char *user, *group; /**< NULL: of the daemon's settings */
};

enum cox_vrrp_track_kind {
    COX_VRRP_TRACK_INTERFACE = 0, /**< is it up, with a carrier? */
    COX_VRRP_TRACK_SCRIPT,        /**< did it exit with 0? */
    COX_VRRP_TRACK_FILE,          /**< the number in it */
    COX_VRRP_TRACK_PROCESS,       /**< do as many run as there should? */
    COX_VRRP_TRACK_ATTRIBUTE,     /**< a node attribute of the cluster: a number, as of a file */
    COX_VRRP_TRACK_RESOURCE,      /**< is a resource of the cluster active on this node? */
};

/** How much a followed thing counts.
 *
 * Up or down (interface, script, process, resource):
 *   weight 0  down is a fault; reversed: up is
 *   weight >0 priority + weight while up (reversed: - weight)
 *   weight <0 priority + weight while down (reversed: - weight)
 * A number (file, attribute):
 *   weight 0  other than 0 is a fault; reversed: 0 is
 *   else      priority + number * weight (reversed: - number * weight); a sum of -254 and less is a fault
 */
struct cox_vrrp_weight {
    gint32 value;
    bool is_reversed;
};

/** "Follow this": in a router or a sync group. */
struct cox_vrrp_track {
    enum cox_vrrp_track_kind kind;
    const char *name;              /**< of the interface, script, file, process, attribute, resource */
    struct cox_vrrp_weight weight; /**< given here, or of the thing */
};

struct cox_vrrp_script {
    const char *name;
    struct cox_vrrp_command command;
    cox_usec interval, timeout; /**< timeout 0: the interval */
    guint rise, fall;           /**< results in a row until it counts as up, as down; 1 and more */
    struct cox_vrrp_weight weight;
    bool is_down_first;         /**< init_fail: down until the first result */
};

struct cox_vrrp_file {
    const char *name, *path;
    struct cox_vrrp_weight weight;
    bool is_made, is_overwritten; /**< init_file [VALUE] [overwrite] */
    gint64 first_value;
};

enum cox_vrrp_params_match { COX_VRRP_PARAMS_ANY = 0, COX_VRRP_PARAMS_EXACT, COX_VRRP_PARAMS_INITIAL, COX_VRRP_PARAMS_PARTIAL };

struct cox_vrrp_process {
    const char *name;
    const char *const *argv;   /**< name of the program, then what is compared of its arguments; ends with NULL */
    enum cox_vrrp_params_match match;
    bool is_full_command;
    guint quorum, quorum_max;  /**< 1 and more; quorum_max 0: no limit */
    cox_usec fork_delay, terminate_delay;
    struct cox_vrrp_weight weight;
};

/** When changes of an interface count. */
struct cox_vrrp_debounce {
    const char *interface;
    cox_usec down, up;
};

G_END_DECLS

#endif
