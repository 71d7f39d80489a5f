/* tools/cox_config.c - verbs of cox about constraints, cluster options, defaults and tags.  Layer 6. */
#include <string.h>

#include "admin/nvedit.h"
#include "admin/rscedit.h"
#include "admin/tieedit.h"
#include "base/error.h"
#include "base/nearest.h"
#include "cib/section.h"
#include "model/option.h"
#include "tools/cox_priv.h"

/* What the words say; borrowed. */
struct order {
    char **words;
    const struct cox_settings *settings;
    const char *section, *set_type, *set_id; /* settings: where they are */
};

static struct cox_tieedit
tie_of(const struct cox_settings *settings)
{
    return (struct cox_tieedit) { .id = settings->id, .score = settings->score, .kind = settings->kind, .symmetrical = settings->symmetrical,
                                  .role = settings->role, .loss_policy = settings->loss_policy };
}

static int
change(struct cox_tool_ctx *ctx, cox_change_fn edit, char **arguments)
{
    const struct cox_settings *settings = ctx->settings;
    const struct order order = { .words = arguments, .settings = settings };

    return cox_change_run(ctx, &settings->change, edit, &order);
}

/* ---- constraints ------------------------------------------------------------------------------------------ */

static bool
edit_location(struct cox_xml *root, const void *what, GError **error)
{
    const struct order *order = what;
    const struct cox_tieedit tie = tie_of(order->settings);

    return cox_tieedit_location(root, order->words[0], order->words + 1, &tie, error);
}

int
cox_verb_location(struct cox_tool_ctx *ctx, char **arguments)
{
    const struct cox_settings *settings = ctx->settings;

    if (settings->id != NULL && arguments[2] != NULL) {
        return cox_tool_usage(ctx, "constraint location: --id names one constraint, and there would be one for each node");
    }
    return change(ctx, edit_location, arguments);
}

static bool
edit_order(struct cox_xml *root, const void *what, GError **error)
{
    const struct order *order = what;
    const struct cox_tieedit tie = tie_of(order->settings);

    return cox_tieedit_order(root, order->words, &tie, error);
}

int
cox_verb_order(struct cox_tool_ctx *ctx, char **arguments)
{
    return change(ctx, edit_order, arguments);
}

static bool
edit_colocation(struct cox_xml *root, const void *what, GError **error)
{
    const struct order *order = what;
    const struct cox_tieedit tie = tie_of(order->settings);

    return cox_tieedit_colocation(root, order->words[0], order->words[1], &tie, error);
}

int
cox_verb_colocation(struct cox_tool_ctx *ctx, char **arguments)
{
    return change(ctx, edit_colocation, arguments);
}

static bool
edit_ticket(struct cox_xml *root, const void *what, GError **error)
{
    const struct order *order = what;
    const struct cox_tieedit tie = tie_of(order->settings);

    return cox_tieedit_ticket(root, order->words[0], order->words[1], &tie, error);
}

int
cox_verb_ticket_constraint(struct cox_tool_ctx *ctx, char **arguments)
{
    return change(ctx, edit_ticket, arguments);
}

static bool
edit_constraint_delete(struct cox_xml *root, const void *what, GError **error)
{
    const struct order *order = what;

    return cox_tieedit_delete(root, order->words, error);
}

int
cox_verb_constraint_delete(struct cox_tool_ctx *ctx, char **arguments)
{
    return change(ctx, edit_constraint_delete, arguments);
}

/* ---- settings --------------------------------------------------------------------------------------------- */

/* The section, made when there is none; its set of settings is the first, as the field has it. */
static bool
edit_settings(struct cox_xml *root, const void *what, GError **error)
{
    const struct order *order = what;
    g_autoptr(GArray) pairs = cox_nvedit_parse_all(order->words, error);
    struct cox_nvedit_home home = { NULL, order->set_type, order->set_id };

    if (pairs == NULL) {
        return false;
    }
    home.owner = cox_rscedit_section(root, order->section);
    cox_nvedit_apply(&home, pairs);
    return true;
}

/* Names that options of the scope have, and what they may be. */
static bool
check_options(enum cox_option_scope scope, char **words, GError **error)
{
    g_autoptr(GArray) pairs = cox_nvedit_parse_all(words, error);
    g_autoptr(GPtrArray) names = g_ptr_array_new();

    for (guint i = 0; i < COX_N_OPTIONS; i++) {
        const struct cox_option *option = cox_option((enum cox_option_id) i);

        if (option->scope == scope) {
            g_ptr_array_add(names, (gpointer) (guintptr) option->name);
            g_ptr_array_add(names, (gpointer) (guintptr) option->old_name); /* may be NULL */
        }
    }
    for (guint i = 0; pairs != NULL && i < pairs->len; i++) {
        const struct cox_nvedit *pair = &g_array_index(pairs, struct cox_nvedit, i);
        const struct cox_option *option = cox_option_find(scope, pair->name);
        g_autofree char *hint = NULL;

        if (option == NULL && pair->value != NULL) {
            hint = cox_nearest_hint(pair->name, (const char *const *) names->pdata, names->len);
            g_set_error(error, COX_ERROR, COX_ERROR_USAGE, "'%s' is no option that is known%s (--force sets it all the same)", pair->name, hint);
            return false;
        }
        if (option != NULL && pair->value != NULL && !cox_option_parse(option, pair->value, NULL, error)) {
            return false;
        }
    }
    return pairs != NULL;
}

static int
set_options(struct cox_tool_ctx *ctx, enum cox_option_scope scope, const struct order *order)
{
    GError *error = NULL;

    if (!order->settings->is_forced && !check_options(scope, order->words, &error)) {
        return cox_tool_fail(ctx, error);
    }
    return cox_change_run(ctx, &order->settings->change, edit_settings, order);
}

/* Pairs of a section, or the one with this name. */
static int
list_settings(struct cox_tool_ctx *ctx, const struct order *order, const char *name)
{
    const struct cox_cib_access_settings where = { .tool = "cox" };
    GError *error = NULL;
    g_autoptr(cox_cib_access) access = cox_cib_access_open(&where, &error);
    const struct cox_xml *root = (access == NULL) ? NULL : cox_cib_access_visible(access, &error);
    const struct cox_xml *section = (root == NULL) ? NULL : cox_section_find(root, order->section);
    bool is_found = false;

    if (root == NULL) {
        return cox_tool_fail(ctx, error);
    }
    cox_out_begin(ctx->out, "settings", "section", order->section, NULL);
    for (const struct cox_xml *pair = section; pair != NULL; pair = cox_xml_walk(pair, section)) {
        if (cox_xml_is(pair, "nvpair") && (name == NULL || g_strcmp0(cox_xml_get(pair, "name"), name) == 0)) {
            is_found = true;
            cox_out_leaf(ctx->out, "setting", "name", cox_xml_get(pair, "name"), "value", cox_xml_get(pair, "value"), NULL);
            cox_out_line(ctx->out, "%s=%s", cox_xml_get(pair, "name"), cox_xml_get(pair, "value"));
        }
    }
    cox_out_end(ctx->out);
    if (name != NULL && !is_found) {
        return cox_tool_error(ctx, COX_ERROR_NOT_FOUND, "'%s' is not set", name);
    }
    return 0;
}

int
cox_verb_property_list(struct cox_tool_ctx *ctx, char **arguments)
{
    return list_settings(ctx, &(struct order) { .section = "crm_config" }, arguments[0]);
}

int
cox_verb_property_set(struct cox_tool_ctx *ctx, char **arguments)
{
    return set_options(ctx, COX_OPTION_CLUSTER,
                       &(struct order) { arguments, ctx->settings, "crm_config", "cluster_property_set", "cib-bootstrap-options" });
}

int
cox_verb_defaults_resource(struct cox_tool_ctx *ctx, char **arguments)
{
    const struct order order = { arguments, ctx->settings, "rsc_defaults", "meta_attributes", "rsc_defaults-options" };

    return (arguments[0] == NULL) ? list_settings(ctx, &order, NULL) : set_options(ctx, COX_OPTION_META, &order);
}

int
cox_verb_defaults_operation(struct cox_tool_ctx *ctx, char **arguments)
{
    const struct order order = { arguments, ctx->settings, "op_defaults", "meta_attributes", "op_defaults-options" };

    return (arguments[0] == NULL) ? list_settings(ctx, &order, NULL) : set_options(ctx, COX_OPTION_OP, &order);
}

/* ---- tags ------------------------------------------------------------------------------------------------- */

static bool
edit_tag_add(struct cox_xml *root, const void *what, GError **error)
{
    const struct order *order = what;
    struct cox_xml *tags = cox_section_find(root, "tags");
    struct cox_xml *tag = (tags == NULL) ? NULL : cox_xml_child_with_id(tags, "tag", order->words[0]);

    if (tag == NULL && !cox_rscedit_is_free(root, order->words[0], error)) {
        return false;
    }
    for (char **word = order->words + 1; *word != NULL; word++) {
        if (cox_rscedit_is_free(root, *word, NULL)) {
            g_set_error(error, COX_ERROR, COX_ERROR_NOT_FOUND, "'%s' is the id of nothing", *word);
            return false;
        }
        if (tag == NULL) {
            tag = cox_xml_new_child(cox_rscedit_section(root, "tags"), "tag");
            cox_xml_set(tag, "id", order->words[0]);
        }
        if (cox_xml_child_with_id(tag, "obj_ref", *word) == NULL) {
            cox_xml_set(cox_xml_new_child(tag, "obj_ref"), "id", *word);
        }
    }
    return true;
}

int
cox_verb_tag_add(struct cox_tool_ctx *ctx, char **arguments)
{
    return change(ctx, edit_tag_add, arguments);
}

static bool
edit_tag_remove(struct cox_xml *root, const void *what, GError **error)
{
    const struct order *order = what;
    struct cox_xml *tags = cox_section_find(root, "tags");
    struct cox_xml *tag = (tags == NULL) ? NULL : cox_xml_child_with_id(tags, "tag", order->words[0]);

    if (tag == NULL) {
        g_set_error(error, COX_ERROR, COX_ERROR_NOT_FOUND, "tag '%s' does not exist", order->words[0]);
        return false;
    }
    for (char **word = order->words + 1; *word != NULL; word++) {
        struct cox_xml *reference = cox_xml_child_with_id(tag, "obj_ref", *word);

        if (reference == NULL) {
            g_set_error(error, COX_ERROR, COX_ERROR_NOT_FOUND, "'%s' is not in tag '%s'", *word, order->words[0]);
            return false;
        }
        cox_xml_free(reference);
    }
    if (order->words[1] == NULL || cox_xml_first(tag) == NULL) {
        cox_xml_free(tag);
        cox_rscedit_forget(root, order->words[0]);
    }
    return true;
}

int
cox_verb_tag_remove(struct cox_tool_ctx *ctx, char **arguments)
{
    return change(ctx, edit_tag_remove, arguments);
}
