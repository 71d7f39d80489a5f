/* lib/codec/statusfield.h - which attribute of the status is which member; for files in lib/codec.  Layer 3.
 *
 * The tables are in the order in which the field writes the attributes, so that reader and writer share them.
 */
#ifndef COX_CODEC_STATUSFIELD_H
#define COX_CODEC_STATUSFIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <glib.h>

#include "base/arena.h"
#include "xml/xml.h"

G_BEGIN_DECLS

enum cox_status_field_type {
    COX_STATUS_FIELD_WORD = 0, /**< text that repeats: shared */
    COX_STATUS_FIELD_TEXT,     /**< text that does not */
    COX_STATUS_FIELD_INT,      /**< int */
    COX_STATUS_FIELD_INT64,    /**< gint64 */
    COX_STATUS_FIELD_BOOL,     /**< bool: "true" */
};

struct cox_status_field {
    const char *name;
    enum cox_status_field_type type;
    size_t offset;
    size_t has_offset; /**< of a bool that says whether the number is there; 0: none */
    bool is_always;    /**< written even when 0 */
};

struct cox_status_fields {
    const struct cox_status_field *fields;
    size_t n;
};

/** Members of cox_node_status, cox_rsc_history and cox_op_history. */
const struct cox_status_fields *cox_status_node_fields(void);
const struct cox_status_fields *cox_status_rsc_fields(void);
const struct cox_status_fields *cox_status_op_fields(void);

/** Set the members of @object that @attrs (name, value, ..., NULL) name; what is no number leaves its member alone. */
void cox_status_fields_read(const struct cox_status_fields *fields, struct cox_arena *arena, void *object,
                            const char *const *attrs);

/** Set the attributes of @xml for the members of @object that say something. */
void cox_status_fields_write(const struct cox_status_fields *fields, const void *object, struct cox_xml *xml);

G_END_DECLS

#endif
