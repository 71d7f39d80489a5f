/* lib/proto/daemons.c - services.def as a table.  Layer 4. */
#include "proto/daemons.h"

#include <string.h>

#include "base/error.h"

static const struct cox_daemon_row rows[] = {
#define COX_DAEMON(symbol, socket, process, alias, user, summary) { socket, process, alias, COX_DAEMON_USER_##user, summary },
#include "proto/services.def"
#undef COX_DAEMON
};

const struct cox_daemon_row *
cox_daemon_row(enum cox_daemon daemon)
{
    COX_BUG_ON(daemon >= COX_DAEMON_N);
    return &rows[daemon];
}

bool
cox_daemon_find(const char *name, enum cox_daemon *daemon)
{
    for (unsigned int i = 0; i < COX_DAEMON_N; i++) {
        if (strcmp(rows[i].socket, name) == 0 || strcmp(rows[i].process, name) == 0 || strcmp(rows[i].alias, name) == 0) {
            *daemon = (enum cox_daemon) i;
            return true;
        }
    }
    return false;
}
