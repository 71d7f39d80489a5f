/* lib/xml/xml_priv.h - what our cursors are underneath; for files in lib/xml only. */
#ifndef COX_XML_XML_PRIV_H
#define COX_XML_XML_PRIV_H

#include <libxml/tree.h>

#include "xml/xml.h"
#include "xml/xmldoc.h"

/* Cursors are libxml2 nodes in disguise; const is dropped because libxml2 takes none. */
static inline xmlNode *
cox_xml_node(const struct cox_xml *xml)
{
    return (xmlNode *) (guintptr) xml;
}

static inline struct cox_xml *
cox_xml_of(const xmlNode *node)
{
    return (struct cox_xml *) (guintptr) node;
}

static inline xmlDoc *
cox_xmldoc_raw(const struct cox_xmldoc *doc)
{
    return (xmlDoc *) (guintptr) doc;
}

static inline struct cox_xmldoc *
cox_xmldoc_of(const xmlDoc *doc)
{
    return (struct cox_xmldoc *) (guintptr) doc;
}

/* A tree that was copied by libxml2: let it take no more memory than one that was parsed. */
void cox_xml_settle(xmlNode *top);

#endif
