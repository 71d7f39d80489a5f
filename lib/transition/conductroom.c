/* lib/transition/conductroom.c - how much may be in flight, and until when its results are due.  Layer 3, pure. */
#include "transition/conduct_priv.h"

/* So many times what runs at a time on a node is ordered: enough for the time that messages take, little enough to be withdrawn. */
enum { AHEAD = 16 };

/* Of one place. */
struct load {
    guint n, n_migrations, n_followers; /* that count against the limit of actions; migrations; those that wait for others */
};

bool
cox_conduct_is_migration(const char *task)
{
    return g_str_equal(task, "migrate_to") || g_str_equal(task, "migrate_from");
}

const char *
cox_conduct_place_of(const struct cox_action *action)
{
    return action->router_node != NULL ? action->router_node : action->node_name;
}

/* ---- limits ---- */

static guint
limit_of(const struct cox_conduct *conduct, const char *place)
{
    return place == NULL ? 0 : GPOINTER_TO_UINT(g_hash_table_lookup(conduct->limits, place));
}

static guint
count_at(const struct cox_conduct *conduct, const char *place)
{
    guint n = 0;

    for (guint i = 0; i < conduct->flights->len; i++) {
        const struct flight *flight = conduct->flights->pdata[i];

        n += flight->is_limited && g_strcmp0(flight->place, place) == 0;
    }
    return n;
}

void
cox_conduct_room_add(struct conduct_room *room, const struct flight *flight)
{
    const char *place = flight->place == NULL ? "" : flight->place;
    struct load *load = g_hash_table_lookup(room->places, place);

    if (load == NULL) {
        load = g_new0(struct load, 1);
        g_hash_table_insert(room->places, g_strdup(place), load);
    }
    load->n += flight->is_limited;
    load->n_migrations += cox_conduct_is_migration(flight->task);
    load->n_followers += cox_conduct_is_follower(flight);
    room->n_all += flight->is_limited;
    room->n_followers += cox_conduct_is_follower(flight);
    room->n_foreign += flight->action == NO_ACTION;
}

void
cox_conduct_room_init(struct conduct_room *room, const struct cox_conduct *conduct)
{
    *room = (struct conduct_room) { .places = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free) };
    for (guint i = 0; i < conduct->flights->len; i++) {
        cox_conduct_room_add(room, conduct->flights->pdata[i]);
    }
}

void
cox_conduct_room_clear(struct conduct_room *room)
{
    g_hash_table_unref(room->places);
}

bool
cox_conduct_has_room(const struct cox_conduct *conduct, const struct conduct_room *room, const struct cox_action *action)
{
    static const struct load none = { 0, 0, 0 };
    const char *place = cox_conduct_place_of(action);
    const struct load *load = g_hash_table_lookup(room->places, place == NULL ? "" : place);
    guint limit = limit_of(conduct, place);

    load = load == NULL ? &none : load;
    if (action->kind != COX_ACTION_RSC) {
        return true;
    }
    return (conduct->batch_limit == 0 || room->n_all < conduct->batch_limit) && (limit == 0 || load->n < AHEAD * limit)
           && (!cox_conduct_is_migration(action->task)
               || ((conduct->migration_limit < 0 || load->n_migrations < (guint) conduct->migration_limit) && (limit == 0 || load->n_migrations < limit)));
}

bool
cox_conduct_has_room_behind(const struct cox_conduct *conduct, const struct conduct_room *room, const struct cox_action *action)
{
    const char *place = cox_conduct_place_of(action);
    const struct load *load = g_hash_table_lookup(room->places, place == NULL ? "" : place);
    guint limit = limit_of(conduct, place);

    return cox_conduct_has_room(conduct, room, action) && (conduct->batch_limit == 0 || room->n_followers < conduct->batch_limit / 2)
           && (limit == 0 || load == NULL || load->n_followers < AHEAD * limit / 2);
}

/* ---- time ---- */

static cox_usec
time_over(gint64 time_ms, cox_usec now)
{
    return time_ms < 0 ? COX_USEC_NEVER : cox_usec_after_ms(now, time_ms);
}

/* The time of the longest that may be running at this place; negative: nobody knows. */
static gint64
longest_ms(const struct cox_conduct *conduct, const char *place)
{
    gint64 longest = 0;

    for (guint i = 0; i < conduct->flights->len && longest >= 0; i++) {
        const struct flight *flight = conduct->flights->pdata[i];

        if (flight->is_limited && g_strcmp0(flight->place, place) == 0) {
            longest = flight->time_ms < 0 ? -1 : MAX(longest, flight->time_ms);
        }
    }
    return longest;
}

void
cox_conduct_set_deadline(struct cox_conduct *conduct, struct flight *flight, cox_usec now)
{
    guint limit = limit_of(conduct, flight->place);

    flight->may_wait = cox_conduct_is_follower(flight) || (flight->is_limited && limit > 0 && count_at(conduct, flight->place) > limit);
    flight->deadline = time_over(flight->may_wait ? longest_ms(conduct, flight->place) : flight->time_ms, now);
}

void
cox_conduct_set_deadlines(struct cox_conduct *conduct, const char *place, cox_usec now)
{
    guint limit = limit_of(conduct, place);
    bool is_queue = limit > 0 && count_at(conduct, place) > limit;
    gint64 longest = longest_ms(conduct, place);

    for (guint i = 0; i < conduct->flights->len; i++) {
        struct flight *flight = conduct->flights->pdata[i];

        if (flight->may_wait && g_strcmp0(flight->place, place) == 0) {
            flight->may_wait = is_queue || cox_conduct_is_follower(flight);
            flight->deadline = time_over(flight->may_wait ? longest : flight->time_ms, now);
        }
    }
}

/* What has begun before fewer may run does not wait; that it is taken for something that may gives it more time only. */
void
cox_conduct_set_limit(struct cox_conduct *conduct, const char *node, guint limit, cox_usec now)
{
    g_hash_table_replace(conduct->limits, g_strdup(node), GUINT_TO_POINTER(limit));
    for (guint i = 0; i < conduct->flights->len; i++) {
        struct flight *flight = conduct->flights->pdata[i];

        flight->may_wait = flight->may_wait || (flight->is_limited && g_strcmp0(flight->place, node) == 0);
    }
    cox_conduct_set_deadlines(conduct, node, now);
}
