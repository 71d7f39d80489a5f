/* lib/lvs/lvskeepalived.h - virtual servers as keepalived.conf says them: to and from the configuration.  Layer 3, pure. */
#ifndef COX_LVS_LVSKEEPALIVED_H
#define COX_LVS_LVSKEEPALIVED_H

#include "conf/block.h"
#include "conf/keyword.h"
#include "lvs/lvsconf.h"

G_BEGIN_DECLS

/** The keywords, for documentation and tests. */
const struct cox_keyword *cox_lvs_keywords(size_t *n);

/**
 * The configuration that a keepalived.conf describes.  The same tree gives the same configuration, whenever it is read.  What concerns
 * virtual routers is passed over: cox_vrrp_set_from_block() speaks of it, and of words that nobody knows at the top and in global_defs.
 *
 * @param diags  what is not known, not carried over or wrong, with its place; also what cox_lvs_check_config() finds
 * @return as far as it could be read; the caller owns it and does not use it when @diags has an error
 */
struct cox_lvs_config *cox_lvs_config_from_block(const struct cox_block *root, struct cox_diags *diags);

/** The same of all of @tree, whose memory is given back on the way: it has no statements any more. */
struct cox_lvs_config *cox_lvs_config_from_tree(struct cox_block_tree *tree, struct cox_diags *diags);

/** Say (warnings) which virtual servers of a file of keepalived's have no protocol: keepalived 2.2 takes UDP, and we TCP. */
void cox_lvs_say_protocols(const struct cox_block *root, struct cox_diags *diags);

/** What is wrong with values that are each for itself right: the same service twice, families that do not go together... */
void cox_lvs_check_config(const struct cox_lvs_config *config, struct cox_diags *diags);

/**
 * Append the configuration as text; cox_lvs_config_from_block() makes the same of it, and keepalived takes it unless words of ours (slow_start, drain,
 * panic, quiesce, passive_conns, rise, TALK_CHECK) are needed.  What the language has no words for (load, jitter, certificates' days, ...) is left
 * out, and named in @diags, which may be NULL.
 */
void cox_lvs_config_write(const struct cox_lvs_config *config, GString *out, struct cox_diags *diags);

G_END_DECLS

#endif
