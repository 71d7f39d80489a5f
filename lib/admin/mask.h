/* lib/admin/mask.h - take secrets out of what is shown to others: by the names of parameters, and by their values wherever they stand.  Layer 4. */
#ifndef COX_ADMIN_MASK_H
#define COX_ADMIN_MASK_H

#include <stdbool.h>
#include <stddef.h>
#include <glib.h>

#include "xml/xml.h"

G_BEGIN_DECLS

/** What stands in place of a secret. */
#define COX_MASK_INSTEAD "******"

/**
 * Names that sound like a password, key, token, secret or credential are those of secrets; more can be added.  The values that such names have in
 * documents are learned, and are masked in texts where no name stands beside them, too.
 */
struct cox_mask;

struct cox_mask *cox_mask_new(void);
void cox_mask_free(struct cox_mask *mask);

/** Names that match @pattern (a regular expression, whatever the case of letters) are secret as well.  @param error COX_ERROR_USAGE quoting it */
bool cox_mask_add_pattern(struct cox_mask *mask, const char *pattern, GError **error);

/** A parameter of exactly this name is secret in documents, because its agent says so. */
void cox_mask_add_name(struct cox_mask *mask, const char *name);

bool cox_mask_is_secret(const struct cox_mask *mask, const char *name);

/**
 * A secret; ends of line around it are none of it.  What is shorter than four bytes, a number of less than nine digits, or a word such as "true" is not
 * looked for in texts; what is shorter than 16 bytes is only where it is no part of a longer word.
 */
void cox_mask_learn(struct cox_mask *mask, const char *value);

/**
 * Replace the secrets in a document, and learn them: values beside names, and attributes that have such names.  Ids and names of nodes are known from then
 * on, and never masked in texts as something learned.  Digests of the parameters of resources that have secrets are removed.
 */
void cox_mask_document(struct cox_mask *mask, struct cox_xml *root);

/**
 * A copy of @text without what was learned, and without what follows such names (name=value, name: "value", --name value), "-p" of a fence agent and the
 * user in a URL; quotes stay.  The caller frees it.
 */
char *cox_mask_text(const struct cox_mask *mask, const char *text, size_t length);

typedef struct cox_mask cox_mask; /* for g_autoptr only */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(cox_mask, cox_mask_free)

G_END_DECLS

#endif
