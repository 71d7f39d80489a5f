/* cts/fuzz/fuzz_patch.c - libFuzzer target: any bytes as a patch, or as two documents to compare.  Layer 6. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/error.h"
#include "cib/cib.h"
#include "cib/diff.h"
#include "cib/patch.h"
#include "cib/patchview.h"
#include "xml/xmlwrite.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char base[]
    = "<cib epoch='1'><configuration><!--c--><resources><primitive id='a' x='1'/><primitive id='b'><op id='o'/></primitive>"
      "</resources><nodes/></configuration><status><node_state id='1'/></status></cib>";

/* Applied or refused: going back must restore everything, the digest included. */
static void
apply_and_go_back(const struct cox_xml *patch)
{
    g_autoptr(cox_cib) cib = cox_cib_new(cox_xmldoc_parse_text(base, sizeof(base) - 1, NULL, NULL));
    g_autofree char *before = cox_cib_digest(cib);
    g_autofree char *text = cox_xmlwrite_text(cox_cib_root(cib), COX_XMLWRITE_PLAIN);
    g_autofree char *after = NULL;
    g_autofree char *text_after = NULL;

    cox_cib_begin(cib);
    (void) cox_patch_apply(cib, patch, NULL);
    cox_cib_rollback(cib);
    after = cox_cib_digest(cib);
    text_after = cox_xmlwrite_text(cox_cib_root(cib), COX_XMLWRITE_PLAIN);
    COX_BUG_ON(strcmp(before, after) != 0 || strcmp(text, text_after) != 0);

    cox_cib_begin(cib);
    if (cox_patch_apply(cib, patch, NULL)) {
        g_autoptr(cox_xmldoc) G_GNUC_UNUSED recorded = cox_cib_commit(cib);
    } else {
        cox_cib_rollback(cib);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *middle = memchr(data, '\0', size);
    g_autoptr(cox_xmldoc) doc
        = cox_xmldoc_parse_text((const char *) data, middle == NULL ? size : (size_t) (middle - data), NULL, NULL);

    if (doc == NULL) {
        return 0;
    }
    if (middle == NULL) {
        g_autofree G_GNUC_UNUSED char *lines = cox_patchview_text(cox_xmldoc_root(doc));

        apply_and_go_back(cox_xmldoc_root(doc));
    } else {
        g_autoptr(cox_xmldoc) other
            = cox_xmldoc_parse_text((const char *) middle + 1, size - (size_t) (middle - data) - 1, NULL, NULL);
        g_autoptr(cox_xmldoc) patch
            = other == NULL ? NULL : cox_diff_make(cox_xmldoc_root(doc), cox_xmldoc_root(other), true, NULL);

        COX_BUG_ON(patch != NULL && !cox_patch_check(cox_xmldoc_root(patch), NULL));
    }
    return 0;
}
