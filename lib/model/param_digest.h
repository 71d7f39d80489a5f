/* lib/model/param_digest.h - what the history notes of the parameters that an operation ran with.  Layer 1, pure. */
#ifndef COX_MODEL_PARAM_DIGEST_H
#define COX_MODEL_PARAM_DIGEST_H

#include <stddef.h>
#include <glib.h>

#include "model/nvset.h"

G_BEGIN_DECLS

/** The address under which the world sees a bundle's replica: told to agents, made up by the scheduler, never part of a digest. */
#define COX_PARAM_EXTERNAL_ADDRESS "pcmk_external_ip"

/**
 * The digest (op-digest and its relatives) of parameters: MD5 of an element "parameters" written with its attributes
 * sorted by name, as the field writes it.  Parameters without value and the external address of a replica are
 * left out (case: on_fail_demote4).
 *
 * @param pairs  sorted in place; may be NULL when @n is 0
 * @return 32 hexadecimal digits; the caller frees them with g_free
 */
char *cox_param_digest(struct cox_nvpair *pairs, size_t n);

G_END_DECLS

#endif
