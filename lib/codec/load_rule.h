/* lib/codec/load_rule.h - rule elements to expressions; for files in lib/codec.  Layer 3. */
#ifndef COX_CODEC_LOAD_RULE_H
#define COX_CODEC_LOAD_RULE_H

#include "codec/context.h"

G_BEGIN_DECLS

/** The rule that @xml (a rule element, or a reference to one) writes; NULL with a diagnostic when dangling. */
const struct cox_rule *cox_codec_rule(struct cox_context *context, const struct cox_xml *xml);

/** The rules directly inside @xml as one: NULL when there is none, else true when one of them is. */
const struct cox_rule *cox_codec_rules_inside(struct cox_context *context, const struct cox_xml *xml);

G_END_DECLS

#endif
