/* lib/control/reigntable.c - the table of nodes, and what all files of the engine need.  Layer 4, pure. */
#include "control/reign_priv.h"

struct cox_reign_effect *
cox_reign_add(struct cox_reign_effects *out, enum cox_reign_effect_kind kind)
{
    struct cox_reign_effect *effect = cox_effects_add(&out->list);

    effect->kind = kind;
    return effect;
}

bool
cox_reign_is_coordinator(const struct cox_reign *reign)
{
    return reign->coordinator == reign->config.self;
}

void
cox_reign_need(struct cox_version *needed, const struct cox_version *version)
{
    if (cox_version_compare(version, needed) > 0) {
        *needed = *version;
    }
}

struct cox_version
cox_reign_needed(const struct cox_reign *reign)
{
    struct cox_version needed = reign->needed;

    for (guint i = 0; i < reign->nodes->len; i++) {
        const struct reign_node *node = reign->nodes->pdata[i];

        if (node->is_controller) {
            cox_reign_need(&needed, &node->needed);
        }
    }
    return needed;
}

static void
clear_texts(struct reign_texts *texts)
{
    g_clear_pointer(&texts->in_ccm, g_free);
    g_clear_pointer(&texts->crmd, g_free);
    g_clear_pointer(&texts->join, g_free);
    g_clear_pointer(&texts->expected, g_free);
}

void
cox_reign_texts_set(struct reign_texts *texts, const struct cox_reign_state *state)
{
    struct reign_texts copy = { g_strdup(state->in_ccm), g_strdup(state->crmd), g_strdup(state->join),
                                g_strdup(state->expected) };

    clear_texts(texts);
    *texts = copy;
}

void
cox_reign_node_free(gpointer data)
{
    struct reign_node *node = data;

    clear_texts(&node->doc);
    g_ptr_array_unref(node->histories);
    g_free(node->name);
    g_free(node);
}

struct reign_node *
cox_reign_node_find(const struct cox_reign *reign, guint32 id)
{
    for (guint i = 0; i < reign->nodes->len; i++) {
        struct reign_node *node = reign->nodes->pdata[i];

        if (node->id == id) {
            return node;
        }
    }
    return NULL;
}

struct reign_node *
cox_reign_node_named(const struct cox_reign *reign, const char *name)
{
    for (guint i = 0; name != NULL && i < reign->nodes->len; i++) {
        struct reign_node *node = reign->nodes->pdata[i];

        if (g_strcmp0(node->name, name) == 0) {
            return node;
        }
    }
    return NULL;
}

struct reign_node *
cox_reign_node_ensure(struct cox_reign *reign, guint32 id)
{
    struct reign_node *node = cox_reign_node_find(reign, id);
    guint at = 0;

    if (node == NULL) {
        node = g_new0(struct reign_node, 1);
        node->id = id;
        node->histories = g_ptr_array_new_with_free_func(cox_reign_history_free);
        node->away_until = node->unrecorded_until = COX_USEC_NEVER;
        while (at < reign->nodes->len && ((const struct reign_node *) reign->nodes->pdata[at])->id < id) {
            at++;
        }
        g_ptr_array_insert(reign->nodes, (gint) at, node);
    }
    return node;
}

void
cox_reign_node_down(struct cox_reign *reign, struct reign_node *node)
{
    node->is_down = true;
    node->is_erased = false;
    node->away_until = COX_USEC_NEVER;
    g_ptr_array_set_size(node->histories, 0);
    cox_fenceretry_note_success(&reign->retry, node->name);
}
