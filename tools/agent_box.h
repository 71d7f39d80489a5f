/* tools/agent_box.h - a place in which an agent is tried: what it starts and what it leaves is seen, and gone afterwards.  Layer 6. */
#ifndef COX_TOOLS_AGENT_BOX_H
#define COX_TOOLS_AGENT_BOX_H

#include <stdbool.h>
#include <sys/types.h>
#include <glib.h>

G_BEGIN_DECLS

/**
 * A directory for the agent to work in, one for TMPDIR, and one with links to the base system's programs alone; and this process takes in
 * what agents leave behind.  There can be one at a time.
 */
struct cox_agent_box;

/** @return the caller frees it; NULL with COX_ERROR_CANNOT_CREATE */
struct cox_agent_box *cox_agent_box_new(GError **error);

/** Kill what agents have left and still runs, and remove the directories.  NULL is allowed. */
void cox_agent_box_free(struct cox_agent_box *box);
typedef struct cox_agent_box cox_agent_box; /* for g_autoptr only */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(cox_agent_box, cox_agent_box_free)

/**
 * Words to be put before an agent: it works in the box.  Borrowed until the next call.
 * @param is_bare     it finds no program but the base system's
 * @param is_strange  another language, and variables that scripts should not care for
 */
const char *const *cox_agent_box_before(struct cox_agent_box *box, bool is_bare, bool is_strange);

/**
 * "PID NAME" of each process that agents have left and that lives, NULL-terminated, borrowed until the next call.  Processes that are new since
 * the last call, and all of them when @wants_none, have half a second to end before they count.
 */
const char *const *cox_agent_box_processes(struct cox_agent_box *box, bool wants_none);

/** While an agent runs: bury what others have left and has ended, as init does where agents run in earnest.  @box is a struct cox_agent_box. */
void cox_agent_box_bury(void *box, pid_t agent);

/** Names of what lies in the directories, NULL-terminated, borrowed until the next call. */
const char *const *cox_agent_box_files(struct cox_agent_box *box);

G_END_DECLS

#endif
