/* lib/xml/parse_priv.h - the one place where libxml2's parser is driven; for files in lib/xml only. */
#ifndef COX_XML_PARSE_PRIV_H
#define COX_XML_PARSE_PRIV_H

#include "xml/source_priv.h"
#include "xml/stream.h"

/** Limits with the defaults filled in. */
struct cox_xml_limits cox_parse_limits(const struct cox_xml_limits *limits);

/** What is not to become a plain tree; zero: all becomes one. */
struct cox_parse_wishes {
    const struct cox_stream_events *events; /* see cox_stream_read() */
    void *data;
    cox_xmldoc_hollow_fn is_hollow;         /* see cox_xmldoc_parse_hollow() */
};

/** Parse @source.  See cox_xmldoc_parse_file. */
struct cox_xmldoc *cox_parse_run(struct cox_source *source, const struct cox_xml_limits *limits, const struct cox_parse_wishes *wishes,
                                 GError **error);

#endif
