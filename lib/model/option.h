/* lib/model/option.h - the table of options: their names, old names, types and defaults.  Layer 1, pure. */
#ifndef COX_MODEL_OPTION_H
#define COX_MODEL_OPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <glib.h>

G_BEGIN_DECLS

enum cox_option_scope {
    COX_OPTION_CLUSTER = 0,
    COX_OPTION_FENCING_PARAM,
    COX_OPTION_FENCING_META,
    COX_OPTION_PRIMITIVE_META,
    COX_OPTION_CLONE_META,
    COX_OPTION_OPERATION,
    COX_OPTION_NODE,
    COX_OPTION_RULE,
    COX_OPTION_ALERT_META,
    COX_OPTION_REMOTE_PARAM,
    COX_OPTION_BUNDLE,
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
};

enum cox_option_status {
    COX_OPTION_NORMAL = 0,
    COX_OPTION_GENERATED,
    COX_OPTION_ADVANCED,
    COX_OPTION_DEPRECATED,
};

struct cox_option {
    enum cox_option_scope scope;
    const char *name;
    enum cox_option_type type;
    const char *fallback; /**< default, or NULL */
    const char *choices;  /**< "a|b|c", or NULL */
    enum cox_option_status status;
    const char *old_name; /**< still accepted, or NULL */
    const char *reader;   /**< daemon that lists it in its metadata (cluster options), or NULL */
    const char *meaning;
};

/** All options; @n receives their number. */
const struct cox_option *cox_options(size_t *n);

/** The option of this name or old name, or NULL. */
const struct cox_option *cox_option_find(enum cox_option_scope scope, const char *name);

/** Is @value valid for @option? */
bool cox_option_accepts(const struct cox_option *option, const char *value);

/** "true", "on", "yes", "y", "1" and their opposites in any case; false: @text (which may be NULL) is none of them. */
bool cox_bool_parse(const char *text, bool *value);

G_END_DECLS

#endif
