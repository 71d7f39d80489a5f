/* lib/xml/xml.h - a cursor on one element of a document: read, change, walk.  Layer 1. */
#ifndef COX_XML_XML_H
#define COX_XML_XML_H

#include <stdbool.h>
#include <stddef.h>
#include <glib.h>

G_BEGIN_DECLS

/** One element.  It lives as long as its document and is owned by it. */
struct cox_xml;

/** One attribute of an element; valid until that attribute is changed or removed. */
struct cox_xml_attr;

/* ---- attributes ---- */

/** Name of the element; borrowed, never NULL. */
const char *cox_xml_name(const struct cox_xml *xml);

/** Is this an element called @name?  False for NULL. */
bool cox_xml_is(const struct cox_xml *xml, const char *name);

/** Value of attribute @name, or NULL when it is not there; borrowed until the attribute changes. */
const char *cox_xml_get(const struct cox_xml *xml, const char *name);

/** Value of attribute "id", or NULL. */
const char *cox_xml_id(const struct cox_xml *xml);

/** Set attribute @name (kept in its place, or added last).  A NULL @value removes it. */
void cox_xml_set(struct cox_xml *xml, const char *name, const char *value);

/** Remove attribute @name; was it there? */
bool cox_xml_unset(struct cox_xml *xml, const char *name);

/** First attribute in document order, or NULL. */
struct cox_xml_attr *cox_xml_first_attr(const struct cox_xml *xml);
struct cox_xml_attr *cox_xml_next_attr(const struct cox_xml_attr *attr);
const char *cox_xml_attr_name(const struct cox_xml_attr *attr);
const char *cox_xml_attr_value(const struct cox_xml_attr *attr);

/* ---- walking: elements only, comments and text are skipped ---- */

struct cox_xml *cox_xml_first(const struct cox_xml *parent);
struct cox_xml *cox_xml_last(const struct cox_xml *parent);
struct cox_xml *cox_xml_next(const struct cox_xml *xml);
struct cox_xml *cox_xml_prev(const struct cox_xml *xml);

/** The element around @xml, or NULL for the root. */
struct cox_xml *cox_xml_parent(const struct cox_xml *xml);

/** The element after @xml in document order that is still inside @top; NULL at the end.  No recursion needed. */
struct cox_xml *cox_xml_walk(const struct cox_xml *xml, const struct cox_xml *top);

/** First child called @name (any when NULL), or NULL; NULL for a NULL @parent. */
struct cox_xml *cox_xml_child(const struct cox_xml *parent, const char *name);

/** Next sibling with the name @name (any when NULL), or NULL. */
struct cox_xml *cox_xml_next_named(const struct cox_xml *xml, const char *name);

/** First child called @name (any when NULL) with id @id (any when NULL), or NULL. */
struct cox_xml *cox_xml_child_with_id(const struct cox_xml *parent, const char *name, const char *id);

/** Number of child elements. */
size_t cox_xml_n_children(const struct cox_xml *parent);

/** Place among the siblings, 0 for the first; comments count, as they do in patches. */
size_t cox_xml_position(const struct cox_xml *xml);

/** Levels of elements down to @xml, the root's and its own included. */
unsigned cox_xml_level(const struct cox_xml *xml);

/** Levels of elements in @top, its own included. */
unsigned cox_xml_height(const struct cox_xml *top);

/** Line in the input, or 0 when it did not come from one. */
int cox_xml_line(const struct cox_xml *xml);

/* ---- nodes: elements and comments ----
 * Documents are kept with their comments, and patches address them, so a cursor may stand on a comment.  It is called
 * "comment", has no attributes and no children.
 */

bool cox_xml_is_comment(const struct cox_xml *xml);

/** Text of a comment; borrowed. */
const char *cox_xml_comment_text(const struct cox_xml *comment);

struct cox_xml *cox_xml_first_node(const struct cox_xml *parent);
struct cox_xml *cox_xml_next_node(const struct cox_xml *xml);
struct cox_xml *cox_xml_prev_node(const struct cox_xml *xml);

/** As cox_xml_walk, stopping at comments, too. */
struct cox_xml *cox_xml_walk_nodes(const struct cox_xml *xml, const struct cox_xml *top);

/** The node after @xml and everything below it, still inside @top; NULL at the end. */
struct cox_xml *cox_xml_skip_node(const struct cox_xml *xml, const struct cox_xml *top);

/* ---- changing ---- */

/** A new last child called @name. */
struct cox_xml *cox_xml_new_child(struct cox_xml *parent, const char *name);

/** A deep copy of @xml (possibly from another document) as new last child of @parent. */
struct cox_xml *cox_xml_add_copy(struct cox_xml *parent, const struct cox_xml *xml);

/**
 * A deep copy of @xml as a loose element (no parent) of the document of @home.
 * The caller owns it: give it to cox_xml_insert or cox_xml_free.
 */
struct cox_xml *cox_xml_copy(const struct cox_xml *xml, const struct cox_xml *home);

/** A loose element, as above, without children or attributes. */
struct cox_xml *cox_xml_new_loose(const char *name, const struct cox_xml *home);

/**
 * Put a loose element below @parent so that cox_xml_position() gives @position; after the last when there are fewer.
 * @xml must belong to the document of @parent.
 */
void cox_xml_insert(struct cox_xml *parent, struct cox_xml *xml, size_t position);

/** Put a loose element below @parent before @next, or last when @next is NULL. */
void cox_xml_insert_before(struct cox_xml *parent, struct cox_xml *xml, struct cox_xml *next);

/** Put a loose element in the place of @old, which becomes loose. */
void cox_xml_swap(struct cox_xml *old, struct cox_xml *xml);

/** Take @xml out of its document; it becomes loose and the caller owns it. */
void cox_xml_unlink(struct cox_xml *xml);

/** Free a loose element, or take it out of its document and free it.  NULL is allowed. */
void cox_xml_free(struct cox_xml *xml);

/** Remove everything inside the element, its attributes stay. */
void cox_xml_clear(struct cox_xml *xml);

/* ---- text ---- */

/** Text and CDATA directly inside the element, joined; NULL when there is none.  The caller frees it with g_free. */
char *cox_xml_text(const struct cox_xml *xml);

/** Append @text as text, or as a CDATA section. */
void cox_xml_add_text(struct cox_xml *xml, const char *text);
void cox_xml_add_cdata(struct cox_xml *xml, const char *text);

/* ---- one pointer per element for the owner of the document (lib/cib) ---- */

void *cox_xml_tag(const struct cox_xml *xml);
void cox_xml_set_tag(struct cox_xml *xml, void *tag);

typedef struct cox_xml cox_xml; /* for g_autoptr of loose elements only */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(cox_xml, cox_xml_free)

G_END_DECLS

#endif
