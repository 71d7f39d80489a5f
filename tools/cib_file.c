/* tools/cib_file.c - a document in a file: read, changed, written back.  Layer 6. */
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
#include "cib/amend.h"
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

static const char *
environment(const char *name)
{
    const char *value = g_getenv(name);

    return value == NULL || *value == '\0' ? NULL : value;
}

/* Beside a document while it is written into: the whole new one. */
#define COPY_SUFFIX ".cox-new"

/* ---- reading ---- */

/* A document that cannot be read may be one whose writer was killed: name the copy then. */
static void
tell_of_copy(const char *path, GError **error)
{
    char *real = realpath(path, NULL);
    g_autofree char *copy = g_strconcat(real == NULL ? path : real, COPY_SUFFIX, NULL);

    free(real);
    if (g_file_test(copy, G_FILE_TEST_IS_REGULAR)) {
        g_prefix_error(error, "writing it was interrupted, the whole document is in '%s', move that to '%s': ", copy, path);
    }
}

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
        tell_of_copy(path, error);
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
cox_cib_file_acl_of(const struct cox_xml *root, const char *user)
{
    g_auto(GStrv) groups = NULL;

    if (!cox_acl_applies(root, user)) {
        return NULL;
    }
    groups = groups_of(user);
    return cox_acl_new(root, user, (const char *const *) groups);
}

struct cox_acl *
cox_cib_file_acl(const struct cox_cib_file *file, const char *user)
{
    return cox_cib_file_acl_of(cox_cib_root(file->cib), user == NULL ? environment("CIB_user") : user);
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

/* A new file that was not there before; -1: errno. */
static int
make_copy(const char *name)
{
    (void) unlink(name); /* of a writer that was killed; the document was read since */
    return open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
}

/* Write @text into a file @path + @suffix, whose last X stand for a name that is free. */
static bool
write_beside(const char *path, const char *suffix, const GString *text, char **made, GError **error)
{
    g_autofree char *name = g_strconcat(path, suffix, NULL);
    struct stat info = { 0 };
    bool is_there = stat(path, &info) == 0;
    int fd = g_str_has_suffix(suffix, "XXXXXX") ? g_mkstemp_full(name, O_RDWR | O_CLOEXEC, 0600) : make_copy(name);
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

/* Give a file that is there other contents. */
static bool
write_over(const char *path, const GString *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
    bool is_written = fd >= 0 && write_all(fd, text->str, text->len) && ftruncate(fd, (off_t) text->len) == 0 && fsync(fd) == 0;

    if (fd >= 0) {
        close(fd);
    }
    return is_written;
}

/* Whoever has the file open must see what is written: pcs -f works so.  The complete copy is there until it is, and takes the file's place
 * when that cannot be written. */
static bool
put_into(const char *path, const GString *text, GError **error)
{
    g_autofree char *made = NULL;

    if (!write_beside(path, COPY_SUFFIX, text, &made, error)) {
        return false;
    }
    sync_folder_of(path); /* the copy must be found after a crash */
    if (g_file_test(path, G_FILE_TEST_EXISTS) && write_over(path, text)) {
        unlink(made);
        return true;
    }
    if (rename(made, path) != 0) {
        g_set_error(error, COX_ERROR, COX_ERROR_CANNOT_CREATE, "%s: cannot be written: %s: the whole document is in %s", path, g_strerror(errno), made);
        return false;
    }
    sync_folder_of(path);
    return true;
}

static bool
put_in_place(const char *path, const GString *text, GError **error)
{
    g_autofree char *made = NULL;

    if (!write_beside(path, ".XXXXXX", text, &made, error)) {
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

/* The cluster's own document has its digest beside it; its path, or NULL.  The caller frees it. */
static char *
signature_of(const char *path)
{
    g_autofree char *name = g_path_get_basename(path);
    g_autofree char *signature = g_strconcat(path, ".sig", NULL);

    return strcmp(name, "cib.xml") == 0 && g_file_test(signature, G_FILE_TEST_IS_REGULAR) ? g_steal_pointer(&signature) : NULL;
}

static bool
write_signature(const char *signature, const struct cox_xml *xml, GError **error)
{
    g_autofree char *digest = cox_md5_on_disk(xml);
    g_autoptr(GString) text = g_string_new(digest);

    return put_in_place(signature, text, error);
}

bool
cox_cib_file_write(const char *path, const struct cox_xml *xml, GError **error)
{
    char *real = realpath(path, NULL);
    g_autofree char *target = g_strdup(real == NULL ? path : real);
    g_autofree char *signature = signature_of(target);
    g_autoptr(GString) text = g_string_new(NULL);
    struct stat info;

    free(real);
    if (strcmp(path, "-") == 0 || (stat(target, &info) == 0 && !S_ISREG(info.st_mode))) {
        g_set_error(error, COX_ERROR, COX_ERROR_CANNOT_CREATE,
                    "%s: is no regular file, so changes cannot be written back; give a file", path);
        return false;
    }
    cox_xmlwrite_element(text, xml, COX_XMLWRITE_FORMATTED);
    if (signature == NULL) {
        return put_into(target, text, error);
    }
    return put_in_place(target, text, error) && write_signature(signature, xml, error);
}

/* ---- changing ---- */

/* Run a change on the document in memory and write the file when its version is another one. */
static bool
amend(struct cox_cib_file *file, struct cox_amend *request, struct cox_amend_result *result, struct cox_diags *diags,
      GError **error)
{
    struct cox_version before = cox_version_of(cox_cib_root(file->cib));
    struct cox_version after;

    request->schemas = cox_cib_file_schemas(file);
    if (!cox_amend_run(file->cib, request, result, diags, error)) {
        return false;
    }
    cox_xmldoc_free(result->patch);
    after = cox_version_of(cox_cib_root(file->cib));
    return cox_version_compare(&before, &after) == 0 || cox_cib_file_write(file->path, cox_cib_root(file->cib), error);
}

bool
cox_cib_file_edit(struct cox_cib_file *file, const struct cox_edit *edit, const char *user, struct cox_diags *diags,
                  GError **error)
{
    g_autoptr(cox_acl) acl = cox_cib_file_acl(file, user);
    struct cox_amend request = { .edit = edit, .acl = acl };
    struct cox_amend_result result = { 0 };

    return amend(file, &request, &result, diags, error);
}

bool
cox_cib_file_upgrade(struct cox_cib_file *file, bool *is_changed, struct cox_diags *diags, GError **error)
{
    struct cox_amend request = { .edit = NULL };
    struct cox_amend_result result = { 0 };
    bool is_done = amend(file, &request, &result, diags, error);

    *is_changed = result.is_changed;
    return is_done;
}
