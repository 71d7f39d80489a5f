/* lib/cib/idindex.c - elements of a document by name and id.  Layer 2. */
#include "cib/idindex.h"

#include "base/error.h"

struct cox_idindex {
    GHashTable *by_key; /* "name id" -> GPtrArray of struct cox_xml */
};

static char *
key_of(const char *name, const char *id)
{
    return g_strconcat(name, " ", id, NULL); /* no name has a blank */
}

static void
add_one(struct cox_idindex *index, struct cox_xml *xml, const char *id)
{
    g_autofree char *key = key_of(cox_xml_name(xml), id);
    GPtrArray *list = g_hash_table_lookup(index->by_key, key);

    if (list == NULL) {
        list = g_ptr_array_sized_new(1);
        g_hash_table_insert(index->by_key, g_steal_pointer(&key), list);
    }
    g_ptr_array_add(list, xml);
}

struct cox_idindex *
cox_idindex_new(struct cox_xml *root)
{
    struct cox_idindex *index = g_new0(struct cox_idindex, 1);

    index->by_key = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
    cox_idindex_add(index, root);
    return index;
}

void
cox_idindex_free(struct cox_idindex *index)
{
    if (index != NULL) {
        g_hash_table_destroy(index->by_key);
        g_free(index);
    }
}

void
cox_idindex_add(struct cox_idindex *index, struct cox_xml *top)
{
    for (struct cox_xml *xml = top; xml != NULL; xml = cox_xml_walk(xml, top)) {
        const char *id = cox_xml_id(xml);

        if (id != NULL) {
            add_one(index, xml, id);
        }
    }
}

void
cox_idindex_remove(struct cox_idindex *index, struct cox_xml *top)
{
    for (struct cox_xml *xml = top; xml != NULL; xml = cox_xml_walk(xml, top)) {
        const char *id = cox_xml_id(xml);
        g_autofree char *key = id == NULL ? NULL : key_of(cox_xml_name(xml), id);
        GPtrArray *list = id == NULL ? NULL : g_hash_table_lookup(index->by_key, key);

        if (id == NULL) {
            continue;
        }
        COX_BUG_ON(list == NULL || !g_ptr_array_remove_fast(list, xml));
        if (list->len == 0) {
            g_hash_table_remove(index->by_key, key);
        }
    }
}

const GPtrArray *
cox_idindex_find(const struct cox_idindex *index, const char *name, const char *id)
{
    g_autofree char *key = key_of(name, id);

    return g_hash_table_lookup(index->by_key, key);
}
