/* lib/cib/cib.c - the document: one tree that is changed in transactions, each giving a patch.  Layer 2.
 *
 * Every change goes through one of three steps (attributes, add, remove), which keep index and digest up to date and
 * write the journal.  The journal serves twice: backwards to undo, forwards to write the patch.
 */
#include "cib/cib.h"

#include <string.h>

#include "base/error.h"
#include "cib/change.h"
#include "cib/diff.h"
#include "cib/idindex.h"
#include "cib/patchscope.h"
#include "cib/path.h"
#include "cib/treehash.h"
#include "cib/version.h"
#include "xml/xmlwrite.h"

enum step_kind {
    STEP_ATTRS = 0,
    STEP_ADD,
    STEP_REMOVE,
};

/* One step of a transaction. */
struct step {
    enum step_kind kind;
    struct cox_xml *xml; /* STEP_REMOVE: loose and owned by the journal */
    struct cox_xml *parent;
    struct cox_xml *next; /* STEP_REMOVE: what followed it */
    struct cox_attrs *attrs; /* STEP_ATTRS: what they were */
    char *path;           /* STEP_REMOVE of something that was there at begin: its path */
};

struct cox_cib {
    struct cox_xmldoc *doc;
    struct cox_idindex *index;  /* made on first use */
    struct cox_treehash *hash;  /* made on first use */
    GArray *journal;            /* struct step */
    GHashTable *created;        /* elements added since begin */
    GHashTable *changed;        /* elements whose attributes are in the journal */
    struct cox_version before;  /* at begin */
    enum cox_cib_touched touched;
    bool is_open;
    bool is_undoing;
    bool is_too_deep;
    bool is_inexact; /* something was changed that no path leads to */
    bool is_valid, was_valid; /* known to conform to its schema, now and at begin */
};

static void
clear_step(gpointer data)
{
    struct step *step = data;

    if (step->kind == STEP_REMOVE) {
        cox_xml_free(step->xml);
    }
    g_free(step->attrs);
    g_free(step->path);
}

struct cox_cib *
cox_cib_new(struct cox_xmldoc *doc)
{
    struct cox_cib *cib = g_new0(struct cox_cib, 1);

    cib->doc = doc;
    cib->journal = g_array_new(FALSE, TRUE, sizeof(struct step));
    g_array_set_clear_func(cib->journal, clear_step);
    cib->created = g_hash_table_new(NULL, NULL);
    cib->changed = g_hash_table_new(NULL, NULL);
    return cib;
}

static void
end_transaction(struct cox_cib *cib)
{
    g_array_set_size(cib->journal, 0);
    g_hash_table_remove_all(cib->created);
    g_hash_table_remove_all(cib->changed);
    cib->is_open = false;
}

void
cox_cib_free(struct cox_cib *cib)
{
    if (cib == NULL) {
        return;
    }
    end_transaction(cib);
    cox_treehash_free(cib->hash);
    cox_idindex_free(cib->index);
    g_array_free(cib->journal, TRUE);
    g_hash_table_destroy(cib->created);
    g_hash_table_destroy(cib->changed);
    cox_xmldoc_free(cib->doc);
    g_free(cib);
}

struct cox_xml *
cox_cib_root(const struct cox_cib *cib)
{
    return cox_xmldoc_root(cib->doc);
}

struct cox_xmldoc *
cox_cib_doc(const struct cox_cib *cib)
{
    return cib->doc;
}

void
cox_cib_exchange(struct cox_cib *cib, struct cox_xmldoc *doc)
{
    COX_BUG_ON(cib->is_open);
    cib->is_valid = false;
    g_clear_pointer(&cib->index, cox_idindex_free);
    g_clear_pointer(&cib->hash, cox_treehash_free);
    if (cib->doc != doc) {
        cox_xmldoc_free(cib->doc);
        cib->doc = doc;
    }
}

static const struct cox_idindex *
index_of(struct cox_cib *cib)
{
    if (cib->index == NULL) {
        cib->index = cox_idindex_new(cox_cib_root(cib));
    }
    return cib->index;
}

struct cox_xml *
cox_cib_find(struct cox_cib *cib, const char *path, size_t position)
{
    return cox_path_find(cox_cib_root(cib), index_of(cib), path, position);
}

static struct cox_xml *
first_such_child(const struct cox_xml *parent, const char *name, const char *id)
{
    struct cox_xml *child = cox_xml_first(parent);

    while (child != NULL && (!cox_xml_is(child, name) || g_strcmp0(cox_xml_id(child), id) != 0)) {
        child = cox_xml_next(child);
    }
    return child;
}

struct cox_xml *
cox_cib_child(struct cox_cib *cib, const struct cox_xml *parent, const struct cox_xml *wanted)
{
    const char *name = cox_xml_name(wanted), *id = cox_xml_id(wanted);
    struct cox_xml *found = NULL, *same;
    guint32 at = 0;

    if (id == NULL) {
        return first_such_child(parent, name, NULL);
    }
    while ((same = cox_idindex_next(index_of(cib), name, id, &at)) != NULL) {
        if (cox_xml_parent(same) == parent) {
            if (found != NULL) {
                return first_such_child(parent, name, id); /* the index does not know which of them comes first */
            }
            found = same;
        }
    }
    return found;
}

static const struct cox_treehash *
hash_of(struct cox_cib *cib)
{
    if (cib->hash == NULL) {
        cib->hash = cox_treehash_new(cox_cib_root(cib));
    }
    return cib->hash;
}

char *
cox_cib_digest(struct cox_cib *cib)
{
    return cox_treehash_text(hash_of(cib));
}

char *
cox_cib_digest_slim(struct cox_cib *cib)
{
    static const char *const to_histories[] = { "cib", "status", "node_state", "lrm", NULL };

    return cox_treehash_text_hollow(hash_of(cib), to_histories);
}

/* ---- what is written down ---- */

static bool
is_inside_created(const struct cox_cib *cib, const struct cox_xml *xml)
{
    for (; xml != NULL && g_hash_table_size(cib->created) > 0; xml = cox_xml_parent(xml)) {
        if (g_hash_table_contains(cib->created, xml)) {
            return true;
        }
    }
    return false;
}

/* Is @xml the only one with its name and id below its parent?  Only the few with the same key are looked at. */
static bool
is_unique(struct cox_cib *cib, const struct cox_xml *xml)
{
    const char *id = cox_xml_id(xml);
    const struct cox_xml *same;
    guint n_siblings = 0;
    guint32 at = 0;

    while (id != NULL && (same = cox_idindex_next(index_of(cib), cox_xml_name(xml), id, &at)) != NULL) {
        n_siblings += cox_xml_parent(same) == cox_xml_parent(xml) ? 1 : 0;
    }
    return n_siblings == 1 && strstr(id, "']") == NULL;
}

static bool
is_exact(struct cox_cib *cib, const struct cox_xml *xml)
{
    for (; cox_xml_parent(xml) != NULL; xml = cox_xml_parent(xml)) {
        if (!is_unique(cib, xml) && !cox_path_is_first(xml)) {
            return false;
        }
    }
    return true;
}

void
cox_cib_touch(struct cox_cib *cib, const struct cox_xml *xml)
{
    const struct cox_xml *root = cox_cib_root(cib);

    while (xml != root && cox_xml_parent(xml) != root) {
        xml = cox_xml_parent(xml);
    }
    if (xml != root && cox_xml_is(xml, "status")) {
        cib->touched = MAX(cib->touched, COX_CIB_STATUS);
    } else {
        cib->touched = COX_CIB_CONFIGURATION;
    }
}

/* Before the attributes of @xml change. */
static void
journal_attrs(struct cox_cib *cib, struct cox_xml *xml)
{
    struct step step = { .kind = STEP_ATTRS, .xml = xml };

    COX_BUG_ON(!cib->is_open);
    if (cib->is_undoing || is_inside_created(cib, xml) || g_hash_table_contains(cib->changed, xml)) {
        return;
    }
    cib->is_inexact = cib->is_inexact || !is_exact(cib, xml);
    step.attrs = cox_change_attrs(xml);
    g_array_append_val(cib->journal, step);
    g_hash_table_add(cib->changed, xml);
}

/* ---- the three steps ---- */

static void
change_attr(struct cox_cib *cib, struct cox_xml *xml, const char *name, const char *value)
{
    const char *before = cox_xml_get(xml, name);
    bool is_id = strcmp(name, "id") == 0;

    if (g_strcmp0(before, value) == 0) {
        return;
    }
    if (cib->hash != NULL) {
        cox_treehash_attr(cib->hash, xml, name, before, value);
    }
    if (is_id) {
        g_clear_pointer(&cib->index, cox_idindex_free);
        cib->is_inexact = true; /* its path is another one now */
    }
    cox_xml_set(xml, name, value);
}

static void
attach(struct cox_cib *cib, struct cox_xml *parent, struct cox_xml *xml, struct cox_xml *next)
{
    cox_xml_insert_before(parent, xml, next);
    if (cib->index != NULL) {
        cox_idindex_add(cib->index, xml);
    }
    if (cib->hash != NULL) {
        cox_treehash_added(cib->hash, xml);
    }
}

static void
detach(struct cox_cib *cib, struct cox_xml *xml)
{
    if (cib->hash != NULL) {
        cox_treehash_removing(cib->hash, xml);
    }
    if (cib->index != NULL) {
        cox_idindex_remove(cib->index, xml);
    }
    cox_xml_unlink(xml);
}

/* ---- changes ---- */

void
cox_cib_set(struct cox_cib *cib, struct cox_xml *xml, const char *name, const char *value)
{
    if (g_strcmp0(cox_xml_get(xml, name), value) == 0) {
        return;
    }
    journal_attrs(cib, xml);
    change_attr(cib, xml, name, value);
    if (xml != cox_cib_root(cib) || !cox_version_is_counter(name)) {
        cox_cib_touch(cib, xml);
    }
}

void
cox_cib_set_number(struct cox_cib *cib, struct cox_xml *xml, const char *name, gint64 value)
{
    char text[32];

    g_snprintf(text, sizeof(text), "%" G_GINT64_FORMAT, value);
    cox_cib_set(cib, xml, name, text);
}

/* Attributes become exactly @attrs (name, value, ...). */
static void
replace_attrs(struct cox_cib *cib, struct cox_xml *xml, const struct cox_attrs *attrs)
{
    g_autofree struct cox_attrs *before = cox_change_attrs(xml);
    bool is_same = before->len == attrs->len;

    for (guint i = 0; i < attrs->len && is_same; i++) {
        is_same = strcmp(before->texts[i], attrs->texts[i]) == 0;
    }
    if (is_same) {
        return;
    }
    journal_attrs(cib, xml);
    for (guint i = 0; i < before->len; i += 2) {
        const char *name = before->texts[i];
        bool stays = false;

        for (guint k = 0; k < attrs->len && !stays; k += 2) {
            stays = strcmp(attrs->texts[k], name) == 0;
        }
        if (!stays) {
            change_attr(cib, xml, name, NULL);
        }
    }
    for (guint i = 0; i < attrs->len; i += 2) {
        /* First through the step that keeps the digest, then once more for the order. */
        change_attr(cib, xml, attrs->texts[i], attrs->texts[i + 1]);
        cox_xml_unset(xml, attrs->texts[i]);
        cox_xml_set(xml, attrs->texts[i], attrs->texts[i + 1]);
    }
}

/* Does @xml have the attributes of @model, in the same order, if perhaps with other values? */
static bool
has_same_names(const struct cox_xml *xml, const struct cox_xml *model)
{
    const struct cox_xml_attr *mine = cox_xml_first_attr(xml), *other = cox_xml_first_attr(model);

    while (mine != NULL && other != NULL && strcmp(cox_xml_attr_name(mine), cox_xml_attr_name(other)) == 0) {
        mine = cox_xml_next_attr(mine);
        other = cox_xml_next_attr(other);
    }
    return mine == NULL && other == NULL;
}

void
cox_cib_set_all(struct cox_cib *cib, struct cox_xml *xml, const struct cox_xml *model)
{
    g_autofree struct cox_attrs *attrs = NULL, *before = NULL;
    bool is_counter_only = xml == cox_cib_root(cib);

    if (has_same_names(xml, model)) {
        for (const struct cox_xml_attr *attr = cox_xml_first_attr(model); attr != NULL; attr = cox_xml_next_attr(attr)) {
            cox_cib_set(cib, xml, cox_xml_attr_name(attr), cox_xml_attr_value(attr));
        }
        return;
    }
    attrs = cox_change_attrs(model);
    before = cox_change_attrs(xml);
    replace_attrs(cib, xml, attrs);
    for (guint i = 0; i < before->len && is_counter_only; i += 2) {
        const char *name = before->texts[i];

        is_counter_only = cox_version_is_counter(name) || g_strcmp0(cox_xml_get(xml, name), before->texts[i + 1]) == 0;
    }
    if (!is_counter_only || before->len != attrs->len) {
        cox_cib_touch(cib, xml);
    }
}

bool
cox_cib_is_too_deep(const struct cox_cib *cib)
{
    return cib->is_too_deep;
}

struct cox_xml *
cox_cib_add(struct cox_cib *cib, struct cox_xml *parent, const struct cox_xml *model, struct cox_xml *next)
{
    struct step step = { .kind = STEP_ADD, .parent = parent };

    COX_BUG_ON(!cib->is_open);
    if (!is_inside_created(cib, parent)) {
        cib->is_inexact = cib->is_inexact || !is_exact(cib, parent);
    }
    cib->is_too_deep = cib->is_too_deep || cox_xml_level(parent) + cox_xml_height(model) > COX_CIB_MAX_DEPTH;
    step.xml = cox_xml_copy(model, parent);
    attach(cib, parent, step.xml, next);
    cox_cib_touch(cib, step.xml);
    g_array_append_val(cib->journal, step);
    g_hash_table_add(cib->created, step.xml);
    return step.xml;
}

void
cox_cib_remove(struct cox_cib *cib, struct cox_xml *xml)
{
    struct step step = { .kind = STEP_REMOVE, .xml = xml, .parent = cox_xml_parent(xml) };

    COX_BUG_ON(!cib->is_open || xml == cox_cib_root(cib));
    cox_cib_touch(cib, xml);
    if (!is_inside_created(cib, xml)) {
        cib->is_inexact = cib->is_inexact || cox_xml_is_comment(xml) || !is_exact(cib, xml);
        step.path = cox_path_of(xml);
    }
    step.next = cox_xml_next_node(xml);
    detach(cib, xml);
    g_array_append_val(cib->journal, step);
}

static struct cox_xml *
node_at(const struct cox_xml *parent, size_t position)
{
    struct cox_xml *node = cox_xml_first_node(parent);

    while (node != NULL && position-- > 0) {
        node = cox_xml_next_node(node);
    }
    return node;
}

void
cox_cib_move(struct cox_cib *cib, struct cox_xml *xml, size_t position)
{
    struct cox_xml *parent = cox_xml_parent(xml);
    struct cox_xml *next;
    struct cox_xml *copy;

    if (cox_xml_position(xml) == position) {
        return;
    }
    /* A removal and an addition: the journal needs no third kind, and the patch is the comparison of both states. */
    cib->is_inexact = true;
    next = node_at(parent, position + (position > cox_xml_position(xml) ? 1 : 0));
    copy = cox_cib_add(cib, parent, xml, next);
    (void) copy;
    cox_cib_remove(cib, xml);
}

/* ---- transactions ---- */

void
cox_cib_begin(struct cox_cib *cib)
{
    COX_BUG_ON(cib->is_open);
    cib->is_open = true;
    cib->is_inexact = false;
    cib->is_too_deep = false;
    cib->was_valid = cib->is_valid;
    cib->is_valid = false;
    cib->touched = COX_CIB_UNTOUCHED;
    cib->before = cox_version_of(cox_cib_root(cib));
}

bool
cox_cib_is_valid(const struct cox_cib *cib)
{
    return cib->is_valid;
}

void
cox_cib_set_valid(struct cox_cib *cib, bool is_valid)
{
    cib->is_valid = is_valid;
}

bool
cox_cib_is_new(const struct cox_cib *cib, const struct cox_xml *xml)
{
    return g_hash_table_contains(cib->created, xml);
}

/* Do the attributes of @xml differ from @before in nothing but values, and does @fn say yes to each of them? */
static bool
has_other_values(const struct cox_xml *xml, const struct cox_attrs *before, cox_cib_value_fn fn, const void *context)
{
    const struct cox_xml_attr *attr = cox_xml_first_attr(xml);
    guint i = 0;

    for (; attr != NULL && i + 1 < before->len; i += 2, attr = cox_xml_next_attr(attr)) {
        struct cox_cib_value value = { xml, cox_xml_attr_name(attr), before->texts[i + 1], cox_xml_attr_value(attr) };

        if (strcmp(value.name, before->texts[i]) != 0 || (strcmp(value.before, value.after) != 0 && !fn(context, &value))) {
            return false;
        }
    }
    return attr == NULL && i == before->len;
}

bool
cox_cib_only_values(const struct cox_cib *cib, cox_cib_value_fn fn, const void *context)
{
    for (guint i = 0; i < cib->journal->len; i++) {
        const struct step *step = &g_array_index(cib->journal, struct step, i);

        if (step->kind != STEP_ATTRS || !has_other_values(step->xml, step->attrs, fn, context)) {
            return false;
        }
    }
    return true;
}

static bool
is_called_value(const void *context, const struct cox_cib_value *value)
{
    (void) context;
    return strcmp(value->name, "value") == 0;
}

GPtrArray *
cox_cib_changes(const struct cox_cib *cib, bool *only_values)
{
    GPtrArray *changes = g_ptr_array_new();

    *only_values = true;
    for (guint i = 0; i < cib->journal->len; i++) {
        const struct step *step = &g_array_index(cib->journal, struct step, i);

        g_ptr_array_add(changes, step->kind == STEP_REMOVE ? step->parent : step->xml);
        if (step->kind != STEP_ATTRS || (step->xml != cox_cib_root(cib) && !has_other_values(step->xml, step->attrs, is_called_value, NULL))) {
            *only_values = false;
        }
    }
    return changes;
}

enum cox_cib_touched
cox_cib_touched(const struct cox_cib *cib)
{
    return cib->touched;
}

static void
undo_step(struct cox_cib *cib, struct step *step)
{
    switch (step->kind) {
    case STEP_ATTRS:
        replace_attrs(cib, step->xml, step->attrs);
        break;
    case STEP_ADD:
        detach(cib, step->xml);
        cox_xml_free(step->xml);
        break;
    case STEP_REMOVE:
        attach(cib, step->parent, step->xml, step->next);
        step->xml = NULL;
        break;
    }
}

void
cox_cib_rollback(struct cox_cib *cib)
{
    COX_BUG_ON(!cib->is_open);
    cib->is_undoing = true;
    for (guint i = cib->journal->len; i > 0; i--) {
        undo_step(cib, &g_array_index(cib->journal, struct step, i - 1));
    }
    cib->is_undoing = false;
    cib->is_valid = cib->was_valid;
    end_transaction(cib);
}

static bool
is_attached(const struct cox_cib *cib, const struct cox_xml *xml)
{
    while (cox_xml_parent(xml) != NULL) {
        xml = cox_xml_parent(xml);
    }
    return xml == cox_cib_root(cib);
}

/* By ascending place, as a patch must have them; parents do not matter. */
static int
by_position(gconstpointer a, gconstpointer b)
{
    size_t left = cox_xml_position(*(struct cox_xml *const *) a);
    size_t right = cox_xml_position(*(struct cox_xml *const *) b);

    return left < right ? -1 : left > right ? 1 : 0;
}

/* Takes deletions first, then attributes, then creations by ascending place: the order that a patch is applied in. */
struct sink {
    void (*deleted)(void *patch, const char *path);
    void (*modified)(void *patch, const struct cox_xml *xml, const struct cox_attrs *before);
    void (*created)(void *patch, struct cox_xml *xml);
    void *patch;
};

static void
write_journal(struct cox_cib *cib, const struct sink *sink)
{
    g_autoptr(GPtrArray) created = NULL;

    for (guint i = 0; i < cib->journal->len; i++) {
        const struct step *step = &g_array_index(cib->journal, struct step, i);

        if (step->kind == STEP_REMOVE && step->path != NULL) {
            sink->deleted(sink->patch, step->path);
        }
    }
    for (guint i = 0; i < cib->journal->len; i++) {
        const struct step *step = &g_array_index(cib->journal, struct step, i);

        if (step->kind == STEP_ATTRS && is_attached(cib, step->xml)) {
            sink->modified(sink->patch, step->xml, step->attrs);
        } else if (step->kind == STEP_ADD && is_attached(cib, step->xml)
                   && !is_inside_created(cib, cox_xml_parent(step->xml))) {
            created = created == NULL ? g_ptr_array_new() : created;
            g_ptr_array_add(created, step->xml);
        }
    }
    if (created != NULL) {
        g_ptr_array_sort(created, by_position);
    }
    for (guint i = 0; created != NULL && i < created->len; i++) {
        sink->created(sink->patch, g_ptr_array_index(created, i));
    }
}

static void
tree_deleted(void *patch, const char *path)
{
    cox_change_add_delete(patch, path, -1);
}

static void
tree_modified(void *patch, const struct cox_xml *xml, const struct cox_attrs *before)
{
    cox_change_add_modify(patch, xml, before, true);
}

static void
tree_created(void *patch, struct cox_xml *xml)
{
    cox_change_add_create(patch, xml, cox_xml_position(xml));
}

static void
text_deleted(void *patch, const char *path)
{
    cox_patchtext_delete(patch, path);
}

static void
text_modified(void *patch, const struct cox_xml *xml, const struct cox_attrs *before)
{
    cox_patchtext_modify(patch, xml, before);
}

static void
text_created(void *patch, struct cox_xml *xml)
{
    cox_patchtext_create(patch, xml);
}

/* When paths are not enough: go back, compare both states as wholes, and go forward again. */
static struct cox_xmldoc *
compare_states(struct cox_cib *cib)
{
    g_autoptr(cox_xmldoc) after = cox_xmldoc_new_copy(cox_cib_root(cib));
    g_autoptr(cox_xmldoc) before = NULL;
    const struct cox_version old = cib->before;
    struct cox_version new;
    struct cox_xmldoc *patch;

    cox_cib_rollback(cib);
    before = cib->doc;
    patch = cox_diff_make(cox_xmldoc_root(before), cox_xmldoc_root(after), true, NULL);
    COX_BUG_ON(patch == NULL);
    new = cox_version_of(cox_xmldoc_root(after));
    cox_change_set_versions(patch, &old, &new);
    g_clear_pointer(&cib->index, cox_idindex_free);
    g_clear_pointer(&cib->hash, cox_treehash_free);
    cib->doc = g_steal_pointer(&after);
    return patch;
}

struct cox_xmldoc *
cox_cib_commit(struct cox_cib *cib)
{
    struct cox_xmldoc *patch;

    COX_BUG_ON(!cib->is_open);
    if (cib->is_inexact) {
        patch = compare_states(cib);
    } else {
        struct cox_version after = cox_version_of(cox_cib_root(cib));

        patch = cox_change_new_patch();
        cox_change_set_versions(patch, &cib->before, &after);
        write_journal(cib, &(const struct sink) { tree_deleted, tree_modified, tree_created, patch });
        end_transaction(cib);
    }
    if (cox_xml_child(cox_xmldoc_root(patch), "change") == NULL) {
        g_clear_pointer(&patch, cox_xmldoc_free);
    }
    return patch;
}

void
cox_cib_commit_text(struct cox_cib *cib, struct cox_patchtext *patch)
{
    gsize begin = patch->text->len;
    struct cox_version after;

    COX_BUG_ON(!cib->is_open);
    if (cib->is_inexact) {
        g_autoptr(cox_xmldoc) tree = cox_cib_commit(cib);

        if (tree != NULL) {
            patch->has_changes = true;
            patch->scope |= cox_patchscope(cox_xmldoc_root(tree), NULL);
            cox_xmlwrite_element(patch->text, cox_xmldoc_root(tree), COX_XMLWRITE_PLAIN);
        }
        return;
    }
    after = cox_version_of(cox_cib_root(cib));
    cox_patchtext_begin(patch, &cib->before, &after);
    write_journal(cib, &(const struct sink) { text_deleted, text_modified, text_created, patch });
    cox_patchtext_end(patch);
    if (!patch->has_changes) {
        g_string_truncate(patch->text, begin);
    }
    end_transaction(cib);
}

void
cox_cib_keep(struct cox_cib *cib)
{
    COX_BUG_ON(!cib->is_open);
    end_transaction(cib);
}
