/* cts/sim/simplan.h - a plan with what it borrows: stands for schedd.  For tests only. */
#ifndef COX_CTS_SIM_SIMPLAN_H
#define COX_CTS_SIM_SIMPLAN_H

#include "cib/overlay.h"
#include "codec/load.h"
#include "model/inflight.h"
#include "model/plan.h"
#include "xml/xml.h"

struct sim_plan {
    struct cox_codec_result input;
    struct cox_plan *plan;
};

/** What a plan is made from besides the document: actions in flight, and what the document does not have yet. */
struct sim_plan_input {
    const struct cox_inflight *inflight;
    size_t n_inflight;
    struct cox_overlay overlay;
};

/** Plan from the document @cib; never NULL. */
struct sim_plan *sim_plan_new(const struct cox_xml *cib, const struct sim_plan_input *more, cox_wall now);
void sim_plan_free(struct sim_plan *plan);

#endif
