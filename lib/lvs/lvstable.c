/* lib/lvs/lvstable.c - a table of virtual servers as the kernel holds one, and the way from one table to another.  Layer 3, pure. */
#include "lvs/lvstable.h"

#include <string.h>

#include "base/error.h"

/* The flags that are ours to set. */
enum { FLAGS = COX_LVS_PERSISTENT | COX_LVS_ONE_PACKET | COX_LVS_FLAG_1 | COX_LVS_FLAG_2 | COX_LVS_FLAG_3 };

struct row {
    struct cox_lvs_vs vs;
    guint first, n;  /* in servers */
    GArray *servers; /* of struct cox_lvs_rs; also owned by others unless it is that of the table */
};

struct cox_lvs_table {
    GArray *rows;    /* of struct row */
    GArray *servers; /* of struct cox_lvs_rs, row after row */
    GArray *uses;    /* of struct cox_lvs_use, of the first of these servers */
};

static void
clear_row(gpointer data)
{
    g_array_unref(((struct row *) data)->servers);
}

struct cox_lvs_table *
cox_lvs_table_new(void)
{
    struct cox_lvs_table *table = g_new(struct cox_lvs_table, 1);

    table->rows = g_array_new(FALSE, FALSE, sizeof(struct row));
    g_array_set_clear_func(table->rows, clear_row);
    table->servers = g_array_new(FALSE, FALSE, sizeof(struct cox_lvs_rs));
    table->uses = g_array_new(FALSE, TRUE, sizeof(struct cox_lvs_use));
    return table;
}

void
cox_lvs_table_free(struct cox_lvs_table *table)
{
    if (table != NULL) {
        g_array_unref(table->rows);
        g_array_unref(table->servers);
        g_array_unref(table->uses);
        g_free(table);
    }
}

static const struct row *
row_at(const struct cox_lvs_table *table, size_t i)
{
    return &g_array_index(table->rows, struct row, i);
}

void
cox_lvs_table_add_vs(struct cox_lvs_table *table, const struct cox_lvs_vs *vs)
{
    const struct row row = { .vs = *vs, .first = table->servers->len, .servers = g_array_ref(table->servers) };

    g_array_append_val(table->rows, row);
}

void
cox_lvs_table_add_all(struct cox_lvs_table *table, const struct cox_lvs_vs *vs, GArray *servers)
{
    const struct row row = { .vs = *vs, .n = servers->len, .servers = g_array_ref(servers) };

    g_array_append_val(table->rows, row);
}

void
cox_lvs_table_add_rs(struct cox_lvs_table *table, const struct cox_lvs_rs *rs)
{
    struct row *last = table->rows->len == 0 ? NULL : &g_array_index(table->rows, struct row, table->rows->len - 1);

    COX_BUG_ON(last == NULL || last->servers != table->servers);
    g_array_append_vals(table->servers, rs, 1);
    last->n++;
}

void
cox_lvs_table_set_use(struct cox_lvs_table *table, const struct cox_lvs_use *use)
{
    COX_BUG_ON(table->servers->len == 0);
    g_array_set_size(table->uses, table->servers->len);
    g_array_index(table->uses, struct cox_lvs_use, table->servers->len - 1) = *use;
}

size_t
cox_lvs_table_count(const struct cox_lvs_table *table)
{
    return table->rows->len;
}

const struct cox_lvs_vs *
cox_lvs_table_vs(const struct cox_lvs_table *table, size_t i)
{
    return &row_at(table, i)->vs;
}

const struct cox_lvs_rs *
cox_lvs_table_rs(const struct cox_lvs_table *table, size_t i, size_t *n)
{
    const struct row *row = row_at(table, i);

    *n = row->n;
    return *n == 0 ? NULL : &g_array_index(row->servers, struct cox_lvs_rs, row->first);
}

struct cox_lvs_use
cox_lvs_table_use(const struct cox_lvs_table *table, size_t i, size_t k)
{
    const struct row *row = row_at(table, i);
    const size_t at = row->first + k;

    return row->servers == table->servers && at < table->uses->len ? g_array_index(table->uses, struct cox_lvs_use, at) : (struct cox_lvs_use) { 0 };
}

static int
by_number(gint64 a, gint64 b)
{
    return (a > b) - (a < b);
}

int
cox_lvs_key_compare(const struct cox_lvs_key *a, const struct cox_lvs_key *b)
{
    const int orders[] = { by_number(a->mark, b->mark), cox_ip_compare(&a->address, &b->address), by_number(a->port, b->port),
                           by_number(a->protocol, b->protocol), by_number(a->family, b->family) };

    for (size_t i = 0; i < G_N_ELEMENTS(orders); i++) {
        if (orders[i] != 0) {
            return orders[i];
        }
    }
    return 0;
}

int
cox_lvs_rs_compare(const struct cox_lvs_rs *a, const struct cox_lvs_rs *b)
{
    const int order = cox_ip_compare(&a->address, &b->address);

    return order != 0 ? order : by_number(a->port, b->port);
}

static bool
is_same_vs(const struct cox_lvs_vs *a, const struct cox_lvs_vs *b)
{
    return strncmp(a->scheduler, b->scheduler, COX_LVS_NAME_SIZE) == 0 && strncmp(a->engine, b->engine, COX_LVS_NAME_SIZE) == 0
           && (a->flags & FLAGS) == (b->flags & FLAGS) && a->persist_s == b->persist_s && a->persist_bits == b->persist_bits;
}

static bool
is_same_rs(const struct cox_lvs_rs *a, const struct cox_lvs_rs *b)
{
    return a->weight == b->weight && a->forward.method == b->forward.method && a->forward.tunnel == b->forward.tunnel
           && a->forward.checksum == b->forward.checksum && a->forward.gue_port == b->forward.gue_port && a->upper == b->upper
           && a->lower == b->lower;
}

static void
add_op(GArray *ops, enum cox_lvs_op_kind kind, const struct cox_lvs_vs *vs, const struct cox_lvs_rs *rs)
{
    const struct cox_lvs_op op = { kind, vs, rs };

    g_array_append_val(ops, op);
}

/* Sorted views of what is in tables: pointers, of which the first of equal ones stays. */

static gint
by_rs(gconstpointer a, gconstpointer b)
{
    const struct cox_lvs_rs *const *one = a, *const *other = b;
    const int order = cox_lvs_rs_compare(*one, *other);

    return order != 0 ? order : by_number((gint64) (gintptr) *one, (gint64) (gintptr) *other);
}

static gint
by_key(gconstpointer a, gconstpointer b)
{
    const struct row *const *one = a, *const *other = b;
    const int order = cox_lvs_key_compare(&(*one)->vs.key, &(*other)->vs.key);

    return order != 0 ? order : by_number((gint64) (gintptr) *one, (gint64) (gintptr) *other);
}

static void
sort_servers(GPtrArray *view, const GArray *servers, guint first, guint n)
{
    guint kept = 0;

    g_ptr_array_set_size(view, 0);
    for (guint i = 0; i < n; i++) {
        g_ptr_array_add(view, &g_array_index(servers, struct cox_lvs_rs, first + i));
    }
    g_ptr_array_sort(view, by_rs);
    for (guint i = 0; i < n; i++) {
        if (kept == 0 || cox_lvs_rs_compare(view->pdata[kept - 1], view->pdata[i]) != 0) {
            view->pdata[kept++] = view->pdata[i];
        }
    }
    g_ptr_array_set_size(view, (gint) kept);
}

static const struct cox_lvs_key *
key_at(const GPtrArray *view, guint i)
{
    return &((const struct row *) view->pdata[i])->vs.key;
}

static GPtrArray *
sort_rows(const struct cox_lvs_table *table)
{
    GPtrArray *view = g_ptr_array_new();
    guint kept = 0;

    for (guint i = 0; table != NULL && i < table->rows->len; i++) {
        g_ptr_array_add(view, &g_array_index(table->rows, struct row, i));
    }
    g_ptr_array_sort(view, by_key);
    for (guint i = 0; i < view->len; i++) {
        if (kept == 0 || cox_lvs_key_compare(key_at(view, kept - 1), key_at(view, i)) != 0) {
            view->pdata[kept++] = view->pdata[i];
        }
    }
    g_ptr_array_set_size(view, (gint) kept);
    return view;
}

/* The two passes over the servers of one virtual server: what adds, then what takes away. */
enum pass { ADDS = 0, TAKES };

static void
walk_servers(const struct cox_lvs_vs *vs, const GPtrArray *wanted, const GPtrArray *actual, enum pass pass, GArray *ops)
{
    guint i = 0, j = 0;

    while (i < wanted->len || j < actual->len) {
        const struct cox_lvs_rs *want = i < wanted->len ? wanted->pdata[i] : NULL, *have = j < actual->len ? actual->pdata[j] : NULL;
        const int order = want == NULL ? 1 : have == NULL ? -1 : cox_lvs_rs_compare(want, have);

        if (order < 0 && pass == ADDS) {
            add_op(ops, COX_LVS_OP_ADD_RS, vs, want);
        } else if (order > 0 && pass == TAKES) {
            add_op(ops, COX_LVS_OP_DEL_RS, vs, have);
        } else if (order == 0 && !is_same_rs(want, have) && (want->weight < have->weight) == (pass == TAKES)) {
            add_op(ops, COX_LVS_OP_SET_RS, vs, want);
        }
        i += order <= 0;
        j += order >= 0;
    }
}

/* Room for the sorted servers of both sides, used again for each virtual server. */
struct views {
    GPtrArray *wanted, *actual;
};

static struct views
views_new(void)
{
    return (struct views) { g_ptr_array_new(), g_ptr_array_new() };
}

static void
views_clear(struct views *views)
{
    g_ptr_array_unref(views->wanted);
    g_ptr_array_unref(views->actual);
}

static void
diff_views(const struct cox_lvs_vs *vs, const struct views *views, GArray *ops)
{
    walk_servers(vs, views->wanted, views->actual, ADDS, ops);
    walk_servers(vs, views->wanted, views->actual, TAKES, ops);
}

void
cox_lvs_servers_diff(const struct cox_lvs_vs *vs, const GArray *wanted, const GArray *actual, GArray *ops)
{
    struct views views = views_new();

    sort_servers(views.wanted, wanted, 0, wanted->len);
    sort_servers(views.actual, actual, 0, actual->len);
    diff_views(vs, &views, ops);
    views_clear(&views);
}

/* Is the key among sorted rows?  @at moves on to where it would be, for the next, greater key. */
static bool
has_key(const GPtrArray *rows, guint *at, const struct cox_lvs_key *key)
{
    int order = -1;

    while (*at < rows->len && (order = cox_lvs_key_compare(key_at(rows, *at), key)) < 0) {
        (*at)++;
    }
    return order == 0;
}

void
cox_lvs_table_diff(const struct cox_lvs_table *wanted, const struct cox_lvs_table *actual, const struct cox_lvs_table *owned,
                   GArray *ops)
{
    g_autoptr(GPtrArray) wants = sort_rows(wanted), haves = sort_rows(actual), ours = sort_rows(owned);
    struct views views = views_new();
    guint i = 0, j = 0, k = 0;

    while (i < wants->len || j < haves->len) {
        const struct row *want = i < wants->len ? wants->pdata[i] : NULL, *have = j < haves->len ? haves->pdata[j] : NULL;
        const int order = want == NULL ? 1 : have == NULL ? -1 : cox_lvs_key_compare(&want->vs.key, &have->vs.key);

        if (order < 0) {
            add_op(ops, COX_LVS_OP_ADD_VS, &want->vs, NULL);
        } else if (order > 0) {
            if (has_key(ours, &k, &have->vs.key)) {
                add_op(ops, COX_LVS_OP_DEL_VS, &have->vs, NULL);
            }
        } else if (!is_same_vs(&want->vs, &have->vs)) {
            add_op(ops, COX_LVS_OP_SET_VS, &want->vs, NULL);
        }
        if (order <= 0) {
            sort_servers(views.wanted, want->servers, want->first, want->n);
            sort_servers(views.actual, order == 0 ? have->servers : actual->servers, order == 0 ? have->first : 0, order == 0 ? have->n : 0);
            diff_views(&want->vs, &views, ops);
        }
        i += order <= 0;
        j += order >= 0;
    }
    views_clear(&views);
}

struct cox_lvs_table *
cox_lvs_table_surplus(const struct cox_lvs_table *wanted, const struct cox_lvs_table *actual, const struct cox_lvs_table *owned)
{
    g_autoptr(GPtrArray) wants = sort_rows(wanted), haves = sort_rows(actual), ours = sort_rows(owned);
    struct cox_lvs_table *surplus = cox_lvs_table_new();
    guint i = 0, k = 0;

    for (guint j = 0; j < haves->len; j++) {
        const struct cox_lvs_vs *have = &((const struct row *) haves->pdata[j])->vs;

        if (!has_key(wants, &i, &have->key) && has_key(ours, &k, &have->key)) {
            cox_lvs_table_add_vs(surplus, have);
        }
    }
    return surplus;
}
