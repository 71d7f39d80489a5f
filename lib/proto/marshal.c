/* lib/proto/marshal.c - tag, length, value.  Layer 4. */
#include "proto/marshal.h"

#include <stdbool.h>
#include <string.h>

#include "base/error.h"

/* Shape of a value on the wire: enough to skip it. */
enum shape { SHAPE_NUMBER = 0, SHAPE_SIGNED = 1, SHAPE_BYTES = 2 };

static const enum shape shapes[] = {
    [COX_FIELD_U64] = SHAPE_NUMBER, [COX_FIELD_I64] = SHAPE_SIGNED,  [COX_FIELD_TEXT] = SHAPE_BYTES,
    [COX_FIELD_BYTES] = SHAPE_BYTES, [COX_FIELD_TEXTS] = SHAPE_BYTES, [COX_FIELD_RECORDS] = SHAPE_BYTES,
};

/* Writing. */

static void
put_number(GByteArray *out, guint64 value)
{
    guint8 bytes[10];
    guint n = 0;

    do {
        bytes[n++] = (guint8) ((value & 0x7f) | (value > 0x7f ? 0x80 : 0));
        value >>= 7;
    } while (value != 0);
    g_byte_array_append(out, bytes, n);
}

static void
put_key(GByteArray *out, const struct cox_field *field)
{
    put_number(out, (guint64) field->number << 2 | shapes[field->type]);
}

static void
put_bytes(GByteArray *out, const struct cox_field *field, const void *data, gsize size)
{
    put_key(out, field);
    put_number(out, size);
    g_byte_array_append(out, data, (guint) size);
}

/* Its length comes first but is known last: write the record behind, then move it. */
static void
put_record(GByteArray *out, const struct cox_field *field, const void *record)
{
    g_autoptr(GByteArray) inner = g_byte_array_new();

    cox_marshal(field->record, record, inner); /* as deep as the catalogue nests, no deeper */
    put_bytes(out, field, inner->data, inner->len);
}

static void
put_field(GByteArray *out, const struct cox_field *field, const guint8 *body)
{
    const void *at = body + field->offset;
    gsize count = 0;

    if (field->count_offset != 0 || field->type >= COX_FIELD_TEXTS) {
        count = *(const gsize *) (const void *) (body + field->count_offset);
    }
    switch (field->type) {
    case COX_FIELD_U64:
        if (*(const guint64 *) at != 0) {
            put_key(out, field);
            put_number(out, *(const guint64 *) at);
        }
        break;
    case COX_FIELD_I64:
        if (*(const gint64 *) at != 0) {
            guint64 value = (guint64) *(const gint64 *) at;

            put_key(out, field);
            put_number(out, value << 1 ^ (value >> 63 ? G_MAXUINT64 : 0)); /* small negatives stay short */
        }
        break;
    case COX_FIELD_TEXT:
        if (*(const char *const *) at != NULL) {
            put_bytes(out, field, *(const char *const *) at, strlen(*(const char *const *) at));
        }
        break;
    case COX_FIELD_BYTES:
        if (((const struct cox_bytes *) at)->size > 0) {
            put_bytes(out, field, ((const struct cox_bytes *) at)->data, ((const struct cox_bytes *) at)->size);
        }
        break;
    case COX_FIELD_TEXTS:
        for (gsize i = 0; i < count; i++) {
            const char *text = (*(const char *const *const *) at)[i];

            put_bytes(out, field, text, strlen(text));
        }
        break;
    case COX_FIELD_RECORDS:
        for (gsize i = 0; i < count; i++) {
            put_record(out, field, *(const guint8 *const *) at + i * field->record->size_bytes);
        }
        break;
    }
}

void
cox_marshal(const struct cox_schema *schema, const void *body, GByteArray *out)
{
    for (const struct cox_field *field = schema->fields; field->number != 0; field++) {
        put_field(out, field, body);
    }
}

/* Reading. */

struct reader {
    const guint8 *at, *end;
};

/* One field as it lies on the wire. */
struct raw {
    guint64 number;
    enum shape shape;
    guint64 value; /* of numbers */
    const guint8 *data;
    gsize size;
};

static bool
get_number(struct reader *reader, guint64 *value)
{
    guint64 result = 0;

    for (unsigned int shift = 0; shift < 70 && reader->at < reader->end; shift += 7) {
        guint8 byte = *reader->at++;

        if (shift == 63 && byte > 1) {
            return false; /* more than 64 bits */
        }
        result |= (guint64) (byte & 0x7f) << shift;
        if ((byte & 0x80) == 0) {
            *value = result;
            return true;
        }
    }
    return false;
}

static bool
get_raw(struct reader *reader, struct raw *raw)
{
    guint64 key, value;

    if (!get_number(reader, &key) || !get_number(reader, &value) || (key & 3) > SHAPE_BYTES) {
        return false;
    }
    *raw = (struct raw) { key >> 2, (enum shape)(key & 3), value, reader->at, 0 };
    if (raw->shape == SHAPE_BYTES) {
        if (value > (guint64) (reader->end - reader->at)) {
            return false;
        }
        raw->size = (gsize) value;
        reader->at += value;
    }
    return true;
}

static const struct cox_field *
find_field(const struct cox_schema *schema, guint64 number)
{
    for (const struct cox_field *field = schema->fields; field->number != 0; field++) {
        if (field->number == number) {
            return field;
        }
    }
    return NULL;
}

static gboolean
refuse(GError **error, const struct cox_schema *schema, const char *field, const char *why)
{
    g_set_error(error, COX_ERROR, COX_ERROR_PROTOCOL, "message '%s': field '%s': %s", schema->name, field, why);
    return FALSE;
}

/* First pass: is everything whole, and how long are the lists? */
static bool
count_fields(const struct cox_schema *schema, struct reader reader, gsize *counts, GError **error)
{
    struct raw raw;

    while (reader.at < reader.end) {
        const struct cox_field *field;

        if (!get_raw(&reader, &raw)) {
            return refuse(error, schema, "?", "cut off or malformed");
        }
        field = find_field(schema, raw.number);
        if (field == NULL) {
            continue;
        }
        if (raw.shape != shapes[field->type]) {
            return refuse(error, schema, field->name, "wrong type");
        }
        counts[field->number]++;
    }
    return true;
}

static void *
alloc(struct cox_arena *arena, gsize size)
{
    if (size > COX_MARSHAL_MEMORY_BYTES || cox_arena_used_bytes(arena) + size > COX_MARSHAL_MEMORY_BYTES) {
        return NULL;
    }
    return cox_arena_alloc(arena, size);
}

static bool
make_lists(const struct cox_schema *schema, guint8 *body, const gsize *counts, struct cox_arena *arena)
{
    for (const struct cox_field *field = schema->fields; field->number != 0; field++) {
        gsize n = counts[field->number];
        gsize each = field->type == COX_FIELD_TEXTS ? sizeof(char *) : field->record != NULL ? field->record->size_bytes : 0;

        if (n > 0 && each > 0) {
            void *list = n > COX_MARSHAL_MEMORY_BYTES / each ? NULL : alloc(arena, n * each);

            if (list == NULL) {
                return false;
            }
            memcpy(body + field->offset, &list, sizeof list);
        }
    }
    return true;
}

static const char *
get_text(const struct raw *raw, struct cox_arena *arena)
{
    char *text;

    if (memchr(raw->data, 0, raw->size) != NULL || !g_utf8_validate((const char *) raw->data, (gssize) raw->size, NULL)) {
        return NULL;
    }
    text = alloc(arena, raw->size + 1);
    if (text != NULL) {
        memcpy(text, raw->data, raw->size);
    }
    return text;
}

static gboolean read_fields(const struct cox_schema *schema, struct reader reader, guint8 *body, struct cox_arena *arena,
                            GError **error);

static bool
get_value(const struct cox_field *field, const struct raw *raw, void *at, struct cox_arena *arena)
{
    if (field->type == COX_FIELD_U64) {
        *(guint64 *) at = raw->value;
    } else if (field->type == COX_FIELD_I64) {
        *(gint64 *) at = (gint64) (raw->value >> 1 ^ (raw->value & 1 ? G_MAXUINT64 : 0));
    } else if (field->type == COX_FIELD_TEXT) {
        *(const char **) at = get_text(raw, arena);
        return *(const char **) at != NULL;
    } else {
        guint8 *copy = alloc(arena, raw->size);

        if (copy != NULL && raw->size > 0) {
            memcpy(copy, raw->data, raw->size);
        }
        *(struct cox_bytes *) at = (struct cox_bytes) { copy, raw->size };
        return copy != NULL;
    }
    return true;
}

/* Put one more element into a list that make_lists() has made. */
static gboolean
get_element(const struct cox_field *field, const struct raw *raw, guint8 *body, struct cox_arena *arena, GError **error)
{
    gsize *count = (gsize *) (void *) (body + field->count_offset);
    gsize index = (*count)++;

    if (field->type == COX_FIELD_TEXTS) {
        const char *text = get_text(raw, arena);

        (*(const char ***) (void *) (body + field->offset))[index] = text;
        return text != NULL;
    }
    return read_fields(field->record, (struct reader) { raw->data, raw->data + raw->size },
                       *(guint8 **) (void *) (body + field->offset) + index * field->record->size_bytes, arena, error);
}

/* Nests as deep as the catalogue does: a record is defined before those that use it, so none contains itself. */
static gboolean
read_fields(const struct cox_schema *schema, struct reader reader, guint8 *body, struct cox_arena *arena, GError **error)
{
    gsize counts[COX_SCHEMA_FIELDS_MAX + 1] = { 0 };
    struct raw raw;

    if (!count_fields(schema, reader, counts, error)) {
        return FALSE;
    }
    if (!make_lists(schema, body, counts, arena)) {
        return refuse(error, schema, "?", "too large");
    }
    while (reader.at < reader.end && get_raw(&reader, &raw)) {
        const struct cox_field *field = find_field(schema, raw.number);
        bool good = true;

        if (field != NULL && field->type >= COX_FIELD_TEXTS) {
            good = get_element(field, &raw, body, arena, error);
        } else if (field != NULL) {
            good = get_value(field, &raw, body + field->offset, arena);
        }
        if (!good) {
            return error != NULL && *error != NULL ? FALSE : refuse(error, schema, field->name, "not text, or too large");
        }
    }
    return TRUE;
}

const void *
cox_unmarshal(const struct cox_schema *schema, const guint8 *data, gsize size, struct cox_arena *arena, GError **error)
{
    guint8 *body = cox_arena_alloc(arena, schema->size_bytes);
    const guint8 *end = (size == 0) ? data : data + size; /* of an empty message @data may be NULL */
    g_autoptr(GError) problem = NULL;

    if (!read_fields(schema, (struct reader) { data, end }, body, arena, &problem)) {
        g_propagate_error(error, g_steal_pointer(&problem));
        return NULL;
    }
    return body;
}
