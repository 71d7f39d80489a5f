/* daemons/controld/chronicle.c - the timeline of this node: written, told, and read for others.  Layer 6. */
#include "daemons/controld/chronicle_priv.h"

#include <string.h>

#include "base/error.h"
#include "runtime/environment.h"

/* The cluster's own place, or (tests, several nodes on one machine) the run directory. */
static char *
path_of(const struct controld *controld)
{
    const char *given = cox_environment_get("COX_TIMELINE_DIRECTORY");
    const char *run = cox_service_run_directory(controld->ctx);

    if (given == NULL || *given == '\0') {
        given = cox_service_keeps_user(controld->ctx) || strcmp(run, COX_RUNDIR) != 0 ? run : COX_LOGDIR;
    }
    return g_build_filename(given, "timeline", NULL);
}

/* ---- writing ---- */

static void
open_file(struct controld *controld)
{
    struct controld_chronicle *chronicle = controld->chronicle;
    g_autoptr(GError) error = NULL;
    cox_usec now = cox_runtime_now(controld->runtime);

    if (chronicle->file != NULL || now < chronicle->retry_at) {
        return;
    }
    chronicle->file = cox_logfile_open_bounded(chronicle->path, 0600, CONTROLD_CHRONICLE_BYTES, &error);
    chronicle->retry_at = cox_usec_after_ms(now, 60000);
    if (chronicle->file == NULL && !chronicle->watch.is_losing) {
        chronicle->watch.is_losing = true;
        cox_log_event(controld->log, COX_EVENT_TIMELINE, "reason=\"%s\"", error->message);
    }
}

static void
write_line(struct controld *controld, const char *line)
{
    struct controld_chronicle *chronicle = controld->chronicle;
    struct cox_logfile_counts counts;

    open_file(controld);
    if (chronicle->file == NULL) {
        return;
    }
    counts = cox_logfile_counts(chronicle->file); /* of the lines before this one */
    if (cox_logfile_lost(&chronicle->watch, &counts, cox_logfile_write(chronicle->file, line, strlen(line)))) {
        cox_log_event(controld->log, COX_EVENT_TIMELINE, "file=%s", chronicle->path);
    }
}

void
controld_chronicle_note(struct controld *controld, struct cox_timeline_record *record)
{
    g_autofree char *line = NULL;

    record->at_us = cox_runtime_wall(controld->runtime).usec;
    line = cox_timeline_write(record);
    if (!cox_timeline_is_dull(record)) {
        write_line(controld, line);
    }
    cox_service_publish(controld->ctx, CONTROLD_CHRONICLE_TOPIC, COX_MSG_CONTROL_TOLD, &(struct cox_msg_control_told) { .line = line }, NULL);
}

void
controld_chronicle_tell(struct controld *controld, struct cox_timeline_record *record)
{
    g_autofree char *line = cox_timeline_write(record);

    if (!cox_service_send(controld->ctx, COX_MSG_CONTROL_TOLD, &(struct cox_msg_control_told) { .line = line })) {
        controld_chronicle_note(controld, record); /* nobody else is there */
    }
}

bool
controld_chronicle_on_told(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error)
{
    struct controld *controld = cox_service_data(ctx);
    const struct cox_msg_control_told *body = request->body;
    g_autoptr(cox_arena) arena = cox_arena_new();
    struct cox_timeline_record record = cox_timeline_record_of(COX_TIMELINE_RECORDER);
    gsize length = body->line == NULL ? 0 : strcspn(body->line, "\n");

    (void) reply;
    (void) error;
    if (length == 0 || !cox_timeline_read(body->line, length, arena, &record)) {
        return true; /* a kind that a later version knows */
    }
    if (record.kind == COX_TIMELINE_FENCE && record.node != NULL) {
        gint64 *at = g_new(gint64, 1);

        *at = cox_runtime_now(controld->runtime);
        g_hash_table_replace(controld->chronicle->fencing, g_strdup(record.node), at);
    }
    controld_chronicle_note(controld, &record);
    return true;
}

/* ---- reading, for a client of this node or another node ---- */

struct reading {
    struct controld *controld;
    char *path;
    gint64 since_us;
    struct cox_logread_place place;
    GString *lines;
    bool has_more;
    cox_ticket ticket;         /* of a client here; or */
    guint64 number, target;    /* of another node */
};

static void
free_reading(void *data)
{
    struct reading *reading = data;

    g_free(reading->path);
    g_string_free(reading->lines, TRUE);
    g_free(reading);
}

/* In the thread: up to a piece with something in it. */
static void
read_piece(void *data)
{
    struct reading *reading = data;

    do {
        reading->has_more = cox_logread(reading->path, &reading->place, CONTROLD_CHRONICLE_PIECE, reading->lines);
        g_string_set_size(reading->lines, cox_timeline_since(reading->lines->str, reading->lines->len, reading->since_us));
    } while (reading->has_more && reading->lines->len == 0);
}

static void
on_read(void *data)
{
    struct reading *reading = data;
    struct controld *controld = reading->controld;
    const struct cox_msg_control_timeline answer = {
        .node = cox_service_node_name(controld->ctx, controld->self),
        .lines = { (const guint8 *) reading->lines->str, reading->lines->len },
        .file = reading->place.file,
        .offset = reading->place.offset,
        .has_more = reading->has_more,
        .now_us = cox_runtime_wall(controld->runtime).usec,
        .number = reading->number,
        .target = reading->target,
    };

    if (reading->target != 0) {
        (void) cox_service_send(controld->ctx, COX_MSG_CONTROL_TIMELINE, &answer);
    } else {
        cox_ticket_answer(controld->ctx, reading->ticket, COX_MSG_CONTROL_TIMELINE, &answer, NULL);
    }
    free_reading(reading);
}

static void
begin_reading(struct controld *controld, const struct cox_msg_control_timeline_query *query, cox_ticket ticket, guint32 asker)
{
    struct reading *reading = g_new0(struct reading, 1);
    const struct cox_worker_job job = { read_piece, on_read, free_reading, reading };

    *reading = (struct reading) {
        .controld = controld, .path = g_strdup(controld->chronicle->path), .since_us = query->since_us, .place = { query->file, query->offset },
        .lines = g_string_new(NULL), .ticket = ticket, .number = query->number, .target = asker,
    };
    cox_worker_put(controld->chronicle->worker, &job);
}

/* ---- asking another node ---- */

struct plea {
    guint64 number;
    guint32 node;
    cox_ticket ticket;
};

static guint32
member_named(const struct controld *controld, const char *name)
{
    for (guint i = 0; i < controld->view->len; i++) {
        guint32 id = g_array_index(controld->view, guint32, i);

        if (g_strcmp0(name, cox_service_node_name(controld->ctx, id)) == 0) {
            return id;
        }
    }
    return 0;
}

static bool
ask_other(struct controld *controld, const struct cox_msg_control_timeline_query *query, struct cox_reply *reply, GError **error)
{
    struct controld_chronicle *chronicle = controld->chronicle;
    struct cox_msg_control_timeline_query ask = *query;
    struct plea plea = { ++chronicle->n_pleas, member_named(controld, query->node), 0 };

    if (plea.node == 0) {
        g_set_error(error, COX_ERROR, COX_ERROR_NO_HOST, "node '%s' is not a member of the cluster now", query->node);
        return false;
    }
    for (guint i = chronicle->pleas->len; i > 0; i--) { /* whoever asked has gone */
        if (!cox_ticket_is_wanted(controld->ctx, g_array_index(chronicle->pleas, struct plea, i - 1).ticket)) {
            g_array_remove_index(chronicle->pleas, i - 1);
        }
    }
    ask.number = plea.number;
    plea.ticket = cox_reply_defer(reply);
    g_array_append_val(chronicle->pleas, plea);
    (void) cox_service_send(controld->ctx, COX_MSG_CONTROL_TIMELINE_QUERY, &ask);
    return true;
}

/* It tells of all resources and of who has changed what: no rule of access says who may know that. */
static bool
may_look(const struct controld *controld, const struct cox_request *request, GError **error)
{
    if (request->origin == COX_FROM_PEER || request->role == COX_ROLE_ADMIN || !cox_permit_has_rules(controld->permit)) {
        return true;
    }
    g_set_error_literal(error, COX_ERROR, COX_ERROR_PRIVILEGE,
                        "there are access rules: only root and " COX_DAEMON_CLUSTER_USER " may look at the timeline");
    return false;
}

bool
controld_chronicle_subscribed(struct cox_ctx *ctx, const struct cox_request *request, const char *topic, GError **error)
{
    return strcmp(topic, CONTROLD_CHRONICLE_TOPIC) != 0 || may_look(cox_service_data(ctx), request, error);
}

bool
controld_chronicle_on_query(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error)
{
    struct controld *controld = cox_service_data(ctx);
    const struct cox_msg_control_timeline_query *query = request->body;
    const char *own = cox_service_node_name(ctx, controld->self);
    bool is_own = query->node == NULL || g_strcmp0(query->node, own) == 0;

    if (!may_look(controld, request, error)) {
        return false;
    }
    if (request->origin == COX_FROM_PEER) {
        if (query->node != NULL && is_own) {
            begin_reading(controld, query, 0, request->node);
        }
        return true;
    }
    if (!is_own) {
        return ask_other(controld, query, reply, error);
    }
    begin_reading(controld, query, cox_reply_defer(reply), 0);
    return true;
}

bool
controld_chronicle_on_answer(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error)
{
    struct controld *controld = cox_service_data(ctx);
    const struct cox_msg_control_timeline *body = request->body;
    GArray *pleas = controld->chronicle->pleas;

    (void) reply;
    (void) error;
    for (guint i = pleas->len; body->target == controld->self && i > 0; i--) {
        const struct plea plea = g_array_index(pleas, struct plea, i - 1);

        if (plea.number == body->number && plea.node == request->node) {
            g_array_remove_index(pleas, i - 1);
            cox_ticket_answer(ctx, plea.ticket, COX_MSG_CONTROL_TIMELINE, body, NULL);
        }
    }
    return true;
}

void
controld_chronicle_view(struct controld *controld)
{
    GArray *pleas = controld->chronicle->pleas;

    for (guint i = pleas->len; i > 0; i--) {
        const struct plea plea = g_array_index(pleas, struct plea, i - 1);
        bool is_there = false;

        for (guint k = 0; k < controld->view->len; k++) {
            is_there = is_there || g_array_index(controld->view, guint32, k) == plea.node;
        }
        if (!is_there) {
            g_autoptr(GError) error = g_error_new_literal(COX_ERROR, COX_ERROR_NO_HOST, "the node has left before it has answered");

            cox_ticket_fail(controld->ctx, plea.ticket, error);
            g_array_remove_index(pleas, i - 1);
        }
    }
}

/* ---- life ---- */

void
controld_chronicle_start(struct controld *controld)
{
    struct controld_chronicle *chronicle = g_new0(struct controld_chronicle, 1);
    struct cox_timeline_record record = cox_timeline_record_of(COX_TIMELINE_RECORDER);

    controld->chronicle = chronicle;
    chronicle->path = path_of(controld);
    chronicle->worker = cox_worker_new(controld->runtime);
    chronicle->pleas = g_array_new(FALSE, FALSE, sizeof(struct plea));
    chronicle->fencing = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    record.task = "begin";
    controld_chronicle_note(controld, &record);
}

void
controld_chronicle_stop(struct controld *controld)
{
    struct controld_chronicle *chronicle = controld->chronicle;
    struct cox_timeline_record record = cox_timeline_record_of(COX_TIMELINE_RECORDER);

    record.task = "end";
    record.node = cox_service_node_name(controld->ctx, controld->self);
    controld_chronicle_note(controld, &record);
    cox_worker_free(chronicle->worker);
    cox_logfile_close(chronicle->file);
    g_array_unref(chronicle->pleas);
    g_hash_table_unref(chronicle->fencing);
    g_free(chronicle->transition_link);
    g_free(chronicle->config);
    g_free(chronicle->trouble);
    g_free(chronicle->path);
    g_clear_pointer(&controld->chronicle, g_free);
}
