/* lib/admin/lint.h - a configuration that can be used and is not as somebody wants it: found without asking anybody.  Layer 4. */
#ifndef COX_ADMIN_LINT_H
#define COX_ADMIN_LINT_H

#include <stdbool.h>
#include <glib.h>

#include "base/diag.h"
#include "base/walltime.h"
#include "model/config.h"

G_BEGIN_DECLS

/** What an agent says of a parameter. */
struct cox_lint_param {
    const char *name, *type, *fallback, *replaced_with; /**< NULL: not said */
    bool is_required;
};

/** What it advises for an action. */
struct cox_lint_action {
    const char *name;
    gint64 timeout_ms; /**< -1: not said */
};

/** What an agent says of itself, as far as it is checked. */
struct cox_lint_agent {
    const struct cox_lint_param *params;
    size_t n_params;
    const struct cox_lint_action *actions;
    size_t n_actions;
};

/** What is checked; borrowed. */
struct cox_lint {
    const struct cox_config *config;
    cox_wall now;
    bool has_watchdogs; /**< nodes are fenced without a device */
    /** The agent of a primitive; NULL: it cannot be asked.  NULL instead of the function: agents are not looked at. */
    const struct cox_lint_agent *(*agent)(void *context, const struct cox_rsc_def *rsc);
    void *context;
};

/**
 * Find: constraints that name nodes that are not there, contradict each other, or leave a resource no node; rules that can never be true
 * (again); nodes that no device reaches, levels with devices that are not there or do not reach; too little room when any one node is lost;
 * parameters that the agent does not know, lacks or cannot read, and time limits below what it advises.
 *
 * Each problem has an object, and as remedy a command or what to do.
 */
void cox_lint_run(const struct cox_lint *lint, struct cox_diags *diags);

G_END_DECLS

#endif
