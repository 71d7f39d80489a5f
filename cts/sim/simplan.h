/* cts/sim/simplan.h - a plan with what it borrows: stands for schedd.  For tests only. */
#ifndef COX_CTS_SIM_SIMPLAN_H
#define COX_CTS_SIM_SIMPLAN_H

#include "codec/load.h"
#include "model/inflight.h"
#include "model/plan.h"
#include "xml/xml.h"

struct sim_plan {
    struct cox_codec_result input;
    struct cox_plan *plan;
};

/** Plan from the document @cib; never NULL. */
struct sim_plan *sim_plan_new(const struct cox_xml *cib, const struct cox_inflight *inflight, size_t n_inflight, cox_wall now);
void sim_plan_free(struct sim_plan *plan);

#endif
