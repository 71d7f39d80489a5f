/* cts/bench/bench_replica_node.c - one node of a replicated document over corosync and a real disk, for bench-replica.  Layer 6. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cluster/peers.h"
#include "replica/replica.h"
#include "store/store.h"

/*
 * The document is a counter and a hash, so that what is measured is replication.
 * Commands: bench COUNT OUTSTANDING SIZE | state | quit.  Prints: up ID, bench COUNT OUT SIZE USEC KEPT, state DIGEST POSITION CURRENT ESTABLISHED.
 */
struct node {
    struct cox_peers *peers;
    struct cox_replica *replica;
    struct cox_store *store;
    guint64 changes, hash;
    guint64 to_send, to_come, size, n, outstanding, kept, next;
    gint64 begun;
    cox_usec wake_at;
    char line[256];
    size_t length;
};

static void hand_in(struct node *node, const struct cox_replica_event *event);

static GBytes *
as_xml(const struct node *node)
{
    char *text = g_strdup_printf("<cib epoch=\"%" G_GUINT64_FORMAT "\" hash=\"%" G_GUINT64_FORMAT "\"/>\n", node->changes, node->hash);

    return g_bytes_new_take(text, strlen(text));
}

static void
from_xml(struct node *node, GBytes *bytes)
{
    gsize size = 0;
    const char *data = g_bytes_get_data(bytes, &size);
    g_autofree char *text = g_strndup(data, size);

    if (sscanf(text, "<cib epoch=\"%" G_GUINT64_FORMAT "\" hash=\"%" G_GUINT64_FORMAT, &node->changes, &node->hash) != 2) {
        fprintf(stderr, "unreadable document\n");
        exit(1);
    }
}

static void
apply(struct node *node, GBytes *bytes)
{
    gsize size = 0;
    const void *data = g_bytes_get_data(bytes, &size);

    node->changes++;
    node->hash = cox_bytes_fnv(node->hash, data, size);
}

static struct cox_replica_document
described(const struct node *node)
{
    struct cox_replica_document document = {
        .version.epoch = (gint64) node->changes, .is_blank = node->changes == 0 && node->hash == COX_BYTES_FNV,
    };

    g_snprintf(document.digest, sizeof(document.digest), "%016" G_GINT64_MODIFIER "x", node->hash);
    return document;
}

static void
submit(struct node *node)
{
    struct cox_replica_event event = { .kind = COX_REPLICA_SUBMIT, .number = ++node->next };
    guint8 *data = g_malloc0(node->size + 8);

    memcpy(data, &event.number, sizeof(event.number));
    event.bytes = g_bytes_new_take(data, node->size);
    hand_in(node, &event);
    g_bytes_unref(event.bytes);
}

static void
answered(struct node *node, enum cox_replica_answer answer)
{
    node->kept += answer == COX_REPLICA_KEPT;
    if (node->to_send > 0) {
        node->to_send--;
        submit(node);
    }
    if (node->to_come > 0 && --node->to_come == 0) {
        printf("bench %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GUINT64_FORMAT "\n",
               node->n, node->outstanding, node->size, g_get_monotonic_time() - node->begun, node->kept);
    }
}

static void
do_effect(struct node *node, const struct cox_replica_effect *effect, struct cox_replica_event *then)
{
    g_autoptr(GBytes) xml = NULL;

    switch (effect->kind) {
    case COX_REPLICA_SEND:
        cox_peers_send(node->peers, effect->bytes);
        break;
    case COX_REPLICA_APPLY:
        apply(node, effect->bytes);
        then->kind = COX_REPLICA_APPLIED;
        then->is_ok = true;
        break;
    case COX_REPLICA_CAPTURE:
        xml = as_xml(node);
        hand_in(node, &(struct cox_replica_event) { .kind = COX_REPLICA_CAPTURED, .number = effect->number, .bytes = xml });
        break;
    case COX_REPLICA_SET_ASIDE:
        xml = as_xml(node);
        cox_store_set_aside(node->store, xml);
        break;
    case COX_REPLICA_INSTALL:
        from_xml(node, effect->bytes);
        then->kind = COX_REPLICA_INSTALLED;
        then->is_ok = true;
        break;
    case COX_REPLICA_JOURNAL:
        cox_store_append(node->store, effect->number, effect->bytes);
        break;
    case COX_REPLICA_SAVE:
        xml = as_xml(node);
        cox_store_save(node->store, effect->number, xml, effect->bytes);
        break;
    case COX_REPLICA_ANSWER:
        answered(node, effect->answer);
        break;
    case COX_REPLICA_NOTE:
        if (effect->note == COX_REPLICA_ESTABLISHED) {
            printf("established %" G_GUINT64_FORMAT "\n", effect->number);
        }
        break;
    }
}

static void
hand_in(struct node *node, const struct cox_replica_event *event)
{
    struct cox_replica_effects effects;
    struct cox_replica_event then = { .kind = COX_REPLICA_TICK };

    cox_replica_effects_init(&effects);
    cox_replica_step(node->replica, event, g_get_monotonic_time(), &effects);
    node->wake_at = effects.wake_at;
    for (guint i = 0; i < effects.list->len; i++) {
        do_effect(node, &g_array_index(effects.list, struct cox_replica_effect, i), &then);
    }
    cox_replica_effects_free(&effects);
    cox_store_flush(node->store);
    if (then.kind != COX_REPLICA_TICK) {
        struct cox_replica_document document = described(node);

        then.document = &document;
        hand_in(node, &then);
    }
}

static void
on_view(void *context, const guint32 *nodes, size_t n)
{
    hand_in(context, &(struct cox_replica_event) { .kind = COX_REPLICA_VIEW, .nodes = nodes, .n_nodes = n });
}

static void
on_deliver(void *context, guint32 from, GBytes *bytes)
{
    hand_in(context, &(struct cox_replica_event) { .kind = COX_REPLICA_DELIVER, .node = from, .bytes = bytes });
}

static void
on_quorum(void *context, const struct cox_peers_quorum *quorum)
{
    const struct cox_replica_event event = {
        .kind = COX_REPLICA_QUORUM,
        .quorum = { quorum->is_quorate, quorum->quorum_votes, quorum->own_votes, quorum->other_votes },
    };

    hand_in(context, &event);
}

static void
on_trouble(void *context, enum cox_peers_trouble trouble, guint32 from, unsigned int version)
{
    (void) context;
    printf("trouble %d %u %u\n", (int) trouble, from, version);
}

static void
on_done(void *context, const struct cox_store_done *done)
{
    struct node *node = context;
    g_autoptr(GBytes) meta = NULL;
    g_autoptr(GBytes) xml = NULL;

    switch (done->kind) {
    case COX_STORE_SYNCED:
        hand_in(node, &(struct cox_replica_event) { .kind = COX_REPLICA_SYNCED, .number = done->number });
        break;
    case COX_STORE_FAILED:
        printf("disk %s\n", done->text);
        hand_in(node, &(struct cox_replica_event) { .kind = COX_REPLICA_DISK, .is_ok = false });
        break;
    case COX_STORE_USABLE:
        hand_in(node, &(struct cox_replica_event) { .kind = COX_REPLICA_DISK, .is_ok = true });
        break;
    case COX_STORE_WANTS_SAVE:
        meta = cox_replica_meta(node->replica);
        xml = as_xml(node);
        cox_store_save(node->store, done->number, xml, meta);
        break;
    case COX_STORE_NOT_REFRESHED:
    case COX_STORE_KEPT:
        printf("aside %s\n", done->text);
        break;
    }
}

/* What is on the disk, into the replica. */
static bool
restore(struct node *node, const char *directory, GError **error)
{
    static const struct cox_store_options options = { .journal_bytes = 16 * 1024 * 1024 };
    struct cox_store_loaded loaded;
    struct cox_disk *disk = cox_disk_real_new(directory, error);
    struct cox_replica_document document;
    g_autoptr(GBytes) meta = NULL;
    g_autoptr(GBytes) xml = NULL;

    node->store = disk == NULL ? NULL : cox_store_open(disk, &options, &loaded, error);
    if (node->store == NULL) {
        return false;
    }
    if (loaded.xml != NULL) {
        from_xml(node, loaded.xml);
    }
    if (loaded.meta != NULL) {
        (void) cox_replica_restore_meta(node->replica, loaded.meta, NULL);
        for (guint i = 0; i < loaded.records->len; i++) {
            g_autoptr(GBytes) change = NULL;
            char digest[COX_REPLICA_DIGEST_ROOM];

            if (!cox_replica_restore_record(node->replica, g_ptr_array_index(loaded.records, i), &change, digest, NULL)) {
                break;
            }
            if (change != NULL && !loaded.was_edited) {
                apply(node, change);
            }
        }
    }
    document = described(node);
    cox_replica_restored(node->replica, &document, loaded.was_edited);
    if (loaded.needs_save) {
        meta = cox_replica_meta(node->replica);
        xml = as_xml(node);
        cox_store_save(node->store, 0, xml, meta);
    }
    cox_store_loaded_clear(&loaded);
    return true;
}

static bool
obey(struct node *node, const char *line)
{
    unsigned long count, outstanding, size;
    struct cox_replica_status status = cox_replica_status(node->replica);

    if (sscanf(line, "bench %lu %lu %lu", &count, &outstanding, &size) == 3) {
        node->n = node->to_come = count;
        node->outstanding = outstanding;
        node->size = MAX(size, 8);
        node->to_send = count - MIN(count, outstanding);
        node->kept = 0;
        node->begun = g_get_monotonic_time();
        for (unsigned long i = 0; i < MIN(count, outstanding); i++) {
            submit(node);
        }
    } else if (strcmp(line, "state") == 0) {
        printf("state %s %" G_GUINT64_FORMAT " %d %d\n", status.document.digest, status.stamp.position, status.is_current,
               status.is_established);
    } else {
        return false;
    }
    return true;
}

static bool
read_commands(struct node *node)
{
    ssize_t n = read(STDIN_FILENO, node->line + node->length, sizeof(node->line) - node->length - 1);
    char *end;

    if (n <= 0) {
        return n < 0 && errno == EINTR;
    }
    node->length += (size_t) n;
    node->line[node->length] = '\0';
    while ((end = strchr(node->line, '\n')) != NULL) {
        *end = '\0';
        if (!obey(node, node->line)) {
            return false;
        }
        node->length -= (size_t) (end + 1 - node->line);
        memmove(node->line, end + 1, node->length + 1);
    }
    return true;
}

static bool
run_once(struct node *node, GError **error)
{
    struct pollfd fds[3] = {
        { .fd = cox_peers_fd(node->peers), .events = POLLIN }, { .fd = STDIN_FILENO, .events = POLLIN },
        { .fd = cox_store_fd(node->store), .events = POLLIN },
    };
    cox_usec now = g_get_monotonic_time();

    if (poll(fds, 3, (int) MIN(cox_usec_ms_until(node->wake_at, now), G_MAXINT)) < 0 && errno != EINTR) {
        return false;
    }
    if (fds[0].revents != 0 && !cox_peers_dispatch(node->peers, error)) {
        return false;
    }
    if (fds[2].revents != 0) {
        cox_store_dispatch(node->store, on_done, node);
    }
    if (cox_usec_is_due(node->wake_at, g_get_monotonic_time())) {
        hand_in(node, &(struct cox_replica_event) { .kind = COX_REPLICA_TICK });
    }
    return fds[1].revents == 0 || read_commands(node);
}

int
main(int argc, char **argv)
{
    struct node node = { .hash = COX_BYTES_FNV, .wake_at = COX_USEC_NEVER };
    const struct cox_peers_handler handler = {
        .view = on_view, .deliver = on_deliver, .quorum = on_quorum, .trouble = on_trouble, .context = &node,
    };
    g_autoptr(GError) error = NULL;

    setvbuf(stdout, NULL, _IOLBF, 0);
    node.peers = argc < 2 ? NULL : cox_peers_corosync_new("cox-bench", &handler, &error);
    if (node.peers != NULL) {
        const struct cox_replica_options options = {
            .node_id = cox_peers_self(node.peers), .nonce = (guint64) g_get_real_time() ^ (guint64) getpid() << 44,
        };

        node.replica = cox_replica_new(&options);
        if (restore(&node, argv[1], &error)) {
            printf("up %u\n", cox_peers_self(node.peers));
            while (run_once(&node, &error)) {
            }
        }
    }
    if (error != NULL) {
        printf("lost %s\n", error->message);
    }
    cox_store_close(node.store);
    cox_replica_free(node.replica);
    cox_peers_free(node.peers);
    return error == NULL ? 0 : 1;
}
