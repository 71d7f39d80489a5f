/* lib/cib/tests/randomdoc.h - random documents for property tests.  For tests only. */
#ifndef COX_CIB_TESTS_RANDOMDOC_H
#define COX_CIB_TESTS_RANDOMDOC_H

#include "base/testkit.h"
#include "xml/xmldoc.h"
#include "xml/xmlwrite.h"

static inline void
random_attrs(GRand *rand, struct cox_xml *xml)
{
    static const char *const names[] = { "a", "b", "c", "value" };
    int n = g_rand_int_range(rand, 0, 4);

    for (int i = 0; i < n; i++) {
        char value[2] = { (char) ('0' + g_rand_int_range(rand, 0, 3)), '\0' };
        const char *name = names[g_rand_int_range(rand, 0, 4)];

        cox_xml_unset(xml, name);
        cox_xml_set(xml, name, value);
    }
}

static inline void
random_children(GRand *rand, struct cox_xml *parent, int depth)
{
    static const char *const names[] = { "x", "y", "z" };
    int n = g_rand_int_range(rand, 0, 6);

    for (int i = 0; i < n; i++) {
        struct cox_xml *xml = cox_xml_new_child(parent, names[g_rand_int_range(rand, 0, 3)]);
        char id[2] = { (char) ('p' + g_rand_int_range(rand, 0, 6)), '\0' };

        if (g_rand_int_range(rand, 0, 4) > 0) {
            cox_xml_set(xml, "id", id);
        }
        random_attrs(rand, xml);
        if (depth > 0) {
            random_children(rand, xml, depth - 1);
        }
        if (g_rand_int_range(rand, 0, 8) == 0) {
            const char *note = g_rand_boolean(rand) ? "<r><!--one--></r>" : "<r><!--two--></r>";
            g_autoptr(cox_xmldoc) doc = cox_xmldoc_parse_text(note, (size_t) -1, NULL, NULL);

            cox_xml_insert(parent, cox_xml_copy(cox_xml_first_node(cox_xmldoc_root(doc)), parent),
                           (size_t) g_rand_int_range(rand, 0, 5));
        }
    }
}

/** A small document with repeated names, ids, comments and attributes. */
static inline struct cox_xmldoc *
random_doc(GRand *rand)
{
    struct cox_xmldoc *doc = cox_xmldoc_new("cib");

    cox_xml_set(cox_xmldoc_root(doc), "epoch", "1");
    random_children(rand, cox_xmldoc_root(doc), 2);
    return doc;
}

/** A random element of a document, the root included. */
static inline struct cox_xml *
random_element(GRand *rand, struct cox_xml *root)
{
    int n = 0;
    struct cox_xml *xml = root;

    for (struct cox_xml *e = root; e != NULL; e = cox_xml_walk(e, root)) {
        n++;
    }
    for (n = g_rand_int_range(rand, 0, n); n > 0; n--) {
        xml = cox_xml_walk(xml, root);
    }
    return xml;
}

/** Change a copy of a document a little. */
static inline struct cox_xmldoc *
random_neighbour(GRand *rand, const struct cox_xmldoc *doc)
{
    struct cox_xmldoc *copy = cox_xmldoc_new_copy(cox_xmldoc_root(doc));
    struct cox_xml *root = cox_xmldoc_root(copy);

    for (int n = g_rand_int_range(rand, 0, 5); n > 0; n--) {
        struct cox_xml *xml = random_element(rand, root);

        switch (g_rand_int_range(rand, 0, 4)) {
        case 0:
            random_attrs(rand, xml);
            break;
        case 1:
            random_children(rand, xml, 1);
            break;
        case 2:
            if (xml != root) {
                cox_xml_free(xml);
            }
            break;
        default:
            if (xml != root) {
                struct cox_xml *parent = cox_xml_parent(xml);

                cox_xml_unlink(xml);
                cox_xml_insert(parent, xml, (size_t) g_rand_int_range(rand, 0, 6));
            }
            break;
        }
    }
    return copy;
}

#endif
