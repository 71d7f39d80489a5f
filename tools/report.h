/* tools/report.h - what somebody needs who is to find out what has happened to a cluster, in one directory or archive, without secrets.  Layer 6. */
#ifndef COX_TOOLS_REPORT_H
#define COX_TOOLS_REPORT_H

#include <stdbool.h>
#include <glib.h>

#include "admin/mask.h"
#include "tools/tool.h"

G_BEGIN_DECLS

/** Texts are borrowed; lists end with NULL and may be NULL. */
struct cox_report {
    gint64 from_us, to_us;       /**< wall time */
    const char *dest;            /**< path without suffix; "-": the archive goes to standard output; NULL: cox-report-DATE here */
    char **nodes;                /**< from which nodes; NULL: all */
    char **patterns;             /**< names of further secrets */
    char **logs;                 /**< further log files, or directories of such */
    int max_depth;               /**< of a directory: so far down files are looked for; 0: only in it itself */
    char **looks;                /**< lines of logs that match one of these are in the analysis, too */
    const char *user;            /**< with whom to log in to other nodes; NULL: the same */
    const char *shell;           /**< with what; NULL: ssh */
    bool is_single;              /**< only this node */
    bool is_directory;           /**< no archive */
    bool is_bzip;                /**< .tar.bz2 instead of .tar.gz */
    bool has_no_logs;
};

/** Make it and say where it is; returns the exit status. */
int cox_report_run(struct cox_tool_ctx *ctx, const struct cox_report *report);

/* ---- for the files of the report ---- */

/** Append the lines of @text that were written in the time of the report to @out; those without a date go with the one before them. */
void cox_report_window(const struct cox_report *report, gint64 now_us, const char *text, gsize length, GString *out);

/** When the first line of @text that has a date was written; false: none has. */
bool cox_report_first(gint64 now_us, const char *text, gsize length, gint64 *at_us);

/** What is read of a log at most, from its end. */
#define COX_REPORT_LOG_BYTES ((gsize) 32 * 1024 * 1024)

/** The end of a file, at most @most bytes; the caller frees it.  NULL with errno: it cannot be read, or is no plain file. */
char *cox_report_read(const char *path, gsize most, gsize *length);

/**
 * Append the lines of a log, and of what was rotated away from it (.1, -DATE, and the same with .gz), that were written in the time of the report.
 * @param said  is told when the log begins only after the report does
 * @return whether there is such a log
 */
bool cox_report_log(const struct cox_report *report, const char *path, GString *out, GString *said);

/** Was @file rotated away from another one that is in @directory: NAME.1, NAME-DATE, and the same with .gz? */
bool cox_report_is_rotated(const char *directory, const char *file);

/** May a file of this name among those of a node be a log: is it none of what cox_report_collect() writes besides logs? */
bool cox_report_is_log(const char *name);

/**
 * Write analysis.txt into @directory: the lines of all nodes' logs in it that tell of errors, or match report->looks.
 * @param error  COX_ERROR_USAGE: one of those is no pattern; COX_ERROR_CANNOT_CREATE
 */
bool cox_report_look(const struct cox_report *report, const char *directory, GError **error);

/** Are report->looks patterns?  Error as above. */
bool cox_report_check_looks(const struct cox_report *report, GError **error);

/**
 * Collect what this node has into @directory, which exists.
 * @param said  what could not be had, a line each
 */
bool cox_report_collect(const struct cox_report *report, const char *directory, GString *said, GError **error);

/**
 * Run a command for at most @limit_s seconds.
 * @param status  its exit status
 * @return what it printed on both outputs, the caller frees it; NULL when it cannot be run
 */
char *cox_report_command(const char *const *argv, guint limit_s, gsize *length, int *status, GError **error);

/** The number of levels that --max-depth is given; 0 for NULL.  COX_ERROR_USAGE quoting what is none. */
bool cox_report_depth(const char *text, int *depth, GError **error);

/** What an option was given, NULL-terminated; borrowed from @given.  NULL for NULL. */
char **cox_report_words(GPtrArray *given);

/** Path of a tool beside this one; the caller frees it. */
char *cox_report_tool(const char *name);

G_END_DECLS

#endif
