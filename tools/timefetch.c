/* tools/timefetch.c - the timelines of the cluster's nodes.  Layer 6. */
#include "tools/timefetch.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "runtime/logread.h"
#include "tools/daemon.h"

enum {
    PIECE_BYTES = 256 * 1024,
    MOST_PIECES = 4096, /* a node that answers without end is not believed */
    LIMIT_MS = 10000,   /* for a piece */
};

struct asking {
    const struct cox_timefetch_settings *settings;
    struct cox_timefetch *fetch;
    gint64 ahead_us;       /* of the node that is being asked */
};

static gint64
now_us(void)
{
    return g_get_real_time();
}

static GArray *
records_new(void)
{
    return g_array_new(FALSE, FALSE, sizeof(struct cox_timeline_record));
}

static void
add_source(struct cox_timefetch *fetch, const char *node, GArray *records, gint64 ahead_us)
{
    const struct cox_timeline_source source = { cox_arena_strdup(fetch->arena, node), records, ahead_us };

    g_array_append_val(fetch->sources, source);
}

/* ---- asked for -------------------------------------------------------------------------------------------- */

/* One piece; false with the error when it does not come. */
static bool
ask_piece(struct asking *asking, struct cox_msg_control_timeline_query *query, GArray *records, bool *has_more, GError **error)
{
    g_autoptr(cox_arena) arena = cox_arena_new();
    const struct cox_daemon_question question = { COX_DAEMON_CONTROL, asking->settings->program, COX_MSG_CONTROL_TIMELINE_QUERY, query,
                                                  COX_MSG_CONTROL_TIMELINE, LIMIT_MS };
    gint64 asked_us = now_us();
    const struct cox_msg_control_timeline *answer = cox_daemon_ask(NULL, &question, arena, error);

    if (answer == NULL) {
        return false;
    }
    asking->ahead_us = answer->now_us - (asked_us + now_us()) / 2;
    asking->fetch->n_bad += cox_timeline_read_all((const char *) answer->lines.data, answer->lines.size, asking->fetch->arena, records);
    query->file = answer->file;
    query->offset = answer->offset;
    *has_more = answer->has_more != 0;
    return true;
}

static bool
ask_node(struct asking *asking, const char *node, GError **error)
{
    struct cox_msg_control_timeline_query query = { .node = node, .since_us = asking->settings->since_us };
    g_autoptr(GArray) records = records_new();
    bool has_more = true;

    for (guint i = 0; has_more && i < MOST_PIECES; i++) {
        if (!ask_piece(asking, &query, records, &has_more, error)) {
            return false;
        }
    }
    add_source(asking->fetch, node, g_steal_pointer(&records), asking->ahead_us);
    return true;
}

static void
ask_others(struct asking *asking, const struct cox_msg_control_state *state)
{
    for (gsize i = 0; i < state->n_nodes; i++) {
        const char *name = state->nodes[i].name;
        g_autoptr(GError) error = NULL;

        if (name == NULL || g_strcmp0(name, state->node) == 0) {
            continue;
        }
        if (g_strcmp0(state->nodes[i].state, "lost") == 0) {
            g_ptr_array_add(asking->fetch->missing, g_strdup_printf("%s: %s", name, state->nodes[i].is_there ? "its controller is away" : "it is not a member now"));
        } else if (!ask_node(asking, name, &error)) {
            g_ptr_array_add(asking->fetch->missing, g_strdup_printf("%s: %s", name, error->message));
        }
    }
}

/* ---- read here -------------------------------------------------------------------------------------------- */

static char *
path_here(void)
{
    const char *given = g_getenv("COX_TIMELINE_DIRECTORY");

    return g_build_filename((given == NULL || *given == '\0') ? COX_LOGDIR : given, "timeline", NULL);
}

/* No controller runs here: what it has written last. */
static bool
read_files(struct asking *asking, GError **error)
{
    g_autofree char *path = path_here();
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GArray) records = records_new();
    struct cox_logread_place place = { 0, 0 };

    if (access(path, R_OK) != 0) {
        g_set_error(error, COX_ERROR, COX_ERROR_DISCONNECTED, "no controller runs on this node, and its timeline '%s' cannot be read: %s", path,
                    g_strerror(errno));
        return false;
    }
    while (cox_logread(path, &place, PIECE_BYTES, text)) {
    }
    g_string_set_size(text, cox_timeline_since(text->str, text->len, asking->settings->since_us));
    asking->fetch->n_bad += cox_timeline_read_all(text->str, text->len, asking->fetch->arena, records);
    add_source(asking->fetch, g_get_host_name(), g_steal_pointer(&records), 0);
    return true;
}

/* ---- together --------------------------------------------------------------------------------------------- */

struct cox_timefetch *
cox_timefetch_new(const struct cox_timefetch_settings *settings, GError **error)
{
    static const struct cox_msg_control_query nothing = { 0 };
    const struct cox_daemon_question question
        = { COX_DAEMON_CONTROL, settings->program, COX_MSG_CONTROL_QUERY, &nothing, COX_MSG_CONTROL_STATE, LIMIT_MS };
    struct cox_timefetch *fetch = g_new0(struct cox_timefetch, 1);
    struct asking asking = { settings, fetch, 0 };
    const struct cox_msg_control_state *state = NULL;
    g_autoptr(GError) problem = NULL;

    fetch->arena = cox_arena_new();
    fetch->sources = g_array_new(FALSE, FALSE, sizeof(struct cox_timeline_source));
    fetch->missing = g_ptr_array_new_with_free_func(g_free);
    state = cox_daemon_ask(NULL, &question, fetch->arena, &problem);
    if (state == NULL || state->node == NULL || !ask_node(&asking, state->node, (problem == NULL) ? &problem : NULL)) {
        if (!read_files(&asking, error)) {
            cox_timefetch_free(fetch);
            return NULL;
        }
        g_ptr_array_add(fetch->missing, g_strdup_printf("the other nodes: %s", (problem == NULL) ? "this node is not a member yet" : problem->message));
    } else if (!settings->is_local) {
        ask_others(&asking, state);
    }
    return fetch;
}

void
cox_timefetch_free(struct cox_timefetch *fetch)
{
    if (fetch == NULL) {
        return;
    }
    for (guint i = 0; i < fetch->sources->len; i++) {
        g_array_unref((GArray *) (gsize) g_array_index(fetch->sources, struct cox_timeline_source, i).records);
    }
    g_array_unref(fetch->sources);
    g_ptr_array_unref(fetch->missing);
    cox_arena_free(fetch->arena);
    g_free(fetch);
}
