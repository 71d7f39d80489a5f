/* lib/conf/blockfile.h - files of the system as the source of a keepalived.conf.  Layer 1. */
#ifndef COX_CONF_BLOCKFILE_H
#define COX_CONF_BLOCKFILE_H

#include "conf/block.h"

G_BEGIN_DECLS

/**
 * A source that reads files and finds patterns with glob(3), braces included.
 * @param config_id of the source, borrowed as long as that is used; NULL: the name of this host without its domain, as keepalived(8) has it
 */
struct cox_block_source cox_blockfile_source(const char *config_id);

G_END_DECLS

#endif
