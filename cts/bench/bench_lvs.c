/*
 * cts/bench/bench_lvs.c - tables of many virtual servers: what it costs to find what differs.
 *
 * usage: bench_lvs [SERVICES [SERVERS-OF-EACH]]      (default 5000 and 8)
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/error.h"
#include "lvs/lvstable.h"

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
    return 0;
}
