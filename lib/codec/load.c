/* lib/codec/load.c - read a CIB: configuration and status, without a tree of the status.  Layer 3. */
#include "codec/load.h"

#include "base/error.h"
#include "codec/load_config.h"
#include "codec/load_status.h"

static const struct cox_codec_options no_options;

static bool
check_root(const struct cox_xml *root, GError **error)
{
    if (cox_xml_is(root, "cib")) {
        return true;
    }
    g_set_error(error, COX_ERROR, COX_ERROR_SYNTAX, "the root element is '%s'; give a document whose root is 'cib'",
                cox_xml_name(root));
    return false;
}

bool
cox_codec_load(const struct cox_stream_input *input, const struct cox_codec_options *options,
               struct cox_codec_result *result, struct cox_diags *diags, GError **error)
{
    g_autoptr(cox_status) status = cox_status_new();
    g_autoptr(cox_xmldoc) doc = NULL;
    struct cox_codec_status_reader *reader = cox_codec_status_reader_new(status);

    options = options == NULL ? &no_options : options;
    doc = cox_stream_read(input, options->limits, cox_codec_status_events(), reader, error);
    cox_codec_status_reader_free(reader);
    if (doc == NULL || !check_root(cox_xmldoc_root(doc), error)) {
        return false;
    }
    if (options->prepare != NULL && !options->prepare(&doc, options->prepare_data, diags, error)) {
        return false;
    }
    result->config = cox_codec_config(cox_xmldoc_root(doc), options->zone, diags);
    result->status = g_steal_pointer(&status);
    result->doc = g_steal_pointer(&doc);
    return true;
}

bool
cox_codec_load_tree(const struct cox_xml *cib, const struct cox_codec_options *options,
                    struct cox_codec_result *result, struct cox_diags *diags, GError **error)
{
    options = options == NULL ? &no_options : options;
    if (!check_root(cib, error)) {
        return false;
    }
    result->config = cox_codec_config(cib, options->zone, diags);
    result->status = cox_status_new();
    result->doc = NULL;
    cox_codec_status(cox_xml_child(cib, "status"), result->status);
    return true;
}

void
cox_codec_result_clear(struct cox_codec_result *result)
{
    cox_config_free(result->config);
    cox_status_free(result->status);
    cox_xmldoc_free(result->doc);
    *result = (struct cox_codec_result) { 0 };
}
