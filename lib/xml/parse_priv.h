/* lib/xml/parse_priv.h - the one place where libxml2's parser is driven; for files in lib/xml only. */
#ifndef COX_XML_PARSE_PRIV_H
#define COX_XML_PARSE_PRIV_H

#include "xml/source_priv.h"
#include "xml/stream.h"

/** Limits with the defaults filled in. */
struct cox_xml_limits cox_parse_limits(const struct cox_xml_limits *limits);

/** Parse @source; @events may be NULL (plain tree).  See cox_xmldoc_parse_file and cox_stream_read. */
struct cox_xmldoc *cox_parse_run(struct cox_source *source, const struct cox_xml_limits *limits,
                                 const struct cox_stream_events *events, void *data, GError **error);

#endif
