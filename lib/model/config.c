/* lib/model/config.c - look-ups in the configuration.  Layer 1, pure. */
#include "model/config.h"

#include <string.h>

cox_rsc_id
cox_config_find_rsc(const struct cox_config *config, const char *id)
{
    guint index = (id == NULL) ? 0 : GPOINTER_TO_UINT(g_hash_table_lookup(config->rsc_by_id, id));

    return index == 0 ? COX_RSC_NONE : index - 1;
}

cox_node_id
cox_config_find_node(const struct cox_config *config, const char *text, bool by_uname)
{
    for (size_t i = 0; text != NULL && i < config->n_nodes; i++) {
        const char *have = by_uname ? config->nodes[i].uname : config->nodes[i].id;

        if (have != NULL && (by_uname ? g_ascii_strcasecmp(have, text) : strcmp(have, text)) == 0) {
            return (cox_node_id) i;
        }
    }
    return COX_NODE_NONE;
}

void
cox_config_free(struct cox_config *config)
{
    if (config == NULL) {
        return;
    }
    if (config->rsc_by_id != NULL) {
        g_hash_table_destroy(config->rsc_by_id);
    }
    cox_arena_free(config->arena); /* the configuration itself lies in its arena */
}

const char *
cox_nvpairs_get(const struct cox_nvpair *pairs, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(pairs[i].name, name) == 0) {
            return pairs[i].value;
        }
    }
    return NULL;
}
