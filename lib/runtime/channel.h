/* lib/runtime/channel.h - datagrams over a connected seqpacket socket, never waiting for the peer.  Layer 1. */
#ifndef COX_RUNTIME_CHANNEL_H
#define COX_RUNTIME_CHANNEL_H

#include <stdbool.h>
#include <sys/types.h>
#include <glib.h>

#include "runtime/runtime.h"

G_BEGIN_DECLS

/** Longest datagram; a longer one ends the channel. */
#define COX_CHANNEL_MAX_BYTES (128 * 1024)

/** One end of a connection.  What cannot be sent at once waits in a queue; the owner watches its size. */
struct cox_channel;

/** What the owner wants to know. */
struct cox_channel_handlers {
    /** A datagram, borrowed for the call.  May free the channel. */
    void (*received)(void *context, const guint8 *data, gsize size);
    /** The other side is gone or sent too much (@reason, borrowed).  Comes once, from the loop; the owner frees the channel. */
    void (*closed)(void *context, const GError *reason);
    /** Something left the queue; NULL if nobody cares. */
    void (*progressed)(void *context);
};

/** Who is at the other end, as the kernel saw it when it connected (or listened). */
struct cox_channel_peer {
    pid_t pid;
    uid_t uid;
    gid_t gid;
    gid_t groups[64]; /**< supplementary ones, as many as fit */
    gsize n_groups;
};

/** A channel on @fd, which it owns from now on and makes non-blocking.  @handlers must outlive it. */
struct cox_channel *cox_channel_new(struct cox_runtime *runtime, int fd, const struct cox_channel_handlers *handlers,
                                    void *context);

/** Close it, dropping what is queued.  NULL is allowed; so is a call from one of its handlers. */
void cox_channel_free(struct cox_channel *channel);

/** Send or queue a datagram; takes a reference. */
void cox_channel_send(struct cox_channel *channel, GBytes *datagram);

/** Bytes that wait in the queue. */
gsize cox_channel_queued_bytes(const struct cox_channel *channel);

/** When something last left the queue, or when it became non-empty. */
cox_usec cox_channel_last_progress(const struct cox_channel *channel);

/** Stop or go on reading; the kernel's buffer then makes the peer wait. */
void cox_channel_pause(struct cox_channel *channel, bool is_paused);

/** Who is there.  false (and errno) when the kernel does not say. */
bool cox_channel_peer_of(int fd, struct cox_channel_peer *peer);

G_END_DECLS

#endif
