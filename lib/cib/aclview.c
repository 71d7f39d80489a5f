/* lib/cib/aclview.c - a document with the access of a user marked in it.  Layer 2. */
#include "cib/aclview.h"

#include "xml/xmlwrite.h"

/* How each kind of access looks in each style. */
static const struct {
    const char *color;
    const char *banner;
    const char *name_space;
} looks[] = {
    [COX_ACL_DENIED] = { "\x1b[31m", "~DENIED~", "denied" },
    [COX_ACL_READABLE] = { "\x1b[34m", "READABLE", "readable" },
    [COX_ACL_WRITABLE] = { "\x1b[32m", "WRITABLE", "writable" },
};

#define COLOR_END "\x1b[0m"
#define NAME_SPACE "http://clusterlabs.org/ns/pacemaker/access/"

struct view {
    GString *out;
    GHashTable *evaluated;
    const struct cox_xml *root;
    enum cox_aclview_style style;
    unsigned level;
};

static void
indent(struct view *view)
{
    for (unsigned i = 0; i < view->level; i++) {
        g_string_append(view->out, "  ");
    }
}

static bool
differs_from_parent(struct view *view, const struct cox_xml *xml)
{
    return xml == view->root
           || cox_acl_access(view->evaluated, xml) != cox_acl_access(view->evaluated, cox_xml_parent(xml));
}

static void
write_banner(struct view *view, const struct cox_xml *xml)
{
    if (xml != view->root) {
        indent(view);
        g_string_append_c(view->out, '\n');
    }
    indent(view);
    g_string_append_printf(view->out, "vvv---[ %s ]---vvv\n", looks[cox_acl_access(view->evaluated, xml)].banner);
}

static void
write_name(struct view *view, const struct cox_xml *xml)
{
    if (view->style == COX_ACLVIEW_NAMESPACE && differs_from_parent(view, xml)) {
        g_string_append_printf(view->out, "pcmk-access-%s:",
                               looks[cox_acl_access(view->evaluated, xml)].name_space);
    }
    g_string_append(view->out, cox_xml_name(xml));
}

static void
write_start(struct view *view, const struct cox_xml *xml)
{
    g_string_append_c(view->out, '<');
    write_name(view, xml);
    for (struct cox_xml_attr *attr = cox_xml_first_attr(xml); attr != NULL; attr = cox_xml_next_attr(attr)) {
        g_string_append_printf(view->out, " %s=\"", cox_xml_attr_name(attr));
        cox_xmlwrite_escaped(view->out, cox_xml_attr_value(attr), true);
        g_string_append_c(view->out, '"');
    }
    for (size_t i = G_N_ELEMENTS(looks); view->style == COX_ACLVIEW_NAMESPACE && xml == view->root && i > 0; i--) {
        const char *name = looks[i - 1].name_space;

        g_string_append_printf(view->out, " xmlns:pcmk-access-%s=\"" NAME_SPACE "%s\"", name, name);
    }
    g_string_append(view->out, cox_xml_first(xml) == NULL ? "/>" : ">");
}

static void
open_element(struct view *view, const struct cox_xml *xml)
{
    if (view->style == COX_ACLVIEW_TEXT && differs_from_parent(view, xml)) {
        write_banner(view, xml);
    }
    indent(view);
    if (view->style == COX_ACLVIEW_COLOR) {
        g_string_append(view->out, looks[cox_acl_access(view->evaluated, xml)].color);
    }
    write_start(view, xml);
    if (view->style == COX_ACLVIEW_COLOR && cox_xml_first(xml) == NULL) {
        g_string_append(view->out, COLOR_END);
    }
    g_string_append_c(view->out, '\n');
}

static void
close_element(struct view *view, const struct cox_xml *xml)
{
    indent(view);
    if (view->style == COX_ACLVIEW_COLOR) {
        g_string_append(view->out, looks[cox_acl_access(view->evaluated, xml)].color);
    }
    g_string_append(view->out, "</");
    write_name(view, xml);
    g_string_append(view->out, view->style == COX_ACLVIEW_COLOR ? ">" COLOR_END "\n" : ">\n");
}

char *
cox_aclview_text(const struct cox_acl *acl, struct cox_xml *root, const char *user, enum cox_aclview_style style)
{
    struct view view = { .out = g_string_new(NULL), .root = root, .style = style };
    const struct cox_xml *xml = root;

    view.evaluated = cox_acl_evaluate(acl, root);
    g_string_append_printf(view.out, "<!-- ACLs as evaluated for user %s -->\n", user);
    while (xml != NULL) {
        open_element(&view, xml);
        if (cox_xml_first(xml) != NULL) {
            xml = cox_xml_first(xml);
            view.level++;
            continue;
        }
        while (xml != root && cox_xml_next(xml) == NULL) {
            xml = cox_xml_parent(xml);
            view.level--;
            close_element(&view, xml);
        }
        xml = xml == root ? NULL : cox_xml_next(xml);
    }
    g_hash_table_destroy(view.evaluated);
    return g_string_free(view.out, FALSE);
}
