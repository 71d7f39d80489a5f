/* lib/view/constraint_view.c - what constrains a resource's place: locations and colocations, perhaps with their chains.  Layer 4. */
#include "view/constraint_view.h"

#include <stdint.h>
#include <string.h>

#include "model/score.h"

static cox_rsc_id
top_of(const struct cox_config *config, cox_rsc_id rsc)
{
    while (config->resources[rsc].parent != COX_RSC_NONE) {
        rsc = config->resources[rsc].parent;
    }
    return rsc;
}

/* ---- locations ---- */

static bool
concerns(const struct cox_location *location, cox_rsc_id rsc)
{
    for (size_t i = 0; i < location->n_rscs; i++) {
        if (location->rscs[i] == rsc) {
            return location->node != NULL;
        }
    }
    return false;
}

static void
print_locations(struct cox_out *out, const struct cox_config *config, cox_rsc_id rsc)
{
    const char *id = config->resources[rsc].id;
    bool is_open = false;

    for (size_t i = 0; i < config->n_locations; i++) {
        const struct cox_location *location = &config->locations[i];
        char buffer[COX_SCORE_TEXT_BYTES];
        const char *score = cox_score_format(location->score, buffer);

        if (!concerns(location, rsc)) {
            continue;
        }
        if (!is_open) {
            cox_out_list_begin(out, "Locations");
            is_open = true;
        }
        cox_out_leaf(out, "rsc_location", "node", location->node, "rsc", id, "id", location->id, "score", score, NULL);
        cox_out_line(out, "Node %s (score=%s, id=%s, rsc=%s)", location->node, score, location->id, id);
    }
    if (is_open) {
        cox_out_list_end(out);
    }
}

/* ---- colocations ---- */

/* Which way colocations are followed. */
enum direction {
    TO_DEPENDENTS = 0, /* who must be where this one is */
    TO_PRIMARIES,      /* with whom this one must be */
};

static cox_rsc_id
near_end(const struct cox_colocation *colocation, enum direction direction)
{
    return (direction == TO_DEPENDENTS) ? colocation->primary : colocation->dependent;
}

static cox_rsc_id
far_end(const struct cox_colocation *colocation, enum direction direction)
{
    return (direction == TO_DEPENDENTS) ? colocation->dependent : colocation->primary;
}

struct ordering {
    const struct cox_config *config;
    enum direction direction;
};

static gint
compare_names(gconstpointer a, gconstpointer b, gpointer data)
{
    const struct ordering *ordering = data;
    const struct cox_colocation *first = *(const struct cox_colocation *const *) a;
    const struct cox_colocation *second = *(const struct cox_colocation *const *) b;

    return strcmp(ordering->config->resources[far_end(first, ordering->direction)].id,
                  ordering->config->resources[far_end(second, ordering->direction)].id);
}

/* Colocations of @rsc in order of the other's name; the caller frees the array. */
static GPtrArray *
colocations_of(const struct cox_config *config, cox_rsc_id rsc, enum direction direction)
{
    struct ordering ordering = { config, direction };
    GPtrArray *found = g_ptr_array_new();

    for (size_t i = 0; i < config->n_colocations; i++) {
        const struct cox_colocation *colocation = &config->colocations[i];

        if (colocation->dependent != COX_RSC_NONE && colocation->primary != COX_RSC_NONE
            && near_end(colocation, direction) == rsc) {
            g_ptr_array_add(found, (gpointer) (uintptr_t) colocation);
        }
    }
    g_ptr_array_sort_with_data(found, compare_names, &ordering);
    return found;
}

static void
print_colocation(struct cox_out *out, const struct cox_config *config, const struct cox_colocation *colocation,
                 enum direction direction, bool is_loop)
{
    const char *other = config->resources[far_end(colocation, direction)].id;
    enum cox_role role = (direction == TO_DEPENDENTS) ? colocation->primary_role : colocation->dependent_role;
    char buffer[COX_SCORE_TEXT_BYTES];
    const char *score = cox_score_format(colocation->score, buffer);

    cox_out_leaf(out, "rsc_colocation", "id", colocation->id, "rsc", config->resources[colocation->dependent].id, "with-rsc",
                 config->resources[colocation->primary].id, "score", score, "node-attribute",
                 (colocation->node_attribute != NULL) ? colocation->node_attribute : "#uname", "rsc-role",
                 (colocation->dependent_role != COX_ROLE_UNKNOWN) ? cox_role_text(colocation->dependent_role) : NULL,
                 "with-rsc-role", (colocation->primary_role != COX_ROLE_UNKNOWN) ? cox_role_text(colocation->primary_role) : NULL,
                 NULL);
    if (is_loop) {
        cox_out_line(out, "%s (id=%s - loop)", other, colocation->id);
    } else if (role != COX_ROLE_UNKNOWN) {
        cox_out_line(out, "%s (score=%s, needs role=%s, id=%s)", other, score, cox_role_text(role), colocation->id);
    } else {
        cox_out_line(out, "%s (score=%s, id=%s)", other, score, colocation->id);
    }
}

/* One resource on the way along the chain. */
struct frame {
    GPtrArray *colocations;
    guint next;
};

static void
begin_frame(struct cox_out *out, const struct cox_config *config, cox_rsc_id rsc, enum direction direction, GArray *frames)
{
    struct frame frame = { colocations_of(config, rsc, direction), 0 };

    if (frame.colocations->len > 0 && direction == TO_DEPENDENTS) {
        cox_out_list_begin(out, "Resources colocated with %s", config->resources[rsc].id);
    } else if (frame.colocations->len > 0) {
        cox_out_list_begin(out, "Resources %s is colocated with", config->resources[rsc].id);
    }
    g_array_append_val(frames, frame);
}

static void
end_frame(struct cox_out *out, GArray *frames)
{
    struct frame *frame = &g_array_index(frames, struct frame, frames->len - 1);

    if (frame->colocations->len > 0) {
        cox_out_list_end(out);
    }
    if (frames->len > 1) {
        cox_out_list_end(out); /* what follows the item in the list around it */
    }
    g_ptr_array_unref(frame->colocations);
    g_array_set_size(frames, frames->len - 1);
}

static void
follow(struct cox_out *out, const struct cox_config *config, cox_rsc_id rsc, enum direction direction, bool follows)
{
    g_autofree bool *was_seen = g_new0(bool, config->n_resources);
    g_autoptr(GArray) frames = g_array_new(FALSE, FALSE, sizeof(struct frame));

    was_seen[rsc] = true;
    begin_frame(out, config, rsc, direction, frames);
    while (frames->len > 0) {
        struct frame *frame = &g_array_index(frames, struct frame, frames->len - 1);
        const struct cox_colocation *colocation = NULL;
        cox_rsc_id other = COX_RSC_NONE;

        if (frame->next == frame->colocations->len) {
            end_frame(out, frames);
            continue;
        }
        colocation = frame->colocations->pdata[frame->next++];
        other = far_end(colocation, direction);
        print_colocation(out, config, colocation, direction, was_seen[other]);
        if (was_seen[other]) {
            continue;
        }
        was_seen[other] = follows;
        cox_out_list_begin(out, NULL);
        print_locations(out, config, other);
        if (follows) {
            begin_frame(out, config, other, direction, frames);
        } else {
            cox_out_list_end(out);
        }
    }
}

void
cox_constraint_view(struct cox_out *out, const struct cox_config *config, cox_rsc_id rsc, bool follows)
{
    cox_rsc_id top = top_of(config, rsc);

    cox_out_begin(out, "constraints", NULL);
    print_locations(out, config, top);
    follow(out, config, top, TO_DEPENDENTS, follows);
    follow(out, config, top, TO_PRIMARIES, follows);
    cox_out_end(out);
}

GArray *
cox_constraint_view_dependents(const struct cox_config *config, cox_rsc_id rsc)
{
    g_autofree bool *was_seen = g_new0(bool, config->n_resources);
    GArray *found = g_array_new(FALSE, FALSE, sizeof(cox_rsc_id));
    g_autoptr(GArray) todo = g_array_new(FALSE, FALSE, sizeof(cox_rsc_id));

    g_array_append_val(todo, rsc);
    while (todo->len > 0) {
        cox_rsc_id next = g_array_index(todo, cox_rsc_id, todo->len - 1);
        g_autoptr(GPtrArray) colocations = NULL;

        g_array_set_size(todo, todo->len - 1);
        if (was_seen[next]) {
            continue;
        }
        was_seen[next] = true;
        g_array_append_val(found, next);
        colocations = colocations_of(config, next, TO_DEPENDENTS);
        for (guint i = colocations->len; i > 0; i--) {
            const struct cox_colocation *colocation = colocations->pdata[i - 1];

            if (colocation->score > 0) {
                g_array_append_val(todo, colocation->dependent);
            }
        }
    }
    return found;
}
