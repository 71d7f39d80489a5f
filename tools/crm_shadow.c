/* tools/crm_shadow.c - work on a copy of the cluster's document and commit it when it is good.  Layer 6. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "cib/blank.h"
#include "cib/change.h"
#include "cib/diff.h"
#include "cib/patchview.h"
#include "cib/section.h"
#include "tools/cib_access.h"
#include "tools/cib_file.h"
#include "tools/tool.h"
#include "xml/xmlwrite.h"

enum command {
    COMMAND_NONE = 0,
    COMMAND_WHICH,
    COMMAND_DISPLAY,
    COMMAND_DIFF,
    COMMAND_FILE,
    COMMAND_CREATE,
    COMMAND_CREATE_EMPTY,
    COMMAND_COMMIT,
    COMMAND_DELETE,
    COMMAND_EDIT,
    COMMAND_RESET,
    COMMAND_SWITCH,
};

struct settings {
    int command;
    char *name;
    char *schema;
    bool is_forced;
    bool is_batch;
    bool with_status;
};

#define FIELD(member) offsetof(struct settings, member)
#define QUERY(long_name, letter, which, help) \
    { long_name, letter, COX_OPT_SET, NULL, "Queries", help, FIELD(command), .value = (which) }
#define COMMAND(long_name, letter, which, help) \
    { long_name, letter, COX_OPT_SET_STRING, "name", "Commands", help, FIELD(command), FIELD(name), which }

static const struct cox_opt options[] = {
    QUERY("which", 'w', COMMAND_WHICH, "Indicate the active shadow copy"),
    QUERY("display", 'p', COMMAND_DISPLAY, "Display the contents of the active shadow copy"),
    QUERY("diff", 'd', COMMAND_DIFF, "Display the changes in the active shadow copy"),
    QUERY("file", 'F', COMMAND_FILE, "Display the location of the active shadow copy file"),
    COMMAND("create", 'c', COMMAND_CREATE, "Create the named shadow copy of the active cluster configuration"),
    COMMAND("create-empty", 'e', COMMAND_CREATE_EMPTY,
            "Create the named shadow copy with an empty cluster configuration. Optional: --validate-with"),
    COMMAND("commit", 'C', COMMAND_COMMIT, "Upload the contents of the named shadow copy to the cluster"),
    COMMAND("delete", 'D', COMMAND_DELETE, "Delete the contents of the named shadow copy"),
    { "edit", 'E', COX_OPT_SET, NULL, "Commands",
      "Edit the contents of the active shadow copy with your favorite $EDITOR", FIELD(command), .value = COMMAND_EDIT },
    COMMAND("reset", 'r', COMMAND_RESET, "Recreate named shadow copy from the active cluster configuration"),
    COMMAND("switch", 's', COMMAND_SWITCH, "(Advanced) Switch to the named shadow copy"),
    { "force", 'f', COX_OPT_FLAG, NULL, "Additional Options", "(Advanced) Force the action to be performed",
      FIELD(is_forced) },
    { "batch", 'b', COX_OPT_FLAG, NULL, "Additional Options", "(Advanced) Don't spawn a new shell", FIELD(is_batch) },
    { "all", 'a', COX_OPT_FLAG, NULL, "Additional Options",
      "(Advanced) Upload entire CIB, including status, with --commit", FIELD(with_status) },
    { "validate-with", 'v', COX_OPT_STRING, "schema", "Additional Options",
      "(Advanced) Create an older configuration version", FIELD(schema) },
};

static const char *
active_name(void)
{
    const char *name = g_getenv("CIB_shadow");

    return name == NULL || *name == '\0' ? NULL : name;
}

/* ---- what can go wrong ---- */

static int
no_active(struct cox_tool_ctx *ctx)
{
    return cox_tool_error(ctx, COX_ERROR_NOT_FOUND, "No active shadow configuration defined");
}

static int
no_access(struct cox_tool_ctx *ctx, const char *name, const char *reason)
{
    return cox_tool_error(ctx, COX_ERROR_NOT_FOUND, "Could not access shadow instance '%s': %s", name, reason);
}

/* A missing document is what no connection looks like to the clients of files. */
static struct cox_cib_access *
open_live(struct cox_tool_ctx *ctx, int *status)
{
    const struct cox_cib_access_settings settings = { .tool = ctx->tool->name, .ignores_shadow = true };
    GError *error = NULL;
    struct cox_cib_access *access = cox_cib_access_open(&settings, &error);

    if (access != NULL && cox_cib_access_cib(access, &error) == NULL) {
        g_clear_pointer(&access, cox_cib_access_free);
    }
    if (access == NULL && error->code == COX_ERROR_NOT_FOUND) {
        *status = cox_tool_error(ctx, COX_ERROR_NOT_FOUND, "Could not connect to CIB: No such device or address");
        cox_tool_reason(ctx, error->message);
        g_error_free(error);
    } else if (access == NULL) {
        *status = cox_tool_fail(ctx, error);
    }
    return access;
}

static struct cox_cib_file *
open_shadow(struct cox_tool_ctx *ctx, const char *name, int *status)
{
    GError *error = NULL;
    g_autofree char *path = cox_tool_shadow_path(name);
    struct cox_cib_file *file = cox_cib_file_open(path, &error);

    if (file == NULL && error->code == COX_ERROR_NOT_FOUND) {
        g_error_free(error);
        *status = no_access(ctx, name, g_strerror(ENOENT));
    } else if (file == NULL) {
        *status = cox_tool_fail(ctx, error);
    }
    return file;
}

/* For what destroys something: --force, and a word about a copy that is not the active one. */
static bool
is_allowed(struct cox_tool_ctx *ctx, const char *what, const char *danger, int *status)
{
    const struct settings *settings = ctx->settings;
    const char *active = active_name();
    g_autofree char *more = NULL;

    if (settings->is_forced) {
        return true;
    }
    if (active != NULL && strcmp(active, settings->name) != 0) {
        more = g_strdup_printf("\nAdditionally, the supplied shadow instance (%s) is not the same as the active one "
                               "(%s).",
                               settings->name, active);
    }
    *status = cox_tool_usage(ctx,
                             "%s%s\nTo prevent accidental destruction of the %s, the --force flag is required in order "
                             "to proceed.",
                             what, more == NULL ? "" : more, danger);
    return false;
}

/* ---- queries ---- */

static int
show_name(struct cox_tool_ctx *ctx)
{
    cox_out_leaf(ctx->out, "shadow", "instance", active_name(), NULL);
    cox_out_line(ctx->out, "%s", active_name());
    return 0;
}

static int
show_file(struct cox_tool_ctx *ctx)
{
    g_autofree char *path = cox_tool_shadow_path(active_name());

    cox_out_leaf(ctx->out, "shadow", "instance", active_name(), "file", path, NULL);
    cox_out_line(ctx->out, "%s", path);
    return 0;
}

static int
display(struct cox_tool_ctx *ctx)
{
    int status = 0;
    g_autoptr(cox_cib_file) file = open_shadow(ctx, active_name(), &status);
    g_autofree char *text = NULL;

    if (file == NULL) {
        return status;
    }
    text = cox_xmlwrite_text(cox_cib_root(cox_cib_file_cib(file)), COX_XMLWRITE_FORMATTED);
    cox_out_begin(ctx->out, "shadow", "instance", active_name(), NULL);
    cox_out_cdata(ctx->out, "content", text);
    cox_out_end(ctx->out);
    cox_out_raw(ctx->out, text);
    return 0;
}

static int
show_diff(struct cox_tool_ctx *ctx)
{
    int status = 0;
    g_autoptr(cox_cib_file) shadow = open_shadow(ctx, active_name(), &status);
    g_autoptr(cox_cib_access) live = shadow == NULL ? NULL : open_live(ctx, &status);
    g_autoptr(cox_xmldoc) patch = NULL;
    GError *error = NULL;
    struct cox_xml *old_root;
    struct cox_xml *new_root;

    if (live == NULL) {
        return status;
    }
    old_root = cox_cib_root(cox_cib_access_cib(live, NULL));
    new_root = cox_cib_root(cox_cib_file_cib(shadow));
    patch = cox_diff_make(old_root, new_root, false, &error);
    if (patch == NULL) {
        return cox_tool_fail(ctx, error);
    }
    cox_out_begin(ctx->out, "shadow", "instance", active_name(), NULL);
    if (cox_xml_first(cox_xmldoc_root(patch)) != NULL) {
        g_autofree char *xml = NULL;
        g_autofree char *text = NULL;

        struct cox_version before = cox_version_of(old_root), after = cox_version_of(new_root);

        cox_change_set_versions(patch, &before, &after);
        xml = cox_xmlwrite_text(cox_xmldoc_root(patch), COX_XMLWRITE_FORMATTED);
        text = cox_patchview_text(cox_xmldoc_root(patch));
        cox_out_cdata(ctx->out, "xml-patchset", xml);
        cox_out_raw(ctx->out, text);
        status = 1;
    }
    cox_out_end(ctx->out);
    return status;
}

/* ---- commands ---- */

static void
instruct(struct cox_tool_ctx *ctx, const char *text)
{
    cox_out_value(ctx->out, "instruction", text);
    cox_out_line(ctx->out, "%s", text);
}

/* Tell how to begin, or begin in a shell of its own. */
static int
begin_using(struct cox_tool_ctx *ctx, const char *lead)
{
    const struct settings *settings = ctx->settings;
    const char *shell = g_getenv("SHELL");
    g_autofree char *text = g_strdup_printf("%s\n\texport CIB_shadow=%s", lead, settings->name);
    g_autofree char *prompt = g_strdup_printf("shadow[%s] # ", settings->name);

    if (settings->is_batch || !isatty(STDIN_FILENO) || shell == NULL) {
        instruct(ctx, text);
        return 0;
    }
    cox_out_line(ctx->out, "Setting up shadow instance");
    cox_out_line(ctx->out, "Type Ctrl-D to exit the crm_shadow shell");
    fflush(NULL);
    g_setenv("PS1", prompt, TRUE);
    g_setenv("CIB_shadow", settings->name, TRUE);
    execlp(shell, shell, g_str_has_suffix(shell, "bash") ? "--norc" : NULL, (char *) NULL);
    return cox_tool_error(ctx, COX_ERROR_OS, "Could not start shell '%s': %s", shell, g_strerror(errno));
}

static bool
may_write(struct cox_tool_ctx *ctx, const char *path, int *status)
{
    const struct settings *settings = ctx->settings;
    bool is_there = g_file_test(path, G_FILE_TEST_EXISTS);

    if (settings->is_forced) {
        return true;
    }
    if (settings->command == COMMAND_RESET) {
        if (!is_there) {
            *status = no_access(ctx, settings->name, g_strerror(ENOENT));
            return false;
        }
        return is_allowed(ctx, "The reset command overwrites the specified shadow file.", "shadow file", status);
    }
    if (is_there) {
        *status = cox_tool_error(ctx, COX_ERROR_CANNOT_CREATE,
                                 "A shadow instance '%s' already exists.\nTo prevent accidental destruction of the "
                                 "shadow file, the --force flag is required in order to proceed.",
                                 settings->name);
    }
    return !is_there;
}

static int
create(struct cox_tool_ctx *ctx)
{
    static const char done[] = "A new shadow instance was created. To begin using it, enter the following into your "
                               "shell:";
    const struct settings *settings = ctx->settings;
    g_autofree char *path = cox_tool_shadow_path(settings->name);
    g_autoptr(cox_cib_access) live = NULL;
    g_autoptr(cox_xmldoc) empty = NULL;
    GError *error = NULL;
    int status = 0;

    if (settings->command == COMMAND_CREATE_EMPTY) {
        if (settings->schema != NULL && !cox_schemas_knows(settings->schema)) {
            return cox_tool_usage(ctx, "Unknown schema '%s'; the newest is %s", settings->schema, cox_schemas_newest());
        }
        empty = cox_blank_new(settings->schema);
    } else {
        live = open_live(ctx, &status);
        if (live == NULL) {
            return status;
        }
    }
    if (!may_write(ctx, path, &status)) {
        return status;
    }
    if (!cox_cib_file_write(path, empty != NULL ? cox_xmldoc_root(empty) : cox_cib_root(cox_cib_access_cib(live, NULL)),
                            &error)) {
        return cox_tool_fail(ctx, error);
    }
    if (empty != NULL) {
        cox_out_line(ctx->out, "Created new %s configuration", cox_xml_get(cox_xmldoc_root(empty), "validate-with"));
    }
    return begin_using(ctx, done);
}

static int
commit(struct cox_tool_ctx *ctx)
{
    const struct settings *settings = ctx->settings;
    int status = 0;
    g_autoptr(cox_cib_file) shadow = NULL;
    g_autoptr(cox_cib_access) live = NULL;
    g_autoptr(cox_diags) diags = cox_diags_new();
    struct cox_edit edit = { .kind = COX_EDIT_REPLACE };
    GError *error = NULL;

    if (!is_allowed(ctx, "The commit command overwrites the active cluster configuration.", "cluster", &status)) {
        return status;
    }
    shadow = open_shadow(ctx, settings->name, &status);
    live = shadow == NULL ? NULL : open_live(ctx, &status);
    if (live == NULL) {
        return status;
    }
    edit.input = cox_cib_root(cox_cib_file_cib(shadow));
    edit.section = settings->with_status ? NULL : "configuration";
    if (!cox_cib_access_edit(live, &edit, diags, &error)) {
        g_prefix_error(&error, "Could not commit shadow instance '%s' to the CIB: ", settings->name);
        status = cox_tool_fail(ctx, error);
        cox_tool_print_diags(ctx, diags);
        return status;
    }
    return 0;
}

static int
delete_copy(struct cox_tool_ctx *ctx)
{
    const struct settings *settings = ctx->settings;
    g_autofree char *path = cox_tool_shadow_path(settings->name);
    int status = 0;

    if (!is_allowed(ctx, "The delete command removes the specified shadow file.", "shadow file", &status)) {
        return status;
    }
    if (unlink(path) != 0 && errno != ENOENT) {
        return cox_tool_error(ctx, COX_ERROR_OS_FILE, "Could not remove shadow instance '%s': %s", settings->name,
                              g_strerror(errno));
    }
    if (g_strcmp0(active_name(), settings->name) == 0) {
        instruct(ctx, "Remember to unset the CIB_shadow variable by entering the following into your shell:\n"
                      "\tunset CIB_shadow");
    }
    return 0;
}

static int
edit_copy(struct cox_tool_ctx *ctx)
{
    g_autofree char *path = cox_tool_shadow_path(active_name());
    const char *editor = g_getenv("EDITOR");

    if (editor == NULL) {
        return cox_tool_error(ctx, COX_ERROR_NOT_CONFIGURED, "No value for EDITOR defined");
    }
    if (!g_file_test(path, G_FILE_TEST_EXISTS)) {
        return no_access(ctx, active_name(), g_strerror(ENOENT));
    }
    fflush(NULL);
    execlp(editor, "--", path, (char *) NULL);
    return cox_tool_error(ctx, COX_ERROR_OS, "Could not invoke EDITOR (%s %s): %s", editor, path, g_strerror(errno));
}

static int
switch_copy(struct cox_tool_ctx *ctx)
{
    const struct settings *settings = ctx->settings;
    g_autofree char *path = cox_tool_shadow_path(settings->name);

    if (!g_file_test(path, G_FILE_TEST_EXISTS)) {
        return no_access(ctx, settings->name, g_strerror(ENOENT));
    }
    return begin_using(ctx, "To switch to the named shadow instance, enter the following into your shell:");
}

static int
run(struct cox_tool_ctx *ctx)
{
    static const struct {
        int (*run)(struct cox_tool_ctx *ctx);
        bool needs_active;
    } commands[] = {
        [COMMAND_WHICH] = { show_name, true },  [COMMAND_DISPLAY] = { display, true },
        [COMMAND_DIFF] = { show_diff, true },   [COMMAND_FILE] = { show_file, true },
        [COMMAND_CREATE] = { create, false },   [COMMAND_CREATE_EMPTY] = { create, false },
        [COMMAND_COMMIT] = { commit, false },   [COMMAND_DELETE] = { delete_copy, false },
        [COMMAND_EDIT] = { edit_copy, true },   [COMMAND_RESET] = { create, false },
        [COMMAND_SWITCH] = { switch_copy, false },
    };
    const struct settings *settings = ctx->settings;

    if (settings->command == COMMAND_NONE) {
        return cox_tool_usage(ctx, "No query or command specified");
    }
    if (settings->name != NULL && strchr(settings->name, '/') != NULL) {
        return cox_tool_usage(ctx, "The name of a shadow instance has no '/': '%s'", settings->name);
    }
    if (commands[settings->command].needs_active && active_name() == NULL) {
        return no_active(ctx);
    }
    return commands[settings->command].run(ctx);
}

static const int statuses[] = { 0, 1, 64, 65, 73, 78, 103, 105, -1 };

static const struct cox_tool tool = {
    .name = "crm_shadow",
    .summary = "Perform cluster configuration changes in a sandbox",
    .synopsis = "QUERY|COMMAND [OPTION]...",
    .description = "This command sets up an environment in which configuration tools (cibadmin, crm_resource, etc.) work "
                   "offline instead of against a live cluster, allowing changes to be previewed and tested for "
                   "side-effects.",
    .examples = "Create a blank shadow configuration:\n"
                "\tcrm_shadow --create-empty myShadow\n"
                "Create a shadow configuration from the running cluster:\n"
                "\tcrm_shadow --create myShadow\n"
                "Display the current shadow configuration:\n"
                "\tcrm_shadow --display\n"
                "Discard the current shadow configuration (named myShadow):\n"
                "\tcrm_shadow --delete myShadow --force\n"
                "Upload current shadow configuration (named myShadow) to running cluster:\n"
                "\tcrm_shadow --commit myShadow\n",
    .statuses = statuses,
    .options = options,
    .n_options = G_N_ELEMENTS(options),
    .flags = COX_TOOL_READS_DOCUMENTS,
    .run = run,
};

COX_TOOL_MAIN(tool, struct settings, 0)
