/* lib/cib/patch.c - apply a patch of format 2 to a document.  Layer 2. */
#include "cib/patch.h"

#include <string.h>

#include "base/error.h"
#include "cib/slim.h"

bool
cox_patch_versions(const struct cox_xml *patch, struct cox_version *source, struct cox_version *target)
{
    const struct cox_xml *version = cox_xml_child(patch, "version");
    const struct cox_xml *from = cox_xml_child(version, "source");
    const struct cox_xml *to = cox_xml_child(version, "target");

    if (from == NULL || to == NULL) {
        return false;
    }
    *source = cox_version_of(from);
    *target = cox_version_of(to);
    return true;
}

/* Is the patch meant for one configuration, whatever the status is?  Then its source has no num_updates, and it leads to no version. */
static bool
fits_configuration(const struct cox_xml *source, const struct cox_xml *root, GError **error)
{
    struct cox_version wanted = cox_version_of(source), have = cox_version_of(root);

    if (wanted.admin_epoch == have.admin_epoch && wanted.epoch == have.epoch) {
        return true;
    }
    g_set_error(error, COX_ERROR, COX_ERROR_OLD,
                "patch is for configuration %" G_GINT64_FORMAT ".%" G_GINT64_FORMAT ", which has changed meanwhile: the document is at %"
                G_GINT64_FORMAT ".%" G_GINT64_FORMAT "; make the patch again from the present document",
                wanted.admin_epoch, wanted.epoch, have.admin_epoch, have.epoch);
    return false;
}

bool
cox_patch_fits(const struct cox_xml *patch, const struct cox_xml *root, GError **error)
{
    struct cox_version source, target;
    struct cox_version have = cox_version_of(root);
    g_autofree char *have_text = NULL, *source_text = NULL;
    const struct cox_xml *from = cox_xml_child(cox_xml_child(patch, "version"), "source");
    int order;

    if (from != NULL && cox_xml_get(from, "num_updates") == NULL && cox_xml_child(cox_xml_child(patch, "version"), "target") == NULL) {
        return fits_configuration(from, root, error);
    }
    if (!cox_patch_versions(patch, &source, &target)) {
        return true;
    }
    order = cox_version_compare(&have, &source);
    if (order == 0 && cox_version_compare(&target, &source) > 0) {
        return true;
    }
    have_text = cox_version_text(&have);
    source_text = cox_version_text(&source);
    if (order > 0) {
        g_set_error(error, COX_ERROR, COX_ERROR_OLD,
                    "patch is for version %s, the document is already at %s; make the patch again from the present document",
                    source_text, have_text);
    } else if (order < 0) {
        g_set_error(error, COX_ERROR, COX_ERROR_NOT_FOUND,
                    "patch is for version %s, the document is only at %s; apply the patches between first", source_text,
                    have_text);
    } else {
        g_set_error(error, COX_ERROR, COX_ERROR_OLD,
                    "patch leads from version %s to one that is not newer; raise the epoch of the new document, or make the "
                    "patch without versions",
                    source_text);
    }
    return false;
}

/* ---- shape ---- */

static bool
is_number(const char *text)
{
    return text != NULL && g_ascii_string_to_unsigned(text, 10, 0, G_MAXINT32, NULL, NULL);
}

static bool
bad_change(const struct cox_xml *change, const char *problem, GError **error)
{
    g_set_error(error, COX_ERROR, COX_ERROR_SYNTAX, "patch, line %d: change '%s' of '%s' %s", cox_xml_line(change),
                cox_xml_get(change, "operation") == NULL ? "" : cox_xml_get(change, "operation"),
                cox_xml_get(change, "path") == NULL ? "" : cox_xml_get(change, "path"), problem);
    return false;
}

static bool
check_modify(const struct cox_xml *change, GError **error)
{
    const struct cox_xml *list = cox_xml_child(change, "change-list");

    if (list == NULL && cox_xml_first(cox_xml_child(change, "change-result")) == NULL) {
        return bad_change(change, "has neither change-list nor change-result", error);
    }
    for (const struct cox_xml *attr = cox_xml_first(list); attr != NULL; attr = cox_xml_next(attr)) {
        const char *name = cox_xml_get(attr, "name");
        const char *operation = cox_xml_get(attr, "operation");

        if (!cox_xml_is(attr, "change-attr") || name == NULL || *name == '\0'
            || (g_strcmp0(operation, "set") != 0 && g_strcmp0(operation, "unset") != 0)) {
            return bad_change(change, "has an entry that is not <change-attr name= operation=\"set|unset\">", error);
        }
    }
    return true;
}

static bool
check_change(const struct cox_xml *change, GError **error)
{
    const char *operation = cox_xml_get(change, "operation");
    const char *path = cox_xml_get(change, "path");
    const char *position = cox_xml_get(change, "position");

    if (operation == NULL || path == NULL) {
        return bad_change(change, "needs both operation and path", error);
    }
    if (position != NULL && !is_number(position)) {
        return bad_change(change, "has a position that is not a number", error);
    }
    if (strcmp(operation, "create") == 0) {
        return cox_xml_first_node(change) != NULL || bad_change(change, "has nothing to create", error);
    }
    if (strcmp(operation, "move") == 0) {
        return position != NULL || bad_change(change, "needs a position", error);
    }
    if (strcmp(operation, "modify") == 0) {
        return check_modify(change, error);
    }
    return strcmp(operation, "delete") == 0
           || bad_change(change, "is unknown; known are create, modify, move and delete", error);
}

bool
cox_patch_check(const struct cox_xml *patch, GError **error)
{
    const char *format = cox_xml_get(patch, "format");

    if (!cox_xml_is(patch, "diff")) {
        g_set_error(error, COX_ERROR, COX_ERROR_SYNTAX, "'%s' is not a patch: the root must be <diff format=\"2\">",
                    cox_xml_name(patch));
        return false;
    }
    if (g_strcmp0(format, "2") != 0) {
        g_set_error(error, COX_ERROR, COX_ERROR_SYNTAX, "patch has format '%s', only '2' is known; make it with crm_diff",
                    format == NULL ? "1" : format);
        return false;
    }
    for (const struct cox_xml *child = cox_xml_first(patch); child != NULL; child = cox_xml_next(child)) {
        if (cox_xml_is(child, "change") && !check_change(child, error)) {
            return false;
        }
    }
    return true;
}

/* ---- doing it ---- */

/* A creation or move, done after everything else by ascending position. */
struct later {
    struct cox_xml *change;
    gint64 position;
    guint order;
};

static gint64
position_of(const struct cox_xml *change)
{
    const char *text = cox_xml_get(change, "position");

    return text == NULL ? -1 : g_ascii_strtoll(text, NULL, 10);
}

static int
compare_later(gconstpointer a, gconstpointer b)
{
    const struct later *left = a;
    const struct later *right = b;

    if (left->position != right->position) {
        return left->position < right->position ? -1 : 1;
    }
    return left->order < right->order ? -1 : left->order > right->order ? 1 : 0;
}

static bool
not_there(const struct cox_xml *change, GError **error)
{
    g_set_error(error, COX_ERROR, COX_ERROR_NOT_FOUND,
                "patch wants to %s '%s', which is not in the document; make the patch from the present document",
                cox_xml_get(change, "operation"), cox_xml_get(change, "path"));
    return false;
}

static void
modify(struct cox_cib *cib, struct cox_xml *xml, const struct cox_xml *change)
{
    const struct cox_xml *result = cox_xml_first(cox_xml_child(change, "change-result"));
    const struct cox_xml *list = cox_xml_child(change, "change-list");

    if (result != NULL) {
        cox_cib_set_all(cib, xml, result);
        return;
    }
    for (const struct cox_xml *attr = cox_xml_first(list); attr != NULL; attr = cox_xml_next(attr)) {
        bool unsets = strcmp(cox_xml_get(attr, "operation"), "unset") == 0;
        const char *value = cox_xml_get(attr, "value");

        cox_cib_set(cib, xml, cox_xml_get(attr, "name"), unsets ? NULL : value == NULL ? "" : value);
    }
}

static bool
apply_now(struct cox_cib *cib, const struct cox_xml *change, GError **error)
{
    gint64 position = position_of(change);
    struct cox_xml *xml = cox_cib_find(cib, cox_xml_get(change, "path"), position < 0 ? 0 : (size_t) position);

    if (strcmp(cox_xml_get(change, "operation"), "delete") == 0) {
        /* What is gone already need not be deleted. */
        if (xml == cox_cib_root(cib)) {
            return not_there(change, error);
        }
        if (xml != NULL) {
            cox_cib_remove(cib, xml);
        }
        return true;
    }
    if (xml == NULL || cox_xml_is_comment(xml)) {
        return not_there(change, error);
    }
    modify(cib, xml, change);
    return true;
}

static bool
apply_later(struct cox_cib *cib, const struct later *later, bool is_slim, GError **error)
{
    const struct cox_xml *change = later->change;
    struct cox_xml *xml = cox_cib_find(cib, cox_xml_get(change, "path"), (size_t) MAX(later->position, 0));
    struct cox_xml *next;

    if (xml == NULL || cox_xml_is_comment(xml)) {
        return not_there(change, error);
    }
    if (strcmp(cox_xml_get(change, "operation"), "move") == 0) {
        if (xml == cox_cib_root(cib)) {
            return not_there(change, error);
        }
        cox_cib_move(cib, xml, (size_t) later->position);
        return true;
    }
    next = later->position < 0 ? NULL : cox_xml_first_node(xml);
    for (gint64 at = 0; next != NULL && at < later->position; at++) {
        next = cox_xml_next_node(next);
    }
    xml = cox_cib_add(cib, xml, cox_xml_first_node(change), next);
    if (is_slim) {
        cox_slim_empty(cib, xml);
    }
    return true;
}

static bool
apply(struct cox_cib *cib, const struct cox_xml *patch, bool is_slim, GError **error)
{
    g_autoptr(GArray) postponed = g_array_new(FALSE, FALSE, sizeof(struct later));

    if (!cox_patch_check(patch, error)) {
        return false;
    }
    for (struct cox_xml *change = cox_xml_child(patch, "change"); change != NULL;
         change = cox_xml_next_named(change, "change")) {
        const char *operation = cox_xml_get(change, "operation");

        if (is_slim && cox_slim_leaves_out(cox_xml_get(change, "path"), strcmp(operation, "create") == 0)) {
            continue;
        }
        if (strcmp(operation, "create") == 0 || strcmp(operation, "move") == 0) {
            struct later later = { change, position_of(change), postponed->len };

            /* Without a position it goes last, so it is done last. */
            later.position = later.position < 0 ? G_MAXINT64 : later.position;
            g_array_append_val(postponed, later);
        } else if (!apply_now(cib, change, error)) {
            return false;
        }
    }
    g_array_sort(postponed, compare_later);
    for (guint i = 0; i < postponed->len; i++) {
        if (!apply_later(cib, &g_array_index(postponed, struct later, i), is_slim, error)) {
            return false;
        }
        if (cox_cib_is_too_deep(cib)) {
            g_set_error(error, COX_ERROR, COX_ERROR_SYNTAX, "patch nests elements deeper than %d levels",
                        COX_CIB_MAX_DEPTH);
            return false;
        }
    }
    return true;
}

bool
cox_patch_apply(struct cox_cib *cib, const struct cox_xml *patch, GError **error)
{
    return apply(cib, patch, false, error);
}

bool
cox_patch_apply_slim(struct cox_cib *cib, const struct cox_xml *patch, GError **error)
{
    return apply(cib, patch, true, error);
}
