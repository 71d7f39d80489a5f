/* tools/mon_follow.c - crm_mon: the state of the cluster whenever it changes.  Layer 6. */
#include "tools/mon_priv.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "follow/follow.h"
#include "xml/textfile.h"

enum { SETTLE_USEC = 50 * 1000 }; /* changes seldom come alone */

/* What has happened since it was shown last, and where it is shown. */
struct following {
    struct cox_tool_ctx *ctx;
    struct cox_mon_settings *settings;
    struct cox_runtime *runtime;
    struct cox_follow *follow;
    struct cox_state *state;       /* of the document; NULL: not worked out yet, or there is none */
    bool is_stale;                 /* the state is of an older document, or of a time long ago */
    struct cox_mon_screen *screen; /* NULL: pages, or the file */
    const char *path;              /* of the file, or NULL */
    struct cox_mon_agent *agent;   /* or NULL */
    char *trouble;                 /* with the file, said already */
    bool is_due;                   /* time to show it */
    bool is_soon;                  /* the timer is that of a change */
    bool shows_keys;               /* instead of the cluster */
    bool is_over;
    bool is_lost;
    char *problem;
    cox_source_id timer;           /* says when it is due */
};

/* ---- what happens ----------------------------------------------------------------------------------------- */

static void
on_due(void *context)
{
    struct following *following = context;

    following->is_due = true;
    following->is_soon = false;
    following->is_stale = true; /* also without a change: ages and outcomes change with time */
    following->timer = 0;
}

static void
show_by(struct following *following, cox_usec when)
{
    cox_runtime_cancel(following->runtime, following->timer);
    following->timer = cox_runtime_timer(following->runtime, when, on_due, following);
}

static void
on_changed(void *context, const struct cox_follow_news *news)
{
    struct following *following = context;

    cox_mon_agent_on_document(following->agent, news);
    following->is_lost = false;
    if (!following->is_soon) { /* what comes in one go is shown in one go */
        following->is_soon = true;
        show_by(following, cox_runtime_now(following->runtime) + SETTLE_USEC);
    }
}

static void
on_lost(void *context, const GError *problem)
{
    struct following *following = context;

    following->is_lost = true;
    following->is_due = true;
    g_free(following->problem);
    following->problem = g_strdup(problem->message);
}

static void
on_end(void *context, int signo)
{
    struct following *following = context;

    (void) signo;
    following->is_over = true;
}

static void
on_size(void *context, int signo)
{
    struct following *following = context;

    (void) signo;
    cox_mon_screen_resize(following->screen);
}

static void
on_keys(void *context, int fd, unsigned int events)
{
    struct following *following = context;
    int key = cox_mon_screen_key(following->screen);

    (void) fd;
    following->is_over = following->is_over || (events & COX_WATCH_HANGUP) != 0;
    for (; key > 0; key = cox_mon_screen_key(following->screen)) {
        if (key == 'q') {
            following->is_over = true;
        } else if (!cox_mon_key(following->settings, key)) {
            following->shows_keys = key == '?' && !following->shows_keys;
            following->is_stale = true;
        }
        following->is_due = true;
    }
}

/* ---- showing ---------------------------------------------------------------------------------------------- */

static void
fill(struct following *following, struct cox_out *out)
{
    struct cox_cib *cib = cox_follow_cib(following->follow);
    g_autoptr(GError) error = NULL;

    if (following->is_lost) {
        cox_out_line(out, "Not connected to the cluster: %s; waiting for it to come back", following->problem);
    }
    if (following->is_stale) {
        g_clear_pointer(&following->state, cox_state_free);
        following->is_stale = false;
    }
    if (following->state == NULL && cib != NULL) {
        following->state = cox_state_new_trusted(cox_cib_root(cib), &error);
    }
    if (following->state != NULL) {
        cox_mon_show(following->settings, out, following->state, following->is_lost ? NULL : following->runtime);
    } else if (error != NULL) {
        cox_out_line(out, "The document cannot be understood: %s", error->message);
    }
}

/* A terminal is cleared; what goes into a pipe is one page after the other.  false: nobody reads it. */
static bool
print_page(struct following *following)
{
    const struct cox_out_options plain = { .format = COX_OUT_TEXT, .file = stdout, .error_file = stderr };
    bool is_terminal = isatty(STDOUT_FILENO);
    g_autoptr(cox_out) out = cox_out_new(&plain);

    fputs(is_terminal ? "\033[H\033[2J" : "\f", stdout);
    if (is_terminal && !following->settings->without_screen) {
        cox_out_line(out, "(No keys here: this terminal cannot do it, or crm_mon was built without ncurses)");
    }
    fill(following, out);
    return cox_out_finish(out, 0, NULL, NULL);
}

static void
draw_screen(struct following *following)
{
    const struct cox_out_options kept = { .format = COX_OUT_TEXT };
    g_autoptr(cox_out) out = cox_out_new(&kept);
    g_autofree char *keys = NULL;

    if (following->shows_keys) {
        keys = cox_mon_keys_help(following->settings);
        cox_mon_screen_show(following->screen, keys);
        return;
    }
    fill(following, out);
    cox_mon_screen_show(following->screen, cox_out_content(out));
}

/* Readers see the old page or the new one, never half of one.  What cannot be written is said once, and tried again. */
static void
write_file(struct following *following)
{
    bool is_html = following->settings->is_html;
    const struct cox_out_options kept = { .format = is_html ? COX_OUT_TEXT : cox_out_format_of(following->ctx->out),
                                          .request = following->ctx->request };
    g_autoptr(cox_out) out = cox_out_new(&kept);
    g_autofree char *html = NULL;
    g_autoptr(GError) error = NULL;
    const char *text;

    fill(following, out);
    if (!is_html) {
        (void) cox_out_finish(out, 0, NULL, NULL);
    }
    html = is_html ? cox_mon_html(following->settings, out) : NULL;
    text = is_html ? html : cox_out_content(out);
    if (cox_textfile_put(following->path, text, strlen(text), &error)) {
        g_clear_pointer(&following->trouble, g_free);
    } else if (g_strcmp0(following->trouble, error->message) != 0) {
        g_free(following->trouble);
        following->trouble = g_strdup(error->message);
        fprintf(stderr, "crm_mon: %s\n", error->message);
    }
}

static void
show(struct following *following)
{
    if (following->path != NULL) {
        write_file(following);
    } else if (following->screen != NULL) {
        draw_screen(following);
    } else if (!following->settings->is_daemon) {
        following->is_over = !print_page(following);
    }
}

/* ---- the loop --------------------------------------------------------------------------------------------- */

static void
begin(struct following *following)
{
    const struct cox_follow_settings settings = { .program = "crm_mon", .changed = on_changed, .lost = on_lost, .context = following };

    if (following->path == NULL && !following->settings->without_screen && !following->settings->is_daemon) {
        following->screen = cox_mon_screen_new();
    }
    if (following->screen != NULL) {
        (void) cox_runtime_signal(following->runtime, SIGWINCH, on_size, following);
        (void) cox_runtime_watch(following->runtime, STDIN_FILENO, COX_WATCH_READ, on_keys, following);
    }
    (void) cox_runtime_signal(following->runtime, SIGINT, on_end, following);
    (void) cox_runtime_signal(following->runtime, SIGTERM, on_end, following);
    following->agent = cox_mon_agent_new(following->runtime, following->settings);
    following->follow = cox_follow_new(following->runtime, &settings);
}

int
cox_mon_follow(struct cox_tool_ctx *ctx, struct cox_runtime *runtime, gint64 interval_ms, const char *path)
{
    struct following following = { .ctx = ctx, .settings = ctx->settings, .runtime = runtime, .path = path };

    begin(&following);
    while (!following.is_over) {
        (void) cox_runtime_step(runtime, true);
        if (following.is_due && !following.is_over) {
            following.is_due = false;
            show(&following);
            if (following.timer == 0) {
                show_by(&following, cox_runtime_now(runtime) + interval_ms * 1000);
            }
        }
    }
    cox_runtime_cancel(runtime, following.timer);
    cox_follow_free(following.follow);
    cox_mon_agent_free(following.agent);
    cox_mon_screen_free(following.screen);
    cox_state_free(following.state);
    g_free(following.problem);
    g_free(following.trouble);
    return 0;
}
