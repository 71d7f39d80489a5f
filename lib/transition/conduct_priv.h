/* lib/transition/conduct_priv.h - what the engine that carries out graphs is made of.  Layer 3, pure. */
#ifndef COX_TRANSITION_CONDUCT_PRIV_H
#define COX_TRANSITION_CONDUCT_PRIV_H

#include "transition/conduct.h"
#include "transition/transition.h"

G_BEGIN_DECLS

#define NO_ACTION G_MAXUINT32

/* Something that an executor is doing. */
struct flight {
    char *rsc_id, *task, *node, *key;
    char *migrate_source, *migrate_target;
    gint64 interval_ms;
    guint64 generation;
    guint32 action;      /* in the present graph, or NO_ACTION: of an earlier one, or of another coordinator */
    bool is_limited;     /* counts against the limits */
    bool may_wait;       /* it may not have begun: more is in flight there than runs at a time */
    bool is_withdrawn;   /* its executor was asked to drop it if it has not begun */
    GPtrArray *after;    /* NULL: it was ordered when its inputs were done; else flights at the same place that its executor still waits for */
    bool is_vain;        /* one of these has not ended with success: it will come back */
    char *place;         /* node whose executor does it: that of the connection, for a remote node */
    gint64 time_ms;      /* so long after it begins its result is there; negative: nobody knows */
    cox_usec deadline;
};

/* A resource that was sent and of which its target has not said anything yet. */
struct sent {
    char *rsc_id, *source, *target;
    bool is_orphaned;    /* its source is lost: only here one knows that the target may have it */
};

struct cox_conduct {
    struct cox_conduct_config config;
    const struct cox_graph *graph;
    struct cox_transition *transition;
    guint batch_limit;
    gint migration_limit;
    gint32 abort_priority;
    GArray *waiting;     /* guint32: released by the transition, not begun */
    GPtrArray *flights;  /* struct flight */
    GPtrArray *sent;     /* struct sent */
    GHashTable *news;    /* set: resources, or "/" and nodes, with results since a plan was asked for */
    GHashTable *unknown; /* the same, of the present graph: it was made without them */
    GHashTable *limits;  /* node -> GUINT_TO_POINTER(limit); 0, or none: any number */
    GHashTable *takers;  /* set: nodes whose executors wait for what an order comes after */
    GHashTable *balking; /* set: those of them that gave back such an order for no reason that is known here; until a graph is done */
    bool is_asked;       /* a plan is being made */
    bool is_complete;    /* said */
    bool wants_replan;
    cox_usec wake_at;
};

bool cox_conduct_is_migration(const char *task);

/* Node whose executor does an action: that of the connection, for a remote node. */
const char *cox_conduct_place_of(const struct cox_action *action);

/* How much is in flight, counted once for a look at all that waits. */
struct conduct_room {
    guint n_all;        /* that count against batch-limit */
    guint n_followers;  /* that wait for others */
    guint n_foreign;    /* that no action of this graph stands for */
    GHashTable *places; /* struct load; owned */
};

void cox_conduct_room_init(struct conduct_room *room, const struct cox_conduct *conduct);
void cox_conduct_room_clear(struct conduct_room *room);

/* One more is in flight. */
void cox_conduct_room_add(struct conduct_room *room, const struct flight *flight);

/* May this action be ordered as far as limits go?  Migrations are not sent ahead: they take long, and their targets expect them. */
bool cox_conduct_has_room(const struct cox_conduct *conduct, const struct conduct_room *room, const struct cox_action *action);

/* The same for one that comes after others: these take half of the room at most, so that a long chain holds up nothing that could begin. */
bool cox_conduct_has_room_behind(const struct cox_conduct *conduct, const struct conduct_room *room, const struct cox_action *action);

/* What beginning an action takes. */
struct conduct_now {
    cox_usec now;
    struct conduct_room *room;
    struct cox_conduct_effects *out;
};

/* Order this one to come after these flights, or adopt it when it is in flight and does; false: it cannot begin now. */
typedef bool (*conduct_begin_fn)(struct cox_conduct *conduct, guint32 index, const GPtrArray *after, const struct conduct_now *now);

/* Order actions whose open inputs are all in flight at their own executor, and so on: chains go at once. */
void cox_conduct_begin_followers(struct cox_conduct *conduct, conduct_begin_fn begin, const struct conduct_now *now);

/* It has certainly not begun: what it comes after has not ended. */
bool cox_conduct_is_follower(const struct flight *flight);

/* Does it come after all of these? */
bool cox_conduct_waits_for(const struct flight *flight, const GPtrArray *after);

/* It is over, or will never be: no follower waits for it any more.  It is freed. */
void cox_conduct_forget_flight(struct cox_conduct *conduct, struct flight *flight, bool is_ok);

/* It came back without having begun: an executor that does so for no reason gets no followers for a while. */
void cox_conduct_note_return(struct cox_conduct *conduct, const struct flight *flight);

/* Of what has just been ordered. */
void cox_conduct_set_deadline(struct cox_conduct *conduct, struct flight *flight, cox_usec now);

/*
 * There was a result from this place.  Nobody says here what has begun there; but an executor that works through its queue has the next result at the latest
 * when the longest of what may be running has used up its time.  What is left when all of it can run has begun by now.
 */
void cox_conduct_set_deadlines(struct cox_conduct *conduct, const char *place, cox_usec now);

/* So many run at a time on this node from now on. */
void cox_conduct_set_limit(struct cox_conduct *conduct, const char *node, guint limit, cox_usec now);

G_END_DECLS

#endif
