/* lib/xml/plain.c - the plainest XML, read without libxml2's parser.  Layer 1. */
#include "xml/plain_priv.h"

#include <string.h>
#include <glib.h>

#include "xml/xml_priv.h"

struct plain {
    char *at; /* in a copy that ends with a zero, in which names and values get ends of their own */
    unsigned line, depth;
    xmlDoc *doc;
    xmlNode *open; /* the innermost element that is open */
};

static bool
is_name_start(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool
is_name(char c)
{
    return is_name_start(c) || (c >= '0' && c <= '9') || c == '-' || c == '.';
}

/* Was there any? */
static bool
skip_blanks(struct plain *p)
{
    const char *from = p->at;

    for (; *p->at == ' ' || *p->at == '\n' || *p->at == '\t'; p->at++) {
        p->line += *p->at == '\n';
    }
    return p->at > from;
}

/* The name here, or NULL; its end is to be marked when what follows has been looked at. */
static char *
take_name(struct plain *p)
{
    char *name = p->at;

    if (!is_name_start(*name)) {
        return NULL;
    }
    while (is_name(*p->at)) {
        p->at++;
    }
    return name;
}

/* The value here, with its end marked, or NULL. */
static char *
take_value(struct plain *p)
{
    char quote = *p->at;
    char *value = p->at + 1, *end = value;

    if (quote != '"' && quote != '\'') {
        return NULL;
    }
    while (*end >= ' ' && *end <= '~' && *end != quote && *end != '<' && *end != '&') {
        end++;
    }
    if (*end != quote) {
        return NULL;
    }
    *end = '\0';
    p->at = end + 1;
    return value;
}

static bool
has_attribute(const xmlNode *node, const char *name)
{
    for (const xmlAttr *attr = node->properties; attr != NULL; attr = attr->next) {
        if (strcmp((const char *) attr->name, name) == 0) {
            return true;
        }
    }
    return false;
}

/* After a blank: another attribute of @node. */
static bool
take_attribute(struct plain *p, xmlNode *node)
{
    char *name = take_name(p), *end = p->at, *value;

    if (name == NULL) {
        return false;
    }
    (void) skip_blanks(p);
    if (*p->at++ != '=') {
        return false;
    }
    (void) skip_blanks(p);
    *end = '\0';
    value = take_value(p);
    if (value == NULL || g_str_has_prefix(name, "xml") || has_attribute(node, name)) {
        return false;
    }
    return xmlNewProp(node, (const xmlChar *) name, (const xmlChar *) value) != NULL;
}

static void
put_below(struct plain *p, xmlNode *node)
{
    if (p->open == NULL) {
        xmlDocSetRootElement(p->doc, node);
    } else {
        xmlAddChild(p->open, node);
    }
}

/* After '<': a start tag with its attributes; what it opens is open now. */
static bool
take_start(struct plain *p)
{
    char *name = take_name(p), *end = p->at, what;
    bool has_blank = skip_blanks(p);
    xmlNode *node;

    what = *end;
    if (name == NULL || (!has_blank && what != '>' && what != '/') || p->depth == COX_PLAIN_MAX_DEPTH) {
        return false;
    }
    *end = '\0';
    node = xmlNewDocNode(p->doc, NULL, (const xmlChar *) name, NULL);
    *end = what;
    put_below(p, node);
    while (*p->at != '>' && *p->at != '/') {
        if (!has_blank || !take_attribute(p, node)) {
            return false;
        }
        has_blank = skip_blanks(p);
    }
    node->line = (unsigned short) p->line;
    if (*p->at++ == '>') {
        p->open = node;
        p->depth++;
        return true;
    }
    return *p->at++ == '>';
}

/* After "</". */
static bool
take_end(struct plain *p)
{
    const char *name = take_name(p), *end = p->at;

    if (name == NULL || p->open == NULL || strlen((const char *) p->open->name) != (size_t) (end - name)
        || memcmp(p->open->name, name, (size_t) (end - name)) != 0) {
        return false;
    }
    (void) skip_blanks(p);
    p->open = p->depth > 1 ? p->open->parent : NULL;
    p->depth--;
    return *p->at++ == '>';
}

/* One element after the other until the first is closed, and nothing behind it. */
static bool
take_document(struct plain *p)
{
    do {
        (void) skip_blanks(p);
        if (*p->at++ != '<') {
            return false;
        }
        if (*p->at == '/') {
            p->at++;
            if (!take_end(p)) {
                return false;
            }
        } else if (!take_start(p)) {
            return false;
        }
    } while (p->open != NULL);
    (void) skip_blanks(p);
    return true;
}

struct cox_xmldoc *
cox_plain_parse(const char *text, size_t size)
{
    g_autofree char *copy = NULL;
    struct plain p = { .line = 1 };

    if (size == 0 || size > COX_PLAIN_MAX_BYTES) {
        return NULL;
    }
    copy = g_malloc(size + 1);
    memcpy(copy, text, size);
    copy[size] = '\0';
    p.at = copy;
    p.doc = xmlNewDoc((const xmlChar *) "1.0");
    if (!take_document(&p) || p.at != copy + size) {
        xmlFreeDoc(p.doc);
        return NULL;
    }
    return cox_xmldoc_of(p.doc);
}
