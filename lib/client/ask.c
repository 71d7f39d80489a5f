/* lib/client/ask.c - the loop runs while we wait.  Layer 5. */
#include "client/ask.h"

#include "base/error.h"

struct wait {
    struct cox_client *client;
    struct cox_ask *ask;
    const void *answer;
    GError *error;
    bool is_answered, waits_for_body;
};

static bool
on_data(void *context, const guint8 *data, gsize size, GError **error)
{
    const struct wait *wait = context;

    return wait->ask->sink->data(wait->ask->sink->context, data, size, error);
}

static void
on_end(void *context, const GError *problem)
{
    struct wait *wait = context;

    wait->waits_for_body = false;
    wait->ask->sink->end(wait->ask->sink->context, problem);
    if (problem != NULL && wait->error == NULL) {
        wait->error = g_error_copy(problem);
    }
}

static void
on_reply(void *context, const struct cox_client_reply *reply)
{
    struct wait *wait = context;

    wait->is_answered = true;
    if (reply->error != NULL) {
        wait->error = g_error_copy(reply->error);
    } else if (reply->message != wait->ask->expected) {
        wait->error = g_error_new(COX_ERROR, COX_ERROR_PROTOCOL, "answer '%d': another message than expected", (int) reply->message);
    } else {
        wait->answer = cox_frame_message(reply->frame, wait->ask->arena, &wait->error);
    }
    if (reply->has_body && wait->answer != NULL && wait->ask->sink != NULL) {
        const struct cox_sink sink = { on_data, on_end, wait };

        wait->waits_for_body = true;
        cox_client_receive(wait->client, reply->id, &sink);
    }
}

const void *
cox_ask(struct cox_runtime *runtime, struct cox_client *client, struct cox_ask *ask, GError **error)
{
    struct wait wait = { .client = client, .ask = ask };

    ask->call.fn = on_reply;
    ask->call.context = &wait;
    (void) cox_client_send(client, &ask->call);
    while (!wait.is_answered || wait.waits_for_body) {
        (void) cox_runtime_step(runtime, true);
    }
    if (wait.error != NULL) {
        g_propagate_error(error, wait.error);
        return NULL;
    }
    return wait.answer;
}
