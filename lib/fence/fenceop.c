/* lib/fence/fenceop.c - one fencing operation: who can do what, and which way is tried next.  Layer 3, pure. */
#include "fence/fenceop.h"

#include <string.h>

#include "fence/fencelocal.h"

enum { MAX_LEVEL = 9 };

static void
free_able(gpointer data)
{
    struct cox_fenceable *able = data;

    g_free(able->device);
    g_array_unref(able->nodes);
    g_free(able);
}

static void
free_way(gpointer data)
{
    g_ptr_array_unref(data);
}

struct cox_fenceop *
cox_fenceop_new(struct cox_fence_id id, guint32 leader, const struct cox_fence_request *request)
{
    struct cox_fenceop *op = g_new0(struct cox_fenceop, 1);

    op->id = id;
    op->leader = leader;
    op->target = g_strdup(request->target);
    op->client = g_strdup(request->client);
    op->action = request->action;
    op->delay_ms = request->delay_ms;
    op->is_unfencing = request->is_unfencing;
    op->incarnation = request->life;
    op->merged = g_array_new(FALSE, FALSE, sizeof(struct cox_fence_id));
    op->answered = g_array_new(FALSE, FALSE, sizeof(guint32));
    op->able = g_ptr_array_new_with_free_func(free_able);
    op->ways = g_ptr_array_new_with_free_func(free_way);
    op->failed = g_ptr_array_new_with_free_func(g_free);
    op->steps = g_array_new(FALSE, FALSE, sizeof(struct cox_fencestep));
    op->tried = g_array_new(FALSE, FALSE, sizeof(guint32));
    op->grace_until = op->deadline = COX_USEC_NEVER;
    return op;
}

bool
cox_fenceop_is_equal(const struct cox_fenceop *op, enum cox_fence_action action, bool is_unfencing, guint64 life)
{
    return !op->is_withdrawn && op->action == action && op->is_unfencing == is_unfencing && (life == 0 || life == op->incarnation);
}

void
cox_fenceop_free(gpointer data)
{
    struct cox_fenceop *op = data;

    g_free(op->target);
    g_free(op->client);
    g_free(op->delegate);
    g_free(op->reason);
    g_array_unref(op->merged);
    g_array_unref(op->answered);
    g_ptr_array_unref(op->able);
    g_ptr_array_unref(op->ways);
    g_ptr_array_unref(op->failed);
    g_array_unref(op->steps);
    g_array_unref(op->tried);
    g_free(op);
}

static bool
has_id(const GArray *ids, guint32 id)
{
    for (guint i = 0; i < ids->len; i++) {
        if (g_array_index(ids, guint32, i) == id) {
            return true;
        }
    }
    return false;
}

static struct cox_fenceable *
find_able(const struct cox_fenceop *op, const char *device)
{
    for (guint i = 0; i < op->able->len; i++) {
        struct cox_fenceable *able = op->able->pdata[i];

        if (g_str_equal(able->device, device)) {
            return able;
        }
    }
    return NULL;
}

static gint
compare_ids(gconstpointer a, gconstpointer b)
{
    guint32 first = *(const guint32 *) a;
    guint32 second = *(const guint32 *) b;

    return (first > second) - (first < second);
}

struct cox_fenceop *
cox_fenceop_find(const GPtrArray *ops, struct cox_fence_id id)
{
    for (guint i = 0; i < ops->len; i++) {
        struct cox_fenceop *op = ops->pdata[i];

        if (op->id.origin == id.origin && op->id.serial == id.serial) {
            return op;
        }
    }
    return NULL;
}

static bool
has_merged(const struct cox_fenceop *op, struct cox_fence_id id)
{
    for (guint i = 0; i < op->merged->len; i++) {
        struct cox_fence_id merged = g_array_index(op->merged, struct cox_fence_id, i);

        if (merged.origin == id.origin && merged.serial == id.serial) {
            return true;
        }
    }
    return false;
}

struct cox_fenceop *
cox_fenceop_find_merged(const GPtrArray *ops, struct cox_fence_id id)
{
    struct cox_fenceop *op = cox_fenceop_find(ops, id);

    for (guint i = 0; op == NULL && i < ops->len; i++) {
        op = has_merged(ops->pdata[i], id) ? ops->pdata[i] : NULL;
    }
    return op;
}

struct cox_fenceop *
cox_fenceop_find_target(const GPtrArray *ops, const char *target)
{
    for (guint i = 0; i < ops->len; i++) {
        struct cox_fenceop *op = ops->pdata[i];

        if (g_str_equal(op->target, target)) {
            return op;
        }
    }
    return NULL;
}

void
cox_fenceop_note_able(struct cox_fenceop *op, guint32 node, const char *const *devices, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct cox_fenceable *able = find_able(op, devices[i]);

        if (able == NULL) {
            able = g_new0(struct cox_fenceable, 1);
            able->device = g_strdup(devices[i]);
            able->nodes = g_array_new(FALSE, FALSE, sizeof(guint32));
            g_ptr_array_add(op->able, able);
        }
        if (!has_id(able->nodes, node)) {
            g_array_append_val(able->nodes, node);
            g_array_sort(able->nodes, compare_ids);
        }
    }
}

void
cox_fenceop_forget_node(struct cox_fenceop *op, guint32 node)
{
    for (guint i = 0; i < op->able->len; i++) {
        GArray *nodes = ((struct cox_fenceable *) op->able->pdata[i])->nodes;

        for (guint n = nodes->len; n > 0; n--) {
            if (g_array_index(nodes, guint32, n - 1) == node) {
                g_array_remove_index(nodes, n - 1);
            }
        }
    }
}

bool
cox_fenceop_is_usable(const struct cox_fencedevice *device, enum cox_fence_action action, bool is_unfencing)
{
    if (is_unfencing) {
        return device->def.is_automatic && device->def.can[COX_FENCE_ON];
    }
    return device->def.can[action] || (action == COX_FENCE_REBOOT && device->def.can[COX_FENCE_OFF]);
}

/* Known, able to do it, and within somebody's reach. */
static bool
is_reachable(const struct cox_fenceop *op, const GPtrArray *devices, const char *id)
{
    const struct cox_fencedevice *device = cox_fencelocal_device(devices, id);
    const struct cox_fenceable *able = find_able(op, id);

    return device != NULL && able != NULL && able->nodes->len > 0
           && cox_fenceop_is_usable(device, op->action, op->is_unfencing);
}

/* "id,id" */
static char *
text_of(const GPtrArray *way)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < way->len; i++) {
        g_string_append_printf(text, "%s%s", i == 0 ? "" : ",", (const char *) way->pdata[i]);
    }
    return g_string_free(text, FALSE);
}

static bool
has_failed(const struct cox_fenceop *op, const GPtrArray *way)
{
    g_autofree char *text = text_of(way);

    return g_ptr_array_find_with_equal_func(op->failed, text, g_str_equal, NULL);
}

/* Devices that all have to do their part, or an empty way when one of them cannot. */
static void
add_way(struct cox_fenceop *op, const GPtrArray *devices, GPtrArray *ids)
{
    GPtrArray *way = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < ids->len; i++) {
        if (!is_reachable(op, devices, ids->pdata[i])) {
            g_ptr_array_unref(way);
            return;
        }
        g_ptr_array_add(way, g_strdup(ids->pdata[i]));
    }
    if (way->len == 0 || has_failed(op, way)) {
        g_ptr_array_unref(way);
        return;
    }
    g_ptr_array_add(op->ways, way);
}

static void
plan_levels(struct cox_fenceop *op, const GPtrArray *devices, const GPtrArray *levels)
{
    for (guint index = 1; index <= MAX_LEVEL; index++) {
        g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);

        for (guint i = 0; i < levels->len; i++) {
            const struct cox_fencelevel *level = levels->pdata[i];

            for (size_t d = 0; level->index == index && d < level->n_devices; d++) {
                g_ptr_array_add(ids, g_strdup(level->devices[d]));
            }
        }
        add_way(op, devices, ids);
    }
}

static gint
compare_devices(gconstpointer a, gconstpointer b)
{
    const struct cox_fencedevice *first = *(struct cox_fencedevice *const *) a;
    const struct cox_fencedevice *second = *(struct cox_fencedevice *const *) b;

    if (first->def.priority != second->def.priority) {
        return first->def.priority > second->def.priority ? -1 : 1;
    }
    return strcmp(first->def.id, second->def.id);
}

guint
cox_fenceop_plan(struct cox_fenceop *op, const GPtrArray *devices, const GPtrArray *levels)
{
    g_autoptr(GPtrArray) sorted = g_ptr_array_new();
    g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);

    g_ptr_array_set_size(op->ways, 0);
    for (guint i = 0; i < devices->len; i++) {
        g_ptr_array_add(sorted, devices->pdata[i]);
    }
    g_ptr_array_sort(sorted, compare_devices);
    if (!op->is_unfencing && levels->len > 0) {
        plan_levels(op, devices, levels);
        return op->ways->len;
    }
    for (guint i = 0; i < sorted->len; i++) {
        const char *id = ((const struct cox_fencedevice *) sorted->pdata[i])->def.id;

        if (!is_reachable(op, devices, id)) {
            continue;
        }
        g_ptr_array_add(ids, g_strdup(id));
        if (!op->is_unfencing) { /* each one suffices */
            add_way(op, devices, ids);
            g_ptr_array_set_size(ids, 0);
        }
    }
    add_way(op, devices, ids);
    return op->ways->len;
}

bool
cox_fenceop_can_spare(const struct cox_fenceop *op, const GPtrArray *devices, guint32 node)
{
    const GPtrArray *way = op->ways->pdata[0];

    for (guint i = 0; i < way->len; i++) {
        const struct cox_fencedevice *device = cox_fencelocal_device(devices, way->pdata[i]);
        const struct cox_fenceable *able = find_able(op, way->pdata[i]);

        if (!device->def.is_on_target && able->nodes->len == 1 && g_array_index(able->nodes, guint32, 0) == node) {
            return false;
        }
    }
    return true;
}

struct cox_fencedevice *
cox_fenceop_device(const struct cox_fenceop *op, const GPtrArray *devices)
{
    const GPtrArray *way = op->ways->pdata[op->way];

    return cox_fencelocal_device(devices, way->pdata[g_array_index(op->steps, struct cox_fencestep, op->step).device]);
}

void
cox_fenceop_enter_way(struct cox_fenceop *op, guint way, const GPtrArray *devices)
{
    const GPtrArray *ids = op->ways->pdata[way];
    g_autofree const struct cox_fencedevice **used = g_new0(const struct cox_fencedevice *, ids->len);

    op->way = way;
    op->step = 0;
    op->n_required = 1; /* stays so, without steps, if a device has been removed meanwhile: the way fails */
    g_array_set_size(op->steps, 0);
    g_array_set_size(op->tried, 0);
    for (guint i = 0; i < ids->len; i++) {
        used[i] = cox_fencelocal_device(devices, ids->pdata[i]);
        if (used[i] == NULL) {
            return;
        }
    }
    op->n_required = cox_fencelevel_steps(used, ids->len, op->action, op->steps);
}

guint32
cox_fenceop_pick(const struct cox_fenceop *op, const struct cox_fencedevice *device, guint32 target)
{
    const struct cox_fenceable *able = find_able(op, device->def.id);
    bool must_be_target = device->def.is_on_target
                          && g_array_index(op->steps, struct cox_fencestep, op->step).action == COX_FENCE_ON;
    bool spares_others = device->def.watchdog_ms != 0 && has_id(able->nodes, target) && !has_id(op->tried, target);
    guint32 picked = 0;

    for (guint i = 0; i < able->nodes->len; i++) {
        guint32 node = g_array_index(able->nodes, guint32, i);

        if (has_id(op->tried, node) || ((must_be_target || spares_others) && node != target)) {
            continue;
        }
        if (picked == 0 || picked == target || (node == op->leader && node != target)) {
            picked = node;
        }
    }
    return picked;
}

bool
cox_fenceop_next_way(struct cox_fenceop *op, const GPtrArray *devices)
{
    g_ptr_array_add(op->failed, text_of(op->ways->pdata[op->way]));
    if (op->way + 1 >= op->ways->len) {
        return false;
    }
    cox_fenceop_enter_way(op, op->way + 1, devices);
    return true;
}
