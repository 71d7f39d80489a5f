/* daemons/fenced/fencewire.c - messages of the fencing engine as messages of the catalogue.  Layer 6. */
#include "daemons/fenced/fencewire.h"

static struct cox_msg_fence_record
record_to_wire(const struct cox_fence_record *record)
{
    return (struct cox_msg_fence_record) {
        .origin = record->id.origin, .serial = record->id.serial, .target = record->target, .client = record->client,
        .delegate = record->delegate, .reason = record->reason, .action = record->action, .is_ok = record->is_ok,
        .is_confirmed = record->is_confirmed, .done_at_us = record->done_at.usec, .incarnation = record->incarnation,
    };
}

static struct cox_fence_record
record_from_wire(const struct cox_msg_fence_record *record)
{
    return (struct cox_fence_record) {
        .id = { (guint32) record->origin, record->serial }, .target = record->target, .client = record->client,
        .delegate = record->delegate, .reason = record->reason, .action = (enum cox_fence_action) record->action,
        .is_ok = record->is_ok != 0, .is_confirmed = record->is_confirmed != 0, .done_at = { record->done_at_us },
        .incarnation = record->incarnation,
    };
}

static void
write_history(struct cox_msg_fence_peer *piece, const struct cox_fence_message *message, cox_fencewire_fn fn, void *context)
{
    struct cox_msg_fence_record records[COX_FENCEWIRE_PIECE];
    size_t done = 0;

    piece->records = records;
    do {
        piece->n_records = MIN(message->n_records - done, COX_FENCEWIRE_PIECE);
        for (size_t i = 0; i < piece->n_records; i++) {
            records[i] = record_to_wire(&message->records[done + i]);
        }
        done += piece->n_records;
        fn(context, piece);
    } while (done < message->n_records);
}

/* DONE and UNDERWAY: the record of the operation, and then those of what has merged with it. */
static void
write_record(struct cox_msg_fence_peer *piece, const struct cox_fence_message *message, cox_fencewire_fn fn, void *context)
{
    g_autofree struct cox_msg_fence_record *records = g_new0(struct cox_msg_fence_record, message->n_records + 1);

    records[0] = record_to_wire(&message->record);
    for (size_t i = 0; i < message->n_records; i++) {
        records[i + 1] = record_to_wire(&message->records[i]);
    }
    piece->records = records;
    piece->n_records = message->n_records + 1;
    fn(context, piece);
}

static bool
has_record(enum cox_fence_message_kind kind)
{
    return kind == COX_FENCE_DONE || kind == COX_FENCE_UNDERWAY;
}

void
cox_fencewire_write(const struct cox_fence_message *message, cox_fencewire_fn fn, void *context)
{
    bool is_step = message->kind == COX_FENCE_EXEC;
    struct cox_msg_fence_peer piece = {
        .kind = message->kind, .origin = message->id.origin, .serial = message->id.serial,
        .target = message->request.target, .client = message->request.client,
        .action = is_step ? message->action : message->request.action, .delay_ms = message->request.delay_ms,
        .tolerance_ms = message->request.tolerance_ms, .is_unfencing = message->request.is_unfencing,
        .devices = message->devices, .n_devices = message->n_devices, .attempt = message->attempt, .device = message->device,
        .executor = message->executor, .with_delay = message->with_delay, .is_ok = message->is_ok, .reason = message->reason,
        .name = message->name, .incarnation = message->incarnation, .life = message->request.life,
    };

    if (message->kind == COX_FENCE_HISTORY) {
        write_history(&piece, message, fn, context);
        return;
    }
    if (has_record(message->kind)) {
        write_record(&piece, message, fn, context);
        return;
    }
    fn(context, &piece);
}

static bool
read_records(const struct cox_msg_fence_peer *piece, struct cox_arena *arena, struct cox_fence_message *message)
{
    struct cox_fence_record *records = cox_arena_new_array(arena, struct cox_fence_record, piece->n_records);

    for (gsize i = 0; i < piece->n_records; i++) {
        if (piece->records[i].action >= COX_FENCE_N_ACTIONS) {
            return false;
        }
        records[i] = record_from_wire(&piece->records[i]);
    }
    message->records = records;
    message->n_records = piece->n_records;
    if (has_record(message->kind) && piece->n_records > 0) {
        message->record = records[0];
        message->records = records + 1;
        message->n_records--;
    }
    return !has_record(message->kind) || piece->n_records > 0;
}

bool
cox_fencewire_read(const struct cox_msg_fence_peer *piece, struct cox_arena *arena, struct cox_fence_message *message)
{
    if (piece->kind > COX_FENCE_WITHDRAW || piece->action >= COX_FENCE_N_ACTIONS) {
        return false;
    }
    *message = (struct cox_fence_message) {
        .kind = (enum cox_fence_message_kind) piece->kind, .id = { (guint32) piece->origin, piece->serial },
        .request = { .target = piece->target, .action = (enum cox_fence_action) piece->action, .client = piece->client,
                     .delay_ms = piece->delay_ms, .tolerance_ms = piece->tolerance_ms,
                     .is_unfencing = piece->is_unfencing != 0, .life = piece->life },
        .devices = piece->devices, .n_devices = piece->n_devices, .attempt = piece->attempt, .device = piece->device,
        .action = (enum cox_fence_action) piece->action, .executor = (guint32) piece->executor,
        .with_delay = piece->with_delay != 0, .is_ok = piece->is_ok != 0, .reason = piece->reason, .name = piece->name,
        .incarnation = piece->incarnation,
    };
    return read_records(piece, arena, message);
}
