/* lib/cluster/silence.h - why a node hears no other: what corosync knows about it.  Layer 3, adapter. */
#ifndef COX_CLUSTER_SILENCE_H
#define COX_CLUSTER_SILENCE_H

#include <stdbool.h>
#include <glib.h>

G_BEGIN_DECLS

/** What can be known about a node that hears nobody. */
struct cox_silence {
    guint n_configured;  /**< nodes in corosync.conf, this one included */
    bool is_encrypted;   /**< messages are, or at least signed */
    guint64 n_decrypted; /**< messages of others that could be read since corosync started */
};

/** The same in words: what may be wrong and where to look; NULL when no other node is expected.  The caller frees it. */
char *cox_silence_text(const struct cox_silence *silence);

/** Ask corosync (cmap) and put it into words, see above. */
char *cox_silence_reason(void);

G_END_DECLS

#endif
