/* lib/cluster/cmapnames.c - names as corosync knows them: from cmap.  Layer 3, adapter. */
#include "cluster/cmapnames.h"

#include <corosync/cmap.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

char *
cox_cmapnames_node(guint32 node)
{
    cmap_handle_t cmap;
    cmap_iter_handle_t iter;
    char key[CMAP_KEYNAME_MAXLEN + 1], *name = NULL, *copy;

    if (cmap_initialize(&cmap) != CS_OK) {
        return NULL;
    }
    if (cmap_iter_init(cmap, "nodelist.node.", &iter) == CS_OK) {
        while (name == NULL && cmap_iter_next(cmap, iter, key, NULL, NULL) == CS_OK) {
            uint32_t id = 0;

            if (g_str_has_suffix(key, ".nodeid") && cmap_get_uint32(cmap, key, &id) == CS_OK && id == node) {
                g_autofree char *name_key = g_strdup_printf("%.*sname", (int) (strlen(key) - strlen("nodeid")), key);

                if (cmap_get_string(cmap, name_key, &name) != CS_OK) {
                    break;
                }
            }
        }
        (void) cmap_iter_finalize(cmap, iter);
    }
    (void) cmap_finalize(cmap);
    copy = g_strdup(name);
    free(name);
    return copy;
}

char *
cox_cmapnames_cluster(void)
{
    cmap_handle_t cmap;
    char *name = NULL, *copy = NULL;

    if (cmap_initialize(&cmap) == CS_OK) {
        copy = cmap_get_string(cmap, "totem.cluster_name", &name) == CS_OK && name[0] != '\0' ? g_strdup(name) : NULL;
        (void) cmap_finalize(cmap);
    }
    free(name);
    return copy;
}
