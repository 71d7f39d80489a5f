/* lib/cib/patchtext.c - a patch of format 2 written as text at once, without a tree in between.  Layer 2. */
#include "cib/patchtext.h"

#include <string.h>

#include "cib/patchscope.h"
#include "cib/path.h"
#include "xml/xmlwrite.h"

/* @name: with what stands around it, up to the value. */
static void
put_number(GString *out, const char *name, gint64 value)
{
    char digits[24];
    char *at = digits + sizeof digits;
    guint64 left = value < 0 ? (guint64) 0 - (guint64) value : (guint64) value;

    *--at = '\0';
    do {
        *--at = (char) ('0' + left % 10);
        left /= 10;
    } while (left > 0);
    if (value < 0) {
        *--at = '-';
    }
    g_string_append(out, name);
    g_string_append_len(out, at, digits + sizeof digits - 1 - at);
    g_string_append_c(out, '"');
}

static void
put_version(GString *out, const char *name, const struct cox_version *version)
{
    g_string_append(out, name);
    put_number(out, " admin_epoch=\"", version->admin_epoch);
    put_number(out, " epoch=\"", version->epoch);
    put_number(out, " num_updates=\"", version->num_updates);
    g_string_append(out, "/>");
}

void
cox_patchtext_begin(struct cox_patchtext *patch, const struct cox_version *before, const struct cox_version *after)
{
    g_string_append(patch->text, "<diff format=\"2\"><version>");
    put_version(patch->text, "<source", before);
    put_version(patch->text, "<target", after);
    g_string_append(patch->text, "</version>");
}

void
cox_patchtext_end(struct cox_patchtext *patch)
{
    g_string_append(patch->text, "</diff>");
}

static void
begin_change(struct cox_patchtext *patch, const char *operation, const char *path)
{
    patch->has_changes = true;
    g_string_append(patch->text, "<change operation=\"");
    g_string_append(patch->text, operation);
    g_string_append(patch->text, "\" path=\"");
    cox_xmlwrite_escaped(patch->text, path, true);
    g_string_append_c(patch->text, '"');
}

void
cox_patchtext_delete(struct cox_patchtext *patch, const char *path)
{
    begin_change(patch, "delete", path);
    g_string_append(patch->text, "/>");
    patch->scope |= cox_patchscope_of(path, "delete", NULL);
}

void
cox_patchtext_create(struct cox_patchtext *patch, const struct cox_xml *xml)
{
    g_autofree char *path = cox_path_of(cox_xml_parent(xml));

    begin_change(patch, "create", path);
    put_number(patch->text, " position=\"", (gint64) cox_xml_position(xml));
    g_string_append_c(patch->text, '>');
    cox_xmlwrite_element(patch->text, xml, COX_XMLWRITE_PLAIN);
    g_string_append(patch->text, "</change>");
    patch->scope |= cox_patchscope_of(path, "create", xml);
}

/* ---- attributes ---- */

static void
put_change(GString *out, const char *name, const char *value)
{
    g_string_append(out, "<change-attr name=\"");
    cox_xmlwrite_escaped(out, name, true);
    if (value != NULL) {
        g_string_append(out, "\" operation=\"set\" value=\"");
        cox_xmlwrite_escaped(out, value, true);
        g_string_append(out, "\"/>");
    } else {
        g_string_append(out, "\" operation=\"unset\"/>");
    }
}

/* The names that differ, into @scope, when @xml is the root. */
static void
differ(struct cox_patchtext *patch, const struct cox_xml *xml, const char *name, const char *value)
{
    put_change(patch->text, name, value);
    if (cox_xml_parent(xml) == NULL) {
        patch->scope |= cox_patchscope_of_root(name);
    }
}

/* False when there are none. */
static bool
put_differences(struct cox_patchtext *patch, const struct cox_xml *xml, const struct cox_attrs *before)
{
    gsize begin = patch->text->len;
    bool is_same_names = true;
    guint place = 0;

    for (struct cox_xml_attr *attr = cox_xml_first_attr(xml); attr != NULL; attr = cox_xml_next_attr(attr), place += 2) {
        const char *name = cox_xml_attr_name(attr), *value = cox_xml_attr_value(attr);

        is_same_names = is_same_names && place < before->len && strcmp(before->texts[place], name) == 0;
        if (place >= before->len || strcmp(before->texts[place], name) != 0 || strcmp(before->texts[place + 1], value) != 0) {
            differ(patch, xml, name, value);
        }
    }
    for (guint i = 0; i < before->len && !(is_same_names && place == before->len); i += 2) {
        if (cox_xml_get(xml, before->texts[i]) == NULL) {
            differ(patch, xml, before->texts[i], NULL);
        }
    }
    return patch->text->len > begin;
}

void
cox_patchtext_modify(struct cox_patchtext *patch, const struct cox_xml *xml, const struct cox_attrs *before)
{
    g_autofree char *path = cox_path_of(xml);
    gsize begin = patch->text->len;
    bool had_changes = patch->has_changes;

    begin_change(patch, "modify", path);
    g_string_append(patch->text, "><change-list>");
    if (!put_differences(patch, xml, before)) {
        g_string_truncate(patch->text, begin);
        patch->has_changes = had_changes;
        return;
    }
    g_string_append(patch->text, "</change-list><change-result><");
    g_string_append(patch->text, cox_xml_name(xml));
    cox_xmlwrite_attributes(patch->text, xml);
    g_string_append(patch->text, "/></change-result></change>");
    if (cox_xml_parent(xml) != NULL) {
        patch->scope |= cox_patchscope_of(path, "modify", NULL);
    }
}
