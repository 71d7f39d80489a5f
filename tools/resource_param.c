/* tools/resource_param.c - crm_resource: parameters, meta-attributes, utilization and attributes of elements.  Layer 6. */
#include <string.h>

#include "admin/param.h"
#include "base/error.h"
#include "tools/resource_priv.h"
#include "view/constraint_view.h"

static const char *
set_type(const struct cox_resource_settings *settings)
{
    if (settings->is_meta) {
        return "meta_attributes";
    }
    return settings->is_utilization ? "utilization" : "instance_attributes";
}

static struct cox_param_request
request_of(const struct cox_resource_settings *settings, const char *rsc)
{
    return (struct cox_param_request) {
        .rsc = rsc,
        .set_type = set_type(settings),
        .name = settings->argument,
        .set_id = settings->set_id,
        .id = settings->pair_id,
        .is_forced = settings->is_forced,
    };
}

/* The element that is named; NULL with the complaint printed and its status in @status. */
static const struct cox_xml *
find_element(struct cox_resource_call *call, int *status)
{
    const struct cox_xml *rsc = cox_param_rsc(call->root, call->settings->rsc);

    if (rsc == NULL) {
        *status = cox_resource_fail(call, COX_ERROR_NOT_FOUND, "Resource '%s' not found", call->settings->rsc);
    }
    return rsc;
}

static int
not_set(struct cox_resource_call *call)
{
    cox_out_error(call->ctx->out, "crm_resource: Error performing operation: %s", cox_error_text(COX_ERROR_NOT_FOUND));
    return cox_error_exit_status(COX_ERROR_NOT_FOUND);
}

/* ---- get ---- */

static int
print_value(struct cox_resource_call *call, const char *value)
{
    cox_out_leaf(call->ctx->out, "attribute", "name", call->settings->argument, "value", value, NULL);
    cox_out_line(call->ctx->out, "%s", value);
    return 0;
}

static const char *
node_attribute(const void *data, const char *name)
{
    const struct cox_node_state *node = data;

    if (node == NULL) {
        return NULL;
    }
    if (strcmp(name, "#uname") == 0) {
        return node->name;
    }
    return (node->attributes == NULL) ? NULL : cox_nvlist_get(node->attributes, name);
}

/* What the resource really gets where it runs: rules, several sets, defaults and what a group or clone hands down. */
static char *
effective_value(struct cox_resource_call *call)
{
    const struct cox_resource_settings *settings = call->settings;
    g_autoptr(cox_state) state = cox_state_new(call->root, NULL);
    struct cox_nvlist list = COX_NVLIST_INIT;
    char *value = NULL;

    for (guint32 i = 0; state != NULL && value == NULL && i < state->plan->cluster.n_rscs; i++) {
        const struct cox_cluster *cluster = &state->plan->cluster;
        const struct cox_rsc_state *rsc = &cluster->rscs[i];
        const struct cox_node_state *node = (rsc->n_running_on > 0) ? &cluster->nodes[rsc->running_on[0]] : NULL;
        const struct cox_rule_input input
            = { .now = state->now, .zone = state->zone, .node_attribute = node_attribute, .node_data = node };

        if (rsc->def == NULL || (strcmp(rsc->def->id, settings->rsc) != 0 && strcmp(rsc->id, settings->rsc) != 0)) {
            continue;
        }
        if (settings->is_meta) {
            value = g_strdup((rsc->meta == NULL) ? NULL : cox_nvlist_get(rsc->meta, settings->argument));
        } else {
            cox_nvsets_resolve(settings->is_utilization ? &rsc->def->utilization : &rsc->def->params, NULL, &input, &list, NULL);
            value = g_strdup(cox_nvlist_get(&list, settings->argument));
            cox_nvlist_clear(&list);
        }
    }
    return value;
}

int
cox_resource_get(struct cox_resource_call *call)
{
    const struct cox_resource_settings *settings = call->settings;
    g_autofree char *base = g_strndup(settings->rsc, strcspn(settings->rsc, ":"));
    const struct cox_xml *rsc = cox_param_rsc(call->root, settings->rsc);
    const struct cox_setting_query query = { .set_type = set_type(settings), .set_id = settings->set_id, .id = settings->pair_id,
                                             .name = settings->argument };
    g_autoptr(GPtrArray) found = NULL;
    g_autofree char *value = NULL;

    rsc = (rsc == NULL) ? cox_param_rsc(call->root, base) : rsc;
    if (rsc == NULL) {
        return cox_resource_fail(call, COX_ERROR_NOT_FOUND, "Resource '%s' not found", settings->rsc);
    }
    value = settings->is_element ? g_strdup(cox_xml_get(rsc, settings->argument)) : effective_value(call);
    if (value == NULL && !settings->is_element) { /* what cannot be understood as a whole may still be read */
        found = cox_setting_find(rsc, &query, false);
        value = g_strdup((found->len == 0) ? NULL : cox_xml_get(found->pdata[0], "value"));
    }
    if (value != NULL) {
        return print_value(call, value);
    }
    cox_out_error(call->ctx->out, "Attribute '%s' not found for '%s'", settings->argument, settings->rsc);
    return 0; /* clients take that for an answer */
}

/* ---- set ---- */

/* Said before anything is done: what could have been meant, and what is. */
static void
print_choice(struct cox_resource_call *call, const struct cox_param_choice *choice, const char *what)
{
    const struct cox_resource_settings *settings = call->settings;
    struct cox_out *out = call->ctx->out;
    const char *chosen = cox_xml_id(choice->rsc);

    if (call->ctx->is_quiet) {
        return;
    }
    if (choice->matches->len > 1) {
        cox_out_line(out, "Multiple attributes match name=%s", settings->argument);
        for (guint i = 0; i < choice->matches->len; i++) {
            const struct cox_xml *pair = choice->matches->pdata[i];

            cox_out_line(out, "  Value: %s \t(id=%s)", cox_xml_get(pair, "value"), cox_xml_id(pair));
        }
        cox_out_line(out, "%s", "");
    }
    if (choice->owner == COX_PARAM_OF_PARENT) {
        cox_out_line(out, "Performing %s of '%s' on '%s', the parent of '%s'", what, settings->argument, chosen, settings->rsc);
    } else if (choice->owner == COX_PARAM_OF_CHILD) {
        cox_out_line(out, "A value for '%s' already exists in child '%s', performing %s on that instead of '%s'", settings->argument,
                     chosen, what, settings->rsc);
    }
}

/* A setting that was made, as text and as XML. */
static void
print_set(struct cox_resource_call *call, const struct cox_xml *rsc, const char *set_id, const char *pair_id)
{
    const struct cox_resource_settings *settings = call->settings;
    struct cox_out *out = call->ctx->out;
    const char *type = set_type(settings);

    if (!call->ctx->is_quiet) {
        cox_out_line(out, "Set '%s' option: id=%s%s%s name=%s value=%s", cox_xml_id(rsc), pair_id, (set_id != NULL) ? " set=" : "",
                     (set_id != NULL) ? set_id : "", settings->argument, settings->value);
    }
    cox_out_begin(out, cox_xml_name(rsc), "id", cox_xml_id(rsc), NULL);
    cox_out_begin(out, type, "id", set_id, NULL);
    cox_out_leaf(out, "nvpair", "id", pair_id, "value", settings->value, "name", settings->argument, NULL);
    cox_out_end(out);
    cox_out_end(out);
}

static int
set_one(struct cox_resource_call *call, const char *id)
{
    const struct cox_param_request request = request_of(call->settings, id);
    struct cox_param_choice choice = { 0 };
    g_autoptr(cox_xmldoc) kept = NULL;
    g_autofree char *set_id = NULL;
    g_autofree char *pair_id = NULL;
    g_autofree char *old_set = NULL;
    struct cox_step *step = NULL;
    GError *error = NULL;
    int status = 0;

    if (!cox_param_choose(call->root, &request, &choice, &error)) {
        return cox_resource_error(call, error);
    }
    print_choice(call, &choice, "update");
    step = cox_param_set(&request, &choice, call->settings->value, &set_id, &pair_id);
    if (choice.pair != NULL) {
        old_set = g_strdup(cox_xml_id(cox_xml_parent(choice.pair)));
    }
    kept = cox_xmldoc_new_copy(choice.rsc); /* the document is another one afterwards */
    cox_param_choice_clear(&choice);
    status = cox_resource_make(call, step);
    if (status == 0) {
        print_set(call, cox_xmldoc_root(kept), cox_out_is_text(call->ctx->out) || old_set == NULL ? set_id : old_set, pair_id);
        call->root = cox_cib_access_visible(call->access, &error);
        status = (call->root == NULL) ? cox_resource_error(call, error) : 0;
    }
    return status;
}

static int
set_element(struct cox_resource_call *call, const char *value)
{
    const struct cox_resource_settings *settings = call->settings;
    int status = 0;
    const struct cox_xml *rsc = find_element(call, &status);

    if (rsc == NULL) {
        return status;
    }
    status = cox_resource_make(call, cox_param_set_element(rsc, settings->argument, value));
    if (status == 0 && !call->ctx->is_quiet) {
        if (value != NULL) {
            cox_out_line(call->ctx->out, "Set attribute: name=%s value=%s", settings->argument, value);
        } else {
            cox_out_line(call->ctx->out, "Deleted attribute: %s", settings->argument);
        }
    }
    return status;
}

/* The resource and those that must be where it is, whose settings shall be the same. */
static GPtrArray *
colocated(struct cox_resource_call *call)
{
    g_autoptr(cox_state) state = cox_state_new(call->root, NULL);
    GPtrArray *ids = g_ptr_array_new_with_free_func(g_free);
    cox_rsc_id rsc = (state == NULL) ? COX_RSC_NONE : cox_config_find_rsc(state->input.config, call->settings->rsc);
    g_autoptr(GArray) chain = NULL;

    if (rsc == COX_RSC_NONE) {
        g_ptr_array_add(ids, g_strdup(call->settings->rsc));
        return ids;
    }
    chain = cox_constraint_view_dependents(state->input.config, rsc);
    for (guint i = 0; i < chain->len; i++) {
        g_ptr_array_add(ids, g_strdup(state->input.config->resources[g_array_index(chain, cox_rsc_id, i)].id));
    }
    return ids;
}

int
cox_resource_set(struct cox_resource_call *call)
{
    const struct cox_resource_settings *settings = call->settings;
    g_autoptr(GPtrArray) ids = NULL;
    int status = 0;

    if (settings->value == NULL) {
        return cox_tool_usage(call->ctx, "You need to supply a value with the -v option");
    }
    if (settings->is_element) {
        return set_element(call, settings->value);
    }
    if (settings->is_recursive) {
        ids = colocated(call);
    } else {
        ids = g_ptr_array_new_with_free_func(g_free);
        g_ptr_array_add(ids, g_strdup(settings->rsc));
    }
    cox_out_begin(call->ctx->out, "resource-settings", NULL);
    for (guint i = 0; status == 0 && i < ids->len; i++) {
        status = set_one(call, ids->pdata[i]);
    }
    cox_out_end(call->ctx->out);
    return status;
}

/* ---- delete ---- */

int
cox_resource_unset(struct cox_resource_call *call)
{
    const struct cox_resource_settings *settings = call->settings;
    const struct cox_param_request request = request_of(settings, settings->rsc);
    struct cox_param_choice choice = { 0 };
    g_autofree char *rsc = NULL;
    g_autofree char *pair_id = NULL;
    struct cox_step *step = NULL;
    GError *error = NULL;
    int status = 0;

    if (settings->is_element) {
        return set_element(call, NULL);
    }
    if (!cox_param_choose(call->root, &request, &choice, &error)) {
        return cox_resource_error(call, error);
    }
    print_choice(call, &choice, "delete");
    rsc = g_strdup(cox_xml_id(choice.rsc));
    if (choice.pair != NULL) {
        pair_id = g_strdup(cox_xml_id(choice.pair));
        step = cox_setting_delete(choice.pair, NULL);
    }
    cox_param_choice_clear(&choice);
    if (step == NULL) {
        return not_set(call);
    }
    status = cox_resource_make(call, step);
    if (status == 0 && !call->ctx->is_quiet) {
        cox_out_line(call->ctx->out, "Deleted '%s' option: id=%s name=%s", rsc, pair_id, settings->argument);
    }
    return status;
}

int
cox_resource_delete(struct cox_resource_call *call)
{
    const struct cox_resource_settings *settings = call->settings;
    int status = 0;
    const struct cox_xml *rsc = NULL;

    if (settings->type == NULL) {
        return cox_tool_usage(call->ctx, "You need to specify a resource type with -t");
    }
    rsc = find_element(call, &status);
    if (rsc == NULL) {
        return status;
    }
    if (!cox_xml_is(rsc, settings->type)) {
        return cox_resource_fail(call, COX_ERROR_NOT_FOUND, "Resource '%s' is a %s, not a %s", settings->rsc, cox_xml_name(rsc),
                                 settings->type);
    }
    return cox_resource_make(call, cox_step_new(COX_EDIT_DELETE, "resources", settings->type, settings->rsc));
}
