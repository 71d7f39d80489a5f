/* lib/vrrp/advert.h - adverts as bytes: RFC 3768 (version 2), RFC 9568 (version 3).  Layer 3, pure.
 *
 * After the addresses (version 2: and the eight bytes of the password) a signed advert has a trailer of COX_VRRP_TRAILER_SIZE bytes:
 *
 *     0  'C' 'X' format (1) key-id     4  stamp, 64 bits, network order     12  HMAC-SHA256
 *
 * The hash is over source, destination (network order, 4 or 16 bytes each) and the datagram up to the hash, with a checksum of zero; the
 * checksum is made after it and covers the trailer, as of all that is sent.  doc/adr/080-vrrp.md says why.
 */
#ifndef COX_VRRP_ADVERT_H
#define COX_VRRP_ADVERT_H

#include "vrrp/vrrpevent.h"

G_BEGIN_DECLS

#define COX_VRRP_TRAILER_SIZE 44
#define COX_VRRP_PASS_SIZE 8
#define COX_VRRP_ADDRESSES_MOST 255

/** An advert that was read. */
struct cox_vrrp_advert {
    guint8 version, family, vrid, priority;
    guint8 auth_type;              /**< version 2: 0 none, 1 password */
    cox_usec interval;
    guint n_addresses;
    const guint8 *addresses;       /**< n_addresses of 4 or 16 bytes; as the following, part of the packet */
    const guint8 *pass;            /**< version 2: COX_VRRP_PASS_SIZE bytes; else NULL */
    const guint8 *trailer;         /**< COX_VRRP_TRAILER_SIZE bytes; NULL: not signed */
};

/** Read the fields; what of them is wrong in itself is refused.  TTL, checksum and authentication are not looked at. */
enum cox_vrrp_refusal cox_vrrp_advert_parse(const struct cox_vrrp_packet *packet, struct cox_vrrp_advert *advert);

/** Is the checksum right: as its version and family want it, or (IPv4 version 3) as @mode allows? */
bool cox_vrrp_advert_has_checksum(const struct cox_vrrp_packet *packet, enum cox_vrrp_checksum mode);

/** Is it what @auth wants?  Not whether it is new: that is cox_vrrp_replay_check(). */
enum cox_vrrp_refusal cox_vrrp_advert_authenticate(const struct cox_vrrp_packet *packet, const struct cox_vrrp_advert *advert,
                                                   const struct cox_vrrp_auth *auth);

/** Stamp of a signed advert. */
guint64 cox_vrrp_advert_stamp(const struct cox_vrrp_advert *advert);

/** Has the advert just these addresses, in any order?  More than COX_VRRP_ADDRESSES_MOST: the first ones. */
bool cox_vrrp_advert_has_addresses(const struct cox_vrrp_advert *advert, const struct cox_vrrp_items *items);

/** What changes from one advert to the next. */
struct cox_vrrp_outgoing {
    struct cox_ip source, destination;
    guint8 priority;
    guint64 stamp;                 /**< for signed ones */
};

/** Append the advert of a router to @out. */
void cox_vrrp_advert_build(const struct cox_vrrp_instance *instance, const struct cox_vrrp_outgoing *outgoing, GByteArray *out);

G_END_DECLS

#endif
