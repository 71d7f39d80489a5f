/* lib/xml/xpath.c - find elements by an XPath expression.  Layer 1. */
#include "xml/xpath.h"

#include <string.h>

#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>

#include "base/error.h"
#include "xml/xml_priv.h"

enum { MAX_STEPS = 50 * 1000 * 1000 };

static void
stay_silent(void *data, xmlError *problem)
{
    (void) data;
    (void) problem;
}

static struct cox_xml *
element_around(xmlNode *node)
{
    if (node->type == XML_DOCUMENT_NODE) {
        return cox_xml_of(xmlDocGetRootElement((xmlDoc *) node));
    }
    if (node->type == XML_NAMESPACE_DECL) {
        return NULL;
    }
    if (node->type != XML_ELEMENT_NODE) {
        node = node->parent;
    }
    return node != NULL && node->type == XML_ELEMENT_NODE ? cox_xml_of(node) : NULL;
}

static GPtrArray *
collect(xmlNodeSet *set)
{
    GPtrArray *found = g_ptr_array_new();
    g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);

    if (set != NULL) {
        xmlXPathNodeSetSort(set);
    }
    for (int i = 0; set != NULL && i < set->nodeNr; i++) {
        struct cox_xml *xml = element_around(set->nodeTab[i]);

        if (xml != NULL && g_hash_table_add(seen, xml)) {
            g_ptr_array_add(found, xml);
        }
    }
    return found;
}

GPtrArray *
cox_xpath_find(const struct cox_xml *xml, const char *expression, GError **error)
{
    xmlXPathContext *context;
    xmlXPathObject *object;
    GPtrArray *found = NULL;

    if (strlen(expression) > COX_XPATH_MAX_BYTES) {
        g_set_error(error, COX_ERROR, COX_ERROR_SYNTAX, "XPath expression of %zu bytes is longer than %d; shorten it",
                    strlen(expression), COX_XPATH_MAX_BYTES);
        return NULL;
    }
    context = xmlXPathNewContext(cox_xml_node(xml)->doc);
    context->node = cox_xml_node(xml);
    context->error = stay_silent;
    context->opLimit = MAX_STEPS;
    object = xmlXPathEval((const xmlChar *) expression, context);
    if (object != NULL && object->type == XPATH_NODESET) {
        found = collect(object->nodesetval);
    } else {
        g_set_error(error, COX_ERROR, COX_ERROR_SYNTAX, "'%s' is not an XPath expression that selects elements; correct it",
                    expression);
    }
    xmlXPathFreeObject(object);
    xmlXPathFreeContext(context);
    return found;
}

struct cox_xml *
cox_xpath_first(const struct cox_xml *xml, const char *expression)
{
    g_autoptr(GPtrArray) found = cox_xpath_find(xml, expression, NULL);

    return found == NULL || found->len == 0 ? NULL : g_ptr_array_index(found, 0);
}

char *
cox_xpath_of(const struct cox_xml *xml)
{
    GString *path = g_string_new(NULL);

    for (; xml != NULL; xml = cox_xml_parent(xml)) {
        g_autofree char *step = NULL;
        const char *id = cox_xml_id(xml);

        step = id == NULL ? g_strdup_printf("/%s", cox_xml_name(xml))
                          : g_strdup_printf("/%s[@id='%s']", cox_xml_name(xml), id);
        g_string_prepend(path, step);
    }
    return g_string_free(path, FALSE);
}
