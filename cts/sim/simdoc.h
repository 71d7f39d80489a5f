/* cts/sim/simdoc.h - the documents of all nodes: real lib/cib documents, changed by texts.  For tests only.
 *
 * A change is a number and edits; each is two texts, separated by zero bytes: "modify SECTION" and XML, or "delete-all" and an
 * XPath.  It stands for the change format of cibd, which carries the same and who asked.
 *
 * A document and a change have one result, whoever finds it out: nodes that have done the same share a state.  Trees are kept for a few
 * states only, and move on along the changes when another one is to be read; what they come to is compared with what was found first.
 */
#ifndef COX_CTS_SIM_SIMDOC_H
#define COX_CTS_SIM_SIMDOC_H

#include <stdbool.h>
#include <glib.h>

#include "cib/cib.h"
#include "cib/schemas.h"
#include "replica/replica.h"

struct sim_docs;

/** A document after certain changes; lives as long as the docs. */
struct sim_state {
    guint32 number;            /* among all */
    struct sim_state *before;  /* NULL: the blank document */
    GBytes *change;            /* that led here */
    guint64 kept;              /* its number, 0 when it was refused in part */
    struct cox_replica_document described;
    char has_quorum[4];        /* what the document says of the quorum; "": nothing */
    GBytes *bytes;             /* NULL: not needed yet */
    GArray *outcomes;          /* struct sim_outcome */
};

/** A change that does nothing yet. */
GString *sim_change_new(guint64 number);
void sim_change_modify(GString *change, const char *section, const char *xml);
void sim_change_delete(GString *change, const char *xpath);
guint64 sim_change_number(GBytes *change);
bool sim_change_mentions(GBytes *change, const char *word);

struct sim_docs *sim_docs_new(struct cox_schemas *schemas);
void sim_docs_free(struct sim_docs *docs);

/** An input of a change that was a document before it became a text: taken over, and not read again. */
void sim_docs_know(struct sim_docs *docs, const char *text, struct cox_xmldoc *input);

/** The state that everything begins with. */
struct sim_state *sim_docs_blank(struct sim_docs *docs);

/** What a change has touched; lives as long as the docs. */
struct sim_touched {
    unsigned int scope;         /* enum cox_patchscope */
    GArray *calls;              /* struct cox_patchcall */
    GArray *values;             /* struct cox_reign_value, nodes by their ids; NULL: none */
    GStringChunk *texts;        /* of these */
    bool has_other;             /* it does something else to attributes, too */
    struct cox_version version; /* after it */
};

/** What a change makes of @state; false: refused, the state may be the same. */
bool sim_state_apply(struct sim_docs *docs, struct sim_state **state, GBytes *change, const struct sim_touched **touched);

/** Its tree, to be read before another state is asked for. */
const struct cox_xml *sim_state_root(struct sim_docs *docs, struct sim_state *state);

bool sim_state_has(const struct sim_state *state, guint64 change);

/** As bytes (borrowed), and back (NULL: they are not those of a state). */
GBytes *sim_state_bytes(struct sim_docs *docs, struct sim_state *state);
struct sim_state *sim_state_read(struct sim_docs *docs, GBytes *bytes);

#endif
