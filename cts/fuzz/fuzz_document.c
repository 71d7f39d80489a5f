/* cts/fuzz/fuzz_document.c - libFuzzer target: read, stream, write and digest any bytes as a document.  Layer 6. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/error.h"
#include "cib/acl.h"
#include "cib/cib.h"
#include "cib/diff.h"
#include "cib/md5.h"
#include "xml/stream.h"
#include "xml/xmlwrite.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool
on_start(void *data, const char *name, const char *const *attrs, int line, GError **error)
{
    size_t *bytes = data;

    (void) error;
    (void) line;
    for (*bytes += strlen(name); *attrs != NULL; attrs++) {
        *bytes += strlen(*attrs);
    }
    return true;
}

static bool
on_end(void *data, const char *name, GError **error)
{
    (void) data;
    (void) error;
    return *name != '\0';
}

/* What was read must come out of writing and reading again. */
static void
round_trip(struct cox_xml *root)
{
    const struct cox_xml_limits wide = { .depth = 1000 };
    g_autofree char *text = cox_xmlwrite_text(root, COX_XMLWRITE_PLAIN);
    g_autoptr(cox_xmldoc) again = cox_xmldoc_parse_text(text, (size_t) -1, &wide, NULL);
    g_autoptr(cox_xmldoc) patch = NULL;

    COX_BUG_ON(again == NULL);
    patch = cox_diff_make(root, cox_xmldoc_root(again), true, NULL);
    COX_BUG_ON(patch == NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct cox_stream_events events = { on_start, on_end };
    struct cox_stream_input input = { .text = (const char *) data, .length = size };
    size_t bytes = 0;
    g_autoptr(cox_xmldoc) doc = cox_xmldoc_parse_text((const char *) data, size, NULL, NULL);
    g_autoptr(cox_xmldoc) streamed = cox_stream_read(&input, NULL, &events, &bytes, NULL);

    COX_BUG_ON((doc == NULL) != (streamed == NULL));
    if (doc != NULL) {
        g_autoptr(cox_cib) cib = NULL;
        g_autofree G_GNUC_UNUSED char *disk = cox_md5_on_disk(cox_xmldoc_root(doc));
        g_autofree char *digest = NULL;
        g_autoptr(cox_acl) acl = cox_acl_new(cox_xmldoc_root(doc), "user", NULL);
        g_autoptr(cox_xmldoc) G_GNUC_UNUSED visible = cox_acl_filter(acl, cox_xmldoc_root(doc));

        round_trip(cox_xmldoc_root(doc));
        cib = cox_cib_new(g_steal_pointer(&doc));
        digest = cox_cib_digest(cib);
    }
    return 0;
}
