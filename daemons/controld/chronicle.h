/* daemons/controld/chronicle.h - what happens in the cluster, as this node hears of it, into its timeline (lib/timeline).  Layer 6. */
#ifndef COX_CONTROLD_CHRONICLE_H
#define COX_CONTROLD_CHRONICLE_H

#include "daemons/controld/controld.h"
#include "timeline/record.h"

G_BEGIN_DECLS

/*
 * Every controller hears all of it: results and membership through the group, fencing from its fencer, the configuration from its cibd.  What
 * only the coordinator knows - transitions, and what it has nodes fenced for - it tells the group.  So every node keeps what happens
 * everywhere, and what a node did before it died is known to those that live.
 *
 * A disk that is full, slow or gone costs lines, never time: a thread writes them (lib/runtime/logfile), and that lines were lost is said once.
 */

enum { CONTROLD_CHRONICLE_BYTES = 2 * 1024 * 1024 }; /* of a file; there are two */

struct controld_chronicle;

/** Who subscribes to it hears of each line; as the query, not for users who are bound by access rules. */
#define CONTROLD_CHRONICLE_TOPIC "timeline"

void controld_chronicle_start(struct controld *controld);
void controld_chronicle_stop(struct controld *controld);

/** Write it, with the time of now, here; or on all nodes. */
void controld_chronicle_note(struct controld *controld, struct cox_timeline_record *record);
void controld_chronicle_tell(struct controld *controld, struct cox_timeline_record *record);

/* ---- what has happened ---- */

/** @task: joined, lost or leaving. */
void controld_chronicle_member(struct controld *controld, guint32 node, const char *task);
void controld_chronicle_coordinator(struct controld *controld, struct cox_term term);
void controld_chronicle_result(struct controld *controld, guint32 node, const struct cox_msg_control_result *result);
void controld_chronicle_transition(struct controld *controld, const struct cox_reign_effect *effect);
void controld_chronicle_fence_asked(struct controld *controld, const struct cox_reign_effect *effect);
void controld_chronicle_fenced(struct controld *controld, const struct cox_msg_fence_event *event);
void controld_chronicle_document(struct controld *controld, const struct cox_follow_news *news, const char *object);

/** What keeps the cluster from acting; the same again is not noted before something else is. */
void controld_chronicle_trouble(struct controld *controld, const char *what, const char *reason);

/* ---- messages ---- */

bool controld_chronicle_on_told(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error);
bool controld_chronicle_subscribed(struct cox_ctx *ctx, const struct cox_request *request, const char *topic, GError **error);
bool controld_chronicle_on_query(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error);
bool controld_chronicle_on_answer(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error);

/** Members have changed: who is gone answers no more. */
void controld_chronicle_view(struct controld *controld);

G_END_DECLS

#endif
