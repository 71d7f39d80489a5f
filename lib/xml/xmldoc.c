/* lib/xml/xmldoc.c - a whole document: new, parsed within limits, freed.  Layer 1. */
#include "xml/xmldoc.h"

#include <string.h>

#include "base/error.h"
#include "xml/parse_priv.h"
#include "xml/plain_priv.h"
#include "xml/xml_priv.h"

/* With a dictionary, as documents have that were parsed: a name that thousands of attributes have is there once. */
static xmlDoc *
new_doc(void)
{
    xmlDoc *doc = xmlNewDoc((const xmlChar *) "1.0");

    doc->dict = xmlDictCreate();
    return doc;
}

struct cox_xmldoc *
cox_xmldoc_new(const char *root_name)
{
    xmlDoc *doc = new_doc();

    xmlDocSetRootElement(doc, xmlNewDocNode(doc, NULL, (const xmlChar *) root_name, NULL));
    return cox_xmldoc_of(doc);
}

struct cox_xmldoc *
cox_xmldoc_new_copy(const struct cox_xml *xml)
{
    xmlDoc *doc = new_doc();
    xmlNode *root = xmlDocCopyNode(cox_xml_node(xml), doc, 1);

    COX_BUG_ON(root == NULL);
    cox_xml_settle(root);
    xmlDocSetRootElement(doc, root);
    return cox_xmldoc_of(doc);
}

void
cox_xmldoc_free(struct cox_xmldoc *doc)
{
    if (doc != NULL) {
        xmlFreeDoc(cox_xmldoc_raw(doc));
    }
}

struct cox_xml *
cox_xmldoc_root(const struct cox_xmldoc *doc)
{
    return cox_xml_of(xmlDocGetRootElement(cox_xmldoc_raw(doc)));
}

void
cox_xmldoc_set_root(struct cox_xmldoc *doc, struct cox_xml *xml)
{
    xmlNode *old = xmlDocSetRootElement(cox_xmldoc_raw(doc), cox_xml_node(xml));

    if (old != NULL) {
        xmlFreeNode(old);
    }
}

static struct cox_xmldoc *
parse(struct cox_source *taken, const struct cox_xml_limits *limits, GError **error)
{
    const struct cox_parse_wishes none = { 0 };
    g_autoptr(cox_source) source = taken;

    return source == NULL ? NULL : cox_parse_run(source, limits, &none, error);
}

struct cox_xmldoc *
cox_xmldoc_parse_file(const char *path, const struct cox_xml_limits *limits, GError **error)
{
    return parse(cox_source_open(path, cox_parse_limits(limits).bytes, error), limits, error);
}

struct cox_xmldoc *
cox_xmldoc_parse_fd(int fd, const char *name, const struct cox_xml_limits *limits, GError **error)
{
    return parse(cox_source_from_fd(fd, name, cox_parse_limits(limits).bytes, error), limits, error);
}

struct cox_xmldoc *
cox_xmldoc_parse_stdio(FILE *stream, const char *name, const struct cox_xml_limits *limits, GError **error)
{
    return parse(cox_source_from_stdio(stream, name, cox_parse_limits(limits).bytes), limits, error);
}

struct cox_xmldoc *
cox_xmldoc_parse_text(const char *text, size_t length, const struct cox_xml_limits *limits, GError **error)
{
    size_t size = length == (size_t) -1 ? strlen(text) : length;
    struct cox_xmldoc *plain = limits == NULL ? cox_plain_parse(text, size) : NULL;

    return plain != NULL ? plain : parse(cox_source_from_text(text, size, cox_parse_limits(limits).bytes), limits, error);
}

struct cox_xmldoc *
cox_xmldoc_parse_hollow(const char *text, size_t length, cox_xmldoc_hollow_fn is_hollow, GError **error)
{
    const struct cox_parse_wishes wishes = { .is_hollow = is_hollow };
    size_t size = length == (size_t) -1 ? strlen(text) : length;
    g_autoptr(cox_source) source = cox_source_from_text(text, size, cox_parse_limits(NULL).bytes);

    return cox_parse_run(source, NULL, &wishes, error);
}
