/* lib/lvs/lvsresource.h - parameters of a resource as a text in the language of keepalived.conf (ADR 082).  Layer 3, pure. */
#ifndef COX_LVS_LVSRESOURCE_H
#define COX_LVS_LVSRESOURCE_H

#include <stdbool.h>
#include <glib.h>

#include "conf/keyparam.h"

G_BEGIN_DECLS

/** What to write. */
struct cox_lvs_resource {
    const char *id;
    const char *type; /**< "VirtualServer" or "IPVSsync" */
    struct cox_params params;
};

/**
 * Append the text.  Values that are no keyword's are left out when the cluster adds them to all resources (CRM_meta_..., crm_feature_set), else said by the
 * reader.
 *
 * @return false with COX_ERROR_NOT_CONFIGURED (a parameter is missing, or has several lines) or COX_ERROR_INVALID_PARAM naming resource, parameter and value
 */
bool cox_lvs_resource_write(const struct cox_lvs_resource *resource, GString *out, GError **error);

G_END_DECLS

#endif
