/* lib/view/monitor_view.c - the state of a cluster as crm_mon shows it: a choice of sections.  Layer 4. */
#include "view/monitor_view.h"

#include <string.h>

#include "view/cluster_view.h"
#include "view/fencing_view.h"
#include "view/history_view.h"
#include "view/node_view.h"
#include "view/summary_view.h"

static const struct {
    const char *name;
    guint32 sections;
} words[] = {
    { "attributes", COX_MONITOR_ATTRIBUTES },
    { "bans", COX_MONITOR_BANS },
    { "counts", COX_MONITOR_COUNTS },
    { "dc", COX_MONITOR_DC },
    { "failcounts", COX_MONITOR_FAILCOUNTS },
    { "failures", COX_MONITOR_FAILURES },
    { "fencing", COX_MONITOR_FENCING },
    { "fencing-failed", COX_MONITOR_FENCING_FAILED },
    { "fencing-pending", COX_MONITOR_FENCING_PENDING },
    { "fencing-succeeded", COX_MONITOR_FENCING_SUCCEEDED },
    { "maintenance-mode", COX_MONITOR_MAINTENANCE },
    { "nodes", COX_MONITOR_NODES },
    { "operations", COX_MONITOR_OPERATIONS },
    { "options", COX_MONITOR_OPTIONS },
    { "resources", COX_MONITOR_RESOURCES },
    { "stack", COX_MONITOR_STACK },
    { "summary", COX_MONITOR_SUMMARY },
    { "tickets", COX_MONITOR_TICKETS },
    { "times", COX_MONITOR_TIMES },
};

guint32
cox_monitor_section_parse(const char *word, bool is_xml)
{
    if (strcmp(word, "all") == 0) {
        return is_xml ? COX_MONITOR_ALL : COX_MONITOR_ALL & ~(guint32) COX_MONITOR_OPTIONS; /* text: only by name */
    }
    if (strcmp(word, "none") == 0) {
        return COX_MONITOR_ALL;
    }
    if (strcmp(word, "default") == 0) {
        return is_xml ? COX_MONITOR_DEFAULT_XML : COX_MONITOR_DEFAULT;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        if (strcmp(words[i].name, word) == 0) {
            return words[i].sections;
        }
    }
    return 0;
}

char *
cox_monitor_section_names(void)
{
    GString *names = g_string_new("all, none, default");

    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        g_string_append_printf(names, ", %s", words[i].name);
    }
    return g_string_free(names, FALSE);
}

static void
print_banner(struct cox_out *out, const struct cox_cluster *cluster)
{
    if (cluster->maintenance_mode) {
        cox_out_raw(out, "\n              *** Resource management is DISABLED ***\n"
                         "  The cluster will not attempt to start, stop or recover services\n");
    } else if (cluster->stop_all) {
        cox_out_raw(out, "\n    *** Resource management is DISABLED ***\n"
                         "  The cluster has stopped all resources: stop-all-resources is set\n");
    }
}

static void
print_resources(struct cox_out *out, const struct cox_monitor_view *view)
{
    if (view->how->is_by_node && !view->how->with_inactive) {
        return; /* the list of nodes has them all */
    }
    cox_out_spacer(out);
    cox_cluster_view_resources(out, view->cluster, view->how);
}

void
cox_monitor_view(struct cox_out *out, const struct cox_monitor_view *view)
{
    guint32 sections = view->sections;

    (void) cox_summary_view(out, view);
    if ((sections & COX_MONITOR_MAINTENANCE) != 0) {
        print_banner(out, view->cluster);
    }
    if ((sections & COX_MONITOR_NODES) != 0) {
        cox_out_spacer(out);
        (void) cox_node_view_list(out, view->cluster, view->how);
    }
    if ((sections & COX_MONITOR_RESOURCES) != 0) {
        print_resources(out, view);
    }
    if ((sections & COX_MONITOR_ATTRIBUTES) != 0) {
        (void) cox_node_view_attributes(out, view->cluster, view->how);
    }
    if ((sections & (COX_MONITOR_OPERATIONS | COX_MONITOR_FAILCOUNTS)) != 0) {
        (void) cox_history_view(out, view);
    }
    if ((sections & COX_MONITOR_FAILURES) != 0) {
        (void) cox_history_view_failures(out, view);
    }
    if (view->has_fencing && (sections & COX_MONITOR_FENCING) != 0) {
        cox_fencing_view(out, view->fencing, view->n_fencing, sections, view->how);
    }
    if ((sections & COX_MONITOR_TICKETS) != 0) {
        cox_cluster_view_tickets(out, view->cluster, view->how);
    }
    if ((sections & COX_MONITOR_BANS) != 0) {
        (void) cox_history_view_bans(out, view);
    }
}
