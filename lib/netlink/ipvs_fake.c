/* lib/netlink/ipvs_fake.c - a kernel with IPVS in memory, which answers messages, for tests.  Layer 3, adapter. */
#include "netlink/ipvs_fake.h"

#include <errno.h>
#include <string.h>
#include <linux/genetlink.h>
#include <linux/ip_vs.h>
#include <linux/netlink.h>

#include "netlink/ipvsmsg.h"

enum { FAMILY = 27, PIECE_BYTES = 3500 }; /* the kernel, too, tells a dump in small pieces */

struct entry {
    struct cox_ipvs_service service;
    GArray *dests; /* struct cox_ipvs_dest */
};

struct fake {
    struct cox_ipvs_wire base;
    GPtrArray *entries;
    GHashTable *by_service; /* struct entry, by its service */
    GArray *daemons; /* struct cox_ipvs_daemon */
    struct cox_ipvs_timeouts timeouts;
    GQueue pieces;   /* GByteArray */
    GByteArray *told;
    guint n_sends, n_messages;
    bool is_absent, is_deaf;
};

static void
free_entry(gpointer data)
{
    struct entry *entry = data;

    g_array_unref(entry->dests);
    g_free(entry);
}

static gboolean
is_same(gconstpointer one, gconstpointer other)
{
    const struct cox_ipvs_service *a = one, *b = other;

    return a->mark == b->mark && (a->mark != 0 ? a->family == b->family
                                               : a->protocol == b->protocol && a->port == b->port && cox_ip_equal(&a->address, &b->address));
}

static guint
hash(gconstpointer data)
{
    const struct cox_ipvs_service *service = data;

    return service->mark != 0 ? service->mark : cox_ip_hash(&service->address) * 31 + service->port * 7U + service->protocol;
}

static struct entry *
find(const struct fake *fake, const struct cox_ipvs_service *service)
{
    return g_hash_table_lookup(fake->by_service, service);
}

static struct cox_ipvs_dest *
find_dest(const struct entry *entry, const struct cox_ipvs_dest *dest, guint *at)
{
    for (*at = 0; *at < entry->dests->len; (*at)++) {
        struct cox_ipvs_dest *found = &g_array_index(entry->dests, struct cox_ipvs_dest, *at);

        if (found->port == dest->port && cox_ip_equal(&found->address, &dest->address)) {
            return found;
        }
    }
    return NULL;
}

static GByteArray *
piece(struct fake *fake, gsize room)
{
    GByteArray *last = g_queue_peek_tail(&fake->pieces);

    if (last == NULL || last->len + room > PIECE_BYTES) {
        last = g_byte_array_new();
        g_queue_push_tail(&fake->pieces, last);
    }
    return last;
}

/* An answer (NLMSG_ERROR), or the end of a dump. */
static void
tell_end(struct fake *fake, guint16 type, guint32 seq, int error)
{
    const struct {
        struct nlmsghdr head;
        struct nlmsgerr body;
    } answer = { { sizeof answer, type, 0, seq, 0 }, { .error = -error } };

    g_byte_array_append(piece(fake, sizeof answer), (const guint8 *) &answer, sizeof answer);
}

/* The kernel tells of things with the messages that make them. */
static void
tell(struct fake *fake, const struct cox_ipvs_change *change, guint32 seq)
{
    cox_ipvsmsg_change(piece(fake, 600), &(struct cox_ipvsmsg_to) { FAMILY, seq }, change);
}

static void
tell_all(struct fake *fake, const struct cox_ipvsmsg *question)
{
    const struct entry *entry = question->command == IPVS_CMD_GET_DEST ? find(fake, &question->service) : NULL;

    if (question->command == IPVS_CMD_GET_DEST && entry == NULL) {
        tell_end(fake, NLMSG_DONE, question->seq, 0);
        return;
    }
    for (guint i = 0; entry != NULL && i < entry->dests->len; i++) {
        tell(fake, &(struct cox_ipvs_change) { COX_IPVS_ADD_DEST, &entry->service, &g_array_index(entry->dests, struct cox_ipvs_dest, i), 0 },
             question->seq);
    }
    for (guint i = 0; question->command == IPVS_CMD_GET_SERVICE && i < fake->entries->len; i++) {
        tell(fake, &(struct cox_ipvs_change) { COX_IPVS_ADD_SERVICE, &((struct entry *) g_ptr_array_index(fake->entries, i))->service, NULL, 0 },
             question->seq);
    }
    for (guint i = 0; question->command == IPVS_CMD_GET_DAEMON && i < fake->daemons->len; i++) {
        cox_ipvsmsg_daemon(piece(fake, 600), &(struct cox_ipvsmsg_to) { FAMILY, question->seq },
                           &g_array_index(fake->daemons, struct cox_ipvs_daemon, i), true);
    }
    tell_end(fake, NLMSG_DONE, question->seq, 0);
}

static int
change_service(struct fake *fake, const struct cox_ipvsmsg *message)
{
    struct entry *entry = find(fake, &message->service);

    if (message->command == IPVS_CMD_NEW_SERVICE) {
        if (entry != NULL) {
            return EEXIST;
        }
        if (message->service.scheduler[0] == '\0') {
            return EINVAL;
        }
        entry = g_new0(struct entry, 1);
        entry->service = message->service;
        entry->dests = g_array_new(FALSE, FALSE, sizeof(struct cox_ipvs_dest));
        g_ptr_array_add(fake->entries, entry);
        g_hash_table_insert(fake->by_service, &entry->service, entry);
    } else if (entry == NULL) {
        return ESRCH;
    } else if (message->command == IPVS_CMD_SET_SERVICE) {
        entry->service = message->service;
    } else {
        g_hash_table_remove(fake->by_service, &entry->service);
        g_ptr_array_remove(fake->entries, entry);
    }
    return 0;
}

static int
change_dest(struct fake *fake, const struct cox_ipvsmsg *message)
{
    guint at = 0;
    struct entry *entry = find(fake, &message->service);
    struct cox_ipvs_dest *dest = entry == NULL ? NULL : find_dest(entry, &message->dest, &at);

    if (entry == NULL || !message->has_dest) {
        return entry == NULL ? ESRCH : EINVAL;
    }
    if (message->command == IPVS_CMD_NEW_DEST) {
        if (dest != NULL) {
            return EEXIST;
        }
        g_array_append_val(entry->dests, message->dest);
    } else if (dest == NULL) {
        return ENOENT;
    } else if (message->command == IPVS_CMD_SET_DEST) {
        const struct cox_ipvs_dest before = *dest;

        *dest = message->dest;
        dest->active = before.active;
        dest->inactive = before.inactive;
        dest->persistent = before.persistent;
        dest->traffic = before.traffic;
    } else {
        g_array_remove_index(entry->dests, at);
    }
    return 0;
}

static int
change_daemon(struct fake *fake, const struct cox_ipvsmsg *message)
{
    for (guint i = 0; i < fake->daemons->len; i++) {
        if (g_array_index(fake->daemons, struct cox_ipvs_daemon, i).is_backup == message->daemon.is_backup) {
            if (message->command == IPVS_CMD_NEW_DAEMON) {
                return EEXIST;
            }
            g_array_remove_index(fake->daemons, i);
            return 0;
        }
    }
    if (message->command == IPVS_CMD_DEL_DAEMON) {
        return ESRCH;
    }
    g_array_append_val(fake->daemons, message->daemon);
    return 0;
}

/* A change: 0 or the errno of its answer. */
static int
obey(struct fake *fake, const struct cox_ipvsmsg *message)
{
    switch (message->command) {
        case IPVS_CMD_NEW_SERVICE:
        case IPVS_CMD_SET_SERVICE:
        case IPVS_CMD_DEL_SERVICE:
            return message->has_service ? change_service(fake, message) : EINVAL;
        case IPVS_CMD_NEW_DEST:
        case IPVS_CMD_SET_DEST:
        case IPVS_CMD_DEL_DEST:
            return message->has_service ? change_dest(fake, message) : EINVAL;
        case IPVS_CMD_NEW_DAEMON:
        case IPVS_CMD_DEL_DAEMON:
            return message->has_daemon ? change_daemon(fake, message) : EINVAL;
        case IPVS_CMD_SET_CONFIG:
            fake->timeouts = message->timeouts;
            return 0;
        case IPVS_CMD_GET_CONFIG:
            cox_ipvsmsg_timeouts(piece(fake, 200), &(struct cox_ipvsmsg_to) { FAMILY, message->seq }, &fake->timeouts);
            return 0;
        case IPVS_CMD_FLUSH:
            g_hash_table_remove_all(fake->by_service);
            g_ptr_array_set_size(fake->entries, 0);
            return 0;
        default:
            return EOPNOTSUPP;
    }
}

static void
tell_family(struct fake *fake, guint32 seq)
{
    const struct {
        struct nlmsghdr head;
        struct genlmsghdr body;
        struct nlattr attribute;
        guint16 number, pad;
    } answer = { { sizeof answer, GENL_ID_CTRL, 0, seq, 0 }, { CTRL_CMD_NEWFAMILY, 2, 0 }, { NLA_HDRLEN + 2, CTRL_ATTR_FAMILY_ID }, FAMILY, 0 };

    if (fake->is_absent) {
        tell_end(fake, NLMSG_ERROR, seq, ENOENT);
    } else {
        g_byte_array_append(piece(fake, sizeof answer), (const guint8 *) &answer, sizeof answer);
    }
}

static int
fake_send(struct cox_ipvs_wire *wire, const GByteArray *messages)
{
    struct fake *fake = (struct fake *) wire;
    struct cox_ipvsmsg message;
    size_t at = 0;

    fake->n_sends++;
    while (cox_ipvsmsg_next(messages->data, messages->len, &at, &message)) {
        fake->n_messages++;
        if (message.type == GENL_ID_CTRL) {
            tell_family(fake, message.seq);
        } else if (message.type != FAMILY) {
            tell_end(fake, NLMSG_ERROR, message.seq, ENOENT);
        } else if (message.is_dump) {
            tell_all(fake, &message);
        } else {
            int error = obey(fake, &message);

            if (!fake->is_deaf && (error != 0 || !message.is_quiet)) {
                tell_end(fake, NLMSG_ERROR, message.seq, error);
            }
        }
    }
    return 0;
}

static gssize
fake_receive(struct cox_ipvs_wire *wire, const guint8 **data)
{
    struct fake *fake = (struct fake *) wire;

    g_clear_pointer(&fake->told, g_byte_array_unref);
    fake->told = g_queue_pop_head(&fake->pieces);
    *data = fake->told == NULL ? NULL : fake->told->data;
    return fake->told == NULL ? 0 : (gssize) fake->told->len;
}

static void
fake_free(struct cox_ipvs_wire *wire)
{
    struct fake *fake = (struct fake *) wire;
    GByteArray *rest;

    while ((rest = g_queue_pop_head(&fake->pieces)) != NULL) {
        g_byte_array_unref(rest);
    }
    g_clear_pointer(&fake->told, g_byte_array_unref);
    g_hash_table_unref(fake->by_service);
    g_ptr_array_unref(fake->entries);
    g_array_unref(fake->daemons);
    g_free(fake);
}

struct cox_ipvs_wire *
cox_ipvs_fake_new(void)
{
    struct fake *fake = g_new0(struct fake, 1);

    fake->base = (struct cox_ipvs_wire) { fake_send, fake_receive, fake_free };
    fake->entries = g_ptr_array_new_with_free_func(free_entry);
    fake->by_service = g_hash_table_new(hash, is_same);
    fake->daemons = g_array_new(FALSE, FALSE, sizeof(struct cox_ipvs_daemon));
    fake->timeouts = (struct cox_ipvs_timeouts) { 900, 120, 300 };
    g_queue_init(&fake->pieces);
    return &fake->base;
}

guint
cox_ipvs_fake_sends(const struct cox_ipvs_wire *wire)
{
    return ((const struct fake *) wire)->n_sends;
}

guint
cox_ipvs_fake_messages(const struct cox_ipvs_wire *wire)
{
    return ((const struct fake *) wire)->n_messages;
}

void
cox_ipvs_fake_use(struct cox_ipvs_wire *wire, const struct cox_ipvs_dest *use)
{
    const struct fake *fake = (const struct fake *) wire;
    guint at;

    for (guint i = 0; i < fake->entries->len; i++) {
        struct cox_ipvs_dest *dest = find_dest(g_ptr_array_index(fake->entries, i), use, &at);

        if (dest != NULL) {
            dest->active = use->active;
            dest->inactive = use->inactive;
            dest->persistent = use->persistent;
            dest->traffic = use->traffic;
        }
    }
}

void
cox_ipvs_fake_set_absent(struct cox_ipvs_wire *wire)
{
    ((struct fake *) wire)->is_absent = true;
}

void
cox_ipvs_fake_set_deaf(struct cox_ipvs_wire *wire)
{
    ((struct fake *) wire)->is_deaf = true;
}
