/* lib/follow/follow_fake.c - for tests: a follower whose cluster is one document in memory.  Layer 6. */
#include "follow/follow_fake.h"

#include "base/error.h"
#include "cib/amend.h"
#include "cib/change.h"
#include "cib/schemas.h"
#include "follow/follow_priv.h"
#include "runtime/environment.h"
#include "xml/xmlwrite.h"

/* A change that has been asked for. */
struct asked {
    struct cox_edit edit; /* its texts and input are these: */
    char *section, *xpath;
    struct cox_xmldoc *input;
    guint64 generation;
    guint32 coordinator;
    cox_follow_answer_fn fn;
    void *context;
};

struct fake {
    struct cox_follow base;
    struct cox_schemas *schemas;
    GQueue waiting; /* struct asked */
    GString *log;
    cox_source_id turn;
    bool is_down, holds, has_begun;
    int fail_code;
    guint64 generation;
    enum cox_cib_outcome outcome;
};

static void
asked_free(void *data)
{
    struct asked *asked = data;

    g_free(asked->section);
    g_free(asked->xpath);
    cox_xmldoc_free(asked->input);
    g_free(asked);
}

static struct cox_xmldoc *
parsed(const char *xml)
{
    g_autoptr(GError) error = NULL;
    struct cox_xmldoc *doc = cox_xmldoc_parse_text(xml, (size_t) -1, NULL, &error);

    if (doc == NULL) {
        g_error("fake document: %s", error->message);
    }
    return doc;
}

static bool
amend(struct fake *fake, const struct cox_edit *edit, guint32 coordinator, const char *origin, GError **error)
{
    char number[16];
    const struct cox_amend request = {
        .edit = edit, .schemas = fake->schemas, .origin = origin, .coordinator = coordinator == 0 ? NULL : number,
    };
    struct cox_amend_result result = { 0 };

    g_snprintf(number, sizeof number, "%u", coordinator);
    if (!cox_amend_run(fake->base.cib, &request, &result, NULL, error)) {
        return false;
    }
    if (result.is_changed) {
        fake->base.stats.n_patches++;
        cox_follow_tell(&fake->base, result.patch == NULL ? NULL : cox_xmldoc_root(result.patch), origin, NULL);
    }
    cox_xmldoc_free(result.patch);
    return true;
}

static bool
may_do(struct fake *fake, const struct asked *asked, GError **error)
{
    if (fake->fail_code != 0) {
        g_set_error(error, COX_ERROR, fake->fail_code, "the test wants this to fail");
        fake->fail_code = 0;
        return false;
    }
    if (asked->generation != 0 && asked->generation < fake->generation) {
        g_set_error(error, COX_ERROR, COX_ERROR_OLD, "order of generation %" G_GUINT64_FORMAT ": there is generation %" G_GUINT64_FORMAT,
                    asked->generation, fake->generation);
        return false;
    }
    fake->generation = MAX(fake->generation, asked->generation);
    return true;
}

static void
do_one(struct fake *fake, struct asked *asked)
{
    g_autoptr(GError) error = NULL;
    struct cox_follow_answer answer = { .outcome = fake->outcome };

    (void) (may_do(fake, asked, &error) && amend(fake, &asked->edit, asked->coordinator, fake->base.settings.program, &error));
    answer.error = error;
    answer.version = cox_follow_version(&fake->base);
    if (asked->fn != NULL) {
        asked->fn(asked->context, &answer);
    }
    asked_free(asked);
}

static void
on_turn(void *context)
{
    struct fake *fake = context;

    fake->turn = 0;
    if (!fake->has_begun && !fake->is_down) {
        fake->has_begun = true;
        fake->base.stats.n_fetches++;
        cox_follow_tell(&fake->base, NULL, NULL, NULL);
    }
    while (!fake->is_down && !fake->holds && !g_queue_is_empty(&fake->waiting)) {
        do_one(fake, g_queue_pop_head(&fake->waiting));
    }
}

static void
wake(struct fake *fake)
{
    if (fake->turn == 0) {
        fake->turn = cox_runtime_defer(fake->base.runtime, on_turn, fake);
    }
}

static void
log_change(struct fake *fake, const struct cox_follow_change *change, const struct asked *asked)
{
    g_string_append(fake->log, cox_amend_command(change->kind));
    g_string_append_printf(fake->log, " %s", change->xpath != NULL ? change->xpath : change->section != NULL ? change->section : "-");
    if (change->generation != 0) {
        g_string_append_printf(fake->log, " generation=%" G_GUINT64_FORMAT, change->generation);
    }
    if (change->user != NULL) {
        g_string_append_printf(fake->log, " user=%s", change->user);
    }
    if (asked->input != NULL) {
        g_string_append_c(fake->log, ' ');
        cox_xmlwrite_element(fake->log, cox_xmldoc_root(asked->input), COX_XMLWRITE_PLAIN);
    }
    g_string_append_c(fake->log, '\n');
}

static void
fake_change(struct cox_follow *follow, const struct cox_follow_change *change)
{
    struct fake *fake = (struct fake *) follow;
    struct asked *asked = g_new0(struct asked, 1);

    asked->input = change->input != NULL ? cox_xmldoc_new_copy(change->input) : change->text != NULL ? parsed(change->text) : NULL;
    asked->section = g_strdup(change->section);
    asked->xpath = g_strdup(change->xpath);
    asked->edit = (struct cox_edit) {
        .kind = change->kind, .input = asked->input == NULL ? NULL : cox_xmldoc_root(asked->input), .section = asked->section,
        .xpath = asked->xpath, .allows_creation = change->allows_creation, .counts = change->counts,
    };
    asked->generation = change->generation;
    asked->coordinator = change->coordinator;
    asked->fn = change->fn;
    asked->context = change->context;
    log_change(fake, change, asked);
    g_queue_push_tail(&fake->waiting, asked);
    wake(fake);
}

static size_t
fake_waiting(const struct cox_follow *follow)
{
    return ((const struct fake *) follow)->waiting.length;
}

static bool
fake_is_current(const struct cox_follow *follow)
{
    const struct fake *fake = (const struct fake *) follow;

    return fake->has_begun && !fake->is_down;
}

static void
fake_free(struct cox_follow *follow)
{
    struct fake *fake = (struct fake *) follow;

    cox_runtime_cancel(follow->runtime, fake->turn);
    g_queue_clear_full(&fake->waiting, asked_free);
    g_string_free(fake->log, TRUE);
    cox_schemas_free(fake->schemas);
    cox_follow_clear(follow);
    g_free(fake);
}

struct cox_follow *
cox_follow_fake_new(struct cox_runtime *runtime, const struct cox_follow_settings *settings, const char *xml)
{
    static const struct cox_follow_ops ops = { fake_change, fake_waiting, fake_is_current, NULL, NULL, fake_free };
    struct fake *fake = g_new0(struct fake, 1);
    const char *directory = cox_environment_get("COX_SCHEMA_DIRECTORY");

    cox_follow_init(&fake->base, &ops, runtime, settings);
    g_queue_init(&fake->waiting);
    fake->base.cib = cox_cib_new(parsed(xml));
    fake->base.has_quorum = fake->base.counts = true;
    fake->schemas = cox_schemas_new(directory == NULL ? "." : directory);
    fake->log = g_string_new(NULL);
    wake(fake);
    return &fake->base;
}

void
cox_follow_fake_edit(struct cox_follow *follow, enum cox_edit_kind kind, const char *section, const char *xml)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(cox_xmldoc) input = xml == NULL ? NULL : parsed(xml);
    const struct cox_edit edit = {
        .kind = kind, .section = section, .input = input == NULL ? NULL : cox_xmldoc_root(input), .allows_creation = true,
    };

    if (!amend((struct fake *) follow, &edit, 0, "somebody else", &error)) {
        g_error("fake change: %s", error->message);
    }
}

void
cox_follow_fake_replace(struct cox_follow *follow, const char *xml)
{
    cox_cib_exchange(follow->cib, parsed(xml));
    follow->stats.n_fetches++;
    cox_follow_tell(follow, NULL, NULL, NULL);
}

void
cox_follow_fake_counts(struct cox_follow *follow, bool counts)
{
    g_autoptr(cox_xmldoc) nothing = cox_change_new_patch();

    follow->counts = counts;
    cox_follow_tell(follow, cox_xmldoc_root(nothing), NULL, NULL);
}

void
cox_follow_fake_connect(struct cox_follow *follow, bool is_up)
{
    struct fake *fake = (struct fake *) follow;
    g_autoptr(GError) problem = g_error_new_literal(COX_ERROR, COX_ERROR_DISCONNECTED, "the test cut the connection");
    bool was_down = fake->is_down;

    fake->is_down = !is_up;
    if (is_up && was_down) {
        fake->has_begun = false;
        wake(fake);
    } else if (!is_up && !was_down && follow->settings.lost != NULL) {
        follow->settings.lost(follow->settings.context, problem);
    }
}

void
cox_follow_fake_hold(struct cox_follow *follow, bool holds)
{
    ((struct fake *) follow)->holds = holds;
    wake((struct fake *) follow);
}

void
cox_follow_fake_fail_next(struct cox_follow *follow, int code)
{
    ((struct fake *) follow)->fail_code = code;
}

void
cox_follow_fake_outcome(struct cox_follow *follow, enum cox_cib_outcome outcome, bool has_quorum)
{
    ((struct fake *) follow)->outcome = outcome;
    follow->has_quorum = has_quorum;
}

const char *
cox_follow_fake_asked(const struct cox_follow *follow)
{
    return ((const struct fake *) follow)->log->str;
}
