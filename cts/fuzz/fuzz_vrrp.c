/* cts/fuzz/fuzz_vrrp.c - libFuzzer target: any bytes as adverts to a virtual router.  Layer 6.
 *
 * What is refused must change neither state nor timer; what is accepted must be built again from its fields.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/error.h"
#include "vrrp/advert.h"
#include "vrrp/vrrp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define KINDS 5

/* By @kind: version 2, version 2 with password, version 3, version 3 signed, IPv6. */
static struct cox_vrrp_set *
make_set(guint kind)
{
    static const struct cox_vrrp_key key = { 1, "secret" };
    struct cox_vrrp_set *set = cox_vrrp_set_new();
    struct cox_vrrp_instance *instance = cox_arena_new_array(set->arena, struct cox_vrrp_instance, 1);
    struct cox_vrrp_address *address = cox_arena_new_array(set->arena, struct cox_vrrp_address, 1);

    cox_vrrp_instance_defaults(instance, kind == 4 ? COX_IP_V6 : COX_IP_V4);
    cox_ip_parse(kind == 4 ? "fe80::77:100" : "10.77.0.100", &address->ip);
    cox_ip_parse(kind == 4 ? "fe80::1" : "10.77.0.1", &instance->source);
    instance->name = "V1";
    instance->interface = "eth0";
    instance->vrid = 77;
    instance->version = kind < 2 ? 2 : 3;
    instance->items.addresses = address;
    instance->items.n_addresses = 1;
    instance->auth.kind = kind == 1 ? COX_VRRP_AUTH_PASS : kind == 3 ? COX_VRRP_AUTH_HASH : COX_VRRP_AUTH_NONE;
    instance->auth.keys = &key;
    instance->auth.n_keys = 1;
    set->instances = instance;
    set->n_instances = 1;
    return set;
}

/* What was read says how long the packet is. */
static void
check_fields(const struct cox_vrrp_packet *packet)
{
    struct cox_vrrp_advert advert;

    if (cox_vrrp_advert_parse(packet, &advert) != COX_VRRP_ACCEPTED) {
        return;
    }
    COX_BUG_ON(8 + advert.n_addresses * cox_ip_size(&packet->source) + (advert.pass != NULL ? COX_VRRP_PASS_SIZE : 0) +
                   (advert.trailer != NULL ? COX_VRRP_TRAILER_SIZE : 0) != packet->size);
    COX_BUG_ON((advert.version == 2) != (advert.pass != NULL));
}

/* A right checksum, as chance finds none: the version's, for IPv4 without pseudo header. */
static void
set_checksum(guint8 *data, size_t size, const struct cox_vrrp_packet *packet)
{
    guint32 sum = 112 + (guint32) size;

    data[6] = data[7] = 0;
    for (size_t i = 0; i < 16; i++) {
        sum += (guint32) (packet->source.bytes[i] + packet->destination.bytes[i]) << (i % 2 == 0 ? 8 : 0);
    }
    sum = packet->source.family == COX_IP_V6 ? sum : 0;
    for (size_t i = 0; i < size; i++) {
        sum += (guint32) data[i] << (i % 2 == 0 ? 8 : 0);
    }
    for (; sum >> 16 != 0; sum = (sum & 0xffff) + (sum >> 16)) {
    }
    data[6] = (guint8) (~sum >> 8);
    data[7] = (guint8) ~sum;
}

static void
hear(struct cox_vrrp *vrrp, const struct cox_vrrp_packet *packet, cox_usec now)
{
    struct cox_vrrp_status before = cox_vrrp_status_at(vrrp, 0), after;
    guint64 received = before.stats->received;
    struct cox_vrrp_effects out;

    check_fields(packet);
    cox_vrrp_effects_init(&out);
    cox_vrrp_step(vrrp, &(struct cox_vrrp_event) { .kind = COX_VRRP_ON_PACKET, .packet = packet }, now, &out);
    after = cox_vrrp_status_at(vrrp, 0);
    for (guint i = 0; i < cox_vrrp_effects_count(&out) && after.stats->received == received; i++) {
        COX_BUG_ON(cox_vrrp_effects_get(&out, i)->kind != COX_VRRP_DO_SAY);
    }
    COX_BUG_ON(after.stats->received == received && (after.state != before.state || !cox_ip_equal(&after.master, &before.master)));
    cox_vrrp_effects_clear(&out);
}

static void
begin(struct cox_vrrp *vrrp, guint kind)
{
    const struct cox_vrrp_link link = { .name = "eth0", .index = 2, .is_up = true };
    struct cox_vrrp_effects out;

    cox_vrrp_effects_init(&out);
    cox_vrrp_step(vrrp, &(struct cox_vrrp_event) { .kind = COX_VRRP_ON_LINK, .link = &link }, 0, &out);
    cox_vrrp_step(vrrp, &(struct cox_vrrp_event) { .kind = COX_VRRP_ON_SET, .set = make_set(kind) }, 0, &out);
    cox_vrrp_effects_clear(&out);
}

/* First which router (and 0x80: checksums are made right); then packets: length (2 bytes), TTL, last byte of the source, milliseconds
 * that pass before it, bytes. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    guint kind = size > 0 ? (data[0] & 0x7f) % KINDS : 0;
    bool is_mended = size > 0 && (data[0] & 0x80) != 0;
    struct cox_vrrp *vrrp = cox_vrrp_new(1, 0);
    cox_usec now = 0;

    begin(vrrp, kind);
    for (data += size > 0, size -= size > 0; size >= 5;) {
        size_t length = MIN((size_t) data[0] | (size_t) data[1] << 8, size - 5);
        g_autofree guint8 *bytes = g_memdup2(data + 5, length);
        struct cox_vrrp_packet packet = { .interface = 2, .ttl = data[2], .data = bytes, .size = length };
        struct cox_vrrp_effects out;

        cox_ip_parse(kind == 4 ? "fe80::1" : "10.77.0.1", &packet.source);
        cox_ip_parse(kind == 4 ? "ff02::12" : "224.0.0.18", &packet.destination);
        packet.source.bytes[cox_ip_size(&packet.source) - 1] = data[3];
        if (is_mended && length >= 8) {
            set_checksum(bytes, length, &packet);
        }
        now += data[4] * COX_USEC_PER_MS;
        cox_vrrp_effects_init(&out);
        cox_vrrp_step(vrrp, &(struct cox_vrrp_event) { .kind = COX_VRRP_ON_WAKE }, now, &out);
        cox_vrrp_effects_clear(&out);
        hear(vrrp, &packet, now);
        data += 5 + length;
        size -= 5 + length;
    }
    cox_vrrp_free(vrrp);
    return 0;
}
