/* lib/cib/amend.c - one change of the document from beginning to end: access, edit, counters, schema, who and when.  Layer 2. */
#include "cib/amend.h"

#include <string.h>

#include "cib/version.h"

static const char *const commands[] = {
    [COX_EDIT_CREATE] = "create", [COX_EDIT_MODIFY] = "modify",         [COX_EDIT_REPLACE] = "replace",
    [COX_EDIT_DELETE] = "delete", [COX_EDIT_DELETE_ALL] = "delete-all", [COX_EDIT_PATCH] = "patch",
    [COX_EDIT_ERASE] = "erase",   [COX_EDIT_BUMP] = "bump",
};

const char *
cox_amend_command(enum cox_edit_kind kind)
{
    return commands[kind];
}

bool
cox_amend_kind(const char *command, enum cox_edit_kind *kind)
{
    for (size_t i = 0; i < G_N_ELEMENTS(commands); i++) {
        if (g_strcmp0(command, commands[i]) == 0) {
            *kind = (enum cox_edit_kind) i;
            return true;
        }
    }
    return false;
}

static void
mark(struct cox_cib *cib, const char *name, const char *value)
{
    struct cox_xml *root = cox_cib_root(cib);

    if (value != NULL && g_strcmp0(cox_xml_get(root, name), value) != 0) {
        cox_cib_set(cib, root, name, value);
    }
}

/* Who and when.  After the counters were raised: these attributes alone are no change. */
static void
sign(struct cox_cib *cib, const struct cox_amend *amend, bool is_configuration)
{
    if (is_configuration) {
        mark(cib, "cib-last-written", amend->written);
        mark(cib, "update-origin", amend->origin);
        mark(cib, "update-client", amend->client);
        mark(cib, "update-user", amend->user);
    }
    mark(cib, "dc-uuid", amend->coordinator);
}

/* ---- edits ---- */

/* @is_valid: is the document known to conform, before and, on success, after? */
static bool
edit_open(struct cox_cib *cib, const struct cox_amend *amend, bool *is_valid, struct cox_diags *diags, GError **error)
{
    g_autoptr(cox_xmldoc) before = amend->acl == NULL ? NULL : cox_xmldoc_new_copy(cox_cib_root(cib));
    struct cox_version version = cox_version_of(cox_cib_root(cib));
    struct cox_version now;
    g_autofree char *schema = g_strdup(cox_xml_get(cox_cib_root(cib), "validate-with"));
    bool is_configuration, is_changed;

    if (!cox_edit_run(cib, amend->edit, error)
        || (before != NULL && !cox_acl_check(amend->acl, cox_xmldoc_root(before), cox_cib_root(cib), error))) {
        return false;
    }
    now = cox_version_of(cox_cib_root(cib));
    is_configuration = cox_cib_touched(cib) == COX_CIB_CONFIGURATION;
    is_changed = cox_cib_touched(cib) != COX_CIB_UNTOUCHED || cox_version_compare(&version, &now) != 0
                 || (amend->coordinator != NULL
                     && g_strcmp0(cox_xml_get(cox_cib_root(cib), "dc-uuid"), amend->coordinator) != 0);
    cox_edit_count(cib, is_changed);
    sign(cib, amend, is_configuration);
    if (!is_configuration) {
        return true;
    }
    if (*is_valid && g_strcmp0(schema, cox_xml_get(cox_cib_root(cib), "validate-with")) == 0) {
        return cox_schemas_validate_change(amend->schemas, cib, diags, error);
    }
    *is_valid = cox_schemas_validate(amend->schemas, cox_cib_doc(cib), diags, error);
    return *is_valid;
}

static bool
edit(struct cox_cib *cib, const struct cox_amend *amend, struct cox_amend_result *result, struct cox_diags *diags,
     GError **error)
{
    bool is_valid = cox_cib_is_valid(cib);

    cox_cib_begin(cib);
    if (!edit_open(cib, amend, &is_valid, diags, error)) {
        cox_cib_rollback(cib);
        return false;
    }
    cox_cib_set_valid(cib, is_valid);
    if (amend->text != NULL) {
        cox_cib_commit_text(cib, amend->text);
        result->is_changed = amend->text->has_changes;
    } else {
        result->patch = cox_cib_commit(cib);
        result->is_changed = result->patch != NULL;
    }
    return true;
}

/* ---- upgrade ---- */

static void
put_upgraded(struct cox_cib *cib, const struct cox_amend *amend, struct cox_xmldoc *doc)
{
    struct cox_version version = cox_version_of(cox_cib_root(cib));
    struct cox_xml *root;

    cox_cib_exchange(cib, doc);
    root = cox_cib_root(cib);
    cox_cib_begin(cib);
    cox_cib_set_number(cib, root, "admin_epoch", version.admin_epoch + 1);
    cox_cib_set_number(cib, root, "epoch", 2);
    cox_cib_set_number(cib, root, "num_updates", 0);
    sign(cib, amend, true);
    cox_cib_keep(cib);
}

static bool
upgrade(struct cox_cib *cib, const struct cox_amend *amend, struct cox_amend_result *result, struct cox_diags *diags,
        GError **error)
{
    struct cox_xml *root = cox_cib_root(cib);
    struct cox_xmldoc *doc = cox_xmldoc_new_copy(root);

    if (!cox_schemas_validate(amend->schemas, cox_cib_doc(cib), diags, error)
        || !cox_schemas_upgrade(amend->schemas, &doc, amend->upgrade_to, diags, error)
        || (amend->acl != NULL && !cox_acl_check(amend->acl, root, cox_xmldoc_root(doc), error))) {
        cox_xmldoc_free(doc);
        return false;
    }
    *result = (struct cox_amend_result) {
        .is_changed = g_strcmp0(cox_xml_get(root, "validate-with"), cox_xml_get(cox_xmldoc_root(doc), "validate-with")) != 0,
    };
    if (result->is_changed) {
        put_upgraded(cib, amend, doc);
    } else {
        cox_xmldoc_free(doc);
    }
    return true;
}

bool
cox_amend_run(struct cox_cib *cib, const struct cox_amend *amend, struct cox_amend_result *result, struct cox_diags *diags,
              GError **error)
{
    return amend->edit == NULL ? upgrade(cib, amend, result, diags, error) : edit(cib, amend, result, diags, error);
}
