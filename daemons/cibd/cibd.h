/* daemons/cibd/cibd.h - what the files of cibd share.  Layer 6. */
#ifndef COX_DAEMONS_CIBD_H
#define COX_DAEMONS_CIBD_H

#include <stdbool.h>
#include <glib.h>

#include "cib/keeper.h"
#include "cluster/peers.h"
#include "proto/cibflag.h"
#include "replica/replica.h"
#include "service/grumble.h"
#include "service/service.h"
#include "service/usernames.h"
#include "store/store.h"

/* The daemon.  Requests come in through cibhandlers.c, everything that the replica wants goes out through cibeffects.c. */
struct cibd {
    struct cox_ctx *ctx;
    struct cox_schemas *schemas;
    struct cox_keeper *keeper;
    struct cox_replica *replica;
    struct cox_store *store; /* NULL: the directory cannot be used, everything is in memory */
    struct cox_usernames *names;
    bool is_disk_bad, is_stopping;
    guint64 last_journal; /* number of the last record */
    char *disk_problem;
    cox_source_id wake, store_watch, probe;
    cox_source_id stall;   /* looks whether the disk still answers, as long as something waits for it */
    cox_source_id refresh; /* puts the configuration into cib.xml, which others read: pcs backs it up and lists its numbered copies */
    gsize saved_bytes;     /* how large cib.xml is */
    cox_usec disk_answered_at; /* or was asked, after nothing had waited */
    bool is_disk_stuck;    /* has not answered for a while; that was said */
    cox_usec wake_at;
    GQueue follow_ups;   /* events that the effects under way have caused */
    bool is_stepping;
    /* who is there */
    guint32 members[COX_PEERS_MAX_NODES];
    gsize n_members;
    struct cox_peers_quorum quorum;
    /* the document */
    guint64 serial;      /* of its state */
    GBytes *whole;       /* as text, for queries; of whole_serial */
    guint64 whole_serial;
    bool is_invalid;     /* does not conform to its schema */
    /* requests */
    guint64 next_number;
    GHashTable *pending; /* number -> struct cibd_pending: changes under way */
    GHashTable *asks;    /* set of struct cibd_ask: requests on their way here */
    GQueue early;        /* struct cibd_ask: queries that came before there was a document */
    GQueue submitted;    /* struct cibd_order: changes that the replica gets when the loop has read what there is to read */
    cox_source_id hand_in;
    bool is_ready;
    bool is_joining;      /* others are there, and what of theirs counts is being found out */
    bool has_told_counts; /* whoever was told of the document last was told that it counts */
    cox_source_id ready_timer;
    /* the history of the configuration */
    bool history_needs_base;    /* the next record must be the whole configuration */
    bool is_history_bad;        /* a record was lost; that was said */
    gsize history_bytes, history_base_bytes;
    /* changes of our own */
    guint64 own_change;  /* number; 0: none under way */
    bool needs_look, has_failed_upgrade;
    /* for health */
    struct cox_grumble *bad_messages; /* said of members */
    guint64 n_changes, n_refused, n_provisional, n_uncertain, n_queries, n_diverged, n_lost;
};

/* A change that is about to get under way. */
struct cibd_order {
    guint64 number;
    GBytes *bytes;
};

void cibd_order_free(void *order);

/* A change that is under way. */
struct cibd_pending {
    cox_ticket ticket; /* 0: one of our own */
    char *id;
    GError *error;     /* refused */
    char *remarks;
    struct cox_version version;
    char *digest;
    guint64 serial;
    struct cibd_pairs *pairs; /* what is told of an attribute; NULL: it is no change of one */
};

void cibd_pending_free(void *pending);

/* ---- cibstate.c ---- */

struct cibd *cibd_new(struct cox_ctx *ctx);
void cibd_free(struct cibd *cibd); /* NULL is allowed */

void cibd_view(struct cox_ctx *ctx, const guint32 *nodes, gsize n_nodes);
void cibd_quorum(struct cox_ctx *ctx, const struct cox_peers_quorum *quorum);
void cibd_delivered(struct cox_ctx *ctx, guint32 node, GBytes *bytes);
void cibd_health(struct cox_ctx *ctx);

/* Tell subscribers what the document's standing is: quorum, and whether it counts. */
void cibd_publish_standing(struct cibd *cibd);

/* ---- cibeffects.c ---- */

/* Hand an event to the replica and carry out what it wants. */
void cibd_step(struct cibd *cibd, const struct cox_replica_event *event);

/* What the replica has to know about the document. */
struct cox_replica_document cibd_document(const struct cibd *cibd);

/* Submit an order; @pending (taken) waits for the answer.  Fills origin, time and id of the order. */
void cibd_submit(struct cibd *cibd, struct cox_ciborder *order, struct cibd_pending *pending);

/* Does this node have the document that counts? */
bool cibd_counts(const struct cibd *cibd);

/* Versions, digest and serial of the document now; @digest keeps the text and is the caller's to free. */
struct cox_msg_cib_state cibd_state(const struct cibd *cibd, char **digest);

/* ---- cibown.c: what the document has to say of the cluster itself ---- */

/* Is there something that this node has to change? */
void cibd_look(struct cibd *cibd);

/* ---- cibfiles.c ---- */

/* Read what is on the disk into keeper and replica.  Without a usable directory all is in memory, which is no error. */
bool cibd_files_open(struct cibd *cibd, GError **error);

/* The document as it is written to cib.xml. */
GBytes *cibd_files_xml(const struct cibd *cibd);

void cibd_files_journal(struct cibd *cibd, guint64 number, GBytes *record);
void cibd_files_flush(struct cibd *cibd); /* that was all for now */
void cibd_files_save(struct cibd *cibd, guint64 number, GBytes *meta);
/* The document was changed; when it was the configuration, cib.xml has it before long, with a numbered copy of what it was. */
void cibd_files_refresh(struct cibd *cibd, const struct cox_msg_cib_state *before);
void cibd_files_set_aside(struct cibd *cibd);

/* Write cib.xml as a whole, then tell the skeleton that we have stopped. */
void cibd_files_finish(struct cibd *cibd);

/* ---- cibhistory.c: each version of the configuration, for cox history and cox undo ---- */

/* Begin with the configuration as it is: at start, and when it has become another one as a whole. */
void cibd_history_begin(struct cibd *cibd);

/* Why, as the client has written on its patch, or NULL; the caller frees it. */
char *cibd_history_reason(const struct cox_ciborder *order);

/* The document has changed from @before by @patch (NULL: as a whole) for that reason; only changes of the configuration are noted. */
void cibd_history_note(struct cibd *cibd, const char *reason, const struct cox_msg_cib_state *before, const struct cox_patchtext *patch);

/* ---- cibhandlers.c ---- */

extern const struct cox_op cibd_ops[];
extern const gsize cibd_n_ops;

bool cibd_subscribed(struct cox_ctx *ctx, const struct cox_request *request, const char *topic, GError **error);
void cibd_ask_free(void *ask);

/* There is a document, or the wait for it is over: answer the queries that came too early, but for those that want one that counts. */
void cibd_ready(struct cibd *cibd);

/* After each step of the replica: while this node joins others, queries wait, for what is here may be of its former life. */
void cibd_note_joining(struct cibd *cibd);

/* ---- cibquery.c ---- */

/* What a client wants to know, and who he is. */
struct cibd_query {
    const char *section, *xpath;
    guint64 flags;
    const char *user; /* NULL: no access rules */
    const char *const *groups;
};

/* The root that the user may see: the document's own, or of a copy in @visible; NULL with an error: nothing. */
const struct cox_xml *cibd_query_root(struct cibd *cibd, const struct cibd_query *query, struct cox_xmldoc **visible, GError **error);

/* Answer @ticket. */
void cibd_query_answer(struct cibd *cibd, cox_ticket ticket, const struct cibd_query *query);

#endif
