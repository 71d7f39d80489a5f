/* lib/sched/excerpt.c - the configuration of some units, as a configuration of its own.  Layer 3, pure. */
#include "sched/excerpt_priv.h"

/** While it is made. */
struct cut {
    struct cox_arena *arena;
    const struct sched_units *units;
    const bool *wanted;
    guint32 *new_ids; /* [whole->n_resources] valid for what is wanted */
};

static bool
is_wanted(const struct cut *cut, cox_rsc_id id)
{
    return id != COX_RSC_NONE && cut->wanted[cut->units->of[id]];
}

static cox_rsc_id
new_id(const struct cut *cut, cox_rsc_id id)
{
    return id == COX_RSC_NONE ? COX_RSC_NONE : cut->new_ids[id];
}

/* ---- resources ---- */

static void
cut_resources(const struct cut *cut, const struct cox_config *whole, struct sched_excerpt *excerpt)
{
    struct cox_rsc_def *defs = NULL;
    guint32 n = 0;

    for (cox_rsc_id i = 0; i < whole->n_resources; i++) {
        if (is_wanted(cut, i)) {
            cut->new_ids[i] = n++;
        }
    }
    defs = cox_arena_new_array(cut->arena, struct cox_rsc_def, n + 1);
    excerpt->whole_ids = cox_arena_new_array(cut->arena, cox_rsc_id, n + 1);
    excerpt->config.rsc_by_id = g_hash_table_new(g_str_hash, g_str_equal);
    for (cox_rsc_id i = 0; i < whole->n_resources; i++) {
        struct cox_rsc_def *def;

        if (!is_wanted(cut, i)) {
            continue;
        }
        def = &defs[cut->new_ids[i]];
        *def = whole->resources[i];
        def->parent = new_id(cut, def->parent);
        def->end = cut->new_ids[i] + (whole->resources[i].end - i); /* a family is wanted as a whole */
        excerpt->whole_ids[cut->new_ids[i]] = i;
        if (GPOINTER_TO_UINT(g_hash_table_lookup(whole->rsc_by_id, def->id)) == i + 1) {
            g_hash_table_insert(excerpt->config.rsc_by_id, (gpointer) (guintptr) def->id, GUINT_TO_POINTER(cut->new_ids[i] + 1));
        }
    }
    excerpt->config.resources = defs;
    excerpt->config.n_resources = n;
    excerpt->weight = n;
}

/* ---- constraints ---- */

static const cox_rsc_id *
cut_ids(const struct cut *cut, const cox_rsc_id *ids, size_t *n)
{
    cox_rsc_id *kept = cox_arena_new_array(cut->arena, cox_rsc_id, *n + 1);
    size_t n_kept = 0;

    for (size_t i = 0; i < *n; i++) {
        if (is_wanted(cut, ids[i])) {
            kept[n_kept++] = new_id(cut, ids[i]);
        }
    }
    *n = n_kept;
    return kept;
}

/* Sets of which nothing is left are left out. */
static const struct cox_rsc_set *
cut_sets(const struct cut *cut, const struct cox_rsc_set *sets, size_t *n)
{
    struct cox_rsc_set *kept = cox_arena_new_array(cut->arena, struct cox_rsc_set, *n + 1);
    size_t n_kept = 0;

    for (size_t i = 0; i < *n; i++) {
        struct cox_rsc_set set = sets[i];

        set.members = cut_ids(cut, set.members, &set.n_members);
        if (set.n_members > 0 || sets[i].n_members == 0) {
            kept[n_kept++] = set;
        }
    }
    *n = n_kept;
    return kept;
}

static bool
has_unwanted(const struct cut *cut, const struct cox_rsc_set *sets, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < sets[i].n_members; k++) {
            if (sets[i].members[k] != COX_RSC_NONE) {
                return !is_wanted(cut, sets[i].members[k]);
            }
        }
    }
    return false;
}

static void
cut_locations(const struct cut *cut, const struct cox_config *whole, struct cox_config *config)
{
    struct cox_location *rows = cox_arena_new_array(cut->arena, struct cox_location, whole->n_locations + 1);
    size_t n = 0;

    for (size_t i = 0; i < whole->n_locations; i++) {
        const struct cox_location *from = &whole->locations[i];
        struct cox_location *row = &rows[n];

        if (from->n_rscs == 1 && from->n_sets == 0 && from->rscs[0] != COX_RSC_NONE && !is_wanted(cut, from->rscs[0])) {
            continue; /* nearly all */
        }
        *row = *from;
        row->rscs = cut_ids(cut, from->rscs, &row->n_rscs);
        row->sets = cut_sets(cut, from->sets, &row->n_sets);
        n += row->n_rscs + row->n_sets > 0 || from->n_rscs + from->n_sets == 0;
    }
    config->locations = rows;
    config->n_locations = n;
}

/* Who is colocated or ordered is of one unit. */
static void
cut_colocations(const struct cut *cut, const struct cox_config *whole, struct cox_config *config)
{
    struct cox_colocation *rows = cox_arena_new_array(cut->arena, struct cox_colocation, whole->n_colocations + 1);
    size_t n = 0;

    for (size_t i = 0; i < whole->n_colocations; i++) {
        const struct cox_colocation *from = &whole->colocations[i];
        struct cox_colocation *row = &rows[n];

        if ((from->dependent != COX_RSC_NONE && !is_wanted(cut, from->dependent))
            || (from->primary != COX_RSC_NONE && !is_wanted(cut, from->primary)) || has_unwanted(cut, from->sets, from->n_sets)) {
            continue;
        }
        *row = *from;
        row->dependent = new_id(cut, from->dependent);
        row->primary = new_id(cut, from->primary);
        row->sets = cut_sets(cut, from->sets, &row->n_sets);
        n++;
    }
    config->colocations = rows;
    config->n_colocations = n;
}

static void
cut_orders(const struct cut *cut, const struct cox_config *whole, struct cox_config *config)
{
    struct cox_order *rows = cox_arena_new_array(cut->arena, struct cox_order, whole->n_orders + 1);
    size_t n = 0;

    for (size_t i = 0; i < whole->n_orders; i++) {
        const struct cox_order *from = &whole->orders[i];
        struct cox_order *row = &rows[n];

        if ((from->first != COX_RSC_NONE && !is_wanted(cut, from->first))
            || (from->then != COX_RSC_NONE && !is_wanted(cut, from->then)) || has_unwanted(cut, from->sets, from->n_sets)) {
            continue;
        }
        *row = *from;
        row->first = new_id(cut, from->first);
        row->then = new_id(cut, from->then);
        row->sets = cut_sets(cut, from->sets, &row->n_sets);
        n++;
    }
    config->orders = rows;
    config->n_orders = n;
}

static void
cut_tickets(const struct cut *cut, const struct cox_config *whole, struct cox_config *config)
{
    struct cox_ticket_constraint *rows = cox_arena_new_array(cut->arena, struct cox_ticket_constraint, whole->n_tickets + 1);
    size_t n = 0;

    for (size_t i = 0; i < whole->n_tickets; i++) {
        const struct cox_ticket_constraint *from = &whole->tickets[i];
        struct cox_ticket_constraint *row = &rows[n];

        if (from->rsc != COX_RSC_NONE && !is_wanted(cut, from->rsc)) {
            continue;
        }
        *row = *from;
        row->rsc = new_id(cut, from->rsc);
        row->sets = cut_sets(cut, from->sets, &row->n_sets);
        n += row->n_sets > 0 || from->n_sets == 0;
    }
    config->tickets = rows;
    config->n_tickets = n;
}

struct sched_excerpt *
sched_excerpt_new(const struct sched_units *units, const bool *wanted)
{
    const struct cox_config *whole = units->config;
    struct cox_arena *arena = cox_arena_new();
    struct sched_excerpt *excerpt = cox_arena_new_array(arena, struct sched_excerpt, 1);
    const struct cut cut = { arena, units, wanted, cox_arena_new_array(arena, guint32, whole->n_resources + 1) };

    excerpt->arena = arena;
    excerpt->config = *whole;
    cut_resources(&cut, whole, excerpt);
    cut_locations(&cut, whole, &excerpt->config);
    cut_colocations(&cut, whole, &excerpt->config);
    cut_orders(&cut, whole, &excerpt->config);
    cut_tickets(&cut, whole, &excerpt->config);
    return excerpt;
}

void
sched_excerpt_free(struct sched_excerpt *excerpt)
{
    if (excerpt == NULL) {
        return;
    }
    for (guint i = 0; excerpt->status.nodes != NULL && i < excerpt->status.nodes->len; i++) {
        g_ptr_array_unref(((struct cox_node_status *) g_ptr_array_index(excerpt->status.nodes, i))->resources);
    }
    g_clear_pointer(&excerpt->status.nodes, g_ptr_array_unref);
    g_hash_table_destroy(excerpt->config.rsc_by_id);
    cox_arena_free(excerpt->arena);
}
