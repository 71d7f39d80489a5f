/* lib/cib/treehash.c - a digest of a tree that a change updates in proportion to the change.  Layer 2. */
#include "cib/treehash.h"

#include <string.h>

#include "base/error.h"

enum { LANES = 2 };

static const guint64 seeds[LANES] = { G_GUINT64_CONSTANT(0x9e3779b97f4a7c15), G_GUINT64_CONSTANT(0xc2b2ae3d27d4eb4f) };

enum { MAX_PATH = 8 };

/* One per node, in its tag. */
struct sums {
    guint64 own[LANES];      /* A */
    guint64 children[LANES]; /* S */
};

struct cox_treehash {
    struct cox_xml *root;
};

static guint64
mix(guint64 x)
{
    x ^= x >> 31;
    x *= G_GUINT64_CONSTANT(0x7fb5d329728ea185);
    x ^= x >> 27;
    x *= G_GUINT64_CONSTANT(0x81dadef4bc2dd44d);
    return x ^ (x >> 33);
}

static guint64
hash_text(const char *text, guint64 seed)
{
    guint64 h = seed;
    size_t left = strlen(text);

    while (left >= 8) {
        guint64 word = 0;

        memcpy(&word, text, 8);
        h = mix(h ^ GUINT64_FROM_LE(word)) + seed;
        text += 8;
        left -= 8;
    }
    for (guint64 last = left; left > 0; left--) {
        last = (last << 8) | (guint8) *text++;
        h = left == 1 ? mix(h ^ last) + seed : h;
    }
    return mix(h);
}

static struct sums *
sums_of(const struct cox_xml *xml)
{
    return cox_xml_tag(xml);
}

static guint64
whole(const struct sums *sums, int lane)
{
    return mix(sums->own[lane] + mix(sums->children[lane] ^ seeds[lane]));
}

static guint64
attr_term(const char *name, const char *value, int lane)
{
    return mix(hash_text(name, seeds[lane]) ^ (hash_text(value, ~seeds[lane]) << 1));
}

static guint64
pair_term(guint64 child, guint64 previous)
{
    return mix(child ^ ((previous << 13) | (previous >> 51)));
}

static guint64
child_term(const struct cox_xml *child, const struct cox_xml *before, int lane)
{
    return pair_term(whole(sums_of(child), lane), before == NULL ? 1 : whole(sums_of(before), lane));
}

static void
start_sums(struct cox_xml *xml)
{
    struct sums *sums = g_slice_new0(struct sums);
    g_autofree char *text = NULL;
    const char *content = cox_xml_is_comment(xml) ? cox_xml_comment_text(xml) : NULL;

    if (content == NULL) {
        content = text = cox_xml_text(xml);
    }
    for (int lane = 0; lane < LANES; lane++) {
        sums->own[lane] = hash_text(cox_xml_name(xml), seeds[lane]);
        sums->own[lane] += content == NULL ? 0 : mix(hash_text(content, seeds[lane]) + 3);
    }
    for (struct cox_xml_attr *attr = cox_xml_first_attr(xml); attr != NULL; attr = cox_xml_next_attr(attr)) {
        for (int lane = 0; lane < LANES; lane++) {
            sums->own[lane] += attr_term(cox_xml_attr_name(attr), cox_xml_attr_value(attr), lane);
        }
    }
    cox_xml_set_tag(xml, sums);
}

static void
sum_children(struct cox_xml *xml)
{
    struct sums *sums = sums_of(xml);
    struct cox_xml *before = NULL;

    for (struct cox_xml *child = cox_xml_first_node(xml); child != NULL; child = cox_xml_next_node(child)) {
        for (int lane = 0; lane < LANES; lane++) {
            sums->children[lane] += child_term(child, before, lane);
        }
        before = child;
    }
}

/* Children before parents. */
static void
hash_subtree(struct cox_xml *top)
{
    g_autoptr(GPtrArray) order = g_ptr_array_new();

    for (struct cox_xml *xml = top; xml != NULL; xml = cox_xml_walk_nodes(xml, top)) {
        start_sums(xml);
        if (cox_xml_first_node(xml) != NULL) {
            g_ptr_array_add(order, xml);
        }
    }
    for (guint i = order->len; i > 0; i--) {
        sum_children(g_ptr_array_index(order, i - 1));
    }
}

static void
free_subtree(struct cox_xml *top)
{
    for (struct cox_xml *xml = top; xml != NULL; xml = cox_xml_walk_nodes(xml, top)) {
        g_slice_free(struct sums, sums_of(xml));
        cox_xml_set_tag(xml, NULL);
    }
}

/* Take the terms that depend on @xml out of the sums of its ancestors, or put them back. */
static void
terms_of(const struct cox_xml *xml, const struct cox_xml *next, gint64 sign)
{
    struct sums *parent = sums_of(cox_xml_parent(xml));
    struct cox_xml *before = cox_xml_prev_node(xml);

    for (int lane = 0; lane < LANES; lane++) {
        guint64 terms = child_term(xml, before, lane) + (next == NULL ? 0 : child_term(next, xml, lane));

        parent->children[lane] += sign < 0 ? (guint64) 0 - terms : terms;
    }
}

static void
withdraw(const struct cox_xml *xml, const struct cox_xml *root)
{
    /* From the top down: the terms above were made with the sums as they still are. */
    g_autoptr(GPtrArray) path = g_ptr_array_new();

    for (; xml != root; xml = cox_xml_parent(xml)) {
        g_ptr_array_add(path, (gpointer) (guintptr) xml);
    }
    for (guint i = path->len; i > 0; i--) {
        const struct cox_xml *node = g_ptr_array_index(path, i - 1);

        terms_of(node, cox_xml_next_node(node), -1);
    }
}

static void
deposit(const struct cox_xml *xml, const struct cox_xml *root)
{
    for (; xml != root; xml = cox_xml_parent(xml)) {
        terms_of(xml, cox_xml_next_node(xml), 1);
    }
}

struct cox_treehash *
cox_treehash_new(struct cox_xml *root)
{
    struct cox_treehash *hash = g_new0(struct cox_treehash, 1);

    hash->root = root;
    hash_subtree(root);
    return hash;
}

void
cox_treehash_free(struct cox_treehash *hash)
{
    if (hash != NULL) {
        free_subtree(hash->root);
        g_free(hash);
    }
}

/* 16 digits; asked for several times with each change, so printf() would be felt. */
static char *
put_hex(char *at, guint64 value)
{
    for (int shift = 60; shift >= 0; shift -= 4) {
        *at++ = "0123456789abcdef"[value >> shift & 15];
    }
    return at;
}

static char *
text_of(const struct sums *sums)
{
    char *text = g_malloc(sizeof(COX_TREEHASH_TAG ":") + 32);
    char *at = put_hex(put_hex(stpcpy(text, COX_TREEHASH_TAG ":"), whole(sums, 0)), whole(sums, 1));

    *at = '\0';
    return text;
}

char *
cox_treehash_text(const struct cox_treehash *hash)
{
    return text_of(sums_of(hash->root));
}

/* The sums of @xml, which @path[0] names, with those of its children that the rest of the path leads to made anew.  No deeper than the path. */
static struct sums
hollow_sums(const struct cox_xml *xml, const char *const *path)
{
    struct sums made = *sums_of(xml);
    guint64 before[LANES] = { 1, 1 };

    memset(made.children, 0, sizeof made.children);
    if (path[1] == NULL) {
        return made;
    }
    for (const struct cox_xml *child = cox_xml_first_node(xml); child != NULL; child = cox_xml_next_node(child)) {
        const struct sums sums = cox_xml_is(child, path[1]) ? hollow_sums(child, path + 1) : *sums_of(child);

        for (int lane = 0; lane < LANES; lane++) {
            guint64 own = whole(&sums, lane);

            made.children[lane] += pair_term(own, before[lane]);
            before[lane] = own;
        }
    }
    return made;
}

char *
cox_treehash_text_hollow(const struct cox_treehash *hash, const char *const *path)
{
    struct sums sums = *sums_of(hash->root);

    COX_BUG_ON(g_strv_length((char **) (guintptr) path) > MAX_PATH);
    if (cox_xml_is(hash->root, path[0])) {
        sums = hollow_sums(hash->root, path);
    }
    return text_of(&sums);
}

void
cox_treehash_attr(struct cox_treehash *hash, struct cox_xml *xml, const char *name, const char *before,
                  const char *after)
{
    struct sums *sums = sums_of(xml);

    withdraw(xml, hash->root);
    for (int lane = 0; lane < LANES; lane++) {
        sums->own[lane] -= before == NULL ? 0 : attr_term(name, before, lane);
        sums->own[lane] += after == NULL ? 0 : attr_term(name, after, lane);
    }
    deposit(xml, hash->root);
}

/* The sibling after @xml follows @before now (or no longer). */
static void
join(struct cox_xml *before, struct cox_xml *next, struct sums *parent, gint64 sign)
{
    for (int lane = 0; lane < LANES && next != NULL; lane++) {
        guint64 term = child_term(next, before, lane);

        parent->children[lane] += sign < 0 ? (guint64) 0 - term : term;
    }
}

void
cox_treehash_added(struct cox_treehash *hash, struct cox_xml *xml)
{
    struct cox_xml *parent = cox_xml_parent(xml);

    hash_subtree(xml);
    withdraw(parent, hash->root);
    join(cox_xml_prev_node(xml), cox_xml_next_node(xml), sums_of(parent), -1);
    terms_of(xml, cox_xml_next_node(xml), 1);
    deposit(parent, hash->root);
}

void
cox_treehash_removing(struct cox_treehash *hash, struct cox_xml *xml)
{
    struct cox_xml *parent = cox_xml_parent(xml);

    withdraw(parent, hash->root);
    terms_of(xml, cox_xml_next_node(xml), -1);
    join(cox_xml_prev_node(xml), cox_xml_next_node(xml), sums_of(parent), 1);
    deposit(parent, hash->root);
    free_subtree(xml);
}
