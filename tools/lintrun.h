/* tools/lintrun.h - everything that can be found wrong with a document, in one list.  Layer 6. */
#ifndef COX_TOOLS_LINTRUN_H
#define COX_TOOLS_LINTRUN_H

#include <stdbool.h>
#include <glib.h>

#include "base/diag.h"
#include "tools/state.h"

G_BEGIN_DECLS

/**
 * What was found when the document was read, what crm_verify finds, and what lib/admin/lint.h finds.
 *
 * @param asks_agents  run the agents of this node for their metadata, each once
 * @return the caller frees it
 */
struct cox_diags *cox_lintrun(const struct cox_state *state, bool asks_agents);

/** What is found in @after and was not in @before, agents not asked.  NULL: @after cannot be read, or @before, which is
 * looked at only when something is wrong with @after.  The caller frees it. */
struct cox_diags *cox_lintrun_new(const struct cox_xml *before, const struct cox_xml *after);

G_END_DECLS

#endif
