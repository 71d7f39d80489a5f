/* tools/simulate_events.c - crm_simulate: pretended events and the plan tried out.  Layer 6. */
#include <string.h>

#include "base/error.h"
#include "tools/simulate_priv.h"
#include "transition/opspec.h"
#include "transition/pretend.h"
#include "transition/rehearsal.h"
#include "view/action_view.h"

static const char *
node_id(const struct cox_simulation *sim, const char *name)
{
    cox_node_id node = cox_config_find_node(sim->input.config, name, true);
    const struct cox_node_status *status = cox_status_node(sim->input.status, NULL, name);

    if (node != COX_NODE_NONE) {
        return sim->input.config->nodes[node].id;
    }
    return (status != NULL && status->id != NULL) ? status->id : name;
}

static void
each_node(struct cox_simulation *sim, const GPtrArray *names, const char *const what[2],
          void (*pretend)(struct cox_status *status, const char *id, const char *uname))
{
    for (guint i = 0; names != NULL && i < names->len; i++) {
        const char *name = g_ptr_array_index(names, i);

        cox_out_line(sim->ctx->out, "%s node %s%s", what[0], name, what[1]);
        pretend(sim->input.status, node_id(sim, name), name);
        sim->n_updates++;
    }
}

static void
each_ticket(struct cox_simulation *sim, const GPtrArray *names, const char *what, const char *attr)
{
    bool value = strcmp(what, "Granting") == 0 || strcmp(what, "Making standby") == 0;

    for (guint i = 0; names != NULL && i < names->len; i++) {
        const char *name = g_ptr_array_index(names, i);

        cox_out_line(sim->ctx->out, "%s ticket %s", what, name);
        cox_status_ticket_set(sim->input.status, cox_status_ticket_ensure(sim->input.status, name), attr,
                              value ? "true" : "false");
        sim->n_updates++;
    }
}

/* The definition of a resource by its name or an instance's name. */
static const struct cox_rsc_def *
find_rsc(const struct cox_simulation *sim, const char *name)
{
    g_autofree char *base = g_strdup(name);
    char *colon = strchr(base, ':');
    cox_rsc_id rsc = cox_config_find_rsc(sim->input.config, name);

    if (rsc == COX_RSC_NONE && colon != NULL) {
        *colon = '\0';
        rsc = cox_config_find_rsc(sim->input.config, base);
    }
    return rsc == COX_RSC_NONE ? NULL : &sim->input.config->resources[rsc];
}

static bool
inject(struct cox_simulation *sim, const char *text, GError **error)
{
    struct cox_opspec spec = { 0 };
    const struct cox_rsc_def *def;
    struct cox_node_status *node;

    cox_out_line(sim->ctx->out, "Injecting %s into the configuration", text);
    if (!cox_opspec_parse(text, &spec, error)) {
        return false;
    }
    node = cox_status_node(sim->input.status, NULL, spec.node);
    def = find_rsc(sim, spec.rsc);
    if (node == NULL || def == NULL) {
        g_set_error(error, COX_ERROR, COX_ERROR_NOT_FOUND, "cannot inject '%s': no such %s '%s' (crm_simulate -x FILE lists what is there)",
                    text, node == NULL ? "node" : "resource", node == NULL ? spec.node : spec.rsc);
    } else {
        struct cox_pretend_rsc rsc = { def->id, NULL, def->standard, def->provider, def->type };
        struct cox_pretend_result result = {
            .task = spec.task, .interval_ms = spec.interval_ms, .rc = spec.rc, .target_rc = 0,
            .status = spec.rc == 0 ? COX_OP_STATUS_DONE : COX_OP_STATUS_ERROR, .now = sim->now
        };

        cox_pretend_failure(sim->input.status, node, def->id, &result);
        cox_out_line(sim->ctx->out, "Injecting attribute fail-count-%s#%s_%" G_GINT64_FORMAT "=1 into /node_state '%s'",
                     def->id, spec.task, spec.interval_ms, node->id);
        cox_out_line(sim->ctx->out, "Injecting attribute last-failure-%s#%s_%" G_GINT64_FORMAT "=%" G_GINT64_FORMAT
                     " into /node_state '%s'", def->id, spec.task, spec.interval_ms, cox_wall_seconds(sim->now), node->id);
        cox_pretend_result(sim->input.status, node, &rsc, &result);
        sim->n_updates += 3; /* both attributes, and the result */
    }
    cox_opspec_clear(&spec);
    return node != NULL && def != NULL;
}

bool
cox_simulate_modify(struct cox_simulation *sim, GError **error)
{
    static const char *const bringing[2] = { "Bringing", " online" };
    static const char *const taking[2] = { "Taking", " offline" };
    static const char *const failing[2] = { "Failing", "" };
    const struct cox_simulate_settings *s = sim->settings;
    struct cox_out *out = sim->ctx->out;
    bool ok = true;

    if (s->quorum == NULL && s->watchdog == NULL && s->up == NULL && s->down == NULL && s->fail == NULL && s->inject == NULL
        && s->grant == NULL && s->revoke == NULL && s->standby == NULL && s->activate == NULL) {
        return true;
    }
    cox_out_spacer(out);
    cox_out_begin(out, "modifications", NULL);
    cox_out_list_begin(out, "Performing Requested Modifications");
    if (s->quorum != NULL) {
        cox_out_line(out, "Setting quorum: %s", s->quorum);
    }
    if (s->watchdog != NULL) {
        cox_out_line(out, "Setting watchdog: %s", s->watchdog);
    }
    ok = cox_simulate_make_nodes(sim, s->up, error) && cox_simulate_make_nodes(sim, s->down, error) && cox_simulate_make_nodes(sim, s->fail, error);
    each_node(sim, s->up, bringing, cox_pretend_node_up);
    each_node(sim, s->down, taking, cox_pretend_node_down);
    each_node(sim, s->fail, failing, cox_pretend_node_lost);
    each_ticket(sim, s->grant, "Granting", "granted");
    each_ticket(sim, s->revoke, "Revoking", "granted");
    each_ticket(sim, s->standby, "Making standby", "standby");
    each_ticket(sim, s->activate, "Activating", "standby");
    for (guint i = 0; ok && s->inject != NULL && i < s->inject->len; i++) {
        ok = inject(sim, g_ptr_array_index(s->inject, i), error);
    }
    cox_out_list_end(out);
    cox_out_end(out);
    return ok;
}

bool
cox_simulate_execute(struct cox_simulation *sim, const struct cox_plan *plan, GError **error)
{
    const GPtrArray *texts = sim->settings->op_fail;
    g_autoptr(GArray) failures = g_array_new(FALSE, TRUE, sizeof(struct cox_opspec));
    struct cox_rehearsal_input input = { .graph = &plan->graph, .status = sim->input.status, .now = sim->now };
    g_autoptr(cox_rehearsal) done = NULL;
    bool ok = true;

    for (guint i = 0; ok && texts != NULL && i < texts->len; i++) {
        struct cox_opspec spec = { 0 };

        ok = cox_opspec_parse(g_ptr_array_index(texts, i), &spec, error);
        if (ok) {
            g_array_append_val(failures, spec);
        }
    }
    if (ok) {
        input.failures = (const struct cox_opspec *) (const void *) failures->data;
        input.n_failures = failures->len;
        done = cox_rehearsal_run(&input);
        sim->is_executed = true;
        for (size_t i = 0; i < done->n_actions; i++) {
            sim->n_updates += plan->graph.actions[done->actions[i].action].kind != COX_ACTION_PSEUDO;
        }
        if (!sim->ctx->is_quiet) {
            cox_out_spacer(sim->ctx->out);
            cox_out_begin(sim->ctx->out, "transition", NULL);
            cox_out_list_begin(sim->ctx->out, "Executing Cluster Transition");
            for (size_t i = 0; i < done->n_actions; i++) {
                cox_action_view(sim->ctx->out, &plan->graph.actions[done->actions[i].action], done->actions[i].rsc_name);
            }
            cox_out_list_end(sim->ctx->out);
            cox_out_end(sim->ctx->out);
        }
    }
    for (guint i = 0; i < failures->len; i++) {
        cox_opspec_clear(&g_array_index(failures, struct cox_opspec, i));
    }
    return ok;
}
