/* tools/cib_file.h - a document in a file: read, changed, written back.  Layer 6. */
#ifndef COX_TOOLS_CIB_FILE_H
#define COX_TOOLS_CIB_FILE_H

#include <stdbool.h>
#include <glib.h>

#include "cib/acl.h"
#include "cib/edit.h"
#include "cib/schemas.h"

G_BEGIN_DECLS

/** A document in a file. */
struct cox_cib_file;

/**
 * Read a document ("-": standard input; a pipe will do).
 * @return NULL with COX_ERROR_NOT_FOUND (missing), COX_ERROR_NO_INPUT, COX_ERROR_SYNTAX; no cib: COX_ERROR_CONFIG
 */
struct cox_cib_file *cox_cib_file_open(const char *path, GError **error);
void cox_cib_file_free(struct cox_cib_file *file);

struct cox_cib *cox_cib_file_cib(const struct cox_cib_file *file);

/** The schemas that the environment or the installation names; made on first use, owned by @file. */
struct cox_schemas *cox_cib_file_schemas(struct cox_cib_file *file);

/** Permissions of @user (NULL: $CIB_user) in this document, the caller frees them; NULL when he may do everything. */
struct cox_acl *cox_cib_file_acl(const struct cox_cib_file *file, const char *user);

/** The same in the document of @root; a NULL @user may do everything. */
struct cox_acl *cox_cib_file_acl_of(const struct cox_xml *root, const char *user);

/**
 * Edit the document as @user (see above), count versions, validate, and write the file.  The file stays as it was when
 * anything fails.
 *
 * @param diags  gets what is wrong when the result does not conform to its schema; may be NULL
 */
bool cox_cib_file_edit(struct cox_cib_file *file, const struct cox_edit *edit, const char *user,
                       struct cox_diags *diags, GError **error);

/** Upgrade to the newest schema and write the file; *@is_changed tells whether there was anything to do. */
bool cox_cib_file_upgrade(struct cox_cib_file *file, bool *is_changed, struct cox_diags *diags, GError **error);

/**
 * Write @xml to @path: complete or not at all, synced.  A file that is there stays the same one with other contents, for whoever has it open;
 * while they are written there is a complete copy beside it, PATH.XXXXXX.  The cluster's own cib.xml, with a digest in cib.xml.sig, is replaced,
 * and its digest renewed.
 * COX_ERROR_CANNOT_CREATE or COX_ERROR_IO otherwise.
 */
bool cox_cib_file_write(const char *path, const struct cox_xml *xml, GError **error);

typedef struct cox_cib_file cox_cib_file; /* for g_autoptr only */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(cox_cib_file, cox_cib_file_free)

G_END_DECLS

#endif
