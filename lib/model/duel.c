/* lib/model/duel.c - could two nodes that do not see each other cut each other's power?  Layer 1, pure. */
#include "model/duel.h"

#include <string.h>

#include "model/option.h"
#include "model/reach.h"
#include "model/rule.h"

/* A device as far as it matters here. */
struct device {
    const char *id;
    int priority;
    bool serves[2], waits;
};

static const char *
option_in(const struct cox_nvsets *sets, const char *first, const struct cox_rule_input *rule, enum cox_option_id id)
{
    struct cox_nvlist list = COX_NVLIST_INIT;
    const char *value = NULL;

    cox_nvsets_resolve(sets, first, rule, &list, NULL);
    value = cox_option_get(id, &list);
    cox_nvlist_clear(&list);
    return value;
}

/* Is there a length of time in "5s", "n1:0;n2:3s" or the like that is not nothing? */
static bool
is_some_time(const char *text)
{
    g_auto(GStrv) items = g_strsplit_set(text == NULL ? "" : text, ";, \t", -1);

    for (guint i = 0; items[i] != NULL; i++) {
        const char *colon = strrchr(items[i], ':');
        const char *length = colon == NULL ? items[i] : colon + 1;

        if (length[strspn(length, "0")] >= '1' && length[strspn(length, "0")] <= '9') {
            return true;
        }
    }
    return false;
}

static struct device
read_device(const struct cox_rsc_def *rsc, const struct cox_rule_input *rule, const struct cox_duel *duel)
{
    const char *priority = option_in(&rsc->meta, NULL, rule, COX_OPT_META_PRIORITY);
    struct device device = { .id = rsc->id, .priority = priority == NULL ? 0 : (int) g_ascii_strtoll(priority, NULL, 10) };

    device.waits = is_some_time(option_in(&rsc->params, NULL, rule, COX_OPT_DEVICE_DELAY_BASE))
                   || is_some_time(option_in(&rsc->params, NULL, rule, COX_OPT_DEVICE_DELAY_MAX));
    for (int i = 0; i < 2; i++) {
        device.serves[i] = cox_reach_of(rsc, duel->nodes[i], rule->now) != COX_REACH_NO;
    }
    return device;
}

static bool
is_better(const struct device *a, const struct device *b)
{
    return b->id == NULL || a->priority > b->priority || (a->priority == b->priority && strcmp(a->id, b->id) < 0);
}

/* The two cluster nodes, if there are just two. */
static bool
find_nodes(const struct cox_config *config, struct cox_duel *duel)
{
    size_t n = 0;

    for (size_t i = 0; i < config->n_nodes; i++) {
        const struct cox_node_def *node = &config->nodes[i];

        if (node->kind == COX_NODE_MEMBER && node->uname != NULL) {
            if (n < 2) {
                duel->nodes[n] = node->uname;
            }
            n++;
        }
    }
    return n == 2;
}

/* Does the cluster fence, and without waiting for the side with more to lose? */
static bool
fences_at_once(const struct cox_config *config, const struct cox_rule_input *rule)
{
    struct cox_nvlist options = COX_NVLIST_INIT;
    bool result;

    cox_nvsets_resolve(&config->properties, "cib-bootstrap-options", rule, &options, NULL);
    result = cox_option_of(COX_OPT_CLUSTER_FENCING_ENABLED, &options) != 0
             && cox_option_of(COX_OPT_CLUSTER_PRIORITY_FENCING_DELAY, &options) <= 0;
    cox_nvlist_clear(&options);
    return result;
}

bool
cox_duel_is_possible(const struct cox_config *config, cox_wall now, struct cox_duel *duel)
{
    const struct cox_rule_input rule = { .now = now };
    struct device best[2] = { { .id = NULL }, { .id = NULL } };
    struct cox_duel found = { { NULL, NULL }, { NULL, NULL } };

    if (!find_nodes(config, &found) || !fences_at_once(config, &rule)) {
        return false;
    }
    for (cox_rsc_id id = 0; id < config->n_resources; id++) {
        const struct cox_rsc_def *rsc = &config->resources[id];
        struct device device = { .id = NULL };

        if (!cox_reach_is_device(rsc) || cox_reach_is_stopped(config, id, now)) {
            continue;
        }
        device = read_device(rsc, &rule, &found);
        for (int i = 0; i < 2; i++) {
            if (device.serves[i] && is_better(&device, &best[i])) {
                best[i] = device;
            }
        }
    }
    if (best[0].id == NULL || best[1].id == NULL || best[0].id == best[1].id || best[0].waits || best[1].waits) {
        return false;
    }
    found.devices[0] = best[0].id;
    found.devices[1] = best[1].id;
    *duel = found;
    return true;
}
