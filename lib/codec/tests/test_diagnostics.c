/* Tests of how the loaders of lib/codec take what is wrong in a configuration. */
#include "codec/load_config.h"

#include "base/testkit.h"
#include "xml/xmldoc.h"

/* One thing of everything that constraints may refer to. */
#define RESOURCES                                                                                                    \
    "<resources><template id='t' class='ocf' provider='heartbeat' type='Dummy'/>"                                    \
    "<primitive id='a' template='t'/><primitive id='b' class='systemd' type='x'/></resources>"
#define TAGS "<tags><tag id='tag'><obj_ref id='a'/></tag><tag id='hole'><obj_ref id='n1'/><obj_ref/></tag><tag/></tags>"

static struct cox_config *
load(const char *inside, struct cox_diags *diags)
{
    g_autofree char *text = g_strdup_printf("<cib have-quorum='1'><configuration>%s</configuration></cib>", inside);
    g_autoptr(GError) error = NULL;
    g_autoptr(cox_xmldoc) doc = cox_xmldoc_parse_text(text, (size_t) -1, NULL, &error);

    if (doc == NULL) {
        fail_msg("%s: %s", text, error->message);
    }
    return cox_codec_config(cox_xmldoc_root(doc), NULL, diags);
}

static void
every_problem_names_object_and_value(void **state)
{
    static const struct {
        const char *inside;
        const char *object; /* NULL: none */
        const char *part;
    } cases[] = {
        { "<nodes><node id='1' uname='n' type='moon'/></nodes>", "1", "type 'moon' is unknown" },
        { "<nodes><node id='1' uname='n' score='far'/></nodes>", "1", "'far' is not a score" },
        { "<resources><primitive class='ocf' type='x'/></resources>", NULL, "primitive without id" },
        { "<resources><primitive id='p'/></resources>", "p", "has no agent" },
        { "<resources><primitive id='p' template='gone'/></resources>", "p", "template 'gone' does not exist" },
        { "<resources><clone id='c'/></resources>", "c", "clone 'c' holds no resource" },
        { "<resources><primitive id='p' class='a' type='b'/><group id='p'/></resources>", "p", "another resource" },
        { "<resources><bundle id='u'/></resources>", "u", "no container element" },
        { "<resources><primitive id='p' class='a' type='b'><operations><op id='o'/></operations></primitive></resources>",
          "o", "has no name" },
        { "<resources><primitive id='p' class='a' type='b'><operations><op id='o' name='monitor' interval='often'/>"
          "</operations></primitive></resources>", "o", "'often' is not a length of time" },
        { "<resources><primitive id='p' class='a' type='b'><operations id-ref='gone'/></primitive></resources>", "p",
          "id-ref 'gone' names no such operations" },
        { "<resources><primitive id='p' class='a' type='b'><meta_attributes id-ref='p'/></primitive></resources>", "p",
          "id-ref 'p' names no such meta_attributes" },
        { RESOURCES "<constraints><rsc_location rsc='a'/></constraints>", NULL, "rsc_location without id" },
        { RESOURCES "<constraints><rsc_location id='k'/></constraints>", "k", "names no resource" },
        { RESOURCES "<constraints><rsc_location id='k' rsc='a' resource-discovery='later'/></constraints>", "k",
          "resource-discovery 'later' is unknown" },
        { RESOURCES "<constraints><rsc_location id='k' rsc='a' role='King'/></constraints>", "k", "'King' is not a role" },
        { RESOURCES "<constraints><rsc_colocation id='k' rsc='a'/></constraints>", "k", "lacks 'with-rsc'" },
        { RESOURCES "<constraints><rsc_colocation id='k' rsc='a' with-rsc='gone'/></constraints>", "k", "'gone'" },
        { RESOURCES TAGS "<constraints><rsc_colocation id='k' rsc='tag' with-rsc='gone'/></constraints>", "k", "'gone'" },
        { RESOURCES TAGS "<constraints><rsc_colocation id='k' rsc='tag' with-rsc='tag'/></constraints>", "k", "two tags" },
        { RESOURCES TAGS "<constraints><rsc_order id='k' first='hole' then='a'/></constraints>", "k",
          "tag 'hole' names 'n1', which is no resource" },
        { RESOURCES "<constraints><rsc_order id='k' then='a'/></constraints>", "k", "lacks 'first'" },
        { RESOURCES "<constraints><rsc_order id='k' first='b' then='a' symmetrical='perhaps'/></constraints>", "k",
          "'perhaps' is neither true nor false" },
        { RESOURCES "<constraints><rsc_order id='k'><resource_set id='s'><resource_ref id='gone'/></resource_set>"
          "</rsc_order></constraints>", "k", "'gone'" },
        { RESOURCES "<constraints><rsc_order id='k'><resource_set id-ref='s'/></rsc_order></constraints>", "k",
          "id-ref 's' names no such resource_set" },
        { RESOURCES "<constraints><rsc_ticket id='k' rsc='a'/></constraints>", "k", "names no ticket" },
        { RESOURCES "<constraints><rsc_ticket id='k' ticket='T' rsc='gone'/></constraints>", "k", "'gone'" },
        { "<fencing-topology><fencing-level id='f' index='1' devices='x'/></fencing-topology>", "f", "names no target" },
        { "<fencing-topology><fencing-level id='f' index='one' target='n' devices='x'/></fencing-topology>", "f",
          "index 'one' is not a number" },
        { "<rsc_defaults><meta_attributes id='m'><rule id='r'><expression id='e' operation='near' attribute='a'/></rule>"
          "</meta_attributes></rsc_defaults>", "e", "operation 'near' is unknown" },
        { "<rsc_defaults><meta_attributes id='m'><rule id='r'><expression id='e' operation='eq'/></rule>"
          "</meta_attributes></rsc_defaults>", "e", "names no attribute" },
        { "<rsc_defaults><meta_attributes id='m'><rule id='r'><date_expression id='e' start='soon'/></rule>"
          "</meta_attributes></rsc_defaults>", "e", "start: " },
        { "<rsc_defaults><meta_attributes id='m'><rule id='r'><date_expression id='e' operation='date_spec'>"
          "<date_spec id='s' hours='9to5'/></date_expression></rule></meta_attributes></rsc_defaults>", "s",
          "hours '9to5' is not a range" },
        { "<rsc_defaults><meta_attributes id='m'><rule id='r'><date_expression id='e' operation='date_spec'>"
          "<date_spec id='s' years='-'/></date_expression></rule></meta_attributes></rsc_defaults>", "s",
          "years '-' is not a range" },
        { "<rsc_defaults><meta_attributes id='m'><rule id='r'><date_expression id='e' operation='in_range'>"
          "<duration id='d' weeks='few'/></date_expression></rule></meta_attributes></rsc_defaults>", "d",
          "weeks 'few' is not a number" },
        { "<rsc_defaults><meta_attributes id='m'><rule id='r'><op_expression id='e' name='start' interval='x'/></rule>"
          "</meta_attributes></rsc_defaults>", "e", "'x' is not a length of time" },
        { "<rsc_defaults><meta_attributes id='m'><nvpair id-ref='gone'/></meta_attributes></rsc_defaults>", "m",
          "id-ref 'gone' names no such nvpair" },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(cox_diags) diags = cox_diags_new();
        g_autoptr(cox_config) config = load(cases[i].inside, diags);
        bool is_found = false;

        for (size_t j = 0; j < cox_diags_count(diags); j++) {
            const struct cox_diag *diag = cox_diags_get(diags, j);

            is_found = is_found
                       || (strstr(diag->text, cases[i].part) != NULL && g_strcmp0(diag->object, cases[i].object) == 0);
        }
        if (!is_found) {
            fail_msg("%s: '%s' is not told (%zu problems)", cases[i].inside, cases[i].part, cox_diags_count(diags));
        }
    }
}

static void
an_empty_configuration_is_one(void **state)
{
    g_autoptr(cox_config) config = load("", NULL);

    (void) state;
    assert_int_equal(config->n_resources + config->n_nodes + config->n_locations + config->properties.n_sets, 0);
    assert_true(config->header.has_quorum);
    assert_false(config->header.no_quorum_panic);
    assert_int_equal(cox_config_find_rsc(config, "x"), COX_RSC_NONE);
}

static void
rules_keep_all_that_they_say(void **state)
{
    g_autoptr(cox_config) config = load(
        "<rsc_defaults><meta_attributes id='m' score='7'><rule id='r' boolean-op='or'>"
        "<expression id='e1' attribute='a' operation='lte' value='5' type='integer' value-source='param'/>"
        "<date_expression id='e2' operation='gt' start='2026-01-01 00:00:00Z'/>"
        "<date_expression id='e3' start='2026-01-01' end='2026-02-01'><duration id='d' hours='1' days='2'/></date_expression>"
        "<rsc_expression id='e4' class='ocf' type='x'/><op_expression id='e5' name='monitor' interval='10s'/>"
        "<rule id='inner'><expression id='e6' attribute='#uname' operation='not_defined'/></rule>"
        "<lifetime/></rule><rule id='second'/><nvpair id='n' name='x' value='y'/><nvpair id='n2' name='z' value='#default'/>"
        "<nvpair id-ref='n' name='other'/></meta_attributes></rsc_defaults>", NULL);
    const struct cox_nvset *set = &config->rsc_defaults.sets[0];
    const struct cox_rule *rule;

    (void) state;
    assert_int_equal(set->score, 7);
    assert_int_equal(set->n_pairs, 3);
    assert_null(set->pairs[1].value);
    assert_string_equal(set->pairs[2].name, "other");
    assert_string_equal(set->pairs[2].value, "y");
    assert_true(set->rule->is_or && set->rule->n_exprs == 2);
    rule = set->rule->exprs[0].rule;
    assert_true(rule->is_or);
    assert_int_equal(rule->n_exprs, 6);
    assert_int_equal(rule->exprs[0].attribute.compare, COX_COMPARE_LTE);
    assert_int_equal(rule->exprs[0].attribute.type, COX_COMPARE_TYPE_INTEGER);
    assert_int_equal(rule->exprs[0].attribute.source, COX_VALUE_PARAM);
    assert_int_equal(rule->exprs[1].date.compare, COX_COMPARE_GT);
    assert_true(cox_wall_seconds(rule->exprs[1].date.start) == 1767225600);
    assert_false(cox_wall_is_set(rule->exprs[1].date.end));
    assert_int_equal(rule->exprs[2].date.compare, COX_COMPARE_IN_RANGE);
    assert_int_equal(rule->exprs[2].date.duration->days, 2);
    assert_null(rule->exprs[3].resource.provider);
    assert_int_equal(rule->exprs[4].operation.interval_ms, 10000);
    assert_int_equal(rule->exprs[5].rule->exprs[0].attribute.compare, COX_COMPARE_NOT_DEFINED);
}

static void
references_stand_for_what_they_name(void **state)
{
    g_autoptr(cox_diags) diags = cox_diags_new();
    g_autoptr(cox_config) config = load(
        "<resources><primitive id='a' class='ocf' type='x'><operations id='ops'><op id='o' name='start' timeout='9'/>"
        "</operations><instance_attributes id='i'><nvpair id='n' name='x' value='y'/></instance_attributes></primitive>"
        "<primitive id='b' class='ocf' type='x'><operations id-ref='ops'/><instance_attributes id-ref='i'/></primitive>"
        "</resources>" TAGS
        "<constraints><rsc_order id='k1'><resource_set id='s' action='stop'><resource_ref id='a'/></resource_set>"
        "<resource_set id-ref='s'/></rsc_order><rsc_location id='k2' rsc='a'><rule id='r' score='1'/></rsc_location>"
        "<rsc_location id='k3' rsc='b'><rule id-ref='r'/><lifetime><rule id-ref='r'/></lifetime></rsc_location>"
        "<rsc_ticket id='k4' ticket='T' rsc='tag' rsc-role='Master'/>"
        "<rsc_ticket id='k5' ticket='T'><resource_set id-ref='s'/></rsc_ticket></constraints>", diags);

    (void) state;
    assert_int_equal(cox_diags_count(diags), 0);
    assert_string_equal(config->resources[1].ops[0].id, "o");
    assert_string_equal(config->resources[1].params.sets[0].pairs[0].value, "y");
    assert_int_equal(config->orders[0].n_sets, 2);
    assert_string_equal(config->orders[0].sets[1].action, "stop");
    assert_ptr_equal(config->locations[0].rules[0], config->locations[1].rules[0]);
    assert_non_null(config->locations[1].lifetime);
    assert_int_equal(config->tickets[0].sets[0].role, COX_ROLE_PROMOTED);
    assert_int_equal(config->tickets[1].n_sets, 1);
}

COX_TEST_MAIN(cmocka_unit_test(every_problem_names_object_and_value), cmocka_unit_test(an_empty_configuration_is_one),
              cmocka_unit_test(rules_keep_all_that_they_say), cmocka_unit_test(references_stand_for_what_they_name))
