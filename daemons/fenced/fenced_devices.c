/* daemons/fenced/fenced_devices.c - questions about devices: which there are, whom they fence, do they work.  Layer 6. */
#include "daemons/fenced/fenced.h"

#include <string.h>

#include "base/error.h"

/* ---- which devices can fence a node ---- */

/* One question; its agents' answers come one by one. */
struct question {
    struct cox_fenced *fenced;
    cox_ticket ticket;
    char *target;
    GPtrArray *ids;   /* char * */
    guint n_missing;
};

/* One agent that is asked. */
struct asked {
    struct question *question;
    struct cox_fencedevice *device; /* our own copy, so that the engine's opinions are not touched */
    bool is_list;
};

static gint
compare_ids(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *) a, *(const char *const *) b);
}

static void
answer_question(struct question *question)
{
    struct cox_msg_fence_devices answer = { .n_devices = question->ids->len };

    g_ptr_array_sort(question->ids, compare_ids);
    answer.devices = (const char *const *) question->ids->pdata;
    cox_ticket_answer(question->fenced->ctx, question->ticket, COX_MSG_FENCE_DEVICES, &answer, NULL);
    g_ptr_array_unref(question->ids);
    g_free(question->target);
    g_free(question);
}

static void
on_device_said(struct cox_fenced *fenced, void *context, const struct cox_fenced_end *end)
{
    struct asked *asked = context;
    struct question *question = asked->question;

    (void) fenced;
    if (asked->is_list && end->exit_status == 0) {
        cox_fencedevice_take_list(asked->device, end->output);
    } else if (!asked->is_list && end->exit_status >= 0) {
        cox_fencedevice_take_status(asked->device, question->target, end->exit_status);
    }
    if (cox_fencedevice_knows(asked->device, question->target) == COX_FENCE_YES) {
        g_ptr_array_add(question->ids, g_strdup(asked->device->def.id));
    }
    cox_fencedevice_free(asked->device);
    g_free(asked);
    if (--question->n_missing == 0) {
        answer_question(question);
    }
}

static void
ask_device(struct question *question, const struct cox_fencedevice_def *def)
{
    struct cox_fenced *fenced = question->fenced;
    struct cox_fencedevice *device = cox_fencedevice_new(def, fenced->build->fencing_timeout_ms);
    enum cox_fence_answer knows = cox_fencedevice_knows(device, question->target);
    bool is_list = device->check == COX_FENCE_CHECK_LIST;
    enum cox_fence_action action = is_list ? COX_FENCE_LIST : COX_FENCE_STATUS;
    struct asked *asked = NULL;

    if (knows != COX_FENCE_ASK_AGENT) {
        if (knows == COX_FENCE_YES) {
            g_ptr_array_add(question->ids, g_strdup(def->id));
        }
        cox_fencedevice_free(device);
        return;
    }
    asked = g_new0(struct asked, 1);
    *asked = (struct asked) { question, device, is_list };
    question->n_missing++;
    cox_fenced_run(fenced, &(struct cox_fenced_order) {
        .device = cox_fencebuild_find(fenced->build, def->id), .command = device->def.action_names[action],
        .target = is_list ? NULL : question->target, .port = is_list ? NULL : cox_fencedevice_port(device, question->target),
        .timeout_ms = device->def.timeout_ms[action], .fn = on_device_said, .context = asked });
}

bool
cox_fenced_on_devices(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error)
{
    struct cox_fenced *fenced = cox_service_data(ctx);
    const struct cox_msg_fence_devices_query *query = request->body;
    struct question *question = NULL;

    cox_fenced_refresh(fenced);
    if (fenced->build == NULL) {
        g_set_error(error, COX_ERROR, COX_ERROR_TRY_AGAIN, "fence devices: the configuration is not known yet; try again");
        return false;
    }
    question = g_new0(struct question, 1);
    *question = (struct question) { fenced, cox_reply_defer(reply), g_strdup(query->target), g_ptr_array_new_with_free_func(g_free), 1 };
    for (size_t i = 0; i < fenced->build->n_devices; i++) {
        if (query->target == NULL) {
            g_ptr_array_add(question->ids, g_strdup(fenced->build->defs[i].id));
        } else {
            ask_device(question, &fenced->build->defs[i]);
        }
    }
    if (--question->n_missing == 0) {
        answer_question(question);
    }
    return true;
}

/* ---- trying one ---- */

/* A run for its own sake, repeated as the device's parameters say. */
struct trial {
    struct cox_fenced *fenced;
    cox_ticket ticket;
    char *device, *command, *target, *port;
    guint tries_left;
    cox_usec deadline;
};

static void
free_trial(struct trial *trial)
{
    g_free(trial->device);
    g_free(trial->command);
    g_free(trial->target);
    g_free(trial->port);
    g_free(trial);
}

static void run_trial(struct trial *trial);

static void
on_trial_end(struct cox_fenced *fenced, void *context, const struct cox_fenced_end *end)
{
    struct trial *trial = context;
    struct cox_msg_fence_finished finished = { .is_ok = end->exit_status == 0, .reason = end->reason, .exit_status = end->exit_status };
    g_autofree char *output = g_utf8_make_valid(end->output, (gssize) MIN(strlen(end->output), (size_t) 32 * 1024));
    g_autoptr(GError) error = NULL;

    if (end->exit_status == 0 || end->error != NULL || end->is_timed_out || trial->tries_left == 0
        || cox_runtime_now(cox_service_runtime(fenced->ctx)) >= trial->deadline) {
        finished.output = output;
        if (end->error != NULL) {
            cox_ticket_fail(fenced->ctx, trial->ticket, end->error);
        } else if (end->is_timed_out) {
            error = g_error_new(COX_ERROR, COX_ERROR_TIMEOUT, "fence device '%s': its agent did not end in time; check the device, or raise its time limit",
                                trial->device);
            cox_ticket_fail(fenced->ctx, trial->ticket, error);
        } else {
            cox_ticket_answer(fenced->ctx, trial->ticket, COX_MSG_FENCE_FINISHED, &finished, NULL);
        }
        free_trial(trial);
        return;
    }
    run_trial(trial);
}

static void
run_trial(struct trial *trial)
{
    struct cox_fenced *fenced = trial->fenced;
    const struct cox_fencebuilt *device = cox_fencebuild_find(fenced->build, trial->device);
    g_autoptr(GError) error = NULL;

    if (device == NULL) {
        error = g_error_new(COX_ERROR, COX_ERROR_NOT_FOUND, "fence device '%s' is not configured any more", trial->device);
        cox_ticket_fail(fenced->ctx, trial->ticket, error);
        free_trial(trial);
        return;
    }
    trial->tries_left--;
    cox_fenced_run(fenced, &(struct cox_fenced_order) {
        .device = device, .command = trial->command, .target = trial->target, .port = trial->port,
        .timeout_ms = MAX(cox_usec_ms_until(trial->deadline, cox_runtime_now(cox_service_runtime(fenced->ctx))), 1),
        .fn = on_trial_end, .context = trial });
}

/* Only what changes nothing: everything else is a matter of quorum and history. */
static bool
find_action(const char *command, enum cox_fence_action *action)
{
    static const enum cox_fence_action harmless[] = { COX_FENCE_MONITOR, COX_FENCE_LIST, COX_FENCE_STATUS };

    for (gsize i = 0; i < G_N_ELEMENTS(harmless); i++) {
        if (g_strcmp0(command, cox_fence_action_text(harmless[i])) == 0) {
            *action = harmless[i];
            return true;
        }
    }
    return false;
}

static const struct cox_fencedevice_def *
find_def(const struct cox_fenced *fenced, const char *id)
{
    for (size_t i = 0; fenced->build != NULL && id != NULL && i < fenced->build->n_devices; i++) {
        if (strcmp(fenced->build->defs[i].id, id) == 0) {
            return &fenced->build->defs[i];
        }
    }
    return NULL;
}

bool
cox_fenced_on_try(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error)
{
    struct cox_fenced *fenced = cox_service_data(ctx);
    const struct cox_msg_fence_try *wanted = request->body;
    const struct cox_fencedevice_def *def = NULL;
    enum cox_fence_action action = COX_FENCE_MONITOR;
    struct cox_fencedevice *device = NULL;
    struct trial *trial = NULL;

    cox_fenced_refresh(fenced);
    def = find_def(fenced, wanted->device);
    if (def == NULL) {
        g_set_error(error, COX_ERROR, COX_ERROR_NOT_FOUND, "fence device '%s' is not configured, or is meant to be stopped",
                    wanted->device == NULL ? "" : wanted->device);
        return false;
    }
    if (def->watchdog_ms != 0) { /* a clock, which is always there */
        const struct cox_msg_fence_finished fine = { .is_ok = true, .output = "" };

        cox_reply_set(reply, COX_MSG_FENCE_FINISHED, &fine);
        return true;
    }
    if (!find_action(wanted->command, &action) || (action == COX_FENCE_STATUS && wanted->target == NULL)) {
        g_set_error(error, COX_ERROR, COX_ERROR_INVALID_PARAM, "fence device '%s': '%s' cannot be tried; monitor and list can, and status of a node",
                    wanted->device, wanted->command == NULL ? "" : wanted->command);
        return false;
    }
    device = cox_fencedevice_new(def, fenced->build->fencing_timeout_ms);
    trial = g_new0(struct trial, 1);
    *trial = (struct trial) {
        .fenced = fenced, .ticket = cox_reply_defer(reply), .device = g_strdup(wanted->device),
        .command = g_strdup(device->def.action_names[action]), .target = action == COX_FENCE_STATUS ? g_strdup(wanted->target) : NULL,
        .port = action == COX_FENCE_STATUS ? g_strdup(cox_fencedevice_port(device, wanted->target)) : NULL,
        .tries_left = action == COX_FENCE_STATUS ? 1 : device->def.retries[action],
        .deadline = cox_usec_after_ms(cox_runtime_now(cox_service_runtime(ctx)), wanted->timeout_ms > 0 ? wanted->timeout_ms : device->def.timeout_ms[action]),
    };
    cox_fencedevice_free(device);
    run_trial(trial);
    return true;
}
