/* lib/cib/diff.c - the patch that turns one document into another.  Layer 2.
 *
 * Elements are the same when they have the same parent, name and id; comments when they have the same text at the same
 * place.  The old tree is walked first, pairing children level by level and writing deletions; then the new tree, writing
 * the rest.  Whoever applies a patch does deletions and changes at once and creations and moves afterwards by ascending
 * place, so what moves where is checked by doing just that on a list (moves_work).
 */
#include "cib/diff.h"

#include <string.h>

#include "base/error.h"
#include "cib/change.h"
#include "cib/path.h"

/* What is known about a node of the new tree. */
struct fate {
    struct cox_xml *old; /* its counterpart, or NULL: it is created */
    size_t position;
    bool is_moved;
};

struct diff {
    struct cox_xmldoc *patch;
    GHashTable *fates; /* new node -> struct fate */
    GHashTable *pairs; /* old node -> new node */
    bool by_place;
};

/* The children of a pair, while they are paired. */
struct level {
    GPtrArray *old_nodes;
    GPtrArray *new_nodes;
    GHashTable *old_of; /* new node -> old node */
    GHashTable *new_of; /* old node -> new node */
};

static GPtrArray *
children_of(const struct cox_xml *xml)
{
    GPtrArray *nodes = g_ptr_array_new();

    for (struct cox_xml *child = cox_xml_first_node(xml); child != NULL; child = cox_xml_next_node(child)) {
        g_ptr_array_add(nodes, child);
    }
    return nodes;
}

static char *
key_of(const struct cox_xml *xml)
{
    const char *id = cox_xml_id(xml);

    return id == NULL ? g_strdup(cox_xml_name(xml)) : g_strconcat(cox_xml_name(xml), " ", id, NULL);
}

/* Key -> element; NULL for a key that several have, because a path cannot tell them apart. */
static GHashTable *
by_key(const GPtrArray *nodes)
{
    GHashTable *table = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (guint i = 0; i < nodes->len; i++) {
        struct cox_xml *xml = g_ptr_array_index(nodes, i);
        char *key = cox_xml_is_comment(xml) ? NULL : key_of(xml);

        if (key != NULL) {
            g_hash_table_insert(table, key, g_hash_table_contains(table, key) ? NULL : xml);
        }
    }
    return table;
}

static bool
have_same_text(const struct cox_xml *a, const struct cox_xml *b)
{
    g_autofree char *text_a = cox_xml_text(a);
    g_autofree char *text_b = cox_xml_text(b);

    return g_strcmp0(text_a, text_b) == 0;
}

static void
pair_children(struct level *level)
{
    g_autoptr(GHashTable) old_by_key = by_key(level->old_nodes);
    g_autoptr(GHashTable) new_by_key = by_key(level->new_nodes);

    for (guint i = 0; i < level->old_nodes->len; i++) {
        struct cox_xml *old_node = g_ptr_array_index(level->old_nodes, i);
        struct cox_xml *new_node = NULL;

        if (cox_xml_is_comment(old_node)) {
            new_node = i < level->new_nodes->len ? g_ptr_array_index(level->new_nodes, i) : NULL;
            if (!cox_xml_is_comment(new_node)
                || strcmp(cox_xml_comment_text(old_node), cox_xml_comment_text(new_node)) != 0) {
                continue;
            }
        } else {
            g_autofree char *key = key_of(old_node);

            new_node = g_hash_table_lookup(old_by_key, key) == NULL ? NULL : g_hash_table_lookup(new_by_key, key);
            if (new_node == NULL || !have_same_text(old_node, new_node)) {
                continue;
            }
        }
        g_hash_table_insert(level->old_of, new_node, old_node);
        g_hash_table_insert(level->new_of, old_node, new_node);
    }
}

/* ---- moves ---- */

/* Prefix sums over flags (a Fenwick tree): how many nodes before a place still count. */
static void
sum_add(int *tree, guint n, guint at, int delta)
{
    for (guint i = at + 1; i <= n; i += i & -i) {
        tree[i - 1] += delta;
    }
}

static int
sum_before(const int *tree, guint at)
{
    int sum = 0;

    for (guint i = at; i > 0; i -= i & -i) {
        sum += tree[i - 1];
    }
    return sum;
}

/* Place in the old list of each new node, or G_MAXUINT for those that are created. */
static guint *
old_places(const struct level *level)
{
    g_autoptr(GHashTable) places = g_hash_table_new(NULL, NULL);
    guint *result = g_new(guint, level->new_nodes->len + 1);

    for (guint i = 0; i < level->old_nodes->len; i++) {
        g_hash_table_insert(places, g_ptr_array_index(level->old_nodes, i), GUINT_TO_POINTER(i));
    }
    for (guint i = 0; i < level->new_nodes->len; i++) {
        const struct cox_xml *old_node = g_hash_table_lookup(level->old_of, g_ptr_array_index(level->new_nodes, i));

        result[i] = old_node == NULL ? G_MAXUINT : GPOINTER_TO_UINT(g_hash_table_lookup(places, old_node));
    }
    return result;
}

static bool
keep_order(const guint *places, guint n)
{
    guint last = 0;

    for (guint i = 0; i < n; i++) {
        if (places[i] != G_MAXUINT && places[i] < last) {
            return false;
        }
        last = places[i] == G_MAXUINT ? last : places[i];
    }
    return true;
}

/* Which new nodes have moved: those whose place differs when the ones already known as moved do not count. */
static bool *
find_moves(const struct level *level, const guint *places)
{
    guint n_old = level->old_nodes->len;
    guint n_new = level->new_nodes->len;
    bool *is_moved = g_new0(bool, n_new + 1);
    g_autofree int *old_counts = g_new0(int, n_old + 1);
    g_autofree int *new_counts = g_new0(int, n_new + 1);

    for (guint i = 0; i < n_new; i++) {
        if (places[i] != G_MAXUINT) {
            sum_add(old_counts, n_old, places[i], 1);
            sum_add(new_counts, n_new, i, 1);
        }
    }
    for (guint i = 0; i < n_new; i++) {
        int old_place, new_place;

        if (places[i] == G_MAXUINT) {
            continue;
        }
        old_place = sum_before(old_counts, places[i]);
        new_place = sum_before(new_counts, i);
        is_moved[i] = old_place != new_place;
        if (old_place > new_place) {
            sum_add(old_counts, n_old, places[i], -1);
        } else if (old_place < new_place) {
            sum_add(new_counts, n_new, i, -1);
        }
    }
    return is_moved;
}

/* Do creations and moves, done by ascending place, give the new order? */
static bool
moves_work(const struct level *level, const guint *places, const bool *is_moved)
{
    enum { MAX_STEPS = 20 * 1000 * 1000 };
    g_autoptr(GPtrArray) list = g_ptr_array_new();
    guint n = level->new_nodes->len;

    if ((guint64) n * n > MAX_STEPS) {
        return false;
    }
    for (guint i = 0; i < level->old_nodes->len; i++) {
        struct cox_xml *new_node = g_hash_table_lookup(level->new_of, g_ptr_array_index(level->old_nodes, i));

        if (new_node != NULL) {
            g_ptr_array_add(list, new_node);
        }
    }
    for (guint i = 0; i < n; i++) {
        struct cox_xml *new_node = g_ptr_array_index(level->new_nodes, i);

        if (is_moved[i]) {
            if (cox_xml_is_comment(new_node)) {
                return false; /* a path cannot say which comment */
            }
            g_ptr_array_remove(list, new_node);
        }
        if (is_moved[i] || places[i] == G_MAXUINT) {
            g_ptr_array_insert(list, (int) MIN(i, list->len), new_node);
        }
    }
    for (guint i = 0; i < n; i++) {
        if (g_ptr_array_index(list, i) != g_ptr_array_index(level->new_nodes, i)) {
            return false;
        }
    }
    return true;
}

/* Give up pairs that stand in the way of an increasing order: they are deleted and created instead of moved. */
static void
drop_disorder(struct level *level, guint *places)
{
    guint last = 0;

    for (guint i = 0; i < level->new_nodes->len; i++) {
        struct cox_xml *new_node = g_ptr_array_index(level->new_nodes, i);

        if (places[i] == G_MAXUINT) {
            continue;
        }
        if (places[i] < last) {
            g_hash_table_remove(level->new_of, g_hash_table_lookup(level->old_of, new_node));
            g_hash_table_remove(level->old_of, new_node);
            places[i] = G_MAXUINT;
        } else {
            last = places[i];
        }
    }
}

/* ---- the two walks ---- */

static void
settle(struct diff *diff, const struct level *level, const guint *places, const bool *is_moved)
{
    for (guint i = 0; i < level->new_nodes->len; i++) {
        struct cox_xml *new_node = g_ptr_array_index(level->new_nodes, i);
        struct fate *fate = g_new0(struct fate, 1);

        fate->position = i;
        fate->is_moved = is_moved != NULL && is_moved[i];
        if (places[i] != G_MAXUINT) {
            fate->old = g_hash_table_lookup(level->old_of, new_node);
            g_hash_table_insert(diff->pairs, fate->old, new_node);
        }
        g_hash_table_insert(diff->fates, new_node, fate);
    }
}

static void
compare_children(struct diff *diff, struct cox_xml *old_node, struct cox_xml *new_node)
{
    struct level level = {
        .old_nodes = children_of(old_node),
        .new_nodes = children_of(new_node),
        .old_of = g_hash_table_new(NULL, NULL),
        .new_of = g_hash_table_new(NULL, NULL),
    };
    g_autofree guint *places = NULL;
    g_autofree bool *is_moved = NULL;

    pair_children(&level);
    places = old_places(&level);
    if (!keep_order(places, level.new_nodes->len)) {
        is_moved = find_moves(&level, places);
        if (!moves_work(&level, places, is_moved)) {
            drop_disorder(&level, places);
            g_clear_pointer(&is_moved, g_free);
        }
    }
    settle(diff, &level, places, is_moved);
    g_ptr_array_unref(level.old_nodes);
    g_ptr_array_unref(level.new_nodes);
    g_hash_table_destroy(level.old_of);
    g_hash_table_destroy(level.new_of);
}

static void
write_delete(struct diff *diff, struct cox_xml *old_node)
{
    g_autofree char *path = cox_path_of(old_node);
    int position = -1;

    if (cox_xml_is_comment(old_node)) {
        /* Deleted siblings before it are gone by then. */
        position = 0;
        for (struct cox_xml *prev = cox_xml_prev_node(old_node); prev != NULL; prev = cox_xml_prev_node(prev)) {
            position += g_hash_table_contains(diff->pairs, prev) ? 1 : 0;
        }
    }
    cox_change_add_delete(diff->patch, path, position);
}

static void
walk_old(struct diff *diff, struct cox_xml *root)
{
    struct cox_xml *node = root;

    while (node != NULL) {
        struct cox_xml *new_node = g_hash_table_lookup(diff->pairs, node);

        if (new_node == NULL) {
            write_delete(diff, node);
            node = cox_xml_skip_node(node, root);
            continue;
        }
        if (!cox_xml_is_comment(node) && (cox_xml_first_node(node) != NULL || cox_xml_first_node(new_node) != NULL)) {
            compare_children(diff, node, new_node);
        }
        node = cox_xml_walk_nodes(node, root);
    }
}

static void
write_moves_up(struct diff *diff, struct cox_xml *from, const struct cox_xml *next, const struct cox_xml *root)
{
    /* A move is written after everything inside the element: when the walk leaves it. */
    const struct cox_xml *stop = next == NULL ? root : cox_xml_parent(next);

    for (; from != NULL && from != stop; from = cox_xml_parent(from)) {
        const struct fate *fate = g_hash_table_lookup(diff->fates, from);

        if (fate != NULL && fate->is_moved) {
            cox_change_add_move(diff->patch, from, fate->position);
        }
    }
}

static void
walk_new(struct diff *diff, struct cox_xml *root)
{
    struct cox_xml *node = root;

    while (node != NULL) {
        const struct fate *fate = g_hash_table_lookup(diff->fates, node);
        struct cox_xml *next;

        if (fate->old == NULL) {
            cox_change_add_create(diff->patch, node, fate->position);
            next = cox_xml_skip_node(node, root);
        } else {
            if (!cox_xml_is_comment(node)) {
                g_autofree struct cox_attrs *before = cox_change_attrs(fate->old);

                cox_change_add_modify(diff->patch, node, before, diff->by_place);
            }
            next = cox_xml_walk_nodes(node, root);
        }
        write_moves_up(diff, node, next, root);
        node = next;
    }
}

struct cox_xmldoc *
cox_diff_make(struct cox_xml *old_root, struct cox_xml *new_root, bool by_place, GError **error)
{
    struct diff diff = { .by_place = by_place };
    struct fate *fate;

    if (!cox_xml_is(old_root, cox_xml_name(new_root))) {
        g_set_error(error, COX_ERROR, COX_ERROR_SYNTAX,
                    "root elements '%s' and '%s' differ, so no patch leads from one to the other; compare documents of "
                    "the same kind",
                    cox_xml_name(old_root), cox_xml_name(new_root));
        return NULL;
    }
    diff.patch = cox_change_new_patch();
    diff.fates = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    diff.pairs = g_hash_table_new(NULL, NULL);
    fate = g_new0(struct fate, 1);
    fate->old = old_root;
    g_hash_table_insert(diff.fates, new_root, fate);
    g_hash_table_insert(diff.pairs, old_root, new_root);
    walk_old(&diff, old_root);
    walk_new(&diff, new_root);
    g_hash_table_destroy(diff.fates);
    g_hash_table_destroy(diff.pairs);
    return diff.patch;
}
