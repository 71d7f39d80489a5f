/* daemons/vrrpd/vrrpd_report.c - what all routers are now, as text for people.  Layer 6. */
#include "daemons/vrrpd/vrrpd.h"

static void
put_refused(GString *text, const guint64 *refused)
{
    for (guint i = COX_VRRP_ACCEPTED + 1; i < COX_VRRP_REFUSAL_N; i++) {
        if (refused[i] > 0) {
            g_string_append_printf(text, " %s %" G_GUINT64_FORMAT, cox_vrrp_refusal_name((enum cox_vrrp_refusal) i), refused[i]);
        }
    }
}

static void
put_router(GString *text, const struct cox_vrrp_status *status, cox_usec now)
{
    const struct cox_vrrp_stats *stats = status->stats;
    char ip[COX_IP_TEXT_SIZE];

    g_string_append_printf(text, "%s: %s for %" G_GINT64_FORMAT " ms, vrid %u, priority %u (configured %u)", status->instance->name,
                           cox_vrrp_state_name(status->state), (now - status->since) / COX_USEC_PER_MS, status->instance->vrid, status->priority,
                           status->instance->priority);
    if (status->source.family != COX_IP_NONE) {
        g_string_append_printf(text, ", from %s", cox_ip_format(&status->source, ip));
    }
    if (status->master.family != COX_IP_NONE) {
        g_string_append_printf(text, ", master %s (priority %u, every %" G_GINT64_FORMAT " ms)", cox_ip_format(&status->master, ip),
                               status->master_priority, status->master_interval / COX_USEC_PER_MS);
    }
    g_string_append_printf(text,
                           "\n  sent %" G_GUINT64_FORMAT " (priority 0: %" G_GUINT64_FORMAT "), received %" G_GUINT64_FORMAT " (priority 0: %"
                           G_GUINT64_FORMAT "), became master %" G_GUINT64_FORMAT ", left it %" G_GUINT64_FORMAT ", announcements %" G_GUINT64_FORMAT
                           ", longest interval %" G_GINT64_FORMAT " us",
                           stats->sent, stats->zero_sent, stats->received, stats->zero_received, stats->became_master, stats->left_master,
                           stats->announcements, stats->longest_gap);
    g_string_append(text, "\n  refused:");
    put_refused(text, stats->refused);
    g_string_append_c(text, '\n');
}

char *
cox_vrrpd_report(const struct cox_vrrpd *vrrpd)
{
    GString *text = g_string_new(NULL);
    cox_usec now = cox_runtime_now(vrrpd->runtime);

    for (gsize i = 0; i < cox_vrrp_count(vrrpd->engine); i++) {
        const struct cox_vrrp_status status = cox_vrrp_status_at(vrrpd->engine, i);

        put_router(text, &status, now);
    }
    g_string_append(text, "of no router, refused:");
    put_refused(text, cox_vrrp_refused(vrrpd->engine));
    g_string_append_printf(text, "\nguard: %s\n", vrrpd->guard == NULL || cox_vrrpguard_pid(vrrpd->guard) == 0 ? "does not run"
                                                   : cox_vrrpguard_is_ready(vrrpd->guard)                     ? "ready"
                                                                                            : "does not know the present addresses");
    return g_string_free(text, FALSE);
}
