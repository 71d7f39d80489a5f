/* lib/transition/tests/graphkit.h - small graphs by hand, for tests. */
#ifndef COX_TRANSITION_TESTS_GRAPHKIT_H
#define COX_TRANSITION_TESTS_GRAPHKIT_H

#include "base/testkit.h"
#include "model/graph.h"

enum { GRAPHKIT_MAX = 8 };

struct graphkit {
    struct cox_action actions[GRAPHKIT_MAX];
    guint32 inputs[GRAPHKIT_MAX][GRAPHKIT_MAX];
    struct cox_graph graph;
};

/** An operation of an agent on node n1; @return its index */
static inline guint32
graphkit_add(struct graphkit *kit, const char *rsc, const char *task)
{
    guint32 index = (guint32) kit->graph.n_actions++;

    kit->actions[index] = (struct cox_action) {
        .id = index + 1, .kind = COX_ACTION_RSC, .task = task, .key = task, .node_name = "n1", .node_uuid = "1", .rsc_id = rsc,
        .rsc_standard = "ocf", .rsc_provider = "heartbeat", .rsc_type = "Dummy", .display_id = rsc, .inputs = kit->inputs[index],
    };
    kit->graph.actions = kit->actions;
    return index;
}

/** @then waits for @first. */
static inline void
graphkit_order(struct graphkit *kit, guint32 first, guint32 then)
{
    kit->inputs[then][kit->actions[then].n_inputs++] = first;
}

#endif
