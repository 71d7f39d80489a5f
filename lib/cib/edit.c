/* lib/cib/edit.c - what clients ask the document to do: create, modify, replace, delete ...  Layer 2. */
#include "cib/edit.h"

#include <string.h>

#include "base/error.h"
#include "cib/change.h"
#include "cib/diff.h"
#include "cib/md5.h"
#include "cib/patch.h"
#include "cib/path.h"
#include "cib/section.h"
#include "cib/version.h"
#include "xml/xpath.h"

static bool
is_match(const struct cox_xml *xml, const struct cox_xml *wanted)
{
    return cox_xml_is(xml, cox_xml_name(wanted)) && g_strcmp0(cox_xml_id(xml), cox_xml_id(wanted)) == 0;
}

/* The first below (and including) @top with the name and id of @wanted. */
static struct cox_xml *
find_match(struct cox_xml *top, const struct cox_xml *wanted)
{
    struct cox_xml *xml = top;

    while (xml != NULL && !is_match(xml, wanted)) {
        xml = cox_xml_walk(xml, top);
    }
    return xml;
}

static bool
no_object(const struct cox_xml *wanted, const char *section, GError **error)
{
    const char *id = wanted == NULL ? NULL : cox_xml_id(wanted);

    g_set_error(error, COX_ERROR, COX_ERROR_NOT_FOUND, "no <%s%s%s%s> in %s; create it first or correct the id",
                wanted == NULL ? "element" : cox_xml_name(wanted), id == NULL ? "" : " id=\"", id == NULL ? "" : id,
                id == NULL ? "" : "\"", section == NULL ? "the document" : section);
    return false;
}

/* The elements that an XPath selects; at least one, or an error unless @may_be_none. */
static GPtrArray *
select_nodes(struct cox_cib *cib, const struct cox_edit *edit, bool may_be_none, GError **error)
{
    GPtrArray *found = cox_xpath_find(cox_cib_root(cib), edit->xpath, error);

    if (found != NULL && found->len == 0 && !may_be_none) {
        g_set_error(error, COX_ERROR, COX_ERROR_NOT_FOUND, "nothing matches '%s'; check the path with a query",
                    edit->xpath);
        g_clear_pointer(&found, g_ptr_array_unref);
    }
    return found;
}

/* Section element, made when it is one that may be absent. */
static struct cox_xml *
need_section(struct cox_cib *cib, const char *section, GError **error)
{
    struct cox_xml *root = cox_cib_root(cib);
    struct cox_xml *found = cox_section_find(root, section);
    const char *parent_name = cox_section_parent(section);
    struct cox_xml *parent;

    if (found != NULL) {
        return found;
    }
    parent = parent_name == NULL ? NULL : cox_section_find(root, parent_name);
    if (parent == NULL) {
        g_set_error(error, COX_ERROR, COX_ERROR_NOT_FOUND, "the document has no section '%s'", section);
        return NULL;
    }
    {
        g_autoptr(cox_xmldoc) model = cox_xmldoc_new(section);

        return cox_cib_add(cib, parent, cox_xmldoc_root(model), NULL);
    }
}

/* ---- modify ---- */

/* "name++" and "name+=5" mean the old value plus something. */
static void
set_counted(struct cox_cib *cib, struct cox_xml *xml, const char *name, const char *value)
{
    size_t length = strlen(name);
    const char *old = cox_xml_get(xml, name);
    gint64 before = old == NULL ? 0 : g_ascii_strtoll(old, NULL, 10);
    gint64 more = 0;

    if (strncmp(value, name, length) == 0 && strcmp(value + length, "++") == 0) {
        more = 1;
    } else if (strncmp(value, name, length) == 0 && g_str_has_prefix(value + length, "+=")
               && g_ascii_string_to_signed(value + length + 2, 10, -1000000, 1000000, &more, NULL)) {
        /* more is set */
    } else {
        cox_cib_set(cib, xml, name, value);
        return;
    }
    cox_cib_set_number(cib, xml, name, CLAMP(before, -1000000000, 1000000000) + more);
}

static void
merge_attrs(struct cox_cib *cib, struct cox_xml *xml, const struct cox_xml *input, bool counts)
{
    for (struct cox_xml_attr *attr = cox_xml_first_attr(input); attr != NULL; attr = cox_xml_next_attr(attr)) {
        const char *name = cox_xml_attr_name(attr);

        if (counts || cox_version_is_counter(name)) {
            set_counted(cib, xml, name, cox_xml_attr_value(attr));
        } else {
            cox_cib_set(cib, xml, name, cox_xml_attr_value(attr));
        }
    }
}

/* Pairs of target and input that are still to be merged. */
struct pair {
    struct cox_xml *xml;
    const struct cox_xml *input;
};

static void
merge(struct cox_cib *cib, struct cox_xml *target, const struct cox_xml *input, bool counts)
{
    g_autoptr(GArray) todo = g_array_new(FALSE, FALSE, sizeof(struct pair));
    struct pair first = { target, input };

    g_array_append_val(todo, first);
    for (guint i = 0; i < todo->len; i++) {
        struct pair pair = g_array_index(todo, struct pair, i);

        merge_attrs(cib, pair.xml, pair.input, counts);
        for (const struct cox_xml *child = cox_xml_first(pair.input); child != NULL; child = cox_xml_next(child)) {
            struct pair next = { cox_cib_child(cib, pair.xml, child), child };

            if (next.xml == NULL) {
                cox_cib_add(cib, pair.xml, child, NULL);
            } else {
                g_array_append_val(todo, next);
            }
        }
    }
}

static bool
modify(struct cox_cib *cib, const struct cox_edit *edit, GError **error)
{
    const struct cox_xml *input = edit->input;
    struct cox_xml *top;
    struct cox_xml *target;

    if (edit->xpath != NULL) {
        g_autoptr(GPtrArray) found = select_nodes(cib, edit, false, error);

        if (found == NULL) {
            return false;
        }
        target = find_match(g_ptr_array_index(found, 0), input);
        if (target == NULL) {
            return no_object(input, edit->xpath, error);
        }
        merge(cib, target, input, edit->counts);
        return true;
    }
    if (edit->allows_creation || (edit->section != NULL && cox_xml_is(input, edit->section))) {
        top = need_section(cib, edit->section, error);
        if (top == NULL) {
            return false;
        }
    } else {
        top = cox_section_find(cox_cib_root(cib), edit->section);
    }
    target = top == NULL ? NULL : find_match(top, input);
    if (target == NULL && !edit->allows_creation) {
        return no_object(input, edit->section, error);
    }
    if (target == NULL) {
        cox_cib_add(cib, top, input, NULL);
    } else {
        merge(cib, target, input, edit->counts);
    }
    return true;
}

/* ---- create ---- */

static bool
create_in(struct cox_cib *cib, struct cox_xml *parent, const struct cox_xml *input, GError **error)
{
    const char *id = cox_xml_id(input);

    if (id != NULL && cox_cib_child(cib, parent, input) != NULL) {
        g_set_error(error, COX_ERROR, COX_ERROR_EXISTS,
                    "<%s id=\"%s\"> already exists in %s; modify it or choose another id", cox_xml_name(input), id,
                    cox_xml_name(parent));
        return false;
    }
    cox_cib_add(cib, parent, input, NULL);
    return true;
}

static bool
create_children(struct cox_cib *cib, const char *section, const struct cox_xml *input, GError **error)
{
    struct cox_xml *parent = need_section(cib, section, error);

    for (const struct cox_xml *child = cox_xml_first(input); child != NULL && parent != NULL;
         child = cox_xml_next(child)) {
        if (!create_in(cib, parent, child, error)) {
            return false;
        }
    }
    return parent != NULL;
}

/* A whole document, or its configuration: everything in its sections is new. */
static bool
create_sections(struct cox_cib *cib, const struct cox_xml *input, GError **error)
{
    for (const struct cox_xml *child = cox_xml_first(input); child != NULL; child = cox_xml_next(child)) {
        const char *name = cox_xml_name(child);
        bool done;

        if (cox_xml_is(child, "configuration")) {
            done = create_sections(cib, child, error);
        } else {
            done = create_children(cib, name, child, error);
        }
        if (!done) {
            return false;
        }
    }
    return true;
}

static bool
create(struct cox_cib *cib, const struct cox_edit *edit, GError **error)
{
    const struct cox_xml *input = edit->input;
    struct cox_xml *parent;

    if (edit->xpath != NULL) {
        g_autoptr(GPtrArray) found = select_nodes(cib, edit, false, error);

        return found != NULL && create_in(cib, g_ptr_array_index(found, 0), input, error);
    }
    if (cox_xml_is(input, "cib") || cox_xml_is(input, "configuration")) {
        return create_sections(cib, input, error);
    }
    if (cox_section_is_known(cox_xml_name(input))
        && (cox_section_is_whole(edit->section) || cox_xml_is(input, edit->section))) {
        return create_children(cib, cox_xml_name(input), input, error);
    }
    if (cox_section_is_whole(edit->section)) {
        g_set_error(error, COX_ERROR, COX_ERROR_NOT_FOUND,
                    "<%s> is no section of the document; name the section that it belongs to", cox_xml_name(input));
        return false;
    }
    parent = need_section(cib, edit->section, error);
    return parent != NULL && create_in(cib, parent, input, error);
}

/* ---- replace ---- */

/* The elements around @xml as a document of their own, with a copy of @input in its place. */
static struct cox_xmldoc *
frame(const struct cox_xml *xml, const struct cox_xml *input, struct cox_xml **place)
{
    g_autoptr(GPtrArray) up = g_ptr_array_new();
    struct cox_xmldoc *doc;
    struct cox_xml *parent;

    for (const struct cox_xml *at = cox_xml_parent(xml); at != NULL; at = cox_xml_parent(at)) {
        g_ptr_array_add(up, (gpointer) (guintptr) at);
    }
    doc = cox_xmldoc_new(cox_xml_name(g_ptr_array_index(up, up->len - 1)));
    parent = cox_xmldoc_root(doc);
    for (guint i = up->len - 1; i > 0; i--) {
        const struct cox_xml *model = g_ptr_array_index(up, i - 1);

        parent = cox_xml_new_child(parent, cox_xml_name(model));
        cox_xml_set(parent, "id", cox_xml_id(model));
    }
    *place = cox_xml_add_copy(parent, input);
    return doc;
}

static bool
is_exact(const struct cox_xml *xml)
{
    for (; cox_xml_parent(xml) != NULL; xml = cox_xml_parent(xml)) {
        if (!cox_path_is_first(xml)) {
            return false;
        }
    }
    return true;
}

/* Only what differs is changed, so that access is checked against the real changes. */
static bool
replace_one(struct cox_cib *cib, struct cox_xml *xml, const struct cox_xml *input, GError **error)
{
    g_autoptr(cox_xmldoc) around = NULL;
    g_autoptr(cox_xmldoc) changes = NULL;
    struct cox_xml *place = NULL;

    if (!is_match(xml, input) || !is_exact(xml)) {
        cox_cib_add(cib, cox_xml_parent(xml), input, xml);
        cox_cib_remove(cib, xml);
        return true;
    }
    around = frame(xml, input, &place);
    changes = cox_diff_make(xml, place, false, error);
    return changes != NULL && cox_patch_apply(cib, cox_xmldoc_root(changes), error);
}

static bool
replace_whole(struct cox_cib *cib, const struct cox_xml *input, GError **error)
{
    struct cox_version have = cox_version_of(cox_cib_root(cib));
    struct cox_version given = cox_version_of(input);
    g_autoptr(cox_xmldoc) changes = NULL;

    if (cox_version_compare(&given, &have) < 0) {
        g_autofree char *given_text = cox_version_text(&given);
        g_autofree char *have_text = cox_version_text(&have);

        g_set_error(error, COX_ERROR, COX_ERROR_OLD,
                    "version %s is older than %s, which the document has; start from the present document", given_text,
                    have_text);
        return false;
    }
    changes = cox_diff_make(cox_cib_root(cib), (struct cox_xml *) (guintptr) input, false, error);
    return changes != NULL && cox_patch_apply(cib, cox_xmldoc_root(changes), error);
}

static bool
replace(struct cox_cib *cib, const struct cox_edit *edit, GError **error)
{
    const struct cox_xml *input = edit->input;
    struct cox_xml *root = cox_cib_root(cib);
    struct cox_xml *target;

    if (edit->xpath != NULL) {
        g_autoptr(GPtrArray) found = select_nodes(cib, edit, false, error);

        if (found == NULL) {
            return false;
        }
        target = g_ptr_array_index(found, 0);
        return target == root ? replace_whole(cib, input, error) : replace_one(cib, target, input, error);
    }
    if (cox_xml_is(input, "cib") && !cox_section_is_whole(edit->section)) {
        input = cox_section_find(input, edit->section);
        if (input == NULL) {
            g_set_error(error, COX_ERROR, COX_ERROR_NOT_FOUND, "the input has no section '%s'", edit->section);
            return false;
        }
    }
    if (cox_xml_is(input, "cib")) {
        return replace_whole(cib, input, error);
    }
    if (cox_section_is_known(cox_xml_name(input)) && !cox_section_is_whole(cox_xml_name(input))
        && (cox_section_is_whole(edit->section) || cox_xml_is(input, edit->section))) {
        target = need_section(cib, cox_xml_name(input), error);
    } else {
        const struct cox_xml *top = cox_section_find(root, edit->section);

        target = top == NULL ? NULL : find_match((struct cox_xml *) (guintptr) top, input);
        if (target == NULL || target == root) {
            return no_object(input, edit->section, error);
        }
    }
    if (target != NULL && !cox_section_is_known(cox_xml_name(target))) {
        cox_cib_touch(cib, target); /* a replacement of an object counts, though it be by its like, as clients know it */
    }
    return target != NULL && replace_one(cib, target, input, error);
}

/* ---- delete ---- */

static bool
has_all_attrs(const struct cox_xml *xml, const struct cox_xml *wanted)
{
    for (struct cox_xml_attr *attr = cox_xml_first_attr(wanted); attr != NULL; attr = cox_xml_next_attr(attr)) {
        if (g_strcmp0(cox_xml_get(xml, cox_xml_attr_name(attr)), cox_xml_attr_value(attr)) != 0) {
            return false;
        }
    }
    return cox_xml_is(xml, cox_xml_name(wanted));
}

static bool
is_below(const struct cox_xml *xml, const struct cox_xml *top)
{
    while (xml != NULL && xml != top) {
        xml = cox_xml_parent(xml);
    }
    return xml != NULL;
}

static GPtrArray *
matches_of(struct cox_cib *cib, const struct cox_edit *edit, GError **error)
{
    GPtrArray *found;
    struct cox_xml *top = cox_section_find(cox_cib_root(cib), edit->section);

    if (edit->xpath != NULL) {
        return select_nodes(cib, edit, true, error);
    }
    found = g_ptr_array_new();
    for (struct cox_xml *xml = top; xml != NULL; xml = cox_xml_walk(xml, top)) {
        if (has_all_attrs(xml, edit->input)) {
            g_ptr_array_add(found, xml);
        }
    }
    return found;
}

static bool
delete_matches(struct cox_cib *cib, const struct cox_edit *edit, GError **error)
{
    g_autoptr(GPtrArray) found = matches_of(cib, edit, error);
    const struct cox_xml *last = NULL;

    for (guint i = 0; found != NULL && i < found->len; i++) {
        struct cox_xml *xml = g_ptr_array_index(found, i);

        if (xml == cox_cib_root(cib)) {
            g_set_error(error, COX_ERROR, COX_ERROR_INVALID_PARAM,
                        "the whole document cannot be deleted; use erase to empty it");
            return false;
        }
        if (last != NULL && is_below(xml, last)) {
            continue; /* went with it: matches are in document order */
        }
        cox_cib_remove(cib, xml);
        last = xml;
        if (edit->kind == COX_EDIT_DELETE) {
            break;
        }
    }
    return found != NULL;
}

/* ---- the rest ---- */

static bool
patch(struct cox_cib *cib, const struct cox_xml *input, GError **error)
{
    const char *digest = cox_xml_get(input, "digest");
    g_autofree char *have = NULL;

    if (!cox_patch_check(input, error) || !cox_patch_fits(input, cox_cib_root(cib), error)
        || !cox_patch_apply(cib, input, error)) {
        return false;
    }
    have = digest == NULL ? NULL : cox_md5_versioned(cox_cib_root(cib));
    if (have != NULL && g_ascii_strcasecmp(have, digest) != 0) {
        g_set_error(error, COX_ERROR, COX_ERROR_DIGEST,
                    "the patched document has digest %s instead of %s; make the patch from the present document", have,
                    digest);
        return false;
    }
    return true;
}

static void
erase(struct cox_cib *cib)
{
    static const char *const kept[] = { "crm_config", "nodes", "resources", "constraints" };
    struct cox_xml *root = cox_cib_root(cib);
    struct cox_version version = cox_version_of(root);
    g_autoptr(cox_xmldoc) model = cox_xmldoc_new("configuration");

    for (size_t i = 0; i < G_N_ELEMENTS(kept); i++) {
        cox_xml_new_child(cox_xmldoc_root(model), kept[i]);
    }
    while (cox_xml_first(root) != NULL) {
        cox_cib_remove(cib, cox_xml_first(root));
    }
    cox_cib_add(cib, root, cox_xmldoc_root(model), NULL);
    g_clear_pointer(&model, cox_xmldoc_free);
    model = cox_xmldoc_new("status");
    cox_cib_add(cib, root, cox_xmldoc_root(model), NULL);
    cox_cib_set_number(cib, root, "admin_epoch", version.admin_epoch + 1);
}

static bool
run(struct cox_cib *cib, const struct cox_edit *edit, GError **error)
{
    struct cox_xml *root = cox_cib_root(cib);

    if (edit->input == NULL && edit->kind != COX_EDIT_ERASE && edit->kind != COX_EDIT_BUMP
        && !(edit->xpath != NULL && (edit->kind == COX_EDIT_DELETE || edit->kind == COX_EDIT_DELETE_ALL))) {
        g_set_error(error, COX_ERROR, COX_ERROR_USAGE, "no XML given to work with; name a file, a text or standard input");
        return false;
    }
    switch (edit->kind) {
    case COX_EDIT_CREATE:
        return create(cib, edit, error);
    case COX_EDIT_MODIFY:
        return modify(cib, edit, error);
    case COX_EDIT_REPLACE:
        return replace(cib, edit, error);
    case COX_EDIT_DELETE:
    case COX_EDIT_DELETE_ALL:
        return delete_matches(cib, edit, error);
    case COX_EDIT_PATCH:
        return patch(cib, edit->input, error);
    case COX_EDIT_ERASE:
        erase(cib);
        return true;
    case COX_EDIT_BUMP:
        cox_cib_set_number(cib, root, "epoch", cox_version_of(root).epoch + 1);
        return true;
    }
    return false;
}

bool
cox_edit_run(struct cox_cib *cib, const struct cox_edit *edit, GError **error)
{
    if (!run(cib, edit, error)) {
        return false;
    }
    if (cox_cib_is_too_deep(cib)) {
        g_set_error(error, COX_ERROR, COX_ERROR_SYNTAX, "elements would be nested deeper than %d levels",
                    COX_CIB_MAX_DEPTH);
        return false;
    }
    return true;
}

void
cox_edit_count(struct cox_cib *cib, bool was_changed)
{
    struct cox_xml *root = cox_cib_root(cib);
    struct cox_version version = cox_version_of(root);

    if (cox_cib_touched(cib) == COX_CIB_CONFIGURATION) {
        cox_cib_set_number(cib, root, "epoch", version.epoch + 1);
        cox_cib_set_number(cib, root, "num_updates", 0);
    } else if (was_changed) {
        cox_cib_set_number(cib, root, "num_updates", version.num_updates + 1);
    }
}
