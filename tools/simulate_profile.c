/* tools/simulate_profile.c - crm_simulate --profile: how long do reading and planning take?  Layer 6. */
#include <time.h>

#include "base/error.h"
#include "tools/schemadir.h"
#include "tools/simulate_priv.h"

/* CPU time of this process, in seconds: other processes do not count. */
static double
cpu_seconds(void)
{
    return (double) clock() / CLOCKS_PER_SEC;
}

static bool
profile_file(struct cox_simulation *sim, const char *path, GError **error)
{
    double start = cpu_seconds(), loaded, planned;
    int times = MAX(sim->settings->repeat, 1);

    sim->path = g_strdup(path);
    if (!cox_simulate_load(sim, error)) {
        g_prefix_error(error, "%s: ", path);
        return false;
    }
    loaded = cpu_seconds();
    for (int i = 0; i < times; i++) {
        cox_plan_free(cox_simulate_plan(sim, false));
    }
    planned = cpu_seconds();
    cox_out_line(sim->ctx->out, "%s: reading %.6f s, planning %.6f s (mean of %d)", path, loaded - start,
                 (planned - loaded) / times, times);
    cox_codec_result_clear(&sim->input);
    return true;
}

int
cox_simulate_profile(struct cox_tool_ctx *ctx)
{
    const struct cox_simulate_settings *settings = ctx->settings;
    g_autofree char *directory = cox_schemadir_find();
    g_autoptr(cox_schemas) schemas = cox_schemas_new(directory);
    g_autoptr(cox_diags) diags = cox_diags_new();
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    GError *error = NULL;
    GDir *dir = g_dir_open(settings->profile, 0, &error);
    bool was_quiet = ctx->is_quiet;
    int status = 0;

    if (dir == NULL) {
        int failed = cox_tool_error(ctx, COX_ERROR_NO_INPUT, "%s: cannot be read, give a directory: %s", settings->profile,
                                    error->message);

        g_error_free(error);
        return failed;
    }
    for (const char *name = g_dir_read_name(dir); name != NULL; name = g_dir_read_name(dir)) {
        if (g_str_has_suffix(name, ".xml")) {
            g_ptr_array_add(names, g_build_filename(settings->profile, name, NULL));
        }
    }
    g_dir_close(dir);
    g_ptr_array_sort(names, (GCompareFunc) g_strcmp0);
    ctx->is_quiet = true; /* no dates between the figures */
    for (guint i = 0; i < names->len; i++) {
        struct cox_simulation sim = { .ctx = ctx, .settings = settings, .schemas = schemas, .diags = diags };

        if (!profile_file(&sim, g_ptr_array_index(names, i), &error)) {
            status = cox_tool_fail(ctx, error);
            error = NULL;
        }
        g_free(sim.path);
    }
    ctx->is_quiet = was_quiet;
    return status;
}
