/* lib/cluster/late_corosync.c - what daemons call of corosync's libraries (late_votequorum.c has the rest) and of zlib, loaded when it is needed: for
 * those that run without a cluster, too.  Layer 3. */
#include <corosync/cmap.h>
#include <corosync/cpg.h>
#include <corosync/quorum.h>
#include <zlib.h>

#include "config.h"
#include "base/late.h"

#define CMAP COX_SONAME_CMAP
#define CPG COX_SONAME_CPG
#define QUORUM COX_SONAME_QUORUM
#define ZLIB COX_SONAME_ZLIB

COX_LATE(CMAP, cs_error_t, cmap_finalize, (cmap_handle_t a), (a))
COX_LATE(CMAP, cs_error_t, cmap_get_string, (cmap_handle_t a, const char *b, char **c), (a, b, c))
COX_LATE(CMAP, cs_error_t, cmap_get_uint32, (cmap_handle_t a, const char *b, uint32_t *c), (a, b, c))
COX_LATE(CMAP, cs_error_t, cmap_get_uint64, (cmap_handle_t a, const char *b, uint64_t *c), (a, b, c))
COX_LATE(CMAP, cs_error_t, cmap_initialize, (cmap_handle_t *a), (a))
COX_LATE(CMAP, cs_error_t, cmap_initialize_map, (cmap_handle_t *a, cmap_map_t b), (a, b))
COX_LATE(CMAP, cs_error_t, cmap_iter_finalize, (cmap_handle_t a, cmap_iter_handle_t b), (a, b))
COX_LATE(CMAP, cs_error_t, cmap_iter_init, (cmap_handle_t a, const char *b, cmap_iter_handle_t *c), (a, b, c))
COX_LATE(CMAP, cs_error_t, cmap_iter_next, (cmap_handle_t a, cmap_iter_handle_t b, char c[], size_t *d, cmap_value_types_t *e), (a, b, c, d, e))
COX_LATE(CMAP, cs_error_t, cmap_set_uint8, (cmap_handle_t a, const char *b, uint8_t c), (a, b, c))

COX_LATE(CPG, cs_error_t, cpg_context_get, (cpg_handle_t a, void **b), (a, b))
COX_LATE(CPG, cs_error_t, cpg_dispatch, (cpg_handle_t a, cs_dispatch_flags_t b), (a, b))
COX_LATE(CPG, cs_error_t, cpg_fd_get, (cpg_handle_t a, int *b), (a, b))
COX_LATE(CPG, cs_error_t, cpg_finalize, (cpg_handle_t a), (a))
COX_LATE(CPG, cs_error_t, cpg_join, (cpg_handle_t a, const struct cpg_name *b), (a, b))
COX_LATE(CPG, cs_error_t, cpg_local_get, (cpg_handle_t a, unsigned int *b), (a, b))
COX_LATE(CPG, cs_error_t, cpg_mcast_joined, (cpg_handle_t a, cpg_guarantee_t b, const struct iovec *c, unsigned int d), (a, b, c, d))
COX_LATE(CPG, cs_error_t, cpg_model_initialize, (cpg_handle_t *a, cpg_model_t b, cpg_model_data_t *c, void *d), (a, b, c, d))

COX_LATE(QUORUM, cs_error_t, quorum_context_get, (quorum_handle_t a, const void **b), (a, b))
COX_LATE(QUORUM, cs_error_t, quorum_dispatch, (quorum_handle_t a, cs_dispatch_flags_t b), (a, b))
COX_LATE(QUORUM, cs_error_t, quorum_fd_get, (quorum_handle_t a, int *b), (a, b))
COX_LATE(QUORUM, cs_error_t, quorum_finalize, (quorum_handle_t a), (a))
COX_LATE(QUORUM, cs_error_t, quorum_model_initialize, (quorum_handle_t *a, quorum_model_t b, quorum_model_data_t *c, uint32_t *d, void *e), (a, b, c, d, e))
COX_LATE(QUORUM, cs_error_t, quorum_trackstart, (quorum_handle_t a, unsigned int b), (a, b))

COX_LATE(ZLIB, int, compress2, (Bytef *a, uLongf *b, const Bytef *c, uLong d, int e), (a, b, c, d, e))
COX_LATE(ZLIB, uLong, compressBound, (uLong a), (a))
COX_LATE(ZLIB, int, uncompress, (Bytef *a, uLongf *b, const Bytef *c, uLong d), (a, b, c, d))
