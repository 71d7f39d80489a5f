/* tools/cox_maintenance.c - verbs of cox by which the cluster leaves things alone, for good or until a time.  Layer 6. */
#include <string.h>

#include "admin/lapse.h"
#include "admin/nodefind.h"
#include "admin/rscedit.h"
#include "base/datetime.h"
#include "base/error.h"
#include "base/interval.h"
#include "cib/section.h"
#include "model/option.h"
#include "tools/cox_priv.h"

/* What the words say; borrowed. */
struct order {
    char **names; /* NULL-terminated; of nodes or resources */
    const struct cox_settings *settings;
    bool is_on;
};

/* ---- when it ends ----------------------------------------------------------------------------------------- */

/* "2h", "30min": what is no date. */
static bool
is_span(const char *text)
{
    size_t length = strlen(text);

    return length > 1 && length < 12 && g_ascii_isdigit(text[0]) && g_ascii_islower(text[length - 1]);
}

static bool
add_span(const char *text, struct cox_datetime *when, GError **error)
{
    struct cox_duration duration;
    gint64 ms = 0;
    g_autofree char *iso = NULL;

    if (text[0] == 'P') {
        return cox_duration_parse(text, &duration, error) && cox_datetime_add(when, &duration, error);
    }
    if (!cox_interval_parse(text, &ms, error)) {
        return false;
    }
    iso = g_strdup_printf("PT%" G_GINT64_FORMAT "S", MAX(ms / 1000, 1));
    return cox_duration_parse(iso, &duration, error) && cox_datetime_add(when, &duration, error);
}

bool
cox_verb_end(const char *text, char **until, GError **error)
{
    const struct cox_datetime_context here = { .now = cox_tool_now() };
    struct cox_datetime when;

    if (text == NULL) {
        return true;
    }
    if (text[0] == 'P' || is_span(text)) {
        if (!cox_datetime_from_wall(here.now, 0, &when) || !add_span(text, &when, error)) {
            return false;
        }
    } else if (!cox_datetime_parse(text, &here, &when, error)) {
        return false;
    }
    if (!cox_wall_before(here.now, cox_datetime_to_wall(&when))) {
        g_set_error(error, COX_ERROR, COX_ERROR_USAGE, "--until %s: that has passed already; use a time to come, or a length such as PT1H or 30min", text);
        return false;
    }
    *until = cox_datetime_format(&when, COX_DATETIME_CALENDAR);
    return true;
}

bool
cox_verb_moment(const char *text, gint64 *at_us, GError **error)
{
    g_autoptr(GTimeZone) zone = g_time_zone_new_local();
    const struct cox_datetime_context here = { .zone = zone, .now = cox_tool_now() };
    struct cox_datetime when;

    if (text[0] == 'P' || is_span(text)) {
        if (!cox_datetime_from_wall(here.now, 0, &when) || !add_span(text, &when, error)) {
            return false;
        }
        *at_us = 2 * here.now.usec - cox_datetime_to_wall(&when).usec;
        return true;
    }
    if (!cox_datetime_parse(text, &here, &when, error)) {
        return false;
    }
    *at_us = cox_datetime_to_wall(&when).usec;
    return true;
}

bool
cox_verb_since(const char *text, gint64 *since_us, GError **error)
{
    gint64 at_us = 0;

    if (!cox_verb_moment(text, &at_us, error)) {
        return false;
    }
    if (at_us > cox_tool_now().usec) {
        g_set_error(error, COX_ERROR, COX_ERROR_USAGE, "%s: that is still to come; use a time that has passed, or a length such as PT1H or 30min", text);
        return false;
    }
    *since_us = at_us;
    return true;
}

/* ---- change ----------------------------------------------------------------------------------------------- */

static bool
apply(struct cox_lapse *lapse, const struct order *order, GError **error)
{
    g_autofree char *until = NULL;

    if (!cox_verb_end(order->settings->until, &until, error)) {
        return false;
    }
    if (order->is_on) {
        cox_lapse_set(lapse, until);
    } else {
        cox_lapse_clear(lapse);
    }
    return true;
}

static bool
edit_cluster(struct cox_xml *root, const void *what, GError **error)
{
    struct cox_lapse lapse = { { cox_rscedit_section(root, "crm_config"), "cluster_property_set", "cib-bootstrap-options" }, "cluster",
                               "maintenance-mode", "true" };

    return apply(&lapse, what, error);
}

static bool
edit_nodes(struct cox_xml *root, const void *what, GError **error)
{
    const struct order *order = what;

    for (char **name = order->names; *name != NULL; name++) {
        struct cox_xml *node = cox_nodefind_element(root, *name, error);
        g_autofree char *set_id = (node == NULL) ? NULL : g_strdup_printf("nodes-%s", cox_xml_id(node));
        struct cox_lapse lapse = { { node, "instance_attributes", set_id }, set_id, "maintenance", "true" };

        if (node == NULL || !apply(&lapse, order, error)) {
            return false;
        }
    }
    return true;
}

static bool
edit_rscs(struct cox_xml *root, const void *what, GError **error)
{
    const struct order *order = what;

    for (char **name = order->names; *name != NULL; name++) {
        struct cox_lapse lapse = { { cox_rscedit_find(root, *name, error), "meta_attributes", NULL }, *name, "maintenance", "true" };

        if (lapse.home.owner == NULL || !apply(&lapse, order, error)) {
            return false;
        }
    }
    return true;
}

/* The last word is "on" or "off"; an end makes sense with the first only. */
static int
run(struct cox_tool_ctx *ctx, const char *verb, char **arguments, cox_change_fn edit)
{
    const struct cox_settings *settings = ctx->settings;
    guint n = g_strv_length(arguments);
    g_auto(GStrv) names = g_strdupv(arguments);
    const struct order order = { names, settings, strcmp(arguments[n - 1], "on") == 0 };

    if (!order.is_on && strcmp(arguments[n - 1], "off") != 0) {
        return cox_tool_usage(ctx, "%s: '%s' is not known: use on or off", verb, arguments[n - 1]);
    }
    if (!order.is_on && settings->until != NULL) {
        return cox_tool_usage(ctx, "%s off: --until says when it ends, and off ends it now", verb);
    }
    g_clear_pointer(&names[n - 1], g_free);
    return cox_change_run(ctx, &settings->change, edit, &order);
}

int
cox_verb_maintenance(struct cox_tool_ctx *ctx, char **arguments)
{
    return run(ctx, "maintenance", arguments, edit_cluster);
}

int
cox_verb_node_maintenance(struct cox_tool_ctx *ctx, char **arguments)
{
    return run(ctx, "node maintenance", arguments, edit_nodes);
}

int
cox_verb_resource_maintenance(struct cox_tool_ctx *ctx, char **arguments)
{
    return run(ctx, "resource maintenance", arguments, edit_rscs);
}

/* ---- list ------------------------------------------------------------------------------------------------- */

/* Has it ended? */
static bool
is_over(const char *end)
{
    const struct cox_datetime_context here = { .now = cox_tool_now() };
    struct cox_datetime when;

    return end != NULL && cox_datetime_parse(end, &here, &when, NULL) && !cox_wall_before(here.now, cox_datetime_to_wall(&when));
}

static bool
is_set(const struct cox_xml *pair, const char *name)
{
    bool value = false;

    return g_strcmp0(cox_xml_get(pair, "name"), name) == 0 && cox_bool_parse(cox_xml_get(pair, "value"), &value) && value;
}

/* What the pairs of a section say; @named: the attribute by which people call an object. */
static guint
list_section(struct cox_out *out, const struct cox_xml *section, const char *kind, const char *name, const char *named)
{
    guint n = 0;

    for (const struct cox_xml *pair = section; pair != NULL; pair = cox_xml_walk(pair, section)) {
        const struct cox_xml *owner = cox_xml_is(pair, "nvpair") ? cox_xml_parent(cox_xml_parent(pair)) : NULL;
        const char *end = (owner == NULL) ? NULL : cox_lapse_end(pair);
        const char *called = (owner == NULL || named == NULL) ? NULL : cox_xml_get(owner, named);

        if (owner == NULL || !is_set(pair, name)) {
            continue;
        }
        cox_out_leaf(out, "maintained", "kind", kind, "name", called, "until", end, "over", is_over(end) ? "true" : "false", NULL);
        cox_out_line(out, "%s%s%s%s%s%s", kind, (called != NULL) ? " " : "", (called != NULL) ? called : "", (end == NULL) ? "" : " until ",
                     (end == NULL) ? "" : end, is_over(end) ? " (over)" : "");
        n++;
    }
    return n;
}

int
cox_verb_maintenance_list(struct cox_tool_ctx *ctx, char **arguments)
{
    struct cox_verb_view view;
    guint n = 0;

    (void) arguments;
    if (!cox_verb_view_open(ctx, &view)) {
        return view.status;
    }
    cox_out_begin(ctx->out, "maintenance", NULL);
    n += list_section(ctx->out, cox_section_find(view.root, "crm_config"), "cluster", "maintenance-mode", NULL);
    n += list_section(ctx->out, cox_section_find(view.root, "nodes"), "node", "maintenance", "uname");
    n += list_section(ctx->out, cox_section_find(view.root, "resources"), "resource", "maintenance", "id");
    cox_out_end(ctx->out);
    if (n == 0 && !ctx->is_quiet) {
        cox_out_line(ctx->out, "Nothing is in maintenance.");
    }
    cox_verb_view_close(&view);
    return 0;
}
