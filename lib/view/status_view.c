/* lib/view/status_view.c - the whole cluster on one screen, in the words of its users.  Layer 4. */
#include "view/status_view.h"

#include <stdint.h>
#include <string.h>

#include "view/names.h"
#include "view/node_view.h"
#include "view/rsc_view.h"

enum { NAME_WIDTH = 24 };

/* ---- findings ---- */

static guint
count(const GPtrArray *verdicts, enum cox_verdict_weight weight)
{
    guint n = 0;

    for (guint i = 0; i < verdicts->len; i++) {
        n += (((const struct cox_verdict *) verdicts->pdata[i])->weight == weight) ? 1 : 0;
    }
    return n;
}

static void
print_headline(struct cox_out *out, const struct cox_verdict_input *input, const GPtrArray *verdicts)
{
    const char *name = (input->cluster->cluster_name != NULL) ? input->cluster->cluster_name : "Cluster";
    guint n_problems = count(verdicts, COX_VERDICT_PROBLEM);
    guint n_warnings = count(verdicts, COX_VERDICT_WARNING);
    const char *leader = input->coordinator;

    if (leader == NULL && !input->is_live && input->cluster->dc != COX_NODE_NONE) {
        leader = input->cluster->nodes[input->cluster->dc].name;
    }
    cox_out_attr(out, "name", input->cluster->cluster_name);
    cox_out_attr(out, "coordinator", leader);
    cox_out_attr_bool(out, "quorum", input->has_controller ? input->has_quorum : input->cluster->has_quorum);
    cox_out_attrf(out, "problems", "%u", n_problems);
    cox_out_attrf(out, "warnings", "%u", n_warnings);
    if (n_problems > 0) {
        cox_out_line(out, "%s: %u problem%s", name, n_problems, (n_problems == 1) ? "" : "s");
    } else if (n_warnings > 0) {
        cox_out_line(out, "%s: works; %u thing%s to look at", name, n_warnings, (n_warnings == 1) ? "" : "s");
    } else {
        cox_out_line(out, "%s: all is well", name);
    }
}

static void
print_verdicts(struct cox_out *out, const GPtrArray *verdicts)
{
    static const char marks[] = { '-', '?', '!' };

    cox_out_begin(out, "findings", NULL);
    if (verdicts->len > 0) {
        cox_out_raw(out, "\n");
    }
    for (guint i = 0; i < verdicts->len; i++) {
        const struct cox_verdict *verdict = verdicts->pdata[i];

        cox_out_leaf(out, "finding", "weight", cox_verdict_weight_text(verdict->weight), "subject", verdict->subject, "text", verdict->text,
                     "remedy", verdict->remedy, NULL);
        cox_out_rawf(out, "  %c %s: %s\n", marks[verdict->weight], verdict->subject, verdict->text);
        if (verdict->remedy != NULL) {
            cox_out_rawf(out, "      %s\n", verdict->remedy);
        }
    }
    cox_out_end(out);
}

/* ---- nodes ---- */

static char *
running_names(const struct cox_cluster *cluster, const struct cox_node_state *node)
{
    g_autoptr(GString) names = g_string_new(NULL);

    for (guint32 i = 0; i < node->n_running; i++) {
        const struct cox_rsc_state *rsc = &cluster->rscs[node->running[i]];

        g_string_append_printf(names, "%s%s%s", (names->len > 0) ? ", " : "", rsc->short_id,
                               (rsc->role == COX_ROLE_PROMOTED) ? " (promoted)" : "");
    }
    return g_string_free(g_steal_pointer(&names), FALSE);
}

static void
print_nodes(struct cox_out *out, const struct cox_verdict_input *input)
{
    const struct cox_cluster *cluster = input->cluster;
    g_autoptr(GArray) order = cox_node_view_order(cluster);

    cox_out_begin(out, "nodes", NULL);
    cox_out_raw(out, "\nNodes\n");
    for (guint i = 0; i < order->len; i++) {
        const struct cox_node_state *node = &cluster->nodes[g_array_index(order, guint32, i)];
        g_autofree char *state = cox_node_view_state(node);
        g_autofree char *running = running_names(cluster, node);
        bool leads = input->is_live ? g_strcmp0(input->coordinator, node->name) == 0 : node->is_dc;

        cox_out_begin(out, "node", "name", node->name, "state", state, NULL);
        cox_out_attr_bool(out, "leads", leads);
        cox_out_attr(out, "running", running);
        cox_out_end(out);
        cox_out_rawf(out, "  %-*s %s%s%s%s\n", NAME_WIDTH, node->name, state, leads ? ", leads" : "", (*running != '\0') ? ": " : "",
                     running);
    }
    cox_out_end(out);
}

/* ---- resources ---- */

/* "n1", "n1 (promoted), n2", or "" */
static char *
places(const struct cox_cluster *cluster, guint32 rsc)
{
    guint32 end = cox_rsc_view_next(cluster, rsc);
    g_autofree enum cox_role *roles = g_new0(enum cox_role, cluster->n_nodes + 1);
    g_autoptr(GString) text = g_string_new(NULL);

    for (guint32 i = rsc; i < end; i++) {
        const struct cox_rsc_state *part = &cluster->rscs[i];

        for (size_t k = 0; part->variant == COX_PRIMITIVE && k < part->n_running_on; k++) {
            roles[part->running_on[k]] = MAX(roles[part->running_on[k]], MAX(part->role, COX_ROLE_STARTED));
        }
    }
    for (size_t n = 0; n < cluster->n_nodes; n++) {
        if (roles[n] != COX_ROLE_UNKNOWN) {
            g_string_append_printf(text, "%s%s%s", (text->len > 0) ? ", " : "", cluster->nodes[n].name,
                                   (roles[n] == COX_ROLE_PROMOTED) ? " (promoted)" : "");
        }
    }
    return g_string_free(g_steal_pointer(&text), FALSE);
}

static const char *
kind_of(const struct cox_rsc_state *rsc)
{
    static const char *const kinds[] = { NULL, "group", "clone", "bundle" };

    return kinds[rsc->variant];
}

static const char *
state_of(const struct cox_cluster *cluster, guint32 rsc)
{
    const struct cox_rsc_state *state = &cluster->rscs[rsc];

    if (state->pending_task != NULL) {
        return state->pending_task;
    }
    if (state->variant == COX_PRIMITIVE && state->is_failed) {
        return "FAILED";
    }
    if (!cox_rsc_view_active(cluster, rsc, false)) {
        return (state->target_role == COX_ROLE_STOPPED) ? "stopped (disabled)" : "stopped";
    }
    return "runs on";
}

/* One line; members of a group have one each, below it. */
static void
print_rsc(struct cox_out *out, const struct cox_cluster *cluster, guint32 rsc, unsigned int depth)
{
    const struct cox_rsc_state *state = &cluster->rscs[rsc];
    g_autofree char *where = places(cluster, rsc);
    g_autofree char *agent = (state->variant == COX_PRIMITIVE) ? cox_names_agent(state) : g_strdup(kind_of(state));
    const char *how = state_of(cluster, rsc);

    cox_out_begin(out, "resource", "id", state->id, "kind", agent, "state", how, "nodes", where, NULL);
    cox_out_attr_bool(out, "managed", state->is_managed);
    cox_out_end(out);
    cox_out_rawf(out, "  %*s%-*s %s%s%s  (%s)%s\n", (int) depth * 2, "", NAME_WIDTH - (int) depth * 2, state->id, how,
                 (*where != '\0') ? " " : "", where, agent, state->is_managed ? "" : " not managed");
}

static void
print_resources(struct cox_out *out, const struct cox_cluster *cluster)
{
    cox_out_begin(out, "resources", NULL);
    cox_out_raw(out, "\nResources\n");
    for (guint32 i = 0; i < cluster->n_rscs; i = cox_rsc_view_next(cluster, i)) {
        guint32 end = cox_rsc_view_next(cluster, i);

        if (cluster->rscs[i].is_implicit || (cluster->rscs[i].is_orphan && !cox_rsc_view_active(cluster, i, false))) {
            continue;
        }
        print_rsc(out, cluster, i, 0);
        for (guint32 k = i + 1; cluster->rscs[i].variant == COX_GROUP && k < end; k = cox_rsc_view_next(cluster, k)) {
            print_rsc(out, cluster, k, 1);
        }
    }
    if (cluster->n_rscs == 0) {
        cox_out_raw(out, "  none configured\n");
    }
    cox_out_end(out);
}

bool
cox_status_view(struct cox_out *out, const struct cox_verdict_input *input)
{
    g_autoptr(GPtrArray) verdicts = cox_verdict_find(input);
    bool has_problems = count(verdicts, COX_VERDICT_PROBLEM) > 0;

    cox_out_begin(out, "status-of-cluster", NULL);
    print_headline(out, input, verdicts);
    print_verdicts(out, verdicts);
    print_nodes(out, input);
    print_resources(out, input->cluster);
    cox_out_end(out);
    return has_problems;
}
