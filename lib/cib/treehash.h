/* lib/cib/treehash.h - a digest of a tree that a change updates in proportion to the change.  Layer 2. */
#ifndef COX_CIB_TREEHASH_H
#define COX_CIB_TREEHASH_H

#include <glib.h>

#include "xml/xml.h"

G_BEGIN_DECLS

/*
 * Each node has a hash E made of its own hash A (name, attributes in any order, text) and of S, the sum over its
 * children of a mix of the child's E with the E of the sibling before it.  A change of a node therefore changes two
 * terms of one sum per level, and still the order of the children counts.  Two lanes of 64 bits with different seeds.
 * It finds divergence between copies; it is no defence against somebody who constructs collisions.
 */

/** Version tag of the digest text; changes when the computation does. */
#define COX_TREEHASH_TAG "cox1"

struct cox_treehash;

/** Hash everything below @root.  Uses the tags of its elements; they belong to the result until it is freed. */
struct cox_treehash *cox_treehash_new(struct cox_xml *root);
void cox_treehash_free(struct cox_treehash *hash);

/** Digest as text, tag first; the caller frees it with g_free. */
char *cox_treehash_text(const struct cox_treehash *hash);

/**
 * Digest as if elements that the names @path lead to, from the root down, had nothing below them.  Costs in proportion to the siblings of
 * what lies on that path, not to what is left out.  The caller frees it.
 *
 * @param path  NULL at the end; at most 8
 */
char *cox_treehash_text_hollow(const struct cox_treehash *hash, const char *const *path);

/** Attribute @name of @xml is going to change from @before to @after (NULL: not there). */
void cox_treehash_attr(struct cox_treehash *hash, struct cox_xml *xml, const char *name, const char *before,
                       const char *after);

/** @xml was inserted below its parent. */
void cox_treehash_added(struct cox_treehash *hash, struct cox_xml *xml);

/** @xml is going to be taken out of the tree. */
void cox_treehash_removing(struct cox_treehash *hash, struct cox_xml *xml);

typedef struct cox_treehash cox_treehash; /* for g_autoptr only */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(cox_treehash, cox_treehash_free)

G_END_DECLS

#endif
