/* lib/lvs/tests/fakeipvs.c - the kernel's table of virtual servers with connections, for tests. */
#include "base/testkit.h"

#include "lvs/tests/fakeipvs.h"

static void
free_row(gpointer data)
{
    struct fake_vs *row = data;

    g_array_unref(row->servers);
    g_free(row);
}

static void
add_vs(struct fake_ipvs *ipvs, const struct cox_lvs_vs *vs)
{
    struct fake_vs *row = g_new(struct fake_vs, 1);

    row->vs = *vs;
    row->servers = g_array_new(FALSE, FALSE, sizeof(struct fake_rs));
    g_ptr_array_add(ipvs->rows, row);
}

static void
add_rs(struct fake_ipvs *ipvs, struct fake_vs *row, const struct cox_lvs_rs *rs)
{
    const struct fake_rs made = { .rs = *rs, .serial = ++ipvs->serial };

    g_array_append_val(row->servers, made);
}

struct fake_ipvs *
fake_ipvs_new(const struct cox_lvs_table *table)
{
    struct fake_ipvs *ipvs = g_new0(struct fake_ipvs, 1);

    ipvs->rows = g_ptr_array_new_with_free_func(free_row);
    for (size_t i = 0; table != NULL && i < cox_lvs_table_count(table); i++) {
        size_t n;
        const struct cox_lvs_rs *servers = cox_lvs_table_rs(table, i, &n);

        add_vs(ipvs, cox_lvs_table_vs(table, i));
        for (size_t j = 0; j < n; j++) {
            add_rs(ipvs, ipvs->rows->pdata[i], &servers[j]);
        }
    }
    return ipvs;
}

void
fake_ipvs_free(struct fake_ipvs *ipvs)
{
    g_ptr_array_unref(ipvs->rows);
    g_free(ipvs);
}

struct fake_vs *
fake_ipvs_find(const struct fake_ipvs *ipvs, const struct cox_lvs_key *key)
{
    for (guint i = 0; i < ipvs->rows->len; i++) {
        struct fake_vs *row = ipvs->rows->pdata[i];

        if (cox_lvs_key_compare(&row->vs.key, key) == 0) {
            return row;
        }
    }
    return NULL;
}

struct fake_rs *
fake_ipvs_server(const struct fake_vs *row, const struct cox_lvs_rs *rs)
{
    for (guint i = 0; i < row->servers->len; i++) {
        struct fake_rs *server = &g_array_index(row->servers, struct fake_rs, i);

        if (cox_lvs_rs_compare(&server->rs, rs) == 0) {
            return server;
        }
    }
    return NULL;
}

bool
fake_ipvs_serves(const struct fake_vs *row)
{
    for (guint i = 0; i < row->servers->len; i++) {
        if (g_array_index(row->servers, struct fake_rs, i).rs.weight > 0) {
            return true;
        }
    }
    return false;
}

bool
fake_ipvs_apply(struct fake_ipvs *ipvs, const struct cox_lvs_op *op)
{
    struct fake_vs *row = fake_ipvs_find(ipvs, &op->vs->key);
    struct fake_rs *server = row == NULL || op->rs == NULL ? NULL : fake_ipvs_server(row, op->rs);

    assert_int_equal(op->rs != NULL, op->kind >= COX_LVS_OP_ADD_RS);
    if (op->rs != NULL) {
        assert_in_range(op->rs->weight, 0, COX_LVS_WEIGHT_MAX);
    }
    if ((row == NULL) != (op->kind == COX_LVS_OP_ADD_VS)
        || (op->kind >= COX_LVS_OP_ADD_RS && (server == NULL) != (op->kind == COX_LVS_OP_ADD_RS))) {
        return false;
    }
    switch (op->kind) {
        case COX_LVS_OP_ADD_VS:
            add_vs(ipvs, op->vs);
            break;
        case COX_LVS_OP_SET_VS:
            row->vs = *op->vs;
            break;
        case COX_LVS_OP_DEL_VS:
            g_ptr_array_remove(ipvs->rows, row);
            break;
        case COX_LVS_OP_ADD_RS:
            add_rs(ipvs, row, op->rs);
            break;
        case COX_LVS_OP_SET_RS:
            server->rs = *op->rs;
            break;
        case COX_LVS_OP_DEL_RS:
            g_array_remove_index(row->servers, (guint) (server - (struct fake_rs *) (void *) row->servers->data));
            break;
    }
    return true;
}

struct cox_lvs_table *
fake_ipvs_read(const struct fake_ipvs *ipvs)
{
    struct cox_lvs_table *table = cox_lvs_table_new();

    for (guint i = 0; i < ipvs->rows->len; i++) {
        const struct fake_vs *row = ipvs->rows->pdata[i];

        cox_lvs_table_add_vs(table, &row->vs);
        for (guint j = 0; j < row->servers->len; j++) {
            cox_lvs_table_add_rs(table, &g_array_index(row->servers, struct fake_rs, j).rs);
            cox_lvs_table_set_use(table, &g_array_index(row->servers, struct fake_rs, j).use);
        }
    }
    return table;
}
