/* tools/crm_ticket.c - tickets of a site: what they say, what depends on them, and changes of them.  Layer 6. */
#include <string.h>

#include "base/error.h"
#include "model/option.h"
#include "tools/cib_access.h"
#include "tools/tool.h"
#include "xml/xmlwrite.h"

enum command { INFO = 0, DETAILS, RAW, QUERY_XML, CONSTRAINTS, GET_ATTRIBUTE, CHANGE, CLEANUP };

struct change {
    char *name, *value; /* value NULL: deleted */
};

struct settings {
    int command;
    char *ticket, *attribute, *fallback, *ignored;
    bool is_forced;
    GPtrArray *changes; /* struct change */
};

#define FIELD(field) offsetof(struct settings, field)

/* ---- options ---- */

static void
free_change(gpointer data)
{
    struct change *change = data;

    g_free(change->name);
    g_free(change->value);
    g_free(change);
}

static struct change *
add_change(struct settings *settings, const char *name, const char *value)
{
    struct change *change = g_new(struct change, 1);

    *change = (struct change) { g_strdup(name), g_strdup(value) };
    if (settings->changes == NULL) {
        settings->changes = g_ptr_array_new_with_free_func(free_change);
    }
    g_ptr_array_add(settings->changes, change);
    settings->command = CHANGE;
    return change;
}

static bool
on_change(const struct cox_opt_seen *seen, GError **error)
{
    static const struct {
        char option;
        const char *name, *value;
    } fixed[] = { { 'g', "granted", "true" }, { 'r', "granted", "false" }, { 's', "standby", "true" }, { 'a', "standby", "false" } };

    (void) error;
    for (size_t i = 0; i < G_N_ELEMENTS(fixed); i++) {
        if (seen->opt->short_name == fixed[i].option) {
            add_change(seen->settings, fixed[i].name, fixed[i].value);
            return true;
        }
    }
    add_change(seen->settings, seen->argument, seen->opt->short_name == 'S' ? "" : NULL); /* -S: its value follows */
    return true;
}

static bool
on_value(const struct cox_opt_seen *seen, GError **error)
{
    const struct settings *settings = seen->settings;
    struct change *last = settings->changes == NULL ? NULL : settings->changes->pdata[settings->changes->len - 1];

    if (last == NULL || last->value == NULL) {
        g_set_error(error, COX_ERROR, COX_ERROR_USAGE, "%s: goes behind --set-attr", seen->spelling);
        return false;
    }
    g_free(last->value);
    last->value = g_strdup(seen->argument);
    return true;
}

static const struct cox_opt options[] = {
    { "info", 'l', COX_OPT_SET, NULL, "Queries", "Display the information of ticket(s)", FIELD(command), .value = INFO },
    { "details", 'L', COX_OPT_SET, NULL, "Queries", "Display the details of ticket(s)", FIELD(command), .value = DETAILS },
    { "raw", 'w', COX_OPT_SET, NULL, "Queries", "Display the IDs of ticket(s)", FIELD(command), .value = RAW },
    { "query-xml", 'q', COX_OPT_SET, NULL, "Queries", "Query the XML of ticket(s)", FIELD(command), .value = QUERY_XML },
    { "constraints", 'c', COX_OPT_SET, NULL, "Queries", "Display the rsc_ticket constraints that apply to ticket(s)", FIELD(command),
      .value = CONSTRAINTS },
    { "grant", 'g', COX_OPT_CALLBACK, NULL, "Commands", "Grant a ticket to this cluster site", .callback = on_change },
    { "revoke", 'r', COX_OPT_CALLBACK, NULL, "Commands", "Revoke a ticket from this cluster site", .callback = on_change },
    { "standby", 's', COX_OPT_CALLBACK, NULL, "Commands", "Tell this cluster site this ticket is standby", .callback = on_change },
    { "activate", 'a', COX_OPT_CALLBACK, NULL, "Commands", "Tell this cluster site this ticket is active", .callback = on_change },
    { "get-attr", 'G', COX_OPT_SET_STRING, "ATTRIBUTE", "Advanced Options", "Display the named attribute for a ticket", FIELD(command),
      FIELD(attribute), GET_ATTRIBUTE },
    { "set-attr", 'S', COX_OPT_CALLBACK, "ATTRIBUTE", "Advanced Options", "Set the named attribute for a ticket", .callback = on_change },
    { "delete-attr", 'D', COX_OPT_CALLBACK, "ATTRIBUTE", "Advanced Options", "Delete the named attribute for a ticket",
      .callback = on_change },
    { "cleanup", 'C', COX_OPT_SET, NULL, "Advanced Options", "Delete all state of a ticket at this cluster site", FIELD(command),
      .value = CLEANUP },
    { "attr-value", 'v', COX_OPT_CALLBACK, "VALUE", "Additional Options", "Attribute value to use with -S", .callback = on_value },
    { "default", 'd', COX_OPT_STRING, "VALUE", "Additional Options", "(Advanced) Value to display with -G if there is none", FIELD(fallback) },
    { "force", 'f', COX_OPT_FLAG, NULL, "Additional Options", "(Advanced) Grant, revoke, change or clean up without asking back",
      FIELD(is_forced) },
    { "ticket", 't', COX_OPT_STRING, "ID", "Additional Options", "Ticket ID", FIELD(ticket) },
    { "set-name", 'n', COX_OPT_STRING, "ID", NULL, NULL, FIELD(ignored), .flags = COX_OPT_HIDDEN },
    { "nvpair", 'i', COX_OPT_STRING, "ID", NULL, NULL, FIELD(ignored), .flags = COX_OPT_HIDDEN },
    { "quiet", 'Q', COX_OPT_QUIET, NULL, NULL, NULL, .flags = COX_OPT_HIDDEN },
};

/* ---- queries ---- */

static const struct cox_xml *
tickets_of(const struct cox_xml *cib)
{
    return cox_xml_child(cox_xml_child(cib, "status"), "tickets");
}

static const struct cox_xml *
state_of(const struct cox_xml *cib, const char *id)
{
    return id == NULL ? NULL : cox_xml_child_with_id(tickets_of(cib), "ticket_state", id);
}

static bool
is_true(const struct cox_xml *state, const char *name)
{
    bool value = false;

    return cox_bool_parse(cox_xml_get(state, name), &value) && value;
}

/* What has no word of its own. */
static bool
is_other(const char *name)
{
    return !g_str_equal(name, "id") && !g_str_equal(name, "granted") && !g_str_equal(name, "standby");
}

static void
print_details(GString *line, const struct cox_xml *state)
{
    const struct cox_xml_attr *attr = cox_xml_first_attr(state);
    bool is_any = false;

    for (; attr != NULL; attr = cox_xml_next_attr(attr)) {
        if (!g_str_equal(cox_xml_attr_name(attr), "id") && !g_str_equal(cox_xml_attr_name(attr), "granted")) {
            g_string_append_printf(line, "%s%s=%s", is_any ? ", " : "\t(", cox_xml_attr_name(attr), cox_xml_attr_value(attr));
            is_any = true;
        }
    }
    g_string_append(line, is_any ? ")" : "");
}

static void
print_ticket(struct cox_tool_ctx *ctx, const struct cox_xml *state)
{
    const struct settings *settings = ctx->settings;
    const char *id = cox_xml_id(state), *status = is_true(state, "granted") ? "granted" : "revoked";
    g_autoptr(GString) line = g_string_new(id);

    cox_out_begin(ctx->out, "ticket", "id", id, "status", status, NULL);
    cox_out_attr_bool(ctx->out, "standby", is_true(state, "standby"));
    cox_out_attr(ctx->out, "granted", cox_xml_get(state, "granted"));
    for (const struct cox_xml_attr *attr = cox_xml_first_attr(state); attr != NULL; attr = cox_xml_next_attr(attr)) {
        if (is_other(cox_xml_attr_name(attr))) {
            cox_out_attr(ctx->out, cox_xml_attr_name(attr), cox_xml_attr_value(attr));
        }
    }
    cox_out_end(ctx->out);
    if (settings->command != RAW) {
        g_string_append_printf(line, "\t%s%s", status, is_true(state, "standby") ? " [standby]" : "");
    }
    if (settings->command == DETAILS) {
        print_details(line, state);
    }
    cox_out_line(ctx->out, "%s", line->str);
}

static void
print_state(struct cox_tool_ctx *ctx, const struct cox_xml *state)
{
    g_autofree char *text = cox_xmlwrite_text(state, COX_XMLWRITE_FORMATTED);

    cox_out_begin(ctx->out, "ticket", NULL);
    for (const struct cox_xml_attr *attr = cox_xml_first_attr(state); attr != NULL; attr = cox_xml_next_attr(attr)) {
        cox_out_attr(ctx->out, cox_xml_attr_name(attr), cox_xml_attr_value(attr));
    }
    cox_out_end(ctx->out);
    cox_out_raw(ctx->out, text);
}

static int
query(struct cox_tool_ctx *ctx, const struct cox_xml *cib)
{
    const struct settings *settings = ctx->settings;
    const struct cox_xml *state = settings->ticket != NULL ? state_of(cib, settings->ticket)
                                                           : cox_xml_child(tickets_of(cib), "ticket_state");

    if (settings->ticket != NULL && state == NULL) {
        return cox_tool_error(ctx, COX_ERROR_NOT_FOUND, "No such ticket '%s'", settings->ticket);
    }
    if (settings->command == QUERY_XML) {
        cox_out_raw(ctx->out, "State XML:\n\n");
    }
    cox_out_begin(ctx->out, "tickets", NULL);
    for (; state != NULL; state = settings->ticket != NULL ? NULL : cox_xml_next_named(state, "ticket_state")) {
        if (settings->command == QUERY_XML) {
            print_state(ctx, state);
        } else {
            print_ticket(ctx, state);
        }
    }
    cox_out_end(ctx->out);
    return 0;
}

/* Resources of a constraint: its own, or those of its sets. */
static void
print_resources(struct cox_tool_ctx *ctx, const struct cox_xml *constraint)
{
    if (cox_xml_get(constraint, "rsc") != NULL) {
        cox_out_leaf(ctx->out, "resource", "id", cox_xml_get(constraint, "rsc"), NULL);
    }
    for (const struct cox_xml *set = cox_xml_child(constraint, "resource_set"); set != NULL; set = cox_xml_next_named(set, "resource_set")) {
        for (const struct cox_xml *ref = cox_xml_child(set, "resource_ref"); ref != NULL; ref = cox_xml_next_named(ref, "resource_ref")) {
            cox_out_leaf(ctx->out, "resource", "id", cox_xml_id(ref), NULL);
        }
    }
}

static GPtrArray *
constraints_of(const struct cox_xml *cib, const char *ticket)
{
    const struct cox_xml *all = cox_xml_child(cox_xml_child(cib, "configuration"), "constraints");
    GPtrArray *found = g_ptr_array_new();

    for (const struct cox_xml *one = cox_xml_child(all, "rsc_ticket"); one != NULL; one = cox_xml_next_named(one, "rsc_ticket")) {
        if (ticket == NULL || g_strcmp0(cox_xml_get(one, "ticket"), ticket) == 0) {
            g_ptr_array_add(found, (gpointer) (gsize) one);
        }
    }
    return found;
}

static int
print_constraints(struct cox_tool_ctx *ctx, const struct cox_xml *cib)
{
    const struct settings *settings = ctx->settings;
    g_autoptr(GPtrArray) found = constraints_of(cib, settings->ticket);
    const char *ticket = NULL;

    cox_out_raw(ctx->out, "Constraints XML:\n\n");
    cox_out_begin(ctx->out, "tickets", NULL);
    for (guint i = 0; i < found->len; i++) {
        g_autofree char *text = cox_xmlwrite_text(found->pdata[i], COX_XMLWRITE_FORMATTED);
        const char *own = cox_xml_get(found->pdata[i], "ticket");

        if (g_strcmp0(own, ticket) != 0) { /* those of a ticket together, as far as they follow each other */
            for (int k = 0; k < 2 && i > 0; k++) {
                cox_out_end(ctx->out);
            }
            cox_out_begin(ctx->out, "ticket", "id", own, NULL);
            cox_out_begin(ctx->out, "constraints", NULL);
            ticket = own;
        }
        cox_out_fragment(ctx->out, text);
        cox_out_raw(ctx->out, text);
    }
    for (int k = 0; k < 2 && found->len > 0; k++) {
        cox_out_end(ctx->out);
    }
    cox_out_end(ctx->out);
    cox_out_begin(ctx->out, "resources", NULL);
    for (guint i = 0; i < found->len; i++) {
        print_resources(ctx, found->pdata[i]);
    }
    cox_out_end(ctx->out);
    return 0;
}

static int
print_attribute(struct cox_tool_ctx *ctx, const struct cox_xml *cib)
{
    const struct settings *settings = ctx->settings;
    const struct cox_xml *state = state_of(cib, settings->ticket);
    const char *value = state == NULL ? NULL : cox_xml_get(state, settings->attribute);

    value = value == NULL ? settings->fallback : value;
    if (value == NULL) {
        return cox_tool_error(ctx, COX_ERROR_NOT_FOUND, "ticket '%s' has no attribute '%s'", settings->ticket, settings->attribute);
    }
    cox_out_begin(ctx->out, "tickets", NULL);
    cox_out_begin(ctx->out, "ticket", "id", settings->ticket, NULL);
    cox_out_leaf(ctx->out, "attribute", "name", settings->attribute, "value", value, NULL);
    cox_out_end(ctx->out);
    cox_out_end(ctx->out);
    cox_out_line(ctx->out, "%s", value);
    return 0;
}

/* ---- changes ---- */

/* A ticket that two sites hold at the same time is what tickets are there to prevent: nobody does that in passing. */
static int
check_force(struct cox_tool_ctx *ctx, const struct cox_xml *state)
{
    const struct settings *settings = ctx->settings;
    bool is_granted = state != NULL && is_true(state, "granted");
    bool touches_grant = settings->command == CLEANUP && is_granted, wants_grant = false;

    for (guint i = 0; settings->changes != NULL && i < settings->changes->len; i++) {
        const struct change *change = settings->changes->pdata[i];
        bool value = false;

        if (g_str_equal(change->name, "granted")) {
            touches_grant = true;
            wants_grant = wants_grant || (cox_bool_parse(change->value, &value) && value);
        }
    }
    if (!touches_grant || settings->is_forced) {
        return 0;
    }
    if (wants_grant) {
        return cox_tool_error(ctx, COX_ERROR_PRIVILEGE, "whether ticket '%s' is granted to another site cannot be seen from here: "
                              "make sure that it is not, or use a ticket manager like booth, and give --force", settings->ticket);
    }
    return cox_tool_error(ctx, COX_ERROR_PRIVILEGE, "taking ticket '%s' back applies the loss-policy of what depends on it (see "
                          "--constraints); use --standby first to stop that in order, or give --force", settings->ticket);
}

/* What the state of the ticket becomes. */
static struct cox_xmldoc *
changed_state(const struct cox_tool_ctx *ctx, const struct cox_xml *state)
{
    const struct settings *settings = ctx->settings;
    struct cox_xmldoc *doc = cox_xmldoc_new("ticket_state");
    struct cox_xml *root = cox_xmldoc_root(doc);

    cox_xml_set(root, "id", settings->ticket);
    for (const struct cox_xml_attr *attr = state == NULL ? NULL : cox_xml_first_attr(state); attr != NULL; attr = cox_xml_next_attr(attr)) {
        cox_xml_set(root, cox_xml_attr_name(attr), cox_xml_attr_value(attr));
    }
    for (guint i = 0; i < settings->changes->len; i++) {
        const struct change *change = settings->changes->pdata[i];
        bool is_grant = false;

        if (change->value == NULL) {
            (void) cox_xml_unset(root, change->name);
            continue;
        }
        cox_xml_set(root, change->name, change->value);
        if (g_str_equal(change->name, "granted") && cox_bool_parse(change->value, &is_grant) && is_grant) {
            g_autofree char *now = g_strdup_printf("%" G_GINT64_FORMAT, cox_wall_seconds(cox_tool_now()));

            cox_xml_set(root, "last-granted", now);
        }
    }
    return doc;
}

static int
make_edit(struct cox_tool_ctx *ctx, struct cox_cib_access *access, const struct cox_edit *edit)
{
    GError *error = NULL;
    g_autoptr(cox_diags) diags = cox_diags_new();

    if (!cox_cib_access_edit(access, edit, diags, &error)) {
        int status = cox_tool_fail(ctx, error);

        cox_tool_print_diags(ctx, diags);
        return status;
    }
    return 0;
}

static int
change(struct cox_tool_ctx *ctx, struct cox_cib_access *access, const struct cox_xml *cib)
{
    const struct settings *settings = ctx->settings;
    const struct cox_xml *state = state_of(cib, settings->ticket);
    g_autofree char *path = g_strdup_printf("/cib/status/tickets/ticket_state[@id='%s']", settings->ticket);
    g_autoptr(cox_xmldoc) doc = NULL, whole = NULL;
    int status = check_force(ctx, state);

    if (status != 0) {
        return status;
    }
    if (settings->command == CLEANUP) {
        return state == NULL ? cox_tool_error(ctx, COX_ERROR_NOT_FOUND, "No such ticket '%s'", settings->ticket)
                             : make_edit(ctx, access, &(const struct cox_edit) { .kind = COX_EDIT_DELETE_ALL, .xpath = path });
    }
    doc = changed_state(ctx, state);
    if (state != NULL) {
        return make_edit(ctx, access, &(const struct cox_edit) { .kind = COX_EDIT_REPLACE, .xpath = path, .input = cox_xmldoc_root(doc) });
    }
    whole = cox_xmldoc_new("status");
    (void) cox_xml_add_copy(cox_xml_new_child(cox_xmldoc_root(whole), "tickets"), cox_xmldoc_root(doc));
    return make_edit(ctx, access, &(const struct cox_edit) { .kind = COX_EDIT_MODIFY, .section = "status", .allows_creation = true,
                                                             .input = cox_xmldoc_root(whole) });
}

/* ---- the tool ---- */

static int
run(struct cox_tool_ctx *ctx)
{
    const struct settings *settings = ctx->settings;
    const struct cox_cib_access_settings where = { .tool = "crm_ticket" };
    g_autoptr(cox_cib_access) access = NULL;
    const struct cox_xml *cib = NULL;
    GError *error = NULL;

    if (settings->command >= GET_ATTRIBUTE && settings->ticket == NULL) {
        return cox_tool_usage(ctx, "which ticket?  Give --ticket ID");
    }
    if (settings->ticket != NULL && strchr(settings->ticket, '\'') != NULL) {
        return cox_tool_usage(ctx, "--ticket: '%s' cannot be a name", settings->ticket);
    }
    access = cox_cib_access_open(&where, &error);
    cib = access == NULL ? NULL : cox_cib_access_visible(access, &error);
    if (cib == NULL) {
        return cox_tool_fail(ctx, error);
    }
    switch ((enum command) settings->command) {
        case INFO:
        case DETAILS:
        case RAW:
        case QUERY_XML:
            return query(ctx, cib);
        case CONSTRAINTS:
            return print_constraints(ctx, cib);
        case GET_ATTRIBUTE:
            return print_attribute(ctx, cib);
        case CHANGE:
        case CLEANUP:
            break;
    }
    return change(ctx, access, cib);
}

static const int statuses[] = { 0, 4, 64, 65, 66, 78, 102, 105, 109, -1 };

static const struct cox_tool tool = {
    .name = "crm_ticket",
    .summary = "query and change the tickets of this cluster site",
    .synopsis = "[QUERY | COMMAND] [OPTION]...",
    .description = "A ticket says whether this site may run what depends on it (see the rsc_ticket constraints).  Usually a ticket manager "
                   "sees to it that one site holds it at a time; this tool sees its own site only.",
    .examples = "Show all tickets:\n\tcrm_ticket --info\n"
                "Show what depends on a ticket:\n\tcrm_ticket --ticket ticketA --constraints\n"
                "Stop what depends on a ticket in order, then give it up:\n"
                "\tcrm_ticket --ticket ticketA --standby\n\tcrm_ticket --ticket ticketA --revoke --force\n"
                "Read one attribute:\n\tcrm_ticket --ticket ticketA --get-attr granted --default false\n",
    .statuses = statuses,
    .options = options,
    .n_options = G_N_ELEMENTS(options),
    .flags = COX_TOOL_READS_DOCUMENTS | COX_TOOL_PLAIN_LISTS,
    .run = run,
};

int
main(int argc, char **argv)
{
    struct settings settings = { 0 };
    int status;

    (void) argc;
    status = cox_tool_main(&tool, argv, &settings);
    if (settings.changes != NULL) {
        g_ptr_array_unref(settings.changes);
    }
    return status;
}
