/* lib/replica/replica_out.c - what a step asks for.  Layer 3, pure. */
#include "replica/replica_parts_priv.h"

#include <string.h>

void
cox_replica_effects_init(struct cox_replica_effects *effects)
{
    effects->list = g_array_new(FALSE, TRUE, sizeof(struct cox_replica_effect));
    effects->wake_at = COX_USEC_NEVER;
}

void
cox_replica_effects_clear(struct cox_replica_effects *effects)
{
    for (guint i = 0; i < effects->list->len; i++) {
        g_clear_pointer(&g_array_index(effects->list, struct cox_replica_effect, i).bytes, g_bytes_unref);
    }
    g_array_set_size(effects->list, 0);
    effects->wake_at = COX_USEC_NEVER;
}

void
cox_replica_effects_free(struct cox_replica_effects *effects)
{
    cox_replica_effects_clear(effects);
    g_clear_pointer(&effects->list, g_array_unref);
}

/* Takes @bytes.  The result is good until the next one. */
struct cox_replica_effect *
cox_replica_emit(struct cox_replica *r, enum cox_replica_effect_kind kind, GBytes *bytes)
{
    const struct cox_replica_effect effect = { .kind = kind, .bytes = bytes };

    if (kind == COX_REPLICA_APPLY || kind == COX_REPLICA_INSTALL) {
        r->busy_since = r->now;
    }
    g_array_append_val(r->out->list, effect);
    return &g_array_index(r->out->list, struct cox_replica_effect, r->out->list->len - 1);
}

void
cox_replica_note(struct cox_replica *r, enum cox_replica_note note, guint32 node, guint64 number)
{
    struct cox_replica_effect *effect = cox_replica_emit(r, COX_REPLICA_NOTE, NULL);

    effect->note = note;
    effect->node = node;
    effect->number = number;
    effect->stamp = r->stamp;
}

void
cox_replica_send(struct cox_replica *r, const struct cox_replica_message *message)
{
    struct replica_own *own = g_new0(struct replica_own, 1);

    own->round = r->round_number;
    own->place = r->last_place;
    own->has_changes = message->kind == COX_REPLICA_MSG_CHANGES;
    r->are_changes_sent = r->are_changes_sent || own->has_changes;
    g_queue_push_tail(&r->own, own);
    cox_replica_emit(r, COX_REPLICA_SEND, cox_replica_message_write(message));
}

/* Ask all to compare again, once per round. */
void
cox_replica_send_check(struct cox_replica *r)
{
    const struct cox_replica_message check = { .kind = COX_REPLICA_MSG_CHECK };

    if (!r->check_sent) {
        r->check_sent = true;
        cox_replica_send(r, &check);
    }
}

struct replica_member *
cox_replica_member(struct cox_replica *r, guint32 id)
{
    for (guint32 i = 0; i < r->view.n; i++) {
        if (r->view.members[i].id == id) {
            return &r->view.members[i];
        }
    }
    return NULL;
}
