/* lib/service/grumble.h - the same complaint about the same node at most once a minute, with the number of those left out.  Layer 5. */
#ifndef COX_SERVICE_GRUMBLE_H
#define COX_SERVICE_GRUMBLE_H

#include <stdbool.h>
#include <glib.h>

#include "base/monotime.h"

G_BEGIN_DECLS

enum { COX_GRUMBLE_PAUSE_S = 60 };

struct cox_grumble;

struct cox_grumble *cox_grumble_new(void);
void cox_grumble_free(struct cox_grumble *grumble);

/**
 * Is it time for a line about @what (any small number) of @node?
 * @param more  set to how many were left out since the last one; only when true is returned
 */
bool cox_grumble_is_due(struct cox_grumble *grumble, guint what, guint32 node, cox_usec now, guint64 *more);

typedef struct cox_grumble cox_grumble; /* for g_autoptr only */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(cox_grumble, cox_grumble_free)

G_END_DECLS

#endif
