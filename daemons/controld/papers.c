/* daemons/controld/papers.c - the document: what it says, and what is written into it.  Layer 6. */
#include "config.h"

#include "daemons/controld/chronicle.h"

#include <string.h>

#include "base/error.h"
#include "cib/patchcalls.h"
#include "cib/patchscope.h"
#include "cib/patchvalues.h"
#include "codec/load_status.h"
#include "daemons/controld/ledger.h"
#include "model/option.h"
#include "runtime/environment.h"
#include "service/sbd.h"
#include "xml/xmlwrite.h"

enum { BOOTSTRAP_RETRY_MS = 10000 };

static struct cox_xml *
part(const struct controld *controld, const char *section, const char *name)
{
    struct cox_cib *cib = cox_follow_cib(controld->follow);

    return cib == NULL ? NULL : cox_xml_child(cox_xml_child(cox_cib_root(cib), section), name);
}

const char *
controld_papers_option(const struct controld *controld, const char *name)
{
    const struct cox_xml *set = cox_xml_child(part(controld, "configuration", "crm_config"), "cluster_property_set");

    for (; set != NULL; set = cox_xml_next_named(set, "cluster_property_set")) {
        for (const struct cox_xml *pair = cox_xml_child(set, "nvpair"); pair != NULL; pair = cox_xml_next_named(pair, "nvpair")) {
            if (g_strcmp0(cox_xml_get(pair, "name"), name) == 0) {
                return cox_xml_get(pair, "value");
            }
        }
    }
    return NULL;
}

/* ---- what it says ---- */

static void
tell_options(struct controld *controld)
{
    struct cox_reign_event event = { .kind = COX_REIGN_ON_OPTIONS };
    enum cox_option_id recheck = COX_OPT_CLUSTER_CLUSTER_RECHECK_INTERVAL, attempts = COX_OPT_CLUSTER_FENCING_MAX_ATTEMPTS;
    enum cox_option_id fatal = COX_OPT_CLUSTER_START_FAILURE_IS_FATAL, limit = COX_OPT_CLUSTER_NODE_ACTION_LIMIT;
    enum cox_option_id delay = COX_OPT_CLUSTER_CLUSTER_DELAY;
    const char *tries = controld_papers_option(controld, cox_option(attempts)->name);

    if (tries == NULL) {
        tries = controld_papers_option(controld, "stonith-max-attempts");
    }
    event.options.recheck_ms = cox_option_number(recheck, controld_papers_option(controld, cox_option(recheck)->name));
    event.options.fence_attempts = (guint) CLAMP(cox_option_number(attempts, tries), 1, 1000000);
    event.options.cluster_delay_ms = cox_option_number(delay, controld_papers_option(controld, cox_option(delay)->name));
    event.options.node_action_limit = (guint) CLAMP(cox_option_number(limit, controld_papers_option(controld, cox_option(limit)->name)), 0,
                                                    COX_REIGN_MOST_ACTIONS);
    controld_duty_limit(controld, event.options.node_action_limit);
    event.options.forgives_start = cox_option_number(fatal, controld_papers_option(controld, cox_option(fatal)->name)) == 0;
    controld_realm_step(controld, &event);
}

static struct cox_xml *
state_of(const struct controld *controld, guint32 id)
{
    g_autofree char *text = g_strdup_printf("%u", (unsigned int) id);
    struct cox_cib *cib = cox_follow_cib(controld->follow);

    return cib == NULL ? NULL : cox_xml_child_with_id(cox_xml_child(cox_cib_root(cib), "status"), "node_state", text);
}

static void
tell_state(struct controld *controld, guint32 id, const char *name)
{
    const struct cox_xml *state = state_of(controld, id);
    struct cox_reign_event event = { .kind = COX_REIGN_ON_NODE, .node = id, .name = name };

    if (state != NULL) {
        event.state = (struct cox_reign_state) { cox_xml_get(state, "in_ccm"), cox_xml_get(state, "crmd"),
                                                 cox_xml_get(state, "join"), cox_xml_get(state, "expected") };
        event.name = name != NULL ? name : cox_xml_get(state, "uname");
    }
    controld_realm_step(controld, &event);
}

static guint32
number_of(const struct cox_xml *xml)
{
    const char *id = cox_xml_id(xml);

    return id == NULL ? 0 : (guint32) g_ascii_strtoull(id, NULL, 10);
}

static void
tell_states(struct controld *controld)
{
    struct cox_cib *cib = cox_follow_cib(controld->follow);
    const struct cox_xml *state = cib == NULL ? NULL : cox_xml_child(cox_cib_root(cib), "status");

    for (state = cox_xml_child(state, "node_state"); state != NULL; state = cox_xml_next_named(state, "node_state")) {
        if (number_of(state) != 0 && cox_xml_get(state, "remote_node") == NULL) {
            tell_state(controld, number_of(state), NULL);
        }
    }
    for (guint i = 0; i < controld->members->len; i++) { /* a document that was taken over, or somebody, may have forgotten one */
        guint32 id = g_array_index(controld->members, guint32, i);

        if (state_of(controld, id) == NULL) {
            tell_state(controld, id, NULL);
        }
    }
}

void
controld_papers_names(struct controld *controld)
{
    for (guint i = 0; i < controld->members->len; i++) {
        guint32 id = g_array_index(controld->members, guint32, i);
        const char *name = cox_service_node_name(controld->ctx, id);

        if (name != NULL && cox_reign_node_name(controld->reign, id) == NULL) {
            tell_state(controld, id, name);
        }
    }
}

/* What the patch sets of attributes, with the names of the nodes. */
static GArray *
values_of(const struct controld *controld, const GArray *told)
{
    GArray *values = g_array_new(FALSE, FALSE, sizeof(struct cox_reign_value));

    for (guint i = 0; i < told->len; i++) {
        const struct cox_patchvalue *one = &g_array_index(told, struct cox_patchvalue, i);
        const char *name = cox_reign_node_name(controld->reign, (guint32) g_ascii_strtoull(one->id == NULL ? "" : one->id, NULL, 10));
        const struct cox_reign_value value = { name != NULL ? name : one->id, one->name, one->value };

        g_array_append_val(values, value);
    }
    return values;
}

/* What a plan will see of it, which comes later than what is true. */
static bool
says_quorum(const struct controld *controld)
{
    struct cox_cib *cib = cox_follow_cib(controld->follow);

    return cib != NULL && g_strcmp0(cox_xml_get(cox_cib_root(cib), "have-quorum"), "1") == 0;
}

static void
tell(struct controld *controld, const struct cox_xml *patch, unsigned int scope, const char *object)
{
    struct cox_version version = cox_follow_version(controld->follow);
    struct cox_reign_event event = { .kind = COX_REIGN_ON_DOCUMENT };
    g_autofree char *identity = NULL;
    g_autoptr(GArray) told = cox_patchvalues_new(), values = NULL;

    if ((scope & COX_PATCHSCOPE_NODES) != 0) {
        tell_states(controld);
    }
    if ((scope & COX_PATCHSCOPE_CONFIGURATION) != 0) {
        identity = g_strdup_printf("%" G_GINT64_FORMAT ".%" G_GINT64_FORMAT, version.admin_epoch, version.epoch);
        tell_options(controld);
        controld_crew_document(controld);
    }
    if (patch != NULL && (scope & COX_PATCHSCOPE_ATTRIBUTES) != 0) {
        event.document.are_all_values = cox_patchvalues(patch, told);
    }
    values = values_of(controld, told);
    event.document.values = (const struct cox_reign_value *) (const void *) values->data;
    event.document.n_values = values->len;
    event.document.changes = cox_reign_changes(scope);
    event.document.config = identity;
    event.document.object = object;
    event.document.version = version;
    event.document.is_another = scope == ~0U;
    event.document.has_quorum = cox_follow_counts(controld->follow) && cox_follow_has_quorum(controld->follow) && says_quorum(controld);
    controld_realm_step(controld, &event);
}

/* A plan may be made as soon as the document shows a result; that it is kept, too, we are told later. */
static void
tell_results(struct controld *controld, const struct cox_follow_news *news)
{
    g_autoptr(GArray) calls = g_array_new(FALSE, FALSE, sizeof(struct cox_patchcall));

    cox_patchcalls(news->patch, calls);
    for (guint i = 0; i < calls->len; i++) {
        const struct cox_patchcall *call = &g_array_index(calls, struct cox_patchcall, i);
        struct cox_reign_event event = { .kind = COX_REIGN_ON_RECORDED, .node = call->node };

        event.done.call_id = call->call_id;
        event.done.is_seen = true;
        event.done.version = news->version;
        controld_realm_step(controld, &event);
    }
}

/* ---- who is in it ---- */

static void
put(GString *out, const char *name, const char *value)
{
    g_string_append_printf(out, " %s=\"", name);
    cox_xmlwrite_escaped(out, value == NULL ? "" : value, true);
    g_string_append_c(out, '"');
}

/* Members that the document does not list; it may know one under another id, which is not ours to correct. */
static void
want_nodes(const struct controld *controld, GString *out)
{
    const struct cox_xml *nodes = part(controld, "configuration", "nodes");

    for (guint i = 0; i < controld->members->len; i++) {
        g_autofree char *id = g_strdup_printf("%u", (unsigned int) g_array_index(controld->members, guint32, i));
        const char *name = cox_service_node_name(controld->ctx, g_array_index(controld->members, guint32, i));

        if (name != NULL && (nodes == NULL || cox_xml_child_with_id(nodes, "node", id) == NULL)) {
            g_string_append_printf(out, "<node id=\"%s\"", id);
            put(out, "uname", name);
            g_string_append(out, "/>");
        }
    }
}

static void
tell_list(struct controld *controld, bool is_complete)
{
    controld_realm_step(controld, &(struct cox_reign_event) { .kind = COX_REIGN_ON_LIST, .done = { .is_ok = is_complete } });
}

/* Somebody has taken members out of the list, or put a document in its place that has none: what they run must not be planned without them. */
static bool
has_all_members(struct controld *controld)
{
    g_autoptr(GString) missing = g_string_new(NULL);

    want_nodes(controld, missing);
    if (missing->len > 0) {
        controld->must_bootstrap = controld->must_bootstrap || controld->bootstrap_timer == 0;
        tell_list(controld, false);
    }
    return missing->len == 0;
}

static void
bootstrap_if_due(struct controld *controld)
{
    if (controld->is_founder && controld->must_bootstrap && cox_follow_counts(controld->follow)) {
        controld_papers_bootstrap(controld);
    }
}

void
controld_papers_on_document(void *context, const struct cox_follow_news *news)
{
    struct controld *controld = context;
    g_autofree char *object = NULL;
    unsigned int scope = news->patch == NULL ? ~0U : cox_patchscope(news->patch, &object);
    bool is_complete = false;

    if (news->patch == NULL && cox_version_compare(&news->version, &controld->recorded_version) < 0) {
        controld->recorded_version = news->version; /* another side's document won */
    }
    if (news->patch == NULL) { /* before anybody plans with it */
        controld->must_compare = controld->must_bootstrap = true;
        controld_ledger_report(controld);
    }
    if (news->patch != NULL && (scope & COX_PATCHSCOPE_HISTORY) != 0) {
        tell_results(controld, news);
    }
    controld_chronicle_document(controld, news, object);
    if ((scope & COX_PATCHSCOPE_CONFIGURATION) != 0) {
        is_complete = has_all_members(controld);
    }
    if (controld->reign != NULL && scope != 0) {
        tell(controld, news->patch, scope, object);
    }
    if (controld->has_confirm || controld->must_compare) {
        controld_ledger_report(controld);
    }
    if (is_complete) {
        tell_list(controld, true);
    }
    bootstrap_if_due(controld);
}

void
controld_papers_retell(struct controld *controld)
{
    if (cox_follow_cib(controld->follow) != NULL) {
        tell(controld, NULL, ~0U, NULL);
    }
}

struct cox_status *
controld_papers_history(const struct controld *controld, const struct cox_node_status **node)
{
    const struct cox_xml *state = state_of(controld, controld->self);
    struct cox_xmldoc *doc = cox_xmldoc_new("status");
    struct cox_status *status = cox_status_new();

    if (state != NULL) {
        (void) cox_xml_add_copy(cox_xmldoc_root(doc), state);
    }
    cox_codec_status(cox_xmldoc_root(doc), status);
    cox_xmldoc_free(doc);
    *node = status->nodes->len == 0 ? NULL : status->nodes->pdata[0];
    return status;
}

/* ---- states of nodes ---- */

void
controld_papers_node(struct controld *controld, const struct cox_reign_effect *effect)
{
    if (effect->kind == COX_REIGN_DO_ERASE) {
        g_ptr_array_add(controld->erased, g_strdup_printf("%u", (unsigned int) effect->node));
        return;
    }
    g_string_append_printf(controld->states, "<node_state id=\"%u\"", (unsigned int) effect->node);
    put(controld->states, "uname", effect->name);
    put(controld->states, "in_ccm", effect->state.in_ccm);
    put(controld->states, "crmd", effect->state.crmd);
    put(controld->states, "crm-debug-origin", "cox-controld");
    put(controld->states, "join", effect->state.join);
    if (effect->state.expected != NULL) {
        put(controld->states, "expected", effect->state.expected);
    }
    g_string_append(controld->states, "/>");
    cox_log_line(controld->log, COX_LOG_NOTICE, "node state node=%s in_ccm=%s crmd=%s join=%s expected=%s", effect->name,
                 effect->state.in_ccm, effect->state.crmd, effect->state.join, effect->state.expected == NULL ? "(as before)" : effect->state.expected);
}

/* A change, or several, that is to be answered. */
struct batch {
    struct controld *controld;
    guint64 number, generation; /* number: the reign's, 0: none */
};

static struct batch *
batch_begin(struct controld *controld, guint64 number, guint64 generation)
{
    struct batch *batch = g_new(struct batch, 1);

    *batch = (struct batch) { controld, number, generation };
    g_ptr_array_add(controld->batches, batch);
    return batch;
}

static void
batch_end(struct batch *batch)
{
    (void) g_ptr_array_remove_fast(batch->controld->batches, batch); /* frees it */
}

static bool
is_written(const struct cox_follow_answer *answer)
{
    return answer->error == NULL && answer->outcome != COX_CIB_UNCERTAIN;
}

static void
log_refusal(const struct controld *controld, const char *what, const struct cox_follow_answer *answer)
{
    cox_log_event(controld->log, COX_EVENT_DOCUMENT_REFUSED, "what=\"%s\" reason=\"%s\"", what,
                  answer->error == NULL ? "outcome uncertain" : answer->error->message);
}

/* The last change of a batch has been answered. */
static void
on_batch(void *context, const struct cox_follow_answer *answer)
{
    struct batch *batch = context;
    struct cox_reign_event event = { .kind = COX_REIGN_ON_WRITTEN };

    event.done.batch = batch->number;
    event.done.is_ok = is_written(answer);
    event.done.version = answer->version;
    if (!event.done.is_ok) {
        log_refusal(batch->controld, "node states", answer);
    }
    controld_realm_step(batch->controld, &event);
    if (g_error_matches(answer->error, COX_ERROR, COX_ERROR_OLD)) {
        controld_crew_outdated(batch->controld, batch->generation);
    }
    batch_end(batch);
}

static struct cox_follow_change
change_of(const struct controld *controld, enum cox_edit_kind kind)
{
    struct cox_term term = controld->election == NULL ? (struct cox_term) { 0, 0 } : cox_election_term(controld->election);

    return (struct cox_follow_change) {
        .kind = kind, .allows_creation = true, .generation = term.generation, .coordinator = term.coordinator
    };
}

void
controld_papers_write(struct controld *controld, guint64 number)
{
    struct cox_follow_change change = change_of(controld, COX_EDIT_MODIFY);
    g_autofree char *text = g_strdup_printf("<status>%s</status>", controld->states->str);
    struct batch *batch = batch_begin(controld, number, change.generation);

    change.section = "status";
    change.text = text;
    if (controld->erased->len == 0) {
        change.fn = on_batch;
        change.context = batch;
    }
    cox_follow_change(controld->follow, &change);
    if (controld->erased->len > 0) {
        struct cox_follow_change erase = change_of(controld, COX_EDIT_DELETE_ALL);
        g_autoptr(GString) path = g_string_new(NULL);

        for (guint i = 0; i < controld->erased->len; i++) {
            const char *id = controld->erased->pdata[i];

            g_string_append_printf(path, "%s/cib/status/node_state[@id='%s']/lrm|/cib/status/node_state[@id='%s']"
                                         "/transient_attributes", i == 0 ? "" : "|", id, id);
        }
        erase.xpath = path->str;
        erase.fn = on_batch;
        erase.context = batch;
        cox_follow_change(controld->follow, &erase);
    }
    g_string_truncate(controld->states, 0);
    g_ptr_array_set_size(controld->erased, 0);
}

/* ---- a new cluster ---- */

static void
on_bootstrap_timer(void *context)
{
    struct controld *controld = context;

    controld->bootstrap_timer = 0;
    controld->must_bootstrap = true;
    bootstrap_if_due(controld);
}

/* Under a younger reign whoever is elected sees to it; else it is tried again, but not with each change of the document: a refusal may last. */
static void
on_bootstrap(void *context, const struct cox_follow_answer *answer)
{
    struct batch *batch = context;
    struct controld *controld = batch->controld;

    if (!is_written(answer)) {
        log_refusal(controld, "properties of the cluster", answer);
    }
    if (g_error_matches(answer->error, COX_ERROR, COX_ERROR_OLD)) {
        controld_crew_outdated(controld, batch->generation);
    } else if (!is_written(answer) && controld->bootstrap_timer == 0) {
        controld->bootstrap_timer = cox_runtime_timer(controld->runtime, cox_usec_after_ms(cox_runtime_now(controld->runtime), BOOTSTRAP_RETRY_MS),
                                                      on_bootstrap_timer, controld);
    }
    batch_end(batch);
}

static void
want_property(const struct controld *controld, GString *out, const char *name, const char *value)
{
    if (g_strcmp0(controld_papers_option(controld, name), value) != 0) {
        g_string_append_printf(out, "<nvpair id=\"cib-bootstrap-options-%s\" name=\"%s\"", name, name);
        put(out, "value", value);
        g_string_append(out, "/>");
    }
}

void
controld_papers_bootstrap(struct controld *controld)
{
    g_autofree char *name = cox_service_cluster_name(controld->ctx);
    struct cox_follow_change change = change_of(controld, COX_EDIT_MODIFY);
    g_autoptr(GString) properties = g_string_new(NULL), nodes = g_string_new(NULL), text = g_string_new("<configuration>");

    if (cox_follow_cib(controld->follow) == NULL) {
        return;
    }
    controld->must_bootstrap = false;
    want_property(controld, properties, "have-watchdog", cox_sbd_is_running() ? "true" : "false");
    want_property(controld, properties, "dc-version", COX_COMPAT_VERSION "-coxswain-" PACKAGE_VERSION);
    want_property(controld, properties, "cluster-infrastructure", "corosync");
    if (name != NULL) {
        want_property(controld, properties, "cluster-name", name);
    }
    want_nodes(controld, nodes);
    tell_list(controld, nodes->len == 0);
    if (properties->len == 0 && nodes->len == 0) {
        return;
    }
    if (properties->len > 0) {
        g_string_append_printf(text, "<crm_config><cluster_property_set id=\"cib-bootstrap-options\">%s</cluster_property_set>"
                                     "</crm_config>", properties->str);
    }
    if (nodes->len > 0) {
        g_string_append_printf(text, "<nodes>%s</nodes>", nodes->str);
    }
    g_string_append(text, "</configuration>");
    change.section = "configuration";
    change.text = text->str;
    change.fn = on_bootstrap;
    change.context = batch_begin(controld, 0, change.generation);
    cox_follow_change(controld->follow, &change);
}

/* ---- life ---- */

static void
on_lost(void *context, const GError *problem)
{
    cox_log_line(((struct controld *) context)->log, COX_LOG_NOTICE, "the document does not come reason=\"%s\"",
                 problem->message);
}

void
controld_papers_start(struct controld *controld)
{
    const struct cox_follow_settings settings = { .program = "cox-controld",
                                                  .trust = COX_FOLLOW_COUNTING_AGAIN,
                                                  .run_directory = cox_service_run_directory(controld->ctx),
                                                  .changed = controld_papers_on_document,
                                                  .lost = on_lost,
                                                  .context = controld };

    controld->batches = g_ptr_array_new_with_free_func(g_free);
    controld->states = g_string_new(NULL);
    controld->erased = g_ptr_array_new_with_free_func(g_free);
    controld->follow = cox_follow_new(controld->runtime, &settings);
}

void
controld_papers_stop(struct controld *controld)
{
    cox_runtime_cancel(controld->runtime, controld->bootstrap_timer);
    cox_follow_free(controld->follow);
    g_ptr_array_unref(controld->batches); /* whose answers come no more */
    if (controld->states != NULL) {
        g_string_free(controld->states, TRUE);
        g_ptr_array_unref(controld->erased);
    }
}
