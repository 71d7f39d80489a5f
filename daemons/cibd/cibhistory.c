/* daemons/cibd/cibhistory.c - each version of the configuration, with who has made it and why, for cox history and cox undo.  Layer 6.
 *
 * A record is a reason (text, with a zero at its end) and XML: a patch, or the whole configuration from which the patches that follow lead
 * on.  Its reader is lib/admin/dochistory.
 */
#include "daemons/cibd/cibd.h"

#include <string.h>

#include "base/text.h"
#include "cib/section.h"
#include "xml/xmlwrite.h"

enum { LEAST_BYTES = 2 * 1024 * 1024, BASES = 4 /* a file may be so many times the configuration */, HEAD_BYTES = 1024, REASON_BYTES = 1000 /* it goes to followers with each patch, in one frame */ };

char *
cibd_history_reason(const struct cox_ciborder *order)
{
    size_t head = MIN(order->xml_size, (size_t) HEAD_BYTES);
    g_autoptr(cox_xmldoc) doc = NULL;

    if (order->xml == NULL || g_strstr_len(order->xml, (gssize) head, " reason=") == NULL) {
        return NULL;
    }
    doc = cox_xmldoc_parse_text(order->xml, order->xml_size, NULL, NULL);
    return doc == NULL || !cox_xml_is(cox_xmldoc_root(doc), "diff") ? NULL : cox_text_cut(cox_xml_get(cox_xmldoc_root(doc), "reason"), REASON_BYTES);
}

static void
put(struct cibd *cibd, const char *reason, const GString *xml, bool is_anew)
{
    GByteArray *record = g_byte_array_new();
    g_autoptr(GBytes) bytes = NULL;

    g_byte_array_append(record, (const guint8 *) (reason == NULL ? "" : reason), (guint) (reason == NULL ? 0 : strlen(reason)) + 1);
    g_byte_array_append(record, (const guint8 *) xml->str, (guint) xml->len);
    bytes = g_byte_array_free_to_bytes(record);
    cibd->history_bytes = (is_anew ? 0 : cibd->history_bytes) + g_bytes_get_size(bytes);
    cox_store_note(cibd->store, bytes, is_anew);
}

/* The configuration as it is, with what the document says of its last change. */
static void
put_base(struct cibd *cibd, const char *reason, bool is_anew)
{
    const struct cox_xml *root = cox_cib_root(cox_keeper_cib(cibd->keeper));
    const struct cox_xml *configuration = cox_section_find(root, "configuration");
    g_autoptr(GString) xml = g_string_new("<cib");

    cox_xmlwrite_attributes(xml, root);
    g_string_append_c(xml, '>');
    if (configuration != NULL) {
        cox_xmlwrite_element(xml, configuration, COX_XMLWRITE_PLAIN);
    }
    g_string_append(xml, "</cib>");
    cibd->history_base_bytes = xml->len;
    put(cibd, reason, xml, is_anew);
    cibd->history_needs_base = false;
}

static bool
is_full(const struct cibd *cibd)
{
    return cibd->history_bytes > MAX((gsize) LEAST_BYTES, BASES * cibd->history_base_bytes);
}

void
cibd_history_begin(struct cibd *cibd)
{
    if (cibd->store != NULL) {
        put_base(cibd, NULL, is_full(cibd)); /* a node that joins again and again takes a whole each time */
        cox_store_flush(cibd->store);
    }
}

/* A record that was lost is a gap: say so once, and bridge it. */
static void
look_for_losses(struct cibd *cibd)
{
    bool is_lost = cox_store_has_lost_note(cibd->store);

    cibd->history_needs_base = cibd->history_needs_base || is_lost;
    if (is_lost && !cibd->is_history_bad) {
        cox_log_line(cox_service_log(cibd->ctx), COX_LOG_NOTICE, "the history of the configuration (cib.history) could not be written: versions are missing "
                     "from it; see whether the disk is full");
    }
    cibd->is_history_bad = is_lost;
}

void
cibd_history_note(struct cibd *cibd, const char *reason, const struct cox_msg_cib_state *before, const struct cox_patchtext *patch)
{
    struct cox_version after = cox_version_of(cox_cib_root(cox_keeper_cib(cibd->keeper)));

    if (cibd->store == NULL || cibd->is_disk_bad || (before->admin_epoch == after.admin_epoch && before->epoch == after.epoch)) {
        return;
    }
    look_for_losses(cibd);
    if (is_full(cibd) || cibd->history_needs_base || patch == NULL) {
        put_base(cibd, reason, is_full(cibd));
    } else {
        put(cibd, reason, patch->text, false);
    }
}
