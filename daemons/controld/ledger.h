/* daemons/controld/ledger.h - the history of this node: from lib/control/oplog into the document, and compared with what that says.  Layer 6. */
#ifndef COX_CONTROLD_LEDGER_H
#define COX_CONTROLD_LEDGER_H

#include "daemons/controld/controld.h"

G_BEGIN_DECLS

void controld_ledger_start(struct controld *controld);
void controld_ledger_stop(struct controld *controld);

/** The history of a controller before this one is taken over, if the document has it. */
void controld_ledger_take_over(struct controld *controld);

/** Write what has changed: now (one write at a time), or together with what comes soon. */
void controld_ledger_write(struct controld *controld);
void controld_ledger_write_soon(struct controld *controld);

/** Something was ordered: what was to be written soon may wait for its result. */
void controld_ledger_stir(struct controld *controld);

/** The results that are noted so far are in the document: tell group and executor (again). */
void controld_ledger_say_recorded(struct controld *controld);

/** Tell a result when what is noted so far is in the document; texts are copied. */
void controld_ledger_tell_later(struct controld *controld, const struct cox_msg_control_result *result);

/** What the document will say of a resource of this node, as a status element; NULL: nothing.  The caller frees it. */
char *controld_ledger_history(const struct controld *controld, const char *rsc_id);

/** Compare the document with what this node knows, correct it; then, if a confirmation waits, controld_crew_confirm() is called. */
void controld_ledger_report(struct controld *controld);

G_END_DECLS

#endif
