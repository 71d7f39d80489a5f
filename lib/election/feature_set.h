/* lib/election/feature_set.h - what a node can do, as a version that can be compared.  Layer 3, pure. */
#ifndef COX_ELECTION_FEATURE_SET_H
#define COX_ELECTION_FEATURE_SET_H

#include <stdbool.h>
#include <glib.h>

G_BEGIN_DECLS

/** Up to three numbers below 65536, packed so that < and > compare versions.  0: unknown, older than everything. */
typedef guint64 cox_feature_set;

/** What this software can do, in the field's numbers: clients, agents and other nodes are told so. */
#define COX_FEATURE_SET_OURS "3.20.5"

/** Space that cox_feature_set_format needs. */
enum { COX_FEATURE_SET_TEXT_BYTES = 20 };

/** Read "3.20.5" (one to three numbers).  @features is set on success only. */
bool cox_feature_set_parse(const char *text, cox_feature_set *features);

/** "3.20.5", written to @buffer, which is returned. */
const char *cox_feature_set_format(cox_feature_set features, char buffer[COX_FEATURE_SET_TEXT_BYTES]);

G_END_DECLS

#endif
