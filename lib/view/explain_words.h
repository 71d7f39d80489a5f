/* lib/view/explain_words.h - reasons of the scheduler in sentences.  Layer 4. */
#ifndef COX_VIEW_EXPLAIN_WORDS_H
#define COX_VIEW_EXPLAIN_WORDS_H

#include <glib.h>

#include "model/plan.h"
#include "model/outlook.h"

G_BEGIN_DECLS

/** What a term is about, without its score: "location loc-1", "it runs there"; the caller frees. */
char *cox_explain_words_term(const struct cox_score_term *term);

/** All terms that decided, with their scores: "location loc-1 (100), it runs there (5)"; "" for none; the caller frees. */
char *cox_explain_words_terms(const struct cox_terms *terms);

/** Why a node runs nothing ("is in standby"), or NULL when it is usable. */
const char *cox_explain_words_obstacle(enum cox_node_obstacle obstacle);

/** Why the resource is placed where it is, or nowhere; the caller frees. */
char *cox_explain_words_choice(const struct cox_plan *plan, const struct cox_rsc_explanation *rsc);

/** An action with its reason and what it waits for; the caller frees. */
char *cox_explain_words_action(const struct cox_reasoned_action *action);

/** What to do: "remove constraint loc-1"; the caller frees. */
char *cox_explain_words_remedy(const struct cox_remedy *remedy);

/** The name of a kind of remedy, as JSON has it. */
const char *cox_explain_words_remedy_kind(enum cox_remedy_kind kind);

/** The name of a choice, as JSON has it. */
const char *cox_explain_words_choice_kind(enum cox_choice choice);

G_END_DECLS

#endif
