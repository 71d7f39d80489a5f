/* lib/xml/xmlwrite.c - turn an element back into text.  Layer 1. */
#include "xml/xmlwrite.h"

#include <string.h>

#include "xml/xml_priv.h"

#define SPECIAL "<>&\"\t\n\r"

void
cox_xmlwrite_escaped(GString *out, const char *text, bool is_attribute)
{
    const char *from = text;

    for (const char *at = text + strcspn(text, SPECIAL); *at != '\0'; at += 1 + strcspn(at + 1, SPECIAL)) {
        const char *instead = NULL;

        switch (*at) {
        case '<':
            instead = "&lt;";
            break;
        case '>':
            instead = "&gt;";
            break;
        case '&':
            instead = "&amp;";
            break;
        case '"':
            instead = is_attribute ? "&quot;" : NULL;
            break;
        case '\t':
            instead = is_attribute ? "&#x9;" : NULL;
            break;
        case '\n':
            instead = is_attribute ? "&#xA;" : NULL;
            break;
        case '\r':
            instead = "&#xD;";
            break;
        default:
            break;
        }
        if (instead != NULL) {
            g_string_append_len(out, from, at - from);
            g_string_append(out, instead);
            from = at + 1;
        }
    }
    g_string_append(out, from);
}

static void
indent(GString *out, unsigned level)
{
    for (unsigned i = 0; i < level; i++) {
        g_string_append_len(out, "  ", 2);
    }
}

/* In one piece: most of what is written is attributes in which nothing has to be escaped. */
static void
append_plain(GString *out, const char *name, const char *value, gsize length)
{
    gsize begin = out->len, name_length = strlen(name);
    char *at;

    g_string_set_size(out, begin + name_length + length + 4);
    at = out->str + begin;
    *at++ = ' ';
    memcpy(at, name, name_length);
    at += name_length;
    *at++ = '=';
    *at++ = '"';
    memcpy(at, value, length);
    at[length] = '"';
}

void
cox_xmlwrite_attributes(GString *out, const struct cox_xml *xml)
{
    for (struct cox_xml_attr *attr = cox_xml_first_attr(xml); attr != NULL; attr = cox_xml_next_attr(attr)) {
        const char *name = cox_xml_attr_name(attr), *value = cox_xml_attr_value(attr);
        gsize length = strcspn(value, SPECIAL);

        if (value[length] == '\0') {
            append_plain(out, name, value, length);
            continue;
        }
        g_string_append_c(out, ' ');
        g_string_append(out, name);
        g_string_append_len(out, "=\"", 2);
        cox_xmlwrite_escaped(out, value, true);
        g_string_append_c(out, '"');
    }
}

static void
write_start(GString *out, const xmlNode *node)
{
    const struct cox_xml *xml = cox_xml_of(node);

    g_string_append_c(out, '<');
    g_string_append(out, cox_xml_name(xml));
    cox_xmlwrite_attributes(out, xml);
}

static bool
has_text(const xmlNode *node)
{
    for (const xmlNode *child = node->children; child != NULL; child = child->next) {
        if (child->type == XML_TEXT_NODE || child->type == XML_CDATA_SECTION_NODE) {
            return true;
        }
    }
    return false;
}

/* Everything but elements. */
static void
write_leaf(GString *out, const xmlNode *node)
{
    const char *content = node->content == NULL ? "" : (const char *) node->content;

    if (node->type == XML_COMMENT_NODE) {
        g_string_append_printf(out, "<!--%s-->", content);
    } else if (node->type == XML_CDATA_SECTION_NODE) {
        g_string_append_printf(out, "<![CDATA[%s]]>", content);
    } else if (node->type == XML_TEXT_NODE) {
        cox_xmlwrite_escaped(out, content, false);
    }
}

struct writer {
    GString *out;
    const xmlNode *top;
    const xmlNode *plain_from; /* inside this element white space would be content */
    unsigned level;
    bool is_formatted;
};

static void
begin_line(struct writer *w)
{
    if (w->is_formatted && w->plain_from == NULL) {
        indent(w->out, w->level);
    }
}

static void
end_line(struct writer *w)
{
    if (w->is_formatted && w->plain_from == NULL) {
        g_string_append_c(w->out, '\n');
    }
}

static void
close_element(struct writer *w, const xmlNode *node)
{
    w->level--;
    if (w->plain_from != node) {
        begin_line(w);
    } else {
        w->plain_from = NULL;
    }
    g_string_append_printf(w->out, "</%s>", (const char *) node->name);
    end_line(w);
}

/* Returns the node to go on with: down, right, or up and right. */
static const xmlNode *
write_node(struct writer *w, const xmlNode *node)
{
    begin_line(w);
    if (node->type != XML_ELEMENT_NODE) {
        write_leaf(w->out, node);
        end_line(w);
    } else {
        write_start(w->out, node);
        if (node->children != NULL) {
            g_string_append_c(w->out, '>');
            if (w->plain_from == NULL && has_text(node)) {
                w->plain_from = node;
            }
            end_line(w);
            w->level++;
            return node->children;
        }
        g_string_append_len(w->out, "/>", 2);
        end_line(w);
    }
    while (node != w->top && node->next == NULL) {
        node = node->parent;
        close_element(w, node);
    }
    return node == w->top ? NULL : node->next;
}

void
cox_xmlwrite_indented(GString *out, const struct cox_xml *xml, enum cox_xmlwrite_style style, unsigned level)
{
    struct writer w = { .out = out, .top = cox_xml_node(xml), .level = level };

    w.is_formatted = style != COX_XMLWRITE_PLAIN;
    if (style == COX_XMLWRITE_OPEN) {
        indent(out, level);
        write_start(out, w.top);
        g_string_append(out, ">\n");
        return;
    }
    for (const xmlNode *node = w.top; node != NULL;) {
        node = write_node(&w, node);
    }
}

void
cox_xmlwrite_element(GString *out, const struct cox_xml *xml, enum cox_xmlwrite_style style)
{
    cox_xmlwrite_indented(out, xml, style, 0);
}

char *
cox_xmlwrite_text(const struct cox_xml *xml, enum cox_xmlwrite_style style)
{
    GString *out = g_string_new(NULL);

    cox_xmlwrite_element(out, xml, style);
    return g_string_free(out, FALSE);
}
