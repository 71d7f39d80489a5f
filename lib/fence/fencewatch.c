/* lib/fence/fencewatch.c - who is a member, and who is alive although it was reported down.  Layer 3, pure. */
#include "fence/fencewatch.h"

struct node {
    char *name;
    guint64 incarnation;  /* of its last hello; 0: never heard */
    guint64 fenced;       /* the one it was in when it was fenced last; 0: none, or not known */
    bool is_barred, is_caught;
    bool has_said;        /* that incarnation, since it came; else it is what is remembered */
    cox_usec lie_at;      /* still in the ring then: alive */
    cox_usec refence_at;
};

static void
free_node(gpointer data)
{
    g_free(((struct node *) data)->name);
    g_free(data);
}

void
cox_fencewatch_init(struct cox_fencewatch *watch, guint32 self, gint64 lie_ms, gint64 pause_ms, gint64 pause_max_ms)
{
    watch->self = self;
    watch->lie_ms = lie_ms;
    watch->ids = g_array_new(FALSE, FALSE, sizeof(guint32));
    watch->names = g_ptr_array_new_with_free_func(g_free);
    watch->ring_ids = g_array_new(FALSE, FALSE, sizeof(guint32));
    watch->ring_names = g_ptr_array_new_with_free_func(g_free);
    watch->nodes = g_ptr_array_new_with_free_func(free_node);
    cox_fenceretry_init(&watch->retry, 2, pause_ms, pause_max_ms); /* the first repetition comes at once */
}

void
cox_fencewatch_clear(struct cox_fencewatch *watch)
{
    g_clear_pointer(&watch->ids, g_array_unref);
    g_clear_pointer(&watch->names, g_ptr_array_unref);
    g_clear_pointer(&watch->ring_ids, g_array_unref);
    g_clear_pointer(&watch->ring_names, g_ptr_array_unref);
    g_clear_pointer(&watch->nodes, g_ptr_array_unref);
    cox_fenceretry_clear(&watch->retry);
}

static struct node *
find(const struct cox_fencewatch *watch, const char *name)
{
    for (guint i = 0; i < watch->nodes->len; i++) {
        struct node *node = watch->nodes->pdata[i];

        if (g_str_equal(node->name, name)) {
            return node;
        }
    }
    return NULL;
}

static struct node *
need(struct cox_fencewatch *watch, const char *name)
{
    struct node *node = find(watch, name);

    if (node == NULL) {
        node = g_new0(struct node, 1);
        node->name = g_strdup(name);
        node->lie_at = node->refence_at = COX_USEC_NEVER;
        g_ptr_array_add(watch->nodes, node);
    }
    return node;
}

static guint32
id_at(const struct cox_fencewatch *watch, guint i)
{
    return g_array_index(watch->ids, guint32, i);
}

const char *
cox_fencewatch_name(const struct cox_fencewatch *watch, guint32 id)
{
    for (guint i = 0; i < watch->ids->len; i++) {
        if (id_at(watch, i) == id) {
            return watch->names->pdata[i];
        }
    }
    return NULL;
}

guint32
cox_fencewatch_member(const struct cox_fencewatch *watch, const char *name)
{
    for (guint i = 0; i < watch->ids->len; i++) {
        if (g_str_equal(watch->names->pdata[i], name)) {
            return id_at(watch, i);
        }
    }
    return 0;
}

static bool
contains(const GArray *ids, guint32 id)
{
    for (guint i = 0; i < ids->len; i++) {
        if (g_array_index(ids, guint32, i) == id) {
            return true;
        }
    }
    return false;
}

bool
cox_fencewatch_has_all(const struct cox_fencewatch *watch, const GArray *ids)
{
    for (guint i = 0; i < watch->ids->len; i++) {
        if (!contains(ids, id_at(watch, i))) {
            return false;
        }
    }
    return true;
}

void
cox_fencewatch_keep_members(const struct cox_fencewatch *watch, GArray *ids)
{
    for (guint i = ids->len; i > 0; i--) {
        if (!contains(watch->ids, g_array_index(ids, guint32, i - 1))) {
            g_array_remove_index(ids, i - 1);
        }
    }
}

/* It is down for sure, or was proven to have booted: nothing is held against it. */
static void
acquit(struct cox_fencewatch *watch, struct node *node)
{
    node->is_barred = node->is_caught = false;
    node->lie_at = node->refence_at = COX_USEC_NEVER;
    cox_fenceretry_note_success(&watch->retry, node->name);
}

static void
insert(struct cox_fencewatch *watch, const struct cox_fence_member *member)
{
    guint at = 0;

    while (at < watch->ids->len && id_at(watch, at) < member->id) {
        at++;
    }
    g_array_insert_val(watch->ids, at, member->id);
    g_ptr_array_insert(watch->names, (gint) at, g_strdup(member->name));
}

static void
note_ring(struct cox_fencewatch *watch, const struct cox_fence_member *member)
{
    if (cox_fencewatch_ring_name(watch, member->id) == NULL) {
        g_array_append_val(watch->ring_ids, member->id);
        g_ptr_array_add(watch->ring_names, g_strdup(member->name));
    }
}

bool
cox_fencewatch_set_members(struct cox_fencewatch *watch, const struct cox_fence_member *members, size_t n,
                           bool *is_spokesman)
{
    g_autoptr(GArray) before = g_array_copy(watch->ids);
    guint32 lowest = 0;
    bool somebody_joined = false;

    g_array_set_size(watch->ids, 0);
    g_ptr_array_set_size(watch->names, 0);
    for (size_t i = 0; i < n; i++) {
        insert(watch, &members[i]);
        if (!contains(before, members[i].id)) {
            struct node *node = find(watch, members[i].name);

            if (node != NULL) { /* perhaps in another life: it says so in a moment */
                node->has_said = false;
            }
            somebody_joined = true;
        } else if (lowest == 0 || members[i].id < lowest) {
            lowest = members[i].id;
        }
    }
    *is_spokesman = lowest == watch->self;
    for (size_t i = 0; i < n; i++) {
        note_ring(watch, &members[i]);
    }
    return somebody_joined;
}

/* ---- the ring ---- */

const char *
cox_fencewatch_ring_name(const struct cox_fencewatch *watch, guint32 id)
{
    for (guint i = 0; i < watch->ring_ids->len; i++) {
        if (g_array_index(watch->ring_ids, guint32, i) == id) {
            return watch->ring_names->pdata[i];
        }
    }
    return NULL;
}

bool
cox_fencewatch_is_in_ring(const struct cox_fencewatch *watch, const char *name)
{
    for (guint i = 0; i < watch->ring_names->len; i++) {
        if (g_str_equal(watch->ring_names->pdata[i], name)) {
            return true;
        }
    }
    return false;
}

void
cox_fencewatch_note_lost(struct cox_fencewatch *watch, guint32 id)
{
    for (guint i = watch->ring_ids->len; i > 0; i--) {
        if (g_array_index(watch->ring_ids, guint32, i - 1) == id) {
            struct node *node = find(watch, watch->ring_names->pdata[i - 1]);

            if (node != NULL && cox_usec_is_set(node->lie_at)) {
                acquit(watch, node); /* fenced, and gone in time */
            }
            g_array_remove_index(watch->ring_ids, i - 1);
            g_ptr_array_remove_index(watch->ring_names, i - 1);
        }
    }
}

/* ---- lives ---- */

guint64
cox_fencewatch_incarnation(const struct cox_fencewatch *watch, const char *name)
{
    const struct node *node = find(watch, name);

    return node == NULL ? 0 : node->incarnation;
}

bool
cox_fencewatch_has_new_life(const struct cox_fencewatch *watch, const char *name, guint64 life)
{
    const struct node *node = find(watch, name);

    return node != NULL && node->has_said && cox_fencewatch_is_in_ring(watch, name) && node->incarnation != life;
}

const char *
cox_fencewatch_known(const struct cox_fencewatch *watch, guint i)
{
    return i < watch->nodes->len ? ((const struct node *) watch->nodes->pdata[i])->name : NULL;
}

void
cox_fencewatch_note_life(struct cox_fencewatch *watch, const char *name, guint64 incarnation)
{
    struct node *node = need(watch, name);

    if (node->incarnation == 0) {
        node->incarnation = incarnation;
    }
}

void
cox_fencewatch_note_alive(struct cox_fencewatch *watch, const char *name)
{
    struct node *node = need(watch, name);

    node->is_caught = !node->is_barred;
}

void
cox_fencewatch_note_hello(struct cox_fencewatch *watch, const char *name, guint64 incarnation)
{
    struct node *node = need(watch, name);

    node->incarnation = incarnation;
    node->has_said = true;
    if (node->fenced == 0) {
        return;
    }
    if (node->fenced == incarnation) {
        node->is_caught = !node->is_barred;
    } else {
        node->fenced = 0;
        acquit(watch, node);
    }
}

void
cox_fencewatch_note_fenced(struct cox_fencewatch *watch, const char *name, guint64 incarnation, cox_usec now)
{
    struct node *node = need(watch, name);

    node->fenced = incarnation;
    node->refence_at = COX_USEC_NEVER;
    if (!cox_fencewatch_is_in_ring(watch, name) || node->fenced != node->incarnation) {
        acquit(watch, node);
    } else {
        node->lie_at = cox_usec_after_ms(now, watch->lie_ms);
    }
}

static void
plan_refence(struct cox_fencewatch *watch, struct node *node, cox_usec now)
{
    cox_fenceretry_note_failure(&watch->retry, node->name, now);
    node->refence_at = cox_fenceretry_at(&watch->retry, node->name);
}

void
cox_fencewatch_note_failure(struct cox_fencewatch *watch, const char *name, cox_usec now)
{
    struct node *node = find(watch, name);

    if (node != NULL && node->is_barred) {
        plan_refence(watch, node, now);
    }
}

const char *
cox_fencewatch_next_liar(struct cox_fencewatch *watch, cox_usec now)
{
    for (guint i = 0; i < watch->nodes->len; i++) {
        struct node *node = watch->nodes->pdata[i];

        if (node->is_caught || cox_usec_is_due(node->lie_at, now)) {
            node->is_caught = false;
            node->is_barred = true;
            node->lie_at = COX_USEC_NEVER;
            plan_refence(watch, node, now);
            return node->name;
        }
    }
    return NULL;
}

guint32
cox_fencewatch_speaker(const struct cox_fencewatch *watch, const char *name)
{
    for (guint i = 0; i < watch->ids->len; i++) {
        if (!g_str_equal(watch->names->pdata[i], name)) {
            return id_at(watch, i);
        }
    }
    return 0;
}

const char *
cox_fencewatch_next_refence(struct cox_fencewatch *watch, cox_usec now)
{
    for (guint i = 0; i < watch->nodes->len; i++) {
        struct node *node = watch->nodes->pdata[i];

        if (cox_usec_is_due(node->refence_at, now) && cox_fencewatch_speaker(watch, node->name) == watch->self) {
            node->refence_at = COX_USEC_NEVER;
            return node->name;
        }
    }
    return NULL;
}

bool
cox_fencewatch_is_barred(const struct cox_fencewatch *watch, const char *name)
{
    const struct node *node = find(watch, name);

    return node != NULL && node->is_barred;
}

const char *
cox_fencewatch_barred(const struct cox_fencewatch *watch, guint i)
{
    for (guint n = 0; n < watch->nodes->len; n++) {
        const struct node *node = watch->nodes->pdata[n];

        if (node->is_barred && i-- == 0) {
            return node->name;
        }
    }
    return NULL;
}

cox_usec
cox_fencewatch_wake_at(const struct cox_fencewatch *watch, bool may_fence)
{
    cox_usec at = COX_USEC_NEVER;

    for (guint i = 0; i < watch->nodes->len; i++) {
        const struct node *node = watch->nodes->pdata[i];

        at = cox_usec_min(at, node->lie_at);
        if (may_fence && cox_fencewatch_speaker(watch, node->name) == watch->self) {
            at = cox_usec_min(at, node->refence_at);
        }
    }
    return at;
}
