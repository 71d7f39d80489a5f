/* lib/view/node_view.c - nodes as printed: state lists, attributes, fail counts.  Layer 4. */
#include "view/node_view.h"

#include <stdint.h>
#include <string.h>

#include "view/names.h"
#include "view/rsc_view.h"

const char *
cox_node_view_kind(const struct cox_node_state *node)
{
    if (node->is_guest) {
        return "GuestNode";
    }
    return node->is_remote ? "RemoteNode" : "Node";
}

static const char *
state_word(const struct cox_node_state *node)
{
    if (node->is_unclean) {
        if (node->is_online) {
            return "UNCLEAN (online)";
        }
        return node->is_pending ? "UNCLEAN (pending)" : "UNCLEAN (offline)";
    }
    if (node->is_pending) {
        return "pending";
    }
    if (node->is_standby_onfail && node->is_online) {
        return "standby (on-fail)";
    }
    if (node->is_standby) {
        if (!node->is_online) {
            return "OFFLINE (standby)";
        }
        return (node->n_running > 0) ? "standby (with active resources)" : "standby";
    }
    if (node->is_maintenance) {
        return node->is_online ? "maintenance" : "OFFLINE (maintenance)";
    }
    return node->is_online ? "online" : "OFFLINE";
}

char *
cox_node_view_state(const struct cox_node_state *node)
{
    const char *word = state_word(node);

    if (node->is_online && node->health <= 0) {
        return g_strdup_printf("%s (health is %s)", word, (node->health < 0) ? "RED" : "YELLOW");
    }
    return g_strdup(word);
}

const char *
cox_node_view_features(const struct cox_node_state *node)
{
    if (!node->is_online || node->is_remote) {
        return NULL;
    }
    return (node->feature_set != NULL) ? node->feature_set : "<3.15.1";
}

bool
cox_node_view_is_mixed(const struct cox_cluster *cluster)
{
    const char *first = NULL;

    for (size_t i = 0; i < cluster->n_nodes; i++) {
        const char *features = cox_node_view_features(&cluster->nodes[i]);

        if (features != NULL && first != NULL && strcmp(first, features) != 0) {
            return true;
        }
        first = (first == NULL) ? features : first;
    }
    return false;
}

char *
cox_node_view_name(const struct cox_cluster *cluster, guint32 node, const struct cox_view_how *how)
{
    const struct cox_node_state *state = &cluster->nodes[node];

    if (how->with_details && state->is_guest) {
        const struct cox_rsc_state *host = (state->guest_rsc == COX_RSC_NONE) ? NULL : &cluster->rscs[state->guest_rsc];

        return g_strdup_printf("%s@%s", state->name,
                               (host != NULL && host->n_running_on > 0) ? cluster->nodes[host->running_on[0]].name : "");
    }
    if (how->with_details && g_strcmp0(state->name, state->id) != 0) {
        return g_strdup_printf("%s (%s)", state->name, state->id);
    }
    return g_strdup(state->name);
}

static gint
compare_indices(gconstpointer a, gconstpointer b, gpointer data)
{
    const struct cox_cluster *cluster = data;

    return cox_names_compare(cluster->nodes[*(const guint32 *) a].name, cluster->nodes[*(const guint32 *) b].name);
}

GArray *
cox_node_view_order(const struct cox_cluster *cluster)
{
    GArray *order = g_array_new(FALSE, FALSE, sizeof(guint32));

    for (guint32 i = 0; i < cluster->n_nodes; i++) {
        if (!cluster->nodes[i].is_ping) {
            g_array_append_val(order, i);
        }
    }
    g_array_sort_with_data(order, compare_indices, (gpointer) (uintptr_t) cluster);
    return order;
}

/* Nodes of which there is nothing special to say share a line. */
enum shared_line {
    LINE_ONLINE = 0,
    LINE_OFFLINE,
    LINE_REMOTE_ONLINE,
    LINE_REMOTE_OFFLINE,
    LINE_GUEST_ONLINE,
    LINE_GUEST_OFFLINE, /* not shown: a stopped guest is no loss */
    N_LINES,
};

static enum shared_line
line_of(const struct cox_node_state *node)
{
    if (node->is_guest) {
        return node->is_online ? LINE_GUEST_ONLINE : LINE_GUEST_OFFLINE;
    }
    if (node->is_remote) {
        return node->is_online ? LINE_REMOTE_ONLINE : LINE_REMOTE_OFFLINE;
    }
    return node->is_online ? LINE_ONLINE : LINE_OFFLINE;
}

static bool
has_own_line(const struct cox_node_state *node)
{
    return node->is_unclean || node->is_pending || (node->is_standby_onfail && node->is_online) || node->is_standby
           || node->is_maintenance || (node->is_online && node->health <= 0);
}

static const char *
health_word(int health)
{
    if (health > 0) {
        return "green";
    }
    return (health == 0) ? "yellow" : "red";
}

static void
begin_node(struct cox_out *out, const struct cox_cluster *cluster, const struct cox_node_state *node)
{
    const char *type = node->is_remote ? "remote" : (node->is_ping ? "ping" : "member");

    cox_out_begin(out, "node", "name", node->name, "id", node->id, NULL);
    cox_out_attr_bool(out, "online", node->is_online);
    cox_out_attr_bool(out, "standby", node->is_standby);
    cox_out_attr_bool(out, "standby_onfail", node->is_standby_onfail);
    cox_out_attr_bool(out, "maintenance", node->is_maintenance);
    cox_out_attr_bool(out, "pending", node->is_pending);
    cox_out_attr_bool(out, "unclean", node->is_unclean);
    cox_out_attr(out, "health", health_word(node->health));
    cox_out_attr(out, "feature_set", cox_node_view_features(node));
    cox_out_attr_bool(out, "shutdown", node->is_shutdown);
    cox_out_attr_bool(out, "expected_up", node->is_expected_up);
    cox_out_attr_bool(out, "is_dc", node->is_dc);
    cox_out_attrf(out, "resources_running", "%u", node->n_running);
    cox_out_attr(out, "type", type);
    if (node->guest_rsc != COX_RSC_NONE) {
        cox_out_attr(out, "id_as_resource", cluster->rscs[node->guest_rsc].id);
    }
}

/* The line of one node, when it has one of its own. */
static char *
node_line(const struct cox_cluster *cluster, guint32 index, const struct cox_view_how *how)
{
    const struct cox_node_state *node = &cluster->nodes[index];
    g_autofree char *state = cox_node_view_state(node);
    g_autofree char *name = cox_node_view_name(cluster, index, how);
    const char *features = how->with_details ? cox_node_view_features(node) : NULL;

    return g_strdup_printf("%s %s: %s%s%s", cox_node_view_kind(node), name, state, (features != NULL) ? ", feature set " : "",
                           (features != NULL) ? features : "");
}

static bool
runs_on(const struct cox_rsc_state *rsc, guint32 node)
{
    for (size_t i = 0; i < rsc->n_running_on; i++) {
        if (rsc->running_on[i] == node) {
            return true;
        }
    }
    return false;
}

/* What runs on one node: numbers by agent, or a line each, in which the connections to bundles are not worth one. */
static void
print_running(struct cox_out *out, const struct cox_cluster *cluster, guint32 node, const struct cox_view_how *how)
{
    bool is_text = cox_out_is_text(out);

    if (how->is_brief && is_text) {
        cox_rsc_view_brief_on(out, cluster, node, how);
        return;
    }
    for (guint32 i = 0; i < cluster->nodes[node].n_running; i++) {
        guint32 index = cluster->nodes[node].running[i];
        const struct cox_rsc_state *rsc = &cluster->rscs[index];

        if (cox_view_how_has_rsc(how, index) && !(is_text && rsc->is_implicit && g_strcmp0(rsc->type, "remote") == 0)) {
            cox_rsc_view_primitive(out, cluster, index, how);
        }
    }
}

static void
print_with_resources(struct cox_out *out, const struct cox_cluster *cluster, guint32 index, const struct cox_view_how *how)
{
    const struct cox_node_state *node = &cluster->nodes[index];
    g_autofree char *line = node_line(cluster, index, how);
    struct cox_view_how below = *how;

    if (how->is_brief && cox_out_is_text(out) && node->n_running == 0 && !node->is_online) {
        return; /* numbers of nothing, on a node that is not there */
    }
    below.with_descriptions = true;
    cox_out_list_begin(out, "%s", line);
    cox_out_list_begin(out, "Resources");
    print_running(out, cluster, index, &below);
    cox_out_list_end(out);
    cox_out_list_end(out);
}

bool
cox_node_view_list(struct cox_out *out, const struct cox_cluster *cluster, const struct cox_view_how *how)
{
    static const char *const headings[N_LINES] = { "Online", "OFFLINE", "RemoteOnline", "RemoteOFFLINE", "GuestOnline", NULL };
    g_autoptr(GArray) order = cox_node_view_order(cluster);
    GPtrArray *shared[N_LINES];

    if (order->len == 0) {
        return false;
    }
    for (int line = 0; line < N_LINES; line++) {
        shared[line] = g_ptr_array_new();
    }
    cox_out_begin(out, "nodes", NULL);
    cox_out_list_begin(out, "Node List");
    for (guint i = 0; i < order->len; i++) {
        guint32 index = g_array_index(order, guint32, i);
        const struct cox_node_state *node = &cluster->nodes[index];

        if (!cox_view_how_has_node(how, index)) {
            continue;
        }
        begin_node(out, cluster, node);
        if (how->is_by_node) {
            print_with_resources(out, cluster, index, how);
        } else if (has_own_line(node) || how->with_details) {
            g_autofree char *line = node_line(cluster, index, how);

            cox_out_line(out, "%s", line);
        } else {
            g_ptr_array_add(shared[line_of(node)], (gpointer) (uintptr_t) node->name);
        }
        cox_out_end(out);
    }
    for (int line = 0; line < N_LINES; line++) {
        if (shared[line]->len > 0 && headings[line] != NULL) {
            g_autofree char *names = cox_names_join(shared[line]);

            cox_out_line(out, "%s: [ %s ]", headings[line], names);
        }
        g_ptr_array_free(shared[line], TRUE);
    }
    cox_out_list_end(out);
    cox_out_end(out);
    return true;
}

/* ---- attributes ------------------------------------------------------------------------------------------- */

/* Attributes that the cluster keeps for itself and has other sections for. */
static bool
is_internal(const char *name)
{
    static const char *const prefixes[] = { "fail-count-", "last-failure-", "#" };
    static const char *const names[] = { "shutdown", "terminate", "standby" };

    for (size_t i = 0; i < G_N_ELEMENTS(prefixes); i++) {
        if (g_str_has_prefix(name, prefixes[i])) {
            return true;
        }
    }
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        if (strcmp(name, names[i]) == 0) {
            return true;
        }
    }
    return false;
}

static gint
compare_pairs(gconstpointer a, gconstpointer b)
{
    const struct cox_nvpair *first = *(const struct cox_nvpair *const *) a;
    const struct cox_nvpair *second = *(const struct cox_nvpair *const *) b;

    return strcmp(first->name, second->name);
}

/* Shown attributes of @node in order of name; the caller frees the array. */
static GPtrArray *
shown_attributes(const struct cox_node_state *node)
{
    GPtrArray *shown = g_ptr_array_new();

    for (size_t i = 0; node->attributes != NULL && i < node->attributes->n_pairs; i++) {
        const struct cox_nvpair *pair = &node->attributes->pairs[i];

        if (pair->value != NULL && !is_internal(pair->name)) {
            g_ptr_array_add(shown, (gpointer) (uintptr_t) pair);
        }
    }
    g_ptr_array_sort(shown, compare_pairs);
    return shown;
}

/* The section's heading comes with its first entry. */
static void
begin_section(struct cox_out *out, bool *is_open, const char *element, const char *heading)
{
    if (!*is_open) {
        cox_out_spacer(out);
        cox_out_begin(out, element, NULL);
        cox_out_list_begin(out, "%s", heading);
        *is_open = true;
    }
}

static void
end_section(struct cox_out *out, bool is_open)
{
    if (is_open) {
        cox_out_list_end(out);
        cox_out_end(out);
    }
}

static const char *
ping_value(const struct cox_rsc_state *rsc, const char *name)
{
    for (size_t i = 0; i < rsc->def->params.n_sets; i++) {
        const struct cox_nvset *set = &rsc->def->params.sets[i];

        for (size_t k = 0; k < set->n_pairs; k++) {
            if (g_strcmp0(set->pairs[k].name, name) == 0) {
                return set->pairs[k].value;
            }
        }
    }
    return NULL;
}

static guint
count_words(const char *text)
{
    g_auto(GStrv) words = g_strsplit_set(text, " \t", -1);
    guint n = 0;

    for (guint i = 0; words[i] != NULL; i++) {
        n += (*words[i] != '\0') ? 1 : 0;
    }
    return n;
}

/*
 * An attribute that a ping resource on the node keeps is at its best hosts times multiplier, which the agent takes from
 * its parameters: less means that some host does not answer.  Returns -1 when no such resource keeps the attribute.
 */
static gint64
expected_value(const struct cox_cluster *cluster, guint32 node, const char *name)
{
    for (guint32 i = 0; i < cluster->n_rscs; i++) {
        const struct cox_rsc_state *rsc = &cluster->rscs[i];
        const char *kept = NULL;
        const char *hosts = NULL;
        const char *multiplier = NULL;

        if (rsc->variant != COX_PRIMITIVE || rsc->def == NULL || !runs_on(rsc, node)
            || (g_strcmp0(rsc->type, "ping") != 0 && g_strcmp0(rsc->type, "pingd") != 0)) {
            continue;
        }
        kept = ping_value(rsc, "name");
        hosts = ping_value(rsc, "host_list");
        multiplier = ping_value(rsc, "multiplier");
        if (strcmp((kept != NULL) ? kept : "pingd", name) == 0) {
            return (gint64) ((hosts != NULL) ? count_words(hosts) : 0)
                   * ((multiplier != NULL) ? g_ascii_strtoll(multiplier, NULL, 10) : 1);
        }
    }
    return -1;
}

static void
print_attribute(struct cox_out *out, const struct cox_cluster *cluster, guint32 node, const struct cox_nvpair *pair)
{
    gint64 expected = expected_value(cluster, node, pair->name);
    gint64 value = g_ascii_strtoll(pair->value, NULL, 10);
    const char *remark = "";

    cox_out_begin(out, "attribute", "name", pair->name, "value", pair->value, NULL);
    if (expected >= 0) {
        cox_out_attrf(out, "expected", "%" G_GINT64_FORMAT, expected);
    }
    cox_out_end(out);
    if (expected >= 0 && value <= 0) {
        remark = "\t: Connectivity is lost";
    } else if (expected >= 0 && value < expected) {
        g_autofree char *text = g_strdup_printf("\t: Connectivity is degraded (Expected=%" G_GINT64_FORMAT ")", expected);

        cox_out_line(out, "%-32s\t: %-10s%s", pair->name, pair->value, text);
        return;
    }
    cox_out_line(out, "%-32s\t: %-10s%s", pair->name, pair->value, remark);
}

bool
cox_node_view_attributes(struct cox_out *out, const struct cox_cluster *cluster, const struct cox_view_how *how)
{
    g_autoptr(GArray) order = cox_node_view_order(cluster);
    bool is_open = false;

    for (guint i = 0; i < order->len; i++) {
        guint32 index = g_array_index(order, guint32, i);
        const struct cox_node_state *node = &cluster->nodes[index];
        g_autoptr(GPtrArray) shown = shown_attributes(node);
        g_autofree char *name = cox_node_view_name(cluster, index, how);

        if (!node->is_online || shown->len == 0 || !cox_view_how_has_node(how, index)) {
            continue;
        }
        begin_section(out, &is_open, "node_attributes", "Node Attributes");
        cox_out_begin(out, "node", "name", node->name, NULL);
        cox_out_list_begin(out, "Node: %s", name);
        for (guint k = 0; k < shown->len; k++) {
            const struct cox_nvpair *pair = shown->pdata[k];

            print_attribute(out, cluster, index, pair);
        }
        cox_out_list_end(out);
        cox_out_end(out);
    }
    end_section(out, is_open);
    return is_open;
}

/* ---- fail counts ------------------------------------------------------------------------------------------ */

/* "fail-count-RSC#op_interval": length of RSC, 0 when the name is something else. */
static size_t
counted_rsc_length(const char *name)
{
    static const char prefix[] = "fail-count-";
    const char *hash = NULL;

    if (!g_str_has_prefix(name, prefix)) {
        return 0;
    }
    name += sizeof(prefix) - 1;
    hash = strrchr(name, '#');
    return (hash != NULL) ? (size_t) (hash - name) : strlen(name);
}

/* Sum of the fail counts of one resource on a node; an infinite one stays infinite. */
static gint64
fail_count(const struct cox_nvlist *attributes, const char *rsc, size_t length)
{
    gint64 sum = 0;

    for (size_t i = 0; i < attributes->n_pairs; i++) {
        const char *name = attributes->pairs[i].name;
        const char *value = attributes->pairs[i].value;

        if (value != NULL && counted_rsc_length(name) == length
            && strncmp(name + strlen("fail-count-"), rsc, length) == 0) {
            cox_score count = 0;

            if (cox_score_parse(value, &count, NULL)) {
                sum += count;
            }
        }
    }
    return MIN(sum, COX_SCORE_INFINITY);
}

static void
print_fail_count(struct cox_out *out, const struct cox_node_state *node, const char *rsc, gint64 count)
{
    g_autofree char *number = g_strdup_printf("%" G_GINT64_FORMAT, count);
    g_autofree char *last_name = g_strdup_printf("last-failure-%s", rsc);
    const char *last = cox_nvlist_get(node->attributes, last_name);

    cox_out_leaf(out, "resource_history", "id", rsc, "orphan", "false", "removed", "false", "fail-count", number,
                 "last-failure", last, NULL);
    cox_out_line(out, "%s: fail-count=%s", rsc, (count >= COX_SCORE_INFINITY) ? "INFINITY" : number);
}

bool
cox_node_view_fail_counts(struct cox_out *out, const struct cox_cluster *cluster)
{
    g_autoptr(GArray) order = cox_node_view_order(cluster);
    bool is_open = false;

    for (guint i = 0; i < order->len; i++) {
        const struct cox_node_state *node = &cluster->nodes[g_array_index(order, guint32, i)];
        g_autoptr(GHashTable) done = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

        for (size_t k = 0; node->attributes != NULL && k < node->attributes->n_pairs; k++) {
            const char *name = node->attributes->pairs[k].name;
            size_t length = counted_rsc_length(name);
            g_autofree char *rsc = g_strndup(name + ((length > 0) ? strlen("fail-count-") : 0), length);
            gint64 count = 0;

            if (length == 0 || g_hash_table_contains(done, rsc)) {
                continue;
            }
            count = fail_count(node->attributes, rsc, length);
            if (g_hash_table_size(done) == 0) {
                begin_section(out, &is_open, "node_history", "Migration Summary");
                cox_out_begin(out, "node", "name", node->name, NULL);
                cox_out_list_begin(out, "Node: %s", node->name);
            }
            print_fail_count(out, node, rsc, count);
            g_hash_table_add(done, g_steal_pointer(&rsc));
        }
        if (g_hash_table_size(done) > 0) {
            cox_out_list_end(out);
            cox_out_end(out);
        }
    }
    end_section(out, is_open);
    return is_open;
}
