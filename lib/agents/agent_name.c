/* lib/agents/agent_name.c - which agent is meant.  Layer 3, adapter. */
#include "agents/agent_name.h"

#include <string.h>

#include "base/error.h"

static const char *const standards[] = {
    [COX_AGENT_OCF] = "ocf",         [COX_AGENT_LSB] = "lsb",         [COX_AGENT_SYSTEMD] = "systemd",
    [COX_AGENT_SERVICE] = "service", [COX_AGENT_STONITH] = "stonith",
};

const char *
cox_agent_standard_text(enum cox_agent_standard standard)
{
    return standards[standard];
}

static bool
standard_find(const char *text, enum cox_agent_standard *standard)
{
    for (size_t i = 0; text != NULL && i < G_N_ELEMENTS(standards); i++) {
        if (strcmp(standards[i], text) == 0) {
            *standard = (enum cox_agent_standard) i;
            return true;
        }
    }
    return false;
}

/* What may become a part of a path; refusing more than the file system would keeps '/' and shell characters out at once. */
static bool
part_is_safe(const char *part)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.@-";

    return part[0] != '\0' && part[0] != '.' && strspn(part, allowed) == strlen(part) && strstr(part, "..") == NULL
           && strlen(part) < 256;
}

static bool
part_check(const char *what, const char *part, GError **error)
{
    if (part != NULL && part_is_safe(part)) {
        return true;
    }
    g_set_error(error, COX_ERROR, COX_ERROR_INVALID_PARAM,
                "invalid agent %s '%s': use letters, digits, '_', '.', '@' and '-', and no '..'", what,
                part == NULL ? "" : part);
    return false;
}

struct cox_agent_name *
cox_agent_name_new(const char *standard, const char *provider, const char *type, GError **error)
{
    enum cox_agent_standard which = COX_AGENT_OCF;
    struct cox_agent_name *name;
    bool has_provider = provider != NULL && provider[0] != '\0';

    if (!standard_find(standard, &which)) {
        g_set_error(error, COX_ERROR, COX_ERROR_INVALID_PARAM,
                    "unknown agent standard '%s': there are ocf, lsb, systemd, service and stonith",
                    standard == NULL ? "" : standard);
        return NULL;
    }
    if (which == COX_AGENT_OCF && !part_check("provider", provider, error)) {
        return NULL;
    }
    if (which != COX_AGENT_OCF && has_provider) {
        g_set_error(error, COX_ERROR, COX_ERROR_INVALID_PARAM,
                    "agent provider '%s' given for standard %s: only ocf agents have a provider", provider, standard);
        return NULL;
    }
    if (!part_check("type", type, error)) {
        return NULL;
    }
    name = g_new0(struct cox_agent_name, 1);
    name->standard = which;
    name->provider = which == COX_AGENT_OCF ? g_strdup(provider) : NULL;
    name->type = g_strdup(type);
    return name;
}

struct cox_agent_name *
cox_agent_name_parse(const char *text, GError **error)
{
    g_auto(GStrv) parts = g_strsplit(text, ":", 3);
    guint n = g_strv_length(parts);

    if (n == 3) {
        return cox_agent_name_new(parts[0], parts[1], parts[2], error);
    }
    if (n == 2 && strcmp(parts[0], "ocf") != 0) {
        return cox_agent_name_new(parts[0], NULL, parts[1], error);
    }
    g_set_error(error, COX_ERROR, COX_ERROR_INVALID_PARAM,
                "invalid agent '%s': write STANDARD:TYPE, or ocf:PROVIDER:TYPE", text);
    return NULL;
}

void
cox_agent_name_free(struct cox_agent_name *name)
{
    if (name != NULL) {
        g_free(name->provider);
        g_free(name->type);
        g_free(name);
    }
}

char *
cox_agent_name_text(const struct cox_agent_name *name)
{
    return name->provider == NULL ? g_strdup_printf("%s:%s", standards[name->standard], name->type)
                                  : g_strdup_printf("%s:%s:%s", standards[name->standard], name->provider, name->type);
}
