/* lib/cluster/accord.c - are the members and the quorum that corosync tells of one ring?  Layer 3, pure. */
#include "cluster/accord.h"

static bool
are_one(const struct cox_accord *accord)
{
    return accord->ring != 0 && accord->ring == accord->quorum_ring && !accord->awaits_ring;
}

void
cox_accord_on_nodes(struct cox_accord *accord)
{
    accord->awaits_ring = true;
}

void
cox_accord_on_ring(struct cox_accord *accord, guint64 ring)
{
    accord->ring = ring;
    accord->awaits_ring = false;
    accord->is_impatient = !are_one(accord) && (accord->is_impatient || ring < accord->quorum_ring);
}

void
cox_accord_on_quorum(struct cox_accord *accord, guint64 ring, bool is_quorate)
{
    bool was_behind = accord->quorum_ring < accord->ring;

    accord->quorum_ring = ring;
    accord->is_quorate = is_quorate;
    accord->is_impatient = !are_one(accord) && (accord->is_impatient || (was_behind && ring > accord->ring));
}

void
cox_accord_on_patience_end(struct cox_accord *accord)
{
    accord->is_impatient = !are_one(accord);
}

bool
cox_accord_members_wait(const struct cox_accord *accord)
{
    return !accord->is_impatient && (accord->awaits_ring || accord->ring > accord->quorum_ring);
}

bool
cox_accord_quorum_waits(const struct cox_accord *accord)
{
    return !accord->is_impatient && !are_one(accord);
}

bool
cox_accord_is_quorate(const struct cox_accord *accord)
{
    return are_one(accord) && accord->is_quorate;
}
