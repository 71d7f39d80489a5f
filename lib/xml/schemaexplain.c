/* lib/xml/schemaexplain.c - why a document does not fit a grammar, in words.  Layer 1. */
#include "xml/schemaexplain_priv.h"

#include <string.h>

#include "xml/xml_priv.h"

/* Nobody reads more. */
enum { MAX_PROBLEMS = 100 };

/* An element with the pattern that it should fit. */
struct task {
    xmlNode *node;
    const xmlNode *pattern;
};

struct explain {
    const struct cox_grammar *grammar;
    struct cox_diags *diags;
    size_t n_problems;
    GArray *tasks;  /* struct task: elements still to be looked at */
    struct task at; /* the one at hand */
    GArray *leaves; /* of at.pattern */
};

static const char *
attr_text(const xmlAttr *attr)
{
    return (attr->children != NULL && attr->children->content != NULL) ? (const char *) attr->children->content : "";
}

/* @remedy may be NULL; the text says what is wrong with the element at hand. */
static void report(struct explain *explain, const char *remedy, const char *format, ...) G_GNUC_PRINTF(3, 4);

static void
report(struct explain *explain, const char *remedy, const char *format, ...)
{
    const struct cox_xml *xml = cox_xml_of(explain->at.node);
    const char *id = NULL;
    g_autofree char *message = NULL;
    g_autofree char *text = NULL;
    va_list args;

    va_start(args, format);
    message = g_strdup_vprintf(format, args);
    va_end(args);
    text = g_strdup_printf("element %s: Relax-NG validity error : %s", cox_xml_name(xml), message);
    for (const struct cox_xml *around = xml; around != NULL && id == NULL; around = cox_xml_parent(around)) {
        id = cox_xml_id(around);
    }
    struct cox_diag diag = { .severity = COX_SEVERITY_ERROR,
                             .object = id,
                             .text = text,
                             .remedy = remedy,
                             .line = cox_xml_line(xml) };

    cox_diags_add_at(explain->diags, &diag);
    explain->n_problems++;
}

static const struct cox_grammar_leaf *
leaf_at(const GArray *leaves, guint i)
{
    return &g_array_index(leaves, struct cox_grammar_leaf, i);
}

static bool
leaf_is(const struct cox_grammar_leaf *leaf, bool is_attribute, const char *name)
{
    return leaf->is_attribute == is_attribute && (leaf->name == NULL || strcmp(leaf->name, name) == 0);
}

static guint
count_children(const xmlNode *node, const char *name)
{
    guint n = 0;

    for (const xmlNode *child = node->children; child != NULL; child = child->next) {
        n += child->type == XML_ELEMENT_NODE && (name == NULL || strcmp((const char *) child->name, name) == 0);
    }
    return n;
}

static const xmlAttr *
find_attr(const xmlNode *node, const char *name)
{
    for (const xmlAttr *attr = node->properties; attr != NULL; attr = attr->next) {
        if (strcmp((const char *) attr->name, name) == 0) {
            return attr;
        }
    }
    return NULL;
}

/* Is the leaf there (and, with @fits, does an attribute's value fit)? */
static bool
is_present(const struct explain *explain, const struct cox_grammar_leaf *leaf, bool fits)
{
    const xmlAttr *attr = NULL;

    if (!leaf->is_attribute) {
        return count_children(explain->at.node, leaf->name) > 0;
    }
    attr = leaf->name != NULL ? find_attr(explain->at.node, leaf->name) : NULL;
    return attr != NULL && (!fits || cox_grammar_accepts(explain->grammar, leaf->pattern, attr_text(attr)));
}

/* Names of the leaves of one kind, sorted as in the schema, each once.  Caller frees. */
static char *
names_of(const GArray *leaves, bool is_attribute)
{
    GString *out = g_string_new(NULL);
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < leaves->len; i++) {
        const struct cox_grammar_leaf *leaf = leaf_at(leaves, i);

        if (leaf->is_attribute == is_attribute && leaf->name != NULL
            && g_hash_table_add(seen, (gpointer) (guintptr) leaf->name)) {
            g_string_append_printf(out, "%s%s", out->len > 0 ? ", " : "", leaf->name);
        }
    }
    return g_string_free(out, FALSE);
}

/* ---- what is there: known, with a value that fits, not too often ---- */

static void
explain_value(struct explain *explain, const xmlAttr *attr)
{
    GString *expected = g_string_new(NULL);

    for (guint i = 0; i < explain->leaves->len; i++) {
        const struct cox_grammar_leaf *leaf = leaf_at(explain->leaves, i);

        if (leaf_is(leaf, true, (const char *) attr->name)) {
            g_autofree char *part = cox_grammar_expected(explain->grammar, leaf->pattern);

            g_string_append_printf(expected, "%s%s", expected->len > 0 ? ", " : "expected: ", part);
        }
    }
    report(explain, expected->str, "attribute %s has the invalid value '%s'", (const char *) attr->name,
           attr_text(attr));
    g_string_free(expected, TRUE);
}

static void
explain_attribute(struct explain *explain, const xmlAttr *attr)
{
    bool is_known = false;

    for (guint i = 0; i < explain->leaves->len; i++) {
        const struct cox_grammar_leaf *leaf = leaf_at(explain->leaves, i);

        if (leaf_is(leaf, true, (const char *) attr->name)) {
            is_known = true;
            if (leaf->name == NULL || cox_grammar_accepts(explain->grammar, leaf->pattern, attr_text(attr))) {
                return;
            }
        }
    }
    if (is_known) {
        explain_value(explain, attr);
    } else {
        g_autofree char *names = names_of(explain->leaves, true);
        g_autofree char *remedy = g_strdup_printf("remove it; attributes of this element are: %s", names);

        report(explain, names[0] != '\0' ? remedy : "remove it", "attribute %s (value '%s') is not allowed here",
               (const char *) attr->name, attr_text(attr));
    }
}

static void
explain_child(struct explain *explain, xmlNode *child)
{
    const char *name = (const char *) child->name;

    for (guint i = 0; i < explain->leaves->len; i++) {
        const struct cox_grammar_leaf *leaf = leaf_at(explain->leaves, i);

        if (leaf_is(leaf, false, name)) {
            struct task task = { .node = child, .pattern = leaf->pattern };

            if (leaf->name != NULL) {
                g_array_append_val(explain->tasks, task);
            }
            return;
        }
    }
    {
        struct task parent = explain->at;
        g_autofree char *names = names_of(explain->leaves, false);
        g_autofree char *remedy = names[0] == '\0'
                                      ? g_strdup("remove it")
                                      : g_strdup_printf("remove it; inside %s there may be: %s",
                                                        (const char *) parent.node->name, names);

        explain->at.node = child;
        report(explain, remedy, "element %s is not allowed inside %s", name, (const char *) parent.node->name);
        explain->at = parent;
    }
}

/* An element that no repetition allows may be there as often as the schema names it, which is once. */
static void
explain_repeated(struct explain *explain, const struct cox_grammar_leaf *leaf)
{
    for (guint i = 0; i < explain->leaves->len; i++) {
        const struct cox_grammar_leaf *other = leaf_at(explain->leaves, i);

        if (other->repeats && leaf->name != NULL && leaf_is(other, false, leaf->name)) {
            return;
        }
    }
    if (leaf->name != NULL && count_children(explain->at.node, leaf->name) > 1) {
        report(explain, "remove or join what is too much", "element %s is there %u times, once is allowed", leaf->name,
               count_children(explain->at.node, leaf->name));
    }
}

/* ---- what is not there, or contradicts ---- */

/* Number of leaves of @pattern that are there and fit. */
static guint
count_present(const struct explain *explain, const xmlNode *pattern)
{
    g_autoptr(GArray) leaves = cox_grammar_leaves(explain->grammar, pattern);
    guint n = 0;

    if (cox_grammar_kind(pattern) == COX_GRAMMAR_ELEMENT) {
        return count_children(explain->at.node, cox_grammar_name(pattern)) > 0;
    }
    for (guint i = 0; i < leaves->len; i++) {
        n += is_present(explain, leaf_at(leaves, i), true);
    }
    return n;
}

static bool
is_satisfied(const struct explain *explain, const xmlNode *pattern)
{
    enum cox_grammar_kind kind = cox_grammar_kind(pattern);
    bool any = false;

    switch (kind) {
        case COX_GRAMMAR_OTHER:
        case COX_GRAMMAR_OPTIONAL:
        case COX_GRAMMAR_REPEAT_ANY:
            return true;
        case COX_GRAMMAR_ELEMENT:
        case COX_GRAMMAR_ATTRIBUTE: {
            struct cox_grammar_leaf leaf = { .pattern = pattern,
                                             .name = cox_grammar_name(pattern),
                                             .is_attribute = kind == COX_GRAMMAR_ATTRIBUTE };

            return is_present(explain, &leaf, true);
        }
        case COX_GRAMMAR_GROUP:
        case COX_GRAMMAR_REPEAT:
        case COX_GRAMMAR_CHOICE:
            break;
    }
    for (const xmlNode *part = cox_grammar_first(explain->grammar, pattern); part != NULL;
         part = cox_grammar_next(part)) {
        bool is_good = is_satisfied(explain, part);

        any = any || is_good;
        if (!is_good && kind != COX_GRAMMAR_CHOICE) {
            return false;
        }
    }
    return any || kind != COX_GRAMMAR_CHOICE;
}

/* The first thing that a pattern cannot do without, for people: "rsc", "element rule", "id or id-ref". */
static void
append_needed(const struct explain *explain, const xmlNode *pattern, GString *out)
{
    enum cox_grammar_kind kind = cox_grammar_kind(pattern);

    if (kind == COX_GRAMMAR_ATTRIBUTE || kind == COX_GRAMMAR_ELEMENT) {
        g_autofree char *item = g_strdup_printf("%s %s", kind == COX_GRAMMAR_ATTRIBUTE ? "attribute" : "element",
                                                cox_grammar_name(pattern));

        if (strstr(out->str, item) == NULL) {
            g_string_append_printf(out, "%s%s", out->len > 0 ? " or " : "", item);
        }
        return;
    }
    for (const xmlNode *part = cox_grammar_first(explain->grammar, pattern); part != NULL;
         part = cox_grammar_next(part)) {
        if (kind == COX_GRAMMAR_CHOICE) {
            append_needed(explain, part, out);
        } else if (!is_satisfied(explain, part)) {
            append_needed(explain, part, out);
            return;
        }
    }
}

/* The alternative of a choice that the element comes closest to, or NULL when it has nothing of any. */
static const xmlNode *
closest(const struct explain *explain, const xmlNode *choice)
{
    const xmlNode *best = NULL;
    guint best_n = 0;

    for (const xmlNode *part = cox_grammar_first(explain->grammar, choice); part != NULL;
         part = cox_grammar_next(part)) {
        guint n = count_present(explain, part);

        if (n > best_n) {
            best = part;
            best_n = n;
        }
    }
    return best;
}

/* Is an attribute of the pattern there with a value that does not fit? */
static bool
has_misfit(const struct explain *explain, const xmlNode *pattern)
{
    g_autoptr(GArray) leaves = cox_grammar_kind(pattern) == COX_GRAMMAR_ELEMENT
                                   ? g_array_new(FALSE, FALSE, sizeof(struct cox_grammar_leaf))
                                   : cox_grammar_leaves(explain->grammar, pattern);

    for (guint i = 0; i < leaves->len; i++) {
        const struct cox_grammar_leaf *leaf = leaf_at(leaves, i);

        if (leaf->is_attribute && is_present(explain, leaf, false) && !is_present(explain, leaf, true)) {
            return true;
        }
    }
    return false;
}

static void
explain_missing(struct explain *explain, const xmlNode *pattern)
{
    enum cox_grammar_kind kind = cox_grammar_kind(pattern);
    g_autoptr(GString) needed = NULL;

    if (is_satisfied(explain, pattern)) {
        return;
    }
    if (kind == COX_GRAMMAR_GROUP || kind == COX_GRAMMAR_REPEAT) {
        for (const xmlNode *part = cox_grammar_first(explain->grammar, pattern); part != NULL;
             part = cox_grammar_next(part)) {
            explain_missing(explain, part);
        }
        return;
    }
    if (kind == COX_GRAMMAR_CHOICE && closest(explain, pattern) != NULL) {
        explain_missing(explain, closest(explain, pattern));
        return;
    }
    if (has_misfit(explain, pattern)) {
        return; /* it is there, and its value has been complained about */
    }
    needed = g_string_new(NULL);
    append_needed(explain, pattern, needed);
    report(explain, "add what is missing", "%s is missing", needed->str);
}

/* Does the alternative allow everything of the choice that is there? */
static bool
covers(const struct explain *explain, const xmlNode *alternative, const GArray *all)
{
    g_autoptr(GArray) own = cox_grammar_kind(alternative) == COX_GRAMMAR_ELEMENT
                                ? g_array_new(FALSE, FALSE, sizeof(struct cox_grammar_leaf))
                                : cox_grammar_leaves(explain->grammar, alternative);

    for (guint i = 0; i < all->len; i++) {
        const struct cox_grammar_leaf *leaf = leaf_at(all, i);
        bool found = !is_present(explain, leaf, false)
                     || (!leaf->is_attribute && g_strcmp0(leaf->name, cox_grammar_name(alternative)) == 0);

        for (guint k = 0; k < own->len && !found; k++) {
            found = leaf_is(leaf_at(own, k), leaf->is_attribute, leaf->name) && is_present(explain, leaf_at(own, k), true);
        }
        if (!found) {
            return false;
        }
    }
    return true;
}

static void explain_choices(struct explain *explain, const xmlNode *pattern);

static void
explain_choice(struct explain *explain, const xmlNode *choice)
{
    g_autoptr(GArray) all = cox_grammar_leaves(explain->grammar, choice);
    g_autoptr(GString) names = g_string_new(NULL);
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

    for (const xmlNode *part = cox_grammar_first(explain->grammar, choice); part != NULL;
         part = cox_grammar_next(part)) {
        if (covers(explain, part, all)) {
            explain_choices(explain, part);
            return;
        }
    }
    for (guint i = 0; i < all->len; i++) {
        const struct cox_grammar_leaf *leaf = leaf_at(all, i);

        if (is_present(explain, leaf, false) && g_hash_table_add(seen, (gpointer) (guintptr) leaf->name)) {
            g_string_append_printf(names, "%s%s %s", names->len > 0 ? ", " : "",
                                   leaf->is_attribute ? "attribute" : "element", leaf->name);
        }
    }
    if (g_hash_table_size(seen) > 1) {
        report(explain, "keep one of them", "these do not go together: %s", names->str);
    }
}

/* All choices of the element at hand that are not repeated. */
static void
explain_choices(struct explain *explain, const xmlNode *pattern)
{
    enum cox_grammar_kind kind = cox_grammar_kind(pattern);

    if (pattern != explain->at.pattern && (kind == COX_GRAMMAR_ELEMENT || kind == COX_GRAMMAR_ATTRIBUTE)) {
        return;
    }
    for (const xmlNode *part = cox_grammar_first(explain->grammar, pattern); part != NULL;
         part = cox_grammar_next(part)) {
        switch (cox_grammar_kind(part)) {
            case COX_GRAMMAR_CHOICE:
                explain_choice(explain, part);
                break;
            case COX_GRAMMAR_GROUP:
            case COX_GRAMMAR_OPTIONAL:
                explain_choices(explain, part);
                break;
            case COX_GRAMMAR_OTHER:
            case COX_GRAMMAR_ELEMENT:
            case COX_GRAMMAR_ATTRIBUTE:
            case COX_GRAMMAR_REPEAT:
            case COX_GRAMMAR_REPEAT_ANY:
                break;
        }
    }
}

static void
explain_element(struct explain *explain)
{
    size_t before = explain->n_problems;

    explain->leaves = cox_grammar_leaves(explain->grammar, explain->at.pattern);
    for (const xmlAttr *attr = explain->at.node->properties; attr != NULL; attr = attr->next) {
        explain_attribute(explain, attr);
    }
    for (xmlNode *child = explain->at.node->children; child != NULL; child = child->next) {
        if (child->type == XML_ELEMENT_NODE) {
            explain_child(explain, child);
        }
    }
    for (guint i = 0; i < explain->leaves->len; i++) {
        if (!leaf_at(explain->leaves, i)->is_attribute) {
            explain_repeated(explain, leaf_at(explain->leaves, i));
        }
    }
    for (const xmlNode *part = cox_grammar_first(explain->grammar, explain->at.pattern); part != NULL;
         part = cox_grammar_next(part)) {
        explain_missing(explain, part);
    }
    if (before == explain->n_problems) {
        explain_choices(explain, explain->at.pattern);
    }
    g_array_free(explain->leaves, TRUE);
}

size_t
cox_schemaexplain(const struct cox_grammar *grammar, xmlNode *root, struct cox_diags *diags)
{
    struct explain explain = { .grammar = grammar, .diags = diags };
    struct task first = { .node = root, .pattern = cox_grammar_root(grammar) };

    explain.at = first;
    if (strcmp((const char *) root->name, cox_grammar_name(first.pattern)) != 0) {
        report(&explain, "give a whole configuration", "the document begins with '%s' instead of '%s'",
               (const char *) root->name, cox_grammar_name(first.pattern));
        return explain.n_problems;
    }
    explain.tasks = g_array_new(FALSE, FALSE, sizeof(struct task));
    g_array_append_val(explain.tasks, first);
    for (guint i = 0; i < explain.tasks->len && explain.n_problems < MAX_PROBLEMS; i++) {
        explain.at = g_array_index(explain.tasks, struct task, i);
        explain_element(&explain);
    }
    g_array_free(explain.tasks, TRUE);
    return explain.n_problems;
}
