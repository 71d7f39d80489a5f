/* lib/cib/patchview.c - a patch as lines for people.  Layer 2. */
#include "cib/patchview.h"

#include <string.h>

#include "cib/patch.h"
#include "xml/xmlwrite.h"

static void
write_versions(GString *out, const struct cox_xml *patch)
{
    struct cox_version source, target;
    const char *digest = cox_xml_get(patch, "digest");
    const char *format = cox_xml_get(patch, "format");
    g_autofree char *from = NULL;
    g_autofree char *to = NULL;

    if (!cox_patch_versions(patch, &source, &target)) {
        return;
    }
    from = cox_version_text(&source);
    to = cox_version_text(&target);
    g_string_append_printf(out, "Diff: --- %s %s\n", from, format == NULL ? "1" : format);
    g_string_append_printf(out, "Diff: +++ %s %s\n", to, digest == NULL ? "(no digest)" : digest);
}

static void
write_modify(GString *out, const struct cox_xml *change, const char *path)
{
    g_autoptr(GString) set = g_string_new(NULL);
    g_autoptr(GString) unset = g_string_new(NULL);
    const struct cox_xml *list = cox_xml_child(change, "change-list");

    for (const struct cox_xml *attr = cox_xml_first(list); attr != NULL; attr = cox_xml_next(attr)) {
        const char *name = cox_xml_get(attr, "name");
        const char *value = cox_xml_get(attr, "value");

        if (g_strcmp0(cox_xml_get(attr, "operation"), "set") == 0) {
            g_string_append_printf(set, "%s@%s=%s", set->len == 0 ? "" : ", ", name, value == NULL ? "" : value);
        } else {
            g_string_append_printf(unset, "%s@%s", unset->len == 0 ? "" : ", ", name);
        }
    }
    if (set->len > 0) {
        g_string_append_printf(out, "+  %s:  %s\n", path, set->str);
    }
    if (unset->len > 0) {
        g_string_append_printf(out, "-- %s:  %s\n", path, unset->str);
    }
}

static void
write_create(GString *out, const struct cox_xml *change, const char *path)
{
    const struct cox_xml *created = cox_xml_first_node(change);
    g_autofree char *text = created == NULL ? g_strdup("") : cox_xmlwrite_text(created, COX_XMLWRITE_FORMATTED);
    g_auto(GStrv) lines = g_strsplit(g_strchomp(text), "\n", -1);

    for (size_t i = 0; lines[i] != NULL; i++) {
        if (i == 0) {
            g_string_append_printf(out, "++ %s:  %s\n", path, lines[i]);
        } else {
            g_string_append_printf(out, "++ %*s%s\n", (int) MIN(strlen(path), 200) + 3, "", lines[i]);
        }
    }
}

char *
cox_patchview_text(const struct cox_xml *patch)
{
    GString *out = g_string_new(NULL);

    write_versions(out, patch);
    for (const struct cox_xml *change = cox_xml_child(patch, "change"); change != NULL;
         change = cox_xml_next_named(change, "change")) {
        const char *operation = cox_xml_get(change, "operation");
        const char *path = cox_xml_get(change, "path");
        const char *position = cox_xml_get(change, "position");

        path = path == NULL ? "" : path;
        if (g_strcmp0(operation, "create") == 0) {
            write_create(out, change, path);
        } else if (g_strcmp0(operation, "move") == 0) {
            g_string_append_printf(out, "+~ %s moved to offset %s\n", path, position == NULL ? "" : position);
        } else if (g_strcmp0(operation, "modify") == 0) {
            write_modify(out, change, path);
        } else if (position != NULL) {
            g_string_append_printf(out, "-- %s (%s)\n", path, position);
        } else {
            g_string_append_printf(out, "-- %s\n", path);
        }
    }
    return g_string_free(out, FALSE);
}
