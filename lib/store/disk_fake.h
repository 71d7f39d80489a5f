/* lib/store/disk_fake.h - a disk in memory that fails, tears, blocks and forgets as a test wants it.  Layer 3, adapter. */
#ifndef COX_STORE_DISK_FAKE_H
#define COX_STORE_DISK_FAKE_H

#include "store/disk.h"

G_BEGIN_DECLS

/** What is left of what was not synced when the power goes. */
enum cox_disk_fake_loss {
    COX_DISK_FAKE_LOSE_ALL = 0,  /**< nothing of it */
    COX_DISK_FAKE_LOSE_NOTHING,  /**< all of it */
    COX_DISK_FAKE_TEAR,          /**< names as they were, half of what was added to a file */
    COX_DISK_FAKE_LOSE_CONTENTS, /**< names as they are, contents that were not synced are lost */
    COX_DISK_FAKE_REORDER,       /**< of the changes of names since sync_dir only the last, contents as they are */
    COX_DISK_FAKE_N
};

struct cox_disk *cox_disk_fake_new(void);

/** The power goes in the middle of changing operation number @at (from 1, counted from here on): it fails, and so do all that follow. */
void cox_disk_fake_crash_at(struct cox_disk *disk, unsigned at);

/** Changing operations since cox_disk_fake_crash_at. */
unsigned cox_disk_fake_operations(const struct cox_disk *disk);

/** Power is back: only what survives @loss is there, and operations work again. */
void cox_disk_fake_restart(struct cox_disk *disk, enum cox_disk_fake_loss loss);

/** Changing operations fail (no space) or work again. */
void cox_disk_fake_fail(struct cox_disk *disk, bool fails);

/** Changing operations wait until they are unblocked.  May be called from another thread than the one that waits. */
void cox_disk_fake_block(struct cox_disk *disk, bool blocks);

/** Put a file there, synced. */
void cox_disk_fake_put(struct cox_disk *disk, const char *name, const void *data, size_t size);

/** Names of all files, sorted; free with g_strfreev. */
char **cox_disk_fake_names(struct cox_disk *disk);

G_END_DECLS

#endif
