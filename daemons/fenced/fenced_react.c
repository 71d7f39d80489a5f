/* daemons/fenced/fenced_react.c - this node was fenced and is alive: take it down.  Layer 6.
 *
 * stop:  coxd is asked to end everything at once and to stay down.
 * panic: the program that COX_PANIC_COMMAND names is run (tests, the lab, machines with a watchdog of their own); without one coxd is asked
 *        to take the machine down as PCMK_panic_action says, or the container if that is the node, and the kernel to restart the machine when
 *        coxd does not answer; but never where it would hit the host (service/machine.h).  Else it is as stop.
 *
 * A node that is to be fenced by its own watchdog panics, whatever the reaction.
 */
#include "daemons/fenced/fenced.h"

#include "client/client.h"
#include "proto/stopflag.h"
#include "runtime/environment.h"
#include "service/machine.h"

enum { PANIC_LIMIT_MS = 2000 };

/* Who is to take us down does not answer, or may not. */
static void
on_panic_answer(void *context, const struct cox_client_reply *reply)
{
    struct cox_fenced *fenced = context;

    if (reply->error != NULL && !cox_machine_press("", 'b')) {
        cox_log_event(cox_service_log(fenced->ctx), COX_EVENT_FENCE_REACTION_FAILED, "error=\"%s\"", reply->error->message);
    }
}

static void
on_stop_answer(void *context, const struct cox_client_reply *reply)
{
    struct cox_fenced *fenced = context;

    if (reply->error != NULL) {
        cox_log_event(cox_service_log(fenced->ctx), COX_EVENT_FENCE_REACTION_FAILED, "error=\"%s\"", reply->error->message);
    }
}

static void
ask_supervisor(struct cox_fenced *fenced, const struct cox_msg_supervisor_stop *stop, struct cox_client_call *call)
{
    const struct cox_client_settings settings = { .daemon = COX_DAEMON_SUPERVISOR, .program = "cox-fenced", .reconnects = true,
                                                  .run_directory = cox_service_run_directory(fenced->ctx) };

    call->message = COX_MSG_SUPERVISOR_STOP;
    call->body = stop;
    call->context = fenced;
    if (fenced->supervisor == NULL) {
        fenced->supervisor = cox_client_new(cox_service_runtime(fenced->ctx), &settings);
    }
    (void) cox_client_send(fenced->supervisor, call);
}

static void
ask_to_stop(struct cox_fenced *fenced)
{
    const struct cox_msg_supervisor_stop stop = { .flags = COX_STOP_AT_ONCE };
    struct cox_client_call call = { .timeout_ms = 10000, .fn = on_stop_answer };

    ask_supervisor(fenced, &stop, &call);
}

/* It knows how the machine is to go down (PCMK_panic_action). */
static void
ask_to_panic(struct cox_fenced *fenced)
{
    const struct cox_msg_supervisor_stop stop = { .flags = COX_STOP_AT_ONCE | COX_STOP_PANIC };
    struct cox_client_call call = { .timeout_ms = PANIC_LIMIT_MS, .fn = on_panic_answer };

    ask_supervisor(fenced, &stop, &call);
}

static void
on_panic_end(void *context, cox_source_id id, const struct cox_child_result *child)
{
    struct cox_fenced *fenced = context;

    (void) id;
    if (child->end != COX_CHILD_EXITED || child->exit_status != 0) {
        cox_log_event(cox_service_log(fenced->ctx), COX_EVENT_FENCE_REACTION_FAILED, "error=\"the panic command failed\"");
        ask_to_stop(fenced);
    }
}

static void
panic_node(struct cox_fenced *fenced)
{
    const char *command = cox_environment_get("COX_PANIC_COMMAND");
    const char *const argv[] = { command, NULL }, *const envp[] = { "PATH=/usr/sbin:/usr/bin:/sbin:/bin", NULL };
    const struct cox_child_spec spec = { .argv = argv, .envp = envp, .out_limit_bytes = 1024, .err_limit_bytes = 1024, .timeout_ms = 10000 };

    if (command != NULL && command[0] == '/') {
        (void) cox_runtime_spawn(cox_service_runtime(fenced->ctx), &spec, on_panic_end, fenced);
    } else if (cox_machine_look("") != COX_MACHINE_PART) {
        ask_to_panic(fenced);
    } else {
        ask_to_stop(fenced);
    }
}

void
cox_fenced_panic(struct cox_fenced *fenced)
{
    cox_log_event(cox_service_log(fenced->ctx), COX_EVENT_FENCED_OURSELVES, "reaction=panic reason=watchdog");
    if (!fenced->has_reacted) {
        fenced->has_reacted = true;
        panic_node(fenced);
    }
}

void
cox_fenced_react(struct cox_fenced *fenced)
{
    bool panics = fenced->build != NULL && fenced->build->panics;

    cox_log_event(cox_service_log(fenced->ctx), COX_EVENT_FENCED_OURSELVES, "reaction=%s", panics ? "panic" : "stop");
    if (fenced->has_reacted) {
        return;
    }
    fenced->has_reacted = true;
    if (panics) {
        panic_node(fenced);
    } else {
        ask_to_stop(fenced);
    }
}
