/* lib/cib/patchscope.c - what a patch touches, so that readers know what of theirs is old.  Layer 2. */
#include "cib/patchscope.h"

#include <stdbool.h>
#include <string.h>

#include "cib/version.h"

/* Attributes of the root that only say who changed what when. */
static bool
is_note(const char *name)
{
    static const char *const notes[] = { "cib-last-written", "update-origin", "update-client", "update-user", "dc-uuid" };

    for (size_t i = 0; i < G_N_ELEMENTS(notes); i++) {
        if (g_strcmp0(name, notes[i]) == 0) {
            return true;
        }
    }
    return name == NULL || cox_version_is_counter(name);
}

unsigned int
cox_patchscope_of_root(const char *name)
{
    return is_note(name) ? 0 : COX_PATCHSCOPE_ROOT;
}

static unsigned int
scope_of_root(const struct cox_xml *change)
{
    const struct cox_xml *list = cox_xml_child(change, "change-list");
    unsigned int scope = 0;

    for (const struct cox_xml *attr = cox_xml_first(list); list != NULL && attr != NULL; attr = cox_xml_next(attr)) {
        scope |= cox_patchscope_of_root(cox_xml_get(attr, "name"));
    }
    return scope;
}

/* The last "[@id='...']" of a path, or NULL. */
static char *
id_in(const char *path)
{
    static const char mark[] = "[@id='";
    const char *at = NULL, *end = NULL;

    for (const char *next = strstr(path, mark); next != NULL; next = strstr(next + 1, mark)) {
        at = next + sizeof(mark) - 1;
    }
    end = at == NULL ? NULL : strchr(at, '\'');
    return end == NULL ? NULL : g_strndup(at, (gsize) (end - at));
}

static unsigned int
scope_of_history(const char *path, const char *operation)
{
    if (strcmp(operation, "delete") == 0 && strstr(path, "/lrm_rsc_op") == NULL) {
        return COX_PATCHSCOPE_HISTORY | COX_PATCHSCOPE_HISTORY_GONE;
    }
    return COX_PATCHSCOPE_HISTORY;
}

/* Something that was made may bring parts of several kinds with it. */
static unsigned int
scope_of_made(const struct cox_xml *made)
{
    unsigned int scope = COX_PATCHSCOPE_NODES;

    if (cox_xml_is(made, "lrm")) {
        return COX_PATCHSCOPE_HISTORY;
    }
    if (cox_xml_is(made, "transient_attributes")) {
        return COX_PATCHSCOPE_ATTRIBUTES;
    }
    if (!cox_xml_is(made, "node_state")) {
        return COX_PATCHSCOPE_OTHER;
    }
    scope |= cox_xml_child(made, "lrm") != NULL ? (unsigned int) COX_PATCHSCOPE_HISTORY : 0;
    scope |= cox_xml_child(made, "transient_attributes") != NULL ? (unsigned int) COX_PATCHSCOPE_ATTRIBUTES : 0;
    return scope;
}

static unsigned int
scope_of_status(const char *path, const char *operation, const struct cox_xml *made)
{
    const char *node = strstr(path, "/node_state");

    if (strstr(path, "/lrm") != NULL) {
        return scope_of_history(path, operation);
    }
    if (strstr(path, "/transient_attributes") != NULL) {
        return COX_PATCHSCOPE_ATTRIBUTES;
    }
    if (strcmp(operation, "create") == 0 && made != NULL) {
        return scope_of_made(made);
    }
    if (strcmp(operation, "delete") == 0) {
        return COX_PATCHSCOPE_NODES | COX_PATCHSCOPE_HISTORY | COX_PATCHSCOPE_HISTORY_GONE | COX_PATCHSCOPE_ATTRIBUTES;
    }
    return node != NULL ? COX_PATCHSCOPE_NODES : COX_PATCHSCOPE_OTHER;
}

unsigned int
cox_patchscope_of(const char *path, const char *operation, const struct cox_xml *made)
{
    return g_str_has_prefix(path, "/cib/status") ? scope_of_status(path, operation, made) : (unsigned int) COX_PATCHSCOPE_CONFIGURATION;
}

unsigned int
cox_patchscope(const struct cox_xml *patch, char **object)
{
    unsigned int scope = 0;

    if (object != NULL) {
        *object = NULL;
    }
    for (const struct cox_xml *change = cox_xml_child(patch, "change"); change != NULL;
         change = cox_xml_next_named(change, "change")) {
        const char *path = cox_xml_get(change, "path"), *operation = cox_xml_get(change, "operation");
        const struct cox_xml *made = cox_xml_child(change, NULL);

        if (path == NULL || operation == NULL) {
            continue;
        }
        if (strcmp(path, "/cib") == 0 && strcmp(operation, "modify") == 0) {
            scope |= scope_of_root(change);
            continue;
        }
        scope |= cox_patchscope_of(path, operation, made);
        if (object != NULL && !g_str_has_prefix(path, "/cib/status")) {
            g_free(*object);
            *object = strcmp(operation, "create") == 0 && made != NULL && cox_xml_id(made) != NULL ? g_strdup(cox_xml_id(made)) : id_in(path);
        }
    }
    return scope;
}
