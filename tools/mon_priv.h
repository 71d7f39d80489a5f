/* tools/mon_priv.h - what the parts of crm_mon share.  Layer 6.
 *
 *   crm_mon.c     options, and which of the ways to show it is taken
 *   mon_show.c    the state of the cluster into a writer
 *   mon_follow.c  again whenever it changes: pages, a screen, a file
 *   mon_screen.c  the terminal (ncurses)
 *   mon_keys.c    what keys do
 *   mon_daemon.c  into the background
 *   mon_agent.c   a program that is run for what happens
 */
#ifndef COX_TOOLS_MON_PRIV_H
#define COX_TOOLS_MON_PRIV_H

#include <stdbool.h>
#include <glib.h>

#include "follow/follow.h"
#include "runtime/runtime.h"
#include "tools/state.h"
#include "tools/tool.h"

G_BEGIN_DECLS

struct cox_mon_settings {
    GArray *choices; /**< struct choice of crm_mon.c */
    char *file, *node, *rsc, *ban_prefix, *interval, *title, *stylesheet, *pid_file, *html_file;
    char *agent;     /**< program to run for what happens, by its whole path when it is used; or NULL */
    char *recipient; /**< what it is told to whom, or NULL */
    bool watches_fencing;
    int reload_s;
    bool is_html, is_cgi, is_daemon, without_screen;
    bool once, is_by_node, with_inactive, with_timing, with_details, with_descriptions, is_brief, is_old_xml;
    guint32 sections; /**< enum cox_monitor_section */
};

/* ---- mon_show.c ---- */

/** The state into @out; with a runtime, also what the fencer of a running cluster knows. */
void cox_mon_show(const struct cox_mon_settings *settings, struct cox_out *out, const struct cox_state *state,
                  struct cox_runtime *runtime);

/** What a fencing does, as enum cox_fence_action numbers it. */
const char *cox_mon_action_text(guint64 action);

/** What @text has, as a page for a browser.  The caller frees it. */
char *cox_mon_html(const struct cox_mon_settings *settings, struct cox_out *text);

/* ---- mon_follow.c ---- */

/**
 * Show the state of the running cluster whenever it changes and at least that often, until somebody ends it or nobody reads any
 * more: in the file @path, replaced each time; NULL: on the terminal, or page after page where there is none, or, in the background,
 * nowhere.  The agent of the settings is run meanwhile.
 *
 * @return the exit status
 */
int cox_mon_follow(struct cox_tool_ctx *ctx, struct cox_runtime *runtime, gint64 interval_ms, const char *path);

/* ---- mon_screen.c ---- */

struct cox_mon_screen;

/** Take the terminal; NULL: there is none that can be written anywhere, or this build has no ncurses. */
struct cox_mon_screen *cox_mon_screen_new(void);

/** Give it back.  NULL is allowed. */
void cox_mon_screen_free(struct cox_mon_screen *screen);

/** Show the text from where the reader has scrolled to. */
void cox_mon_screen_show(struct cox_mon_screen *screen, const char *text);

/** The next key that is there and that does not only scroll or draw again; 0: none. */
int cox_mon_screen_key(struct cox_mon_screen *screen);

/** The terminal has another size. */
void cox_mon_screen_resize(struct cox_mon_screen *screen);

/* ---- mon_keys.c ---- */

/** Change what is shown as the key says; false: it says nothing about that. */
bool cox_mon_key(struct cox_mon_settings *settings, int key);

/** What the keys do, and what is on now, as text.  The caller frees it. */
char *cox_mon_keys_help(const struct cox_mon_settings *settings);

/* ---- mon_daemon.c ---- */

/**
 * Go on in the background; the process that was called ends when that is done.  Only one process can have a pid file.
 *
 * @param pid_file  absolute path, or NULL
 * @param lock      set in the background: to be given to cox_mon_daemon_end()
 * @param error     COX_ERROR_EXISTS naming the process that has the file, COX_ERROR_CANNOT_CREATE, COX_ERROR_OS
 * @return true in the background; false, in the process that was called, when nothing has been left there
 */
bool cox_mon_daemon_begin(const char *pid_file, int *lock, GError **error);
void cox_mon_daemon_end(const char *pid_file, int lock);

/* ---- mon_agent.c ---- */

struct cox_mon_agent;

/** Ready to run the agent of @settings, which must outlive it; NULL when there is none. */
struct cox_mon_agent *cox_mon_agent_new(struct cox_runtime *runtime, const struct cox_mon_settings *settings);
void cox_mon_agent_free(struct cox_mon_agent *agent);

/**
 * The document has changed: the agent is run for each result of an operation that the patch brings, probes that found nothing where nothing
 * was expected left out, with CRM_notify_node, _rsc, _task, _desc, _rc, _target_rc, _status and _recipient.  @agent NULL: nothing.
 */
void cox_mon_agent_on_document(struct cox_mon_agent *agent, const struct cox_follow_news *news);

G_END_DECLS

#endif
