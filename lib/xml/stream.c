/* lib/xml/stream.c - read a CIB so that its status part goes to callbacks and never becomes a tree.  Layer 1. */
#include "xml/stream.h"

#include "xml/parse_priv.h"

struct cox_xmldoc *
cox_stream_read(const struct cox_stream_input *input, const struct cox_xml_limits *limits,
                const struct cox_stream_events *events, void *data, GError **error)
{
    const struct cox_parse_wishes wishes = { .events = events, .data = data };
    size_t bytes = cox_parse_limits(limits).bytes;
    g_autoptr(cox_source) source = NULL;

    if (input->path != NULL) {
        source = cox_source_open(input->path, bytes, error);
    } else if (input->text != NULL) {
        source = cox_source_from_text(input->text, input->length, bytes);
    } else {
        source = cox_source_from_fd(input->fd, input->name, bytes, error);
    }
    return source == NULL ? NULL : cox_parse_run(source, limits, &wishes, error);
}
