/* lib/vrrp/replay.c - which signed adverts were heard before.  Layer 3, pure. */
#include "vrrp/replay.h"

struct cox_vrrp_sender {
    struct cox_ip source;
    guint64 stamp;     /* last accepted */
    guint64 own_stamp; /* of this node, then */
};

static guint64
distance(guint64 a, guint64 b)
{
    return a > b ? a - b : b - a;
}

static struct cox_vrrp_sender *
find(struct cox_vrrp_replay *replay, const struct cox_ip *source)
{
    for (guint i = 0; i < replay->n; i++) {
        if (cox_ip_equal(&replay->senders[i].source, source)) {
            return &replay->senders[i];
        }
    }
    return NULL;
}

static struct cox_vrrp_sender *
make(struct cox_vrrp_replay *replay)
{
    struct cox_vrrp_sender *oldest = replay->senders;

    if (replay->n < COX_VRRP_SENDERS_MOST) {
        replay->senders = g_renew(struct cox_vrrp_sender, replay->senders, replay->n + 1);
        return &replay->senders[replay->n++];
    }
    for (guint i = 1; i < replay->n; i++) {
        if (replay->senders[i].own_stamp < oldest->own_stamp) {
            oldest = &replay->senders[i];
        }
    }
    return oldest;
}

enum cox_vrrp_refusal
cox_vrrp_replay_check(struct cox_vrrp_replay *replay, const struct cox_vrrp_heard *heard, cox_usec window)
{
    struct cox_vrrp_sender *sender = find(replay, &heard->source);

    if (sender == NULL) {
        if (window > 0 && distance(heard->stamp, heard->own_stamp) > (guint64) window) {
            return COX_VRRP_REFUSED_STALE;
        }
        sender = make(replay);
    } else if (heard->stamp <= sender->stamp) {
        return COX_VRRP_REFUSED_REPLAY;
    }
    *sender = (struct cox_vrrp_sender) { heard->source, heard->stamp, heard->own_stamp };
    return COX_VRRP_ACCEPTED;
}

void
cox_vrrp_replay_clear(struct cox_vrrp_replay *replay)
{
    g_clear_pointer(&replay->senders, g_free);
    replay->n = 0;
}
