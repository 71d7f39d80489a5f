/* lib/runtime/log.c - compose a line, hand it to each sink that wants it.  Layer 1. */
#include "runtime/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "runtime/flight.h"
#include "runtime/logfile.h"

enum { LINE_MAX_BYTES = 8192 };

static const struct {
    enum cox_log_level level;
    const char *id, *text, *remedy;
} events[] = {
#define COX_EVENT(symbol, level, id, text, remedy) { COX_LOG_##level, id, text, remedy },
#include "runtime/events.def"
#undef COX_EVENT
};

static const char *const level_names[] = { "error", "warning", "notice", "info", "debug", "trace" };

struct cox_log {
    const struct cox_runtime *runtime;
    char *name, *tag; /* tag: as it stands in lines, "name[pid] " */
    int pid;
    time_t second; /* that second_text tells */
    char second_text[32];
    enum cox_log_level level, syslog_level;
    bool uses_stderr;
    struct cox_logfile *file;
    int syslog_fd;
    struct cox_flight *flight;
    GString *captured;
    guint64 n_lines, n_lost, n_lost_reported;
    cox_usec next_report;
};

const char *
cox_log_event_id(enum cox_event_id event)
{
    COX_BUG_ON(event >= COX_EVENT_N);
    return events[event].id;
}

const char *
cox_log_event_text(enum cox_event_id event)
{
    COX_BUG_ON(event >= COX_EVENT_N);
    return events[event].text;
}

const char *
cox_log_event_remedy(enum cox_event_id event)
{
    COX_BUG_ON(event >= COX_EVENT_N);
    return events[event].remedy;
}

/* Whatever a stranger wrote into a value stays on its line. */
static void
make_printable(GString *line)
{
    for (gsize i = 0; i < line->len; i++) {
        unsigned char byte = (unsigned char) line->str[i];

        if (byte < ' ' || byte == 0x7f) {
            g_string_overwrite(line, i, "?");
        }
    }
    if (line->len > LINE_MAX_BYTES) {
        g_string_truncate(line, LINE_MAX_BYTES);
        g_string_append(line, "...");
    }
}

/* A busy daemon writes thousands of lines a second into its recorder: the second is put into words once. */
static void
append_time(struct cox_log *log, GString *line)
{
    cox_wall wall = cox_runtime_wall(log->runtime);
    time_t seconds = (time_t) cox_wall_seconds(wall);
    int ms = (int) (wall.usec % G_USEC_PER_SEC / 1000);

    if (log->second_text[0] == '\0' || seconds != log->second) {
        struct tm parts;

        localtime_r(&seconds, &parts);
        strftime(log->second_text, sizeof log->second_text, "%b %d %H:%M:%S", &parts);
        log->second = seconds;
    }
    g_string_append(line, log->second_text);
    g_string_append_c(line, '.');
    g_string_append_c(line, (char) ('0' + ms / 100));
    g_string_append_c(line, (char) ('0' + ms / 10 % 10));
    g_string_append_c(line, (char) ('0' + ms % 10));
    g_string_append_c(line, ' ');
}

static void
send_to_syslog(struct cox_log *log, enum cox_log_level level, const char *message)
{
    static const int priorities[] = { LOG_ERR, LOG_WARNING, LOG_NOTICE, LOG_INFO, LOG_DEBUG, LOG_DEBUG };
    time_t seconds = (time_t) cox_wall_seconds(cox_runtime_wall(log->runtime));
    g_autofree char *line = NULL;
    struct tm parts;
    char when[32];

    localtime_r(&seconds, &parts);
    strftime(when, sizeof when, "%b %e %H:%M:%S", &parts);
    line = g_strdup_printf("<%d>%s %s[%d]: %s", LOG_DAEMON | priorities[level], when, log->name, log->pid, message);
    if (send(log->syslog_fd, line, strlen(line), MSG_DONTWAIT | MSG_NOSIGNAL) < 0) {
        log->n_lost++;
    }
}

static void
send_to_stderr(struct cox_log *log, const char *message)
{
    g_autofree char *line = g_strdup_printf("%s: %s\n", log->name, message);
    size_t length = strlen(line);

    if (write(STDERR_FILENO, line, length) != (ssize_t) length) {
        log->n_lost++;
    }
}

static void
emit(struct cox_log *log, enum cox_log_level level, GString *message)
{
    g_autoptr(GString) line = g_string_sized_new(message->len + 100);

    log->n_lines++;
    make_printable(message);
    append_time(log, line);
    g_string_append(line, log->tag);
    g_string_append(line, level_names[level]);
    g_string_append_len(line, ": ", 2);
    g_string_append_len(line, message->str, (gssize) message->len);
    if (log->flight != NULL) {
        cox_flight_write(log->flight, line->str, line->len);
    }
    if (log->syslog_fd >= 0 && level <= log->syslog_level) {
        send_to_syslog(log, level, message->str);
    }
    if (level > log->level) {
        return;
    }
    if (log->captured != NULL) {
        g_string_append_printf(log->captured, "%s: %s\n", level_names[level], message->str);
    }
    if (log->uses_stderr) {
        send_to_stderr(log, message->str);
    }
    if (log->file != NULL) {
        g_string_append_c(line, '\n');
        log->n_lost += cox_logfile_write(log->file, line->str, line->len) ? 0 : 1;
    }
}

/* Compose the line of an event. */
static void G_GNUC_PRINTF(3, 0)
emit_event(struct cox_log *log, enum cox_event_id event, const char *format, va_list args)
{
    g_autoptr(GString) message = g_string_new(NULL);

    COX_BUG_ON(event >= COX_EVENT_N);
    g_string_append_printf(message, "%s %s", events[event].id, events[event].text);
    if (format[0] != '\0') {
        g_string_append_c(message, ' ');
        g_string_append_vprintf(message, format, args);
    }
    emit(log, events[event].level, message);
}

static void G_GNUC_PRINTF(2, 3)
emit_losses(struct cox_log *log, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    emit_event(log, COX_EVENT_LOG_LOST, format, args);
    va_end(args);
}

/* Say that something was lost, at most once a second: this line may be lost in the same sink. */
static void
report_losses(struct cox_log *log)
{
    guint64 n = log->n_lost - log->n_lost_reported;
    cox_usec now = cox_runtime_now(log->runtime);

    if (n > 0 && now >= log->next_report) {
        log->n_lost_reported = log->n_lost;
        log->next_report = now + COX_USEC_PER_S;
        emit_losses(log, "lines=%" G_GUINT64_FORMAT, n);
    }
}

void
cox_log_event(struct cox_log *log, enum cox_event_id event, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    emit_event(log, event, format, args);
    va_end(args);
    report_losses(log);
}

bool
cox_log_wants(const struct cox_log *log, enum cox_log_level level)
{
    return log->flight != NULL || (log->syslog_fd >= 0 && level <= log->syslog_level)
           || (level <= log->level && (log->captured != NULL || log->uses_stderr || log->file != NULL));
}

void
cox_log_line(struct cox_log *log, enum cox_log_level level, const char *format, ...)
{
    g_autoptr(GString) message = NULL;
    va_list args;

    COX_BUG_ON(level < COX_LOG_NOTICE); /* those have a row in events.def */
    if (!cox_log_wants(log, level)) {
        return;
    }
    message = g_string_new(NULL);
    va_start(args, format);
    g_string_append_vprintf(message, format, args);
    va_end(args);
    emit(log, level, message);
    report_losses(log);
}

void
cox_log_lines(struct cox_log *log, enum cox_log_level level, const char *text)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", 0);

    for (gsize i = 0; lines[i] != NULL && lines[i][0] != '\0'; i++) {
        cox_log_line(log, level, "%s", lines[i]);
    }
}

static struct cox_log *
new_log(const struct cox_runtime *runtime, const char *name)
{
    struct cox_log *log = g_new0(struct cox_log, 1);

    log->runtime = runtime;
    log->name = g_strdup(name);
    log->pid = (int) getpid();
    log->tag = g_strdup_printf("%s[%d] ", log->name, log->pid);
    log->syslog_fd = -1;
    log->next_report = cox_runtime_now(runtime);
    return log;
}

static int
open_syslog(const char *path)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    g_strlcpy(address.sun_path, path, sizeof address.sun_path);
    if (fd >= 0 && connect(fd, (const struct sockaddr *) &address, sizeof address) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

struct cox_log *
cox_log_new(const struct cox_runtime *runtime, const struct cox_log_settings *settings)
{
    struct cox_log *log = new_log(runtime, settings->name);
    g_autoptr(GError) no_file = NULL;
    g_autoptr(GError) no_flight = NULL;

    log->level = settings->level;
    log->syslog_level = settings->syslog_level;
    log->uses_stderr = settings->uses_stderr;
    if (settings->flight_path != NULL) {
        log->flight = cox_flight_open(settings->flight_path, &no_flight);
    }
    if (settings->file_path != NULL) {
        log->file = cox_logfile_open(settings->file_path, settings->file_mode == 0 ? 0660 : settings->file_mode, &no_file);
    }
    if (settings->syslog_path != NULL) {
        log->syslog_fd = open_syslog(settings->syslog_path); /* none on this machine: nobody to tell either */
    }
    if (no_flight != NULL) {
        cox_log_event(log, COX_EVENT_FLIGHT_FILE, "error=\"%s\"", no_flight->message);
    }
    if (no_file != NULL) {
        cox_log_event(log, COX_EVENT_LOG_FILE, "error=\"%s\"", no_file->message);
    }
    return log;
}

struct cox_log *
cox_log_new_captured(const struct cox_runtime *runtime)
{
    struct cox_log *log = new_log(runtime, "test");

    log->level = COX_LOG_DEBUG;
    log->captured = g_string_new(NULL);
    return log;
}

void
cox_log_free(struct cox_log *log)
{
    if (log == NULL) {
        return;
    }
    cox_logfile_close(log->file);
    cox_flight_close(log->flight);
    if (log->syslog_fd >= 0) {
        close(log->syslog_fd);
    }
    if (log->captured != NULL) {
        g_string_free(log->captured, TRUE);
    }
    g_free(log->name);
    g_free(log->tag);
    g_free(log);
}

const char *
cox_log_text(const struct cox_log *log)
{
    return log->captured == NULL ? "" : log->captured->str;
}

void
cox_log_set_level(struct cox_log *log, enum cox_log_level level)
{
    log->level = level;
}

void
cox_log_reopen(struct cox_log *log)
{
    if (log->file != NULL) {
        cox_logfile_reopen(log->file);
    }
}

guint64
cox_log_count(const struct cox_log *log)
{
    return log->n_lines;
}

guint64
cox_log_lost(const struct cox_log *log)
{
    return log->n_lost;
}
