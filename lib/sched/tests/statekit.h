/* lib/sched/tests/statekit.h - a working state read from text, up to before the history.  Tests only. */
#ifndef COX_SCHED_STATEKIT_H
#define COX_SCHED_STATEKIT_H

#include <string.h>

#include "base/testkit.h"
#include "codec/load.h"
#include "sched/bundle_priv.h"
#include "sched/rsc_priv.h"
#include "sched/work_priv.h"

struct statekit {
    struct cox_codec_result read;
    struct cox_sched_input input;
    struct sched_work work;
    struct cox_diags *diags;
};

/** The parts of a CIB: any may be "". @header: attributes of the cib element. */
struct statekit_text {
    const char *header, *options, *nodes, *resources, *rest, *status;
};

static inline void
statekit_init(struct statekit *kit, const struct statekit_text *text)
{
#define OR_EMPTY(part) (text->part != NULL ? text->part : "")
    g_autofree char *cib = g_strdup_printf(
        "<cib validate-with=\"pacemaker-4.0\" admin_epoch=\"0\" epoch=\"1\" num_updates=\"0\" %s><configuration><crm_config>"
        "<cluster_property_set id=\"o\">%s</cluster_property_set></crm_config><nodes>%s</nodes><resources>%s</resources>"
        "<constraints/>%s</configuration><status>%s</status></cib>",
        OR_EMPTY(header), OR_EMPTY(options), OR_EMPTY(nodes), OR_EMPTY(resources), OR_EMPTY(rest), OR_EMPTY(status));
    const struct cox_stream_input input = { .text = cib, .length = strlen(cib), .name = "test" };
    struct sched_work *work = &kit->work;
    GError *error = NULL;

    memset(kit, 0, sizeof(*kit));
    kit->diags = cox_diags_new();
    if (!cox_codec_load(&input, NULL, &kit->read, kit->diags, &error)) {
        fail_msg("cannot read: %s", error->message);
    }
    kit->input = (struct cox_sched_input) { .config = kit->read.config, .status = kit->read.status,
                                            .now = cox_wall_from_seconds(1000) };
    work->input = &kit->input;
    work->config = kit->read.config;
    work->status = kit->read.status;
    work->now_s = 1000;
    work->recheck_by = COX_WALL_NONE;
    work->diags = kit->diags;
    work->arena = cox_arena_new();
    work->nodes = g_ptr_array_new();
    work->rscs = g_ptr_array_new();
    work->tops = g_ptr_array_new();
    work->tickets = g_ptr_array_new();
    work->rsc_by_id = g_hash_table_new(g_str_hash, g_str_equal);
    work->wishes = g_array_new(FALSE, FALSE, sizeof(struct sched_wish));
}

static inline void
statekit_run(struct statekit *kit)
{
    sched_options_run(&kit->work);
    sched_nodes_run(&kit->work);
    sched_rscs_run(&kit->work);
    sched_node_state_run(&kit->work);
}

static inline void
statekit_clear(struct statekit *kit)
{
    struct sched_work *work = &kit->work;

    for (guint i = 0; i < work->rscs->len; i++) {
        struct sched_rsc *rsc = g_ptr_array_index(work->rscs, i);
        GPtrArray *lists[] = { rsc->children,  rsc->fillers,   rsc->dangling_migrations, rsc->with_this,
                               rsc->this_with, rsc->locations, rsc->ticket_constraints };

        for (size_t n = 0; n < G_N_ELEMENTS(lists); n++) {
            g_clear_pointer(&lists[n], g_ptr_array_unref);
        }
    }
    for (guint i = 0; i < work->nodes->len; i++) {
        g_ptr_array_free(((struct sched_node *) g_ptr_array_index(work->nodes, i))->running, TRUE);
    }
    g_ptr_array_free(work->nodes, TRUE);
    g_ptr_array_free(work->rscs, TRUE);
    g_ptr_array_free(work->tops, TRUE);
    g_ptr_array_free(work->tickets, TRUE);
    g_array_free(work->wishes, TRUE);
    g_hash_table_destroy(work->rsc_by_id);
    cox_arena_free(work->arena);
    cox_codec_result_clear(&kit->read);
    cox_diags_free(kit->diags);
}

/** The resource called @id, which must be there. */
static inline struct sched_rsc *
statekit_rsc(struct statekit *kit, const char *id)
{
    struct sched_rsc *rsc = sched_rsc_find(&kit->work, id);

    if (rsc == NULL) {
        fail_msg("no resource %s", id);
    }
    return rsc;
}

/** The node called @name, which must be there. */
static inline struct sched_node *
statekit_node(struct statekit *kit, const char *name)
{
    struct sched_node *node = sched_node_find(&kit->work, name);

    if (node == NULL) {
        fail_msg("no node %s", name);
    }
    return node;
}

#define NV(name, value) "<nvpair id=\"nv-" name "\" name=\"" name "\" value=\"" value "\"/>"
#define META(pairs) "<meta_attributes id=\"m\">" pairs "</meta_attributes>"
#define DUMMY(id, inside) "<primitive id=\"" id "\" class=\"ocf\" provider=\"heartbeat\" type=\"Dummy\">" inside "</primitive>"
#define TWO_NODES "<node id=\"1\" uname=\"n1\"/><node id=\"2\" uname=\"n2\"/>"

#endif
