/* lib/admin/lvscf.h - an lvs.cf (Piranha, pulse) as text in the language of keepalived.conf.  Layer 4.
 *
 * An lvs.cf has a director, its backup, and virtual servers with their real servers; addresses move together.  In keepalived's language that is one
 * virtual router with all addresses, and a virtual_server for each of them; admin/lbconvert.h makes resources of it.
 */
#ifndef COX_ADMIN_LVSCF_H
#define COX_ADMIN_LVSCF_H

#include "base/diag.h"
#include "conf/block.h"
#include "conf/keyword.h"

G_BEGIN_DECLS

/** VRID of the router: lvs.cf has none. */
#define COX_LVSCF_VRID 51

/** The keywords, for documentation and tests. */
const struct cox_keyword *cox_lvscf_keywords(size_t *n);

/**
 * Append what the file says to @out.
 *
 * @param root   what cox_block_read() made of the file: "NAME = VALUE" is a statement of three words
 * @param diags  what is wrong, not known or not carried over, with its place; after an error @out is not to be used
 */
void cox_lvscf_write(const struct cox_block *root, GString *out, struct cox_diags *diags);

G_END_DECLS

#endif
