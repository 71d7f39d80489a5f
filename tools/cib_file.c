/* tools/cib_file.c - the document that a tool works on: found by the environment, read, changed, written back.  Layer 6. */
#include "tools/cib_file.h"

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "cib/md5.h"
#include "cib/version.h"
#include "tools/schemadir.h"
#include "tools/tool.h"
#include "xml/xmlwrite.h"

struct cox_cib_file {
    char *path;
    struct cox_cib *cib;
    struct cox_schemas *schemas;
};

/* ---- where it is ---- */

static const char *
environment(const char *name)
{
    const char *value = g_getenv(name);

    return value == NULL || *value == '\0' ? NULL : value;
}

char *
cox_cib_file_live_path(GError **error)
{
    if (environment("CIB_file") != NULL) {
        return g_strdup(environment("CIB_file"));
    }
    g_set_error(error, COX_ERROR, COX_ERROR_DISCONNECTED,
                "Not connected: start the cluster, or name a file with CIB_file");
    return NULL;
}

/* ---- reading ---- */

struct cox_cib_file *
cox_cib_file_open(const char *path, GError **error)
{
    g_autoptr(cox_xmldoc) doc = NULL;
    struct cox_cib_file *file;

    if (strcmp(path, "-") != 0 && !g_file_test(path, G_FILE_TEST_EXISTS)) {
        g_set_error(error, COX_ERROR, COX_ERROR_NOT_FOUND, "%s: there is no such file; check CIB_file and CIB_shadow",
                    path);
        return NULL;
    }
    doc = cox_tool_load(&(const struct cox_tool_source) { .file = path }, error);
    if (doc == NULL) {
        return NULL;
    }
    if (!cox_xml_is(cox_xmldoc_root(doc), "cib")) {
        g_set_error(error, COX_ERROR, COX_ERROR_CONFIG, "%s: the root element is '%s', a cluster document has 'cib'",
                    path, cox_xml_name(cox_xmldoc_root(doc)));
        return NULL;
    }
    file = g_new0(struct cox_cib_file, 1);
    file->path = g_strdup(path);
    file->cib = cox_cib_new(g_steal_pointer(&doc));
    return file;
}

void
cox_cib_file_free(struct cox_cib_file *file)
{
    if (file != NULL) {
        cox_cib_free(file->cib);
        cox_schemas_free(file->schemas);
        g_free(file->path);
        g_free(file);
    }
}

struct cox_cib *
cox_cib_file_cib(const struct cox_cib_file *file)
{
    return file->cib;
}

struct cox_schemas *
cox_cib_file_schemas(struct cox_cib_file *file)
{
    if (file->schemas == NULL) {
        g_autofree char *directory = cox_schemadir_find();

        file->schemas = cox_schemas_new(directory);
    }
    return file->schemas;
}

/* Names of the groups of @user: $CIB_user_groups, else the system's. */
static char **
groups_of(const char *user)
{
    const char *given = environment("CIB_user_groups");
    const struct passwd *entry = given == NULL ? getpwnam(user) : NULL;
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    gid_t ids[256];
    int n = (int) G_N_ELEMENTS(ids);

    if (given != NULL) {
        return g_strsplit_set(given, " ,", -1);
    }
    if (entry != NULL && getgrouplist(user, entry->pw_gid, ids, &n) >= 0) {
        for (int i = 0; i < n; i++) {
            const struct group *group = getgrgid(ids[i]);

            if (group != NULL) {
                g_ptr_array_add(names, g_strdup(group->gr_name));
            }
        }
    }
    g_ptr_array_add(names, NULL);
    return (char **) g_ptr_array_free(g_steal_pointer(&names), FALSE);
}

struct cox_acl *
cox_cib_file_acl(const struct cox_cib_file *file, const char *user)
{
    const struct cox_xml *root = cox_cib_root(file->cib);
    g_auto(GStrv) groups = NULL;

    user = user == NULL ? environment("CIB_user") : user;
    if (!cox_acl_applies(root, user)) {
        return NULL;
    }
    groups = groups_of(user);
    return cox_acl_new(root, user, (const char *const *) groups);
}

/* ---- writing ---- */

static bool
write_all(int fd, const char *text, size_t length)
{
    while (length > 0) {
        ssize_t done = write(fd, text, length);

        if (done < 0 && errno == EINTR) {
            continue;
        }
        if (done < 0) {
            return false;
        }
        text += done;
        length -= (size_t) done;
    }
    return fsync(fd) == 0;
}

static bool
write_beside(const char *path, const GString *text, char **made, GError **error)
{
    g_autofree char *name = g_strconcat(path, ".XXXXXX", NULL);
    struct stat info = { 0 };
    bool is_there = stat(path, &info) == 0;
    int fd = g_mkstemp_full(name, O_RDWR | O_CLOEXEC, 0600);
    bool is_written;

    if (fd < 0) {
        g_set_error(error, COX_ERROR, COX_ERROR_CANNOT_CREATE, "%s: cannot be written: %s", path, g_strerror(errno));
        return false;
    }
    is_written = write_all(fd, text->str, text->len);
    if (is_written && is_there) {
        /* Only root can give files away; for others the owner is the same already. */
        is_written = fchmod(fd, info.st_mode & 07777) == 0
                     && (geteuid() != 0 || fchown(fd, info.st_uid, info.st_gid) == 0);
    }
    if (!is_written) {
        g_set_error(error, COX_ERROR, COX_ERROR_IO, "%s: cannot be written, it stays as it was: %s", path,
                    g_strerror(errno));
        unlink(name);
    } else {
        *made = g_steal_pointer(&name);
    }
    close(fd);
    return is_written;
}

static void
sync_folder_of(const char *path)
{
    g_autofree char *folder = g_path_get_dirname(path);
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd >= 0) {
        (void) fsync(fd);
        close(fd);
    }
}

static bool
put_in_place(const char *path, const GString *text, GError **error)
{
    g_autofree char *made = NULL;

    if (!write_beside(path, text, &made, error)) {
        return false;
    }
    if (rename(made, path) != 0) {
        g_set_error(error, COX_ERROR, COX_ERROR_CANNOT_CREATE, "%s: cannot be replaced, it stays as it was: %s", path,
                    g_strerror(errno));
        unlink(made);
        return false;
    }
    sync_folder_of(path);
    return true;
}

/* The cluster's own document has its digest beside it. */
static bool
write_signature(const char *path, const struct cox_xml *xml, GError **error)
{
    g_autofree char *name = g_path_get_basename(path);
    g_autofree char *signature = g_strconcat(path, ".sig", NULL);
    g_autofree char *digest = NULL;
    g_autoptr(GString) text = NULL;

    if (strcmp(name, "cib.xml") != 0 || !g_file_test(signature, G_FILE_TEST_IS_REGULAR)) {
        return true;
    }
    digest = cox_md5_on_disk(xml);
    text = g_string_new(digest);
    return put_in_place(signature, text, error);
}

bool
cox_cib_file_write(const char *path, const struct cox_xml *xml, GError **error)
{
    char *real = realpath(path, NULL);
    g_autofree char *target = g_strdup(real == NULL ? path : real);
    g_autoptr(GString) text = g_string_new(NULL);
    struct stat info;

    free(real);
    if (strcmp(path, "-") == 0 || (stat(target, &info) == 0 && !S_ISREG(info.st_mode))) {
        g_set_error(error, COX_ERROR, COX_ERROR_CANNOT_CREATE,
                    "%s: is no regular file, so changes cannot be written back; give a file", path);
        return false;
    }
    cox_xmlwrite_element(text, xml, COX_XMLWRITE_FORMATTED);
    return put_in_place(target, text, error) && write_signature(target, xml, error);
}

/* ---- changing ---- */

static bool
conforms(struct cox_cib_file *file, struct cox_diags *diags, GError **error)
{
    return cox_schemas_validate(cox_cib_file_schemas(file), cox_cib_doc(file->cib), diags, error);
}

static bool
edit_open(struct cox_cib_file *file, const struct cox_edit *edit, struct cox_acl *acl, struct cox_diags *diags,
          GError **error)
{
    struct cox_cib *cib = file->cib;
    g_autoptr(cox_xmldoc) before = NULL;
    struct cox_version version = cox_version_of(cox_cib_root(cib));
    struct cox_version now;

    if (acl != NULL) {
        before = cox_xmldoc_new_copy(cox_cib_root(cib));
    }
    if (!cox_edit_run(cib, edit, error)
        || (acl != NULL && !cox_acl_check(acl, cox_xmldoc_root(before), cox_cib_root(cib), error))) {
        return false;
    }
    now = cox_version_of(cox_cib_root(cib));
    cox_edit_count(cib, cox_cib_touched(cib) != COX_CIB_UNTOUCHED || cox_version_compare(&version, &now) != 0);
    return cox_cib_touched(cib) != COX_CIB_CONFIGURATION || conforms(file, diags, error);
}

bool
cox_cib_file_edit(struct cox_cib_file *file, const struct cox_edit *edit, const char *user, struct cox_diags *diags,
                  GError **error)
{
    g_autoptr(cox_acl) acl = cox_cib_file_acl(file, user);
    struct cox_version before = cox_version_of(cox_cib_root(file->cib));
    struct cox_version after;

    cox_cib_begin(file->cib);
    if (!edit_open(file, edit, acl, diags, error)) {
        cox_cib_rollback(file->cib);
        return false;
    }
    cox_cib_keep(file->cib);
    after = cox_version_of(cox_cib_root(file->cib));
    if (cox_version_compare(&before, &after) == 0) {
        return true; /* nothing changed, so nothing is written */
    }
    return cox_cib_file_write(file->path, cox_cib_root(file->cib), error);
}

bool
cox_cib_file_upgrade(struct cox_cib_file *file, bool *is_changed, struct cox_diags *diags, GError **error)
{
    struct cox_xml *root = cox_cib_root(file->cib);
    struct cox_version version = cox_version_of(root);
    g_autofree char *before = g_strdup(cox_xml_get(root, "validate-with"));
    struct cox_xmldoc *doc = cox_xmldoc_new_copy(root);

    *is_changed = false;
    if (!conforms(file, diags, error) || !cox_schemas_upgrade(cox_cib_file_schemas(file), &doc, NULL, diags, error)) {
        cox_xmldoc_free(doc);
        return false;
    }
    if (g_strcmp0(before, cox_xml_get(cox_xmldoc_root(doc), "validate-with")) == 0) {
        cox_xmldoc_free(doc);
        return true;
    }
    *is_changed = true;
    cox_cib_exchange(file->cib, doc);
    root = cox_cib_root(file->cib);
    cox_cib_begin(file->cib);
    cox_cib_set_number(file->cib, root, "admin_epoch", version.admin_epoch + 1);
    cox_cib_set_number(file->cib, root, "epoch", 2);
    cox_cib_set_number(file->cib, root, "num_updates", 0);
    cox_cib_keep(file->cib);
    return cox_cib_file_write(file->path, root, error);
}

struct cox_xmldoc *
cox_cib_file_skeleton(const char *schema)
{
    static const char *const sections[] = { "crm_config", "nodes", "resources", "constraints" };
    struct cox_xmldoc *doc = cox_xmldoc_new("cib");
    struct cox_xml *root = cox_xmldoc_root(doc);
    struct cox_xml *configuration = cox_xml_new_child(root, "configuration");

    cox_xml_set(root, "crm_feature_set", COX_CIB_FILE_FEATURE_SET);
    cox_xml_set(root, "validate-with", schema == NULL ? COX_SCHEMAS_INITIAL : schema);
    cox_xml_set(root, "epoch", "0");
    cox_xml_set(root, "num_updates", "0");
    cox_xml_set(root, "admin_epoch", "0");
    for (size_t i = 0; i < G_N_ELEMENTS(sections); i++) {
        cox_xml_new_child(configuration, sections[i]);
    }
    cox_xml_new_child(root, "status");
    return doc;
}
