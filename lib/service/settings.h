/* lib/service/settings.h - the settings of the sysconfig file (PCMK_*, HA_*): which are honoured, and how.  Layer 5. */
#ifndef COX_SERVICE_SETTINGS_H
#define COX_SERVICE_SETTINGS_H

#include <stdbool.h>
#include <glib.h>

#include "runtime/log.h"

G_BEGIN_DECLS

/** One setting of the field. */
struct cox_setting {
    const char *name;        /**< without PCMK_ */
    bool is_honoured;
    const char *text;        /**< what it does, or why it does nothing and what to do instead */
    const char *const *same; /**< values that ask for what happens anyway, NULL at the end; NULL: every value does something else */
};

/** All of them, in alphabetical order. */
const struct cox_setting *cox_settings_list(gsize *n);

/**
 * What must be said about the settings of this process's environment: those that are not honoured and ask for something
 * else, and values that cannot be understood.  Texts for people; the caller unrefs the array, which frees them.
 */
GPtrArray *cox_settings_complaints(void);

/** PCMK_logpriority, the least important level for the system log; NOTICE when it is not set or not understood. */
enum cox_log_level cox_settings_log_priority(void);

/** PCMK_logfile_mode, of a log file that is made anew; 0660 when it is not set or not understood. */
guint cox_settings_log_mode(void);

G_END_DECLS

#endif
