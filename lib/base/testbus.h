/* lib/base/testbus.h - a fake of closed process groups with fake time: ordered messages, views, splits.  For tests only.
 *
 *     send --> outbox --order--> log of the ring --mail--> each member, in the same order
 *
 * A ring is one membership.  When it breaks, those who stay together deliver the same rest of it (virtual synchrony): all
 * up to a cut, which is drawn when nodes have gone; beyond it only messages of those who stay.  Then comes the view.  What
 * was not ordered in time goes into the next ring.  When only a process has left nothing that it had sent is lost.
 */
#ifndef COX_BASE_TESTBUS_H
#define COX_BASE_TESTBUS_H

#include <stdbool.h>
#include <stddef.h>
#include <glib.h>

#include "base/monotime.h"

G_BEGIN_DECLS

enum { COX_TESTBUS_MAX = 9 }; /**< nodes 1 to 8 */

/** A change of membership as one member sees it. */
struct cox_testbus_view {
    guint serial; /**< of the ring, 1 and up */
    guint32 members[COX_TESTBUS_MAX];
    size_t n_members;
    guint32 nodes[COX_TESTBUS_MAX]; /**< that are there, with and without a process */
    size_t n_nodes;
    guint32 lost[COX_TESTBUS_MAX]; /**< nodes, not only processes, that were there in this one's view before */
    size_t n_lost;
};

struct cox_testbus_mail {
    const struct cox_testbus_view *view; /**< NULL: it is a message */
    guint32 sender;
    guint position;        /**< in the order of all messages of the bus */
    gpointer message;      /**< borrowed; the same for all that read it */
};

/** What cox_testbus_step() calls; @test is the caller's. */
struct cox_testbus_calls {
    void (*mail)(void *test, guint node, const struct cox_testbus_mail *mail);
    void (*wake)(void *test, guint node);
    /** Append numbers of other things that could happen now to @work (guint, at most @room); how many.  NULL: none. */
    guint (*look)(void *test, guint *work, guint room);
    void (*work)(void *test, guint number);
};

struct cox_testbus {
    GRand *random;                      /**< NULL: everything in the order of the nodes */
    cox_usec now;
    cox_usec wake_at[COX_TESTBUS_MAX];  /**< when the process wants to be woken */
    bool is_stopped[COX_TESTBUS_MAX];   /**< gets nothing done (SIGSTOP) */
    guint part[COX_TESTBUS_MAX];        /**< nodes with equal numbers reach each other */
    gint32 slow_usec;                   /**< one step in fifty takes up to this much longer */
    guint n_steps, n_messages;
    /* The rest is the bus's own. */
    bool is_process[COX_TESTBUS_MAX], is_node[COX_TESTBUS_MAX];
    int ring[COX_TESTBUS_MAX], at[COX_TESTBUS_MAX]; /* the ring a process reads, -1: none; and where, -1: view not told */
    GQueue outbox[COX_TESTBUS_MAX];
    GPtrArray *rings;
    GDestroyNotify free_message;
};

/** A bus without processes.  @seed 0: everything in order, nothing lost.  Messages are freed with @free_message. */
void cox_testbus_init(struct cox_testbus *bus, guint32 seed, GDestroyNotify free_message);
void cox_testbus_clear(struct cox_testbus *bus);

/** A number below @n: drawn, or 0 without a seed. */
guint cox_testbus_pick(struct cox_testbus *bus, guint n);

/** The process of @node joins; its node is up. */
void cox_testbus_join(struct cox_testbus *bus, guint node);

/** The process is gone; what it has sent may get through.  @with_node: the node is gone, too, whether it had a process or not. */
void cox_testbus_leave(struct cox_testbus *bus, guint node, bool with_node);

/** The node is up, its process is not (yet). */
void cox_testbus_boot(struct cox_testbus *bus, guint node);

bool cox_testbus_is_up(const struct cox_testbus *bus, guint node);

/** Put nodes into parts of the network: one, or all (@parts[node]). */
void cox_testbus_move(struct cox_testbus *bus, guint node, guint part);
void cox_testbus_split(struct cox_testbus *bus, const guint *parts);

/** Send to the group; takes @message. */
void cox_testbus_send(struct cox_testbus *bus, guint node, gpointer message);

/** The next message of @node gets its place in the order; false: there is none. */
bool cox_testbus_order(struct cox_testbus *bus, guint node);

/** Take what comes next for @node; false: nothing.  @mail is valid until the next call for any node. */
bool cox_testbus_take(struct cox_testbus *bus, guint node, struct cox_testbus_mail *mail);
bool cox_testbus_has_mail(struct cox_testbus *bus, guint node);

/**
 * One thing happens: a message is ordered, mail is taken, other work is done; or, when there is nothing of that, the time
 * comes for the next that wants to be woken.
 * @return false: nothing happens up to @until
 */
bool cox_testbus_step(struct cox_testbus *bus, const struct cox_testbus_calls *calls, void *test, cox_usec until);

/** Step until nothing happens up to @until; false when there is no rest within 20000 steps. */
bool cox_testbus_run(struct cox_testbus *bus, const struct cox_testbus_calls *calls, void *test, cox_usec until);

G_END_DECLS

#endif
