/* lib/codec/load_status.h - a status element, as events or as a tree, to what the model keeps.  Layer 3. */
#ifndef COX_CODEC_LOAD_STATUS_H
#define COX_CODEC_LOAD_STATUS_H

#include <glib.h>

#include "model/status.h"
#include "xml/stream.h"
#include "xml/xml.h"

G_BEGIN_DECLS

/** Reads a status element; elements and attributes that it does not know are skipped. */
struct cox_codec_status_reader;

/** A reader that fills @status (borrowed); the caller frees it with cox_codec_status_reader_free. */
struct cox_codec_status_reader *cox_codec_status_reader_new(struct cox_status *status);
void cox_codec_status_reader_free(struct cox_codec_status_reader *reader);

/** The events to give to cox_stream_read(), with the reader as their data. */
const struct cox_stream_events *cox_codec_status_events(void);

/** Read the status element @xml (NULL: none), adding to @status. */
void cox_codec_status(const struct cox_xml *xml, struct cox_status *status);

/* ---- parts of one, for whoever keeps a status ---- */

/** The attributes of the node_state element @xml into @node, which need not be in @status but lives no longer. */
void cox_codec_status_node_read(const struct cox_xml *xml, struct cox_status *status, struct cox_node_status *node);

/** The lrm_resource element @xml, in place of all that @history of @node says. */
void cox_codec_status_history(const struct cox_xml *xml, struct cox_status *status, struct cox_node_status *node,
                              struct cox_rsc_history *history);

/** The transient_attributes element @xml, adding to the sets of @node. */
void cox_codec_status_attributes(const struct cox_xml *xml, struct cox_status *status, struct cox_node_status *node);

G_END_DECLS

#endif
