/* lib/cib/md5.h - the classic digests of a document, computed when somebody asks.  Layer 2. */
#ifndef COX_CIB_MD5_H
#define COX_CIB_MD5_H

#include <glib.h>

#include "xml/xml.h"

G_BEGIN_DECLS

/** Digest of a document as it is written to cib.xml.sig; the caller frees it with g_free. */
char *cox_md5_on_disk(const struct cox_xml *root);

/**
 * Digest that travels with patches: without the attributes that say when and by whom it was written.  For a document whose
 * crm_feature_set is missing or below 3.0.5 it is the one on disk.
 */
char *cox_md5_versioned(const struct cox_xml *root);

G_END_DECLS

#endif
