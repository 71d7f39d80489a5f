/* cts/fuzz/fuzz_replica.c - libFuzzer target: any bytes as messages of other replicas, and as records of a journal.  Layer 6. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "replica/replica.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Answer what the replica asks of its document's owner, as long as it asks. */
static void
run(struct cox_replica *replica, struct cox_replica_event *event, struct cox_replica_effects *effects)
{
    struct cox_replica_document document = { .version = { 0, 1, 1 } };
    struct cox_replica_event answer = { .is_ok = true, .document = &document };
    guint64 synced = 0;
    bool again = true;

    cox_replica_step(replica, event, 1000, effects);
    for (unsigned n = 0; again && n < 1000; n++) {
        again = false;
        for (guint i = 0; i < effects->list->len; i++) {
            const struct cox_replica_effect *effect = &g_array_index(effects->list, struct cox_replica_effect, i);

            if (effect->kind == COX_REPLICA_APPLY || effect->kind == COX_REPLICA_INSTALL) {
                g_snprintf(document.digest, sizeof(document.digest), "%" G_GUINT64_FORMAT, effect->stamp.position);
                answer.kind = effect->kind == COX_REPLICA_APPLY ? COX_REPLICA_APPLIED : COX_REPLICA_INSTALLED;
                again = true;
            } else if (effect->kind == COX_REPLICA_JOURNAL || effect->kind == COX_REPLICA_SAVE) {
                synced = effect->number;
            }
        }
        if (again) {
            cox_replica_step(replica, &answer, 1000, effects);
        }
    }
    answer.kind = COX_REPLICA_SYNCED;
    answer.number = synced;
    cox_replica_step(replica, &answer, 1000, effects);
}

/* A message is: sender (1 byte, 1 or 2), length (2 bytes), bytes. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(cox_replica) replica = cox_replica_new(&(struct cox_replica_options) { .node_id = 1, .document_bytes = 65536 });
    g_autoptr(cox_replica) restored = cox_replica_new(&(struct cox_replica_options) { .node_id = 1 });
    const guint32 nodes[] = { 1, 2 };
    struct cox_replica_event event = { .kind = COX_REPLICA_VIEW, .nodes = nodes, .n_nodes = 2 };
    struct cox_replica_effects effects;
    bool is_fine = true;

    cox_replica_effects_init(&effects);
    run(replica, &event, &effects);
    event.kind = COX_REPLICA_DELIVER;
    while (size >= 3) {
        size_t length = MIN((size_t) data[1] | (size_t) data[2] << 8, size - 3);
        g_autoptr(GBytes) bytes = g_bytes_new(data + 3, length);
        g_autoptr(GBytes) change = NULL;
        char digest[COX_REPLICA_DIGEST_ROOM];

        event.node = 1 + data[0] % 2;
        event.bytes = bytes;
        run(replica, &event, &effects);
        is_fine = is_fine && cox_replica_restore_record(restored, bytes, &change, digest, NULL);
        data += 3 + length;
        size -= 3 + length;
    }
    cox_replica_effects_free(&effects);
    return 0;
}
