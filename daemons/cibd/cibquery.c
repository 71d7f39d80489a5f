/* daemons/cibd/cibquery.c - the document, or a part of it, as a user may see it.  Layer 6. */
#include "daemons/cibd/cibd.h"

#include <string.h>

#include "base/error.h"
#include "cib/acl.h"
#include "cib/section.h"
#include "xml/xmlwrite.h"
#include "xml/xpath.h"

/* The whole is written once per state of the document, whoever asks. */
static GBytes *
whole(struct cibd *cibd)
{
    if (cibd->whole == NULL || cibd->whole_serial != cibd->serial) {
        GString *text = g_string_new(NULL);

        g_clear_pointer(&cibd->whole, g_bytes_unref);
        cox_xmlwrite_element(text, cox_cib_root(cox_keeper_cib(cibd->keeper)), COX_XMLWRITE_PLAIN);
        cibd->whole = g_string_free_to_bytes(text);
        cibd->whole_serial = cibd->serial;
    }
    return cibd->whole;
}

static void
write_one(GString *text, const struct cox_xml *xml, guint64 flags)
{
    if ((flags & COX_CIB_WITHOUT_CHILDREN) != 0) {
        g_autoptr(cox_xmldoc) alone = cox_xmldoc_new_copy(xml);

        cox_xml_clear(cox_xmldoc_root(alone));
        cox_xmlwrite_element(text, cox_xmldoc_root(alone), COX_XMLWRITE_PLAIN);
    } else {
        cox_xmlwrite_element(text, xml, COX_XMLWRITE_PLAIN);
    }
}

static bool
write_found(GString *text, const struct cox_xml *root, const struct cibd_query *query, GPtrArray *paths, GError **error)
{
    g_autoptr(GPtrArray) found = cox_xpath_find(root, query->xpath, error);
    bool is_one = found != NULL && found->len == 1;

    if (found == NULL) {
        return false;
    }
    if (found->len == 0) {
        g_set_error(error, COX_ERROR, COX_ERROR_NOT_FOUND, "nothing matches '%s'", query->xpath);
        return false;
    }
    g_string_append(text, is_one ? "" : "<xpath-query>");
    for (guint i = 0; i < found->len; i++) {
        if ((query->flags & COX_CIB_PATHS) != 0) {
            g_ptr_array_add(paths, cox_xpath_of(g_ptr_array_index(found, i)));
        } else {
            write_one(text, g_ptr_array_index(found, i), query->flags);
        }
    }
    g_string_append(text, is_one ? "" : "</xpath-query>");
    return true;
}

static bool
write_part(GString *text, const struct cox_xml *root, const struct cibd_query *query, GPtrArray *paths, GError **error)
{
    const struct cox_xml *section;

    if (query->xpath != NULL) {
        return write_found(text, root, query, paths, error);
    }
    section = cox_section_find(root, query->section);
    if (section == NULL) {
        g_set_error(error, COX_ERROR, COX_ERROR_NOT_FOUND, "the document has no section '%s'", query->section);
        return false;
    }
    write_one(text, section, query->flags);
    return true;
}

const struct cox_xml *
cibd_query_root(struct cibd *cibd, const struct cibd_query *query, struct cox_xmldoc **visible, GError **error)
{
    const struct cox_xml *root = cox_cib_root(cox_keeper_cib(cibd->keeper));
    g_autoptr(cox_acl) acl = NULL;

    if (!cox_acl_applies(root, query->user)) {
        return root;
    }
    acl = cox_acl_new(root, query->user, query->groups);
    *visible = cox_acl_filter(acl, root);
    if (*visible == NULL) {
        g_set_error(error, COX_ERROR, COX_ERROR_PRIVILEGE, "nothing is readable for user '%s'", query->user);
        return NULL;
    }
    return cox_xmldoc_root(*visible);
}

void
cibd_query_answer(struct cibd *cibd, cox_ticket ticket, const struct cibd_query *query)
{
    g_autoptr(cox_xmldoc) visible = NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) bytes = NULL;
    g_autoptr(GPtrArray) paths = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *digest = NULL, *slim = NULL;
    struct cox_msg_cib_state state = cibd_state(cibd, &digest);
    struct cox_msg_cib_content content = { .n_state = 1, .state = &state, .has_quorum = cibd->quorum.is_quorate,
                                           .counts = cibd_counts(cibd) };
    const struct cox_xml *root = cibd_query_root(cibd, query, &visible, &error);
    bool is_part = query->xpath != NULL || !cox_section_is_whole(query->section) || (query->flags & COX_CIB_WITHOUT_CHILDREN) != 0;
    struct cox_source source;

    cibd->n_queries++;
    cibd->has_told_counts = cibd->has_told_counts && content.counts != 0;
    if (root != NULL && visible == NULL && !is_part) {
        bytes = g_bytes_ref(whole(cibd));
        state.slim = slim = cox_cib_digest_slim(cox_keeper_cib(cibd->keeper));
    } else if (root != NULL) {
        GString *text = g_string_new(NULL);

        state.digest = NULL; /* that of the document says nothing about a part */
        (void) write_part(text, root, query, paths, &error);
        bytes = g_string_free_to_bytes(text);
    }
    if (error != NULL) {
        cox_ticket_fail(cibd->ctx, ticket, error);
        return;
    }
    content.n_paths = paths->len;
    content.paths = (const char *const *) paths->pdata;
    source = cox_source_of_bytes(bytes);
    cox_ticket_answer(cibd->ctx, ticket, COX_MSG_CIB_CONTENT, &content, &source);
}
