/* lib/check/probe_priv.h - one probe, and what each kind of them does.  Layer 4. */
#ifndef COX_CHECK_PROBE_PRIV_H
#define COX_CHECK_PROBE_PRIV_H

#include "check/probes.h"

G_BEGIN_DECLS

struct cox_probe;

/** A kind of probe.  What begins may answer at once with cox_probe_answer(). */
struct cox_probe_kind {
    void (*begin)(struct cox_probe *probe, const struct cox_lvs_check *check);
    void (*end)(struct cox_probe *probe);    /**< give back what it holds; not called before begin */
    void (*timeout)(struct cox_probe *probe); /**< NULL: to say nothing is a failure */
};

struct cox_probes {
    const struct cox_probe_ways *ways;
    struct cox_probe_config config;
    char *node;
    GHashTable *by_number;  /**< of struct cox_probe */
    void *state;            /**< of the fake, or what libcurl needs */
};

/** The real and the fake. */
struct cox_probe_ways {
    const struct cox_probe_kind *(*kind_of)(const struct cox_lvs_check *check);
    void (*free_state)(struct cox_probes *probes);
};

struct cox_probe {
    struct cox_probes *probes;
    guint64 number;
    const struct cox_probe_kind *kind;
    cox_source_id timer, saying; /**< timeout; the answer that waits to be told */
    struct cox_lvs_answer answer;
    char *text;             /**< of the answer */
    void *own;              /**< of its kind */
};

struct cox_probes *cox_probes_make(const struct cox_probe_config *config, const struct cox_probe_ways *ways);

/** It has an answer: it is ended, and the answer told after the present callback; a second one is ignored. */
void cox_probe_answer(struct cox_probe *probe, const struct cox_lvs_answer *answer);

/** It has failed, because of this. */
void cox_probe_fail(struct cox_probe *probe, const char *format, ...) G_GNUC_PRINTF(2, 3);

extern const struct cox_probe_kind cox_probe_stream, cox_probe_datagram, cox_probe_page, cox_probe_program, cox_probe_file;

G_END_DECLS

#endif
