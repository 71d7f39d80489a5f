/* lib/check/probefake.c - probes of servers that are told what they are: for tests and the simulator.  Layer 4. */
#include "check/probefake.h"

#include "check/probe_priv.h"

struct fake {
    gint64 answer_ms;
    GHashTable *states;  /* "address port" to enum cox_probefake_state */
};

struct wait {
    char *server;
    cox_source_id timer;
};

static char *
server_of(const struct cox_ip *ip, guint16 port)
{
    char text[COX_IP_TEXT_SIZE];

    return g_strdup_printf("%s %u", cox_ip_format(ip, text), port);
}

static void
on_time(void *context)
{
    struct cox_probe *probe = context;
    struct wait *wait = probe->own;
    const struct fake *fake = probe->probes->state;
    const guint state = GPOINTER_TO_UINT(g_hash_table_lookup(fake->states, wait->server));

    wait->timer = 0;
    if (state == COX_PROBEFAKE_GOOD) {
        cox_probe_answer(probe, &(struct cox_lvs_answer) { .is_good = true });
    } else if (state == COX_PROBEFAKE_BAD) {
        cox_probe_fail(probe, "it is bad");
    }
}

static void
begin(struct cox_probe *probe, const struct cox_lvs_check *check)
{
    const struct fake *fake = probe->probes->state;
    struct cox_runtime *runtime = probe->probes->config.runtime;
    struct wait *wait = g_new0(struct wait, 1);

    probe->own = wait;
    wait->server = server_of(&check->path.to, check->path.to_port);
    wait->timer = cox_runtime_timer(runtime, cox_usec_after_ms(cox_runtime_now(runtime), fake->answer_ms), on_time, probe);
}

static void
end(struct cox_probe *probe)
{
    struct wait *wait = probe->own;

    cox_runtime_cancel(probe->probes->config.runtime, wait->timer);
    g_free(wait->server);
    g_free(wait);
}

static const struct cox_probe_kind kind = { .begin = begin, .end = end };

static const struct cox_probe_kind *
kind_of(const struct cox_lvs_check *check)
{
    (void) check;
    return &kind;
}

static void
free_state(struct cox_probes *probes)
{
    struct fake *fake = probes->state;

    g_hash_table_unref(fake->states);
    g_free(fake);
}

struct cox_probes *
cox_probefake_new(const struct cox_probe_config *config, gint64 answer_ms)
{
    static const struct cox_probe_ways ways = { kind_of, free_state };
    struct cox_probes *probes = cox_probes_make(config, &ways);
    struct fake *fake = g_new(struct fake, 1);

    fake->answer_ms = answer_ms;
    fake->states = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    probes->state = fake;
    return probes;
}

void
cox_probefake_set(struct cox_probes *probes, const struct cox_ip *ip, guint16 port, enum cox_probefake_state state)
{
    struct fake *fake = probes->state;

    g_hash_table_insert(fake->states, server_of(ip, port), GUINT_TO_POINTER((guint) state));
}
