/* lib/proto/daemons.h - the daemons of services.def as a table.  Layer 4. */
#ifndef COX_PROTO_DAEMONS_H
#define COX_PROTO_DAEMONS_H

#include <stdbool.h>
#include <glib.h>

G_BEGIN_DECLS

enum cox_daemon {
#define COX_DAEMON(symbol, socket, process, alias, user, summary) COX_DAEMON_##symbol,
#include "proto/services.def"
#undef COX_DAEMON
    COX_DAEMON_N,                         /**< number of daemons, not one */
    COX_DAEMON_EVERY_N = COX_DAEMON_VRRP, /**< of those that run on every node of a cluster: the first ones */
};

/** Whom a daemon runs as. */
enum cox_daemon_user {
    COX_DAEMON_USER_ROOT = 0,
    COX_DAEMON_USER_CLUSTER, /**< COX_DAEMON_CLUSTER_USER without capabilities */
};

#define COX_DAEMON_CLUSTER_USER "hacluster"
#define COX_DAEMON_CLUSTER_GROUP "haclient"

/** What a client may ask for. */
enum cox_access_role {
    COX_ROLE_NONE = 0, /**< nothing, not even a connection */
    COX_ROLE_READ,
    COX_ROLE_WRITE, /**< members of the cluster's group; access rules of the document apply on top */
    COX_ROLE_ADMIN, /**< root and the cluster's user */
};

struct cox_daemon_row {
    const char *socket;
    const char *process;
    const char *alias; /**< what clients of the field know its process as */
    enum cox_daemon_user user;
    const char *summary;
};

/** The row of a daemon; never NULL. */
const struct cox_daemon_row *cox_daemon_row(enum cox_daemon daemon);

/** Which daemon has this socket or process name, or this alias?  false when none. */
bool cox_daemon_find(const char *name, enum cox_daemon *daemon);

G_END_DECLS

#endif
