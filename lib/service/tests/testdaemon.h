/* lib/service/tests/testdaemon.h - start testd, talk to it, look at how it ends.  For tests only. */
#ifndef COX_SERVICE_TESTS_TESTDAEMON_H
#define COX_SERVICE_TESTS_TESTDAEMON_H

#include "client/ask.h"
#include "client/client.h"
#include "runtime/runtime.h"

/* A place for one daemon, and the test's own loop. */
struct place {
    GMainContext *context;
    struct cox_runtime *runtime;
    char *directory, *socket;
    cox_source_id daemon;
    pid_t pid;
    bool is_hasty; /* started daemons have little patience with clients */
    bool has_ended;
    struct cox_child_result end; /* texts in err and out below */
    GString *out, *err;
};

/* cmocka set-up and tear-down: a directory, a loop and a limit of five minutes for what hangs; the daemon is killed at the end. */
int place_setup(void **state);
int place_teardown(void **state);

/* Start testd with one more argument (or NULL) and an environment variable (or NULL); does not wait. */
void place_start(struct place *place, const char *argument, const char *environment);

/* Start it and wait until it greets. */
void place_start_ready(struct place *place);

/* Wait until the process has ended. */
void place_wait_end(struct place *place);

/* A client of the daemon. */
struct cox_client *place_client(struct place *place, bool reconnects);

/* Ask `note`: NULL and the error, or the answer's number. */
bool place_note(struct place *place, struct cox_client *client, const char *order, guint64 *number, GError **error);

/* A number of the daemon's health. */
gint64 place_stat(struct place *place, struct cox_client *client, const char *name);

/* A bare socket that is connected to the daemon. */
int place_raw(struct place *place);

/* Wait until the other side closes a bare socket (reads and drops what comes); returns how many bytes came. */
gsize place_raw_wait_closed(struct place *place, int fd);

/* A bare socket that has said hello and read the welcome. */
int place_raw_greeted(struct place *place);

#endif
