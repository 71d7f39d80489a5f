/* lib/conf/tests/test_yamlread.c */
#include "conf/yamlread.h"

#include "base/error.h"
#include "base/testkit.h"

static struct cox_conf *
parse(const char *text)
{
    GError *error = NULL;
    struct cox_conf *conf = cox_yamlread_parse(text, strlen(text), &error);

    if (conf == NULL) {
        fail_msg("%s: %s", text, error->message);
    }
    return conf;
}

static void
refused(const char *text, gsize length, const char *message)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(cox_conf) conf = cox_yamlread_parse(text, length, &error);

    if (conf != NULL || error == NULL || !g_str_has_prefix(error->message, message)) {
        fail_msg("%.60s: %s, not %s", text, (error == NULL) ? "taken" : error->message, message);
    }
    assert_int_equal(error->code, COX_ERROR_SYNTAX);
}

static void
lists_maps_and_texts_have_their_places(void **state)
{
    g_autoptr(cox_conf) conf = parse("# a comment\na: 10s\nb:\n  - x\n  - {c: 'd e'}\n");
    const struct cox_conf *list = cox_conf_get(conf, "b");

    (void) state;
    assert_int_equal(conf->kind, COX_CONF_MAP);
    assert_string_equal(cox_conf_get(conf, "a")->text, "10s");
    assert_int_equal(cox_conf_get(conf, "a")->line, 2);
    assert_int_equal(cox_conf_get(conf, "a")->column, 4);
    assert_int_equal(list->kind, COX_CONF_LIST);
    assert_int_equal(cox_conf_item(list, 0)->line, 4);
    assert_string_equal(cox_conf_get(cox_conf_item(list, 1), "c")->text, "d e");
    assert_int_equal(cox_conf_key(conf, 1)->line, 3);
}

static void
only_what_is_plain_and_empty_is_nothing(void **state)
{
    g_autoptr(cox_conf) conf = parse("[~, null, '', \"null\", true, 010]");
    const enum cox_conf_kind kinds[] = { COX_CONF_NULL, COX_CONF_NULL, COX_CONF_TEXT, COX_CONF_TEXT, COX_CONF_TEXT, COX_CONF_TEXT };
    g_autoptr(cox_conf) empty = parse("");
    g_autoptr(cox_conf) comment = parse("# nothing\n");

    (void) state;
    for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
        assert_int_equal(cox_conf_item(conf, i)->kind, kinds[i]);
    }
    assert_string_equal(cox_conf_item(conf, 5)->text, "010");
    assert_int_equal(empty->kind, COX_CONF_NULL);
    assert_int_equal(comment->kind, COX_CONF_NULL);
}

static void
what_means_something_else_than_it_shows_is_refused_with_its_place(void **state)
{
    static const struct {
        const char *text, *message;
    } cases[] = {
        { "a: 1\nb: 2\na: 3\n", "line 3, column 1: 'a' is here a second time, after line 1" },
        { "a: &x 1\n", "line 1, column 4: anchors and aliases are not read" },
        { "a: *x\n", "line 1, column 4: anchors and aliases are not read" },
        { "&x [a]\n", "line 1, column 1: anchors and aliases are not read" },
        { "a: !!int 1\n", "line 1, column 4: tags are not read" },
        { "a: 1\n---\nb: 2\n", "line 2, column 1: a second document begins" },
        { "? [a]\n: b\n", "line 1, column 3: a key must be a word" },
        { "~: b\n", "line 1, column 1: a key must be a word" },
        { "a: [1\nb: 2\n", "line 2, column 2: did not find expected ',' or ']'" },
        { "a: \"\\x01\"\n", "line 1, column 4: the character U+0001 is not allowed" },
        { "a: \"\\0\"\n", "line 1, column 4: the character U+0000 is not allowed" },
        { "\ta: 1\n", "line 1, column 1: found character that cannot start any token" },
        { "a: \xff\n", "byte 3: " },
        { "a: \xc3\xa4\n\xe2\x82", "byte " },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        refused(cases[i].text, strlen(cases[i].text), cases[i].message);
    }
    refused("a: 1\0b: 2", 9, "byte 4: control characters are not allowed");
}

static void
bombs_are_refused_quickly(void **state)
{
    g_autoptr(GString) deep = g_string_new(NULL);
    g_autoptr(GString) block = g_string_new(NULL);
    g_autofree char *large = g_malloc0(COX_YAMLREAD_MOST_BYTES + 1);

    (void) state;
    for (int i = 0; i < 500000; i++) {
        g_string_append(deep, (i % 2 == 0) ? "[" : "{a: ");
        g_string_append(block, "- ");
    }
    refused(deep->str, deep->len, "line 1, column ");
    refused(block->str, block->len, "line 1, column ");
    refused("a: [&a [x, x], &b [*a, *a], &c [*b, *b]]", 40, "line 1, column 5: anchors");
    refused(large, COX_YAMLREAD_MOST_BYTES + 1, "67108865 bytes are more than is read");
}

static void
long_values_and_other_scripts_are_taken(void **state)
{
    g_autofree char *value = g_strnfill(2 * 1024 * 1024, 'x');
    g_autofree char *text = g_strdup_printf("\xe5\x80\xa4: %s\n", value);
    g_autoptr(cox_conf) conf = parse(text);

    (void) state;
    assert_int_equal(strlen(cox_conf_get(conf, "\xe5\x80\xa4")->text), 2 * 1024 * 1024);
}

COX_TEST_MAIN(cmocka_unit_test(lists_maps_and_texts_have_their_places), cmocka_unit_test(only_what_is_plain_and_empty_is_nothing),
              cmocka_unit_test(what_means_something_else_than_it_shows_is_refused_with_its_place), cmocka_unit_test(bombs_are_refused_quickly),
              cmocka_unit_test(long_values_and_other_scripts_are_taken))
