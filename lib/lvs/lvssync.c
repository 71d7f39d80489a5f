/* lib/lvs/lvssync.c - connection synchronization by the kernel follows a virtual router.  Layer 3, pure. */
#include "lvs/lvs_priv.h"

bool
cox_lvs_sync_equal(const struct cox_lvs_sync *a, const struct cox_lvs_sync *b)
{
    return g_strcmp0(a->device, b->device) == 0 && g_strcmp0(a->router, b->router) == 0 && a->id == b->id && a->max_bytes == b->max_bytes
           && a->port == b->port && a->ttl == b->ttl && cox_ip_equal(&a->group, &b->group);
}

static bool
is_wanted(const struct cox_lvs *lvs, enum cox_lvs_role role)
{
    const struct cox_lvs_sync *sync = &lvs->config->sync;

    if (lvs->is_stopped || sync->device == NULL) {
        return false;
    }
    return sync->router == NULL || GPOINTER_TO_UINT(g_hash_table_lookup(lvs->roles, sync->router)) == (guint) role;
}

void
cox_lvs_sync(struct cox_lvs *lvs, bool is_changed, struct cox_lvs_effects *out)
{
    static const enum cox_lvs_role roles[] = { COX_LVS_ROLE_BACKUP, COX_LVS_ROLE_MASTER };

    /* What is to go goes first: the kernel has one socket for each role. */
    for (size_t i = 0; i < G_N_ELEMENTS(roles); i++) {
        if (lvs->runs[roles[i]] && (is_changed || !is_wanted(lvs, roles[i]))) {
            cox_lvs_add(out, COX_LVS_DO_SYNC_STOP)->role = roles[i];
            lvs->runs[roles[i]] = false;
        }
    }
    for (size_t i = 0; i < G_N_ELEMENTS(roles); i++) {
        if (!lvs->runs[roles[i]] && is_wanted(lvs, roles[i])) {
            struct cox_lvs_effect *effect = cox_lvs_add(out, COX_LVS_DO_SYNC_START);

            effect->role = roles[i];
            effect->sync = &lvs->config->sync;
            lvs->runs[roles[i]] = true;
        }
    }
}
