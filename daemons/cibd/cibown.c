/* daemons/cibd/cibown.c - what the document has to say of the cluster itself: quorum, and a format that all can read.  Layer 6. */
#include "daemons/cibd/cibd.h"

#include <string.h>

#include "cib/amend.h"
#include "cib/blank.h"

/* One node of a partition does it: the first. */
static bool
is_mine(const struct cibd *cibd)
{
    return cibd->n_members > 0 && cibd->members[0] == cox_service_self(cibd->ctx);
}

static void
submit(struct cibd *cibd, struct cox_ciborder *order)
{
    struct cibd_pending *pending = g_new0(struct cibd_pending, 1);

    order->client = "cox-cibd";
    cibd->own_change = cibd->next_number + 1;
    cibd_submit(cibd, order, pending);
}

static bool
says_otherwise(const struct cibd *cibd, const struct cox_xml *root)
{
    const char *says = cox_xml_get(root, "have-quorum");

    if (says == NULL && !cibd->quorum.is_quorate && cox_blank_is(root)) {
        return false; /* a node that has seen nothing yet has nothing to say */
    }
    return g_strcmp0(says, cibd->quorum.is_quorate ? "1" : "0") != 0;
}

static bool
is_old_format(const struct cox_xml *root)
{
    const char *schema = cox_xml_get(root, "validate-with");

    return schema != NULL && cox_schemas_knows(schema) && cox_schemas_compare(schema, COX_SCHEMAS_INITIAL) < 0;
}

void
cibd_look(struct cibd *cibd)
{
    const struct cox_xml *root = cox_cib_root(cox_keeper_cib(cibd->keeper));
    struct cox_replica_status status = cox_replica_status(cibd->replica);
    const char *xml = cibd->quorum.is_quorate ? "<cib have-quorum=\"1\"/>" : "<cib have-quorum=\"0\"/>";
    struct cox_ciborder quorum = { .command = cox_amend_command(COX_EDIT_MODIFY), .xml = xml, .xml_size = strlen(xml) };
    struct cox_ciborder upgrade = { .command = COX_AMEND_UPGRADE, .upgrade_to = COX_SCHEMAS_INITIAL };

    cibd->needs_look = false;
    if (!status.is_current || status.is_established != cibd->quorum.is_quorate || !is_mine(cibd) || cibd->is_stopping) {
        return;
    }
    if (says_otherwise(cibd, root)) {
        submit(cibd, &quorum);
    } else if (status.is_established && is_old_format(root) && !cibd->has_failed_upgrade) {
        submit(cibd, &upgrade);
    }
}
