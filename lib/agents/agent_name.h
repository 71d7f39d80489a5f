/* lib/agents/agent_name.h - which agent is meant: standard, provider and type, checked.  Layer 3, adapter. */
#ifndef COX_AGENTS_AGENT_NAME_H
#define COX_AGENTS_AGENT_NAME_H

#include <stdbool.h>
#include <glib.h>

G_BEGIN_DECLS

/** Standards of agents, as the field spells them (OCF 1.1 section 2, and the field's own additions). */
enum cox_agent_standard {
    COX_AGENT_OCF = 0,
    COX_AGENT_LSB,
    COX_AGENT_SYSTEMD,
    COX_AGENT_SERVICE, /**< systemd when there is such a unit, else lsb; the caller decides */
    COX_AGENT_STONITH,
};

/**
 * A name that is safe to make a path of: provider and type consist of letters, digits, '_', '.', '@' and '-', do not begin
 * with '.', and have no ".." in them.
 */
struct cox_agent_name {
    enum cox_agent_standard standard;
    char *provider; /**< ocf only, else NULL */
    char *type;
};

/** "ocf", "lsb", ... ; never NULL. */
const char *cox_agent_standard_text(enum cox_agent_standard standard);

/**
 * Make a name of its parts.
 *
 * @param provider  required for ocf, must be NULL or "" for the others
 * @return the name, the caller owns it; NULL with COX_ERROR_INVALID_PARAM that quotes the part which is wrong
 */
struct cox_agent_name *cox_agent_name_new(const char *standard, const char *provider, const char *type, GError **error);

/** The same from "ocf:heartbeat:IPaddr2" or "systemd:nginx". */
struct cox_agent_name *cox_agent_name_parse(const char *text, GError **error);

void cox_agent_name_free(struct cox_agent_name *name);
typedef struct cox_agent_name cox_agent_name; /* for g_autoptr only */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(cox_agent_name, cox_agent_name_free)

/** "ocf:heartbeat:IPaddr2"; the caller frees it. */
char *cox_agent_name_text(const struct cox_agent_name *name);

G_END_DECLS

#endif
