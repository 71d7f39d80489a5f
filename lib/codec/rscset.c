/* lib/codec/rscset.c - references to resources and sets of them.  Layer 3. */
#include "codec/rscset.h"

#include "codec/load_tag.h"

bool
cox_codec_is_tag(const struct cox_context *context, const char *id)
{
    return id != NULL && cox_config_find_rsc(context->config, id) == COX_RSC_NONE
           && cox_codec_tag_find(context, id) != NULL;
}

bool
cox_codec_rsc_refs(struct cox_context *context, const struct cox_xml *xml, const char *id, GArray *members)
{
    cox_rsc_id rsc = cox_config_find_rsc(context->config, id);
    const struct cox_tag *tag = id == NULL ? NULL : cox_codec_tag_find(context, id);

    if (rsc != COX_RSC_NONE) {
        g_array_append_val(members, rsc);
        return true;
    }
    if (tag == NULL) {
        cox_context_problem(context, xml, "create the resource or remove the constraint",
                            "constraint '%s': there is no resource or tag '%s', the constraint is ignored",
                            cox_xml_id(xml), id == NULL ? "" : id);
        return false;
    }
    for (size_t i = 0; i < tag->n_refs; i++) {
        rsc = cox_config_find_rsc(context->config, tag->refs[i]);
        if (rsc == COX_RSC_NONE) {
            cox_context_problem(context, xml, "remove the reference from the tag",
                                "constraint '%s': tag '%s' names '%s', which is no resource, the constraint is ignored",
                                cox_xml_id(xml), id, tag->refs[i]);
            return false;
        }
        g_array_append_val(members, rsc);
    }
    return true;
}

static bool
read_set(struct cox_context *context, const struct cox_xml *constraint, const struct cox_xml *xml, GArray *sets)
{
    struct cox_rsc_set set = {
        .id = cox_context_text(context, xml, "id"),
        .sequential = cox_context_bool(context, xml, "sequential"),
        .require_all = cox_context_bool(context, xml, "require-all"),
        .role = cox_context_role(context, xml, "role"),
        .action = cox_context_text(context, xml, "action"),
        .kind = cox_context_text(context, xml, "kind"),
        .ordering = cox_context_text(context, xml, "ordering"),
    };
    g_autoptr(GArray) members = g_array_new(FALSE, FALSE, sizeof(cox_rsc_id));

    set.has_score = cox_context_score(context, xml, "score", &set.score);
    for (struct cox_xml *ref = cox_xml_child(xml, "resource_ref"); ref != NULL;
         ref = cox_xml_next_named(ref, "resource_ref")) {
        if (!cox_codec_rsc_refs(context, constraint, cox_xml_id(ref), members)) {
            return false;
        }
    }
    set.n_members = members->len;
    set.members = cox_arena_memdup(context->arena, members->data, members->len, sizeof(cox_rsc_id));
    g_array_append_val(sets, set);
    return true;
}

bool
cox_codec_rsc_sets(struct cox_context *context, const struct cox_xml *xml, GArray *sets)
{
    for (struct cox_xml *child = cox_xml_child(xml, "resource_set"); child != NULL;
         child = cox_xml_next_named(child, "resource_set")) {
        const struct cox_xml *set = cox_context_deref(context, child);

        if (set == NULL || !read_set(context, xml, set, sets)) {
            return false;
        }
    }
    return true;
}

bool
cox_codec_rsc_set_of(struct cox_context *context, const struct cox_xml *xml, const char *id, GArray *sets)
{
    struct cox_rsc_set set = { .id = cox_arena_intern(context->arena, id), .sequential = COX_FALSE };
    g_autoptr(GArray) members = g_array_new(FALSE, FALSE, sizeof(cox_rsc_id));

    if (!cox_codec_rsc_refs(context, xml, id, members)) {
        return false;
    }
    set.n_members = members->len;
    set.members = cox_arena_memdup(context->arena, members->data, members->len, sizeof(cox_rsc_id));
    g_array_append_val(sets, set);
    return true;
}
