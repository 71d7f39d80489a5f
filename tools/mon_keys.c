/* tools/mon_keys.c - crm_mon: what keys change.  Layer 6. */
#include "tools/mon_priv.h"

#include "view/monitor_view.h"

#define FLAG(field) offsetof(struct cox_mon_settings, field)

enum { NO_FLAG = 0 };

/* Letters as the field's users know them: those of the options of the same meaning. */
static const struct row {
    char key;
    const char *what;
    guint32 sections; /* 0: it is a flag */
    size_t flag;
} rows[] = {
    { 'A', "attributes of nodes", COX_MONITOR_ATTRIBUTES, NO_FLAG },
    { 'D', "the summary at the head", COX_MONITOR_SUMMARY, NO_FLAG },
    { 'L', "constraints that ban", COX_MONITOR_BANS, NO_FLAG },
    { 'R', "details: ids of nodes, single instances", 0, FLAG(with_details) },
    { 'b', "brief lists", 0, FLAG(is_brief) },
    { 'c', "tickets", COX_MONITOR_TICKETS, NO_FLAG },
    { 'f', "counts of failures", COX_MONITOR_FAILCOUNTS, NO_FLAG },
    { 'm', "all of the history of fencing", COX_MONITOR_FENCING, NO_FLAG },
    { 'n', "resources by node", 0, FLAG(is_by_node) },
    { 'o', "history of operations", COX_MONITOR_OPERATIONS, NO_FLAG },
    { 'r', "resources that are not active", 0, FLAG(with_inactive) },
    { 't', "times in the history of operations", 0, FLAG(with_timing) },
};

static bool
is_on(const struct cox_mon_settings *settings, const struct row *row)
{
    return (row->sections != 0) ? (settings->sections & row->sections) == row->sections
                                : *(const bool *) ((const char *) settings + row->flag);
}

bool
cox_mon_key(struct cox_mon_settings *settings, int key)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        bool is_wanted = !is_on(settings, &rows[i]);

        if (rows[i].key != key) {
            continue;
        }
        if (rows[i].sections == 0) {
            *(bool *) ((char *) settings + rows[i].flag) = is_wanted;
        } else if (is_wanted) {
            settings->sections |= rows[i].sections;
        } else {
            settings->sections &= ~rows[i].sections;
        }
        if (key == 't' && is_wanted) { /* times of what is not shown would not be seen */
            settings->sections |= COX_MONITOR_OPERATIONS;
        }
        return true;
    }
    return false;
}

char *
cox_mon_keys_help(const struct cox_mon_settings *settings)
{
    GString *text = g_string_new("Keys turn what is shown on and off (* is on now):\n\n");

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_string_append_printf(text, "  %c  %c  %s\n", is_on(settings, &rows[i]) ? '*' : ' ', rows[i].key, rows[i].what);
    }
    g_string_append(text, "\nArrows, page keys, Home and End scroll; Ctrl-L draws the screen again; q ends.\n"
                          "Any other key: back to the cluster.\n");
    return g_string_free(text, FALSE);
}
