/* lib/runtime/log.h - one event, one line: what happened, then key=value.  Layer 1. */
#ifndef COX_RUNTIME_LOG_H
#define COX_RUNTIME_LOG_H

#include <stdbool.h>
#include <glib.h>

#include "runtime/runtime.h"

G_BEGIN_DECLS

/** By reader.  ERR and WARNING come only from events.def, with a stable id and a remedy. */
enum cox_log_level {
    COX_LOG_ERR = 0, /**< an operator must act */
    COX_LOG_WARNING, /**< an operator may have to act */
    COX_LOG_NOTICE,  /**< the state changed */
    COX_LOG_INFO,    /**< done on request */
    COX_LOG_DEBUG,   /**< for developers */
    COX_LOG_TRACE,   /**< for developers, only in the flight recorder unless asked for */
};

/** Rows of events.def. */
enum cox_event_id {
#define COX_EVENT(symbol, level, id, text, remedy) COX_EVENT_##symbol,
#include "runtime/events.def"
#undef COX_EVENT
    COX_EVENT_N /**< number of rows, not an event */
};

/** Stable id such as "CXW001", text and remedy of an event; never NULL. */
const char *cox_log_event_id(enum cox_event_id event);
const char *cox_log_event_text(enum cox_event_id event);
const char *cox_log_event_remedy(enum cox_event_id event);

/** The log of one process.  Never blocks: what a sink cannot take at once is dropped, counted and reported. */
struct cox_log;

/** Where lines go.  The struct and its texts are borrowed for the call. */
struct cox_log_settings {
    const char *name;            /**< of the daemon: tag in front of each line */
    enum cox_log_level level;    /**< least important level for standard error and the file */
    bool uses_stderr;
    const char *file_path;       /**< appended to by a writer of its own, since a disk may block; NULL: none */
    guint file_mode;             /**< permissions of a file that is made anew; 0: 0660 */
    const char *syslog_path;     /**< datagram socket, normally /dev/log; NULL: none */
    enum cox_log_level syslog_level;
    const char *flight_path;     /**< flight recorder, gets everything; should be in memory (/run); NULL: none */
};

/** Open a log; sinks that cannot be opened are reported in it, not an error.  @runtime gives the time and is borrowed. */
struct cox_log *cox_log_new(const struct cox_runtime *runtime, const struct cox_log_settings *settings);

/** A log for tests: lines without time go to cox_log_text(). */
struct cox_log *cox_log_new_captured(const struct cox_runtime *runtime);

/** Close a log; waits at most a second for the file's writer.  NULL is allowed. */
void cox_log_free(struct cox_log *log);
typedef struct cox_log cox_log; /* for g_autoptr only */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(cox_log, cox_log_free)

/** What a captured log holds, a line each; borrowed. */
const char *cox_log_text(const struct cox_log *log);

/** Log a row of events.def; @format gives the key=value pairs after its text ("" for none). */
void cox_log_event(struct cox_log *log, enum cox_event_id event, const char *format, ...) G_GNUC_PRINTF(3, 4);

/** Log a line of level NOTICE or less important: "what happened key=value ...". */
void cox_log_line(struct cox_log *log, enum cox_log_level level, const char *format, ...) G_GNUC_PRINTF(3, 4);

/** The same for each line of @text, up to the first empty one. */
void cox_log_lines(struct cox_log *log, enum cox_log_level level, const char *text);

/** Would a line of this level go anywhere?  To avoid the work of composing one. */
bool cox_log_wants(const struct cox_log *log, enum cox_log_level level);

/** Change the level of standard error and the file. */
void cox_log_set_level(struct cox_log *log, enum cox_log_level level);

/** Open the file again (log rotation). */
void cox_log_reopen(struct cox_log *log);

/** Lines written, and lines lost in any sink, since the start. */
guint64 cox_log_count(const struct cox_log *log);
guint64 cox_log_lost(const struct cox_log *log);

G_END_DECLS

#endif
