/* lib/fence/fencewatch.h - who is a member, and who is alive although it was reported down.  Layer 3, pure.
 *
 *     (unknown) --fenced, no member--> DOWN --comes back after a boot--> (unknown)
 *         |                             |
 *         | fenced, still in the ring   | comes back without having booted
 *         v                             v
 *      DOUBTED --still there--------> BARRED --fenced again, after growing pauses--> DOUBTED or DOWN
 *         '------ leaves ---> DOWN
 */
#ifndef COX_FENCE_FENCEWATCH_H
#define COX_FENCE_FENCEWATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <glib.h>

#include "base/monotime.h"
#include "fence/fenceretry.h"

G_BEGIN_DECLS

struct cox_fence_member {
    guint32 id;              /**< cluster node id, not 0 */
    const char *name;
};

struct cox_fencewatch {
    guint32 self;
    gint64 lie_ms;
    GArray *ids;             /**< guint32: members, ascending */
    GPtrArray *names;        /**< char *: of the members, parallel */
    GArray *ring_ids;        /**< guint32: nodes that were members and have not left corosync's ring since */
    GPtrArray *ring_names;   /**< char *: parallel */
    GPtrArray *nodes;        /**< what is known of each node by name */
    struct cox_fenceretry retry;
};

/** @lie_ms: how long a fenced node may still be in the ring; @pause_ms, @pause_max_ms: between fencings of one that stays. */
void cox_fencewatch_init(struct cox_fencewatch *watch, guint32 self, gint64 lie_ms, gint64 pause_ms, gint64 pause_max_ms);
void cox_fencewatch_clear(struct cox_fencewatch *watch);

/**
 * The membership now.
 *
 * @param is_spokesman set: is this node the lowest of those that were members before, too?
 * @return has somebody joined?
 */
bool cox_fencewatch_set_members(struct cox_fencewatch *watch, const struct cox_fence_member *members, size_t n,
                                bool *is_spokesman);

/** Name of a member, or NULL if it is none; id of a member, or 0. */
const char *cox_fencewatch_name(const struct cox_fencewatch *watch, guint32 id);
guint32 cox_fencewatch_member(const struct cox_fencewatch *watch, const char *name);

/** Are all members among @ids (guint32)?  Take away those of @ids that are no members. */
bool cox_fencewatch_has_all(const struct cox_fencewatch *watch, const GArray *ids);
void cox_fencewatch_keep_members(const struct cox_fencewatch *watch, GArray *ids);

/** A node says which boot it is in. */
void cox_fencewatch_note_hello(struct cox_fencewatch *watch, const char *name, guint64 incarnation);

/** The life in which a node is, as it said last; 0: it never did. */
guint64 cox_fencewatch_incarnation(const struct cox_fencewatch *watch, const char *name);

/**
 * Is the node there, in another life than @life?  Only its own word counts, given since it came: until then what is remembered may be the life
 * before @life.
 */
bool cox_fencewatch_has_new_life(const struct cox_fencewatch *watch, const char *name, guint64 life);

/** Name of node number @i of which anything is known, or NULL beyond the last. */
const char *cox_fencewatch_known(const struct cox_fencewatch *watch, guint i);

/** The life of a node that is away, as somebody remembers it: it counts only when nothing is known here. */
void cox_fencewatch_note_life(struct cox_fencewatch *watch, const char *name, guint64 incarnation);

/** Name of a node in the ring, or NULL; is a node in it?; a node has left it. */
const char *cox_fencewatch_ring_name(const struct cox_fencewatch *watch, guint32 id);
bool cox_fencewatch_is_in_ring(const struct cox_fencewatch *watch, const char *name);
void cox_fencewatch_note_lost(struct cox_fencewatch *watch, guint32 id);

/** A node was reported down and is there. */
void cox_fencewatch_note_alive(struct cox_fencewatch *watch, const char *name);

/** The node was fenced in life @incarnation (0: not known), or could not be. */
void cox_fencewatch_note_fenced(struct cox_fencewatch *watch, const char *name, guint64 incarnation, cox_usec now);
void cox_fencewatch_note_failure(struct cox_fencewatch *watch, const char *name, cox_usec now);

/** A node just found alive although it was fenced (barred from now on), or NULL; ask until NULL. */
const char *cox_fencewatch_next_liar(struct cox_fencewatch *watch, cox_usec now);

/** A barred node that this member has to fence again now, or NULL; ask until NULL. */
const char *cox_fencewatch_next_refence(struct cox_fencewatch *watch, cox_usec now);

/** Who acts for all in what concerns @name: the lowest member that is not the node itself; 0: nobody. */
guint32 cox_fencewatch_speaker(const struct cox_fencewatch *watch, const char *name);

/** Name of barred node number @i, or NULL beyond the last. */
const char *cox_fencewatch_barred(const struct cox_fencewatch *watch, guint i);

bool cox_fencewatch_is_barred(const struct cox_fencewatch *watch, const char *name);

/** When something is due by itself next; @may_fence: is a node to be fenced again something of that? */
cox_usec cox_fencewatch_wake_at(const struct cox_fencewatch *watch, bool may_fence);

G_END_DECLS

#endif
