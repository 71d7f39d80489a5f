/* lib/admin/convert.h - from one cluster manager to the other on nodes that keep what they run: what comes next, and may it.  Layer 4. */
#ifndef COX_ADMIN_CONVERT_H
#define COX_ADMIN_CONVERT_H

#include <stdbool.h>
#include <glib.h>

#include "base/diag.h"
#include "model/plan.h"
#include "xml/xml.h"

G_BEGIN_DECLS

/** Whose daemons run on a node. */
enum cox_stack {
    COX_STACK_NONE = 0,
    COX_STACK_PACEMAKER,
    COX_STACK_COXSWAIN,
    COX_STACK_BOTH, /**< somebody has started both */
};

/** The one called @text ("pacemaker", "coxswain", both with a space between), else COX_STACK_NONE. */
enum cox_stack cox_stack_parse(const char *text);

/** "Pacemaker", "Coxswain", "nothing"; static. */
const char *cox_stack_text(enum cox_stack stack);

/** A node as it was found; texts are borrowed. */
struct cox_convert_node {
    const char *name;
    enum cox_stack runs;
    const char *version[COX_STACK_BOTH]; /**< by enum cox_stack; NULL: not installed */
    bool is_joined;       /**< corosync runs */
    const char *corosync; /**< its version, or NULL */
    const char *note;     /**< what tells one note from another; NULL: the node has none */
};

/** What has to be done next; each begins when the one before has ended on all nodes. */
enum cox_convert_phase {
    COX_CONVERT_BEGIN = 0, /**< check, keep the note on all nodes, begin maintenance */
    COX_CONVERT_STOP,      /**< stop what ran until now, once maintenance holds on each node */
    COX_CONVERT_START,     /**< start the other */
    COX_CONVERT_VERIFY,    /**< compare with the note, end maintenance */
};

/** Whither: COX_STACK_COXSWAIN, or COX_STACK_PACEMAKER for the way back. */
struct cox_convert {
    const struct cox_convert_node *nodes;
    size_t n_nodes;
    enum cox_stack to;
};

/**
 * Where the conversion stands, whatever interrupted it.  The note is what tells that it has begun: it is on all nodes before anything else is
 * done, and goes when maintenance has ended.
 *
 * @param phase  set on success only
 * @param error  COX_ERROR_UNSAFE with node and remedy: both run on one; corosync does not run, or has another version than elsewhere; notes that differ;
 *               Pacemaker does not run on all nodes in the beginning.  COX_ERROR_EXISTS: Coxswain runs on all already; COX_ERROR_NOT_FOUND: nothing
 *               to go back from
 */
bool cox_convert_next(const struct cox_convert *convert, enum cox_convert_phase *phase, GError **error);

/** Is what is to be started installed on all nodes, the same version?  COX_ERROR_NOT_INSTALLED names the nodes and says how to go on. */
bool cox_convert_check_installed(const struct cox_convert *convert, GError **error);

/** What must be known later: how things were before. */
struct cox_convert_note {
    char *maintenance; /**< value of maintenance-mode; NULL: it was not set */
    GPtrArray *places; /**< as cox_convert_places() */
};

/** A note as text, and back (COX_ERROR_SYNTAX with the line); the caller frees either. */
char *cox_convert_note_text(const struct cox_convert_note *note);
struct cox_convert_note *cox_convert_note_parse(const char *text, GError **error);
void cox_convert_note_free(struct cox_convert_note *note);
typedef struct cox_convert_note cox_convert_note; /* for g_autoptr only */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(cox_convert_note, cox_convert_note_free)

/** The value of maintenance-mode in the document of @root where no rule is, or NULL; borrowed. */
const char *cox_convert_maintenance(const struct cox_xml *root);

/** Give it this value, or (NULL) take it away. */
void cox_convert_set_maintenance(struct cox_xml *root, const char *value);

/**
 * What runs where: "RESOURCE NODE ROLE" for each primitive on each node, sorted.  Fence devices are left out: they are no processes.  Instances of
 * an anonymous clone have its name, because they may be numbered anew.
 * @return array of texts that it owns; the caller unrefs it
 */
GPtrArray *cox_convert_places(const struct cox_cluster *cluster);

/** Sentences about what is in one of them only; the caller unrefs the array, which is empty when they are the same. */
GPtrArray *cox_convert_differences(const GPtrArray *before, const GPtrArray *after);

/**
 * Is the cluster at rest, so that one may go on?  What may pass when one waits is a warning: no quorum, no coordinator, a node of @names that is not
 * there, an action under way or (@plan, without recurring monitors) to come.  What stays is an error: something failed, a remote node.
 *
 * @param names  NULL-terminated names of the nodes that must be there
 */
void cox_convert_check(const struct cox_plan *plan, const char *const *names, struct cox_diags *diags);

/**
 * What the plan does to resources and nodes: "start web on n1", "fence n2" ...; probes, monitors and actions of fence devices are no harm.
 * @return array of texts that it owns; the caller unrefs it
 */
GPtrArray *cox_convert_disturbances(const struct cox_plan *plan);

/**
 * Has only something ended, as with a node that lost power: does nothing run that did not (@before, @after: cox_convert_places()), and would the
 * cluster only start things (@disturbances)?
 */
bool cox_convert_has_only_ended(const GPtrArray *before, const GPtrArray *after, const GPtrArray *disturbances);

/** Has it begun, as far as can be told: is there a node with a note? */
bool cox_convert_is_noted(const struct cox_convert *convert);

G_END_DECLS

#endif
