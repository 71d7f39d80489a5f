/* lib/lvs/tests/fakeipvs.h - the kernel's table of virtual servers with connections, for tests. */
#ifndef COX_LVS_TESTS_FAKEIPVS_H
#define COX_LVS_TESTS_FAKEIPVS_H

#include <glib.h>

#include "lvs/lvstable.h"

/** A server with the serial number it got when it was added: another one after it was deleted and added again. */
struct fake_rs {
    struct cox_lvs_rs rs;
    struct cox_lvs_use use;
    guint serial;
};

struct fake_vs {
    struct cox_lvs_vs vs;
    GArray *servers; /**< of struct fake_rs */
};

/** Refuses what the kernel refuses: what is there already, what is not there. */
struct fake_ipvs {
    GPtrArray *rows; /**< of struct fake_vs */
    guint serial;
};

struct fake_ipvs *fake_ipvs_new(const struct cox_lvs_table *table);
void fake_ipvs_free(struct fake_ipvs *ipvs);

/** False, and nothing changed: refused.  A weight that is out of range fails the test. */
bool fake_ipvs_apply(struct fake_ipvs *ipvs, const struct cox_lvs_op *op);
struct cox_lvs_table *fake_ipvs_read(const struct fake_ipvs *ipvs);
struct fake_vs *fake_ipvs_find(const struct fake_ipvs *ipvs, const struct cox_lvs_key *key);
struct fake_rs *fake_ipvs_server(const struct fake_vs *row, const struct cox_lvs_rs *rs);

/** Is there a server with a weight? */
bool fake_ipvs_serves(const struct fake_vs *row);

#endif
