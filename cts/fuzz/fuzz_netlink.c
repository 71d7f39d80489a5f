/* cts/fuzz/fuzz_netlink.c - libFuzzer target: any bytes as what the kernel says by netlink.  Layer 6.
 *
 * The first byte says how: 0: bytes of rtnetlink, which a table of interfaces takes over; 1: bytes of IPVS; else: answers of a kernel with IPVS, in
 * which some bytes are others.  What was read is whole (names end, prefixes can be used), and is read again as the same when it is written.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <netinet/in.h>
#include <linux/ip_vs.h>

#include "base/error.h"
#include "netlink/ipvs.h"
#include "netlink/ipvs_fake.h"
#include "netlink/ipvsmsg.h"
#include "netlink/netmsg.h"
#include "netlink/nettable.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { HEAD_BYTES = 4, EDIT_BYTES = 4, IPVS_NUMBER = 30 };

/* ---- rtnetlink --------------------------------------------------------------------------------------------- */

static void
check_address(const struct cox_net_address *address)
{
    const struct cox_net_change change = { .kind = COX_NET_ADDRESS, .address = address };
    g_autoptr(GByteArray) written = g_byte_array_new();
    struct cox_netmsg again;
    size_t at = 0;

    COX_BUG_ON(strnlen(address->label, COX_NET_NAME_BYTES) == COX_NET_NAME_BYTES || address->local.ip.family == COX_IP_NONE);
    (void) cox_ip_is_in(&address->local.ip, &address->local.ip, address->local.bits);
    cox_netmsg_change(written, &change, 1);
    COX_BUG_ON(!cox_netmsg_next(written->data, written->len, &at, &again) || again.kind != COX_NETMSG_ADDRESS || at != written->len);
    COX_BUG_ON(!cox_ip_equal(&again.address.local.ip, &address->local.ip) || again.address.local.bits != address->local.bits);
    COX_BUG_ON(again.address.ifindex != address->ifindex || again.address.flags != address->flags);
}

static void
take(struct cox_nettable *table, const struct cox_netmsg *message)
{
    switch (message->kind) {
        case COX_NETMSG_LINK:
            COX_BUG_ON(strnlen(message->link.name, COX_NET_NAME_BYTES) == COX_NET_NAME_BYTES || message->link.ifindex <= 0);
            cox_nettable_put_link(table, &message->link, NULL);
            COX_BUG_ON(cox_nettable_link(table, message->link.ifindex) == NULL);
            break;
        case COX_NETMSG_LINK_GONE:
            cox_nettable_drop_link(table, message->link.ifindex, NULL);
            COX_BUG_ON(cox_nettable_link(table, message->link.ifindex) != NULL);
            break;
        case COX_NETMSG_ADDRESS:
            check_address(&message->address);
            cox_nettable_put_address(table, &message->address, NULL);
            break;
        case COX_NETMSG_ADDRESS_GONE:
            cox_nettable_drop_address(table, &message->address, NULL);
            break;
        case COX_NETMSG_ROUTE:
        case COX_NETMSG_ROUTE_GONE:
            COX_BUG_ON(message->route.n_hops > COX_NET_MAX_HOPS);
            break;
        case COX_NETMSG_RULE_GONE:
            COX_BUG_ON(strnlen(message->rule.in, COX_NET_NAME_BYTES) == COX_NET_NAME_BYTES);
            COX_BUG_ON(strnlen(message->rule.out, COX_NET_NAME_BYTES) == COX_NET_NAME_BYTES);
            break;
        default:
            COX_BUG_ON(message->error < 0);
            break;
    }
}

static void
read_routes(const guint8 *data, size_t size)
{
    struct cox_nettable *table = cox_nettable_new(), *other = cox_nettable_new();
    struct cox_netmsg message;
    size_t at = 0, last = 0;

    for (gsize i = 0; cox_netmsg_next(data, size, &at, &message); i++, last = at) {
        COX_BUG_ON(at <= last || at > size);
        take(i % 3 == 2 ? other : table, &message);
    }
    cox_nettable_become(table, other, NULL);
    cox_nettable_free(other);
    cox_nettable_free(table);
}

/* ---- IPVS -------------------------------------------------------------------------------------------------- */

static void
check_service(const struct cox_ipvs_service *service)
{
    const struct cox_ipvs_change change = { .op = COX_IPVS_SET_SERVICE, .service = service };
    const struct cox_ipvsmsg_to to = { .family = IPVS_NUMBER, .seq = 1 };
    g_autoptr(GByteArray) written = g_byte_array_new();
    struct cox_ipvsmsg again;
    size_t at = 0;

    COX_BUG_ON(strnlen(service->scheduler, COX_IPVS_NAME_BYTES) == COX_IPVS_NAME_BYTES || strnlen(service->engine, COX_IPVS_NAME_BYTES) == COX_IPVS_NAME_BYTES);
    cox_ipvsmsg_change(written, &to, &change);
    COX_BUG_ON(!cox_ipvsmsg_next(written->data, written->len, &at, &again) || !again.has_service);
    COX_BUG_ON(!cox_ip_equal(&again.service.address, &service->address) || again.service.port != service->port || again.service.mark != service->mark);
    COX_BUG_ON(strcmp(again.service.scheduler, service->scheduler) != 0 || again.service.persist_s != service->persist_s);
}

static void
read_ipvs(const guint8 *data, size_t size)
{
    struct cox_ipvsmsg message;
    size_t at = 0, last = 0;

    for (; cox_ipvsmsg_next(data, size, &at, &message); last = at) {
        COX_BUG_ON(at <= last || at > size || message.error < 0);
        if (message.has_service) {
            check_service(&message.service);
        }
        COX_BUG_ON(message.has_daemon && strnlen(message.daemon.interface, COX_IPVS_NAME_BYTES) == COX_IPVS_NAME_BYTES);
    }
}

/* ---- a kernel some of whose bytes are others ---------------------------------------------------------------- */

struct liar {
    struct cox_ipvs_wire base, *kernel;
    const guint8 *edits; /* each: offset in the stream of answers, counted from the last one (16 bits), what to do, and a byte */
    size_t n_edits, used, told, next;
    GByteArray *piece;
};

static int
liar_send(struct cox_ipvs_wire *wire, const GByteArray *messages)
{
    struct liar *liar = (struct liar *) wire;

    return liar->kernel->send(liar->kernel, messages);
}

static void
edit(struct liar *liar, const guint8 *how)
{
    size_t at = liar->next - liar->told;

    if (how[2] % 3 == 0) {
        liar->piece->data[at] = how[3];
    } else if (how[2] % 3 == 1) {
        liar->piece->data[at] ^= (guint8) (1 << how[3] % 8);
    } else {
        g_byte_array_set_size(liar->piece, (guint) at); /* an answer that is cut off */
    }
}

static gssize
liar_receive(struct cox_ipvs_wire *wire, const guint8 **data)
{
    struct liar *liar = (struct liar *) wire;
    gssize size = liar->kernel->receive(liar->kernel, data);

    if (size <= 0) {
        return size;
    }
    g_byte_array_set_size(liar->piece, 0);
    g_byte_array_append(liar->piece, *data, (guint) size);
    while (liar->used < liar->n_edits) {
        const guint8 *how = liar->edits + liar->used * EDIT_BYTES;

        if (liar->next >= liar->told + liar->piece->len) {
            break;
        }
        edit(liar, how);
        liar->used++;
        liar->next += 1 + (size_t) (how[0] << 8 | how[1]);
    }
    liar->told += (size_t) size;
    liar->next = MAX(liar->next, liar->told);
    *data = liar->piece->data;
    return (gssize) liar->piece->len;
}

static void
liar_free(struct cox_ipvs_wire *wire)
{
    struct liar *liar = (struct liar *) wire;

    liar->kernel->free(liar->kernel);
    g_byte_array_unref(liar->piece);
    g_free(liar);
}

static void
fill(struct cox_ipvs *ipvs)
{
    struct cox_ipvs_service services[2] = { { .family = COX_IP_V4, .protocol = IPPROTO_TCP, .port = 80, .scheduler = "wrr", .persist_s = 60, .engine = "sip" },
                                            { .family = COX_IP_V6, .mark = 7, .scheduler = "mh" } };
    struct cox_ipvs_dest dests[2] = { { .port = 8080, .method = IP_VS_CONN_F_MASQ, .weight = 5, .upper = 9, .lower = 3 },
                                      { .method = IP_VS_CONN_F_TUNNEL, .weight = 1, .tunnel = IP_VS_CONN_F_TUNNEL_TYPE_GUE, .tunnel_port = 6080 } };
    struct cox_ipvs_change changes[] = { { .op = COX_IPVS_ADD_SERVICE, .service = &services[0] }, { .op = COX_IPVS_ADD_SERVICE, .service = &services[1] },
                                         { .op = COX_IPVS_ADD_DEST, .service = &services[0], .dest = &dests[0] },
                                         { .op = COX_IPVS_ADD_DEST, .service = &services[1], .dest = &dests[1] } };

    cox_ip_parse("192.0.2.1", &services[0].address);
    cox_ip_parse("10.0.0.1", &dests[0].address);
    cox_ip_parse("2001:db8::5", &dests[1].address);
    COX_BUG_ON(cox_ipvs_apply(ipvs, changes, G_N_ELEMENTS(changes)) > G_N_ELEMENTS(changes));
}

static void
ask_all(struct cox_ipvs *ipvs)
{
    const struct cox_ipvs_daemon daemon = { .interface = "eth0", .id = 3 };
    g_autoptr(GArray) services = g_array_new(FALSE, FALSE, sizeof(struct cox_ipvs_service));
    g_autoptr(GArray) dests = g_array_new(FALSE, FALSE, sizeof(struct cox_ipvs_dest));
    g_autoptr(GArray) daemons = g_array_new(FALSE, FALSE, sizeof(struct cox_ipvs_daemon));
    struct cox_ipvs_timeouts timeouts;

    (void) cox_ipvs_set_daemon(ipvs, &daemon, true, NULL);
    (void) cox_ipvs_services(ipvs, services, NULL);
    for (guint i = 0; i < services->len; i++) {
        check_service(&g_array_index(services, struct cox_ipvs_service, i));
        (void) cox_ipvs_dests(ipvs, &g_array_index(services, struct cox_ipvs_service, i), dests, NULL);
    }
    (void) cox_ipvs_timeouts(ipvs, &timeouts, NULL);
    (void) cox_ipvs_daemons(ipvs, daemons, NULL);
    (void) cox_ipvs_flush(ipvs, NULL);
}

static void
hear_lies(const guint8 *data, size_t size)
{
    struct liar *liar = g_new0(struct liar, 1);
    g_autoptr(cox_ipvs) ipvs = NULL;

    *liar = (struct liar) { .base = { liar_send, liar_receive, liar_free }, .kernel = cox_ipvs_fake_new(), .edits = data, .n_edits = size / EDIT_BYTES,
                            .piece = g_byte_array_new() };
    if (liar->n_edits > 0) { /* the first one says where the second is */
        liar->next = (size_t) (data[0] << 8 | data[1]);
        liar->used = 1;
    }
    ipvs = cox_ipvs_new_over(&liar->base, NULL);
    if (ipvs != NULL) {
        fill(ipvs);
        ask_all(ipvs);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree guint8 *rest = NULL;

    if (size < HEAD_BYTES) {
        return 0;
    }
    size -= HEAD_BYTES;
    rest = g_memdup2(data + HEAD_BYTES, size); /* as aligned as the buffer of a socket */
    if (data[0] == 0) {
        read_routes(rest, size);
    } else if (data[0] == 1) {
        read_ipvs(rest, size);
    } else {
        hear_lies(rest, size);
    }
    return 0;
}
