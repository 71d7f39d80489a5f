/* lib/cluster/admit.c - who may talk to corosync: through cmap.  Layer 3, adapter. */
#include "cluster/admit.h"

#include <stdio.h>
#include <corosync/cmap.h>

#include "base/error.h"

bool
cox_admit_group(gid_t gid, GError **error)
{
    char key[64];
    cmap_handle_t cmap;
    cs_error_t result = cmap_initialize(&cmap);

    if (result == CS_OK) {
        (void) snprintf(key, sizeof key, "uidgid.gid.%u", (unsigned int) gid);
        result = cmap_set_uint8(cmap, key, 1);
        (void) cmap_finalize(cmap);
    }
    if (result != CS_OK) {
        g_set_error(error, COX_ERROR, COX_ERROR_DISCONNECTED, "corosync: admitting group %u: %s", (unsigned int) gid,
                    cs_strerror(result));
        return false;
    }
    return true;
}
