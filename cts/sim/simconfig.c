/* cts/sim/simconfig.c - what the cluster is asked to run, and what clients change.  For tests only. */
#include "cts/sim/simdaemon.h"

#include "cts/sim/simdoc.h"

static void
answered(struct sim *sim, struct sim_node *node, struct sim_call *call)
{
    (void) sim;
    (void) node;
    (void) call;
}

/* @is_lasting: nobody else changes the same. */
static void
submit(struct sim *sim, struct sim_node *node, GString *change, bool is_lasting)
{
    const struct sim_ask ask = { .asker = SIM_EXEC, .is_of_client = is_lasting, .answer = answered, .change = change };

    sim_cib_ask(sim, node, &ask);
}

static const char *const primitives =
    "<primitive id=\"device\" class=\"stonith\" type=\"fence_test\"/>"
    "<group id=\"site\">"
    "<primitive id=\"ip\" class=\"ocf\" provider=\"test\" type=\"Dummy\"><operations>"
    "<op id=\"ip-monitor\" name=\"monitor\" interval=\"10s\" timeout=\"15s\"/></operations></primitive>"
    "<primitive id=\"web\" class=\"ocf\" provider=\"test\" type=\"Dummy\"><operations>"
    "<op id=\"web-monitor\" name=\"monitor\" interval=\"20s\" timeout=\"15s\"/></operations></primitive>"
    "<primitive id=\"app\" class=\"ocf\" provider=\"test\" type=\"Dummy\"><operations>"
    "<op id=\"app-monitor\" name=\"monitor\" interval=\"20s\" timeout=\"15s\"/></operations></primitive>"
    "</group>";

static void
add_store(const struct sim *sim, GString *xml)
{
    g_string_append_printf(xml, "<primitive id=\"store\" class=\"ocf\" provider=\"test\" type=\"Dummy\"><meta_attributes id=\"sm\">"
                                "<nvpair id=\"sm1\" name=\"allow-migrate\" value=\"%s\"/></meta_attributes><operations>"
                                "<op id=\"store-monitor\" name=\"monitor\" interval=\"15s\" timeout=\"15s\"/></operations></primitive>",
                           sim->shape.migrates ? "true" : "false");
}

static void
add_clones(const struct sim *sim, GString *xml)
{
    if (sim->shape.n_clones > 0) {
        g_string_append_printf(xml, "<clone id=\"base\"><meta_attributes id=\"bm\"><nvpair id=\"bm1\" name=\"promotable\" value=\"%s\"/>"
                                    "<nvpair id=\"bm2\" name=\"clone-max\" value=\"%u\"/></meta_attributes>"
                                    "<primitive id=\"db\" class=\"ocf\" provider=\"test\" type=\"Dummy\"><operations>",
                               sim->shape.is_promotable ? "true" : "false", sim->shape.n_clones);
        g_string_append(xml, sim->shape.is_promotable
                                 ? "<op id=\"db-promoted\" name=\"monitor\" interval=\"12s\" timeout=\"15s\" role=\"Promoted\"/>"
                                   "<op id=\"db-unpromoted\" name=\"monitor\" interval=\"18s\" timeout=\"15s\" role=\"Unpromoted\"/>"
                                 : "<op id=\"db-monitor\" name=\"monitor\" interval=\"18s\" timeout=\"15s\"/>");
        g_string_append(xml, "</operations></primitive></clone>");
    }
    if (sim->shape.is_unique) {
        g_string_append(xml, "<clone id=\"taps\"><meta_attributes id=\"tm\"><nvpair id=\"tm1\" name=\"globally-unique\" value=\"true\"/>"
                             "<nvpair id=\"tm2\" name=\"clone-max\" value=\"2\"/><nvpair id=\"tm3\" name=\"clone-node-max\" value=\"2\"/>"
                             "</meta_attributes><primitive id=\"tap\" class=\"ocf\" provider=\"test\" type=\"Dummy\"><operations>"
                             "<op id=\"tap-monitor\" name=\"monitor\" interval=\"18s\" timeout=\"15s\"/></operations></primitive></clone>");
    }
}

static void
add_grades(const struct sim *sim, GString *xml)
{
    for (guint i = 1; sim->shape.is_promotable && i <= sim->n; i++) {
        g_string_append_printf(xml, "<rsc_location id=\"m%u\" rsc=\"base\"><rule id=\"m%u-r\" role=\"Promoted\" score=\"%u\">"
                                    "<expression id=\"m%u-e\" attribute=\"#uname\" operation=\"eq\" value=\"%s\"/></rule></rsc_location>",
                               i, i, sim->shape.is_graded ? 10 * i : 10, i, sim->nodes[i].name);
    }
}

void
sim_configure(struct sim *sim)
{
    GString *xml = g_string_new("<configuration><crm_config><cluster_property_set id=\"p\">"
                                "<nvpair id=\"p1\" name=\"stonith-enabled\" value=\"true\"/>"
                                "<nvpair id=\"p2\" name=\"start-failure-is-fatal\" value=\"false\"/>"
                                "<nvpair id=\"p3\" name=\"priority-fencing-delay\" value=\"0\"/>"
                                "</cluster_property_set></crm_config><nodes>");
    GString *change = sim_change_new(sim->next_change++);

    for (guint i = 1; i <= sim->n; i++) {
        g_string_append_printf(xml, "<node id=\"%u\" uname=\"%s\"/>", i, sim->nodes[i].name);
    }
    g_string_append_printf(xml, "</nodes><resources>%s", primitives);
    add_store(sim, xml);
    add_clones(sim, xml);
    g_string_append_printf(xml, "</resources><constraints><rsc_location id=\"l1\" rsc=\"store\" node=\"n%u\" score=\"50\"/>",
                           1 + sim_pick(sim, sim->n));
    add_grades(sim, xml);
    g_string_append(xml, "</constraints></configuration>");
    sim_change_modify(change, "configuration", xml->str);
    g_string_free(xml, TRUE);
    submit(sim, &sim->nodes[1], change, true);
}

void
sim_change_note(struct sim *sim, struct sim_node *node)
{
    GString *change = NULL;
    g_autofree char *xml = NULL;

    if (node->cib == NULL) {
        return;
    }
    xml = g_strdup_printf("<crm_config><cluster_property_set id=\"p\"><nvpair id=\"p-note-%u\" name=\"note-%u\" value=\"%" G_GUINT64_FORMAT
                          "\"/></cluster_property_set></crm_config>", node->id, node->id, sim->next_change);
    change = sim_change_new(sim->next_change++);
    sim_change_modify(change, "crm_config", xml);
    sim_say(sim, node, "a client asks for change %" G_GUINT64_FORMAT, sim->next_change - 1);
    submit(sim, node, change, true);
}

void
sim_move_store(struct sim *sim, struct sim_node *node)
{
    const struct sim_node *target = &sim->nodes[1 + sim_pick(sim, sim->n)];
    GString *change = NULL;
    g_autofree char *xml = g_strdup_printf("<constraints><rsc_location id=\"l1\" rsc=\"store\" node=\"%s\" score=\"50\"/></constraints>",
                                           target->name);

    if (node->cib != NULL) {
        change = sim_change_new(sim->next_change++);
        sim_change_modify(change, "constraints", xml);
        sim_say(sim, node, "a client wants the store on %s", target->name);
        submit(sim, node, change, false);
    }
}
