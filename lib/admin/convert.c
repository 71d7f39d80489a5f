/* lib/admin/convert.c - from one cluster manager to the other on nodes that keep what they run: what comes next, and may it.  Layer 4. */
#include "admin/convert.h"

#include <string.h>

#include "admin/nvedit.h"
#include "base/error.h"

#define MAINTENANCE "maintenance="
#define PLACE "place="

/* ---- stacks ----------------------------------------------------------------------------------------------- */

static const char *const names[] = { [COX_STACK_NONE] = "nothing", [COX_STACK_PACEMAKER] = "Pacemaker", [COX_STACK_COXSWAIN] = "Coxswain",
                                     [COX_STACK_BOTH] = "Coxswain and Pacemaker" };

enum cox_stack
cox_stack_parse(const char *text)
{
    bool is_pacemaker = text != NULL && strstr(text, "pacemaker") != NULL;
    bool is_coxswain = text != NULL && strstr(text, "coxswain") != NULL;

    if (is_pacemaker && is_coxswain) {
        return COX_STACK_BOTH;
    }
    return is_pacemaker ? COX_STACK_PACEMAKER : is_coxswain ? COX_STACK_COXSWAIN : COX_STACK_NONE;
}

const char *
cox_stack_text(enum cox_stack stack)
{
    return names[stack];
}

/* ---- what comes next -------------------------------------------------------------------------------------- */

static size_t
count(const struct cox_convert *convert, enum cox_stack stack)
{
    size_t n = 0;

    for (size_t i = 0; i < convert->n_nodes; i++) {
        n += convert->nodes[i].runs == stack ? 1 : 0;
    }
    return n;
}

bool
cox_convert_is_noted(const struct cox_convert *convert)
{
    for (size_t i = 0; i < convert->n_nodes; i++) {
        if (convert->nodes[i].note != NULL) {
            return true;
        }
    }
    return false;
}

/* Notes are written one after the other, before anything else is done: where all are still as they were, one that is not everywhere means nothing. */
static bool
has_begun(const struct cox_convert *convert)
{
    size_t n = 0;

    for (size_t i = 0; i < convert->n_nodes; i++) {
        n += convert->nodes[i].note != NULL ? 1 : 0;
    }
    return n == convert->n_nodes || (n > 0 && count(convert, COX_STACK_PACEMAKER) < convert->n_nodes);
}

static bool
check_node(const struct cox_convert_node *node, const struct cox_convert_node *first, GError **error)
{
    if (node->runs == COX_STACK_BOTH) {
        g_set_error(error, COX_ERROR, COX_ERROR_UNSAFE, "%s: Pacemaker and Coxswain run both: stop there the one that was started last", node->name);
        return false;
    }
    if (!node->is_joined) {
        g_set_error(error, COX_ERROR, COX_ERROR_UNSAFE, "%s: corosync does not run: start it, and wait until the node is back", node->name);
        return false;
    }
    if (g_strcmp0(node->corosync, first->corosync) != 0) {
        g_set_error(error, COX_ERROR, COX_ERROR_UNSAFE, "%s: corosync is %s, on %s it is %s: install the same", node->name, node->corosync, first->name, first->corosync);
        return false;
    }
    return true;
}

static bool
check_notes(const struct cox_convert *convert, GError **error)
{
    const struct cox_convert_node *first = NULL;

    for (size_t i = 0; i < convert->n_nodes; i++) {
        const struct cox_convert_node *node = &convert->nodes[i];

        if (node->note != NULL && first != NULL && strcmp(node->note, first->note) != 0) {
            g_set_error(error, COX_ERROR, COX_ERROR_UNSAFE, "%s: the note of how things were is another than on %s: remove the one that is older", node->name, first->name);
            return false;
        }
        first = node->note != NULL ? node : first;
    }
    return true;
}

/* Nothing was done until now: may it begin? */
static bool
begin(const struct cox_convert *convert, enum cox_convert_phase *phase, GError **error)
{
    if (convert->to == COX_STACK_PACEMAKER) {
        g_set_error(error, COX_ERROR, COX_ERROR_NOT_FOUND, "there is no conversion to go back from: none has begun, or maintenance has ended since");
        return false;
    }
    if (count(convert, COX_STACK_COXSWAIN) == convert->n_nodes) {
        g_set_error(error, COX_ERROR, COX_ERROR_EXISTS, "Coxswain runs on all nodes already");
        return false;
    }
    for (size_t i = 0; i < convert->n_nodes; i++) {
        const struct cox_convert_node *node = &convert->nodes[i];

        if (node->runs != COX_STACK_PACEMAKER) {
            g_set_error(error, COX_ERROR, COX_ERROR_UNSAFE, "%s: runs %s, and not Pacemaker: start Pacemaker on it, or take it out of the cluster", node->name,
                        cox_stack_text(node->runs));
            return false;
        }
    }
    *phase = COX_CONVERT_BEGIN;
    return true;
}

bool
cox_convert_next(const struct cox_convert *convert, enum cox_convert_phase *phase, GError **error)
{
    enum cox_stack from = convert->to == COX_STACK_COXSWAIN ? COX_STACK_PACEMAKER : COX_STACK_COXSWAIN;

    for (size_t i = 0; i < convert->n_nodes; i++) {
        if (!check_node(&convert->nodes[i], &convert->nodes[0], error)) {
            return false;
        }
    }
    if (!has_begun(convert)) {
        return begin(convert, phase, error);
    }
    if (!check_notes(convert, error)) {
        return false;
    }
    *phase = count(convert, from) > 0 ? COX_CONVERT_STOP : count(convert, convert->to) < convert->n_nodes ? COX_CONVERT_START : COX_CONVERT_VERIFY;
    return true;
}

bool
cox_convert_check_installed(const struct cox_convert *convert, GError **error)
{
    const struct cox_convert_node *first = NULL;
    g_autoptr(GString) without = g_string_new(NULL);

    for (size_t i = 0; i < convert->n_nodes; i++) {
        const struct cox_convert_node *node = &convert->nodes[i];
        const char *version = node->version[convert->to];

        if (version == NULL) {
            g_string_append_printf(without, "%s%s", without->len > 0 ? ", " : "", node->name);
        } else if (first != NULL && strcmp(version, first->version[convert->to]) != 0) {
            g_set_error(error, COX_ERROR, COX_ERROR_NOT_INSTALLED, "%s is %s on %s and %s on %s: install the same, and run this again", cox_stack_text(convert->to), version,
                        node->name, first->version[convert->to], first->name);
            return false;
        } else {
            first = first == NULL ? node : first;
        }
    }
    if (without->len > 0) {
        g_set_error(error, COX_ERROR, COX_ERROR_NOT_INSTALLED, "%s is not installed on %s: install its package there, and run this again", cox_stack_text(convert->to),
                    without->str);
        return false;
    }
    return true;
}

/* ---- the note --------------------------------------------------------------------------------------------- */

char *
cox_convert_note_text(const struct cox_convert_note *note)
{
    GString *text = g_string_new(NULL);

    if (note->maintenance != NULL) {
        g_string_append_printf(text, MAINTENANCE "%s\n", note->maintenance);
    }
    for (guint i = 0; i < note->places->len; i++) {
        g_string_append_printf(text, PLACE "%s\n", (const char *) note->places->pdata[i]);
    }
    g_string_append(text, "end\n");
    return g_string_free(text, FALSE);
}

struct cox_convert_note *
cox_convert_note_parse(const char *text, GError **error)
{
    g_autoptr(cox_convert_note) note = g_new0(struct cox_convert_note, 1);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    note->places = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; lines[i] != NULL; i++) {
        if (strcmp(lines[i], "end") == 0) {
            return g_steal_pointer(&note);
        }
        if (g_str_has_prefix(lines[i], PLACE)) {
            g_ptr_array_add(note->places, g_strdup(lines[i] + strlen(PLACE)));
        } else if (g_str_has_prefix(lines[i], MAINTENANCE) && note->maintenance == NULL) {
            note->maintenance = g_strdup(lines[i] + strlen(MAINTENANCE));
        } else {
            g_set_error(error, COX_ERROR, COX_ERROR_SYNTAX, "the note of how things were: line %u is '%.40s'", i + 1, lines[i]);
            return NULL;
        }
    }
    g_set_error(error, COX_ERROR, COX_ERROR_SYNTAX, "the note of how things were has no end: it is not whole");
    return NULL;
}

void
cox_convert_note_free(struct cox_convert_note *note)
{
    if (note != NULL) {
        g_free(note->maintenance);
        if (note->places != NULL) {
            g_ptr_array_unref(note->places);
        }
        g_free(note);
    }
}

/* ---- maintenance ------------------------------------------------------------------------------------------ */

static struct cox_nvedit_home
home_of(const struct cox_xml *root)
{
    return (struct cox_nvedit_home) { cox_xml_child(cox_xml_child(root, "configuration"), "crm_config"), "cluster_property_set", "cib-bootstrap-options" };
}

const char *
cox_convert_maintenance(const struct cox_xml *root)
{
    const struct cox_nvedit_home home = home_of(root);

    return home.owner != NULL ? cox_nvedit_get(&home, "maintenance-mode") : NULL;
}

void
cox_convert_set_maintenance(struct cox_xml *root, const char *value)
{
    const struct cox_nvedit_home home = home_of(root);
    struct cox_nvedit pair = { (char *) (guintptr) "maintenance-mode", (char *) (guintptr) value }; /* only read */
    g_autoptr(GArray) pairs = g_array_new(FALSE, FALSE, sizeof pair);

    g_array_append_val(pairs, pair);
    if (home.owner != NULL) {
        (void) cox_nvedit_apply(&home, pairs);
    }
}

/* ---- what runs where -------------------------------------------------------------------------------------- */

static bool
is_device(const char *standard)
{
    return g_strcmp0(standard, "stonith") == 0;
}

static int
by_text(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *) a, *(const char *const *) b);
}

GPtrArray *
cox_convert_places(const struct cox_cluster *cluster)
{
    GPtrArray *places = g_ptr_array_new_with_free_func(g_free);

    for (size_t i = 0; i < cluster->n_rscs; i++) {
        const struct cox_rsc_state *rsc = &cluster->rscs[i];
        const char *id = rsc->is_unique || rsc->short_id == NULL ? rsc->id : rsc->short_id;

        for (size_t k = 0; rsc->variant == COX_PRIMITIVE && !is_device(rsc->standard) && k < rsc->n_running_on; k++) {
            g_ptr_array_add(places, g_strdup_printf("%s %s %s", id, cluster->nodes[rsc->running_on[k]].name, cox_role_text(rsc->role)));
        }
    }
    g_ptr_array_sort(places, by_text);
    return places;
}

/* "web n1 Started" in words. */
static char *
place_words(const char *place)
{
    g_auto(GStrv) words = g_strsplit(place, " ", 3);

    return g_strv_length(words) == 3 ? g_strdup_printf("%s is %s on %s", words[0], words[2], words[1]) : g_strdup(place);
}

GPtrArray *
cox_convert_differences(const GPtrArray *before, const GPtrArray *after)
{
    GPtrArray *found = g_ptr_array_new_with_free_func(g_free);
    guint i = 0, k = 0;

    while (i < before->len || k < after->len) {
        int order = i == before->len ? 1 : k == after->len ? -1 : strcmp(before->pdata[i], after->pdata[k]);
        g_autofree char *words = order == 0 ? NULL : place_words(order < 0 ? before->pdata[i] : after->pdata[k]);

        if (words != NULL) {
            g_ptr_array_add(found, g_strdup_printf("%s: %s", order < 0 ? "before, and not now" : "now, and not before", words));
        }
        i += order <= 0 ? 1 : 0;
        k += order >= 0 ? 1 : 0;
    }
    return found;
}

/* ---- may it go on? ---------------------------------------------------------------------------------------- */

static const struct cox_node_state *
node_called(const struct cox_cluster *cluster, const char *name)
{
    for (size_t i = 0; i < cluster->n_nodes; i++) {
        if (strcmp(cluster->nodes[i].name, name) == 0) {
            return &cluster->nodes[i];
        }
    }
    return NULL;
}

static void
check_nodes(const struct cox_cluster *cluster, const char *const *wanted, struct cox_diags *diags)
{
    for (; *wanted != NULL; wanted++) {
        const struct cox_node_state *node = node_called(cluster, *wanted);

        if (node == NULL || !node->is_online || node->is_pending || node->is_unclean || node->is_shutdown) {
            cox_diags_add(diags, COX_SEVERITY_WARNING, *wanted, "start the cluster manager on it, or take it out of the cluster", "node '%s' is not online", *wanted);
        }
    }
    for (size_t i = 0; i < cluster->n_nodes; i++) {
        if (cluster->nodes[i].is_remote) {
            cox_diags_add(diags, COX_SEVERITY_ERROR, cluster->nodes[i].name, "take it out of the cluster first, and back in afterwards",
                          "node '%s' is a remote node, whose part of the cluster manager is not converted", cluster->nodes[i].name);
        }
    }
}

static void
check_resources(const struct cox_cluster *cluster, struct cox_diags *diags)
{
    for (size_t i = 0; i < cluster->n_rscs; i++) {
        const struct cox_rsc_state *rsc = &cluster->rscs[i];

        if (rsc->variant != COX_PRIMITIVE) {
            continue;
        }
        if (rsc->pending_task != NULL) {
            cox_diags_add(diags, COX_SEVERITY_WARNING, rsc->id, "wait until it has ended", "resource '%s' is busy: %s", rsc->id, rsc->pending_task);
        }
        if (rsc->is_failed) {
            g_autofree char *remedy = g_strdup_printf("crm_resource --cleanup --resource %s, when the cause is mended", rsc->id);

            cox_diags_add(diags, COX_SEVERITY_ERROR, rsc->id, remedy, "resource '%s' has failed", rsc->id);
        }
    }
}

static bool
is_recurring(const struct cox_action *action)
{
    return action->interval_ms > 0;
}

void
cox_convert_check(const struct cox_plan *plan, const char *const *wanted, struct cox_diags *diags)
{
    const struct cox_cluster *cluster = &plan->cluster;

    if (!cluster->has_quorum) {
        cox_diags_add(diags, COX_SEVERITY_WARNING, NULL, "wait until enough nodes are there", "the cluster has no quorum");
    }
    if (cluster->dc == COX_NODE_NONE) {
        cox_diags_add(diags, COX_SEVERITY_WARNING, NULL, "wait until the nodes have elected one", "the cluster has no coordinator (DC)");
    }
    check_nodes(cluster, wanted, diags);
    check_resources(cluster, diags);
    for (size_t i = 0; i < plan->graph.n_actions; i++) {
        const struct cox_action *action = &plan->graph.actions[i];

        if (action->kind != COX_ACTION_PSEUDO && !is_recurring(action)) {
            cox_diags_add(diags, COX_SEVERITY_WARNING, action->rsc_id, "wait until it is done; crm_simulate --live-check --simulate shows all", "there is something to do: %s on %s",
                          action->key != NULL ? action->key : action->task, action->node_name != NULL ? action->node_name : "the cluster");
        }
    }
}

GPtrArray *
cox_convert_disturbances(const struct cox_plan *plan)
{
    GPtrArray *found = g_ptr_array_new_with_free_func(g_free);

    for (size_t i = 0; i < plan->graph.n_actions; i++) {
        const struct cox_action *action = &plan->graph.actions[i];
        const char *node = action->node_name != NULL ? action->node_name : "the cluster";

        if (action->kind == COX_ACTION_CRM && strcmp(action->task, "stonith") == 0) {
            g_ptr_array_add(found, g_strdup_printf("fence %s", node));
        } else if (action->kind == COX_ACTION_RSC && !is_device(action->rsc_standard) && strcmp(action->task, "monitor") != 0) {
            g_ptr_array_add(found, g_strdup_printf("%s %s on %s", action->task, action->rsc_id, node));
        }
    }
    return found;
}

bool
cox_convert_has_only_ended(const GPtrArray *before, const GPtrArray *after, const GPtrArray *disturbances)
{
    static const char *const harmless[] = { "start ", "promote ", "notify " };

    for (guint i = 0; i < after->len; i++) {
        if (!g_ptr_array_find_with_equal_func((GPtrArray *) (guintptr) before, after->pdata[i], g_str_equal, NULL)) {
            return false;
        }
    }
    for (guint i = 0; i < disturbances->len; i++) {
        bool is_harmless = false;

        for (size_t k = 0; k < G_N_ELEMENTS(harmless); k++) {
            is_harmless = is_harmless || g_str_has_prefix(disturbances->pdata[i], harmless[k]);
        }
        if (!is_harmless) {
            return false;
        }
    }
    return true;
}
