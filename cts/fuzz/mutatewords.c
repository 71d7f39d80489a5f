/* cts/fuzz/mutatewords.c - values and pieces of a CIB that mutatecib.c puts in.  For tests. */
#include "mutatewords.h"

#include <string.h>

#include "model/option.h"

#define PICK(rand, array) ((array)[g_rand_int_range((rand), 0, (gint32) G_N_ELEMENTS(array))])

#define BOOLEANS { "true", "false" }
#define SCORES { "INFINITY", "-INFINITY", "0", "1", "-1", "100", "-100", "999999", "-999999", "5", "1000000" }
#define ROLES { "Started", "Stopped", "Promoted", "Unpromoted", "Master", "Slave" }
#define ACTIONS { "start", "stop", "promote", "demote" }

static const struct mutate_words words[] = {
    { "op", "name", { "monitor", "start", "stop", "promote", "demote", "notify", "migrate_to", "migrate_from", "reload" } },
    { "op", "interval", { "0", "10s", "20s", "10", "1h", "9s" } },
    { "op", "role", ROLES },
    { "op", "on-fail", { "ignore", "block", "stop", "restart", "standby", "fence", "restart-container", "demote" } },
    { "op", "enabled", BOOLEANS },
    { "op", "timeout", { "20s", "0", "1h" } },
    { "op", "start-delay", { "5s", "1h" } },
    { "op", "interval-origin", { "2026-01-28", "2030-01-01 10:00:00" } },
    { "op", "record-pending", BOOLEANS },
    { "rsc_location", "score", SCORES },
    { "rsc_location", "node", { "@node", "nobody" } },
    { "rsc_location", "role", ROLES },
    { "rsc_location", "resource-discovery", { "always", "never", "exclusive" } },
    { "rsc_colocation", "score", SCORES },
    { "rsc_colocation", "rsc-role", ROLES },
    { "rsc_colocation", "with-rsc-role", ROLES },
    { "rsc_colocation", "influence", BOOLEANS },
    { "rsc_colocation", "node-attribute", { "rack", "#uname", "pref" } },
    { "rsc_order", "kind", { "Optional", "Mandatory", "Serialize" } },
    { "rsc_order", "symmetrical", BOOLEANS },
    { "rsc_order", "require-all", BOOLEANS },
    { "rsc_order", "first-action", ACTIONS },
    { "rsc_order", "then-action", ACTIONS },
    { "resource_set", "sequential", BOOLEANS },
    { "resource_set", "require-all", BOOLEANS },
    { "resource_set", "action", ACTIONS },
    { "resource_set", "role", ROLES },
    { "resource_set", "score", SCORES },
    { "rsc_ticket", "loss-policy", { "stop", "demote", "fence", "freeze" } },
    { "rsc_ticket", "rsc-role", ROLES },
    { "rsc_ticket", "ticket", { "A", "B" } },
    { "rule", "score", SCORES },
    { "rule", "boolean-op", { "or", "and" } },
    { "rule", "role", ROLES },
    { "expression", "attribute", { "#uname", "#kind", "#id", "rack", "pref", "#ticket" } },
    { "expression", "operation", { "lt", "gt", "lte", "gte", "eq", "ne", "defined", "not_defined" } },
    { "expression", "value", { "@node", "1", "x", "remote", "cluster", "container" } },
    { "expression", "type", { "string", "integer", "number", "version" } },
    { "date_expression", "start", { "2020-01-01", "2026-01-28 11:00:00", "2030-01-01" } },
    { "date_expression", "end", { "2020-01-02", "2026-01-28 12:00:01", "2031-01-01" } },
    { "date_spec", "hours", { "0-23", "9", "11-13" } },
    { "date_spec", "weekdays", { "1-5", "3", "6-7" } },
    { "date_spec", "monthdays", { "1-31", "28", "31" } },
    { "date_spec", "months", { "1", "2-12" } },
    { "duration", "hours", { "1", "100" } },
    { "node_state", "in_ccm", { "true", "false", "1769590000", "0" } },
    { "node_state", "crmd", { "online", "offline", "1769590000", "0" } },
    { "node_state", "join", { "member", "down", "pending", "banned" } },
    { "node_state", "expected", { "member", "down", "" } },
    { "node_state", "node_fenced", { "0", "1", "1769590000" } },
    { "node_state", "remote_node", BOOLEANS },
    { "lrm_resource", "container", { "@rsc" } },
    { "lrm_resource", "type", { "Dummy", "Stateful", "remote", "fence_x" } },
    { "node", "type", { "member", "ping", "remote" } },
    { "podman", "replicas", { "1", "2", "3" } },
    { "podman", "replicas-per-host", { "1", "2" } },
    { "podman", "promoted-max", { "0", "1", "2" } },
    { "podman", "network", { "host" } },
    { "podman", "run-command", { "/bin/run" } },
    { "network", "control-port", { "3121", "9999" } },
    { "network", "ip-range-start", { "192.168.1.1", "10.0.0.255" } },
    { "network", "add-host", BOOLEANS },
    { "ticket_state", "granted", BOOLEANS },
    { "ticket_state", "standby", BOOLEANS },
    { "cib", "have-quorum", { "0", "1" } },
    { "cib", "no-quorum-panic", { "0", "1" } },
    { "cib", "crm_feature_set", { "3.0.14", "3.16.1", "3.19.0" } },
    { "fencing-level", "index", { "1", "2", "9" } },
    { "fencing-level", "target", { "@node" } },
    { "meta_attributes", "score", SCORES },
    { "instance_attributes", "score", SCORES },
};

const struct mutate_words *
mutate_words_of(const char *element, const char *attribute)
{
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        if (strcmp(words[i].element, element) == 0 && strcmp(words[i].attribute, attribute) == 0) {
            return &words[i];
        }
    }
    return NULL;
}

const struct mutate_words *
mutate_words_any(GRand *rand)
{
    return &PICK(rand, words);
}

const char *
mutate_words_value(const struct mutate_words *row, GRand *rand)
{
    gint32 n = 0;

    while (n < (gint32) G_N_ELEMENTS(row->values) && row->values[n] != NULL) {
        n++;
    }
    return row->values[g_rand_int_range(rand, 0, n)];
}

#define MONITOR "<operations><op id='m' name='monitor' interval='10s'/></operations>"
#define DUMMY "<primitive id='m' class='ocf' provider='pacemaker' type='Dummy'>" MONITOR "</primitive>"
#define OP_ENTRY(key) \
    "<lrm_rsc_op id='" key "' operation='monitor' operation_key='" key "' crm_feature_set='3.16.1'" \
    " transition-key='2:1:7:0c0c0c0c-0000-4000-8000-000000000001'" \
    " transition-magic='0:7;2:1:7:0c0c0c0c-0000-4000-8000-000000000001' on_node='@node' call-id='2' rc-code='7'" \
    " op-status='0' interval='0' last-rc-change='1769598000' exec-time='1' queue-time='0'" \
    " op-digest='f2317cad3d54cec5d7d7aa7d0bf35cf8'/>"

static const struct mutate_piece pieces[] = {
    { "resources", DUMMY },
    { "resources", "<group id='m'>" DUMMY DUMMY "</group>" },
    { "resources", "<clone id='m'>" DUMMY "</clone>" },
    { "resources", "<clone id='m'><meta_attributes id='m'><nvpair id='m' name='promotable' value='true'/></meta_attributes>"
                   "<primitive id='m' class='ocf' provider='pacemaker' type='Stateful'/></clone>" },
    { "resources", "<clone id='m'><group id='m'>" DUMMY DUMMY "</group></clone>" },
    { "resources", "<primitive id='m' class='ocf' provider='pacemaker' type='remote'/>" },
    { "resources", "<primitive id='m' class='stonith' type='fence_x'/>" },
    { "resources", "<bundle id='m'><podman image='i' replicas='2'/><network ip-range-start='10.0.0.1'/>" DUMMY "</bundle>" },
    { "resources", "<bundle id='m'><podman image='i' replicas='2' promoted-max='1'/><network control-port='9999'/>" DUMMY
                   "</bundle>" },
    { "group", DUMMY },
    { "primitive", "<meta_attributes id='m'><nvpair id='m' name='remote-node' value='guest'/></meta_attributes>" },
    { "primitive", "<meta_attributes id='m'><nvpair id='m' name='allow-migrate' value='true'/></meta_attributes>" },
    { "primitive", "<utilization id='m'><nvpair id='m' name='cpu' value='1'/></utilization>" },
    { "operations", "<op id='m' name='monitor' interval='20s' role='Stopped'/>" },
    { "operations", "<op id='m' name='stop' interval='0' on-fail='block'/>" },
    { "node", "<utilization id='m'><nvpair id='m' name='cpu' value='2'/></utilization>" },
    { "node", "<instance_attributes id='m'><nvpair id='m' name='rack' value='x'/></instance_attributes>" },
    { "meta_attributes", "<nvpair id='m' name='?' value='1'/>" },
    { "cluster_property_set", "<nvpair id='m' name='?' value='1'/>" },
    { "constraints", "<rsc_location id='m' rsc='@rsc' node='@node' score='100'/>" },
    { "constraints", "<rsc_location id='m' rsc='@rsc'><rule id='m' score='-INFINITY'><expression id='m' attribute='#uname'"
                     " operation='eq' value='@node'/></rule></rsc_location>" },
    { "constraints", "<rsc_location id='m' rsc='@rsc'><rule id='m' score='50' boolean-op='or'><expression id='m'"
                     " attribute='rack' operation='defined'/><date_expression id='m' operation='in_range' start='2026-01-01'"
                     " end='2027-01-01'/></rule></rsc_location>" },
    { "constraints", "<rsc_colocation id='m' rsc='@rsc' with-rsc='@rsc' score='INFINITY'/>" },
    { "constraints", "<rsc_colocation id='m' score='INFINITY'><resource_set id='m'><resource_ref id='@rsc'/>"
                     "<resource_ref id='@rsc'/></resource_set><resource_set id='m' sequential='false'>"
                     "<resource_ref id='@rsc'/></resource_set></rsc_colocation>" },
    { "constraints", "<rsc_order id='m' first='@rsc' then='@rsc'/>" },
    { "constraints", "<rsc_order id='m' kind='Mandatory'><resource_set id='m' require-all='false' sequential='false'>"
                     "<resource_ref id='@rsc'/><resource_ref id='@rsc'/></resource_set><resource_set id='m'>"
                     "<resource_ref id='@rsc'/></resource_set></rsc_order>" },
    { "constraints", "<rsc_ticket id='m' rsc='@rsc' ticket='A' loss-policy='stop'/>" },
    { "resource_set", "<resource_ref id='@rsc'/>" },
    { "lrm_resource", OP_ENTRY("@rsc_monitor_0") },
    { "lrm_resources", "<lrm_resource id='@rsc' class='ocf' provider='pacemaker' type='Dummy'>" OP_ENTRY("@rsc_monitor_0")
                       "</lrm_resource>" },
    { "status", "<tickets><ticket_state id='A' granted='true'/></tickets>" },
    { "status", "<node_state id='guest' uname='guest' remote_node='true' in_ccm='true'><lrm id='guest'><lrm_resources/></lrm>"
                "</node_state>" },
    { "node_state", "<transient_attributes id='m'><instance_attributes id='m'/></transient_attributes>" },
};

const struct mutate_piece *
mutate_piece_any(GRand *rand)
{
    return &PICK(rand, pieces);
}

static char *
value_by_type(const struct cox_option *option, GRand *rand)
{
    static const char *const booleans[] = { "true", "false", "0", "yes" };
    static const char *const scores[] = SCORES;
    static const char *const times[] = { "0", "10s", "60s", "1h", "-1" };
    static const char *const numbers[] = { "0", "1", "2", "3", "-1" };

    switch (option->type) {
        case COX_OPTION_BOOLEAN:
            return g_strdup(PICK(rand, booleans));
        case COX_OPTION_SCORE:
            return g_strdup(PICK(rand, scores));
        case COX_OPTION_DURATION:
        case COX_OPTION_TIMEOUT:
            return g_strdup(PICK(rand, times));
        case COX_OPTION_SELECT:
            if (option->allowed != NULL) {
                g_auto(GStrv) choices = g_strsplit(option->allowed, "|", -1);

                return g_strdup(choices[g_rand_int_range(rand, 0, (gint32) g_strv_length(choices))]);
            }
            break;
        default:
            break;
    }
    return g_strdup(PICK(rand, numbers));
}

char *
mutate_option_value(const char *name, GRand *rand)
{
    static const char *const others[] = { "0", "1", "2", "true", "false", "INFINITY", "-INFINITY", "x", "y", "red", "yellow", "@node",
                                          "1769598000", "Started", "Stopped", "Promoted", "/run/a", "/run/b" };

    for (int scope = 0; scope < COX_OPTION_N_SCOPES; scope++) {
        const struct cox_option *option = cox_option_find((enum cox_option_scope) scope, name);

        if (option != NULL && g_rand_int_range(rand, 0, 12) != 0) {
            return value_by_type(option, rand);
        }
    }
    return g_strdup(PICK(rand, others));
}

const char *
mutate_option_name(const char *set, const char *owner, GRand *rand)
{
    static const char *const attributes[] = { "standby", "maintenance", "rack", "pref", "#health-disk", "cpu", "shutdown", "terminate",
                                              "probe_complete", "#node-unfenced" };
    enum cox_option_scope wanted = COX_OPTION_META;

    if (strcmp(set, "cluster_property_set") == 0) {
        wanted = COX_OPTION_CLUSTER;
    } else if (strcmp(owner, "op") == 0 || strcmp(owner, "op_defaults") == 0) {
        wanted = COX_OPTION_OP;
    } else if (strcmp(set, "meta_attributes") != 0) {
        return PICK(rand, attributes);
    } else if (strcmp(owner, "clone") == 0 && g_rand_int_range(rand, 0, 2) == 0) {
        wanted = COX_OPTION_CLONE;
    }
    for (;;) {
        const struct cox_option *option = cox_option((enum cox_option_id) g_rand_int_range(rand, 0, COX_N_OPTIONS));

        if (option->scope == wanted) {
            return (option->old_name != NULL && g_rand_int_range(rand, 0, 2) == 0) ? option->old_name : option->name;
        }
    }
}
