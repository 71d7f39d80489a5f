/* daemons/cibd/tests/cibplace.h - a directory, a cox-cibd for one node alone in it, and a follower.  For tests only. */
#ifndef COX_DAEMONS_CIBPLACE_H
#define COX_DAEMONS_CIBPLACE_H

#include <stdbool.h>
#include <glib.h>

#include "client/client.h"
#include "follow/follow.h"
#include "runtime/runtime.h"

struct cibplace {
    GMainContext *context;
    struct cox_runtime *runtime;
    char *directory, *cib_directory;
    const char *program; /* below the build directory; NULL: cox-cibd */
    cox_source_id daemon;
    bool has_ended;
    int exit_status;
    struct cox_follow *follow, *other; /* other: a second one that a test makes */
    /* what the follower has told */
    unsigned n_whole, n_patches, n_losses;
    /* the last answer */
    unsigned n_answers;
    int code; /* 0: done */
    char *text;
    enum cox_cib_outcome outcome;
};

int cibplace_setup(void **state);
int cibplace_teardown(void **state);

/* Start the daemon (through @wrapper, if that is not NULL: a shell command that ends in "exec"), and follow the document. */
void cibplace_start(struct cibplace *place, const char *wrapper);

/* Send it a signal and wait until it has ended. */
void cibplace_end(struct cibplace *place, int signo);

/* Run the loop until @holds; fails the test after a while. */
void cibplace_wait(struct cibplace *place, bool (*holds)(struct cibplace *place), const char *what);
bool cibplace_is_current(struct cibplace *place);

/* Ask for a change and wait for the answer; returns the error's code, 0: done. */
int cibplace_change(struct cibplace *place, const struct cox_follow_change *change);

/* Modify or create something in a section. */
int cibplace_modify(struct cibplace *place, const char *section, const char *xml);

/* A query; the caller frees the text; NULL: place->code says why. */
char *cibplace_query(struct cibplace *place, const struct cox_msg_cib_query *query);

/* Ask for an attribute (COX_MSG_CIB_PAIRS_QUERY) or set it (COX_MSG_CIB_SET): "id name=value" of each that was there, as lines; the caller frees the
 * text; NULL: place->code says why. */
char *cibplace_pairs(struct cibplace *place, enum cox_message message, const void *body);

/* The complaints of the daemon, joined; the caller frees the text. */
char *cibplace_complaints(struct cibplace *place);

/* A file of the document's directory. */
char *cibplace_file(const struct cibplace *place, const char *name);

#endif
