/* lib/codec/load_op.c - operations of a resource.  Layer 3. */
#include "codec/load_op.h"

#include <string.h>

#include "base/interval.h"
#include "codec/load_nvset.h"

static struct cox_op_def
read_op(struct cox_context *context, const struct cox_xml *xml)
{
    static const char *const own[] = { "id", "name", "interval", NULL };
    struct cox_op_def op = {
        .id = cox_context_text(context, xml, "id"),
        .name = cox_context_text(context, xml, "name"),
        .interval_spec = cox_context_text(context, xml, "interval"),
    };
    g_autoptr(GError) error = NULL;

    if (op.interval_spec != NULL && !cox_interval_parse(op.interval_spec, &op.interval_ms, &error)) {
        cox_context_problem(context, xml, "write a length of time such as 10s", "operation '%s': interval: %s", op.id,
                            error->message);
    }
    op.attrs = cox_context_attrs(context, xml, own, &op.n_attrs);
    op.meta = cox_codec_nvsets(context, xml, "meta_attributes");
    op.params = cox_codec_nvsets(context, xml, "instance_attributes");
    return op;
}

static void
read_operations(struct cox_context *context, const struct cox_xml *xml, GArray *ops)
{
    for (struct cox_xml *all = cox_xml_child(xml, "operations"); all != NULL;
         all = cox_xml_next_named(all, "operations")) {
        const struct cox_xml *real = cox_context_deref(context, all);

        for (struct cox_xml *one = cox_xml_child(real, "op"); one != NULL; one = cox_xml_next_named(one, "op")) {
            const struct cox_xml *op = cox_context_deref(context, one);
            struct cox_op_def def;

            if (op == NULL) {
                continue;
            }
            def = read_op(context, op);
            if (def.name == NULL) {
                cox_context_problem(context, op, "add the attribute 'name'", "operation '%s' has no name", def.id);
                continue;
            }
            g_array_append_val(ops, def);
        }
    }
}

/* Started and Unpromoted are what a monitor without role is for. */
static enum cox_role
role_of(const struct cox_op_def *op)
{
    enum cox_role role = cox_role_parse(cox_nvpairs_get(op->attrs, op->n_attrs, "role"));

    return role == COX_ROLE_STARTED || role == COX_ROLE_UNPROMOTED ? COX_ROLE_UNKNOWN : role;
}

static bool
has_like(const GArray *ops, guint n, const struct cox_op_def *op)
{
    for (guint i = 0; i < n; i++) {
        const struct cox_op_def *have = &g_array_index(ops, struct cox_op_def, i);

        if (strcmp(have->name, op->name) == 0 && role_of(have) == role_of(op)) {
            return true;
        }
    }
    return false;
}

const struct cox_op_def *
cox_codec_ops(struct cox_context *context, const struct cox_xml *base, const struct cox_xml *xml, size_t *n)
{
    GArray *ops = g_array_new(FALSE, FALSE, sizeof(struct cox_op_def));
    g_autoptr(GArray) base_ops = g_array_new(FALSE, FALSE, sizeof(struct cox_op_def));
    guint n_own;

    read_operations(context, xml, ops);
    n_own = ops->len;
    read_operations(context, base, base_ops);
    for (guint i = 0; i < base_ops->len; i++) {
        const struct cox_op_def *op = &g_array_index(base_ops, struct cox_op_def, i);

        if (!has_like(ops, n_own, op)) {
            g_array_append_vals(ops, op, 1);
        }
    }
    return cox_context_freeze(context, ops, n);
}
