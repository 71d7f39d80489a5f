/* daemons/controld/chronicle_priv.h - what the files of the chronicle share.  Layer 6. */
#ifndef COX_CONTROLD_CHRONICLE_PRIV_H
#define COX_CONTROLD_CHRONICLE_PRIV_H

#include "daemons/controld/chronicle.h"
#include "runtime/logfile.h"
#include "runtime/logread.h"
#include "runtime/worker.h"

enum { CONTROLD_CHRONICLE_PIECE = 64 * 1024 }; /* bytes of the file that go into one answer */

struct controld_chronicle {
    char *path;
    struct cox_logfile *file; /* NULL: cannot be opened */
    cox_usec retry_at;
    struct cox_logfile_watch watch;
    struct cox_worker *worker; /* reads */
    GArray *pleas;            /* struct plea: other nodes were asked */
    guint64 n_pleas;
    /* facts.c */
    GHashTable *fencing;      /* target -> gint64 *, monotonic: when it was asked for */
    char *transition_link;    /* of the one under way */
    cox_usec transition_at;
    char *config, *trouble;   /* the last ones */
    bool has_quorum;
};

#endif
