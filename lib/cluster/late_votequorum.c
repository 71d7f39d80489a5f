/* lib/cluster/late_votequorum.c - what tools call of corosync's libraries, loaded when it is needed.  Layer 3. */
#include <corosync/votequorum.h>

#include "config.h"
#include "base/late.h"

#define QUORUM COX_SONAME_VOTEQUORUM
#define COROSYNC COX_SONAME_COROSYNC

COX_LATE(QUORUM, cs_error_t, votequorum_finalize, (votequorum_handle_t a), (a))
COX_LATE(QUORUM, cs_error_t, votequorum_getinfo, (votequorum_handle_t a, unsigned int b, struct votequorum_info *c), (a, b, c))
COX_LATE(QUORUM, cs_error_t, votequorum_initialize, (votequorum_handle_t *a, votequorum_callbacks_t *b), (a, b))
COX_LATE(QUORUM, cs_error_t, votequorum_setexpected, (votequorum_handle_t a, unsigned int b), (a, b))
COX_LATE(COROSYNC, const char *, cs_strerror, (cs_error_t a), (a))
