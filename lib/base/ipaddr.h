/* lib/base/ipaddr.h - an IPv4 or IPv6 address as a value.  Layer 0. */
#ifndef COX_BASE_IPADDR_H
#define COX_BASE_IPADDR_H

#include <stdbool.h>
#include <stddef.h>
#include <glib.h>

G_BEGIN_DECLS

enum cox_ip_family {
    COX_IP_NONE = 0, /**< no address; what a zeroed struct says */
    COX_IP_V4 = 4,
    COX_IP_V6 = 6,
};

/** An address; bytes that its family does not use are zero, so that memcmp() and hashing over the whole struct are right. */
struct cox_ip {
    guint8 family;    /**< enum cox_ip_family */
    guint8 bytes[16]; /**< network order */
};

/** Room for the text of any address, with its end. */
#define COX_IP_TEXT_SIZE 46

/** Read "192.0.2.1" or "2001:db8::1", nothing before or after it.  False, and @ip is COX_IP_NONE, when it is neither. */
bool cox_ip_parse(const char *text, struct cox_ip *ip);

/** Write the address ("" for COX_IP_NONE) to @text, which has COX_IP_TEXT_SIZE bytes; returns @text. */
const char *cox_ip_format(const struct cox_ip *ip, char *text);

/** The address of @family whose bytes, 4 or 16, begin at @bytes. */
struct cox_ip cox_ip_from_bytes(enum cox_ip_family family, const void *bytes);

/** 4, 16, or 0 for COX_IP_NONE. */
size_t cox_ip_size(const struct cox_ip *ip);

/** Bits of a whole address: 32, 128, or 0. */
guint cox_ip_bits(const struct cox_ip *ip);

/** Order: by family, then as numbers. */
int cox_ip_compare(const struct cox_ip *a, const struct cox_ip *b);

bool cox_ip_equal(const struct cox_ip *a, const struct cox_ip *b);

/** For GHashTable, with keys that point to struct cox_ip. */
guint cox_ip_hash(gconstpointer ip);
gboolean cox_ip_equal_key(gconstpointer a, gconstpointer b);

/** Is there an address (neither COX_IP_NONE nor 0.0.0.0 nor ::)? */
bool cox_ip_is_set(const struct cox_ip *ip);

bool cox_ip_is_multicast(const struct cox_ip *ip);

/** 169.254.0.0/16 or fe80::/10 */
bool cox_ip_is_link_local(const struct cox_ip *ip);

/** Are the first @prefix bits of both, which must be of one family, the same? */
bool cox_ip_is_in(const struct cox_ip *ip, const struct cox_ip *net, guint prefix);

G_END_DECLS

#endif
