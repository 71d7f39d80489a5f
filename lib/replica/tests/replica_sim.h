/* lib/replica/tests/replica_sim.h - a cluster of replicas on a bus and disks that a seed makes fail.  For tests only. */
#ifndef COX_REPLICA_TESTS_REPLICA_SIM_H
#define COX_REPLICA_TESTS_REPLICA_SIM_H

#include <stdbool.h>
#include <glib.h>

#include "base/testbus.h"
#include "replica/replica.h"

enum { SIM_MAX = 7 }; /* node i is number i + 1 of the bus */

/** The document: the changes that are in it, in order. */
struct sim_doc {
    GArray *ids; /* guint64 */
    guint64 hash;
    struct cox_version version;
    bool is_blank;
};

struct sim_write {
    guint64 seq;
    bool is_save;
    GBytes *bytes;
    GBytes *document; /* of a save */
};

struct sim_node {
    guint32 id;
    bool is_up, is_paused, disk_fails, is_slow; /* slow: little gets to the disk */
    struct cox_replica *replica;
    struct sim_doc doc;
    bool set_aside; /* the present document has just been put aside */
    cox_usec wake_at;
    /* disk */
    GBytes *meta, *base;
    GPtrArray *journal; /* GBytes */
    GQueue writes;      /* struct sim_write, not synced */
    int want_quorum; /* quorum that it has still to be told: 1, 0; -1: none */
    unsigned starts;
    unsigned notes[16];
};

struct sim {
    struct cox_testbus bus; /* of GBytes; its clock and dice, too */
    unsigned n;
    guint32 quorum_votes;
    bool has_quorum_anyway; /* from nodes that have votes and no document */
    struct sim_node nodes[SIM_MAX];
    guint64 next_id;
    GHashTable *answers;  /* id -> answer + 1 */
    GHashTable *kept;     /* id -> term in which it was kept */
    GHashTable *digests;  /* "term.tag.position" -> digest */
    unsigned n_set_aside, n_installed, n_patched, n_answers[8];
    char *violation;      /* first thing that must not be */
    unsigned tail_changes;
    cox_usec apply_usec;  /* that passes while a document does a change */
    bool more_follows;    /* what is submitted next is not the last for now */
};

struct sim *sim_new(guint32 seed, unsigned n_nodes);
void sim_free(struct sim *sim);

void sim_start(struct sim *sim, unsigned node);
void sim_crash(struct sim *sim, unsigned node);
/** Who reaches whom: nodes with equal numbers. */
void sim_split(struct sim *sim, const int *component);
/** Let the disk fail, with all that is on its way, or work again. */
void sim_disk(struct sim *sim, unsigned node, bool is_ok);
/** Submit a change at a node; its id, or 0 when the node is down.  @kind: 'u' update, 'e' epoch, 'c' may be refused */
guint64 sim_submit(struct sim *sim, unsigned node, char kind);
/** One random thing that is not a fault. */
void sim_step(struct sim *sim);
/** No faults until nothing happens any more; false when it does not come to an end. */
bool sim_settle(struct sim *sim);
/** Everything up and connected, settled: are all the same, with all that was kept? */
void sim_check_end(struct sim *sim);
bool sim_has(const struct sim_doc *doc, guint64 id);
void sim_violate(struct sim *sim, const char *format, ...) G_GNUC_PRINTF(2, 3);
void sim_corrupt(struct sim *sim, unsigned node);

#endif
