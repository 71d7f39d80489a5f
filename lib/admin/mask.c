/* lib/admin/mask.c - take secrets out of documents and texts.  Layer 4. */
#include "admin/mask.h"

#include <string.h>

#include "base/error.h"
#include "xml/xmlwrite.h"

/* What a name that sounds like a secret has in it. */
#define SOUNDS \
    "pass?w|passphrase|pwd|secret|token|credential|community|hexadecimal[-_]?kg|api[-_]?key|private[-_]?key|auth[-_]?key|access[-_]?key" \
    "|(?:^|[-_.])(?:key|pass)$|^key[-_]?(?:data|value)$"
#define NAME "[A-Za-z0-9_.-]*"
/* The same inside a text: a whole name; keys of operations are none. */
#define WORD "(?!(?:operation|transition)[-_]key)" NAME "(?:pass?w|passphrase|pwd|secret|token|credential|community|hexadecimal[-_]?kg|apikey|[-_.]key)" NAME
/* A value after group 1 that ends with group 2: up to the same quote, which a cut line does not have, or what there is without quotes. */
#define VALUE "(?(2)(?:\\\\.|(?!\\2)[^\\\\\\n])*+|[^\\s\"',;<>]+)"
#define WHOLE_VALUE "(?(2)(?:\\\\.|(?!\\2)[^\\\\\\n])*+|[^\\s\"'<>]+)" /* the same of a command line, where commas and semicolons are of it */
#define QUOTE "([\"'])?)"

enum {
    LEAST_BYTES = 4,
    START_BYTES = 4,           /* values are found by them */
    LONG_BYTES = 16,           /* what is so long stands nowhere by chance */
    LEAST_DIGITS = 9,          /* shorter numbers are also ports, process ids and dates */
    BLOCK_BYTES = 64 * 1024,
};

struct cox_mask {
    GPtrArray *patterns; /* GRegex: names */
    GHashTable *names;   /* set */
    GHashTable *known;   /* set: ids and names of nodes, which are no secrets even if somebody took them for one */
    GHashTable *values;  /* set: as they are, and as they are escaped in XML */
    GHashTable *starts;  /* first START_BYTES -> GPtrArray of values, the longest first; borrowed */
    GPtrArray *texts;    /* GRegex: group 1 stays, what follows is a secret */
};

static void
add_form(struct cox_mask *mask, const char *form)
{
    g_ptr_array_add(mask->texts, g_regex_new(form, G_REGEX_CASELESS | G_REGEX_MULTILINE | G_REGEX_RAW | G_REGEX_OPTIMIZE, 0, NULL));
}

static void
add_texts(struct cox_mask *mask, const char *word)
{
    /* name=value, "name": "value", name="..."; NAME beside VALUE in XML; --name value, '--name', 'value' */
    static const char *const forms[] = { "((?:^|[^A-Za-z0-9_.-])(?:%s)[\"']?[ \\t]*(?:\\([a-z0-9]+\\)[ \\t]*)?[=:][ \\t]*" QUOTE VALUE,
                                         "((?:name|attribute)=\"(?:%s)\"[^<>]*?\\svalue=\")[^\"]*", "((?:^|[\\s\"'])--?(?:%s)[\"']?[ \\t,]+" QUOTE "(?!-)" WHOLE_VALUE };

    for (size_t i = 0; i < G_N_ELEMENTS(forms); i++) {
        g_autoptr(GString) whole = g_string_new(forms[i]);

        (void) g_string_replace(whole, "%s", word, 1);
        add_form(mask, whole->str);
    }
}

/* Secrets whose names are too common for any place: pass with "=", "key: ..." as a line of a file, -p of fence agents; and scheme://user:...@host. */
static void
add_special(struct cox_mask *mask)
{
    add_form(mask, "((?:^|[^A-Za-z0-9_.-])(?:(?:" NAME "[-_.])?pass)(?:[\"'][ \\t]*[=:]|[ \\t]*=)[ \\t]*" QUOTE VALUE);
    add_form(mask, "(^[ \\t]*key[ \\t]*[=:][ \\t]*)[^\\n]+");
    add_form(mask, "(\\b(?:fence_[a-z0-9_]+|sshpass)\\b[^\\n]*?[\\s\"'](?-i:-p)[\"']?[ \\t,]*" QUOTE WHOLE_VALUE);
    add_form(mask, "(\\bipmitool\\b[^\\n]*?[\\s\"'](?-i:-P)[\"']?[ \\t,]*" QUOTE WHOLE_VALUE);
    add_form(mask, "(://[^\\s/:@\"'<>]*:)[^\\s/\"'<>]+(?=@)");
}

struct cox_mask *
cox_mask_new(void)
{
    struct cox_mask *mask = g_new0(struct cox_mask, 1);

    mask->patterns = g_ptr_array_new_with_free_func((GDestroyNotify) g_regex_unref);
    mask->texts = g_ptr_array_new_with_free_func((GDestroyNotify) g_regex_unref);
    mask->names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    mask->values = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    mask->known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    mask->starts = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, (GDestroyNotify) g_ptr_array_unref);
    g_ptr_array_add(mask->patterns, g_regex_new(SOUNDS, G_REGEX_CASELESS, 0, NULL));
    add_texts(mask, WORD);
    add_special(mask);
    return mask;
}

void
cox_mask_free(struct cox_mask *mask)
{
    if (mask != NULL) {
        g_ptr_array_unref(mask->patterns);
        g_ptr_array_unref(mask->texts);
        g_hash_table_unref(mask->starts);
        g_hash_table_unref(mask->names);
        g_hash_table_unref(mask->known);
        g_hash_table_unref(mask->values);
        g_free(mask);
    }
}

/* A pattern that is searched for in names; in texts its ends are those of a name. */
static void
add_texts_of(struct cox_mask *mask, const char *pattern)
{
    bool is_begun = pattern[0] == '^', is_ended = g_str_has_suffix(pattern, "$") && !g_str_has_suffix(pattern, "\\$");
    g_autofree char *middle = g_strndup(pattern + is_begun, strlen(pattern) - is_begun - is_ended);
    g_autofree char *word = g_strconcat(is_begun ? "" : NAME, "(?:", middle, ")", is_ended ? "" : NAME, NULL);

    add_texts(mask, word);
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
    add_texts_of(mask, pattern);
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

static bool
is_short_number(const char *value)
{
    return strlen(value) < LEAST_DIGITS && value[strspn(value, "0123456789")] == '\0';
}

static gpointer
start_of(const char *text)
{
    guint32 start = 0;

    memcpy(&start, text, START_BYTES);
    return GUINT_TO_POINTER(start);
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
    GPtrArray *alike = NULL;
    char *copy = NULL;

    if (strlen(value) < LEAST_BYTES || is_common(value) || is_short_number(value) || g_hash_table_contains(mask->values, value)) {
        return;
    }
    copy = g_strdup(value);
    (void) g_hash_table_add(mask->values, copy);
    alike = g_hash_table_lookup(mask->starts, start_of(copy));
    if (alike == NULL) {
        alike = g_ptr_array_new();
        (void) g_hash_table_insert(mask->starts, start_of(copy), alike);
    }
    g_ptr_array_add(alike, copy);
    g_ptr_array_sort(alike, by_length);
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

/* What follows names; a block over which a pattern gives up is not shown. */
static char *
without_named(const struct cox_mask *mask, const char *text, gsize length)
{
    char *block = g_strndup(text, length);

    for (guint i = 0; i < mask->texts->len; i++) {
        char *next = g_regex_replace(mask->texts->pdata[i], block, -1, 0, "\\1" COX_MASK_INSTEAD, 0, NULL);

        g_free(block);
        block = (next != NULL) ? next : g_strdup("(could not be searched for secrets, and is left out)\n");
    }
    return block;
}

/* Secrets inside a value, such as that of "options". */
static void
mask_within(struct cox_mask *mask, struct cox_xml *xml)
{
    g_autofree char *value = g_strdup(cox_xml_get(xml, "value")), *rest = NULL;

    if (value == NULL || strpbrk(value, "=: ") == NULL) {
        return;
    }
    for (guint i = 0; i < mask->texts->len; i++) {
        g_autoptr(GMatchInfo) match = NULL;

        (void) g_regex_match(mask->texts->pdata[i], value, 0, &match);
        for (; g_match_info_matches(match); (void) g_match_info_next(match, NULL)) {
            g_autofree char *secret = NULL;
            int end = 0, kept = 0;

            if (g_match_info_fetch_pos(match, 0, NULL, &end) && g_match_info_fetch_pos(match, 1, NULL, &kept)) {
                secret = g_strndup(value + kept, (gsize) (end - kept));
                cox_mask_learn(mask, secret);
            }
        }
    }
    rest = without_named(mask, value, strlen(value));
    if (strcmp(rest, value) != 0) {
        cox_xml_set(xml, "value", rest);
    }
}

static void
know(struct cox_mask *mask, const char *name)
{
    if (name != NULL) {
        (void) g_hash_table_add(mask->known, g_strdup(name));
    }
}

static void
mask_element(struct cox_mask *mask, struct cox_xml *xml)
{
    const char *name = cox_xml_get(xml, "name") != NULL ? cox_xml_get(xml, "name") : cox_xml_get(xml, "attribute");
    g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func(g_free);

    know(mask, cox_xml_get(xml, "id"));
    know(mask, cox_xml_get(xml, "uname"));
    if (cox_mask_is_secret(mask, name)) {
        mask_attribute(mask, xml, "value");
    } else {
        mask_within(mask, xml);
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

/* ---- digests of parameters, from which short secrets can be guessed ---- */

static bool
is_resource(const struct cox_xml *xml)
{
    static const char *const kinds[] = { "primitive", "template", "group", "clone", "master", "bundle" };

    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (cox_xml_is(xml, kinds[i])) {
            return true;
        }
    }
    return false;
}

/* The ids around something secret, up to the resource that has it. */
static void
mark(GHashTable *secret, const struct cox_xml *xml)
{
    for (; xml != NULL; xml = is_resource(xml) ? NULL : cox_xml_parent(xml)) {
        if (cox_xml_get(xml, "id") != NULL) {
            (void) g_hash_table_add(secret, (gpointer) (gsize) cox_xml_get(xml, "id"));
        }
    }
}

static bool
has_secrets(GHashTable *secret, const struct cox_xml *rsc)
{
    const char *template = cox_xml_get(rsc, "template");

    for (const struct cox_xml *xml = rsc; xml != NULL; xml = cox_xml_parent(xml)) {
        if (cox_xml_get(xml, "id") != NULL && g_hash_table_contains(secret, cox_xml_get(xml, "id"))) {
            return true;
        }
    }
    return template != NULL && g_hash_table_contains(secret, template);
}

/* Ids of the resources without secrets, borrowed of the document. */
static GHashTable *
open_resources(struct cox_xml *root)
{
    g_autoptr(GHashTable) secret = g_hash_table_new(g_str_hash, g_str_equal);
    GHashTable *open = g_hash_table_new(g_str_hash, g_str_equal);

    for (const struct cox_xml *xml = root; xml != NULL; xml = cox_xml_walk(xml, root)) {
        if (cox_xml_get(xml, "value") != NULL && strstr(cox_xml_get(xml, "value"), COX_MASK_INSTEAD) != NULL) {
            mark(secret, xml);
        }
    }
    for (const struct cox_xml *xml = root; xml != NULL; xml = cox_xml_walk(xml, root)) {
        if (cox_xml_get(xml, "id-ref") != NULL && g_hash_table_contains(secret, cox_xml_get(xml, "id-ref"))) {
            mark(secret, xml);
        }
    }
    for (const struct cox_xml *xml = root; xml != NULL; xml = cox_xml_walk(xml, root)) {
        if (cox_xml_is(xml, "primitive") && cox_xml_get(xml, "id") != NULL && !has_secrets(secret, xml)) {
            (void) g_hash_table_add(open, (gpointer) (gsize) cox_xml_get(xml, "id"));
        }
    }
    return open;
}

/* What the scheduler compares is left where it can hide nothing, that a report can be played again. */
static void
drop_digests(struct cox_mask *mask, struct cox_xml *root)
{
    g_autoptr(GHashTable) open = open_resources(root);

    for (struct cox_xml *xml = root; xml != NULL; xml = cox_xml_walk(xml, root)) {
        const struct cox_xml *history = cox_xml_is(xml, "lrm_rsc_op") ? cox_xml_parent(xml) : NULL;
        const char *id = (history == NULL) ? NULL : cox_xml_get(history, "id");
        g_autofree char *rsc = (id == NULL) ? NULL : g_strndup(id, strcspn(id, ":"));

        if (history == NULL || (rsc != NULL && g_hash_table_contains(open, rsc))) {
            continue;
        }
        if (cox_xml_get(xml, "op-digest") != NULL && rsc != NULL && g_hash_table_contains(mask->known, rsc)) {
            cox_mask_learn(mask, cox_xml_get(xml, "op-digest"));
        }
        (void) cox_xml_unset(xml, "op-digest");
        (void) cox_xml_unset(xml, "op-restart-digest");
        (void) cox_xml_unset(xml, "op-secure-digest");
    }
}

void
cox_mask_document(struct cox_mask *mask, struct cox_xml *root)
{
    for (struct cox_xml *xml = root; xml != NULL; xml = cox_xml_walk(xml, root)) {
        mask_element(mask, xml);
    }
    drop_digests(mask, root);
}

/* ---- texts ---- */

static bool
is_word(char c)
{
    return g_ascii_isalnum(c) || c == '_';
}

/* Not a part of a longer word, for which "\n" as an escape is none. */
static bool
stands_alone(const char *text, gsize length, gsize at, gsize bytes)
{
    bool is_begun = at == 0 || !is_word(text[at]) || !is_word(text[at - 1]) || (at > 1 && text[at - 2] == '\\');
    bool is_ended = at + bytes == length || !is_word(text[at + bytes - 1]) || !is_word(text[at + bytes]);

    return bytes >= LONG_BYTES || (is_begun && is_ended);
}

/* How long the secret is that begins there; 0: none does. */
static gsize
secret_at(const struct cox_mask *mask, const char *text, gsize length, gsize at)
{
    const GPtrArray *alike = (length - at < START_BYTES) ? NULL : g_hash_table_lookup(mask->starts, start_of(text + at));

    for (guint i = 0; alike != NULL && i < alike->len; i++) {
        const char *value = alike->pdata[i];
        gsize bytes = strlen(value);

        if (bytes <= length - at && memcmp(text + at, value, bytes) == 0 && stands_alone(text, length, at, bytes)
            && !g_hash_table_contains(mask->known, value)) {
            return bytes;
        }
    }
    return 0;
}

/* Without what was learned, and without bytes that would end the text for the rest. */
static GString *
without_values(const struct cox_mask *mask, const char *text, gsize length)
{
    GString *out = g_string_sized_new(length + 1);

    for (gsize at = 0; at < length;) {
        gsize bytes = secret_at(mask, text, length, at);

        if (bytes > 0) {
            g_string_append(out, COX_MASK_INSTEAD);
        } else {
            g_string_append_c(out, text[at] == '\0' ? '?' : text[at]);
        }
        at += (bytes > 0) ? bytes : 1;
    }
    return out;
}

char *
cox_mask_text(const struct cox_mask *mask, const char *text, size_t length)
{
    GString *bare = without_values(mask, text, length);
    GString *out = g_string_sized_new(bare->len + 1);

    for (gsize at = 0, bytes = 0; at < bare->len; at += bytes) { /* whole lines */
        gsize most = MIN(BLOCK_BYTES, bare->len - at);
        g_autofree char *block = NULL;
        const char *stop = (at + most == bare->len) ? NULL : strchr(bare->str + at + most, '\n');

        bytes = (stop == NULL) ? bare->len - at : (gsize) (stop + 1 - bare->str) - at;
        block = without_named(mask, bare->str + at, bytes);
        g_string_append(out, block);
    }
    g_string_free(bare, TRUE);
    return g_string_free(out, FALSE);
}
