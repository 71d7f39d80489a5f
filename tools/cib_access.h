/* tools/cib_access.h - the document that a tool works on: a shadow copy, a file, or the cluster's own through cibd.  Layer 6. */
#ifndef COX_TOOLS_CIB_ACCESS_H
#define COX_TOOLS_CIB_ACCESS_H

#include <stdbool.h>
#include <glib.h>

#include "base/arena.h"
#include "cib/acl.h"
#include "cib/edit.h"
#include "cib/schemas.h"
#include "proto/cibflag.h"
#include "proto/messages.h"
#include "runtime/runtime.h"

G_BEGIN_DECLS

/** A document, wherever it is. */
struct cox_cib_access;

/** Zero is the default.  Texts are borrowed until cox_cib_access_free(). */
struct cox_cib_access_settings {
    const char *tool;      /**< its name: update-client, and in cibd's log */
    const char *user;      /**< on whose behalf; NULL: $CIB_user, else we ourselves.  From root and hacluster only */
    gint64 timeout_ms;     /**< of each thing asked of cibd; default 60 s */
    const char *file;      /**< the document in this file ("-": standard input), whatever the environment names; NULL: what that names */
    bool ignores_shadow;   /**< not $CIB_shadow, but what it is a copy of */
    bool ignores_files;    /**< neither $CIB_shadow nor $CIB_file: the running cluster */
};

/** An attribute, and what to do with it. */
struct cox_cib_access_choice {
    const struct cox_msg_cib_choice *what;
    bool sets;
    const char *value; /**< sets: NULL deletes */
};

/**
 * Open what the environment names: the copy of $CIB_shadow, else the file $CIB_file, else the document of the running cluster.
 *
 * @return the caller frees it; NULL with the errors of cox_cib_file_open(), or COX_ERROR_DISCONNECTED when there is neither a file nor a
 *         running cluster
 */
struct cox_cib_access *cox_cib_access_open(const struct cox_cib_access_settings *settings, GError **error);
void cox_cib_access_free(struct cox_cib_access *access);

/** Is it the running cluster's? */
bool cox_cib_access_is_live(const struct cox_cib_access *access);

/** The loop that waits for answers; made on first use, owned by @access: for clients of other daemons in the same tool. */
struct cox_runtime *cox_cib_access_runtime(struct cox_cib_access *access);

/**
 * The document as this process may see it, read (or asked for) once; borrowed until cox_cib_access_again() or the next change.
 * NULL with an error when cibd does not give it.
 */
struct cox_cib *cox_cib_access_cib(struct cox_cib_access *access, GError **error);

/** The part of it that the user of the settings may see: its root; COX_ERROR_PRIVILEGE when that is nothing.  Borrowed as above. */
const struct cox_xml *cox_cib_access_visible(struct cox_cib_access *access, GError **error);

/**
 * The same, but for all that is outside one section of the configuration ("nodes", "crm_config", ...), which need not be there: what comes over
 * the wire does not grow with the rest.  The section itself, and what is around it, are where they are in the document; the attributes of
 * the root are not there.  Errors and ownership as above.
 */
const struct cox_xml *cox_cib_access_section(struct cox_cib_access *access, const char *section, GError **error);

/** Forget what was read: the next call reads, or asks, again. */
void cox_cib_access_again(struct cox_cib_access *access);

/** Permissions of @user in the document as read, the caller frees them; NULL when he may do everything (or with an error). */
struct cox_acl *cox_cib_access_acl(struct cox_cib_access *access, const char *user, GError **error);

/** The schemas that the environment or the installation names; made on first use, owned by @access. */
struct cox_schemas *cox_cib_access_schemas(struct cox_cib_access *access);

/**
 * Change it as the user of the settings; the document stays as it was when anything fails.
 *
 * @param diags  gets what is wrong when the result does not conform (of a file; cibd says it in the error); may be NULL
 * @param error  as cox_edit_run() and cox_schemas_validate(); COX_ERROR_PRIVILEGE; of cibd also COX_ERROR_TRY_AGAIN (certainly not done),
 *               COX_ERROR_INDETERMINATE (nobody knows whether it will be kept), COX_ERROR_DISCONNECTED, COX_ERROR_TIMEOUT
 */
bool cox_cib_access_edit(struct cox_cib_access *access, const struct cox_edit *edit, struct cox_diags *diags, GError **error);

/** The same with the input as text, which is not parsed here, for the running cluster's document; errors of the parser come from cibd. */
bool cox_cib_access_edit_text(struct cox_cib_access *access, const struct cox_edit *edit, const char *input, GError **error);

/** Upgrade it to the newest schema, as above. */
bool cox_cib_access_upgrade(struct cox_cib_access *access, struct cox_diags *diags, GError **error);

/**
 * An attribute of the running cluster's document, found and (@sets) given the value @value (NULL: deleted) by cibd itself: one question, and no XML
 * on our side.
 *
 * @param choice  which one
 * @return what there was before, in @arena; several: nothing was changed.  NULL with the errors of cox_cib_access_edit(), or with
 *         COX_ERROR_UNIMPLEMENTED when the document is a file or the daemon is older than this tool: then it has to be done with the document
 */
const struct cox_msg_cib_pairs *cox_cib_access_pairs(struct cox_cib_access *access, const struct cox_cib_access_choice *choice,
                                                     struct cox_arena *arena, GError **error);

/** Outcome of the last change: COX_CIB_KEPT, or COX_CIB_PROVISIONAL for one that was made without quorum and may lose. */
enum cox_cib_outcome cox_cib_access_outcome(const struct cox_cib_access *access);

typedef struct cox_cib_access cox_cib_access; /* for g_autoptr only */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(cox_cib_access, cox_cib_access_free)

G_END_DECLS

#endif
