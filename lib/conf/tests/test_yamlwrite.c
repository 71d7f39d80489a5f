/* lib/conf/tests/test_yamlwrite.c */
#include "conf/yamlwrite.h"

#include "base/error.h"
#include "base/testkit.h"
#include "conf/yamlread.h"

static void
written(const char *text, const char *wanted)
{
    g_autoptr(cox_conf) conf = cox_conf_new(COX_CONF_LIST);
    g_autofree char *got = NULL;

    cox_conf_add(conf, cox_conf_new_text(text));
    got = cox_yamlwrite_text(conf);
    assert_string_equal(got, wanted);
}

static void
what_other_readers_would_change_is_quoted(void **state)
{
    static const struct {
        const char *text, *wanted;
    } cases[] = {
        { "web", "- web\n" },         { "10s", "- 10s\n" },           { "100", "- 100\n" },         { "-INFINITY", "- -INFINITY\n" },
        { "true", "- true\n" },       { "TRUE", "- 'TRUE'\n" },       { "on", "- 'on'\n" },         { "No", "- 'No'\n" },
        { "", "- ''\n" },             { "~", "- '~'\n" },             { "null", "- 'null'\n" },     { "010", "- '010'\n" },
        { "0x1f", "- '0x1f'\n" },     { "1e3", "- '1e3'\n" },         { "1:30", "- '1:30'\n" },     { "2026-01-01", "- '2026-01-01'\n" },
        { "1.5", "- '1.5'\n" },       { ".inf", "- '.inf'\n" },       { "0s", "- 0s\n" },           { "-0", "- '-0'\n" },
        { "192.0.2.1", "- '192.0.2.1'\n" }, { "a: b", "- 'a: b'\n" }, { "a #b", "- 'a #b'\n" },     { "ocf:p:T", "- ocf:p:T\n" },
        { "it's", "- it's\n" },       { "'x'", "- '''x'''\n" },       { "a\tb", "- \"a\\tb\"\n" },  { "a\nb", "- \"a\\nb\"\n" },
        { "<a>\n  <b/>\n</a>\n", "- |\n  <a>\n    <b/>\n  </a>\n" },  { " x ", "- ' x '\n" },       { "/dev/x", "- /dev/x\n" },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        written(cases[i].text, cases[i].wanted);
    }
}

static void
a_tree_is_written_in_blocks(void **state)
{
    g_autoptr(cox_conf) conf = cox_conf_new(COX_CONF_MAP);
    struct cox_conf *list = cox_conf_put(conf, "list", cox_conf_new(COX_CONF_LIST));
    struct cox_conf *map = cox_conf_add(list, cox_conf_new(COX_CONF_MAP));
    g_autofree char *text = NULL;

    (void) state;
    cox_conf_put(map, "a", cox_conf_new_text("1"));
    cox_conf_put(map, "b", cox_conf_new(COX_CONF_NULL));
    cox_conf_put(conf, "none", cox_conf_new(COX_CONF_LIST));
    cox_conf_put(conf, "empty", cox_conf_new(COX_CONF_MAP));
    text = cox_yamlwrite_text(conf);
    assert_string_equal(text, "list:\n- a: 1\n  b: null\nnone: []\nempty: {}\n");
}

/* Texts of characters that are likely to go wrong. */
static char *
random_text(GRand *rand)
{
    static const char *const parts[] = { "a", "1", " ", "\n", "\t", "\r", ":", "#", "-", "'", "\"", "\\", "<", "\xc2\x85", "\xe2\x80\xa8", "\xef\xbb\xbf",
                                         "\xc3\xa4", "\xf0\x9f\x98\x80", "?", "|", ">", "%", "@", "`", "&", "*", "!", ",", "[", "}", "\x7f", "~", "null", "---", "\n\n", "\xc2\xa0" };
    GString *text = g_string_new(NULL);
    gint32 n = g_rand_int_range(rand, 0, 9);

    for (gint32 i = 0; i < n; i++) {
        g_string_append(text, parts[g_rand_int_range(rand, 0, G_N_ELEMENTS(parts))]);
    }
    return g_string_free(text, FALSE);
}

static void
whatever_is_written_is_read_as_the_same(void **state)
{
    GRand *rand = g_rand_new_with_seed(26);

    (void) state;
    for (int round = 0; round < 20000; round++) {
        g_autoptr(cox_conf) map = cox_conf_new(COX_CONF_MAP);
        g_autoptr(cox_conf) again = NULL;
        g_autoptr(GError) error = NULL;
        g_autofree char *key = random_text(rand);
        g_autofree char *value = random_text(rand);
        g_autofree char *text = NULL;

        cox_conf_put(map, key, cox_conf_new_text(value));
        cox_conf_add(cox_conf_put(map, "list of others", cox_conf_new(COX_CONF_LIST)), cox_conf_new_text(value));
        text = cox_yamlwrite_text(map);
        again = cox_yamlread_parse(text, strlen(text), &error);
        if (again == NULL) {
            fail_msg("%s: %s", text, error->message);
        }
        assert_string_equal(cox_conf_key(again, 0)->text, key);
        assert_string_equal(cox_conf_item(again, 0)->text, value);
        assert_string_equal(cox_conf_item(cox_conf_item(again, 1), 0)->text, value);
    }
    g_rand_free(rand);
}

static void
long_keys_are_read_again(void **state)
{
    g_autofree char *key = g_strnfill(3000, 'k');
    g_autoptr(cox_conf) map = cox_conf_new(COX_CONF_MAP);
    g_autoptr(cox_conf) again = NULL;
    g_autofree char *text = NULL;

    (void) state;
    cox_conf_put(map, key, cox_conf_new_text("v"));
    text = cox_yamlwrite_text(map);
    again = cox_yamlread_parse(text, strlen(text), NULL);
    assert_non_null(again);
    assert_string_equal(cox_conf_get(again, key)->text, "v");
}

COX_TEST_MAIN(cmocka_unit_test(what_other_readers_would_change_is_quoted), cmocka_unit_test(a_tree_is_written_in_blocks),
              cmocka_unit_test(whatever_is_written_is_read_as_the_same), cmocka_unit_test(long_keys_are_read_again))
