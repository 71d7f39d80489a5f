/* lib/sched/health.c - what the health attributes of a node come to.  Layer 3, pure. */
#include "sched/work_priv.h"

#include <string.h>

#include "sched/rsc_priv.h"

/* Score of a colour or number by the cluster's options. */
static cox_score
score_of(const struct sched_work *work, const char *text)
{
    cox_score score = 0;

    if (g_ascii_strcasecmp(text, "red") == 0) {
        return work->opt.health_red;
    }
    if (g_ascii_strcasecmp(text, "yellow") == 0) {
        return work->opt.health_yellow;
    }
    if (g_ascii_strcasecmp(text, "green") == 0) {
        return work->opt.health_green;
    }
    (void) cox_score_parse(text, &score, NULL);
    return score;
}

/* -1 red, 0 yellow, 1 green: what people see when a strategy makes it count. */
static int
colour_of(const char *text)
{
    cox_score score = 0;

    if (g_ascii_strcasecmp(text, "red") == 0) {
        return -1;
    }
    if (g_ascii_strcasecmp(text, "green") == 0) {
        return 1;
    }
    (void) cox_score_parse(text, &score, NULL);
    return (score > 0) - (score < 0);
}

void
sched_health_read(const struct sched_work *work, struct sched_node *node)
{
    const bool is_counted = strcmp(work->opt.health_strategy, "none") != 0;

    node->health = 1;
    node->health_score = strcmp(work->opt.health_strategy, "progressive") == 0 ? work->opt.health_base : 0;
    for (size_t i = 0; i < node->attrs.n_pairs; i++) {
        const struct cox_nvpair *pair = &node->attrs.pairs[i];

        if (!g_str_has_prefix(pair->name, "#health") || pair->value == NULL) {
            continue;
        }
        if (is_counted) {
            node->health = MIN(node->health, colour_of(pair->value));
            node->health_score = cox_score_add(node->health_score, score_of(work, pair->value));
        }
    }
}
