/* lib/fence/fencebuild.c - fence devices and levels from the configuration.  Layer 3, pure. */
#include "fence/fencebuild.h"

#include <string.h>

#include "base/interval.h"
#include "fence/fenceban.h"
#include "fence/fencewatchdog.h"
#include "model/option.h"

struct builder {
    const struct cox_fencebuild_input *input;
    struct cox_fencebuild *build;
    struct cox_diags *diags;
    struct cox_rule_input rule;
    GArray *defs, *devices, *unknown;
    gint64 watchdog_ms;        /* 0: nodes do not take themselves down */
    bool has_watchdog;         /* a device for it is configured */
};

/* Rows of model/option.def for each action. */
static const struct {
    enum cox_option_id name, timeout, retries;
} action_options[COX_FENCE_N_ACTIONS] = {
    [COX_FENCE_REBOOT] = { COX_OPT_DEVICE_REBOOT_ACTION, COX_OPT_DEVICE_REBOOT_TIMEOUT, COX_OPT_DEVICE_REBOOT_RETRIES },
    [COX_FENCE_OFF] = { COX_OPT_DEVICE_OFF_ACTION, COX_OPT_DEVICE_OFF_TIMEOUT, COX_OPT_DEVICE_OFF_RETRIES },
    [COX_FENCE_ON] = { COX_OPT_DEVICE_ON_ACTION, COX_OPT_DEVICE_ON_TIMEOUT, COX_OPT_DEVICE_ON_RETRIES },
    [COX_FENCE_LIST] = { COX_OPT_DEVICE_LIST_ACTION, COX_OPT_DEVICE_LIST_TIMEOUT, COX_OPT_DEVICE_LIST_RETRIES },
    [COX_FENCE_STATUS] = { COX_OPT_DEVICE_STATUS_ACTION, COX_OPT_DEVICE_STATUS_TIMEOUT, COX_OPT_DEVICE_STATUS_RETRIES },
    [COX_FENCE_MONITOR] = { COX_OPT_DEVICE_MONITOR_ACTION, COX_OPT_DEVICE_MONITOR_TIMEOUT, COX_OPT_DEVICE_MONITOR_RETRIES },
};

/* Parameters that are the fencer's, not the agent's. */
static bool
is_ours(const char *name)
{
    static const char *const names[] = { "action", "option", "crm_feature_set", "provides", "stonith-timeout", "priority" };

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        if (strcmp(name, names[i]) == 0) {
            return true;
        }
    }
    return g_str_has_prefix(name, "pcmk_") || g_str_has_prefix(name, "CRM_meta_");
}

/* ---- node attributes ---- */

static const char *
attribute_of(const struct builder *builder, const char *node, const char *name)
{
    cox_node_id id = cox_config_find_node(builder->input->config, node, true);
    const struct cox_node_status *status = builder->input->status == NULL ? NULL : cox_status_node(builder->input->status, NULL, node);
    const struct cox_rule_input plain = { .now = builder->input->now };
    struct cox_nvlist list = COX_NVLIST_INIT;
    const char *value = NULL;

    if (status != NULL) { /* what is transient comes before what is permanent */
        const struct cox_nvsets sets = { (const struct cox_nvset *) status->attr_sets->data, status->attr_sets->len };

        cox_nvsets_resolve(&sets, NULL, &plain, &list, NULL);
    }
    if (id != COX_NODE_NONE) {
        cox_nvsets_resolve(&builder->input->config->nodes[id].attributes, NULL, &plain, &list, &builder->build->next);
    }
    value = cox_nvlist_get(&list, name);
    cox_nvlist_clear(&list);
    return value;
}

static const char *
attribute_here(const void *data, const char *name)
{
    const struct builder *builder = data;

    return strcmp(name, "#uname") == 0 ? builder->input->node : attribute_of(builder, builder->input->node, name);
}

/* ---- one device ---- */

static const struct cox_fencemeta *
find_agent(const struct builder *builder, const char *agent)
{
    for (size_t i = 0; i < builder->input->n_agents; i++) {
        if (strcmp(builder->input->agents[i].agent, agent) == 0) {
            return &builder->input->agents[i];
        }
    }
    return NULL;
}

static void
note_unknown(struct builder *builder, const char *agent)
{
    const char *copy = cox_arena_intern(builder->build->arena, agent);

    for (guint i = 0; i < builder->unknown->len; i++) {
        if (g_array_index(builder->unknown, const char *, i) == copy) {
            return;
        }
    }
    g_array_append_val(builder->unknown, copy);
}

static bool
lists_action(const struct cox_fencemeta *meta, const char *name)
{
    return meta != NULL && meta->actions != NULL && g_strv_contains(meta->actions, name);
}

static const char *
keep(struct builder *builder, const char *text)
{
    return cox_arena_strdup(builder->build->arena, text);
}

static gint64
length_of(struct builder *builder, const char *id, const struct cox_nvlist *params, enum cox_option_id option)
{
    const char *text = cox_option_get(option, params);
    gint64 ms = 0;

    if (text != NULL && (!cox_interval_parse(text, &ms, NULL) || ms < 0)) {
        cox_diags_add(builder->diags, COX_SEVERITY_WARNING, id, "write a length of time such as 60s",
                      "fence device '%s': %s '%s' is no length of time, the default is used", id, cox_option(option)->name, text);
        return 0;
    }
    return ms;
}

static void
read_actions(struct builder *builder, const struct cox_nvlist *params, const struct cox_fencemeta *meta,
             struct cox_fencedevice_def *def)
{
    for (guint i = 0; i < COX_FENCE_N_ACTIONS; i++) {
        const char *name = cox_option_get(action_options[i].name, params);
        const char *retries = cox_option_get(action_options[i].retries, params);

        def->action_names[i] = keep(builder, name);
        def->timeout_ms[i] = length_of(builder, def->id, params, action_options[i].timeout);
        def->retries[i] = retries == NULL ? 0 : (guint) MAX(cox_option_number(action_options[i].retries, retries), 1);
        def->can[i] = lists_action(meta, name != NULL ? name : cox_fence_action_text((enum cox_fence_action) i));
    }
}

/* In resources with parents the nearest value counts. */
static const char *
meta_of(const struct builder *builder, cox_rsc_id rsc, enum cox_option_id option)
{
    const struct cox_config *config = builder->input->config;
    const char *value = NULL;

    for (; rsc != COX_RSC_NONE && value == NULL; rsc = config->resources[rsc].parent) {
        struct cox_nvlist list = COX_NVLIST_INIT;

        cox_nvsets_resolve(&config->resources[rsc].meta, NULL, &builder->rule, &list, &builder->build->next);
        value = cox_option_get(option, &list);
        cox_nvlist_clear(&list);
    }
    return value;
}

/* Stopped at any level means stopped. */
static bool
is_disabled(const struct builder *builder, cox_rsc_id rsc)
{
    const struct cox_config *config = builder->input->config;

    for (; rsc != COX_RSC_NONE; rsc = config->resources[rsc].parent) {
        struct cox_nvlist list = COX_NVLIST_INIT;
        const char *role = NULL;

        cox_nvsets_resolve(&config->resources[rsc].meta, NULL, &builder->rule, &list, &builder->build->next);
        role = cox_option_get(COX_OPT_META_TARGET_ROLE, &list);
        cox_nvlist_clear(&list);
        if (role != NULL && cox_role_parse(role) == COX_ROLE_STOPPED) {
            return true;
        }
    }
    return false;
}

/* The parameter that carries the target: as configured, else plug, else port; not one that has a value of its own. */
static const char *
target_param(const struct cox_nvlist *params, const struct cox_fencemeta *meta)
{
    const char *name = cox_option_get(COX_OPT_DEVICE_HOST_ARGUMENT, params);
    const char *fixed = NULL;

    if (name == NULL && meta != NULL) {
        name = meta->has_plug ? "plug" : meta->has_port ? "port" : NULL;
    }
    if (name == NULL || g_ascii_strcasecmp(name, "none") == 0) {
        return NULL;
    }
    fixed = cox_nvlist_get(params, name);
    return fixed == NULL || strcmp(fixed, "dynamic") == 0 ? name : NULL;
}

/* Where a device comes from: a resource, or somebody who has added it. */
struct source {
    const char *id, *agent, *priority, *provides;
    bool is_banned_here;
};

static void
add_built(struct builder *builder, const struct source *source, const struct cox_nvlist *params, const struct cox_fencemeta *meta)
{
    struct cox_fencebuilt device = { .id = keep(builder, source->id), .agent = keep(builder, source->agent),
                                     .target_param = keep(builder, target_param(params, meta)) };
    g_autoptr(GArray) kept = g_array_new(FALSE, FALSE, sizeof(struct cox_fenceparam));

    for (size_t i = 0; i < params->n_pairs; i++) {
        struct cox_fenceparam param = { params->pairs[i].name, params->pairs[i].value };

        if (param.value != NULL && !is_ours(param.name) && g_strcmp0(param.name, device.target_param) != 0) {
            param.name = keep(builder, param.name);
            param.value = keep(builder, param.value);
            g_array_append_val(kept, param);
        }
    }
    device.n_params = kept->len;
    device.params = cox_arena_memdup(builder->build->arena, kept->data, kept->len, sizeof(struct cox_fenceparam));
    g_array_append_val(builder->devices, device);
}

/* ---- the watchdogs ---- */

static void
make_watchdog(struct builder *builder, struct cox_fencedevice_def *def)
{
    def->watchdog_ms = builder->watchdog_ms;
    for (guint i = 0; i < COX_FENCE_N_ACTIONS; i++) {
        def->can[i] = builder->watchdog_ms != 0 && i != COX_FENCE_ON && i != COX_FENCE_LIST && i != COX_FENCE_STATUS;
    }
    def->timeout_ms[COX_FENCE_REBOOT] = def->timeout_ms[COX_FENCE_OFF] = 2 * builder->watchdog_ms; /* it may have to begin anew */
    def->retries[COX_FENCE_REBOOT] = def->retries[COX_FENCE_OFF] = 1;
    def->action_limit = -1;
}

static void
add_watchdog(struct builder *builder)
{
    struct cox_fencedevice_def def = { .id = COX_FENCE_WATCHDOG_ID, .priority = G_MININT, .host_check = "static-list" };
    const struct cox_fencebuilt device = { .id = COX_FENCE_WATCHDOG_ID, .agent = COX_FENCE_WATCHDOG_AGENT };
    g_autoptr(GString) hosts = g_string_new(NULL);

    for (size_t i = 0; i < builder->input->config->n_nodes; i++) {
        const struct cox_node_def *node = &builder->input->config->nodes[i];

        if (node->kind == COX_NODE_MEMBER && node->uname != NULL) {
            g_string_append_printf(hosts, "%s%s", hosts->len == 0 ? "" : " ", node->uname);
        }
    }
    def.host_list = keep(builder, hosts->str);
    make_watchdog(builder, &def);
    g_array_append_val(builder->defs, def);
    g_array_append_val(builder->devices, device);
}

/* ---- devices of the configuration, and added ones ---- */

static void
add_source(struct builder *builder, const struct source *source, const struct cox_nvlist *params)
{
    const struct cox_fencemeta *meta = find_agent(builder, source->agent);
    struct cox_fencedevice_def def = { .id = keep(builder, source->id) };
    bool is_watchdog = strcmp(source->agent, COX_FENCE_WATCHDOG_AGENT) == 0;

    if (meta == NULL && !is_watchdog) {
        note_unknown(builder, source->agent);
    }
    def.host_check = keep(builder, cox_option_get(COX_OPT_DEVICE_HOST_CHECK, params));
    def.host_list = keep(builder, cox_option_get(COX_OPT_DEVICE_HOST_LIST, params));
    def.host_map = keep(builder, cox_option_get(COX_OPT_DEVICE_HOST_MAP, params));
    def.delay_base = keep(builder, cox_option_get(COX_OPT_DEVICE_DELAY_BASE, params));
    def.delay_max = keep(builder, cox_option_get(COX_OPT_DEVICE_DELAY_MAX, params));
    def.priority = (int) cox_option_number(COX_OPT_META_PRIORITY, source->priority != NULL ? source->priority : cox_nvlist_get(params, "priority"));
    def.action_limit = (int) cox_option_of(COX_OPT_DEVICE_ACTION_LIMIT, params);
    read_actions(builder, params, meta, &def);
    def.is_automatic = (meta != NULL && meta->is_automatic) || g_strcmp0(source->provides, "unfencing") == 0;
    def.is_on_target = meta != NULL && meta->is_on_target;
    def.is_banned_here = source->is_banned_here;
    if (is_watchdog) {
        make_watchdog(builder, &def);
        builder->has_watchdog = true;
    }
    g_array_append_val(builder->defs, def);
    add_built(builder, source, params, meta);
}

static void
add_device(struct builder *builder, cox_rsc_id id)
{
    const struct cox_config *config = builder->input->config;
    const struct cox_rsc_def *rsc = &config->resources[id];
    struct cox_nvlist params = COX_NVLIST_INIT;
    const struct source source = {
        .id = rsc->id, .agent = rsc->type, .priority = meta_of(builder, id, COX_OPT_META_PRIORITY),
        .provides = meta_of(builder, id, COX_OPT_DEVICE_META_PROVIDES),
        .is_banned_here = cox_fenceban_is_banned(config, id, builder->input->node, &builder->rule, &builder->build->next),
    };

    cox_nvsets_resolve(&rsc->params, NULL, &builder->rule, &params, &builder->build->next);
    add_source(builder, &source, &params);
    cox_nvlist_clear(&params);
}

static bool
is_configured(const struct builder *builder, const char *id)
{
    const struct cox_config *config = builder->input->config;

    for (cox_rsc_id i = 0; i < config->n_resources; i++) {
        if (g_strcmp0(config->resources[i].id, id) == 0) {
            return true;
        }
    }
    return false;
}

static void
add_added(struct builder *builder, const struct cox_fencebuild_added *added)
{
    const struct source source = { .id = added->id, .agent = added->agent };
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
    struct cox_nvlist params = COX_NVLIST_INIT;

    for (size_t i = 0; i < added->n_params; i++) {
        char *name = g_strdup(added->params[i]);
        char *equals = strchr(name, '=');

        g_ptr_array_add(texts, name);
        if (equals != NULL) {
            *equals = '\0';
            cox_nvlist_set(&params, name, equals + 1);
        }
    }
    add_source(builder, &source, &params);
    cox_nvlist_clear(&params);
}

/* ---- levels ---- */

static void
add_attributes(struct builder *builder, const char *name, GArray *attributes)
{
    const struct cox_config *config = builder->input->config;

    for (size_t i = 0; i < config->n_nodes; i++) {
        struct cox_fencebuild_attribute attribute = { keep(builder, config->nodes[i].uname), keep(builder, name),
                                                      keep(builder, attribute_of(builder, config->nodes[i].uname, name)) };

        g_array_append_val(attributes, attribute);
    }
}

static void
add_level(struct builder *builder, GArray *levels, GArray *attributes, const struct cox_fencelevel *from)
{
    const char **ids = cox_arena_new_array(builder->build->arena, const char *, from->n_devices);
    struct cox_fencelevel level = *from;

    for (size_t d = 0; d < from->n_devices; d++) {
        ids[d] = keep(builder, from->devices[d]);
    }
    level.target = keep(builder, from->target);
    level.value = keep(builder, from->value);
    level.devices = ids;
    g_array_append_val(levels, level);
    if (level.kind == COX_FENCE_TARGET_ATTRIBUTE) {
        add_attributes(builder, from->target, attributes);
    }
}

static bool
has_level(const GArray *levels, guint n, const struct cox_fencelevel *level)
{
    for (guint i = 0; i < n; i++) {
        if (cox_fencelevel_is_same(&g_array_index(levels, struct cox_fencelevel, i), level)) {
            return true;
        }
    }
    return false;
}

static void
build_levels(struct builder *builder)
{
    static const enum cox_fence_target_kind kinds[] = { [COX_LEVEL_BY_NAME] = COX_FENCE_TARGET_NAME,
                                                        [COX_LEVEL_BY_PATTERN] = COX_FENCE_TARGET_PATTERN,
                                                        [COX_LEVEL_BY_ATTRIBUTE] = COX_FENCE_TARGET_ATTRIBUTE };
    const struct cox_fencebuild_input *input = builder->input;
    struct cox_fencebuild *build = builder->build;
    g_autoptr(GArray) levels = g_array_new(FALSE, FALSE, sizeof(struct cox_fencelevel));
    g_autoptr(GArray) attributes = g_array_new(FALSE, FALSE, sizeof(struct cox_fencebuild_attribute));

    for (size_t i = 0; i < input->config->n_levels; i++) {
        const struct cox_fencing_level *from = &input->config->levels[i];

        add_level(builder, levels, attributes, &(struct cox_fencelevel) {
            .kind = kinds[from->target_kind], .target = from->target, .value = from->target_value, .index = (guint) from->index,
            .devices = from->devices, .n_devices = from->n_devices });
    }
    for (size_t i = 0; i < input->n_added_levels; i++) {
        if (!has_level(levels, (guint) input->config->n_levels, &input->added_levels[i])) {
            add_level(builder, levels, attributes, &input->added_levels[i]);
        }
    }
    build->n_levels = levels->len;
    build->levels = cox_arena_memdup(build->arena, levels->data, levels->len, sizeof(struct cox_fencelevel));
    build->attributes = cox_arena_memdup(build->arena, attributes->data, attributes->len, sizeof(struct cox_fencebuild_attribute));
    build->n_attributes = attributes->len;
}

/* ---- all ---- */

static void
read_options(struct builder *builder)
{
    struct cox_nvlist options = COX_NVLIST_INIT;

    cox_nvsets_resolve(&builder->input->config->properties, "cib-bootstrap-options", &builder->rule, &options, &builder->build->next);
    builder->build->fencing_timeout_ms = cox_option_of(COX_OPT_CLUSTER_FENCING_TIMEOUT, &options);
    builder->watchdog_ms = cox_option_of(COX_OPT_CLUSTER_HAVE_WATCHDOG, &options) == 0
                               ? 0
                               : cox_fencewatchdog_wait_ms(cox_option_of(COX_OPT_CLUSTER_FENCING_WATCHDOG_TIMEOUT, &options), builder->input->sbd_ms);
    if (builder->watchdog_ms != 0 && builder->input->is_two_node) {
        builder->watchdog_ms = 0;
        builder->build->has_idle_watchdogs = true;
        cox_diags_add(builder->diags, COX_SEVERITY_WARNING, "fencing-watchdog-timeout", "add a quorum device (corosync-qdevice) or a fence device",
                      "watchdogs do not count as fencing: with two_node each of the two nodes keeps quorum when it is alone, and its watchdog does not strike");
    }
    builder->build->panics = cox_option_of(COX_OPT_CLUSTER_FENCING_REACTION, &options) != 0; /* the words of the row: stop, panic */
    cox_nvlist_clear(&options);
}

static const void *
freeze(struct builder *builder, GArray *array, gsize element_bytes)
{
    const void *copy = cox_arena_memdup(builder->build->arena, array->data, array->len, element_bytes);

    g_array_unref(array);
    return copy;
}

struct cox_fencebuild *
cox_fencebuild_new(const struct cox_fencebuild_input *input, struct cox_diags *diags)
{
    struct cox_fencebuild *build = g_new0(struct cox_fencebuild, 1);
    struct builder builder = {
        .input = input, .build = build, .diags = diags,
        .defs = g_array_new(FALSE, FALSE, sizeof(struct cox_fencedevice_def)),
        .devices = g_array_new(FALSE, FALSE, sizeof(struct cox_fencebuilt)),
        .unknown = g_array_new(FALSE, FALSE, sizeof(const char *)),
    };

    build->arena = cox_arena_new();
    build->next = COX_WALL_NONE;
    builder.rule = (struct cox_rule_input) { .now = input->now, .node_attribute = attribute_here, .node_data = &builder };
    read_options(&builder);
    for (cox_rsc_id id = 0; id < input->config->n_resources; id++) {
        const struct cox_rsc_def *rsc = &input->config->resources[id];

        if (rsc->variant == COX_PRIMITIVE && g_strcmp0(rsc->standard, "stonith") == 0 && rsc->type != NULL
            && !is_disabled(&builder, id)) {
            add_device(&builder, id);
        }
    }
    for (size_t i = 0; i < input->n_added; i++) {
        if (!is_configured(&builder, input->added[i].id)) {
            add_added(&builder, &input->added[i]);
        }
    }
    if (builder.watchdog_ms != 0 && !builder.has_watchdog) {
        add_watchdog(&builder);
    }
    build_levels(&builder);
    build->n_devices = builder.defs->len;
    build->n_unknown_agents = builder.unknown->len;
    build->defs = freeze(&builder, builder.defs, sizeof(struct cox_fencedevice_def));
    build->devices = freeze(&builder, builder.devices, sizeof(struct cox_fencebuilt));
    build->unknown_agents = freeze(&builder, builder.unknown, sizeof(const char *));
    return build;
}

void
cox_fencebuild_free(struct cox_fencebuild *build)
{
    if (build != NULL) {
        cox_arena_free(build->arena);
        g_free(build);
    }
}

const struct cox_fencebuilt *
cox_fencebuild_find(const struct cox_fencebuild *build, const char *id)
{
    for (size_t i = 0; i < build->n_devices; i++) {
        if (strcmp(build->devices[i].id, id) == 0) {
            return &build->devices[i];
        }
    }
    return NULL;
}
