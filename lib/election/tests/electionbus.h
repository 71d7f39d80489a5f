/* lib/election/tests/electionbus.h - election engines on a fake totally ordered bus with a fake clock.  For tests only. */
#ifndef COX_ELECTION_TESTS_ELECTIONBUS_H
#define COX_ELECTION_TESTS_ELECTIONBUS_H

#include "election/election.h"

enum { BUS_MAX = 8 }; /* nodes 1 to 7 */

struct bus_node {
    struct cox_election *engine; /* NULL: down */
    bool is_stopped;             /* SIGSTOP: gets nothing done, queues grow */
    guint part;                  /* nodes with the same number hear each other */
    cox_feature_set features;
    GQueue *inbox;               /* struct bus_item: ordered by the bus, not yet processed */
    GQueue *outbox;              /* struct bus_item: sent, not yet ordered */
    cox_usec wake_at;
    guint view;                  /* number of the view processed last */
    struct cox_term executor;    /* what the node's executor remembers: survives restarts of the engine */
    /* What the engine said last: */
    struct cox_ballot_result settled;
    guint n_settled, n_unsettled, n_plans, n_admitted, n_refused;
    bool has_coordinator;
};

struct bus {
    struct cox_election_config config;
    struct bus_node nodes[BUS_MAX];
    cox_usec now;
    GRand *random;         /* NULL: everything in order of node number */
    guint64 n_starts;
    guint n_views, n_steps, n_messages;
    bool with_orders;      /* coordinators give orders whenever they may */
    GHashTable *obeyed;    /* "view/generation" -> coordinator + 1 */
    GArray *orders;        /* struct milestone: orders carried out */
    GArray *settles;       /* struct milestone: rounds that settled */
    guint position;        /* of the message being processed */
    guint n_refused_orders;
};

extern const struct cox_election_config bus_config;

void bus_init(struct bus *bus, const struct cox_election_config *config, guint32 seed);
void bus_clear(struct bus *bus);

/** Start the engine of @node; all @n_expected lowest node ids are expected. */
void bus_start(struct bus *bus, guint node, guint n_expected);
void bus_crash(struct bus *bus, guint node);

/** Put @node into the part of the network with this number; both sides get new views. */
void bus_move(struct bus *bus, guint node, guint part);

/** Process until nothing is queued and no timer is due up to @until; fails after too many steps. */
void bus_run(struct bus *bus, cox_usec until);

/** One random step: order a message, process an item, or let time pass up to the next timer.  False: nothing to do. */
bool bus_step(struct bus *bus, cox_usec until);

/** All running nodes of each part obey one of them, which has heard from all and may act. */
void bus_check_settled(const struct bus *bus);

/** Let the executor of @node try to obey (@sender, @generation); true if its engine accepts. */
bool bus_accepts(const struct bus *bus, guint node, guint32 sender, guint64 generation);

#endif
