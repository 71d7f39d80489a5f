/* lib/check/probes.c - probes of servers: what all kinds share.  Layer 4. */
#include "check/probes.h"

#include "check/probe_priv.h"

static void
free_probe(gpointer data)
{
    struct cox_probe *probe = data;
    struct cox_runtime *runtime = probe->probes->config.runtime;

    if (probe->kind != NULL) {
        probe->kind->end(probe);
    }
    cox_runtime_cancel(runtime, probe->timer);
    cox_runtime_cancel(runtime, probe->saying);
    g_free(probe->text);
    g_free(probe);
}

struct cox_probes *
cox_probes_make(const struct cox_probe_config *config, const struct cox_probe_ways *ways)
{
    struct cox_probes *probes = g_new0(struct cox_probes, 1);

    probes->config = *config;
    probes->ways = ways;
    probes->node = g_strdup(config->node != NULL ? config->node : "localhost");
    probes->by_number = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, free_probe);
    return probes;
}

void
cox_probes_free(struct cox_probes *probes)
{
    if (probes == NULL) {
        return;
    }
    g_hash_table_unref(probes->by_number);
    probes->ways->free_state(probes);
    g_free(probes->node);
    g_free(probes);
}

static void
tell(void *context)
{
    struct cox_probe *probe = context;
    struct cox_probes *probes = probe->probes;

    probe->saying = 0;
    g_hash_table_steal(probes->by_number, &probe->number);
    probes->config.on_answer(probes->config.context, probe->number, &probe->answer);
    /* on_answer() may not free the prober, but may have begun another probe */
    probe->kind = NULL;
    free_probe(probe);
}

void
cox_probe_answer(struct cox_probe *probe, const struct cox_lvs_answer *answer)
{
    if (probe->kind == NULL) {
        return;
    }
    probe->answer = *answer;
    probe->text = g_strdup(answer->text);
    probe->answer.text = probe->text;
    probe->kind->end(probe);
    probe->kind = NULL;
    cox_runtime_cancel(probe->probes->config.runtime, probe->timer);
    probe->timer = 0;
    probe->saying = cox_runtime_defer(probe->probes->config.runtime, tell, probe);
}

void
cox_probe_fail(struct cox_probe *probe, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);

    va_end(arguments);
    cox_probe_answer(probe, &(struct cox_lvs_answer) { .text = text });
}

static void
on_timeout(void *context)
{
    struct cox_probe *probe = context;

    probe->timer = 0;
    if (probe->kind->timeout != NULL) {
        probe->kind->timeout(probe);
    } else {
        cox_probe_fail(probe, "no answer in time");
    }
}

void
cox_probes_begin(struct cox_probes *probes, guint64 number, const struct cox_lvs_check *check)
{
    struct cox_runtime *runtime = probes->config.runtime;
    struct cox_probe *probe = g_new0(struct cox_probe, 1);

    probe->probes = probes;
    probe->number = number;
    probe->kind = probes->ways->kind_of(check);
    g_hash_table_replace(probes->by_number, &probe->number, probe);
    probe->timer = cox_runtime_timer(runtime, cox_usec_after_ms(cox_runtime_now(runtime), check->timeout_ms), on_timeout, probe);
    probe->kind->begin(probe, check);
}

void
cox_probes_cancel(struct cox_probes *probes, guint64 number)
{
    g_hash_table_remove(probes->by_number, &number);
}

guint
cox_probes_count(const struct cox_probes *probes)
{
    return g_hash_table_size(probes->by_number);
}
