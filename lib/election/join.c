/* lib/election/join.c - how far each member has come on its way into the coordinator's crew.  Layer 3, pure. */
#include "election/join.h"

void
cox_join_init(struct cox_join *join)
{
    join->members = g_array_new(FALSE, TRUE, sizeof(struct cox_join_member));
}

void
cox_join_clear(struct cox_join *join)
{
    g_clear_pointer(&join->members, g_array_unref);
}

static struct cox_join_member *
member_at(const struct cox_join *join, guint i)
{
    return &g_array_index(join->members, struct cox_join_member, i);
}

static gint
compare_members(gconstpointer a, gconstpointer b)
{
    guint32 first = ((const struct cox_join_member *) a)->node;
    guint32 second = ((const struct cox_join_member *) b)->node;

    return (first > second) - (first < second);
}

static bool
contains(const guint32 *nodes, size_t n, guint32 node)
{
    for (size_t i = 0; i < n; i++) {
        if (nodes[i] == node) {
            return true;
        }
    }
    return false;
}

void
cox_join_set_nodes(struct cox_join *join, const guint32 *nodes, size_t n)
{
    for (guint i = join->members->len; i > 0; i--) {
        if (!contains(nodes, n, member_at(join, i - 1)->node)) {
            g_array_remove_index(join->members, i - 1);
        }
    }
    for (size_t i = 0; i < n; i++) {
        if (cox_join_find(join, nodes[i]) == NULL) {
            struct cox_join_member member = { nodes[i], COX_JOIN_NEW, 0, COX_USEC_NEVER };

            g_array_append_val(join->members, member);
        }
    }
    g_array_sort(join->members, compare_members);
}

void
cox_join_restart(struct cox_join *join)
{
    for (guint i = 0; i < join->members->len; i++) {
        member_at(join, i)->phase = COX_JOIN_NEW;
        member_at(join, i)->silent_at = COX_USEC_NEVER;
    }
}

struct cox_join_member *
cox_join_find(const struct cox_join *join, guint32 node)
{
    for (guint i = 0; i < join->members->len; i++) {
        if (member_at(join, i)->node == node) {
            return member_at(join, i);
        }
    }
    return NULL;
}

bool
cox_join_is_complete(const struct cox_join *join)
{
    for (guint i = 0; i < join->members->len; i++) {
        enum cox_join_phase phase = member_at(join, i)->phase;

        if (phase == COX_JOIN_NEW || phase == COX_JOIN_OFFERED || phase == COX_JOIN_ACKED) {
            return false;
        }
    }
    return true;
}

cox_usec
cox_join_deadline(const struct cox_join *join)
{
    cox_usec deadline = COX_USEC_NEVER;

    for (guint i = 0; i < join->members->len; i++) {
        deadline = cox_usec_min(deadline, member_at(join, i)->silent_at);
    }
    return deadline;
}

const char *
cox_join_phase_text(enum cox_join_phase phase)
{
    static const char *const texts[] = { "unknown", "new", "offered", "acked", "joined", "refused", "silent" };

    return texts[phase];
}
