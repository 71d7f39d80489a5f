/* tools/confirm.h - a change that is taken back unless somebody confirms it in time: a process of its own waits for that.  Layer 6. */
#ifndef COX_TOOLS_CONFIRM_H
#define COX_TOOLS_CONFIRM_H

#include <stdbool.h>
#include <glib.h>

G_BEGIN_DECLS

/*
 * The process is started before the change is made, is detached from the terminal and from the command that started it, and lives until
 * the change is confirmed or taken back.  When the command dies before it has told whether the change was made, it counts as made.  Nobody
 * takes anything back when this process is killed, or this node goes down, in the meantime.
 */

struct cox_confirm;

struct cox_confirm_settings {
    const char *id;                                      /**< by which the change is confirmed */
    gint64 within_ms;                                    /**< from when it was made; above 0 */
    bool (*take_back)(void *context, GError **error);    /**< run in the process of its own, which has no output; again while it is
                                                              refused for a reason that passes, ten minutes at most */
    void *context;                                       /**< as it is when the process is started */
};

/**
 * Start the process.
 * @return the caller ends it with cox_confirm_made(); NULL with COX_ERROR_EXISTS (the same change waits already) or COX_ERROR_OS
 */
struct cox_confirm *cox_confirm_arm(const struct cox_confirm_settings *settings, GError **error);

/** Number of the process. */
gint64 cox_confirm_pid(const struct cox_confirm *confirm);

/** The change was made, or may have been: the time begins.  Or it was not: the process ends.  Frees @confirm. */
void cox_confirm_made(struct cox_confirm *confirm, bool is_made);

/**
 * Confirm a change that was made on this node.
 * @param error  COX_ERROR_NOT_FOUND: nothing waits under this name any more; COX_ERROR_PRIVILEGE: it is another user's
 */
bool cox_confirm_send(const char *id, GError **error);

G_END_DECLS

#endif
