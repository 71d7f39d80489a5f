/* cts/scheduler/randomlife.h - the lives of random clusters, and whether the laws hold for each plan in them.  For tests. */
#ifndef COX_CTS_RANDOMLIFE_H
#define COX_CTS_RANDOMLIFE_H

#include "cib/schemas.h"
#include "sched/sched.h"

/** The kinds of clusters, by what is in them that is least simple: "bundle", "guest", "remote", "unfencing", "plain"; NULL ends them. */
extern const char *const randomlife_kinds[];

/** A plan breaks laws. */
struct randomlife_event {
    guint32 seed;
    int round;
    const char *kind;        /**< one of randomlife_kinds */
    const GString *problems; /**< what laws.h and its companions say */
};

/** How lives are told. */
struct randomlife {
    struct cox_schemas *schemas; /**< documents are held against these; NULL: not, which saves time */
    const char *bug;             /**< see planted_run(); NULL: none */
    const char *folder;          /**< where documents go whose plans break a law, as random-SEED-ROUND.xml; NULL: nowhere */
    void (*tell)(void *data, const struct randomlife_event *event);
    void *data;
    guint64 n_plans;             /**< counts the plans that were looked at */
};

/**
 * The life of the cluster of this seed: plan, carry it out with failures, let things happen, configure it anew, and again, one to
 * three times.  The laws of each plan and of its outcome are checked; explanations and other orders of what is written down with
 * every other plan.
 *
 * @return whether the cluster could be read at all; if not, @error says why
 */
bool randomlife_live(struct randomlife *life, guint32 seed, GError **error);

#endif
