/* lib/attr/tests/attrbus.h - attribute engines on a fake totally ordered bus, with a fake document.  For tests only. */
#ifndef COX_ATTR_TESTS_ATTRBUS_H
#define COX_ATTR_TESTS_ATTRBUS_H

#include "attr/attr.h"
#include "base/testbus.h"

enum { BUS_MAX = 6, BUS_PARTS = 3 }; /* nodes 1 to 5, called n1 to n5 */

struct bus_node {
    struct cox_attr *engine; /* NULL: down */
    guint replaced_at;       /* serial of the first view with which it hears that its document was replaced; 0: none */
    guint64 writing;         /* batch that the document has not answered yet; 0: none */
    GPtrArray *batch;        /* char *: name, node, value or NULL, ... */
    guint n_writes, n_written_values, n_applied, n_changed, n_confirmed;
    guint64 last_request;
};

struct bus {
    struct cox_testbus net;
    struct cox_attr_config config;
    struct bus_node nodes[BUS_MAX];
    GHashTable *documents[BUS_PARTS]; /* "name\nnode" -> value */
    guint64 n_starts;
    guint failing_writes;             /* so many of the next writes are refused */
    bool writes_hang;
};

extern const char *const bus_names[BUS_MAX];

void bus_init(struct bus *bus, guint32 seed);
void bus_clear(struct bus *bus);
void bus_start(struct bus *bus, guint node);

/** The daemon dies; with @is_lost the whole node, which loses its values. */
void bus_crash(struct bus *bus, guint node, bool is_lost);
void bus_move(struct bus *bus, guint node, guint part);

/** Node @at is asked to set @name of node @of. */
void bus_set(struct bus *bus, guint at, const char *name, guint of, const char *value);
void bus_request(struct bus *bus, guint at, const struct cox_attr_change *change);
void bus_step_node(struct bus *bus, guint node, const struct cox_attr_event *event);
bool bus_step(struct bus *bus, cox_usec until);
void bus_run(struct bus *bus, cox_usec until);

/** The value that node @at knows, and the one in its document. */
const char *bus_get(const struct bus *bus, guint at, const char *name, guint of);
const char *bus_document(const struct bus *bus, guint at, const char *name, guint of);

/** Members of a part have equal tables, one writer, and a document that says the same. */
void bus_check_equal(const struct bus *bus);

#endif
