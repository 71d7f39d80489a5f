/* lib/service/netkeep.c - the network resources that a daemon has started, kept in a file for its next life.  Layer 5.
 *
 * The file: for each order its length (4 bytes, network order), and NET_ACT as on the wire.  One of a resource that is there already takes the place of
 * the earlier; with the action stop it takes it away.  A change is appended; the first of a life, and one that finds more old than new there, writes the
 * whole file.
 */
#include "service/netkeep.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "proto/marshal.h"

static const char STOP[] = "stop";

enum { OLD_MOST = 64 * 1024 }; /* bytes that may be old in any case */

struct entry {
    struct cox_arena *arena; /* of the order */
    const struct cox_msg_net_act *act;
    GByteArray *bytes;
};

struct cox_netkeep {
    char *path;
    GPtrArray *entries; /* struct entry */
    gsize n_needed;     /* bytes of them in the file */
    gsize n_written;    /* bytes of the file; 0: this life has not written it yet */
};

static void
free_entry(gpointer data)
{
    struct entry *entry = data;

    if (entry != NULL) {
        cox_arena_free(entry->arena);
        g_byte_array_unref(entry->bytes);
        g_free(entry);
    }
}

/* NULL: it is no order. */
static struct entry *
new_entry(const guint8 *data, gsize size, GError **error)
{
    struct entry *entry = g_new0(struct entry, 1);

    entry->arena = cox_arena_new();
    entry->bytes = g_byte_array_append(g_byte_array_new(), data, (guint) size);
    entry->act = cox_unmarshal(cox_messages_schema(COX_MSG_NET_ACT), data, size, entry->arena, error);
    if (entry->act != NULL && entry->act->rsc_id != NULL && entry->act->type != NULL && entry->act->action != NULL) {
        return entry;
    }
    if (entry->act != NULL) {
        g_set_error(error, COX_ERROR, COX_ERROR_PROTOCOL, "an order without resource, type or action");
    }
    free_entry(entry);
    return NULL;
}

guint
cox_netkeep_count(const struct cox_netkeep *keep)
{
    return keep->entries->len;
}

const struct cox_msg_net_act *
cox_netkeep_at(const struct cox_netkeep *keep, guint i)
{
    return ((const struct entry *) g_ptr_array_index(keep->entries, i))->act;
}

/* Place of a resource; the number of them: it is not there. */
static guint
place_of(const struct cox_netkeep *keep, const char *rsc_id)
{
    guint i = 0;

    while (i < keep->entries->len && strcmp(cox_netkeep_at(keep, i)->rsc_id, rsc_id) != 0) {
        i++;
    }
    return i;
}

static gsize
size_of(const struct entry *entry)
{
    return entry == NULL ? 0 : sizeof(guint32) + entry->bytes->len;
}

/* Put @entry to @place, or at the end; NULL: nothing is there any more.  @return what was there, or NULL */
static struct entry *
replace(struct cox_netkeep *keep, guint place, struct entry *entry)
{
    bool is_new = place == keep->entries->len;
    struct entry *before = is_new ? NULL : g_ptr_array_index(keep->entries, place);

    keep->n_needed += size_of(entry) - size_of(before);
    if (entry == NULL) {
        (void) g_ptr_array_steal_index(keep->entries, place);
    } else if (is_new) {
        g_ptr_array_add(keep->entries, entry);
    } else {
        g_ptr_array_index(keep->entries, place) = entry;
    }
    return before;
}

/* One that was read. */
static void
take(struct cox_netkeep *keep, struct entry *entry)
{
    guint place = place_of(keep, entry->act->rsc_id);
    bool is_stop = strcmp(entry->act->action, STOP) == 0;

    if (!is_stop || place < keep->entries->len) {
        free_entry(replace(keep, place, is_stop ? NULL : entry));
    }
    if (is_stop) {
        free_entry(entry);
    }
}

static bool
read_all(struct cox_netkeep *keep, const guint8 *data, gsize size, GError **error)
{
    while (size > 0) {
        guint32 length = 0;
        struct entry *entry;

        if (size >= sizeof length) {
            memcpy(&length, data, sizeof length);
            length = g_ntohl(length);
        }
        if (size < sizeof length || length == 0 || length > size - sizeof length) {
            g_set_error(error, COX_ERROR, COX_ERROR_PROTOCOL, "it is cut off");
            return false;
        }
        entry = new_entry(data + sizeof length, length, error);
        if (entry == NULL) {
            return false;
        }
        take(keep, entry);
        data += sizeof length + length;
        size -= sizeof length + length;
    }
    return true;
}

struct cox_netkeep *
cox_netkeep_new(const char *run_directory, const char *name, GError **error)
{
    struct cox_netkeep *keep = g_new0(struct cox_netkeep, 1);
    g_autoptr(GError) problem = NULL;
    g_autofree char *data = NULL;
    gsize size = 0;

    keep->path = g_build_filename(run_directory, name, NULL);
    keep->entries = g_ptr_array_new_with_free_func(free_entry);
    if (!g_file_get_contents(keep->path, &data, &size, &problem)) {
        if (!g_error_matches(problem, G_FILE_ERROR, G_FILE_ERROR_NOENT)) {
            g_set_error(error, COX_ERROR, COX_ERROR_IO, "resources that were started: %s", problem->message);
        }
    } else if (!read_all(keep, (const guint8 *) data, size, &problem)) {
        g_set_error(error, COX_ERROR, COX_ERROR_IO, "file '%s', of resources that were started: %s", keep->path, problem->message);
    }
    return keep;
}

void
cox_netkeep_free(struct cox_netkeep *keep)
{
    if (keep != NULL) {
        g_ptr_array_unref(keep->entries);
        g_free(keep->path);
        g_free(keep);
    }
}

const struct cox_msg_net_act *
cox_netkeep_find(const struct cox_netkeep *keep, const char *rsc_id)
{
    guint i = place_of(keep, rsc_id);

    return i < keep->entries->len ? cox_netkeep_at(keep, i) : NULL;
}

static bool
write_whole(int fd, const guint8 *data, gsize size)
{
    while (size > 0) {
        ssize_t n = write(fd, data, size);

        if (n < 0 && errno != EINTR) {
            return false;
        }
        data += n < 0 ? 0 : n;
        size -= n < 0 ? 0 : (gsize) n;
    }
    return true;
}

bool
cox_netkeep_write(const char *path, const void *data, gsize size, GError **error)
{
    g_autofree char *temporary = g_strconcat(path, ".new", NULL);
    int fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    bool is_ok = fd >= 0 && write_whole(fd, data, size);

    if (fd >= 0) {
        is_ok = close(fd) == 0 && is_ok;
    }
    is_ok = is_ok && rename(temporary, path) == 0;
    if (!is_ok) {
        g_set_error(error, COX_ERROR, COX_ERROR_CANNOT_CREATE, "file '%s': %s; look at the space that is left there", path, g_strerror(errno));
        (void) unlink(temporary);
    }
    return is_ok;
}

static void
append(GByteArray *all, const GByteArray *order)
{
    guint32 length = g_htonl(order->len);

    g_byte_array_append(all, (const guint8 *) &length, sizeof length);
    g_byte_array_append(all, order->data, order->len);
}

static bool
save_all(struct cox_netkeep *keep, GError **error)
{
    g_autoptr(GByteArray) all = g_byte_array_new();

    for (guint i = 0; i < keep->entries->len; i++) {
        append(all, ((const struct entry *) g_ptr_array_index(keep->entries, i))->bytes);
    }
    if (!cox_netkeep_write(keep->path, all->data, all->len, error)) {
        return false;
    }
    keep->n_written = all->len;
    return true;
}

/* At the end of the file; false: nothing has changed there. */
static bool
save_more(struct cox_netkeep *keep, const GByteArray *order)
{
    g_autoptr(GByteArray) more = g_byte_array_new();
    int fd = open(keep->path, O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW);
    struct stat now;
    bool is_ok = fd >= 0 && fstat(fd, &now) == 0 && (gsize) now.st_size == keep->n_written;

    append(more, order);
    if (is_ok && !write_whole(fd, more->data, more->len)) {
        is_ok = false;
        keep->n_written = ftruncate(fd, now.st_size) == 0 ? keep->n_written : 0;
    }
    if (fd >= 0) {
        (void) close(fd);
    }
    keep->n_written += is_ok ? more->len : 0;
    return is_ok;
}

/* Entries are as they are to be since @order. */
static bool
save(struct cox_netkeep *keep, const GByteArray *order, GError **error)
{
    gsize size = keep->n_written + sizeof(guint32) + order->len;

    return (keep->n_written > 0 && size <= 2 * keep->n_needed + OLD_MOST && save_more(keep, order)) || save_all(keep, error);
}

static struct entry *
entry_of(const struct cox_msg_net_act *act, GError **error)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();

    cox_marshal(cox_messages_schema(COX_MSG_NET_ACT), act, bytes);
    return new_entry(bytes->data, bytes->len, error);
}

bool
cox_netkeep_put(struct cox_netkeep *keep, const struct cox_msg_net_act *act, GError **error)
{
    guint place = place_of(keep, act->rsc_id);
    struct entry *after = entry_of(act, error), *before;
    bool is_ok;

    if (after == NULL) {
        return false;
    }
    before = replace(keep, place, after);
    is_ok = save(keep, after->bytes, error);
    if (!is_ok) {
        (void) replace(keep, place, before);
    }
    free_entry(is_ok ? before : after);
    return is_ok;
}

bool
cox_netkeep_drop(struct cox_netkeep *keep, const char *rsc_id, GError **error)
{
    guint place = place_of(keep, rsc_id);
    struct cox_msg_net_act act;
    struct entry *stop;
    bool is_ok;

    if (place == keep->entries->len) {
        return true;
    }
    act = (struct cox_msg_net_act) { .rsc_id = rsc_id, .type = cox_netkeep_at(keep, place)->type, .action = STOP };
    stop = entry_of(&act, error);
    free_entry(replace(keep, place, NULL));
    is_ok = stop != NULL && save(keep, stop->bytes, error);
    free_entry(stop);
    return is_ok;
}

void
cox_netkeep_erase(struct cox_netkeep *keep)
{
    g_ptr_array_set_size(keep->entries, 0);
    keep->n_needed = keep->n_written = 0;
    (void) unlink(keep->path);
}
