/* lib/codec/context.h - what all translators of one document share; for files in lib/codec.  Layer 3. */
#ifndef COX_CODEC_CONTEXT_H
#define COX_CODEC_CONTEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <glib.h>

#include "base/diag.h"
#include "model/config.h"
#include "xml/xml.h"

G_BEGIN_DECLS

/** One translation from tree to configuration. */
struct cox_context {
    struct cox_arena *arena;     /**< of the configuration */
    struct cox_config *config;   /**< being filled */
    struct cox_diags *diags;     /**< may be NULL */
    const struct cox_xml *top;   /**< the cib element */
    GHashTable *by_id;           /**< id -> element, made when the first reference is met */
    GHashTable *tag_by_id;       /**< id -> index into config.tags + 1 */
    GHashTable *rule_by_xml;     /**< rule element -> its rule, NULL while that is being read (references may be cyclic) */
    GTimeZone *zone;             /**< of dates without an offset; NULL: UTC */
};

/** Value of attribute @name kept by the configuration, or NULL. */
const char *cox_context_text(struct cox_context *context, const struct cox_xml *xml, const char *name);

/** Attribute @name as true or false; unset when absent or neither (then with a diagnostic). */
enum cox_tristate cox_context_bool(struct cox_context *context, const struct cox_xml *xml, const char *name);

/** Attribute @name as score; 0 with a diagnostic when it is none.  Was it there? */
bool cox_context_score(struct cox_context *context, const struct cox_xml *xml, const char *name, cox_score *score);

/** Attribute @name as role; unknown when absent, and with a diagnostic when it is none. */
enum cox_role cox_context_role(struct cox_context *context, const struct cox_xml *xml, const char *name);

/** Attribute @name as whole number, @fallback when absent or none (then with a diagnostic). */
gint64 cox_context_number(struct cox_context *context, const struct cox_xml *xml, const char *name, gint64 fallback);

/** The element of the configuration called @name with id @id, or NULL. */
const struct cox_xml *cox_context_find(struct cox_context *context, const char *name, const char *id);

/**
 * The element that @xml stands for: itself, or the one its id-ref names.
 * NULL with a diagnostic when the reference is dangling or names another reference.
 */
const struct cox_xml *cox_context_deref(struct cox_context *context, const struct cox_xml *xml);

/** All attributes but those named in @skip (NULL-terminated), as pairs without ids. */
const struct cox_nvpair *cox_context_attrs(struct cox_context *context, const struct cox_xml *xml,
                                           const char *const *skip, size_t *n);

/** Note a problem of the object that @xml is (or is part of). */
void cox_context_problem(struct cox_context *context, const struct cox_xml *xml, const char *remedy,
                         const char *format, ...) G_GNUC_PRINTF(4, 5);

/** Move what @array holds to the configuration's memory and free it. */
const void *cox_context_freeze(struct cox_context *context, GArray *array, size_t *n);

G_END_DECLS

#endif
