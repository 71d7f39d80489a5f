/* lib/codec/load.h - read a CIB: configuration and status, without a tree of the status.  Layer 3. */
#ifndef COX_CODEC_LOAD_H
#define COX_CODEC_LOAD_H

#include <stdbool.h>
#include <glib.h>

#include "base/diag.h"
#include "model/config.h"
#include "model/status.h"
#include "xml/stream.h"
#include "xml/xmldoc.h"

G_BEGIN_DECLS

/** How to read; zeroed members are defaults. */
struct cox_codec_options {
    const struct cox_xml_limits *limits;
    GTimeZone *zone; /**< of dates without an offset in rules; NULL: UTC */
    /**
     * Called between reading and translating, to validate the document and to upgrade it (it may change it in any
     * way, and replace it).  Its status element is empty.  Returns false with @error set to stop.  NULL: nothing to do.
     */
    bool (*prepare)(struct cox_xmldoc **doc, void *data, struct cox_diags *diags, GError **error);
    void *prepare_data;
};

struct cox_codec_result {
    struct cox_config *config;
    struct cox_status *status;
    struct cox_xmldoc *doc; /**< the document after prepare, with an empty status element */
};

/**
 * Read a CIB.
 *
 * @param options  NULL for the defaults
 * @param result   filled on success only; give it to cox_codec_result_clear
 * @param diags    gets what is questionable in the document; may be NULL
 * @param error    COX_ERROR_NO_INPUT or COX_ERROR_SYNTAX when it cannot be read or is no CIB, or what prepare set
 */
bool cox_codec_load(const struct cox_stream_input *input, const struct cox_codec_options *options,
                    struct cox_codec_result *result, struct cox_diags *diags, GError **error);

/** As cox_codec_load for a document that is a tree already, status and all.  It is borrowed and must be
 * of the newest schema (prepare is not called); result.doc is NULL. */
bool cox_codec_load_tree(const struct cox_xml *cib, const struct cox_codec_options *options,
                         struct cox_codec_result *result, struct cox_diags *diags, GError **error);

/** Free what the result holds. */
void cox_codec_result_clear(struct cox_codec_result *result);

G_END_DECLS

#endif
