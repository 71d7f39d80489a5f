/* tools/cox_resource.c - verbs of cox that make, change and remove resources, groups and clones.  Layer 6. */
#include <string.h>

#include "admin/leveledit.h"
#include "admin/rscedit.h"
#include "admin/rscspec.h"
#include "agents/agent_find.h"
#include "agents/agent_meta.h"
#include "base/error.h"
#include "base/nearest.h"
#include "model/option.h"
#include "tools/agent_call.h"
#include "tools/cox_priv.h"

/* ---- agents ----------------------------------------------------------------------------------------------- */

/* The agent that "IPaddr2" means: the only one of that type; the caller frees it. */
static struct cox_agent_name *
find_type(const char *type, GError **error)
{
    const struct cox_agent_paths usual = { NULL, NULL, NULL };
    g_autoptr(GPtrArray) providers = cox_agent_providers(&usual);
    g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GString) found = g_string_new(NULL);
    g_autofree char *hint = NULL;
    const char *provider = NULL;

    if (g_str_has_prefix(type, "fence_")) {
        return cox_agent_name_new("stonith", NULL, type, error);
    }
    for (guint i = 0; i < providers->len; i++) {
        g_autoptr(GPtrArray) types = cox_agent_types(&usual, COX_AGENT_OCF, providers->pdata[i]);

        for (guint k = 0; k < types->len; k++) {
            if (strcmp(types->pdata[k], type) == 0) {
                provider = providers->pdata[i];
                g_string_append_printf(found, "%socf:%s:%s", (found->len > 0) ? ", " : "", provider, type);
            }
            g_ptr_array_add(all, g_strdup(types->pdata[k]));
        }
    }
    if (provider != NULL && strchr(found->str, ',') == NULL) {
        return cox_agent_name_new("ocf", provider, type, error);
    }
    hint = cox_nearest_hint(type, (const char *const *) all->pdata, all->len);
    g_set_error(error, COX_ERROR, (provider == NULL) ? COX_ERROR_NOT_INSTALLED : COX_ERROR_MULTIPLE,
                (provider == NULL) ? "agent '%s' is not known%s; write STANDARD:TYPE or ocf:PROVIDER:TYPE"
                                   : "agent '%s' may be %s: write it whole",
                type, (provider == NULL) ? hint : found->str);
    return NULL;
}

/* What the agent says of itself; NULL without @error: it says nothing (lsb, systemd). */
static struct cox_agent_metadata *
ask_agent(const struct cox_agent_name *name, GError **error)
{
    struct cox_agent_outcome outcome = { 0 };
    struct cox_agent_metadata *metadata = NULL;
    g_autofree char *text = cox_agent_name_text(name);

    if (name->standard != COX_AGENT_OCF && name->standard != COX_AGENT_STONITH) {
        return NULL;
    }
    cox_agent_call_metadata(name, &outcome);
    if (outcome.result.code != 0 || *outcome.out == '\0') {
        g_set_error(error, COX_ERROR, COX_ERROR_NOT_INSTALLED, "agent '%s' cannot be asked for its metadata on this node%s%s; --force does without",
                    text, (outcome.result.exit_reason != NULL) ? ": " : "", (outcome.result.exit_reason != NULL) ? outcome.result.exit_reason : "");
    } else {
        metadata = cox_agent_metadata_parse(outcome.out, strlen(outcome.out), error);
        if (metadata == NULL) {
            g_prefix_error(error, "metadata of agent '%s': ", text);
        }
    }
    cox_agent_outcome_clear(&outcome);
    return metadata;
}

/* Parameters that the fencer reads and no agent has. */
static bool
is_fencers(const struct cox_agent_name *name, const char *param)
{
    return name->standard == COX_AGENT_STONITH
           && (cox_option_find(COX_OPTION_DEVICE, param) != NULL || (g_str_has_prefix(param, "pcmk_") && strchr(param, '_') != strrchr(param, '_')));
}

static bool
check_params(const struct cox_agent_name *name, const struct cox_agent_metadata *metadata, const GArray *params, GError **error)
{
    for (guint i = 0; i < params->len; i++) {
        const struct cox_nvedit *pair = &g_array_index(params, struct cox_nvedit, i);
        g_autoptr(GPtrArray) known = g_ptr_array_new();
        g_autofree char *hint = NULL;

        if (pair->value == NULL || cox_agent_metadata_param(metadata, pair->name) != NULL || is_fencers(name, pair->name)) {
            continue;
        }
        for (size_t k = 0; k < metadata->n_params; k++) {
            g_ptr_array_add(known, metadata->params[k].name);
        }
        hint = cox_nearest_hint(pair->name, (const char *const *) known->pdata, known->len);
        g_set_error(error, COX_ERROR, COX_ERROR_USAGE, "agent '%s' has no parameter '%s'%s (--force sets it all the same)", name->type,
                    pair->name, hint);
        return false;
    }
    return true;
}

static bool
check_required(const struct cox_agent_name *name, const struct cox_agent_metadata *metadata, const GArray *params, GError **error)
{
    for (size_t i = 0; i < metadata->n_params; i++) {
        const struct cox_agent_param *param = &metadata->params[i];
        bool is_given = !param->is_required || (param->fallback != NULL && *param->fallback != '\0') || param->replaced_with != NULL
                        || (name->standard == COX_AGENT_STONITH && (strcmp(param->name, "port") == 0 || strcmp(param->name, "plug") == 0));

        for (guint k = 0; k < params->len && !is_given; k++) {
            const struct cox_nvedit *pair = &g_array_index(params, struct cox_nvedit, k);
            const struct cox_agent_param *known = cox_agent_metadata_param(metadata, pair->name);

            is_given = strcmp(pair->name, param->name) == 0
                       || (known != NULL && g_strcmp0(known->replaced_with, param->name) == 0);
        }
        if (!is_given) {
            g_set_error(error, COX_ERROR, COX_ERROR_USAGE, "agent '%s' needs parameter '%s': add %s=VALUE (--force does without)", name->type,
                        param->name, param->name);
            return false;
        }
    }
    return true;
}

/* ---- create ----------------------------------------------------------------------------------------------- */

/* A resource to be made; everything is worked out before the document is looked at, for that may be done more than once. */
struct creation {
    const char *id;
    const struct cox_settings *settings;
    struct cox_agent_name *name;
    struct cox_agent_metadata *metadata; /* NULL: none */
    struct cox_rscspec *spec;
    GArray *advice; /* struct cox_rscspec_advice */
};

static void
advise(struct creation *creation)
{
    for (size_t i = 0; creation->metadata != NULL && i < creation->metadata->n_actions; i++) {
        const struct cox_agent_meta_action *action = &creation->metadata->actions[i];
        struct cox_rscspec_advice advice = { action->name, action->interval_ms, action->timeout_ms, action->role, action->depth };

        g_array_append_val(creation->advice, advice);
    }
}

static bool
prepare(struct creation *creation, char **arguments, GError **error)
{
    GError *problem = NULL;

    creation->spec = cox_rscspec_parse(arguments + 2, error);
    creation->name = (creation->spec == NULL)              ? NULL
                     : (strchr(arguments[1], ':') != NULL) ? cox_agent_name_parse(arguments[1], error)
                                                           : find_type(arguments[1], error);
    if (creation->name == NULL) {
        return false;
    }
    creation->metadata = ask_agent(creation->name, &problem);
    if (problem != NULL && creation->settings->is_forced) {
        g_clear_error(&problem);
    }
    if (problem != NULL) {
        g_propagate_error(error, problem);
        return false;
    }
    advise(creation);
    return creation->metadata == NULL || creation->settings->is_forced
           || (check_params(creation->name, creation->metadata, creation->spec->params, error)
               && check_required(creation->name, creation->metadata, creation->spec->params, error));
}

static void
creation_clear(struct creation *creation)
{
    cox_agent_name_free(creation->name);
    cox_agent_metadata_free(creation->metadata);
    cox_rscspec_free(creation->spec);
    g_array_unref(creation->advice);
}

static bool
edit_create(struct cox_xml *root, const void *what, GError **error)
{
    const struct creation *creation = what;
    const struct cox_settings *settings = creation->settings;
    const struct cox_rscspec_agent agent = { creation->id, cox_agent_standard_text(creation->name->standard), creation->name->provider, creation->name->type };
    const struct cox_rscedit_place place = { settings->group, settings->after, settings->before };
    char *ids[] = { (char *) (guintptr) creation->id, NULL }; /* only read */
    struct cox_nvedit stopped = { (char[]) { "target-role" }, (char[]) { "Stopped" } };
    g_autoptr(GArray) pairs = g_array_new(FALSE, FALSE, sizeof(stopped));
    struct cox_xml *rsc = NULL;

    if (!cox_rscedit_is_free(root, creation->id, error)) {
        return false;
    }
    rsc = cox_rscspec_add(cox_rscedit_section(root, "resources"), &agent, creation->spec, creation->advice, error);
    if (rsc == NULL || (settings->group != NULL && !cox_rscedit_group(root, &place, ids, error))) {
        return false;
    }
    if (settings->is_clone) {
        rsc = cox_rscedit_clone(root, creation->id, NULL, error);
    }
    if (rsc != NULL && settings->is_disabled) {
        const struct cox_nvedit_home home = { rsc, "meta_attributes", NULL };

        g_array_append_val(pairs, stopped);
        cox_nvedit_apply(&home, pairs);
    }
    return rsc != NULL;
}

int
cox_verb_resource_create(struct cox_tool_ctx *ctx, char **arguments)
{
    const struct cox_settings *settings = ctx->settings;
    struct creation creation = { .id = arguments[0], .settings = settings,
                                 .advice = g_array_new(FALSE, FALSE, sizeof(struct cox_rscspec_advice)) };
    GError *error = NULL;
    int status = 0;

    if (settings->group != NULL && settings->is_clone) {
        status = cox_tool_usage(ctx, "resource create: --in-group and --clone do not go together; clone the group");
    } else if (settings->group == NULL && (settings->after != NULL || settings->before != NULL)) {
        status = cox_tool_usage(ctx, "resource create: --after and --before are places in a group: name it with --in-group");
    } else if (!prepare(&creation, arguments, &error)) {
        status = cox_tool_fail(ctx, error);
    } else {
        status = cox_change_run(ctx, &settings->change, edit_create, &creation);
    }
    creation_clear(&creation);
    return status;
}

int
cox_verb_fence_create(struct cox_tool_ctx *ctx, char **arguments)
{
    g_auto(GStrv) words = g_strdupv(arguments);

    if (strchr(words[1], ':') == NULL) {
        g_free(words[1]);
        words[1] = g_strconcat("stonith:", arguments[1], NULL);
    } else if (!g_str_has_prefix(words[1], "stonith:")) {
        return cox_tool_usage(ctx, "fence create: '%s' is no fence agent: stonith_admin --list-installed shows them", arguments[1]);
    }
    return cox_verb_resource_create(ctx, words);
}

/* ---- update, delete --------------------------------------------------------------------------------------- */

/* Words that belong to a resource or a group; borrowed. */
struct order {
    char **words;
    const struct cox_settings *settings;
    const struct cox_rscspec *spec;
    bool is_device; /* fence devices only */
};

static bool
check_update(const struct cox_xml *rsc, const struct cox_rscspec *spec, GError **error)
{
    g_autoptr(cox_agent_name) name = NULL;
    g_autoptr(cox_agent_metadata) metadata = NULL;

    if (!cox_xml_is(rsc, "primitive")) {
        if (spec->params->len == 0 && spec->ops->len == 0) {
            return true;
        }
        g_set_error(error, COX_ERROR, COX_ERROR_USAGE, "'%s' is a %s: it has meta-attributes only (meta NAME=VALUE...)", cox_xml_id(rsc),
                    cox_xml_name(rsc));
        return false;
    }
    if (spec->params->len == 0 || cox_xml_get(rsc, "class") == NULL) {
        return true;
    }
    name = cox_agent_name_new(cox_xml_get(rsc, "class"), cox_xml_get(rsc, "provider"), cox_xml_get(rsc, "type"), error);
    metadata = (name == NULL) ? NULL : ask_agent(name, NULL); /* an agent that is not on this node cannot be asked */
    return name != NULL && (metadata == NULL || check_params(name, metadata, spec->params, error));
}

static bool
edit_update(struct cox_xml *root, const void *what, GError **error)
{
    const struct order *order = what;
    struct cox_xml *rsc = cox_rscedit_find(root, order->words[0], error);

    return rsc != NULL && (!order->is_device || cox_leveledit_device(root, order->words[0], error) != NULL)
           && (order->settings->is_forced || check_update(rsc, order->spec, error))
           && cox_rscspec_update(rsc, order->spec, error);
}

static int
update(struct cox_tool_ctx *ctx, char **arguments, bool is_device)
{
    const struct cox_settings *settings = ctx->settings;
    GError *error = NULL;
    g_autoptr(cox_rscspec) spec = cox_rscspec_parse(arguments + 1, &error);
    const struct order order = { arguments, settings, spec, is_device };

    return (spec == NULL) ? cox_tool_fail(ctx, error) : cox_change_run(ctx, &settings->change, edit_update, &order);
}

int
cox_verb_resource_update(struct cox_tool_ctx *ctx, char **arguments)
{
    return update(ctx, arguments, false);
}

int
cox_verb_fence_update(struct cox_tool_ctx *ctx, char **arguments)
{
    return update(ctx, arguments, true);
}

static bool
edit_delete(struct cox_xml *root, const void *what, GError **error)
{
    const struct order *order = what;

    for (char **word = order->words; *word != NULL; word++) {
        if ((order->is_device && cox_leveledit_device(root, *word, error) == NULL) || !cox_rscedit_delete(root, *word, error)) {
            return false;
        }
    }
    return true;
}

static int
change(struct cox_tool_ctx *ctx, cox_change_fn edit, char **arguments)
{
    const struct cox_settings *settings = ctx->settings;
    const struct order order = { arguments, settings, NULL, false };

    return cox_change_run(ctx, &settings->change, edit, &order);
}

int
cox_verb_resource_delete(struct cox_tool_ctx *ctx, char **arguments)
{
    return change(ctx, edit_delete, arguments);
}

int
cox_verb_fence_delete(struct cox_tool_ctx *ctx, char **arguments)
{
    const struct cox_settings *settings = ctx->settings;
    const struct order order = { arguments, settings, NULL, true };

    return cox_change_run(ctx, &settings->change, edit_delete, &order);
}

/* ---- groups, clones --------------------------------------------------------------------------------------- */

static bool
edit_group_add(struct cox_xml *root, const void *what, GError **error)
{
    const struct order *order = what;
    const struct cox_rscedit_place place = { order->words[0], order->settings->after, order->settings->before };

    return cox_rscedit_group(root, &place, order->words + 1, error);
}

int
cox_verb_group_add(struct cox_tool_ctx *ctx, char **arguments)
{
    return change(ctx, edit_group_add, arguments);
}

static bool
edit_group_remove(struct cox_xml *root, const void *what, GError **error)
{
    const struct order *order = what;

    return cox_rscedit_ungroup(root, order->words[0], (order->words[1] == NULL) ? NULL : order->words + 1, error);
}

int
cox_verb_group_remove(struct cox_tool_ctx *ctx, char **arguments)
{
    return change(ctx, edit_group_remove, arguments);
}

static bool
edit_clone_create(struct cox_xml *root, const void *what, GError **error)
{
    const struct order *order = what;
    g_autoptr(GArray) pairs = cox_nvedit_parse_all(order->words + 1, error);
    struct cox_nvedit_home home = { NULL, "meta_attributes", NULL };

    home.owner = (pairs == NULL) ? NULL : cox_rscedit_clone(root, order->words[0], order->settings->id, error);
    if (home.owner != NULL) {
        cox_nvedit_apply(&home, pairs);
    }
    return home.owner != NULL;
}

int
cox_verb_clone_create(struct cox_tool_ctx *ctx, char **arguments)
{
    return change(ctx, edit_clone_create, arguments);
}

static bool
edit_clone_remove(struct cox_xml *root, const void *what, GError **error)
{
    const struct order *order = what;

    return cox_rscedit_unclone(root, order->words[0], error);
}

int
cox_verb_clone_remove(struct cox_tool_ctx *ctx, char **arguments)
{
    return change(ctx, edit_clone_remove, arguments);
}
