/* lib/model/alert.h - who wants to hear of what: one alert of the configuration.  Layer 1, pure. */
#ifndef COX_MODEL_ALERT_H
#define COX_MODEL_ALERT_H

#include <stddef.h>
#include <glib.h>

#include "model/nvset.h"

G_BEGIN_DECLS

/** Kinds of events, as bits. */
enum cox_alert_kind {
    COX_ALERT_NODE = 1,
    COX_ALERT_FENCING = 2,
    COX_ALERT_RESOURCE = 4,
    COX_ALERT_ATTRIBUTE = 8,
};

/** What alerts without `select` get. */
#define COX_ALERT_USUAL ((unsigned int) (COX_ALERT_NODE | COX_ALERT_FENCING | COX_ALERT_RESOURCE))

struct cox_alert_recipient {
    const char *id;
    const char *value;
    struct cox_nvsets meta, params; /**< win over those of the alert */
};

struct cox_alert {
    const char *id;
    const char *path;               /**< of the alert agent */
    unsigned int kinds;             /**< enum cox_alert_kind, or-ed */
    const char *const *attributes;  /**< names of attributes that are wanted; none: all */
    size_t n_attributes;
    struct cox_nvsets meta, params;
    const struct cox_alert_recipient *recipients;
    size_t n_recipients;            /**< 0: the agent is run once, without a recipient */
};

G_END_DECLS

#endif
