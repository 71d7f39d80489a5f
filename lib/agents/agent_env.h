/* lib/agents/agent_env.h - what an agent is given: environment, or lines on standard input.  Layer 3, adapter.
 *
 * The one place that keeps configuration from reaching the dynamic linker, the shell or the protocol of fence agents.
 */
#ifndef COX_AGENTS_AGENT_ENV_H
#define COX_AGENTS_AGENT_ENV_H

#include <stdbool.h>
#include <stddef.h>
#include <glib.h>

#include "agents/agent_name.h"

G_BEGIN_DECLS

/** A name and a value; both borrowed. */
struct cox_agent_pair {
    const char *name, *value;
};

/** What the environment of a resource agent is made of.  Everything is borrowed for the call. */
struct cox_agent_env {
    const struct cox_agent_name *agent;
    const char *rsc_id;                  /**< OCF_RESOURCE_INSTANCE */
    const struct cox_agent_pair *params; /**< instance parameters, and what the field adds: crm_feature_set, CRM_meta_x */
    size_t n_params;
    const struct cox_agent_pair *inherited; /**< logging settings of the daemon: PCMK_x and HA_x; others are left out */
    size_t n_inherited;
    const char *service;  /**< PCMK_service: the name that agents know the daemon by, such as "pacemaker-execd" */
    const char *ocf_root; /**< NULL: /usr/lib/ocf */
};

/**
 * The whole environment for an action of an agent (OCF 1.1 section 5.2 and 6).  ocf agents get each parameter P as OCF_RESKEY_P, with
 * dashes of CRM_meta_ names turned into underscores; OCF_CHECK_LEVEL goes by its own name.  lsb agents get no parameters.
 *
 * @param refused  names that are no identifiers are put here (g_strdup; may be NULL) and left out
 * @return NULL-terminated, the caller frees it with g_strfreev
 */
char **cox_agent_env_new(const struct cox_agent_env *input, GPtrArray *refused);

/**
 * May configuration set this variable as it is (alerts)?  Only identifiers that do not steer the dynamic linker, the shell, or
 * where agents look for their tools: LD_*, PATH, IFS, ENV, BASH_*, SHELLOPTS, PS4, GCONV_PATH, LOCPATH, OCF_ROOT, PYTHON*, PERL*.
 */
bool cox_agent_env_may_set(const char *name);

/**
 * The lines for a fence agent's standard input, "name=value\n" each (the field's fence agent API).
 *
 * @return the text, the caller frees it; NULL with COX_ERROR_INVALID_PARAM when a name or value has a line break or a name has '='
 */
char *cox_agent_stdin_new(const struct cox_agent_pair *pairs, size_t n_pairs, GError **error);

G_END_DECLS

#endif
