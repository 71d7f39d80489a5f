/* lib/view/monitor_view.h - the state of a cluster as crm_mon shows it: a choice of sections.  Layer 4. */
#ifndef COX_VIEW_MONITOR_VIEW_H
#define COX_VIEW_MONITOR_VIEW_H

#include <stdbool.h>
#include <glib.h>

#include "base/walltime.h"
#include "model/cluster.h"
#include "model/config.h"
#include "model/status.h"
#include "view/how.h"
#include "view/out.h"

G_BEGIN_DECLS

/** Sections, as bits; the first five make up the summary. */
enum cox_monitor_section {
    COX_MONITOR_STACK = 1 << 0,
    COX_MONITOR_DC = 1 << 1,
    COX_MONITOR_TIMES = 1 << 2,
    COX_MONITOR_COUNTS = 1 << 3,
    COX_MONITOR_OPTIONS = 1 << 4,
    COX_MONITOR_NODES = 1 << 5,
    COX_MONITOR_RESOURCES = 1 << 6,
    COX_MONITOR_ATTRIBUTES = 1 << 7,
    COX_MONITOR_OPERATIONS = 1 << 8,
    COX_MONITOR_FAILCOUNTS = 1 << 9,
    COX_MONITOR_FAILURES = 1 << 10,
    COX_MONITOR_FENCING_FAILED = 1 << 11,
    COX_MONITOR_FENCING_SUCCEEDED = 1 << 12,
    COX_MONITOR_FENCING_PENDING = 1 << 13,
    COX_MONITOR_TICKETS = 1 << 14,
    COX_MONITOR_BANS = 1 << 15,
    COX_MONITOR_MAINTENANCE = 1 << 16, /**< the banner that says that nothing is managed */
};

enum {
    COX_MONITOR_SUMMARY = COX_MONITOR_STACK | COX_MONITOR_DC | COX_MONITOR_TIMES | COX_MONITOR_COUNTS
                          | COX_MONITOR_MAINTENANCE,
    COX_MONITOR_FENCING = COX_MONITOR_FENCING_FAILED | COX_MONITOR_FENCING_SUCCEEDED | COX_MONITOR_FENCING_PENDING,
    COX_MONITOR_ALL = (1 << 17) - 1,
    /** What is shown unless the caller chooses. */
    COX_MONITOR_DEFAULT = COX_MONITOR_SUMMARY | COX_MONITOR_NODES | COX_MONITOR_RESOURCES | COX_MONITOR_FAILURES
                          | COX_MONITOR_FENCING_FAILED | COX_MONITOR_FENCING_PENDING,
    /** In XML and JSON. */
    COX_MONITOR_DEFAULT_XML = COX_MONITOR_ALL,
};

struct cox_fencing_event;

/** What is shown. */
struct cox_monitor_view {
    const struct cox_cluster *cluster;
    const struct cox_config *config;
    const struct cox_status *status;
    cox_wall now;
    const struct cox_view_how *how;
    guint32 sections;        /**< enum cox_monitor_section */
    const char *ban_prefix;  /**< only negative constraints whose id begins so; NULL: all */
    const char *origin;      /**< node on which this is shown, or NULL */
    bool has_fencing;        /**< is the history of fencing known? */
    const struct cox_fencing_event *fencing; /**< newest first */
    size_t n_fencing;
    bool with_timing;        /**< operations with times and results */
};

/** Print the sections asked for, a blank line between them. */
void cox_monitor_view(struct cox_out *out, const struct cox_monitor_view *view);

/** The sections that @word ("summary", "bans:PREFIX" without the prefix, "all", "none", ...) stands for; 0: unknown.  "none" is all. */
guint32 cox_monitor_section_parse(const char *word, bool is_xml);

/** The names of the sections, separated by commas: for help and errors. */
char *cox_monitor_section_names(void);

G_END_DECLS

#endif
