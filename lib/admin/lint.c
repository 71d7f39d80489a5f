/* lib/admin/lint.c - a configuration that can be used and is not as somebody wants it.  Layer 4. */
#include "admin/lint.h"

#include "admin/lint_priv.h"

void
cox_lint_run(const struct cox_lint *lint, struct cox_diags *diags)
{
    cox_lint_constraints(lint, diags);
    cox_lint_orders(lint, diags);
    cox_lint_rules(lint, diags);
    cox_lint_fencing(lint, diags);
    cox_lint_capacity(lint, diags);
    if (lint->agent != NULL) {
        cox_lint_agents(lint, diags);
    }
}
