/* lib/model/nvset.c - sets of name/value pairs with scores and rules, and what holds of them now.  Layer 1, pure. */
#include "model/nvset.h"

#include <string.h>

/* Most objects have one or two sets: no allocation for them. */
#define FEW_SETS 16

void
cox_nvlist_clear(struct cox_nvlist *list)
{
    g_free(list->pairs);
    *list = (struct cox_nvlist) COX_NVLIST_INIT;
}

void
cox_nvlist_reset(struct cox_nvlist *list)
{
    list->n_pairs = 0;
}

static size_t
index_of(const struct cox_nvlist *list, const char *name)
{
    for (size_t i = 0; i < list->n_pairs; i++) {
        if (strcmp(list->pairs[i].name, name) == 0) {
            return i;
        }
    }
    return list->n_pairs;
}

const char *
cox_nvlist_get(const struct cox_nvlist *list, const char *name)
{
    size_t i = index_of(list, name);

    return (i < list->n_pairs) ? list->pairs[i].value : NULL;
}

static void
append(struct cox_nvlist *list, const char *name, const char *value)
{
    if (list->n_pairs == list->allocated) {
        list->allocated = (list->allocated == 0) ? 16 : list->allocated * 2;
        list->pairs = g_renew(struct cox_nvpair, list->pairs, list->allocated);
    }
    list->pairs[list->n_pairs++] = (struct cox_nvpair) { .name = name, .value = value };
}

void
cox_nvlist_add(struct cox_nvlist *list, const char *name, const char *value)
{
    if (index_of(list, name) == list->n_pairs) {
        append(list, name, value);
    }
}

void
cox_nvlist_set(struct cox_nvlist *list, const char *name, const char *value)
{
    size_t i = index_of(list, name);

    if (i < list->n_pairs) {
        list->pairs[i].value = value;
    } else {
        append(list, name, value);
    }
}

static void
take_out(struct cox_nvlist *list, const char *name)
{
    size_t i = index_of(list, name);

    if (i < list->n_pairs) {
        list->n_pairs--;
        memmove(&list->pairs[i], &list->pairs[i + 1], (list->n_pairs - i) * sizeof(list->pairs[0]));
    }
}

static void
add_set(const struct cox_nvset *set, struct cox_nvlist *list)
{
    for (size_t i = 0; i < set->n_pairs; i++) {
        const struct cox_nvpair *pair = &set->pairs[i];

        if (pair->name == NULL) {
            continue;
        }
        if (pair->value == NULL || g_ascii_strcasecmp(pair->value, "#default") == 0) {
            take_out(list, pair->name);
        } else {
            cox_nvlist_add(list, pair->name, pair->value);
        }
    }
}

static bool
comes_before(const struct cox_nvset *a, const struct cox_nvset *b, const char *first_id)
{
    bool a_first = first_id != NULL && g_strcmp0(a->id, first_id) == 0;
    bool b_first = first_id != NULL && g_strcmp0(b->id, first_id) == 0;

    if (a_first != b_first) {
        return a_first;
    }
    return a->score >= b->score; /* @a is the later one in the document */
}

void
cox_nvsets_resolve(const struct cox_nvsets *sets, const char *first_id, const struct cox_rule_input *input,
                   struct cox_nvlist *list, cox_wall *next)
{
    const struct cox_nvset *few[FEW_SETS];
    g_autofree const struct cox_nvset **many = (sets->n_sets > FEW_SETS) ? g_new(const struct cox_nvset *, sets->n_sets)
                                                                         : NULL;
    const struct cox_nvset **order = (many != NULL) ? many : few;

    for (size_t i = 0; i < sets->n_sets; i++) { /* insertion sort: there are few */
        size_t at = i;

        while (at > 0 && comes_before(&sets->sets[i], order[at - 1], first_id)) {
            order[at] = order[at - 1];
            at--;
        }
        order[at] = &sets->sets[i];
    }
    for (size_t i = 0; i < sets->n_sets; i++) {
        if (order[i]->rule == NULL || cox_rule_eval(order[i]->rule, input, next) == COX_RULE_IN_EFFECT) {
            add_set(order[i], list);
        }
    }
}
