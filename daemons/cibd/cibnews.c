/* daemons/cibd/cibnews.c - what clients are told of changes: noted when they are applied, sent when nobody waits for us.  Layer 6.
 *
 * Between the delivery of a change and its way to the disk the other nodes wait for this one; clients that follow the document do not.  So
 * events go out when all that had been delivered has been looked at, but always before anything else from which a client could
 * see that the change was made: its answer, the answer to a query, a new subscription, the next word on the document's standing.
 */
#include "daemons/cibd/cibd.h"

enum { MOST_NEWS = 64 }; /* kept back at once */

/* A change of the document that clients have not been told of. */
struct news {
    struct cox_msg_cib_state before, after; /* own their texts */
    GString *patch;                         /* NULL: another document, or none that can be told by one */
    guint64 scope;
    char *origin;
    bool has_quorum, counts;
};

static void
state_take(struct cox_msg_cib_state *mine, const struct cox_msg_cib_state *state)
{
    *mine = *state;
    mine->digest = g_strdup(state->digest);
    mine->slim = NULL;
}

static void
news_free(void *data)
{
    struct news *news = data;

    g_free((char *) (guintptr) news->before.digest);
    g_free((char *) (guintptr) news->after.digest);
    g_free((char *) (guintptr) news->after.slim);
    if (news->patch != NULL) {
        g_string_free(news->patch, TRUE);
    }
    g_free(news->origin);
    g_free(news);
}

static void
send_one(struct cibd *cibd, const struct news *news)
{
    struct cox_msg_cib_state before = news->before, after = news->after;
    bool is_large = news->patch != NULL && news->patch->len > COX_CIB_INLINE_BYTES;
    g_autoptr(GBytes) large = is_large ? g_bytes_new(news->patch->str, news->patch->len) : NULL;
    struct cox_msg_cib_patch message = {
        .n_before = 1, .before = &before, .n_after = 1, .after = &after, .has_quorum = news->has_quorum,
        .xml = news->patch == NULL || is_large ? NULL : news->patch->str, .origin = news->origin, .has_scope = news->patch != NULL,
        .scope = news->scope, .counts = news->counts,
    };

    cox_service_publish(cibd->ctx, COX_CIBFLAG_TOPIC, COX_MSG_CIB_PATCH, &message, large);
    before.digest = after.digest = after.slim = message.xml = NULL;
    cox_service_publish(cibd->ctx, COX_CIBFLAG_NEWS, COX_MSG_CIB_PATCH, &message, NULL);
}

void
cibd_news_send(struct cibd *cibd)
{
    struct news *news;

    while ((news = g_queue_pop_head(&cibd->news)) != NULL) {
        send_one(cibd, news);
        news_free(news);
    }
}

static void
on_idle(void *context)
{
    struct cibd *cibd = context;

    cibd->news_timer = 0;
    cibd_news_send(cibd);
}

void
cibd_news_add(struct cibd *cibd, const struct cox_msg_cib_state *before, struct cox_patchtext *patch, const char *origin)
{
    struct news *news = g_new0(struct news, 1);
    g_autofree char *digest = NULL;
    const struct cox_msg_cib_state after = cibd_state(cibd, &digest);

    state_take(&news->before, before);
    state_take(&news->after, &after);
    news->after.slim = cox_cib_digest_slim(cox_keeper_cib(cibd->keeper));
    if (patch != NULL) {
        news->patch = g_steal_pointer(&patch->text);
        news->scope = patch->scope;
    }
    news->origin = g_strdup(origin);
    news->has_quorum = cibd->quorum.is_quorate;
    news->counts = cibd_counts(cibd);
    cibd->has_told_counts = news->counts;
    g_queue_push_tail(&cibd->news, news);
    if (cibd->news.length >= MOST_NEWS) {
        cibd_news_send(cibd);
    } else if (cibd->news_timer == 0) {
        cibd->news_timer = cox_runtime_defer(cox_service_runtime(cibd->ctx), on_idle, cibd);
    }
}

void
cibd_news_free(struct cibd *cibd)
{
    cox_runtime_cancel(cox_service_runtime(cibd->ctx), cibd->news_timer);
    g_queue_clear_full(&cibd->news, news_free);
}
