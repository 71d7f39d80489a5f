/* lib/fence/fencedevice.c - a fence device: whom it can fence, by what name, how long and after what delay.  Layer 3, pure. */
#include "fence/fencedevice.h"

#include <string.h>

#include "base/interval.h"

enum { DEFAULT_TRIES = 2 };

static const char *const action_texts[COX_FENCE_N_ACTIONS] = { "reboot", "off", "on", "list", "status", "monitor" };

const char *
cox_fence_action_text(enum cox_fence_action action)
{
    return action_texts[action];
}

/* The words of @text, separated by any of @separators; free with g_strfreev. */
static char **
split_words(const char *text, const char *separators)
{
    return g_strsplit_set(text == NULL ? "" : text, separators, -1);
}

/* Node names may be escaped with a backslash; `=` is as good as `:`; the part before it is the node. */
static bool
split_pair(char *text, char **value)
{
    char *at = strpbrk(text, ":=");

    if (at == NULL || at == text || at[1] == '\0') {
        return false;
    }
    *at = '\0';
    *value = at + 1;
    return true;
}

static void
read_hosts(struct cox_fencedevice *device)
{
    g_auto(GStrv) hosts = split_words(device->def.host_list, " ,;\t\n");
    g_auto(GStrv) pairs = split_words(device->def.host_map, " ;\t\n");

    for (guint i = 0; hosts[i] != NULL; i++) {
        if (hosts[i][0] != '\0') {
            g_ptr_array_add(device->hosts, g_strdup(hosts[i]));
        }
    }
    for (guint i = 0; pairs[i] != NULL; i++) {
        char *port = NULL;

        if (split_pair(pairs[i], &port)) {
            g_hash_table_insert(device->ports, g_strdup(pairs[i]), g_strdup(port));
            g_ptr_array_add(device->hosts, g_strdup(pairs[i]));
        }
    }
}

static gint64
read_ms(const char *text)
{
    gint64 ms = 0;

    return text != NULL && cox_interval_parse(text, &ms, NULL) ? ms : 0;
}

static void
read_delays(struct cox_fencedevice *device)
{
    const char *base = device->def.delay_base;
    g_auto(GStrv) pairs = NULL;

    device->delay_max_ms = read_ms(device->def.delay_max);
    if (base == NULL || strpbrk(base, ":=") == NULL) {
        device->delay_base_ms = read_ms(base);
        return;
    }
    pairs = split_words(base, " ;\t\n");
    for (guint i = 0; pairs[i] != NULL; i++) {
        char *value = NULL;

        if (split_pair(pairs[i], &value)) {
            gint64 ms = read_ms(value);

            g_hash_table_insert(device->delays, g_strdup(pairs[i]), g_memdup2(&ms, sizeof(ms)));
        }
    }
}

static void
choose_check(struct cox_fencedevice *device)
{
    static const char *const names[] = { "static-list", "dynamic-list", "status", "none" };

    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        if (g_strcmp0(device->def.host_check, names[i]) == 0) {
            device->check = (enum cox_fence_check) i;
            return;
        }
    }
    if (device->hosts->len > 0) {
        device->check = COX_FENCE_CHECK_STATIC;
    } else if (device->def.can[COX_FENCE_LIST]) {
        device->check = COX_FENCE_CHECK_LIST;
    } else {
        device->check = device->def.can[COX_FENCE_STATUS] ? COX_FENCE_CHECK_STATUS : COX_FENCE_CHECK_NONE;
    }
}

struct cox_fencedevice *
cox_fencedevice_new(const struct cox_fencedevice_def *def, gint64 timeout_ms)
{
    struct cox_fencedevice *device = g_new0(struct cox_fencedevice, 1);

    device->def = *def;
    device->def.id = g_strdup(def->id);
    device->def.host_check = g_strdup(def->host_check);
    device->def.host_list = g_strdup(def->host_list);
    device->def.host_map = g_strdup(def->host_map);
    device->def.delay_base = g_strdup(def->delay_base);
    device->def.delay_max = g_strdup(def->delay_max);
    for (guint i = 0; i < COX_FENCE_N_ACTIONS; i++) {
        device->def.action_names[i] = g_strdup(def->action_names[i] != NULL ? def->action_names[i] : action_texts[i]);
        device->def.timeout_ms[i] = def->timeout_ms[i] > 0 ? def->timeout_ms[i] : timeout_ms;
        device->def.retries[i] = def->retries[i] > 0 ? def->retries[i] : DEFAULT_TRIES;
    }
    device->hosts = g_ptr_array_new_with_free_func(g_free);
    device->ports = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    device->delays = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    device->status = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    read_hosts(device);
    read_delays(device);
    choose_check(device);
    return device;
}

static void
free_text(const char *text)
{
    g_free((gpointer) (guintptr) text); /* owned, although the definition borrows */
}

void
cox_fencedevice_free(struct cox_fencedevice *device)
{
    if (device == NULL) {
        return;
    }
    free_text(device->def.id);
    free_text(device->def.host_check);
    free_text(device->def.host_list);
    free_text(device->def.host_map);
    free_text(device->def.delay_base);
    free_text(device->def.delay_max);
    for (guint i = 0; i < COX_FENCE_N_ACTIONS; i++) {
        free_text(device->def.action_names[i]);
    }
    g_ptr_array_unref(device->hosts);
    g_hash_table_unref(device->ports);
    g_hash_table_unref(device->delays);
    g_hash_table_unref(device->status);
    g_clear_pointer(&device->listed, g_ptr_array_unref);
    g_free(device);
}

static bool
contains(const GPtrArray *names, const char *name)
{
    for (guint i = 0; i < names->len; i++) {
        if (g_ascii_strcasecmp(names->pdata[i], name) == 0) {
            return true;
        }
    }
    return false;
}

enum cox_fence_answer
cox_fencedevice_knows(const struct cox_fencedevice *device, const char *target)
{
    gpointer status = NULL;

    switch (device->check) {
        case COX_FENCE_CHECK_STATIC:
            return contains(device->hosts, target) ? COX_FENCE_YES : COX_FENCE_NO;
        case COX_FENCE_CHECK_LIST:
            if (device->listed == NULL) {
                return COX_FENCE_ASK_AGENT;
            }
            return contains(device->listed, cox_fencedevice_port(device, target)) ? COX_FENCE_YES : COX_FENCE_NO;
        case COX_FENCE_CHECK_STATUS:
            if (!g_hash_table_lookup_extended(device->status, target, NULL, &status)) {
                return COX_FENCE_ASK_AGENT;
            }
            return (enum cox_fence_answer) GPOINTER_TO_INT(status);
        case COX_FENCE_CHECK_NONE:
            break;
    }
    return COX_FENCE_YES;
}

const char *
cox_fencedevice_port(const struct cox_fencedevice *device, const char *target)
{
    const char *port = g_hash_table_lookup(device->ports, target);

    return port == NULL ? target : port;
}

void
cox_fencedevice_take_list(struct cox_fencedevice *device, const char *output)
{
    g_auto(GStrv) lines = split_words(output, "\n");

    g_clear_pointer(&device->listed, g_ptr_array_unref);
    device->listed = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; lines[i] != NULL; i++) {
        g_auto(GStrv) words = NULL;

        if (strstr(lines[i], "invalid") != NULL || strstr(lines[i], "variable") != NULL) {
            continue;
        }
        words = split_words(lines[i], " ,;\t\r");
        for (guint w = 0; words[w] != NULL; w++) {
            if (words[w][0] != '\0' && !g_str_equal(words[w], "on") && !g_str_equal(words[w], "off")) {
                g_ptr_array_add(device->listed, g_strdup(words[w]));
            }
        }
    }
}

void
cox_fencedevice_take_status(struct cox_fencedevice *device, const char *target, int exit_status)
{
    enum cox_fence_answer answer = exit_status == 0 || exit_status == 2 ? COX_FENCE_YES : COX_FENCE_NO;

    g_hash_table_insert(device->status, g_strdup(target), GINT_TO_POINTER(answer));
}

void
cox_fencedevice_forget(struct cox_fencedevice *device, const char *target)
{
    g_clear_pointer(&device->listed, g_ptr_array_unref);
    g_hash_table_remove(device->status, target);
}

static gint64
base_delay_ms(const struct cox_fencedevice *device, const char *target)
{
    const gint64 *own_ms = g_hash_table_lookup(device->delays, target);

    return own_ms == NULL ? device->delay_base_ms : *own_ms;
}

gint64
cox_fencedevice_delay_limit_ms(const struct cox_fencedevice *device, const char *target)
{
    return MAX(base_delay_ms(device, target), device->delay_max_ms);
}

gint64
cox_fencedevice_delay_ms(const struct cox_fencedevice *device, const char *target, guint64 seed)
{
    gint64 base_ms = base_delay_ms(device, target);
    gint64 span_ms = cox_fencedevice_delay_limit_ms(device, target) - base_ms;
    guint64 hash = seed * G_GUINT64_CONSTANT(0x9e3779b97f4a7c15);

    hash = (hash ^ hash >> 31) * G_GUINT64_CONSTANT(0xbf58476d1ce4e5b9);
    hash ^= hash >> 29;
    return base_ms + (gint64) (hash % (guint64) (span_ms + 1));
}
