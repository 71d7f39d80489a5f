/* Tests of lib/codec/status_refresh.c: what was kept up to date is what would be read. */
#include "codec/status_refresh.h"

#include <string.h>

#include "base/testkit.h"
#include "codec/load_status.h"
#include "codec/status_write.h"
#include "xml/xmldoc.h"
#include "xml/xmlwrite.h"

enum { SEEDS = 60, EDITS = 40 };

#define OP(id, rc) "<lrm_rsc_op id='" id "' operation='monitor' operation_key='x_monitor_0' call-id='1' rc-code='" rc "' op-status='0' interval='0'/>"
#define RSC(id) "<lrm_resource id='" id "' class='ocf' provider='p' type='t'>" OP("o1", "0") OP("o2", "7") "</lrm_resource>"
#define STATE(id, rscs, attributes)                                                                                     \
    "<node_state id='" id "' uname='n" id "' in_ccm='true' crmd='online' join='member' expected='member'><lrm id='" id "'>" \
    "<lrm_resources>" rscs "</lrm_resources></lrm>" attributes "</node_state>"
#define CIB                                                                                                             \
    "<cib admin_epoch='0' epoch='1' num_updates='0'><configuration/><status>" STATE("1", RSC("a") RSC("b") RSC("c"), "")  \
    STATE("2", RSC("b"), "<transient_attributes id='2'><instance_attributes id='s2'><nvpair id='p1' name='x' value='1'/>"   \
                         "<nvpair id='p2' name='y' value='2'/></instance_attributes></transient_attributes>")               \
    "</status></cib>"

static struct cox_cib *
cib_new(void)
{
    return cox_cib_new(cox_xmldoc_parse_text(CIB, strlen(CIB), NULL, NULL));
}

static struct cox_status *
read_status(const struct cox_cib *cib)
{
    struct cox_status *status = cox_status_new();

    cox_codec_status(cox_xml_child(cox_cib_root(cib), "status"), status);
    return status;
}

static char *
text_of(const struct cox_status *status)
{
    g_autoptr(cox_xmldoc) doc = cox_xmldoc_new("status");

    cox_codec_status_write(status, cox_xmldoc_root(doc));
    return cox_xmlwrite_text(cox_xmldoc_root(doc), COX_XMLWRITE_PLAIN);
}

static struct cox_xml *
state_of(const struct cox_cib *cib, const char *id)
{
    return cox_xml_child_with_id(cox_xml_child(cox_cib_root(cib), "status"), "node_state", id);
}

static struct cox_xml *
rscs_of(const struct cox_cib *cib, const char *id)
{
    return cox_xml_child(cox_xml_child(state_of(cib, id), "lrm"), "lrm_resources");
}

static void
add(struct cox_cib *cib, struct cox_xml *parent, const char *text, struct cox_xml *next)
{
    g_autoptr(cox_xmldoc) doc = cox_xmldoc_parse_text(text, strlen(text), NULL, NULL);

    (void) cox_cib_add(cib, parent, cox_xmldoc_root(doc), next);
}

/* Brings @status up to date with the change just made; false when it cannot be. */
static bool
take_over(struct cox_status *status, struct cox_cib *cib, GPtrArray *names)
{
    g_autoptr(cox_xmldoc) patch = cox_cib_commit(cib);
    g_autoptr(GArray) parts = cox_status_parts_new();
    bool is_known = patch == NULL || cox_status_parts_of_patch(parts, cox_xmldoc_root(patch));

    for (guint i = 0; is_known && i < parts->len; i++) {
        is_known = cox_status_refresh(status, cib, &g_array_index(parts, struct cox_status_part, i), names);
    }
    return is_known;
}

static struct cox_xml *
any_child(GRand *rand, const struct cox_xml *parent)
{
    int n = 0, which;
    struct cox_xml *child = cox_xml_first(parent);

    for (const struct cox_xml *at = child; at != NULL; at = cox_xml_next(at)) {
        n++;
    }
    for (which = n == 0 ? 0 : g_rand_int_range(rand, 0, n); which > 0; which--) {
        child = cox_xml_next(child);
    }
    return child;
}

static void
edit(GRand *rand, struct cox_cib *cib)
{
    const char *node = g_rand_boolean(rand) ? "1" : "2";
    struct cox_xml *rsc = any_child(rand, rscs_of(cib, node)), *op = rsc == NULL ? NULL : any_child(rand, rsc);
    struct cox_xml *set = cox_xml_child(cox_xml_child(state_of(cib, node), "transient_attributes"), "instance_attributes");
    struct cox_xml *pair = set == NULL ? NULL : any_child(rand, set);
    g_autofree char *number = g_strdup_printf("%u", g_rand_int(rand) % 9);
    g_autofree char *new_op = g_strdup_printf(OP("o%s", "%s"), number, number), *new_rsc = g_strdup_printf("<lrm_resource id='r%s'/>", number);
    g_autofree char *new_pair = g_strdup_printf("<nvpair id='q%s' name='n%s' value='v'/>", number, number);
    g_autofree char *op_id = g_strdup_printf("o%s", number), *rsc_id = g_strdup_printf("r%s", number), *pair_id = g_strdup_printf("q%s", number);

    switch (g_rand_int_range(rand, 0, 8)) {
    case 0:
        if (op != NULL) {
            cox_cib_set(cib, op, "rc-code", number);
        }
        break;
    case 1:
        if (op != NULL) {
            cox_cib_remove(cib, op);
        }
        break;
    case 2:
        if (rsc != NULL && cox_xml_child_with_id(rsc, "lrm_rsc_op", op_id) == NULL) {
            add(cib, rsc, new_op, op);
        }
        break;
    case 3:
        if (cox_xml_child_with_id(rscs_of(cib, node), "lrm_resource", rsc_id) == NULL) {
            add(cib, rscs_of(cib, node), new_rsc, g_rand_int_range(rand, 0, 4) == 0 ? rsc : NULL);
        }
        break;
    case 4:
        if (rsc != NULL) {
            cox_cib_remove(cib, rsc);
        }
        break;
    case 5:
        if (pair != NULL) {
            cox_cib_set(cib, pair, "value", number);
        }
        break;
    case 6:
        if (pair != NULL) {
            cox_cib_remove(cib, pair);
        }
        break;
    default:
        if (set == NULL) {
            add(cib, state_of(cib, node), "<transient_attributes id='1'><instance_attributes id='s1'/></transient_attributes>", NULL);
        } else if (cox_xml_child_with_id(set, "nvpair", pair_id) == NULL) {
            add(cib, set, new_pair, pair);
        }
    }
}

static void
what_is_kept_up_to_date_is_what_would_be_read(void **state)
{
    guint n_known = 0;

    (void) state;
    for (guint32 seed = 1; seed <= SEEDS; seed++) {
        GRand *rand = g_rand_new_with_seed(seed);
        struct cox_cib *cib = cib_new();
        struct cox_status *status = read_status(cib);

        for (int i = 0; i < EDITS; i++) {
            g_autoptr(GPtrArray) names = g_ptr_array_new();
            struct cox_status *anew = NULL;

            cox_cib_begin(cib);
            for (int k = g_rand_int_range(rand, 1, 4); k > 0; k--) {
                edit(rand, cib);
            }
            if (take_over(status, cib, names)) {
                g_autofree char *kept_text = text_of(status), *text = NULL;

                anew = read_status(cib);
                text = text_of(anew);
                if (!g_str_equal(kept_text, text)) {
                    fail_msg("seed %u, edit %d: kept is\n%s\ninstead of\n%s", seed, i, kept_text, text);
                }
                cox_status_free(anew);
                n_known++;
            } else {
                cox_status_free(status);
                status = read_status(cib);
            }
        }
        cox_status_free(status);
        cox_cib_free(cib);
        g_rand_free(rand);
    }
    assert_true(n_known > SEEDS * EDITS / 2); /* what is only read anew proves nothing */
}

/* Also of one that is not the last: nothing of its order is in question. */
static void
entries_that_come_and_go_are_taken_over(void **state)
{
    g_autoptr(cox_cib) cib = cib_new();
    g_autoptr(cox_status) status = read_status(cib);
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    struct cox_xml *rsc = cox_xml_first(rscs_of(cib, "1"));

    (void) state;
    cox_cib_begin(cib);
    add(cib, rsc, OP("o9", "1"), NULL);
    assert_true(take_over(status, cib, names));
    assert_int_equal(cox_status_rsc(cox_status_node(status, "1", NULL), "a")->n_ops, 3);
    cox_cib_begin(cib);
    cox_cib_remove(cib, cox_xml_first(rsc));
    assert_true(take_over(status, cib, names));
    assert_int_equal(cox_status_rsc(cox_status_node(status, "1", NULL), "a")->n_ops, 2);
    cox_cib_begin(cib);
    cox_cib_remove(cib, rsc);
    assert_true(take_over(status, cib, names));
    assert_null(cox_status_rsc(cox_status_node(status, "1", NULL), "a"));
}

static void
attributes_with_other_values_are_named(void **state)
{
    g_autoptr(cox_cib) cib = cib_new();
    g_autoptr(cox_status) status = read_status(cib);
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    struct cox_xml *set = cox_xml_child(cox_xml_child(state_of(cib, "2"), "transient_attributes"), "instance_attributes");

    (void) state;
    cox_cib_begin(cib);
    cox_cib_set(cib, cox_xml_first(set), "value", "9");
    assert_true(take_over(status, cib, names));
    assert_int_equal(names->len, 2); /* once as it was, once as it is */
    assert_string_equal(names->pdata[0], "x");
    assert_string_equal(names->pdata[1], "x");
    cox_cib_begin(cib);
    cox_cib_remove(cib, cox_xml_first(set));
    g_ptr_array_set_size(names, 0);
    assert_true(take_over(status, cib, names));
    assert_int_equal(names->len, 1);
    assert_string_equal(names->pdata[0], "x");
}

static void
another_state_of_a_node_is_not_taken_over_but_its_writer_is(void **state)
{
    g_autoptr(cox_cib) cib = cib_new();
    g_autoptr(cox_status) status = read_status(cib);
    g_autoptr(GPtrArray) names = g_ptr_array_new();

    (void) state;
    cox_cib_begin(cib);
    cox_cib_set(cib, state_of(cib, "1"), "crm-debug-origin", "somebody");
    assert_true(take_over(status, cib, names));
    assert_string_equal(cox_status_node(status, "1", NULL)->crm_debug_origin, "somebody");
    cox_cib_begin(cib);
    cox_cib_set(cib, state_of(cib, "1"), "in_ccm", "false");
    assert_false(take_over(status, cib, names));
}

static void
tickets_and_node_states_that_come_or_go_are_no_parts(void **state)
{
    static const char *const texts[] = { "<tickets><ticket_state id='t'/></tickets>", "<node_state id='3' uname='n3'/>" };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(cox_cib) cib = cib_new();
        g_autoptr(cox_status) status = read_status(cib);
        g_autoptr(GPtrArray) names = g_ptr_array_new();

        cox_cib_begin(cib);
        add(cib, cox_xml_child(cox_cib_root(cib), "status"), texts[i], NULL);
        assert_false(take_over(status, cib, names));
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_kept_up_to_date_is_what_would_be_read),
        cmocka_unit_test(entries_that_come_and_go_are_taken_over),
        cmocka_unit_test(attributes_with_other_values_are_named),
        cmocka_unit_test(another_state_of_a_node_is_not_taken_over_but_its_writer_is),
        cmocka_unit_test(tickets_and_node_states_that_come_or_go_are_no_parts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
