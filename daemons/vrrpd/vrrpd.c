/* daemons/vrrpd/vrrpd.c - the daemon as a whole: its beginning, reload and end, its clock, its health.  Layer 6. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* sched_setaffinity() */
#endif
#include "daemons/vrrpd/vrrpd_kept.h"
#include "daemons/vrrpd/vrrpd_pace.h"
#include "daemons/vrrpd/vrrpd_resource.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/error.h"

enum { LATE_USEC = 5000, DEFAULT_PRIORITY = 1 };

void
cox_vrrpd_step(struct cox_vrrpd *vrrpd, const struct cox_vrrp_event *event)
{
    COX_BUG_ON(vrrpd->is_stepping);
    vrrpd->is_stepping = true;
    cox_vrrp_step(vrrpd->engine, event, cox_runtime_now(vrrpd->runtime), &vrrpd->effects);
    cox_vrrpd_carry_out(vrrpd);
    cox_vrrp_effects_reset(&vrrpd->effects);
    vrrpd->is_stepping = false;
}

/* What comes in. */

static void
on_packet(void *context, const struct cox_vrrp_packet *packet)
{
    const struct cox_vrrp_event event = { .kind = COX_VRRP_ON_PACKET, .packet = packet };

    cox_vrrpd_step(context, &event);
}

static void
on_clock(void *context, int fd, unsigned int events)
{
    const struct cox_vrrp_event wake = { .kind = COX_VRRP_ON_WAKE };
    struct cox_vrrpd *vrrpd = context;
    guint64 n = 0;
    cox_usec late = cox_runtime_now(vrrpd->runtime) - vrrpd->wanted;

    (void) events;
    if (read(fd, &n, sizeof n) != (ssize_t) sizeof n) {
        return; /* it was set anew meanwhile */
    }
    if (late < 0) {
        cox_vrrpd_arm(vrrpd);
        return;
    }
    vrrpd->armed = COX_USEC_NEVER; /* first: what is caught up with may arm it again */
    cox_vrrpsock_catch_up(vrrpd->sockets);
    vrrpd->latest = MAX(vrrpd->latest, late);
    vrrpd->n_late += late > LATE_USEC;
    cox_vrrpd_step(vrrpd, &wake);
}

static void
on_net(void *context, int fd, unsigned int events)
{
    struct cox_vrrpd *vrrpd = context;
    g_autoptr(GError) error = NULL;

    (void) fd;
    (void) events;
    if (!cox_net_dispatch(vrrpd->net, &error)) {
        cox_log_event(vrrpd->log, COX_EVENT_VRRP_NETLINK, "error=\"%s\"", error->message);
        cox_service_quit(vrrpd->ctx, cox_error_status_of(error));
    }
}

/* SIGUSR1: what is, into the log. */
static void
on_report(void *context, int signo)
{
    struct cox_vrrpd *vrrpd = context;
    g_autofree char *text = cox_vrrpd_report(vrrpd);

    (void) signo;
    cox_log_lines(vrrpd->log, COX_LOG_NOTICE, text);
}

/* Scheduling: adverts come before everything else of this machine, where we may say so. */

static void
schedule(struct cox_vrrpd *vrrpd, const struct cox_vrrp_sched *wanted)
{
    const struct sched_param priority = { .sched_priority = wanted->rt_priority > 0 ? wanted->rt_priority : DEFAULT_PRIORITY };
    cpu_set_t cpus;

    if (wanted->nice != 0) {
        (void) setpriority(PRIO_PROCESS, 0, wanted->nice);
    } else if (sched_setscheduler(0, SCHED_RR | SCHED_RESET_ON_FORK, &priority) != 0) {
        cox_log_line(vrrpd->log, COX_LOG_INFO, "no real-time scheduling error=\"%s\"", g_strerror(errno));
    }
    if (mlockall(MCL_CURRENT | MCL_FUTURE) != 0) {
        cox_log_line(vrrpd->log, COX_LOG_INFO, "memory not locked error=\"%s\"", g_strerror(errno));
    }
    CPU_ZERO(&cpus);
    for (gsize i = 0; i < wanted->n_cpus; i++) {
        if (wanted->cpus[i] < CPU_SETSIZE) {
            CPU_SET(wanted->cpus[i], &cpus);
        }
    }
    if (wanted->n_cpus > 0 && sched_setaffinity(0, sizeof cpus, &cpus) != 0) {
        cox_log_line(vrrpd->log, COX_LOG_INFO, "affinity not set error=\"%s\"", g_strerror(errno));
    }
}

/* Configuration. */

/* What the file says by itself; its tree, if it is right, takes the place of the former one. */
static bool
read_config(struct cox_vrrpd *vrrpd, GError **error)
{
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(cox_block_tree) tree = cox_vrrpd_read_file(cox_service_config(vrrpd->ctx), cox_service_config_id(vrrpd->ctx), warnings, error);
    const struct cox_vrrp_tree only = { .root = tree == NULL ? NULL : &tree->root };
    g_autoptr(cox_vrrp_set) set = tree == NULL ? NULL : cox_vrrpd_make_set(&only, 1, warnings, error);

    for (guint i = 0; i < warnings->len; i++) {
        cox_log_event(vrrpd->log, COX_EVENT_VRRP_CONFIG, "%s", (const char *) g_ptr_array_index(warnings, i));
    }
    if (set == NULL) {
        return false;
    }
    cox_block_tree_free(vrrpd->file);
    vrrpd->file = g_steal_pointer(&tree);
    return true;
}

void
cox_vrrpd_use(struct cox_vrrpd *vrrpd, struct cox_vrrp_set *set)
{
    const struct cox_vrrp_event event = { .kind = COX_VRRP_ON_SET, .set = set };

    cox_vrrpd_tracking_prepare(vrrpd->tracking, set);
    cox_vrrpd_filter(vrrpd, set); /* before the first address is set */
    cox_vrrpd_step(vrrpd, &event);
    cox_vrrpd_refresh(vrrpd);
    cox_vrrpd_tell_open(vrrpd);
    cox_vrrpd_make_pipes(vrrpd);
    cox_vrrpd_tracking_update(vrrpd->tracking);
    cox_vrrpd_keep_stamps(vrrpd, false);
    cox_vrrpd_brief_guard(vrrpd);
}

static void
reload(struct cox_ctx *ctx)
{
    struct cox_vrrpd *vrrpd = cox_service_data(ctx);
    g_autoptr(GError) error = NULL;
    struct cox_block_tree *before;
    struct cox_vrrp_set *set;

    if (cox_service_config(ctx) == NULL || vrrpd->is_stopping) {
        return;
    }
    before = g_steal_pointer(&vrrpd->file);
    set = read_config(vrrpd, &error) ? cox_vrrpd_combine(vrrpd, NULL, &error) : NULL; /* it has to go with the resources, too */
    if (set == NULL) {
        cox_block_tree_free(vrrpd->file);
        vrrpd->file = before;
        cox_log_event(vrrpd->log, COX_EVENT_VRRP_RELOAD, "error=\"%s\"", error->message);
        return;
    }
    cox_block_tree_free(before);
    cox_vrrpd_use(vrrpd, set);
    cox_log_line(vrrpd->log, COX_LOG_NOTICE, "configuration read again routers=%zu", cox_vrrp_count(vrrpd->engine));
}

/* Beginning and end. */

static bool
open_system(struct cox_vrrpd *vrrpd, GError **error)
{
    const struct cox_net_handler handler = cox_vrrpd_net_handler(vrrpd);

    vrrpd->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    if (vrrpd->timer_fd < 0) {
        g_set_error(error, COX_ERROR, COX_ERROR_OS, "timer: %s", g_strerror(errno));
        return false;
    }
    vrrpd->net = cox_net_linux_new(&handler, error);
    return vrrpd->net != NULL;
}

static void
start_guard(struct cox_vrrpd *vrrpd)
{
    g_autoptr(GError) error = NULL;

    vrrpd->guard = cox_vrrpguard_new(vrrpd->runtime, &error);
    if (error != NULL) {
        cox_log_event(vrrpd->log, COX_EVENT_VRRP_GUARD, "error=\"%s\"", error->message);
    }
}

static void
tell_all_links(struct cox_vrrpd *vrrpd)
{
    const struct cox_net_link *link;
    gint32 ifindex = 0;

    while ((link = cox_net_link_after(vrrpd->net, ifindex)) != NULL) {
        ifindex = link->ifindex;
        g_hash_table_add(vrrpd->news, g_strdup(link->name));
    }
    cox_vrrpd_tell_news(vrrpd);
}

static void
make_tables(struct cox_vrrpd *vrrpd)
{
    vrrpd->routers = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, cox_vrrpd_router_free);
    vrrpd->held = g_hash_table_new_full(cox_vrrpd_held_hash, cox_vrrpd_held_equal, NULL, cox_vrrpd_held_free);
    vrrpd->news = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    vrrpd->up = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    vrrpd->there = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    vrrpd->quieted = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    vrrpd->lost = g_ptr_array_new_with_free_func(cox_vrrpd_held_free);
    vrrpd->dropped = g_array_new(FALSE, FALSE, sizeof(struct cox_ip));
    vrrpd->resources = g_ptr_array_new_with_free_func(cox_vrrpd_resource_free);
    vrrpd->pacing = cox_vrrpd_pacing_new(vrrpd);
    cox_vrrp_effects_init(&vrrpd->effects);
}

/* What was started in an earlier life, and what the file says. */
static void
begin(struct cox_vrrpd *vrrpd)
{
    g_autoptr(GError) error = NULL;
    struct cox_vrrp_set *set;

    cox_vrrpd_recall_settings(vrrpd, false);
    cox_vrrpd_recall_filter(vrrpd);
    cox_vrrpd_adopt(vrrpd);
    set = cox_vrrpd_combine(vrrpd, NULL, &error);
    if (set == NULL) { /* the file is another one now, and comes first */
        cox_log_event(vrrpd->log, COX_EVENT_VRRP_RESOURCE, "error=\"%s\"", error->message);
        cox_vrrpd_forget_routers(vrrpd);
        set = cox_vrrpd_combine(vrrpd, NULL, NULL);
    }
    if (set != NULL) {
        cox_vrrpd_use(vrrpd, set);
    }
    cox_vrrpd_recall_settings(vrrpd, true);
}

static bool
start(struct cox_ctx *ctx, GError **error)
{
    struct cox_vrrpd *vrrpd = g_new0(struct cox_vrrpd, 1);
    g_autoptr(GError) problem = NULL;
    const struct cox_nodeattrs_settings attributes = { "cox-vrrpd", cox_service_run_directory(ctx), false };
    const struct cox_vrrp_sched none = { 0 };

    vrrpd->ctx = ctx;
    vrrpd->runtime = cox_service_runtime(ctx);
    vrrpd->log = cox_service_log(ctx);
    vrrpd->wanted = vrrpd->armed = COX_USEC_NEVER;
    vrrpd->timer_fd = vrrpd->clock_fd = -1;
    make_tables(vrrpd);
    vrrpd->attrs = cox_nodeattrs_new(vrrpd->runtime, &attributes);
    cox_service_set_data(ctx, vrrpd);
    if ((cox_service_config(ctx) != NULL && !read_config(vrrpd, error)) || !open_system(vrrpd, error)) {
        return false;
    }
    vrrpd->keep = cox_netkeep_new(cox_service_run_directory(ctx), "vrrp-resources", &problem);
    if (problem != NULL) {
        cox_log_event(vrrpd->log, COX_EVENT_VRRP_RESOURCE, "error=\"%s\"", problem->message);
    }
    start_guard(vrrpd);
    vrrpd->engine = cox_vrrp_new(cox_vrrpd_first_stamp(vrrpd), cox_runtime_now(vrrpd->runtime));
    vrrpd->sockets = cox_vrrpsock_new(vrrpd->runtime, on_packet, vrrpd);
    vrrpd->tracking = cox_vrrpd_tracking_new(vrrpd);
    (void) cox_runtime_watch(vrrpd->runtime, vrrpd->timer_fd, COX_WATCH_READ, on_clock, vrrpd);
    (void) cox_runtime_watch(vrrpd->runtime, cox_net_fd(vrrpd->net), COX_WATCH_READ, on_net, vrrpd);
    cox_vrrpd_follow_clock(vrrpd);
    (void) cox_runtime_signal(vrrpd->runtime, SIGUSR1, on_report, vrrpd);
    tell_all_links(vrrpd);
    begin(vrrpd);
    schedule(vrrpd, cox_vrrp_set_of(vrrpd->engine) != NULL ? &cox_vrrp_set_of(vrrpd->engine)->global.sched : &none);
    return true;
}

static void
stop(struct cox_ctx *ctx)
{
    const struct cox_vrrp_event event = { .kind = COX_VRRP_ON_STOP };
    struct cox_vrrpd *vrrpd = cox_service_data(ctx);

    vrrpd->is_stopping = true;
    cox_vrrpd_step(vrrpd, &event);
    if (vrrpd->resources->len == 0) {
        cox_vrrpd_filter(vrrpd, NULL);
    } else { /* the cluster has stopped what it wants to be stopped */
        cox_log_line(vrrpd->log, COX_LOG_NOTICE, "resources are left as they are, for the next start resources=%u", vrrpd->resources->len);
    }
    cox_vrrpd_keep_stamps(vrrpd, true);
    cox_vrrpguard_dismiss(vrrpd->guard);
    vrrpd->guard = NULL;
    cox_service_stopped(ctx);
}

static void
destroy(struct cox_ctx *ctx)
{
    struct cox_vrrpd *vrrpd = cox_service_data(ctx);

    if (vrrpd == NULL) {
        return;
    }
    cox_vrrpguard_dismiss(vrrpd->guard);
    cox_runtime_cancel(vrrpd->runtime, vrrpd->open_timer);
    cox_runtime_cancel(vrrpd->runtime, vrrpd->stamp_timer);
    g_ptr_array_unref(vrrpd->resources);
    cox_nodeattrs_free(vrrpd->attrs);
    cox_netkeep_free(vrrpd->keep);
    cox_block_tree_free(vrrpd->file);
    cox_vrrpd_tracking_free(vrrpd->tracking);
    cox_vrrpsock_free(vrrpd->sockets);
    cox_vrrp_free(vrrpd->engine);
    cox_vrrp_effects_clear(&vrrpd->effects);
    cox_vrrpd_pacing_free(vrrpd->pacing);
    cox_net_free(vrrpd->net);
    if (vrrpd->timer_fd >= 0) {
        close(vrrpd->timer_fd);
    }
    if (vrrpd->clock_fd >= 0) {
        close(vrrpd->clock_fd);
    }
    g_hash_table_unref(vrrpd->routers);
    g_hash_table_unref(vrrpd->held);
    g_hash_table_unref(vrrpd->news);
    g_hash_table_unref(vrrpd->up);
    g_hash_table_unref(vrrpd->there);
    g_hash_table_unref(vrrpd->quieted);
    g_array_unref(vrrpd->dropped);
    g_free(vrrpd->filter_table);
    g_ptr_array_unref(vrrpd->lost);
    g_free(vrrpd);
    cox_service_set_data(ctx, NULL);
}

static void
health(struct cox_ctx *ctx)
{
    const struct cox_vrrpd *vrrpd = cox_service_data(ctx);
    guint64 sent = 0, received = 0, refused = 0;
    guint n_of[COX_VRRP_FAULT + 1] = { 0 };
    int number = 0;
    guint64 unsent = cox_vrrpsock_unsent(vrrpd->sockets, &number);

    for (gsize i = 0; i < cox_vrrp_count(vrrpd->engine); i++) {
        const struct cox_vrrp_status status = cox_vrrp_status_at(vrrpd->engine, i);

        n_of[status.state]++;
        sent += status.stats->sent;
        received += status.stats->received;
        for (guint k = 0; k < COX_VRRP_REFUSAL_N; k++) {
            refused += k == COX_VRRP_ACCEPTED ? 0 : status.stats->refused[k];
        }
        if (status.state == COX_VRRP_FAULT) {
            cox_service_add_complaint(ctx, "router %s is in fault", status.instance->name);
        }
    }
    cox_service_add_stat(ctx, "routers", (gint64) cox_vrrp_count(vrrpd->engine));
    cox_service_add_stat(ctx, "masters", n_of[COX_VRRP_MASTER]);
    cox_service_add_stat(ctx, "backups", n_of[COX_VRRP_BACKUP]);
    cox_service_add_stat(ctx, "addresses", g_hash_table_size(vrrpd->held));
    cox_service_add_stat(ctx, "resources", vrrpd->resources->len);
    cox_service_add_stat(ctx, "adverts_sent", (gint64) sent);
    cox_service_add_stat(ctx, "adverts_received", (gint64) received);
    cox_service_add_stat(ctx, "adverts_refused", (gint64) refused);
    cox_service_add_stat(ctx, "adverts_unsent", (gint64) unsent);
    cox_service_add_stat(ctx, "late_wakes", (gint64) vrrpd->n_late);
    cox_service_add_stat(ctx, "latest_wake_us", vrrpd->latest);
    cox_service_add_stat(ctx, "guard", vrrpd->guard == NULL ? 0 : cox_vrrpguard_pid(vrrpd->guard));
    if (vrrpd->guard == NULL || !cox_vrrpguard_is_ready(vrrpd->guard)) {
        cox_service_add_complaint(ctx, "the guard does not run, or does not know the present addresses: when this daemon is killed they stay");
    }
}

static const struct cox_op ops[] = {
    { COX_MSG_NET_ACT, cox_vrrpd_on_act, COX_FROM_LOCAL, COX_ROLE_ADMIN, false },
    { COX_MSG_ROUTER_QUERY, cox_vrrpd_on_query, COX_FROM_LOCAL, COX_ROLE_READ, true },
};

static const char *const topics[] = { "routers", NULL };

const struct cox_service cox_vrrpd_service = {
    .daemon = COX_DAEMON_VRRP,
    .topics = topics,
    .ops = ops,
    .n_ops = G_N_ELEMENTS(ops),
    .start = start,
    .stop = stop,
    .destroy = destroy,
    .health = health,
    .has_config = true,
    .reload = reload,
};
