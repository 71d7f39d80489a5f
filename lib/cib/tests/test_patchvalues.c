/* Tests of lib/cib/patchvalues.c: patches are made by the document itself. */
#include "cib/patchvalues.h"

#include "base/testkit.h"
#include "cib/edit.h"
#include "xml/xmldoc.h"

#define PAIR(name, value) "<nvpair id='p-" name "' name='" name "' value='" value "'/>"
#define STATE(id, inside) "<node_state id='" id "' uname='n" id "'>" inside "</node_state>"
#define SET(inside) "<transient_attributes id='1'><instance_attributes id='s'>" inside "</instance_attributes></transient_attributes>"

static struct cox_xmldoc *
parse(const char *text)
{
    struct cox_xmldoc *doc = cox_xmldoc_parse_text(text, strlen(text), NULL, NULL);

    assert_non_null(doc);
    return doc;
}

static void
values_are_told_and_whether_that_is_all(void **state)
{
    static const struct {
        const char *before, *after, *told;
    } rows[] = {
        { STATE("1", ""), STATE("1", SET(PAIR("a", "1") PAIR("b", "2"))), "1:a=1 1:b=2 all" },
        { STATE("1", SET(PAIR("a", "1"))), STATE("1", SET(PAIR("a", "5") PAIR("b", "2"))), "1:a=5 1:b=2 all" },
        { "", STATE("3", SET(PAIR("a", "1"))), "3:a=1 all" },
        { STATE("1", SET(PAIR("a", "1") PAIR("b", "2"))), STATE("1", SET(PAIR("a", "5"))), "1:a=5 " },
        { STATE("1", SET(PAIR("a", "1"))), "", "" },
        { STATE("1", SET(PAIR("a", "1")) "<lrm id='1'><lrm_resources><lrm_resource id='r'/></lrm_resources></lrm>"),
          STATE("1", SET(PAIR("a", "2")) "<lrm id='1'><lrm_resources/></lrm>"), "1:a=2 all" },
        { STATE("1", SET(PAIR("a", "1"))), "<node_state id='1' uname='n1' crmd='online'>" SET(PAIR("a", "1")) "</node_state>", "all" },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *before = g_strdup_printf("<cib><configuration/><status>%s</status></cib>", rows[i].before);
        g_autofree char *after = g_strdup_printf("<status>%s</status>", rows[i].after);
        g_autoptr(cox_cib) cib = cox_cib_new(parse(before));
        g_autoptr(cox_xmldoc) input = parse(after), patch = NULL;
        const struct cox_edit edit = { .kind = COX_EDIT_REPLACE, .section = "status", .input = cox_xmldoc_root(input) };
        g_autoptr(GArray) values = cox_patchvalues_new();
        g_autoptr(GString) told = g_string_new(NULL);
        bool is_all;

        cox_cib_begin(cib);
        assert_true(cox_edit_run(cib, &edit, NULL));
        patch = cox_cib_commit(cib);
        assert_non_null(patch);
        is_all = cox_patchvalues(cox_xmldoc_root(patch), values);
        for (guint k = 0; k < values->len; k++) {
            const struct cox_patchvalue *value = &g_array_index(values, struct cox_patchvalue, k);

            g_string_append_printf(told, "%s:%s=%s ", value->id, value->name, value->value);
        }
        g_string_append(told, is_all ? "all" : "");
        assert_string_equal(told->str, rows[i].told);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_told_and_whether_that_is_all),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
