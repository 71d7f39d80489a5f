/* tools/cib_live.c - for cib_access.c: the document of the running cluster, one question at a time.  Layer 6. */
#include "tools/cib_live.h"

#include <string.h>

#include "base/arena.h"
#include "base/error.h"
#include "client/ask.h"
#include "proto/cibflag.h"
#include "tools/tool.h"

#define NOT_CONNECTED "Not connected: start the cluster, or name a file with CIB_file: "
#define LOST_QUERY "the document could not be read; try again when cox status answers"
#define LOST_CHANGE "nobody here knows whether the change is made, as a whole, or not at all; look at the document before it is tried again"

struct cox_cib_live {
    struct cox_runtime *runtime;
    struct cox_client *client;
    gint64 timeout_ms;
    GError *problem; /* of the connection */
};

static void
on_connection(void *context, bool is_up, const GError *problem)
{
    struct cox_cib_live *live = context;

    if (!is_up && live->problem == NULL && problem != NULL) {
        live->problem = g_error_copy(problem);
    }
}

struct cox_cib_live *
cox_cib_live_open(struct cox_runtime *runtime, const char *tool, gint64 timeout_ms, GError **error)
{
    struct cox_cib_live *live = g_new0(struct cox_cib_live, 1);
    const struct cox_client_settings settings = { .daemon = COX_DAEMON_CIB, .program = tool, .changed = on_connection, .context = live };

    live->runtime = runtime;
    live->timeout_ms = timeout_ms;
    live->client = cox_client_new(runtime, &settings);
    while (!cox_client_is_reached(live->client) && live->problem == NULL) {
        (void) cox_runtime_step(runtime, true);
    }
    if (live->problem != NULL) {
        g_propagate_prefixed_error(error, g_steal_pointer(&live->problem), NOT_CONNECTED);
        cox_cib_live_free(live);
        return NULL;
    }
    return live;
}

void
cox_cib_live_free(struct cox_cib_live *live)
{
    if (live != NULL) {
        cox_client_free(live->client);
        g_clear_error(&live->problem);
        g_free(live);
    }
}

/* Say of a connection that was lost what that means for who has asked. */
static void
tell_lost(GError **error, const char *what)
{
    if (g_error_matches(*error, COX_ERROR, COX_ERROR_DISCONNECTED) || g_error_matches(*error, COX_ERROR, COX_ERROR_TIMEOUT)) {
        g_prefix_error(error, "the connection to cox-cibd was lost, %s: ", what);
    }
}

/*
 * The first question goes out before the daemon has greeted us. It greets before it looks at questions: one that ends without has not been done; one
 * that only does not come to it in time may still be. @lost: what that means.
 */
static const void *
ask_daemon(struct cox_cib_live *live, struct cox_ask *ask, const char *lost, GError **error)
{
    GError *problem = NULL;
    const void *answer = cox_ask(live->runtime, live->client, ask, &problem);

    if (answer == NULL && cox_client_boot(live->client) == 0 && !g_error_matches(problem, COX_ERROR, COX_ERROR_TIMEOUT)) {
        g_prefix_error(&problem, "%s", NOT_CONNECTED);
    } else if (answer == NULL) {
        tell_lost(&problem, lost);
    }
    if (answer == NULL) {
        g_propagate_error(error, problem);
    }
    return answer;
}

/* ---- query ---- */

static bool
on_data(void *context, const guint8 *data, gsize size, GError **error)
{
    GByteArray *bytes = context;

    if (bytes->len + size > G_MAXINT32) {
        g_set_error(error, COX_ERROR, COX_ERROR_INVALID_PARAM, "document: more than %d bytes", G_MAXINT32);
        return false;
    }
    g_byte_array_append(bytes, data, (guint) size);
    return true;
}

static void
on_end(void *context, const GError *problem)
{
    (void) context; /* cox_ask() has the error */
    (void) problem;
}

struct cox_xmldoc *
cox_cib_live_query(struct cox_cib_live *live, const struct cox_msg_cib_query *query, GError **error)
{
    g_autoptr(cox_arena) arena = cox_arena_new();
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    const struct cox_sink sink = { on_data, on_end, bytes };
    struct cox_ask ask = { .call = { .message = COX_MSG_CIB_QUERY, .body = query, .timeout_ms = live->timeout_ms },
                           .expected = COX_MSG_CIB_CONTENT, .arena = arena, .sink = &sink };
    struct cox_xml_limits limits = { 0 };

    if (!cox_tool_limits(&limits, error) || ask_daemon(live, &ask, LOST_QUERY, error) == NULL) {
        return NULL;
    }
    return cox_xmldoc_parse_text((const char *) bytes->data, bytes->len, &limits, error);
}

/* ---- change ---- */

static bool
is_certain(guint64 outcome, const char *id, GError **error)
{
    if (outcome == COX_CIB_UNCERTAIN) {
        g_set_error(error, COX_ERROR, COX_ERROR_INDETERMINATE,
                    "nobody knows whether the change %s will be kept: the membership changed meanwhile, disks failed, or not enough nodes have said in "
                    "time that they have it; look at the document",
                    id == NULL ? "" : id);
        return false;
    }
    return true;
}

bool
cox_cib_live_change(struct cox_cib_live *live, struct cox_msg_cib_change *change, const char *text, guint64 *outcome, GError **error)
{
    g_autoptr(cox_arena) arena = cox_arena_new();
    struct cox_ask ask = { .call = { .message = COX_MSG_CIB_CHANGE, .body = change, .timeout_ms = live->timeout_ms },
                           .expected = COX_MSG_CIB_CHANGED, .arena = arena };
    const struct cox_msg_cib_changed *changed;

    if (text != NULL && strlen(text) > COX_CIB_INLINE_BYTES) {
        g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));

        ask.call.source = cox_source_of_bytes(bytes);
    } else {
        change->xml = text;
    }
    changed = ask_daemon(live, &ask, LOST_CHANGE, error);
    change->xml = NULL;
    if (changed == NULL) {
        return false;
    }
    *outcome = changed->outcome;
    return is_certain(changed->outcome, changed->id, error);
}

const struct cox_msg_cib_pairs *
cox_cib_live_pairs(struct cox_cib_live *live, const struct cox_msg_cib_pairs_query *query, const struct cox_msg_cib_set *set,
                   struct cox_arena *arena, GError **error)
{
    struct cox_ask ask = { .call = { .message = set == NULL ? COX_MSG_CIB_PAIRS_QUERY : COX_MSG_CIB_SET,
                                     .body = set == NULL ? (const void *) query : set, .timeout_ms = live->timeout_ms },
                           .expected = COX_MSG_CIB_PAIRS, .arena = arena };
    const struct cox_msg_cib_pairs *pairs = ask_daemon(live, &ask, set == NULL ? LOST_QUERY : LOST_CHANGE, error);

    return pairs != NULL && is_certain(pairs->outcome, pairs->id, error) ? pairs : NULL;
}
