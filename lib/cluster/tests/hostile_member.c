/* lib/cluster/tests/hostile_member.c - a member of the daemons' groups that breaks every rule, for the live test.
 *
 * Commands, one a line; each is answered by "done COMMAND SENT" when corosync has taken everything:
 *     join GROUP      become a member, see what the others say
 *     random SEED N   N messages of random bytes
 *     framed SEED N   N well-formed frames around random content that begins as messages do
 *     replay SEED N   N frames that others have sent: as they were, with changed bytes, cut short, with heads that lie
 *     huge            a message of 8 MiB, one that claims to be of 512 MiB when unpacked, one that is too large
 *     part            the first half of a message in two pieces;  rest: its second half
 *     version V       from now on, and whenever members change: a frame of version V
 *     quit
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <corosync/cpg.h>
#include <glib.h>

#include "cluster/peerframe.h"

enum { KEPT = 400, PIECE = 256 * 1024, RANDOM_MAX = 64 * 1024 };

struct hostile {
    cpg_handle_t cpg;
    unsigned int self;
    GRand *dice;
    GPtrArray *heard; /* GBytes: frames of others */
    unsigned long sent;
    guint64 number;
    int version; /* 0: says nothing of its own accord */
};

static void
mcast(struct hostile *hostile, const void *data, size_t size)
{
    struct iovec part = { .iov_base = (void *) (guintptr) data, .iov_len = size };
    cs_error_t code;

    while ((code = cpg_mcast_joined(hostile->cpg, CPG_TYPE_AGREED, &part, 1)) == CS_ERR_TRY_AGAIN) {
        g_usleep(1000);
        (void) cpg_dispatch(hostile->cpg, CS_DISPATCH_ONE_NONBLOCKING);
    }
    if (code != CS_OK) {
        printf("refused %d %zu\n", (int) code, size);
    }
    hostile->sent++;
}

static guint32
roll(struct hostile *hostile, guint32 below)
{
    return (guint32) (g_rand_int(hostile->dice) % MAX(below, 1));
}

static void
scribble(struct hostile *hostile, guint8 *data, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        data[i] = (guint8) roll(hostile, 256);
    }
}

/* A frame with a head of our choice. */
static void
send_frame(struct hostile *hostile, const struct cox_peerframe *frame)
{
    g_autofree guint8 *data = g_malloc(COX_PEERFRAME_HEAD + frame->piece_size);

    cox_peerframe_write_head(frame, data);
    memcpy(data + COX_PEERFRAME_HEAD, frame->piece, frame->piece_size);
    mcast(hostile, data, COX_PEERFRAME_HEAD + frame->piece_size);
}

static void
send_random(struct hostile *hostile, unsigned long n)
{
    guint8 data[RANDOM_MAX];

    for (unsigned long i = 0; i < n; i++) {
        size_t size = roll(hostile, i % 4 == 0 ? RANDOM_MAX : 100);

        scribble(hostile, data, size);
        mcast(hostile, data, size);
    }
}

/* As lib/service/group.c frames its messages: 'G', kind, number of the message, then fields. */
static void
send_framed(struct hostile *hostile, unsigned long n)
{
    guint8 data[4096];

    for (unsigned long i = 0; i < n; i++) {
        size_t size = 8 + roll(hostile, i % 2 == 0 ? 64 : sizeof(data) - 8);
        const struct cox_peerframe frame = { .message = hostile->number++, .n_pieces = 1, .wire_size = size, .raw_size = size, .piece = data,
                                             .piece_size = size };

        scribble(hostile, data, size);
        data[0] = 'G';
        data[1] = (guint8) (1 + i % 2);
        data[3] = 0;
        if (i % 3 == 0) {
            memset(data + 8, 0, size - 8);
        }
        send_frame(hostile, &frame);
    }
}

static void
lie(struct hostile *hostile, guint8 *data, size_t size)
{
    static const guint64 lies[] = { 0, 1, 0xffffffff, 0x7fffffffffffffff, 0xffffffffffffffff, 512 << 20 };
    static const size_t places[] = { 6, 8, 16, 20, 24, 32 };
    guint64 value = lies[roll(hostile, G_N_ELEMENTS(lies))];
    size_t place = places[roll(hostile, G_N_ELEMENTS(places))];

    if (size >= COX_PEERFRAME_HEAD) {
        memcpy(data + place, &value, place < 24 ? 4 : 8);
    }
}

static void
send_replay(struct hostile *hostile, unsigned long n)
{
    for (unsigned long i = 0; i < n && hostile->heard->len > 0; i++) {
        GBytes *kept = hostile->heard->pdata[roll(hostile, hostile->heard->len)];
        gsize size;
        g_autofree guint8 *data = g_memdup2(g_bytes_get_data(kept, &size), g_bytes_get_size(kept));
        guint changes = 0;

        switch (i % 5) {
        case 0:
            break;
        case 1: /* the content changes, the head stays true */
        case 2:
            for (changes = 1 + roll(hostile, 8); changes > 0 && size > COX_PEERFRAME_HEAD; changes--) {
                data[COX_PEERFRAME_HEAD + roll(hostile, (guint32) size - COX_PEERFRAME_HEAD)] = (guint8) roll(hostile, 256);
            }
            break;
        case 3:
            size = roll(hostile, (guint32) size);
            break;
        default:
            lie(hostile, data, size);
            break;
        }
        mcast(hostile, data, size);
    }
}

static void
send_pieces(struct hostile *hostile, size_t size, guint32 first, guint32 last)
{
    g_autofree guint8 *data = g_malloc0(size);
    guint32 n = (guint32) ((size + PIECE - 1) / PIECE);

    memcpy(data, "G\2\0\0\0\0\0\0", 8);
    for (guint32 i = first; i < MIN(last, n); i++) {
        const struct cox_peerframe frame = { .message = hostile->number, .index = i, .n_pieces = n, .wire_size = size, .raw_size = size,
                                             .piece = data + (size_t) i * PIECE, .piece_size = MIN(size - (size_t) i * PIECE, PIECE) };

        send_frame(hostile, &frame);
    }
}

static void
send_huge(struct hostile *hostile)
{
    g_autofree guint8 *data = g_malloc0(PIECE);
    struct cox_peerframe frame = { .is_compressed = true, .message = ++hostile->number, .n_pieces = 2, .wire_size = 2 * PIECE,
                                   .raw_size = 512 << 20, .piece = data, .piece_size = PIECE };

    send_frame(hostile, &frame); /* claims to become 512 MiB, and is no deflate stream */
    frame.index = 1;
    send_frame(hostile, &frame);
    hostile->number++;
    send_pieces(hostile, 8 << 20, 0, 32);
    frame = (struct cox_peerframe) { .message = ++hostile->number, .n_pieces = G_MAXUINT32, .wire_size = G_GUINT64_CONSTANT(1) << 40,
                                     .raw_size = G_GUINT64_CONSTANT(1) << 40, .piece = data, .piece_size = PIECE };
    send_frame(hostile, &frame);
    hostile->number++;
}

static void
send_version(struct hostile *hostile)
{
    const guint8 data[COX_PEERFRAME_HEAD + 20] = { 'C', 'O', 'X', 'F', (guint8) hostile->version, 0xff, 1, 2, 3 };

    if (hostile->version != 0) {
        mcast(hostile, data, sizeof data);
    }
}

static void
on_deliver(cpg_handle_t handle, const struct cpg_name *group, uint32_t node, uint32_t pid, void *data, size_t size)
{
    void *context = NULL;
    struct hostile *hostile;

    (void) group;
    (void) pid;
    if (cpg_context_get(handle, &context) != CS_OK) {
        return;
    }
    hostile = context;
    if (node != hostile->self) {
        if (hostile->heard->len == KEPT) {
            g_ptr_array_remove_index_fast(hostile->heard, roll(hostile, KEPT));
        }
        g_ptr_array_add(hostile->heard, g_bytes_new(data, size));
    }
}

static void
on_members(cpg_handle_t handle, const struct cpg_name *group, const struct cpg_address *list, size_t n,
           const struct cpg_address *left, size_t n_left, const struct cpg_address *joined, size_t n_joined)
{
    void *context = NULL;

    (void) group;
    (void) list;
    (void) left;
    (void) n_left;
    (void) joined;
    (void) n_joined;
    if (cpg_context_get(handle, &context) == CS_OK) {
        printf("members %zu\n", n);
        send_version(context);
    }
}

static bool
join(struct hostile *hostile, const char *name)
{
    struct cpg_name group = { .length = (uint32_t) strlen(name) };
    cs_error_t code;

    memcpy(group.value, name, MIN(strlen(name), sizeof group.value));
    while ((code = cpg_join(hostile->cpg, &group)) == CS_ERR_TRY_AGAIN) {
        g_usleep(10000);
    }
    return code == CS_OK;
}

static bool
obey(struct hostile *hostile, const char *line)
{
    unsigned long seed, n;
    char word[64] = "";

    hostile->sent = 0;
    if (sscanf(line, "%63s %lu %lu", word, &seed, &n) == 3) {
        g_rand_set_seed(hostile->dice, (guint32) seed);
    }
    if (strcmp(word, "join") == 0 && !join(hostile, line + strlen("join "))) {
        return false;
    } else if (strcmp(word, "random") == 0) {
        send_random(hostile, n);
    } else if (strcmp(word, "framed") == 0) {
        send_framed(hostile, n);
    } else if (strcmp(word, "replay") == 0) {
        send_replay(hostile, n);
    } else if (strcmp(word, "huge") == 0) {
        send_huge(hostile);
    } else if (strcmp(word, "part") == 0) {
        hostile->number++;
        send_pieces(hostile, PIECE + 1000, 0, 1);
    } else if (strcmp(word, "rest") == 0) {
        send_pieces(hostile, PIECE + 1000, 1, 2);
    } else if (strcmp(word, "version") == 0) {
        hostile->version = atoi(line + strlen("version "));
        send_version(hostile);
    } else if (strcmp(word, "quit") == 0) {
        return false;
    }
    printf("done %s %lu\n", word, hostile->sent);
    return true;
}

static void
serve(struct hostile *hostile)
{
    struct pollfd ready[2] = { { .fd = STDIN_FILENO, .events = POLLIN }, { .events = POLLIN } };
    char line[256];

    (void) cpg_fd_get(hostile->cpg, &ready[1].fd);
    for (;;) {
        if (poll(ready, 2, 100) < 0 && errno != EINTR) {
            return;
        }
        if (cpg_dispatch(hostile->cpg, CS_DISPATCH_ALL) != CS_OK) {
            printf("lost\n");
            return;
        }
        if ((ready[0].revents & (POLLIN | POLLHUP)) != 0
            && (fgets(line, sizeof line, stdin) == NULL || !obey(hostile, g_strchomp(line)))) {
            return;
        }
    }
}

int
main(void)
{
    cpg_model_v1_data_t model = { .model = CPG_MODEL_V1, .cpg_deliver_fn = on_deliver, .cpg_confchg_fn = on_members };
    struct hostile hostile = { .number = 1 };

    (void) setvbuf(stdout, NULL, _IOLBF, 0);
    (void) setvbuf(stdin, NULL, _IONBF, 0); /* what is read ahead would not make the descriptor ready */
    if (cpg_model_initialize(&hostile.cpg, CPG_MODEL_V1, (cpg_model_data_t *) &model, &hostile) != CS_OK
        || cpg_local_get(hostile.cpg, &hostile.self) != CS_OK) {
        printf("lost\n");
        return 1;
    }
    hostile.dice = g_rand_new_with_seed(1);
    hostile.heard = g_ptr_array_new_with_free_func((GDestroyNotify) g_bytes_unref);
    printf("up %u\n", hostile.self);
    serve(&hostile);
    (void) cpg_finalize(hostile.cpg);
    g_ptr_array_unref(hostile.heard);
    g_rand_free(hostile.dice);
    return 0;
}
