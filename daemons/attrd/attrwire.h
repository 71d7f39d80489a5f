/* daemons/attrd/attrwire.h - messages of the attribute engine as messages of the catalogue.  Layer 6. */
#ifndef COX_DAEMONS_ATTRWIRE_H
#define COX_DAEMONS_ATTRWIRE_H

#include <stdbool.h>
#include <glib.h>

#include "attr/attrmsg.h"
#include "base/arena.h"
#include "proto/messages.h"

G_BEGIN_DECLS

/** Values in one piece at most, so that a large table neither exceeds what one message may be nor holds up the group. */
#define COX_ATTRWIRE_PIECE 200

typedef void (*cox_attrwire_fn)(void *context, const struct cox_msg_attr_peer *piece);

/** Call @fn for each piece of @message in turn; at least once. */
void cox_attrwire_write(const struct cox_attr_message *message, cox_attrwire_fn fn, void *context);

/** Pieces that have come, by sender. */
struct cox_attrwire;

struct cox_attrwire *cox_attrwire_new(void);
void cox_attrwire_free(struct cox_attrwire *wire);

/** Members have changed: what is not whole belongs to a round that is over. */
void cox_attrwire_reset(struct cox_attrwire *wire);

/**
 * Take the next piece of @sender.
 *
 * @param arena  what @message points to besides what @piece holds
 * @param message filled when it is whole; borrows from @piece, @arena and @wire (until the next call)
 * @return is it whole?  A kind that is not known never is.
 */
bool cox_attrwire_read(struct cox_attrwire *wire, guint32 sender, const struct cox_msg_attr_peer *piece,
                       struct cox_arena *arena, struct cox_attr_message *message);

typedef struct cox_attrwire cox_attrwire; /* for g_autoptr only */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(cox_attrwire, cox_attrwire_free)

G_END_DECLS

#endif
