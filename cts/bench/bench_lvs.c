/*
 * cts/bench/bench_lvs.c - many virtual servers: what it costs to find what differs between tables, to begin, and to reload.
 *
 * usage: bench_lvs [SERVICES [SERVERS-OF-EACH]]      (default 5000 and 8)
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/error.h"
#include "lvs/lvs.h"

static void
use(double *cpu_s, long *peak_kib)
{
    struct rusage usage;

    (void) getrusage(RUSAGE_SELF, &usage);
    *cpu_s = (double) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + (double) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
    *peak_kib = usage.ru_maxrss;
}

/* Virtual servers in an order of their own, as the kernel's table of hashes has one; @changed gets another weight (-1: none). */
static struct cox_lvs_table *
make(guint n, guint each, guint stride, gint changed)
{
    struct cox_lvs_table *table = cox_lvs_table_new();

    for (guint i = 0; i < n; i++) {
        const guint at = (guint) ((guint64) i * stride % n);
        struct cox_lvs_vs vs = { .key = { .family = 4, .protocol = 6, .port = 80 }, .scheduler = "wlc", .persist_bits = 32 };

        vs.key.address = (struct cox_ip) { .family = 4, .bytes = { 10, (guint8) (at >> 16), (guint8) (at >> 8), (guint8) at } };
        cox_lvs_table_add_vs(table, &vs);
        for (guint j = 0; j < each; j++) {
            struct cox_lvs_rs rs = { .port = 80, .weight = (gint) (at * each + j) == changed ? 7 : 1 };

            rs.address = (struct cox_ip) { .family = 4, .bytes = { 172, (guint8) j, (guint8) (at >> 8), (guint8) at } };
            cox_lvs_table_add_rs(table, &rs);
        }
    }
    return table;
}

static void
measure(const char *what, const struct cox_lvs_table *wanted, const struct cox_lvs_table *actual, guint expected)
{
    g_autoptr(GArray) ops = g_array_new(FALSE, FALSE, sizeof(struct cox_lvs_op));
    double before, after;
    long peak;

    use(&before, &peak);
    cox_lvs_table_diff(wanted, actual, actual, ops);
    use(&after, &peak);
    printf("%-24s %7u operations  %7.1f ms CPU  peak %ld MiB\n", what, ops->len, (after - before) * 1e3, peak / 1024);
    COX_BUG_ON(ops->len != expected);
}

static struct cox_lvs_config *
configure(guint n, guint each, gint changed)
{
    struct cox_lvs_config *config = cox_lvs_config_new();
    struct cox_lvs_service *services = cox_arena_new_array(config->arena, struct cox_lvs_service, n);

    for (guint i = 0; i < n; i++) {
        struct cox_lvs_front *front = cox_arena_new_array(config->arena, struct cox_lvs_front, 1);
        struct cox_lvs_server *servers = cox_arena_new_array(config->arena, struct cox_lvs_server, each);
        struct cox_lvs_check *checks = cox_arena_new_array(config->arena, struct cox_lvs_check, each);

        cox_lvs_service_init(&services[i]);
        *front = (struct cox_lvs_front) { .address = { .family = 4, .bytes = { 10, 0, (guint8) (i >> 8), (guint8) i } }, .count = 1, .port = 80 };
        services[i].name = cox_arena_printf(config->arena, "service-%u", i);
        services[i].fronts = front;
        services[i].n_fronts = 1;
        services[i].servers = servers;
        services[i].n_servers = each;
        for (guint j = 0; j < each; j++) {
            cox_lvs_server_init(&servers[j]);
            servers[j].address = (struct cox_ip) { .family = 4, .bytes = { 172, (guint8) j, (guint8) (i >> 8), (guint8) i } };
            servers[j].weight = (gint) (i * each + j) == changed ? 7 : 1;
            cox_lvs_check_init(&checks[j], COX_LVS_CHECK_TCP);
            checks[j].path.to = servers[j].address;
            checks[j].path.to_port = 80;
            servers[j].checks = &checks[j];
            servers[j].n_checks = 1;
        }
    }
    config->services = services;
    config->n_services = n;
    return config;
}

/* One event: what it costs, and how many operations of the kernel it asks for; returns the number of the DO_READ, if there is one. */
static guint64
step(const char *what, struct cox_lvs *lvs, struct cox_lvs_event event, guint expected)
{
    struct cox_lvs_effects effects;
    double before, after;
    guint64 reading = 0;
    guint n = 0;
    long peak;

    cox_lvs_effects_init(&effects);
    use(&before, &peak);
    cox_lvs_step(lvs, &event, 0, &effects);
    use(&after, &peak);
    for (guint i = 0; i < cox_lvs_effects_count(&effects); i++) {
        const struct cox_lvs_effect *effect = cox_lvs_effects_get(&effects, i);

        n += effect->kind == COX_LVS_DO_OPS ? effect->n_ops : 0;
        reading = effect->kind == COX_LVS_DO_READ ? effect->number : reading;
    }
    printf("%-24s %7u operations  %7.1f ms CPU  peak %ld MiB\n", what, n, (after - before) * 1e3, peak / 1024);
    COX_BUG_ON(n != expected);
    cox_lvs_effects_clear(&effects);
    return reading;
}

static void
measure_engine(guint n, guint each)
{
    g_autoptr(cox_lvs) lvs = cox_lvs_new(1);
    g_autoptr(cox_lvs_table) none = cox_lvs_table_new();
    const gint some = (gint) (n * each / 2);
    struct cox_lvs_event event = { .kind = COX_LVS_ON_TABLE, .table = none };

    event.number = step("engine: begin", lvs, (struct cox_lvs_event) { .kind = COX_LVS_ON_CONFIG, .config = configure(n, each, -1) }, 0);
    step("engine: table is read", lvs, event, n + n * each);
    step("engine: same again", lvs, (struct cox_lvs_event) { .kind = COX_LVS_ON_CONFIG, .config = configure(n, each, -1) }, 0);
    step("engine: one weight", lvs, (struct cox_lvs_event) { .kind = COX_LVS_ON_CONFIG, .config = configure(n, each, some) }, 1);
    step("engine: stop", lvs, (struct cox_lvs_event) { .kind = COX_LVS_ON_STOP }, n);
}

int
main(int argc, char **argv)
{
    const guint n = argc > 1 ? (guint) atoi(argv[1]) : 5000, each = argc > 2 ? (guint) atoi(argv[2]) : 8;
    g_autoptr(cox_lvs_table) none = cox_lvs_table_new(), wanted = make(n, each, 1, -1), actual = make(n, each, 7919, -1);
    g_autoptr(cox_lvs_table) changed = make(n, each, 1, (gint) (n * each / 2));

    printf("%u virtual servers with %u servers\n", n, n * each);
    measure("from an empty table", wanted, none, n + n * each);
    measure("nothing differs", wanted, actual, 0);
    measure("one weight differs", changed, actual, 1);
    measure("everything goes", none, actual, n);
    measure_engine(n, each);
    return 0;
}
