/* tools/cox_lbchange.c - verbs of cox that change virtual servers: their resources, and orders for the daemon of this node.  Layer 6. */
#include <string.h>

#include "admin/lbedit.h"
#include "admin/rscedit.h"
#include "base/error.h"
#include "base/interval.h"
#include "tools/cox_lb.h"
#include "tools/daemon.h"

enum { LOOK_MS = 200, WAIT_MS = 3600 * 1000 };

/* ---- the configuration ------------------------------------------------------------------------------------ */

static int
change(struct cox_tool_ctx *ctx, cox_change_fn edit, char **arguments)
{
    return cox_change_run(ctx, &((const struct cox_settings *) ctx->settings)->change, edit, arguments);
}

/* A clone: every director has it, so that each can take over. */
int
cox_verb_lb_service_add(struct cox_tool_ctx *ctx, char **arguments)
{
    struct cox_settings *settings = ctx->settings;
    struct cox_lbedit_place place;
    g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);
    char address[COX_IP_TEXT_SIZE];
    GError *error = NULL;

    g_ptr_array_add(words, g_strdup(arguments[0]));
    g_ptr_array_add(words, g_strdup("ocf:coxswain:VirtualServer"));
    if (g_str_has_prefix(arguments[1], "fwmark:")) {
        g_ptr_array_add(words, g_strdup_printf("fwmark=%s", arguments[1] + strlen("fwmark:")));
    } else if (cox_lbedit_parse(arguments[1], &place, &error)) {
        g_ptr_array_add(words, g_strdup_printf("address=%s", cox_ip_format(&place.address, address)));
        g_ptr_array_add(words, g_strdup_printf("port=%u", place.port));
    } else {
        return cox_tool_fail(ctx, error);
    }
    for (char **word = arguments + 2; *word != NULL; word++) {
        g_ptr_array_add(words, g_strdup(*word));
    }
    g_ptr_array_add(words, NULL);
    settings->is_clone = true;
    return cox_verb_resource_create(ctx, (char **) words->pdata);
}

static bool
edit_service_remove(struct cox_xml *root, const void *what, GError **error)
{
    char *const *words = what;

    if (cox_lbedit_find(root, words[0]) == NULL) {
        g_set_error(error, COX_ERROR, COX_ERROR_NOT_FOUND, "resource '%s' of type ocf:coxswain:VirtualServer does not exist: cox resource list shows those that do",
                    words[0]);
        return false;
    }
    return cox_rscedit_delete(root, words[0], error);
}

int
cox_verb_lb_service_remove(struct cox_tool_ctx *ctx, char **arguments)
{
    return change(ctx, edit_service_remove, arguments);
}

static bool
edit_server_add(struct cox_xml *root, const void *what, GError **error)
{
    char *const *words = what;

    return cox_lbedit_add(root, words[0], words[1], words + 2, error);
}

int
cox_verb_lb_server_add(struct cox_tool_ctx *ctx, char **arguments)
{
    return change(ctx, edit_server_add, arguments);
}

static bool
edit_server_remove(struct cox_xml *root, const void *what, GError **error)
{
    char *const *words = what;

    return cox_lbedit_remove(root, words[0], words[1], error);
}

int
cox_verb_lb_server_remove(struct cox_tool_ctx *ctx, char **arguments)
{
    return change(ctx, edit_server_remove, arguments);
}

/* ---- orders ----------------------------------------------------------------------------------------------- */

/* What is ordered, of which servers. */
struct order {
    struct cox_msg_lb_order message; /* without service, address and port */
    const char *done;                /* for people */
    gint64 wait_ms;                  /* until it is done; 0: not waited for */
    GPtrArray *targets;              /* const struct cox_msg_lb_server, and in @services where */
    GPtrArray *services;             /* names */
};

/* The servers that the words mean, of one virtual server or ("all") of all. */
static bool
find_targets(struct cox_lb_found *found, char **arguments, struct order *order, GError **error)
{
    const char *service = strcmp(arguments[0], "all") == 0 ? NULL : arguments[0];
    struct cox_lbedit_place place;

    if (!cox_lbedit_parse(arguments[1], &place, error) || !cox_lb_find(NULL, service, found, error)) {
        return false;
    }
    for (guint i = 0; i < found->services->len; i++) {
        const struct cox_lb_service *one = found->services->pdata[i];

        for (guint k = 0; k < one->servers->len; k++) {
            const struct cox_msg_lb_server *server = one->servers->pdata[k];
            struct cox_ip ip;

            if (cox_ip_parse(server->address == NULL ? "" : server->address, &ip) && cox_ip_equal(&ip, &place.address)
                && (place.port == 0 || place.port == server->port)) {
                g_ptr_array_add(order->targets, (gpointer) (guintptr) server);
                g_ptr_array_add(order->services, (gpointer) (guintptr) one->head->name);
            }
        }
    }
    if (order->targets->len == 0) {
        g_set_error(error, COX_ERROR, COX_ERROR_NOT_FOUND, "no virtual server %s%s on this node has the server '%s': cox lb list shows those that there are",
                    service == NULL ? "" : "called ", service == NULL ? "" : service, arguments[1]);
        return false;
    }
    return true;
}

static bool
give(const struct order *order, guint i, GError **error)
{
    const struct cox_msg_lb_server *server = order->targets->pdata[i];
    struct cox_msg_lb_order message = order->message;
    const struct cox_daemon_question question = { COX_DAEMON_LVS, "cox", COX_MSG_LB_ORDER, &message, COX_MSG_DONE, 0 };
    g_autoptr(cox_arena) arena = cox_arena_new();

    message.service = order->services->pdata[i];
    message.address = server->address;
    message.port = server->port;
    return cox_daemon_ask(NULL, &question, arena, error) != NULL;
}

/* The server as it is now; NULL: it is there no more. */
static const struct cox_msg_lb_server *
server_now(const struct cox_lb_found *found, const char *service, const struct cox_msg_lb_server *before)
{
    for (guint i = 0; i < found->services->len; i++) {
        const struct cox_lb_service *one = found->services->pdata[i];

        for (guint k = 0; strcmp(one->head->name, service) == 0 && k < one->servers->len; k++) {
            const struct cox_msg_lb_server *server = one->servers->pdata[k];

            if (server->port == before->port && g_strcmp0(server->address, before->address) == 0) {
                return server;
            }
        }
    }
    return NULL;
}

/* One look: how many connections are left, and of how many servers; false with an error: nobody need wait any more. */
static bool
look_at_drains(const struct order *order, guint64 *n_connections, guint *n_servers, GError **error)
{
    struct cox_lb_found found;
    bool is_good = false;

    cox_lb_found_init(&found);
    is_good = cox_lb_find(NULL, NULL, &found, error);
    for (guint i = 0; is_good && i < order->targets->len; i++) {
        const struct cox_msg_lb_server *server = server_now(&found, order->services->pdata[i], order->targets->pdata[i]);

        if (server != NULL && g_strcmp0(server->order, order->message.order) != 0) {
            g_autofree char *place = cox_lb_place(server);

            g_set_error(error, COX_ERROR, COX_ERROR_UNSATISFIED, "%s: somebody has given %s another order: it is %s", (const char *) order->services->pdata[i],
                        place, server->state);
            is_good = false;
        } else if (server != NULL && strcmp(server->state, "drained") != 0) {
            *n_connections += server->active + server->inactive;
            *n_servers += 1;
        }
    }
    cox_lb_found_clear(&found);
    return is_good;
}

/* Until all of them are out. */
static bool
wait_for_drains(const struct order *order, GError **error)
{
    gint64 end = g_get_monotonic_time() + order->wait_ms * 1000;

    for (;;) {
        guint64 n_connections = 0;
        guint n_servers = 0;

        if (!look_at_drains(order, &n_connections, &n_servers, error)) {
            return false;
        }
        if (n_servers == 0) {
            return true;
        }
        if (g_get_monotonic_time() >= end) {
            g_set_error(error, COX_ERROR, COX_ERROR_TIMEOUT, "%u servers still have %" G_GUINT64_FORMAT " connections: cox lb show tells of them; they go on being drained",
                        n_servers, n_connections);
            return false;
        }
        g_usleep(LOOK_MS * 1000);
    }
}

static int
give_all(struct cox_tool_ctx *ctx, char **arguments, struct order *order)
{
    const struct cox_settings *settings = ctx->settings;
    struct cox_lb_found found;
    GError *error = NULL;

    cox_lb_found_init(&found);
    order->targets = g_ptr_array_new();
    order->services = g_ptr_array_new();
    if (find_targets(&found, arguments, order, &error)) {
        for (guint i = 0; i < order->targets->len && error == NULL; i++) {
            g_autofree char *place = cox_lb_place(order->targets->pdata[i]);

            if (settings->change.is_dry || give(order, i, &error)) {
                cox_out_leaf(ctx->out, "ordered", "service", (const char *) order->services->pdata[i], "server", place, "order", order->message.order, NULL);
                cox_out_line(ctx->out, "%s: %s %s%s", (const char *) order->services->pdata[i], place, order->done,
                             settings->change.is_dry ? " (not done: --dry-run)" : "");
            }
        }
    }
    if (error == NULL && order->wait_ms > 0 && !settings->change.is_dry && wait_for_drains(order, &error)) {
        cox_out_line(ctx->out, "All of them are out.");
    }
    g_ptr_array_unref(order->targets);
    g_ptr_array_unref(order->services);
    cox_lb_found_clear(&found);
    return error == NULL ? 0 : cox_tool_fail(ctx, error);
}

static int
simple(struct cox_tool_ctx *ctx, char **arguments, const char *name, const char *done)
{
    struct order order = { .message = { .order = name }, .done = done };

    return give_all(ctx, arguments, &order);
}

int
cox_verb_lb_drain(struct cox_tool_ctx *ctx, char **arguments)
{
    const struct cox_settings *settings = ctx->settings;
    struct order order = { .message = { .order = "drain" }, .done = "gets no new connections, and is out when it has none any more" };
    GError *error = NULL;

    if (settings->within != NULL && !cox_interval_parse(settings->within, &order.message.drain_ms, &error)) {
        return cox_tool_fail(ctx, error);
    }
    if (settings->within != NULL && order.message.drain_ms <= 0) {
        return cox_tool_usage(ctx, "lb drain: --within '%s' must be more than nothing", settings->within);
    }
    order.wait_ms = settings->change.waits ? WAIT_MS : 0;
    if (settings->change.waits && settings->change.timeout != NULL && !cox_interval_parse(settings->change.timeout, &order.wait_ms, &error)) {
        return cox_tool_fail(ctx, error);
    }
    return give_all(ctx, arguments, &order);
}

int
cox_verb_lb_undrain(struct cox_tool_ctx *ctx, char **arguments)
{
    return simple(ctx, arguments, "undrain", "gets connections again");
}

int
cox_verb_lb_enable(struct cox_tool_ctx *ctx, char **arguments)
{
    return simple(ctx, arguments, "enable", "gets connections again");
}

int
cox_verb_lb_disable(struct cox_tool_ctx *ctx, char **arguments)
{
    return simple(ctx, arguments, "disable", "has weight 0: no new connections");
}

/* ---- a weight: in the configuration, or until another order ----------------------------------------------- */

static bool
edit_weight(struct cox_xml *root, const void *what, GError **error)
{
    char *const *words = what;

    return cox_lbedit_weight(root, words[0], words[1], words[2], error);
}

int
cox_verb_lb_weight(struct cox_tool_ctx *ctx, char **arguments)
{
    const struct cox_settings *settings = ctx->settings;
    struct order order = { .message = { .order = "weight" } };
    g_autofree char *done = NULL;

    if (!g_ascii_string_to_signed(arguments[2], 10, 0, 65535, &order.message.weight, NULL)) {
        return cox_tool_usage(ctx, "lb weight: '%.40s' is no weight: use 0 to 65535", arguments[2]);
    }
    if (!settings->is_live) {
        return change(ctx, edit_weight, arguments);
    }
    done = g_strdup_printf("has weight %" G_GINT64_FORMAT, order.message.weight);
    order.done = done;
    return give_all(ctx, arguments, &order);
}
