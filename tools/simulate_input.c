/* tools/simulate_input.c - crm_simulate: read, plan, save.  Layer 6. */
#include <string.h>

#include "base/datetime.h"
#include "base/error.h"
#include "cib/section.h"
#include "cib/version.h"
#include "codec/status_write.h"
#include "model/option.h"
#include "sched/sched.h"
#include "tools/cib_file.h"
#include "tools/simulate_priv.h"
#include "xml/xmlwrite.h"

void
cox_simulate_print_time(const struct cox_simulation *sim)
{
    struct cox_out *out = sim->ctx->out;
    struct cox_datetime when;

    if (sim->ctx->is_quiet) {
        return;
    }
    if (sim->settings->date != NULL) {
        cox_out_line(out, "Setting effective cluster time: %s", sim->settings->date);
    } else if (sim->input.config->header.execution_date != NULL && cox_datetime_from_wall(sim->now, 0, &when)) {
        g_autofree char *shown = cox_datetime_format(&when, COX_DATETIME_CALENDAR);

        cox_out_line(out, "Using the original execution date of: %s", shown);
    }
}

static void
set_number(struct cox_xml *xml, const char *name, gint64 number)
{
    g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT, number);

    cox_xml_set(xml, name, text);
}

static bool
set_time(struct cox_simulation *sim, GError **error)
{
    const char *text = sim->settings->date;
    g_autoptr(GTimeZone) zone = g_time_zone_new_local();
    struct cox_datetime_context context = { .zone = zone };
    struct cox_datetime when;

    sim->now = cox_tool_now();
    if (text != NULL) {
        if (!cox_datetime_parse(text, &context, &when, error)) {
            return false;
        }
        sim->now = cox_datetime_to_wall(&when);
    } else if (sim->input.config->header.execution_date != NULL) {
        sim->now = cox_wall_from_seconds(g_ascii_strtoll(sim->input.config->header.execution_date, NULL, 10));
    }
    cox_simulate_print_time(sim);
    return true;
}

bool
cox_simulate_load(struct cox_simulation *sim, GError **error)
{
    g_autoptr(GTimeZone) zone = g_time_zone_new_local();
    struct cox_codec_options options = { .prepare = cox_schemas_prepare, .prepare_data = sim->schemas, .zone = zone };
    struct cox_stream_input input = { .path = sim->path, .text = sim->text, .name = "the document" };
    struct cox_xml_limits limits;

    if (!cox_tool_limits(&limits, error)) {
        return false;
    }
    options.limits = &limits;
    input.length = (sim->text == NULL) ? 0 : strlen(sim->text);
    return cox_codec_load(&input, &options, &sim->input, sim->diags, error) && set_time(sim, error);
}

bool
cox_simulate_make_nodes(struct cox_simulation *sim, const GPtrArray *names, GError **error)
{
    g_autoptr(GTimeZone) zone = g_time_zone_new_local();
    const struct cox_codec_options options = { .zone = zone };
    struct cox_xml *root = cox_xmldoc_root(sim->input.doc);
    struct cox_xml *nodes = (struct cox_xml *) (guintptr) cox_section_find(root, "nodes");
    struct cox_codec_result again = { 0 };
    gint64 n_made = 0;

    for (guint i = 0; nodes != NULL && names != NULL && i < names->len; i++) {
        const char *name = names->pdata[i];
        const struct cox_node_status *status = cox_status_node(sim->input.status, NULL, name);

        if (cox_config_find_node(sim->input.config, name, true) == COX_NODE_NONE) {
            struct cox_xml *node = cox_xml_new_child(nodes, "node");

            cox_xml_set(node, "id", (status != NULL && status->id != NULL) ? status->id : name);
            cox_xml_set(node, "uname", name);
            n_made++;
        }
    }
    if (n_made == 0) {
        return true;
    }
    set_number(root, "epoch", cox_version_of(root).epoch + n_made);
    set_number(root, "num_updates", 0);
    sim->n_updates += (guint64) n_made; /* each gets a state, too */
    if (!cox_codec_load_tree(root, &options, &again, NULL, error)) {
        return false;
    }
    cox_config_free(sim->input.config);
    sim->input.config = g_steal_pointer(&again.config);
    cox_codec_result_clear(&again);
    return true;
}

static enum cox_tristate
tristate(const char *text)
{
    bool value = false;

    return text == NULL ? COX_UNSET : cox_bool_parse(text, &value) && value ? COX_TRUE : COX_FALSE;
}

bool
cox_simulate_check(const struct cox_simulate_settings *settings, GError **error)
{
    const char *const texts[] = { settings->quorum, settings->watchdog };
    static const char *const names[] = { "--quorum", "--watchdog" };

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        bool value = false;

        if (texts[i] != NULL && !cox_bool_parse(texts[i], &value)) {
            g_set_error(error, COX_ERROR, COX_ERROR_USAGE, "%s: '%s' is not valid: use true or false", names[i], texts[i]);
            return false;
        }
    }
    return true;
}

struct cox_plan *
cox_simulate_plan(struct cox_simulation *sim, bool state_only)
{
    struct cox_sched_input input = {
        .config = sim->input.config,
        .status = sim->input.status,
        .now = sim->now,
        .quorum = tristate(sim->settings->quorum),
        .watchdog = tristate(sim->settings->watchdog),
        .state_only = state_only,
        .is_settled = sim->is_executed,
        .is_from_file = sim->path != NULL,
        .with_scores = sim->settings->show_scores,
        .with_utilization = sim->settings->show_utilization,
    };

    return cox_sched_run(&input, state_only ? NULL : sim->diags);
}

bool
cox_simulate_save(const struct cox_simulation *sim, const char *path, GError **error)
{
    g_autoptr(cox_xmldoc) doc = cox_xmldoc_new_copy(cox_xmldoc_root(sim->input.doc));
    struct cox_xml *root = cox_xmldoc_root(doc);
    struct cox_xml *status = cox_xml_child(root, "status");
    g_autofree char *text = NULL;

    if (status == NULL) {
        status = cox_xml_new_child(root, "status");
    }
    cox_codec_status_write(sim->input.status, status);
    if (sim->n_updates > 0) {
        set_number(root, "num_updates", cox_version_of(root).num_updates + (gint64) sim->n_updates);
    }
    if (strcmp(path, "-") == 0) {
        text = cox_xmlwrite_text(root, COX_XMLWRITE_FORMATTED);
        cox_out_raw(sim->ctx->out, text);
        return true;
    }
    return cox_cib_file_write(path, root, error);
}
