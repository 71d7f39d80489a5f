/* lib/sched/expand.c - from configured resources to instances, tickets and amounts.  Layer 3, pure. */
#include "sched/work_priv.h"

#include <stdlib.h>
#include <string.h>

#include "model/option.h"
#include "sched/bundle_priv.h"
#include "sched/rsc_priv.h"

/* ---- instances ---- */

static void
expand_top(struct sched_work *work, const struct cox_rsc_def *def)
{
    const struct sched_rsc_spec spec = { .def = def, .instance = -1, .replica = -1 };
    struct sched_rsc *rsc = sched_rsc_new_tree(work, &spec);

    if (def->variant == COX_CLONE) {
        /* One instance is needed even for none: it is what probes find running. */
        for (int i = 0; i < MAX(rsc->meta.clone_max, 1); i++) {
            sched_rsc_add_instance(work, rsc);
        }
    } else if (def->variant == COX_BUNDLE) {
        sched_bundle_expand(work, rsc);
    }
}

/* ---- connections of guests ---- */

static const char *
meta_of(const struct cox_rsc_def *def, enum cox_option_id id)
{
    for (size_t i = 0; i < def->meta.n_sets; i++) {
        const char *value = cox_nvpairs_get(def->meta.sets[i].pairs, def->meta.sets[i].n_pairs,
                                            cox_option(id)->name);

        if (value != NULL) {
            return value;
        }
    }
    return NULL;
}

static void
expand_guest(struct sched_work *work, const struct cox_rsc_def *def)
{
    const char *start_timeout = meta_of(def, COX_OPT_META_REMOTE_CONNECT_TIMEOUT);
    const struct sched_connection connection = {
        .name = sched_guest_name(work, def),
        .container = def->id,
        .allow_migrate = meta_of(def, COX_OPT_META_REMOTE_ALLOW_MIGRATE),
        .is_managed = meta_of(def, COX_OPT_META_IS_MANAGED),
        .start_timeout = start_timeout != NULL ? start_timeout : cox_option(COX_OPT_META_REMOTE_CONNECT_TIMEOUT)->fallback,
        .address = meta_of(def, COX_OPT_META_REMOTE_ADDR),
        .port = meta_of(def, COX_OPT_META_REMOTE_PORT),
    };
    struct sched_rsc_spec spec = { .instance = -1, .replica = -1, .is_implicit = true };

    if (connection.name == NULL) {
        if (meta_of(def, COX_OPT_META_REMOTE_NODE) != NULL) {
            cox_diags_add(work->diags, COX_SEVERITY_ERROR, def->id, "Take remote-node away, or the resource out of the clone or bundle.",
                          "Ignoring remote-node of resource %s because its instances cannot share one name", def->id);
        }
        return;
    }
    if (sched_rsc_find(work, connection.name) != NULL) {
        cox_diags_add(work->diags, COX_SEVERITY_ERROR, def->id, "Choose another value for remote-node.",
                      "Ignoring remote-node of resource %s because a resource is called %s too", def->id,
                      connection.name);
        return;
    }
    spec.def = sched_connection_def(work, &connection);
    sched_rsc_new(work, &spec);
}

/* ---- definitions to instances ---- */

static void
map_defs(struct sched_work *work)
{
    const struct cox_config *config = work->config;

    work->rsc_of_def = cox_arena_new_array(work->arena, struct sched_rsc *, config->n_resources);
    for (guint i = 0; i < work->rscs->len; i++) {
        struct sched_rsc *rsc = g_ptr_array_index(work->rscs, i);
        size_t n;

        if (rsc->def < config->resources || rsc->def >= config->resources + config->n_resources) {
            continue; /* made up */
        }
        n = (size_t) (rsc->def - config->resources);
        if (work->rsc_of_def[n] == NULL) {
            work->rsc_of_def[n] = rsc;
        }
    }
}

/* ---- tickets ---- */

static void
add_ticket(struct sched_work *work, const char *id, const struct cox_ticket_state *state)
{
    struct sched_ticket *ticket;

    for (guint i = 0; i < work->tickets->len; i++) {
        ticket = g_ptr_array_index(work->tickets, i);
        if (strcmp(ticket->id, id) == 0) {
            return;
        }
    }
    ticket = cox_arena_new_array(work->arena, struct sched_ticket, 1);
    ticket->id = id;
    ticket->state = state;
    ticket->is_granted = state != NULL && state->is_granted;
    ticket->is_standby = state != NULL && state->is_standby;
    g_ptr_array_add(work->tickets, ticket);
}

static void
add_tickets(struct sched_work *work)
{
    for (guint i = 0; i < work->status->tickets->len; i++) {
        const struct cox_ticket_state *state = g_ptr_array_index(work->status->tickets, i);

        add_ticket(work, state->id, state);
    }
    for (size_t i = 0; i < work->config->n_tickets; i++) {
        if (work->config->tickets[i].ticket != NULL) {
            add_ticket(work, work->config->tickets[i].ticket, NULL);
        }
    }
}

/* Fence devices that unfence change what other resources require: they must be known first.  Without fencing they do not. */
static void
find_unfencing(struct sched_work *work)
{
    for (size_t i = 0; work->opt.fencing_enabled && i < work->config->n_resources; i++) {
        const struct cox_rsc_def *def = &work->config->resources[i];

        if (g_strcmp0(meta_of(def, COX_OPT_DEVICE_META_PROVIDES), "unfencing") == 0) {
            work->has_unfencing_device = true;
        }
    }
}

static gint
by_priority(gconstpointer a, gconstpointer b)
{
    const struct sched_rsc *one = *(struct sched_rsc *const *) a, *two = *(struct sched_rsc *const *) b;

    return (one->meta.priority < two->meta.priority) - (one->meta.priority > two->meta.priority);
}

void
sched_rscs_run(struct sched_work *work)
{
    const struct cox_config *config = work->config;

    find_unfencing(work);
    for (size_t i = 0; i < config->n_resources; i = config->resources[i].end) {
        expand_top(work, &config->resources[i]);
    }
    for (size_t i = 0; i < config->n_resources; i++) {
        if (config->resources[i].variant == COX_PRIMITIVE) {
            expand_guest(work, &config->resources[i]);
        }
    }
    for (guint i = 0; i < work->rscs->len; i++) {
        sched_connection_link(work, g_ptr_array_index(work->rscs, i));
    }
    map_defs(work);
    /* QUIRK 18: with equal priority the order of the configuration stays.  case: balanced, clone-interleave-1 */
    g_ptr_array_sort(work->tops, by_priority);
    add_tickets(work);
}
