/* lib/codec/load_resource.c - resources with templates merged.  Layer 3. */
#include "codec/load_resource.h"

#include <string.h>

#include "codec/load_bundle.h"
#include "codec/load_nvset.h"
#include "codec/load_op.h"

static bool
variant_of(const struct cox_xml *xml, enum cox_variant *variant)
{
    static const struct {
        const char *name;
        enum cox_variant variant;
    } variants[] = {
        { "primitive", COX_PRIMITIVE }, { "group", COX_GROUP },   { "clone", COX_CLONE },
        { "master", COX_CLONE },        { "bundle", COX_BUNDLE },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(variants); i++) {
        if (cox_xml_is(xml, variants[i].name)) {
            *variant = variants[i].variant;
            return true;
        }
    }
    return false;
}

/* The template element of a primitive; false when it names one that is not there. */
static bool
find_template(struct cox_context *context, const struct cox_xml *xml, const struct cox_xml **found)
{
    const char *id = cox_xml_get(xml, "template");

    *found = NULL;
    if (id == NULL) {
        return true;
    }
    *found = cox_context_find(context, "template", id);
    if (*found == NULL) {
        cox_context_problem(context, xml, "create the template or remove the attribute",
                            "primitive '%s': template '%s' does not exist, the resource is ignored", cox_xml_id(xml),
                            id);
    }
    return *found != NULL;
}

static const char *
own_or_base(struct cox_context *context, const struct cox_xml *base, const struct cox_xml *xml, const char *name)
{
    const char *text = cox_context_text(context, xml, name);

    return text != NULL || base == NULL ? text : cox_context_text(context, base, name);
}

static void
fill(struct cox_context *context, const struct cox_xml *xml, const struct cox_xml *base, struct cox_rsc_def *rsc)
{
    rsc->id = cox_context_text(context, xml, "id");
    rsc->description = cox_context_text(context, xml, "description");
    rsc->is_master = cox_xml_is(xml, "master");
    rsc->line = cox_xml_line(xml);
    rsc->meta = cox_codec_nvsets_merged(context, base, xml, "meta_attributes");
    rsc->params = cox_codec_nvsets_merged(context, base, xml, "instance_attributes");
    rsc->utilization = cox_codec_nvsets_merged(context, base, xml, "utilization");
    if (rsc->variant == COX_BUNDLE) {
        rsc->bundle = cox_codec_bundle(context, xml);
    }
    if (rsc->variant != COX_PRIMITIVE) {
        return;
    }
    rsc->template_id = cox_context_text(context, xml, "template");
    rsc->standard = own_or_base(context, base, xml, "class");
    rsc->provider = own_or_base(context, base, xml, "provider");
    rsc->type = own_or_base(context, base, xml, "type");
    rsc->ops = cox_codec_ops(context, base, xml, &rsc->n_ops);
}

/* Add @xml if it is a resource of use; its index, else COX_RSC_NONE. */
static cox_rsc_id
add(struct cox_context *context, const struct cox_xml *xml, cox_rsc_id parent, GArray *list)
{
    struct cox_rsc_def rsc = { .parent = parent };
    const struct cox_xml *base = NULL;
    cox_rsc_id index = list->len;

    if (!variant_of(xml, &rsc.variant)) {
        return COX_RSC_NONE;
    }
    if (cox_xml_id(xml) == NULL) {
        cox_context_problem(context, xml, "add the attribute 'id'", "%s without id is ignored", cox_xml_name(xml));
        return COX_RSC_NONE;
    }
    if (g_hash_table_contains(context->config->rsc_by_id, cox_xml_id(xml))) {
        cox_context_problem(context, xml, "give it another id", "%s '%s': another resource has this id, it is ignored",
                            cox_xml_name(xml), cox_xml_id(xml));
        return COX_RSC_NONE;
    }
    if (rsc.variant == COX_PRIMITIVE && !find_template(context, xml, &base)) {
        return COX_RSC_NONE;
    }
    fill(context, xml, base, &rsc);
    if (rsc.variant == COX_PRIMITIVE && (rsc.standard == NULL || rsc.type == NULL)) {
        cox_context_problem(context, xml, "add the attributes 'class' and 'type'",
                            "primitive '%s' has no agent (class and type), it is ignored", rsc.id);
        return COX_RSC_NONE;
    }
    g_array_append_val(list, rsc);
    g_hash_table_insert(context->config->rsc_by_id, (gpointer) (guintptr) rsc.id, GUINT_TO_POINTER(index + 1));
    return index;
}

/* What may stand inside what; this also bounds the depth. */
static bool
may_hold(enum cox_variant outer, const struct cox_xml *xml)
{
    switch (outer) {
    case COX_GROUP:
    case COX_BUNDLE:
        return cox_xml_is(xml, "primitive");
    case COX_CLONE:
        return cox_xml_is(xml, "primitive") || cox_xml_is(xml, "group");
    case COX_PRIMITIVE:
        break;
    }
    return false;
}

static void
add_tree(struct cox_context *context, const struct cox_xml *xml, cox_rsc_id parent, GArray *list)
{
    cox_rsc_id index = add(context, xml, parent, list);
    enum cox_variant variant;

    if (index == COX_RSC_NONE) {
        return;
    }
    variant = g_array_index(list, struct cox_rsc_def, index).variant;
    for (struct cox_xml *child = cox_xml_first(xml); child != NULL; child = cox_xml_next(child)) {
        if (may_hold(variant, child)) {
            add_tree(context, child, index, list);
        }
    }
    g_array_index(list, struct cox_rsc_def, index).end = list->len;
    if (list->len == index + 1 && (variant == COX_GROUP || variant == COX_CLONE)) {
        cox_context_problem(context, xml, "put a resource into it or remove it", "%s '%s' holds no resource",
                            cox_xml_name(xml), cox_xml_id(xml));
    }
}

void
cox_codec_resources(struct cox_context *context, const struct cox_xml *resources)
{
    GArray *list = g_array_new(FALSE, FALSE, sizeof(struct cox_rsc_def));

    context->config->rsc_by_id = g_hash_table_new(g_str_hash, g_str_equal);
    for (struct cox_xml *xml = cox_xml_first(resources); xml != NULL; xml = cox_xml_next(xml)) {
        add_tree(context, xml, COX_RSC_NONE, list);
    }
    context->config->resources = cox_context_freeze(context, list, &context->config->n_resources);
}
