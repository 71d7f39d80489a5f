/* lib/base/ipaddr.c - an IPv4 or IPv6 address as a value.  Layer 0. */
#include "base/ipaddr.h"

#include <arpa/inet.h>
#include <string.h>

bool
cox_ip_parse(const char *text, struct cox_ip *ip)
{
    memset(ip, 0, sizeof *ip);
    if (inet_pton(AF_INET, text, ip->bytes) == 1) {
        ip->family = COX_IP_V4;
        return true;
    }
    if (inet_pton(AF_INET6, text, ip->bytes) == 1) {
        ip->family = COX_IP_V6;
        return true;
    }
    memset(ip, 0, sizeof *ip);
    return false;
}

const char *
cox_ip_format(const struct cox_ip *ip, char *text)
{
    text[0] = '\0';
    if (ip->family != COX_IP_NONE) {
        inet_ntop(ip->family == COX_IP_V4 ? AF_INET : AF_INET6, ip->bytes, text, COX_IP_TEXT_SIZE);
    }
    return text;
}

struct cox_ip
cox_ip_from_bytes(enum cox_ip_family family, const void *bytes)
{
    struct cox_ip ip = { .family = (guint8) family };

    memcpy(ip.bytes, bytes, cox_ip_size(&ip));
    return ip;
}

size_t
cox_ip_size(const struct cox_ip *ip)
{
    return ip->family == COX_IP_V4 ? 4 : ip->family == COX_IP_V6 ? 16 : 0;
}

guint
cox_ip_bits(const struct cox_ip *ip)
{
    return (guint) cox_ip_size(ip) * 8;
}

int
cox_ip_compare(const struct cox_ip *a, const struct cox_ip *b)
{
    return a->family != b->family ? (int) a->family - (int) b->family : memcmp(a->bytes, b->bytes, sizeof a->bytes);
}

bool
cox_ip_equal(const struct cox_ip *a, const struct cox_ip *b)
{
    return cox_ip_compare(a, b) == 0;
}

guint
cox_ip_hash(gconstpointer key)
{
    const struct cox_ip *ip = key;
    guint hash = ip->family;

    for (size_t i = 0; i < cox_ip_size(ip); i++) {
        hash = hash * 33 + ip->bytes[i];
    }
    return hash;
}

gboolean
cox_ip_equal_key(gconstpointer a, gconstpointer b)
{
    return cox_ip_equal(a, b);
}

bool
cox_ip_is_set(const struct cox_ip *ip)
{
    static const guint8 none[16];

    return ip->family != COX_IP_NONE && memcmp(ip->bytes, none, sizeof none) != 0;
}

bool
cox_ip_is_multicast(const struct cox_ip *ip)
{
    return (ip->family == COX_IP_V4 && (ip->bytes[0] & 0xf0) == 0xe0) || (ip->family == COX_IP_V6 && ip->bytes[0] == 0xff);
}

bool
cox_ip_is_link_local(const struct cox_ip *ip)
{
    return (ip->family == COX_IP_V4 && ip->bytes[0] == 169 && ip->bytes[1] == 254) ||
           (ip->family == COX_IP_V6 && ip->bytes[0] == 0xfe && (ip->bytes[1] & 0xc0) == 0x80);
}

bool
cox_ip_is_in(const struct cox_ip *ip, const struct cox_ip *net, guint prefix)
{
    guint whole = prefix / 8, rest = prefix % 8;

    if (ip->family != net->family || prefix > cox_ip_bits(ip) || memcmp(ip->bytes, net->bytes, whole) != 0) {
        return false;
    }
    return rest == 0 || (ip->bytes[whole] ^ net->bytes[whole]) >> (8 - rest) == 0;
}
