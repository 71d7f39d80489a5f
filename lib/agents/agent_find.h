/* lib/agents/agent_find.h - where agents lie: find one, list them.  Layer 3, adapter. */
#ifndef COX_AGENTS_AGENT_FIND_H
#define COX_AGENTS_AGENT_FIND_H

#include <glib.h>

#include "agents/agent_name.h"

G_BEGIN_DECLS

/** Directories to look in; borrowed.  NULL members stand for the usual ones. */
struct cox_agent_paths {
    const char *ocf;   /**< colon-separated directories with PROVIDER/TYPE below; usually /usr/lib/ocf/resource.d */
    const char *lsb;   /**< usually /etc/init.d */
    const char *fence; /**< usually /usr/sbin */
};

/**
 * The path of the program of an ocf, lsb or stonith agent; the first directory that has it wins.
 *
 * @return the path, the caller frees it; NULL with COX_ERROR_NOT_INSTALLED (names the agent and where it was looked for), or
 *         COX_ERROR_PRIVILEGE when there is a file that is not executable
 */
char *cox_agent_find(const struct cox_agent_paths *paths, const struct cox_agent_name *name, GError **error);

/** Names of OCF providers, sorted, without doubles; an array of char * that the caller unrefs. */
GPtrArray *cox_agent_providers(const struct cox_agent_paths *paths);

/**
 * Types of a standard, sorted, without doubles: executable regular files whose names are safe (agent_name.h).
 *
 * @param provider  for ocf: only this one's, NULL for all
 * @return an array of char * that the caller unrefs; empty for systemd and service, which files do not tell
 */
GPtrArray *cox_agent_types(const struct cox_agent_paths *paths, enum cox_agent_standard standard, const char *provider);

G_END_DECLS

#endif
