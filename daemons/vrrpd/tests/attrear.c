/* daemons/vrrpd/tests/attrear.c - for tests: stands where cox-attrd is, and prints what it is told, "NAME=VALUE". */
#include <stdio.h>

#include "service/service.h"

static bool
on_update(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error)
{
    const struct cox_msg_attr_update *update = request->body;

    (void) ctx;
    (void) reply;
    (void) error;
    printf("%s=%s\n", update->name, update->value != NULL ? update->value : "");
    (void) fflush(stdout);
    return true;
}

static bool
start(struct cox_ctx *ctx, GError **error)
{
    (void) ctx;
    (void) error;
    return true;
}

static const struct cox_op ops[] = { { COX_MSG_ATTR_UPDATE, on_update, COX_FROM_LOCAL, COX_ROLE_WRITE, false } };

static const struct cox_service service = { .daemon = COX_DAEMON_ATTR, .ops = ops, .n_ops = 1, .start = start };

int
main(int argc, char **argv)
{
    return cox_service_main(&service, argc, argv);
}
