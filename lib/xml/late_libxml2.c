/* lib/xml/late_libxml2.c - libxml2, libxslt and libbz2, loaded when they are needed: for programs that often need none.  Layer 1.
 * Linked instead of these libraries (COX_LATE_LIBS); what lib/xml calls and is missing here is an error of the linker. */
#include <bzlib.h>
#include <libxml/SAX2.h>
#include <libxml/parser.h>
#include <libxml/relaxng.h>
#include <libxml/tree.h>
#include <libxml/xmlschemastypes.h>
#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>
#include <libxslt/security.h>
#include <libxslt/transform.h>
#include <libxslt/xsltutils.h>

#include "config.h"
#include "base/late.h"

#define BZIP COX_SONAME_BZ2
#define XML COX_SONAME_XML2
#define XSLT COX_SONAME_XSLT

static void
late_free(void *memory)
{
    static xmlFreeFunc *found;

    if (found == NULL) {
        found = (xmlFreeFunc *) cox_late_find(XML, "xmlFree");
    }
    (*found)(memory);
}

xmlFreeFunc xmlFree = late_free;

COX_LATE(BZIP, int, BZ2_bzCompress, (bz_stream *a, int b), (a, b))
COX_LATE(BZIP, int, BZ2_bzCompressEnd, (bz_stream *a), (a))
COX_LATE(BZIP, int, BZ2_bzCompressInit, (bz_stream *a, int b, int c, int d), (a, b, c, d))
COX_LATE(BZIP, int, BZ2_bzDecompress, (bz_stream *a), (a))
COX_LATE(BZIP, int, BZ2_bzDecompressEnd, (bz_stream *a), (a))
COX_LATE(BZIP, int, BZ2_bzDecompressInit, (bz_stream *a, int b, int c), (a, b, c))
COX_LATE(XML, xmlNodePtr, xmlAddChild, (xmlNodePtr a, xmlNodePtr b), (a, b))
COX_LATE(XML, xmlNodePtr, xmlAddPrevSibling, (xmlNodePtr a, xmlNodePtr b), (a, b))
COX_LATE(XML, xmlDocPtr, xmlCopyDoc, (xmlDocPtr a, int b), (a, b))
COX_LATE(XML, xmlDocPtr, xmlCtxtReadIO, (xmlParserCtxtPtr a, xmlInputReadCallback b, xmlInputCloseCallback c, void *d, const char *e,
          const char *f, int g),
         (a, b, c, d, e, f, g))
COX_LATE(XML, xmlDocPtr, xmlCtxtReadMemory, (xmlParserCtxtPtr a, const char *b, int c, const char *d, const char *e, int f),
         (a, b, c, d, e, f))
COX_LATE(XML, xmlDictPtr, xmlDictCreate, (void), ())
COX_LATE(XML, int, xmlDictOwns, (xmlDictPtr a, const xmlChar *b), (a, b))
COX_LATE(XML, xmlNodePtr, xmlDocCopyNode, (xmlNodePtr a, xmlDocPtr b, int c), (a, b, c))
COX_LATE(XML, xmlNodePtr, xmlDocGetRootElement, (const xmlDoc *a), (a))
COX_LATE(XML, xmlNodePtr, xmlDocSetRootElement, (xmlDocPtr a, xmlNodePtr b), (a, b))
COX_LATE(XML, void, xmlFreeDoc, (xmlDocPtr a), (a))
COX_LATE(XML, void, xmlFreeNode, (xmlNodePtr a), (a))
COX_LATE(XML, void, xmlFreeNodeList, (xmlNodePtr a), (a))
COX_LATE(XML, void, xmlFreeParserCtxt, (xmlParserCtxtPtr a), (a))
COX_LATE(XML, xmlAttrPtr, xmlHasProp, (const xmlNode *a, const xmlChar *b), (a, b))
COX_LATE(XML, xmlNodePtr, xmlNewCDataBlock, (xmlDocPtr a, const xmlChar *b, int c), (a, b, c))
COX_LATE(XML, xmlNodePtr, xmlNewChild, (xmlNodePtr a, xmlNsPtr b, const xmlChar *c, const xmlChar *d), (a, b, c, d))
COX_LATE(XML, xmlDocPtr, xmlNewDoc, (const xmlChar *a), (a))
COX_LATE(XML, xmlNodePtr, xmlNewDocNode, (xmlDocPtr a, xmlNsPtr b, const xmlChar *c, const xmlChar *d), (a, b, c, d))
COX_LATE(XML, xmlNodePtr, xmlNewDocText, (const xmlDoc *a, const xmlChar *b), (a, b))
COX_LATE(XML, xmlParserCtxtPtr, xmlNewParserCtxt, (void), ())
COX_LATE(XML, xmlAttrPtr, xmlNewProp, (xmlNodePtr a, const xmlChar *b, const xmlChar *c), (a, b, c))
COX_LATE(XML, xmlDocPtr, xmlReadMemory, (const char *a, int b, const char *c, const char *d, int e), (a, b, c, d, e))
COX_LATE(XML, void, xmlRelaxNGFree, (xmlRelaxNGPtr a), (a))
COX_LATE(XML, void, xmlRelaxNGFreeParserCtxt, (xmlRelaxNGParserCtxtPtr a), (a))
COX_LATE(XML, void, xmlRelaxNGFreeValidCtxt, (xmlRelaxNGValidCtxtPtr a), (a))
COX_LATE(XML, xmlRelaxNGParserCtxtPtr, xmlRelaxNGNewDocParserCtxt, (xmlDocPtr a), (a))
COX_LATE(XML, xmlRelaxNGValidCtxtPtr, xmlRelaxNGNewValidCtxt, (xmlRelaxNGPtr a), (a))
COX_LATE(XML, xmlRelaxNGPtr, xmlRelaxNGParse, (xmlRelaxNGParserCtxtPtr a), (a))
COX_LATE(XML, void, xmlRelaxNGSetParserStructuredErrors, (xmlRelaxNGParserCtxtPtr a, xmlStructuredErrorFunc b, void *c), (a, b, c))
COX_LATE(XML, void, xmlRelaxNGSetValidStructuredErrors, (xmlRelaxNGValidCtxtPtr a, xmlStructuredErrorFunc b, void *c), (a, b, c))
COX_LATE(XML, int, xmlRelaxNGValidateDoc, (xmlRelaxNGValidCtxtPtr a, xmlDocPtr b), (a, b))
COX_LATE(XML, int, xmlRemoveProp, (xmlAttrPtr a), (a))
COX_LATE(XML, xmlNodePtr, xmlReplaceNode, (xmlNodePtr a, xmlNodePtr b), (a, b))
COX_LATE(XML, void, xmlSAX2CDataBlock, (void *a, const xmlChar *b, int c), (a, b, c))
COX_LATE(XML, void, xmlSAX2Characters, (void *a, const xmlChar *b, int c), (a, b, c))
COX_LATE(XML, void, xmlSAX2Comment, (void *a, const xmlChar *b), (a, b))
COX_LATE(XML, void, xmlSAX2EndElementNs, (void *a, const xmlChar *b, const xmlChar *c, const xmlChar *d), (a, b, c, d))
COX_LATE(XML, int, xmlSAX2GetLineNumber, (void *a), (a))
COX_LATE(XML, void, xmlSAX2StartElementNs, (void *a, const xmlChar *b, const xmlChar *c, const xmlChar *d, int e, const xmlChar **f, int g,
          int h, const xmlChar **i),
         (a, b, c, d, e, f, g, h, i))
COX_LATE(XML, xmlSchemaTypePtr, xmlSchemaGetPredefinedType, (const xmlChar *a, const xmlChar *b), (a, b))
COX_LATE(XML, int, xmlSchemaValidatePredefinedType, (xmlSchemaTypePtr a, const xmlChar *b, xmlSchemaValPtr *c), (a, b, c))
COX_LATE(XML, xmlAttrPtr, xmlSetProp, (xmlNodePtr a, const xmlChar *b, const xmlChar *c), (a, b, c))
COX_LATE(XML, void, xmlStopParser, (xmlParserCtxtPtr a), (a))
COX_LATE(XML, void, xmlUnlinkNode, (xmlNodePtr a), (a))
COX_LATE(XML, xmlXPathObjectPtr, xmlXPathEval, (const xmlChar *a, xmlXPathContextPtr b), (a, b))
COX_LATE(XML, void, xmlXPathFreeContext, (xmlXPathContextPtr a), (a))
COX_LATE(XML, void, xmlXPathFreeObject, (xmlXPathObjectPtr a), (a))
COX_LATE(XML, xmlXPathContextPtr, xmlXPathNewContext, (xmlDocPtr a), (a))
COX_LATE(XML, void, xmlXPathNodeSetSort, (xmlNodeSetPtr a), (a))
COX_LATE(XSLT, xmlDocPtr, xsltApplyStylesheetUser, (xsltStylesheetPtr a, xmlDocPtr b, const char **c, const char *d, FILE *e,
          xsltTransformContextPtr f),
         (a, b, c, d, e, f))
COX_LATE(XSLT, void, xsltFreeSecurityPrefs, (xsltSecurityPrefsPtr a), (a))
COX_LATE(XSLT, void, xsltFreeStylesheet, (xsltStylesheetPtr a), (a))
COX_LATE(XSLT, void, xsltFreeTransformContext, (xsltTransformContextPtr a), (a))
COX_LATE(XSLT, xsltSecurityPrefsPtr, xsltNewSecurityPrefs, (void), ())
COX_LATE(XSLT, xsltTransformContextPtr, xsltNewTransformContext, (xsltStylesheetPtr a, xmlDocPtr b), (a, b))
COX_LATE(XSLT, xsltStylesheetPtr, xsltParseStylesheetDoc, (xmlDocPtr a), (a))
COX_LATE(XSLT, int, xsltSecurityForbid, (xsltSecurityPrefsPtr a, xsltTransformContextPtr b, const char *c), (a, b, c))
COX_LATE(XSLT, int, xsltSetCtxtSecurityPrefs, (xsltSecurityPrefsPtr a, xsltTransformContextPtr b), (a, b))
COX_LATE(XSLT, int, xsltSetSecurityPrefs, (xsltSecurityPrefsPtr a, xsltSecurityOption b, xsltSecurityCheck c), (a, b, c))
COX_LATE(XSLT, void, xsltSetTransformErrorFunc, (xsltTransformContextPtr a, void *b, xmlGenericErrorFunc c), (a, b, c))
