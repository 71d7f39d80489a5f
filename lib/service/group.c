/* lib/service/group.c - a daemon's place in its group: joins, joins again after a loss, knows names.  Layer 5. */
#include "service/group.h"

#include <string.h>

#include "base/error.h"
#include "cluster/peerframe.h"
#include "proto/marshal.h"
#include "service/grumble.h"

enum { RETRY_FIRST_MS = 100, RETRY_MAX_MS = 2000 };

/* A node that hears no other and has no quorum for so long says what may be wrong. */
enum { SILENCE_MS = 10000 };

/*
 * What goes over the wire, in front of everything: 8 bytes, so that what follows is aligned.
 *
 *  0     1     2        4            8
 *  | 'G' | kind| message| 0          | fields of the message, or bytes as they are ...    little-endian
 */
enum { HEAD_BYTES = 8, KIND_MESSAGE = 1, KIND_BYTES = 2 };

/* A message is decoded in so much memory at most; one that is longer could not be read by anybody. */
enum { MESSAGE_MAX_BYTES = COX_MARSHAL_MEMORY_BYTES / 2 };

struct cox_group {
    struct cox_group_setup setup;
    struct cox_peers *peers; /* NULL: not joined */
    cox_source_id watch, timer;
    gint64 retry_ms;
    guint32 self;
    guint64 n_troubles;
    bool has_complained;
    bool is_alone, is_quorate, is_barring;
    cox_source_id silence; /* timer: alone and without quorum */
    char *silence_text;    /* what is wrong, as long as that lasts */
    struct cox_grumble *grumble;
    GHashTable *versions;  /* members that are not heard: id -> version that they speak */
    GHashTable *names; /* id -> text in chunk */
    GStringChunk *chunk;
};

static void attempt(void *context);

/* Asking the membership service costs a connection to it, so it is done when members come, and for names not known yet. */
static const char *
find_name(struct cox_group *group, guint32 node)
{
    g_autofree char *name = group->peers == NULL ? NULL : cox_peers_name(group->peers, node);

    if (name == NULL && node == group->self && node != 0
        && !g_hash_table_contains(group->names, GUINT_TO_POINTER(node))) {
        name = g_strdup(g_get_host_name()); /* doc/adr/040: where the membership service has no name */
    }
    if (name != NULL) {
        g_hash_table_insert(group->names, GUINT_TO_POINTER(node), g_string_chunk_insert_const(group->chunk, name));
    }
    return g_hash_table_lookup(group->names, GUINT_TO_POINTER(node));
}

/* ---- alone ---- */

static void
on_silence(void *context)
{
    struct cox_group *group = context;

    group->silence = 0;
    if (group->peers != NULL) {
        group->silence_text = cox_peers_silence(group->peers);
    }
    if (group->silence_text != NULL) {
        cox_log_event(group->setup.log, COX_EVENT_PEER_SILENCE, "group=%s reason=\"%s\"", group->setup.name, group->silence_text);
    }
}

static void
consider_silence(struct cox_group *group)
{
    struct cox_runtime *runtime = group->setup.runtime;
    bool is_silent = group->peers != NULL && group->is_alone && !group->is_quorate;

    if (!is_silent) {
        cox_runtime_cancel(runtime, group->silence);
        group->silence = 0;
        g_clear_pointer(&group->silence_text, g_free);
    } else if (group->silence == 0 && group->silence_text == NULL) {
        group->silence = cox_runtime_timer(runtime, cox_usec_after_ms(cox_runtime_now(runtime), SILENCE_MS), on_silence, group);
    }
}

/* ---- what the membership service tells ---- */

static void
on_view(void *context, const guint32 *nodes, size_t n_nodes)
{
    struct cox_group *group = context;

    group->is_alone = n_nodes == 1;
    consider_silence(group);
    if (!group->is_barring) { /* members have changed: who still speaks another version will be told again */
        g_hash_table_remove_all(group->versions);
    }
    group->is_barring = false;
    for (size_t i = 0; i < n_nodes; i++) {
        (void) find_name(group, nodes[i]); /* to be known when the connection is gone */
    }
    group->setup.handlers->view(group->setup.context, nodes, n_nodes);
}

static void
on_lost(void *context, const guint32 *nodes, size_t n_nodes)
{
    const struct cox_group *group = context;

    group->setup.handlers->lost(group->setup.context, nodes, n_nodes);
}

static void
on_nodes(void *context, const guint32 *nodes, size_t n_nodes)
{
    const struct cox_group *group = context;

    group->setup.handlers->nodes(group->setup.context, nodes, n_nodes);
}

static void
on_quorum(void *context, const struct cox_peers_quorum *quorum)
{
    struct cox_group *group = context;

    group->is_quorate = quorum->is_quorate;
    consider_silence(group);
    group->setup.handlers->quorum(group->setup.context, quorum);
}

static void
on_trouble(void *context, enum cox_peers_trouble trouble, guint32 node, unsigned int version)
{
    static const enum cox_event_id events[] = {
        [COX_PEERS_BAD_FRAME] = COX_EVENT_PEER_GARBAGE, [COX_PEERS_STRANGER] = COX_EVENT_PEER_STRANGER,
        [COX_PEERS_OTHER_VERSION] = COX_EVENT_PEER_VERSION,
    };
    struct cox_group *group = context;
    const char *name = cox_group_node_name(group, node);
    g_autofree char *speaks = version == 0 ? g_strdup("") : g_strdup_printf(" speaks=%u ours=%d", version, COX_PEERFRAME_VERSION);
    guint64 more = 0;

    group->n_troubles++;
    if (trouble == COX_PEERS_OTHER_VERSION) {
        group->is_barring = true; /* the view without it follows */
        g_hash_table_insert(group->versions, GUINT_TO_POINTER(node), GUINT_TO_POINTER(version));
    }
    if (cox_grumble_is_due(group->grumble, (guint) trouble, node, cox_runtime_now(group->setup.runtime), &more)) {
        cox_log_event(group->setup.log, events[trouble], "group=%s node=%u name=%s%s left_out=%" G_GUINT64_FORMAT, group->setup.name,
                      (unsigned int) node, name == NULL ? "?" : name, speaks, more);
    }
}

static void
on_deliver(void *context, guint32 node, GBytes *bytes)
{
    const struct cox_group *group = context;
    gsize size;
    const guint8 *data = g_bytes_get_data(bytes, &size);

    if (size >= HEAD_BYTES && data[0] == 'G' && data[1] == KIND_MESSAGE) {
        unsigned int message = (unsigned int) data[2] | (unsigned int) data[3] << 8;

        group->setup.handlers->message(group->setup.context, node, message, data + HEAD_BYTES, size - HEAD_BYTES);
    } else if (size >= HEAD_BYTES && data[0] == 'G' && data[1] == KIND_BYTES && group->setup.handlers->bytes != NULL) {
        g_autoptr(GBytes) content = g_bytes_new_from_bytes(bytes, HEAD_BYTES, size - HEAD_BYTES);

        group->setup.handlers->bytes(group->setup.context, node, content);
    } else {
        on_trouble(context, COX_PEERS_BAD_FRAME, node, 0);
    }
}

static const struct cox_peers_handler peers_handler = {
    .view = on_view, .deliver = on_deliver, .quorum = on_quorum, .trouble = on_trouble, .lost = on_lost,
    .nodes = on_nodes,
};

static void
plan_attempt(struct cox_group *group)
{
    cox_usec now = cox_runtime_now(group->setup.runtime);

    group->timer = cox_runtime_timer(group->setup.runtime, cox_usec_after_ms(now, group->retry_ms), attempt, group);
    group->retry_ms = MIN(group->retry_ms * 2, RETRY_MAX_MS);
}

static void
on_ready(void *context, int fd, unsigned int events)
{
    struct cox_group *group = context;
    static const struct cox_peers_quorum none = { 0 };
    g_autoptr(GError) error = NULL;

    (void) fd;
    (void) events;
    if (cox_peers_dispatch(group->peers, &error)) {
        return;
    }
    cox_log_event(group->setup.log, COX_EVENT_CLUSTER_LOST, "group=%s error=\"%s\"", group->setup.name, error->message);
    cox_runtime_cancel(group->setup.runtime, group->watch);
    group->watch = 0;
    g_clear_pointer(&group->peers, cox_peers_free);
    group->retry_ms = RETRY_FIRST_MS;
    group->has_complained = true;
    plan_attempt(group);
    group->is_alone = group->is_quorate = false;
    g_hash_table_remove_all(group->versions);
    consider_silence(group);
    group->setup.handlers->quorum(group->setup.context, &none);
    group->setup.handlers->view(group->setup.context, NULL, 0);
}

static void
attempt(void *context)
{
    struct cox_group *group = context;
    struct cox_peers_handler handler = peers_handler;
    g_autoptr(GError) error = NULL;

    group->timer = 0;
    handler.context = group;
    handler.max_message = group->setup.handlers->bytes == NULL ? (size_t) HEAD_BYTES + MESSAGE_MAX_BYTES : 0;
    group->peers = group->setup.join(group->setup.join_context, &handler, &error);
    if (group->peers == NULL) {
        if (!group->has_complained) {
            group->has_complained = true;
            cox_log_line(group->setup.log, COX_LOG_NOTICE, "waiting for the cluster layer group=%s error=\"%s\"", group->setup.name,
                         error->message);
        }
        plan_attempt(group);
        return;
    }
    group->self = cox_peers_self(group->peers);
    group->has_complained = false;
    group->retry_ms = RETRY_FIRST_MS;
    group->watch = cox_runtime_watch(group->setup.runtime, cox_peers_fd(group->peers), COX_WATCH_READ, on_ready, group);
    cox_log_line(group->setup.log, COX_LOG_INFO, "joined group=%s node=%u", group->setup.name, (unsigned int) group->self);
}

struct cox_group *
cox_group_new(const struct cox_group_setup *setup)
{
    struct cox_group *group = g_new0(struct cox_group, 1);

    group->setup = *setup;
    group->retry_ms = RETRY_FIRST_MS;
    group->grumble = cox_grumble_new();
    group->versions = g_hash_table_new(g_direct_hash, g_direct_equal);
    group->names = g_hash_table_new(g_direct_hash, g_direct_equal);
    group->chunk = g_string_chunk_new(256);
    group->timer = cox_runtime_defer(setup->runtime, attempt, group);
    return group;
}

void
cox_group_free(struct cox_group *group)
{
    if (group != NULL) {
        cox_runtime_cancel(group->setup.runtime, group->timer);
        cox_runtime_cancel(group->setup.runtime, group->watch);
        cox_runtime_cancel(group->setup.runtime, group->silence);
        g_clear_pointer(&group->peers, cox_peers_free);
        cox_grumble_free(group->grumble);
        g_free(group->silence_text);
        g_hash_table_destroy(group->versions);
        g_hash_table_destroy(group->names);
        g_string_chunk_free(group->chunk);
        g_free(group);
    }
}

guint32
cox_group_self(const struct cox_group *group)
{
    return group->self;
}

bool
cox_group_is_joined(const struct cox_group *group)
{
    return group->peers != NULL;
}

const char *
cox_group_node_name(struct cox_group *group, guint32 node)
{
    const char *known = g_hash_table_lookup(group->names, GUINT_TO_POINTER(node));

    return known == NULL ? find_name(group, node) : known;
}

char *
cox_group_cluster_name(struct cox_group *group)
{
    return group->peers == NULL ? NULL : cox_peers_cluster_name(group->peers);
}

bool
cox_group_send(struct cox_group *group, enum cox_message message, const void *body)
{
    const guint8 head[HEAD_BYTES] = { 'G', KIND_MESSAGE, (guint8) message, (guint8) ((unsigned int) message >> 8) };
    GByteArray *wire = g_byte_array_new();
    g_autoptr(GBytes) bytes = NULL;

    g_byte_array_append(wire, head, sizeof head);
    cox_marshal(cox_messages_schema((unsigned int) message), body, wire);
    bytes = g_byte_array_free_to_bytes(wire);
    if (g_bytes_get_size(bytes) > MESSAGE_MAX_BYTES) {
        cox_log_event(group->setup.log, COX_EVENT_PEER_TOO_LONG, "group=%s message=%s bytes=%" G_GSIZE_FORMAT, group->setup.name,
                      cox_messages_schema((unsigned int) message)->name, g_bytes_get_size(bytes));
        return false;
    }
    if (group->peers != NULL) {
        cox_peers_send(group->peers, bytes);
    }
    return group->peers != NULL;
}

bool
cox_group_send_bytes(struct cox_group *group, GBytes *bytes)
{
    static const guint8 head[HEAD_BYTES] = { 'G', KIND_BYTES };
    gsize size;
    const void *data = g_bytes_get_data(bytes, &size);
    guint8 *wire;
    g_autoptr(GBytes) framed = NULL;

    if (group->peers == NULL) {
        return false;
    }
    wire = g_malloc(size + HEAD_BYTES);
    memcpy(wire, head, sizeof head);
    if (size > 0) {
        memcpy(wire + HEAD_BYTES, data, size);
    }
    framed = g_bytes_new_take(wire, size + HEAD_BYTES);
    cox_peers_send(group->peers, framed);
    return true;
}

gsize
cox_group_waiting_bytes(const struct cox_group *group)
{
    return group->peers == NULL ? 0 : cox_peers_waiting_bytes(group->peers);
}

guint64
cox_group_troubles(const struct cox_group *group)
{
    return group->n_troubles;
}

GPtrArray *
cox_group_complaints(const struct cox_group *group)
{
    GPtrArray *list = g_ptr_array_new_with_free_func(g_free);
    GHashTableIter iter;
    gpointer node, version;

    if (group->peers == NULL) {
        g_ptr_array_add(list, g_strdup("no connection to the cluster layer"));
    }
    if (group->silence_text != NULL) {
        g_ptr_array_add(list, g_strdup(group->silence_text));
    }
    g_hash_table_iter_init(&iter, group->versions);
    while (g_hash_table_iter_next(&iter, &node, &version)) {
        const char *name = g_hash_table_lookup(group->names, node);

        g_ptr_array_add(list, g_strdup_printf("node %s (%u) speaks version %u of the protocol of %s, this node version %d: it is not admitted; "
                                              "update the older of the two",
                                              name == NULL ? "?" : name, GPOINTER_TO_UINT(node), GPOINTER_TO_UINT(version), group->setup.name,
                                              COX_PEERFRAME_VERSION));
    }
    return list;
}
