/* lib/netlink/ipvs.c - questions and changes of the kernel's table of virtual servers, over any wire.  Layer 3, adapter. */
#include "netlink/ipvs.h"

#include <errno.h>
#include <string.h>

#include "base/error.h"
#include "netlink/ipvsmsg.h"

enum {
    BATCH_MAX = 200,         /* changes in one send: their answers fit into the smallest buffer of a socket */
    BATCH_BYTES = 32 * 1024,
    CHANGE_BYTES = 1024,     /* a change has no more */
    DUMP_MAX = 10 * 1000 * 1000, /* things in one dump */
};

struct cox_ipvs {
    struct cox_ipvs_wire *wire;
    guint16 family;
    guint32 seq;
    GByteArray *out;
};

static struct cox_ipvsmsg_to
next_to(struct cox_ipvs *ipvs)
{
    return (struct cox_ipvsmsg_to) { .family = ipvs->family, .seq = ++ipvs->seq };
}

/* What came for one question, one message after the other. */
typedef void (*take_fn)(void *context, const struct cox_ipvsmsg *message);

/* Send what is in out, and take answers to the last question until its end.  0 or an errno. */
static int
ask(struct cox_ipvs *ipvs, take_fn take, void *context)
{
    int failure = ipvs->wire->send(ipvs->wire, ipvs->out);
    guint n_taken = 0;

    while (failure == 0) {
        const guint8 *data = NULL;
        gssize size = ipvs->wire->receive(ipvs->wire, &data);
        struct cox_ipvsmsg message;
        size_t at = 0;

        if (size <= 0) {
            return size == 0 ? ETIMEDOUT : (int) -size;
        }
        while (cox_ipvsmsg_next(data, (size_t) size, &at, &message)) {
            if (message.seq != ipvs->seq) {
                continue; /* the rest of a question that was given up */
            }
            if (message.is_answer || message.is_done) {
                return message.error;
            }
            if (++n_taken > DUMP_MAX) {
                return EOVERFLOW;
            }
            take(context, &message);
        }
    }
    return failure;
}

static bool
fail(int number, const char *what, GError **error)
{
    g_set_error(error, COX_ERROR, number == ENOENT || number == EAFNOSUPPORT ? COX_ERROR_NOT_FOUND : COX_ERROR_OS, "IPVS: %s: %s", what,
                g_strerror(number));
    return false;
}

/* Beginning and end. */

static void
take_family(void *context, const struct cox_ipvsmsg *message)
{
    if (message->family != 0) {
        *(guint16 *) context = message->family;
    }
}

/* The question for the number is answered with one message, which is no answer by its type. */
static bool
find_family(struct cox_ipvs *ipvs, GError **error)
{
    const guint8 *data = NULL;
    struct cox_ipvsmsg message;
    size_t at = 0;
    gssize size;
    int failure;

    cox_ipvsmsg_family(ipvs->out, ++ipvs->seq);
    failure = ipvs->wire->send(ipvs->wire, ipvs->out);
    size = failure != 0 ? -failure : ipvs->wire->receive(ipvs->wire, &data);
    while (size > 0 && cox_ipvsmsg_next(data, (size_t) size, &at, &message)) {
        take_family(&ipvs->family, &message);
        failure = message.is_answer ? message.error : failure;
    }
    if (ipvs->family == 0) {
        g_set_error(error, COX_ERROR, failure == ENOENT ? COX_ERROR_NOT_INSTALLED : COX_ERROR_OS,
                    "IPVS is not in this kernel: %s; load module ip_vs", g_strerror(failure != 0 ? failure : size < 0 ? (int) -size : EPROTO));
    }
    return ipvs->family != 0;
}

struct cox_ipvs *
cox_ipvs_new_over(struct cox_ipvs_wire *wire, GError **error)
{
    struct cox_ipvs *ipvs = g_new0(struct cox_ipvs, 1);

    ipvs->wire = wire;
    ipvs->out = g_byte_array_new();
    if (!find_family(ipvs, error)) {
        cox_ipvs_free(ipvs);
        return NULL;
    }
    return ipvs;
}

void
cox_ipvs_free(struct cox_ipvs *ipvs)
{
    if (ipvs != NULL) {
        ipvs->wire->free(ipvs->wire);
        g_byte_array_unref(ipvs->out);
        g_free(ipvs);
    }
}

/* Changes. */

/* Of a batch only the last one is answered in any case, and the others if they fail: an answer costs as much as a change. */
static void
gather(struct cox_ipvs *ipvs, struct cox_ipvs_change *changes, size_t n, guint32 seq)
{
    bool is_over = false;

    while (!is_over) {
        const guint8 *data = NULL;
        gssize size = ipvs->wire->receive(ipvs->wire, &data);
        struct cox_ipvsmsg message;
        size_t at = 0;

        if (size <= 0) {
            break;
        }
        while (cox_ipvsmsg_next(data, (size_t) size, &at, &message)) {
            guint32 number = message.seq - seq;

            if (message.is_answer && number < n) {
                changes[number].result = message.error;
                is_over = is_over || number == n - 1;
            }
        }
    }
    for (size_t i = 0; i < n; i++) {
        if (changes[i].result == -1) {
            changes[i].result = is_over ? 0 : ETIMEDOUT;
        }
    }
}

/* Write changes until a batch is full; how many. */
static size_t
write_batch(struct cox_ipvs *ipvs, struct cox_ipvs_change *changes, size_t n)
{
    size_t count = 0;

    g_byte_array_set_size(ipvs->out, 0);
    for (bool is_last = false; !is_last; count++) {
        struct cox_ipvsmsg_to to = next_to(ipvs);

        is_last = count + 1 == n || count + 1 == BATCH_MAX || ipvs->out->len + CHANGE_BYTES >= BATCH_BYTES;
        to.is_quiet = !is_last;
        changes[count].result = -1;
        cox_ipvsmsg_change(ipvs->out, &to, &changes[count]);
    }
    return count;
}

static bool
is_fine(const struct cox_ipvs_change *change)
{
    switch (change->op) {
        case COX_IPVS_ADD_SERVICE:
        case COX_IPVS_ADD_DEST:
            return change->result == 0 || change->result == EEXIST;
        case COX_IPVS_DEL_SERVICE:
        case COX_IPVS_DEL_DEST:
            return change->result == 0 || change->result == ENOENT || change->result == ESRCH;
        default:
            return change->result == 0;
    }
}

size_t
cox_ipvs_apply(struct cox_ipvs *ipvs, struct cox_ipvs_change *changes, size_t n)
{
    size_t n_failed = 0;

    for (size_t first = 0, count; first < n; first += count) {
        guint32 seq = ipvs->seq + 1;
        int failure;

        count = write_batch(ipvs, changes + first, n - first);
        failure = ipvs->wire->send(ipvs->wire, ipvs->out);
        if (failure == 0) {
            gather(ipvs, changes + first, count, seq);
        }
        for (size_t i = first; i < first + count; i++) {
            changes[i].result = failure != 0 ? failure : changes[i].result;
            n_failed += !is_fine(&changes[i]);
        }
    }
    return n_failed;
}

/* Questions. */

static void
take_service(void *context, const struct cox_ipvsmsg *message)
{
    if (message->has_service) {
        g_array_append_val((GArray *) context, message->service);
    }
}

static void
take_dest(void *context, const struct cox_ipvsmsg *message)
{
    if (message->has_dest) {
        g_array_append_val((GArray *) context, message->dest);
    }
}

static void
take_daemon(void *context, const struct cox_ipvsmsg *message)
{
    if (message->has_daemon) {
        g_array_append_val((GArray *) context, message->daemon);
    }
}

static void
take_timeouts(void *context, const struct cox_ipvsmsg *message)
{
    if (message->has_timeouts) {
        *(struct cox_ipvs_timeouts *) context = message->timeouts;
    }
}

static void
take_nothing(void *context, const struct cox_ipvsmsg *message)
{
    (void) context;
    (void) message;
}

bool
cox_ipvs_services(struct cox_ipvs *ipvs, GArray *out, GError **error)
{
    const struct cox_ipvsmsg_to to = next_to(ipvs);
    int failure;

    g_byte_array_set_size(ipvs->out, 0);
    cox_ipvsmsg_dump(ipvs->out, &to, NULL);
    failure = ask(ipvs, take_service, out);
    return failure == 0 || fail(failure, "list of services", error);
}

bool
cox_ipvs_dests(struct cox_ipvs *ipvs, const struct cox_ipvs_service *service, GArray *out, GError **error)
{
    const struct cox_ipvsmsg_to to = next_to(ipvs);
    int failure;

    g_byte_array_set_size(ipvs->out, 0);
    cox_ipvsmsg_dump(ipvs->out, &to, service);
    failure = ask(ipvs, take_dest, out);
    return failure == 0 || fail(failure, "list of servers", error);
}

bool
cox_ipvs_timeouts(struct cox_ipvs *ipvs, struct cox_ipvs_timeouts *out, GError **error)
{
    const struct cox_ipvsmsg_to to = next_to(ipvs);
    int failure;

    g_byte_array_set_size(ipvs->out, 0);
    cox_ipvsmsg_timeouts(ipvs->out, &to, NULL);
    failure = ask(ipvs, take_timeouts, out);
    return failure == 0 || fail(failure, "timeouts", error);
}

bool
cox_ipvs_set_timeouts(struct cox_ipvs *ipvs, const struct cox_ipvs_timeouts *timeouts, GError **error)
{
    const struct cox_ipvsmsg_to to = next_to(ipvs);
    int failure;

    g_byte_array_set_size(ipvs->out, 0);
    cox_ipvsmsg_timeouts(ipvs->out, &to, timeouts);
    failure = ask(ipvs, take_nothing, NULL);
    return failure == 0 || fail(failure, "timeouts not set", error);
}

bool
cox_ipvs_daemons(struct cox_ipvs *ipvs, GArray *out, GError **error)
{
    const struct cox_ipvsmsg_to to = next_to(ipvs);
    int failure;

    g_byte_array_set_size(ipvs->out, 0);
    cox_ipvsmsg_daemon(ipvs->out, &to, NULL, false);
    failure = ask(ipvs, take_daemon, out);
    return failure == 0 || fail(failure, "list of synchronization daemons", error);
}

bool
cox_ipvs_set_daemon(struct cox_ipvs *ipvs, const struct cox_ipvs_daemon *daemon, bool runs, GError **error)
{
    const struct cox_ipvsmsg_to to = next_to(ipvs);
    int failure;

    g_byte_array_set_size(ipvs->out, 0);
    cox_ipvsmsg_daemon(ipvs->out, &to, daemon, runs);
    failure = ask(ipvs, take_nothing, NULL);
    return failure == 0 || fail(failure, runs ? "synchronization daemon not started" : "synchronization daemon not stopped", error);
}

bool
cox_ipvs_flush(struct cox_ipvs *ipvs, GError **error)
{
    const struct cox_ipvsmsg_to to = next_to(ipvs);
    int failure;

    g_byte_array_set_size(ipvs->out, 0);
    cox_ipvsmsg_flush(ipvs->out, &to);
    failure = ask(ipvs, take_nothing, NULL);
    return failure == 0 || fail(failure, "table not emptied", error);
}
