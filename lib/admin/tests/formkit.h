/* lib/admin/tests/formkit.h - for tests of declarative files: documents to YAML and back.  For tests only. */
#ifndef COX_ADMIN_TESTS_FORMKIT_H
#define COX_ADMIN_TESTS_FORMKIT_H

#include "admin/docdiff.h"
#include "admin/form.h"
#include "admin/tests/treekit.h"
#include "conf/yamlread.h"
#include "conf/yamlwrite.h"

/** Put the YAML into the document; false with an error. */
static inline bool
formkit_read(struct cox_xmldoc *doc, const char *yaml, GError **error)
{
    g_autoptr(cox_conf) conf = cox_yamlread_parse(yaml, strlen(yaml), error);

    return conf != NULL && cox_form_read(cox_xmldoc_root(doc), conf, error);
}

/** The configuration of the document is this; the order of attributes does not count. */
static inline void
formkit_is(const struct cox_xmldoc *doc, const char *configuration)
{
    g_autoptr(cox_xmldoc) wanted = treekit_doc(configuration);
    g_autoptr(cox_xmldoc) patch = NULL;
    g_autoptr(GArray) lines = cox_docdiff_make(cox_xmldoc_root(wanted), cox_xmldoc_root(doc), &patch, NULL);

    assert_non_null(lines);
    if (patch != NULL) {
        treekit_is(doc, configuration);
        fail();
    }
}

/** The configuration is written as this YAML, which gives it back in itself and in an empty document. */
static inline void
formkit_both(const char *configuration, const char *yaml)
{
    g_autoptr(cox_xmldoc) doc = treekit_doc(configuration);
    g_autoptr(cox_xmldoc) empty = treekit_doc("");
    g_autoptr(cox_conf) conf = cox_form_write(cox_xmldoc_root(doc));
    g_autofree char *text = cox_yamlwrite_text(conf);
    GError *error = NULL;

    assert_string_equal(text, yaml);
    if (!formkit_read(doc, text, &error) || !formkit_read(empty, text, &error)) {
        fail_msg("%s", error->message);
    }
    formkit_is(doc, configuration);
    formkit_is(empty, configuration);
}

/** Put into a document with the configuration @before, the YAML makes it @after. */
static inline void
formkit_becomes(const char *before, const char *yaml, const char *after)
{
    g_autoptr(cox_xmldoc) doc = treekit_doc(before);
    GError *error = NULL;

    if (!formkit_read(doc, yaml, &error)) {
        fail_msg("%s", error->message);
    }
    formkit_is(doc, after);
}

/** The YAML cannot be put into a document, and this says why. */
static inline void
formkit_refused(const char *yaml, const char *message)
{
    g_autoptr(cox_xmldoc) doc = treekit_doc("<resources><primitive id='live' class='lsb' type='x'/></resources>");
    GError *error = NULL;

    if (formkit_read(doc, yaml, &error)) {
        fail_msg("taken: %s", yaml);
    }
    treekit_failed(&error, COX_ERROR_SYNTAX, message);
}

#endif
