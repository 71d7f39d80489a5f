/* lib/model/reach.c - which fence devices can end which nodes, as far as the configuration says.  Layer 1, pure. */
#include "model/reach.h"

#include <string.h>

#include "model/ids.h"
#include "model/option.h"
#include "model/rule.h"

bool
cox_reach_is_device(const struct cox_rsc_def *rsc)
{
    return rsc->variant == COX_PRIMITIVE && g_strcmp0(rsc->standard, "stonith") == 0;
}

bool
cox_reach_is_stopped(const struct cox_config *config, cox_rsc_id rsc, cox_wall now)
{
    const struct cox_rule_input rule = { .now = now };

    for (; rsc != COX_RSC_NONE; rsc = config->resources[rsc].parent) {
        struct cox_nvlist meta = COX_NVLIST_INIT;
        const char *role = NULL;
        bool is_stopped = false;

        cox_nvsets_resolve(&config->resources[rsc].meta, NULL, &rule, &meta, NULL);
        role = cox_option_get(COX_OPT_META_TARGET_ROLE, &meta);
        is_stopped = role != NULL && cox_role_parse(role) == COX_ROLE_STOPPED;
        cox_nvlist_clear(&meta);
        if (is_stopped) {
            return true;
        }
    }
    return false;
}

/* Is the node among "n1 n2", "n1:1;n2:2,3"? */
static bool
names(const char *text, const char *node)
{
    g_auto(GStrv) items = g_strsplit_set((text == NULL) ? "" : text, ";, \t\n", -1);

    for (guint i = 0; items[i] != NULL; i++) {
        char *colon = strchr(items[i], ':');

        if (colon != NULL) {
            *colon = '\0';
        }
        if (g_ascii_strcasecmp(items[i], node) == 0) {
            return true;
        }
    }
    return false;
}

enum cox_reach
cox_reach_of(const struct cox_rsc_def *device, const char *node, cox_wall now)
{
    const struct cox_rule_input rule = { .now = now };
    struct cox_nvlist params = COX_NVLIST_INIT;
    const char *check = NULL;
    const char *list = NULL;
    const char *map = NULL;
    enum cox_reach reach = COX_REACH_ASKS;

    cox_nvsets_resolve(&device->params, NULL, &rule, &params, NULL);
    check = cox_option_get(COX_OPT_DEVICE_HOST_CHECK, &params);
    list = cox_option_get(COX_OPT_DEVICE_HOST_LIST, &params);
    map = cox_option_get(COX_OPT_DEVICE_HOST_MAP, &params);
    if (check == NULL) {
        check = (list == NULL && map == NULL) ? "dynamic-list" : "static-list";
    }
    if (g_ascii_strcasecmp(check, "none") == 0) {
        reach = COX_REACH_YES;
    } else if (g_ascii_strcasecmp(check, "static-list") == 0) {
        reach = (names(list, node) || names(map, node)) ? COX_REACH_YES : COX_REACH_NO;
    }
    cox_nvlist_clear(&params);
    return reach;
}

enum cox_reach
cox_reach_any(const struct cox_config *config, const char *node, cox_wall now)
{
    enum cox_reach best = COX_REACH_NO;

    for (cox_rsc_id id = 0; id < config->n_resources; id++) {
        if (cox_reach_is_device(&config->resources[id]) && !cox_reach_is_stopped(config, id, now)) {
            best = MAX(best, cox_reach_of(&config->resources[id], node, now));
        }
    }
    return best;
}
