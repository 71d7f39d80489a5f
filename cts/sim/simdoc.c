/* cts/sim/simdoc.c - the document of a node: a real lib/cib document, changed by texts.  For tests only. */
#include "cts/sim/simdoc.h"

#include <string.h>

#include "cib/amend.h"
#include "cib/blank.h"
#include "cib/patchcalls.h"
#include "cib/patchscope.h"
#include "cib/patchvalues.h"
#include "control/reignevent.h"
#include "cib/version.h"
#include "xml/xmlwrite.h"

/* ---- changes ---- */

static void
put(GString *change, const char *text)
{
    g_string_append_len(change, text, (gssize) strlen(text) + 1);
}

GString *
sim_change_new(guint64 number)
{
    GString *change = g_string_new(NULL);

    g_string_append_printf(change, "%" G_GUINT64_FORMAT, number);
    g_string_append_c(change, '\0');
    return change;
}

void
sim_change_modify(GString *change, const char *section, const char *xml)
{
    g_autofree char *head = g_strdup_printf("modify %s", section);

    put(change, head);
    put(change, xml);
}

void
sim_change_delete(GString *change, const char *xpath)
{
    put(change, "delete-all");
    put(change, xpath);
}

guint64
sim_change_number(GBytes *change)
{
    return g_ascii_strtoull(g_bytes_get_data(change, NULL), NULL, 10);
}

bool
sim_change_mentions(GBytes *change, const char *word)
{
    gsize size = 0;
    const char *at = g_bytes_get_data(change, &size), *end = at + size;

    for (; at < end; at += strlen(at) + 1) {
        if (strstr(at, word) != NULL) {
            return true;
        }
    }
    return false;
}

/* ---- what a change says, read once ---- */

struct edit {
    char *section, *xpath;     /* one of them */
    struct cox_xmldoc *input;  /* with a section */
};

struct reading {
    GPtrArray *edits;
};

struct sim_outcome {
    guint64 change;
    struct sim_state *after;
    bool is_done;
    struct sim_touched *touched;
};

/* The tree of a state. */
struct tree {
    struct cox_cib *cib;
    struct sim_state *state; /* NULL: no tree */
    guint64 used;
};

enum { TREES = 4 };

struct sim_docs {
    GHashTable *readings;    /* number of the change -> struct reading */
    GHashTable *known;       /* text -> struct cox_xmldoc */
    GPtrArray *states;       /* by number; the first is blank */
    GPtrArray *touched;      /* struct sim_touched of all outcomes */
    struct tree trees[TREES];
    guint64 uses;
    struct cox_schemas *schemas;
};

static void
free_edit(gpointer data)
{
    struct edit *edit = data;

    g_free(edit->section);
    g_free(edit->xpath);
    cox_xmldoc_free(edit->input);
    g_free(edit);
}

static void
free_reading(gpointer data)
{
    struct reading *reading = data;

    g_ptr_array_unref(reading->edits);
    g_free(reading);
}

static void
free_known(gpointer input)
{
    cox_xmldoc_free(input);
}

void
sim_docs_know(struct sim_docs *docs, const char *text, struct cox_xmldoc *input)
{
    g_hash_table_replace(docs->known, g_strdup(text), input);
}

static struct cox_xmldoc *
take_known(struct sim_docs *docs, const char *text)
{
    gpointer key = NULL, input = NULL;

    if (!g_hash_table_steal_extended(docs->known, text, &key, &input)) {
        return NULL;
    }
    g_free(key);
    return input;
}

static struct reading *
read_change(struct sim_docs *docs, GBytes *change)
{
    gsize size = 0;
    const char *at = g_bytes_get_data(change, &size), *end = at + size;
    guint64 number = sim_change_number(change);
    struct reading *reading = g_hash_table_lookup(docs->readings, &number);

    if (reading != NULL) {
        return reading;
    }
    reading = g_new0(struct reading, 1);
    reading->edits = g_ptr_array_new_with_free_func(free_edit);
    for (at += strlen(at) + 1; at < end;) {
        const char *text = at + strlen(at) + 1;
        struct edit *edit = g_new0(struct edit, 1);

        if (g_str_has_prefix(at, "modify ")) {
            edit->section = g_strdup(at + strlen("modify "));
            edit->input = take_known(docs, text);
            if (edit->input == NULL) {
                edit->input = cox_xmldoc_parse_text(text, (size_t) -1, NULL, NULL);
            }
            g_assert(edit->input != NULL);
        } else {
            edit->xpath = g_strdup(text);
        }
        g_ptr_array_add(reading->edits, edit);
        at = text + strlen(text) + 1;
    }
    g_hash_table_insert(docs->readings, g_memdup2(&number, sizeof(number)), reading);
    return reading;
}

static struct cox_edit
edit_of(const struct edit *edit)
{
    if (edit->input == NULL) {
        return (struct cox_edit) { .kind = COX_EDIT_DELETE_ALL, .xpath = edit->xpath };
    }
    return (struct cox_edit) { .kind = COX_EDIT_MODIFY, .input = cox_xmldoc_root(edit->input), .allows_creation = true,
                               .section = g_str_equal(edit->section, "cib") ? NULL : edit->section };
}

/* ---- states ---- */

static struct sim_state *
add_state(struct sim_docs *docs, struct cox_cib *cib, struct sim_state *before, GBytes *change)
{
    struct sim_state *state = g_new0(struct sim_state, 1);
    const struct cox_xml *root = cox_cib_root(cib);
    const char *quorum = cox_xml_get(root, "have-quorum");
    g_autofree char *digest = cox_cib_digest(cib);

    state->number = docs->states->len;
    state->before = before;
    state->change = change == NULL ? NULL : g_bytes_ref(change);
    state->described = (struct cox_replica_document) { .version = cox_version_of(root), .is_blank = cox_blank_is(root) };
    g_strlcpy(state->described.digest, digest, sizeof(state->described.digest));
    g_strlcpy(state->has_quorum, quorum == NULL ? "" : quorum, sizeof(state->has_quorum));
    state->outcomes = g_array_new(FALSE, FALSE, sizeof(struct sim_outcome));
    g_ptr_array_add(docs->states, state);
    return state;
}

static void
free_state(gpointer data)
{
    struct sim_state *state = data;

    g_clear_pointer(&state->change, g_bytes_unref);
    g_clear_pointer(&state->bytes, g_bytes_unref);
    g_array_unref(state->outcomes);
    g_free(state);
}

static void
free_touched(gpointer data)
{
    struct sim_touched *touched = data;

    g_array_unref(touched->calls);
    if (touched->values != NULL) {
        g_array_unref(touched->values);
        g_string_chunk_free(touched->texts);
    }
    g_free(touched);
}

struct sim_docs *
sim_docs_new(struct cox_schemas *schemas)
{
    struct sim_docs *docs = g_new0(struct sim_docs, 1);

    docs->schemas = schemas;
    docs->readings = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, free_reading);
    docs->known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_known);
    docs->touched = g_ptr_array_new_with_free_func(free_touched);
    docs->states = g_ptr_array_new_with_free_func(free_state);
    docs->trees[0].cib = cox_cib_new(cox_blank_new(cox_schemas_newest()));
    docs->trees[0].state = add_state(docs, docs->trees[0].cib, NULL, NULL);
    return docs;
}

void
sim_docs_free(struct sim_docs *docs)
{
    for (guint i = 0; i < TREES; i++) {
        cox_cib_free(docs->trees[i].cib);
    }
    g_hash_table_unref(docs->readings);
    g_hash_table_unref(docs->known);
    g_ptr_array_unref(docs->states);
    g_ptr_array_unref(docs->touched);
    g_free(docs);
}

struct sim_state *
sim_docs_blank(struct sim_docs *docs)
{
    return docs->states->pdata[0];
}

bool
sim_state_has(const struct sim_state *state, guint64 change)
{
    for (; state != NULL; state = state->before) {
        if (state->kept == change) {
            return true;
        }
    }
    return false;
}

/* ---- trees ---- */

static struct tree *
tree_at(struct sim_docs *docs, const struct sim_state *state)
{
    for (guint i = 0; i < TREES; i++) {
        if (docs->trees[i].state == state) {
            docs->trees[i].used = ++docs->uses;
            return &docs->trees[i];
        }
    }
    return NULL;
}

/* Without asking what was found out when the state was made: access, schema, what is touched. */
static void
repeat(struct cox_cib *cib, const struct cox_edit *edit)
{
    cox_cib_begin(cib);
    if (cox_edit_run(cib, edit, NULL)) {
        cox_edit_count(cib, cox_cib_touched(cib) != COX_CIB_UNTOUCHED);
        cox_cib_keep(cib);
    } else {
        cox_cib_rollback(cib);
    }
}

/* Move a tree on to a later state. */
static void
move(struct sim_docs *docs, struct tree *tree, struct sim_state *state)
{
    g_autoptr(GPtrArray) way = g_ptr_array_new();
    g_autofree char *digest = NULL;

    for (struct sim_state *at = state; at != tree->state; at = at->before) {
        g_ptr_array_add(way, at);
    }
    for (guint i = way->len; i > 0; i--) {
        const struct reading *reading = read_change(docs, ((const struct sim_state *) way->pdata[i - 1])->change);

        for (guint k = 0; k < reading->edits->len; k++) {
            const struct cox_edit edit = edit_of(reading->edits->pdata[k]);

            repeat(tree->cib, &edit);
        }
    }
    tree->state = state;
    digest = cox_cib_digest(tree->cib);
    if (strcmp(digest, state->described.digest) != 0) {
        g_error("document %u: the same changes led to digest %s before and to %s now", state->number, state->described.digest, digest);
    }
}

/* The tree that was not used for the longest time, begun anew from the nearest state that has bytes. */
static struct tree *
begin_tree(struct sim_docs *docs, struct sim_state *state)
{
    struct tree *tree = &docs->trees[0];
    struct cox_xmldoc *xml = NULL;
    gsize size = 0;

    for (guint i = 1; i < TREES; i++) {
        tree = docs->trees[i].used < tree->used ? &docs->trees[i] : tree;
    }
    while (state->before != NULL && state->bytes == NULL) {
        state = state->before;
    }
    if (state->bytes == NULL) {
        xml = cox_blank_new(cox_schemas_newest());
    } else {
        const char *text = g_bytes_get_data(state->bytes, &size);

        xml = cox_xmldoc_parse_text(text + sizeof(state->number), size - sizeof(state->number), NULL, NULL);
    }
    g_assert(xml != NULL);
    cox_cib_free(tree->cib);
    tree->cib = cox_cib_new(xml);
    tree->state = state;
    tree->used = ++docs->uses;
    return tree;
}

static struct tree *
need_tree(struct sim_docs *docs, struct sim_state *state)
{
    struct tree *tree = NULL;

    for (struct sim_state *at = state; at != NULL && tree == NULL; at = at->before) {
        tree = tree_at(docs, at);
    }
    if (tree == NULL) {
        tree = begin_tree(docs, state);
    }
    if (tree->state != state) {
        move(docs, tree, state);
    }
    return tree;
}

const struct cox_xml *
sim_state_root(struct sim_docs *docs, struct sim_state *state)
{
    return cox_cib_root(need_tree(docs, state)->cib);
}

/* ---- changes of documents ---- */

static void
note_values(struct sim_touched *touched, const struct cox_xml *patch)
{
    g_autoptr(GArray) values = cox_patchvalues_new();

    touched->has_other = !cox_patchvalues(patch, values) || touched->has_other;
    if (values->len > 0 && touched->values == NULL) {
        touched->values = g_array_new(FALSE, FALSE, sizeof(struct cox_reign_value));
        touched->texts = g_string_chunk_new(256);
    }
    for (guint i = 0; i < values->len; i++) {
        const struct cox_patchvalue *value = &g_array_index(values, struct cox_patchvalue, i);
        const struct cox_reign_value copy = { g_string_chunk_insert_const(touched->texts, value->id),
                                              g_string_chunk_insert_const(touched->texts, value->name),
                                              g_string_chunk_insert_const(touched->texts, value->value) };

        g_array_append_val(touched->values, copy);
    }
}

/* As cibd does it: access, counters, schema, and a patch that says what was touched. */
static bool
amend(struct sim_docs *docs, struct cox_cib *cib, const struct cox_edit *edit, struct sim_touched *touched, bool *is_changed)
{
    const struct cox_amend amend = { .edit = edit, .schemas = docs->schemas };
    struct cox_amend_result result = { false, NULL };
    bool is_done = cox_amend_run(cib, &amend, &result, NULL, NULL);

    *is_changed = *is_changed || result.is_changed;
    if (is_done && result.patch != NULL) {
        touched->scope |= cox_patchscope(cox_xmldoc_root(result.patch), NULL);
        cox_patchcalls(cox_xmldoc_root(result.patch), touched->calls);
        note_values(touched, cox_xmldoc_root(result.patch));
        cox_xmldoc_free(result.patch);
    }
    return is_done;
}

static struct sim_outcome
find_out(struct sim_docs *docs, struct sim_state *state, GBytes *change)
{
    struct tree *tree = need_tree(docs, state);
    const struct reading *reading = read_change(docs, change);
    struct sim_outcome outcome = { .change = sim_change_number(change), .after = state, .is_done = true };
    bool is_changed = false;

    outcome.touched = g_new0(struct sim_touched, 1);
    outcome.touched->calls = g_array_new(FALSE, FALSE, sizeof(struct cox_patchcall));
    g_ptr_array_add(docs->touched, outcome.touched);

    for (guint i = 0; i < reading->edits->len; i++) {
        const struct cox_edit edit = edit_of(reading->edits->pdata[i]);

        outcome.is_done = amend(docs, tree->cib, &edit, outcome.touched, &is_changed) && outcome.is_done;
    }
    if (is_changed) {
        outcome.after = tree->state = add_state(docs, tree->cib, state, change);
        outcome.after->kept = outcome.is_done ? outcome.change : 0;
    }
    outcome.touched->version = outcome.after->described.version;
    return outcome;
}

bool
sim_state_apply(struct sim_docs *docs, struct sim_state **state, GBytes *change, const struct sim_touched **touched)
{
    guint64 number = sim_change_number(change);
    struct sim_outcome outcome;
    struct sim_state *before = *state;

    for (guint i = 0; i < before->outcomes->len; i++) {
        outcome = g_array_index(before->outcomes, struct sim_outcome, i);
        if (outcome.change == number) {
            *state = outcome.after;
            *touched = outcome.touched;
            return outcome.is_done;
        }
    }
    outcome = find_out(docs, before, change);
    g_array_append_val(before->outcomes, outcome);
    *state = outcome.after;
    *touched = outcome.touched;
    return outcome.is_done;
}

/* ---- bytes ---- */

GBytes *
sim_state_bytes(struct sim_docs *docs, struct sim_state *state)
{
    if (state->bytes == NULL) {
        GString *out = g_string_new(NULL);

        g_string_append_len(out, (const char *) &state->number, sizeof(state->number));
        cox_xmlwrite_element(out, sim_state_root(docs, state), COX_XMLWRITE_PLAIN);
        state->bytes = g_string_free_to_bytes(out);
    }
    return state->bytes;
}

struct sim_state *
sim_state_read(struct sim_docs *docs, GBytes *bytes)
{
    struct sim_state *state = NULL;
    gsize size = 0;
    const char *data = g_bytes_get_data(bytes, &size);
    guint32 number = 0;

    if (size < sizeof(number)) {
        return NULL;
    }
    memcpy(&number, data, sizeof(number));
    state = number < docs->states->len ? docs->states->pdata[number] : NULL;
    return state != NULL && state->bytes != NULL && g_bytes_equal(state->bytes, bytes) ? state : NULL;
}
