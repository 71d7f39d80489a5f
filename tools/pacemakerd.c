/* tools/pacemakerd.c - the supervisor under the name by which the field's tools and agents call it.  Layer 6. */
#include "config.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "election/feature_set.h"
#include "runtime/environment.h"
#include "tools/daemon.h"
#include "tools/tool.h"

enum { RUN = 0, FEATURES, SHUTDOWN, STANDBY };

/* How often it is looked whether a supervisor that was asked to stop has gone. */
enum { LOOK_USEC = 200000 };

struct settings {
    int command;
};

#define FIELD(field) offsetof(struct settings, field)

static const struct cox_opt options[] = {
    { "features", 'F', COX_OPT_SET, NULL, NULL, "Display version, feature set and what this build can do, and exit", FIELD(command),
      .value = FEATURES },
    { "shutdown", 'S', COX_OPT_SET, NULL, NULL,
      "Ask the supervisor of this node to move away what runs here and to stop, and wait until it has", FIELD(command),
      .value = SHUTDOWN },
    { "foreground", 'f', COX_OPT_IGNORED, NULL, NULL, "Accepted: it always stays in the foreground" },
    { "pid-file", 'p', COX_OPT_IGNORED, "FILE", NULL, "Accepted and ignored" },
    { "standby", 's', COX_OPT_SET, NULL, NULL, NULL, FIELD(command), .value = STANDBY, .flags = COX_OPT_HIDDEN },
};

static int
show_features(struct cox_tool_ctx *ctx)
{
    /* In the field's words for what this manager has too. */
    static const char *const features[] = { "acls", "corosync-ge-2", "generated-manpages", "monotonic", "systemd" };
    g_autoptr(GString) words = g_string_new(NULL);

    cox_out_begin(ctx->out, "pacemakerd", "version", COX_COMPAT_VERSION, "build", PACKAGE_VERSION, "feature_set",
                  COX_FEATURE_SET_OURS, NULL);
    cox_out_begin(ctx->out, "features", NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(features); i++) {
        cox_out_value(ctx->out, "feature", features[i]);
        g_string_append_printf(words, " %s", features[i]);
    }
    cox_out_end(ctx->out);
    cox_out_end(ctx->out);
    cox_out_line(ctx->out, "Pacemaker %s (Build: %s)", COX_COMPAT_VERSION, PACKAGE_STRING);
    cox_out_line(ctx->out, " Supporting v%s:%s", COX_FEATURE_SET_OURS, words->str);
    return 0;
}

/* ---- stop ------------------------------------------------------------------------------------------------- */

static bool
ask(struct cox_daemon_question *question, GError **error)
{
    g_autoptr(cox_arena) arena = cox_arena_new();

    question->daemon = COX_DAEMON_SUPERVISOR;
    question->program = "pacemakerd";
    return cox_daemon_ask(NULL, question, arena, error) != NULL;
}

/* It answers as long as it lives, also while it waits for what it moves away. */
static bool
is_there(GError **error)
{
    static const struct cox_msg_supervisor_query query = { 0 };
    struct cox_daemon_question question
        = { .message = COX_MSG_SUPERVISOR_QUERY, .body = &query, .expected = COX_MSG_SUPERVISOR_STATE };
    GError *problem = NULL;

    if (ask(&question, &problem) || g_error_matches(problem, COX_ERROR, COX_ERROR_TIMEOUT)) {
        g_clear_error(&problem);
        return true;
    }
    if (g_error_matches(problem, COX_ERROR, COX_ERROR_DISCONNECTED)) {
        g_clear_error(&problem);
    } else {
        g_propagate_error(error, problem);
    }
    return false;
}

static int
shut_down(struct cox_tool_ctx *ctx)
{
    static const struct cox_msg_supervisor_stop stop = { 0 };
    struct cox_daemon_question question = { .message = COX_MSG_SUPERVISOR_STOP, .body = &stop, .expected = COX_MSG_DONE };
    GError *error = NULL;

    if (!is_there(&error)) {
        if (error != NULL) {
            return cox_tool_fail(ctx, error);
        }
        cox_out_line(ctx->out, "No cluster manager runs on this node");
        return 0;
    }
    if (!ask(&question, &error)) {
        return cox_tool_fail(ctx, error);
    }
    while (is_there(&error)) {
        g_usleep(LOOK_USEC);
    }
    return (error != NULL) ? cox_tool_fail(ctx, error) : 0;
}

/* ---- run -------------------------------------------------------------------------------------------------- */

/* This process becomes coxd, which lies beside this program, and keeps its name: clients look for it with pidof pacemakerd. */
static int
become_supervisor(struct cox_tool_ctx *ctx)
{
    g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *directory = g_path_get_dirname((self != NULL) ? self : "/usr/sbin/pacemakerd");
    g_autofree char *program = g_build_filename(directory, "coxd", NULL);
    char verbose[] = "--verbose", name[] = "pacemakerd";
    char *const arguments[] = { name, (ctx->verbosity > 0) ? verbose : NULL, NULL };

    (void) signal(SIGPIPE, SIG_DFL); /* the skeleton of the tools ignores it */
    (void) execv(program, arguments);
    return cox_tool_error(ctx, COX_ERROR_NOT_INSTALLED, "%s: %s; install the program, or start the service pacemaker", program,
                          g_strerror(errno));
}

static int
run(struct cox_tool_ctx *ctx)
{
    const struct settings *settings = ctx->settings;

    switch (settings->command) {
    case FEATURES:
        return show_features(ctx);
    case SHUTDOWN:
        return shut_down(ctx);
    case STANDBY:
        return cox_tool_error(ctx, COX_ERROR_UNIMPLEMENTED,
                              "--standby: a node does not begin in standby; set it first: crm_standby --node NAME --update on");
    default:
        return become_supervisor(ctx);
    }
}

static const int statuses[] = { 0, 4, 5, 64, 102, -1 };

static const struct cox_tool tool = {
    .name = "pacemakerd",
    .summary = "start, stop and describe the cluster manager of this node",
    .synopsis = "[OPTION]...",
    .description = "The supervisor is coxd(8); this command is for clients that know it by its name in the field. Without --features or "
                   "--shutdown it becomes coxd.",
    .examples = "Which version and feature set is this?\n\tpacemakerd --features\nStop the cluster manager of this node and wait for "
                "the end\n\tpacemakerd --shutdown\n",
    .statuses = statuses,
    .options = options,
    .n_options = G_N_ELEMENTS(options),
    .run = run,
};

COX_TOOL_MAIN(tool, struct settings, 0)
