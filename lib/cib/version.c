/* lib/cib/version.c - the three counters that say how new a document is.  Layer 2. */
#include "cib/version.h"

#include <string.h>

static gint64
counter(const struct cox_xml *xml, const char *name)
{
    const char *text = cox_xml_get(xml, name);
    gint64 value = 0;

    if (text == NULL || !g_ascii_string_to_signed(text, 10, 0, G_MAXINT32, &value, NULL)) {
        return 0;
    }
    return value;
}

struct cox_version
cox_version_of(const struct cox_xml *xml)
{
    return (struct cox_version) {
        .admin_epoch = counter(xml, "admin_epoch"),
        .epoch = counter(xml, "epoch"),
        .num_updates = counter(xml, "num_updates"),
    };
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
