/* lib/service/netkeep.c - the network resources that a daemon has started, kept in a file for its next life.  Layer 5.
 *
 * The file: for each order its length (4 bytes, network order), and NET_ACT as on the wire.
 */
#include "service/netkeep.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "proto/marshal.h"

struct entry {
    struct cox_arena *arena; /* of the order */
    const struct cox_msg_net_act *act;
    GByteArray *bytes;
};

struct cox_netkeep {
    char *path;
    GPtrArray *entries; /* struct entry */
};

static void
free_entry(gpointer data)
{
    struct entry *entry = data;

    cox_arena_free(entry->arena);
    g_byte_array_unref(entry->bytes);
    g_free(entry);
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
        g_ptr_array_add(keep->entries, entry);
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

static bool
save(const struct cox_netkeep *keep, GError **error)
{
    g_autoptr(GByteArray) all = g_byte_array_new();

    for (guint i = 0; i < keep->entries->len; i++) {
        const struct entry *entry = g_ptr_array_index(keep->entries, i);
        guint32 length = g_htonl(entry->bytes->len);

        g_byte_array_append(all, (const guint8 *) &length, sizeof length);
        g_byte_array_append(all, entry->bytes->data, entry->bytes->len);
    }
    return cox_netkeep_write(keep->path, all->data, all->len, error);
}

bool
cox_netkeep_put(struct cox_netkeep *keep, const struct cox_msg_net_act *act, GError **error)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    guint i = place_of(keep, act->rsc_id);
    bool is_new = i == keep->entries->len;
    struct entry *before = is_new ? NULL : g_ptr_array_index(keep->entries, i), *after;

    cox_marshal(cox_messages_schema(COX_MSG_NET_ACT), act, bytes);
    after = new_entry(bytes->data, bytes->len, error);
    if (after == NULL) {
        return false;
    }
    if (is_new) {
        g_ptr_array_add(keep->entries, after);
    } else {
        g_ptr_array_index(keep->entries, i) = after;
    }
    if (!save(keep, error)) {
        if (is_new) {
            g_ptr_array_remove_index(keep->entries, i);
        } else {
            g_ptr_array_index(keep->entries, i) = before;
            free_entry(after);
        }
        return false;
    }
    if (before != NULL) {
        free_entry(before);
    }
    return true;
}

bool
cox_netkeep_drop(struct cox_netkeep *keep, const char *rsc_id, GError **error)
{
    guint i = place_of(keep, rsc_id);

    if (i == keep->entries->len) {
        return true;
    }
    g_ptr_array_remove_index(keep->entries, i);
    return save(keep, error);
}

void
cox_netkeep_erase(struct cox_netkeep *keep)
{
    g_ptr_array_set_size(keep->entries, 0);
    (void) unlink(keep->path);
}
