/* lib/codec/context.c - what all translators of one document share: typed attributes, references.  Layer 3. */
#include "codec/context.h"

#include <stdarg.h>
#include <string.h>

const char *
cox_context_text(struct cox_context *context, const struct cox_xml *xml, const char *name)
{
    return cox_arena_intern(context->arena, cox_xml_get(xml, name));
}

/* The id of @xml or of the nearest element around it that has one. */
static const char *
nearest_id(const struct cox_xml *xml)
{
    while (xml != NULL && cox_xml_id(xml) == NULL) {
        xml = cox_xml_parent(xml);
    }
    return xml == NULL ? NULL : cox_xml_id(xml);
}

void
cox_context_problem(struct cox_context *context, const struct cox_xml *xml, const char *remedy, const char *format, ...)
{
    g_autofree char *text = NULL;
    struct cox_diag diag = {
        .severity = COX_SEVERITY_ERROR,
        .object = nearest_id(xml),
        .remedy = remedy,
        .line = cox_xml_line(xml),
    };
    va_list args;

    va_start(args, format);
    text = g_strdup_vprintf(format, args);
    va_end(args);
    diag.text = text;
    cox_diags_add_at(context->diags, &diag);
}

enum cox_tristate
cox_context_bool(struct cox_context *context, const struct cox_xml *xml, const char *name)
{
    static const struct {
        const char *text;
        enum cox_tristate value;
    } words[] = {
        { "true", COX_TRUE },   { "false", COX_FALSE }, { "on", COX_TRUE }, { "off", COX_FALSE }, { "yes", COX_TRUE },
        { "no", COX_FALSE },    { "y", COX_TRUE },      { "n", COX_FALSE }, { "1", COX_TRUE },    { "0", COX_FALSE },
    };
    const char *text = cox_xml_get(xml, name);

    if (text == NULL) {
        return COX_UNSET;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        if (g_ascii_strcasecmp(text, words[i].text) == 0) {
            return words[i].value;
        }
    }
    cox_context_problem(context, xml, "write true or false", "%s '%s': %s '%s' is neither true nor false",
                        cox_xml_name(xml), nearest_id(xml), name, text);
    return COX_UNSET;
}

bool
cox_context_score(struct cox_context *context, const struct cox_xml *xml, const char *name, cox_score *score)
{
    const char *text = cox_xml_get(xml, name);

    *score = 0;
    if (text == NULL) {
        return false;
    }
    if (!cox_score_parse(text, score, NULL)) {
        cox_context_problem(context, xml, "write an integer, INFINITY or -INFINITY",
                            "%s '%s': %s '%s' is not a score, 0 is used", cox_xml_name(xml), nearest_id(xml), name,
                            text);
    }
    return true;
}

enum cox_role
cox_context_role(struct cox_context *context, const struct cox_xml *xml, const char *name)
{
    const char *text = cox_xml_get(xml, name);
    enum cox_role role = cox_role_parse(text);

    if (text != NULL && role == COX_ROLE_UNKNOWN) {
        cox_context_problem(context, xml, "write Started, Stopped, Promoted or Unpromoted",
                            "%s '%s': %s '%s' is not a role, it is ignored", cox_xml_name(xml), nearest_id(xml), name,
                            text);
    }
    return role;
}

gint64
cox_context_number(struct cox_context *context, const struct cox_xml *xml, const char *name, gint64 fallback)
{
    const char *text = cox_xml_get(xml, name);
    gint64 value = fallback;

    if (text != NULL && !g_ascii_string_to_signed(text, 10, G_MININT64, G_MAXINT64, &value, NULL)) {
        cox_context_problem(context, xml, "write a whole number", "%s '%s': %s '%s' is not a number",
                            cox_xml_name(xml), nearest_id(xml), name, text);
    }
    return value;
}

static void
index_ids(struct cox_context *context)
{
    const struct cox_xml *configuration = cox_xml_child(context->top, "configuration");

    context->by_id = g_hash_table_new(g_str_hash, g_str_equal);
    for (struct cox_xml *xml = cox_xml_child(context->top, "configuration"); xml != NULL;
         xml = cox_xml_walk(xml, configuration)) {
        const char *id = cox_xml_id(xml);

        /* References to resources, tags and the like have an attribute id, too: the first one wins over later ones. */
        if (id != NULL && !cox_xml_is(xml, "resource_ref") && !cox_xml_is(xml, "obj_ref")
            && !g_hash_table_contains(context->by_id, id)) {
            g_hash_table_insert(context->by_id, (gpointer) (guintptr) id, xml);
        }
    }
}

const struct cox_xml *
cox_context_find(struct cox_context *context, const char *name, const char *id)
{
    const struct cox_xml *found;

    if (context->by_id == NULL) {
        index_ids(context);
    }
    found = g_hash_table_lookup(context->by_id, id);
    return cox_xml_is(found, name) ? found : NULL;
}

const struct cox_xml *
cox_context_deref(struct cox_context *context, const struct cox_xml *xml)
{
    const char *ref = cox_xml_get(xml, "id-ref");
    const struct cox_xml *found;

    if (ref == NULL) {
        return xml;
    }
    found = cox_context_find(context, cox_xml_name(xml), ref);
    if (found == NULL) {
        cox_context_problem(context, xml, "name the id of an existing element of the same kind, or remove the reference",
                            "%s in '%s': id-ref '%s' names no such %s, it is ignored", cox_xml_name(xml),
                            nearest_id(xml), ref, cox_xml_name(xml));
        return NULL;
    }
    return found;
}

static bool
is_among(const char *name, const char *const *names)
{
    for (size_t i = 0; names[i] != NULL; i++) {
        if (strcmp(names[i], name) == 0) {
            return true;
        }
    }
    return false;
}

const struct cox_nvpair *
cox_context_attrs(struct cox_context *context, const struct cox_xml *xml, const char *const *skip, size_t *n)
{
    GArray *pairs = g_array_new(FALSE, FALSE, sizeof(struct cox_nvpair));

    for (struct cox_xml_attr *attr = cox_xml_first_attr(xml); attr != NULL; attr = cox_xml_next_attr(attr)) {
        struct cox_nvpair pair = { .name = cox_xml_attr_name(attr) };

        if (!is_among(pair.name, skip)) {
            pair.name = cox_arena_intern(context->arena, pair.name);
            pair.value = cox_arena_intern(context->arena, cox_xml_attr_value(attr));
            g_array_append_val(pairs, pair);
        }
    }
    return cox_context_freeze(context, pairs, n);
}

const void *
cox_context_freeze(struct cox_context *context, GArray *array, size_t *n)
{
    const void *frozen = cox_arena_memdup(context->arena, array->data, array->len, g_array_get_element_size(array));

    *n = array->len;
    g_array_free(array, TRUE);
    return frozen;
}
