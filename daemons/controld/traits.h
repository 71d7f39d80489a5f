/* daemons/controld/traits.h - what the history notes of an agent: parameters that need a restart, and secret ones.  Layer 6. */
#ifndef COX_CONTROLD_TRAITS_H
#define COX_CONTROLD_TRAITS_H

#include <stdbool.h>
#include <glib.h>

#include "daemons/controld/neighbours.h"
#include "proto/messages.h"
#include "runtime/runtime.h"

G_BEGIN_DECLS

/** What is known of agents; asks the executor for their meta-data, once each. */
struct controld_traits;

/** What to do with a result that was held; it is borrowed for the call. */
typedef void (*controld_traits_fn)(void *context, const struct cox_msg_exec_result *result);

/** @runtime and @neighbours are borrowed; @fn gets @context and what controld_traits_hold() has held. */
struct controld_traits *controld_traits_new(struct cox_runtime *runtime, const struct controld_neighbours *neighbours, controld_traits_fn fn,
                                            void *context);
void controld_traits_free(struct controld_traits *traits);

/** An operation of this agent has been ordered: what its result will need is asked for now. */
void controld_traits_want(struct controld_traits *traits, const char *standard, const char *provider, const char *type);

/**
 * Has a result come before what its history needs to know of its agent?  It is held then, and all that come after it, until the executor has
 * answered, for 5 s at most: a start that is noted without the digest of its parameters makes a restart of each later reload.
 *
 * @return true: it is held (a copy is), and goes to the function; false: nothing is known to be missing
 */
bool controld_traits_hold(struct controld_traits *traits, const struct cox_msg_exec_result *result);

/** Names, each with a blank before and behind; NULL: none, or not known (yet).  Borrowed until the next call. */
struct controld_trait {
    const char *restart_params; /**< NULL also when the agent cannot reload */
    const char *secure_params;
};

struct controld_trait controld_traits_of(const struct controld_traits *traits, const char *standard, const char *provider,
                                         const char *type);

/** The same from the text of meta-data; out-parameters are owned by the caller; false: it cannot be read. */
bool controld_traits_read(const char *text, gsize length, char **restart_params, char **secure_params);

G_END_DECLS

#endif
