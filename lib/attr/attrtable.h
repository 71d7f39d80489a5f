/* lib/attr/attrtable.h - the attributes of all nodes, and how two histories of them become one.  Layer 3, pure. */
#ifndef COX_ATTR_ATTRTABLE_H
#define COX_ATTR_ATTRTABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <glib.h>

#include "base/monotime.h"

G_BEGIN_DECLS

enum cox_attr_kind {
    COX_ATTR_TRANSIENT = 0, /**< in the status, lost with the node */
    COX_ATTR_PRIVATE,       /**< never written to the document */
    COX_ATTR_PERMANENT,     /**< in the nodes section; the document owns it, it only passes through here */
};

/** One value as messages carry it.  All texts are borrowed. */
struct cox_attr_entry {
    const char *name, *node;
    const char *value;      /**< NULL: deleted */
    enum cox_attr_kind kind;
    gint64 dampening_ms;
    guint64 seq;            /**< number of changes of this value; the higher one is the younger */
    const char *set_name;   /**< of the attribute set in the document that it goes to; NULL: the usual one */
    bool is_utilization;    /**< TRANSIENT: it is a capacity or an amount used, not a plain attribute */
};

struct cox_attr_value {
    char *node, *value;     /**< value NULL: deleted; kept, so that an old copy cannot come back */
    guint64 seq;
    char *stored;           /**< what the document has, if is_stored_known */
    bool is_stored_known;
};

struct cox_attribute {
    char *name;
    enum cox_attr_kind kind;
    gint64 dampening_ms;
    char *set_name;         /**< or NULL; as the first change that named one said */
    bool is_utilization;
    cox_usec write_at;      /**< end of the dampening; COX_USEC_NEVER: nothing to write */
    GPtrArray *values;      /**< struct cox_attr_value, ascending by node */
};

/** All attributes. */
struct cox_attrtable {
    GPtrArray *attributes;  /**< struct cox_attribute, ascending by name */
};

void cox_attrtable_init(struct cox_attrtable *table);
void cox_attrtable_clear(struct cox_attrtable *table);

/** The attribute, or NULL. */
struct cox_attribute *cox_attrtable_find(const struct cox_attrtable *table, const char *name);

/** The attribute, made if necessary (transient, not dampened). */
struct cox_attribute *cox_attrtable_need(struct cox_attrtable *table, const char *name);

/** Where values go in the document; only the first word counts.  @set_name may be NULL. */
void cox_attribute_place(struct cox_attribute *attribute, const char *set_name, bool is_utilization);

/** The value of @node, or NULL. */
struct cox_attr_value *cox_attribute_find(const struct cox_attribute *attribute, const char *node);

/** The value of @node, made if necessary (deleted, seq 0). */
struct cox_attr_value *cox_attribute_need(struct cox_attribute *attribute, const char *node);

/** Forget the value of @node completely. */
void cox_attribute_forget(struct cox_attribute *attribute, const char *node);

/** Replace the text; true if it is another one. */
bool cox_attr_value_set(struct cox_attr_value *value, const char *text);

/** Has the document something else, as far as is known? */
bool cox_attr_value_is_dirty(const struct cox_attr_value *value);

/** The text is in the document now. */
void cox_attr_value_note_stored(struct cox_attr_value *value, const char *text);

/** What one side of a heal says about its history. */
struct cox_attr_side {
    const char *const *nodes;             /**< nodes that were members there; ascending is not required */
    size_t n_nodes;
    const struct cox_attr_entry *entries; /**< without permanent ones */
    size_t n_entries;
};

/**
 * Take over what @theirs knows better.
 *
 * A node's values are right on the side where the node was a member, whatever the other side has done to them.  If it was
 * a member of both or none, the higher seq counts, then the greater text (a deleted value is the smallest).  Both sides
 * that merge each other's history end with equal tables.
 *
 * @param ours  names of nodes whose values are right here; the caller adds those of @theirs afterwards
 */
void cox_attrtable_merge(struct cox_attrtable *table, const struct cox_attr_side *theirs, const GPtrArray *ours);

/** Is @name among the @n @names? */
bool cox_attr_has_name(const char *const *names, size_t n, const char *name);

G_END_DECLS

#endif
