/* lib/follow/follow.c - what all followers of the document have in common.  Layer 6. */
#include "follow/follow_priv.h"

void
cox_follow_init(struct cox_follow *follow, const struct cox_follow_ops *ops, struct cox_runtime *runtime,
                const struct cox_follow_settings *settings)
{
    follow->ops = ops;
    follow->runtime = runtime;
    follow->settings = *settings;
    follow->settings.program = follow->program = g_strdup(settings->program);
    follow->settings.run_directory = follow->run_directory = g_strdup(settings->run_directory);
}

void
cox_follow_clear(struct cox_follow *follow)
{
    cox_cib_free(follow->cib);
    g_free(follow->program);
    g_free(follow->run_directory);
}

void
cox_follow_tell(struct cox_follow *follow, const struct cox_xml *patch, const char *origin, const char *reason)
{
    const struct cox_follow_news news = {
        .cib = follow->cib, .patch = patch, .version = cox_follow_version(follow), .has_quorum = follow->has_quorum, .origin = origin,
        .reason = reason,
    };

    if (follow->settings.changed != NULL) {
        follow->settings.changed(follow->settings.context, &news);
    }
}

void
cox_follow_free(struct cox_follow *follow)
{
    if (follow != NULL) {
        follow->ops->free(follow);
    }
}

struct cox_cib *
cox_follow_cib(const struct cox_follow *follow)
{
    return follow->cib;
}

void
cox_follow_catch_up(struct cox_follow *follow, unsigned int later)
{
    follow->settings.later = later;
    if (follow->ops->catch_up != NULL) {
        follow->ops->catch_up(follow);
    }
}

bool
cox_follow_is_current(const struct cox_follow *follow)
{
    return follow->cib != NULL && follow->ops->is_current(follow);
}

bool
cox_follow_is_superseded(const struct cox_follow *follow)
{
    return follow->ops->is_superseded != NULL && follow->ops->is_superseded(follow);
}

struct cox_version
cox_follow_version(const struct cox_follow *follow)
{
    const struct cox_version none = { 0 };

    return follow->cib == NULL ? none : cox_version_of(cox_cib_root(follow->cib));
}

bool
cox_follow_counts(const struct cox_follow *follow)
{
    return follow->counts;
}

bool
cox_follow_has_quorum(const struct cox_follow *follow)
{
    return follow->has_quorum;
}

void
cox_follow_change(struct cox_follow *follow, const struct cox_follow_change *change)
{
    follow->ops->change(follow, change);
}

size_t
cox_follow_waiting(const struct cox_follow *follow)
{
    return follow->ops->waiting(follow);
}

struct cox_follow_stats
cox_follow_stats(const struct cox_follow *follow)
{
    return follow->stats;
}
