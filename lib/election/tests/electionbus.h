/* lib/election/tests/electionbus.h - election engines on a fake totally ordered bus with a fake clock.  For tests only. */
#ifndef COX_ELECTION_TESTS_ELECTIONBUS_H
#define COX_ELECTION_TESTS_ELECTIONBUS_H

#include "base/testbus.h"
#include "election/election.h"

enum { BUS_MAX = 8 }; /* nodes 1 to 7 */

struct bus_node {
    struct cox_election *engine; /* NULL: down */
    cox_feature_set features;
    guint view;                  /* number of the view processed last */
    struct cox_term executor;    /* what the node's executor remembers: survives restarts of the engine */
    /* What the engine said last: */
    struct cox_ballot_result settled;
    guint n_settled, n_unsettled, n_plans, n_admitted, n_refused;
    bool has_coordinator;
};

struct bus {
    struct cox_testbus net;
    struct cox_election_config config;
    struct bus_node nodes[BUS_MAX];
    guint64 n_starts;
    bool with_orders;      /* coordinators give orders whenever they may */
    GHashTable *obeyed;    /* "view/generation" -> coordinator + 1 */
    GArray *orders;        /* struct milestone: orders carried out */
    GArray *settles;       /* struct milestone: rounds that settled */
    guint position;        /* of the message being processed */
    guint n_refused_orders;
    guint n_sent[COX_ELECTION_CONFIRM + 1]; /* messages of each kind */
};

extern const struct cox_election_config bus_config;

void bus_init(struct bus *bus, const struct cox_election_config *config, guint32 seed);
void bus_clear(struct bus *bus);

/** Start the engine of @node; all @n_expected lowest node ids are expected. */
void bus_start(struct bus *bus, guint node, guint n_expected);
void bus_crash(struct bus *bus, guint node);

/** Put @node into the part of the network with this number; both sides get new views. */
void bus_move(struct bus *bus, guint node, guint part);

/** Hand @event to the engine of @node, and carry out what it wants. */
void bus_feed(struct bus *bus, guint node, const struct cox_election_event *event);

/** Process until nothing is queued and no timer is due up to @until; fails after too many steps. */
void bus_run(struct bus *bus, cox_usec until);

/** One random step: order a message, process an item, or let time pass up to the next timer.  False: nothing to do. */
bool bus_step(struct bus *bus, cox_usec until);

/** All running nodes of each part obey one of them, which has heard from all and may act. */
void bus_check_settled(const struct bus *bus);

/** Let the executor of @node try to obey (@sender, @generation); true if its engine accepts. */
bool bus_accepts(const struct bus *bus, guint node, guint32 sender, guint64 generation);

#endif
