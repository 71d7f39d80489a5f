/* lib/codec/rulecheck.h - find one rule in a document and judge its only date expression.  Layer 3. */
#ifndef COX_CODEC_RULECHECK_H
#define COX_CODEC_RULECHECK_H

#include <stdbool.h>
#include <glib.h>

#include "model/rule.h"
#include "xml/xml.h"

G_BEGIN_DECLS

struct cox_rulecheck {
    enum cox_rule_result result;
    bool repeats;  /**< the expression is a date_spec */
    cox_wall next; /**< when the result may change, or COX_WALL_NONE */
};

/**
 * Judge the rule with id @id anywhere in the document of @top.
 *
 * @param error  COX_ERROR_NOT_FOUND, COX_ERROR_MULTIPLE when several have the id, COX_ERROR_UNIMPLEMENTED when it has
 *               none or several date expressions, or a date_spec without years; @check untouched then
 */
bool cox_rulecheck_run(const struct cox_xml *top, const char *id, const struct cox_rule_input *input,
                       struct cox_rulecheck *check, GError **error);

G_END_DECLS

#endif
