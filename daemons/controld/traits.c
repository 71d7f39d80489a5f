/* daemons/controld/traits.c - what the history notes of an agent: parameters that need a restart, and secret ones.  Layer 6. */
#include "daemons/controld/traits.h"

#include "agents/agent_meta.h"
#include "base/error.h"
#include "proto/marshal.h"

enum { METADATA_MAX = 1024 * 1024, HOLD_MS = 5000 };

struct agent {
    struct controld_traits *traits;
    char *key;
    bool is_asked;      /* and has not been answered */
    GByteArray *text;   /* while it comes */
    char *restart_params, *secure_params;
};

struct controld_traits {
    struct cox_runtime *runtime;
    const struct controld_neighbours *neighbours;
    controld_traits_fn fn;
    void *context;
    GHashTable *agents; /* "standard:provider:type" -> struct agent */
    GQueue *held;       /* GByteArray: EXEC_RESULT */
    cox_source_id timer; /* while something is held */
};

static void
free_agent(gpointer data)
{
    struct agent *agent = data;

    if (agent->text != NULL) {
        g_byte_array_unref(agent->text);
    }
    g_free(agent->key);
    g_free(agent->restart_params);
    g_free(agent->secure_params);
    g_free(agent);
}

static void
free_bytes(gpointer data)
{
    g_byte_array_unref(data);
}

struct controld_traits *
controld_traits_new(struct cox_runtime *runtime, const struct controld_neighbours *neighbours, controld_traits_fn fn, void *context)
{
    struct controld_traits *traits = g_new0(struct controld_traits, 1);

    traits->runtime = runtime;
    traits->neighbours = neighbours;
    traits->fn = fn;
    traits->context = context;
    traits->held = g_queue_new();
    traits->agents = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_agent);
    return traits;
}

void
controld_traits_free(struct controld_traits *traits)
{
    if (traits != NULL) {
        cox_runtime_cancel(traits->runtime, traits->timer);
        g_queue_free_full(traits->held, free_bytes);
        g_hash_table_unref(traits->agents);
        g_free(traits);
    }
}

static char *
key_of(const char *standard, const char *provider, const char *type)
{
    return g_strdup_printf("%s:%s:%s", standard == NULL ? "" : standard, provider == NULL ? "" : provider, type == NULL ? "" : type);
}

bool
controld_traits_read(const char *text, gsize length, char **restart_params, char **secure_params)
{
    g_autoptr(cox_agent_metadata) metadata = cox_agent_metadata_parse(text, length, NULL);
    g_autoptr(GString) restart = g_string_new(" "), secure = g_string_new(" ");

    if (metadata == NULL) {
        return false;
    }
    for (size_t i = 0; i < metadata->n_params; i++) {
        const struct cox_agent_param *param = &metadata->params[i];

        if (!param->is_reloadable) {
            g_string_append_printf(restart, "%s ", param->name);
        }
        if (param->is_private) {
            g_string_append_printf(secure, "%s ", param->name);
        }
    }
    *restart_params = cox_agent_metadata_reload(metadata) == NULL ? NULL : g_strdup(restart->str);
    *secure_params = secure->len == 1 ? NULL : g_strdup(secure->str);
    return true;
}

/* ---- results that are early ---- */

static bool
is_early(const struct controld_traits *traits, const struct cox_msg_exec_result *result)
{
    static const char *const tasks[] = { "start", "migrate_from", "reload", "reload-agent", NULL };
    g_autofree char *key = key_of(result->standard, result->provider, result->type);
    const struct agent *agent = g_hash_table_lookup(traits->agents, key);

    return agent != NULL && agent->is_asked && result->task != NULL && g_strv_contains(tasks, result->task);
}

static void
release(struct controld_traits *traits, bool is_late)
{
    while (!g_queue_is_empty(traits->held)) {
        GByteArray *bytes = g_queue_peek_head(traits->held);
        g_autoptr(cox_arena) arena = cox_arena_new();
        const struct cox_msg_exec_result *result = cox_unmarshal(cox_messages_schema(COX_MSG_EXEC_RESULT), bytes->data, bytes->len, arena, NULL);

        if (!is_late && result != NULL && is_early(traits, result)) {
            return;
        }
        (void) g_queue_pop_head(traits->held);
        if (result != NULL) {
            traits->fn(traits->context, result);
        }
        g_byte_array_unref(bytes);
    }
    cox_runtime_cancel(traits->runtime, traits->timer);
    traits->timer = 0;
}

static void
on_timer(void *context)
{
    struct controld_traits *traits = context;

    traits->timer = 0;
    release(traits, true);
}

bool
controld_traits_hold(struct controld_traits *traits, const struct cox_msg_exec_result *result)
{
    GByteArray *bytes = NULL;

    if (g_queue_is_empty(traits->held) && !is_early(traits, result)) {
        return false;
    }
    bytes = g_byte_array_new();
    cox_marshal(cox_messages_schema(COX_MSG_EXEC_RESULT), result, bytes);
    g_queue_push_tail(traits->held, bytes);
    if (traits->timer == 0) {
        traits->timer = cox_runtime_timer(traits->runtime, cox_usec_after_ms(cox_runtime_now(traits->runtime), HOLD_MS), on_timer, traits);
    }
    return true;
}

/* ---- asking ---- */

static void
answered(struct agent *agent)
{
    agent->is_asked = false;
    release(agent->traits, false);
}

static bool
on_data(void *context, const guint8 *data, gsize size, GError **error)
{
    struct agent *agent = context;

    if (agent->text->len + size > METADATA_MAX) {
        g_set_error_literal(error, COX_ERROR, COX_ERROR_SYNTAX, "meta-data of more than 1 MiB");
        return false;
    }
    g_byte_array_append(agent->text, data, (guint) size);
    return true;
}

static void
on_end(void *context, const GError *problem)
{
    struct agent *agent = context;

    if (problem == NULL) {
        (void) controld_traits_read((const char *) agent->text->data, agent->text->len, &agent->restart_params,
                                    &agent->secure_params);
    }
    g_clear_pointer(&agent->text, g_byte_array_unref);
    answered(agent);
}

static void
on_metadata(void *context, const struct cox_client_reply *reply)
{
    struct agent *agent = context;
    const struct cox_sink sink = { on_data, on_end, agent };

    if (reply->error == NULL && reply->has_body) {
        agent->text = g_byte_array_new();
        controld_neighbours_receive(agent->traits->neighbours, COX_DAEMON_EXEC, reply->id, &sink);
    } else if (reply->error == NULL) {
        answered(agent);
    } else { /* the next order asks again */
        struct controld_traits *traits = agent->traits;

        g_hash_table_remove(traits->agents, agent->key);
        release(traits, false);
    }
}

void
controld_traits_want(struct controld_traits *traits, const char *standard, const char *provider, const char *type)
{
    g_autofree char *key = key_of(standard, provider, type);
    const struct cox_msg_exec_metadata_query query = { standard, provider, type };
    struct cox_client_call call = { .message = COX_MSG_EXEC_METADATA_QUERY, .body = &query, .timeout_ms = 60000, .fn = on_metadata };
    struct agent *agent = NULL;

    if (standard == NULL || type == NULL || g_hash_table_contains(traits->agents, key)) {
        return;
    }
    agent = g_new0(struct agent, 1);
    agent->traits = traits;
    agent->key = g_strdup(key);
    agent->is_asked = true;
    g_hash_table_insert(traits->agents, g_steal_pointer(&key), agent);
    call.context = agent;
    (void) controld_neighbours_ask(traits->neighbours, COX_DAEMON_EXEC, &call);
}

struct controld_trait
controld_traits_of(const struct controld_traits *traits, const char *standard, const char *provider, const char *type)
{
    g_autofree char *key = key_of(standard, provider, type);
    const struct agent *agent = g_hash_table_lookup(traits->agents, key);

    return agent == NULL ? (struct controld_trait) { NULL, NULL }
                         : (struct controld_trait) { agent->restart_params, agent->secure_params };
}
