/* lib/xml/schemaids.c - ids are unique and references lead somewhere.  Layer 1. */
#include "xml/schemaids_priv.h"

#include <string.h>

/* What one element name may carry; an element has at most a few such attributes. */
struct marks {
    GPtrArray *ids;        /* attribute names, borrowed from the grammar's file */
    GPtrArray *references; /* likewise */
};

struct cox_schemaids {
    GHashTable *elements; /* name -> struct marks */
};

static void
marks_free(gpointer data)
{
    struct marks *marks = data;

    g_ptr_array_free(marks->ids, TRUE);
    g_ptr_array_free(marks->references, TRUE);
    g_free(marks);
}

static struct marks *
marks_of(struct cox_schemaids *ids, const char *element)
{
    struct marks *marks = g_hash_table_lookup(ids->elements, element);

    if (marks == NULL) {
        marks = g_new0(struct marks, 1);
        marks->ids = g_ptr_array_new();
        marks->references = g_ptr_array_new();
        g_hash_table_insert(ids->elements, (gpointer) (guintptr) element, marks);
    }
    return marks;
}

static void
add_once(GPtrArray *names, const char *name)
{
    if (!g_ptr_array_find_with_equal_func(names, name, g_str_equal, NULL)) {
        g_ptr_array_add(names, (gpointer) (guintptr) name);
    }
}

/* The id and reference attributes of one element pattern. */
static void
collect_element(struct cox_schemaids *ids, const struct cox_grammar *grammar, const xmlNode *element)
{
    const char *name = cox_grammar_name(element);
    g_autoptr(GArray) leaves = NULL;

    if (name == NULL) {
        return;
    }
    leaves = cox_grammar_leaves(grammar, element);
    for (guint i = 0; i < leaves->len; i++) {
        const struct cox_grammar_leaf *leaf = &g_array_index(leaves, struct cox_grammar_leaf, i);
        const char *type = leaf->is_attribute ? cox_grammar_type(grammar, leaf->pattern) : NULL;

        if (g_strcmp0(type, "ID") == 0) {
            add_once(marks_of(ids, name)->ids, leaf->name);
        } else if (g_strcmp0(type, "IDREF") == 0) {
            add_once(marks_of(ids, name)->references, leaf->name);
        }
    }
}

struct cox_schemaids *
cox_schemaids_take(struct cox_grammar *grammar)
{
    struct cox_schemaids *ids = g_new0(struct cox_schemaids, 1);
    xmlNode *root = xmlDocGetRootElement(cox_grammar_doc(grammar));

    ids->elements = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, marks_free);
    for (struct cox_xml *xml = (struct cox_xml *) (guintptr) root; xml != NULL;
         xml = cox_xml_walk(xml, (struct cox_xml *) (guintptr) root)) {
        if (cox_xml_is(xml, "element")) {
            collect_element(ids, grammar, (const xmlNode *) (guintptr) xml);
        }
    }
    for (struct cox_xml *xml = (struct cox_xml *) (guintptr) root; xml != NULL;
         xml = cox_xml_walk(xml, (struct cox_xml *) (guintptr) root)) {
        const char *type = cox_xml_is(xml, "data") ? cox_xml_get(xml, "type") : NULL;

        if (g_strcmp0(type, "ID") == 0 || g_strcmp0(type, "IDREF") == 0) {
            cox_xml_set(xml, "type", "NCName");
        }
    }
    return ids;
}

void
cox_schemaids_free(struct cox_schemaids *ids)
{
    if (ids != NULL) {
        g_hash_table_destroy(ids->elements);
        g_free(ids);
    }
}

/* One check of one document. */
struct check {
    GHashTable *seen;      /* id -> element */
    GPtrArray *references; /* element, attribute name, element, ... */
    struct cox_diags *diags;
    bool is_good;
};

static void
report_twice(struct check *check, const struct cox_xml *xml, const char *id, const struct cox_xml *first)
{
    g_autofree char *text = g_strdup_printf("element %s: Relax-NG validity error : id '%s' is used twice, first by "
                                            "the %s in line %d", cox_xml_name(xml), id, cox_xml_name(first),
                                            cox_xml_line(first));
    struct cox_diag diag = { .severity = COX_SEVERITY_ERROR,
                             .object = id,
                             .text = text,
                             .remedy = "give one of them another id",
                             .line = cox_xml_line(xml) };

    check->is_good = false;
    cox_diags_add_at(check->diags, &diag);
}

static void
report_dangling(struct check *check, const struct cox_xml *xml, const char *attribute)
{
    g_autofree char *text = g_strdup_printf("element %s: Relax-NG validity error : attribute %s refers to '%s', "
                                            "which does not exist", cox_xml_name(xml), attribute,
                                            cox_xml_get(xml, attribute));
    struct cox_diag diag = { .severity = COX_SEVERITY_ERROR,
                             .object = cox_xml_id(xml),
                             .text = text,
                             .remedy = "correct the id, or remove what refers to it",
                             .line = cox_xml_line(xml) };

    check->is_good = false;
    cox_diags_add_at(check->diags, &diag);
}

static void
visit(struct check *check, const struct marks *marks, struct cox_xml *xml)
{
    for (guint i = 0; i < marks->ids->len; i++) {
        const char *id = cox_xml_get(xml, g_ptr_array_index(marks->ids, i));
        const struct cox_xml *first = NULL;

        if (id == NULL) {
            continue;
        }
        first = g_hash_table_lookup(check->seen, id);
        if (first == NULL) {
            g_hash_table_insert(check->seen, (gpointer) (guintptr) id, xml);
        } else {
            report_twice(check, xml, id, first);
        }
    }
    for (guint i = 0; i < marks->references->len; i++) {
        gpointer name = g_ptr_array_index(marks->references, i);

        if (cox_xml_get(xml, name) != NULL) {
            g_ptr_array_add(check->references, xml);
            g_ptr_array_add(check->references, name);
        }
    }
}

/* The element after @xml that is not inside @except. */
static struct cox_xml *
walk_around(struct cox_xml *xml, const struct cox_xml *root, const struct cox_xml *except)
{
    struct cox_xml *next = cox_xml_walk(xml, root);

    if (next == NULL || next != except) {
        return next;
    }
    while (next != NULL && next != root && cox_xml_next(next) == NULL) {
        next = cox_xml_parent(next);
    }
    return (next == NULL || next == root) ? NULL : cox_xml_next(next);
}

bool
cox_schemaids_check(const struct cox_schemaids *ids, const struct cox_xml *root, const struct cox_xml *except,
                    struct cox_diags *diags)
{
    struct check check = { .seen = g_hash_table_new(g_str_hash, g_str_equal),
                           .references = g_ptr_array_new(),
                           .diags = diags,
                           .is_good = true };

    for (struct cox_xml *xml = (struct cox_xml *) (guintptr) root; xml != NULL;
         xml = walk_around(xml, root, except)) {
        const struct marks *marks = g_hash_table_lookup(ids->elements, cox_xml_name(xml));

        if (marks != NULL) {
            visit(&check, marks, xml);
        }
        if (!check.is_good && diags == NULL) {
            break;
        }
    }
    for (guint i = 0; i < check.references->len; i += 2) {
        const struct cox_xml *xml = g_ptr_array_index(check.references, i);
        const char *attribute = g_ptr_array_index(check.references, i + 1);

        if (!g_hash_table_contains(check.seen, cox_xml_get(xml, attribute))) {
            report_dangling(&check, xml, attribute);
        }
    }
    g_hash_table_destroy(check.seen);
    g_ptr_array_free(check.references, TRUE);
    return check.is_good;
}
