/* lib/conf/tests/test_block.c */
#include "conf/block.h"

#include "base/error.h"
#include "base/testkit.h"

/* Files of the test: name, text, ...; a pattern with "*" stands for all that begin with what is before it. */
static char **
match(const char *pattern, void *data)
{
    const char *const *files = data;
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    size_t length = strcspn(pattern, "*");
    bool is_exact = pattern[length] == '\0';

    for (guint i = 0; files[i] != NULL; i += 2) {
        if (is_exact ? strcmp(files[i], pattern) == 0 : strncmp(files[i], pattern, length) == 0) {
            g_ptr_array_add(names, g_strdup(files[i]));
        }
    }
    g_ptr_array_add(names, NULL);
    return (char **) g_ptr_array_steal(names, NULL);
}

static char *
read_file(const char *name, gsize *length, void *data, GError **error)
{
    const char *const *files = data;

    for (guint i = 0; files[i] != NULL; i += 2) {
        if (strcmp(files[i], name) == 0) {
            *length = strlen(files[i + 1]);
            return g_strdup(files[i + 1]);
        }
    }
    g_set_error(error, COX_ERROR, COX_ERROR_NO_INPUT, "%s is not there", name);
    return NULL;
}

static const char *const no_files[] = { NULL };

static struct cox_block_source
source_of(const char *const *files)
{
    return (struct cox_block_source) { .match = match, .read = read_file, .data = (void *) (guintptr) files, .config_id = "main", .seed = 7 };
}

/* "a b{c;d e;}f;" */
static void
draw(GString *out, const struct cox_block *outer)
{
    for (const struct cox_block *block = outer->first; block != NULL; block = block->next) {
        for (guint i = 0; i < block->n_words; i++) {
            g_string_append_printf(out, "%s%s", (i == 0) ? "" : "|", block->words[i].text);
        }
        if (block->has_body) {
            g_string_append_c(out, '{');
            draw(out, block);
            g_string_append_c(out, '}');
        } else {
            g_string_append_c(out, ';');
        }
    }
}

static void
check_files(const char *text, const char *const *files, const char *drawn, const char *problems)
{
    struct cox_block_source source = source_of(files);
    g_autoptr(cox_diags) diags = cox_diags_new();
    g_autoptr(cox_block_tree) tree = cox_block_read_text("/etc/k.conf", text, &source, diags);
    g_autoptr(GString) out = g_string_new(NULL);
    g_autoptr(GString) said = g_string_new(NULL);

    draw(out, &tree->root);
    for (size_t i = 0; i < cox_diags_count(diags); i++) {
        g_string_append_printf(said, "%s: %s\n", cox_diags_get(diags, i)->object, cox_diags_get(diags, i)->text);
    }
    assert_string_equal(out->str, drawn);
    assert_string_equal(said->str, problems);
}

static void
check(const char *text, const char *drawn)
{
    check_files(text, no_files, drawn, "");
}

static void
lines_end_statements_and_braces_may_stand_anywhere(void **state)
{
    (void) state;
    check("a b\n  c\n", "a|b;c;");
    check("a {\n b c\n d {\n e\n }\n}\nf\n", "a{b|c;d{e;}}f;");
    check("a\n\n{ b\nc }d\n", "a{b;c;}d;");
    check("a{b}c{}\n", "a{b;}c{}");
    check("a b { c d { e f } g } h", "a|b{c|d{e|f;}g;}h;");
    check("a b\r\nc\r\n", "a|b;c;");
}

static void
comments_begin_anywhere_but_in_quotes(void **state)
{
    (void) state;
    check("! all\n# all\na b # c\nd!e\n\"f # g ! h\" i\n", "a|b;d;f # g ! h|i;");
    check("a${_HASH}b ${_BANG} c\n", "a#b|!|c;");
}

static void
quotes_make_one_word_and_end_one(void **state)
{
    (void) state;
    check("a \"b  c\" d\n", "a|b  c|d;");
    check("f\"f o\"o \"\"\n", "f|f o|o|;");
    check("'a b' \\x41\n", "'a|b'|\\x41;");
    check("a \"b \\\" c\" d\n", "a|b \\\" c|d;");
}

static void
conditions_choose_lines(void **state)
{
    (void) state;
    check("@main a\n@other b\n@^main c\n@^other d\n@main\te f\n", "a;d;e|f;");
    check("$IF=@main\n$IF a\n$IF2=@other\n$IF2 b\n", "a;");
    check("@main $P=240\n@other $P=200\np $P\n", "p|240;");
    check("x {\n@main y\n@^main z\n}\n", "x{y;}");
}

static void
definitions_are_replaced_when_they_are_used(void **state)
{
    (void) state;
    check("$BASE=10.2.${SUB}\n$SUB=0\n${BASE}.100/32\n$SUB=10\n${BASE}.100/32\n", "10.2.0.100/32;10.2.10.100/32;");
    check("$A=x\n$A ${A}y $Ay $A.z \"$A\" \"${A}\"\n", "x|xy|$Ay|$A.z|$A|x;");
    check("a $NO ${NO}\n", "a|$NO|${NO};");
    check("$E=\na ${E}b $E\n", "a|b;");
    check("$1=5\n", "$1=5;");
    check("a ${_INSTANCE} ${_PWD} ${_RANDOM 5 5}\n", "a|main|/etc|5;");
}

static void
definitions_have_several_lines_and_are_in_each_other(void **state)
{
    (void) state;
    check("$I= \\\ninst V${N} { \\\n  id ${N} \\\n @main prio 1 \\\n @other prio 2 \\\n}\n\n$N=1\n$I\n$N=2\n$I\n",
          "inst|V1{id|1;prio|1;}inst|V2{id|2;prio|1;}");
    check("$RS= \\\nrs ${V}.${R} { \\\n}\n$VS= \\\nvs ${V} { \\\n $R=1 \\\n $RS \\\n $R=2 \\\n $RS \\\n}\n$V=7\n$VS\n",
          "vs|7{rs|7.1{}rs|7.2{}}");
    check("$C=one \\\n two\na $C\n", "a|one;two;");
}

static void
sequences_and_lists_repeat_a_line(void **state)
{
    (void) state;
    check("~SEQ(S, 0, 3) ip 10.0.${S}.1\n", "ip|10.0.0.1;ip|10.0.1.1;ip|10.0.2.1;ip|10.0.3.1;");
    check("~SEQ(S, 2) a${S}\n~SEQ(T, 3, -2, 1) b${T}\n~SEQ(U,-2) c${U}\n", "a1;a2;b3;b1;c-1;c-2;");
    check("~SEQ(S, 5, 3, 4) a${S}\n~SEQ(T, 4, -3, 5) b${T}\n~SEQ(U, 4, -3, 4) c${U}\n", "c4;");
    check("~SEQx(S, 0x90, 0x10, 0xb0) fe80::20:${S}:1\n", "fe80::20:90:1;fe80::20:a0:1;fe80::20:b0:1;");
    check("~LST({IP, IP1}, {10,1},{20,4}) ~SEQ(P,168,2,170) 192.${P}.${IP}.${IP1}\n",
          "192.168.10.1;192.170.10.1;192.168.20.4;192.170.20.4;");
    check("~LST(A, x y, z) ~LST(B, 1, 2) v ${A}${B}\n", "v|x|y1;v|x|y2;v|z1;v|z2;");
    check("$V= \\\ni${N} { \\\n k \\\n}\n~SEQ(N,1,2) $V\n", "i1{k;}i2{k;}");
}

static void
files_are_included_where_they_are_named(void **state)
{
    static const char *const files[] = { "/etc/d/1", "x ${_PWD}\ninclude 2\n", "/etc/d/2", "y", "/opt/3", "in\n", NULL };

    (void) state;
    check_files("a {\ninclude d/1\n}\nb\n", files, "a{x|/etc/d;y;}b;", "");
    check_files("include /etc/d/*\nz ${_PWD}\n", files, "x|/etc/d;y;y;z|/etc;", "");
    check_files("include \"/opt/3\"\n", files, "in;", "");
    check_files("include no/*\n", files, "", "/etc/k.conf:1:1: no file is '/etc/no/*'\n");
    check_files(" includea no\n", files, "", "/etc/k.conf:1:2: no file is '/etc/no'\n");
    check_files("included a\n", files, "included|a;", "");
}

static void
a_missing_file_is_an_error_where_the_line_says_so(void **state)
{
    static const struct {
        const char *line;
        enum cox_severity worst;
    } rows[] = {
        { "include no", COX_SEVERITY_WARNING },  { "include no*", COX_SEVERITY_INFO },  { "includer no", COX_SEVERITY_WARNING },
        { "includem no", COX_SEVERITY_ERROR },   { "includem no*", COX_SEVERITY_INFO }, { "includew no*", COX_SEVERITY_ERROR },
        { "includea no*", COX_SEVERITY_ERROR },
    };
    struct cox_block_source source = source_of(no_files);

    (void) state;
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(cox_diags) diags = cox_diags_new();
        g_autoptr(cox_block_tree) tree = cox_block_read_text("/k", rows[i].line, &source, diags);

        assert_int_equal(cox_diags_count(diags), 1);
        assert_int_equal(cox_diags_get(diags, 0)->severity, rows[i].worst);
        assert_null(tree->root.first);
    }
}

static void
what_is_wrong_is_said_with_its_place(void **state)
{
    static const char *const itself[] = { "/etc/k.conf", "include k.conf\n", NULL };

    (void) state;
    check_files("a {\n b\n", no_files, "a{b;}", "/etc/k.conf:1:1: the block 'a' is not closed\n");
    check_files("a\n  }\nb\n", no_files, "a;b;", "/etc/k.conf:2:3: '}' closes nothing\n");
    check_files("a {\n{ b }\n}\nc", no_files, "a{}c;", "/etc/k.conf:2:1: '{' follows no keyword\n");
    check_files("a \"b\n", no_files, "a|b;", "/etc/k.conf:1:3: the quoted text is not closed\n");
    check_files("a b\\\nc\n", no_files, "c;", "/etc/k.conf:1:4: a line goes on only in a definition\n");
    check_files("~SEQ(A, x) b\n", no_files, "",
                "/etc/k.conf:1:1: ~SEQ is (NAME, LAST), (NAME, FIRST, LAST) or (NAME, FIRST, STEP, LAST) with at most 100,000 numbers\n");
    check_files("~SEQ(A, 5", no_files, "", "/etc/k.conf:1:1: the parenthesis is not closed\n");
    check_files("$A=${A}\nb ${A}\nc\n", no_files, "", "/etc/k.conf:2: definitions make the line longer than is read\n");
    check_files("$A= \\\nx \\\n${A}\n${A}\nc\n", no_files, "x;x;x;x;x;x;x;x;x;x;x;x;x;x;x;x;x;x;x;x;x;x;x;x;x;x;x;x;x;x;x;x;",
                "/etc/k.conf:4: files and definitions make more of it than is read (64 MiB, 32 definitions in each other)\n");
    check_files("include k.conf\n", itself, "", "/etc/k.conf:1: files include each other deeper than is read (32): does one include itself?\n");
}

static void
old_files_in_latin_1_are_read(void **state)
{
    (void) state;
    check_files("# r\xe9seau\nrouter_id \xe9t\xe9\n", no_files, "router_id|\xc3\xa9t\xc3\xa9;",
                "/etc/k.conf:0: the file is not in UTF-8: taken as ISO 8859-1\n");
}

static void
a_tree_is_as_deep_as_the_limit_and_no_deeper(void **state)
{
    struct cox_block_source source = source_of(no_files);
    g_autoptr(cox_diags) diags = cox_diags_new();
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(cox_block_tree) good = NULL;
    g_autoptr(cox_block_tree) bad = NULL;

    (void) state;
    for (guint i = 0; i < COX_BLOCK_MOST_DEPTH; i++) {
        g_string_append(text, "a {\n");
    }
    for (guint i = 0; i < COX_BLOCK_MOST_DEPTH; i++) {
        g_string_append(text, "}\n");
    }
    good = cox_block_read_text("/k", text->str, &source, diags);
    assert_int_equal(cox_diags_count(diags), 0);
    g_string_prepend(text, "b {\n");
    g_string_append(text, "}\n");
    bad = cox_block_read_text("/k", text->str, &source, diags);
    assert_true(cox_diags_has(diags, COX_SEVERITY_ERROR));
}

static void
a_line_that_is_repeated_too_often_ends_the_reading(void **state)
{
    struct cox_block_source source = source_of(no_files);
    g_autoptr(cox_diags) diags = cox_diags_new();
    g_autoptr(cox_block_tree) tree = NULL;

    (void) state;
    source.most_steps = 1000;
    tree = cox_block_read_text("/k", "~SEQ(A,100000) ~SEQ(B,100000) ${A}${B}\na\n", &source, diags);
    assert_int_equal(cox_diags_count(diags), 1);
    assert_int_equal(cox_diags_get(diags, 0)->severity, COX_SEVERITY_ERROR);
    assert_string_equal(cox_block_keyword(tree->root.first), "11");
}

/* The numbers of the inner loop are not made for each turn of the outer one: ten thousand million. */
static void
a_loop_in_a_loop_that_is_wrong_costs_nothing_each_time(void **state)
{
    struct cox_block_source source = source_of(no_files);
    g_autoptr(cox_diags) diags = cox_diags_new();
    g_autoptr(cox_block_tree) tree = NULL;

    (void) state;
    tree = cox_block_read_text("/k", "~SEQ(A,100000) ~SEQ(1,100000) b\n", &source, diags);
    assert_int_equal(cox_diags_count(diags), COX_BLOCK_MOST_SAID + 1);
    assert_null(tree->root.first);
}

/* The blanks behind the keyword do not count for its text: the limit may stop the reading before them. */
static void
the_limit_may_be_met_in_a_keyword(void **state)
{
    struct cox_block_source source = source_of(no_files);
    g_autoptr(cox_diags) diags = cox_diags_new();
    g_autoptr(cox_block_tree) tree = NULL;

    (void) state;
    source.most_steps = 1;
    tree = cox_block_read_text("/k", "a  b\n", &source, diags);
    assert_int_equal(cox_diags_count(diags), 1);
    assert_string_equal(cox_block_keyword(tree->root.first), "a");
    assert_string_equal(tree->root.first->rest, "");
}

/* 200 lines of 400 kB out of a file of two kB; and words without end. */
static void
what_definitions_make_is_bounded(void **state)
{
    struct cox_block_source source = source_of(no_files);
    g_autoptr(cox_diags) diags = cox_diags_new(), others = cox_diags_new();
    g_autoptr(GString) text = g_string_new("$A=");
    g_autoptr(cox_block_tree) tree = NULL, words = NULL;
    guint n = 0;

    (void) state;
    for (guint i = 0; i < 1000; i++) {
        g_string_append_c(text, 'x');
    }
    g_string_append(text, "\n$B=${A}${A}${A}${A}${A}${A}${A}${A}${A}${A}${A}${A}${A}${A}${A}${A}${A}${A}${A}${A}\n"
                          "$C=${B}${B}${B}${B}${B}${B}${B}${B}${B}${B}${B}${B}${B}${B}${B}${B}${B}${B}${B}${B}\n~SEQ(I, 200) ${C}\n");
    tree = cox_block_read_text("/k", text->str, &source, diags);
    assert_int_equal(cox_diags_count(diags), 1);
    assert_non_null(strstr(cox_diags_get(diags, 0)->text, "definitions make more of it than is read (64 MiB"));
    for (const struct cox_block *block = tree->root.first; block != NULL; block = block->next) {
        n++;
    }
    assert_true(n > 100 && n < 200);
    source.most_steps = 1000;
    words = cox_block_read_text("/k", "$A=a a a a a a a a a a\n$B=${A} ${A} ${A} ${A} ${A} ${A} ${A} ${A} ${A} ${A}\n~SEQ(I, 100) ${B}\n", &source, others);
    assert_int_equal(cox_diags_count(others), 1);
    for (n = 0; words->root.first != NULL && words->root.first->next != NULL; words->root.first = words->root.first->next) {
        n++;
    }
    assert_true(n < 11);
}

static void
words_and_text_behind_the_keyword_are_there(void **state)
{
    struct cox_block_source source = source_of(no_files);
    g_autoptr(cox_diags) diags = cox_diags_new();
    g_autoptr(cox_block_tree) tree = cox_block_read_text("/k", "\n notify  \"/bin/x 'a b'\"  root # c\nb{", &source, diags);
    const struct cox_block *notify = tree->root.first;

    (void) state;
    assert_string_equal(cox_block_keyword(notify), "notify");
    assert_string_equal(notify->rest, "\"/bin/x 'a b'\"  root");
    assert_int_equal(notify->line, 2);
    assert_int_equal(notify->words[0].column, 2);
    assert_int_equal(notify->words[1].column, 10);
    assert_true(notify->words[1].is_quoted && !notify->words[2].is_quoted);
    assert_string_equal(cox_block_word(notify, 2), "root");
    assert_null(cox_block_word(notify, 3));
    assert_string_equal(notify->next->rest, "");
}

static void
a_shell_s_words_are_divided_and_quoted(void **state)
{
    static const char *const rows[][3] = {
        { "abcd\" efg h jkl \"mnop", "abcd efg h jkl mnop", NULL },
        { "abcd \"efg h jkl\" mnop", "abcd", "efg h jkl" },
        { "'a b' \\x41\\102\\tx", "a b", "AB\tx" },
        { "\"a 'b\\\" c\" \\\\d", "a 'b\" c", "\\d" },
        { "'' \\cA", "", "\001" },
        { "\\q \\", "q", "\\" },
    };

    (void) state;
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        guint n = 0;
        g_auto(GStrv) words = cox_block_split(rows[i][0], &n);

        assert_string_equal(words[0], rows[i][1]);
        for (guint k = 0; k < n; k++) {
            g_autofree char *quoted = cox_block_quote(words[k]);
            g_auto(GStrv) again = cox_block_split(quoted, NULL);

            assert_string_equal(again[0], words[k]);
            assert_null(again[1]);
        }
        if (rows[i][2] != NULL) {
            assert_string_equal(words[1], rows[i][2]);
        }
    }
    assert_null(cox_block_split("a 'b", NULL));
}

/* What follows stays as it is, also where one piece of memory ends and the next begins; several may go at once. */
static void
statements_are_dropped_from_the_first_on(void **state)
{
    struct cox_block_source source = source_of(no_files);
    g_autoptr(cox_diags) diags = cox_diags_new();
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(cox_block_tree) tree = NULL, rest = NULL;

    (void) state;
    for (guint i = 0; i < 3000; i++) {
        g_string_append_printf(text, "service %u {\n server %u 80 {\n weight %u\n }\n}\n", i, i, i);
    }
    tree = cox_block_read_text("/k", text->str, &source, diags);
    rest = cox_block_read_text("/k", text->str, &source, diags);
    assert_true(tree->pieces->len > 5);
    for (guint i = 0; i < 3000; i++) {
        const struct cox_block *block = tree->root.first;
        g_autofree char *number = g_strdup_printf("%u", i);

        assert_string_equal(cox_block_word(block, 1), number);
        assert_string_equal(cox_block_word(block->first, 1), number);
        assert_string_equal(block->first->first->rest, number);
        cox_block_tree_drop(tree, block);
        if (i % 1000 == 0) {
            cox_block_tree_drop(rest, rest->root.first);
        } else {
            rest->root.first = rest->root.first->next;
        }
    }
    assert_null(tree->root.first);
    assert_null(tree->root.last);
    assert_int_equal(tree->pieces->len, 0);
}

COX_TEST_MAIN(cmocka_unit_test(lines_end_statements_and_braces_may_stand_anywhere), cmocka_unit_test(comments_begin_anywhere_but_in_quotes),
              cmocka_unit_test(quotes_make_one_word_and_end_one), cmocka_unit_test(conditions_choose_lines),
              cmocka_unit_test(definitions_are_replaced_when_they_are_used),
              cmocka_unit_test(definitions_have_several_lines_and_are_in_each_other),
              cmocka_unit_test(sequences_and_lists_repeat_a_line), cmocka_unit_test(files_are_included_where_they_are_named),
              cmocka_unit_test(a_missing_file_is_an_error_where_the_line_says_so), cmocka_unit_test(what_is_wrong_is_said_with_its_place),
              cmocka_unit_test(old_files_in_latin_1_are_read), cmocka_unit_test(a_tree_is_as_deep_as_the_limit_and_no_deeper),
              cmocka_unit_test(a_line_that_is_repeated_too_often_ends_the_reading),
              cmocka_unit_test(a_loop_in_a_loop_that_is_wrong_costs_nothing_each_time),
        cmocka_unit_test(the_limit_may_be_met_in_a_keyword),
              cmocka_unit_test(what_definitions_make_is_bounded),
              cmocka_unit_test(statements_are_dropped_from_the_first_on),
              cmocka_unit_test(words_and_text_behind_the_keyword_are_there), cmocka_unit_test(a_shell_s_words_are_divided_and_quoted))
