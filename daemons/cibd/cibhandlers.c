/* daemons/cibd/cibhandlers.c - what clients ask: who they are, the body of a change, then on to the replica or the document.  Layer 6. */
#include "daemons/cibd/cibd.h"

#include <string.h>

#include "base/error.h"
#include "cib/acl.h"
#include "cib/amend.h"
#include "daemons/cibd/cibpairs.h"
#include "runtime/environment.h"

enum {
    READY_MS = 3000,                    /* a query waits so long for the cluster's document; then it gets what is here */
    MAX_XML = 512 * 1024 * 1024,
};

/* A request on its way. */
struct cibd_ask {
    struct cibd *cibd;
    cox_ticket ticket;
    bool is_change, is_body_wanted;
    char *command, *section, *xpath, *client;
    guint64 flags, generation;
    guint32 coordinator;
    GByteArray *xml;
    struct cibd_choice *choice; /* an attribute; NULL: it is not about one */
    /* who asks */
    uid_t uid;      /* to be looked up */
    bool is_trusted; /* root or the cluster's user */
    char *user;     /* NULL: of the uid */
    char **groups;  /* NULL: of the user */
};

void
cibd_ask_free(void *data)
{
    struct cibd_ask *ask = data;

    g_free(ask->command);
    g_free(ask->section);
    g_free(ask->xpath);
    g_free(ask->client);
    g_free(ask->user);
    g_strfreev(ask->groups);
    g_byte_array_unref(ask->xml);
    cibd_choice_free(ask->choice);
    g_free(ask);
}

static void
drop(struct cibd_ask *ask)
{
    g_hash_table_remove(ask->cibd->asks, ask); /* frees it */
}

static void
fail(struct cibd_ask *ask, const GError *error)
{
    cox_ticket_fail(ask->cibd->ctx, ask->ticket, error);
    drop(ask);
}

/* ---- with a name ---- */

static void
submit(struct cibd_ask *ask)
{
    struct cox_ciborder order = {
        .command = ask->command, .section = ask->section, .xpath = ask->xpath, .allows_creation = (ask->flags & COX_CIB_CREATES) != 0,
        .counts = (ask->flags & COX_CIB_COUNTS) != 0, .user = ask->user, .groups = (const char *const *) ask->groups,
        .client = ask->client, .generation = ask->generation, .coordinator = ask->coordinator,
        .xml = ask->xml->len == 0 ? NULL : (const char *) ask->xml->data, .xml_size = ask->xml->len,
    };
    struct cibd_pending *pending = g_new0(struct cibd_pending, 1);

    pending->ticket = ask->ticket;
    cibd_submit(ask->cibd, &order, pending);
    drop(ask);
}

static void
answer_query(struct cibd_ask *ask)
{
    const struct cibd_query query = {
        .section = ask->section, .xpath = ask->xpath, .flags = ask->flags, .user = ask->user, .groups = (const char *const *) ask->groups,
    };

    if (ask->choice != NULL) {
        cibd_pairs_answer(ask->cibd, ask->ticket, ask->choice, &query, ask->client);
    } else {
        cibd_query_answer(ask->cibd, ask->ticket, &query);
    }
    drop(ask);
}

static bool
may_answer(const struct cibd_ask *ask)
{
    return (ask->flags & COX_CIB_COUNTING) != 0 ? cibd_counts(ask->cibd) : ask->cibd->is_ready;
}

void
cibd_ready(struct cibd *cibd)
{
    cibd->is_ready = true;
    cox_runtime_cancel(cox_service_runtime(cibd->ctx), cibd->ready_timer);
    cibd->ready_timer = 0;
    for (guint n = cibd->early.length; n > 0; n--) {
        struct cibd_ask *ask = g_queue_pop_head(&cibd->early);

        if (may_answer(ask)) {
            answer_query(ask);
        } else {
            g_queue_push_tail(&cibd->early, ask);
        }
    }
}

/*
 * Who joins has the document of its former life until the members have told what they have. A tool that was run at that moment would act on it (moved
 * what had moved already, say). The wait is bounded as at the start (READY_MS), and there is none without a group: then nothing better will come.
 */
void
cibd_note_joining(struct cibd *cibd)
{
    const struct cox_replica_status status = cox_replica_status(cibd->replica);
    bool was_joining = cibd->is_joining;

    cibd->is_joining = status.n_members > 0 && !status.is_current;
    if (cibd->is_joining && !was_joining) {
        cibd->is_ready = false;
    } else if (was_joining && !cibd->is_joining) {
        cibd_ready(cibd);
    }
}

/* Whose client has gone waits no longer. */
static void
wait_early(struct cibd_ask *ask)
{
    struct cibd *cibd = ask->cibd;

    for (guint n = cibd->early.length; n > 0; n--) {
        struct cibd_ask *other = g_queue_pop_head(&cibd->early);

        if (cox_ticket_is_wanted(cibd->ctx, other->ticket)) {
            g_queue_push_tail(&cibd->early, other);
        } else {
            drop(other);
        }
    }
    g_queue_push_tail(&cibd->early, ask);
}

static void
on_ready_limit(void *context)
{
    struct cibd *cibd = context;

    cibd->ready_timer = 0;
    cibd_ready(cibd);
}

static void
go_on(struct cibd_ask *ask)
{
    struct cibd *cibd = ask->cibd;

    if (ask->is_change) {
        submit(ask);
    } else if (may_answer(ask)) {
        answer_query(ask);
    } else {
        wait_early(ask);
        if (!cibd->is_ready && cibd->ready_timer == 0) {
            cibd->ready_timer = cox_runtime_timer(cox_service_runtime(cibd->ctx),
                                                  cox_usec_after_ms(cox_runtime_now(cox_service_runtime(cibd->ctx)), READY_MS),
                                                  on_ready_limit, cibd);
        }
    }
}

/* ---- who is it ---- */

static void
on_name(void *context, const struct cox_usernames_entry *entry, const GError *error)
{
    struct cibd_ask *ask = context;
    g_autoptr(GError) unknown = NULL;

    if (entry == NULL || (entry->user == NULL && ask->user == NULL)) {
        unknown = g_error_new(COX_ERROR, COX_ERROR_PRIVILEGE, "user '%u': %s", (unsigned int) ask->uid,
                              error == NULL ? "has no name here, so no access rules can apply" : error->message);
        fail(ask, unknown);
        return;
    }
    if (ask->user == NULL) {
        ask->user = g_strdup(entry->user);
    }
    ask->groups = g_strdupv(entry->groups);
    go_on(ask);
}

/* Root and the cluster's user may do everything, and act for others. */
static void
find_author(struct cibd_ask *ask)
{
    uid_t uid = ask->uid;

    if (ask->is_trusted && ask->user == NULL) {
        ask->user = g_strdup(uid == 0 ? "root" : COX_DAEMON_CLUSTER_USER);
    } else if (ask->is_trusted && ask->groups == NULL && cox_environment_user(ask->user, &uid, NULL)) {
        cox_usernames_ask(ask->cibd->names, uid, on_name, ask);
        return;
    } else if (!ask->is_trusted) {
        cox_usernames_ask(ask->cibd->names, uid, on_name, ask);
        return;
    }
    go_on(ask);
}

/* Whom a message names as its author. */
struct author {
    const char *user;
    const char *const *groups;
    gsize n_groups;
};

/* Does the request name somebody else than the one who asks?  Only the trusted may. */
static bool
take_author(struct cibd_ask *ask, const struct cox_request *request, const struct author *author, GError **error)
{
    ask->uid = request->uid;
    ask->is_trusted = request->role == COX_ROLE_ADMIN;
    if (author->user == NULL || *author->user == '\0') {
        return true;
    }
    if (!ask->is_trusted) {
        g_set_error(error, COX_ERROR, COX_ERROR_PRIVILEGE, "user '%s': only root and " COX_DAEMON_CLUSTER_USER " may act for others", author->user);
        return false;
    }
    ask->user = g_strdup(author->user);
    if (author->n_groups > 0) {
        ask->groups = g_new0(char *, author->n_groups + 1);
        for (gsize i = 0; i < author->n_groups; i++) {
            ask->groups[i] = g_strdup(author->groups[i]);
        }
    }
    return true;
}

static struct cibd_ask *
ask_new(struct cibd *cibd, const struct cox_request *request)
{
    struct cibd_ask *ask = g_new0(struct cibd_ask, 1);

    ask->cibd = cibd;
    ask->xml = g_byte_array_new();
    ask->client = g_strdup(request->program);
    g_hash_table_add(cibd->asks, ask);
    return ask;
}

/* ---- changes ---- */

static bool
on_body(void *context, const guint8 *data, gsize size, GError **error)
{
    struct cibd_ask *ask = context;

    if (ask->xml->len + size > MAX_XML) {
        g_set_error(error, COX_ERROR, COX_ERROR_INVALID_PARAM, "change: more than %d bytes", MAX_XML);
        return false;
    }
    g_byte_array_append(ask->xml, data, (guint) size);
    return true;
}

/* What is no XML need not go round.  What is short may: it is refused on all nodes alike, and to parse it twice would cost all the others. */
static bool
is_parsed(const struct cibd_ask *ask, GError **error)
{
    g_autoptr(cox_xmldoc) doc = NULL;

    if (ask->xml->len == 0) {
        return true;
    }
    doc = cox_xmldoc_parse_text((const char *) ask->xml->data, ask->xml->len, NULL, error);
    return doc != NULL;
}

static void
on_body_end(void *context, const GError *problem)
{
    struct cibd_ask *ask = context;
    g_autoptr(GError) error = NULL;

    if (problem != NULL) {
        fail(ask, problem);
    } else if (!is_parsed(ask, &error)) {
        fail(ask, error);
    } else {
        find_author(ask);
    }
}

static bool
take_change(struct cibd_ask *ask, const struct cox_request *request, GError **error)
{
    const struct cox_msg_cib_change *message = request->body;
    const struct author author = { message->user, message->groups, message->n_groups };
    enum cox_edit_kind kind;

    if (!cox_amend_kind(message->command, &kind) && g_strcmp0(message->command, COX_AMEND_UPGRADE) != 0) {
        g_set_error(error, COX_ERROR, COX_ERROR_UNIMPLEMENTED, "command '%s': unknown", message->command == NULL ? "" : message->command);
        return false;
    }
    if (message->generation != 0 && request->role != COX_ROLE_ADMIN) {
        g_set_error_literal(error, COX_ERROR, COX_ERROR_PRIVILEGE, "order: only a coordinator may give one");
        return false;
    }
    ask->is_change = true;
    ask->command = g_strdup(message->command);
    ask->section = g_strdup(message->section);
    ask->xpath = g_strdup(message->xpath);
    ask->flags = message->flags;
    ask->generation = message->generation;
    ask->coordinator = (guint32) message->coordinator;
    if (message->xml != NULL && !request->has_body) {
        g_byte_array_append(ask->xml, (const guint8 *) message->xml, (guint) strlen(message->xml));
    }
    return take_author(ask, request, &author, error);
}

static bool
on_change(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error)
{
    struct cibd_ask *ask = ask_new(cox_service_data(ctx), request);
    const struct cox_sink sink = { on_body, on_body_end, ask };

    if (!take_change(ask, request, error)) {
        drop(ask);
        return false;
    }
    ask->ticket = cox_reply_defer(reply);
    if (request->has_body) {
        cox_request_receive(ctx, request, &sink);
    } else {
        find_author(ask);
    }
    return true;
}

/* ---- queries ---- */

static bool
on_query(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error)
{
    const struct cox_msg_cib_query *message = request->body;
    const struct author author = { message->user, message->groups, message->n_groups };
    struct cibd_ask *ask = ask_new(cox_service_data(ctx), request);

    if (!take_author(ask, request, &author, error)) {
        drop(ask);
        return false;
    }
    ask->section = g_strdup(message->section);
    ask->xpath = g_strdup(message->xpath);
    ask->flags = message->flags;
    ask->ticket = cox_reply_defer(reply);
    find_author(ask);
    return true;
}

/* ---- attributes ---- */

/* As a query: who sets one has to know what there is. */
static bool
on_choice(struct cibd_ask *ask, const struct cox_request *request, const struct author *author, struct cox_reply *reply, GError **error)
{
    if (ask->choice == NULL || !take_author(ask, request, author, error)) {
        drop(ask);
        return false;
    }
    ask->ticket = cox_reply_defer(reply);
    find_author(ask);
    return true;
}

static bool
on_pairs_query(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error)
{
    const struct cox_msg_cib_pairs_query *message = request->body;
    const struct author author = { message->user, message->groups, message->n_groups };
    struct cibd_ask *ask = ask_new(cox_service_data(ctx), request);

    ask->choice = cibd_choice_query(message, error);
    return on_choice(ask, request, &author, reply, error);
}

static bool
on_set(struct cox_ctx *ctx, const struct cox_request *request, struct cox_reply *reply, GError **error)
{
    const struct cox_msg_cib_set *message = request->body;
    const struct author author = { message->user, message->groups, message->n_groups };
    struct cibd_ask *ask = ask_new(cox_service_data(ctx), request);

    ask->choice = cibd_choice_set(message, error);
    return on_choice(ask, request, &author, reply, error);
}

/* Patches tell everything; whom the document's access rules concern may hear only that there is news. */
bool
cibd_subscribed(struct cox_ctx *ctx, const struct cox_request *request, const char *topic, GError **error)
{
    (void) ctx;
    if (strcmp(topic, COX_CIBFLAG_TOPIC) == 0 && request->role != COX_ROLE_ADMIN) {
        g_set_error(error, COX_ERROR, COX_ERROR_PRIVILEGE, "topic '%s': for root and " COX_DAEMON_CLUSTER_USER "; subscribe to '%s' and query",
                    topic, COX_CIBFLAG_NEWS);
        return false;
    }
    return true;
}

const struct cox_op cibd_ops[] = {
    { COX_MSG_CIB_QUERY, on_query, COX_FROM_LOCAL, COX_ROLE_READ },
    { COX_MSG_CIB_CHANGE, on_change, COX_FROM_LOCAL, COX_ROLE_WRITE },
    { COX_MSG_CIB_PAIRS_QUERY, on_pairs_query, COX_FROM_LOCAL, COX_ROLE_READ },
    { COX_MSG_CIB_SET, on_set, COX_FROM_LOCAL, COX_ROLE_WRITE },
};
const gsize cibd_n_ops = G_N_ELEMENTS(cibd_ops);
