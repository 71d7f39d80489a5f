/* lib/agents/agent_meta.h - what an agent says of itself: parameters and actions of its meta-data.  Layer 3, adapter. */
#ifndef COX_AGENTS_AGENT_META_H
#define COX_AGENTS_AGENT_META_H

#include <stdbool.h>
#include <stddef.h>
#include <glib.h>

#include "xml/xmldoc.h"

G_BEGIN_DECLS

struct cox_agent_param {
    char *name;
    char *type;     /**< of content, NULL: not said */
    char *fallback; /**< default, NULL: none */
    char *replaced_with; /**< deprecated in favour of this one (which may say so with obsoletes), "" when deprecated without one, NULL: current */
    bool is_required;
    bool is_unique;     /**< OCF 1.0: unique=1; OCF 1.1: it has a unique-group */
    bool is_reloadable; /**< OCF 1.1: reloadable=1; OCF 1.0: not unique, as the field has it */
    bool is_private;    /**< private=1, or, where no parameter has that, called password, passwd or user */
};

struct cox_agent_meta_action {
    char *name;
    gint64 timeout_ms;  /**< -1: not said */
    gint64 interval_ms; /**< 0: not said */
    char *role;         /**< NULL: not said */
    char *depth;        /**< NULL: not said */
    bool is_on_target;  /**< fence agents: must run on the node that it is about */
    bool is_automatic;  /**< fence agents: "on" unfences by itself */
};

struct cox_agent_metadata {
    char *name;
    bool is_ocf_1_1; /**< the version element says 1.1 or later */
    struct cox_agent_param *params;
    size_t n_params;
    struct cox_agent_meta_action *actions;
    size_t n_actions;
};

/**
 * Read meta-data (OCF 1.1 section 4; fence agents: the same root with their own attributes).  At most 1 MiB, 64 levels
 * and 20,000 elements; what is not known is left out.  A document type declaration is passed over unless it declares entities.
 *
 * @return the caller owns it; NULL with COX_ERROR_SYNTAX that says what is wrong
 */
struct cox_agent_metadata *cox_agent_metadata_parse(const char *text, size_t length, GError **error);

/** The text as a document, within the same bounds and without its document type declaration; the errors are the same. */
struct cox_xmldoc *cox_agent_metadata_document(const char *text, size_t length, GError **error);

void cox_agent_metadata_free(struct cox_agent_metadata *metadata);
typedef struct cox_agent_metadata cox_agent_metadata; /* for g_autoptr only */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(cox_agent_metadata, cox_agent_metadata_free)

/** The parameter of this name, or NULL. */
const struct cox_agent_param *cox_agent_metadata_param(const struct cox_agent_metadata *metadata, const char *name);

/** The first action of this name, or NULL. */
const struct cox_agent_meta_action *cox_agent_metadata_action(const struct cox_agent_metadata *metadata, const char *name);

/** "reload-agent" (OCF 1.1) or "reload" (OCF 1.0) when it can take new parameters while running, else NULL. */
const char *cox_agent_metadata_reload(const struct cox_agent_metadata *metadata);

G_END_DECLS

#endif
