/* lib/xml/schemavalues.c - which values an attribute may have, wherever it is.  Layer 1. */
#include "xml/schemavalues_priv.h"

#include <string.h>

/* More digits than that are left to libxml2. */
enum { MAX_DIGITS = 18 };

struct cox_schemavalues {
    const struct cox_grammar *grammar;
    GHashTable *patterns; /* "element attribute" -> GPtrArray of xmlNode: attribute patterns */
    bool is_unclear;      /* a pattern for any attribute wants more than text */
};

static void
add(struct cox_schemavalues *values, const char *element, const struct cox_grammar_leaf *leaf)
{
    g_autofree char *key = g_strconcat(element, " ", leaf->name, NULL);
    GPtrArray *patterns = g_hash_table_lookup(values->patterns, key);

    if (patterns == NULL) {
        patterns = g_ptr_array_new();
        g_hash_table_insert(values->patterns, g_steal_pointer(&key), patterns);
    }
    g_ptr_array_add(patterns, (gpointer) (guintptr) leaf->pattern);
}

/* A pattern with a class of names applies to every name: what it wants must be wanted by nobody. */
static bool
is_any_text(const struct cox_grammar *grammar, const xmlNode *attribute)
{
    const xmlNode *names = cox_grammar_first(grammar, attribute);

    return names != NULL && cox_grammar_next(names) == NULL;
}

static void
collect(struct cox_schemavalues *values, const xmlNode *element)
{
    const char *name = cox_grammar_name(element);
    g_autoptr(GArray) leaves = cox_grammar_leaves(values->grammar, element);

    for (guint i = 0; i < leaves->len; i++) {
        const struct cox_grammar_leaf *leaf = &g_array_index(leaves, struct cox_grammar_leaf, i);

        if (leaf->is_attribute && leaf->name != NULL && name != NULL) {
            add(values, name, leaf);
        } else if (leaf->is_attribute && !(leaf->name == NULL && is_any_text(values->grammar, leaf->pattern))) {
            values->is_unclear = true;
        }
    }
}

struct cox_schemavalues *
cox_schemavalues_new(const struct cox_grammar *grammar)
{
    struct cox_schemavalues *values = g_new0(struct cox_schemavalues, 1);
    const xmlNode *root = xmlDocGetRootElement(cox_grammar_doc(grammar));
    const xmlNode *node = root;

    values->grammar = grammar;
    values->patterns = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
    while (node != NULL) {
        const xmlNode *next = node->children;

        if (node->type == XML_ELEMENT_NODE && cox_grammar_kind(node) == COX_GRAMMAR_ELEMENT) {
            collect(values, node);
        }
        while (next == NULL && node != root) {
            next = node->next;
            node = next == NULL ? node->parent : node;
        }
        node = next;
    }
    return values;
}

void
cox_schemavalues_free(struct cox_schemavalues *values)
{
    if (values != NULL) {
        g_hash_table_destroy(values->patterns);
        g_free(values);
    }
}

/* ---- does it fit ---- */

static bool
is_number(const char *value)
{
    size_t digits = strspn(value, "0123456789");

    return digits > 0 && digits <= MAX_DIGITS && value[digits] == '\0';
}

/* Only what needs no look at how blanks, signs and the like are treated. */
static bool
fits_type(const struct cox_grammar *grammar, const xmlNode *data, const char *value)
{
    static const char *const truths[] = { "true", "false", "1", "0", NULL };
    const char *type = cox_grammar_data_type(data);

    if (type == NULL || cox_grammar_first(grammar, data) != NULL) {
        return false; /* with parameters */
    }
    if (strcmp(type, "boolean") == 0) {
        return g_strv_contains(truths, value);
    }
    if (strcmp(type, "integer") == 0 || strcmp(type, "nonNegativeInteger") == 0) {
        return is_number(value);
    }
    return strcmp(type, "positiveInteger") == 0 && is_number(value) && value[strspn(value, "0")] != '\0';
}

/* Recursion over the schema, which is ours and shallow. */
static bool
fits_content(const struct cox_grammar *grammar, const xmlNode *content, const char *value)
{
    switch (cox_grammar_content(content)) {
        case COX_GRAMMAR_TEXT:
            return true;
        case COX_GRAMMAR_VALUE:
            return cox_grammar_content_is(content, value);
        case COX_GRAMMAR_DATA:
            return fits_type(grammar, content, value);
        case COX_GRAMMAR_ONE_OF:
            for (const xmlNode *part = cox_grammar_first(grammar, content); part != NULL; part = cox_grammar_next(part)) {
                if (fits_content(grammar, part, value)) {
                    return true;
                }
            }
            return false;
        case COX_GRAMMAR_REF: {
            const xmlNode *part = cox_grammar_first(grammar, content);

            return part != NULL && cox_grammar_next(part) == NULL && fits_content(grammar, part, value);
        }
        case COX_GRAMMAR_UNKNOWN:
            break;
    }
    return false;
}

static bool
fits_pattern(const struct cox_grammar *grammar, const xmlNode *attribute, const char *value)
{
    const xmlNode *content = cox_grammar_first(grammar, attribute);

    return content == NULL || (cox_grammar_next(content) == NULL && fits_content(grammar, content, value));
}

bool
cox_schemavalues_fits(const struct cox_schemavalues *values, const char *element, const char *name, const char *value)
{
    g_autofree char *key = g_strconcat(element, " ", name, NULL);
    const GPtrArray *patterns = values->is_unclear ? NULL : g_hash_table_lookup(values->patterns, key);

    for (guint i = 0; patterns != NULL && i < patterns->len; i++) {
        if (!fits_pattern(values->grammar, g_ptr_array_index(patterns, i), value)) {
            return false;
        }
    }
    return patterns != NULL;
}
