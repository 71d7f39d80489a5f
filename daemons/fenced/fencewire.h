/* daemons/fenced/fencewire.h - messages of the fencing engine as messages of the catalogue.  Layer 6. */
#ifndef COX_DAEMONS_FENCEWIRE_H
#define COX_DAEMONS_FENCEWIRE_H

#include <stdbool.h>
#include <glib.h>

#include "base/arena.h"
#include "fence/fencemsg.h"
#include "proto/messages.h"

G_BEGIN_DECLS

/** Records in one message at most. */
#define COX_FENCEWIRE_PIECE 50

typedef void (*cox_fencewire_fn)(void *context, const struct cox_msg_fence_peer *piece);

/** Call @fn for each piece of @message in turn; at least once.  Only a history has several, each complete in itself. */
void cox_fencewire_write(const struct cox_fence_message *message, cox_fencewire_fn fn, void *context);

/** Read one; @message borrows from @piece and @arena.  false for a kind or an action of a later version. */
bool cox_fencewire_read(const struct cox_msg_fence_peer *piece, struct cox_arena *arena, struct cox_fence_message *message);

G_END_DECLS

#endif
