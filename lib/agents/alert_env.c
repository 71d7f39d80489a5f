/* lib/agents/alert_env.c - which alert agents are run for an event, and what they are told.  Layer 3, adapter. */
#include "config.h"

#include "agents/alert_env.h"

#include <stdlib.h>
#include <string.h>

#include "agents/agent_env.h"
#include "base/datetime.h"
#include "base/interval.h"

#define CLEAN_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
#define USUAL_TIMEOUT_MS 30000
#define USUAL_FORMAT "%H:%M:%S.%06N"

bool
cox_alert_wants(const struct cox_alert *alert, const struct cox_alert_event *event)
{
    if ((alert->kinds & (unsigned int) event->kind) == 0) {
        return false;
    }
    if (event->kind == COX_ALERT_RESOURCE && event->interval_ms == 0 && g_strcmp0(event->task, "monitor") == 0) {
        return event->rc != event->target_rc;
    }
    if (event->kind != COX_ALERT_ATTRIBUTE || alert->n_attributes == 0) {
        return true;
    }
    for (size_t i = 0; i < alert->n_attributes; i++) {
        if (g_strcmp0(alert->attributes[i], event->attribute_name) == 0) {
            return true;
        }
    }
    return false;
}

static void
add(GPtrArray *env, const char *name, const char *value)
{
    if (value != NULL) {
        g_ptr_array_add(env, g_strdup_printf("CRM_alert_%s=%s", name, value));
    }
}

static void
add_number(GPtrArray *env, const char *name, gint64 value)
{
    g_ptr_array_add(env, g_strdup_printf("CRM_alert_%s=%" G_GINT64_FORMAT, name, value));
}

static void
add_event(GPtrArray *env, const struct cox_alert_event *event)
{
    static const char *const kinds[] = { [COX_ALERT_NODE] = "node", [COX_ALERT_FENCING] = "fencing", [COX_ALERT_RESOURCE] = "resource",
                                         [COX_ALERT_ATTRIBUTE] = "attribute" };

    add(env, "kind", kinds[event->kind]);
    add(env, "node", event->node);
    if (event->nodeid != 0) {
        add_number(env, "nodeid", (gint64) event->nodeid);
    }
    add(env, "desc", event->desc);
    add(env, "task", event->task);
    add(env, "rsc", event->rsc);
    add(env, "attribute_name", event->attribute_name);
    add(env, "attribute_value", event->attribute_value);
    if (event->kind == COX_ALERT_FENCING || event->kind == COX_ALERT_RESOURCE) {
        add_number(env, "rc", event->rc);
    }
    if (event->kind == COX_ALERT_RESOURCE) {
        add_number(env, "interval", event->interval_ms);
        add_number(env, "target_rc", event->target_rc);
        add_number(env, "status", event->status);
        add_number(env, "exec_time", event->exec_ms);
    }
}

static void
add_time(GPtrArray *env, cox_wall happened, const char *format)
{
    g_autoptr(GTimeZone) zone = g_time_zone_new_local();
    struct cox_datetime datetime;
    g_autofree char *text = NULL;

    if (cox_datetime_from_wall(happened, cox_datetime_offset_at(zone, happened), &datetime)) {
        text = cox_datetime_strftime(&datetime, format);
        if (text == NULL) {
            text = cox_datetime_strftime(&datetime, USUAL_FORMAT);
        }
    }
    add(env, "timestamp", text);
    add_number(env, "timestamp_epoch", cox_wall_seconds(happened));
    add_number(env, "timestamp_usec", happened.usec - cox_wall_seconds(happened) * G_USEC_PER_SEC);
}

static void
add_params(GPtrArray *env, const struct cox_nvlist *params, GPtrArray *refused)
{
    for (size_t i = 0; i < params->n_pairs; i++) {
        if (cox_agent_env_may_set(params->pairs[i].name) && !g_str_has_prefix(params->pairs[i].name, "CRM_alert_")) {
            g_ptr_array_add(env, g_strdup_printf("%s=%s", params->pairs[i].name, params->pairs[i].value == NULL ? "" : params->pairs[i].value));
        } else {
            g_ptr_array_add(refused, g_strdup(params->pairs[i].name));
        }
    }
}

static bool
is_off(const char *text)
{
    return text != NULL && (g_ascii_strcasecmp(text, "false") == 0 || g_ascii_strcasecmp(text, "no") == 0
                            || g_ascii_strcasecmp(text, "off") == 0 || strcmp(text, "0") == 0);
}

bool
cox_alert_prepare(const struct cox_alert *alert, const struct cox_alert_recipient *recipient, const struct cox_alert_event *event,
                  guint64 sequence, struct cox_alert_run *run)
{
    const struct cox_rule_input input = { .now = event->happened };
    struct cox_nvlist meta = COX_NVLIST_INIT, params = COX_NVLIST_INIT;
    GPtrArray *env = g_ptr_array_new();
    const char *format, *timeout;
    bool is_on;

    if (recipient != NULL) { /* the strongest first */
        cox_nvsets_resolve(&recipient->meta, NULL, &input, &meta, NULL);
        cox_nvsets_resolve(&recipient->params, NULL, &input, &params, NULL);
    }
    cox_nvsets_resolve(&alert->meta, NULL, &input, &meta, NULL);
    cox_nvsets_resolve(&alert->params, NULL, &input, &params, NULL);
    is_on = !is_off(cox_nvlist_get(&meta, "enabled"));
    format = cox_nvlist_get(&meta, "timestamp-format");
    timeout = cox_nvlist_get(&meta, "timeout");
    *run = (struct cox_alert_run) { .path = alert->path, .timeout_ms = USUAL_TIMEOUT_MS,
                                    .refused = g_ptr_array_new_with_free_func(g_free) };
    if (timeout != NULL && (!cox_interval_parse(timeout, &run->timeout_ms, NULL) || run->timeout_ms <= 0)) {
        run->timeout_ms = USUAL_TIMEOUT_MS;
    }
    g_ptr_array_add(env, g_strdup("PATH=" CLEAN_PATH));
    add(env, "version", PACKAGE_VERSION);
    add(env, "recipient", recipient == NULL ? NULL : recipient->value);
    add_number(env, "node_sequence", (gint64) sequence);
    add_time(env, event->happened, format == NULL ? USUAL_FORMAT : format);
    add_event(env, event);
    add_params(env, &params, run->refused);
    g_ptr_array_add(env, NULL);
    run->envp = (char **) g_ptr_array_free(env, FALSE);
    cox_nvlist_clear(&meta);
    cox_nvlist_clear(&params);
    return is_on;
}

void
cox_alert_run_clear(struct cox_alert_run *run)
{
    g_clear_pointer(&run->envp, g_strfreev);
    g_clear_pointer(&run->refused, g_ptr_array_unref);
}
