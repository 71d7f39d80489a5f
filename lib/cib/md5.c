/* lib/cib/md5.c - the classic digests of a document, computed when somebody asks.  Layer 2. */
#include "cib/md5.h"

#include <string.h>

#include "xml/xmlwrite.h"

static const char *const unversioned[] = {
    "crm-debug-origin", "cib-last-written", "update-origin", "update-client", "update-user", NULL,
};

/* The digest is over text with escapes of its own. */
static void
append_value(GString *out, const char *value)
{
    for (const char *at = value; *at != '\0'; at++) {
        switch (*at) {
        case '<':
            g_string_append(out, "&lt;");
            break;
        case '>':
            g_string_append(out, "&gt;");
            break;
        case '&':
            g_string_append(out, "&amp;");
            break;
        case '"':
            g_string_append(out, "&quot;");
            break;
        case '\'':
            g_string_append(out, "&apos;");
            break;
        case '\t':
            g_string_append(out, "    ");
            break;
        case '\n':
            g_string_append(out, "\\n");
            break;
        case '\r':
            g_string_append(out, "\\r");
            break;
        default:
            g_string_append_c(out, *at);
            break;
        }
    }
}

static void
append_start(GString *out, const struct cox_xml *xml, gboolean is_versioned)
{
    g_string_append_printf(out, "<%s", cox_xml_name(xml));
    for (struct cox_xml_attr *attr = cox_xml_first_attr(xml); attr != NULL; attr = cox_xml_next_attr(attr)) {
        if (is_versioned && g_strv_contains(unversioned, cox_xml_attr_name(attr))) {
            continue;
        }
        g_string_append_printf(out, " %s=\"", cox_xml_attr_name(attr));
        append_value(out, cox_xml_attr_value(attr));
        g_string_append_c(out, '"');
    }
    g_string_append(out, cox_xml_first_node(xml) == NULL ? "/>" : ">");
}

static void
append_tree(GString *out, const struct cox_xml *root, gboolean is_versioned)
{
    const struct cox_xml *node = root;

    while (node != NULL) {
        if (cox_xml_is_comment(node)) {
            g_string_append_printf(out, "<!--%s-->", cox_xml_comment_text(node));
        } else {
            append_start(out, node, is_versioned);
        }
        if (cox_xml_first_node(node) != NULL) {
            node = cox_xml_first_node(node);
            continue;
        }
        while (node != root && cox_xml_next_node(node) == NULL) {
            node = cox_xml_parent(node);
            g_string_append_printf(out, "</%s>", cox_xml_name(node));
        }
        node = node == root ? NULL : cox_xml_next_node(node);
    }
}

char *
cox_md5_on_disk(const struct cox_xml *root)
{
    g_autoptr(GString) text = g_string_new(" ");

    append_tree(text, root, FALSE);
    g_string_append_c(text, '\n');
    return g_compute_checksum_for_data(G_CHECKSUM_MD5, (const guchar *) text->str, text->len);
}

/* Writers before feature set 3.0.5 knew one digest only. */
static gboolean
is_old_writer(const char *feature_set)
{
    static const guint64 first[] = { 3, 0, 5 };
    g_auto(GStrv) parts = g_strsplit(feature_set == NULL ? "" : feature_set, ".", -1);
    guint n = g_strv_length(parts);

    for (guint i = 0; i < G_N_ELEMENTS(first); i++) {
        guint64 have = i < n ? g_ascii_strtoull(parts[i], NULL, 10) : 0;

        if (have != first[i]) {
            return have < first[i];
        }
    }
    return FALSE;
}

char *
cox_md5_versioned(const struct cox_xml *root)
{
    g_autoptr(GString) text = g_string_new(NULL);

    if (is_old_writer(cox_xml_get(root, "crm_feature_set"))) {
        return cox_md5_on_disk(root);
    }
    append_tree(text, root, TRUE);
    return g_compute_checksum_for_data(G_CHECKSUM_MD5, (const guchar *) text->str, text->len);
}
