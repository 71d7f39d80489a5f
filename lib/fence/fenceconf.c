/* lib/fence/fenceconf.c - devices, levels and node attributes as configured.  Layer 3, pure. */
#include "fence/fenceconf.h"

static void
free_device(gpointer data)
{
    cox_fencedevice_free(data);
}

void
cox_fenceconf_init(struct cox_fenceconf *conf)
{
    conf->devices = g_ptr_array_new_with_free_func(free_device);
    conf->levels = g_ptr_array_new();
    conf->is_partial = false;
    conf->arena = NULL;
    conf->attributes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
}

void
cox_fenceconf_clear(struct cox_fenceconf *conf)
{
    g_clear_pointer(&conf->devices, g_ptr_array_unref);
    g_clear_pointer(&conf->levels, g_ptr_array_unref);
    g_clear_pointer(&conf->arena, cox_arena_free);
    g_clear_pointer(&conf->attributes, g_hash_table_unref);
}

void
cox_fenceconf_set_devices(struct cox_fenceconf *conf, const struct cox_fencedevice_def *defs, size_t n, gint64 timeout_ms)
{
    g_autoptr(GPtrArray) before = g_steal_pointer(&conf->devices);

    conf->devices = g_ptr_array_new_with_free_func(free_device);
    for (size_t i = 0; i < n; i++) {
        struct cox_fencedevice *device = cox_fencedevice_new(&defs[i], timeout_ms);

        for (guint b = 0; b < before->len; b++) { /* an operation may be in the middle of asking */
            struct cox_fencedevice *old = before->pdata[b];

            if (g_str_equal(old->def.id, defs[i].id)) {
                device->listed = g_steal_pointer(&old->listed);
                g_hash_table_unref(device->status);
                device->status = g_hash_table_ref(old->status);
            }
        }
        g_ptr_array_add(conf->devices, device);
    }
}

void
cox_fenceconf_set_levels(struct cox_fenceconf *conf, const struct cox_fencelevel *levels, size_t n)
{
    g_ptr_array_set_size(conf->levels, 0);
    cox_arena_free(conf->arena);
    conf->arena = cox_arena_new();
    for (size_t i = 0; i < n; i++) {
        struct cox_fencelevel *level = cox_arena_memdup(conf->arena, &levels[i], 1, sizeof(levels[i]));
        const char **ids = cox_arena_new_array(conf->arena, const char *, levels[i].n_devices);

        level->target = cox_arena_strdup(conf->arena, levels[i].target);
        level->value = cox_arena_strdup(conf->arena, levels[i].value);
        for (size_t d = 0; d < levels[i].n_devices; d++) {
            ids[d] = cox_arena_strdup(conf->arena, levels[i].devices[d]);
        }
        level->devices = ids;
        g_ptr_array_add(conf->levels, level);
    }
}

void
cox_fenceconf_set_attribute(struct cox_fenceconf *conf, const char *node, const char *name, const char *value)
{
    g_hash_table_replace(conf->attributes, g_strdup_printf("%s\n%s", node, name), g_strdup(value));
}

void
cox_fenceconf_levels_of(const struct cox_fenceconf *conf, const char *target, GPtrArray *levels)
{
    for (guint i = 0; i < conf->levels->len; i++) {
        struct cox_fencelevel *level = conf->levels->pdata[i];
        g_autofree char *key = g_strdup_printf("%s\n%s", target, level->target);

        if (cox_fencelevel_matches(level, target, g_hash_table_lookup(conf->attributes, key))) {
            g_ptr_array_add(levels, level);
        }
    }
}
