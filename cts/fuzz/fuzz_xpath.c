/* cts/fuzz/fuzz_xpath.c - libFuzzer target: any bytes as an XPath argument.  Layer 6. */
#include <stddef.h>
#include <stdint.h>

#include "xml/xmldoc.h"
#include "xml/xpath.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char base[] = "<cib epoch='1'><configuration><resources><primitive id='a' x='1'>t</primitive>"
                               "<!--c--><primitive id='b'><op id='o'/></primitive></resources></configuration></cib>";
    g_autoptr(cox_xmldoc) doc = cox_xmldoc_parse_text(base, sizeof(base) - 1, NULL, NULL);
    g_autofree char *expression = g_strndup((const char *) data, size);
    g_autoptr(GPtrArray) found = cox_xpath_find(cox_xmldoc_root(doc), expression, NULL);

    for (guint i = 0; found != NULL && i < found->len; i++) {
        g_autofree G_GNUC_UNUSED char *path = cox_xpath_of(g_ptr_array_index(found, i));
    }
    return 0;
}
