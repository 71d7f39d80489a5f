/* tools/cibadmin.c - query and edit the cluster's document.  Layer 6. */
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "cib/aclview.h"
#include "cib/blank.h"
#include "cib/md5.h"
#include "cib/section.h"
#include "tools/cib_access.h"
#include "tools/tool.h"
#include "xml/xmlwrite.h"
#include "xml/xpath.h"

enum command {
    COMMAND_QUERY = 0,
    COMMAND_CREATE,
    COMMAND_MODIFY,
    COMMAND_REPLACE,
    COMMAND_DELETE,
    COMMAND_DELETE_ALL,
    COMMAND_PATCH,
    COMMAND_ERASE,
    COMMAND_BUMP,
    COMMAND_UPGRADE,
    COMMAND_EMPTY,
    COMMAND_MD5,
    COMMAND_MD5_VERSIONED,
};

struct settings {
    int command;
    char *schema; /* of --empty */
    char *xml_file;
    char *xml_text;
    bool from_stdin;
    bool is_forced;
    char *user;
    char *scope;
    char *xpath;
    char *access_style;
    bool shows_access;
    bool counts;
    bool allows_creation;
    bool without_children;
    bool wants_paths;
    int timeout_s;
};

#define FIELD(name) offsetof(struct settings, name)
#define COMMAND(long_name, letter, which, help) \
    { long_name, letter, COX_OPT_SET, NULL, "Commands", help, FIELD(command), .value = (which) }
#define IGNORED(long_name, letter, arg, help) \
    { long_name, letter, COX_OPT_IGNORED, arg, "Additional Options", help, .flags = COX_OPT_HIDDEN }

static bool
on_show_access(const struct cox_opt_seen *seen, GError **error)
{
    struct settings *settings = seen->settings;

    (void) error;
    settings->shows_access = true;
    g_free(settings->access_style);
    settings->access_style = g_strdup(seen->argument);
    return true;
}

static const struct cox_opt options[] = {
    COMMAND("query", 'Q', COMMAND_QUERY, "Query the contents of the CIB"),
    COMMAND("create", 'C', COMMAND_CREATE, "Create an object in the CIB (will fail if object already exists)"),
    COMMAND("modify", 'M', COMMAND_MODIFY,
            "Find object somewhere in CIB's XML tree and update it (fails if object does not exist unless -c is also "
            "specified)"),
    COMMAND("patch", 'P', COMMAND_PATCH, "Supply an update in the form of an XML diff (see crm_diff(8))"),
    COMMAND("replace", 'R', COMMAND_REPLACE, "Recursively replace an object in the CIB"),
    COMMAND("delete", 'D', COMMAND_DELETE,
            "Delete first object matching supplied criteria (for example, <op id=\"rsc1_op1\" name=\"monitor\"/>). The "
            "XML element name and all attributes must match in order for the element to be deleted."),
    COMMAND("delete-all", 'd', COMMAND_DELETE_ALL,
            "When used with --xpath, remove all matching objects in the configuration instead of just the first one"),
    COMMAND("upgrade", 'u', COMMAND_UPGRADE, "Upgrade the configuration to the latest syntax"),
    COMMAND("erase", 'E', COMMAND_ERASE, "Erase the contents of the whole CIB"),
    COMMAND("bump", 'B', COMMAND_BUMP, "Increase the CIB's epoch value by 1"),
    { "empty", 'a', COX_OPT_SET_STRING, "schema", "Commands",
      "Output an empty CIB. Accepts an optional schema name argument to use as the validate-with value.", FIELD(command),
      FIELD(schema), COMMAND_EMPTY, COX_OPT_OPTIONAL },
    COMMAND("md5-sum", '5', COMMAND_MD5, "Calculate the on-disk CIB digest"),
    COMMAND("md5-sum-versioned", '6', COMMAND_MD5_VERSIONED, "Calculate an on-the-wire versioned CIB digest"),
    { "xml-file", 'x', COX_OPT_STRING, "FILE", "Data", "Retrieve XML from the named file", FIELD(xml_file) },
    { "xml-text", 'X', COX_OPT_STRING, "STRING", "Data", "Retrieve XML from the supplied string", FIELD(xml_text) },
    { "xml-pipe", 'p', COX_OPT_FLAG, NULL, "Data", "Retrieve XML from stdin", FIELD(from_stdin) },
    { "force", 'f', COX_OPT_FLAG, NULL, "Additional Options", "Force the action to be performed", FIELD(is_forced) },
    { "timeout", 't', COX_OPT_INT, "value", "Additional Options",
      "Time (in seconds) to wait before declaring the operation failed", FIELD(timeout_s) },
    { "user", 'U', COX_OPT_STRING, "value", "Additional Options",
      "Run the command with permissions of the named user (valid only for the root and hacluster accounts)",
      FIELD(user) },
    { "scope", 'o', COX_OPT_STRING, "value", "Additional Options",
      "Limit scope of operation to specific section of CIB: configuration, nodes, resources, constraints, crm_config, "
      "rsc_defaults, op_defaults, acls, fencing-topology, tags, alerts, status, all",
      FIELD(scope) },
    { "xpath", 'A', COX_OPT_STRING, "value", "Additional Options", "A valid XPath to use instead of --scope/-o",
      FIELD(xpath) },
    { "show-access", 'S', COX_OPT_CALLBACK, "value", "Additional Options",
      "Whether to use syntax highlighting for ACLs (with -Q/--query and -U/--user): color, text, namespaces or auto",
      .flags = COX_OPT_OPTIONAL, .callback = on_show_access },
    { "score", 0, COX_OPT_FLAG, NULL, "Additional Options",
      "Treat new attribute values as atomic score updates where possible (with --modify/-M): name++ and name+=N",
      FIELD(counts) },
    { "allow-create", 'c', COX_OPT_FLAG, NULL, "Additional Options",
      "(Advanced) Allow target of --modify/-M to be created if it does not exist", FIELD(allows_creation) },
    { "no-children", 'n', COX_OPT_FLAG, NULL, "Additional Options",
      "(Advanced) When querying an object, do not include its children in the result", FIELD(without_children) },
    { "node-path", 'e', COX_OPT_FLAG, NULL, "Additional Options",
      "When performing XPath queries, return paths of any matches found", FIELD(wants_paths) },
    IGNORED("local", 'l', NULL, "Command takes effect locally"),
    IGNORED("node", 'N', "value", "(Advanced) Send command to the specified host"),
    IGNORED("host", 'h', "value", "(Advanced) Send command to the specified host"),
    IGNORED("no-bcast", 'b', NULL, "Command will not be broadcast"),
    IGNORED("sync-call", 's', NULL, "Wait for call to complete before returning"),
};

/* ---- errors ---- */

/* The words that clients know come first; what exactly is wrong follows for people. */
static int
fail_call(struct cox_tool_ctx *ctx, GError *error)
{
    const char *known = NULL;

    switch (error->code) {
    case COX_ERROR_EXISTS:
        known = "File exists";
        break;
    case COX_ERROR_NOT_FOUND:
        known = "No such device or address";
        break;
    case COX_ERROR_PRIVILEGE:
        known = "Permission denied";
        break;
    case COX_ERROR_OLD:
        known = "Update was older than existing configuration";
        break;
    case COX_ERROR_CONFIG:
        known = "Update does not conform to the configured schema";
        break;
    default:
        break;
    }
    if (known == NULL) {
        g_prefix_error(&error, "CIB API call failed: ");
        return cox_tool_fail(ctx, error);
    }
    cox_out_error(ctx->out, "%s: CIB API call failed: %s", ctx->tool->name, known);
    if (error->code == COX_ERROR_EXISTS) {
        cox_tool_reason(ctx, error->message);
    } else if (cox_out_is_text(ctx->out) && error->code != COX_ERROR_PRIVILEGE) {
        cox_out_error(ctx->out, "%s", error->message);
    }
    {
        int status = cox_error_status_of(error);

        g_error_free(error);
        return status;
    }
}

static void
print_xml(struct cox_tool_ctx *ctx, const char *text)
{
    cox_out_cdata(ctx->out, "output", text);
    cox_out_raw(ctx->out, text);
}

/* An object that is already there is reported as a list of what failed. */
static void
print_failed_creation(struct cox_tool_ctx *ctx, const struct cox_xml *input)
{
    g_autoptr(cox_xmldoc) report = cox_xmldoc_new("failed");
    struct cox_xml *update = cox_xml_new_child(cox_xmldoc_root(report), "failed_update");
    g_autofree char *text = NULL;

    cox_xml_set(update, "id", cox_xml_id(input));
    cox_xml_set(update, "object-type", cox_xml_name(input));
    cox_xml_set(update, "operation", "cib_create");
    cox_xml_set(update, "reason", "File exists");
    cox_xml_add_copy(update, input);
    text = cox_xmlwrite_text(cox_xmldoc_root(report), COX_XMLWRITE_FORMATTED);
    print_xml(ctx, text);
}

/* ---- query ---- */

static void
write_found(const struct settings *settings, GString *text, const struct cox_xml *xml, unsigned level)
{
    if (settings->without_children) {
        g_autoptr(cox_xmldoc) alone = cox_xmldoc_new_copy(xml);

        cox_xml_clear(cox_xmldoc_root(alone));
        cox_xmlwrite_indented(text, cox_xmldoc_root(alone), COX_XMLWRITE_FORMATTED, level);
    } else {
        cox_xmlwrite_indented(text, xml, COX_XMLWRITE_FORMATTED, level);
    }
}

static bool
query_xpath(const struct settings *settings, const struct cox_xml *root, GString *text, GError **error)
{
    g_autoptr(GPtrArray) found = cox_xpath_find(root, settings->xpath, error);
    bool has_wrapper = found != NULL && found->len > 1 && !settings->wants_paths;

    if (found == NULL) {
        return false;
    }
    if (found->len == 0) {
        g_set_error(error, COX_ERROR, COX_ERROR_NOT_FOUND, "nothing matches '%s'", settings->xpath);
        return false;
    }
    g_string_append(text, has_wrapper ? "<xpath-query>\n" : "");
    for (guint i = 0; i < found->len; i++) {
        if (settings->wants_paths) {
            g_autofree char *path = cox_xpath_of(g_ptr_array_index(found, i));

            g_string_append_printf(text, "%s\n", path);
        } else {
            write_found(settings, text, g_ptr_array_index(found, i), has_wrapper ? 1 : 0);
        }
    }
    g_string_append(text, has_wrapper ? "</xpath-query>\n" : "");
    return true;
}

static bool
find_style(struct cox_tool_ctx *ctx, enum cox_aclview_style *style)
{
    const struct settings *settings = ctx->settings;
    const char *name = settings->access_style == NULL ? "auto" : settings->access_style;

    if (strcmp(name, "auto") == 0) {
        *style = isatty(STDOUT_FILENO) ? COX_ACLVIEW_COLOR : COX_ACLVIEW_TEXT;
    } else if (strcmp(name, "color") == 0) {
        *style = COX_ACLVIEW_COLOR;
    } else if (strcmp(name, "text") == 0) {
        *style = COX_ACLVIEW_TEXT;
    } else if (strcmp(name, "namespace") == 0 || strcmp(name, "namespaces") == 0) {
        *style = COX_ACLVIEW_NAMESPACE;
    } else {
        return false;
    }
    return true;
}

static int
show_access(struct cox_tool_ctx *ctx, struct cox_cib_access *access)
{
    const struct settings *settings = ctx->settings;
    enum cox_aclview_style style = COX_ACLVIEW_TEXT;
    g_autoptr(cox_acl) acl = NULL;
    g_autofree char *text = NULL;
    GError *error = NULL;

    if (settings->user == NULL) {
        return cox_tool_usage(ctx, "The supplied command requires -U user specified.");
    }
    if (!find_style(ctx, &style)) {
        return cox_tool_usage(ctx, "Unrecognized value for --show-access: \"%s\"", settings->access_style);
    }
    acl = cox_cib_access_acl(access, settings->user, &error);
    if (error != NULL) {
        return fail_call(ctx, error);
    }
    if (acl == NULL) {
        return cox_tool_error(ctx, COX_ERROR_UNSATISFIED,
                              "Permissions do not apply to user '%s': set enable-acl, and name a user other than root "
                              "and hacluster",
                              settings->user);
    }
    text = cox_aclview_text(acl, cox_cib_root(cox_cib_access_cib(access, NULL)), settings->user, style);
    print_xml(ctx, text);
    return 0;
}

static int
query(struct cox_tool_ctx *ctx, struct cox_cib_access *access)
{
    const struct settings *settings = ctx->settings;
    g_autoptr(GString) text = g_string_new(NULL);
    const struct cox_xml *root;
    GError *error = NULL;

    if (settings->shows_access) {
        return show_access(ctx, access);
    }
    root = cox_cib_access_visible(access, &error);
    if (root == NULL) {
        return fail_call(ctx, error);
    }
    if (settings->xpath != NULL) {
        if (!query_xpath(settings, root, text, &error)) {
            return fail_call(ctx, error);
        }
    } else {
        const struct cox_xml *section = cox_section_find(root, settings->scope);

        if (section == NULL) {
            return fail_call(ctx, g_error_new(COX_ERROR, COX_ERROR_NOT_FOUND, "the document has no section '%s'",
                                              settings->scope));
        }
        write_found(settings, text, section, 0);
    }
    print_xml(ctx, text->str);
    return 0;
}

/* ---- commands that change something ---- */

/* Not an error: it is done here, and everywhere unless a partition with quorum decides otherwise. */
static void
warn_provisional(struct cox_tool_ctx *ctx, const struct cox_cib_access *access)
{
    if (cox_cib_access_outcome(access) == COX_CIB_PROVISIONAL && cox_out_is_text(ctx->out)) {
        cox_out_error(ctx->out, "%s: changed without quorum: it will be lost if the nodes that are missing have changed something with quorum",
                      ctx->tool->name);
    }
}

/* What the command line gives: a document, or a text that need not be one here, for cibd parses it anyway. */
struct input {
    struct cox_tool_source source;
    bool is_given;
    struct cox_xmldoc *doc; /* NULL: none, or not parsed */
};

/* A single element of UTF-8, without declarations, comments and instructions, that is not long. */
static bool
is_plain(const struct settings *settings)
{
    const char *text = settings->xml_text;

    return text != NULL && text[0] == '<' && g_ascii_isalpha(text[1]) && strlen(text) <= COX_CIB_INLINE_BYTES && strstr(text, "<!") == NULL
           && strstr(text, "<?") == NULL && g_utf8_validate(text, -1, NULL) && g_getenv("COX_LIMIT_BYTES") == NULL;
}

/* Parse it, if that was not done. */
static bool
load(struct input *input, GError **error)
{
    if (input->is_given && input->doc == NULL) {
        input->doc = cox_tool_load(&input->source, error);
        if (input->doc == NULL) {
            g_prefix_error(error, "Could not parse input: ");
        }
    }
    return !input->is_given || input->doc != NULL;
}

/* An input that is none is what was wrong in the first place: @error becomes that. */
static void
blame_input(struct input *input, GError **error)
{
    g_autoptr(GError) problem = NULL;

    if (!load(input, &problem)) {
        g_clear_error(error);
        g_propagate_error(error, g_steal_pointer(&problem));
    }
}

static int
edit(struct cox_tool_ctx *ctx, struct cox_cib_access *access, struct input *input)
{
    static const enum cox_edit_kind kinds[] = {
        [COMMAND_CREATE] = COX_EDIT_CREATE,         [COMMAND_MODIFY] = COX_EDIT_MODIFY,
        [COMMAND_REPLACE] = COX_EDIT_REPLACE,       [COMMAND_DELETE] = COX_EDIT_DELETE,
        [COMMAND_DELETE_ALL] = COX_EDIT_DELETE_ALL, [COMMAND_PATCH] = COX_EDIT_PATCH,
        [COMMAND_ERASE] = COX_EDIT_ERASE,           [COMMAND_BUMP] = COX_EDIT_BUMP,
    };
    const struct settings *settings = ctx->settings;
    const struct cox_edit request = {
        .kind = kinds[settings->command],
        .input = input->doc == NULL ? NULL : cox_xmldoc_root(input->doc),
        .section = settings->scope,
        .xpath = settings->xpath,
        .allows_creation = settings->allows_creation,
        .counts = settings->counts,
    };
    g_autoptr(cox_diags) diags = cox_diags_new();
    GError *error = NULL;
    int status;

    if (input->doc == NULL && input->is_given ? cox_cib_access_edit_text(access, &request, input->source.text, &error)
                                              : cox_cib_access_edit(access, &request, diags, &error)) {
        warn_provisional(ctx, access);
        return 0;
    }
    blame_input(input, &error);
    if (input->is_given && input->doc == NULL) {
        return cox_tool_fail(ctx, error);
    }
    if (error->code == COX_ERROR_EXISTS && request.kind == COX_EDIT_CREATE) {
        print_failed_creation(ctx, cox_xmldoc_root(input->doc));
    }
    status = fail_call(ctx, error);
    cox_tool_print_diags(ctx, diags);
    return status;
}

static int
upgrade(struct cox_tool_ctx *ctx, struct cox_cib_access *access)
{
    g_autoptr(cox_diags) diags = cox_diags_new();
    GError *error = NULL;
    int status = 0;

    if (cox_cib_access_upgrade(access, diags, &error)) {
        warn_provisional(ctx, access);
    } else {
        status = fail_call(ctx, error);
    }
    cox_tool_print_diags(ctx, diags);
    return status;
}

static int
digest(struct cox_tool_ctx *ctx, const struct cox_xml *input)
{
    const struct settings *settings = ctx->settings;
    g_autofree char *text = NULL;

    if (input == NULL) {
        return cox_tool_usage(ctx, "Please supply XML to process with -X, -x, or -p");
    }
    text = settings->command == COMMAND_MD5 ? cox_md5_on_disk(input) : cox_md5_versioned(input);
    cox_out_leaf(ctx->out, "md5-sum", "digest", text, NULL);
    cox_out_line(ctx->out, "%s", text);
    return 0;
}

static int
print_empty(struct cox_tool_ctx *ctx)
{
    const struct settings *settings = ctx->settings;
    g_autoptr(cox_xmldoc) doc = NULL;
    g_autofree char *text = NULL;

    if (settings->schema != NULL && !cox_schemas_knows(settings->schema)) {
        return cox_tool_usage(ctx, "Unknown schema '%s'; the newest is %s", settings->schema, cox_schemas_newest());
    }
    doc = cox_blank_new(settings->schema);
    text = cox_xmlwrite_text(cox_xmldoc_root(doc), COX_XMLWRITE_FORMATTED);
    print_xml(ctx, text);
    return 0;
}

/* ---- run ---- */

static bool
is_dangerous(int command)
{
    return command == COMMAND_ERASE || command == COMMAND_DELETE_ALL || command == COMMAND_UPGRADE;
}

static int
run_on_document(struct cox_tool_ctx *ctx, struct input *input)
{
    const struct settings *settings = ctx->settings;
    const struct cox_cib_access_settings access_settings = {
        .tool = ctx->tool->name, .user = settings->user, .timeout_ms = (gint64) settings->timeout_s * 1000,
    };
    GError *error = NULL;
    g_autoptr(cox_cib_access) access = cox_cib_access_open(&access_settings, &error);

    if (access == NULL) {
        g_prefix_error(&error, "Could not connect to the CIB: ");
        blame_input(input, &error);
        return cox_tool_fail(ctx, error);
    }
    if (settings->command == COMMAND_QUERY) {
        return query(ctx, access);
    }
    if (!cox_cib_access_is_live(access) && !load(input, &error)) {
        return cox_tool_fail(ctx, error);
    }
    return settings->command == COMMAND_UPGRADE ? upgrade(ctx, access) : edit(ctx, access, input);
}

static int
run(struct cox_tool_ctx *ctx)
{
    const struct settings *settings = ctx->settings;
    struct input input = { .source = { .text = settings->xml_text, .file = settings->xml_file, .from_stdin = settings->from_stdin } };
    bool is_digest = settings->command == COMMAND_MD5 || settings->command == COMMAND_MD5_VERSIONED;
    bool is_change = !is_digest && settings->command != COMMAND_QUERY && settings->command != COMMAND_UPGRADE;
    GError *error = NULL;
    int status;

    if (settings->command == COMMAND_EMPTY) {
        return print_empty(ctx);
    }
    if (is_dangerous(settings->command) && !settings->is_forced) {
        return cox_tool_error(ctx, COX_ERROR_UNSAFE,
                              "The supplied command is considered dangerous. To prevent accidental destruction of the "
                              "cluster, the --force flag is required in order to proceed.");
    }
    if (settings->scope != NULL && !cox_section_is_known(settings->scope)) {
        return cox_tool_usage(ctx, "Invalid --scope value '%s'; see --help for the sections", settings->scope);
    }
    input.is_given = settings->xml_text != NULL || settings->xml_file != NULL || settings->from_stdin;
    if (!(is_change && is_plain(settings)) && !load(&input, &error)) {
        return cox_tool_fail(ctx, error);
    }
    status = is_digest ? digest(ctx, input.doc == NULL ? NULL : cox_xmldoc_root(input.doc)) : run_on_document(ctx, &input);
    cox_xmldoc_free(input.doc);
    return status;
}

static const int statuses[] = { 0, 4, 64, 65, 66, 73, 74, 75, 78, 102, 103, 105, 107, 108, 112, 124, -1 };

static const struct cox_tool tool = {
    .name = "cibadmin",
    .summary = "Query and edit the cluster configuration and status (CIB)",
    .synopsis = "COMMAND [OPTION]...",
    .description = "Without a command, the document is queried.\n\n"
                   "The environment variable CIB_file names a file to work on; CIB_shadow names a working copy made by "
                   "crm_shadow.  Without them the document is the running cluster's, on whichever node.  A change is done when a "
                   "majority of the nodes has it on disk; without quorum it is done here, and a warning says so.",
    .examples = "Query just the cluster options configuration:\n"
                "\tcibadmin --query --scope crm_config\n"
                "Query all 'target-role' settings:\n"
                "\tcibadmin --query --xpath \"//nvpair[@name='target-role']\"\n"
                "Remove all 'is-managed' settings:\n"
                "\tcibadmin --delete-all --xpath \"//nvpair[@name='is-managed']\" --force\n"
                "Remove the resource named 'old':\n"
                "\tcibadmin --delete --xml-text '<primitive id=\"old\"/>'\n"
                "Remove all resources from the configuration:\n"
                "\tcibadmin --replace --scope resources --xml-text '<resources/>'\n"
                "Replace complete configuration with contents of $HOME/pacemaker.xml:\n"
                "\tcibadmin --replace --xml-file $HOME/pacemaker.xml\n"
                "Increase configuration version to prevent old configurations from being loaded accidentally:\n"
                "\tcibadmin --modify --score --xml-text '<cib admin_epoch=\"admin_epoch++\"/>'\n"
                "Show what user tony may read and write:\n"
                "\tcibadmin --show-access=text --query --user tony\n",
    .statuses = statuses,
    .options = options,
    .n_options = G_N_ELEMENTS(options),
    .flags = COX_TOOL_READS_DOCUMENTS,
    .run = run,
};

int
main(int argc, char **argv)
{
    struct settings settings = { 0 };
    int status;

    (void) argc;
    status = cox_tool_main(&tool, argv, &settings);
    g_free(settings.access_style);
    return status;
}
