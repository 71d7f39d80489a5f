/* lib/model/explanation.c - why the scheduler decided as it did: terms of scores, choices, actions.  Layer 1, pure. */
#include "model/explanation.h"

#include <string.h>

const char *
cox_term_kind_text(enum cox_term_kind kind)
{
    static const char *const texts[] = {
#define COX_TERM_TEXT(name, text) text,
        COX_TERM_KINDS(COX_TERM_TEXT)
#undef COX_TERM_TEXT
    };

    return texts[kind];
}

cox_score
cox_terms_sum(const struct cox_terms *terms, bool with_late)
{
    cox_score sum = 0;

    for (size_t i = 0; i < terms->n; i++) {
        const struct cox_score_term *term = &terms->items[i];

        if (with_late || !term->is_late) {
            sum = term->is_set ? term->score : cox_score_add(sum, term->score);
        }
    }
    return sum;
}

const struct cox_rsc_explanation *
cox_explanation_find(const struct cox_explanation *explanation, const char *id)
{
    for (size_t i = 0; i < explanation->n_rscs; i++) {
        if (strcmp(explanation->rscs[i].id, id) == 0) {
            return &explanation->rscs[i];
        }
    }
    return NULL;
}
