/* lib/replica/replica_parts_priv.h - what the files of the room offer each other; each uses only those above it.  Layer 3, pure. */
#ifndef COX_REPLICA_REPLICA_PARTS_PRIV_H
#define COX_REPLICA_REPLICA_PARTS_PRIV_H

#include "replica/replica_priv.h"

/* replica_out.c: effects */
struct cox_replica_effect *cox_replica_emit(struct cox_replica *r, enum cox_replica_effect_kind kind, GBytes *bytes);
void cox_replica_note(struct cox_replica *r, enum cox_replica_note note, guint32 node, guint64 number);
void cox_replica_send(struct cox_replica *r, const struct cox_replica_message *message);
void cox_replica_send_check(struct cox_replica *r);
struct replica_member *cox_replica_member(struct cox_replica *r, guint32 id);

/* replica_answer.c: clients that wait */
void cox_replica_submit(struct cox_replica *r, guint64 request, GBytes *payload);
struct replica_pending *cox_replica_pending_of(struct cox_replica *r, const struct replica_queued *change);
void cox_replica_answer(struct cox_replica *r, struct replica_pending *pending, enum cox_replica_answer answer);
void cox_replica_send_changes(struct cox_replica *r);
void cox_replica_give_up(struct cox_replica *r, const struct replica_queued *queued);
void cox_replica_give_up_applied(struct cox_replica *r, bool sent_too);
void cox_replica_grant(struct cox_replica *r, cox_usec busy);
void cox_replica_expire(struct cox_replica *r);
void cox_replica_settle(struct cox_replica *r);

/* replica_tally.c: votes of the view */
bool cox_replica_is_quorate(const struct replica_view *view);
guint32 cox_replica_votes_needed(const struct replica_view *view);
guint32 cox_replica_votes_ready(const struct replica_view *view);
guint32 cox_replica_votes_acked(const struct replica_view *view, guint64 position);

/* replica_history.c: the document, its journal and its recent past */
void cox_replica_queued_free(struct replica_queued *queued);
void cox_replica_tail_free(struct replica_tail *entry);
void cox_replica_tail_clear(struct cox_replica *r);
const struct replica_tail *cox_replica_tail_at(const struct cox_replica *r, guint64 position);
guint64 cox_replica_journal(struct cox_replica *r, const struct cox_replica_record *record);
void cox_replica_save(struct cox_replica *r);
void cox_replica_append(struct cox_replica *r, const struct cox_replica_record *change);
void cox_replica_held_free(gpointer held);
void cox_replica_hold_no_more(struct cox_replica *r);
void cox_replica_own_came_back(struct cox_replica *r);
void cox_replica_confirm(struct cox_replica *r, guint64 place);
cox_usec cox_replica_held_until(const struct cox_replica *r);
void cox_replica_probe(struct cox_replica *r);
void cox_replica_adopt(struct cox_replica *r, const struct cox_stamp *stamp, const GArray *lineage);
void cox_replica_apply_next(struct cox_replica *r);
void cox_replica_change_applied(struct cox_replica *r, bool is_ok, const struct cox_replica_document *document);

/* replica_view.c: from a decided view to changes that are kept */
void cox_replica_enqueue(struct cox_replica *r, const struct replica_queued *queued);
void cox_replica_promise(struct cox_replica *r);
void cox_replica_consider_quorum(struct cox_replica *r);
void cox_replica_on_quorum_word(struct cox_replica *r, struct replica_member *from, const struct cox_replica_message *m);
void cox_replica_on_ready(struct cox_replica *r, struct replica_member *from, const struct cox_replica_message *m);
void cox_replica_on_ack(struct cox_replica *r, struct replica_member *from, const struct cox_replica_message *m);
void cox_replica_on_synced(struct cox_replica *r, guint64 seq);
void cox_replica_on_disk(struct cox_replica *r, bool is_ok);
void cox_replica_report_progress(struct cox_replica *r);

/* replica_transfer.c: the winning document on its way */
void cox_replica_become_active(struct cox_replica *r);
void cox_replica_go_outside(struct cox_replica *r);
void cox_replica_donor_begin(struct cox_replica *r);
void cox_replica_donor_clear(struct cox_replica *r);
void cox_replica_donor_captured(struct cox_replica *r, guint64 number, GBytes *bytes);
void cox_replica_donate(struct cox_replica *r);
void cox_replica_fetch_begin(struct cox_replica *r);
void cox_replica_fetch_clear(struct cox_replica *r);
void cox_replica_on_begin(struct cox_replica *r, guint32 node, struct cox_replica_message *m);
void cox_replica_on_chunk(struct cox_replica *r, guint32 node, const struct cox_replica_message *m);
void cox_replica_patch_applied(struct cox_replica *r, bool is_ok, const struct cox_replica_document *document);
void cox_replica_installed(struct cox_replica *r, bool is_ok, const struct cox_replica_document *document);

/* replica_round.c: who has what, and whose wins */
void cox_replica_start_round(struct cox_replica *r);
void cox_replica_on_view(struct cox_replica *r, const guint32 *nodes, size_t n_nodes);
void cox_replica_on_state(struct cox_replica *r, struct replica_member *from, const struct cox_replica_message *m);
void cox_replica_on_excuse(struct cox_replica *r, const struct cox_replica_message *m);
void cox_replica_excuse_silent(struct cox_replica *r);

#endif
