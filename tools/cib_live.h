/* tools/cib_live.h - for cib_access.c: the document of the running cluster, one question at a time.  Layer 6. */
#ifndef COX_TOOLS_CIB_LIVE_H
#define COX_TOOLS_CIB_LIVE_H

#include <stdbool.h>
#include <glib.h>

#include "base/arena.h"
#include "proto/messages.h"
#include "runtime/runtime.h"
#include "xml/xmldoc.h"

G_BEGIN_DECLS

struct cox_cib_live;

/** Connect to cibd.  @tool is copied.  NULL with COX_ERROR_DISCONNECTED or COX_ERROR_PERMISSION. */
struct cox_cib_live *cox_cib_live_open(struct cox_runtime *runtime, const char *tool, gint64 timeout_ms, GError **error);
void cox_cib_live_free(struct cox_cib_live *live);

/** The document, or what @query asks for; the caller frees it. */
struct cox_xmldoc *cox_cib_live_query(struct cox_cib_live *live, const struct cox_msg_cib_query *query, GError **error);

/**
 * Change it; @change without xml, which is @text (NULL: none).
 * @param outcome  enum cox_cib_outcome, set on success
 */
bool cox_cib_live_change(struct cox_cib_live *live, struct cox_msg_cib_change *change, const char *text, guint64 *outcome, GError **error);

/**
 * What values an attribute has; with @set (COX_MSG_CIB_SET, else NULL) it gets another one, which is kept when the answer is here, and the
 * answer says what there was.  COX_ERROR_UNIMPLEMENTED: the daemon is older than this tool.
 * @return in @arena; several values: nothing was changed
 */
const struct cox_msg_cib_pairs *cox_cib_live_pairs(struct cox_cib_live *live, const struct cox_msg_cib_pairs_query *query,
                                                   const struct cox_msg_cib_set *set, struct cox_arena *arena, GError **error);

typedef struct cox_cib_live cox_cib_live; /* for g_autoptr only */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(cox_cib_live, cox_cib_live_free)

G_END_DECLS

#endif
