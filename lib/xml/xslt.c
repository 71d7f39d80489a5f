/* lib/xml/xslt.c - a transformation of documents that knows when it is needed.  Layer 1. */
#include "xml/xslt.h"

#include <string.h>
#include <libxml/parser.h>
#include <libxslt/security.h>
#include <libxslt/transform.h>
#include <libxslt/xsltInternals.h>
#include <libxslt/xsltutils.h>

#include "base/error.h"
#include "xml/xml_priv.h"

#define UPGRADE_NAMESPACE "urn:coxswain:upgrade"

/* A row; texts are borrowed from the stylesheet's file, NULL where the row does not say. */
struct row {
    const char *attribute;
    const char *value;
    const char *child;
    const char *repeats;
    const char *what;
};

struct cox_xslt {
    char *path;
    xmlDoc *doc;              /* the rows live here: libxslt changes what it compiles */
    xsltStylesheet *compiled; /* or NULL */
    GHashTable *needed;       /* element name -> GArray of struct row */
    GHashTable *blockers;
};

static void
rows_free(gpointer rows)
{
    g_array_free(rows, TRUE);
}

static void
add_row(GHashTable *table, const struct cox_xml *xml)
{
    const char *element = cox_xml_get(xml, "element");
    GArray *rows = element != NULL ? g_hash_table_lookup(table, element) : NULL;
    struct row row = { .attribute = cox_xml_get(xml, "attribute"),
                       .value = cox_xml_get(xml, "value"),
                       .child = cox_xml_get(xml, "child"),
                       .repeats = cox_xml_get(xml, "repeats"),
                       .what = cox_xml_get(xml, "what") };

    if (element == NULL) {
        return;
    }
    if (rows == NULL) {
        rows = g_array_new(FALSE, FALSE, sizeof(struct row));
        g_hash_table_insert(table, (gpointer) (guintptr) element, rows);
    }
    g_array_append_val(rows, row);
}

static void
read_rows(struct cox_xslt *xslt)
{
    struct cox_xml *root = cox_xml_of(xmlDocGetRootElement(xslt->doc));

    for (struct cox_xml *row = cox_xml_first(root); row != NULL; row = cox_xml_next(row)) {
        const xmlNs *ns = cox_xml_node(row)->ns;

        if (ns != NULL && strcmp((const char *) ns->href, UPGRADE_NAMESPACE) == 0) {
            add_row(cox_xml_is(row, "blocker") ? xslt->blockers : xslt->needed, row);
        }
    }
}

struct cox_xslt *
cox_xslt_load(const char *path, GError **error)
{
    g_autoptr(cox_xslt) xslt = g_new0(struct cox_xslt, 1);
    g_autofree char *text = NULL;
    g_autoptr(GError) problem = NULL;
    gsize length = 0;

    if (!g_file_get_contents(path, &text, &length, &problem)) {
        g_set_error(error, COX_ERROR, COX_ERROR_NO_INPUT, "transformation cannot be read: %s; install it, or name its "
                    "folder with COX_SCHEMA_DIRECTORY", problem->message);
        return NULL;
    }
    xslt->path = g_strdup(path);
    xslt->needed = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, rows_free);
    xslt->blockers = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, rows_free);
    if (length <= G_MAXINT) {
        xslt->doc = xmlReadMemory(text, (int) length, path, NULL, XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    }
    if (xslt->doc == NULL) {
        g_set_error(error, COX_ERROR, COX_ERROR_SYNTAX, "transformation '%s' is not XML; install it again", path);
        return NULL;
    }
    read_rows(xslt);
    return g_steal_pointer(&xslt);
}

void
cox_xslt_free(struct cox_xslt *xslt)
{
    if (xslt == NULL) {
        return;
    }
    if (xslt->needed != NULL) {
        g_hash_table_destroy(xslt->needed);
        g_hash_table_destroy(xslt->blockers);
    }
    if (xslt->compiled != NULL) {
        xsltFreeStylesheet(xslt->compiled);
    }
    if (xslt->doc != NULL) {
        xmlFreeDoc(xslt->doc);
    }
    g_free(xslt->path);
    g_free(xslt);
}

/* ---- when is it needed? ---- */

/* @actual is the value of the row's attribute, if the row has one. */
static bool
row_holds(const struct row *row, const struct cox_xml *xml, const char *actual)
{
    if (row->attribute != NULL && (actual == NULL || (row->value != NULL && strcmp(actual, row->value) != 0))) {
        return false;
    }
    if (row->child != NULL && cox_xml_child(xml, row->child) == NULL) {
        return false;
    }
    if (row->repeats != NULL) {
        const struct cox_xml *first = cox_xml_child(xml, row->repeats);

        return first != NULL && cox_xml_next_named(first, row->repeats) != NULL;
    }
    return true;
}

static const struct row *
first_row(GHashTable *table, const struct cox_xml *xml)
{
    const GArray *rows = g_hash_table_lookup(table, cox_xml_name(xml));
    const char *attribute = NULL; /* rows about one attribute stand together: it is looked up once for all of them */
    const char *actual = NULL;

    for (guint i = 0; rows != NULL && i < rows->len; i++) {
        const struct row *row = &g_array_index(rows, struct row, i);

        if (row->attribute != NULL && (attribute == NULL || strcmp(attribute, row->attribute) != 0)) {
            attribute = row->attribute;
            actual = cox_xml_get(xml, attribute);
        }
        if (row_holds(row, xml, actual)) {
            return row;
        }
    }
    return NULL;
}

/* Status is what daemons wrote, not what people configured. */
static struct cox_xml *
configuration_of(const struct cox_xmldoc *doc)
{
    struct cox_xml *configuration = cox_xml_child(cox_xmldoc_root(doc), "configuration");

    return configuration != NULL ? configuration : cox_xmldoc_root(doc);
}

bool
cox_xslt_is_needed(const struct cox_xslt *xslt, const struct cox_xmldoc *doc)
{
    struct cox_xml *top = configuration_of(doc);

    for (struct cox_xml *xml = top; xml != NULL; xml = cox_xml_walk(xml, top)) {
        if (first_row(xslt->needed, xml) != NULL) {
            return true;
        }
    }
    return false;
}

bool
cox_xslt_is_blocked(const struct cox_xslt *xslt, const struct cox_xmldoc *doc, struct cox_diags *diags)
{
    struct cox_xml *top = configuration_of(doc);
    bool is_blocked = false;

    for (struct cox_xml *xml = top; xml != NULL; xml = cox_xml_walk(xml, top)) {
        const struct row *row = first_row(xslt->blockers, xml);

        if (row == NULL) {
            continue;
        }
        is_blocked = true;
        cox_diags_add(diags, COX_SEVERITY_WARNING, cox_xml_id(xml), "remove or replace it, then upgrade again",
                      "%s '%s' uses %s, which newer schema versions do not know", cox_xml_name(xml),
                      cox_xml_id(xml) != NULL ? cox_xml_id(xml) : "", row->what != NULL ? row->what : "something");
    }
    return is_blocked;
}

/* ---- apply ---- */

/* libxslt speaks in pieces; a message ends with a newline. */
struct speech {
    GString *text;
    struct cox_diags *diags;
};

static void listen(void *data, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void
listen(void *data, const char *format, ...)
{
    struct speech *speech = data;
    char *end = NULL;
    va_list args;

    va_start(args, format);
    g_string_append_vprintf(speech->text, format, args);
    va_end(args);
    while ((end = strchr(speech->text->str, '\n')) != NULL) {
        *end = '\0';
        if (speech->text->str[0] != '\0') {
            cox_diags_add(speech->diags, COX_SEVERITY_WARNING, NULL, NULL, "%s", speech->text->str);
        }
        g_string_erase(speech->text, 0, end - speech->text->str + 1);
    }
}

static bool
compile(struct cox_xslt *xslt, GError **error)
{
    xmlDoc *copy = NULL;

    if (xslt->compiled != NULL) {
        return true;
    }
    copy = xmlCopyDoc(xslt->doc, 1);
    xslt->compiled = xsltParseStylesheetDoc(copy);
    if (xslt->compiled == NULL) {
        xmlFreeDoc(copy);
        g_set_error(error, COX_ERROR, COX_ERROR_SOFTWARE, "transformation '%s' cannot be used; install it again",
                    xslt->path);
        return false;
    }
    if (xslt->compiled->errors != 0) {
        xsltFreeStylesheet(xslt->compiled);
        xslt->compiled = NULL;
        g_set_error(error, COX_ERROR, COX_ERROR_SOFTWARE, "transformation '%s' cannot be used; install it again",
                    xslt->path);
        return false;
    }
    return true;
}

/* A stylesheet may read itself (its tables) and nothing else. */
static xsltSecurityPrefs *
prefs_new(void)
{
    xsltSecurityPrefs *prefs = xsltNewSecurityPrefs();

    xsltSetSecurityPrefs(prefs, XSLT_SECPREF_WRITE_FILE, xsltSecurityForbid);
    xsltSetSecurityPrefs(prefs, XSLT_SECPREF_CREATE_DIRECTORY, xsltSecurityForbid);
    xsltSetSecurityPrefs(prefs, XSLT_SECPREF_READ_NETWORK, xsltSecurityForbid);
    xsltSetSecurityPrefs(prefs, XSLT_SECPREF_WRITE_NETWORK, xsltSecurityForbid);
    return prefs;
}

struct cox_xmldoc *
cox_xslt_apply(struct cox_xslt *xslt, const struct cox_xmldoc *doc, struct cox_diags *diags, GError **error)
{
    struct speech speech = { .diags = diags };
    xsltSecurityPrefs *prefs = NULL;
    xsltTransformContext *ctxt = NULL;
    xmlDoc *result = NULL;
    bool is_good;

    if (!compile(xslt, error)) {
        return NULL;
    }
    speech.text = g_string_new(NULL);
    prefs = prefs_new();
    ctxt = xsltNewTransformContext(xslt->compiled, cox_xmldoc_raw(doc));
    xsltSetCtxtSecurityPrefs(prefs, ctxt);
    xsltSetTransformErrorFunc(ctxt, &speech, listen);
    result = xsltApplyStylesheetUser(xslt->compiled, cox_xmldoc_raw(doc), NULL, NULL, NULL, ctxt);
    is_good = result != NULL && ctxt->state == XSLT_STATE_OK && xmlDocGetRootElement(result) != NULL;
    xsltFreeTransformContext(ctxt);
    xsltFreeSecurityPrefs(prefs);
    g_string_free(speech.text, TRUE);
    if (!is_good) {
        g_set_error(error, COX_ERROR, COX_ERROR_SOFTWARE, "transformation '%s' did not yield a document", xslt->path);
        if (result != NULL) {
            xmlFreeDoc(result);
        }
        return NULL;
    }
    return cox_xmldoc_of(result);
}
