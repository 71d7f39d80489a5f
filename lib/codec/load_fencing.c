/* lib/codec/load_fencing.c - levels of the fencing topology.  Layer 3. */
#include "codec/load_fencing.h"

enum { INDEX_MAX = 9 };

static bool
read_target(struct cox_context *context, const struct cox_xml *xml, struct cox_fencing_level *level)
{
    static const struct {
        const char *name;
        enum cox_level_target kind;
    } kinds[] = {
        { "target", COX_LEVEL_BY_NAME },
        { "target-pattern", COX_LEVEL_BY_PATTERN },
        { "target-attribute", COX_LEVEL_BY_ATTRIBUTE },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(kinds) && level->target == NULL; i++) {
        level->target = cox_context_text(context, xml, kinds[i].name);
        level->target_kind = kinds[i].kind;
    }
    if (level->target_kind == COX_LEVEL_BY_ATTRIBUTE) {
        level->target_value = cox_context_text(context, xml, "target-value");
    }
    return level->target != NULL;
}

static void
read_devices(struct cox_context *context, const struct cox_xml *xml, struct cox_fencing_level *level)
{
    const char *text = cox_xml_get(xml, "devices");
    g_auto(GStrv) parts = g_strsplit(text == NULL ? "" : text, ",", -1);
    GArray *devices = g_array_new(FALSE, FALSE, sizeof(const char *));

    for (size_t i = 0; parts[i] != NULL; i++) {
        const char *device = cox_arena_intern(context->arena, g_strstrip(parts[i]));

        if (device[0] != '\0') {
            g_array_append_val(devices, device);
        }
    }
    level->devices = cox_context_freeze(context, devices, &level->n_devices);
}

static void
add_level(struct cox_context *context, const struct cox_xml *xml, GArray *levels)
{
    struct cox_fencing_level level = { .id = cox_context_text(context, xml, "id") };
    gint64 index = cox_context_number(context, xml, "index", 0);

    if (!read_target(context, xml, &level)) {
        cox_context_problem(context, xml, "add target, target-pattern or target-attribute",
                            "fencing-level '%s' names no target, it is ignored", level.id);
        return;
    }
    if (index < 1 || index > INDEX_MAX) {
        cox_context_problem(context, xml, "write a number from 1 to 9",
                            "fencing-level '%s': index %" G_GINT64_FORMAT " is out of range, it is ignored", level.id,
                            index);
        return;
    }
    level.index = (int) index;
    read_devices(context, xml, &level);
    g_array_append_val(levels, level);
}

void
cox_codec_fencing(struct cox_context *context, const struct cox_xml *topology)
{
    GArray *levels = g_array_new(FALSE, FALSE, sizeof(struct cox_fencing_level));

    for (struct cox_xml *xml = cox_xml_child(topology, "fencing-level"); xml != NULL;
         xml = cox_xml_next_named(xml, "fencing-level")) {
        add_level(context, xml, levels);
    }
    context->config->levels = cox_context_freeze(context, levels, &context->config->n_levels);
}
