/* lib/xml/schemarng.c - a RELAX NG schema, compiled, and documents checked against it.  Layer 1. */
#include "xml/schemarng.h"

#include <libxml/parser.h>
#include <libxml/relaxng.h>

#include "base/error.h"
#include "xml/schemaexplain_priv.h"
#include "xml/schemaids_priv.h"
#include "xml/schemavalues_priv.h"
#include "xml/xml_priv.h"

struct cox_schemarng {
    struct cox_grammar *grammar;
    struct cox_schemaids *ids;
    struct cox_schemavalues *values;
    xmlRelaxNG *compiled;
};

/* The first complaint of libxml2. */
struct complaint {
    char *text;
    char *element;
    int line;
};

static void
keep_first(void *data, xmlError *problem)
{
    struct complaint *complaint = data;
    const xmlNode *node = problem->node;

    if (complaint->text == NULL && problem->message != NULL) {
        complaint->text = g_strchomp(g_strdup(problem->message));
        complaint->line = problem->line;
        complaint->element = (node != NULL && node->type == XML_ELEMENT_NODE) ? g_strdup((const char *) node->name)
                                                                              : NULL;
    }
}

static void
complaint_clear(struct complaint *complaint)
{
    g_free(complaint->text);
    g_free(complaint->element);
}

static bool
compile(struct cox_schemarng *rng, const char *path, GError **error)
{
    struct complaint complaint = { 0 };
    xmlRelaxNGParserCtxt *ctxt = xmlRelaxNGNewDocParserCtxt(cox_grammar_doc(rng->grammar));

    xmlRelaxNGSetParserStructuredErrors(ctxt, keep_first, &complaint);
    rng->compiled = xmlRelaxNGParse(ctxt);
    xmlRelaxNGFreeParserCtxt(ctxt);
    if (rng->compiled == NULL) {
        g_set_error(error, COX_ERROR, COX_ERROR_SYNTAX, "schema '%s' cannot be used: %s; install it again", path,
                    complaint.text != NULL ? complaint.text : "not a RELAX NG grammar");
    }
    complaint_clear(&complaint);
    return rng->compiled != NULL;
}

struct cox_schemarng *
cox_schemarng_load(const char *path, GError **error)
{
    g_autoptr(cox_schemarng) rng = g_new0(struct cox_schemarng, 1);
    g_autofree char *text = NULL;
    g_autoptr(GError) problem = NULL;
    gsize length = 0;
    xmlDoc *doc = NULL;

    if (!g_file_get_contents(path, &text, &length, &problem)) {
        g_set_error(error, COX_ERROR, COX_ERROR_NO_INPUT, "schema cannot be read: %s; install it, or name its folder "
                    "with COX_SCHEMA_DIRECTORY", problem->message);
        return NULL;
    }
    doc = length > G_MAXINT ? NULL
                            : xmlReadMemory(text, (int) length, path, NULL,
                                            XML_PARSE_NONET | XML_PARSE_NOBLANKS | XML_PARSE_NOERROR
                                                | XML_PARSE_NOWARNING);
    if (doc == NULL) {
        g_set_error(error, COX_ERROR, COX_ERROR_SYNTAX, "schema '%s' is not XML; install it again", path);
        return NULL;
    }
    rng->grammar = cox_grammar_take(doc, path, error);
    if (rng->grammar == NULL) {
        return NULL;
    }
    rng->ids = cox_schemaids_take(rng->grammar);
    rng->values = cox_schemavalues_new(rng->grammar);
    return compile(rng, path, error) ? g_steal_pointer(&rng) : NULL;
}

void
cox_schemarng_free(struct cox_schemarng *rng)
{
    if (rng == NULL) {
        return;
    }
    if (rng->compiled != NULL) {
        xmlRelaxNGFree(rng->compiled);
    }
    cox_schemavalues_free(rng->values);
    cox_schemaids_free(rng->ids);
    cox_grammar_free(rng->grammar);
    g_free(rng);
}

/* The status element with its content taken aside, so that libxml2 does not walk through it. */
struct aside {
    xmlNode *status;
    xmlNode *children;
    xmlNode *last;
};

static struct aside
take_aside(xmlNode *root)
{
    struct aside aside = { .status = cox_xml_node(cox_xml_child(cox_xml_of(root), "status")) };

    if (aside.status != NULL) {
        aside.children = aside.status->children;
        aside.last = aside.status->last;
        aside.status->children = NULL;
        aside.status->last = NULL;
    }
    return aside;
}

static void
put_back(struct aside *aside)
{
    if (aside->status != NULL) {
        aside->status->children = aside->children;
        aside->status->last = aside->last;
    }
}

/* Our own words, and only where we find none, libxml2's. */
static void
explain(const struct cox_schemarng *rng, xmlNode *root, const struct complaint *complaint, struct cox_diags *diags)
{
    g_autofree char *text = NULL;

    if (diags == NULL || cox_schemaexplain(rng->grammar, root, diags) > 0) {
        return;
    }
    text = g_strdup_printf("element %s: Relax-NG validity error : %s",
                           complaint->element != NULL ? complaint->element : (const char *) root->name,
                           complaint->text != NULL ? complaint->text : "does not fit the schema");
    struct cox_diag diag = { .severity = COX_SEVERITY_ERROR,
                             .text = text,
                             .remedy = "compare it with the schema: is everything in its place and order?",
                             .line = complaint->line };

    cox_diags_add_at(diags, &diag);
}

/* What libxml2 says to the document as it is now. */
static bool
conforms(const struct cox_schemarng *rng, struct cox_xmldoc *doc, struct complaint *complaint)
{
    xmlRelaxNGValidCtxt *ctxt = xmlRelaxNGNewValidCtxt(rng->compiled);
    bool is_valid;

    xmlRelaxNGSetValidStructuredErrors(ctxt, keep_first, complaint);
    is_valid = xmlRelaxNGValidateDoc(ctxt, cox_xmldoc_raw(doc)) == 0;
    xmlRelaxNGFreeValidCtxt(ctxt);
    return is_valid;
}

/* ---- long lists ---- */

/* More siblings than these take libxml2 longer to compare with each other than to look at. */
enum { SLICE = 128 };

/* A list that shows only some of its children, one after the other. */
struct slice {
    xmlNode *list;
    xmlNode *children, *last; /* of the list, as they were */
    xmlNode *from, *before, *after; /* the first that is shown; what is beside those shown */
};

static void
slice_show(struct slice *slice)
{
    xmlNode *last = slice->after;

    slice->from = last;
    for (int i = 1; i < SLICE && last != NULL && last->next != NULL; i++) {
        last = last->next;
    }
    slice->list->children = slice->from;
    slice->list->last = last;
    if (last != NULL) {
        slice->before = slice->from->prev;
        slice->after = last->next;
        slice->from->prev = NULL;
        last->next = NULL;
    }
}

static void
slice_hide(struct slice *slice)
{
    if (slice->from != NULL) {
        slice->from->prev = slice->before;
        slice->list->last->next = slice->after;
    }
    slice->list->children = slice->children;
    slice->list->last = slice->last;
}

/* A list may contain any number of what it contains: so it conforms when each slice of it does. */
static bool
conforms_in_slices(const struct cox_schemarng *rng, struct cox_xmldoc *doc, const struct cox_schemarng_lists *lists,
                   struct complaint *complaint)
{
    g_autofree struct slice *slices = g_new0(struct slice, lists->n);
    bool is_valid, has_more;

    for (size_t i = 0; i < lists->n; i++) {
        xmlNode *list = cox_xml_node(lists->items[i]);

        slices[i] = (struct slice) { .list = list, .children = list->children, .last = list->last, .after = list->children };
    }
    do {
        has_more = false;
        for (size_t i = 0; i < lists->n; i++) {
            slice_show(&slices[i]);
            has_more = has_more || slices[i].after != NULL;
        }
        is_valid = conforms(rng, doc, complaint);
        for (size_t i = 0; i < lists->n; i++) {
            slice_hide(&slices[i]);
        }
    } while (is_valid && has_more);
    return is_valid;
}

bool
cox_schemarng_validate(const struct cox_schemarng *rng, struct cox_xmldoc *doc, const struct cox_schemarng_lists *lists,
                       struct cox_diags *diags)
{
    static const struct cox_schemarng_lists none = { NULL, 0 };
    struct complaint complaint = { 0 };
    xmlNode *root = cox_xml_node(cox_xmldoc_root(doc));
    struct aside aside = take_aside(root);
    bool is_valid = conforms_in_slices(rng, doc, lists != NULL ? lists : &none, &complaint);

    if (!is_valid) {
        explain(rng, root, &complaint, diags);
    }
    is_valid = cox_schemaids_check(rng->ids, cox_xml_of(root), cox_xml_of(aside.status), diags) && is_valid;
    put_back(&aside);
    complaint_clear(&complaint);
    return is_valid;
}

/* ---- a part ---- */

bool
cox_schemarng_is_indifferent(const struct cox_schemarng *rng, const char *element, const char *name, const char *before, const char *after)
{
    return cox_schemavalues_fits(rng->values, element, name, before) && cox_schemavalues_fits(rng->values, element, name, after);
}

/* A list that shows only some of its children; which come first among these does not matter. */
struct hidden {
    xmlNode *list;
    xmlNode *children, *last; /* of the list, as they were */
    GArray *seen;             /* struct sibling */
};

/* One of them, and who was beside it. */
struct sibling {
    xmlNode *node, *prev, *next;
};

static struct hidden
hide(const struct cox_xml *list, GHashTable *kept)
{
    xmlNode *node = cox_xml_node(list);
    struct hidden hidden = { node, node->children, node->last, g_array_new(FALSE, FALSE, sizeof(struct sibling)) };
    GHashTableIter iter;
    gpointer child;

    node->children = node->last = NULL;
    g_hash_table_iter_init(&iter, kept);
    while (g_hash_table_iter_next(&iter, &child, NULL)) {
        xmlNode *at = child;
        struct sibling sibling = { at, at->prev, at->next };

        if (at->parent == node) {
            g_array_append_val(hidden.seen, sibling);
            at->prev = node->last;
            at->next = NULL;
            *(node->last == NULL ? &node->children : &node->last->next) = at;
            node->last = at;
        }
    }
    return hidden;
}

static void
show(struct hidden *hidden)
{
    for (guint i = 0; i < hidden->seen->len; i++) {
        const struct sibling *sibling = &g_array_index(hidden->seen, struct sibling, i);

        sibling->node->prev = sibling->prev;
        sibling->node->next = sibling->next;
    }
    hidden->list->children = hidden->children;
    hidden->list->last = hidden->last;
    g_array_unref(hidden->seen);
}

bool
cox_schemarng_validate_part(const struct cox_schemarng *rng, struct cox_xmldoc *doc, const struct cox_schemarng_part *part)
{
    xmlNode *root = cox_xml_node(cox_xmldoc_root(doc));
    struct complaint complaint = { 0 };
    struct aside aside = take_aside(root);
    g_autofree struct hidden *hidden = g_new0(struct hidden, part->lists.n);
    bool is_valid;

    for (size_t i = 0; i < part->lists.n; i++) {
        hidden[i] = hide(part->lists.items[i], part->kept);
    }
    is_valid = conforms(rng, doc, &complaint);
    complaint_clear(&complaint);
    for (size_t i = 0; i < part->lists.n; i++) {
        show(&hidden[i]);
    }
    is_valid = is_valid && (part->skips_ids || cox_schemaids_check(rng->ids, cox_xml_of(root), cox_xml_of(aside.status), NULL));
    put_back(&aside);
    return is_valid;
}
