/* lib/check/probefake.h - probes of servers that are told what they are: for tests and the simulator.  Layer 4. */
#ifndef COX_CHECK_PROBEFAKE_H
#define COX_CHECK_PROBEFAKE_H

#include "check/probes.h"

G_BEGIN_DECLS

/** Probes that answer after @answer_ms: every server is good until cox_probefake_set(). */
struct cox_probes *cox_probefake_new(const struct cox_probe_config *config, gint64 answer_ms);

enum cox_probefake_state {
    COX_PROBEFAKE_GOOD = 0,
    COX_PROBEFAKE_BAD,
    COX_PROBEFAKE_MUTE, /**< does not answer until the timeout */
};

/** From now on the server at @ip and @port (also those of probes that are under way) is this. */
void cox_probefake_set(struct cox_probes *probes, const struct cox_ip *ip, guint16 port, enum cox_probefake_state state);

G_END_DECLS

#endif
