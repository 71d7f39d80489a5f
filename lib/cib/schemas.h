/* lib/cib/schemas.h - which versions of the configuration format exist; validate against them, upgrade to newer ones.  Layer 2. */
#ifndef COX_CIB_SCHEMAS_H
#define COX_CIB_SCHEMAS_H

#include <stdbool.h>
#include <stddef.h>
#include <glib.h>

#include "base/diag.h"
#include "cib/cib.h"
#include "xml/xmldoc.h"

G_BEGIN_DECLS

/** Version that new documents start with: the newest that every client understands. */
#define COX_SCHEMAS_INITIAL "pacemaker-3.9"

/** Name that switches validation off. */
#define COX_SCHEMAS_NONE "none"

/** Names of all versions, oldest first, without "none"; *@n_names of them. */
const char *const *cox_schemas_names(size_t *n_names);

/** Newest version. */
const char *cox_schemas_newest(void);

/** Is @name a version, or "none"?  False for NULL. */
bool cox_schemas_knows(const char *name);

/** Below, equal to or above 0 when @a is older than, the same as or newer than @b; "none" is newer than all.  Both must be known. */
int cox_schemas_compare(const char *a, const char *b);

/** A folder of schemas and what has been read from it; everything in it is compiled at most once. */
struct cox_schemas;

/** Schemas in the folder @directory, which is not looked at before something is needed. */
struct cox_schemas *cox_schemas_new(const char *directory);
void cox_schemas_free(struct cox_schemas *schemas);

/**
 * Check @doc against the version that its validate-with names; "none" is always good.  `/cib/status` is not looked at.
 *
 * @param diags  gets what is wrong: element, line, value and remedy; may be NULL
 * @param error  COX_ERROR_CONFIG when it does not conform, names no version or an unknown one; COX_ERROR_NO_INPUT or
 *               COX_ERROR_SYNTAX when the schema itself cannot be used
 */
bool cox_schemas_validate(struct cox_schemas *schemas, struct cox_xmldoc *doc, struct cox_diags *diags,
                          GError **error);

/**
 * Check the document of an open transaction, which conformed at its begin to the version that it still names; costs in proportion to what
 * was changed where that can be.  Otherwise as cox_schemas_validate().
 */
bool cox_schemas_validate_change(struct cox_schemas *schemas, struct cox_cib *cib, struct cox_diags *diags, GError **error);

/**
 * Translate a valid document into the version @to, or as far as what it uses exists there, and set its validate-with.
 * It keeps its meaning; what cannot be kept is reported.  A document with "none" stays as it is.  The result is valid
 * by construction and is not checked again here.
 *
 * @param doc    stays the same document when only its validate-with changes; else it is freed and replaced
 * @param to     NULL: the newest; when older than the document's, nothing happens
 * @param diags  gets what was dropped, and what keeps it from going further, as warnings; may be NULL
 * @param error  COX_ERROR_CONFIG (unknown version), COX_ERROR_NO_INPUT or COX_ERROR_SOFTWARE (transformation);
 *               *@doc is untouched then
 */
bool cox_schemas_upgrade(struct cox_schemas *schemas, struct cox_xmldoc **doc, const char *to, struct cox_diags *diags,
                         GError **error);

/**
 * Validate and upgrade to the newest: what a reader of documents does with each before it looks inside.  A document that does not
 * conform to the version that it names, but to a later one, is taken for such a one, with a warning.  Made to be the
 * `prepare` of cox_codec_options; @schemas is a struct cox_schemas.
 */
bool cox_schemas_prepare(struct cox_xmldoc **doc, void *schemas, struct cox_diags *diags, GError **error);

typedef struct cox_schemas cox_schemas; /* for g_autoptr only */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(cox_schemas, cox_schemas_free)

G_END_DECLS

#endif
