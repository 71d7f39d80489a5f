/* lib/cib/patchcalls.c - which results of operations a patch brings into the document.  Layer 2. */
#include "cib/patchcalls.h"

#include <string.h>

static gint64
number_in(const char *text)
{
    return text == NULL ? 0 : g_ascii_strtoll(text, NULL, 10);
}

static gint64
highest_made(const struct cox_xml *made)
{
    gint64 highest = 0;

    for (const struct cox_xml *xml = made; xml != NULL; xml = cox_xml_walk(xml, made)) {
        if (cox_xml_is(xml, "lrm_rsc_op")) {
            highest = MAX(highest, number_in(cox_xml_get(xml, "call-id")));
        }
    }
    return highest;
}

static gint64
changed_to(const struct cox_xml *change)
{
    const struct cox_xml *list = cox_xml_child(change, "change-list");

    for (const struct cox_xml *attr = list == NULL ? NULL : cox_xml_first(list); attr != NULL; attr = cox_xml_next(attr)) {
        if (g_strcmp0(cox_xml_get(attr, "name"), "call-id") == 0) {
            return number_in(cox_xml_get(attr, "value"));
        }
    }
    return 0;
}

void
cox_patchcalls(const struct cox_xml *patch, GArray *calls)
{
    static const char status[] = "/cib/status", state[] = "/cib/status/node_state[@id='";

    for (const struct cox_xml *change = cox_xml_child(patch, "change"); change != NULL;
         change = cox_xml_next_named(change, "change")) {
        const char *path = cox_xml_get(change, "path"), *operation = cox_xml_get(change, "operation");
        const struct cox_xml *made = cox_xml_child(change, NULL);
        struct cox_patchcall call = { 0, 0 };

        if (path == NULL || operation == NULL || !g_str_has_prefix(path, status)) {
            continue;
        }
        if (strcmp(operation, "create") == 0 && made != NULL) {
            call.call_id = highest_made(made);
        } else if (strcmp(operation, "modify") == 0) {
            call.call_id = changed_to(change);
        }
        call.node = (guint32) number_in(g_str_has_prefix(path, state) ? path + strlen(state) : made == NULL ? NULL : cox_xml_id(made));
        if (call.node != 0 && call.call_id > 0) {
            g_array_append_val(calls, call);
        }
    }
}
