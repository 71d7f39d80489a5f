/* Tests of lib/codec/rulecheck.c. */
#include "base/datetime.h"
#include "base/error.h"
#include "base/testkit.h"
#include "codec/rulecheck.h"
#include "xml/xmldoc.h"

static const char document[] =
    "<cib><configuration><constraints>"
    "<rsc_location id='l1'><rule id='past'><date_expression id='d1' operation='lt' end='2019-01-01 12:00:00 -05:00'/></rule></rsc_location>"
    "<rsc_location id='l2'><rule id='future'><date_expression id='d2' operation='gt' start='2026-11-22 00:54:34 '/></rule></rsc_location>"
    "<rsc_location id='l3'><rule id='years'><date_expression id='d3' operation='date_spec'><date_spec id='s3' years='2019-2026'/>"
    "</date_expression></rule></rsc_location>"
    "<rsc_location id='l4'><rule id='hours'><date_expression id='d4' operation='date_spec'><date_spec id='s4' hours='20'/>"
    "</date_expression></rule></rsc_location>"
    "<rsc_location id='l5'><rule id='two'><date_expression id='d5' operation='gt' start='2019-01-01'/>"
    "<date_expression id='d6' operation='lt' end='2019-01-01'/></rule></rsc_location>"
    "<rsc_location id='l6'><rule id='none'><expression id='e7' attribute='a' operation='defined'/></rule></rsc_location>"
    "<rsc_location id='l7'><rule id='outer'><expression id='e8' attribute='a' operation='defined'/><rule id='inner'>"
    "<date_expression id='d8' operation='in_range' start='2026-01-01'><duration id='u8' years='1'/></date_expression></rule></rule></rsc_location>"
    "<rsc_location id='l8'><rule id='broken'><date_expression id='d9' operation='gt' start='soon'/></rule></rsc_location>"
    "<rsc_location id='l9'><rule id='twin'/></rsc_location><rsc_location id='l10'><rule id='twin'/></rsc_location>"
    "<rsc_location id='l11'><rule id='nospec'><date_expression id='d10' operation='date_spec'/></rule></rsc_location>"
    "</constraints></configuration></cib>";

static void
a_rule_is_found_and_its_date_is_judged(void **state)
{
    static const struct {
        const char *id;
        int status; /* of the error, or 0 */
        enum cox_rule_result expected;
        bool repeats;
        const char *next;
    } cases[] = { /* at 2026-01-28 */
        { "past", 0, COX_RULE_AFTER, false, NULL },
        { "future", 0, COX_RULE_BEFORE, false, "2026-11-22 00:54:35Z" },
        { "years", 0, COX_RULE_IN_EFFECT, true, "2027-01-01" },
        { "outer", 0, COX_RULE_IN_EFFECT, false, "2027-01-01 00:00:01Z" },
        { "inner", 0, COX_RULE_IN_EFFECT, false, "2027-01-01 00:00:01Z" },
        { "broken", 0, COX_RULE_INVALID, false, NULL },
        { "hours", 3, COX_RULE_INVALID, false, NULL },
        { "nospec", 3, COX_RULE_INVALID, false, NULL },
        { "two", 3, COX_RULE_INVALID, false, NULL },
        { "none", 3, COX_RULE_INVALID, false, NULL },
        { "nobody", 105, COX_RULE_INVALID, false, NULL },
        { "twin", 109, COX_RULE_INVALID, false, NULL },
    };
    g_autoptr(cox_xmldoc) doc = cox_xmldoc_parse_text(document, sizeof(document) - 1, NULL, NULL);
    struct cox_rule_input input = { .now = cox_wall_from_seconds(1769558400) };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct cox_rulecheck check = { .result = COX_RULE_NOT_IN_EFFECT };
        struct cox_datetime next = { .hour = 0 };
        g_autoptr(GError) error = NULL;
        bool ok = cox_rulecheck_run(cox_xmldoc_root(doc), cases[i].id, &input, &check, &error);

        if (ok != (cases[i].status == 0) || cox_error_status_of(error) != cases[i].status) {
            fail_msg("%s: %s", cases[i].id, error != NULL ? error->message : "no error");
        }
        if (!ok) {
            assert_int_equal(check.result, COX_RULE_NOT_IN_EFFECT); /* untouched */
            continue;
        }
        if (check.result != cases[i].expected || check.repeats != cases[i].repeats) {
            fail_msg("%s: result %d", cases[i].id, (int) check.result);
        }
        if (cases[i].next == NULL) {
            assert_false(cox_wall_is_set(check.next));
        } else {
            assert_true(cox_datetime_parse(cases[i].next, NULL, &next, NULL));
            assert_int_equal(check.next.usec, cox_datetime_to_wall(&next).usec);
        }
    }
}

COX_TEST_MAIN(cmocka_unit_test(a_rule_is_found_and_its_date_is_judged))
