/* lib/proto/messages.h - the messages of messages.def as structs.  Layer 4. */
#ifndef COX_PROTO_MESSAGES_H
#define COX_PROTO_MESSAGES_H

#include <glib.h>

#include "proto/schema.h"

G_BEGIN_DECLS

/** Numbers of the messages on the wire. */
enum cox_message {
    COX_MSG_NONE = 0,
#define COX_RECORD(name)
#define COX_MESSAGE(symbol, name, number) COX_MSG_##symbol = number,
#define COX_U64(owner, number, field)
#define COX_I64(owner, number, field)
#define COX_TEXT(owner, number, field)
#define COX_BYTES(owner, number, field)
#define COX_TEXTS(owner, number, field)
#define COX_RECORDS(owner, number, field, record)
#define COX_END(name)
#include "proto/messages.def"
#undef COX_RECORD
#undef COX_MESSAGE
#undef COX_U64
#undef COX_I64
#undef COX_TEXT
#undef COX_BYTES
#undef COX_TEXTS
#undef COX_RECORDS
#undef COX_END
};

/** Numbers are below this. */
#define COX_MSG_END 512

/* One struct each: struct cox_msg_hello and so on.  A list `x` has its length in `n_x`. */
#define COX_RECORD(name) struct cox_msg_##name {
#define COX_MESSAGE(symbol, name, number) struct cox_msg_##name {
#define COX_U64(owner, number, field) guint64 field;
#define COX_I64(owner, number, field) gint64 field;
#define COX_TEXT(owner, number, field) const char *field;
#define COX_BYTES(owner, number, field) struct cox_bytes field;
#define COX_TEXTS(owner, number, field)                                                                              \
    gsize n_##field;                                                                                                 \
    const char *const *field;
#define COX_RECORDS(owner, number, field, record)                                                                    \
    gsize n_##field;                                                                                                 \
    const struct cox_msg_##record *field;
#define COX_END(name)                                                                                                \
    }                                                                                                                \
    ;
#include "proto/messages.def"
#undef COX_RECORD
#undef COX_MESSAGE
#undef COX_U64
#undef COX_I64
#undef COX_TEXT
#undef COX_BYTES
#undef COX_TEXTS
#undef COX_RECORDS
#undef COX_END

/** The description of a message, or NULL when the catalogue has no such number. */
const struct cox_schema *cox_messages_schema(unsigned int number);

G_END_DECLS

#endif
