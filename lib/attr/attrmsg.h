/* lib/attr/attrmsg.h - what members tell each other about attributes, and changes that wait.  Layer 3, pure. */
#ifndef COX_ATTR_ATTRMSG_H
#define COX_ATTR_ATTRMSG_H

#include <stdbool.h>
#include <stddef.h>
#include <glib.h>

#include "attr/attrtable.h"

G_BEGIN_DECLS

enum cox_attr_change_kind {
    COX_ATTR_SET = 0, /**< a value, NULL deletes; with or without a new dampening */
    COX_ATTR_DAMPEN,  /**< only a new dampening */
    COX_ATTR_REMOVE,  /**< forget all values of a node */
    COX_ATTR_REFRESH, /**< write everything again */
};

/** What a client, or another daemon, wants.  Texts are borrowed. */
struct cox_attr_change {
    enum cox_attr_change_kind kind;
    const char *name, *node;       /**< REMOVE: node only; REFRESH: none */
    const char *value;             /**< SET; may be relative (attr/attrvalue.h) */
    const char *current;           /**< SET of a permanent value that is relative: what the document has */
    enum cox_attr_kind value_kind; /**< SET */
    gint64 dampening_ms;           /**< SET, DAMPEN; negative: as it is */
    guint64 request;               /**< echoed in COX_ATTR_DO_APPLIED; 0: nobody waits */
    bool wants_all;                /**< echoed in COX_ATTR_DO_CONFIRMED, too, when all members have it */
    const char *set_name;          /**< SET: where in the document, see struct cox_attr_entry */
    bool is_utilization;           /**< SET */
    bool may_wait;                 /**< SET: it may go into the document with the next change that may not, or a moment later */
};

enum cox_attr_message_kind {
    COX_ATTR_CALL = 0, /**< open a round */
    COX_ATTR_WORD,     /**< of one member in a round; a speaker's carries the table */
    COX_ATTR_CHANGE,
    COX_ATTR_CONFIRM,  /**< this member has a change that wants_all */
};

struct cox_attr_message {
    enum cox_attr_message_kind kind;
    guint32 round_caller;          /**< CALL, WORD: name of the round */
    guint64 round_serial;
    const guint32 *excluded;       /**< CALL: mute members that are not waited for */
    size_t n_excluded;
    guint32 writer;                /**< WORD: of the speaker's side; 0: none */
    struct cox_attr_side side;     /**< WORD */
    struct cox_attr_change change; /**< CHANGE; CONFIRM: request only */
    guint32 origin;                /**< CONFIRM: who was asked for the change */
};

/** Does the change name what its kind needs?  Others are ignored, whoever sends them. */
bool cox_attr_change_is_sane(const struct cox_attr_change *change);

/** A change that waits for the end of a round. */
struct cox_attrlater {
    guint32 sender;
    struct cox_attr_change change; /**< its texts are owned */
};

/** A copy of @change; what `current` says goes. */
struct cox_attrlater *cox_attrlater_new(guint32 sender, const struct cox_attr_change *change);

/** Free; the argument is a struct cox_attrlater (for GPtrArray). */
void cox_attrlater_free(gpointer later);

G_END_DECLS

#endif
