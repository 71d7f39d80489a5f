/* lib/proto/marshal.h - a message's struct to bytes and back.  Layer 4. */
#ifndef COX_PROTO_MARSHAL_H
#define COX_PROTO_MARSHAL_H

#include <glib.h>

#include "base/arena.h"
#include "proto/schema.h"

G_BEGIN_DECLS

/** Memory that decoding one message may take, whatever its bytes say. */
#define COX_MARSHAL_MEMORY_BYTES (1024 * 1024)

/**
 * Append the fields of @body (the struct that @schema describes) to @out.  A field of the wire is a key (number * 4 + shape, as
 * variable-length integer, see doc/adr/032) and a value.  Absent fields cost nothing.
 */
void cox_marshal(const struct cox_schema *schema, const void *body, GByteArray *out);

/**
 * Read fields into a new struct in @arena.  Unknown fields are skipped; of a field that comes twice and is no list the last
 * one counts.
 *
 * @return NULL with COX_ERROR_PROTOCOL naming message and field: cut off, text that is not UTF-8 or has NUL in it, a known
 *         field of the wrong shape, or more memory needed than COX_MARSHAL_MEMORY_BYTES
 */
const void *cox_unmarshal(const struct cox_schema *schema, const guint8 *data, gsize size, struct cox_arena *arena,
                          GError **error);

G_END_DECLS

#endif
