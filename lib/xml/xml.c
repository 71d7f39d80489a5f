/* lib/xml/xml.c - a cursor on one element of a document: read, change, walk.  Layer 1. */
#include "xml/xml.h"

#include <string.h>

#include "base/error.h"
#include "xml/xml_priv.h"

static const char *
attr_text(const xmlAttr *attr)
{
    /* The parser and xmlSetProp both leave exactly one text node. */
    if (attr->children == NULL || attr->children->content == NULL) {
        return "";
    }
    return (const char *) attr->children->content;
}

static xmlAttr *
find_attr(const struct cox_xml *xml, const char *name)
{
    for (xmlAttr *attr = cox_xml_node(xml)->properties; attr != NULL; attr = attr->next) {
        if (strcmp((const char *) attr->name, name) == 0) {
            return attr;
        }
    }
    return NULL;
}

const char *
cox_xml_name(const struct cox_xml *xml)
{
    return (const char *) cox_xml_node(xml)->name;
}

bool
cox_xml_is(const struct cox_xml *xml, const char *name)
{
    return xml != NULL && strcmp(cox_xml_name(xml), name) == 0;
}

const char *
cox_xml_get(const struct cox_xml *xml, const char *name)
{
    const xmlAttr *attr = find_attr(xml, name);

    return attr == NULL ? NULL : attr_text(attr);
}

const char *
cox_xml_id(const struct cox_xml *xml)
{
    return cox_xml_get(xml, "id");
}

/*
 * The parser keeps a value of up to 15 bytes inside its node, in a field that texts do not use; copying makes each a piece of memory of
 * its own, which takes 32.  Most of a document is such values.
 */
static void
keep_inside(xmlNode *text)
{
    size_t size = text->content == NULL ? 0 : strlen((const char *) text->content) + 1;
    const xmlDict *dict = text->doc == NULL ? NULL : text->doc->dict;
    xmlChar *before = text->content;

    if (text->type != XML_TEXT_NODE || size == 0 || size > 2 * sizeof(void *) || before == (xmlChar *) &text->properties
        || (dict != NULL && xmlDictOwns((xmlDict *) (guintptr) dict, before))) {
        return;
    }
    memcpy(&text->properties, before, size);
    text->content = (xmlChar *) &text->properties;
    xmlFree(before);
}

void
cox_xml_set(struct cox_xml *xml, const char *name, const char *value)
{
    xmlAttr *attr;

    if (value == NULL) {
        cox_xml_unset(xml, name);
        return;
    }
    attr = find_attr(xml, name);
    if (attr != NULL && strcmp(attr_text(attr), value) == 0) {
        return; /* who has the value from us may keep it */
    }
    attr = attr == NULL ? xmlNewProp(cox_xml_node(xml), (const xmlChar *) name, (const xmlChar *) value)
                        : xmlSetProp(cox_xml_node(xml), (const xmlChar *) name, (const xmlChar *) value);
    if (attr != NULL && attr->children != NULL) {
        keep_inside(attr->children);
    }
}

bool
cox_xml_unset(struct cox_xml *xml, const char *name)
{
    xmlAttr *attr = find_attr(xml, name);

    if (attr == NULL) {
        return false;
    }
    xmlRemoveProp(attr);
    return true;
}

struct cox_xml_attr *
cox_xml_first_attr(const struct cox_xml *xml)
{
    return (struct cox_xml_attr *) (void *) cox_xml_node(xml)->properties;
}

struct cox_xml_attr *
cox_xml_next_attr(const struct cox_xml_attr *attr)
{
    return (struct cox_xml_attr *) (void *) ((const xmlAttr *) (const void *) attr)->next;
}

const char *
cox_xml_attr_name(const struct cox_xml_attr *attr)
{
    return (const char *) ((const xmlAttr *) (const void *) attr)->name;
}

const char *
cox_xml_attr_value(const struct cox_xml_attr *attr)
{
    return attr_text((const xmlAttr *) (const void *) attr);
}

static struct cox_xml *
element_from(xmlNode *node)
{
    while (node != NULL && node->type != XML_ELEMENT_NODE) {
        node = node->next;
    }
    return cox_xml_of(node);
}

static struct cox_xml *
element_back_from(xmlNode *node)
{
    while (node != NULL && node->type != XML_ELEMENT_NODE) {
        node = node->prev;
    }
    return cox_xml_of(node);
}

struct cox_xml *
cox_xml_first(const struct cox_xml *parent)
{
    return parent == NULL ? NULL : element_from(cox_xml_node(parent)->children);
}

struct cox_xml *
cox_xml_last(const struct cox_xml *parent)
{
    return parent == NULL ? NULL : element_back_from(cox_xml_node(parent)->last);
}

struct cox_xml *
cox_xml_next(const struct cox_xml *xml)
{
    return element_from(cox_xml_node(xml)->next);
}

struct cox_xml *
cox_xml_prev(const struct cox_xml *xml)
{
    return element_back_from(cox_xml_node(xml)->prev);
}

struct cox_xml *
cox_xml_parent(const struct cox_xml *xml)
{
    xmlNode *parent = cox_xml_node(xml)->parent;

    return parent != NULL && parent->type == XML_ELEMENT_NODE ? cox_xml_of(parent) : NULL;
}

struct cox_xml *
cox_xml_walk(const struct cox_xml *xml, const struct cox_xml *top)
{
    struct cox_xml *next = cox_xml_first(xml);

    while (next == NULL && xml != top && xml != NULL) {
        next = cox_xml_next(xml);
        xml = cox_xml_parent(xml);
    }
    return next;
}

struct cox_xml *
cox_xml_child(const struct cox_xml *parent, const char *name)
{
    struct cox_xml *child = cox_xml_first(parent);

    while (child != NULL && name != NULL && !cox_xml_is(child, name)) {
        child = cox_xml_next(child);
    }
    return child;
}

struct cox_xml *
cox_xml_next_named(const struct cox_xml *xml, const char *name)
{
    struct cox_xml *next = cox_xml_next(xml);

    while (next != NULL && name != NULL && !cox_xml_is(next, name)) {
        next = cox_xml_next(next);
    }
    return next;
}

struct cox_xml *
cox_xml_child_with_id(const struct cox_xml *parent, const char *name, const char *id)
{
    struct cox_xml *child = cox_xml_child(parent, name);

    while (child != NULL && id != NULL && g_strcmp0(cox_xml_id(child), id) != 0) {
        child = cox_xml_next_named(child, name);
    }
    return child;
}

size_t
cox_xml_n_children(const struct cox_xml *parent)
{
    size_t n = 0;

    for (struct cox_xml *child = cox_xml_first(parent); child != NULL; child = cox_xml_next(child)) {
        n++;
    }
    return n;
}

static bool
takes_a_place(const xmlNode *node)
{
    return node->type == XML_ELEMENT_NODE || node->type == XML_COMMENT_NODE;
}

bool
cox_xml_is_comment(const struct cox_xml *xml)
{
    return xml != NULL && cox_xml_node(xml)->type == XML_COMMENT_NODE;
}

const char *
cox_xml_comment_text(const struct cox_xml *comment)
{
    const char *text = (const char *) cox_xml_node(comment)->content;

    return text == NULL ? "" : text;
}

static struct cox_xml *
node_from(xmlNode *node)
{
    while (node != NULL && !takes_a_place(node)) {
        node = node->next;
    }
    return cox_xml_of(node);
}

struct cox_xml *
cox_xml_first_node(const struct cox_xml *parent)
{
    return parent == NULL ? NULL : node_from(cox_xml_node(parent)->children);
}

struct cox_xml *
cox_xml_next_node(const struct cox_xml *xml)
{
    return node_from(cox_xml_node(xml)->next);
}

struct cox_xml *
cox_xml_prev_node(const struct cox_xml *xml)
{
    xmlNode *node = cox_xml_node(xml)->prev;

    while (node != NULL && !takes_a_place(node)) {
        node = node->prev;
    }
    return cox_xml_of(node);
}

struct cox_xml *
cox_xml_skip_node(const struct cox_xml *xml, const struct cox_xml *top)
{
    struct cox_xml *next = NULL;

    while (next == NULL && xml != top && xml != NULL) {
        next = cox_xml_next_node(xml);
        xml = cox_xml_parent(xml);
    }
    return next;
}

struct cox_xml *
cox_xml_walk_nodes(const struct cox_xml *xml, const struct cox_xml *top)
{
    struct cox_xml *first = cox_xml_first_node(xml);

    return first == NULL ? cox_xml_skip_node(xml, top) : first;
}

size_t
cox_xml_position(const struct cox_xml *xml)
{
    size_t position = 0;

    for (const xmlNode *node = cox_xml_node(xml)->prev; node != NULL; node = node->prev) {
        position += takes_a_place(node) ? 1 : 0;
    }
    return position;
}

unsigned
cox_xml_level(const struct cox_xml *xml)
{
    unsigned level = 0;

    for (; xml != NULL; xml = cox_xml_parent(xml)) {
        level++;
    }
    return level;
}

unsigned
cox_xml_height(const struct cox_xml *top)
{
    const struct cox_xml *xml = top;
    unsigned level = 1;
    unsigned most = 1;

    while (xml != NULL) {
        const struct cox_xml *next = cox_xml_first(xml);

        if (next != NULL) {
            level++;
            most = MAX(most, level);
        }
        while (next == NULL && xml != top) {
            next = cox_xml_next(xml);
            if (next == NULL) {
                xml = cox_xml_parent(xml);
                level--;
            }
        }
        xml = next;
    }
    return most;
}

int
cox_xml_line(const struct cox_xml *xml)
{
    const xmlNode *node = cox_xml_node(xml);

    /* The parser keeps the upper bits of the line where libxml2 leaves room (see parse.c). */
    return (int) node->line + ((int) (node->extra & 0x0fff) << 16);
}

struct cox_xml *
cox_xml_new_child(struct cox_xml *parent, const char *name)
{
    return cox_xml_of(xmlNewChild(cox_xml_node(parent), NULL, (const xmlChar *) name, NULL));
}

void
cox_xml_settle(xmlNode *top)
{
    for (struct cox_xml *xml = cox_xml_of(top); xml != NULL; xml = cox_xml_walk(xml, cox_xml_of(top))) {
        for (const xmlAttr *attr = cox_xml_node(xml)->properties; attr != NULL; attr = attr->next) {
            if (attr->children != NULL) {
                keep_inside(attr->children);
            }
        }
    }
}

struct cox_xml *
cox_xml_copy(const struct cox_xml *xml, const struct cox_xml *home)
{
    xmlNode *node = xmlDocCopyNode(cox_xml_node(xml), cox_xml_node(home)->doc, 1);

    COX_BUG_ON(node == NULL);
    cox_xml_settle(node);
    return cox_xml_of(node);
}

struct cox_xml *
cox_xml_new_loose(const char *name, const struct cox_xml *home)
{
    return cox_xml_of(xmlNewDocNode(cox_xml_node(home)->doc, NULL, (const xmlChar *) name, NULL));
}

struct cox_xml *
cox_xml_add_copy(struct cox_xml *parent, const struct cox_xml *xml)
{
    struct cox_xml *copy = cox_xml_copy(xml, parent);

    xmlAddChild(cox_xml_node(parent), cox_xml_node(copy));
    return copy;
}

void
cox_xml_insert(struct cox_xml *parent, struct cox_xml *xml, size_t position)
{
    xmlNode *node = cox_xml_node(parent)->children;

    for (size_t at = 0; node != NULL; node = node->next) {
        if (!takes_a_place(node)) {
            continue;
        }
        if (at == position) {
            xmlAddPrevSibling(node, cox_xml_node(xml));
            return;
        }
        at++;
    }
    xmlAddChild(cox_xml_node(parent), cox_xml_node(xml));
}

void
cox_xml_insert_before(struct cox_xml *parent, struct cox_xml *xml, struct cox_xml *next)
{
    if (next == NULL) {
        xmlAddChild(cox_xml_node(parent), cox_xml_node(xml));
    } else {
        xmlAddPrevSibling(cox_xml_node(next), cox_xml_node(xml));
    }
}

void
cox_xml_swap(struct cox_xml *old, struct cox_xml *xml)
{
    xmlReplaceNode(cox_xml_node(old), cox_xml_node(xml));
}

void
cox_xml_unlink(struct cox_xml *xml)
{
    xmlUnlinkNode(cox_xml_node(xml));
}

void
cox_xml_free(struct cox_xml *xml)
{
    if (xml == NULL) {
        return;
    }
    xmlUnlinkNode(cox_xml_node(xml));
    xmlFreeNode(cox_xml_node(xml));
}

void
cox_xml_clear(struct cox_xml *xml)
{
    xmlNode *node = cox_xml_node(xml);
    xmlNode *children = node->children;

    node->children = NULL;
    node->last = NULL;
    xmlFreeNodeList(children);
}

char *
cox_xml_text(const struct cox_xml *xml)
{
    GString *text = NULL;

    for (const xmlNode *node = cox_xml_node(xml)->children; node != NULL; node = node->next) {
        if ((node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE) && node->content != NULL) {
            text = text == NULL ? g_string_new(NULL) : text;
            g_string_append(text, (const char *) node->content);
        }
    }
    return text == NULL ? NULL : g_string_free(text, FALSE);
}

void
cox_xml_add_text(struct cox_xml *xml, const char *text)
{
    xmlAddChild(cox_xml_node(xml), xmlNewDocText(cox_xml_node(xml)->doc, (const xmlChar *) text));
}

void
cox_xml_add_cdata(struct cox_xml *xml, const char *text)
{
    xmlNode *node = xmlNewCDataBlock(cox_xml_node(xml)->doc, (const xmlChar *) text, (int) strlen(text));

    xmlAddChild(cox_xml_node(xml), node);
}

void *
cox_xml_tag(const struct cox_xml *xml)
{
    return cox_xml_node(xml)->_private;
}

void
cox_xml_set_tag(struct cox_xml *xml, void *tag)
{
    cox_xml_node(xml)->_private = tag;
}
