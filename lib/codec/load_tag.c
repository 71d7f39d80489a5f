/* lib/codec/load_tag.c - tags and templates as names for several resources.  Layer 3. */
#include "codec/load_tag.h"

static void
add(struct cox_context *context, GArray *tags, const struct cox_tag *tag)
{
    g_array_append_vals(tags, tag, 1);
    g_hash_table_insert(context->tag_by_id, (gpointer) (guintptr) tag->id, GUINT_TO_POINTER(tags->len));
}

static void
add_tag(struct cox_context *context, const struct cox_xml *xml, GArray *tags)
{
    struct cox_tag tag = { .id = cox_context_text(context, xml, "id") };
    GArray *refs = g_array_new(FALSE, FALSE, sizeof(const char *));

    for (struct cox_xml *ref = cox_xml_child(xml, "obj_ref"); ref != NULL; ref = cox_xml_next_named(ref, "obj_ref")) {
        const char *id = cox_context_text(context, ref, "id");

        if (id != NULL) {
            g_array_append_val(refs, id);
        }
    }
    tag.refs = cox_context_freeze(context, refs, &tag.n_refs);
    if (tag.id != NULL) {
        add(context, tags, &tag);
    }
}

/* Every resource that names a template, by the template's id; the list is in document order. */
static GHashTable *
users_of_templates(struct cox_context *context, const struct cox_xml *resources)
{
    GHashTable *users = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify) g_array_unref);

    for (struct cox_xml *xml = cox_xml_walk(resources, resources); xml != NULL; xml = cox_xml_walk(xml, resources)) {
        const char *template_id = cox_xml_is(xml, "primitive") ? cox_xml_get(xml, "template") : NULL;
        const char *id = cox_context_text(context, xml, "id");
        GArray *refs;

        if (template_id == NULL || id == NULL) {
            continue;
        }
        refs = g_hash_table_lookup(users, template_id);
        if (refs == NULL) {
            refs = g_array_new(FALSE, FALSE, sizeof(const char *));
            g_hash_table_insert(users, (gpointer) (guintptr) template_id, refs);
        }
        g_array_append_val(refs, id);
    }
    return users;
}

static void
add_templates(struct cox_context *context, const struct cox_xml *resources, GArray *tags)
{
    struct cox_xml *xml = cox_xml_child(resources, "template");
    g_autoptr(GHashTable) users = NULL;

    if (xml == NULL) {
        return;
    }
    users = users_of_templates(context, resources);
    for (; xml != NULL; xml = cox_xml_next_named(xml, "template")) {
        struct cox_tag tag = { .id = cox_context_text(context, xml, "id"), .is_template = true };
        const GArray *refs = tag.id == NULL ? NULL : g_hash_table_lookup(users, tag.id);

        if (refs != NULL) {
            tag.n_refs = refs->len;
            tag.refs = cox_arena_memdup(context->arena, refs->data, refs->len, sizeof(const char *));
        }
        if (tag.id != NULL) {
            add(context, tags, &tag);
        }
    }
}

void
cox_codec_tags(struct cox_context *context, const struct cox_xml *configuration)
{
    const struct cox_xml *all = cox_xml_child(configuration, "tags");
    GArray *tags = g_array_new(FALSE, FALSE, sizeof(struct cox_tag));

    for (struct cox_xml *xml = cox_xml_child(all, "tag"); xml != NULL; xml = cox_xml_next_named(xml, "tag")) {
        add_tag(context, xml, tags);
    }
    add_templates(context, cox_xml_child(configuration, "resources"), tags);
    context->config->tags = cox_context_freeze(context, tags, &context->config->n_tags);
}

const struct cox_tag *
cox_codec_tag_find(const struct cox_context *context, const char *id)
{
    guint index = GPOINTER_TO_UINT(g_hash_table_lookup(context->tag_by_id, id));

    return index == 0 ? NULL : &context->config->tags[index - 1];
}
