/* lib/view/names.h - how things are called in output: agents, roles, lists of names and of flags.  Layer 4. */
#ifndef COX_VIEW_NAMES_H
#define COX_VIEW_NAMES_H

#include <stdbool.h>
#include <glib.h>

#include "model/cluster.h"

G_BEGIN_DECLS

/** "class:provider:type" or "class:type"; the caller frees. */
char *cox_names_agent(const struct cox_rsc_state *rsc);

/** Compare names so that "n2" comes before "n10"; case does not matter. */
int cox_names_compare(const char *a, const char *b);

/** Sort borrowed names (GPtrArray of const char *) with cox_names_compare(). */
void cox_names_sort(GPtrArray *names);

/** "a b c"; the caller frees. */
char *cox_names_join(const GPtrArray *names);

/** Add @flag to the parenthesis in @flags: " (a" or ", b"; cox_names_flags_close() ends it. */
void cox_names_flag(GString *flags, const char *flag);

/** Close the parenthesis that cox_names_flag() opened, if it did. */
void cox_names_flags_close(GString *flags);

/** What an agent's exit status means: "Not installed", "Error occurred" ... */
const char *cox_names_result(int rc);

/** How an operation ended: "Done", "Timed Out", "Error" ... */
const char *cox_names_status(int status);

/** A time as in logs, UTC: "2020-01-06 21:59:11Z" with @is_iso, else "Mon Jan  6 21:59:11 2020"; the caller frees. */
char *cox_names_time(gint64 epoch_s, bool is_iso);

/** A time as people read it in @zone (NULL: UTC): "Mon Jan  6 21:59:11 2020"; the caller frees. */
char *cox_names_clock(gint64 epoch_s, GTimeZone *zone);

G_END_DECLS

#endif
