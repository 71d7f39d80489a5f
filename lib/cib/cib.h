/* lib/cib/cib.h - the document: one tree that is changed in transactions, each giving a patch.  Layer 2. */
#ifndef COX_CIB_CIB_H
#define COX_CIB_CIB_H

#include <stdbool.h>
#include <glib.h>

#include "cib/patchtext.h"
#include "xml/xmldoc.h"

G_BEGIN_DECLS

struct cox_cib;

enum {
    COX_CIB_MAX_DEPTH = 256, /**< levels of elements, as the parser's limit */
};

/** What a transaction has touched so far. */
enum cox_cib_touched {
    COX_CIB_UNTOUCHED = 0,
    COX_CIB_STATUS,        /**< only things inside /cib/status */
    COX_CIB_CONFIGURATION, /**< anything else but the version counters */
};

/** Make a document of a tree; takes @doc. */
struct cox_cib *cox_cib_new(struct cox_xmldoc *doc);
void cox_cib_free(struct cox_cib *cib);

/** The root.  Read it; change it only through the functions below.  Borrowed until the root is replaced or freed. */
struct cox_xml *cox_cib_root(const struct cox_cib *cib);

/** The document as such, for what takes one (validation).  Borrowed and not to be changed. */
struct cox_xmldoc *cox_cib_doc(const struct cox_cib *cib);

/** Outside of a transaction: put another tree, which is taken, in the place of the present one. */
void cox_cib_exchange(struct cox_cib *cib, struct cox_xmldoc *doc);

/** The node that a patch's path leads to, or NULL (see cox_path_find).  The first call makes an index. */
struct cox_xml *cox_cib_find(struct cox_cib *cib, const char *path, size_t position);

/** First child of @parent with the name and the id of @wanted (both without an id is a match, too), or NULL.  Does not look at every child when there is an id. */
struct cox_xml *cox_cib_child(struct cox_cib *cib, const struct cox_xml *parent, const struct cox_xml *wanted);

/** Digest for comparing copies, kept up to date from the first call on (see treehash.h); the caller frees it. */
char *cox_cib_digest(struct cox_cib *cib);

/** Digest of the slim document that belongs to this one (slim.h); of one that is slim already it is cox_cib_digest()'s.  The caller frees it. */
char *cox_cib_digest_slim(struct cox_cib *cib);

/* ---- transactions ----
 * Everything below happens between begin and commit or rollback and costs in proportion to what it changes.
 */

void cox_cib_begin(struct cox_cib *cib);

/** Undo everything since begin; the tree is as it was, order of attributes included. */
void cox_cib_rollback(struct cox_cib *cib);

/**
 * Keep the changes since begin.
 * @return the patch that leads from the state at begin to this one, versions included; the caller owns it; NULL when
 *         nothing changed
 */
struct cox_xmldoc *cox_cib_commit(struct cox_cib *cib);

/** The same as text, added to @patch; it has no changes when nothing changed. */
void cox_cib_commit_text(struct cox_cib *cib, struct cox_patchtext *patch);

/** Keep the changes since begin without making a patch. */
void cox_cib_keep(struct cox_cib *cib);

/** Inside a transaction: @xml counts as touched, though nothing changes. */
void cox_cib_touch(struct cox_cib *cib, const struct cox_xml *xml);

/** What has been touched since begin. */
enum cox_cib_touched cox_cib_touched(const struct cox_cib *cib);

/**
 * What has been changed since begin: elements with other attributes, elements that were added (with all below them), parents of removed ones.
 *
 * @param only_values  set: were nothing but attributes called "value" changed, and attributes of the root?
 * @return array of `struct cox_xml *`; some may not be in the tree any more; the caller unrefs it
 */
GPtrArray *cox_cib_changes(const struct cox_cib *cib, bool *only_values);

/** An attribute that was there at begin and has another value now. */
struct cox_cib_value {
    const struct cox_xml *xml;
    const char *name, *before, *after;
};

typedef bool (*cox_cib_value_fn)(const void *context, const struct cox_cib_value *value);

/** Has since begin nothing changed but values of attributes that were there before, and does @fn say yes to each of them? */
bool cox_cib_only_values(const struct cox_cib *cib, cox_cib_value_fn fn, const void *context);

/** Was @xml added since begin? */
bool cox_cib_is_new(const struct cox_cib *cib, const struct cox_xml *xml);

/** Is the document known to conform to its schema?  Whoever has checked it says so; the next change of anything ends it, undoing brings it back. */
bool cox_cib_is_valid(const struct cox_cib *cib);
void cox_cib_set_valid(struct cox_cib *cib, bool is_valid);

/** Has something been added since begin that lies deeper than documents may be (COX_CIB_MAX_DEPTH)?  Then roll back. */
bool cox_cib_is_too_deep(const struct cox_cib *cib);

/** Set attribute @name; NULL removes it. */
void cox_cib_set(struct cox_cib *cib, struct cox_xml *xml, const char *name, const char *value);

/** Set a counter. */
void cox_cib_set_number(struct cox_cib *cib, struct cox_xml *xml, const char *name, gint64 value);

/** Make the attributes of @xml equal to those of @model, order included. */
void cox_cib_set_all(struct cox_cib *cib, struct cox_xml *xml, const struct cox_xml *model);

/** Add a deep copy of @model below @parent before @next (a child of it), or last when @next is NULL. */
struct cox_xml *cox_cib_add(struct cox_cib *cib, struct cox_xml *parent, const struct cox_xml *model,
                            struct cox_xml *next);

/** Remove @xml and everything below it; not the root. */
void cox_cib_remove(struct cox_cib *cib, struct cox_xml *xml);

/** Move @xml below its parent so that its position is @position (last when there are fewer siblings). */
void cox_cib_move(struct cox_cib *cib, struct cox_xml *xml, size_t position);

typedef struct cox_cib cox_cib; /* for g_autoptr only */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(cox_cib, cox_cib_free)

G_END_DECLS

#endif
