/* tools/state.h - the state of the cluster as tools show it: the document read, and what the scheduler makes of it.  Layer 6. */
#ifndef COX_TOOLS_STATE_H
#define COX_TOOLS_STATE_H

#include <stdbool.h>
#include <glib.h>

#include "cib/schemas.h"
#include "codec/load.h"
#include "model/plan.h"
#include "tools/cib_access.h"

G_BEGIN_DECLS

/** A document and the state that it describes. */
struct cox_state {
    struct cox_schemas *schemas;
    struct cox_codec_result input;
    struct cox_diags *diags;
    struct cox_plan *plan; /**< without actions */
    cox_wall now;
    GTimeZone *zone; /**< of the user */
};

/**
 * Read the document in @path ("-": standard input; a pipe will do) and work out the state.
 * @return the state, the caller frees it; NULL with what cox_codec_load() says
 */
struct cox_state *cox_state_open(const char *path, GError **error);

/** As above from a document that is there already; it is borrowed for the call. */
struct cox_state *cox_state_new(const struct cox_xml *cib, GError **error);

/** The same without checking what cibd has checked: a third of the time of large documents. */
struct cox_state *cox_state_new_trusted(const struct cox_xml *cib, GError **error);

/** The state of what @access has opened, as its user may see it. */
struct cox_state *cox_state_of(struct cox_cib_access *access, GError **error);

/** The whole plan from the same document; the caller frees it. */
struct cox_plan *cox_state_plan(const struct cox_state *state);

void cox_state_free(struct cox_state *state);

/**
 * What --live-check means: the file or working copy that the environment names (*@path), else the document of the running cluster (*@text);
 * the caller frees both.
 * @param tool   who asks, for cibd's log
 * @param error  as cox_cib_access_open()
 */
bool cox_state_find_live(const char *tool, char **path, char **text, GError **error);

typedef struct cox_state cox_state; /* for g_autoptr only */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(cox_state, cox_state_free)

G_END_DECLS

#endif
