/* lib/admin/tests/treekit.h - for tests that edit trees: documents from a configuration as text, and back.  For tests only. */
#ifndef COX_ADMIN_TESTS_TREEKIT_H
#define COX_ADMIN_TESTS_TREEKIT_H

#include "base/error.h"
#include "base/testkit.h"
#include "xml/xmldoc.h"
#include "xml/xmlwrite.h"

/** A document with this in its configuration; apostrophes stand for quotation marks. */
static inline struct cox_xmldoc *
treekit_doc(const char *configuration)
{
    g_autofree char *text = g_strdup_printf("<cib admin_epoch='0' epoch='7' num_updates='9'><configuration>%s</configuration><status/></cib>",
                                            configuration);
    struct cox_xmldoc *doc = cox_xmldoc_parse_text(text, strlen(text), NULL, NULL);

    assert_non_null(doc);
    return doc;
}

/** The configuration of the document is this. */
static inline void
treekit_is(const struct cox_xmldoc *doc, const char *configuration)
{
    g_autofree char *text = cox_xmlwrite_text(cox_xml_first(cox_xmldoc_root(doc)), COX_XMLWRITE_PLAIN);
    g_autofree char *wanted = g_strdup_printf("<configuration>%s</configuration>", configuration);

    assert_string_equal(g_strdelimit(g_strchomp(text), "\"", '\''), wanted);
}

/** There was an error of this kind, with this in its message; it is cleared. */
static inline void
treekit_failed(GError **error, int code, const char *part)
{
    assert_non_null(*error);
    if ((*error)->code != code || strstr((*error)->message, part) == NULL) {
        fail_msg("%d: %s, not %d: ...%s...", (*error)->code, (*error)->message, code, part);
    }
    g_clear_error(error);
}

#endif
