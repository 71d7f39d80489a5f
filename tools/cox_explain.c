/* tools/cox_explain.c - cox explain: why a resource is where it is, and what would change that.  Layer 6. */
#include <stdio.h>
#include <string.h>
#include <glib/gstdio.h>

#include "base/error.h"
#include "tools/cib_access.h"
#include "tools/cox_priv.h"
#include "tools/explain_search.h"
#include "tools/schemadir.h"
#include "view/explain_view.h"
#include "xml/xmlwrite.h"

enum { MOST_NODES = 6, MOST_NAMES = 3 };

/* What one explanation needs from end to end. */
struct explain {
    struct cox_tool_ctx *ctx;
    const struct cox_settings *settings;
    struct cox_schemas *schemas;
    struct cox_xmldoc *doc;
    struct cox_codec_result read;
    struct cox_explain_search search;
    guint32 node; /* of --node, or COX_NODE_NONE */
    gint64 since_us;   /* when the search for changes began */
    bool is_told;      /* a line says how far it is */
};

/* ---- input ---- */

/* "12" and "pe-input-12" are the same input; other names are taken as they are, below the folder of saved inputs. */
static char *
input_path(const char *id)
{
    const char *setting = g_getenv("COX_PENGINE_DIRECTORY");
    const char *directory = setting != NULL && *setting != '\0' ? setting : COX_STATEDIR "/pengine";
    const bool is_number = id[0] != '\0' && id[strspn(id, "0123456789")] == '\0';
    g_autofree char *name = g_strdup_printf("%s%s%s", is_number ? "pe-input-" : "", id, g_str_has_suffix(id, ".bz2") ? "" : ".bz2");

    return g_build_filename(directory, name, NULL);
}

/* The newest file in the folder that a scheduler writes inputs to; NULL when there is none.  The caller frees it. */
static char *
newest_input(const char *folder)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    char *newest = NULL;
    const char *name = NULL;
    gint64 when = 0;

    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        GStatBuf about = { 0 };

        if (g_str_has_prefix(name, "pe-") && g_str_has_suffix(name, ".bz2") && g_stat(path, &about) == 0 && (newest == NULL || about.st_mtime > when)) {
            g_free(newest);
            newest = g_strndup(name, strlen(name) - strlen(".bz2"));
            when = about.st_mtime;
        }
    }
    return newest;
}

/* Each coordinator saves what it plans for, and old ones go. */
static bool
is_saved(const char *path, const char *id, GError **error)
{
    g_autofree char *folder = g_path_get_dirname(path);
    g_autofree char *newest = NULL;

    if (g_file_test(path, G_FILE_TEST_EXISTS)) {
        return true;
    }
    newest = newest_input(folder);
    g_set_error(error, COX_ERROR, COX_ERROR_NO_INPUT,
                "no input of transition '%s' is saved here (%s): %s%s; only the node that was the coordinator then has it: ask there, or name a copy with --cib", id,
                path, newest != NULL ? "the newest is " : "there is none", newest != NULL ? newest : "");
    return false;
}

static struct cox_xmldoc *
read_live(GError **error)
{
    const struct cox_cib_access_settings where = { .tool = "cox" };
    g_autoptr(cox_cib_access) access = cox_cib_access_open(&where, error);
    const struct cox_xml *root = access == NULL ? NULL : cox_cib_access_visible(access, error);

    return root == NULL ? NULL : cox_xmldoc_new_copy(root);
}

static bool
read_document(struct explain *explain, GError **error)
{
    const struct cox_settings *settings = explain->settings;
    g_autoptr(cox_diags) diags = cox_diags_new();
    g_autofree char *directory = cox_schemadir_find();
    g_autofree char *path = settings->cib != NULL          ? g_strdup(settings->cib)
                            : settings->transition != NULL ? input_path(settings->transition)
                                                           : NULL;
    const struct cox_tool_source source = { .file = path };
    const char *date = NULL;

    explain->schemas = cox_schemas_new(directory);
    if (settings->cib == NULL && settings->transition != NULL && !is_saved(path, settings->transition, error)) {
        return false;
    }
    explain->doc = path != NULL ? cox_tool_load(&source, error) : read_live(error);
    if (explain->doc == NULL) {
        return false;
    }
    if (!cox_schemas_prepare(&explain->doc, explain->schemas, diags, error)) {
        cox_tool_print_diags(explain->ctx, diags);
        return false;
    }
    date = cox_xml_get(cox_xmldoc_root(explain->doc), "execution-date");
    explain->search.now = date != NULL ? cox_wall_from_seconds(g_ascii_strtoll(date, NULL, 10)) : cox_tool_now();
    explain->search.root = cox_xmldoc_root(explain->doc);
    explain->search.plan = cox_explain_search_plan(explain->search.root, explain->search.now, &explain->read, error);
    return explain->search.plan != NULL;
}

/* ---- names ---- */

/* How many letters must be changed to get from one to the other (Levenshtein). */
static guint
distance(const char *a, const char *b)
{
    const size_t n = strlen(b);
    g_autofree guint *row = g_new(guint, n + 1);

    for (size_t k = 0; k <= n; k++) {
        row[k] = (guint) k;
    }
    for (size_t i = 0; a[i] != '\0'; i++) {
        guint corner = row[0];

        row[0] = (guint) i + 1;
        for (size_t k = 0; k < n; k++) {
            guint above = row[k + 1];

            row[k + 1] = MIN(MIN(above, row[k]) + 1, corner + (a[i] != b[k]));
            corner = above;
        }
    }
    return row[n];
}

/* The names that are most like @name: "a, b"; the caller frees. */
static char *
nearest(GPtrArray *names, const char *name)
{
    GString *text = g_string_new(NULL);

    for (int n = 0; n < MOST_NAMES && names->len > 0; n++) {
        guint best = 0;

        for (guint i = 1; i < names->len; i++) {
            if (distance(g_ptr_array_index(names, i), name) < distance(g_ptr_array_index(names, best), name)) {
                best = i;
            }
        }
        g_string_append_printf(text, "%s%s", n > 0 ? ", " : "", (const char *) g_ptr_array_index(names, best));
        g_ptr_array_remove_index(names, best);
    }
    return g_string_free(text, FALSE);
}

/* 0, or the exit status. */
static int
find_node(struct explain *explain)
{
    const struct cox_cluster *cluster = &explain->search.plan->cluster;
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    g_autofree char *near = NULL;

    explain->node = COX_NODE_NONE;
    for (guint32 i = 0; i < cluster->n_nodes; i++) {
        g_ptr_array_add(names, (gpointer) (guintptr) cluster->nodes[i].name);
        if (g_strcmp0(cluster->nodes[i].name, explain->settings->node) == 0) {
            explain->node = i;
        }
    }
    if (explain->settings->node == NULL || explain->node != COX_NODE_NONE) {
        return 0;
    }
    near = nearest(names, explain->settings->node);
    return cox_tool_error(explain->ctx, COX_ERROR_NOT_FOUND, "there is no node '%s'; nearest: %s", explain->settings->node, near);
}

/* All primitives that @id means: itself, what is in it, or all instances. @return indices into the cluster's rscs */
static GArray *
find_primitives(struct explain *explain, const char *id)
{
    const struct cox_cluster *cluster = &explain->search.plan->cluster;
    GArray *found = g_array_new(FALSE, FALSE, sizeof(guint32));
    guint32 end = 0;

    for (guint32 i = 0; i < cluster->n_rscs; i++) {
        const struct cox_rsc_state *rsc = &cluster->rscs[i];

        if (strcmp(rsc->id, id) == 0 || strcmp(rsc->short_id, id) == 0 || (rsc->def != NULL && strcmp(rsc->def->id, id) == 0)) {
            end = MAX(end, rsc->end);
        }
        if (i < end && rsc->variant == COX_PRIMITIVE) {
            g_array_append_val(found, i);
        }
    }
    return found;
}

static int
unknown_resource(struct explain *explain, const char *id)
{
    const struct cox_cluster *cluster = &explain->search.plan->cluster;
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    g_autofree char *near = NULL;

    for (guint32 i = 0; i < cluster->n_rscs; i++) {
        if (!g_ptr_array_find_with_equal_func(names, cluster->rscs[i].short_id, g_str_equal, NULL)) {
            g_ptr_array_add(names, (gpointer) (guintptr) cluster->rscs[i].short_id);
        }
    }
    near = nearest(names, id);
    return near[0] == '\0' ? cox_tool_error(explain->ctx, COX_ERROR_NOT_FOUND, "there is no resource '%s', and no other", id)
                           : cox_tool_error(explain->ctx, COX_ERROR_NOT_FOUND, "there is no resource '%s'; nearest: %s", id, near);
}

/* ---- changes ---- */

/* In a large cluster each plan takes its time: who waits at a terminal sees how far it is, in one line that goes away. */
static void
tell_progress(struct explain *explain, const char *node)
{
    if (cox_out_is_text(explain->ctx->out) && cox_tool_has_reader() && g_get_monotonic_time() - explain->since_us > G_USEC_PER_SEC) {
        fprintf(stderr, "\rtrying what would bring it to %s ...\033[K", node);
        explain->is_told = true;
    }
}

static void
end_progress(struct explain *explain)
{
    if (explain->is_told) {
        fputs("\r\033[K", stderr);
        explain->is_told = false;
    }
}

static void
ask(struct explain *explain, const struct cox_remedy_question *question, GArray *outlooks)
{
    if (!cox_explain_search_holds(question, explain->search.plan)) {
        struct cox_outlook outlook;

        tell_progress(explain, question->plan->cluster.nodes[question->node].name);
        outlook = cox_explain_search_run(&explain->search, question);
        g_array_append_val(outlooks, outlook);
    }
}

/* Nodes where it could be: the one asked for, or the first few that run no instance of it. */
static void
find_outlooks(struct explain *explain, guint32 rsc, GArray *outlooks)
{
    const struct cox_plan *plan = explain->search.plan;
    const struct cox_rsc_explanation *reasons = cox_explanation_find(plan->explanation, plan->cluster.rscs[rsc].id);
    struct cox_remedy_question question = { .plan = plan, .rsc = rsc };

    explain->since_us = g_get_monotonic_time();
    for (guint32 i = 0; i < plan->cluster.n_nodes && outlooks->len < MOST_NODES; i++) {
        const struct cox_node_state *node = &plan->cluster.nodes[i];

        if ((explain->node == COX_NODE_NONE || explain->node == i) && !node->is_ping && !node->is_bundle_node
            && (reasons->placings[i].is_known || !plan->cluster.symmetric)) {
            question.node = i;
            ask(explain, &question, outlooks);
        }
    }
    if (reasons->has_promotion && reasons->node != COX_NODE_NONE && reasons->next_role != COX_ROLE_PROMOTED
        && (explain->node == COX_NODE_NONE || explain->node == reasons->node)) {
        question.node = reasons->node;
        question.is_promotion = true;
        ask(explain, &question, outlooks);
    }
    end_progress(explain);
}

/* Of several instances the one that has no place is asked about others, or else the first. */
static bool
is_lead(const struct explain *explain, const GArray *found, guint at)
{
    const struct cox_plan *plan = explain->search.plan;
    const char *id = plan->cluster.rscs[g_array_index(found, guint32, at)].short_id;
    guint lead = G_MAXUINT;

    if (plan->cluster.rscs[g_array_index(found, guint32, at)].is_orphan) {
        return false; /* it is on its way out */
    }
    if (plan->cluster.rscs[g_array_index(found, guint32, at)].is_implicit && plan->cluster.rscs[g_array_index(found, guint32, at)].replica > 0) {
        return false; /* what is asked about one replica's parts is asked about all */
    }
    for (guint i = 0; i < found->len; i++) {
        const struct cox_rsc_state *rsc = &plan->cluster.rscs[g_array_index(found, guint32, i)];
        const struct cox_rsc_explanation *reasons = cox_explanation_find(plan->explanation, rsc->id);

        if (strcmp(rsc->short_id, id) == 0) {
            if (reasons->node == COX_NODE_NONE) {
                return i == at;
            }
            lead = MIN(lead, i);
        }
    }
    return lead == at || cox_explanation_find(plan->explanation, plan->cluster.rscs[g_array_index(found, guint32, at)].id)->has_promotion;
}

static void
print_all(struct explain *explain, const GArray *found)
{
    struct cox_out *out = explain->ctx->out;

    cox_out_begin(out, "explanation", NULL);
    for (guint i = 0; i < found->len; i++) {
        g_autoptr(GArray) outlooks = g_array_new(FALSE, FALSE, sizeof(struct cox_outlook));
        struct cox_explain_view view = { .plan = explain->search.plan, .rsc = g_array_index(found, guint32, i), .node = explain->node };

        if (is_lead(explain, found, i)) {
            find_outlooks(explain, view.rsc, outlooks);
        }
        view.outlooks = (const struct cox_outlook *) (const void *) outlooks->data;
        view.n_outlooks = outlooks->len;
        cox_out_spacer(out);
        cox_explain_view(out, &view);
    }
    cox_explain_view_fences(out, explain->search.plan);
    cox_out_end(out);
}

int
cox_verb_explain(struct cox_tool_ctx *ctx, char **arguments)
{
    struct explain explain = { .ctx = ctx, .settings = ctx->settings };
    GError *error = NULL;
    int status = 0;

    if (explain.settings->cib != NULL && explain.settings->transition != NULL) {
        return cox_tool_usage(ctx, "explain: --cib and --transition name two different inputs: give one of them");
    }
    if (!read_document(&explain, &error)) {
        status = cox_tool_fail(ctx, error);
    } else {
        status = find_node(&explain);
    }
    if (status == 0) {
        g_autoptr(GArray) found = find_primitives(&explain, arguments[0]);

        if (found->len > 0) {
            print_all(&explain, found);
        } else {
            status = unknown_resource(&explain, arguments[0]);
        }
    }
    cox_plan_free(explain.search.plan);
    cox_codec_result_clear(&explain.read);
    cox_xmldoc_free(explain.doc);
    cox_schemas_free(explain.schemas);
    return status;
}
