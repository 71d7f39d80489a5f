/* tools/state.c - the state of the cluster as tools show it: the document read, and what the scheduler makes of it.  Layer 6. */
#include "tools/state.h"

#include <string.h>

#include "sched/sched.h"
#include "tools/schemadir.h"
#include "tools/tool.h"
#include "xml/xmlwrite.h"

/* What is wrong with a document goes into the error: there is nobody else to tell. */
static void
add_reasons(GError **error, const struct cox_diags *diags)
{
    g_autoptr(GString) text = NULL;

    if (error == NULL || *error == NULL) {
        return;
    }
    text = g_string_new((*error)->message);
    for (size_t i = 0; i < cox_diags_count(diags); i++) {
        const struct cox_diag *diag = cox_diags_get(diags, i);

        g_string_append_printf(text, "\n%s%s%s", diag->text, (diag->remedy != NULL) ? "; " : "", (diag->remedy != NULL) ? diag->remedy : "");
    }
    g_free((*error)->message);
    (*error)->message = g_string_free(g_steal_pointer(&text), FALSE);
}

static struct cox_state *
begin(void)
{
    g_autofree char *directory = cox_schemadir_find();
    struct cox_state *state = g_new0(struct cox_state, 1);

    state->schemas = cox_schemas_new(directory);
    state->diags = cox_diags_new();
    state->zone = g_time_zone_new_local();
    state->now = cox_tool_now();
    return state;
}

/* The state, or what was begun of it freed. */
static struct cox_state *
finish(struct cox_state *state, bool is_loaded, GError **error)
{
    const struct cox_sched_input wanted = { .config = state->input.config, .status = state->input.status, .now = state->now,
                                            .state_only = true };

    if (!is_loaded) {
        add_reasons(error, state->diags);
        cox_state_free(state);
        return NULL;
    }
    state->plan = cox_sched_run(&wanted, state->diags);
    return state;
}

static struct cox_state *
load(const struct cox_stream_input *input, GError **error)
{
    struct cox_state *state = begin();
    struct cox_xml_limits limits;
    const struct cox_codec_options options
        = { .limits = &limits, .zone = state->zone, .prepare = cox_schemas_prepare, .prepare_data = state->schemas };

    return finish(state, cox_tool_limits(&limits, error) && cox_codec_load(input, &options, &state->input, state->diags, error), error);
}

struct cox_state *
cox_state_open(const char *path, GError **error)
{
    struct cox_stream_input input = { .path = path };

    return load(&input, error);
}

struct cox_state *
cox_state_new(const struct cox_xml *cib, GError **error)
{
    g_autofree char *text = cox_xmlwrite_text(cib, COX_XMLWRITE_PLAIN);
    struct cox_stream_input input = { .text = text, .length = strlen(text), .name = "the document" };

    return load(&input, error);
}

struct cox_state *
cox_state_new_trusted(const struct cox_xml *cib, GError **error)
{
    struct cox_state *state = begin();
    const struct cox_codec_options options = { .zone = state->zone };
    struct cox_xmldoc *doc = cox_xmldoc_new_copy(cib);
    bool is_loaded = cox_schemas_upgrade(state->schemas, &doc, NULL, state->diags, error)
                     && cox_codec_load_tree(cox_xmldoc_root(doc), &options, &state->input, state->diags, error);

    cox_xmldoc_free(doc);
    return finish(state, is_loaded, error);
}

struct cox_state *
cox_state_of(struct cox_cib_access *access, GError **error)
{
    const struct cox_xml *root = cox_cib_access_visible(access, error);

    if (root == NULL) {
        return NULL;
    }
    return cox_cib_access_is_live(access) ? cox_state_new_trusted(root, error) : cox_state_new(root, error);
}

struct cox_plan *
cox_state_plan(const struct cox_state *state)
{
    const struct cox_sched_input input = { .config = state->input.config, .status = state->input.status, .now = state->now };

    return cox_sched_run(&input, NULL);
}

void
cox_state_free(struct cox_state *state)
{
    if (state != NULL) {
        cox_plan_free(state->plan);
        cox_codec_result_clear(&state->input);
        cox_diags_free(state->diags);
        cox_schemas_free(state->schemas);
        g_time_zone_unref(state->zone);
        g_free(state);
    }
}

bool
cox_state_find_live(const char *tool, char **path, char **text, GError **error)
{
    const struct cox_cib_access_settings where = { .tool = tool };
    g_autoptr(cox_cib_access) access = NULL;
    const struct cox_xml *root = NULL;

    *path = cox_tool_cib_path(NULL);
    if (*path != NULL) {
        return true;
    }
    access = cox_cib_access_open(&where, error);
    root = (access == NULL) ? NULL : cox_cib_access_visible(access, error);
    if (root != NULL) {
        *text = cox_xmlwrite_text(root, COX_XMLWRITE_PLAIN);
    }
    return root != NULL;
}
