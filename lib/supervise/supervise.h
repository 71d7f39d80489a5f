/* lib/supervise/supervise.h - keeps the daemons of a node running: the engine.  Layer 3, pure.
 *
 * One machine for each daemon:
 *
 *     LOOKING --found, and it is ours--> STARTING --answers--> RUNNING
 *        |                                ^   |                  |  |
 *        '--nothing there--> WAITING -----'   | too slow         |  | a liveness request stays unanswered
 *                             ^ ^             '-----> KILLING <--+--'
 *                 pause over, | |                       |        |
 *                 lower stage | |        ended          |        | asked to stop, its turn
 *                 is running  | '-----------------------'        v
 *                             '------ ended by itself ------- STOPPING --ended well--> STOPPED
 *
 * Before one is killed for its silence it is looked at: one that waits for a processor, because the machine has too much to do, gets the
 * time that it was kept waiting once more (up to a limit); one that is stopped, asleep, blocked, or had the time that it needed, does not.
 *
 * One that runs only on demand is UNWANTED instead of WAITING until somebody wants it, or a former supervisor was told so; from then on it is as
 * the others, except that nobody waits for it and that it never stops the node.
 *
 * Daemons start stage by stage and stop in reverse.  The first restart comes at once, further ones after pauses that
 * double; a daemon that has run for a while begins anew.  A node one of whose daemons is away for longer than a moment is
 * not monitored, and that is said, once, until it is over.  A daemon that crashes while it stops is started again to finish
 * its work, a few times; then the supervisor says what it leaves behind.
 */
#ifndef COX_SUPERVISE_SUPERVISE_H
#define COX_SUPERVISE_SUPERVISE_H

#include <stdbool.h>
#include <stddef.h>
#include <glib.h>

#include "base/effects.h"
#include "base/monotime.h"

G_BEGIN_DECLS

/** A daemon to be kept running. */
struct cox_supervise_daemon {
    const char *name;
    guint stage;        /**< starts when all daemons of lower stages are running */
    bool is_on_demand;  /**< starts when it is wanted; others do not wait for it */
};

struct cox_supervise_config {
    gint64 ping_ms;         /**< pause between liveness requests */
    gint64 pong_ms;         /**< an answer must come within */
    gint64 start_ms;        /**< the first answer must come within */
    gint64 stop_ms;         /**< from the request to stop to the kill; 0: wait for ever */
    gint64 starve_ms;       /**< one that gets no processor may be silent so long in all */
    gint64 kill_ms;         /**< a killed process that is still there after so long is reported */
    gint64 restart_ms;      /**< pause before the second restart in a row; doubles */
    gint64 restart_max_ms;
    gint64 stable_ms;       /**< after running so long, earlier crashes do not count any more */
    gint64 unmonitored_ms;  /**< a daemon may be away so long before it is reported */
    guint stop_tries;       /**< how often a daemon that crashes while stopping is started again for it */
};

enum cox_supervise_state {
    COX_SUPERVISE_LOOKING = 0, /**< is it running already? */
    COX_SUPERVISE_WAITING,     /**< for its stage or for the end of a pause */
    COX_SUPERVISE_STARTING,
    COX_SUPERVISE_RUNNING,
    COX_SUPERVISE_STOPPING,
    COX_SUPERVISE_KILLING,
    COX_SUPERVISE_STOPPED,
    COX_SUPERVISE_FAILED,      /**< says itself that it cannot work; not started again */
    COX_SUPERVISE_UNWANTED,    /**< on demand, and nobody wants it */
};

enum cox_supervise_end {
    COX_SUPERVISE_END_WELL = 0, /**< exit status 0 */
    COX_SUPERVISE_END_CRASH,    /**< a signal, or any other status */
    COX_SUPERVISE_END_FATAL,    /**< the status that means: starting again does not help */
    COX_SUPERVISE_END_PANIC,    /**< the status that means: this node must go down at once */
};

/** What a process is doing. */
enum cox_supervise_doing {
    COX_SUPERVISE_DOING_UNKNOWN = 0,
    COX_SUPERVISE_DOING_RUN,   /**< runs, or would if it got a processor */
    COX_SUPERVISE_DOING_SLEEP, /**< waits for something to happen */
    COX_SUPERVISE_DOING_BLOCK, /**< waits for a device, cannot be disturbed */
    COX_SUPERVISE_DOING_STAND, /**< was stopped by a signal or a debugger, or is dead */
};

enum cox_supervise_event_kind {
    COX_SUPERVISE_ON_BEGIN = 0, /**< look for what runs, start the rest */
    COX_SUPERVISE_ON_FOUND,     /**< answer to DO_LOOK */
    COX_SUPERVISE_ON_PONG,      /**< answer to DO_PING */
    COX_SUPERVISE_ON_SEEN,      /**< answer to DO_INSPECT; answers to earlier requests that wait to be read come first */
    COX_SUPERVISE_ON_ENDED,     /**< the process is gone, or could not be started */
    COX_SUPERVISE_ON_WANTED,    /**< this daemon is wanted from now on */
    COX_SUPERVISE_ON_WAKE,
    COX_SUPERVISE_ON_STOP,      /**< stop everything in order */
};

struct cox_supervise_event {
    enum cox_supervise_event_kind kind;
    guint daemon;               /**< index; FOUND, PONG, SEEN, ENDED, WANTED */
    union {
        /** What was seen under /proc, and at the socket, before anything was trusted. */
        struct {
            bool is_there, is_our_user, is_our_program, is_our_start; /**< start: as recorded when it was started */
            bool was_wanted;    /**< on demand: a former supervisor was told that it is wanted */
        } found;
        /** Since the last DO_PING, or DO_ASK_STOP. */
        struct {
            enum cox_supervise_doing doing;
            gint64 ran_ms;      /**< that it ran; -1: the kernel does not say */
            gint64 starved_ms;  /**< that it could have run and got no processor, up to when it ran last */
        } seen;
        guint64 ping;           /**< PONG: number of the request */
        enum cox_supervise_end end;
    };
};

enum cox_supervise_effect_kind {
    COX_SUPERVISE_DO_LOOK = 0,  /**< is the daemon running already? */
    COX_SUPERVISE_DO_ADOPT,     /**< take it over: open its pidfd and watch it */
    COX_SUPERVISE_DO_START,
    COX_SUPERVISE_DO_PING,      /**< ask it whether it lives */
    COX_SUPERVISE_DO_INSPECT,   /**< why is it silent? */
    COX_SUPERVISE_DO_ASK_STOP,
    COX_SUPERVISE_DO_KILL,      /**< SIGKILL through the pidfd */
    COX_SUPERVISE_DO_WAKE,
    COX_SUPERVISE_DO_PANIC,     /**< take the node down at once */
    COX_SUPERVISE_DO_READY,     /**< all daemons are running (again) */
    COX_SUPERVISE_DO_DONE,      /**< all daemons have stopped: the supervisor may end */
    COX_SUPERVISE_DO_SAY,       /**< something that people must know */
};

enum cox_supervise_notice {
    COX_SUPERVISE_NOTICE_ENDED = 0,   /**< a daemon ended and is started again */
    COX_SUPERVISE_NOTICE_HUNG,        /**< a daemon does not answer and is killed */
    COX_SUPERVISE_NOTICE_STARVED,     /**< a daemon does not answer because it gets no processor; once for each silence */
    COX_SUPERVISE_NOTICE_FOREIGN,     /**< something that is not ours imitates a daemon */
    COX_SUPERVISE_NOTICE_FATAL,       /**< a daemon will not be started again; the node is stopped */
    COX_SUPERVISE_NOTICE_UNKILLABLE,  /**< the kernel does not end a killed process */
    COX_SUPERVISE_NOTICE_UNMONITORED, /**< resources of this node may run, and nobody looks after them */
    COX_SUPERVISE_NOTICE_MONITORED,   /**< that is over */
};

struct cox_supervise_effect {
    enum cox_supervise_effect_kind kind;
    guint daemon;
    union {
        guint64 ping;
        cox_usec at;
        enum cox_supervise_notice notice;
    };
};

COX_EFFECTS_DEFINE(supervise)

struct cox_supervise;

/** An engine for @n @daemons (copied), nothing begun.  At least one; @config is copied. */
struct cox_supervise *cox_supervise_new(const struct cox_supervise_config *config,
                                        const struct cox_supervise_daemon *daemons, size_t n);

/** Free.  NULL is allowed. */
void cox_supervise_free(struct cox_supervise *supervise);

/** One step.  Total: what does not fit the state of the daemon is ignored. */
void cox_supervise_step(struct cox_supervise *supervise, const struct cox_supervise_event *event, cox_usec now,
                        struct cox_supervise_effects *out);

/** State, name and number of restarts of daemon @i, for status reports. */
enum cox_supervise_state cox_supervise_state(const struct cox_supervise *supervise, guint i);
const char *cox_supervise_name(const struct cox_supervise *supervise, guint i);
guint cox_supervise_restarts(const struct cox_supervise *supervise, guint i);

typedef struct cox_supervise cox_supervise; /* for g_autoptr only */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(cox_supervise, cox_supervise_free)

G_END_DECLS

#endif
