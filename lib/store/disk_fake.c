/* lib/store/disk_fake.c - a disk in memory that fails, tears, blocks and forgets as a test wants it.  Layer 3, adapter. */
#include "store/disk_fake.h"

#include <string.h>

#include "base/error.h"

/* A file's contents, shared by all its names. */
struct inode {
    guint links;
    GByteArray *now, *synced;
};

/* The last change of names since they were synced. */
struct renaming {
    char *gone, *made;
    struct inode *inode;
};

struct disk_fake {
    struct cox_disk disk;
    GMutex lock;
    GCond unblocked;
    GHashTable *names, *names_synced; /* name -> inode */
    struct renaming last;
    unsigned operations, crash_at;
    bool is_crashed, fails, blocks;
};

static struct inode *
inode_new(void)
{
    struct inode *inode = g_new0(struct inode, 1);

    inode->now = g_byte_array_new();
    inode->synced = g_byte_array_new();
    return inode;
}

static void
inode_unref(gpointer data)
{
    struct inode *inode = data;

    if (--inode->links == 0) {
        g_byte_array_unref(inode->now);
        g_byte_array_unref(inode->synced);
        g_free(inode);
    }
}

static void
name_inode(GHashTable *names, const char *name, struct inode *inode)
{
    inode->links++;
    g_hash_table_replace(names, g_strdup(name), inode);
}

static void
set_contents(GByteArray *contents, const void *data, size_t size)
{
    g_byte_array_set_size(contents, 0);
    g_byte_array_append(contents, data, (guint) size);
}

static bool
refuse(const char *name, const char *why, GError **error)
{
    g_set_error(error, COX_ERROR, COX_ERROR_IO, "cannot write %s: %s", name, why);
    return false;
}

/* Begins a changing operation, with the lock held.  @is_torn: the power goes while it is being done. */
static bool
begin(struct disk_fake *fake, const char *name, bool *is_torn, GError **error)
{
    *is_torn = false;
    while (fake->blocks) {
        g_cond_wait(&fake->unblocked, &fake->lock);
    }
    if (fake->is_crashed) {
        return refuse(name, "there is no power", error);
    }
    if (fake->fails) {
        return refuse(name, "no space left on device", error);
    }
    if (++fake->operations == fake->crash_at) {
        fake->is_crashed = true;
        *is_torn = true;
    }
    return true;
}

static void
remember(struct disk_fake *fake, const char *gone, const char *made, struct inode *inode)
{
    g_free(fake->last.gone);
    g_free(fake->last.made);
    if (fake->last.inode != NULL) {
        inode_unref(fake->last.inode);
    }
    fake->last = (struct renaming) { g_strdup(gone), g_strdup(made), inode };
    if (inode != NULL) {
        inode->links++;
    }
}

static bool
fake_read(struct cox_disk *disk, const char *name, size_t max, GBytes **out, GError **error)
{
    struct disk_fake *fake = (struct disk_fake *) disk;
    const struct inode *inode;
    bool is_ok = true;

    g_mutex_lock(&fake->lock);
    inode = g_hash_table_lookup(fake->names, name);
    *out = NULL;
    if (inode != NULL && inode->now->len > max) {
        is_ok = refuse(name, "too large", error);
    } else if (inode != NULL) {
        *out = g_bytes_new(inode->now->data, inode->now->len);
    }
    g_mutex_unlock(&fake->lock);
    return is_ok;
}

static bool
change_contents(struct disk_fake *fake, const char *name, GBytes *bytes, bool anew, GError **error)
{
    struct inode *inode;
    gsize size = 0;
    const void *data = g_bytes_get_data(bytes, &size);
    bool is_torn, is_ok;

    g_mutex_lock(&fake->lock);
    is_ok = begin(fake, name, &is_torn, error);
    if (is_ok) {
        inode = g_hash_table_lookup(fake->names, name);
        if (inode == NULL) {
            inode = inode_new();
            name_inode(fake->names, name, inode);
            remember(fake, NULL, name, inode);
        }
        if (anew) {
            g_byte_array_set_size(inode->now, 0);
        }
        g_byte_array_append(inode->now, data, (guint) (is_torn ? size / 2 : size));
        is_ok = !is_torn || refuse(name, "the power goes", error);
    }
    g_mutex_unlock(&fake->lock);
    return is_ok;
}

static bool
fake_write(struct cox_disk *disk, const char *name, const void *data, size_t size, GError **error)
{
    g_autoptr(GBytes) bytes = g_bytes_new_static(data, size);

    return change_contents((struct disk_fake *) disk, name, bytes, true, error);
}

static bool
fake_append(struct cox_disk *disk, const char *name, const void *data, size_t size, GError **error)
{
    g_autoptr(GBytes) bytes = g_bytes_new_static(data, size);

    return change_contents((struct disk_fake *) disk, name, bytes, false, error);
}

/* Everything else is whole or not at all; when the power goes it is not. */
static bool
begin_whole(struct disk_fake *fake, const char *name, GError **error)
{
    bool is_torn;

    if (!begin(fake, name, &is_torn, error)) {
        return false;
    }
    return !is_torn || refuse(name, "the power goes", error);
}

static bool
fake_truncate(struct cox_disk *disk, const char *name, size_t size, GError **error)
{
    struct disk_fake *fake = (struct disk_fake *) disk;
    struct inode *inode;
    bool is_ok;

    g_mutex_lock(&fake->lock);
    inode = g_hash_table_lookup(fake->names, name);
    is_ok = begin_whole(fake, name, error) && (inode != NULL || refuse(name, "no such file", error));
    if (is_ok) {
        g_byte_array_set_size(inode->now, (guint) size);
    }
    g_mutex_unlock(&fake->lock);
    return is_ok;
}

static bool
fake_sync(struct cox_disk *disk, const char *name, GError **error)
{
    struct disk_fake *fake = (struct disk_fake *) disk;
    struct inode *inode;
    bool is_ok;

    g_mutex_lock(&fake->lock);
    inode = g_hash_table_lookup(fake->names, name);
    is_ok = begin_whole(fake, name, error) && (inode != NULL || refuse(name, "no such file", error));
    if (is_ok) {
        set_contents(inode->synced, inode->now->data, inode->now->len);
    }
    g_mutex_unlock(&fake->lock);
    return is_ok;
}

static bool
rename_or_link(struct disk_fake *fake, const char *from, const char *to, bool keep, GError **error)
{
    struct inode *inode;
    bool is_ok;

    g_mutex_lock(&fake->lock);
    inode = g_hash_table_lookup(fake->names, from);
    is_ok = begin_whole(fake, from, error) && (inode != NULL || refuse(from, "no such file", error));
    if (is_ok) {
        name_inode(fake->names, to, inode);
        remember(fake, keep ? NULL : from, to, inode);
        if (!keep) {
            g_hash_table_remove(fake->names, from);
        }
    }
    g_mutex_unlock(&fake->lock);
    return is_ok;
}

static bool
fake_rename(struct cox_disk *disk, const char *from, const char *to, GError **error)
{
    return rename_or_link((struct disk_fake *) disk, from, to, false, error);
}

static bool
fake_link(struct cox_disk *disk, const char *from, const char *to, GError **error)
{
    return rename_or_link((struct disk_fake *) disk, from, to, true, error);
}

static bool
fake_remove(struct cox_disk *disk, const char *name, GError **error)
{
    struct disk_fake *fake = (struct disk_fake *) disk;
    bool is_ok;

    g_mutex_lock(&fake->lock);
    is_ok = begin_whole(fake, name, error);
    if (is_ok) {
        g_hash_table_remove(fake->names, name);
        remember(fake, name, NULL, NULL);
    }
    g_mutex_unlock(&fake->lock);
    return is_ok;
}

static void
copy_names(GHashTable *to, GHashTable *from)
{
    GHashTableIter iter;
    gpointer name, inode;

    g_hash_table_remove_all(to);
    g_hash_table_iter_init(&iter, from);
    while (g_hash_table_iter_next(&iter, &name, &inode)) {
        name_inode(to, name, inode);
    }
}

static bool
fake_sync_dir(struct cox_disk *disk, GError **error)
{
    struct disk_fake *fake = (struct disk_fake *) disk;
    bool is_ok;

    g_mutex_lock(&fake->lock);
    is_ok = begin_whole(fake, ".", error);
    if (is_ok) {
        copy_names(fake->names_synced, fake->names);
        remember(fake, NULL, NULL, NULL);
    }
    g_mutex_unlock(&fake->lock);
    return is_ok;
}

static void
fake_free(struct cox_disk *disk)
{
    struct disk_fake *fake = (struct disk_fake *) disk;

    remember(fake, NULL, NULL, NULL);
    g_hash_table_unref(fake->names);
    g_hash_table_unref(fake->names_synced);
    g_mutex_clear(&fake->lock);
    g_cond_clear(&fake->unblocked);
    g_free(fake);
}

static const struct cox_disk_ops fake_ops = {
    .read = fake_read, .write = fake_write, .append = fake_append, .truncate = fake_truncate, .sync = fake_sync,
    .rename = fake_rename, .link = fake_link, .remove = fake_remove, .sync_dir = fake_sync_dir, .free = fake_free,
};

struct cox_disk *
cox_disk_fake_new(void)
{
    struct disk_fake *fake = g_new0(struct disk_fake, 1);

    fake->disk.ops = &fake_ops;
    g_mutex_init(&fake->lock);
    g_cond_init(&fake->unblocked);
    fake->names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, inode_unref);
    fake->names_synced = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, inode_unref);
    return &fake->disk;
}

void
cox_disk_fake_crash_at(struct cox_disk *disk, unsigned at)
{
    struct disk_fake *fake = (struct disk_fake *) disk;

    fake->operations = 0;
    fake->crash_at = at;
}

unsigned
cox_disk_fake_operations(const struct cox_disk *disk)
{
    return ((const struct disk_fake *) disk)->operations;
}

/* What is left of one file. */
static void
lose(struct inode *inode, enum cox_disk_fake_loss loss)
{
    guint kept = inode->synced->len;

    switch (loss) {
    case COX_DISK_FAKE_LOSE_ALL:
    case COX_DISK_FAKE_LOSE_CONTENTS:
        set_contents(inode->now, inode->synced->data, inode->synced->len);
        break;
    case COX_DISK_FAKE_TEAR:
        if (inode->now->len > kept) {
            g_byte_array_set_size(inode->now, kept + (inode->now->len - kept) / 2);
        }
        break;
    case COX_DISK_FAKE_LOSE_NOTHING:
    case COX_DISK_FAKE_REORDER:
    case COX_DISK_FAKE_N:
        break;
    }
    set_contents(inode->synced, inode->now->data, inode->now->len);
}

void
cox_disk_fake_restart(struct cox_disk *disk, enum cox_disk_fake_loss loss)
{
    struct disk_fake *fake = (struct disk_fake *) disk;
    g_autoptr(GHashTable) done = g_hash_table_new(g_direct_hash, g_direct_equal);
    GHashTableIter iter;
    gpointer inode;

    if (loss == COX_DISK_FAKE_LOSE_ALL || loss == COX_DISK_FAKE_TEAR) {
        copy_names(fake->names, fake->names_synced);
    } else if (loss == COX_DISK_FAKE_REORDER) {
        copy_names(fake->names, fake->names_synced);
        if (fake->last.made != NULL) {
            name_inode(fake->names, fake->last.made, fake->last.inode);
        }
        if (fake->last.gone != NULL) {
            g_hash_table_remove(fake->names, fake->last.gone);
        }
    }
    remember(fake, NULL, NULL, NULL);
    g_hash_table_iter_init(&iter, fake->names);
    while (g_hash_table_iter_next(&iter, NULL, &inode)) {
        if (g_hash_table_add(done, inode)) {
            lose(inode, loss);
        }
    }
    copy_names(fake->names_synced, fake->names);
    fake->is_crashed = false;
    fake->crash_at = 0;
    fake->operations = 0;
}

void
cox_disk_fake_fail(struct cox_disk *disk, bool fails)
{
    struct disk_fake *fake = (struct disk_fake *) disk;

    g_mutex_lock(&fake->lock);
    fake->fails = fails;
    g_mutex_unlock(&fake->lock);
}

void
cox_disk_fake_block(struct cox_disk *disk, bool blocks)
{
    struct disk_fake *fake = (struct disk_fake *) disk;

    g_mutex_lock(&fake->lock);
    fake->blocks = blocks;
    g_cond_broadcast(&fake->unblocked);
    g_mutex_unlock(&fake->lock);
}

void
cox_disk_fake_put(struct cox_disk *disk, const char *name, const void *data, size_t size)
{
    struct disk_fake *fake = (struct disk_fake *) disk;
    struct inode *inode = inode_new();

    set_contents(inode->now, data, size);
    set_contents(inode->synced, data, size);
    name_inode(fake->names, name, inode);
    name_inode(fake->names_synced, name, inode);
}

static int
by_text(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *) a, *(char *const *) b);
}

char **
cox_disk_fake_names(struct cox_disk *disk)
{
    struct disk_fake *fake = (struct disk_fake *) disk;
    GPtrArray *names = g_ptr_array_new();
    GHashTableIter iter;
    gpointer name;

    g_hash_table_iter_init(&iter, fake->names);
    while (g_hash_table_iter_next(&iter, &name, NULL)) {
        g_ptr_array_add(names, g_strdup(name));
    }
    g_ptr_array_sort(names, by_text);
    g_ptr_array_add(names, NULL);
    return (char **) g_ptr_array_free(names, FALSE);
}
