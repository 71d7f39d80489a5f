/* lib/cib/idindex.c - elements of a document by name and id.  Layer 2.
 *
 * Every replica has one, so it is small: an entry of 16 bytes for each element, which knows its name and id itself, in chains by hash.
 * Entry 0 is none.
 */
#include "cib/idindex.h"

#include <string.h>

#include "base/error.h"

enum { FIRST_CHAINS = 64 };

struct entry {
    struct cox_xml *xml; /* NULL: free */
    guint32 hash, next;  /* next of the chain, or of those that are free */
};

struct cox_idindex {
    GArray *entries;
    guint32 *chains;
    guint32 n_chains; /* a power of two */
    guint32 free;     /* first of those that are free */
    guint n_used;
};

static guint32
hash_of(const char *name, const char *id)
{
    return g_str_hash(name) * 31 + g_str_hash(id);
}

static struct entry *
entry_at(const struct cox_idindex *index, guint32 at)
{
    return &g_array_index(index->entries, struct entry, at);
}

static void
link_entry(struct cox_idindex *index, guint32 at)
{
    struct entry *entry = entry_at(index, at);
    guint32 *chain = &index->chains[entry->hash & (index->n_chains - 1)];

    entry->next = *chain;
    *chain = at;
}

static void
set_chains(struct cox_idindex *index, guint32 n_chains)
{
    g_free(index->chains);
    index->chains = g_new0(guint32, n_chains);
    index->n_chains = n_chains;
    for (guint32 at = 1; at < index->entries->len; at++) {
        if (entry_at(index, at)->xml != NULL) {
            link_entry(index, at);
        }
    }
}

static void
add_one(struct cox_idindex *index, struct cox_xml *xml, const char *id)
{
    const struct entry entry = { xml, hash_of(cox_xml_name(xml), id), 0 };
    guint32 at = index->free;

    if (at == 0) {
        at = index->entries->len;
        g_array_append_val(index->entries, entry);
    } else {
        index->free = entry_at(index, at)->next;
        *entry_at(index, at) = entry;
    }
    link_entry(index, at);
    index->n_used++;
    if (index->n_used > index->n_chains) {
        set_chains(index, index->n_chains * 2);
    }
}

static void
remove_one(struct cox_idindex *index, const struct cox_xml *xml, const char *id)
{
    guint32 *link = &index->chains[hash_of(cox_xml_name(xml), id) & (index->n_chains - 1)];
    guint32 at;

    while (*link != 0 && entry_at(index, *link)->xml != xml) {
        link = &entry_at(index, *link)->next;
    }
    at = *link;
    COX_BUG_ON(at == 0);
    *link = entry_at(index, at)->next;
    *entry_at(index, at) = (struct entry) { NULL, 0, index->free };
    index->free = at;
    index->n_used--;
}

struct cox_idindex *
cox_idindex_new(struct cox_xml *root)
{
    struct cox_idindex *index = g_new0(struct cox_idindex, 1);
    const struct entry none = { 0 };

    index->entries = g_array_new(FALSE, FALSE, sizeof(struct entry));
    g_array_append_val(index->entries, none);
    set_chains(index, FIRST_CHAINS);
    cox_idindex_add(index, root);
    return index;
}

void
cox_idindex_free(struct cox_idindex *index)
{
    if (index != NULL) {
        g_array_unref(index->entries);
        g_free(index->chains);
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

        if (id != NULL) {
            remove_one(index, xml, id);
        }
    }
}

struct cox_xml *
cox_idindex_next(const struct cox_idindex *index, const char *name, const char *id, guint32 *at)
{
    guint32 hash = hash_of(name, id);

    *at = *at == 0 ? index->chains[hash & (index->n_chains - 1)] : entry_at(index, *at)->next;
    for (; *at != 0; *at = entry_at(index, *at)->next) {
        const struct entry *entry = entry_at(index, *at);

        if (entry->hash == hash && cox_xml_is(entry->xml, name) && g_strcmp0(cox_xml_id(entry->xml), id) == 0) {
            return entry->xml;
        }
    }
    return NULL;
}
