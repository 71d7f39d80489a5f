/* tools/crm_diff.c - compare two documents to a patch, or apply a patch to a document.  Layer 6. */
#include "base/error.h"
#include "cib/change.h"
#include "cib/cib.h"
#include "cib/diff.h"
#include "cib/md5.h"
#include "cib/patch.h"
#include "tools/tool.h"
#include "xml/xmlwrite.h"

struct settings {
    char *old_file;
    char *old_text;
    char *new_file;
    char *new_text;
    char *patch_file;
    bool as_cib;
    bool without_versions;
    bool from_stdin;
};

#define FIELD(name) offsetof(struct settings, name)

static const struct cox_opt options[] = {
    { "original", 'o', COX_OPT_STRING, "FILE", "Original XML", "XML is contained in the named file", FIELD(old_file) },
    { "original-string", 'O', COX_OPT_STRING, "STRING", "Original XML", "XML is contained in the supplied string",
      FIELD(old_text) },
    { "new", 'n', COX_OPT_STRING, "FILE", "Operation",
      "Compare the original XML to the contents of the named file", FIELD(new_file) },
    { "new-string", 'N', COX_OPT_STRING, "STRING", "Operation",
      "Compare the original XML with the contents of the supplied string", FIELD(new_text) },
    { "patch", 'p', COX_OPT_STRING, "FILE", "Operation", "Patch the original XML with the contents of the named file",
      FIELD(patch_file) },
    { "cib", 'c', COX_OPT_FLAG, NULL, "Additional Options", "Compare/patch the inputs as a CIB", FIELD(as_cib) },
    { "no-version", 'u', COX_OPT_FLAG, NULL, "Additional Options",
      "Generate the difference without versions details", FIELD(without_versions) },
    { "stdin", 's', COX_OPT_FLAG, NULL, "Additional Options", "Read both inputs from standard input",
      FIELD(from_stdin), .flags = COX_OPT_HIDDEN },
};

static struct cox_xmldoc *
load(const struct settings *settings, const char *text, const char *file, GError **error)
{
    const struct cox_tool_source source = { .text = text, .file = file, .from_stdin = settings->from_stdin };

    return cox_tool_load(&source, error);
}

static void
print(struct cox_tool_ctx *ctx, const char *element, const struct cox_xml *xml)
{
    g_autofree char *text = cox_xmlwrite_text(xml, COX_XMLWRITE_FORMATTED);

    cox_out_cdata(ctx->out, element, text);
    cox_out_raw(ctx->out, text);
}

/* As if nothing had happened to the version counters. */
static void
copy_versions(const struct cox_xml *from, struct cox_xml *to)
{
    static const char *const names[] = { "admin_epoch", "epoch", "num_updates" };

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        cox_xml_set(to, names[i], cox_xml_get(from, names[i]));
    }
}

static int
compare(struct cox_tool_ctx *ctx, struct cox_xml *old_root, struct cox_xml *new_root)
{
    const struct settings *settings = ctx->settings;
    GError *error = NULL;
    g_autoptr(cox_xmldoc) patch = NULL;

    if (settings->without_versions) {
        copy_versions(old_root, new_root);
    }
    patch = cox_diff_make(old_root, new_root, !settings->as_cib, &error);
    if (patch == NULL) {
        return cox_tool_fail(ctx, error);
    }
    if (cox_xml_child(cox_xmldoc_root(patch), "change") == NULL) {
        return 0;
    }
    if (!settings->without_versions) {
        struct cox_version before = cox_version_of(old_root), after = cox_version_of(new_root);

        cox_change_set_versions(patch, &before, &after);
    }
    if (settings->as_cib) {
        g_autofree char *digest = cox_md5_versioned(new_root);

        cox_xml_set(cox_xmldoc_root(patch), "digest", digest);
    }
    print(ctx, "patchset", cox_xmldoc_root(patch));
    return 1;
}

static int
apply(struct cox_tool_ctx *ctx, struct cox_cib *cib, const struct cox_xml *patch)
{
    const struct settings *settings = ctx->settings;
    const char *digest = cox_xml_get(patch, "digest");
    GError *error = NULL;
    bool is_applied;

    if (settings->as_cib && !cox_patch_fits(patch, cox_cib_root(cib), &error)) {
        g_prefix_error(&error, "Could not apply patch: ");
        return cox_tool_fail(ctx, error);
    }
    cox_cib_begin(cib);
    is_applied = cox_patch_apply(cib, patch, &error);
    cox_cib_keep(cib);
    if (!is_applied) {
        g_prefix_error(&error, "Could not apply patch: ");
        return cox_tool_fail(ctx, error);
    }
    if (digest != NULL) {
        g_autofree char *have = cox_md5_versioned(cox_cib_root(cib));

        if (g_ascii_strcasecmp(have, digest) != 0) {
            return cox_tool_error(ctx, COX_ERROR_GENERIC, "Could not apply patch: Application of update diff failed");
        }
    }
    print(ctx, "updated", cox_cib_root(cib));
    return 0;
}

static int
run(struct cox_tool_ctx *ctx)
{
    const struct settings *settings = ctx->settings;
    GError *error = NULL;
    g_autoptr(cox_xmldoc) old_doc = NULL;
    g_autoptr(cox_xmldoc) other = NULL;
    g_autoptr(cox_cib) cib = NULL;

    if (settings->patch_file != NULL && settings->without_versions && !settings->as_cib) {
        cox_out_error(ctx->out, "Warning: -u/--no-version ignored with -p/--patch");
    }
    if (settings->without_versions && settings->as_cib) {
        return cox_tool_usage(ctx, "-u/--no-version incompatible with -c/--cib");
    }
    old_doc = load(settings, settings->old_text, settings->old_file, &error);
    if (old_doc == NULL) {
        g_prefix_error(&error, "Could not parse the first XML fragment: ");
        return cox_tool_fail(ctx, error);
    }
    other = settings->patch_file != NULL ? load(settings, NULL, settings->patch_file, &error)
                                         : load(settings, settings->new_text, settings->new_file, &error);
    if (other == NULL) {
        g_prefix_error(&error, "Could not parse the second XML fragment: ");
        return cox_tool_fail(ctx, error);
    }
    if (settings->patch_file == NULL) {
        return compare(ctx, cox_xmldoc_root(old_doc), cox_xmldoc_root(other));
    }
    cib = cox_cib_new(g_steal_pointer(&old_doc));
    return apply(ctx, cib, cox_xmldoc_root(other));
}

static const int statuses[] = { 0, 1, 64, 65, 66, 103, 105, -1 };

static const struct cox_tool tool = {
    .name = "crm_diff",
    .summary = "Compare two cluster configurations (in XML format) to produce a patch, or apply such a patch",
    .synopsis = "(-o FILE | -O STRING) (-n FILE | -N STRING | -p FILE) [OPTION]...",
    .description = "Exit status 0 means that the inputs are equal (or the patch was applied), 1 that they differ.",
    .examples = "Obtain the two different configuration files by running cibadmin on the two cluster setups to compare:\n"
                "\tcibadmin --query > cib-old.xml\n"
                "\tcibadmin --query > cib-new.xml\n"
                "Calculate and save the difference between the two files:\n"
                "\tcrm_diff --original cib-old.xml --new cib-new.xml > patch.xml\n"
                "Apply the patch to the original file:\n"
                "\tcrm_diff --original cib-old.xml --patch patch.xml > updated.xml\n"
                "Apply the patch to the running cluster:\n"
                "\tcibadmin --patch -x patch.xml\n",
    .statuses = statuses,
    .options = options,
    .n_options = G_N_ELEMENTS(options),
    .flags = COX_TOOL_READS_DOCUMENTS,
    .run = run,
};

COX_TOOL_MAIN(tool, struct settings, 0)
