/* lib/model/option.h - the table of options: their names, old names, types, bounds and defaults.  Layer 1, pure. */
#ifndef COX_MODEL_OPTION_H
#define COX_MODEL_OPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <glib.h>

#include "model/nvset.h"

G_BEGIN_DECLS

enum cox_option_scope {
    COX_OPTION_CLUSTER = 0, /**< cluster options, also called properties */
    COX_OPTION_DEVICE,      /**< parameters of fencing devices that the fencer reads */
    COX_OPTION_DEVICE_META,
    COX_OPTION_META, /**< meta-attributes of every resource */
    COX_OPTION_CLONE,
    COX_OPTION_OP,
    COX_OPTION_NODE,
    COX_OPTION_RULE, /**< names that rules know besides node attributes */
    COX_OPTION_ALERT,
    COX_OPTION_REMOTE, /**< parameters of ocf:pacemaker:remote */
    COX_OPTION_BUNDLE,
    COX_OPTION_N_SCOPES,
};

enum cox_option_type {
    COX_OPTION_STRING = 0,
    COX_OPTION_BOOLEAN,
    COX_OPTION_INTEGER,
    COX_OPTION_NONNEGATIVE,
    COX_OPTION_SCORE,
    COX_OPTION_PERCENTAGE,
    COX_OPTION_DURATION,
    COX_OPTION_TIMEOUT, /**< a duration; negative means a choice of the reader's */
    COX_OPTION_PORT,
    COX_OPTION_SELECT,
    COX_OPTION_VERSION,
    COX_OPTION_EPOCH, /**< a time in seconds since 1970 */
};

enum cox_option_status {
    COX_OPTION_NORMAL = 0,
    COX_OPTION_GENERATED, /**< written by the cluster, not by people */
    COX_OPTION_ADVANCED,
    COX_OPTION_DEPRECATED,
};

/** One for each row, in the order of the table: COX_OPT_CLUSTER_BATCH_LIMIT, COX_OPT_META_PRIORITY, ... */
enum cox_option_id {
#define COX_OPTION(scope, id, name, type, fallback, allowed, status, old_name, part, meaning) COX_OPT_##scope##_##id,
#include "model/option.def"
#undef COX_OPTION
    COX_N_OPTIONS,
};

struct cox_option {
    enum cox_option_id id;
    enum cox_option_scope scope;
    const char *name;
    enum cox_option_type type;
    const char *fallback; /**< default, or NULL */
    const char *allowed;  /**< by type, see option.def; or NULL */
    enum cox_option_status status;
    const char *old_name; /**< still accepted, or NULL */
    const char *part;     /**< who lists or keeps it, where a scope has several; or NULL */
    const char *meaning;
};

/** The row of an option. */
const struct cox_option *cox_option(enum cox_option_id id);

/** The option of this name or old name, or NULL. */
const struct cox_option *cox_option_find(enum cox_option_scope scope, const char *name);

/** What metadata calls a type; @is_legacy: in the words that clients older than the newer types know. */
const char *cox_option_type_name(enum cox_option_type type, bool is_legacy);

/**
 * Parse a value.  @number receives: booleans 0 or 1; whole numbers, percentages and ports themselves, numbers beyond
 * the bounds of the row clamped to them; scores within +-COX_SCORE_INFINITY; lengths of time in milliseconds (TIMEOUT
 * also -1 for negative ones); SELECT the index of the word in the row, hidden ones after the others; else 0.
 *
 * @param number  set on success only; may be NULL
 * @param error   COX_ERROR_INVALID_PARAM naming option, value and what is allowed
 */
bool cox_option_parse(const struct cox_option *option, const char *text, gint64 *number, GError **error);

/** As cox_option_parse() of @text, or of the default if @text is NULL or not valid; 0 if there is no default either. */
gint64 cox_option_number(enum cox_option_id id, const char *text);

/** What @list has under the name of the option, else under its old name, valid or not; NULL if it has neither. */
const char *cox_option_get(enum cox_option_id id, const struct cox_nvlist *list);

/** cox_option_number() of cox_option_get(). */
gint64 cox_option_of(enum cox_option_id id, const struct cox_nvlist *list);

/** "true", "on", "yes", "y", "1" and their opposites in any case; false: @text (which may be NULL) is none of them. */
bool cox_bool_parse(const char *text, bool *value);

G_END_DECLS

#endif
