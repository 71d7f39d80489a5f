/* daemons/lvsd/lvsd_kernel.c - the kernel's table of virtual servers: change it, read it; synchronization and timeouts.  Layer 6. */
#include "daemons/lvsd/lvsd.h"

#include <errno.h>
#include <string.h>
#include <linux/ip_vs.h>

#include "base/error.h"

enum {
    CHANGES_AT_ONCE = 200, /* given to lib/netlink together: what goes in one send */
    READ_AT_ONCE = 100,     /* virtual servers whose servers are read before others have their turn */
    READ_AGAIN_MS = 5000,
    SAID_AT_MOST = 5,       /* refusals of one step */
};

struct cox_lvsd_reading {
    guint64 number;
    GArray *services; /* struct cox_ipvs_service */
    GArray *dests;    /* struct cox_ipvs_dest, of one */
    guint next;
    struct cox_lvs_table *table;
    cox_source_id timer;
};

/* ---- one thing as the kernel has it, and back ---- */

struct cox_ipvs_service
cox_lvsd_service_of(const struct cox_lvs_vs *vs)
{
    struct cox_ipvs_service service = {
        .address = vs->key.address, .family = vs->key.family, .protocol = vs->key.protocol, .port = vs->key.port, .mark = vs->key.mark,
        .flags = vs->flags, .persist_s = vs->persist_s, .persist_bits = vs->persist_bits,
    };

    g_strlcpy(service.scheduler, vs->scheduler, sizeof service.scheduler);
    g_strlcpy(service.engine, vs->engine, sizeof service.engine);
    return service;
}

static struct cox_lvs_vs
vs_of(const struct cox_ipvs_service *service)
{
    struct cox_lvs_vs vs = { .flags = service->flags, .persist_s = service->persist_s, .persist_bits = service->persist_bits };

    vs.key.address = service->address;
    vs.key.family = service->family;
    vs.key.protocol = service->mark != 0 ? 0 : service->protocol;
    vs.key.port = service->port;
    vs.key.mark = service->mark;
    g_strlcpy(vs.scheduler, service->scheduler, sizeof vs.scheduler);
    g_strlcpy(vs.engine, service->engine, sizeof vs.engine);
    return vs;
}

static struct cox_ipvs_dest
dest_of(const struct cox_lvs_rs *rs)
{
    static const guint32 methods[] = { IP_VS_CONN_F_MASQ, IP_VS_CONN_F_DROUTE, IP_VS_CONN_F_TUNNEL };

    /* Kinds of tunnels and of their checksums have the kernel's numbers. */
    return (struct cox_ipvs_dest) {
        .address = rs->address, .port = rs->port, .method = methods[rs->forward.method], .weight = (guint32) rs->weight, .upper = rs->upper,
        .lower = rs->lower, .tunnel = (guint8) rs->forward.tunnel, .tunnel_port = rs->forward.gue_port, .tunnel_flags = (guint16) rs->forward.checksum,
    };
}

static struct cox_lvs_rs
rs_of(const struct cox_ipvs_dest *dest)
{
    struct cox_lvs_rs rs = { .address = dest->address, .port = dest->port, .weight = (gint) MIN(dest->weight, (guint32) G_MAXINT),
                             .upper = dest->upper, .lower = dest->lower };

    if (dest->method == IP_VS_CONN_F_TUNNEL) {
        rs.forward = (struct cox_lvs_forward) { COX_LVS_TUNNEL, (enum cox_lvs_tunnel) dest->tunnel, (enum cox_lvs_checksum) dest->tunnel_flags,
                                                dest->tunnel_port };
    } else {
        rs.forward.method = dest->method == IP_VS_CONN_F_DROUTE ? COX_LVS_DIRECT : COX_LVS_NAT;
    }
    return rs;
}

/* ---- changes ---- */

static char *
op_text(const struct cox_lvs_op *op)
{
    static const char *const words[] = { "add virtual server", "change virtual server", "remove virtual server",
                                         "add server", "change server", "remove server" };
    g_autofree char *vs = op->vs->key.mark != 0 ? g_strdup_printf("fwmark %u", op->vs->key.mark) : cox_lvsd_endpoint(&op->vs->key.address, op->vs->key.port);
    g_autofree char *rs = op->rs == NULL ? NULL : cox_lvsd_endpoint(&op->rs->address, op->rs->port);

    if (rs != NULL) {
        return g_strdup_printf("%s %s of %s", words[op->kind], rs, vs);
    }
    return op->kind == COX_LVS_OP_DEL_VS ? g_strdup_printf("%s %s", words[op->kind], vs)
                                         : g_strdup_printf("%s %s with scheduler %s", words[op->kind], vs, op->vs->scheduler);
}

/* Somebody else was faster, or what is to be done is done already; only the first needs another look. */
static bool
is_refusal(const struct cox_ipvs_change *change)
{
    const bool adds = change->op == COX_IPVS_ADD_SERVICE || change->op == COX_IPVS_ADD_DEST;
    const bool removes = change->op == COX_IPVS_DEL_SERVICE || change->op == COX_IPVS_DEL_DEST;

    return !(adds && change->result == EEXIST) && !(removes && (change->result == ENOENT || change->result == ESRCH));
}

static void
look_at(struct cox_lvsd *lvsd, const struct cox_lvs_op *op, const struct cox_ipvs_change *change, guint *n_said)
{
    if (change->result == 0 || (!is_refusal(change) && change->result != EEXIST)) {
        return;
    }
    lvsd->has_failed = true;
    if (!is_refusal(change)) {
        return;
    }
    lvsd->n_failed++;
    lvsd->has_left = lvsd->has_left || lvsd->is_stopping;
    if (++*n_said <= SAID_AT_MOST) {
        g_autofree char *what = op_text(op);

        g_free(lvsd->refusal);
        lvsd->refusal = g_strdup_printf("%s: %s", what, g_strerror(change->result));
        cox_log_event(lvsd->log, COX_EVENT_LVS_KERNEL, "error=\"%s\"", lvsd->refusal);
    }
}

static void
apply_some(struct cox_lvsd *lvsd, const struct cox_lvs_op *const *ops, guint n, guint *n_said)
{
    static const enum cox_ipvs_op kinds[] = { COX_IPVS_ADD_SERVICE, COX_IPVS_SET_SERVICE, COX_IPVS_DEL_SERVICE,
                                              COX_IPVS_ADD_DEST, COX_IPVS_SET_DEST, COX_IPVS_DEL_DEST };
    g_autofree struct cox_ipvs_service *services = g_new(struct cox_ipvs_service, n);
    g_autofree struct cox_ipvs_dest *dests = g_new(struct cox_ipvs_dest, n);
    g_autofree struct cox_ipvs_change *changes = g_new(struct cox_ipvs_change, n);

    for (guint i = 0; i < n; i++) {
        services[i] = cox_lvsd_service_of(ops[i]->vs);
        if (ops[i]->rs != NULL) {
            dests[i] = dest_of(ops[i]->rs);
        }
        changes[i] = (struct cox_ipvs_change) { kinds[ops[i]->kind], &services[i], ops[i]->rs != NULL ? &dests[i] : NULL, 0 };
    }
    (void) cox_ipvs_apply(lvsd->ipvs, changes, n);
    for (guint i = 0; i < n; i++) {
        look_at(lvsd, ops[i], &changes[i], n_said);
    }
    lvsd->n_ops += n;
}

void
cox_lvsd_apply(struct cox_lvsd *lvsd)
{
    guint n_said = 0;

    for (guint i = 0; i < lvsd->ops->len; i += CHANGES_AT_ONCE) {
        apply_some(lvsd, (const struct cox_lvs_op *const *) &lvsd->ops->pdata[i], MIN((guint) CHANGES_AT_ONCE, lvsd->ops->len - i), &n_said);
    }
    g_ptr_array_set_size(lvsd->ops, 0);
}

void
cox_lvsd_flush(struct cox_lvsd *lvsd)
{
    g_autoptr(GError) error = NULL;

    if (!cox_ipvs_flush(lvsd->ipvs, &error)) {
        cox_log_event(lvsd->log, COX_EVENT_LVS_KERNEL, "error=\"%s\"", error->message);
        lvsd->has_left = true;
    }
}

/* ---- reading ---- */

void
cox_lvsd_reading_free(struct cox_lvsd *lvsd)
{
    struct cox_lvsd_reading *reading = g_steal_pointer(&lvsd->reading);

    if (reading != NULL) {
        cox_runtime_cancel(lvsd->runtime, reading->timer);
        cox_lvs_table_free(reading->table);
        g_array_unref(reading->services);
        g_array_unref(reading->dests);
        g_free(reading);
    }
}

static void on_read_again(void *context);

static void
give_up(struct cox_lvsd *lvsd, const GError *error)
{
    cox_log_event(lvsd->log, COX_EVENT_LVS_KERNEL, "error=\"%s\"", error->message);
    lvsd->reading->timer = cox_runtime_timer(lvsd->runtime, cox_usec_after_ms(cox_runtime_now(lvsd->runtime), READ_AGAIN_MS), on_read_again, lvsd);
}

static void
tell_table(struct cox_lvsd *lvsd)
{
    struct cox_lvsd_reading *reading = lvsd->reading;
    const struct cox_lvs_event event = { .kind = COX_LVS_ON_TABLE, .number = reading->number, .table = reading->table,
                                         .owned = cox_lvsd_owned_before(lvsd->owned) };

    lvsd->reading = NULL; /* another one may begin in the step */
    lvsd->n_readings++;
    cox_lvsd_step(lvsd, &event);
    cox_lvsd_resources_settled(lvsd->resources);
    cox_lvs_table_free(reading->table);
    g_array_unref(reading->services);
    g_array_unref(reading->dests);
    g_free(reading);
}

static bool
read_one(struct cox_lvsd *lvsd, const struct cox_ipvs_service *service, GError **error)
{
    struct cox_lvsd_reading *reading = lvsd->reading;
    const struct cox_lvs_vs vs = vs_of(service);

    g_array_set_size(reading->dests, 0);
    if (!cox_ipvs_dests(lvsd->ipvs, service, reading->dests, error)) {
        return false;
    }
    cox_lvs_table_add_vs(reading->table, &vs);
    for (guint i = 0; i < reading->dests->len; i++) {
        const struct cox_ipvs_dest *dest = &g_array_index(reading->dests, struct cox_ipvs_dest, i);
        const struct cox_lvs_rs rs = rs_of(dest);
        const struct cox_lvs_use use = { dest->active, dest->inactive, dest->persistent, dest->traffic.conns, dest->traffic.in_bytes, dest->traffic.out_bytes };

        cox_lvs_table_add_rs(reading->table, &rs);
        cox_lvs_table_set_use(reading->table, &use);
    }
    return true;
}

static void
on_read_on(void *context)
{
    struct cox_lvsd *lvsd = context;
    struct cox_lvsd_reading *reading = lvsd->reading;
    g_autoptr(GError) error = NULL;

    reading->timer = 0;
    for (guint i = 0; i < READ_AT_ONCE && reading->next < reading->services->len; i++) {
        if (!read_one(lvsd, &g_array_index(reading->services, struct cox_ipvs_service, reading->next++), &error)) {
            give_up(lvsd, error);
            return;
        }
    }
    if (reading->next < reading->services->len) {
        reading->timer = cox_runtime_defer(lvsd->runtime, on_read_on, lvsd);
    } else {
        tell_table(lvsd);
    }
}

static void
on_read_again(void *context)
{
    struct cox_lvsd *lvsd = context;
    struct cox_lvsd_reading *reading = lvsd->reading;
    g_autoptr(GError) error = NULL;

    reading->timer = 0;
    reading->next = 0;
    cox_lvs_table_free(reading->table);
    reading->table = cox_lvs_table_new();
    g_array_set_size(reading->services, 0);
    if (cox_ipvs_services(lvsd->ipvs, reading->services, &error)) {
        on_read_on(lvsd);
    } else {
        give_up(lvsd, error);
    }
}

void
cox_lvsd_read(struct cox_lvsd *lvsd, guint64 number)
{
    cox_lvsd_reading_free(lvsd);
    lvsd->reading = g_new0(struct cox_lvsd_reading, 1);
    lvsd->reading->number = number;
    lvsd->reading->table = cox_lvs_table_new();
    lvsd->reading->services = g_array_new(FALSE, FALSE, sizeof(struct cox_ipvs_service));
    lvsd->reading->dests = g_array_new(FALSE, FALSE, sizeof(struct cox_ipvs_dest));
    lvsd->reading->timer = cox_runtime_defer(lvsd->runtime, on_read_again, lvsd);
}

bool
cox_lvsd_is_in_kernel(const struct cox_lvsd *lvsd, const struct cox_lvs_pool *pool, GError **error)
{
    const struct cox_lvs_vs vs = cox_lvs_pool_vs(pool->conf, &pool->conf->fronts[0], 0);
    const struct cox_ipvs_service service = cox_lvsd_service_of(&vs);
    g_autoptr(GArray) dests = g_array_new(FALSE, FALSE, sizeof(struct cox_ipvs_dest));

    if (!cox_ipvs_dests(lvsd->ipvs, &service, dests, error)) {
        return false;
    }
    if (dests->len != pool->placed->len) {
        g_set_error(error, COX_ERROR, COX_ERROR_NOT_RUNNING, "virtual server '%s' has %u servers in the kernel instead of %u: somebody else changes the table",
                    pool->conf->name, dests->len, pool->placed->len);
        return false;
    }
    return true;
}

/* ---- connections ---- */

void
cox_lvsd_set_timeouts(struct cox_lvsd *lvsd, const struct cox_lvs_effect *effect)
{
    const struct cox_ipvs_timeouts timeouts = { effect->tcp_s, effect->fin_s, effect->udp_s };
    g_autoptr(GError) error = NULL;

    if (!cox_ipvs_set_timeouts(lvsd->ipvs, &timeouts, &error)) {
        cox_log_event(lvsd->log, COX_EVENT_LVS_KERNEL, "error=\"%s\"", error->message);
    }
}

/* What is ours is written down, before it is there and after it has gone. */
static void
record_sync(struct cox_lvsd *lvsd, enum cox_lvs_role role, gint number)
{
    g_autoptr(cox_lvs_table) own = cox_lvs_table_new();
    g_autoptr(GError) error = NULL;

    cox_lvsd_owned_set_sync(lvsd->owned, role, number);
    cox_lvs_own(lvsd->engine, own);
    if (!cox_lvsd_owned_write(lvsd->owned, own, &error)) {
        cox_log_event(lvsd->log, COX_EVENT_LVS_RECORD, "error=\"%s\"", error->message);
    }
}

void
cox_lvsd_start_sync(struct cox_lvsd *lvsd, const struct cox_lvs_effect *effect)
{
    const struct cox_lvs_sync *sync = effect->sync;
    struct cox_ipvs_daemon daemon = { .is_backup = effect->role == COX_LVS_ROLE_BACKUP, .id = sync->id, .max_bytes = sync->max_bytes,
                                      .port = sync->port, .ttl = sync->ttl, .group = sync->group };
    g_autoptr(GError) error = NULL;

    g_strlcpy(daemon.interface, sync->device, sizeof daemon.interface);
    record_sync(lvsd, effect->role, sync->id);
    if (!cox_ipvs_set_daemon(lvsd->ipvs, &daemon, true, &error)) {
        cox_log_event(lvsd->log, COX_EVENT_LVS_SYNC, "interface=%s role=%s error=\"%s\"", sync->device, daemon.is_backup ? "backup" : "master",
                      error->message);
        record_sync(lvsd, effect->role, -1);
    }
}

void
cox_lvsd_stop_sync(struct cox_lvsd *lvsd, enum cox_lvs_role role)
{
    struct cox_ipvs_daemon daemon = { .is_backup = role == COX_LVS_ROLE_BACKUP };
    g_autoptr(GError) error = NULL;
    gint number = cox_lvsd_owned_sync(lvsd->owned, role);

    if (number < 0) {
        return; /* it could not be started */
    }
    daemon.id = (guint32) number;
    if (!cox_ipvs_set_daemon(lvsd->ipvs, &daemon, false, &error)) {
        cox_log_event(lvsd->log, COX_EVENT_LVS_SYNC, "role=%s error=\"%s\"", daemon.is_backup ? "backup" : "master", error->message);
    }
    record_sync(lvsd, role, -1);
}

void
cox_lvsd_stop_old_sync(struct cox_lvsd *lvsd)
{
    g_autoptr(GArray) daemons = g_array_new(FALSE, FALSE, sizeof(struct cox_ipvs_daemon));

    (void) cox_ipvs_daemons(lvsd->ipvs, daemons, NULL);
    for (guint role = COX_LVS_ROLE_BACKUP; role <= COX_LVS_ROLE_MASTER; role++) {
        gint number = cox_lvsd_owned_sync(lvsd->owned, (enum cox_lvs_role) role);
        bool is_there = false;

        for (guint i = 0; i < daemons->len; i++) {
            const struct cox_ipvs_daemon *daemon = &g_array_index(daemons, struct cox_ipvs_daemon, i);

            is_there = is_there || (daemon->is_backup == (role == COX_LVS_ROLE_BACKUP) && (gint) daemon->id == number);
        }
        if (is_there) {
            cox_lvsd_stop_sync(lvsd, (enum cox_lvs_role) role);
        }
        cox_lvsd_owned_set_sync(lvsd->owned, (enum cox_lvs_role) role, -1);
    }
}
