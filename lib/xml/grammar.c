/* lib/xml/grammar.c - a RELAX NG file read as a tree, for questions about names.  Layer 1. */
#include "xml/grammar_priv.h"

#include <string.h>
#include <libxml/xmlschemastypes.h>

#include "base/error.h"

struct cox_grammar {
    xmlDoc *doc;
    GHashTable *defines; /* name -> xmlNode */
    const xmlNode *root;
};

static const char *
attribute_of(const xmlNode *node, const char *name)
{
    const xmlAttr *attr = xmlHasProp(node, (const xmlChar *) name);

    return (attr != NULL && attr->children != NULL) ? (const char *) attr->children->content : NULL;
}

static bool
is(const xmlNode *node, const char *name)
{
    return strcmp((const char *) node->name, name) == 0;
}

static const xmlNode *
next_element(const xmlNode *node)
{
    while (node != NULL && node->type != XML_ELEMENT_NODE) {
        node = node->next;
    }
    return node;
}

struct cox_grammar *
cox_grammar_take(xmlDoc *doc, const char *path, GError **error)
{
    struct cox_grammar *grammar = g_new0(struct cox_grammar, 1);
    const xmlNode *root = xmlDocGetRootElement(doc);

    grammar->doc = doc;
    grammar->defines = g_hash_table_new(g_str_hash, g_str_equal);
    for (const xmlNode *part = next_element(root != NULL ? root->children : NULL); part != NULL;
         part = next_element(part->next)) {
        const char *name = attribute_of(part, "name");

        if (is(part, "start")) {
            grammar->root = next_element(part->children);
        } else if (is(part, "define") && name != NULL) {
            g_hash_table_insert(grammar->defines, (gpointer) (guintptr) name, (gpointer) (guintptr) part);
        }
    }
    if (grammar->root == NULL || !is(grammar->root, "element")) {
        g_set_error(error, COX_ERROR, COX_ERROR_SYNTAX, "schema '%s' has no start element", path);
        cox_grammar_free(grammar);
        return NULL;
    }
    return grammar;
}

void
cox_grammar_free(struct cox_grammar *grammar)
{
    if (grammar == NULL) {
        return;
    }
    g_hash_table_destroy(grammar->defines);
    xmlFreeDoc(grammar->doc);
    g_free(grammar);
}

xmlDoc *
cox_grammar_doc(const struct cox_grammar *grammar)
{
    return grammar->doc;
}

const xmlNode *
cox_grammar_root(const struct cox_grammar *grammar)
{
    return grammar->root;
}

enum cox_grammar_kind
cox_grammar_kind(const xmlNode *pattern)
{
    static const struct {
        const char *name;
        enum cox_grammar_kind kind;
    } kinds[] = {
        { "element", COX_GRAMMAR_ELEMENT },       { "attribute", COX_GRAMMAR_ATTRIBUTE },
        { "group", COX_GRAMMAR_GROUP },           { "interleave", COX_GRAMMAR_GROUP },
        { "ref", COX_GRAMMAR_GROUP },             { "choice", COX_GRAMMAR_CHOICE },
        { "optional", COX_GRAMMAR_OPTIONAL },     { "zeroOrMore", COX_GRAMMAR_REPEAT_ANY },
        { "oneOrMore", COX_GRAMMAR_REPEAT },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (is(pattern, kinds[i].name)) {
            return kinds[i].kind;
        }
    }
    return COX_GRAMMAR_OTHER;
}

const char *
cox_grammar_name(const xmlNode *pattern)
{
    switch (cox_grammar_kind(pattern)) {
        case COX_GRAMMAR_ELEMENT:
        case COX_GRAMMAR_ATTRIBUTE:
            return attribute_of(pattern, "name");
        case COX_GRAMMAR_OTHER:
        case COX_GRAMMAR_GROUP:
        case COX_GRAMMAR_CHOICE:
        case COX_GRAMMAR_OPTIONAL:
        case COX_GRAMMAR_REPEAT_ANY:
        case COX_GRAMMAR_REPEAT:
            break;
    }
    return NULL;
}

const xmlNode *
cox_grammar_first(const struct cox_grammar *grammar, const xmlNode *pattern)
{
    if (is(pattern, "ref")) {
        pattern = g_hash_table_lookup(grammar->defines, attribute_of(pattern, "name"));
        if (pattern == NULL) {
            return NULL; /* libxml2 refuses such a grammar before anybody asks */
        }
    }
    return next_element(pattern->children);
}

const xmlNode *
cox_grammar_next(const xmlNode *pattern)
{
    return next_element(pattern->next);
}

/* Recursion over the schema, which is ours and shallow; elements end it, so that recursive rules do, too. */
static void
add_leaves(const struct cox_grammar *grammar, const xmlNode *pattern, bool repeats, GArray *leaves)
{
    enum cox_grammar_kind kind = cox_grammar_kind(pattern);

    if (kind == COX_GRAMMAR_ELEMENT || kind == COX_GRAMMAR_ATTRIBUTE) {
        struct cox_grammar_leaf leaf = { .pattern = pattern,
                                         .name = cox_grammar_name(pattern),
                                         .is_attribute = kind == COX_GRAMMAR_ATTRIBUTE,
                                         .repeats = repeats };

        g_array_append_val(leaves, leaf);
        return;
    }
    repeats = repeats || kind == COX_GRAMMAR_REPEAT || kind == COX_GRAMMAR_REPEAT_ANY;
    for (const xmlNode *part = cox_grammar_first(grammar, pattern); part != NULL; part = cox_grammar_next(part)) {
        add_leaves(grammar, part, repeats, leaves);
    }
}

GArray *
cox_grammar_leaves(const struct cox_grammar *grammar, const xmlNode *pattern)
{
    GArray *leaves = g_array_new(FALSE, FALSE, sizeof(struct cox_grammar_leaf));

    if (cox_grammar_kind(pattern) == COX_GRAMMAR_ELEMENT) {
        for (const xmlNode *part = cox_grammar_first(grammar, pattern); part != NULL; part = cox_grammar_next(part)) {
            add_leaves(grammar, part, false, leaves);
        }
    } else {
        add_leaves(grammar, pattern, false, leaves);
    }
    return leaves;
}

const char *
cox_grammar_type(const struct cox_grammar *grammar, const xmlNode *attribute)
{
    const xmlNode *content = cox_grammar_first(grammar, attribute);

    while (content != NULL && is(content, "ref")) {
        content = cox_grammar_first(grammar, content);
    }
    return (content != NULL && is(content, "data")) ? attribute_of(content, "type") : NULL;
}

enum cox_grammar_content
cox_grammar_content(const xmlNode *content)
{
    static const struct {
        const char *name;
        enum cox_grammar_content kind;
    } kinds[] = {
        { "text", COX_GRAMMAR_TEXT },     { "value", COX_GRAMMAR_VALUE }, { "data", COX_GRAMMAR_DATA },
        { "choice", COX_GRAMMAR_ONE_OF }, { "ref", COX_GRAMMAR_REF },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (is(content, kinds[i].name)) {
            return kinds[i].kind;
        }
    }
    return COX_GRAMMAR_UNKNOWN;
}

bool
cox_grammar_content_is(const xmlNode *content, const char *value)
{
    return content->children != NULL && strcmp((const char *) content->children->content, value) == 0;
}

const char *
cox_grammar_data_type(const xmlNode *data)
{
    return attribute_of(data, "type");
}

/* A data type of XML Schema; text with a pattern is checked by the pattern. */
static bool
data_accepts(const xmlNode *data, const char *value)
{
    const xmlNode *param = next_element(data->children);
    const char *type_name = attribute_of(data, "type");
    xmlSchemaType *type = NULL;

    if (param != NULL && param->children != NULL) {
        g_autofree char *pattern = g_strdup_printf("^(?:%s)$", (const char *) param->children->content);

        return g_regex_match_simple(pattern, value, G_REGEX_DOLLAR_ENDONLY, 0);
    }
    if (strcmp(type_name, "ID") == 0 || strcmp(type_name, "IDREF") == 0) {
        type_name = "NCName"; /* the rest of what they mean is checked for the document as a whole */
    }
    type = xmlSchemaGetPredefinedType((const xmlChar *) type_name,
                                      (const xmlChar *) "http://www.w3.org/2001/XMLSchema");
    return type == NULL || xmlSchemaValidatePredefinedType(type, (const xmlChar *) value, NULL) == 0;
}

static bool
content_accepts(const struct cox_grammar *grammar, const xmlNode *content, const char *value)
{
    if (is(content, "text")) {
        return true;
    }
    if (is(content, "value")) {
        return cox_grammar_content_is(content, value);
    }
    if (is(content, "data")) {
        return data_accepts(content, value);
    }
    for (const xmlNode *part = cox_grammar_first(grammar, content); part != NULL; part = cox_grammar_next(part)) {
        if (content_accepts(grammar, part, value)) {
            return true;
        }
    }
    return false;
}

bool
cox_grammar_accepts(const struct cox_grammar *grammar, const xmlNode *attribute, const char *value)
{
    const xmlNode *content = cox_grammar_first(grammar, attribute);

    return content == NULL || content_accepts(grammar, content, value);
}

static void
add_expected(const struct cox_grammar *grammar, const xmlNode *content, GString *out)
{
    static const struct {
        const char *type;
        const char *text;
    } types[] = {
        { "ID", "an id (a letter or '_', then letters, digits, '.', '-', '_')" },
        { "IDREF", "an id that exists" },
        { "NCName", "an id (a letter or '_', then letters, digits, '.', '-', '_')" },
        { "boolean", "true, false" },
        { "integer", "a whole number" },
        { "nonNegativeInteger", "a whole number from 0" },
        { "positiveInteger", "a whole number from 1" },
        { "string", "a list of names separated by commas" },
    };
    const char *text = NULL;

    if (is(content, "value")) {
        text = content->children != NULL ? (const char *) content->children->content : "";
    } else if (is(content, "data")) {
        text = attribute_of(content, "type");
        for (size_t i = 0; i < G_N_ELEMENTS(types); i++) {
            if (strcmp(text, types[i].type) == 0) {
                text = types[i].text;
                break;
            }
        }
    }
    if (text != NULL) {
        g_string_append_printf(out, "%s%s", out->len > 0 ? ", " : "", text);
        return;
    }
    for (const xmlNode *part = cox_grammar_first(grammar, content); part != NULL; part = cox_grammar_next(part)) {
        add_expected(grammar, part, out);
    }
}

char *
cox_grammar_expected(const struct cox_grammar *grammar, const xmlNode *attribute)
{
    GString *out = g_string_new(NULL);
    const xmlNode *content = cox_grammar_first(grammar, attribute);

    if (content != NULL) {
        add_expected(grammar, content, out);
    }
    return g_string_free(out, FALSE);
}
