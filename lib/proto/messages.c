/* lib/proto/messages.c - messages.def as tables.  Layer 4. */
#include "proto/messages.h"

#define COX_RECORD(name) static const struct cox_field fields_##name[] = {
#define COX_MESSAGE(symbol, name, number) COX_RECORD(name)
#define VALUE(owner, number, field, type) { number, type, offsetof(struct cox_msg_##owner, field), 0, NULL, #field },
#define COX_U64(owner, number, field) VALUE(owner, number, field, COX_FIELD_U64)
#define COX_I64(owner, number, field) VALUE(owner, number, field, COX_FIELD_I64)
#define COX_TEXT(owner, number, field) VALUE(owner, number, field, COX_FIELD_TEXT)
#define COX_BYTES(owner, number, field) VALUE(owner, number, field, COX_FIELD_BYTES)
#define COX_TEXTS(owner, number, field)                                                                              \
    { number, COX_FIELD_TEXTS, offsetof(struct cox_msg_##owner, field), offsetof(struct cox_msg_##owner, n_##field), \
      NULL, #field },
#define COX_RECORDS(owner, number, field, record)                                                                    \
    { number, COX_FIELD_RECORDS, offsetof(struct cox_msg_##owner, field),                                            \
      offsetof(struct cox_msg_##owner, n_##field), &schema_##record, #field },
#define COX_END(name)                                                                                                \
    { 0 }                                                                                                            \
    }                                                                                                                \
    ;                                                                                                                \
    static const struct cox_schema schema_##name = { #name, sizeof(struct cox_msg_##name), fields_##name };
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

static const struct cox_schema *const schemas[COX_MSG_END] = {
#define COX_RECORD(name)
#define COX_MESSAGE(symbol, name, number) [number] = &schema_##name,
#define COX_U64(owner, number, field)
#define COX_I64(owner, number, field)
#define COX_TEXT(owner, number, field)
#define COX_BYTES(owner, number, field)
#define COX_TEXTS(owner, number, field)
#define COX_RECORDS(owner, number, field, record)
#define COX_END(name)
#include "proto/messages.def"
};

const struct cox_schema *
cox_messages_schema(unsigned int number)
{
    return number < COX_MSG_END ? schemas[number] : NULL;
}
