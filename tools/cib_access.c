/* tools/cib_access.c - the document that a tool works on: a shadow copy, a file, or the cluster's own through cibd.  Layer 6. */
#include "tools/cib_access.h"

#include "base/error.h"
#include "cib/amend.h"
#include "cib/section.h"
#include "runtime/loop.h"
#include "tools/cib_file.h"
#include "tools/cib_live.h"
#include "tools/schemadir.h"
#include "tools/tool.h"
#include "xml/xmlwrite.h"

enum { TIMEOUT_MS = 60000 };

struct cox_cib_access {
    struct cox_cib_access_settings settings;
    char *path;                 /* NULL: the running cluster */
    struct cox_cib_file *file;  /* NULL: not read, or live */
    GMainContext *loop_context;
    struct cox_runtime *runtime;
    struct cox_cib_live *live;
    struct cox_cib *cib;        /* live: as read */
    struct cox_xmldoc *visible; /* the part that the user may see; NULL: not made */
    struct cox_xmldoc *part;    /* live: with the section that was asked for last alone; NULL: none was */
    struct cox_schemas *schemas;
    enum cox_cib_outcome outcome;
};

static const char *
environment(const char *name)
{
    const char *value = g_getenv(name);

    return value == NULL || *value == '\0' ? NULL : value;
}

/* The file that is meant, or NULL for the running cluster. */
static char *
find_path(const struct cox_cib_access_settings *settings)
{
    const char *shadow = settings->ignores_shadow || settings->ignores_files ? NULL : environment("CIB_shadow");
    const char *file = settings->ignores_files ? NULL : environment("CIB_file");

    if (settings->file != NULL) {
        return g_strdup(settings->file);
    }
    return shadow != NULL ? cox_tool_shadow_path(shadow) : g_strdup(file);
}

struct cox_cib_access *
cox_cib_access_open(const struct cox_cib_access_settings *settings, GError **error)
{
    struct cox_cib_access *access = g_new0(struct cox_cib_access, 1);

    access->settings = *settings;
    access->settings.user = settings->user != NULL ? settings->user : environment("CIB_user");
    access->settings.timeout_ms = settings->timeout_ms > 0 ? settings->timeout_ms : TIMEOUT_MS;
    access->path = find_path(settings);
    if (access->path != NULL) {
        access->file = cox_cib_file_open(access->path, error);
    } else {
        access->live = cox_cib_live_open(cox_cib_access_runtime(access), settings->tool, access->settings.timeout_ms, error);
    }
    if (access->file == NULL && access->live == NULL) {
        cox_cib_access_free(access);
        return NULL;
    }
    return access;
}

void
cox_cib_access_free(struct cox_cib_access *access)
{
    if (access != NULL) {
        cox_cib_access_again(access);
        cox_cib_file_free(access->file);
        cox_cib_live_free(access->live);
        if (access->runtime != NULL) {
            cox_runtime_free(access->runtime);
            g_main_context_unref(access->loop_context);
        }
        cox_schemas_free(access->schemas);
        g_free(access->path);
        g_free(access);
    }
}

bool
cox_cib_access_is_live(const struct cox_cib_access *access)
{
    return access->path == NULL;
}

struct cox_runtime *
cox_cib_access_runtime(struct cox_cib_access *access)
{
    if (access->runtime == NULL) {
        access->loop_context = g_main_context_new();
        access->runtime = cox_loop_new(access->loop_context);
    }
    return access->runtime;
}

/* The groups that the environment gives the user; NULL: none. */
static char **
given_groups(const char *user)
{
    const char *given = user == NULL ? NULL : environment("CIB_user_groups");

    return given == NULL ? NULL : g_strsplit_set(given, " ,", -1);
}

/* ---- reading ---- */

/* The document, or its @section alone; NULL: all of it. */
static struct cox_xmldoc *
ask(struct cox_cib_access *access, const char *section, const char *user, GError **error)
{
    g_auto(GStrv) groups = given_groups(user);
    const struct cox_msg_cib_query query = {
        .section = section, .user = user, .n_groups = groups == NULL ? 0 : g_strv_length(groups), .groups = (const char *const *) groups,
    };

    return cox_cib_live_query(access->live, &query, error);
}

struct cox_cib *
cox_cib_access_cib(struct cox_cib_access *access, GError **error)
{
    if (access->live == NULL) {
        if (access->file == NULL) {
            access->file = cox_cib_file_open(access->path, error);
        }
        return access->file == NULL ? NULL : cox_cib_file_cib(access->file);
    }
    if (access->cib == NULL) {
        struct cox_xmldoc *doc = ask(access, NULL, NULL, error);

        access->cib = doc == NULL ? NULL : cox_cib_new(doc);
    }
    return access->cib;
}

/* Leaves visible NULL when there are no rules for the user. */
static bool
filter(struct cox_cib_access *access, const struct cox_cib *cib, GError **error)
{
    g_autoptr(cox_acl) acl = cox_cib_file_acl(access->file, access->settings.user);

    access->visible = acl == NULL ? NULL : cox_acl_filter(acl, cox_cib_root(cib));
    if (acl != NULL && access->visible == NULL) {
        g_set_error(error, COX_ERROR, COX_ERROR_PRIVILEGE, "nothing is readable for user '%s'", access->settings.user);
        return false;
    }
    return true;
}

const struct cox_xml *
cox_cib_access_visible(struct cox_cib_access *access, GError **error)
{
    struct cox_cib *cib = NULL;

    if (access->visible == NULL && access->live != NULL && access->settings.user != NULL) {
        access->visible = ask(access, NULL, access->settings.user, error);
        return access->visible == NULL ? NULL : cox_xmldoc_root(access->visible);
    }
    if (access->visible == NULL) {
        cib = cox_cib_access_cib(access, error);
        if (cib == NULL || (access->live == NULL && !filter(access, cib, error))) {
            return NULL;
        }
    }
    return access->visible != NULL ? cox_xmldoc_root(access->visible) : cox_cib_root(cib);
}

/* A document of the section (NULL: which is not there) and what is around it. */
static struct cox_xmldoc *
around(const struct cox_xmldoc *section)
{
    struct cox_xmldoc *doc = cox_xmldoc_new("cib");
    struct cox_xml *configuration = cox_xml_new_child(cox_xmldoc_root(doc), "configuration");

    if (section != NULL) {
        cox_xml_add_copy(configuration, cox_xmldoc_root(section));
    }
    return doc;
}

const struct cox_xml *
cox_cib_access_section(struct cox_cib_access *access, const char *section, GError **error)
{
    g_autoptr(cox_xmldoc) found = NULL;
    g_autoptr(GError) problem = NULL;

    COX_BUG_ON(g_strcmp0(cox_section_parent(section), "configuration") != 0);
    if (access->live == NULL || access->visible != NULL || access->cib != NULL) {
        return cox_cib_access_visible(access, error);
    }
    if (access->part != NULL && cox_section_find(cox_xmldoc_root(access->part), section) != NULL) {
        return cox_xmldoc_root(access->part);
    }
    found = ask(access, section, access->settings.user, &problem);
    if (found == NULL && problem->code != COX_ERROR_NOT_FOUND) {
        g_propagate_error(error, g_steal_pointer(&problem));
        return NULL;
    }
    g_clear_pointer(&access->part, cox_xmldoc_free);
    access->part = around(found);
    return cox_xmldoc_root(access->part);
}

void
cox_cib_access_again(struct cox_cib_access *access)
{
    g_clear_pointer(&access->part, cox_xmldoc_free);
    g_clear_pointer(&access->visible, cox_xmldoc_free);
    g_clear_pointer(&access->cib, cox_cib_free);
    g_clear_pointer(&access->file, cox_cib_file_free);
}

struct cox_acl *
cox_cib_access_acl(struct cox_cib_access *access, const char *user, GError **error)
{
    const struct cox_cib *cib = cox_cib_access_cib(access, error);

    return cib == NULL ? NULL : cox_cib_file_acl_of(cox_cib_root(cib), user);
}

struct cox_schemas *
cox_cib_access_schemas(struct cox_cib_access *access)
{
    if (access->schemas == NULL) {
        g_autofree char *directory = cox_schemadir_find();

        access->schemas = cox_schemas_new(directory);
    }
    return access->schemas;
}

/* ---- changing ---- */

static bool
change_live(struct cox_cib_access *access, struct cox_msg_cib_change *change, const char *input, GError **error)
{
    g_auto(GStrv) groups = given_groups(access->settings.user);
    guint64 outcome = COX_CIB_KEPT;

    change->user = access->settings.user;
    change->n_groups = groups == NULL ? 0 : g_strv_length(groups);
    change->groups = (const char *const *) groups;
    if (!cox_cib_live_change(access->live, change, input, &outcome, error)) {
        return false;
    }
    cox_cib_access_again(access);
    access->outcome = (enum cox_cib_outcome) outcome;
    return true;
}

bool
cox_cib_access_edit_text(struct cox_cib_access *access, const struct cox_edit *edit, const char *input, GError **error)
{
    struct cox_msg_cib_change change = {
        .command = cox_amend_command(edit->kind), .section = edit->section, .xpath = edit->xpath,
        .flags = (edit->allows_creation ? COX_CIB_CREATES : 0) | (edit->counts ? COX_CIB_COUNTS : 0),
    };

    COX_BUG_ON(access->live == NULL);
    return change_live(access, &change, input, error);
}

bool
cox_cib_access_edit(struct cox_cib_access *access, const struct cox_edit *edit, struct cox_diags *diags, GError **error)
{
    if (access->live != NULL) {
        g_autofree char *text = edit->input == NULL ? NULL : cox_xmlwrite_text(edit->input, COX_XMLWRITE_PLAIN);

        return cox_cib_access_edit_text(access, edit, text, error);
    }
    g_clear_pointer(&access->visible, cox_xmldoc_free);
    return cox_cib_access_cib(access, error) != NULL
           && cox_cib_file_edit(access->file, edit, access->settings.user, diags, error);
}

bool
cox_cib_access_upgrade(struct cox_cib_access *access, struct cox_diags *diags, GError **error)
{
    struct cox_msg_cib_change change = { .command = COX_AMEND_UPGRADE };
    bool is_changed = false;

    if (access->live != NULL) {
        return change_live(access, &change, NULL, error);
    }
    g_clear_pointer(&access->visible, cox_xmldoc_free);
    return cox_cib_access_cib(access, error) != NULL && cox_cib_file_upgrade(access->file, &is_changed, diags, error);
}

const struct cox_msg_cib_pairs *
cox_cib_access_pairs(struct cox_cib_access *access, const struct cox_cib_access_choice *choice, struct cox_arena *arena, GError **error)
{
    g_auto(GStrv) groups = given_groups(access->settings.user);
    gsize n_groups = groups == NULL ? 0 : g_strv_length(groups);
    const char *const *list = (const char *const *) groups;
    const struct cox_msg_cib_pairs_query query = { .n_choice = 1, .choice = choice->what, .user = access->settings.user, .n_groups = n_groups,
                                                   .groups = list };
    const struct cox_msg_cib_set set = { .n_choice = 1, .choice = choice->what, .value = choice->value, .user = access->settings.user,
                                         .n_groups = n_groups, .groups = list };
    const struct cox_msg_cib_pairs *pairs = NULL;

    if (access->live == NULL) {
        g_set_error_literal(error, COX_ERROR, COX_ERROR_UNIMPLEMENTED, "the document is a file");
        return NULL;
    }
    pairs = cox_cib_live_pairs(access->live, &query, choice->sets ? &set : NULL, arena, error);
    if (pairs != NULL && choice->sets) {
        cox_cib_access_again(access);
        access->outcome = (enum cox_cib_outcome) pairs->outcome;
    }
    return pairs;
}

enum cox_cib_outcome
cox_cib_access_outcome(const struct cox_cib_access *access)
{
    return access->outcome;
}
