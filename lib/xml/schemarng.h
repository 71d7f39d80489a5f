/* lib/xml/schemarng.h - a RELAX NG schema, compiled, and documents checked against it.  Layer 1. */
#ifndef COX_XML_SCHEMARNG_H
#define COX_XML_SCHEMARNG_H

#include <stdbool.h>
#include <glib.h>

#include "base/diag.h"
#include "xml/xmldoc.h"

G_BEGIN_DECLS

struct cox_schemarng;

/**
 * Read and compile a schema.  It costs some milliseconds: do it once.
 * @return the schema, the caller owns it; NULL with COX_ERROR_NO_INPUT (cannot be read) or COX_ERROR_SYNTAX (no schema)
 */
struct cox_schemarng *cox_schemarng_load(const char *path, GError **error);
void cox_schemarng_free(struct cox_schemarng *rng);

/** Elements that may contain any number, none included, of what they contain, in any order. */
struct cox_schemarng_lists {
    const struct cox_xml *const *items;
    size_t n;
};

/**
 * Is @doc as the schema says?  What is inside `/cib/status` is not looked at.  @doc is as before afterwards.
 *
 * @param lists  of @doc: they are looked at in slices, so that the time grows with their length and not with its square (may be NULL)
 * @param diags  when it is not, gets one error or more with element, line, value and remedy (may be NULL)
 */
bool cox_schemarng_validate(const struct cox_schemarng *rng, struct cox_xmldoc *doc, const struct cox_schemarng_lists *lists,
                            struct cox_diags *diags);

/**
 * Is a document, of which the attribute @name of an element @element gets the value @after instead of @before, as much as the schema says as it
 * was, wherever the element is?  True is certain: every pattern that the attribute could be held against takes both.  False says nothing.
 */
bool cox_schemarng_is_indifferent(const struct cox_schemarng *rng, const char *element, const char *name, const char *before, const char *after);

/** Of a document that conformed before it was changed: what has to be looked at again. */
struct cox_schemarng_part {
    struct cox_schemarng_lists lists;
    GHashTable *kept; /**< set: children of these lists that were changed; the others are not looked at */
    bool skips_ids;   /**< no id and no reference was changed, added or removed */
};

/**
 * Does the changed part conform?  true says that the whole does, if it did before; false that the whole has to be validated, for the
 * reason or for certainty.
 */
bool cox_schemarng_validate_part(const struct cox_schemarng *rng, struct cox_xmldoc *doc, const struct cox_schemarng_part *part);

typedef struct cox_schemarng cox_schemarng; /* for g_autoptr only */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(cox_schemarng, cox_schemarng_free)

G_END_DECLS

#endif
