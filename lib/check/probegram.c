/* lib/check/probegram.c - probes with datagrams: UDP, DNS, ping.  Layer 4. */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <netinet/icmp6.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/bytes.h"
#include "check/probe_priv.h"
#include "check/sockets.h"
#include "lvs/lvsdns.h"
#include "lvs/lvstalk.h"

/* Longest datagram that is looked at whole; one that is longer counts with this size. */
enum { GRAM_MAX = 65536, PING_BYTES = 16, RECEIVED_AT_ONCE = 8 };

struct gram {
    enum cox_lvs_check_kind kind;
    int fd;
    cox_source_id watch;
    guint8 family;
    bool is_raw;                         /* PING: what comes begins with the head of IPv4 */
    guint8 question[COX_LVS_DNS_SIZE];   /* DNS, PING: what was sent */
    size_t question_bytes;
    struct cox_lvs_udp udp;              /* reply and mask are copies */
};

static guint16
checksum(const guint8 *data, size_t size)
{
    guint32 sum = 0;

    for (size_t i = 0; i + 1 < size; i += 2) {
        sum += data[i] * 256U + data[i + 1];
    }
    while (sum > 0xffff) {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    return (guint16) ~sum;
}

/* Echo request: type, code, checksum, id, sequence, then the number of the probe, by which its answer is known (RFC 792, RFC 4443). */
static void
make_ping(struct gram *gram, guint64 number)
{
    const guint64 wire = GUINT64_TO_BE(number);
    guint16 sum;

    memset(gram->question, 0, PING_BYTES);
    gram->question[0] = gram->family == COX_IP_V6 ? ICMP6_ECHO_REQUEST : ICMP_ECHO;
    gram->question[4] = (guint8) (number >> 8);
    gram->question[5] = (guint8) number;
    memcpy(gram->question + 8, &wire, sizeof wire);
    sum = gram->family == COX_IP_V6 ? 0 : checksum(gram->question, PING_BYTES);
    gram->question[2] = (guint8) (sum >> 8);
    gram->question[3] = (guint8) sum;
    gram->question_bytes = PING_BYTES;
}

static bool
is_pong(const struct gram *gram, const guint8 *data, size_t size)
{
    const size_t head = gram->is_raw && gram->family == COX_IP_V4 && size > 0 ? (data[0] & 15U) * 4 : 0;
    const guint8 type = gram->family == COX_IP_V6 ? ICMP6_ECHO_REPLY : ICMP_ECHOREPLY;

    return size >= head + PING_BYTES && data[head] == type && memcmp(data + head + 8, gram->question + 8, PING_BYTES - 8) == 0;
}

static void
hear(struct cox_probe *probe, const guint8 *data, size_t size)
{
    struct gram *gram = probe->own;
    struct cox_lvs_answer answer = { .is_good = true };

    if (gram->kind == COX_LVS_CHECK_DNS) {
        if (!cox_lvs_dns_answer(gram->question, gram->question_bytes, data, size, &answer)) {
            return;
        }
    } else if (gram->kind == COX_LVS_CHECK_PING) {
        if (!is_pong(gram, data, size)) {
            return;
        }
    } else if (gram->udp.is_reply_wanted) {
        cox_lvs_udp_answer(&gram->udp, data, size, &answer);
    }
    cox_probe_answer(probe, &answer);
}

static void
on_ready(void *context, int fd, unsigned int events)
{
    struct cox_probe *probe = context;
    g_autofree guint8 *data = g_malloc(GRAM_MAX);

    (void) events;
    for (int i = 0; i < RECEIVED_AT_ONCE && probe->kind != NULL; i++) {
        const ssize_t n = recv(fd, data, GRAM_MAX, 0);

        if (n >= 0) {
            hear(probe, data, (size_t) n);
        } else if (errno == EAGAIN || errno == EINTR) {
            return;
        } else {
            cox_probe_fail(probe, "%s", g_strerror(errno));
        }
    }
}

static int
open_ping(struct gram *gram, const struct cox_lvs_path *path)
{
    const int protocol = gram->family == COX_IP_V6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP;
    int fd = cox_socket_open(path, SOCK_DGRAM, protocol);

    if (fd < 0 && errno == EACCES) { /* net.ipv4.ping_group_range */
        fd = cox_socket_open(path, SOCK_RAW, protocol);
        gram->is_raw = fd >= 0;
    }
    return fd;
}

static const guint8 *
first_words(struct gram *gram, const struct cox_lvs_check *check, guint64 number, size_t *size)
{
    static const guint8 some[] = { 'c', 'o', 'x' };

    switch (gram->kind) {
        case COX_LVS_CHECK_DNS:
            gram->question_bytes = cox_lvs_dns_ask(&check->dns, (guint16) (number * 40503U >> 3), gram->question);
            break;
        case COX_LVS_CHECK_PING:
            make_ping(gram, number);
            break;
        default:
            *size = check->udp.payload != NULL ? check->udp.payload_bytes : sizeof some;
            return check->udp.payload != NULL ? check->udp.payload : some;
    }
    *size = gram->question_bytes;
    return gram->question;
}

static void
begin(struct cox_probe *probe, const struct cox_lvs_check *check)
{
    struct gram *gram = g_new0(struct gram, 1);
    struct cox_lvs_path path = check->path;
    const guint8 *words;
    size_t size;

    probe->own = gram;
    gram->kind = check->kind;
    gram->family = path.to.family;
    if (check->kind == COX_LVS_CHECK_UDP) {
        gram->udp = check->udp;
        gram->udp.reply = g_memdup2(check->udp.reply, check->udp.reply != NULL ? check->udp.reply_bytes : 0);
        gram->udp.reply_mask = g_memdup2(check->udp.reply_mask, check->udp.reply_mask != NULL ? check->udp.reply_bytes : 0);
    } else if (check->kind == COX_LVS_CHECK_PING) {
        path.to_port = 0;
    }
    words = first_words(gram, check, probe->number, &size);
    gram->fd = gram->kind == COX_LVS_CHECK_PING ? open_ping(gram, &path) : cox_socket_open(&path, SOCK_DGRAM, IPPROTO_UDP);
    if (gram->fd >= 0 && size == 0 && gram->kind == COX_LVS_CHECK_DNS) {
        cox_probe_fail(probe, "'%s' is no name that can be asked for", check->dns.name);
        return;
    }
    if (gram->fd < 0 || cox_socket_connect(gram->fd, &path) != 0 || send(gram->fd, words, size, MSG_NOSIGNAL) < 0) {
        cox_probe_fail(probe, "cannot send: %s", g_strerror(errno));
        return;
    }
    gram->watch = cox_runtime_watch(probe->probes->config.runtime, gram->fd, COX_WATCH_READ, on_ready, probe);
}

static void
end(struct cox_probe *probe)
{
    struct gram *gram = probe->own;

    cox_runtime_cancel(probe->probes->config.runtime, gram->watch);
    if (gram->fd >= 0) {
        close(gram->fd);
    }
    g_free((gpointer) (guintptr) gram->udp.reply);
    g_free((gpointer) (guintptr) gram->udp.reply_mask);
    g_free(gram);
}

/* Without a reply wanted, silence is good: nobody has said that the port is closed. */
static void
timeout(struct cox_probe *probe)
{
    const struct gram *gram = probe->own;

    if (gram->kind == COX_LVS_CHECK_UDP && !gram->udp.is_reply_wanted) {
        cox_probe_answer(probe, &(struct cox_lvs_answer) { .is_good = true });
    } else {
        cox_probe_fail(probe, "no answer in time");
    }
}

const struct cox_probe_kind cox_probe_datagram = { .begin = begin, .end = end, .timeout = timeout };
