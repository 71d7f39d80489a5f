/* lib/follow/follow_live.c - the follower that talks to cibd: fetch, patches, digests, changes.  Layer 6. */
#include <string.h>

#include "base/error.h"
#include "cib/amend.h"
#include "cib/change.h"
#include "cib/patch.h"
#include "cib/slim.h"
#include "client/client.h"
#include "follow/follow_priv.h"
#include "xml/xmlwrite.h"

enum {
    MAX_QUEUED = 4096,         /* patches that wait for the whole document; more: fetch it again */
    MAX_LATE = 256,            /* patches that may wait; more, or more bytes: they are applied */
    MAX_LATE_BYTES = 256 * 1024,
    RETRY_MS = 1000,           /* after a fetch that failed */
    CHANGE_TIMEOUT_MS = 60000,
};

/* A patch as it came. */
struct patch_news {
    guint64 before, after; /* serials */
    char *digest, *slim;   /* of the whole document and of the slim one; NULL: not told */
    bool has_quorum, counts, has_scope;
    unsigned int scope;    /* enum cox_patchscope */
    char *origin, *reason;
    GByteArray *xml; /* empty: ask for the whole */
};

struct live {
    struct cox_follow base;
    struct cox_client *client;
    guint32 subscription, fetch; /* ids; 0: none */
    bool is_up, is_ending, has_told_loss, is_news_only, wants_again;
    guint64 serial;              /* of the document that we have; 0: none */
    GQueue patches;              /* struct patch_news, while the whole is fetched */
    GQueue late;                 /* struct patch_news: nobody is in a hurry for them */
    gsize late_bytes;
    bool is_catching_up;
    struct patch_news *incoming; /* its body is being received */
    GByteArray *content;         /* the whole, while it is received */
    guint64 content_serial;
    char *content_digest, *content_slim;
    bool has_had_counting;       /* a document that counts */
    bool is_slim;                /* the document that we have, and the next one */
    GHashTable *waiting;         /* set of struct waiter */
    cox_source_id retry;
};

/* A change that waits for its answer. */
struct waiter {
    struct live *live;
    cox_follow_answer_fn fn;
    void *context;
};

static void fetch(struct live *live);

static void
patch_free(void *data)
{
    struct patch_news *news = data;

    if (news != NULL) {
        g_free(news->digest);
        g_free(news->slim);
        g_free(news->origin);
        g_free(news->reason);
        g_byte_array_unref(news->xml);
        g_free(news);
    }
}

static void
drop_patches(struct live *live)
{
    g_queue_clear_full(&live->patches, patch_free);
    g_queue_clear_full(&live->late, patch_free);
    live->late_bytes = 0;
}

static bool
is_fetching(const struct live *live)
{
    return live->fetch != 0 || live->content != NULL;
}

/* ---- patches ---- */

static void
take_standing(struct live *live, bool has_quorum, bool counts)
{
    live->base.has_quorum = has_quorum;
    live->base.counts = counts;
    live->has_had_counting = live->has_had_counting || counts;
}

/* false: the document is not what it should be. */
static bool
apply(struct live *live, const struct patch_news *news)
{
    struct cox_cib *cib = live->base.cib;
    g_autoptr(cox_xmldoc) patch = news->xml->len == 0 ? NULL
                                                      : cox_xmldoc_parse_text((const char *) news->xml->data, news->xml->len, NULL, NULL);
    g_autofree char *digest = NULL;

    if (patch == NULL) {
        return false;
    }
    cox_cib_begin(cib);
    if (!(live->is_slim ? cox_patch_apply_slim : cox_patch_apply)(cib, cox_xmldoc_root(patch), NULL)) {
        cox_cib_rollback(cib);
        return false;
    }
    digest = cox_cib_digest(cib);
    if (g_strcmp0(digest, live->is_slim ? news->slim : news->digest) != 0) {
        cox_cib_rollback(cib); /* nobody was told of this one */
        live->base.stats.n_mismatches++;
        return false;
    }
    cox_cib_keep(cib);
    live->serial = news->after;
    live->base.stats.n_patches++;
    take_standing(live, news->has_quorum, news->counts);
    cox_follow_tell(&live->base, cox_xmldoc_root(patch), news->origin, news->reason);
    return true;
}

/* Does it say the same of the document, whatever is in it? */
static bool
is_of_same_standing(const struct live *live, const struct patch_news *news)
{
    return news->has_quorum == live->base.has_quorum && news->counts == live->base.counts;
}

/* Of quorum alone, and of whether the document counts, we hear by a patch that changes nothing. */
static void
tell_standing(struct live *live, const struct patch_news *news)
{
    g_autoptr(cox_xmldoc) nothing = cox_change_new_patch();

    take_standing(live, news->has_quorum, news->counts);
    cox_follow_tell(&live->base, cox_xmldoc_root(nothing), NULL, NULL);
}

/* What cibd did to the document that we have; takes @news. */
static void
take_now(struct live *live, struct patch_news *news)
{
    if (is_fetching(live)) {
        g_queue_push_tail(&live->patches, news);
        if (g_queue_get_length(&live->patches) > MAX_QUEUED) {
            drop_patches(live);
            live->wants_again = true;
        }
        return;
    }
    if (news->after > live->serial && (news->before != live->serial || !apply(live, news))) {
        fetch(live);
    } else if (news->after == live->serial && !is_of_same_standing(live, news)) {
        tell_standing(live, news);
    }
    patch_free(news);
}

/* In their order; what is told of one may lead to the wish to catch up, which is being done then. */
static void
catch_up(struct live *live)
{
    if (live->is_catching_up) {
        return;
    }
    live->is_catching_up = true;
    while (!g_queue_is_empty(&live->late)) {
        struct patch_news *news = g_queue_pop_head(&live->late);

        live->late_bytes -= news->xml->len;
        take_now(live, news);
    }
    live->is_catching_up = false;
}

/* News of the document's standing, and what asks for the whole document, never waits. */
static bool
may_wait(const struct live *live, const struct patch_news *news)
{
    return news->has_scope && (news->scope & ~live->base.settings.later) == 0 && live->base.settings.later != 0 && !is_fetching(live)
           && news->xml->len > 0 && news->after != news->before && is_of_same_standing(live, news);
}

static void
take_patch(struct live *live, struct patch_news *news)
{
    bool waits = may_wait(live, news);

    if (waits) {
        live->late_bytes += news->xml->len;
        g_queue_push_tail(&live->late, news);
    }
    if (!waits || g_queue_get_length(&live->late) > MAX_LATE || live->late_bytes > MAX_LATE_BYTES) {
        catch_up(live);
    }
    if (!waits) {
        take_now(live, news);
    }
}

static bool
on_patch_data(void *context, const guint8 *data, gsize size, GError **error)
{
    struct live *live = context;

    (void) error;
    g_byte_array_append(live->incoming->xml, data, (guint) size);
    return true;
}

static void
on_patch_end(void *context, const GError *problem)
{
    struct live *live = context;
    struct patch_news *news = g_steal_pointer(&live->incoming);

    if (problem != NULL) {
        g_byte_array_set_size(news->xml, 0);
    }
    take_patch(live, news);
}

static void
on_patch(struct live *live, const struct cox_client_event *event)
{
    const struct cox_msg_cib_patch *message = event->body;
    struct patch_news *news = g_new0(struct patch_news, 1);

    if (message->n_before > 0 && message->n_after > 0) {
        news->before = message->before[0].serial;
        news->after = message->after[0].serial;
        news->digest = g_strdup(message->after[0].digest);
        news->slim = g_strdup(message->after[0].slim);
    }
    news->has_quorum = message->has_quorum != 0;
    news->counts = message->counts != 0;
    news->has_scope = message->has_scope != 0;
    news->scope = (unsigned int) message->scope;
    news->origin = g_strdup(message->origin);
    news->reason = g_strdup(message->reason);
    news->xml = g_byte_array_new();
    if (message->xml != NULL) {
        g_byte_array_append(news->xml, (const guint8 *) message->xml, (guint) strlen(message->xml));
    }
    if (event->has_body && live->incoming == NULL) {
        const struct cox_sink sink = { on_patch_data, on_patch_end, live };

        live->incoming = news;
        cox_client_receive(live->client, event->id, &sink);
    } else {
        take_patch(live, news);
    }
}

/* ---- the whole document ---- */

static void
on_retry(void *context)
{
    struct live *live = context;

    live->retry = 0;
    fetch(live);
}

static void
fetch_failed(struct live *live)
{
    drop_patches(live);
    if (live->retry == 0 && live->is_up && !live->is_ending) {
        live->retry = cox_runtime_timer(live->base.runtime, cox_usec_after_ms(cox_runtime_now(live->base.runtime), RETRY_MS), on_retry, live);
    }
}

static struct cox_xmldoc *
read_content(const struct live *live, const GByteArray *content)
{
    const char *text = (const char *) content->data;

    return live->is_slim ? cox_xmldoc_parse_hollow(text, content->len, cox_slim_is_hollow, NULL)
                         : cox_xmldoc_parse_text(text, content->len, NULL, NULL);
}

static bool
put_content(struct live *live, const GByteArray *content)
{
    const char *wanted = live->is_slim ? live->content_slim : live->content_digest;
    g_autoptr(cox_xmldoc) doc = read_content(live, content);
    g_autofree char *digest = NULL;

    if (doc == NULL) {
        return false;
    }
    if (live->base.cib == NULL) {
        live->base.cib = cox_cib_new(g_steal_pointer(&doc));
    } else {
        cox_cib_exchange(live->base.cib, g_steal_pointer(&doc));
    }
    live->serial = live->content_serial;
    if (wanted != NULL) {
        digest = cox_cib_digest(live->base.cib);
        if (strcmp(digest, wanted) != 0) {
            live->base.stats.n_mismatches++;
            live->is_slim = false;
            return false;
        }
    }
    return true;
}

static bool
on_content_data(void *context, const guint8 *data, gsize size, GError **error)
{
    struct live *live = context;

    if (live->content->len + size > G_MAXINT32) {
        g_set_error(error, COX_ERROR, COX_ERROR_INVALID_PARAM, "document: more than %d bytes", G_MAXINT32);
        return false;
    }
    g_byte_array_append(live->content, data, (guint) size);
    return true;
}

static void
on_content_end(void *context, const GError *problem)
{
    struct live *live = context;
    g_autoptr(GByteArray) content = g_steal_pointer(&live->content);

    if (problem != NULL || !put_content(live, content)) {
        fetch_failed(live);
        return;
    }
    live->base.stats.n_fetches++;
    cox_follow_tell(&live->base, NULL, NULL, NULL);
    if (live->wants_again) {
        fetch(live);
        return;
    }
    while (!is_fetching(live) && !g_queue_is_empty(&live->patches)) {
        take_now(live, g_queue_pop_head(&live->patches));
    }
}

static bool
must_count(const struct live *live)
{
    return live->base.settings.trust == COX_FOLLOW_COUNTING
           || (live->base.settings.trust == COX_FOLLOW_COUNTING_AGAIN && live->has_had_counting);
}

static void
on_content(void *context, const struct cox_client_reply *reply)
{
    struct live *live = context;
    const struct cox_msg_cib_content *message = reply->body;
    const struct cox_sink sink = { on_content_data, on_content_end, live };

    live->fetch = 0;
    if (reply->error != NULL || reply->message != COX_MSG_CIB_CONTENT || !reply->has_body || message->n_state == 0
        || (must_count(live) && message->counts == 0)) {
        fetch_failed(live);
        return;
    }
    take_standing(live, message->has_quorum != 0, message->counts != 0);
    live->content_serial = message->state[0].serial;
    g_free(live->content_digest);
    live->content_digest = g_strdup(message->state[0].digest);
    g_free(live->content_slim);
    live->content_slim = g_strdup(message->state[0].slim);
    live->content = g_byte_array_new();
    cox_client_receive(live->client, reply->id, &sink);
}

static void
fetch(struct live *live)
{
    const struct cox_msg_cib_query query = { .flags = must_count(live) ? COX_CIB_COUNTING : 0 };
    struct cox_client_call call = { .message = COX_MSG_CIB_QUERY, .body = &query, .fn = on_content, .context = live };

    if (is_fetching(live)) {
        live->wants_again = true;
        return;
    }
    if (!live->is_up || live->is_ending) {
        return; /* the subscription begins again with the connection, and then everything is fetched */
    }
    live->wants_again = false;
    cox_runtime_cancel(live->base.runtime, live->retry);
    live->retry = 0;
    live->fetch = cox_client_send(live->client, &call);
}

/* ---- the connection ---- */

static void
on_event(void *context, const struct cox_client_event *event)
{
    struct live *live = context;

    switch (event->kind) {
    case COX_CLIENT_SUBSCRIBED:
    case COX_CLIENT_LOST:
        fetch(live);
        break;
    case COX_CLIENT_EVENT:
        if (event->message == COX_MSG_CIB_PATCH) {
            on_patch(live, event);
        }
        break;
    case COX_CLIENT_FAILED:
        /* Access rules apply to us: then there is only news, and each time the part that we may see. */
        if (!live->is_news_only) {
            live->is_news_only = true;
            live->subscription = cox_client_subscribe(live->client, COX_CIBFLAG_NEWS, on_event, live);
        } else if (live->base.settings.lost != NULL) {
            live->base.settings.lost(live->base.settings.context, event->error);
        }
        break;
    }
}

static void
on_connection(void *context, bool is_up, const GError *problem)
{
    struct live *live = context;

    live->is_up = is_up;
    if (is_up) {
        live->has_told_loss = false;
        return;
    }
    drop_patches(live);
    cox_runtime_cancel(live->base.runtime, live->retry);
    live->retry = 0;
    live->serial = 0;
    live->wants_again = false;
    if (!live->has_told_loss) {
        live->has_told_loss = true;
        if (live->base.settings.lost != NULL) {
            live->base.settings.lost(live->base.settings.context, problem);
        }
    }
}

static bool
live_is_current(const struct cox_follow *follow)
{
    const struct live *live = (const struct live *) follow;

    return live->is_up && !is_fetching(live) && live->serial != 0 && live->retry == 0;
}

static bool
live_is_superseded(const struct cox_follow *follow)
{
    const struct live *live = (const struct live *) follow;

    return live->is_up && (is_fetching(live) || live->wants_again || live->retry != 0);
}

static void
live_catch_up(struct cox_follow *follow)
{
    catch_up((struct live *) follow);
}

/* ---- changes ---- */

static void
on_changed(void *context, const struct cox_client_reply *reply)
{
    struct waiter *waiter = context;
    const struct cox_msg_cib_changed *message = reply->body;
    g_autoptr(GError) strange = NULL;
    struct cox_follow_answer answer = { .error = reply->error };

    if (reply->error == NULL && reply->message != COX_MSG_CIB_CHANGED) {
        strange = g_error_new(COX_ERROR, COX_ERROR_PROTOCOL, "answer '%d': another message than expected", (int) reply->message);
        answer.error = strange;
    } else if (reply->error == NULL) {
        answer.outcome = (enum cox_cib_outcome) message->outcome;
        if (message->n_state > 0) {
            answer.version = (struct cox_version) {
                message->state[0].admin_epoch, message->state[0].epoch, message->state[0].num_updates,
            };
        }
    }
    g_hash_table_steal(waiter->live->waiting, waiter);
    if (waiter->fn != NULL) {
        waiter->fn(waiter->context, &answer);
    }
    g_free(waiter);
}

static gsize
count_texts(const char *const *texts)
{
    gsize n = 0;

    while (texts != NULL && texts[n] != NULL) {
        n++;
    }
    return n;
}

static void
live_change(struct cox_follow *follow, const struct cox_follow_change *change)
{
    struct live *live = (struct live *) follow;
    struct waiter *waiter = g_new0(struct waiter, 1);
    g_autofree char *written = change->input == NULL ? NULL : cox_xmlwrite_text(change->input, COX_XMLWRITE_PLAIN);
    const char *text = written == NULL ? change->text : written;
    bool is_long = text != NULL && strlen(text) > COX_CIB_INLINE_BYTES;
    const struct cox_msg_cib_change message = {
        .command = cox_amend_command(change->kind), .section = change->section, .xpath = change->xpath,
        .flags = (change->allows_creation ? COX_CIB_CREATES : 0) | (change->counts ? COX_CIB_COUNTS : 0),
        .user = change->user, .n_groups = count_texts(change->groups), .groups = change->groups,
        .generation = change->generation, .coordinator = change->coordinator, .xml = is_long ? NULL : text,
    };
    struct cox_client_call call = {
        .message = COX_MSG_CIB_CHANGE, .body = &message, .timeout_ms = change->timeout_ms == 0 ? CHANGE_TIMEOUT_MS : change->timeout_ms,
        .fn = on_changed, .context = waiter,
    };

    *waiter = (struct waiter) { live, change->fn, change->context };
    g_hash_table_add(live->waiting, waiter);
    if (is_long) {
        g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));

        call.source = cox_source_of_bytes(bytes);
    }
    (void) cox_client_send(live->client, &call);
}

static size_t
live_waiting(const struct cox_follow *follow)
{
    return g_hash_table_size(((const struct live *) follow)->waiting);
}

static void
live_free(struct cox_follow *follow)
{
    struct live *live = (struct live *) follow;

    live->is_ending = true; /* bodies on their way in are ended by the client, through our callbacks */
    cox_runtime_cancel(follow->runtime, live->retry);
    cox_client_free(live->client);
    drop_patches(live);
    patch_free(live->incoming);
    if (live->content != NULL) {
        g_byte_array_unref(live->content);
    }
    g_free(live->content_digest);
    g_free(live->content_slim);
    g_hash_table_destroy(live->waiting);
    cox_follow_clear(follow);
    g_free(live);
}

struct cox_follow *
cox_follow_new(struct cox_runtime *runtime, const struct cox_follow_settings *settings)
{
    static const struct cox_follow_ops ops = { live_change, live_waiting, live_is_current, live_is_superseded, live_catch_up, live_free };
    struct live *live = g_new0(struct live, 1);
    const struct cox_client_settings client = {
        .daemon = COX_DAEMON_CIB, .program = settings->program, .run_directory = settings->run_directory, .reconnects = true,
        .changed = on_connection, .context = live,
    };

    cox_follow_init(&live->base, &ops, runtime, settings);
    g_queue_init(&live->patches);
    g_queue_init(&live->late);
    live->is_slim = settings->is_slim;
    live->waiting = g_hash_table_new_full(NULL, NULL, g_free, NULL);
    live->client = cox_client_new(runtime, &client);
    live->subscription = cox_client_subscribe(live->client, COX_CIBFLAG_TOPIC, on_event, live);
    return &live->base;
}
