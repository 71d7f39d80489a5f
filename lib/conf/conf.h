/* lib/conf/conf.h - a configuration as people write it, as a tree with places: texts, lists, maps.  Knows no keywords.  Layer 1. */
#ifndef COX_CONF_CONF_H
#define COX_CONF_CONF_H

#include <stdbool.h>
#include <glib.h>

G_BEGIN_DECLS

enum cox_conf_kind {
    COX_CONF_NULL = 0, /**< a place where nothing is said */
    COX_CONF_TEXT,     /**< all values are text: whether "10" is a number is for whoever reads it to say */
    COX_CONF_LIST,
    COX_CONF_MAP,      /**< keys are texts and in the order of the input, no two the same */
};

/** A node of the tree and what is below it.  Read the members, change them with the functions only. */
struct cox_conf {
    enum cox_conf_kind kind;
    guint line, column; /**< from 1; 0: it comes from no text */
    char *text;         /**< TEXT only */
    GPtrArray *items;   /**< LIST and MAP: struct cox_conf */
    GPtrArray *keys;    /**< MAP: struct cox_conf of kind TEXT, one an item */
};

/** A node without a place; the caller owns it.  LIST and MAP are empty, TEXT is "". */
struct cox_conf *cox_conf_new(enum cox_conf_kind kind);
struct cox_conf *cox_conf_new_text(const char *text);

/** Free it with all that is below it, however deep; NULL is allowed. */
void cox_conf_free(struct cox_conf *conf);

/** Append to a list; @item is taken and returned. */
struct cox_conf *cox_conf_add(struct cox_conf *list, struct cox_conf *item);

/** Append to a map under a key that is not there yet; @item is taken and returned. */
struct cox_conf *cox_conf_put(struct cox_conf *map, const char *key, struct cox_conf *item);

/** As above with a key that has a place; @key (a TEXT) is taken, too. */
struct cox_conf *cox_conf_put_at(struct cox_conf *map, struct cox_conf *key, struct cox_conf *item);

/** What is under the key, or NULL; NULL when @conf is no map.  Borrowed. */
const struct cox_conf *cox_conf_get(const struct cox_conf *conf, const char *key);

/** Number of elements; 0 for what is neither list nor map. */
guint cox_conf_size(const struct cox_conf *conf);

/** Element number @i of a list or map, and the key of one of a map; borrowed. */
const struct cox_conf *cox_conf_item(const struct cox_conf *conf, guint i);
const struct cox_conf *cox_conf_key(const struct cox_conf *conf, guint i);

typedef struct cox_conf cox_conf; /* for g_autoptr only */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(cox_conf, cox_conf_free)

G_END_DECLS

#endif
