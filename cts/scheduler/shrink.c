/*
 * cts/scheduler/shrink.c - a document whose plan breaks a law, made as small as it can be while it still breaks it.
 *
 * usage: shrink [-t SECONDS] [-l LAW] FILE   prints the small document; what it breaks goes to standard error
 *
 *   -t SECONDS  the time of the plan, since 1970 (default: that of the cases in the tree)
 *   -l LAW      the law to keep broken, as the messages name it before the colon (default: the first that is broken)
 *
 * One element after the other is taken out, with all that is in it, then attributes of constraints and operations, until nothing
 * more can go.  The document stays valid.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cib/schemas.h"
#include "doclaws.h"
#include "xml/xmlwrite.h"

enum { NOW = 1769601600, ROUNDS = 8 };

struct shrink {
    struct cox_xmldoc *doc;
    struct cox_schemas *schemas;
    struct doclaws_how how;
    char *law; /* with the colon */
};

/* Is the law broken by @doc?  A law is at the beginning of a line. */
static bool
is_broken(const struct shrink *shrink, const struct cox_xmldoc *doc, GString *problems)
{
    g_autofree char *later = g_strconcat("\n", shrink->law, NULL);

    return doclaws_check(doc, &shrink->how, problems, NULL)
           && (g_str_has_prefix(problems->str, shrink->law) || strstr(problems->str, later) != NULL);
}

static struct cox_xml *
element_at(const struct cox_xmldoc *doc, size_t place)
{
    struct cox_xml *root = cox_xmldoc_root(doc);
    struct cox_xml *xml = root;

    for (size_t i = 0; i < place && xml != NULL; i++) {
        xml = cox_xml_walk(xml, root);
    }
    return xml;
}

/* Keep @copy instead of the document if it still breaks the law, and is valid. */
static bool
keep(struct shrink *shrink, struct cox_xmldoc *copy)
{
    g_autoptr(GString) problems = g_string_new(NULL);

    if (!is_broken(shrink, copy, problems) || !cox_schemas_prepare(&copy, shrink->schemas, NULL, NULL)) {
        cox_xmldoc_free(copy);
        return false;
    }
    cox_xmldoc_free(shrink->doc);
    shrink->doc = copy;
    return true;
}

static bool
drop_elements(struct shrink *shrink)
{
    bool has_dropped = false;

    for (size_t place = 1; element_at(shrink->doc, place) != NULL;) {
        struct cox_xmldoc *copy = cox_xmldoc_new_copy(cox_xmldoc_root(shrink->doc));
        struct cox_xml *xml = element_at(copy, place);

        cox_xml_unlink(xml);
        cox_xml_free(xml);
        if (keep(shrink, copy)) {
            has_dropped = true;
        } else {
            place++;
        }
    }
    return has_dropped;
}

/* Group members, instances and the like in the place of what is around them. */
static bool
unwrap_elements(struct shrink *shrink)
{
    bool has_dropped = false;

    for (size_t place = 1; element_at(shrink->doc, place) != NULL; place++) {
        struct cox_xmldoc *copy = NULL;
        struct cox_xml *xml = element_at(shrink->doc, place);
        struct cox_xml *next = NULL;

        if (!cox_xml_is(xml, "group") && !cox_xml_is(xml, "clone")) {
            continue;
        }
        copy = cox_xmldoc_new_copy(cox_xmldoc_root(shrink->doc));
        xml = element_at(copy, place);
        for (struct cox_xml *child = cox_xml_first(xml); child != NULL; child = next) {
            next = cox_xml_next(child);
            if (cox_xml_is(child, "primitive") || cox_xml_is(child, "group")) {
                cox_xml_unlink(child);
                cox_xml_insert_before(cox_xml_parent(xml), child, xml);
            }
        }
        cox_xml_unlink(xml);
        cox_xml_free(xml);
        has_dropped = keep(shrink, copy) || has_dropped;
    }
    return has_dropped;
}

/* What is known of nodes and resources makes sense as a whole only. */
static bool
may_lose_attributes(const struct cox_xml *xml)
{
    return cox_xml_is(xml, "op") || g_str_has_prefix(cox_xml_name(xml), "rsc_") || cox_xml_is(xml, "resource_set");
}

static void
drop_attributes(struct shrink *shrink)
{
    for (size_t place = 0; element_at(shrink->doc, place) != NULL; place++) {
        g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
        const struct cox_xml *xml = element_at(shrink->doc, place);

        for (struct cox_xml_attr *attr = may_lose_attributes(xml) ? cox_xml_first_attr(xml) : NULL; attr != NULL; attr = cox_xml_next_attr(attr)) {
            g_ptr_array_add(names, g_strdup(cox_xml_attr_name(attr)));
        }
        for (guint i = 0; i < names->len; i++) {
            struct cox_xmldoc *copy = cox_xmldoc_new_copy(cox_xmldoc_root(shrink->doc));

            cox_xml_unset(element_at(copy, place), g_ptr_array_index(names, i));
            (void) keep(shrink, copy);
        }
    }
}

static void
print_small(const struct shrink *shrink)
{
    g_autoptr(GString) problems = g_string_new(NULL);
    g_autofree char *text = cox_xmlwrite_text(cox_xmldoc_root(shrink->doc), COX_XMLWRITE_FORMATTED);

    (void) is_broken(shrink, shrink->doc, problems);
    fprintf(stderr, "%s", problems->str);
    printf("%s", text);
}

static bool
shrink_file(struct shrink *shrink, const char *path, GError **error)
{
    g_autoptr(GString) problems = g_string_new(NULL);

    shrink->doc = cox_xmldoc_parse_file(path, NULL, error);
    if (shrink->doc == NULL || !cox_schemas_prepare(&shrink->doc, shrink->schemas, NULL, error)
        || !doclaws_check(shrink->doc, &shrink->how, problems, error)) {
        return false;
    }
    if (shrink->law == NULL) {
        shrink->law = g_strndup(problems->str, strcspn(problems->str, ":") + 1);
    }
    if (!is_broken(shrink, shrink->doc, problems)) {
        fprintf(stderr, "%s breaks no such law\n%s", path, problems->str);
        return true;
    }
    while (drop_elements(shrink) || unwrap_elements(shrink)) {
    }
    drop_attributes(shrink);
    print_small(shrink);
    return true;
}

int
main(int argc, char **argv)
{
    struct shrink shrink = { NULL, cox_schemas_new(g_getenv("COX_SCHEMA_DIRECTORY")), { cox_wall_from_seconds(NOW), ROUNDS }, NULL };
    g_autoptr(GError) error = NULL;
    int option = 0;

    while ((option = getopt(argc, argv, "t:l:")) != -1) {
        if (option == 't') {
            shrink.how.now = cox_wall_from_seconds(g_ascii_strtoll(optarg, NULL, 10));
        } else if (option == 'l') {
            shrink.law = g_strconcat(optarg, ":", NULL);
        } else {
            return EXIT_FAILURE;
        }
    }
    if (optind + 1 != argc) {
        fprintf(stderr, "usage: shrink [-t SECONDS] [-l LAW] FILE\n");
        return EXIT_FAILURE;
    }
    if (!shrink_file(&shrink, argv[optind], &error)) {
        fprintf(stderr, "%s: %s\n", argv[optind], error->message);
    }
    cox_schemas_free(shrink.schemas);
    cox_xmldoc_free(shrink.doc);
    g_free(shrink.law);
    return error != NULL;
}
