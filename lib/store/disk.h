/* lib/store/disk.h - one directory of files: what the store needs of a disk, behind a table.  Layer 3, adapter. */
#ifndef COX_STORE_DISK_H
#define COX_STORE_DISK_H

#include <stdbool.h>
#include <stddef.h>
#include <glib.h>

G_BEGIN_DECLS

struct cox_disk;

/**
 * Each operation is whole or an error (COX_ERROR_OS_FILE, COX_ERROR_CANNOT_CREATE or COX_ERROR_IO naming file and cause).
 * Nothing is on the disk before sync (contents) and sync_dir (names).
 */
struct cox_disk_ops {
    /** The whole file; NULL in @out and true when there is none.  More than @max bytes is an error. */
    bool (*read)(struct cox_disk *disk, const char *name, size_t max, GBytes **out, GError **error);
    bool (*write)(struct cox_disk *disk, const char *name, const void *data, size_t size, GError **error); /**< anew */
    bool (*append)(struct cox_disk *disk, const char *name, const void *data, size_t size, GError **error);
    bool (*truncate)(struct cox_disk *disk, const char *name, size_t size, GError **error);
    bool (*sync)(struct cox_disk *disk, const char *name, GError **error);
    bool (*rename)(struct cox_disk *disk, const char *from, const char *to, GError **error); /**< replaces @to */
    bool (*link)(struct cox_disk *disk, const char *from, const char *to, GError **error);   /**< replaces @to */
    bool (*remove)(struct cox_disk *disk, const char *name, GError **error); /**< no error when there is none */
    bool (*sync_dir)(struct cox_disk *disk, GError **error);
    void (*free)(struct cox_disk *disk);
};

/** The beginning of each implementation's own struct. */
struct cox_disk {
    const struct cox_disk_ops *ops;
};

/**
 * A directory of this machine.  Files are made with mode 0600; symbolic links are not followed.
 * @return the caller frees it with cox_disk_free; NULL with COX_ERROR_OS_FILE when it cannot be opened
 */
struct cox_disk *cox_disk_real_new(const char *directory, GError **error);

void cox_disk_free(struct cox_disk *disk);

typedef struct cox_disk cox_disk; /* for g_autoptr only */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(cox_disk, cox_disk_free)

G_END_DECLS

#endif
