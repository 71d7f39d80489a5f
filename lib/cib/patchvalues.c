/* lib/cib/patchvalues.c - which values of transient attributes a patch brings into the document.  Layer 2. */
#include "cib/patchvalues.h"

#include <string.h>

static const char status_path[] = "/cib/status", state_path[] = "/cib/status/node_state[@id='";

static void
clear_value(gpointer data)
{
    g_free(((struct cox_patchvalue *) data)->id);
}

GArray *
cox_patchvalues_new(void)
{
    GArray *values = g_array_new(FALSE, FALSE, sizeof(struct cox_patchvalue));

    g_array_set_clear_func(values, clear_value);
    return values;
}

static void
add(GArray *values, const char *id, const struct cox_xml *pair)
{
    const struct cox_patchvalue value = { g_strdup(id), cox_xml_get(pair, "name"), cox_xml_get(pair, "value") };

    g_array_append_val(values, value);
}

/* All that is in something that was made; @id: of the state that it was made in. */
static void
add_made(GArray *values, const char *id, const struct cox_xml *made)
{
    for (const struct cox_xml *xml = made; xml != NULL; xml = cox_xml_walk(xml, made)) {
        if (cox_xml_is(xml, "nvpair")) {
            add(values, id, xml);
        }
    }
}

static char *
state_id(const char *path)
{
    const char *at = path + strlen(state_path), *end = g_str_has_prefix(path, state_path) ? strchr(at, '\'') : NULL;

    return end == NULL ? NULL : g_strndup(at, (gsize) (end - at));
}

/* Nothing of transient attributes is in it, or all that is there has been appended. */
static bool
read_change(const struct cox_xml *change, const char *path, const char *operation, GArray *values)
{
    const struct cox_xml *made = cox_xml_child(change, NULL);
    const struct cox_xml *result = cox_xml_child(cox_xml_child(change, "change-result"), NULL);
    g_autofree char *id = state_id(path);
    bool is_inside = strstr(path, "/transient_attributes") != NULL;

    if (strcmp(operation, "create") == 0 && made != NULL) {
        if (is_inside || cox_xml_is(made, "transient_attributes")) {
            add_made(values, id, made);
        } else if (cox_xml_is(made, "node_state")) {
            add_made(values, cox_xml_id(made), cox_xml_child(made, "transient_attributes"));
        }
        return true;
    }
    if (!is_inside) {
        return strcmp(operation, "delete") != 0 || strstr(path, "/lrm") != NULL;
    }
    if (strcmp(operation, "modify") == 0 && cox_xml_is(result, "nvpair")) {
        add(values, id, result);
        return true;
    }
    return false;
}

bool
cox_patchvalues(const struct cox_xml *patch, GArray *values)
{
    bool is_all = true;

    for (const struct cox_xml *change = cox_xml_child(patch, "change"); change != NULL;
         change = cox_xml_next_named(change, "change")) {
        const char *path = cox_xml_get(change, "path"), *operation = cox_xml_get(change, "operation");

        if (path != NULL && operation != NULL && g_str_has_prefix(path, status_path)) {
            is_all = read_change(change, path, operation, values) && is_all;
        }
    }
    return is_all;
}
