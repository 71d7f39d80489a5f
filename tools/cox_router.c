/* tools/cox_router.c - verbs of cox about virtual routers: what the daemon of this node says of them.  Layer 6. */
#include <string.h>

#include "admin/rscedit.h"
#include "base/error.h"
#include "base/interval.h"
#include "tools/cox_lb.h"
#include "tools/daemon.h"
#include "tools/watch.h"

/* All that is known of the routers. */
struct found {
    GPtrArray *arenas; /* of the answers */
    GArray *routers; /* struct cox_msg_router */
    gsize n_refused; /* adverts of no router */
    const struct cox_msg_stat *refused;
};

static void
found_init(struct found *found)
{
    *found = (struct found) { .arenas = g_ptr_array_new_with_free_func((GDestroyNotify) cox_arena_free), .routers = g_array_new(FALSE, FALSE, sizeof(struct cox_msg_router)) };
}

static void
found_clear(struct found *found)
{
    g_array_unref(found->routers);
    g_ptr_array_unref(found->arenas);
}

/* Those of this node; @name NULL: all. */
static bool
find(struct cox_runtime *runtime, const char *name, struct found *found, GError **error)
{
    struct cox_msg_router_query query = { .name = name };

    do {
        const struct cox_daemon_question question = { COX_DAEMON_VRRP, "cox", COX_MSG_ROUTER_QUERY, &query, COX_MSG_ROUTER_STATE, 0 };
        const struct cox_msg_router_state *state = cox_daemon_ask_more(runtime, &question, found->arenas, error);

        if (state == NULL) {
            return false;
        }
        g_array_append_vals(found->routers, state->routers, (guint) state->n_routers);
        found->refused = state->refused;
        found->n_refused = state->n_refused;
        query.from = state->next;
    } while (query.from != 0);
    return true;
}

static const struct cox_msg_router *
router_at(const struct found *found, guint i)
{
    return &g_array_index(found->routers, struct cox_msg_router, i);
}

/* "1.250s" of microseconds. */
static char *
time_text(gint64 usec)
{
    return cox_interval_text(MAX(usec, 0) / 1000);
}

/* ---- as structure ----------------------------------------------------------------------------------------- */

static void
put_refused(struct cox_out *out, const struct cox_msg_stat *refused, gsize n)
{
    for (gsize i = 0; i < n; i++) {
        cox_out_begin(out, "refused", "reason", refused[i].name, NULL);
        cox_out_attrf(out, "adverts", "%" G_GINT64_FORMAT, refused[i].value);
        cox_out_end(out);
    }
}

static void
put_router(struct cox_out *out, const struct cox_msg_router *router)
{
    const struct {
        const char *name;
        guint64 value;
    } numbers[] = { { "since_us", (guint64) router->since_us },     { "vrid", router->vrid },
                    { "family", router->family },                   { "version", router->version },
                    { "priority", router->priority },               { "configured_priority", router->configured },
                    { "advert_us", (guint64) router->advert_us },   { "sent", router->sent },
                    { "received", router->received },               { "zero_sent", router->zero_sent },
                    { "zero_received", router->zero_received },     { "became_master", router->became_master },
                    { "left_master", router->left_master },         { "announcements", router->announcements },
                    { "differing", router->differing },             { "longest_gap_us", (guint64) router->longest_gap_us },
                    { "addresses", router->n_all } };

    cox_out_begin(out, "router", "name", router->name, "state", router->state, "authority", router->authority, "interface", router->interface, "group",
                  router->group, "source", router->source, "master", router->master, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(numbers); i++) {
        cox_out_attrf(out, numbers[i].name, "%" G_GUINT64_FORMAT, numbers[i].value);
    }
    if (router->master != NULL) {
        cox_out_attrf(out, "master_priority", "%" G_GUINT64_FORMAT, router->master_priority);
        cox_out_attrf(out, "master_us", "%" G_GINT64_FORMAT, router->master_us);
    }
    for (gsize i = 0; i < router->n_addresses; i++) {
        cox_out_leaf(out, "address", "value", router->addresses[i], NULL);
    }
    put_refused(out, router->refused, router->n_refused);
    cox_out_end(out);
}

/* ---- for people ------------------------------------------------------------------------------------------- */

/* @most of the addresses, with commas between. */
static char *
addresses_text(const struct cox_msg_router *router, gsize most)
{
    GString *text = g_string_new(router->n_all == 0 ? "none" : NULL);

    for (gsize i = 0; i < router->n_addresses && i < most; i++) {
        g_string_append_printf(text, "%s%s", i > 0 ? ", " : "", router->addresses[i]);
    }
    if (router->n_all > MIN(router->n_addresses, most)) {
        g_string_append_printf(text, " and %" G_GUINT64_FORMAT " more", router->n_all - MIN(router->n_addresses, most));
    }
    return g_string_free(text, FALSE);
}

static const char *
decider(const struct cox_msg_router *router)
{
    return g_strcmp0(router->authority, "cluster") == 0 ? "the cluster decides" : "adverts decide";
}

static void
list_router(struct cox_out *out, const struct cox_msg_router *router)
{
    g_autofree char *since = time_text(router->since_us / 1000000 * 1000000);
    g_autofree char *addresses = addresses_text(router, 3);

    cox_out_line(out, "%s: %s for %s, vrid %" G_GUINT64_FORMAT " on %s, priority %" G_GUINT64_FORMAT ", %s: %s%s%s%s", router->name, router->state, since,
                 router->vrid, router->interface == NULL ? "no interface" : router->interface, router->priority, decider(router), addresses,
                 router->master != NULL ? " (master is " : "", router->master != NULL ? router->master : "", router->master != NULL ? ")" : "");
}

static void
tell_refused(struct cox_out *out, const char *what, const struct cox_msg_stat *refused, gsize n)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (gsize i = 0; i < n; i++) {
        g_string_append_printf(text, "%s%s %" G_GINT64_FORMAT, i > 0 ? ", " : "", refused[i].name, refused[i].value);
    }
    if (n > 0) {
        cox_out_line(out, "%s%s", what, text->str);
    }
}

static void
show_router(struct cox_out *out, const struct cox_msg_router *router)
{
    g_autofree char *since = time_text(router->since_us / 1000000 * 1000000);
    g_autofree char *advert = time_text(router->advert_us);
    g_autofree char *theirs = time_text(router->master_us);
    g_autofree char *gap = time_text(router->longest_gap_us);
    g_autofree char *addresses = addresses_text(router, G_MAXSIZE);

    cox_out_line(out, "%s: %s for %s", router->name, router->state, since);
    cox_out_line(out, "  vrid %" G_GUINT64_FORMAT " on %s, IPv%" G_GUINT64_FORMAT ", version %" G_GUINT64_FORMAT "%s%s", router->vrid,
                 router->interface == NULL ? "no interface" : router->interface, router->family, router->version, router->group != NULL ? ", sync group " : "",
                 router->group != NULL ? router->group : "");
    cox_out_line(out, "  priority %" G_GUINT64_FORMAT " (configured %" G_GUINT64_FORMAT "), adverts every %s from %s, %s", router->priority,
                 router->configured, advert, router->source == NULL ? "no address yet" : router->source, decider(router));
    if (router->master != NULL) {
        cox_out_line(out, "  master heard last: %s with priority %" G_GUINT64_FORMAT ", every %s", router->master, router->master_priority, theirs);
    }
    cox_out_line(out, "  addresses: %s", addresses);
    cox_out_line(out, "  adverts: %" G_GUINT64_FORMAT " sent (%" G_GUINT64_FORMAT " with priority 0), %" G_GUINT64_FORMAT " received (%" G_GUINT64_FORMAT
                 "), %" G_GUINT64_FORMAT " with other addresses; longest interval %s", router->sent, router->zero_sent, router->received,
                 router->zero_received, router->differing, gap);
    cox_out_line(out, "  became master %" G_GUINT64_FORMAT " times, left it %" G_GUINT64_FORMAT " times, announced its addresses %" G_GUINT64_FORMAT " times",
                 router->became_master, router->left_master, router->announcements);
    tell_refused(out, "  adverts refused: ", router->refused, router->n_refused);
}

/* ---- verbs ------------------------------------------------------------------------------------------------ */

static int
tell(struct cox_tool_ctx *ctx, const char *name, void (*print)(struct cox_out *out, const struct cox_msg_router *router))
{
    struct found found;
    GError *error = NULL;
    bool is_good = false;

    found_init(&found);
    is_good = find(NULL, name, &found, &error);
    if (is_good) {
        cox_out_begin(ctx->out, "routers", NULL);
        for (guint i = 0; i < found.routers->len; i++) {
            put_router(ctx->out, router_at(&found, i));
            print(ctx->out, router_at(&found, i));
        }
        put_refused(ctx->out, found.refused, found.n_refused);
        if (name == NULL) {
            tell_refused(ctx->out, "Adverts of no router here, refused: ", found.refused, found.n_refused);
        }
        cox_out_end(ctx->out);
        if (found.routers->len == 0 && !ctx->is_quiet) {
            cox_out_line(ctx->out, "There is no virtual router on this node.");
        }
    }
    found_clear(&found);
    return is_good ? 0 : cox_tool_fail(ctx, error);
}

int
cox_verb_router_list(struct cox_tool_ctx *ctx, char **arguments)
{
    (void) arguments;
    return tell(ctx, NULL, list_router);
}

int
cox_verb_router_show(struct cox_tool_ctx *ctx, char **arguments)
{
    return tell(ctx, arguments[0], show_router);
}

struct watching {
    struct cox_out *out;
    const char *name;   /* NULL: all */
    GHashTable *before; /* name to what was told of it */
};

/* What is new since the look before: another state, priority or master. */
static bool
look(struct cox_runtime *runtime, void *context, GError **error)
{
    struct watching *watching = context;
    g_autoptr(GDateTime) now = g_date_time_new_now_local();
    g_autofree char *clock = g_date_time_format(now, "%H:%M:%S");
    g_autoptr(GHashTable) gone = g_hash_table_new(g_str_hash, g_str_equal);
    GHashTableIter iter;
    gpointer name = NULL;
    struct found found;
    bool is_good = false;

    found_init(&found);
    is_good = find(runtime, watching->name, &found, error);
    g_hash_table_iter_init(&iter, watching->before);
    while (is_good && g_hash_table_iter_next(&iter, &name, NULL)) {
        g_hash_table_add(gone, name);
    }
    for (guint i = 0; is_good && i < found.routers->len; i++) {
        const struct cox_msg_router *router = router_at(&found, i);
        char *text = g_strdup_printf("%s, priority %" G_GUINT64_FORMAT "%s%s", router->state, router->priority, router->master != NULL ? ", master is " : "",
                                     router->master != NULL ? router->master : "");

        g_hash_table_remove(gone, router->name);
        if (g_strcmp0(g_hash_table_lookup(watching->before, router->name), text) != 0) {
            put_router(watching->out, router);
            cox_out_line(watching->out, "%s %s: %s", clock, router->name, text);
            g_hash_table_insert(watching->before, g_strdup(router->name), text);
        } else {
            g_free(text);
        }
    }
    g_hash_table_iter_init(&iter, gone);
    while (g_hash_table_iter_next(&iter, &name, NULL)) {
        cox_out_leaf(watching->out, "gone", "name", (const char *) name, NULL);
        cox_out_line(watching->out, "%s %s: is no longer there", clock, (const char *) name);
        g_hash_table_remove(watching->before, name); /* its key is the name: not used any more */
    }
    found_clear(&found);
    return is_good;
}

int
cox_verb_router_watch(struct cox_tool_ctx *ctx, char **arguments)
{
    struct watching watching = { .out = ctx->out, .name = arguments[0] };
    int status = 0;

    watching.before = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    cox_out_begin(ctx->out, "routers", NULL);
    status = cox_watch(ctx, look, &watching);
    cox_out_end(ctx->out);
    g_hash_table_unref(watching.before);
    return status;
}

/* ---- who is master is not said here ----------------------------------------------------------------------- */

/* The clone that has the resource, or the resource; NULL: the document has none of this name.  The caller frees. */
static char *
resource_of(struct cox_tool_ctx *ctx, const char *name)
{
    struct cox_verb_view view;
    struct cox_xml *rsc = NULL;
    char *id = NULL;

    if (!cox_verb_view_open(ctx, &view)) {
        return NULL; /* it has been said */
    }
    rsc = cox_rscedit_find(view.root, name, NULL);
    if (rsc != NULL && cox_xml_is(cox_xml_parent(rsc), "clone")) {
        rsc = cox_xml_parent(rsc);
    }
    id = rsc == NULL ? NULL : g_strdup(cox_xml_id(rsc));
    cox_verb_view_close(&view);
    return id;
}

/* Nothing is done: what is to be said instead. */
static int
hint(struct cox_tool_ctx *ctx, char **arguments, const char *command)
{
    const char *node = arguments[1] == NULL ? "NODE" : arguments[1];
    struct found found;
    GError *error = NULL;
    bool is_clusters = false;
    g_autofree char *id = NULL;

    found_init(&found);
    if (find(NULL, arguments[0], &found, &error)) {
        is_clusters = g_strcmp0(router_at(&found, 0)->authority, "cluster") == 0;
    }
    found_clear(&found);
    if (error != NULL) {
        return cox_tool_fail(ctx, error);
    }
    if (!is_clusters) {
        return cox_tool_error(ctx, COX_ERROR_UNSATISFIED, "adverts decide who is master of '%s': change its priority, or let the cluster decide (authority=cluster)",
                              arguments[0]);
    }
    id = resource_of(ctx, arguments[0]);
    return cox_tool_error(ctx, COX_ERROR_UNSATISFIED, "the cluster decides who is master of '%s', nothing was done: cox %s %s %s --promoted", arguments[0],
                          command, id == NULL ? "RESOURCE" : id, node);
}

int
cox_verb_router_promote(struct cox_tool_ctx *ctx, char **arguments)
{
    return hint(ctx, arguments, "move");
}

int
cox_verb_router_demote(struct cox_tool_ctx *ctx, char **arguments)
{
    return hint(ctx, arguments, "ban");
}
