/* lib/lvs/tests/test_lvsdns.c - questions to a name server, and their answers. */
#include "base/testkit.h"

#include "lvs/lvsdns.h"

static void
questions_are_as_the_rfc_wants(void **state)
{
    static const guint8 wanted[] = { 0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 7, 'e', 'x', 'a', 'm', 'p', 'l', 'e', 3, 'c', 'o', 'm', 0, 0, 28, 0, 1 };
    struct cox_lvs_dns dns = { .type = cox_lvs_dns_type("aaaa"), .name = "example.com" };
    guint8 out[COX_LVS_DNS_SIZE];

    (void) state;
    assert_int_equal(cox_lvs_dns_ask(&dns, 0x1234, out), sizeof wanted);
    assert_memory_equal(out, wanted, sizeof wanted);
    dns.name = "example.com.";
    assert_int_equal(cox_lvs_dns_ask(&dns, 0x1234, out), sizeof wanted);
    dns.name = ".";
    assert_int_equal(cox_lvs_dns_ask(&dns, 1, out), 17);
    dns.name = "a..b";
    assert_int_equal(cox_lvs_dns_ask(&dns, 1, out), 0);
    dns.name = ".a";
    assert_int_equal(cox_lvs_dns_ask(&dns, 1, out), 0);
    assert_int_equal(cox_lvs_dns_type("SOA"), 6);
    assert_int_equal(cox_lvs_dns_type("PTR"), 0);
}

static void
names_have_their_bounds(void **state)
{
    g_autofree char *label = g_strnfill(63, 'a'), *long_label = g_strnfill(64, 'a');
    g_autofree char *most = g_strdup_printf("%s.%s.%s.%.61s", label, label, label, label);
    g_autofree char *more = g_strdup_printf("%s.%s.%s.%.62s", label, label, label, label);
    guint8 out[COX_LVS_DNS_SIZE];

    (void) state;
    assert_int_equal(cox_lvs_dns_ask(&(struct cox_lvs_dns) { 1, label }, 1, out), 12 + 65 + 4);
    assert_int_equal(cox_lvs_dns_ask(&(struct cox_lvs_dns) { 1, long_label }, 1, out), 0);
    assert_int_equal(cox_lvs_dns_ask(&(struct cox_lvs_dns) { 1, most }, 1, out), COX_LVS_DNS_SIZE);
    assert_int_equal(cox_lvs_dns_ask(&(struct cox_lvs_dns) { 1, more }, 1, out), 0);
}

/* An answer to "a.b A": head with flags and counts, the question, then records. */
static const guint8 QUESTION[] = { 0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 'a', 1, 'b', 0, 0, 1, 0, 1 };
#define ASKED 1, 'A', 1, 'b', 0, 0, 1, 0, 1
#define ADDRESS 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 10, 0, 0, 1
#define ALIAS 0xc0, 12, 0, 5, 0, 1, 0, 0, 0, 60, 0, 4, 1, 'c', 0xc0, 12

static void
answers_are_good_or_say_why_not(void **state)
{
    static const struct {
        const char *name;
        guint8 data[64];
        size_t size;
        bool is_ours;
        const char *why; /* NULL: good */
    } cases[] = {
        { "an address", { 0, 7, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0, ASKED, ADDRESS }, 37, true, NULL },
        { "an alias and an address", { 0, 7, 0x81, 0x80, 0, 1, 0, 2, 0, 0, 0, 0, ASKED, ALIAS, ADDRESS }, 53, true, NULL },
        { "only an alias", { 0, 7, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0, ASKED, ALIAS }, 37, true, "no record" },
        { "nothing", { 0, 7, 0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0, ASKED }, 21, true, "no record" },
        { "cut short", { 0, 7, 0x83, 0x80, 0, 1, 0, 0, 0, 0, 0, 0, ASKED }, 21, true, NULL },
        { "another question", { 0, 7, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0, 1, 'x', 1, 'b', 0, 0, 1, 0, 1, ADDRESS }, 37, true, "another question" },
        { "another type", { 0, 7, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0, 1, 'a', 1, 'b', 0, 0, 2, 0, 1, ADDRESS }, 37, true, "another question" },
        { "no question", { 0, 7, 0x81, 0x80, 0, 0, 0, 1, 0, 0, 0, 0 }, 37, true, "another question" },
        { "the end of the question is missing", { 0, 7, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0, ASKED }, 20, true, "another question" },
        { "no such name", { 0, 7, 0x81, 0x83, 0, 1, 0, 0, 0, 0, 0, 0, ASKED }, 21, true, "no such name" },
        { "refused", { 0, 7, 0x81, 0x85, 0, 1, 0, 0 }, 12, true, "refused" },
        { "a later error", { 0, 7, 0x81, 0x89, 0, 1, 0, 0 }, 12, true, "another kind" },
        { "a record is cut", { 0, 7, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0, ASKED, ADDRESS }, 36, true, "malformed" },
        { "its head is cut", { 0, 7, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0, ASKED, ADDRESS }, 30, true, "malformed" },
        { "its name is cut", { 0, 7, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0, ASKED, 0xc0 }, 22, true, "malformed" },
        { "its name has no end", { 0, 7, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0, ASKED, 3, 'a' }, 23, true, "malformed" },
        { "its label is none", { 0, 7, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0, ASKED, 0x80, 0 }, 23, true, "malformed" },
        { "one of two is missing", { 0, 7, 0x81, 0x80, 0, 1, 0, 2, 0, 0, 0, 0, ASKED, ADDRESS }, 37, true, "malformed" },
        { "another id", { 0, 8, 0x81, 0x80 }, 37, false, NULL },
        { "no answer", { 0, 7, 0x01, 0x80 }, 37, false, NULL },
        { "another opcode", { 0, 7, 0xa1, 0x80 }, 37, false, NULL },
        { "too short", { 0, 7, 0x81 }, 11, false, NULL },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct cox_lvs_answer answer = { .text = "unset" };
        const bool is_ours = cox_lvs_dns_answer(QUESTION, sizeof QUESTION, cases[i].data, cases[i].size, &answer);

        if (is_ours != cases[i].is_ours) {
            fail_msg("%s: is %sours", cases[i].name, is_ours ? "" : "not ");
        }
        if (is_ours && (answer.is_good != (cases[i].why == NULL) || (!answer.is_good && strstr(answer.text, cases[i].why) == NULL))) {
            fail_msg("%s: %s", cases[i].name, answer.text != NULL ? answer.text : "good");
        }
    }
}

COX_TEST_MAIN(cmocka_unit_test(questions_are_as_the_rfc_wants), cmocka_unit_test(names_have_their_bounds),
              cmocka_unit_test(answers_are_good_or_say_why_not))
