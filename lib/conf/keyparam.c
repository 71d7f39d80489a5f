/* lib/conf/keyparam.c - parameters of a resource as statements in the language of keepalived.conf.  Layer 1, pure. */
#include "conf/keyparam.h"

#include <string.h>

#include "base/error.h"

const char *
cox_params_get(const struct cox_params *params, const char *name)
{
    for (size_t i = 0; i < params->n; i++) {
        const char *value = params->list[i].value;

        if (strcmp(params->list[i].name, name) == 0) {
            return value == NULL || *value == '\0' ? NULL : value;
        }
    }
    return NULL;
}

bool
cox_params_is_promotable(const struct cox_params *params)
{
    return cox_params_get(params, "CRM_meta_promoted_max") != NULL || cox_params_get(params, "CRM_meta_master_max") != NULL;
}

bool
cox_param_is_clusters(const char *name)
{
    static const char *const others[] = { "crm_feature_set", "trace_ra", "trace_file", NULL };

    return g_str_has_prefix(name, "CRM_meta_") || g_str_has_prefix(name, "OCF_") || g_strv_contains(others, name);
}

bool
cox_param_write(GString *out, const struct cox_param *param, const struct cox_keyword *row, GError **error)
{
    bool is_flag = row != NULL && (row->kind == COX_KEYWORD_FLAG || row->kind == COX_KEYWORD_UNFLAG || row->kind == COX_KEYWORD_SPECIAL);

    if (strchr(param->value, '\n') != NULL) {
        g_set_error(error, COX_ERROR, COX_ERROR_NOT_CONFIGURED, "parameter %s: '%s' is no value of it; write one line", param->name, param->value);
        return false;
    }
    if (is_flag && strcmp(param->value, "true") == 0) {
        g_string_append_printf(out, "  %s\n", param->name);
    } else if (!is_flag || row->most == 1 || strcmp(param->value, "false") != 0) {
        g_string_append_printf(out, "  %s %s\n", param->name, param->value);
    }
    return true;
}
