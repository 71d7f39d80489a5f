/* lib/cluster/silence.c - why a node hears no other: what corosync knows about it.  Layer 3, adapter. */
#include "cluster/silence.h"

#include <corosync/cmap.h>
#include <stdlib.h>
#include <string.h>

char *
cox_silence_text(const struct cox_silence *silence)
{
    guint n_others = silence->n_configured > 0 ? silence->n_configured - 1 : 0;

    if (n_others == 0) {
        return NULL;
    }
    return g_strdup_printf("none of the %u other nodes of corosync.conf is heard: %s", n_others,
                           silence->is_encrypted && silence->n_decrypted == 0
                               ? "no message could be decrypted, so this node's /etc/corosync/authkey is probably not that of the others "
                                 "(compare checksums, corosync's log); else look at network and firewall"
                               : "look at network, firewall, corosync's log, and whether corosync runs there");
}

static guint
count_nodes(cmap_handle_t cmap)
{
    cmap_iter_handle_t iter;
    char key[CMAP_KEYNAME_MAXLEN + 1];
    guint n = 0;

    if (cmap_iter_init(cmap, "nodelist.node.", &iter) == CS_OK) {
        while (cmap_iter_next(cmap, iter, key, NULL, NULL) == CS_OK) {
            n += g_str_has_suffix(key, ".nodeid");
        }
        (void) cmap_iter_finalize(cmap, iter);
    }
    return n;
}

static bool
is_set(cmap_handle_t cmap, const char *key)
{
    char *value = NULL;
    bool is_on = cmap_get_string(cmap, key, &value) == CS_OK && strcmp(value, "none") != 0 && strcmp(value, "off") != 0;

    free(value);
    return is_on;
}

char *
cox_silence_reason(void)
{
    struct cox_silence silence = { 0 };
    uint64_t n = 0;
    cmap_handle_t cmap;

    if (cmap_initialize(&cmap) != CS_OK) {
        return NULL;
    }
    silence.n_configured = count_nodes(cmap);
    silence.is_encrypted = is_set(cmap, "totem.crypto_cipher") || is_set(cmap, "totem.crypto_hash") || is_set(cmap, "totem.secauth");
    (void) cmap_finalize(cmap);
    if (silence.is_encrypted && cmap_initialize_map(&cmap, CMAP_MAP_STATS) == CS_OK) {
        /* A transport that does not count does not get the blame. */
        silence.n_decrypted = cmap_get_uint64(cmap, "stats.knet.handle.rx_crypt_packets", &n) == CS_OK ? n : 1;
        (void) cmap_finalize(cmap);
    }
    return cox_silence_text(&silence);
}
