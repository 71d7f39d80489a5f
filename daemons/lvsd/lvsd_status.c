/* daemons/lvsd/lvsd_status.c - what all virtual servers are now, for clients; and what people order at run time.  Layer 6. */
#include "daemons/lvsd/lvsd.h"

#include <string.h>

#include "base/error.h"

enum {
    UNITS_AT_ONCE = 250,  /* servers and checks in one answer, which must fit a frame */
    CHECKS_SHOWN = 16,    /* of one server */
    FRONTS_SHOWN = 32,    /* of one virtual server; so many are counted as well */
    WORDS_BYTES = 160,
};

/* An answer that is being made. */
struct page {
    const struct cox_lvsd *lvsd;
    struct cox_arena *arena;
    GArray *services;   /* struct cox_msg_lb_service */
    guint n_units;
    guint64 next;
};

/* One virtual server in it. */
struct sheet {
    const struct cox_lvs_pool *pool;
    GArray *dests;      /* struct cox_ipvs_dest: of all its fronts, as the kernel counts */
    cox_usec now;
};

/* ---- words ---- */

/* What came from outside may be anything, but a message takes good text only. */
static const char *
clean(struct cox_arena *arena, const char *text)
{
    g_autofree char *good = text == NULL ? NULL : g_utf8_make_valid(text, (gssize) strnlen(text, WORDS_BYTES));

    return cox_arena_strdup(arena, good);
}

static const char *
target_of(struct cox_arena *arena, const struct cox_lvs_check *check)
{
    g_autofree char *where = NULL;

    switch (check->kind) {
        case COX_LVS_CHECK_PROGRAM:
            return clean(arena, check->program.script.command);
        case COX_LVS_CHECK_FILE:
            return clean(arena, check->file.path);
        default:
            where = cox_lvsd_endpoint(&check->path.to, check->path.to_port);
            return cox_arena_strdup(arena, where);
    }
}

static const char *
front_text(struct cox_arena *arena, const struct cox_lvs_service *conf, const struct cox_lvs_front *front)
{
    const char *protocol = conf->protocol == COX_LVS_PROTOCOL_UDP ? "udp" : conf->protocol == COX_LVS_PROTOCOL_SCTP ? "sctp" : "tcp";
    g_autofree char *where = cox_lvsd_endpoint(&front->address, front->port);

    if (front->mark != 0) {
        return cox_arena_printf(arena, front->family == COX_IP_V6 ? "fwmark %u inet6" : "fwmark %u", front->mark);
    }
    return front->count > 1 ? cox_arena_printf(arena, "%s %s +%u", protocol, where, front->count - 1) : cox_arena_printf(arena, "%s %s", protocol, where);
}

static const char *
state_of(const struct cox_lvs_backend *backend)
{
    if (backend->order == COX_LVS_ORDER_DRAIN) {
        return backend->is_drained ? "drained" : "draining";
    }
    return backend->is_up ? "up" : "down";
}

static const char *
order_of(const struct cox_lvs_backend *backend)
{
    switch (backend->order) {
        case COX_LVS_ORDER_WEIGHT:
            return "weight";
        case COX_LVS_ORDER_QUIESCE:
            return "disable";
        case COX_LVS_ORDER_DRAIN:
            return "drain";
        case COX_LVS_ORDER_NONE:
            break;
    }
    return NULL;
}

/* ---- numbers of the kernel ---- */

static void
add_traffic(struct cox_msg_lb_traffic *sum, const struct cox_ipvs_traffic *traffic)
{
    sum->conns += traffic->conns;
    sum->in_packets += traffic->in_packets;
    sum->out_packets += traffic->out_packets;
    sum->in_bytes += traffic->in_bytes;
    sum->out_bytes += traffic->out_bytes;
    sum->conn_rate += traffic->conn_rate;
    sum->in_packet_rate += traffic->in_packet_rate;
    sum->out_packet_rate += traffic->out_packet_rate;
    sum->in_byte_rate += traffic->in_byte_rate;
    sum->out_byte_rate += traffic->out_byte_rate;
}

/* The servers of the first fronts, with the port that is left open taken from the front. */
static void
read_dests(const struct page *page, struct sheet *sheet)
{
    const struct cox_lvs_service *conf = sheet->pool->conf;
    guint n = 0;

    for (size_t i = 0; i < conf->n_fronts; i++) {
        for (guint32 k = 0; k < MAX(conf->fronts[i].count, 1) && n < FRONTS_SHOWN; k++, n++) {
            const struct cox_lvs_vs vs = cox_lvs_pool_vs(conf, &conf->fronts[i], k);
            const struct cox_ipvs_service service = cox_lvsd_service_of(&vs);

            (void) cox_ipvs_dests(page->lvsd->ipvs, &service, sheet->dests, NULL); /* it may not be there yet */
        }
    }
}

static guint64
count_addresses(const struct cox_lvs_service *conf)
{
    guint64 n = 0;

    for (size_t i = 0; i < conf->n_fronts; i++) {
        n += MAX(conf->fronts[i].count, 1);
    }
    return n;
}

static bool
is_front_port(const struct cox_lvs_service *conf, guint16 port)
{
    for (size_t i = 0; i < conf->n_fronts; i++) {
        if (conf->fronts[i].port == port) {
            return true;
        }
    }
    return false;
}

static void
put_numbers(const struct page *page, const struct sheet *sheet, const struct cox_lvs_rs *rs, struct cox_msg_lb_server *out)
{
    struct cox_msg_lb_traffic *traffic = cox_arena_new_array(page->arena, struct cox_msg_lb_traffic, 1);
    bool is_there = false;

    for (guint i = 0; i < sheet->dests->len; i++) {
        const struct cox_ipvs_dest *dest = &g_array_index(sheet->dests, struct cox_ipvs_dest, i);

        if (cox_ip_equal(&dest->address, &rs->address) && (rs->port != 0 ? dest->port == rs->port : is_front_port(sheet->pool->conf, dest->port))) {
            out->active += dest->active;
            out->inactive += dest->inactive;
            out->persistent += dest->persistent;
            add_traffic(traffic, &dest->traffic);
            is_there = true;
        }
    }
    out->traffic = traffic;
    out->n_traffic = is_there ? 1 : 0;
}

/* ---- servers ---- */

static void
put_checks(struct page *page, const struct cox_lvs_backend *backend, struct cox_msg_lb_server *out)
{
    const gsize n_all = backend->conf->n_checks, n = MIN(n_all, (gsize) CHECKS_SHOWN);
    struct cox_msg_lb_check *checks = cox_arena_new_array(page->arena, struct cox_msg_lb_check, MAX(n, 1));
    gsize at = 0;

    for (gsize i = 0; i < 2 * n_all && at < n; i++) {
        const struct cox_lvs_checker *checker = backend->checkers[i % n_all];

        if (n < n_all && checker->is_good == (i < n_all)) {
            continue; /* of many the bad ones first */
        }
        checks[at++] = (struct cox_msg_lb_check) {
            .kind = cox_lvs_check_name(checker->check->kind), .target = target_of(page->arena, checker->check),
            .state = !checker->is_answered ? "unknown" : checker->is_good ? "good" : "bad", .streak = checker->streak,
            .words = clean(page->arena, cox_lvs_check_words(checker)), .value = checker->has_value ? checker->value : 0,
        };
    }
    out->checks = checks;
    out->n_checks = n;
    out->more_checks = n_all - n;
    page->n_units += (guint) n;
}

static gint64
left_ms(cox_usec until, cox_usec now)
{
    return cox_usec_is_set(until) ? MAX(0, cox_usec_ms_until(until, now)) : 0;
}

/* What is the same for those that are configured and those that are leaving. */
static void
put_server(struct page *page, const struct sheet *sheet, const struct cox_lvs_rs *rs, struct cox_msg_lb_server *out)
{
    static const char *const methods[] = { "NAT", "DR", "TUN" };
    char text[COX_IP_TEXT_SIZE];
    const gint weight = cox_lvs_pool_placed_weight(sheet->pool, &rs->address, rs->port);

    out->is_placed = weight >= 0;
    out->weight = MAX(0, weight);
    out->address = cox_arena_strdup(page->arena, cox_ip_format(&rs->address, text));
    out->port = rs->port;
    out->method = methods[rs->forward.method];
    put_numbers(page, sheet, rs, out);
    page->n_units++;
}

static gsize
count_servers(const struct cox_lvs_pool *pool)
{
    return pool->conf->n_servers + (pool->conf->sorry != NULL ? 1 : 0) + pool->leavers->len;
}

/* Number @i of: those that are configured, the sorry server, those that leave. */
static void
put_server_at(struct page *page, const struct sheet *sheet, gsize i, struct cox_msg_lb_server *out)
{
    const struct cox_lvs_pool *pool = sheet->pool;
    const gsize n_sorry = pool->conf->sorry != NULL ? 1 : 0;
    const struct cox_lvs_server *conf = i < pool->conf->n_servers ? &pool->conf->servers[i] : pool->conf->sorry;
    struct cox_lvs_rs rs;

    if (i >= pool->conf->n_servers + n_sorry) {
        const struct cox_lvs_leaver *leaver = &g_array_index(pool->leavers, struct cox_lvs_leaver, i - pool->conf->n_servers - n_sorry);

        out->state = "leaving";
        out->drain_ms = left_ms(leaver->until, sheet->now);
        put_server(page, sheet, &leaver->rs, out);
        return;
    }
    rs = cox_lvs_pool_rs(conf, 0);
    out->state = "sorry";
    out->configured = conf->weight;
    out->label = clean(page->arena, conf->label);
    if (i < pool->conf->n_servers) {
        out->state = state_of(&pool->backends[i]);
        out->order = order_of(&pool->backends[i]);
        out->drain_ms = left_ms(pool->backends[i].drain_until, sheet->now);
        put_checks(page, &pool->backends[i], out);
    }
    put_server(page, sheet, &rs, out);
}

/* ---- virtual servers ---- */

static void
put_head(struct page *page, guint index, const struct sheet *sheet, struct cox_msg_lb_service *out)
{
    const struct cox_lvs_service *conf = sheet->pool->conf;
    const gsize n_fronts = MIN(conf->n_fronts, (size_t) FRONTS_SHOWN);
    const char **fronts = cox_arena_new_array(page->arena, const char *, n_fronts);
    struct cox_msg_lb_traffic *traffic = cox_arena_new_array(page->arena, struct cox_msg_lb_traffic, 1);
    const guint64 n_addresses = count_addresses(conf);

    for (gsize i = 0; i < n_fronts; i++) {
        fronts[i] = front_text(page->arena, conf, &conf->fronts[i]);
    }
    for (guint i = 0; i < sheet->dests->len; i++) {
        add_traffic(traffic, &g_array_index(sheet->dests, struct cox_ipvs_dest, i).traffic);
    }
    *out = (struct cox_msg_lb_service) {
        .name = clean(page->arena, conf->name), .fronts = fronts, .n_fronts = n_fronts, .scheduler = conf->scheduler, .persist_s = conf->persist_s,
        .has_quorum = sheet->pool->has_quorum, .quorum = conf->quorum, .good_weight = sheet->pool->good_weight,
        .whole_weight = sheet->pool->whole_weight, .is_sorry = conf->sorry != NULL && !sheet->pool->has_quorum, .is_panic = sheet->pool->is_panic,
        .is_suspended = cox_lvs_pool_is_suspended(page->lvsd->engine, index), .traffic = traffic, .n_traffic = 1,
        .label = clean(page->arena, conf->label), .n_all = conf->n_servers,
        .more_fronts = conf->n_fronts - n_fronts, .uncounted = n_addresses > FRONTS_SHOWN ? n_addresses - FRONTS_SHOWN : 0,
    };
    for (size_t i = 0; i < conf->n_servers; i++) {
        out->n_good += sheet->pool->backends[i].is_up;
    }
    page->n_units += 1 + (guint) n_fronts / 4;
}

/* A virtual server from its server number @first on; page->next is set when the answer is full. */
static void
put_service(struct page *page, guint index, gsize first)
{
    struct sheet sheet = { .pool = cox_lvs_pool_at(page->lvsd->engine, index), .now = cox_runtime_now(page->lvsd->runtime) };
    const gsize n = count_servers(sheet.pool);
    struct cox_msg_lb_server *servers = cox_arena_new_array(page->arena, struct cox_msg_lb_server, MAX(n, 1));
    struct cox_msg_lb_service service;
    gsize i = first;

    sheet.dests = g_array_new(FALSE, FALSE, sizeof(struct cox_ipvs_dest));
    read_dests(page, &sheet);
    put_head(page, index, &sheet, &service);
    for (; i < n && page->n_units < UNITS_AT_ONCE; i++) {
        put_server_at(page, &sheet, i, &servers[i - first]);
    }
    page->next = i < n ? ((guint64) index << 32 | i) : page->n_units < UNITS_AT_ONCE ? 0 : (guint64) (index + 1) << 32;
    service.servers = servers;
    service.n_servers = i - first;
    g_array_append_val(page->services, service);
    g_array_unref(sheet.dests);
}

static guint
find_service(const struct cox_lvsd *lvsd, const char *name)
{
    const struct cox_lvs_pool *pool;
    guint i = 0;

    while ((pool = cox_lvs_pool_at(lvsd->engine, i)) != NULL && strcmp(pool->conf->name, name) != 0) {
        i++;
    }
    return i;
}

static bool
no_service(const char *name, GError **error)
{
    g_set_error(error, COX_ERROR, COX_ERROR_NOT_FOUND, "virtual server '%s' is not there; without a name all are told", name);
    return false;
}

bool
cox_lvsd_on_query(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error)
{
    const struct cox_msg_lb_query *query = request->body;
    const struct cox_lvsd *lvsd = cox_service_data(ctx);
    g_autoptr(cox_arena) arena = cox_arena_new();
    g_autoptr(GArray) services = g_array_new(FALSE, FALSE, sizeof(struct cox_msg_lb_service));
    struct page page = { .lvsd = lvsd, .arena = arena, .services = services };
    struct cox_msg_lb_state state = { 0 };
    guint index = query->service != NULL ? find_service(lvsd, query->service) : (guint) (query->from >> 32);
    gsize first = (guint32) query->from;

    if (query->service != NULL && cox_lvs_pool_at(lvsd->engine, index) == NULL) {
        return no_service(query->service, error);
    }
    while (page.next == 0 && cox_lvs_pool_at(lvsd->engine, index) != NULL) {
        put_service(&page, index++, first);
        first = 0;
        if (query->service != NULL) {
            page.next = (page.next >> 32) == index ? 0 : page.next;
            break;
        }
    }
    state.next = cox_lvs_pool_at(lvsd->engine, (guint) (page.next >> 32)) == NULL ? 0 : page.next;
    state.services = (const struct cox_msg_lb_service *) (const void *) services->data;
    state.n_services = services->len;
    cox_reply_set(reply, COX_MSG_LB_STATE, &state);
    return true;
}

/* ---- orders ---- */

static bool
read_order(const struct cox_msg_lb_order *order, struct cox_lvs_event *event, GError **error)
{
    static const struct {
        const char *word;
        enum cox_lvs_order order;
    } words[] = { { "drain", COX_LVS_ORDER_DRAIN },   { "undrain", COX_LVS_ORDER_NONE },  { "enable", COX_LVS_ORDER_NONE },
                  { "disable", COX_LVS_ORDER_QUIESCE }, { "weight", COX_LVS_ORDER_WEIGHT } };
    bool is_known = false;

    for (gsize i = 0; i < G_N_ELEMENTS(words); i++) {
        if (g_strcmp0(order->order, words[i].word) == 0) {
            event->order = words[i].order;
            is_known = true;
        }
    }
    if (!is_known) {
        g_set_error(error, COX_ERROR, COX_ERROR_INVALID_PARAM, "order '%s' is not known: drain, undrain, disable, enable or weight", order->order == NULL ? "" : order->order);
        return false;
    }
    if (order->address == NULL || !cox_ip_parse(order->address, &event->address) || order->port > G_MAXUINT16) {
        g_set_error(error, COX_ERROR, COX_ERROR_INVALID_PARAM, "server '%s' port %" G_GUINT64_FORMAT " is no address with a port up to 65535",
                    order->address == NULL ? "" : order->address, order->port);
        return false;
    }
    if (event->order == COX_LVS_ORDER_WEIGHT && (order->weight < 0 || order->weight > COX_LVS_WEIGHT_MAX)) {
        g_set_error(error, COX_ERROR, COX_ERROR_INVALID_PARAM, "weight %" G_GINT64_FORMAT " is not from 0 to %d", order->weight, COX_LVS_WEIGHT_MAX);
        return false;
    }
    event->port = (guint16) order->port;
    event->weight = (gint) order->weight;
    event->drain_ms = order->drain_ms > 0 ? order->drain_ms : -1;
    return true;
}

bool
cox_lvsd_on_order(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error)
{
    const struct cox_msg_lb_order *order = request->body;
    struct cox_lvsd *lvsd = cox_service_data(ctx);
    struct cox_lvs_event event = { .kind = COX_LVS_ON_ORDER };
    const struct cox_lvs_pool *pool;
    struct cox_msg_done done = { 0 };

    if (!read_order(order, &event, error)) {
        return false;
    }
    if (order->service != NULL && cox_lvs_pool_at(lvsd->engine, find_service(lvsd, order->service)) == NULL) {
        return no_service(order->service, error);
    }
    for (guint i = 0; (pool = cox_lvs_pool_at(lvsd->engine, i)) != NULL; i++) {
        if ((order->service == NULL || strcmp(order->service, pool->conf->name) == 0) && cox_lvs_pool_find(pool, &event.address, event.port) != NULL) {
            event.name = pool->conf->name;
            cox_lvsd_step(lvsd, &event);
            done.number++;
        }
    }
    if (done.number == 0) {
        g_set_error(error, COX_ERROR, COX_ERROR_NOT_FOUND, "server %s port %u is in no virtual server%s%s", order->address, event.port,
                    order->service == NULL ? "" : " of this name: ", order->service == NULL ? "" : order->service);
        return false;
    }
    cox_log_line(lvsd->log, COX_LOG_NOTICE, "ordered at run time order=%s server=%s port=%u services=%" G_GUINT64_FORMAT " by=%s", order->order,
                 order->address, event.port, done.number, request->program == NULL ? "-" : request->program);
    cox_reply_set(reply, COX_MSG_DONE, &done);
    return true;
}
