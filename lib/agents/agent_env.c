/* lib/agents/agent_env.c - what an agent is given.  Layer 3, adapter. */
#include "agents/agent_env.h"

#include <string.h>

#include "base/error.h"

#define CLEAN_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
#define USUAL_OCF_ROOT "/usr/lib/ocf"
#define META_PREFIX "CRM_meta_"

static bool
is_identifier(const char *name)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789";

    return name[0] != '\0' && !g_ascii_isdigit(name[0]) && strspn(name, letters) == strlen(name);
}

bool
cox_agent_env_may_set(const char *name)
{
    static const char *const exact[] = { "PATH", "IFS", "ENV", "SHELLOPTS", "PS4", "GCONV_PATH", "LOCPATH", "OCF_ROOT", "TMPDIR" };
    static const char *const prefixes[] = { "LD_", "BASH_", "PYTHON", "PERL", "MALLOC_", "GLIBC_", "NOTIFY_", "LISTEN_" };

    for (size_t i = 0; i < G_N_ELEMENTS(exact); i++) {
        if (strcmp(name, exact[i]) == 0) {
            return false;
        }
    }
    for (size_t i = 0; i < G_N_ELEMENTS(prefixes); i++) {
        if (g_str_has_prefix(name, prefixes[i])) {
            return false;
        }
    }
    return is_identifier(name);
}

static void
add(GPtrArray *env, const char *prefix, const char *name, const char *value)
{
    g_ptr_array_add(env, g_strdup_printf("%s%s=%s", prefix, name, value == NULL ? "" : value));
}

static void
add_param(GPtrArray *env, const struct cox_agent_pair *param, GPtrArray *refused)
{
    g_autofree char *name = g_strdup(param->name);

    if (strcmp(name, "OCF_CHECK_LEVEL") == 0) {
        add(env, "", name, param->value);
        return;
    }
    if (g_str_has_prefix(name, META_PREFIX)) {
        g_strdelimit(name, "-", '_');
    }
    if (is_identifier(name)) {
        add(env, "OCF_RESKEY_", name, param->value);
    } else if (refused != NULL) {
        g_ptr_array_add(refused, g_strdup(param->name));
    }
}

static void
add_ocf(GPtrArray *env, const struct cox_agent_env *input, GPtrArray *refused)
{
    add(env, "", "OCF_RA_VERSION_MAJOR", "1");
    add(env, "", "OCF_RA_VERSION_MINOR", "1");
    add(env, "", "OCF_ROOT", input->ocf_root == NULL ? USUAL_OCF_ROOT : input->ocf_root);
    add(env, "", "OCF_EXIT_REASON_PREFIX", "ocf-exit-reason:");
    add(env, "", "OCF_RESOURCE_INSTANCE", input->rsc_id);
    add(env, "", "OCF_RESOURCE_TYPE", input->agent->type);
    add(env, "", "OCF_RESOURCE_PROVIDER", input->agent->provider);
    for (size_t i = 0; i < input->n_params; i++) {
        add_param(env, &input->params[i], refused);
    }
}

char **
cox_agent_env_new(const struct cox_agent_env *input, GPtrArray *refused)
{
    GPtrArray *env = g_ptr_array_new();

    add(env, "", "PATH", CLEAN_PATH);
    add(env, "", "LC_ALL", "C");
    add(env, "", "PCMK_service", input->service);
    for (size_t i = 0; i < input->n_inherited; i++) {
        const struct cox_agent_pair *pair = &input->inherited[i];

        if ((g_str_has_prefix(pair->name, "PCMK_") || g_str_has_prefix(pair->name, "HA_")) && is_identifier(pair->name)) {
            add(env, "", pair->name, pair->value);
        }
    }
    if (input->agent->standard == COX_AGENT_OCF) {
        add_ocf(env, input, refused);
    }
    g_ptr_array_add(env, NULL);
    return (char **) g_ptr_array_free(env, FALSE);
}

char *
cox_agent_stdin_new(const struct cox_agent_pair *pairs, size_t n_pairs, GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (size_t i = 0; i < n_pairs; i++) {
        const char *value = pairs[i].value == NULL ? "" : pairs[i].value;

        if (pairs[i].name[0] == '\0' || strpbrk(pairs[i].name, "=\r\n") != NULL) {
            g_set_error(error, COX_ERROR, COX_ERROR_INVALID_PARAM,
                        "invalid fence device parameter name '%s': it must not be empty or have '=' or a line break", pairs[i].name);
            return NULL;
        }
        if (strpbrk(value, "\r\n") != NULL) {
            /* The value may be a password: not into a message. */
            g_set_error(error, COX_ERROR, COX_ERROR_INVALID_PARAM,
                        "fence device parameter '%s' has a line break in its value: fence agents read one parameter a line",
                        pairs[i].name);
            return NULL;
        }
        g_string_append_printf(text, "%s=%s\n", pairs[i].name, value);
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}
