/* tools/cox_quorum.c - verbs of cox about quorum.  Layer 6. */
#include <string.h>

#include "admin/nvedit.h"
#include "base/error.h"
#include "cib/section.h"
#include "cluster/votes.h"
#include "tools/cox_priv.h"
#include "tools/daemon.h"

enum { MOST_VOTES = 1024 };

static const struct cox_msg_control_state *
ask_control(struct cox_arena *arena, GError **error)
{
    static const struct cox_msg_control_query query = { 0 };
    const struct cox_daemon_question question = { COX_DAEMON_CONTROL, "cox", COX_MSG_CONTROL_QUERY, &query, COX_MSG_CONTROL_STATE, 0 };

    return cox_daemon_ask(NULL, &question, arena, error);
}

static void
tell_options(struct cox_out *out, const struct cox_votes *votes)
{
    const struct {
        const char *name;
        bool is_set;
    } rows[] = { { "two_node", votes->is_two_node },
                 { "wait_for_all", votes->waits_for_all },
                 { "last_man_standing", votes->is_last_man_standing },
                 { "auto_tie_breaker", votes->breaks_ties },
                 { "device", votes->has_device } };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (rows[i].is_set) {
            cox_out_leaf(out, "option", "name", rows[i].name, NULL);
            cox_out_line(out, "Option: %s", rows[i].name);
        }
    }
}

static void
tell_votes(struct cox_tool_ctx *ctx, const struct cox_msg_control_state *state)
{
    struct cox_votes votes = { 0 };
    g_autoptr(GError) error = NULL;
    g_autofree char *expected = NULL;
    g_autofree char *total = NULL;
    g_autofree char *needed = NULL;

    if (!cox_votes_read((guint32) state->id, &votes, &error)) {
        cox_out_line(ctx->out, "Votes: not known: %s", error->message);
        return;
    }
    expected = g_strdup_printf("%u", votes.expected);
    total = g_strdup_printf("%u", votes.total);
    needed = g_strdup_printf("%u", votes.quorum);
    cox_out_begin(ctx->out, "votes", "here", total, "expected", expected, "quorum", needed, NULL);
    cox_out_line(ctx->out, "Votes: %u of %u are here, %u make a quorum; this node has %u", votes.total, votes.expected, votes.quorum, votes.own);
    tell_options(ctx->out, &votes);
    cox_out_end(ctx->out);
}

static void
tell_nodes(struct cox_out *out, const struct cox_msg_control_state *state)
{
    g_autoptr(GString) here = g_string_new(NULL);
    g_autoptr(GString) away = g_string_new(NULL);

    for (gsize i = 0; i < state->n_nodes; i++) {
        bool is_member = g_strcmp0(state->nodes[i].state, "lost") != 0;
        GString *list = is_member ? here : away;

        cox_out_leaf(out, "node", "name", state->nodes[i].name, "state", state->nodes[i].state, NULL);
        g_string_append_printf(list, "%s%s", (list->len > 0) ? ", " : "", (state->nodes[i].name != NULL) ? state->nodes[i].name : "?");
    }
    cox_out_line(out, "Here: %s", here->str);
    if (away->len > 0) {
        cox_out_line(out, "Away: %s", away->str);
    }
}

/* What happens without, as the configuration says. */
static void
tell_policy(struct cox_tool_ctx *ctx)
{
    struct cox_verb_view view;
    struct cox_nvedit_home home = { NULL, "cluster_property_set", NULL };
    const char *policy = NULL;

    if (!cox_verb_view_open(ctx, &view)) {
        return; /* it has been said */
    }
    home.owner = cox_section_find(view.root, "crm_config");
    policy = (home.owner == NULL) ? NULL : cox_nvedit_get(&home, "no-quorum-policy");
    policy = (policy == NULL) ? "stop" : policy;
    cox_out_leaf(ctx->out, "policy", "no-quorum-policy", policy, NULL);
    cox_out_line(ctx->out, "Without quorum: %s (no-quorum-policy)", policy);
    cox_verb_view_close(&view);
}

int
cox_verb_quorum_status(struct cox_tool_ctx *ctx, char **arguments)
{
    g_autoptr(cox_arena) arena = cox_arena_new();
    GError *error = NULL;
    const struct cox_msg_control_state *state = ask_control(arena, &error);

    (void) arguments;
    if (state == NULL) {
        return cox_tool_fail(ctx, error);
    }
    cox_out_begin(ctx->out, "quorum", "quorate", state->has_quorum != 0 ? "true" : "false", "coordinator", state->coordinator, NULL);
    cox_out_line(ctx->out, "Quorate: %s", state->has_quorum != 0 ? "yes" : "no");
    tell_nodes(ctx->out, state);
    tell_votes(ctx, state);
    tell_policy(ctx);
    cox_out_end(ctx->out);
    return state->has_quorum != 0 ? 0 : 1;
}

/* ---- expect another number -------------------------------------------------------------------------------- */

static int
expect(struct cox_tool_ctx *ctx, struct cox_cib_access *access, const void *what)
{
    const struct cox_settings *settings = ctx->settings;
    guint32 wanted = *(const guint32 *) what;
    struct cox_votes votes = { 0 };
    GError *error = NULL;

    g_autoptr(cox_arena) arena = cox_arena_new();
    const struct cox_msg_control_state *state = ask_control(arena, &error);

    (void) access;
    if (state == NULL || !cox_votes_read((guint32) state->id, &votes, &error)) {
        return cox_tool_fail(ctx, error);
    }
    if (!votes.is_quorate && wanted / 2 < votes.total && !settings->is_forced) {
        return cox_tool_error(ctx, COX_ERROR_UNSAFE, "with %u expected votes this part would have quorum, whatever those do that are not seen: make sure that "
                              "they are off, and give --force", wanted);
    }
    if (!settings->change.is_dry && !cox_votes_expect(wanted, &error)) {
        return cox_tool_fail(ctx, error);
    }
    if (!ctx->is_quiet) {
        cox_out_line(ctx->out, "Expected votes: %u -> %u", votes.expected, wanted);
    }
    return 0;
}

int
cox_verb_quorum_expect(struct cox_tool_ctx *ctx, char **arguments)
{
    guint64 number = 0;
    guint32 wanted = 0;

    if (!g_ascii_string_to_unsigned(arguments[0], 10, 1, MOST_VOTES, &number, NULL)) {
        return cox_tool_usage(ctx, "quorum expect: '%.40s' is no number of votes: use 1 to %d", arguments[0], MOST_VOTES);
    }
    wanted = (guint32) number;
    return cox_change_act(ctx, &((const struct cox_settings *) ctx->settings)->change, expect, &wanted);
}
