/* lib/vrrp/track.c - what is known of the things that routers follow.  Layer 3, pure. */
#include "vrrp/track.h"

#include <string.h>

#define FAULT_SUM -254 /* of a number times its weight: that and less is a fault */

static void
free_port(gpointer data)
{
    struct cox_vrrp_port *port = data;

    g_free(port->name);
    g_free(port->addresses);
    g_free(port);
}

static void
free_fact(gpointer data)
{
    struct cox_vrrp_fact *fact = data;

    g_free(fact->name);
    g_free(fact);
}

void
cox_vrrp_facts_init(struct cox_vrrp_facts *facts)
{
    facts->ports = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_port);
    for (guint i = 0; i < G_N_ELEMENTS(facts->known); i++) {
        facts->known[i] = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_fact);
    }
    cox_vrrp_heap_init(&facts->heap);
    cox_vrrp_heap_init(&facts->delays);
}

void
cox_vrrp_facts_clear(struct cox_vrrp_facts *facts)
{
    g_clear_pointer(&facts->ports, g_hash_table_unref);
    for (guint i = 0; i < G_N_ELEMENTS(facts->known); i++) {
        g_clear_pointer(&facts->known[i], g_hash_table_unref);
    }
    cox_vrrp_heap_clear(&facts->heap);
    cox_vrrp_heap_clear(&facts->delays);
}

static struct cox_vrrp_port *
make_port(struct cox_vrrp_facts *facts, const char *name)
{
    struct cox_vrrp_port *port = g_hash_table_lookup(facts->ports, name);

    if (port == NULL) {
        port = g_new0(struct cox_vrrp_port, 1);
        port->name = g_strdup(name);
        port->timer.owner = port;
        g_hash_table_insert(facts->ports, port->name, port);
    }
    return port;
}

static struct cox_vrrp_fact *
make_fact(struct cox_vrrp_facts *facts, enum cox_vrrp_track_kind kind, const char *name)
{
    struct cox_vrrp_fact *fact = g_hash_table_lookup(facts->known[kind], name);

    if (fact == NULL) {
        fact = g_new0(struct cox_vrrp_fact, 1);
        fact->name = g_strdup(name);
        fact->timer.owner = fact;
        g_hash_table_insert(facts->known[kind], fact->name, fact);
    }
    return fact;
}

/* ---- configuration ---- */

static void
forget_configuration(struct cox_vrrp_facts *facts)
{
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, facts->ports);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        struct cox_vrrp_port *port = value;

        port->down_delay = port->up_delay = 0;
    }
    g_hash_table_iter_init(&iter, facts->known[COX_VRRP_TRACK_SCRIPT]);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        struct cox_vrrp_fact *fact = value;

        fact->script = NULL;
    }
}

static void
drop_scripts(struct cox_vrrp_facts *facts)
{
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, facts->known[COX_VRRP_TRACK_SCRIPT]);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        struct cox_vrrp_fact *fact = value;

        if (fact->script == NULL) {
            cox_vrrp_heap_set(&facts->heap, &fact->timer, COX_USEC_NEVER);
            g_hash_table_iter_remove(&iter);
        }
    }
}

void
cox_vrrp_facts_configure(struct cox_vrrp_facts *facts, const struct cox_vrrp_set *set, cox_usec now)
{
    forget_configuration(facts);
    for (size_t i = 0; i < set->n_scripts; i++) {
        bool is_new = !g_hash_table_contains(facts->known[COX_VRRP_TRACK_SCRIPT], set->scripts[i].name);
        struct cox_vrrp_fact *fact = make_fact(facts, COX_VRRP_TRACK_SCRIPT, set->scripts[i].name);

        fact->script = &set->scripts[i];
        if (is_new) {
            fact->value = !fact->script->is_down_first;
            cox_vrrp_heap_set(&facts->heap, &fact->timer, now);
        }
    }
    drop_scripts(facts);
    for (size_t i = 0; i < set->n_debounces; i++) {
        struct cox_vrrp_port *port = make_port(facts, set->debounces[i].interface);

        port->down_delay = set->debounces[i].down;
        port->up_delay = set->debounces[i].up;
    }
}

/* ---- what is told ---- */

static bool
same_addresses(const struct cox_vrrp_port *port, const struct cox_vrrp_link *link)
{
    return port->n_addresses == link->n_addresses &&
           (link->n_addresses == 0 || memcmp(port->addresses, link->addresses, link->n_addresses * sizeof *link->addresses) == 0);
}

static void
take_addresses(struct cox_vrrp_port *port, const struct cox_vrrp_link *link)
{
    g_free(port->addresses);
    port->addresses = g_memdup2(link->addresses, link->n_addresses * sizeof *link->addresses);
    port->n_addresses = link->n_addresses;
}

bool
cox_vrrp_facts_link(struct cox_vrrp_facts *facts, const struct cox_vrrp_link *link, cox_usec now)
{
    struct cox_vrrp_port *port = make_port(facts, link->name);
    bool is_first = port->index == 0, was_up = port->is_up, is_changed = port->index != link->index || !same_addresses(port, link);
    cox_usec delay = link->is_up ? port->up_delay : port->down_delay;

    port->index = link->index;
    if (!same_addresses(port, link)) {
        take_addresses(port, link);
    }
    port->is_seen_up = link->index != 0 && link->is_up;
    if (port->is_seen_up == port->is_up) {
        cox_vrrp_heap_set(&facts->delays, &port->timer, COX_USEC_NEVER);
    } else if (delay == 0 || is_first || link->index == 0) {
        cox_vrrp_heap_set(&facts->delays, &port->timer, COX_USEC_NEVER);
        port->is_up = port->is_seen_up;
    } else if (port->timer.place == 0) {
        cox_vrrp_heap_set(&facts->delays, &port->timer, now + delay);
    }
    return is_changed || port->is_up != was_up;
}

/* A script changes only after enough equal results in a row. */
static bool
script_result(struct cox_vrrp_fact *fact, bool is_up)
{
    fact->is_running = false;
    if (is_up == (fact->value != 0)) {
        fact->run = 0;
        return false;
    }
    fact->run++;
    if (fact->run < MAX(is_up ? fact->script->rise : fact->script->fall, 1)) {
        return false;
    }
    fact->run = 0;
    fact->value = is_up;
    return true;
}

bool
cox_vrrp_facts_result(struct cox_vrrp_facts *facts, enum cox_vrrp_track_kind kind, const char *name, gint64 value)
{
    struct cox_vrrp_fact *fact;
    gint64 before;

    if (kind == COX_VRRP_TRACK_SCRIPT) {
        fact = g_hash_table_lookup(facts->known[kind], name);
        return fact != NULL && script_result(fact, value != 0); /* unknown: one that a reload took away */
    }
    fact = make_fact(facts, kind, name);
    before = fact->value;
    fact->value = value;
    return before != value;
}

/* ---- time ---- */

static void
run_script(struct cox_vrrp_facts *facts, struct cox_vrrp_fact *fact, cox_usec now, struct cox_vrrp_effects *out)
{
    if (!fact->is_running) {
        struct cox_vrrp_effect *effect = cox_effects_add(&out->list);

        effect->kind = COX_VRRP_DO_RUN;
        effect->script = fact->script;
        fact->is_running = true;
    }
    cox_vrrp_heap_set(&facts->heap, &fact->timer, now + MAX(fact->script->interval, COX_USEC_PER_MS));
}

bool
cox_vrrp_facts_wake(struct cox_vrrp_facts *facts, cox_usec now, struct cox_vrrp_effects *out)
{
    struct cox_vrrp_timer *timer;
    bool is_changed = false;

    while ((timer = cox_vrrp_heap_first(&facts->delays)) != NULL && timer->at <= now) {
        struct cox_vrrp_port *port = timer->owner;

        cox_vrrp_heap_set(&facts->delays, timer, COX_USEC_NEVER);
        port->is_up = port->is_seen_up;
        is_changed = true;
    }
    while ((timer = cox_vrrp_heap_first(&facts->heap)) != NULL && timer->at <= now) {
        run_script(facts, timer->owner, now, out);
    }
    return is_changed;
}

cox_usec
cox_vrrp_facts_next(const struct cox_vrrp_facts *facts)
{
    const struct cox_vrrp_timer *script = cox_vrrp_heap_first(&facts->heap), *delay = cox_vrrp_heap_first(&facts->delays);

    return cox_usec_min(script != NULL ? script->at : COX_USEC_NEVER, delay != NULL ? delay->at : COX_USEC_NEVER);
}

/* ---- judging ---- */

const struct cox_vrrp_port *
cox_vrrp_facts_port(const struct cox_vrrp_facts *facts, const char *name)
{
    return name == NULL ? NULL : g_hash_table_lookup(facts->ports, name);
}

bool
cox_vrrp_port_has(const struct cox_vrrp_port *port, const struct cox_ip *ip)
{
    for (size_t i = 0; port != NULL && i < port->n_addresses; i++) {
        if (cox_ip_equal(&port->addresses[i], ip)) {
            return true;
        }
    }
    return false;
}

static gint64
value_of(const struct cox_vrrp_facts *facts, const struct cox_vrrp_track *track)
{
    const struct cox_vrrp_port *port;
    const struct cox_vrrp_fact *fact;

    if (track->kind == COX_VRRP_TRACK_INTERFACE) {
        port = cox_vrrp_facts_port(facts, track->name);
        return port != NULL && port->is_up;
    }
    fact = g_hash_table_lookup(facts->known[track->kind], track->name);
    return fact == NULL ? 0 : fact->value;
}

static void
judge_number(const struct cox_vrrp_track *track, gint64 value, gint64 *weight, bool *is_fault)
{
    gint64 factor = track->weight.is_reversed ? -(gint64) track->weight.value : track->weight.value;

    if (track->weight.value == 0) {
        *is_fault = (value != 0) != track->weight.is_reversed;
        return;
    }
    *weight = CLAMP(value, -G_MAXINT32, G_MAXINT32) * factor;
    *is_fault = *weight <= FAULT_SUM;
}

static void
judge_state(const struct cox_vrrp_track *track, bool is_up, gint64 *weight, bool *is_fault)
{
    bool counts = is_up == (track->weight.value > 0);

    if (track->weight.value == 0) {
        *is_fault = is_up == track->weight.is_reversed;
    } else if (counts) {
        *weight = track->weight.is_reversed ? -(gint64) track->weight.value : track->weight.value;
    }
}

void
cox_vrrp_facts_judge(const struct cox_vrrp_facts *facts, const struct cox_vrrp_track *tracks, size_t n, bool has_weights,
                     struct cox_vrrp_verdict *verdict)
{
    for (size_t i = 0; i < n; i++) {
        gint64 value = value_of(facts, &tracks[i]), weight = 0;
        bool is_fault = false;

        if (tracks[i].kind == COX_VRRP_TRACK_FILE || tracks[i].kind == COX_VRRP_TRACK_ATTRIBUTE) {
            judge_number(&tracks[i], value, &weight, &is_fault);
        } else {
            judge_state(&tracks[i], value != 0, &weight, &is_fault);
        }
        if (is_fault && verdict->bad == NULL) {
            verdict->bad = &tracks[i];
        }
        verdict->weight += has_weights ? CLAMP(weight, -G_MAXINT32, G_MAXINT32) : 0;
    }
}
