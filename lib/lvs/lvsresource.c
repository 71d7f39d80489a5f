/* lib/lvs/lvsresource.c - parameters of a resource as a text in the language of keepalived.conf (ADR 082).  Layer 3, pure. */
#include "lvs/lvsresource.h"

#include <string.h>

#include "base/error.h"
#include "lvs/lvskeepalived.h"

static const char *
param(const struct cox_lvs_resource *resource, const char *name)
{
    return cox_params_get(&resource->params, name);
}

static bool
refuse(const struct cox_lvs_resource *resource, const struct cox_param *param, const char *why, GError **error)
{
    g_set_error(error, COX_ERROR, COX_ERROR_INVALID_PARAM, "resource '%s': parameter %s='%s' %s", resource->id, param->name, param->value, why);
    return false;
}

static bool
lacks(const struct cox_lvs_resource *resource, const char *what, GError **error)
{
    g_set_error(error, COX_ERROR, COX_ERROR_NOT_CONFIGURED, "resource '%s' has no parameter %s", resource->id, what);
    return false;
}

static bool
write_head(const struct cox_lvs_resource *resource, GString *out, GError **error)
{
    const char *mark = param(resource, "fwmark"), *address = param(resource, "address"), *lines = param(resource, "virtual_server_group");
    const char *port = param(resource, "port"), *definitions = param(resource, "definitions");
    g_autofree char *id = cox_keyword_quote(resource->id);

    if ((mark != NULL) + (address != NULL) + (lines != NULL) > 1) {
        g_set_error(error, COX_ERROR, COX_ERROR_INVALID_PARAM, "resource '%s' has more than one of address, fwmark and virtual_server_group", resource->id);
        return false;
    }
    if (definitions != NULL) {
        g_string_append_printf(out, "%s\n", definitions);
    }
    if (mark != NULL) {
        g_string_append_printf(out, "virtual_server fwmark %s {\n", mark);
    } else if (address != NULL) {
        g_string_append_printf(out, "virtual_server %s %s {\n", address, port == NULL ? "0" : port);
    } else if (lines != NULL) {
        g_string_append_printf(out, "virtual_server_group %s {\n%s\n}\nvirtual_server group %s {\n", id, lines, id);
    } else {
        return lacks(resource, "address, fwmark or virtual_server_group", error);
    }
    return true;
}

static bool
write_server(const struct cox_lvs_resource *resource, GString *out, GError **error)
{
    static const char *const others[] = { "fwmark", "address", "port", "virtual_server_group", "definitions", "real_servers", NULL };
    struct cox_keyword_reader reader = { 0 };
    size_t n = 0;
    const struct cox_keyword *rows = cox_lvs_keywords(&n);
    const char *servers = param(resource, "real_servers");
    bool is_good = write_head(resource, out, error);

    cox_keyword_reader_init(&reader, rows, n);
    for (size_t i = 0; is_good && i < resource->params.n; i++) {
        const struct cox_param *each = &resource->params.list[i];

        if (!g_strv_contains(others, each->name) && !cox_param_is_clusters(each->name) && each->value != NULL && *each->value != '\0') {
            is_good = cox_param_write(out, each, cox_keyword_find(&reader, "virtual_server", each->name), error);
            if (!is_good) {
                g_prefix_error(error, "resource '%s': ", resource->id);
            }
        }
    }
    cox_keyword_reader_clear(&reader);
    g_string_append_printf(out, "%s\n}\n", servers == NULL ? "" : servers);
    return is_good;
}

static bool
write_sync(const struct cox_lvs_resource *resource, GString *out, GError **error)
{
    static const struct {
        const char *param, *word;
    } rows[] = { { "router", "inst" }, { "syncid", "id" }, { "maxlen", "maxlen" }, { "port", "port" }, { "ttl", "ttl" }, { "group", "group" } };
    const char *interface = param(resource, "interface");

    if (interface == NULL) {
        return lacks(resource, "interface", error);
    }
    g_string_append_printf(out, "global_defs {\n  lvs_sync_daemon %s", interface);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const struct cox_param each = { rows[i].param, param(resource, rows[i].param) };

        if (each.value != NULL && strpbrk(each.value, "\n{}") != NULL) {
            return refuse(resource, &each, "is more than a word", error);
        }
        if (each.value != NULL) {
            g_string_append_printf(out, " %s %s", rows[i].word, each.value);
        }
    }
    g_string_append(out, "\n}\n");
    return true;
}

bool
cox_lvs_resource_write(const struct cox_lvs_resource *resource, GString *out, GError **error)
{
    if (strcmp(resource->type, "IPVSsync") == 0) {
        return write_sync(resource, out, error);
    }
    if (strcmp(resource->type, "VirtualServer") == 0) {
        return write_server(resource, out, error);
    }
    g_set_error(error, COX_ERROR, COX_ERROR_UNIMPLEMENTED, "resource '%s': type %s is not of this daemon: VirtualServer, IPVSsync", resource->id,
                resource->type);
    return false;
}
