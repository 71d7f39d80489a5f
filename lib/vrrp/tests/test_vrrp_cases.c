/* lib/vrrp/tests/test_vrrp_cases.c - the cases of two routers a and b: who has the address after what.
 *
 * Names are those of the interoperability cases that are also played with other daemons.  A script is read word by word:
 *   +a start   -a stop   !a crash   w500 wait (ms)   =ab who holds 10.0.0.100   2=a who holds 10.1.0.100   c=a whom clients send to
 *   Da0 carrier of segment 0 lost, Ua0 and back   Xa0 switch port closed, Ha0 and open   Ga0 interface gone   Pa0 own address gone
 *   f-150 number of a's file   s0 s1 result of a's script   p0 p1 a's process   Ra reload a with the second configuration   Rb
 *   Jx10 inject ten packets, one in 100 ms: x is T TTL, C checksum, Y type, V version, S short, N count, O own address, H priority 250,
 *        Z priority 0     t the next one every 300 ms from b's address
 */
#include "vrrp/vrrp.h"

#include <stdio.h>
#include <string.h>

#include "base/testkit.h"
#include "vrrplan.h"

#define MS COX_USEC_PER_MS

typedef void (*change)(struct cox_vrrp_set *set, struct cox_vrrp_instance *instance);

struct side {
    guint8 priority;
    gint advert_ms;
    guint8 version;  /* 0: 3 */
    change more;     /* NULL: nothing */
};

struct row {
    const char *name;
    struct side a, b;
    const char *script;
    struct side a2; /* for R */
    struct side b2;
};

/* ---- what the sides have besides ---- */

static void
nopreempt(struct cox_vrrp_set *set, struct cox_vrrp_instance *instance)
{
    instance->is_preempting = false;
    (void) set;
}

static void
nopreempt_master(struct cox_vrrp_set *set, struct cox_vrrp_instance *instance)
{
    nopreempt(set, instance);
    instance->is_master_first = true;
}

static void
preempt_delay(struct cox_vrrp_set *set, struct cox_vrrp_instance *instance)
{
    instance->preempt_delay = 4000 * MS;
    (void) set;
}

static void
password(struct cox_vrrp_set *set, struct cox_vrrp_instance *instance, const char *text)
{
    struct cox_vrrp_key *key = cox_arena_new_array(set->arena, struct cox_vrrp_key, 1);

    key->secret = text;
    instance->auth.kind = COX_VRRP_AUTH_PASS;
    instance->auth.keys = key;
    instance->auth.n_keys = 1;
}

static void
pass_secret(struct cox_vrrp_set *set, struct cox_vrrp_instance *instance)
{
    password(set, instance, "secret");
}

static void
pass_other(struct cox_vrrp_set *set, struct cox_vrrp_instance *instance)
{
    password(set, instance, "other");
}

static void
pass_long_1(struct cox_vrrp_set *set, struct cox_vrrp_instance *instance)
{
    password(set, instance, "password1");
}

static void
pass_long_2(struct cox_vrrp_set *set, struct cox_vrrp_instance *instance)
{
    password(set, instance, "password2");
}

static void
signed_1(struct cox_vrrp_set *set, struct cox_vrrp_instance *instance)
{
    password(set, instance, "a long secret");
    instance->auth.kind = COX_VRRP_AUTH_HASH;
}

static void
signed_2(struct cox_vrrp_set *set, struct cox_vrrp_instance *instance)
{
    password(set, instance, "another long secret");
    instance->auth.kind = COX_VRRP_AUTH_HASH;
}

static void
group(struct cox_vrrp_set *set, struct cox_vrrp_instance *instance)
{
    struct cox_vrrp_set *model = lan_group_set(instance->priority, instance->advert);
    struct cox_vrrp_instance *second = lan_add(set, "V2", "eth1", 78, "10.1.0.100");

    second->priority = lan_first(set)->priority;
    second->advert = lan_first(set)->advert;
    set->groups = cox_arena_memdup(set->arena, model->groups, 1, sizeof *model->groups);
    set->n_groups = 1;
    cox_vrrp_set_free(model);
}

static void
two(struct cox_vrrp_set *set, struct cox_vrrp_instance *instance)
{
    group(set, instance);
    set->n_groups = 0;
}

static void
track(struct cox_vrrp_set *set, struct cox_vrrp_instance *instance, struct cox_vrrp_track what)
{
    instance->tracks = cox_arena_memdup(set->arena, &what, 1, sizeof what);
    instance->n_tracks = 1;
}

static void
track_eth1(struct cox_vrrp_set *set, struct cox_vrrp_instance *instance)
{
    track(set, instance, (struct cox_vrrp_track) { COX_VRRP_TRACK_INTERFACE, "eth1", { 0, false } });
}

static void
track_eth1_150(struct cox_vrrp_set *set, struct cox_vrrp_instance *instance)
{
    track(set, instance, (struct cox_vrrp_track) { COX_VRRP_TRACK_INTERFACE, "eth1", { -150, false } });
}

static void
track_eth1_50(struct cox_vrrp_set *set, struct cox_vrrp_instance *instance)
{
    track(set, instance, (struct cox_vrrp_track) { COX_VRRP_TRACK_INTERFACE, "eth1", { -50, false } });
}

static void
script(struct cox_vrrp_set *set, struct cox_vrrp_instance *instance, gint32 weight)
{
    struct cox_vrrp_script *one = cox_arena_new_array(set->arena, struct cox_vrrp_script, 1);

    one->name = "s";
    one->interval = 1000 * MS;
    one->rise = one->fall = 1;
    one->is_down_first = true;
    set->scripts = one;
    set->n_scripts = 1;
    track(set, instance, (struct cox_vrrp_track) { COX_VRRP_TRACK_SCRIPT, "s", { weight, false } });
}

static void
script_fault(struct cox_vrrp_set *set, struct cox_vrrp_instance *instance)
{
    script(set, instance, 0);
}

static void
script_plus(struct cox_vrrp_set *set, struct cox_vrrp_instance *instance)
{
    script(set, instance, 120);
}

static void
script_minus(struct cox_vrrp_set *set, struct cox_vrrp_instance *instance)
{
    script(set, instance, -120);
}

static void
file_1(struct cox_vrrp_set *set, struct cox_vrrp_instance *instance)
{
    track(set, instance, (struct cox_vrrp_track) { COX_VRRP_TRACK_FILE, "f", { 1, false } });
}

static void
process_0(struct cox_vrrp_set *set, struct cox_vrrp_instance *instance)
{
    track(set, instance, (struct cox_vrrp_track) { COX_VRRP_TRACK_PROCESS, "p", { 0, false } });
}

static void
unicast(struct cox_vrrp_set *set, struct cox_vrrp_instance *instance, const char *own, const char *peer)
{
    struct cox_vrrp_peer *peers = cox_arena_new_array(set->arena, struct cox_vrrp_peer, 1);

    peers->ip = lan_ip(peer);
    instance->source = lan_ip(own);
    instance->peers = peers;
    instance->n_peers = 1;
}

static void
unicast_a(struct cox_vrrp_set *set, struct cox_vrrp_instance *instance)
{
    unicast(set, instance, "10.0.0.1", "10.0.0.2");
}

static void
unicast_b(struct cox_vrrp_set *set, struct cox_vrrp_instance *instance)
{
    unicast(set, instance, "10.0.0.2", "10.0.0.1");
}

static void
unicast_wrong(struct cox_vrrp_set *set, struct cox_vrrp_instance *instance)
{
    unicast(set, instance, "10.0.0.1", "10.0.0.9");
}

static void
unicast_checking(struct cox_vrrp_set *set, struct cox_vrrp_instance *instance)
{
    unicast_wrong(set, instance);
    instance->checks_peers = true;
}

static void
source_1(struct cox_vrrp_set *set, struct cox_vrrp_instance *instance)
{
    instance->source = lan_ip("10.0.0.1");
    (void) set;
}

static void
vrid_78(struct cox_vrrp_set *set, struct cox_vrrp_instance *instance)
{
    instance->vrid = 78;
    (void) set;
}

static void
one_more(struct cox_vrrp_set *set, struct cox_vrrp_instance *instance)
{
    lan_add_address(set, instance, "10.0.0.101");
}

static void
other_order(struct cox_vrrp_set *set, struct cox_vrrp_instance *instance)
{
    instance->items.n_addresses = 0;
    lan_add_address(set, instance, "10.0.0.101");
    lan_add_address(set, instance, "10.0.0.100");
}

static void
many(struct cox_vrrp_set *set, struct cox_vrrp_instance *instance, guint n)
{
    for (guint i = 0; i < n; i++) {
        g_autofree char *text = g_strdup_printf("10.78.%u.%u", i / 250, i % 250 + 1);

        lan_add_address(set, instance, text);
    }
}

static void
with_30(struct cox_vrrp_set *set, struct cox_vrrp_instance *instance)
{
    many(set, instance, 29);
}

static void
with_260(struct cox_vrrp_set *set, struct cox_vrrp_instance *instance)
{
    many(set, instance, 259);
}

static void
excluded(struct cox_vrrp_set *set, struct cox_vrrp_instance *instance)
{
    struct cox_vrrp_items items = instance->items;

    instance->items.n_addresses = 0;
    many(set, instance, 50);
    instance->excluded = instance->items.addresses;
    instance->n_excluded = instance->items.n_addresses;
    instance->items = items;
}

static void
no_track(struct cox_vrrp_set *set, struct cox_vrrp_instance *instance)
{
    instance->ignores_link = true;
    (void) set;
}

static void
quiet_to_lower(struct cox_vrrp_set *set, struct cox_vrrp_instance *instance)
{
    instance->answers_lower = false;
    (void) set;
}

static void
quiet_to_higher(struct cox_vrrp_set *set, struct cox_vrrp_instance *instance)
{
    instance->answers_higher = false;
    (void) set;
}

static void
ten_adverts(struct cox_vrrp_set *set, struct cox_vrrp_instance *instance)
{
    instance->down_adverts = 10;
    (void) set;
}

static void
late_start(struct cox_vrrp_set *set, struct cox_vrrp_instance *instance)
{
    set->global.startup_delay = 4000 * MS;
    (void) instance;
}

static void
debounce(struct cox_vrrp_set *set, struct cox_vrrp_instance *instance)
{
    struct cox_vrrp_debounce *row = cox_arena_new_array(set->arena, struct cox_vrrp_debounce, 1);

    *row = (struct cox_vrrp_debounce) { "eth0", 300 * MS, 300 * MS };
    set->debounces = row;
    set->n_debounces = 1;
    (void) instance;
}

#define V3(p) { p, 200, 0, NULL }
#define V2(p) { p, 1000, 2, NULL }
#define WITH(p, fn) { p, 200, 0, fn }

static const struct row rows[] = {
    { "basic-v2", V2(200), V2(100), "+a +b w5000 =a -a w700 =b +a w5000 =a" },
    { "basic-v3", V3(200), V3(100), "+a +b w1000 =a -a w150 =b +a w1000 =a" },
    { "equal-prio-backup", V3(100), V3(100), "+a +b w2000 =b -b w200 =a +b w2000 =a" },
    { "equal-prio-first-stays", V3(100), V3(100), "+a w1000 +b w2000 =a -a w200 =b +a w2000 =b" },
    { "equal-prio-partition", V3(100), V3(100), "+a w1000 +b w1000 Xa0 w1000 =ab Ha0 w300 =b w2000 =b" },
    { "advert-mismatch-v2", V2(200), { 100, 3000, 2, NULL }, "+a +b w12000 =ab" },
    { "advert-mismatch-v3-slow-master", { 200, 1000, 0, NULL }, V3(100), "+a +b w5000 =a -a w1000 =b +a w5000 =a" },
    { "advert-mismatch-v3-fast-master", V3(200), { 100, 1000, 0, NULL }, "+a +b w3000 =a !a w800 =b" },
    { "version-mismatch", V2(200), { 100, 1000, 3, NULL }, "+a +b w5000 =ab" },
    { "auth-pass-ok", { 200, 1000, 2, pass_secret }, { 100, 1000, 2, pass_secret }, "+a +b w5000 =a -a w700 =b +a w5000 =a" },
    { "auth-pass-wrong", { 200, 1000, 2, pass_secret }, { 100, 1000, 2, pass_other }, "+a +b w5000 =ab" },
    { "auth-pass-8-chars", { 200, 1000, 2, pass_long_1 }, { 100, 1000, 2, pass_long_2 }, "+a +b w5000 =a" },
    { "auth-type-mismatch", { 200, 1000, 2, pass_secret }, V2(100), "+a +b w5000 =ab" },
    { "auth-in-v3", WITH(200, pass_secret), V3(100), "+a +b w2000 =a" },
    { "auth-signed", WITH(200, signed_1), WITH(100, signed_1), "+a +b w2000 =a -a w150 =b +a w2000 =a" },
    { "auth-signed-wrong", WITH(200, signed_1), WITH(100, signed_2), "+a +b w2000 =ab" },
    { "auth-signed-one-side", WITH(200, signed_1), V3(100), "+a +b w2000 =ab" },
    { "auth-signed-v2", { 200, 1000, 2, signed_1 }, { 100, 1000, 2, signed_1 }, "+a +b w5000 =a" },
    { "preempt-off", WITH(200, nopreempt), V3(100), "+b w1000 +a w2000 =b -b w200 =a +b w2000 =a" },
    { "preempt-off-state-MASTER", WITH(200, nopreempt_master), V3(100), "+b w1000 =b +a w2000 =a" },
    { "advert-v3-fraction", { 200, 15, 0, NULL }, { 100, 15, 0, NULL }, "+a +b w1000 =a -a w200 =b +a w1000 =a" },
    { "preempt-off-backups-both", WITH(200, nopreempt), WITH(100, nopreempt), "+a +b w2000 =a -a w200 =b +a w2000 =b" },
    { "preempt-delay", WITH(200, preempt_delay), V3(100), "+b w1000 +a w2000 =b w1000 =b w2000 =a -a w200 =b" },
    { "preempt-delay-silence", WITH(200, preempt_delay), V3(100), "+a w1000 =a" },
    { "owner-255", V3(255), V3(100), "+b w1000 =b +a w1 =a -a w200 =b" },
    { "owner-255-twice", V3(255), V3(255), "+a +b w1000 =b" },
    { "owner-255-nopreempt", WITH(255, nopreempt), V3(100), "+b w1000 +a w1 =a" },
    { "sync-group", WITH(200, group), WITH(100, group), "+a +b w2000 =a 2=a Da1 w1000 =b 2=b Ua1 w2000 =a 2=a" },
    { "no-sync-group", WITH(200, two), WITH(100, two), "+a +b w2000 =a 2=a Da1 w1000 =a 2=b" },
    { "sync-group-one-link-cut", WITH(200, group), WITH(100, group), "+a +b w2000 Xa1 w5000 =a 2=a Ha1 w1000 =a 2=a" },
    { "sync-group-one-heals", WITH(200, group), WITH(100, group), "+a +b w2000 Xa0 Xa1 w1000 =ab 2=ab Ha0 w300 =a 2=a" },
    { "track-interface", WITH(200, track_eth1), V3(100), "+a +b w2000 =a Da1 w200 =b Ua1 w1000 =a" },
    { "track-interface-weight", WITH(200, track_eth1_150), V3(100), "+a +b w2000 =a Da1 w1000 =b Ua1 w1000 =a" },
    { "track-interface-weight-small", WITH(200, track_eth1_50), V3(100), "+a +b w2000 Da1 w2000 =a" },
    { "track-script-fault", WITH(200, script_fault), V3(100), "+a +b w2000 =b s1 w1000 =a s0 w200 =b s1 w1000 =a" },
    { "track-script-plus", WITH(100, script_plus), V3(150), "+a +b s1 w2000 =a s0 w1000 =b s1 w1000 =a" },
    { "track-script-minus", WITH(200, script_minus), V3(150), "+a +b s1 w2000 =a s0 w1000 =b" },
    { "track-script-owner", WITH(255, script_minus), V3(150), "+a +b s1 w2000 =a s0 w2000 =a" },
    { "track-file", WITH(200, file_1), V3(100), "+a +b w2000 =a f-150 w1000 =b f0 w1000 =a f-254 w200 =b" },
    { "track-process", WITH(200, process_0), V3(100), "+a +b p1 w2000 =a p0 w200 =b" },
    { "unicast", WITH(200, unicast_a), WITH(100, unicast_b), "+a +b w2000 =a -a w200 =b +a w2000 =a" },
    { "unicast-against-multicast", WITH(200, unicast_a), V3(100), "+a +b w2000 =a" },
    { "unicast-wrong-peer", WITH(200, unicast_wrong), WITH(100, unicast_b), "+a +b w2000 =ab" },
    { "unicast-check-src", WITH(100, unicast_checking), WITH(200, unicast_b), "+a +b w2000 =ab" },
    { "mcast-src-ip", WITH(200, source_1), V3(100), "+a +b w2000 =a -a w200 =b +a w2000 =a" },
    { "ttl-254", V3(200), V3(100), "+a +b w2000 JT10 =a w1000 =a" },
    { "forged-advert-250", V3(200), V3(100), "+a +b w2000 JH10 =- w1000 =a" },
    { "forged-prio-0", V3(200), V3(100), "+a +b w2000 JZ5 =a w1000 =a" },
    { "bad-checksum", V3(200), V3(100), "+a +b w2000 JC10 =a w1000 =a" },
    { "bad-type", V3(200), V3(100), "+a +b w2000 JY10 =a w1000 =a" },
    { "bad-version", V3(200), V3(100), "+a +b w2000 JV10 =a w1000 =a" },
    { "truncated", V3(200), V3(100), "+a +b w2000 JS10 =a w1000 =a" },
    { "count-too-large", V3(200), V3(100), "+a +b w2000 JN10 =a w1000 =a" },
    { "invalid-stream", { 200, 1000, 0, NULL }, { 100, 1000, 0, NULL }, "+a +b w5000 t JT26 =a" },
    { "invalid-stream-to-backup", { 200, 1000, 0, NULL }, { 100, 1000, 0, NULL }, "+a +b w5000 t JC26 =a" },
    { "own-source-address", V3(200), V3(100), "+a +b w2000 JO10 =a" },
    { "wrong-vrid", V3(200), WITH(100, vrid_78), "+a +b w2000 =ab" },
    { "wrong-vip", V3(200), WITH(100, one_more), "+a +b w2000 =a" },
    { "vip-order", WITH(200, one_more), WITH(100, other_order), "+a +b w2000 =a -a w200 =b +a w2000 =a" },
    { "30-addresses", WITH(200, with_30), WITH(100, with_30), "+a +b w2000 =a -a w200 =b +a w2000 =a" },
    { "260-addresses", WITH(200, with_260), WITH(100, with_260), "+a +b w2000 =a -a w200 =b +a w2000 =a" },
    { "excluded", WITH(200, excluded), WITH(100, excluded), "+a +b w2000 =a -a w200 =b +a w2000 =a" },
    { "excluded-differ", WITH(200, excluded), V3(100), "+a +b w2000 =a" },
    { "dont-track-primary", WITH(200, no_track), V3(100), "+a +b w2000 Da0 w1000 =ab Ua0 w500 =a" },
    { "track-primary", V3(200), V3(100), "+a +b w2000 Da0 w1000 =b Ua0 w1000 =a" },
    { "primary-address-deleted", V3(200), V3(100), "+a +b w2000 Pa0 w200 =b" },
    { "interface-deleted", V3(200), V3(100), "+a +b w2000 Ga0 w1000 =b" },
    { "reload-priority-down", V3(200), V3(100), "+a +b w2000 Ra w1 =a w1000 =b", V3(50) },
    { "reload-priority-up", V3(100), V3(150), "+a +b w2000 =b Ra w1000 =a", V3(200) },
    { "reload-to-owner", V3(100), V3(150), "+a +b w2000 =b Ra w2 =a", V3(255) },
    { "reload-remove-instance", WITH(200, two), WITH(100, two), "+a +b w2000 Ra w150 =a 2=b", V3(200) },
    { "reload-add-vip", V3(200), V3(100), "+a +b w2000 Ra w2000 =a Rb w2000 =a", WITH(200, one_more), WITH(100, one_more) },
    { "reload-same", V3(200), V3(100), "+a +b w2000 Ra w2000 =a", V3(200) },
    { "reload-other-vrid", V3(200), V3(100), "+a +b w2000 Ra w150 =b w1000 =ab", WITH(200, vrid_78) },
    { "heal-default", V3(200), V3(100), "+a +b w2000 c=a Xa0 w2000 =ab c=b Ha0 w210 =a c=a" },
    { "heal-quiet-peer", V3(200), WITH(100, quiet_to_higher), "+a +b w2000 Xa0 w2000 =ab Ha0 w1000 =a" },
    { "lower-prio-no-advert", WITH(200, quiet_to_lower), V3(100), "+a w1000 +b w2000 =a" },
    { "down-timer-adverts", WITH(200, ten_adverts), WITH(100, ten_adverts), "+a +b w5000 =a !a w1200 =- w2800 =b" },
    { "startup-delay", WITH(200, late_start), V3(100), "+a +b w2000 =b w1900 =b w2000 =a" },
    { "up-down-delay", WITH(200, debounce), V3(100), "+a +b w2000 Da0 w200 Ua0 =a w2000 =a" },
    { "up-down-delay-long", WITH(200, debounce), V3(100), "+a +b w2000 Da0 w1000 =b Ua0 w200 =b w2000 =a" },
};

/* ---- playing them ---- */

static struct cox_vrrp_set *
set_of(const struct side *side)
{
    struct cox_vrrp_set *set = lan_set(side->priority, side->advert_ms * MS);

    lan_first(set)->version = side->version != 0 ? side->version : 3;
    if (side->more != NULL) {
        side->more(set, lan_first(set));
    }
    return set;
}

static void
inject(struct lan *lan, char kind, bool is_from_b)
{
    g_autoptr(cox_vrrp_set) set = lan_set(250, 200 * MS);
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    struct cox_vrrp_outgoing outgoing = { lan_ip(kind == 'O' ? "10.0.0.1" : is_from_b ? "10.0.0.2" : "10.0.0.3"), lan_first(set)->group, kind == 'Z' ? 0 : 250, 0 };
    struct cox_vrrp_packet packet = { .source = outgoing.source, .destination = outgoing.destination, .ttl = kind == 'T' ? 254 : 255 };

    cox_vrrp_advert_build(lan_first(set), &outgoing, bytes);
    bytes->data[7] ^= kind == 'C' ? 1 : 0;
    bytes->data[0] = kind == 'Y' ? 0x32 : kind == 'V' ? 0x41 : bytes->data[0];
    bytes->data[3] = kind == 'N' ? 20 : bytes->data[3];
    packet.data = bytes->data;
    packet.size = kind == 'S' ? 8 : bytes->len;
    lan_inject(lan, 0, &packet);
}

static guint failures;

/* All of a case is played, so that one run tells all that is wrong. */
static void
expect(const struct row *row, const char *word, const char *seen, const char *wanted)
{
    if (strcmp(seen, wanted) != 0) {
        print_error("%s, \"%s\": it is %s\n", row->name, word, seen);
        failures++;
    }
}

static void
change_link(struct lan *lan, const char *word)
{
    guint node = (guint) (word[1] - 'a'), segment = (guint) (word[2] - '0');
    struct lan_node *self = &lan->nodes[node];

    switch (word[0]) {
        case 'X':
        case 'H':
            self->is_cut[segment] = word[0] == 'X';
            return;
        case 'D':
        case 'U':
            self->is_down[segment] = word[0] == 'D';
            break;
        case 'G':
            self->is_gone[segment] = true;
            break;
        default:
            self->is_bare[segment] = true;
            break;
    }
    lan_link(lan, node, segment);
}

static void
play_word(struct lan *lan, const struct row *row, const char *word, bool *is_slow)
{
    guint node = (guint) (word[1] - 'a');
    char client[2] = { 0 };

    switch (word[0]) {
        case '+':
            lan_give(lan, node, set_of(node == 0 ? &row->a : &row->b));
            break;
        case 'R':
            lan_give(lan, node, set_of(node == 0 ? &row->a2 : &row->b2));
            break;
        case '-':
            lan_stop(lan, node);
            break;
        case '!':
            lan_crash(lan, node);
            break;
        case 'w':
            lan_run(lan, atoi(word + 1) * MS);
            break;
        case '=':
            expect(row, word, lan_holders(lan, "10.0.0.100"), word + 1);
            break;
        case '2':
            expect(row, word, lan_holders(lan, "10.1.0.100"), word + 2);
            break;
        case 'c':
            client[0] = lan_client(lan, 0, "10.0.0.100");
            expect(row, word, client, word + 2);
            break;
        case 'f':
            lan_track(lan, 0, COX_VRRP_TRACK_FILE, "f", atoi(word + 1));
            break;
        case 's':
            lan_track(lan, 0, COX_VRRP_TRACK_SCRIPT, "s", atoi(word + 1));
            break;
        case 'p':
            lan_track(lan, 0, COX_VRRP_TRACK_PROCESS, "p", atoi(word + 1));
            break;
        case 't':
            *is_slow = true;
            break;
        case 'J':
            for (int i = 0; i < atoi(word + 2); i++) {
                inject(lan, word[1], *is_slow);
                lan_run(lan, (*is_slow ? 300 : 100) * MS);
            }
            break;
        default:
            change_link(lan, word);
            break;
    }
}

static void
every_case_ends_as_it_should(void **state)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct lan *lan = lan_new(2, 1);
        g_auto(GStrv) words = g_strsplit(rows[i].script, " ", -1);
        bool is_slow = false;

        for (char **word = words; *word != NULL; word++) {
            play_word(lan, &rows[i], *word, &is_slow);
        }
        lan_free(lan);
    }
    assert_int_equal(failures, 0);
    (void) state;
}

COX_TEST_MAIN(cmocka_unit_test(every_case_ends_as_it_should))
