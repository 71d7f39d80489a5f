/* lib/proto/schema.h - how a message is described: its fields, their numbers on the wire, where they lie in its struct.  Layer 4. */
#ifndef COX_PROTO_SCHEMA_H
#define COX_PROTO_SCHEMA_H

#include <stddef.h>
#include <glib.h>

G_BEGIN_DECLS

enum cox_field_type {
    COX_FIELD_U64 = 0, /**< guint64; 0 is not sent */
    COX_FIELD_I64,     /**< gint64; 0 is not sent */
    COX_FIELD_TEXT,    /**< const char *, UTF-8; NULL is not sent */
    COX_FIELD_BYTES,   /**< struct cox_bytes; empty is not sent */
    COX_FIELD_TEXTS,   /**< const char *const * with a count before it */
    COX_FIELD_RECORDS, /**< const struct cox_msg_X * with a count before it */
};

/** Any bytes. */
struct cox_bytes {
    const guint8 *data;
    gsize size;
};

struct cox_schema;

/** One field. */
struct cox_field {
    guint16 number; /**< on the wire, from 1; 0 ends the table */
    enum cox_field_type type;
    gsize offset;       /**< of the value in the struct */
    gsize count_offset; /**< of the gsize that counts a list */
    const struct cox_schema *record; /**< of RECORDS */
    const char *name;
};

/** One message or record. */
struct cox_schema {
    const char *name;
    gsize size_bytes; /**< of its struct */
    const struct cox_field *fields;
};

/** Fields of one message at most, and the highest number they may have. */
#define COX_SCHEMA_FIELDS_MAX 63

G_END_DECLS

#endif
