/* tools/cox_lb.c - verbs of cox that look at virtual servers: what the daemon of this node says of them.  Layer 6. */
#include "tools/cox_lb.h"

#include <string.h>

#include "base/error.h"
#include "base/interval.h"
#include "tools/daemon.h"
#include "tools/watch.h"

static void
service_free(gpointer data)
{
    struct cox_lb_service *service = data;

    g_ptr_array_unref(service->servers);
    g_free(service);
}

void
cox_lb_found_init(struct cox_lb_found *found)
{
    *found = (struct cox_lb_found) { .arenas = g_ptr_array_new_with_free_func((GDestroyNotify) cox_arena_free), .services = g_ptr_array_new_with_free_func(service_free) };
}

void
cox_lb_found_clear(struct cox_lb_found *found)
{
    g_ptr_array_unref(found->services);
    g_ptr_array_unref(found->arenas);
}

/* Servers of a long service may go on in the next answer. */
static void
take(struct cox_lb_found *found, const struct cox_msg_lb_service *head)
{
    struct cox_lb_service *service = found->services->len == 0 ? NULL : found->services->pdata[found->services->len - 1];

    if (service == NULL || g_strcmp0(service->head->name, head->name) != 0) {
        service = g_new0(struct cox_lb_service, 1);
        service->head = head;
        service->servers = g_ptr_array_new();
        g_ptr_array_add(found->services, service);
    }
    for (gsize i = 0; i < head->n_servers; i++) {
        g_ptr_array_add(service->servers, (gpointer) (guintptr) &head->servers[i]);
    }
}

bool
cox_lb_find(struct cox_runtime *runtime, const char *service, struct cox_lb_found *found, GError **error)
{
    struct cox_msg_lb_query query = { .service = service };

    do {
        const struct cox_daemon_question question = { COX_DAEMON_LVS, "cox", COX_MSG_LB_QUERY, &query, COX_MSG_LB_STATE, 0 };
        const struct cox_msg_lb_state *state = cox_daemon_ask_more(runtime, &question, found->arenas, error);

        if (state == NULL) {
            return false;
        }
        for (gsize i = 0; i < state->n_services; i++) {
            take(found, &state->services[i]);
        }
        query.from = state->next;
    } while (query.from != 0);
    if (service != NULL && found->services->len == 0) {
        g_set_error(error, COX_ERROR, COX_ERROR_NOT_FOUND, "virtual server '%s' is not on this node: cox lb list shows those that are", service);
        return false;
    }
    return true;
}

char *
cox_lb_place(const struct cox_msg_lb_server *server)
{
    const char *address = server->address == NULL ? "" : server->address;
    bool is_ipv6 = strchr(address, ':') != NULL;

    if (server->port == 0) {
        return g_strdup(address);
    }
    return g_strdup_printf("%s%s%s:%" G_GUINT64_FORMAT, is_ipv6 ? "[" : "", address, is_ipv6 ? "]" : "", server->port);
}

/* ---- as structure ----------------------------------------------------------------------------------------- */

static void
put_traffic(struct cox_out *out, const struct cox_msg_lb_traffic *traffic)
{
    const struct {
        const char *name;
        guint64 value;
    } numbers[] = { { "connections", traffic->conns },
                    { "in_packets", traffic->in_packets },
                    { "out_packets", traffic->out_packets },
                    { "in_bytes", traffic->in_bytes },
                    { "out_bytes", traffic->out_bytes },
                    { "connections_per_s", traffic->conn_rate },
                    { "in_packets_per_s", traffic->in_packet_rate },
                    { "out_packets_per_s", traffic->out_packet_rate },
                    { "in_bytes_per_s", traffic->in_byte_rate },
                    { "out_bytes_per_s", traffic->out_byte_rate } };

    cox_out_begin(out, "traffic", NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(numbers); i++) {
        cox_out_attrf(out, numbers[i].name, "%" G_GUINT64_FORMAT, numbers[i].value);
    }
    cox_out_end(out);
}

static void
put_server(struct cox_out *out, const struct cox_msg_lb_server *server)
{
    cox_out_begin(out, "server", "address", server->address, "state", server->state, "order", server->order, "method", server->method, "label",
                  server->label, NULL);
    cox_out_attrf(out, "port", "%" G_GUINT64_FORMAT, server->port);
    cox_out_attrf(out, "weight", "%" G_GINT64_FORMAT, server->weight);
    cox_out_attrf(out, "configured_weight", "%" G_GINT64_FORMAT, server->configured);
    cox_out_attr_bool(out, "placed", server->is_placed != 0);
    cox_out_attrf(out, "active", "%" G_GUINT64_FORMAT, server->active);
    cox_out_attrf(out, "inactive", "%" G_GUINT64_FORMAT, server->inactive);
    cox_out_attrf(out, "persistent", "%" G_GUINT64_FORMAT, server->persistent);
    if (server->drain_ms > 0) {
        cox_out_attrf(out, "drain_ms", "%" G_GINT64_FORMAT, server->drain_ms);
    }
    if (server->more_checks > 0) {
        cox_out_attrf(out, "checks_more", "%" G_GUINT64_FORMAT, server->more_checks);
    }
    for (gsize i = 0; i < server->n_traffic; i++) {
        put_traffic(out, &server->traffic[i]);
    }
    for (gsize i = 0; i < server->n_checks; i++) {
        const struct cox_msg_lb_check *check = &server->checks[i];

        cox_out_begin(out, "check", "kind", check->kind, "target", check->target, "state", check->state, "words", check->words, NULL);
        cox_out_attrf(out, "streak", "%" G_GUINT64_FORMAT, check->streak);
        cox_out_end(out);
    }
    cox_out_end(out);
}

static void
put_service(struct cox_out *out, const struct cox_lb_service *service)
{
    const struct cox_msg_lb_service *head = service->head;

    cox_out_begin(out, "service", "name", head->name, "scheduler", head->scheduler, "label", head->label, NULL);
    cox_out_attr_bool(out, "quorate", head->has_quorum != 0);
    cox_out_attrf(out, "quorum", "%" G_GINT64_FORMAT, head->quorum);
    cox_out_attrf(out, "good_weight", "%" G_GINT64_FORMAT, head->good_weight);
    cox_out_attrf(out, "whole_weight", "%" G_GINT64_FORMAT, head->whole_weight);
    cox_out_attrf(out, "persistence_s", "%" G_GUINT64_FORMAT, head->persist_s);
    cox_out_attr_bool(out, "sorry", head->is_sorry != 0);
    cox_out_attr_bool(out, "panic", head->is_panic != 0);
    cox_out_attr_bool(out, "suspended", head->is_suspended != 0);
    cox_out_attrf(out, "servers_good", "%" G_GUINT64_FORMAT, head->n_good);
    cox_out_attrf(out, "servers", "%" G_GUINT64_FORMAT, head->n_all);
    if (head->more_fronts > 0) {
        cox_out_attrf(out, "fronts_more", "%" G_GUINT64_FORMAT, head->more_fronts);
    }
    if (head->uncounted > 0) {
        cox_out_attrf(out, "addresses_uncounted", "%" G_GUINT64_FORMAT, head->uncounted);
    }
    for (gsize i = 0; i < head->n_fronts; i++) {
        cox_out_leaf(out, "front", "value", head->fronts[i], NULL);
    }
    for (gsize i = 0; i < head->n_traffic; i++) {
        put_traffic(out, &head->traffic[i]);
    }
    for (guint i = 0; i < service->servers->len; i++) {
        put_server(out, service->servers->pdata[i]);
    }
    cox_out_end(out);
}

/* ---- for people ------------------------------------------------------------------------------------------- */

enum { FRONTS_IN_LINE = 3 };

/* "web (tcp 192.0.2.1:80, wlc): 2 of 3 servers, quorum"; the caller frees. */
static char *
service_text(const struct cox_msg_lb_service *head, bool is_long)
{
    GString *text = g_string_new(head->name);

    if (is_long) {
        const guint64 n = head->n_fronts + head->more_fronts;

        for (gsize i = 0; i < head->n_fronts && i < FRONTS_IN_LINE; i++) {
            g_string_append_printf(text, "%s%s", i == 0 ? " (" : ", ", head->fronts[i]);
        }
        if (n > FRONTS_IN_LINE) {
            g_string_append_printf(text, " and %" G_GUINT64_FORMAT " more", n - FRONTS_IN_LINE);
        }
        g_string_append_printf(text, "%s, %s)", n == 0 ? " (" : "", head->scheduler);
    }
    g_string_append_printf(text, ": %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " servers are good%s%s%s%s", head->n_good, head->n_all,
                           head->has_quorum != 0 ? "" : ", no quorum", head->is_sorry != 0 ? ", the sorry server answers" : "",
                           head->is_panic != 0 ? ", so few that all are used" : "", head->is_suspended != 0 ? ", not checked: its address is not here" : "");
    return g_string_free(text, FALSE);
}

/* "10.0.0.1:80 up, weight 2 (configured 3, by order: weight)"; the caller frees. */
static char *
server_text(const struct cox_msg_lb_server *server)
{
    g_autofree char *place = cox_lb_place(server);
    g_autofree char *left = server->drain_ms > 0 ? cox_interval_text(server->drain_ms / 1000 * 1000) : NULL;
    GString *text = g_string_new(place);

    g_string_append_printf(text, " %s, weight %" G_GINT64_FORMAT, server->state, server->weight);
    if (server->weight != server->configured) {
        g_string_append_printf(text, " (configured %" G_GINT64_FORMAT ")", server->configured);
    }
    if (server->order != NULL) {
        g_string_append_printf(text, ", by order: %s", server->order);
    }
    if (left != NULL) {
        g_string_append_printf(text, ", at most %s more", left);
    }
    return g_string_free(text, FALSE);
}

static void
list_service(struct cox_out *out, const struct cox_lb_service *service)
{
    g_autofree char *text = service_text(service->head, true);

    cox_out_line(out, "%s", text);
    for (guint i = 0; i < service->servers->len; i++) {
        const struct cox_msg_lb_server *server = service->servers->pdata[i];
        g_autofree char *words = server_text(server);

        cox_out_line(out, "  %s, %" G_GUINT64_FORMAT " connections", words, server->active);
        for (gsize k = 0; k < server->n_checks; k++) {
            if (g_strcmp0(server->checks[k].state, "bad") == 0) {
                cox_out_line(out, "    %s check of %s: %s", server->checks[k].kind, server->checks[k].target,
                             server->checks[k].words == NULL ? "failed" : server->checks[k].words);
            }
        }
    }
}

static void
show_service(struct cox_out *out, const struct cox_lb_service *service)
{
    const struct cox_msg_lb_service *head = service->head;
    g_autofree char *text = service_text(head, true);

    cox_out_line(out, "%s", text);
    for (gsize i = FRONTS_IN_LINE; i < head->n_fronts; i++) {
        cox_out_line(out, "  also %s", head->fronts[i]);
    }
    if (head->more_fronts > 0) {
        cox_out_line(out, "  and %" G_GUINT64_FORMAT " more", head->more_fronts);
    }
    if (head->uncounted > 0) {
        cox_out_line(out, "  connections through %" G_GUINT64_FORMAT " further addresses are not counted here", head->uncounted);
    }
    cox_out_line(out, "  weight: %" G_GINT64_FORMAT " of %" G_GINT64_FORMAT " is good, quorum is %" G_GINT64_FORMAT, head->good_weight, head->whole_weight,
                 head->quorum);
    if (head->persist_s > 0) {
        cox_out_line(out, "  a client keeps its server for %" G_GUINT64_FORMAT " s", head->persist_s);
    }
    for (guint i = 0; i < service->servers->len; i++) {
        const struct cox_msg_lb_server *server = service->servers->pdata[i];
        g_autofree char *words = server_text(server);

        cox_out_line(out, "  %s, %s, connections: %" G_GUINT64_FORMAT " active, %" G_GUINT64_FORMAT " inactive, %" G_GUINT64_FORMAT " persistent", words,
                     server->method, server->active, server->inactive, server->persistent);
        for (gsize k = 0; k < server->n_checks; k++) {
            const struct cox_msg_lb_check *check = &server->checks[k];

            cox_out_line(out, "    %s check of %s: %s%s%s", check->kind, check->target, check->state, check->words != NULL ? ", failed last: " : "",
                         check->words != NULL ? check->words : "");
        }
        if (server->more_checks > 0) {
            cox_out_line(out, "    and %" G_GUINT64_FORMAT " more checks", server->more_checks);
        }
    }
}

/* "5120" as "5.0 K". */
static char *
amount(guint64 number)
{
    static const char units[] = " KMGTPE";
    double rest = (double) number;
    guint i = 0;

    for (; rest >= 1024 && units[i + 1] != '\0'; i++) {
        rest /= 1024;
    }
    return i == 0 ? g_strdup_printf("%" G_GUINT64_FORMAT " ", number) : g_strdup_printf("%.1f %c", rest, units[i]);
}

static void
tell_traffic(struct cox_out *out, const char *indent, const char *name, const struct cox_msg_lb_traffic *traffic)
{
    g_autofree char *in = amount(traffic->in_bytes);
    g_autofree char *in_rate = amount(traffic->in_byte_rate);
    g_autofree char *sent = amount(traffic->out_bytes);
    g_autofree char *sent_rate = amount(traffic->out_byte_rate);

    cox_out_line(out, "%s%s: %" G_GUINT64_FORMAT " connections (%" G_GUINT64_FORMAT "/s), in %sB (%sB/s, %" G_GUINT64_FORMAT " packets/s), out %sB (%sB/s, %"
                 G_GUINT64_FORMAT " packets/s)", indent, name, traffic->conns, traffic->conn_rate, in, in_rate, traffic->in_packet_rate, sent, sent_rate,
                 traffic->out_packet_rate);
}

static void
tell_stats(struct cox_out *out, const struct cox_lb_service *service)
{
    for (gsize i = 0; i < service->head->n_traffic; i++) {
        tell_traffic(out, "", service->head->name, &service->head->traffic[i]);
    }
    for (guint i = 0; i < service->servers->len; i++) {
        const struct cox_msg_lb_server *server = service->servers->pdata[i];
        g_autofree char *place = cox_lb_place(server);

        for (gsize k = 0; k < server->n_traffic; k++) {
            tell_traffic(out, "  ", place, &server->traffic[k]);
        }
    }
}

/* ---- verbs ------------------------------------------------------------------------------------------------ */

static int
tell(struct cox_tool_ctx *ctx, const char *name, void (*print)(struct cox_out *out, const struct cox_lb_service *service))
{
    struct cox_lb_found found;
    GError *error = NULL;
    bool is_good = false;

    cox_lb_found_init(&found);
    is_good = cox_lb_find(NULL, name, &found, &error);
    if (is_good) {
        cox_out_begin(ctx->out, "services", NULL);
        for (guint i = 0; i < found.services->len; i++) {
            put_service(ctx->out, found.services->pdata[i]);
            print(ctx->out, found.services->pdata[i]);
        }
        cox_out_end(ctx->out);
        if (found.services->len == 0 && !ctx->is_quiet) {
            cox_out_line(ctx->out, "There is no virtual server on this node.");
        }
    }
    cox_lb_found_clear(&found);
    return is_good ? 0 : cox_tool_fail(ctx, error);
}

int
cox_verb_lb_list(struct cox_tool_ctx *ctx, char **arguments)
{
    return tell(ctx, arguments[0], list_service);
}

int
cox_verb_lb_show(struct cox_tool_ctx *ctx, char **arguments)
{
    return tell(ctx, arguments[0], show_service);
}

int
cox_verb_lb_stats(struct cox_tool_ctx *ctx, char **arguments)
{
    return tell(ctx, arguments[0], tell_stats);
}

struct watching {
    struct cox_out *out;
    const char *name;   /* NULL: all */
    GHashTable *before; /* what it is about to what was told of it */
};

/* Tell what is another thing than before; @key is taken. */
static bool
tell_news(struct watching *watching, char *key, const char *text)
{
    g_autoptr(GDateTime) now = g_date_time_new_now_local();
    g_autofree char *clock = g_date_time_format(now, "%H:%M:%S");
    bool is_new = g_strcmp0(g_hash_table_lookup(watching->before, key), text) != 0;

    if (is_new) {
        cox_out_line(watching->out, "%s %s", clock, text);
        g_hash_table_insert(watching->before, key, g_strdup(text));
    } else {
        g_free(key);
    }
    return is_new;
}

/* Another state of a server without what moves all the time: how long a drain may take. */
static char *
news_of(const struct cox_lb_service *service, const struct cox_msg_lb_server *server)
{
    struct cox_msg_lb_server steady = *server;
    g_autofree char *words = NULL;

    steady.drain_ms = 0;
    words = server_text(&steady);
    return g_strdup_printf("%s: %s", service->head->name, words);
}

static bool
look(struct cox_runtime *runtime, void *context, GError **error)
{
    struct watching *watching = context;
    struct cox_lb_found found;
    bool is_good = false;

    cox_lb_found_init(&found);
    is_good = cox_lb_find(runtime, watching->name, &found, error);
    for (guint i = 0; is_good && i < found.services->len; i++) {
        const struct cox_lb_service *service = found.services->pdata[i];
        g_autofree char *text = service_text(service->head, false);
        bool is_new = tell_news(watching, g_strdup(service->head->name), text);

        for (guint k = 0; k < service->servers->len; k++) {
            const struct cox_msg_lb_server *server = service->servers->pdata[k];
            g_autofree char *words = news_of(service, server);
            g_autofree char *place = cox_lb_place(server);

            is_new = tell_news(watching, g_strdup_printf("%s %s", service->head->name, place), words) || is_new;
        }
        if (is_new) {
            put_service(watching->out, service);
        }
    }
    cox_lb_found_clear(&found);
    return is_good;
}

int
cox_verb_lb_watch(struct cox_tool_ctx *ctx, char **arguments)
{
    struct watching watching = { .out = ctx->out, .name = arguments[0] };
    int status = 0;

    watching.before = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    cox_out_begin(ctx->out, "services", NULL);
    status = cox_watch(ctx, look, &watching);
    cox_out_end(ctx->out);
    g_hash_table_unref(watching.before);
    return status;
}
