/* lib/sched/attrs.c - meta-attributes, parameters and node attributes with rules resolved.  Layer 3, pure. */
#include "sched/work_priv.h"

const char *
sched_node_attr(const struct sched_work *work, const struct sched_node *node, const char *name)
{
    (void) work;
    return cox_nvlist_get(&node->attrs, name);
}

void
sched_attrs_meta(struct sched_work *work, struct sched_rsc *rsc)
{
    (void) work;
    (void) rsc;
}

void
sched_attrs_params(struct sched_work *work, const struct sched_rsc *rsc, const struct sched_node *node,
                   struct cox_nvlist *list)
{
    (void) work;
    (void) rsc;
    (void) node;
    (void) list;
}

bool
sched_attrs_bool(const char *text, bool fallback)
{
    return text == NULL ? fallback : g_ascii_strcasecmp(text, "true") == 0;
}

gint64
sched_attrs_msec(const char *text, gint64 fallback_ms)
{
    (void) text;
    return fallback_ms;
}
