/* daemons/lvsd/lvsd.c - the daemon as a whole: its beginning, reload and end, its health.  Layer 6. */
#include "daemons/lvsd/lvsd.h"

#include <malloc.h>
#include <signal.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "base/error.h"

/* What is ours stands in the file before it is in the kernel. */
static void
record(struct cox_lvsd *lvsd, enum cox_lvs_event_kind kind)
{
    g_autoptr(cox_lvs_table) own = NULL;
    g_autoptr(GError) error = NULL;

    if (kind != COX_LVS_ON_CONFIG && kind != COX_LVS_ON_TABLE) {
        return;
    }
    if (kind == COX_LVS_ON_TABLE && cox_lvs_is_synced(lvsd->engine)) {
        cox_lvsd_owned_forget(lvsd->owned);
    }
    own = cox_lvs_table_new();
    cox_lvs_own(lvsd->engine, own);
    if (!cox_lvsd_owned_write(lvsd->owned, own, &error)) {
        cox_log_event(lvsd->log, COX_EVENT_LVS_RECORD, "error=\"%s\"", error->message);
    }
}

static gint64
wall_s(const struct cox_lvsd *lvsd)
{
    return cox_runtime_wall(lvsd->runtime).usec / COX_USEC_PER_S;
}

static void
keep_orders(struct cox_lvsd *lvsd)
{
    g_autoptr(GError) error = NULL;

    if (!cox_lvsd_orders_write(lvsd->orders, lvsd->engine, cox_runtime_now(lvsd->runtime), wall_s(lvsd), &error)) {
        cox_log_event(lvsd->log, COX_EVENT_LVS_RECORD, "error=\"%s\"", error->message);
    }
}

void
cox_lvsd_step(struct cox_lvsd *lvsd, const struct cox_lvs_event *event)
{
    static const struct cox_lvs_event failed = { .kind = COX_LVS_ON_FAILED };

    COX_BUG_ON(lvsd->is_stepping);
    lvsd->is_stepping = true;
    cox_lvs_step(lvsd->engine, event, cox_runtime_now(lvsd->runtime), &lvsd->effects);
    record(lvsd, event->kind);
    cox_lvsd_carry_out(lvsd);
    cox_lvs_effects_reset(&lvsd->effects);
    if (lvsd->has_failed) {
        lvsd->has_failed = false;
        cox_lvs_step(lvsd->engine, &failed, cox_runtime_now(lvsd->runtime), &lvsd->effects);
        cox_lvsd_carry_out(lvsd);
        cox_lvs_effects_reset(&lvsd->effects);
    }
    lvsd->is_stepping = false;
    /* An answer that changes nothing is what comes most, and to make all attributes takes long where there are many servers. */
    if (lvsd->has_news || event->kind == COX_LVS_ON_CONFIG || event->kind == COX_LVS_ON_TABLE || event->kind == COX_LVS_ON_ORDER) {
        lvsd->has_news = false;
        cox_lvsd_attrs_update(lvsd->attrs);
        keep_orders(lvsd);
    }
}

/* ---- what comes in ---- */

static void
on_answer(void *context, guint64 number, const struct cox_lvs_answer *answer)
{
    const struct cox_lvs_event event = { .kind = COX_LVS_ON_ANSWER, .number = number, .answer = answer };

    cox_lvsd_step(context, &event);
}

static void
on_address(void *context, const struct cox_net_address *address, bool is_there)
{
    struct cox_lvsd *lvsd = context;
    const struct cox_lvs_event event = { .kind = COX_LVS_ON_ADDRESS, .address = address->local.ip,
                                         .is_here = is_there || cox_net_has_address(lvsd->net, 0, &address->local.ip) };

    if (lvsd->engine != NULL) {
        cox_lvsd_step(lvsd, &event);
    }
}

static void
ignore_link(void *context, const struct cox_net_link *link)
{
    (void) context;
    (void) link;
}

static void
on_net(void *context, int fd, unsigned int events)
{
    struct cox_lvsd *lvsd = context;
    g_autoptr(GError) error = NULL;

    (void) fd;
    (void) events;
    if (!cox_net_dispatch(lvsd->net, &error)) {
        cox_log_event(lvsd->log, COX_EVENT_LVS_KERNEL, "error=\"%s\"", error->message);
        cox_service_quit(lvsd->ctx, cox_error_status_of(error));
    }
}

static void
tell_addresses(struct cox_lvsd *lvsd)
{
    const struct cox_net_link *link;
    const struct cox_net_address *address;

    for (gint32 at = 0; (link = cox_net_link_after(lvsd->net, at)) != NULL; at = link->ifindex) {
        for (size_t i = 0; (address = cox_net_address(lvsd->net, link->ifindex, i)) != NULL; i++) {
            on_address(lvsd, address, true);
        }
    }
}

/* SIGUSR1: what is, into the log. */
static void
on_report(void *context, int signo)
{
    struct cox_lvsd *lvsd = context;
    g_autofree char *text = cox_lvsd_report(lvsd);

    (void) signo;
    cox_log_lines(lvsd->log, COX_LOG_NOTICE, text);
}

/* ---- configuration ---- */

static struct cox_lvs_config *
read_config(struct cox_lvsd *lvsd, GError **error)
{
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    struct cox_lvs_config *config = cox_lvsd_read_config(cox_service_config(lvsd->ctx), cox_service_config_id(lvsd->ctx), warnings, error);

    for (guint i = 0; i < warnings->len; i++) {
        cox_log_event(lvsd->log, COX_EVENT_LVS_CONFIG, "%s", (const char *) g_ptr_array_index(warnings, i));
    }
    return config;
}

void
cox_lvsd_use(struct cox_lvsd *lvsd, struct cox_lvs_config *config)
{
    const struct cox_lvs_event event = { .kind = COX_LVS_ON_CONFIG, .config = config };
    const char *router = config->sync.router;

    cox_lvsd_router_follow(lvsd->router, router != NULL && !cox_lvsd_resources_have_role(lvsd->resources, router) ? router : NULL);
    cox_lvsd_step(lvsd, &event);
}

static void
reload(struct cox_ctx *ctx)
{
    struct cox_lvsd *lvsd = cox_service_data(ctx);
    g_autoptr(GError) error = NULL;
    struct cox_lvs_config *file, *config;
    guint64 n_ops = lvsd->n_ops;
    gsize n_services;

    if (cox_service_config(ctx) == NULL || lvsd->is_stopping) {
        return;
    }
    file = read_config(lvsd, &error);
    config = file == NULL ? NULL : cox_lvsd_resources_join(lvsd->resources, file, &error);
    if (config == NULL) {
        cox_log_event(lvsd->log, COX_EVENT_LVS_RELOAD, "error=\"%s\"", error->message);
        cox_lvs_config_free(file);
        return;
    }
    cox_lvs_config_free(lvsd->file);
    lvsd->file = file;
    n_services = config->n_services;
    cox_lvsd_use(lvsd, config);
    cox_log_line(lvsd->log, COX_LOG_NOTICE, "configuration read again services=%zu operations=%" G_GUINT64_FORMAT, n_services, lvsd->n_ops - n_ops);
}

/* ---- beginning and end ---- */

/* A probe is a descriptor: as many as we may have.  Children get what we had before. */
static void
raise_limit(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        (void) setrlimit(RLIMIT_NOFILE, &limit);
    }
}

/* A reload takes as much memory as the one before: what is free is kept for it, since pages that are new cost more than reading the file does. */
static void
keep_memory(void)
{
    enum { KEPT_BYTES = 32 * 1024 * 1024 };

    (void) mallopt(M_TRIM_THRESHOLD, KEPT_BYTES);
    (void) mallopt(M_MMAP_THRESHOLD, KEPT_BYTES);
}

/* What the first reading of the file will need, at once: on a machine under user-mode Linux each page that is touched for the first time costs 50 us, which is
 * more than all else; pages that are there already cost a twentieth when they are made accessible together. */
static void
take_memory(const char *config)
{
    enum { BYTES_FOR_EACH = 8, LEAST_BYTES = 1024 * 1024, MOST_BYTES = 16 * 1024 * 1024 };
    const size_t page = (size_t) sysconf(_SC_PAGESIZE);
    struct stat file;
    size_t bytes;
    char *room, *first;

    if (stat(config, &file) != 0 || file.st_size * BYTES_FOR_EACH < LEAST_BYTES) {
        return;
    }
    bytes = MIN((size_t) file.st_size * BYTES_FOR_EACH, MOST_BYTES) / page * page;
    room = g_malloc(bytes + page);
    first = room + (page - (guintptr) room % page);
    if (madvise(first, bytes, MADV_POPULATE_WRITE) == 0 && mprotect(first, bytes, PROT_READ) == 0) {
        COX_BUG_ON(mprotect(first, bytes, PROT_READ | PROT_WRITE) != 0);
    }
    g_free(room);
}

/* Connections end with their server (1), or stay as they were (0) and swallow what comes: also a client's that takes the port of an old one again. */
#define EXPIRE_KEY "ipv4/vs/expire_nodest_conn"

static void
expire_connections(struct cox_lvsd *lvsd, bool is_wanted)
{
    g_autofree char *value = cox_net_sysctl_value(lvsd->net, EXPIRE_KEY);
    g_autoptr(GError) error = NULL;

    if (g_strcmp0(value, is_wanted ? "0" : "1") != 0 || (!is_wanted && !cox_lvsd_owned_has_expiry(lvsd->owned))) {
        return;
    }
    cox_lvsd_owned_set_expiry(lvsd->owned, is_wanted);
    if (!cox_net_sysctl(lvsd->net, EXPIRE_KEY, is_wanted ? "1" : "0", &error)) {
        cox_lvsd_owned_set_expiry(lvsd->owned, !is_wanted);
    } else if (is_wanted) {
        (void) cox_lvsd_owned_write(lvsd->owned, NULL, &error);
    }
    if (error != NULL) {
        cox_log_event(lvsd->log, COX_EVENT_LVS_KERNEL, "error=\"%s\"", error->message);
    }
}

static bool
open_system(struct cox_lvsd *lvsd, GError **error)
{
    const struct cox_net_handler handler = { .link = ignore_link, .link_gone = ignore_link, .address = on_address, .context = lvsd };

    lvsd->net = cox_net_linux_new(&handler, error);
    lvsd->ipvs = lvsd->net == NULL ? NULL : cox_lvsd_open_kernel(error);
    return lvsd->ipvs != NULL;
}

/* The file alone, when what was started before does not go with it: the cluster hears of that at the next monitor. */
static struct cox_lvs_config *
first_config(struct cox_lvsd *lvsd)
{
    g_autoptr(GError) error = NULL;
    struct cox_lvs_config *config = cox_lvsd_resources_join(lvsd->resources, lvsd->file, &error);

    if (config == NULL) {
        cox_log_event(lvsd->log, COX_EVENT_LVS_RESOURCE, "error=\"%s\"", error->message);
        cox_lvsd_resources_forget(lvsd->resources);
        config = cox_lvsd_resources_join(lvsd->resources, lvsd->file, NULL);
    }
    return config;
}

/* What was ordered in the life before; the engine says which servers are not there any more. */
static void
restore_orders(struct cox_lvsd *lvsd)
{
    struct cox_lvs_event event;
    guint i = 0;

    while (cox_lvsd_orders_next(lvsd->orders, &i, wall_s(lvsd), &event)) {
        cox_lvsd_step(lvsd, &event);
    }
    keep_orders(lvsd);
}

static bool
start(struct cox_ctx *ctx, GError **error)
{
    struct cox_lvsd *lvsd = g_new0(struct cox_lvsd, 1);
    struct cox_probe_config probes = { .runtime = cox_service_runtime(ctx), .on_answer = on_answer, .context = lvsd, .node = g_get_host_name() };

    keep_memory();
    lvsd->ctx = ctx;
    lvsd->runtime = probes.runtime;
    lvsd->log = cox_service_log(ctx);
    lvsd->ops = g_ptr_array_new();
    cox_lvs_effects_init(&lvsd->effects);
    cox_service_set_data(ctx, lvsd);
    if (cox_service_config(ctx) != NULL) {
        take_memory(cox_service_config(ctx));
        lvsd->file = read_config(lvsd, error);
        if (lvsd->file == NULL) {
            return false;
        }
    }
    if (!open_system(lvsd, error)) {
        return false;
    }
    raise_limit();
    lvsd->owned = cox_lvsd_owned_new(cox_service_run_directory(ctx));
    lvsd->orders = cox_lvsd_orders_new(cox_service_run_directory(ctx));
    expire_connections(lvsd, true);
    lvsd->engine = cox_lvs_new((guint64) cox_runtime_wall(lvsd->runtime).usec);
    lvsd->probes = cox_probes_new(&probes);
    lvsd->resources = cox_lvsd_resources_new(lvsd);
    lvsd->attrs = cox_lvsd_attrs_new(lvsd);
    lvsd->router = cox_lvsd_router_new(lvsd);
    cox_lvsd_stop_old_sync(lvsd);
    (void) cox_runtime_watch(lvsd->runtime, cox_net_fd(lvsd->net), COX_WATCH_READ, on_net, lvsd);
    (void) cox_runtime_signal(lvsd->runtime, SIGUSR1, on_report, lvsd);
    tell_addresses(lvsd);
    cox_lvsd_resources_tell_roles(lvsd->resources);
    cox_lvsd_use(lvsd, first_config(lvsd));
    restore_orders(lvsd);
    return true;
}

static void
stop(struct cox_ctx *ctx)
{
    const struct cox_lvs_event event = { .kind = COX_LVS_ON_STOP };
    struct cox_lvsd *lvsd = cox_service_data(ctx);

    lvsd->is_stopping = true;
    cox_lvsd_reading_free(lvsd);
    if (cox_lvsd_resources_count(lvsd->resources) > 0) { /* the cluster has stopped what it wants to be stopped (ADR 083) */
        if (lvsd->file != NULL) {
            cox_lvsd_use(lvsd, cox_lvsd_resources_join(lvsd->resources, NULL, NULL));
        }
        cox_log_line(lvsd->log, COX_LOG_NOTICE, "resources are left as they are, for the next start resources=%u", cox_lvsd_resources_count(lvsd->resources));
        cox_service_stopped(ctx);
        return;
    }
    cox_lvsd_step(lvsd, &event);
    cox_lvsd_orders_remove(lvsd->orders);
    expire_connections(lvsd, false);
    if (!lvsd->has_left && cox_lvs_is_synced(lvsd->engine)) {
        cox_lvsd_owned_remove(lvsd->owned);
    }
    cox_service_stopped(ctx);
}

static void
destroy(struct cox_ctx *ctx)
{
    struct cox_lvsd *lvsd = cox_service_data(ctx);

    if (lvsd == NULL) {
        return;
    }
    cox_lvsd_reading_free(lvsd);
    cox_runtime_cancel(lvsd->runtime, lvsd->wake_timer);
    cox_lvsd_attrs_free(lvsd->attrs);
    cox_lvsd_router_free(lvsd->router);
    cox_lvsd_resources_free(lvsd->resources);
    cox_probes_free(lvsd->probes);
    cox_lvs_free(lvsd->engine);
    cox_lvs_effects_clear(&lvsd->effects);
    cox_ipvs_free(lvsd->ipvs);
    cox_net_free(lvsd->net);
    cox_lvsd_owned_free(lvsd->owned);
    cox_lvsd_orders_free(lvsd->orders);
    cox_lvs_config_free(lvsd->file);
    g_free(lvsd->refusal);
    g_ptr_array_unref(lvsd->ops);
    g_free(lvsd);
    cox_service_set_data(ctx, NULL);
}

static void
health(struct cox_ctx *ctx)
{
    const struct cox_lvsd *lvsd = cox_service_data(ctx);
    const struct cox_lvs_pool *pool;
    gint64 n_servers = 0, n_up = 0, n_quorum = 0;
    guint n = 0;

    for (; (pool = cox_lvs_pool_at(lvsd->engine, n)) != NULL; n++) {
        for (size_t i = 0; i < pool->conf->n_servers; i++) {
            n_servers++;
            n_up += pool->backends[i].is_up;
        }
        n_quorum += pool->has_quorum;
        if (!pool->has_quorum) {
            cox_service_add_complaint(ctx, "virtual server %s has no quorum", pool->conf->name);
        }
    }
    cox_service_add_stat(ctx, "services", n);
    cox_service_add_stat(ctx, "resources", cox_lvsd_resources_count(lvsd->resources));
    cox_service_add_stat(ctx, "services_with_quorum", n_quorum);
    cox_service_add_stat(ctx, "servers", n_servers);
    cox_service_add_stat(ctx, "servers_up", n_up);
    cox_service_add_stat(ctx, "checks", cox_lvs_count_checkers(lvsd->engine));
    cox_service_add_stat(ctx, "probes_under_way", cox_probes_count(lvsd->probes));
    cox_service_add_stat(ctx, "probes", (gint64) lvsd->n_probes);
    cox_service_add_stat(ctx, "operations", (gint64) lvsd->n_ops);
    cox_service_add_stat(ctx, "operations_refused", (gint64) lvsd->n_failed);
    cox_service_add_stat(ctx, "readings", (gint64) lvsd->n_readings);
    if (!cox_lvs_is_synced(lvsd->engine)) {
        cox_service_add_complaint(ctx, "the kernel's table of virtual servers has not been read yet");
    }
}

static const struct cox_op ops[] = {
    { COX_MSG_NET_ACT, cox_lvsd_on_act, COX_FROM_LOCAL, COX_ROLE_ADMIN, false },
    { COX_MSG_LB_QUERY, cox_lvsd_on_query, COX_FROM_LOCAL, COX_ROLE_READ, true },
    { COX_MSG_LB_ORDER, cox_lvsd_on_order, COX_FROM_LOCAL, COX_ROLE_ADMIN, false },
};

const struct cox_service cox_lvsd_service = {
    .daemon = COX_DAEMON_LVS,
    .ops = ops,
    .n_ops = G_N_ELEMENTS(ops),
    .start = start,
    .stop = stop,
    .destroy = destroy,
    .health = health,
    .has_config = true,
    .reload = reload,
};
