/* cts/scheduler/randommodel.c - random clusters, and random things that happen to them.  For tests. */
#include "randommodel.h"

#include <string.h>

#include "base/testkit.h"
#include "transition/pretend.h"

guint32
random_setting(const char *variable, guint32 fallback)
{
    const char *text = g_getenv(variable);
    guint64 value = 0;

    if (text == NULL) {
        return fallback;
    }
    if (!g_ascii_string_to_unsigned(text, 10, 0, G_MAXUINT32, &value, NULL)) {
        fail_msg("%s='%s' is no number", variable, text);
    }
    return (guint32) value;
}

#define PICK(rand, texts) (texts)[g_rand_int_range((rand), 0, (gint32) G_N_ELEMENTS(texts))]

/** What is being written. */
struct draft {
    GString *xml;
    GRand *shape, *detail;
    GPtrArray *targets;     /* ids that constraints may name; borrowed from names */
    GPtrArray *promotables; /* those of them that can be promoted */
    GPtrArray *names;       /* owns all ids */
    int n_nodes;
    int n_ids;              /* for ids of elements */
    int n_rscs;
};

/* One time in @n. */
static bool
one_in(GRand *rand, int n)
{
    return g_rand_int_range(rand, 0, n) == 0;
}

static int
below(GRand *rand, int n)
{
    return g_rand_int_range(rand, 0, n);
}

static char *
new_name(struct draft *draft, const char *prefix)
{
    char *name = g_strdup_printf("%s%d", prefix, draft->n_rscs++);

    g_ptr_array_add(draft->names, name);
    return name;
}

static void
write_pair(struct draft *draft, const char *name, const char *value)
{
    g_string_append_printf(draft->xml, "<nvpair id=\"i%d\" name=\"%s\" value=\"%s\"/>", draft->n_ids++, name, value);
}

struct choice {
    const char *name;
    const char *values[6]; /* up to the first NULL */
    int one_in;
};

static void
write_choices(struct draft *draft, const struct choice *choices, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        int n_values = 0;

        while (n_values < 6 && choices[i].values[n_values] != NULL) {
            n_values++;
        }
        if (one_in(draft->detail, choices[i].one_in)) {
            write_pair(draft, choices[i].name, choices[i].values[below(draft->detail, n_values)]);
        }
    }
}

static void
write_set(struct draft *draft, const char *element, const struct choice *choices, size_t n)
{
    g_string_append_printf(draft->xml, "<%s id=\"i%d\">", element, draft->n_ids++);
    write_choices(draft, choices, n);
    g_string_append_printf(draft->xml, "</%s>", element);
}

/* ---- options and nodes ---- */

static void
write_options(struct draft *draft)
{
    static const struct choice choices[] = {
        { "no-quorum-policy", { "stop", "freeze", "ignore", "demote", "suicide" }, 2 },
        { "symmetric-cluster", { "false" }, 10 },
        { "placement-strategy", { "utilization", "balanced", "minimal" }, 3 },
        { "node-health-strategy", { "migrate-on-red", "only-green", "progressive", "custom" }, 4 },
        { "node-health-base", { "10" }, 8 },
        { "maintenance-mode", { "true" }, 25 },
        { "stop-all-resources", { "true" }, 25 },
        { "stop-orphan-resources", { "false" }, 8 },
        { "stop-orphan-actions", { "false" }, 8 },
        { "start-failure-is-fatal", { "false" }, 3 },
        { "enable-startup-probes", { "false" }, 15 },
        { "startup-fencing", { "false" }, 8 },
        { "concurrent-fencing", { "true", "false" }, 2 },
        { "stonith-action", { "off" }, 6 },
        { "priority-fencing-delay", { "15s" }, 6 },
        { "shutdown-lock", { "true" }, 8 },
        { "have-watchdog", { "true" }, 12 },
        { "stonith-watchdog-timeout", { "10s" }, 12 },
    };

    g_string_append(draft->xml, "<crm_config><cluster_property_set id=\"options\">");
    write_pair(draft, "stonith-enabled", one_in(draft->detail, 3) ? "false" : "true");
    write_choices(draft, choices, G_N_ELEMENTS(choices));
    g_string_append(draft->xml, "</cluster_property_set></crm_config>");
}

static void
write_nodes(struct draft *draft)
{
    static const struct choice attributes[] = {
        { "standby", { "on" }, 12 },
        { "maintenance", { "true" }, 15 },
        { "rack", { "x", "y" }, 2 },
        { "pref", { "10", "-INFINITY", "INFINITY", "z" }, 3 },
        { "#health-disk", { "red", "yellow", "green" }, 5 },
    };
    static const struct choice utilization[] = {
        { "cpu", { "2", "4", "8" }, 1 },
        { "memory", { "3", "100" }, 2 },
    };

    g_string_append(draft->xml, "<nodes>");
    for (int i = 1; i <= draft->n_nodes; i++) {
        g_string_append_printf(draft->xml, "<node id=\"%d\" uname=\"n%d\">", i, i);
        write_set(draft, "instance_attributes", attributes, G_N_ELEMENTS(attributes));
        write_set(draft, "utilization", utilization, G_N_ELEMENTS(utilization));
        g_string_append(draft->xml, "</node>");
    }
    g_string_append(draft->xml, "</nodes>");
}

/* ---- resources ---- */

static const struct choice primitive_meta[] = {
    { "priority", { "1", "5", "10" }, 4 },
    { "resource-stickiness", { "1", "100", "INFINITY", "-1" }, 3 },
    { "target-role", { "Stopped", "Started" }, 8 },
    { "is-managed", { "false" }, 15 },
    { "maintenance", { "true" }, 20 },
    { "migration-threshold", { "1", "2" }, 4 },
    { "failure-timeout", { "60s", "1h" }, 4 },
    { "allow-migrate", { "true" }, 3 },
    { "multiple-active", { "block", "stop_only", "stop_unexpected" }, 4 },
    { "requires", { "nothing", "quorum", "fencing" }, 6 },
    { "critical", { "false" }, 10 },
    { "allow-unhealthy-nodes", { "true" }, 10 },
};

static const struct choice primitive_utilization[] = {
    { "cpu", { "1", "2", "3" }, 2 },
    { "memory", { "1", "2" }, 3 },
};

static void
write_op(struct draft *draft, const char *name, const char *interval, const char *role)
{
    static const char *const on_fail[] = { "ignore", "block", "stop", "restart", "standby", "fence", "demote" };
    bool is_promoted = g_strcmp0(role, "Promoted") == 0;

    g_string_append_printf(draft->xml, "<op id=\"i%d\" name=\"%s\" interval=\"%s\"", draft->n_ids++, name, interval);
    if (role != NULL) {
        g_string_append_printf(draft->xml, " role=\"%s\"", role);
    }
    if (one_in(draft->detail, 3)) {
        g_string_append_printf(draft->xml, " on-fail=\"%s\"", on_fail[below(draft->detail, is_promoted ? 7 : 6)]);
    }
    if (one_in(draft->detail, 20)) {
        g_string_append(draft->xml, " enabled=\"false\"");
    }
    g_string_append(draft->xml, "/>");
}

static void
write_operations(struct draft *draft, bool is_promotable)
{
    g_string_append(draft->xml, "<operations>");
    write_op(draft, "monitor", one_in(draft->detail, 4) ? "20s" : "10s", is_promotable ? "Unpromoted" : NULL);
    if (is_promotable) {
        write_op(draft, "monitor", "9s", "Promoted");
    }
    if (one_in(draft->detail, 8)) {
        write_op(draft, "monitor", "30s", "Stopped");
    }
    if (one_in(draft->detail, 4)) {
        write_op(draft, "start", "0", NULL);
    }
    if (one_in(draft->detail, 4)) {
        write_op(draft, "stop", "0", NULL);
    }
    g_string_append(draft->xml, "</operations>");
}

static char *
write_primitive(struct draft *draft, bool is_promotable)
{
    char *id = new_name(draft, "r");
    bool is_guest = one_in(draft->shape, 25) && !is_promotable;

    g_string_append_printf(draft->xml, "<primitive id=\"%s\" class=\"ocf\" provider=\"pacemaker\" type=\"%s\">", id,
                           is_promotable ? "Stateful" : "Dummy");
    g_string_append_printf(draft->xml, "<meta_attributes id=\"i%d\">", draft->n_ids++);
    if (is_guest) {
        g_autofree char *guest = g_strdup_printf("guest-%s", id);

        write_pair(draft, "remote-node", guest);
    }
    write_choices(draft, primitive_meta, G_N_ELEMENTS(primitive_meta));
    g_string_append(draft->xml, "</meta_attributes>");
    if (one_in(draft->shape, 2)) {
        g_string_append_printf(draft->xml, "<instance_attributes id=\"i%d\">", draft->n_ids++);
        write_pair(draft, "state", one_in(draft->detail, 3) ? "/run/b" : "/run/a");
        g_string_append(draft->xml, "</instance_attributes>");
    }
    write_set(draft, "utilization", primitive_utilization, G_N_ELEMENTS(primitive_utilization));
    write_operations(draft, is_promotable);
    g_string_append(draft->xml, "</primitive>");
    return id;
}

static char *
write_group(struct draft *draft)
{
    static const struct choice choices[] = {
        { "target-role", { "Stopped" }, 15 }, { "resource-stickiness", { "5" }, 4 }, { "is-managed", { "false" }, 20 },
    };
    char *id = new_name(draft, "g");
    int n = 1 + below(draft->shape, 3);

    g_string_append_printf(draft->xml, "<group id=\"%s\">", id);
    write_set(draft, "meta_attributes", choices, G_N_ELEMENTS(choices));
    for (int i = 0; i < n; i++) {
        char *member = write_primitive(draft, false);

        if (one_in(draft->shape, 4)) {
            g_ptr_array_add(draft->targets, member);
        }
    }
    g_string_append(draft->xml, "</group>");
    return id;
}

static char *
write_clone(struct draft *draft)
{
    static const struct choice choices[] = {
        { "clone-max", { "1", "2", "3" }, 3 },    { "clone-min", { "1", "2" }, 5 },
        { "interleave", { "true" }, 2 },          { "ordered", { "true" }, 4 },     { "notify", { "true" }, 3 },
        { "promoted-max", { "1", "2" }, 4 },      { "target-role", { "Unpromoted", "Stopped", "Promoted" }, 10 },
        { "promoted-node-max", { "2" }, 10 },
    };
    char *id = new_name(draft, "c");
    bool is_promotable = one_in(draft->shape, 2);

    g_string_append_printf(draft->xml, "<clone id=\"%s\"><meta_attributes id=\"i%d\">", id, draft->n_ids++);
    if (is_promotable) {
        write_pair(draft, "promotable", "true");
        g_ptr_array_add(draft->promotables, id);
    }
    if (one_in(draft->shape, 4)) {
        write_pair(draft, "globally-unique", "true");
        write_pair(draft, "clone-node-max", one_in(draft->detail, 2) ? "2" : "1");
    }
    write_choices(draft, choices, G_N_ELEMENTS(choices));
    g_string_append(draft->xml, "</meta_attributes>");
    if (!is_promotable && one_in(draft->shape, 3)) {
        (void) write_group(draft);
    } else {
        (void) write_primitive(draft, is_promotable);
    }
    g_string_append(draft->xml, "</clone>");
    return id;
}

static char *
write_bundle(struct draft *draft)
{
    char *id = new_name(draft, "b");
    bool is_promotable = one_in(draft->shape, 2);
    int first = below(draft->shape, 200);

    g_string_append_printf(draft->xml, "<bundle id=\"%s\"><podman image=\"i\" replicas=\"%d\"%s%s/>", id, 1 + below(draft->shape, 3),
                           is_promotable ? " promoted-max=\"1\"" : "", one_in(draft->shape, 3) ? " replicas-per-host=\"2\"" : "");
    if (one_in(draft->shape, 4)) {
        g_string_append(draft->xml, "<network control-port=\"3121\"/>");
    } else {
        g_string_append_printf(draft->xml, "<network ip-range-start=\"192.168.%d.1\"/>", first);
    }
    if (!one_in(draft->shape, 5)) {
        (void) write_primitive(draft, is_promotable);
        if (is_promotable) {
            g_ptr_array_add(draft->promotables, id);
        }
    }
    g_string_append(draft->xml, "</bundle>");
    return id;
}

static void
write_fencing(struct draft *draft, int n)
{
    for (int i = 0; i < n; i++) {
        g_string_append_printf(draft->xml, "<primitive id=\"f%d\" class=\"stonith\" type=\"fence_x\">", i);
        if (one_in(draft->shape, 6)) {
            g_string_append_printf(draft->xml, "<meta_attributes id=\"i%d\">", draft->n_ids++);
            write_pair(draft, "provides", "unfencing");
            g_string_append(draft->xml, "</meta_attributes>");
        }
        g_string_append(draft->xml, "</primitive>");
    }
}

static void
write_resources(struct draft *draft)
{
    int n = 1 + below(draft->shape, 6);

    g_string_append(draft->xml, "<resources>");
    write_fencing(draft, below(draft->shape, 3));
    if (one_in(draft->shape, 5)) {
        g_string_append(draft->xml, "<primitive id=\"remote1\" class=\"ocf\" provider=\"pacemaker\" type=\"remote\"/>");
    }
    for (int i = 0; i < n; i++) {
        int kind = below(draft->shape, 12);
        char *id = kind < 5 ? write_primitive(draft, false)
                         : kind < 8 ? write_group(draft)
                         : kind < 11 ? write_clone(draft)
                                     : write_bundle(draft);

        g_ptr_array_add(draft->targets, id);
    }
    g_string_append(draft->xml, "</resources>");
}

/* ---- constraints ---- */

static const char *const scores[] = { "INFINITY", "-INFINITY", "10", "-10", "100", "INFINITY" };

static const char *
target(struct draft *draft)
{
    return g_ptr_array_index(draft->targets, (guint) below(draft->detail, (int) draft->targets->len));
}

static bool
is_promotable(const struct draft *draft, const char *id)
{
    return g_ptr_array_find_with_equal_func(draft->promotables, id, g_str_equal, NULL);
}

static void
write_location(struct draft *draft)
{
    const char *rsc = target(draft);
    static const char *const discovery[] = { "", " resource-discovery=\"never\"", " resource-discovery=\"exclusive\"", "", "" };

    if (one_in(draft->detail, 3)) {
        static const char *const expressions[] = {
            "attribute=\"rack\" operation=\"eq\" value=\"x\"",
            "attribute=\"pref\" operation=\"defined\"",
            "attribute=\"pref\" operation=\"not_defined\"",
            "attribute=\"#uname\" operation=\"ne\" value=\"n1\"",
            "attribute=\"pref\" operation=\"lt\" value=\"5\" type=\"number\"",
        };

        g_string_append_printf(draft->xml,
                               "<rsc_location id=\"i%d\" rsc=\"%s\"><rule id=\"i%d\" score%s=\"%s\"%s><expression id=\"i%d\" %s/>"
                               "</rule></rsc_location>",
                               draft->n_ids, rsc, draft->n_ids + 1, one_in(draft->detail, 4) ? "-attribute" : "",
                               PICK(draft->detail, scores), is_promotable(draft, rsc) ? " role=\"Promoted\"" : "",
                               draft->n_ids + 2, PICK(draft->detail, expressions));
        draft->n_ids += 3;
        return;
    }
    g_string_append_printf(draft->xml, "<rsc_location id=\"i%d\" rsc=\"%s\" node=\"n%d\" score=\"%s\"%s/>", draft->n_ids++, rsc,
                           1 + below(draft->detail, draft->n_nodes), PICK(draft->detail, scores), PICK(draft->detail, discovery));
}

static void
write_members(struct draft *draft, const char *attributes)
{
    const char *first = target(draft);
    const char *second = target(draft);

    g_string_append_printf(draft->xml, "<resource_set id=\"i%d\"%s><resource_ref id=\"%s\"/>", draft->n_ids++, attributes, first);
    if (first != second) {
        g_string_append_printf(draft->xml, "<resource_ref id=\"%s\"/>", second);
    }
    g_string_append(draft->xml, "</resource_set>");
}

static void
write_colocation(struct draft *draft)
{
    const char *dependent = target(draft);
    const char *primary = target(draft);
    bool with_promoted = is_promotable(draft, primary) && one_in(draft->detail, 2);

    if (one_in(draft->detail, 6)) {
        g_string_append_printf(draft->xml, "<rsc_colocation id=\"i%d\" score=\"%s\">", draft->n_ids++, PICK(draft->detail, scores));
        write_members(draft, one_in(draft->detail, 2) ? " sequential=\"false\"" : "");
        if (one_in(draft->detail, 2)) {
            write_members(draft, "");
        }
        g_string_append(draft->xml, "</rsc_colocation>");
    } else if (dependent != primary) {
        g_string_append_printf(draft->xml, "<rsc_colocation id=\"i%d\" rsc=\"%s\" with-rsc=\"%s\" score=\"%s\"%s%s%s%s/>",
                               draft->n_ids++, dependent, primary, PICK(draft->detail, scores),
                               with_promoted ? " with-rsc-role=\"Promoted\"" : "",
                               is_promotable(draft, dependent) && one_in(draft->detail, 3) ? " rsc-role=\"Promoted\"" : "",
                               one_in(draft->detail, 8) ? " node-attribute=\"rack\"" : "",
                               one_in(draft->detail, 8) ? " influence=\"false\"" : "");
    }
}

static void
write_order(struct draft *draft)
{
    static const char *const kinds[] = { "Mandatory", "Optional", "Serialize", "Mandatory", "Mandatory" };
    const char *first = target(draft);
    const char *then = target(draft);

    if (one_in(draft->detail, 6)) {
        g_string_append_printf(draft->xml, "<rsc_order id=\"i%d\" kind=\"%s\">", draft->n_ids++, PICK(draft->detail, kinds));
        write_members(draft, one_in(draft->detail, 2) ? " sequential=\"false\" require-all=\"false\"" : "");
        write_members(draft, one_in(draft->detail, 2) ? " sequential=\"false\"" : "");
        g_string_append(draft->xml, "</rsc_order>");
    } else if (first != then) {
        g_string_append_printf(draft->xml, "<rsc_order id=\"i%d\" first=\"%s\" then=\"%s\" kind=\"%s\"%s%s/>", draft->n_ids++, first,
                               then, PICK(draft->detail, kinds),
                               is_promotable(draft, first) && one_in(draft->detail, 2)
                                   ? " first-action=\"promote\" then-action=\"start\"" : "",
                               one_in(draft->detail, 5) ? " symmetrical=\"false\"" : "");
    }
}

static void
write_ticket(struct draft *draft)
{
    static const char *const policies[] = { "stop", "demote", "fence", "freeze" };
    const char *rsc = target(draft);

    g_string_append_printf(draft->xml, "<rsc_ticket id=\"i%d\" ticket=\"T\" rsc=\"%s\" loss-policy=\"%s\"%s/>", draft->n_ids++, rsc,
                           PICK(draft->detail, policies),
                           is_promotable(draft, rsc) && one_in(draft->detail, 2) ? " rsc-role=\"Promoted\"" : "");
}

static void
write_constraints(struct draft *draft)
{
    static void (*const writers[])(struct draft *) = { write_location, write_location, write_colocation, write_order, write_ticket };
    int n = below(draft->detail, 7);

    g_string_append(draft->xml, "<constraints>");
    for (int i = 0; i < n; i++) {
        int kind = below(draft->detail, 9);

        writers[kind < 8 ? kind / 2 : 4](draft);
    }
    g_string_append(draft->xml, "</constraints>");
}

char *
random_model(GRand *shape, GRand *detail)
{
    struct draft draft = { g_string_new("<cib validate-with=\"pacemaker-4.0\" admin_epoch=\"0\" epoch=\"1\" num_updates=\"0\" "),
                           shape, detail, g_ptr_array_new(), g_ptr_array_new(), g_ptr_array_new_with_free_func(g_free), 0, 0, 0 };

    draft.n_nodes = 1 + below(shape, 4);
    g_string_append_printf(draft.xml, "have-quorum=\"%d\" dc-uuid=\"1\"><configuration>", one_in(detail, 10) ? 0 : 1);
    write_options(&draft);
    write_nodes(&draft);
    write_resources(&draft);
    write_constraints(&draft);
    g_string_append(draft.xml, "</configuration><status/></cib>");
    g_ptr_array_free(draft.targets, TRUE);
    g_ptr_array_free(draft.promotables, TRUE);
    g_ptr_array_free(draft.names, TRUE);
    return g_string_free(draft.xml, FALSE);
}

/* ---- what happens ---- */

void
random_status_begin(const struct cox_config *config, struct cox_status *status)
{
    for (size_t i = 0; i < config->n_nodes; i++) {
        cox_pretend_node_up(status, config->nodes[i].id, config->nodes[i].uname);
    }
}

static void
node_event(GRand *rand, const struct cox_config *config, struct cox_status *status, cox_wall now)
{
    const struct cox_node_def *def = &config->nodes[below(rand, (int) config->n_nodes)];
    struct cox_node_status *node = cox_status_node_ensure(status, def->id, def->uname);
    g_autofree char *time = g_strdup_printf("%" G_GINT64_FORMAT, cox_wall_seconds(now));

    switch (below(rand, 8)) {
    case 0:
        cox_pretend_node_lost(status, def->id, def->uname);
        break;
    case 1:
        cox_pretend_node_lost(status, def->id, def->uname);
        node->expected = "down"; /* it left in order, and its history is still there, as in a cluster that runs */
        break;
    case 2:
    case 3:
        cox_pretend_node_up(status, def->id, def->uname);
        cox_status_attr_set(status, node, "shutdown", NULL);
        break;
    case 4:
        cox_status_attr_set(status, node, "standby", one_in(rand, 2) ? "on" : NULL);
        break;
    case 5:
        cox_status_attr_set(status, node, "shutdown", time);
        break;
    case 6:
        cox_status_attr_set(status, node, "terminate", one_in(rand, 3) ? "true" : NULL);
        break;
    default:
        cox_status_attr_set(status, node, "#health-cpu", one_in(rand, 2) ? "red" : "green");
    }
}

static void
ticket_event(GRand *rand, struct cox_status *status)
{
    struct cox_ticket_state *ticket = cox_status_ticket_ensure(status, "T");

    cox_status_ticket_set(status, ticket, "granted", one_in(rand, 2) ? "true" : "false");
    cox_status_ticket_set(status, ticket, "standby", one_in(rand, 4) ? "true" : "false");
}

/* A primitive, or NULL when the one that was chosen is none. */
static const struct cox_rsc_def *
some_primitive(GRand *rand, const struct cox_config *config)
{
    const struct cox_rsc_def *def = &config->resources[below(rand, (int) config->n_resources)];

    return def->variant == COX_PRIMITIVE ? def : NULL;
}

static void
promotion_event(GRand *rand, const struct cox_config *config, struct cox_status *status)
{
    static const char *const values[] = { "5", "10", "100", "-INFINITY", "1" };
    const struct cox_rsc_def *def = some_primitive(rand, config);

    for (guint i = 0; def != NULL && i < status->nodes->len; i++) {
        struct cox_node_status *node = g_ptr_array_index(status->nodes, i);
        g_autofree char *name = g_strdup_printf("master-%s", def->id);

        cox_status_attr_set(status, node, name, PICK(rand, values));
    }
}

/* A result of something that the node knows. */
static void
result_event(GRand *rand, struct cox_status *status, cox_wall now)
{
    static const struct {
        const char *task;
        gint64 interval_ms;
        int rc, status;
    } results[] = {
        { "monitor", 10000, 7, COX_OP_STATUS_DONE },   { "monitor", 10000, 1, COX_OP_STATUS_DONE },
        { "monitor", 10000, 1, COX_OP_STATUS_TIMEOUT }, { "monitor", 9000, 9, COX_OP_STATUS_DONE },
        { "monitor", 9000, 0, COX_OP_STATUS_DONE },    { "monitor", 0, 5, COX_OP_STATUS_NOT_INSTALLED },
        { "start", 0, 1, COX_OP_STATUS_DONE },         { "start", 0, 6, COX_OP_STATUS_DONE },
        { "start", 0, 193, COX_OP_STATUS_PENDING },    { "stop", 0, 1, COX_OP_STATUS_TIMEOUT },
        { "stop", 0, 193, COX_OP_STATUS_PENDING },     { "promote", 0, 1, COX_OP_STATUS_DONE },
        { "demote", 0, 1, COX_OP_STATUS_DONE },        { "promote", 0, 193, COX_OP_STATUS_PENDING },
        { "monitor", 0, 193, COX_OP_STATUS_PENDING },  { "stop", 0, 0, COX_OP_STATUS_DONE },
    };
    int which = below(rand, (int) G_N_ELEMENTS(results));
    struct cox_node_status *node = g_ptr_array_index(status->nodes, (guint) below(rand, (int) status->nodes->len));
    struct cox_pretend_result result = { .task = results[which].task, .interval_ms = results[which].interval_ms,
                                         .rc = results[which].rc, .status = results[which].status, .now = now };
    const struct cox_rsc_history *history = NULL;

    if (node->resources->len == 0) {
        return;
    }
    history = g_ptr_array_index(node->resources, (guint) below(rand, (int) node->resources->len));
    if (g_str_has_suffix(result.task, "mote") && g_strcmp0(history->type, "Stateful") != 0) {
        return; /* nobody promotes or demotes it */
    }
    (void) cox_pretend_result(status, node, &(struct cox_pretend_rsc) { .id = history->id }, &result);
    if (result.rc != 0 && result.status != COX_OP_STATUS_PENDING && !one_in(rand, 3)) {
        cox_pretend_failure(status, node, history->id, &result);
    }
}

static void
removal_event(GRand *rand, struct cox_status *status, cox_wall now)
{
    struct cox_pretend_rsc rsc = { "removed", NULL, "ocf", "pacemaker", "Dummy" };
    struct cox_pretend_result result = { .task = "start", .status = COX_OP_STATUS_DONE, .now = now };

    (void) cox_pretend_result(status, g_ptr_array_index(status->nodes, (guint) below(rand, (int) status->nodes->len)), &rsc, &result);
}

void
random_events(GRand *rand, const struct cox_config *config, struct cox_status *status, cox_wall now)
{
    int n = below(rand, 4);

    for (int i = 0; i < n; i++) {
        switch (below(rand, 10)) {
        case 0:
            ticket_event(rand, status);
            break;
        case 1:
        case 2:
            promotion_event(rand, config, status);
            break;
        case 3:
        case 4:
        case 5:
            result_event(rand, status, now);
            break;
        case 6:
            removal_event(rand, status, now);
            break;
        default:
            node_event(rand, config, status, now);
        }
    }
}

size_t
random_failures(GRand *rand, const struct cox_graph *graph, struct cox_opspec *specs, size_t max)
{
    static const int codes[] = { 1, 5, 6, 7, 9 };
    size_t n = 0;

    for (size_t tries = 0; graph->n_actions > 0 && tries < max; tries++) {
        const struct cox_action *action = &graph->actions[below(rand, (int) graph->n_actions)];

        if (action->kind == COX_ACTION_RSC && action->node_name != NULL) {
            specs[n++] = (struct cox_opspec) { g_strdup(action->rsc_id), g_strdup(action->task), action->interval_ms,
                                               g_strdup(action->node_name), PICK(rand, codes) };
        }
    }
    return n;
}
