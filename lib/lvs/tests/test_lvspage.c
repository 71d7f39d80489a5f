/* lib/lvs/tests/test_lvspage.c - is a page what is wanted? */
#include "base/testkit.h"

#include "base/error.h"
#include "lvs/lvspage.h"

/* Feed @body in pieces of @piece bytes. */
static bool
judge(const struct cox_lvs_url *url, guint code, const char *body, size_t piece, char **why)
{
    g_autoptr(cox_lvs_page) page = cox_lvs_page_new(url);
    struct cox_lvs_answer answer;

    for (size_t at = 0; at < strlen(body); at += piece) {
        assert_true(cox_lvs_page_feed(page, body + at, MIN(piece, strlen(body) - at)));
    }
    cox_lvs_page_end(page, code, &answer);
    *why = g_strdup(answer.text);
    assert_int_equal(answer.is_good, answer.text == NULL);
    return answer.is_good;
}

static const struct cox_lvs_range SOME[] = { { 404, 404 }, { 500, 503 } };

static void
pages_are_good_or_say_why_not(void **state)
{
    static const struct {
        struct cox_lvs_url url;
        guint code;
        const char *body, *why; /* NULL: good */
    } cases[] = {
        { { .path = "/" }, 200, "x", NULL },
        { { .path = "/" }, 299, "", NULL },
        { { .path = "/a" }, 300, "", "/a: status (300, 0 bytes)" },
        { { .path = "/" }, 199, "", "status (199" },
        { { .path = "/", .codes = SOME, .n_codes = 2 }, 404, "", NULL },
        { { .path = "/", .codes = SOME, .n_codes = 2 }, 503, "", NULL },
        { { .path = "/", .codes = SOME, .n_codes = 2 }, 200, "", "status" },
        { { .path = "/", .has_digest = true, .digest = { 0x90, 0x01, 0x50, 0x98, 0x3c, 0xd2, 0x4f, 0xb0, 0xd6, 0x96, 0x3f, 0x7d, 0x28, 0xe1, 0x7f, 0x72 } },
          200, "abc", NULL }, /* RFC 1321 A.5 */
        { { .path = "/", .has_digest = true }, 200, "abc", "another digest" },
        { { .path = "/", .regex = "w[o0]rld" }, 200, "hello world", NULL },
        { { .path = "/", .regex = "w[o0]rld" }, 200, "hello", "does not match" },
        { { .path = "/", .regex = "WORLD", .regex_flags = COX_LVS_REGEX_CASELESS }, 200, "hello world", NULL },
        { { .path = "/", .regex = "error", .is_regex_negated = true }, 200, "fine", NULL },
        { { .path = "/", .regex = "error", .is_regex_negated = true }, 200, "an error", "must not match" },
        { { .path = "/", .regex = "a", .regex_min_offset = 1 }, 200, "abb", "does not match" },
        { { .path = "/", .regex = "a", .regex_min_offset = 1 }, 200, "aba", NULL },
        { { .path = "/", .regex = "a", .regex_min_offset = 9 }, 200, "aba", "does not match" },
        { { .path = "/", .regex = "a", .regex_max_offset = 2 }, 200, "bba", NULL },
        { { .path = "/", .regex = "a", .regex_max_offset = 2 }, 200, "bbba", "does not match" },
        { { .path = "/", .regex = "^$" }, 200, "", NULL },
        { { .path = "/", .regex = "(" }, 200, "", "cannot be used" },
        { { .path = "/", .regex = "(" , .is_regex_negated = true }, 200, "", "cannot be used" },
        { { .path = "/", .regex = "\xff" }, 200, "a\xff", NULL }, /* bytes */
        { { .path = "/", .regex = "a", .regex_flags = COX_LVS_REGEX_UTF }, 200, "\xff" "a", "not UTF-8" },
        { { .path = "/", .regex = "\xff", .regex_flags = COX_LVS_REGEX_UTF }, 200, "a", "cannot be used" },
        { { .path = "/", .regex = "^.$", .regex_flags = COX_LVS_REGEX_UTF }, 200, "\xc3\xa4", NULL },
        { { .path = "/", .regex = "(a+)+$" }, 200, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", "too costly" },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        for (size_t piece = 1; piece <= 100; piece += 33) {
            g_autofree char *why = NULL;
            const bool is_good = judge(&cases[i].url, cases[i].code, cases[i].body, piece, &why);

            if (is_good != (cases[i].why == NULL) || (!is_good && strstr(why, cases[i].why) == NULL)) {
                fail_msg("case %zu: %s", i, why != NULL ? why : "good");
            }
        }
    }
}

static void
a_body_has_bounds(void **state)
{
    const struct cox_lvs_url url = { .path = "/", .regex = "end" };
    g_autofree char *block = g_malloc0(1 << 20);
    g_autoptr(cox_lvs_page) page = cox_lvs_page_new(&url), other = cox_lvs_page_new(&url);
    struct cox_lvs_answer answer;

    (void) state;
    for (guint i = 0; i < 16; i++) {
        assert_true(cox_lvs_page_feed(page, block, 1 << 20));
    }
    assert_false(cox_lvs_page_feed(page, "x", 1));
    cox_lvs_page_end(page, 200, &answer);
    assert_non_null(strstr(answer.text, "too long"));
    memcpy(block + COX_LVS_PAGE_REGEX_MAX - 2, "en", 2); /* the pattern sees so much */
    cox_lvs_page_feed(other, block, COX_LVS_PAGE_REGEX_MAX);
    cox_lvs_page_feed(other, "d", 1);
    cox_lvs_page_end(other, 200, &answer);
    assert_false(answer.is_good);
    cox_lvs_page_free(NULL);
}

/* Steps are counted for the whole body, not for each of its positions: this would be some 10^10. */
static void
a_hostile_page_costs_no_more_than_a_moment(void **state)
{
    const struct cox_lvs_url url = { .path = "/", .regex = "a.*[bc]" };
    g_autofree char *body = g_strnfill(1 << 20, 'a'), *page = g_strnfill(COX_LVS_PAGE_REGEX_MAX, ' '), *why = NULL, *other = NULL;

    (void) state;
    for (guint i = 100 * 1000; i < 1 << 20; i += 100 * 1000) {
        body[i] = '\n';
    }
    assert_false(judge(&url, 200, body, 1 << 20, &why));
    assert_non_null(strstr(why, "too costly"));
    for (guint i = 200; i < COX_LVS_PAGE_REGEX_MAX; i += 200) { /* a big page with lines as people write them */
        memcpy(page + i, "\na stone ", strlen("\na stone "));
    }
    memcpy(page + COX_LVS_PAGE_REGEX_MAX - 100, "bread", strlen("bread"));
    assert_true(judge(&url, 200, page, 1 << 20, &other));
}

static void
patterns_are_checked_before(void **state)
{
    g_autoptr(GError) error = NULL;

    (void) state;
    assert_true(cox_lvs_page_check_regex(&(struct cox_lvs_url) { .regex = "a(b|c)" }, &error));
    assert_false(cox_lvs_page_check_regex(&(struct cox_lvs_url) { .regex = "a(b" }, &error));
    assert_int_equal(error->code, COX_ERROR_SYNTAX);
    assert_non_null(strstr(error->message, "'a(b'"));
}

COX_TEST_MAIN(cmocka_unit_test(pages_are_good_or_say_why_not), cmocka_unit_test(a_body_has_bounds), cmocka_unit_test(a_hostile_page_costs_no_more_than_a_moment),
              cmocka_unit_test(patterns_are_checked_before))
