/* tools/cox_access.c - verbs of cox about who is told (alerts) and who may do what (acl).  Layer 6. */
#include <string.h>
#include <unistd.h>

#include "admin/acledit.h"
#include "admin/alertedit.h"
#include "base/error.h"
#include "cib/acl.h"
#include "cib/section.h"
#include "tools/cox_priv.h"

/* What the words say; borrowed. */
struct order {
    char **words;
    const struct cox_settings *settings;
    enum cox_acledit_subject subject; /* acl user, acl group */
};

static int
change(struct cox_tool_ctx *ctx, cox_change_fn edit, const struct order *order)
{
    return cox_change_run(ctx, &((const struct cox_settings *) ctx->settings)->change, edit, order);
}

static int
simple(struct cox_tool_ctx *ctx, cox_change_fn edit, char **arguments)
{
    return change(ctx, edit, &(struct order) { .words = arguments, .settings = ctx->settings });
}

/* ---- alerts ----------------------------------------------------------------------------------------------- */

/* Is there such a program here?  It has to be on every node; whoever knows better says so. */
static bool
can_run(struct cox_tool_ctx *ctx, const char *path, int *status)
{
    const struct cox_settings *settings = ctx->settings;

    if (settings->is_forced || path == NULL || path[0] != '/' || access(path, X_OK) == 0) {
        return true; /* what is no whole path is refused with the right words later */
    }
    *status = cox_tool_error(ctx, COX_ERROR_NOT_INSTALLED, "alert agent '%s' cannot be run on this node: install it on all nodes (--force does without)",
                             path);
    return false;
}

static bool
edit_alert_create(struct cox_xml *root, const void *what, GError **error)
{
    const struct order *order = what;
    const struct cox_alertedit edit = { order->settings->id, order->words[0], order->settings->select, order->words + 1 };

    return cox_alertedit_create(root, &edit, error);
}

int
cox_verb_alert_create(struct cox_tool_ctx *ctx, char **arguments)
{
    int status = 0;

    return can_run(ctx, arguments[0], &status) ? simple(ctx, edit_alert_create, arguments) : status;
}

static bool
edit_alert_update(struct cox_xml *root, const void *what, GError **error)
{
    const struct order *order = what;
    const struct cox_alertedit edit = { NULL, order->settings->path, order->settings->select, order->words + 1 };

    return cox_alertedit_update(root, order->words[0], &edit, error);
}

int
cox_verb_alert_update(struct cox_tool_ctx *ctx, char **arguments)
{
    int status = 0;

    return can_run(ctx, ((const struct cox_settings *) ctx->settings)->path, &status) ? simple(ctx, edit_alert_update, arguments) : status;
}

static bool
edit_alert_delete(struct cox_xml *root, const void *what, GError **error)
{
    return cox_alertedit_delete(root, ((const struct order *) what)->words, error);
}

int
cox_verb_alert_delete(struct cox_tool_ctx *ctx, char **arguments)
{
    return simple(ctx, edit_alert_delete, arguments);
}

static bool
edit_recipient_add(struct cox_xml *root, const void *what, GError **error)
{
    const struct order *order = what;
    const struct cox_alertedit edit = { .id = order->settings->id, .words = order->words + 2 };

    return cox_alertedit_add_recipient(root, order->words[0], order->words[1], &edit, error);
}

int
cox_verb_recipient_add(struct cox_tool_ctx *ctx, char **arguments)
{
    return simple(ctx, edit_recipient_add, arguments);
}

static bool
edit_recipient_update(struct cox_xml *root, const void *what, GError **error)
{
    const struct order *order = what;
    const struct cox_alertedit edit = { .words = order->words + 1 };

    return cox_alertedit_update_recipient(root, order->words[0], order->settings->value, &edit, error);
}

int
cox_verb_recipient_update(struct cox_tool_ctx *ctx, char **arguments)
{
    return simple(ctx, edit_recipient_update, arguments);
}

static bool
edit_recipient_delete(struct cox_xml *root, const void *what, GError **error)
{
    return cox_alertedit_delete_recipients(root, ((const struct order *) what)->words, error);
}

int
cox_verb_recipient_delete(struct cox_tool_ctx *ctx, char **arguments)
{
    return simple(ctx, edit_recipient_delete, arguments);
}

/* The pairs of an alert or recipient, the meta-attributes marked. */
static void
list_pairs(struct cox_out *out, const struct cox_xml *owner)
{
    static const char *const types[] = { "instance_attributes", "meta_attributes" };

    for (size_t i = 0; i < G_N_ELEMENTS(types); i++) {
        for (const struct cox_xml *set = cox_xml_child(owner, types[i]); set != NULL; set = cox_xml_next_named(set, types[i])) {
            for (const struct cox_xml *pair = cox_xml_child(set, "nvpair"); pair != NULL; pair = cox_xml_next_named(pair, "nvpair")) {
                cox_out_leaf(out, (i == 0) ? "parameter" : "meta", "name", cox_xml_get(pair, "name"), "value", cox_xml_get(pair, "value"), NULL);
                cox_out_line(out, "%s%s=%s", (i == 0) ? "" : "meta ", cox_xml_get(pair, "name"), cox_xml_get(pair, "value"));
            }
        }
    }
}

static void
list_select(struct cox_out *out, const struct cox_xml *select)
{
    for (const struct cox_xml *kind = cox_xml_first(select); kind != NULL; kind = cox_xml_next(kind)) {
        const char *word = cox_xml_name(kind) + strlen("select_");

        if (cox_xml_first(kind) == NULL) {
            cox_out_leaf(out, "event", "kind", word, NULL);
            cox_out_line(out, "on %s", word);
        }
        for (const struct cox_xml *attribute = cox_xml_first(kind); attribute != NULL; attribute = cox_xml_next(attribute)) {
            cox_out_leaf(out, "event", "kind", word, "attribute", cox_xml_get(attribute, "name"), NULL);
            cox_out_line(out, "on %s:%s", word, cox_xml_get(attribute, "name"));
        }
    }
}

static void
list_alert(struct cox_out *out, const struct cox_xml *alert)
{
    cox_out_begin(out, "alert", "id", cox_xml_id(alert), "path", cox_xml_get(alert, "path"), "description", cox_xml_get(alert, "description"), NULL);
    cox_out_list_begin(out, "%s: %s", cox_xml_id(alert), cox_xml_get(alert, "path"));
    if (cox_xml_child(alert, "select") != NULL) {
        list_select(out, cox_xml_child(alert, "select"));
    }
    list_pairs(out, alert);
    for (const struct cox_xml *recipient = cox_xml_child(alert, "recipient"); recipient != NULL;
         recipient = cox_xml_next_named(recipient, "recipient")) {
        cox_out_begin(out, "recipient", "id", cox_xml_id(recipient), "value", cox_xml_get(recipient, "value"), NULL);
        cox_out_list_begin(out, "tells %s (%s)", cox_xml_get(recipient, "value"), cox_xml_id(recipient));
        list_pairs(out, recipient);
        cox_out_list_end(out);
        cox_out_end(out);
    }
    cox_out_list_end(out);
    cox_out_end(out);
}

int
cox_verb_alert_list(struct cox_tool_ctx *ctx, char **arguments)
{
    struct cox_verb_view view;
    const struct cox_xml *section = NULL;

    (void) arguments;
    if (!cox_verb_view_open(ctx, &view)) {
        return view.status;
    }
    section = cox_section_find(view.root, "alerts");
    cox_out_begin(ctx->out, "alerts", NULL);
    for (const struct cox_xml *alert = cox_xml_child(section, "alert"); alert != NULL; alert = cox_xml_next_named(alert, "alert")) {
        list_alert(ctx->out, alert);
    }
    cox_out_end(ctx->out);
    if (cox_xml_child(section, "alert") == NULL && !ctx->is_quiet) {
        cox_out_line(ctx->out, "There are no alerts.");
    }
    cox_verb_view_close(&view);
    return 0;
}

/* ---- acl -------------------------------------------------------------------------------------------------- */

static bool
edit_role_add(struct cox_xml *root, const void *what, GError **error)
{
    const struct order *order = what;

    return cox_acledit_role_add(root, order->words[0], order->words + 1, order->settings->description, error);
}

int
cox_verb_acl_role_add(struct cox_tool_ctx *ctx, char **arguments)
{
    return simple(ctx, edit_role_add, arguments);
}

static bool
edit_role_remove(struct cox_xml *root, const void *what, GError **error)
{
    const struct order *order = what;

    return cox_acledit_role_remove(root, order->words[0], order->words + 1, error);
}

int
cox_verb_acl_role_remove(struct cox_tool_ctx *ctx, char **arguments)
{
    return simple(ctx, edit_role_remove, arguments);
}

static bool
edit_grant(struct cox_xml *root, const void *what, GError **error)
{
    const struct order *order = what;

    return cox_acledit_grant(root, order->subject, order->words[0], order->words + 1, error);
}

static bool
edit_revoke(struct cox_xml *root, const void *what, GError **error)
{
    const struct order *order = what;

    return cox_acledit_revoke(root, order->subject, order->words[0], order->words + 1, error);
}

int
cox_verb_acl_user_add(struct cox_tool_ctx *ctx, char **arguments)
{
    return change(ctx, edit_grant, &(struct order) { .words = arguments, .subject = COX_ACLEDIT_USER });
}

int
cox_verb_acl_user_remove(struct cox_tool_ctx *ctx, char **arguments)
{
    return change(ctx, edit_revoke, &(struct order) { .words = arguments, .subject = COX_ACLEDIT_USER });
}

int
cox_verb_acl_group_add(struct cox_tool_ctx *ctx, char **arguments)
{
    return change(ctx, edit_grant, &(struct order) { .words = arguments, .subject = COX_ACLEDIT_GROUP });
}

int
cox_verb_acl_group_remove(struct cox_tool_ctx *ctx, char **arguments)
{
    return change(ctx, edit_revoke, &(struct order) { .words = arguments, .subject = COX_ACLEDIT_GROUP });
}

static void
list_role(struct cox_out *out, const struct cox_xml *role)
{
    static const char *const ways[][2] = { { "xpath", "xpath" }, { "reference", "id" }, { "object-type", "type" } };
    const char *description = cox_xml_get(role, "description");

    cox_out_begin(out, "role", "id", cox_xml_id(role), "description", description, NULL);
    cox_out_list_begin(out, "role %s%s%s%s", cox_xml_id(role), (description != NULL) ? " (" : "", (description != NULL) ? description : "",
                       (description != NULL) ? ")" : "");
    for (const struct cox_xml *one = cox_xml_child(role, "acl_permission"); one != NULL; one = cox_xml_next_named(one, "acl_permission")) {
        for (size_t i = 0; i < G_N_ELEMENTS(ways); i++) {
            const char *object = cox_xml_get(one, ways[i][0]);

            if (object != NULL) {
                cox_out_leaf(out, "permission", "id", cox_xml_id(one), "kind", cox_xml_get(one, "kind"), "by", ways[i][1], "object", object,
                             "attribute", cox_xml_get(one, "attribute"), NULL);
                cox_out_line(out, "%s %s %s (%s)", cox_xml_get(one, "kind"), ways[i][1], object, cox_xml_id(one));
            }
        }
    }
    cox_out_list_end(out);
    cox_out_end(out);
}

static void
list_subjects(struct cox_out *out, const struct cox_xml *section, const char *element, const char *noun)
{
    for (const struct cox_xml *one = cox_xml_child(section, element); one != NULL; one = cox_xml_next_named(one, element)) {
        g_autoptr(GString) roles = g_string_new(NULL);

        cox_out_begin(out, noun, "name", cox_xml_id(one), NULL);
        for (const struct cox_xml *role = cox_xml_child(one, "role"); role != NULL; role = cox_xml_next_named(role, "role")) {
            cox_out_value(out, "has-role", cox_xml_id(role));
            g_string_append_printf(roles, " %s", cox_xml_id(role));
        }
        cox_out_end(out);
        cox_out_line(out, "%s %s:%s", noun, cox_xml_id(one), roles->str);
    }
}

int
cox_verb_acl_list(struct cox_tool_ctx *ctx, char **arguments)
{
    struct cox_verb_view view;
    const struct cox_xml *section = NULL;
    bool is_enabled = false;

    (void) arguments;
    if (!cox_verb_view_open(ctx, &view)) {
        return view.status;
    }
    section = cox_section_find(view.root, "acls");
    is_enabled = cox_acl_applies(view.root, "somebody");
    cox_out_begin(ctx->out, "acls", "enabled", is_enabled ? "true" : "false", NULL);
    if (!ctx->is_quiet) {
        cox_out_line(ctx->out, is_enabled ? "Permissions are enforced (enable-acl)."
                                          : "Permissions are not enforced: cox property set enable-acl=true");
    }
    for (const struct cox_xml *role = cox_xml_child(section, "acl_role"); role != NULL; role = cox_xml_next_named(role, "acl_role")) {
        list_role(ctx->out, role);
    }
    list_subjects(ctx->out, section, "acl_target", "user");
    list_subjects(ctx->out, section, "acl_group", "group");
    cox_out_end(ctx->out);
    cox_verb_view_close(&view);
    return 0;
}
