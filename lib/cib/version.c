/* lib/cib/version.c - the three counters that say how new a document is.  Layer 2. */
#include "cib/version.h"

#include <string.h>

enum { PLAIN_DIGITS = 9 }; /* so many cannot be too large */

/* Asked for several times with each change of the document, so that what counters nearly always are is read at once. */
static gint64
counter(const char *text)
{
    gint64 value = 0;
    size_t n = 0;

    for (; n < PLAIN_DIGITS && text[n] >= '0' && text[n] <= '9'; n++) {
        value = value * 10 + (text[n] - '0');
    }
    if (n > 0 && text[n] == '\0') {
        return value;
    }
    return g_ascii_string_to_signed(text, 10, 0, G_MAXINT32, &value, NULL) ? value : 0;
}

struct cox_version
cox_version_of(const struct cox_xml *xml)
{
    struct cox_version version = { 0 };

    for (const struct cox_xml_attr *attr = cox_xml_first_attr(xml); attr != NULL; attr = cox_xml_next_attr(attr)) {
        const char *name = cox_xml_attr_name(attr);
        gint64 *place = name[0] == 'n' ? &version.num_updates : name[0] == 'e' ? &version.epoch : name[0] == 'a' ? &version.admin_epoch : NULL;

        if (place != NULL && cox_version_is_counter(name)) { /* no two begin alike */
            *place = counter(cox_xml_attr_value(attr));
        }
    }
    return version;
}

int
cox_version_compare(const struct cox_version *a, const struct cox_version *b)
{
    if (a->admin_epoch != b->admin_epoch) {
        return a->admin_epoch < b->admin_epoch ? -1 : 1;
    }
    if (a->epoch != b->epoch) {
        return a->epoch < b->epoch ? -1 : 1;
    }
    if (a->num_updates != b->num_updates) {
        return a->num_updates < b->num_updates ? -1 : 1;
    }
    return 0;
}

char *
cox_version_text(const struct cox_version *version)
{
    return g_strdup_printf("%" G_GINT64_FORMAT ".%" G_GINT64_FORMAT ".%" G_GINT64_FORMAT, version->admin_epoch,
                           version->epoch, version->num_updates);
}

bool
cox_version_is_counter(const char *name)
{
    return strcmp(name, "admin_epoch") == 0 || strcmp(name, "epoch") == 0 || strcmp(name, "num_updates") == 0;
}
