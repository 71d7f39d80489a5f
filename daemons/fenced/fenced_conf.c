/* daemons/fenced/fenced_conf.c - from the document, and what agents say of themselves, to devices and levels.  Layer 6. */
#include "daemons/fenced/fenced.h"

#include <string.h>

#include "agents/agent_meta.h"
#include "cib/patchscope.h"
#include "codec/load.h"
#include "service/sbd.h"

enum {
    REBUILD_MS = 100,        /* changes come in groups */
    REBUILD_MAX_MS = 5000,
    REBUILD_REST = 10,       /* times as long as it took, it rests: with a large document and attributes that change all the time nothing else would be done */
    METADATA_TIMEOUT_MS = 20000,
    METADATA_RETRY_MS = 30000,
};

/* What is known of an agent. */
struct cox_fenced_agent {
    char *type;
    char **actions;
    struct cox_fencemeta meta; /* points into the above */
    bool is_known, is_asked;
    cox_usec retry_at;
};

void
cox_fenced_agent_free(gpointer data)
{
    struct cox_fenced_agent *agent = data;

    g_free(agent->type);
    g_strfreev(agent->actions);
    g_free(agent);
}

/* ---- when ---- */

static void
on_rebuild_timer(void *context)
{
    struct cox_fenced *fenced = context;

    fenced->rebuild_timer = 0;
    fenced->is_dirty = true;
    cox_fenced_refresh(fenced);
}

static void
rebuild_at(struct cox_fenced *fenced, cox_usec at)
{
    struct cox_runtime *runtime = cox_service_runtime(fenced->ctx);

    cox_runtime_cancel(runtime, fenced->rebuild_timer);
    fenced->rebuild_timer = cox_runtime_timer(runtime, at, on_rebuild_timer, fenced);
}

gint64
cox_fenced_rebuild_wait_ms(gint64 last_took_ms)
{
    return CLAMP(last_took_ms * REBUILD_REST, REBUILD_MS, REBUILD_MAX_MS);
}

/* Whoever wants something fenced meanwhile does not wait for it: cox_fenced_refresh(). */
static void
rebuild_soon(struct cox_fenced *fenced)
{
    if (!fenced->is_dirty) {
        fenced->is_dirty = true;
        rebuild_at(fenced, cox_usec_after_ms(cox_runtime_now(cox_service_runtime(fenced->ctx)), cox_fenced_rebuild_wait_ms(fenced->rebuild_took_ms)));
    }
}

/* Devices, levels, constraints, options and the attributes that levels and rules ask for. */
static bool
is_ours(const struct cox_xml *patch)
{
    return patch == NULL || (cox_patchscope(patch, NULL) & (COX_PATCHSCOPE_CONFIGURATION | COX_PATCHSCOPE_ATTRIBUTES)) != 0;
}

void
cox_fenced_on_document(void *context, const struct cox_follow_news *news)
{
    struct cox_fenced *fenced = context;

    if (fenced->build == NULL) {
        fenced->is_dirty = true;
        cox_fenced_refresh(fenced);
    } else if (is_ours(news->patch)) {
        rebuild_soon(fenced);
    }
}

/* ---- meta-data ---- */

static char **
actions_of(const struct cox_agent_metadata *metadata)
{
    char **actions = g_new0(char *, metadata->n_actions + 1);

    for (size_t i = 0; i < metadata->n_actions; i++) {
        actions[i] = g_strdup(metadata->actions[i].name);
    }
    return actions;
}

static void
take_metadata(struct cox_fenced_agent *agent, const struct cox_agent_metadata *metadata)
{
    agent->is_known = true;
    agent->actions = actions_of(metadata);
    agent->meta = (struct cox_fencemeta) {
        .agent = agent->type, .actions = (const char *const *) agent->actions,
        .has_plug = cox_agent_metadata_param(metadata, "plug") != NULL, .has_port = cox_agent_metadata_param(metadata, "port") != NULL,
    };
    for (size_t i = 0; i < metadata->n_actions; i++) {
        if (g_strcmp0(metadata->actions[i].name, "on") == 0) {
            agent->meta.is_automatic = agent->meta.is_automatic || metadata->actions[i].is_automatic;
            agent->meta.is_on_target = agent->meta.is_on_target || metadata->actions[i].is_on_target;
        }
    }
}

static void
on_metadata(struct cox_fenced *fenced, void *context, const struct cox_fenced_end *end)
{
    struct cox_fenced_agent *agent = context;
    g_autoptr(GError) error = NULL;
    g_autoptr(cox_agent_metadata) metadata = end->exit_status != 0 ? NULL : cox_agent_metadata_parse(end->output, strlen(end->output), &error);

    agent->is_asked = false;
    if (metadata == NULL) {
        cox_fenced_registry_on_agent(fenced, agent->type, error != NULL ? error->message : end->reason != NULL ? end->reason : "it failed");
        agent->retry_at = cox_usec_after_ms(cox_runtime_now(cox_service_runtime(fenced->ctx)), METADATA_RETRY_MS);
        fenced->is_dirty = true; /* whoever waits for it need not wait any longer */
        cox_fenced_refresh(fenced);
        cox_log_event(cox_service_log(fenced->ctx), COX_EVENT_FENCE_AGENT_UNKNOWN, "agent=%s reason=\"%s\"", agent->type,
                      error != NULL ? error->message : end->reason);
        return;
    }
    take_metadata(agent, metadata);
    fenced->is_dirty = true;
    cox_fenced_refresh(fenced);
    cox_fenced_registry_on_agent(fenced, agent->type, NULL);
}

bool
cox_fenced_knows_agent(const struct cox_fenced *fenced, const char *type)
{
    const struct cox_fenced_agent *agent = g_hash_table_lookup(fenced->agents, type);

    return agent != NULL && agent->is_known;
}

void
cox_fenced_ask_agent(struct cox_fenced *fenced, const char *type, bool at_once)
{
    struct cox_fenced_agent *agent = g_hash_table_lookup(fenced->agents, type);

    if (agent == NULL) {
        agent = g_new0(struct cox_fenced_agent, 1);
        agent->type = g_strdup(type);
        agent->retry_at = G_MININT64;
        g_hash_table_insert(fenced->agents, agent->type, agent);
    }
    if (!agent->is_asked && (at_once || agent->retry_at <= cox_runtime_now(cox_service_runtime(fenced->ctx)))) {
        agent->is_asked = true;
        cox_fenced_run(fenced, &(struct cox_fenced_order) { .agent = agent->type, .command = "metadata", .timeout_ms = METADATA_TIMEOUT_MS,
                                                            .fn = on_metadata, .context = agent });
    }
}

/* ---- building ---- */

static GArray *
known_agents(const struct cox_fenced *fenced)
{
    GArray *agents = g_array_new(FALSE, FALSE, sizeof(struct cox_fencemeta));
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, fenced->agents);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const struct cox_fenced_agent *agent = value;

        if (agent->is_known) {
            g_array_append_val(agents, agent->meta);
        }
    }
    return agents;
}

static void
log_problems(struct cox_fenced *fenced, const struct cox_diags *diags)
{
    for (size_t i = 0; i < cox_diags_count(diags); i++) {
        cox_log_line(cox_service_log(fenced->ctx), COX_LOG_NOTICE, "configuration: %s", cox_diags_get(diags, i)->text);
    }
}

static bool
build(struct cox_fenced *fenced, const char *self)
{
    g_autoptr(cox_diags) diags = cox_diags_new();
    g_autoptr(GArray) agents = known_agents(fenced);
    g_autoptr(cox_arena) arena = cox_arena_new();
    g_autoptr(GError) error = NULL;
    struct cox_codec_result loaded = { 0 };
    struct cox_fencebuild_input input = { .node = self, .now = cox_runtime_wall(cox_service_runtime(fenced->ctx)),
                                          .agents = (const struct cox_fencemeta *) agents->data, .n_agents = agents->len,
                                          .sbd_ms = cox_sbd_timeout_ms(), .is_two_node = fenced->is_two_node };

    if (!cox_codec_load_tree(cox_cib_root(cox_follow_cib(fenced->follow)), NULL, &loaded, NULL, &error)) {
        cox_log_line(cox_service_log(fenced->ctx), COX_LOG_NOTICE, "the document cannot be read: %s", error->message);
        return false;
    }
    input.config = loaded.config;
    input.status = loaded.status;
    cox_fenced_registry_add_to(fenced->registry, &input, arena);
    cox_fencebuild_free(fenced->build);
    fenced->build = cox_fencebuild_new(&input, diags);
    cox_codec_result_clear(&loaded);
    log_problems(fenced, diags);
    return true;
}

/* Is any agent being asked what it can do? */
static bool
is_asking(const struct cox_fenced *fenced)
{
    for (size_t i = 0; i < fenced->build->n_unknown_agents; i++) {
        const struct cox_fenced_agent *agent = g_hash_table_lookup(fenced->agents, fenced->build->unknown_agents[i]);

        if (agent->is_asked) {
            return true;
        }
    }
    return false;
}

static void
tell_engine(struct cox_fenced *fenced)
{
    const struct cox_fencebuild *made = fenced->build;
    struct cox_fence_event event = { .kind = COX_FENCE_ON_DEVICES };

    event.devices.defs = made->defs;
    event.devices.n = made->n_devices;
    event.devices.timeout_ms = made->fencing_timeout_ms;
    event.devices.is_partial = is_asking(fenced);
    cox_fenced_step(fenced, &event);
    event = (struct cox_fence_event) { .kind = COX_FENCE_ON_LEVELS };
    event.levels.levels = made->levels;
    event.levels.n = made->n_levels;
    cox_fenced_step(fenced, &event);
    for (size_t i = 0; i < made->n_attributes; i++) {
        event = (struct cox_fence_event) { .kind = COX_FENCE_ON_ATTRIBUTE };
        event.attribute.node = made->attributes[i].node;
        event.attribute.name = made->attributes[i].name;
        event.attribute.value = made->attributes[i].value;
        cox_fenced_step(fenced, &event);
    }
}

/* When a rule changes its mind, or an agent that would not tell is to be asked again. */
static cox_usec
next_rebuild(const struct cox_fenced *fenced)
{
    struct cox_runtime *runtime = cox_service_runtime(fenced->ctx);
    cox_usec at = COX_USEC_NEVER;

    if (cox_wall_is_set(fenced->build->next)) {
        gint64 in_ms = (fenced->build->next.usec - cox_runtime_wall(runtime).usec) / 1000;

        at = cox_usec_after_ms(cox_runtime_now(runtime), MAX(in_ms, 1000));
    }
    for (size_t i = 0; i < fenced->build->n_unknown_agents; i++) {
        const struct cox_fenced_agent *agent = g_hash_table_lookup(fenced->agents, fenced->build->unknown_agents[i]);

        if (!agent->is_asked) {
            at = cox_usec_min(at, agent->retry_at);
        }
    }
    return at;
}

void
cox_fenced_refresh(struct cox_fenced *fenced)
{
    struct cox_runtime *runtime = cox_service_runtime(fenced->ctx);
    const char *self = cox_service_node_name(fenced->ctx, cox_service_self(fenced->ctx));
    cox_usec begun = cox_runtime_now(runtime), next;

    if (!fenced->is_dirty || fenced->engine == NULL || self == NULL || cox_follow_cib(fenced->follow) == NULL) {
        return;
    }
    fenced->is_dirty = false;
    cox_runtime_cancel(runtime, fenced->rebuild_timer);
    fenced->rebuild_timer = 0;
    if (!build(fenced, self)) {
        return;
    }
    fenced->rebuild_took_ms = (cox_runtime_now(runtime) - begun) / COX_USEC_PER_MS;
    for (size_t i = 0; i < fenced->build->n_unknown_agents; i++) {
        cox_fenced_ask_agent(fenced, fenced->build->unknown_agents[i], false);
    }
    tell_engine(fenced);
    next = next_rebuild(fenced);
    if (next != COX_USEC_NEVER) {
        rebuild_at(fenced, next);
    }
}
