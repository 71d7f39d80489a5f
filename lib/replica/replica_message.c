/* lib/replica/replica_message.c - what replicas say to each other and write into their journals.  Layer 3, pure. */
#include "replica/replica_message.h"

#include <string.h>

/*
 * A message or record: protocol or format (1 byte), kind (1 byte), then the fields of the kind in the order below.
 * Which fields a kind has is a row of a table, so that reading and writing cannot disagree.
 */
enum field {
    F_FLAGS = 1 << 0,
    F_NODE = 1 << 1,
    F_NONCE = 1 << 2,
    F_NUMBER = 1 << 3,
    F_STAMP = 1 << 4,
    F_DIGEST = 1 << 5,
    F_DOCUMENT = 1 << 6, /* version and blank, beyond the digest */
    F_QUORUM = 1 << 7,
    F_MEMBERS = 1 << 8,
    F_LINEAGE = 1 << 9,
    F_OFFSET = 1 << 10,
    F_SIZE = 1 << 11,
    F_DATA = 1 << 12,
};

static const unsigned message_fields[COX_REPLICA_MSG_N] = {
    [COX_REPLICA_MSG_CHANGES] = F_NONCE | F_NUMBER | F_DATA,
    [COX_REPLICA_MSG_STATE]
    = F_FLAGS | F_NONCE | F_NUMBER | F_STAMP | F_DIGEST | F_DOCUMENT | F_QUORUM | F_MEMBERS
      | F_OFFSET,
    [COX_REPLICA_MSG_QUORUM] = F_QUORUM,
    [COX_REPLICA_MSG_READY] = F_STAMP | F_DIGEST,
    [COX_REPLICA_MSG_ACK] = F_STAMP | F_DIGEST,
    [COX_REPLICA_MSG_EXCUSE] = F_NODE,
    [COX_REPLICA_MSG_PROBE] = 0,
    [COX_REPLICA_MSG_CHECK] = 0,
    [COX_REPLICA_MSG_BEGIN]
    = F_FLAGS | F_NUMBER | F_STAMP | F_DIGEST | F_DOCUMENT | F_MEMBERS | F_LINEAGE | F_SIZE,
    [COX_REPLICA_MSG_CHUNK] = F_FLAGS | F_NUMBER | F_OFFSET | F_DATA,
};

static const unsigned record_fields[COX_REPLICA_REC_N] = {
    [COX_REPLICA_REC_CHANGE] = F_FLAGS | F_NONCE | F_NUMBER | F_STAMP | F_DIGEST | F_DATA,
    [COX_REPLICA_REC_VIEW] = F_STAMP,
    [COX_REPLICA_REC_PROMISE] = F_NUMBER,
    [COX_REPLICA_REC_META] = F_NUMBER | F_STAMP | F_DIGEST | F_LINEAGE,
};

static void
put_document(GByteArray *out, const struct cox_replica_document *document)
{
    cox_bytes_put_u64(out, (guint64) document->version.admin_epoch);
    cox_bytes_put_u64(out, (guint64) document->version.epoch);
    cox_bytes_put_u64(out, (guint64) document->version.num_updates);
    cox_bytes_put_u8(out, document->is_blank);
}

static void
get_document(struct cox_bytes_reader *in, struct cox_replica_document *document)
{
    document->version.admin_epoch = (gint64) cox_bytes_get_u64(in);
    document->version.epoch = (gint64) cox_bytes_get_u64(in);
    document->version.num_updates = (gint64) cox_bytes_get_u64(in);
    document->is_blank = cox_bytes_get_u8(in) != 0;
}

static void
put_quorum(GByteArray *out, const struct cox_replica_quorum *quorum)
{
    cox_bytes_put_u8(out, quorum->is_quorate);
    cox_bytes_put_u32(out, quorum->quorum_votes);
    cox_bytes_put_u32(out, quorum->own_votes);
    cox_bytes_put_u32(out, quorum->other_votes);
}

static void
get_quorum(struct cox_bytes_reader *in, struct cox_replica_quorum *quorum)
{
    quorum->is_quorate = cox_bytes_get_u8(in) != 0;
    quorum->quorum_votes = cox_bytes_get_u32(in);
    quorum->own_votes = cox_bytes_get_u32(in);
    quorum->other_votes = cox_bytes_get_u32(in);
}

static void
put_members(GByteArray *out, const struct cox_replica_message *message)
{
    cox_bytes_put_u32(out, message->n_members);
    for (guint32 i = 0; i < message->n_members; i++) {
        cox_bytes_put_u32(out, message->members[i]);
    }
}

static void
get_members(struct cox_bytes_reader *in, struct cox_replica_message *message)
{
    guint32 n = cox_bytes_get_u32(in);

    if (n > COX_REPLICA_MAX_NODES) {
        in->is_bad = true;
    }
    while (!in->is_bad && message->n_members < n) {
        message->members[message->n_members++] = cox_bytes_get_u32(in);
    }
}

static void
put_fields(GByteArray *out, unsigned fields, const struct cox_replica_message *message)
{
    if (fields & F_FLAGS) {
        cox_bytes_put_u8(out, message->flags);
    }
    if (fields & F_NODE) {
        cox_bytes_put_u32(out, message->node);
    }
    if (fields & F_NONCE) {
        cox_bytes_put_u64(out, message->nonce);
    }
    if (fields & F_NUMBER) {
        cox_bytes_put_u64(out, message->number);
    }
    if (fields & F_STAMP) {
        cox_stamp_put(out, &message->stamp);
    }
    if (fields & F_DIGEST) {
        cox_bytes_put_text(out, message->document.digest);
    }
    if (fields & F_DOCUMENT) {
        put_document(out, &message->document);
    }
    if (fields & F_QUORUM) {
        put_quorum(out, &message->quorum);
    }
    if (fields & F_MEMBERS) {
        put_members(out, message);
    }
    if (fields & F_LINEAGE) {
        cox_lineage_put(out, message->lineage);
    }
    if (fields & F_OFFSET) {
        cox_bytes_put_u64(out, message->offset);
    }
    if (fields & F_SIZE) {
        cox_bytes_put_u64(out, message->size);
    }
    if (fields & F_DATA) {
        cox_bytes_put_blob(out, message->data, message->data_size);
    }
}

static void
get_fields(struct cox_bytes_reader *in, unsigned fields, struct cox_replica_message *message)
{
    if (fields & F_FLAGS) {
        message->flags = cox_bytes_get_u8(in);
    }
    if (fields & F_NODE) {
        message->node = cox_bytes_get_u32(in);
    }
    if (fields & F_NONCE) {
        message->nonce = cox_bytes_get_u64(in);
    }
    if (fields & F_NUMBER) {
        message->number = cox_bytes_get_u64(in);
    }
    if (fields & F_STAMP) {
        message->stamp = cox_stamp_get(in);
    }
    if (fields & F_DIGEST) {
        cox_bytes_get_text(in, message->document.digest, sizeof(message->document.digest));
    }
    if (fields & F_DOCUMENT) {
        get_document(in, &message->document);
    }
    if (fields & F_QUORUM) {
        get_quorum(in, &message->quorum);
    }
    if (fields & F_MEMBERS) {
        get_members(in, message);
    }
    if (fields & F_LINEAGE) {
        message->lineage = cox_lineage_new();
        cox_lineage_get(in, message->lineage);
    }
    if (fields & F_OFFSET) {
        message->offset = cox_bytes_get_u64(in);
    }
    if (fields & F_SIZE) {
        message->size = cox_bytes_get_u64(in);
    }
    if (fields & F_DATA) {
        message->data = cox_bytes_get_blob(in, in->left, &message->data_size);
    }
}

GBytes *
cox_replica_message_write(const struct cox_replica_message *message)
{
    GByteArray *out = g_byte_array_sized_new((guint) message->data_size + 256);

    cox_bytes_put_u8(out, COX_REPLICA_PROTOCOL);
    cox_bytes_put_u8(out, (guint8) message->kind);
    put_fields(out, message_fields[message->kind], message);
    return g_byte_array_free_to_bytes(out);
}

void
cox_replica_changes_add(GByteArray *data, GBytes *change)
{
    gsize size = 0;
    const void *bytes = g_bytes_get_data(change, &size);

    cox_bytes_put_blob(data, bytes, size);
}

GBytes *
cox_replica_changes_next(struct cox_bytes_reader *in, GBytes *message)
{
    const guint8 *whole = g_bytes_get_data(message, NULL), *data;
    size_t size = 0;

    if (in->is_bad || in->left == 0) {
        return NULL;
    }
    data = cox_bytes_get_blob(in, in->left, &size);
    return data == NULL ? NULL : g_bytes_new_from_bytes(message, (gsize) (data - whole), size);
}

/* One at least, each as long as it says. */
static bool
are_changes(const struct cox_replica_message *message)
{
    struct cox_bytes_reader in;
    size_t size = 0;

    cox_bytes_reader_init(&in, message->data, message->data_size);
    while (!in.is_bad && in.left > 0) {
        (void) cox_bytes_get_blob(&in, in.left, &size);
    }
    return message->data_size > 0 && !in.is_bad;
}

bool
cox_replica_message_read(struct cox_replica_message *message, GBytes *bytes)
{
    struct cox_bytes_reader in;
    guint8 protocol, kind;
    gsize size = 0;
    const void *data = g_bytes_get_data(bytes, &size);

    memset(message, 0, sizeof(*message));
    cox_bytes_reader_init(&in, data, size);
    protocol = cox_bytes_get_u8(&in);
    kind = cox_bytes_get_u8(&in);
    if (in.is_bad || protocol != COX_REPLICA_PROTOCOL || kind >= COX_REPLICA_MSG_N) {
        return false;
    }
    message->kind = (enum cox_replica_message_kind) kind;
    get_fields(&in, message_fields[kind], message);
    if (!cox_bytes_reader_is_done(&in) || (message->kind == COX_REPLICA_MSG_CHANGES && !are_changes(message))) {
        cox_replica_message_clear(message);
        return false;
    }
    return true;
}

void
cox_replica_message_clear(struct cox_replica_message *message)
{
    g_clear_pointer(&message->lineage, g_array_unref);
}

GBytes *
cox_replica_record_write(const struct cox_replica_record *record)
{
    GByteArray *out = g_byte_array_sized_new((guint) record->data_size + 160);
    struct cox_replica_message fields = {
        .flags = record->is_agreed, .nonce = record->nonce, .number = record->number, .stamp = record->stamp,
        .lineage = record->lineage, .data = record->data, .data_size = record->data_size,
    };

    memcpy(fields.document.digest, record->digest, sizeof(record->digest));
    cox_bytes_put_u8(out, COX_REPLICA_RECORD_FORMAT);
    cox_bytes_put_u8(out, (guint8) record->kind);
    put_fields(out, record_fields[record->kind], &fields);
    return g_byte_array_free_to_bytes(out);
}

bool
cox_replica_record_read(struct cox_replica_record *record, const void *data, size_t size)
{
    struct cox_bytes_reader in;
    struct cox_replica_message fields;
    guint8 format, kind;

    memset(&fields, 0, sizeof(fields));
    cox_bytes_reader_init(&in, data, size);
    format = cox_bytes_get_u8(&in);
    kind = cox_bytes_get_u8(&in);
    if (in.is_bad || format != COX_REPLICA_RECORD_FORMAT || kind >= COX_REPLICA_REC_N) {
        return false;
    }
    get_fields(&in, record_fields[kind], &fields);
    if (!cox_bytes_reader_is_done(&in)) {
        cox_replica_message_clear(&fields);
        return false;
    }
    *record = (struct cox_replica_record) {
        .kind = (enum cox_replica_record_kind) kind, .is_agreed = fields.flags != 0, .nonce = fields.nonce,
        .number = fields.number, .stamp = fields.stamp, .lineage = fields.lineage, .data = fields.data,
        .data_size = fields.data_size,
    };
    memcpy(record->digest, fields.document.digest, sizeof(record->digest));
    return true;
}

void
cox_replica_record_clear(struct cox_replica_record *record)
{
    g_clear_pointer(&record->lineage, g_array_unref);
}
