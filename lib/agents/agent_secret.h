/* lib/agents/agent_secret.h - parameters whose values are not in the document but in files of each node.  Layer 3, adapter.
 *
 * The document has COX_SECRET_MARK as value; the value is in RESOURCE/PARAMETER below the directory of secrets, and its MD5 beside it in
 * PARAMETER.sign, so that a value that was damaged, or changed by other means, is noticed.  A node that missed a change does not notice: it has the old
 * value with the old digest.  The tool is cibsecret.  No value and no digest is ever in a log or an error.
 */
#ifndef COX_AGENTS_AGENT_SECRET_H
#define COX_AGENTS_AGENT_SECRET_H

#include <stdbool.h>
#include <glib.h>

G_BEGIN_DECLS

/** The value in the document. */
#define COX_SECRET_MARK "lrm://"

/** A value has at most so many bytes. */
#define COX_SECRET_BYTES (64 * 1024)

/** Whose secret it is. */
struct cox_secret_name {
    const char *rsc, *param;
};

/** The directory of secrets: COX_SECRETS_DIRECTORY, else that of the installation.  Borrowed. */
const char *cox_secret_directory(void);

/** May it be the name of a file, and a word of a shell?  An instance of a clone ("db:0") has the secrets of the clone's resource. */
bool cox_secret_is_name(const char *rsc, const char *param);

/** May it be kept?  Not empty, of at most COX_SECRET_BYTES, of one line, without white space at its end, which readers cut off.  COX_ERROR_INVALID_PARAM says what is wrong, and no value. */
bool cox_secret_is_value(const char *value, GError **error);

/**
 * The value on this node; the caller frees it.
 * @return NULL with COX_ERROR_NOT_FOUND when there is none, or COX_ERROR_DIGEST when it does not have its digest
 */
char *cox_secret_get(const char *rsc, const char *param, GError **error);

/**
 * Keep it on this node: mode 0600; each of the two files is replaced as a whole, one directly after the other, and is on the disk afterwards.
 * Errors: COX_ERROR_CANNOT_CREATE.
 */
bool cox_secret_put(const struct cox_secret_name *name, const char *value, GError **error);

/** It is gone from this node, or was not there.  Errors: COX_ERROR_CANNOT_CREATE. */
bool cox_secret_remove(const struct cox_secret_name *name, GError **error);

/** All that are kept on this node, sorted: struct cox_secret_name *; the caller unrefs it.  NULL with COX_ERROR_IO: a directory cannot be read. */
GPtrArray *cox_secret_list(GError **error);

/** All values that this node keeps for @rsc, with their digest or not: char *; the caller unrefs it.  What cannot be read is left out. */
GPtrArray *cox_secret_values(const char *rsc);

/**
 * A copy of @text for logs and histories, with "***" instead of each of @values (char *; may be NULL) of three bytes or more, wherever it stands; NULL for
 * NULL.  The caller frees it.
 */
char *cox_secret_mask(const char *text, const GPtrArray *values);

/**
 * Replace COX_SECRET_MARK among the values of @params (struct cox_agent_pair) by what this node keeps for @rsc; @values (with a free function)
 * owns what is put there.  COX_ERROR_NOT_CONFIGURED when one is missing or does not have its digest.
 */
bool cox_secret_fill(const char *rsc, GArray *params, GPtrArray *values, GError **error);

G_END_DECLS

#endif
