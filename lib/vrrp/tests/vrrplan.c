/* lib/vrrp/tests/vrrplan.c - nodes with virtual routers on a network that exists in a test only. */
#include "vrrplan.h"

#include <string.h>

#include "base/testkit.h"

struct flying {
    cox_usec at;
    guint64 serial;
    guint segment;
    gint from, to; /* nodes; -1: a stranger, all */
    struct cox_vrrp_packet packet;
    guint8 *data;
};

static guint64 serials;
static const char *const interfaces[LAN_SEGMENTS] = { "eth0", "eth1" };

static void
free_flying(gpointer data)
{
    struct flying *flying = data;

    g_free(flying->data);
    g_free(flying);
}

struct cox_ip
lan_ip(const char *text)
{
    struct cox_ip ip;

    assert_true(cox_ip_parse(text, &ip));
    return ip;
}

static struct cox_ip
own_ip(guint node, guint segment, bool is_v6)
{
    g_autofree char *text = is_v6 ? g_strdup_printf("fe80::%u:%u", segment, node + 1) : g_strdup_printf("10.%u.0.%u", segment, node + 1);

    return lan_ip(text);
}

static gpointer
copy_ip(const struct cox_ip *ip)
{
    return g_memdup2(ip, sizeof *ip);
}

struct lan *
lan_new(guint n, guint32 seed)
{
    struct lan *lan = g_new0(struct lan, 1);

    assert_true(n <= LAN_NODES_MOST);
    lan->n = n;
    lan->now = 1000 * COX_USEC_PER_S;
    lan->rand = g_rand_new_with_seed(seed);
    lan->flying = g_ptr_array_new_with_free_func(free_flying);
    lan->last = g_byte_array_new();
    lan->delay = 100;
    lan->ttl = 255;
    for (guint i = 0; i < LAN_SEGMENTS; i++) {
        lan->client[i] = g_hash_table_new_full(cox_ip_hash, cox_ip_equal_key, g_free, NULL);
    }
    for (guint i = 0; i < n; i++) {
        lan->nodes[i].held = g_hash_table_new_full(cox_ip_hash, cox_ip_equal_key, g_free, NULL);
        lan->nodes[i].told = g_string_new(NULL);
        lan->nodes[i].said = g_string_new(NULL);
        lan->nodes[i].wake_at = COX_USEC_NEVER;
        lan->nodes[i].last_sent = COX_USEC_NEVER;
    }
    return lan;
}

void
lan_free(struct lan *lan)
{
    for (guint i = 0; i < lan->n; i++) {
        cox_vrrp_free(lan->nodes[i].vrrp);
        g_hash_table_unref(lan->nodes[i].held);
        g_string_free(lan->nodes[i].told, TRUE);
        g_string_free(lan->nodes[i].said, TRUE);
    }
    for (guint i = 0; i < LAN_SEGMENTS; i++) {
        g_hash_table_unref(lan->client[i]);
    }
    g_ptr_array_unref(lan->flying);
    g_byte_array_unref(lan->last);
    g_rand_free(lan->rand);
    g_free(lan);
}

/* ---- configurations ---- */

struct cox_vrrp_instance *
lan_first(struct cox_vrrp_set *set)
{
    return (struct cox_vrrp_instance *) (guintptr) set->instances;
}

void
lan_add_address(struct cox_vrrp_set *set, struct cox_vrrp_instance *instance, const char *address)
{
    size_t n = instance->items.n_addresses;
    struct cox_vrrp_address *addresses = cox_arena_new_array(set->arena, struct cox_vrrp_address, n + 1);

    if (n > 0) {
        memcpy(addresses, instance->items.addresses, n * sizeof *addresses);
    }
    addresses[n].ip = lan_ip(address);
    addresses[n].prefix = (guint8) cox_ip_bits(&addresses[n].ip);
    addresses[n].preferred_s = -1;
    instance->items.addresses = addresses;
    instance->items.n_addresses = n + 1;
}

struct cox_vrrp_instance *
lan_add(struct cox_vrrp_set *set, const char *name, const char *interface, guint8 vrid, const char *address)
{
    struct cox_vrrp_instance *all = cox_arena_new_array(set->arena, struct cox_vrrp_instance, set->n_instances + 1);
    struct cox_vrrp_instance *instance = &all[set->n_instances];

    if (set->n_instances > 0) {
        memcpy(all, set->instances, set->n_instances * sizeof *all);
    }
    cox_vrrp_instance_defaults(instance, lan_ip(address).family);
    instance->version = 3;
    instance->name = cox_arena_strdup(set->arena, name);
    instance->interface = cox_arena_strdup(set->arena, interface);
    instance->vrid = vrid;
    lan_add_address(set, instance, address);
    set->instances = all;
    set->n_instances++;
    return instance;
}

struct cox_vrrp_set *
lan_set(guint8 priority, cox_usec advert)
{
    struct cox_vrrp_set *set = cox_vrrp_set_new();
    struct cox_vrrp_instance *instance = lan_add(set, "V1", "eth0", 77, "10.0.0.100");

    instance->priority = priority;
    instance->advert = advert;
    return set;
}

struct cox_vrrp_set *
lan_group_set(guint8 priority, cox_usec advert)
{
    static const char *const members[] = { "V1", "V2" };
    struct cox_vrrp_set *set = lan_set(priority, advert);
    struct cox_vrrp_instance *second = lan_add(set, "V2", "eth1", 78, "10.1.0.100");
    struct cox_vrrp_group *group = cox_arena_new_array(set->arena, struct cox_vrrp_group, 1);

    second->priority = priority;
    second->advert = advert;
    group->name = "G";
    group->members = members;
    group->n_members = G_N_ELEMENTS(members);
    set->groups = group;
    set->n_groups = 1;
    return set;
}

/* ---- effects ---- */

static guint
segment_of(const char *interface)
{
    return g_strcmp0(interface, "eth1") == 0 ? 1 : 0;
}

static void
fly(struct lan *lan, gint from, gint to, guint segment, const struct cox_vrrp_packet *packet)
{
    struct flying *flying = g_new0(struct flying, 1);

    flying->at = lan->now + lan->delay + (lan->jitter > 0 ? g_rand_int_range(lan->rand, 0, (gint32) lan->jitter) : 0);
    flying->serial = ++serials;
    flying->segment = segment;
    flying->from = from;
    flying->to = to;
    flying->packet = *packet;
    flying->packet.data = flying->data = g_memdup2(packet->data, MAX(packet->size, 1));
    g_ptr_array_add(lan->flying, flying);
}

static void
send_out(struct lan *lan, guint node, const struct cox_vrrp_effect *effect)
{
    guint segment = segment_of(effect->instance->interface);
    struct cox_vrrp_packet packet = { .interface = segment + 1, .source = effect->send.source, .destination = effect->send.destination,
                                      .ttl = lan->ttl, .data = effect->send.data, .size = effect->send.size };
    struct lan_node *from = &lan->nodes[node];

    g_byte_array_set_size(lan->last, 0);
    g_byte_array_append(lan->last, packet.data, (guint) packet.size);
    from->sent++;
    if (packet.data[2] > 0) {
        from->longest_gap = from->last_sent != COX_USEC_NEVER ? MAX(from->longest_gap, lan->now - from->last_sent) : from->longest_gap;
        from->last_sent = lan->now;
    }
    if (from->is_cut[segment] || from->is_down[segment]) {
        return;
    }
    for (guint i = 0; i < lan->n; i++) {
        struct cox_ip ip = own_ip(i, segment, packet.destination.family == COX_IP_V6);

        if (i != node && (cox_ip_is_multicast(&packet.destination) || cox_ip_equal(&packet.destination, &ip)) &&
            (lan->loss_percent == 0 || g_rand_int_range(lan->rand, 0, 100) >= (gint32) lan->loss_percent)) {
            fly(lan, (gint) node, (gint) i, segment, &packet);
        }
    }
}

static void
do_announce(struct lan *lan, guint node, const struct cox_vrrp_effect *effect)
{
    guint segment = segment_of(effect->instance->interface);

    lan->announcements += effect->announce.repeat;
    if (lan->nodes[node].is_cut[segment] || lan->nodes[node].is_down[segment]) {
        return;
    }
    for (size_t i = 0; i < effect->announce.n_addresses; i++) {
        g_hash_table_insert(lan->client[segment], copy_ip(&effect->announce.addresses[i].ip), GUINT_TO_POINTER(node + 1));
    }
}

static void
do_hold(struct lan_node *node, const struct cox_vrrp_effect *effect, bool is_install)
{
    for (size_t i = 0; i < effect->items.n_addresses; i++) {
        if (is_install) {
            g_hash_table_add(node->held, copy_ip(&effect->items.addresses[i].ip));
            node->installs++;
        } else {
            assert_true(g_hash_table_remove(node->held, &effect->items.addresses[i].ip));
            node->removes++;
        }
    }
}

static void
carry_out(struct lan *lan, guint node, const struct cox_vrrp_effect *effect)
{
    struct lan_node *self = &lan->nodes[node];

    switch (effect->kind) {
        case COX_VRRP_DO_WAKE:
            self->wake_at = effect->at;
            break;
        case COX_VRRP_DO_SEND:
            send_out(lan, node, effect);
            break;
        case COX_VRRP_DO_ANNOUNCE:
            do_announce(lan, node, effect);
            break;
        case COX_VRRP_DO_INSTALL:
        case COX_VRRP_DO_REMOVE:
            do_hold(self, effect, effect->kind == COX_VRRP_DO_INSTALL);
            break;
        case COX_VRRP_DO_NOTIFY:
            g_string_append_printf(self->told, "%s:%s%s%s%s ",
                                   effect->change.instance != NULL ? effect->change.instance->name : effect->change.group->name,
                                   cox_vrrp_state_name(effect->change.state), effect->change.is_stop ? "!" : "",
                                   effect->change.is_deleted ? "x" : "", effect->change.is_priority ? "p" : "");
            break;
        case COX_VRRP_DO_SAY:
            g_string_append_printf(self->said, "%s:%d%s%s ", effect->instance->name, effect->say.notice,
                                   effect->say.notice == COX_VRRP_SAY_REFUSED ? cox_vrrp_refusal_name(effect->say.refusal) : "",
                                   effect->say.reason != NULL ? effect->say.reason : "");
            break;
        case COX_VRRP_DO_OPEN:
        case COX_VRRP_DO_CLOSE:
        case COX_VRRP_DO_RUN:
            break;
    }
}

void
lan_event(struct lan *lan, guint node, const struct cox_vrrp_event *event)
{
    struct cox_vrrp_effects out;

    cox_vrrp_effects_init(&out);
    cox_vrrp_step(lan->nodes[node].vrrp, event, lan->now, &out);
    for (guint i = 0; i < cox_vrrp_effects_count(&out); i++) {
        carry_out(lan, node, cox_vrrp_effects_get(&out, i));
    }
    cox_vrrp_effects_clear(&out);
    if (lan->every != NULL) {
        lan->every(lan);
    }
}

/* ---- what happens to nodes ---- */

void
lan_link(struct lan *lan, guint node, guint segment)
{
    struct lan_node *self = &lan->nodes[node];
    struct cox_ip addresses[2] = { own_ip(node, segment, false), own_ip(node, segment, true) };
    struct cox_vrrp_link link = { .name = interfaces[segment], .index = self->is_gone[segment] ? 0 : segment + 1,
                                  .is_up = !self->is_down[segment] && !self->is_gone[segment], .addresses = addresses,
                                  .n_addresses = self->is_bare[segment] || self->is_gone[segment] ? 0 : 2 };

    if (self->vrrp != NULL) {
        lan_event(lan, node, &(struct cox_vrrp_event) { .kind = COX_VRRP_ON_LINK, .link = &link });
    }
}

void
lan_give(struct lan *lan, guint node, struct cox_vrrp_set *set)
{
    if (lan->nodes[node].vrrp == NULL) {
        lan->nodes[node].vrrp = cox_vrrp_new((guint64) lan->now, lan->now);
        for (guint i = 0; i < LAN_SEGMENTS; i++) {
            lan_link(lan, node, i);
        }
    }
    lan_event(lan, node, &(struct cox_vrrp_event) { .kind = COX_VRRP_ON_SET, .set = set });
}

static void
end(struct lan_node *node)
{
    g_clear_pointer(&node->vrrp, cox_vrrp_free);
    node->wake_at = node->last_sent = COX_USEC_NEVER;
    g_hash_table_remove_all(node->held);
}

void
lan_stop(struct lan *lan, guint node)
{
    lan_event(lan, node, &(struct cox_vrrp_event) { .kind = COX_VRRP_ON_STOP });
    assert_int_equal(g_hash_table_size(lan->nodes[node].held), 0);
    end(&lan->nodes[node]);
}

void
lan_crash(struct lan *lan, guint node)
{
    end(&lan->nodes[node]);
}

void
lan_track(struct lan *lan, guint node, enum cox_vrrp_track_kind kind, const char *name, gint64 value)
{
    struct cox_vrrp_event event = { .kind = COX_VRRP_ON_TRACK, .track = { kind, name, value } };

    lan_event(lan, node, &event);
}

/* ---- time ---- */

static struct flying *
first_flying(const struct lan *lan, guint *place)
{
    struct flying *first = NULL;

    for (guint i = 0; i < lan->flying->len; i++) {
        struct flying *flying = g_ptr_array_index(lan->flying, i);

        if (first == NULL || flying->at < first->at || (flying->at == first->at && flying->serial < first->serial)) {
            first = flying;
            *place = i;
        }
    }
    return first;
}

static void
land(struct lan *lan, struct flying *flying)
{
    for (guint i = 0; i < lan->n; i++) {
        struct lan_node *node = &lan->nodes[i];
        bool is_for_it = flying->to == (gint) i || (flying->to < 0 && flying->from < 0);

        if (is_for_it && node->vrrp != NULL && !node->is_cut[flying->segment] && !node->is_down[flying->segment] && !node->is_gone[flying->segment]) {
            lan_event(lan, i, &(struct cox_vrrp_event) { .kind = COX_VRRP_ON_PACKET, .packet = &flying->packet });
        }
    }
    free_flying(flying);
}

void
lan_run(struct lan *lan, cox_usec duration)
{
    cox_usec end_at = lan->now + duration;

    for (;;) {
        guint place = 0;
        struct flying *flying = first_flying(lan, &place);
        cox_usec next = flying != NULL ? flying->at : COX_USEC_NEVER;
        gint who = -1;

        for (guint i = 0; i < lan->n; i++) {
            if (lan->nodes[i].wake_at < next) {
                next = lan->nodes[i].wake_at;
                who = (gint) i;
            }
        }
        if (next > end_at) {
            break;
        }
        lan->now = MAX(lan->now, next);
        if (who >= 0) {
            lan_event(lan, (guint) who, &(struct cox_vrrp_event) { .kind = COX_VRRP_ON_WAKE });
        } else {
            land(lan, g_ptr_array_steal_index(lan->flying, place));
        }
    }
    lan->now = end_at;
}

/* ---- what is ---- */

const char *
lan_holders(const struct lan *lan, const char *address)
{
    static char text[LAN_NODES_MOST + 2];
    struct cox_ip ip = lan_ip(address);
    guint n = 0;

    for (guint i = 0; i < lan->n; i++) {
        if (g_hash_table_contains(lan->nodes[i].held, &ip)) {
            text[n++] = (char) ('a' + i);
        }
    }
    if (n == 0) {
        text[n++] = '-';
    }
    text[n] = '\0';
    return text;
}

char
lan_client(const struct lan *lan, guint segment, const char *address)
{
    struct cox_ip ip = lan_ip(address);
    guint node = GPOINTER_TO_UINT(g_hash_table_lookup(lan->client[segment], &ip));

    return node == 0 ? '-' : (char) ('a' + node - 1);
}

struct cox_vrrp_status
lan_status(const struct lan *lan, guint node, const char *name)
{
    struct cox_vrrp_status status = { 0 };

    assert_true(cox_vrrp_status_of(lan->nodes[node].vrrp, name, &status));
    return status;
}

void
lan_inject(struct lan *lan, guint segment, const struct cox_vrrp_packet *packet)
{
    struct cox_vrrp_packet copy = *packet;

    copy.interface = segment + 1;
    fly(lan, -1, -1, segment, &copy);
}
