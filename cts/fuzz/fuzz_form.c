/* cts/fuzz/fuzz_form.c - libFuzzer target: any bytes as a declarative file, put into a document and written again.  Layer 6. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "admin/docdiff.h"
#include "admin/form.h"
#include "base/error.h"
#include "conf/yamlread.h"
#include "conf/yamlwrite.h"
#include "xml/xmldoc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char base[]
    = "<cib epoch='1'><configuration><crm_config/><nodes><node id='1' uname='n1'/></nodes><resources><primitive id='a' class='lsb' type='x'>"
      "<operations><op id='o' name='monitor' interval='1s'/></operations><meta_attributes id='m'><nvpair id='n' name='x' value='1'/></meta_attributes>"
      "</primitive></resources><constraints><rsc_order id='c' first='a' then='a'/></constraints></configuration><status/></cib>";

/* Do two elements have one id?  No schema takes such a document, and nobody can tell which of them is meant. */
static bool
has_twins(const struct cox_xml *xml, GHashTable *ids)
{
    const char *id = cox_xml_id(xml);

    bool is_reference = cox_xml_is(xml, "resource_ref") || cox_xml_is(xml, "obj_ref") || cox_xml_is(xml, "role");

    if (id != NULL && !is_reference && !g_hash_table_add(ids, (gpointer) (guintptr) id)) {
        return true;
    }
    for (const struct cox_xml *child = cox_xml_first(xml); child != NULL; child = cox_xml_next(child)) {
        if (has_twins(child, ids)) {
            return true;
        }
    }
    return false;
}

/* What the file made of the document is written, and that is no change. */
static void
write_again(const struct cox_xmldoc *doc)
{
    g_autoptr(GHashTable) ids = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(cox_conf) conf = cox_form_write(cox_xmldoc_root(doc));
    g_autofree char *text = cox_yamlwrite_text(conf);
    g_autoptr(cox_conf) again = cox_yamlread_parse(text, strlen(text), NULL);
    g_autoptr(cox_xmldoc) same = cox_xmldoc_new_copy(cox_xmldoc_root(doc));
    g_autoptr(cox_xmldoc) patch = NULL;
    g_autoptr(GArray) lines = NULL;

    if (has_twins(cox_xmldoc_root(doc), ids)) {
        return;
    }
    COX_BUG_ON(again == NULL || !cox_form_read(cox_xmldoc_root(same), again, NULL));
    lines = cox_docdiff_make(cox_xmldoc_root(doc), cox_xmldoc_root(same), &patch, NULL);
    COX_BUG_ON(lines == NULL || patch != NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(cox_conf) conf = cox_yamlread_parse((const char *) data, size, NULL);
    g_autoptr(cox_xmldoc) doc = cox_xmldoc_parse_text(base, sizeof(base) - 1, NULL, NULL);

    if (conf != NULL) {
        g_autofree char *text = cox_yamlwrite_text(conf);
        g_autoptr(cox_conf) again = cox_yamlread_parse(text, strlen(text), NULL);

        COX_BUG_ON(again == NULL);
        if (cox_form_read(cox_xmldoc_root(doc), conf, NULL)) {
            write_again(doc);
        }
    }
    return 0;
}
