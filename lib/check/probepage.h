/* lib/check/probepage.h - what pages of HTTP share: one multi handle of libcurl on the event loop.  Layer 4. */
#ifndef COX_CHECK_PROBEPAGE_H
#define COX_CHECK_PROBEPAGE_H

#include "check/probes.h"

/** Give back what was made with the first page. */
void cox_pages_free(struct cox_probes *probes);

#endif
