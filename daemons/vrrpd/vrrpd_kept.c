/* daemons/vrrpd/vrrpd_kept.c - what a daemon that is killed leaves undone and the next one must know: settings of interfaces, stamps.  Layer 6. */
#include "daemons/vrrpd/vrrpd_kept.h"

#include <errno.h>
#include <string.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/error.h"

enum { STAMP_MS = 5000 };

static char *
path_of(const struct cox_vrrpd *vrrpd, const char *name)
{
    return g_build_filename(cox_service_run_directory(vrrpd->ctx), name, NULL);
}

/* Settings. */

/* Each is made only where it is 0: else somebody has chosen. */
static const struct {
    const char *key, *value;
    bool is_for_vmac; /* on the interface below a virtual one; else on that of a router without one */
} settings[] = {
    { "arp_ignore", "1", true },    /* it does not answer for the address, which is the virtual one's: neighbours would learn the wrong MAC */
    { "arp_announce", "2", true },  /* nor does it ask for others as the address */
    { "accept_local", "1", false }, /* an owner that comes back sends from the address that is still here */
};

static bool
is_wanted(const struct cox_vrrpd *vrrpd, const char *base, gsize setting)
{
    GHashTableIter iter;
    gpointer value;

    g_hash_table_iter_init(&iter, vrrpd->routers);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const struct cox_vrrpd_router *router = value;
        bool wants = settings[setting].is_for_vmac ? router->vmac[0] != '\0' : router->follows_owner;

        if (wants && router->family == COX_IP_V4 && strcmp(router->base, base) == 0) {
            return true;
        }
    }
    return false;
}

static void
save(const struct cox_vrrpd *vrrpd)
{
    g_autofree char *path = path_of(vrrpd, "vrrp-settings");
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GError) error = NULL;
    GHashTableIter iter;
    gpointer key;

    g_hash_table_iter_init(&iter, vrrpd->quieted);
    while (g_hash_table_iter_next(&iter, &key, NULL)) {
        g_string_append_printf(text, "%s\n", (const char *) key);
    }
    if (!cox_netkeep_write(path, text->str, text->len, &error)) {
        cox_log_line(vrrpd->log, COX_LOG_INFO, "settings not kept error=\"%s\"", error->message);
    }
}

static void
set(struct cox_vrrpd *vrrpd, const char *path, const char *value)
{
    g_autoptr(GError) error = NULL;

    if (!cox_net_sysctl(vrrpd->net, path, value, &error)) {
        cox_log_line(vrrpd->log, COX_LOG_INFO, "setting not made error=\"%s\"", error->message);
    }
}

void
cox_vrrpd_settle(struct cox_vrrpd *vrrpd, const char *base)
{
    bool has_changed = false;

    for (gsize i = 0; i < G_N_ELEMENTS(settings) && base[0] != '\0'; i++) {
        g_autofree char *path = g_strdup_printf("ipv4/conf/%s/%s", base, settings[i].key);

        if (is_wanted(vrrpd, base, i)) {
            g_autofree char *before = cox_net_sysctl_value(vrrpd->net, path);

            if (g_strcmp0(before, "0") == 0) {
                set(vrrpd, path, settings[i].value);
                has_changed = g_hash_table_add(vrrpd->quieted, g_steal_pointer(&path)) || has_changed;
            }
        } else if (g_hash_table_remove(vrrpd->quieted, path)) {
            set(vrrpd, path, "0");
            has_changed = true;
        }
    }
    if (has_changed) {
        save(vrrpd);
    }
}

void
cox_vrrpd_recall_settings(struct cox_vrrpd *vrrpd, bool is_settled)
{
    g_autofree char *path = path_of(vrrpd, "vrrp-settings"), *text = NULL;
    g_auto(GStrv) lines = !is_settled && g_file_get_contents(path, &text, NULL, NULL) ? g_strsplit(text, "\n", 0) : NULL;
    g_autofree gpointer *keys = NULL;
    guint n = 0;

    for (gsize i = 0; lines != NULL && lines[i] != NULL; i++) {
        if (g_str_has_prefix(lines[i], "ipv4/conf/") && strstr(lines[i], "..") == NULL) {
            g_hash_table_add(vrrpd->quieted, g_strdup(lines[i]));
        }
    }
    keys = is_settled ? g_hash_table_get_keys_as_array(vrrpd->quieted, &n) : NULL;
    for (guint i = 0; i < n; i++) {
        g_auto(GStrv) parts = g_strsplit(keys[i], "/", 4);

        cox_vrrpd_settle(vrrpd, parts[2] != NULL ? parts[2] : "");
    }
}

/* Stamps. */

static void
write_stamp(struct cox_vrrpd *vrrpd, guint64 stamp)
{
    g_autofree char *path = path_of(vrrpd, "vrrp-stamp");
    g_autofree char *text = g_strdup_printf("%" G_GUINT64_FORMAT "\n", stamp);
    g_autoptr(GError) error = NULL;

    if (!cox_netkeep_write(path, text, strlen(text), &error)) {
        cox_log_line(vrrpd->log, COX_LOG_INFO, "stamp not kept error=\"%s\"", error->message);
    }
}

guint64
cox_vrrpd_first_stamp(const struct cox_vrrpd *vrrpd)
{
    g_autofree char *path = path_of(vrrpd, "vrrp-stamp"), *text = NULL;
    guint64 now = (guint64) cox_runtime_wall(vrrpd->runtime).usec, kept = 0;

    if (g_file_get_contents(path, &text, NULL, NULL)) {
        (void) g_ascii_string_to_unsigned(g_strchomp(text), 10, 0, G_MAXINT64, &kept, NULL);
    }
    return MAX(now, kept + 1);
}

/* After a boot nothing is kept, and the clock may be wrong until a time server has set it. */
static void
on_clock_set(void *context, int fd, unsigned int events)
{
    struct cox_vrrpd *vrrpd = context;
    const struct cox_vrrp_event event = { .kind = COX_VRRP_ON_CLOCK, .clock = (guint64) cox_runtime_wall(vrrpd->runtime).usec };
    guint64 n = 0;

    (void) events;
    if (read(fd, &n, sizeof n) < 0 && errno == ECANCELED) {
        cox_vrrpd_step(vrrpd, &event);
    }
}

void
cox_vrrpd_follow_clock(struct cox_vrrpd *vrrpd)
{
    /* It never comes; each change of the clock ends a read. */
    const struct itimerspec never = { .it_value.tv_sec = (time_t) 1 << 33 };

    vrrpd->clock_fd = timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);
    if (vrrpd->clock_fd < 0 || timerfd_settime(vrrpd->clock_fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &never, NULL) != 0) {
        cox_log_line(vrrpd->log, COX_LOG_INFO, "changes of the clock are not heard of error=\"%s\"", g_strerror(errno));
        return;
    }
    (void) cox_runtime_watch(vrrpd->runtime, vrrpd->clock_fd, COX_WATCH_READ, on_clock_set, vrrpd);
}

static bool
signs(const struct cox_vrrpd *vrrpd)
{
    const struct cox_vrrp_set *now = cox_vrrp_set_of(vrrpd->engine);

    for (gsize i = 0; now != NULL && i < now->n_instances; i++) {
        if (now->instances[i].auth.kind == COX_VRRP_AUTH_HASH) {
            return true;
        }
    }
    return false;
}

static void
on_stamp(void *context)
{
    struct cox_vrrpd *vrrpd = context;

    vrrpd->stamp_timer = 0;
    cox_vrrpd_keep_stamps(vrrpd, false);
}

/* In advance, as a daemon that is killed writes nothing: twice the time to the next one, which is well within the window of others. */
void
cox_vrrpd_keep_stamps(struct cox_vrrpd *vrrpd, bool is_last)
{
    cox_usec now = cox_runtime_now(vrrpd->runtime);
    guint64 stamp;

    if (!signs(vrrpd) || (vrrpd->stamp_timer != 0 && !is_last)) {
        return;
    }
    stamp = cox_vrrp_stamp(vrrpd->engine, now);
    write_stamp(vrrpd, is_last ? stamp : stamp + (guint64) (2 * STAMP_MS) * COX_USEC_PER_MS);
    cox_runtime_cancel(vrrpd->runtime, vrrpd->stamp_timer);
    vrrpd->stamp_timer = is_last ? 0 : cox_runtime_timer(vrrpd->runtime, cox_usec_after_ms(now, STAMP_MS), on_stamp, vrrpd);
}
