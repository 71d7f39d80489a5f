/* cts/sim/simdoc.h - the document of a node: a real lib/cib document, changed by texts.  For tests only.
 *
 * A change is a number and edits; each is two texts, separated by zero bytes: "modify SECTION" and XML, or "delete-all" and an
 * XPath.  It stands for the change format of cibd, which carries the same and who asked.
 */
#ifndef COX_CTS_SIM_SIMDOC_H
#define COX_CTS_SIM_SIMDOC_H

#include <stdbool.h>
#include <glib.h>

#include "cib/cib.h"
#include "cib/schemas.h"
#include "replica/replica.h"

struct sim_doc {
    struct cox_cib *cib;
    GArray *changes; /* guint64: numbers of the changes that made a difference */
};

/** A change that does nothing yet. */
GString *sim_change_new(guint64 number);
void sim_change_modify(GString *change, const char *section, const char *xml);
void sim_change_delete(GString *change, const char *xpath);
guint64 sim_change_number(GBytes *change);
bool sim_change_mentions(GBytes *change, const char *word);

/** Changes as they were read, for all nodes of a sim. */
struct sim_readings *sim_readings_new(struct cox_schemas *schemas);
void sim_readings_free(struct sim_readings *readings);

struct sim_doc *sim_doc_new(void);
void sim_doc_free(struct sim_doc *doc);

/** @scope: set to what was touched (enum cox_patchscope); false: refused, the document is as it was. */
bool sim_doc_apply(struct sim_doc *doc, GBytes *change, struct sim_readings *readings, unsigned int *scope);
bool sim_doc_has(const struct sim_doc *doc, guint64 change);

/** As bytes, and back (NULL: cannot be read). */
GBytes *sim_doc_write(const struct sim_doc *doc);
struct sim_doc *sim_doc_read(GBytes *bytes);

struct cox_replica_document sim_doc_described(const struct sim_doc *doc);

#endif
