/* lib/netlink/netframes.c - frames that tell the neighbours where an address is now.  Layer 3, adapter; pure. */
#include "netlink/netframes.h"

#include <string.h>

enum {
    ETHERNET_BYTES = 14, ARP_BYTES = 28, IPV6_BYTES = 40, NEIGHBOUR_BYTES = 32, /* with the option for the MAC */
    ICMPV6 = 58, NEIGHBOUR_SOLICIT = 135, NEIGHBOUR_ADVERT = 136, OPTION_SOURCE_MAC = 1, OPTION_TARGET_MAC = 2, FLAG_ROUTER = 0x80, FLAG_OVERRIDE = 0x20,
};

static void
put16(guint8 *at, guint16 value)
{
    at[0] = (guint8) (value >> 8);
    at[1] = (guint8) value;
}

guint16
cox_netframe_checksum(const guint8 *data, size_t size, guint32 sum)
{
    for (size_t i = 0; i + 1 < size; i += 2) {
        sum += (guint32) data[i] << 8 | data[i + 1];
    }
    if (size % 2 != 0) {
        sum += (guint32) data[size - 1] << 8;
    }
    while (sum >> 16 != 0) {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    return (guint16) ~sum;
}

static void
put_ethernet(struct cox_net_frame *out, const guint8 *to, const struct cox_net_link *link, guint16 type)
{
    memcpy(out->bytes, to, COX_NET_MAC_BYTES);
    memcpy(out->bytes + COX_NET_MAC_BYTES, link->mac, COX_NET_MAC_BYTES);
    put16(out->bytes + 2 * COX_NET_MAC_BYTES, type);
}

static void
put_arp(const struct cox_netframe_spec *spec, const struct cox_ip *target, struct cox_net_frame *out)
{
    static const guint8 all[COX_NET_MAC_BYTES] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
    static const guint8 head[] = { 0, 1, 8, 0, 6, 4 }; /* Ethernet, IPv4, their lengths */
    guint8 *arp = out->bytes + ETHERNET_BYTES;

    put_ethernet(out, all, spec->link, 0x0806);
    memcpy(arp, head, sizeof head);
    put16(arp + 6, spec->is_reply ? 2 : 1);
    memcpy(arp + 8, spec->link->mac, COX_NET_MAC_BYTES);
    memcpy(arp + 14, spec->ip->bytes, 4);
    memcpy(arp + 18, spec->is_reply ? spec->link->mac : all, COX_NET_MAC_BYTES);
    memcpy(arp + 24, target->bytes, 4);
    out->size = ETHERNET_BYTES + ARP_BYTES;
}

/* A neighbour advert or solicitation about @target to the group @to. */
static void
put_neighbour(const struct cox_netframe_spec *spec, const guint8 *to, guint8 type, const struct cox_ip *target, struct cox_net_frame *out)
{
    const guint8 group_mac[COX_NET_MAC_BYTES] = { 0x33, 0x33, to[12], to[13], to[14], to[15] }; /* RFC 2464, 7 */
    guint8 *ip = out->bytes + ETHERNET_BYTES, *icmp = ip + IPV6_BYTES;

    put_ethernet(out, group_mac, spec->link, 0x86dd);
    ip[0] = 6 << 4;
    put16(ip + 4, NEIGHBOUR_BYTES);
    ip[6] = ICMPV6;
    ip[7] = 255;
    memcpy(ip + 8, spec->ip->bytes, 16);
    memcpy(ip + 24, to, 16);
    icmp[0] = type;
    icmp[4] = type == NEIGHBOUR_SOLICIT ? 0 : FLAG_OVERRIDE | (spec->is_router ? FLAG_ROUTER : 0);
    memcpy(icmp + 8, target->bytes, 16);
    icmp[24] = type == NEIGHBOUR_SOLICIT ? OPTION_SOURCE_MAC : OPTION_TARGET_MAC;
    icmp[25] = 1; /* in units of eight bytes */
    memcpy(icmp + 26, spec->link->mac, COX_NET_MAC_BYTES);
    /* The pseudo header: both addresses lie before the message; length and protocol are added as numbers. */
    put16(icmp + 2, cox_netframe_checksum(ip + 8, 32 + NEIGHBOUR_BYTES, NEIGHBOUR_BYTES + ICMPV6));
    out->size = ETHERNET_BYTES + IPV6_BYTES + NEIGHBOUR_BYTES;
}

void
cox_netframe_announce(const struct cox_netframe_spec *spec, struct cox_net_frame *out)
{
    static const guint8 all_nodes[16] = { 0xff, 0x02, [15] = 1 };

    *out = (struct cox_net_frame) { .ifindex = spec->link->ifindex };
    if (spec->ip->family == COX_IP_V6) {
        put_neighbour(spec, all_nodes, NEIGHBOUR_ADVERT, spec->ip, out);
    } else {
        put_arp(spec, spec->ip, out);
    }
}

void
cox_netframe_ask(const struct cox_netframe_spec *spec, const struct cox_ip *target, struct cox_net_frame *out)
{
    const guint8 solicited[16] = { 0xff, 0x02, [11] = 1, 0xff, target->bytes[13], target->bytes[14], target->bytes[15] };

    *out = (struct cox_net_frame) { .ifindex = spec->link->ifindex };
    if (target->family == COX_IP_V6) {
        put_neighbour(spec, solicited, NEIGHBOUR_SOLICIT, target, out);
    } else {
        put_arp(spec, target, out);
    }
}
