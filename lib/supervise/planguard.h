/* lib/supervise/planguard.h - a configuration that crashes the scheduler must not stop the cluster: the engine.  Layer 3, pure.
 *
 *                    crashes, fewer than the limit
 *                   .----.
 *                   |    v          limit reached
 *     TRUSTED ----> TRYING ------------------------------> ASIDE: plan with the last configuration that could be planned
 *        ^            |  ^                                   |     (or, if there is none, try again after growing pauses)
 *        '-- planned -'  '--- the configuration changes -----'
 *
 * A configuration that was set aside is saved for the developers, and the object changed last is named, because it is
 * probably the cause.  Nothing is stopped or fenced because of it: while one is aside, plans come from the last
 * good configuration, and the caller carries out only monitoring and the fencing of lost nodes.
 */
#ifndef COX_SUPERVISE_PLANGUARD_H
#define COX_SUPERVISE_PLANGUARD_H

#include <stdbool.h>
#include <glib.h>

#include "base/effects.h"
#include "base/monotime.h"

G_BEGIN_DECLS

struct cox_planguard_config {
    guint crash_limit;   /**< crashes until a configuration is set aside; 3 */
    gint64 retry_ms;     /**< first pause when there is nothing to fall back on, or the fallback crashes; doubles */
    gint64 retry_max_ms;
};

enum cox_planguard_event_kind {
    COX_PLANGUARD_ON_CONFIG = 0, /**< this configuration is in force now */
    COX_PLANGUARD_ON_ASK,        /**< a plan is wanted */
    COX_PLANGUARD_ON_PLANNED,    /**< the plan asked for last has come */
    COX_PLANGUARD_ON_CRASHED,    /**< the scheduler died over it, or missed its deadline */
    COX_PLANGUARD_ON_WAKE,
};

struct cox_planguard_event {
    enum cox_planguard_event_kind kind;
    const char *config;  /**< CONFIG: identity (digest) of the configuration without status */
    const char *object;  /**< CONFIG: id of the object changed last, or NULL */
};

enum cox_planguard_effect_kind {
    COX_PLANGUARD_DO_PLAN = 0, /**< ask the scheduler, with this configuration and the present status */
    COX_PLANGUARD_DO_SAVE,     /**< keep this configuration and the status as pe-error */
    COX_PLANGUARD_DO_SAY,      /**< critical: set aside, @object was changed last, @fallback is in force (NULL: nothing is) */
    COX_PLANGUARD_DO_CLEAR,    /**< planning works again with the configuration in force */
    COX_PLANGUARD_DO_WAKE,
};

struct cox_planguard_effect {
    enum cox_planguard_effect_kind kind;
    const char *config;   /**< PLAN, SAVE, SAY */
    bool is_fallback;     /**< PLAN: not the configuration in force: monitor, and fence lost nodes, nothing else */
    const char *object;   /**< SAY, or NULL */
    const char *fallback; /**< SAY, or NULL */
    cox_usec at;          /**< WAKE */
};

COX_EFFECTS_DEFINE(planguard)

struct cox_planguard;

/** An engine that knows no configuration.  @config is copied. */
struct cox_planguard *cox_planguard_new(const struct cox_planguard_config *config);

/** Free.  NULL is allowed. */
void cox_planguard_free(struct cox_planguard *guard);

/** One step.  Total: results that nobody waits for are ignored. */
void cox_planguard_step(struct cox_planguard *guard, const struct cox_planguard_event *event, cox_usec now,
                        struct cox_planguard_effects *out);

typedef struct cox_planguard cox_planguard; /* for g_autoptr only */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(cox_planguard, cox_planguard_free)

G_END_DECLS

#endif
