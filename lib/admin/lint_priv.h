/* lib/admin/lint_priv.h - what the files of the check share; for them only.  Layer 4. */
#ifndef COX_ADMIN_LINT_PRIV_H
#define COX_ADMIN_LINT_PRIV_H

#include "admin/lint.h"

void cox_lint_constraints(const struct cox_lint *lint, struct cox_diags *diags);
void cox_lint_orders(const struct cox_lint *lint, struct cox_diags *diags);
void cox_lint_rules(const struct cox_lint *lint, struct cox_diags *diags);
void cox_lint_fencing(const struct cox_lint *lint, struct cox_diags *diags);
void cox_lint_capacity(const struct cox_lint *lint, struct cox_diags *diags);
void cox_lint_agents(const struct cox_lint *lint, struct cox_diags *diags);

/** How many replicas a bundle has, at least 1. */
gint64 cox_lint_replicas(const struct cox_bundle_def *bundle);

#endif
