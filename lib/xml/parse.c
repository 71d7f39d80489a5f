/* lib/xml/parse.c - the one place where libxml2's parser is driven: limits, refusals, streaming.  Layer 1.
 *
 * Handlers of our own stand before libxml2's tree builder (xmlSAX2...): they count, refuse a document type, drop white
 * space between elements, and turn /cib/status into events.
 */
#include "xml/parse_priv.h"

#include <stdint.h>
#include <string.h>

#include <libxml/SAX2.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>

#include "base/error.h"
#include "xml/xml_priv.h"

enum {
    STATUS_DEPTH = 2,
    READ_OPTIONS = XML_PARSE_NOENT | XML_PARSE_NONET | XML_PARSE_HUGE,
};

struct parse {
    struct cox_source *source;
    struct cox_xml_limits limits;
    struct cox_parse_wishes wishes;
    xmlParserCtxt *ctxt;
    unsigned depth;
    size_t nodes;
    bool is_cib;
    bool is_in_status;
    unsigned hollow_depth; /* of the element whose content is left out; 0: none */
    GPtrArray *attrs;  /* scratch: name, value, ..., NULL */
    GByteArray *values; /* scratch: the values, terminated */
    GError *error;
};

struct cox_xml_limits
cox_parse_limits(const struct cox_xml_limits *limits)
{
    struct cox_xml_limits result = { 0 };

    if (limits != NULL) {
        result = *limits;
    }
    result.bytes = result.bytes == 0 ? (size_t) 512 * 1024 * 1024 : result.bytes;
    result.depth = result.depth == 0 ? 256 : result.depth;
    result.nodes = result.nodes == 0 ? (size_t) 50 * 1000 * 1000 : result.nodes;
    return result;
}

static void
refuse(struct parse *p, const char *text)
{
    if (p->error == NULL) {
        g_set_error(&p->error, COX_ERROR, COX_ERROR_SYNTAX, "%s: line %d: %s", cox_source_name(p->source),
                    xmlSAX2GetLineNumber(p->ctxt), text);
    }
    xmlStopParser(p->ctxt);
}

static bool
is_within_limits(struct parse *p, int n_attributes)
{
    g_autofree char *text = NULL;

    if (p->depth > p->limits.depth) {
        text = g_strdup_printf("elements are nested deeper than %u levels; is this a cluster document?",
                               p->limits.depth);
    } else {
        p->nodes += 1 + (size_t) n_attributes;
        if (p->nodes > p->limits.nodes) {
            text = g_strdup_printf("more than %zu elements and attributes; make the document smaller", p->limits.nodes);
        }
    }
    if (text != NULL) {
        refuse(p, text);
    }
    return text == NULL;
}

static void
send_start(struct parse *p, const xmlChar *name, int n, const xmlChar **attributes)
{
    size_t total = 0;
    guint8 *at;

    for (int i = 0; i < n; i++) {
        total += (size_t) (attributes[5 * i + 4] - attributes[5 * i + 3]) + 1;
    }
    if (total > p->values->len) {
        g_byte_array_set_size(p->values, (guint) total);
    }
    g_ptr_array_set_size(p->attrs, 0);
    at = p->values->data;
    for (int i = 0; i < n; i++) {
        const xmlChar **a = attributes + (size_t) 5 * (size_t) i;
        size_t length = (size_t) (a[4] - a[3]);

        memcpy(at, a[3], length);
        at[length] = '\0';
        g_ptr_array_add(p->attrs, (gpointer) (uintptr_t) a[0]);
        g_ptr_array_add(p->attrs, at);
        at += length + 1;
    }
    g_ptr_array_add(p->attrs, NULL);
    if (!p->wishes.events->start(p->wishes.data, (const char *) name, (const char *const *) p->attrs->pdata,
                          xmlSAX2GetLineNumber(p->ctxt), &p->error)) {
        xmlStopParser(p->ctxt);
    }
}

static void
send_end(struct parse *p, const xmlChar *name)
{
    if (!p->wishes.events->end(p->wishes.data, (const char *) name, &p->error)) {
        xmlStopParser(p->ctxt);
    }
}

static bool
is_left_out(const struct parse *p)
{
    return p->is_in_status || p->hollow_depth != 0;
}

static void
on_start(void *user, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri, int n_namespaces,
         const xmlChar **namespaces, int n_attributes, int n_defaulted, const xmlChar **attributes)
{
    xmlParserCtxt *ctxt = user;
    struct parse *p = ctxt->_private;

    if (p->error != NULL) {
        return;
    }
    p->depth++;
    if (!is_within_limits(p, n_attributes)) {
        return;
    }
    if (p->is_in_status) {
        send_start(p, name, n_attributes, attributes);
        return;
    }
    if (p->hollow_depth != 0) {
        return;
    }
    xmlSAX2StartElementNs(ctxt, name, prefix, uri, n_namespaces, namespaces, n_attributes, n_defaulted, attributes);
    if (ctxt->node != NULL && ctxt->input != NULL) {
        int line = ctxt->input->line;

        /* libxml2 has 16 bits for the line; the rest goes into the 12 bits that nothing else uses. */
        ctxt->node->line = (unsigned short) (line & 0xffff);
        ctxt->node->extra = (unsigned short) ((line >> 16) & 0x0fff);
    }
    if (p->depth == 1) {
        p->is_cib = p->wishes.events != NULL && strcmp((const char *) name, "cib") == 0;
    } else if (p->is_cib && p->depth == STATUS_DEPTH && strcmp((const char *) name, "status") == 0) {
        p->is_in_status = true;
        send_start(p, name, n_attributes, attributes);
    }
    if (p->wishes.is_hollow != NULL && ctxt->node != NULL && p->wishes.is_hollow(cox_xml_of(ctxt->node))) {
        p->hollow_depth = p->depth;
    }
}

static void
on_end(void *user, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
    xmlParserCtxt *ctxt = user;
    struct parse *p = ctxt->_private;

    if (p->error != NULL) {
        return;
    }
    if (p->is_in_status) {
        send_end(p, name);
        p->is_in_status = p->depth > STATUS_DEPTH;
    }
    if (p->hollow_depth == p->depth) {
        p->hollow_depth = 0;
    }
    if (!p->is_in_status && p->hollow_depth == 0) {
        xmlSAX2EndElementNs(ctxt, name, prefix, uri);
    }
    p->depth--;
}

static void
on_text(void *user, const xmlChar *text, int length)
{
    xmlParserCtxt *ctxt = user;
    struct parse *p = ctxt->_private;
    bool follows_text = ctxt->node != NULL && ctxt->node->last != NULL && ctxt->node->last->type == XML_TEXT_NODE;

    if (p->error != NULL || is_left_out(p)) {
        return;
    }
    for (int i = 0; i < length && !follows_text; i++) {
        follows_text = strchr(" \t\r\n", text[i]) == NULL;
    }
    if (follows_text) {
        xmlSAX2Characters(ctxt, text, length);
    }
}

static void
on_cdata(void *user, const xmlChar *text, int length)
{
    xmlParserCtxt *ctxt = user;
    struct parse *p = ctxt->_private;

    if (p->error == NULL && !is_left_out(p)) {
        xmlSAX2CDataBlock(ctxt, text, length);
    }
}

static void
on_comment(void *user, const xmlChar *text)
{
    xmlParserCtxt *ctxt = user;
    struct parse *p = ctxt->_private;

    if (p->error == NULL && !is_left_out(p)) {
        xmlSAX2Comment(ctxt, text);
    }
}

static void
on_instruction(void *user, const xmlChar *target, const xmlChar *text)
{
    (void) user;
    (void) target;
    (void) text;
}

static void
on_doctype(void *user, const xmlChar *name, const xmlChar *external, const xmlChar *system)
{
    xmlParserCtxt *ctxt = user;

    (void) name;
    (void) external;
    (void) system;
    refuse(ctxt->_private, "has a document type declaration (<!DOCTYPE>), which is not accepted; remove it");
}

static void
on_error(void *user, xmlError *problem)
{
    xmlParserCtxt *ctxt = user;
    struct parse *p = ctxt->_private;
    g_autofree char *text = NULL;

    if (p->error != NULL || problem->level < XML_ERR_ERROR || problem->code == XML_ERR_USER_STOP) {
        return;
    }
    text = g_strdup(problem->message == NULL ? "not well-formed" : problem->message);
    g_strchomp(text);
    g_set_error(&p->error, COX_ERROR, COX_ERROR_SYNTAX, "%s: line %d: %s; correct the XML there",
                cox_source_name(p->source), problem->line, text);
}

static int
on_read(void *source, char *buffer, int size)
{
    return cox_source_read(source, buffer, size);
}

static void
take_handlers(xmlSAXHandler *sax)
{
    sax->startElementNs = on_start;
    sax->endElementNs = on_end;
    sax->characters = on_text;
    sax->ignorableWhitespace = on_text;
    sax->cdataBlock = on_cdata;
    sax->comment = on_comment;
    sax->processingInstruction = on_instruction;
    sax->internalSubset = on_doctype;
    sax->serror = on_error;
    sax->error = NULL;
    sax->warning = NULL;
}

struct cox_xmldoc *
cox_parse_run(struct cox_source *source, const struct cox_xml_limits *limits, const struct cox_parse_wishes *wishes, GError **error)
{
    struct parse p = { .source = source, .limits = cox_parse_limits(limits), .wishes = *wishes };
    const char *whole;
    size_t size = 0;
    xmlDoc *doc;

    p.ctxt = xmlNewParserCtxt();
    p.attrs = g_ptr_array_new();
    p.values = g_byte_array_new();
    p.ctxt->_private = &p;
    take_handlers(p.ctxt->sax);
    whole = cox_source_whole(source, &size);
    doc = whole != NULL ? xmlCtxtReadMemory(p.ctxt, whole, (int) size, NULL, NULL, READ_OPTIONS)
                        : xmlCtxtReadIO(p.ctxt, on_read, NULL, source, NULL, NULL, READ_OPTIONS);
    if (doc == NULL && p.ctxt->myDoc != NULL) {
        xmlFreeDoc(p.ctxt->myDoc);
        p.ctxt->myDoc = NULL;
    }
    xmlFreeParserCtxt(p.ctxt);
    g_ptr_array_free(p.attrs, TRUE);
    g_byte_array_free(p.values, TRUE);

    if (cox_source_error(source, error)) {
        g_clear_error(&p.error); /* only what followed from it */
    } else if (p.error != NULL) {
        g_propagate_error(error, p.error);
    } else if (doc == NULL || xmlDocGetRootElement(doc) == NULL) {
        g_set_error(error, COX_ERROR, COX_ERROR_SYNTAX, "%s: is empty; give an XML document", cox_source_name(source));
    } else {
        return cox_xmldoc_of(doc);
    }
    if (doc != NULL) {
        xmlFreeDoc(doc);
    }
    return NULL;
}
