/* tools/cox_remote.h - do the same on several nodes at once, through ssh.  Layer 6. */
#ifndef COX_TOOLS_COX_REMOTE_H
#define COX_TOOLS_COX_REMOTE_H

#include <stdbool.h>
#include <glib.h>

G_BEGIN_DECLS

/** How other nodes are reached where nothing else is asked for.  A machine that falls silent is given up after 15 s: some steps have no limit of their own. */
#define COX_SSH_USUAL "ssh -o BatchMode=yes -o ConnectTimeout=10 -o ServerAliveInterval=5 -o ServerAliveCountMax=3"

/** A node, and how the last step ended there. */
struct cox_remote {
    char *name, *address;
    bool is_chosen;      /**< cox_remote_run() runs the step there */
    bool is_ok;          /**< it has succeeded */
    char *out;           /**< what it printed */
    char *problem;       /**< why it failed, in one line; NULL when it did not */
    char *input;         /**< for the next step, instead of what all get; NULL: that */
};

/** One more node, chosen; @nodes was made by cox_remotes_new(). */
struct cox_remote *cox_remote_add(GPtrArray *nodes, const char *name, const char *address);
GPtrArray *cox_remotes_new(void);

/**
 * Run a step of cox-cluster-node on all nodes that are chosen, at once; on this node without ssh.  Environment: COX_SSH, the
 * command that is used instead of ssh; COX_DAEMON_DIRECTORY, where cox-cluster-node lies.
 *
 * @param step        and a word behind it, if need be
 * @param input       standard input, or NULL
 * @param timeout_ms  0: as long as it takes
 * @return true when it has succeeded on all of them
 */
bool cox_remote_run(GPtrArray *nodes, const char *step, const char *input, gint64 timeout_ms);

/** Is it this machine: is its address one of ours? */
bool cox_remote_is_here(const struct cox_remote *node);

/** The path of cox-cluster-node; the caller frees it. */
char *cox_remote_program(void);

/** The value of a line "KEY=VALUE" that the node printed; the caller frees it; NULL: there is none. */
char *cox_remote_value(const struct cox_remote *node, const char *key);

G_END_DECLS

#endif
