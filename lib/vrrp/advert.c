/* lib/vrrp/advert.c - adverts as bytes.  Layer 3, pure. */
#include "vrrp/advert.h"

#include <string.h>

#define HEADER_SIZE 8
#define PROTOCOL 112
#define TYPE_ADVERT 1
#define AUTH_NONE 0
#define AUTH_PASS 1
#define CENTISECOND (COX_USEC_PER_S / 100)
#define CENTISECONDS_MOST 4095
#define HASH_SIZE 32
#define HASH_AT (COX_VRRP_TRAILER_SIZE - HASH_SIZE)
#define TRAILER_FORMAT 1

static guint16
get_u16(const guint8 *at)
{
    return (guint16) (at[0] << 8 | at[1]);
}

/* ---- checksum ---- */

static guint32
sum_of(const guint8 *data, size_t size, guint32 sum)
{
    for (size_t i = 0; i + 1 < size; i += 2) {
        sum += get_u16(data + i);
    }
    return size % 2 == 1 ? sum + ((guint32) data[size - 1] << 8) : sum;
}

static guint16
folded(guint32 sum)
{
    while (sum >> 16 != 0) {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    return (guint16) sum;
}

/* RFC 1071 over the pseudo header; that of IPv6 (RFC 8200) has the length in 32 bits, which is the same sum. */
static guint32
pseudo_sum(const struct cox_ip *source, const struct cox_ip *destination, size_t size)
{
    guint32 sum = sum_of(source->bytes, cox_ip_size(source), PROTOCOL + (guint32) size);

    return sum_of(destination->bytes, cox_ip_size(destination), sum);
}

bool
cox_vrrp_advert_has_checksum(const struct cox_vrrp_packet *packet, enum cox_vrrp_checksum mode)
{
    guint32 sum = sum_of(packet->data, packet->size, 0), pseudo = pseudo_sum(&packet->source, &packet->destination, packet->size);

    if (packet->size < HEADER_SIZE) {
        return false;
    }
    if (packet->source.family == COX_IP_V6) {
        return folded(sum + pseudo) == 0xffff;
    }
    if (packet->data[0] >> 4 == 2) {
        return folded(sum) == 0xffff;
    }
    return (mode != COX_VRRP_CHECKSUM_OLD && folded(sum + pseudo) == 0xffff) || (mode != COX_VRRP_CHECKSUM_NEW && folded(sum) == 0xffff);
}

/* ---- reading ---- */

enum cox_vrrp_refusal
cox_vrrp_advert_parse(const struct cox_vrrp_packet *packet, struct cox_vrrp_advert *advert)
{
    const guint8 *data = packet->data;
    size_t fixed, left;

    memset(advert, 0, sizeof *advert);
    if (packet->size < HEADER_SIZE) {
        return COX_VRRP_REFUSED_LENGTH;
    }
    advert->version = data[0] >> 4;
    advert->family = packet->source.family;
    advert->vrid = data[1];
    advert->priority = data[2];
    advert->n_addresses = data[3];
    advert->addresses = data + HEADER_SIZE;
    if (advert->version != 2 && advert->version != 3) {
        return COX_VRRP_REFUSED_VERSION;
    }
    if ((data[0] & 0x0f) != TYPE_ADVERT) {
        return COX_VRRP_REFUSED_TYPE;
    }
    if (advert->version == 2 && advert->family != COX_IP_V4) {
        return COX_VRRP_REFUSED_FAMILY;
    }
    fixed = HEADER_SIZE + advert->n_addresses * cox_ip_size(&packet->source) + (advert->version == 2 ? COX_VRRP_PASS_SIZE : 0);
    if (packet->size < fixed) {
        return COX_VRRP_REFUSED_LENGTH;
    }
    left = packet->size - fixed;
    if (left == COX_VRRP_TRAILER_SIZE && memcmp(data + fixed, "CX", 2) == 0 && data[fixed + 2] == TRAILER_FORMAT) {
        advert->trailer = data + fixed;
    } else if (left != 0) {
        return COX_VRRP_REFUSED_LENGTH;
    }
    if (advert->n_addresses == 0) {
        return COX_VRRP_REFUSED_COUNT;
    }
    if (advert->version == 2) {
        advert->auth_type = data[4];
        advert->interval = data[5] * COX_USEC_PER_S;
        advert->pass = data + fixed - COX_VRRP_PASS_SIZE;
    } else {
        advert->interval = (get_u16(data + 4) & 0x0fff) * CENTISECOND;
    }
    return COX_VRRP_ACCEPTED;
}

static int
compare_bytes(gconstpointer a, gconstpointer b, gpointer size)
{
    return memcmp(a, b, *(const size_t *) size);
}

bool
cox_vrrp_advert_has_addresses(const struct cox_vrrp_advert *advert, const struct cox_vrrp_items *items)
{
    guint8 ours[COX_VRRP_ADDRESSES_MOST * 16], theirs[COX_VRRP_ADDRESSES_MOST * 16];
    size_t size = advert->family == COX_IP_V6 ? 16 : 4, n = MIN(items->n_addresses, COX_VRRP_ADDRESSES_MOST);

    if (advert->n_addresses != n) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        memcpy(ours + i * size, items->addresses[i].ip.bytes, size);
    }
    if (memcmp(ours, advert->addresses, n * size) == 0) {
        return true; /* nearly always in the same order */
    }
    memcpy(theirs, advert->addresses, n * size);
    g_qsort_with_data(ours, (gint) n, size, compare_bytes, &size);
    g_qsort_with_data(theirs, (gint) n, size, compare_bytes, &size);
    return memcmp(ours, theirs, n * size) == 0;
}

/* ---- authentication ---- */

/* The password as version 2 sends it: eight bytes, zeros behind a shorter one. */
static void
pass_of(const struct cox_vrrp_auth *auth, guint8 pass[COX_VRRP_PASS_SIZE])
{
    const char *secret = auth->n_keys > 0 ? auth->keys[0].secret : "";

    memset(pass, 0, COX_VRRP_PASS_SIZE);
    memcpy(pass, secret, MIN(strlen(secret), COX_VRRP_PASS_SIZE));
}

/* As quick for wrong bytes as for right ones. */
static bool
is_same_secret(const guint8 *a, const guint8 *b, size_t size)
{
    guint8 difference = 0;

    for (size_t i = 0; i < size; i++) {
        difference |= a[i] ^ b[i];
    }
    return difference == 0;
}

struct signed_part {
    const struct cox_ip *source, *destination;
    const guint8 *data;
    size_t size;         /* up to the hash */
};

static void
hash_of(const struct cox_vrrp_key *key, const struct signed_part *part, guint8 hash[HASH_SIZE])
{
    static const guint8 no_checksum[2];
    GHmac *hmac = g_hmac_new(G_CHECKSUM_SHA256, (const guchar *) key->secret, strlen(key->secret));
    gsize size = HASH_SIZE;

    g_hmac_update(hmac, part->source->bytes, (gssize) cox_ip_size(part->source));
    g_hmac_update(hmac, part->destination->bytes, (gssize) cox_ip_size(part->destination));
    g_hmac_update(hmac, part->data, 6);
    g_hmac_update(hmac, no_checksum, sizeof no_checksum);
    g_hmac_update(hmac, part->data + HEADER_SIZE, (gssize) (part->size - HEADER_SIZE));
    g_hmac_get_digest(hmac, hash, &size);
    g_hmac_unref(hmac);
}

static enum cox_vrrp_refusal
check_hash(const struct cox_vrrp_packet *packet, const struct cox_vrrp_advert *advert, const struct cox_vrrp_auth *auth)
{
    struct signed_part part = { &packet->source, &packet->destination, packet->data, packet->size - HASH_SIZE };
    guint8 hash[HASH_SIZE];

    for (size_t i = 0; i < auth->n_keys; i++) {
        if (auth->keys[i].id == advert->trailer[3]) {
            hash_of(&auth->keys[i], &part, hash);
            return is_same_secret(hash, advert->trailer + HASH_AT, HASH_SIZE) ? COX_VRRP_ACCEPTED : COX_VRRP_REFUSED_AUTH_HASH;
        }
    }
    return COX_VRRP_REFUSED_AUTH_KEY;
}

enum cox_vrrp_refusal
cox_vrrp_advert_authenticate(const struct cox_vrrp_packet *packet, const struct cox_vrrp_advert *advert, const struct cox_vrrp_auth *auth)
{
    guint8 pass[COX_VRRP_PASS_SIZE];
    bool wants_pass = auth->kind == COX_VRRP_AUTH_PASS && advert->version == 2;

    if ((advert->trailer != NULL) != (auth->kind == COX_VRRP_AUTH_HASH)) {
        return COX_VRRP_REFUSED_AUTH_TYPE;
    }
    if (advert->version == 2 && advert->auth_type != (wants_pass ? AUTH_PASS : AUTH_NONE)) {
        return COX_VRRP_REFUSED_AUTH_TYPE;
    }
    if (auth->kind == COX_VRRP_AUTH_HASH) {
        return check_hash(packet, advert, auth);
    }
    if (wants_pass) {
        pass_of(auth, pass);
        return is_same_secret(pass, advert->pass, sizeof pass) ? COX_VRRP_ACCEPTED : COX_VRRP_REFUSED_AUTH_PASS;
    }
    return COX_VRRP_ACCEPTED;
}

guint64
cox_vrrp_advert_stamp(const struct cox_vrrp_advert *advert)
{
    guint64 stamp;

    memcpy(&stamp, advert->trailer + 4, sizeof stamp);
    return GUINT64_FROM_BE(stamp);
}

/* ---- writing ---- */

static void
put_header(const struct cox_vrrp_instance *instance, guint8 priority, guint n, GByteArray *out)
{
    guint8 header[HEADER_SIZE] = { (guint8) (instance->version << 4 | TYPE_ADVERT), instance->vrid, priority, (guint8) n };

    if (instance->version == 2) {
        header[4] = instance->auth.kind == COX_VRRP_AUTH_PASS ? AUTH_PASS : AUTH_NONE;
        header[5] = (guint8) CLAMP(instance->advert / COX_USEC_PER_S, 1, 255);
    } else {
        /* Rounded up: who listens must not wait too short. */
        guint centiseconds = (guint) CLAMP((instance->advert + CENTISECOND - 1) / CENTISECOND, 1, CENTISECONDS_MOST);

        header[4] = (guint8) (centiseconds >> 8);
        header[5] = (guint8) centiseconds;
    }
    g_byte_array_append(out, header, sizeof header);
}

static void
put_trailer(const struct cox_vrrp_key *key, const struct cox_vrrp_outgoing *outgoing, guint start, GByteArray *out)
{
    guint8 trailer[COX_VRRP_TRAILER_SIZE] = { 'C', 'X', TRAILER_FORMAT, key->id };
    guint64 stamp = GUINT64_TO_BE(outgoing->stamp);
    struct signed_part part;

    memcpy(trailer + 4, &stamp, sizeof stamp);
    g_byte_array_append(out, trailer, sizeof trailer);
    part = (struct signed_part) { &outgoing->source, &outgoing->destination, out->data + start, out->len - start - HASH_SIZE };
    hash_of(key, &part, out->data + out->len - HASH_SIZE);
}

static void
put_checksum(const struct cox_vrrp_instance *instance, const struct cox_vrrp_outgoing *outgoing, guint8 *data, size_t size)
{
    bool has_pseudo = instance->version == 3 && (instance->family == COX_IP_V6 || instance->checksum != COX_VRRP_CHECKSUM_OLD);
    guint16 sum = (guint16) ~folded(sum_of(data, size, has_pseudo ? pseudo_sum(&outgoing->source, &outgoing->destination, size) : 0));

    data[6] = (guint8) (sum >> 8);
    data[7] = (guint8) sum;
}

void
cox_vrrp_advert_build(const struct cox_vrrp_instance *instance, const struct cox_vrrp_outgoing *outgoing, GByteArray *out)
{
    guint n = (guint) MIN(instance->items.n_addresses, COX_VRRP_ADDRESSES_MOST), start = out->len;
    guint size = instance->family == COX_IP_V6 ? 16 : 4;

    put_header(instance, outgoing->priority, n, out);
    for (guint i = 0; i < n; i++) {
        g_byte_array_append(out, instance->items.addresses[i].ip.bytes, size);
    }
    if (instance->version == 2) {
        guint8 pass[COX_VRRP_PASS_SIZE] = { 0 };

        if (instance->auth.kind == COX_VRRP_AUTH_PASS) {
            pass_of(&instance->auth, pass);
        }
        g_byte_array_append(out, pass, sizeof pass);
    }
    if (instance->auth.kind == COX_VRRP_AUTH_HASH && instance->auth.n_keys > 0) {
        put_trailer(&instance->auth.keys[0], outgoing, start, out);
    }
    put_checksum(instance, outgoing, out->data + start, out->len - start);
}
