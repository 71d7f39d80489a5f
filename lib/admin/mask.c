/* lib/admin/mask.c - take secrets out of documents and texts.  Layer 4. */
#include "admin/mask.h"

#include <string.h>

#include "base/error.h"
#include "xml/xmlwrite.h"

/* What a name that sounds like a secret has in it. */
#define SOUNDS "pass?w|passphrase|pwd|secret|token|credential|community|api[-_]?key|private[-_]?key|auth[-_]?key|access[-_]?key|(?:^|[-_.])key$|^key[-_]?(?:data|value)$"
/* The same inside a text: a whole name. */
#define WORD "[A-Za-z0-9_.-]*(?:pass?w|passphrase|pwd|secret|token|credential|community|apikey|[-_.]key)[A-Za-z0-9_.-]*"

enum { LEAST_BYTES = 4 };

struct cox_mask {
    GPtrArray *patterns; /* GRegex: names */
    GHashTable *names;   /* set */
    GHashTable *values;  /* set: as they are, and as they are escaped in XML */
    GPtrArray *sorted;   /* the same, the longest first; borrowed */
    GPtrArray *texts;    /* GRegex: names with values in texts */
};

static void
add_texts(struct cox_mask *mask, const char *word)
{
    /* name=value, "name": "value", name="..."; NAME beside VALUE in XML; --name value */
    const char *const forms[] = { "((?:^|[^A-Za-z0-9_.-])(?:%s)[\"']?\\s*(?:\\([a-z0-9]+\\)\\s*)?[=:]\\s*)(\"[^\"]*\"|'[^']*'|[^\\s\"',;<>]+)",
                                  "((?:name|attribute)=\"(?:%s)\"[^<>]*?\\svalue=)(\"[^\"]*\")", "(\\s--?(?:%s)\\s+)([^\\s-]\\S*)" };

    for (size_t i = 0; i < G_N_ELEMENTS(forms); i++) {
        g_autoptr(GString) whole = g_string_new(forms[i]);

        (void) g_string_replace(whole, "%s", word, 1);
        g_ptr_array_add(mask->texts, g_regex_new(whole->str, G_REGEX_CASELESS | G_REGEX_MULTILINE | G_REGEX_RAW | G_REGEX_OPTIMIZE, 0, NULL));
    }
}

struct cox_mask *
cox_mask_new(void)
{
    struct cox_mask *mask = g_new0(struct cox_mask, 1);

    mask->patterns = g_ptr_array_new_with_free_func((GDestroyNotify) g_regex_unref);
    mask->texts = g_ptr_array_new_with_free_func((GDestroyNotify) g_regex_unref);
    mask->names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    mask->values = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    mask->sorted = g_ptr_array_new();
    g_ptr_array_add(mask->patterns, g_regex_new(SOUNDS, G_REGEX_CASELESS, 0, NULL));
    add_texts(mask, WORD);
    return mask;
}

void
cox_mask_free(struct cox_mask *mask)
{
    if (mask != NULL) {
        g_ptr_array_unref(mask->patterns);
        g_ptr_array_unref(mask->texts);
        g_ptr_array_unref(mask->sorted);
        g_hash_table_unref(mask->names);
        g_hash_table_unref(mask->values);
        g_free(mask);
    }
}

bool
cox_mask_add_pattern(struct cox_mask *mask, const char *pattern, GError **error)
{
    g_autoptr(GError) problem = NULL;
    GRegex *regex = g_regex_new(pattern, G_REGEX_CASELESS, 0, &problem);

    if (regex == NULL) {
        g_set_error(error, COX_ERROR, COX_ERROR_USAGE, "'%s' is no pattern for names: %s", pattern, problem->message);
        return false;
    }
    g_ptr_array_add(mask->patterns, regex);
    add_texts(mask, pattern);
    return true;
}

void
cox_mask_add_name(struct cox_mask *mask, const char *name)
{
    (void) g_hash_table_add(mask->names, g_strdup(name));
}

bool
cox_mask_is_secret(const struct cox_mask *mask, const char *name)
{
    for (guint i = 0; name != NULL && i < mask->patterns->len; i++) {
        if (g_regex_match(mask->patterns->pdata[i], name, 0, NULL)) {
            return true;
        }
    }
    return name != NULL && g_hash_table_contains(mask->names, name);
}

/* ---- values ---- */

static bool
is_common(const char *value)
{
    static const char *const words[] = { "true", "false", "none", "default", "/dev/null", COX_MASK_INSTEAD };

    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        if (g_ascii_strcasecmp(value, words[i]) == 0) {
            return true;
        }
    }
    return false;
}

static int
by_length(gconstpointer a, gconstpointer b)
{
    gsize first = strlen(*(const char *const *) a), second = strlen(*(const char *const *) b);

    return (first < second) - (first > second);
}

static void
remember(struct cox_mask *mask, const char *value)
{
    char *copy = NULL;

    if (strlen(value) < LEAST_BYTES || is_common(value) || g_hash_table_contains(mask->values, value)) {
        return;
    }
    copy = g_strdup(value);
    (void) g_hash_table_add(mask->values, copy);
    g_ptr_array_add(mask->sorted, copy);
    g_ptr_array_sort(mask->sorted, by_length);
}

void
cox_mask_learn(struct cox_mask *mask, const char *value)
{
    g_autofree char *bare = g_strstrip(g_strdup(value));
    g_autoptr(GString) escaped = g_string_new(NULL);

    cox_xmlwrite_escaped(escaped, bare, true);
    remember(mask, bare);
    remember(mask, escaped->str);
}

/* ---- documents ---- */

static void
mask_attribute(struct cox_mask *mask, struct cox_xml *xml, const char *name)
{
    g_autofree char *value = g_strdup(cox_xml_get(xml, name));

    if (value != NULL && *value != '\0') {
        cox_mask_learn(mask, value);
        cox_xml_set(xml, name, COX_MASK_INSTEAD);
    }
}

static void
mask_element(struct cox_mask *mask, struct cox_xml *xml)
{
    const char *name = cox_xml_get(xml, "name") != NULL ? cox_xml_get(xml, "name") : cox_xml_get(xml, "attribute");
    g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func(g_free);

    if (cox_mask_is_secret(mask, name)) {
        mask_attribute(mask, xml, "value");
    }
    for (struct cox_xml_attr *attr = cox_xml_first_attr(xml); attr != NULL; attr = cox_xml_next_attr(attr)) {
        if (cox_mask_is_secret(mask, cox_xml_attr_name(attr)) && strcmp(cox_xml_attr_name(attr), "operation_key") != 0
            && strcmp(cox_xml_attr_name(attr), "transition-key") != 0) {
            g_ptr_array_add(found, g_strdup(cox_xml_attr_name(attr)));
        }
    }
    for (guint i = 0; i < found->len; i++) {
        mask_attribute(mask, xml, found->pdata[i]);
    }
}

void
cox_mask_document(struct cox_mask *mask, struct cox_xml *root)
{
    for (struct cox_xml *xml = root; xml != NULL; xml = cox_xml_walk(xml, root)) {
        mask_element(mask, xml);
    }
}

/* ---- texts ---- */

char *
cox_mask_text(const struct cox_mask *mask, const char *text, size_t length)
{
    GString *out = g_string_new_len(text, (gssize) length);

    for (gsize i = 0; i < out->len; i++) { /* what is no text would end it here for the rest */
        out->str[i] = out->str[i] == '\0' ? '?' : out->str[i];
    }
    for (guint i = 0; i < mask->sorted->len; i++) {
        (void) g_string_replace(out, mask->sorted->pdata[i], COX_MASK_INSTEAD, 0);
    }
    for (guint i = 0; i < mask->texts->len; i++) {
        char *next = g_regex_replace(mask->texts->pdata[i], out->str, (gssize) out->len, 0, "\\1" COX_MASK_INSTEAD, 0, NULL);

        if (next != NULL) {
            g_string_assign(out, next);
            g_free(next);
        } else { /* a text over which the pattern gives up is not shown */
            g_string_assign(out, "(could not be searched for secrets, and is left out)\n");
        }
    }
    return g_string_free(out, FALSE);
}
