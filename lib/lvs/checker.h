/* lib/lvs/checker.h - one check of one server: when it is probed, and what its answers mean.  Layer 3, pure.
 *
 *              failed, fewer than retries + 1 in a row          good, fewer than rise in a row
 *                  .----.  (next after retry_ms)                    .----.  (next after delay_ms)
 *                  |    v                                           |    v
 *       ----->     GOOD  ------- failed, the last of them ------->   BAD     <----- alpha, or the server was bad before
 *                   ^                                                |
 *                   '------------ good, the last of them ------------'
 */
#ifndef COX_LVS_CHECKER_H
#define COX_LVS_CHECKER_H

#include <stdbool.h>
#include <glib.h>

#include "base/monotime.h"
#include "lvs/checkconf.h"

G_BEGIN_DECLS

/** What a probe has found. */
struct cox_lvs_answer {
    bool is_good;
    bool has_value;   /**< there is a number: the exit status, the load in thousandths, what stands in the file */
    gint64 value;
    const char *text; /**< for people: why it failed, or what was found; NULL: nothing to say */
};

struct cox_lvs_checker {
    const struct cox_lvs_check *check;
    bool is_good;
    bool is_answered; /**< at least once */
    guint streak;     /**< failures of a good one, successes of a bad one, in a row */
    guint64 probe;    /**< that is under way; 0: none */
    cox_usec begun_at;
    cox_usec next_at; /**< the next probe begins then, or the one under way is given up */
    bool has_value;
    gint64 value;     /**< of the last good answer */
};

/** A checker whose first probe begins within the warm-up time.  @is_good: as long as there is no answer.  @check is borrowed. */
void cox_lvs_checker_init(struct cox_lvs_checker *checker, const struct cox_lvs_check *check, bool is_good, cox_usec now, guint32 random);

enum cox_lvs_turn {
    COX_LVS_TURN_NOTHING = 0,
    COX_LVS_TURN_BEGIN, /**< begin probe @probe now */
    COX_LVS_TURN_LATE,  /**< the probe has not answered in time, although it should end by itself: end it; it has failed */
};

/** Time has come to @now; @probe (not 0) is the number for a new probe.  LATE: give cox_lvs_checker_answer() a failure next. */
enum cox_lvs_turn cox_lvs_checker_wake(struct cox_lvs_checker *checker, guint64 probe, cox_usec now);

/** What an answer has changed. */
enum cox_lvs_change {
    COX_LVS_CHANGE_NONE = 0,
    COX_LVS_CHANGE_FAILURE, /**< failed, but that is not enough yet */
    COX_LVS_CHANGE_VALUE,   /**< as good as before, another value */
    COX_LVS_CHANGE_UP,
    COX_LVS_CHANGE_DOWN,
};

/** The probe under way has answered. */
enum cox_lvs_change cox_lvs_checker_answer(struct cox_lvs_checker *checker, const struct cox_lvs_answer *answer, cox_usec now,
                                           guint32 random);

/** Something makes the server suspect: probe it at once, unless a probe is under way. */
void cox_lvs_checker_hurry(struct cox_lvs_checker *checker, cox_usec now);

/** Weight of a server of @weight after what this check says about it; not clamped, but that of a load is 1 at least. */
gint64 cox_lvs_checker_weigh(const struct cox_lvs_checker *checker, gint configured, gint64 weight);

G_END_DECLS

#endif
