/* lib/cluster/late_votequorum.c - corosync's libvotequorum, loaded when it is needed.  Layer 3. */
#include <corosync/votequorum.h>

#include "config.h"
#include "base/late.h"

#define QUORUM COX_SONAME_VOTEQUORUM
#define COROSYNC COX_SONAME_COROSYNC

COX_LATE(QUORUM, cs_error_t, votequorum_context_get, (votequorum_handle_t a, void **b), (a, b))
COX_LATE(QUORUM, cs_error_t, votequorum_context_set, (votequorum_handle_t a, void *b), (a, b))
COX_LATE(QUORUM, cs_error_t, votequorum_dispatch, (votequorum_handle_t a, cs_dispatch_flags_t b), (a, b))
COX_LATE(QUORUM, cs_error_t, votequorum_fd_get, (votequorum_handle_t a, int *b), (a, b))
COX_LATE(QUORUM, cs_error_t, votequorum_finalize, (votequorum_handle_t a), (a))
COX_LATE(QUORUM, cs_error_t, votequorum_getinfo, (votequorum_handle_t a, unsigned int b, struct votequorum_info *c), (a, b, c))
COX_LATE(QUORUM, cs_error_t, votequorum_initialize, (votequorum_handle_t *a, votequorum_callbacks_t *b), (a, b))
COX_LATE(QUORUM, cs_error_t, votequorum_setexpected, (votequorum_handle_t a, unsigned int b), (a, b))
COX_LATE(QUORUM, cs_error_t, votequorum_trackstart, (votequorum_handle_t a, uint64_t b, unsigned int c), (a, b, c))
COX_LATE(COROSYNC, const char *, cs_strerror, (cs_error_t a), (a))
