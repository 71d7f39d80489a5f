/* lib/check/probes.h - probes of servers: begin one, hear its answer; real or fake.  Layer 4. */
#ifndef COX_CHECK_PROBES_H
#define COX_CHECK_PROBES_H

#include <stdbool.h>
#include <glib.h>

#include "lvs/checker.h"
#include "lvs/checkconf.h"
#include "runtime/runtime.h"

G_BEGIN_DECLS

/** Where probes come from: cox_probes_new() makes the real one, cox_probefake_new() one for tests. */
struct cox_probes;

/** Probe @number has answered; @answer is borrowed for the call.  Probes may be begun and cancelled in it. */
typedef void (*cox_probe_fn)(void *context, guint64 number, const struct cox_lvs_answer *answer);

struct cox_probe_config {
    struct cox_runtime *runtime; /**< borrowed */
    cox_probe_fn on_answer;
    void *context;
    const char *node;            /**< name said with HELO when none is configured */
};

/** Real probes; @config is copied, with the name of the node. */
struct cox_probes *cox_probes_new(const struct cox_probe_config *config);

/** End all probes, unheard.  NULL is allowed. */
void cox_probes_free(struct cox_probes *probes);

/**
 * Begin a probe; what is needed of @check is copied.  It answers exactly once, never from inside this call, at the latest at the check's
 * timeout (from the begin; for all pages of HTTP together), unless it is cancelled.
 */
void cox_probes_begin(struct cox_probes *probes, guint64 number, const struct cox_lvs_check *check);

/** End a probe; it does not answer.  One that is not there is no error. */
void cox_probes_cancel(struct cox_probes *probes, guint64 number);

/** How many are under way. */
guint cox_probes_count(const struct cox_probes *probes);

typedef struct cox_probes cox_probes; /* for g_autoptr only */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(cox_probes, cox_probes_free)

G_END_DECLS

#endif
