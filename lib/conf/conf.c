/* lib/conf/conf.c - a configuration as people write it, as a tree with places: texts, lists, maps.  Layer 1. */
#include "conf/conf.h"

#include <string.h>

struct cox_conf *
cox_conf_new(enum cox_conf_kind kind)
{
    struct cox_conf *conf = g_new0(struct cox_conf, 1);

    conf->kind = kind;
    conf->text = (kind == COX_CONF_TEXT) ? g_strdup("") : NULL;
    conf->items = (kind == COX_CONF_LIST || kind == COX_CONF_MAP) ? g_ptr_array_new() : NULL;
    conf->keys = (kind == COX_CONF_MAP) ? g_ptr_array_new() : NULL;
    return conf;
}

struct cox_conf *
cox_conf_new_text(const char *text)
{
    struct cox_conf *conf = g_new0(struct cox_conf, 1);

    conf->kind = COX_CONF_TEXT;
    conf->text = g_strdup(text);
    return conf;
}

static void
take_all(GPtrArray *rest, GPtrArray *nodes)
{
    for (guint i = 0; nodes != NULL && i < nodes->len; i++) {
        g_ptr_array_add(rest, g_ptr_array_index(nodes, i));
    }
    if (nodes != NULL) {
        g_ptr_array_unref(nodes);
    }
}

void
cox_conf_free(struct cox_conf *conf)
{
    g_autoptr(GPtrArray) rest = g_ptr_array_new();

    if (conf != NULL) {
        g_ptr_array_add(rest, conf);
    }
    while (rest->len > 0) {
        struct cox_conf *one = g_ptr_array_steal_index_fast(rest, rest->len - 1);

        take_all(rest, one->items);
        take_all(rest, one->keys);
        g_free(one->text);
        g_free(one);
    }
}

struct cox_conf *
cox_conf_add(struct cox_conf *list, struct cox_conf *item)
{
    g_ptr_array_add(list->items, item);
    return item;
}

struct cox_conf *
cox_conf_put_at(struct cox_conf *map, struct cox_conf *key, struct cox_conf *item)
{
    g_ptr_array_add(map->keys, key);
    g_ptr_array_add(map->items, item);
    return item;
}

struct cox_conf *
cox_conf_put(struct cox_conf *map, const char *key, struct cox_conf *item)
{
    return cox_conf_put_at(map, cox_conf_new_text(key), item);
}

guint
cox_conf_size(const struct cox_conf *conf)
{
    return (conf->items == NULL) ? 0 : conf->items->len;
}

const struct cox_conf *
cox_conf_item(const struct cox_conf *conf, guint i)
{
    return g_ptr_array_index(conf->items, i);
}

const struct cox_conf *
cox_conf_key(const struct cox_conf *conf, guint i)
{
    return g_ptr_array_index(conf->keys, i);
}

const struct cox_conf *
cox_conf_get(const struct cox_conf *conf, const char *key)
{
    for (guint i = 0; conf->kind == COX_CONF_MAP && i < conf->items->len; i++) {
        if (strcmp(cox_conf_key(conf, i)->text, key) == 0) {
            return cox_conf_item(conf, i);
        }
    }
    return NULL;
}
