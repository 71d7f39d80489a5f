/* Tests of cts/fuzz/mutatecib.c with the seeds of fuzz_sched and the schemas of this tree. */
#include "mutatecib.h"

#include "base/testkit.h"
#include "cib/schemas.h"
#include "xml/xmldoc.h"
#include "xml/xmlwrite.h"

enum { CHAIN = 12 };

static GPtrArray *
seeds(void)
{
    const char *top = g_getenv("top_srcdir");
    g_autofree char *folder = g_build_filename(top == NULL ? "." : top, "cts/fuzz/seeds/fuzz_sched", NULL);
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    GPtrArray *docs = g_ptr_array_new_with_free_func((GDestroyNotify) cox_xmldoc_free);

    assert_non_null(dir);
    for (const char *name = g_dir_read_name(dir); name != NULL; name = g_dir_read_name(dir)) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        struct cox_xmldoc *doc = cox_xmldoc_parse_file(path, NULL, NULL);

        if (doc != NULL) {
            g_ptr_array_add(docs, doc);
        }
    }
    assert_true(docs->len > 20);
    return docs;
}

static struct cox_schemas *
schemas_new(void)
{
    return cox_schemas_new(g_getenv("COX_SCHEMA_DIRECTORY"));
}

/* Is it valid?  COX_TEST_VERBOSE: what is wrong is said. */
static bool
is_valid(struct cox_schemas *schemas, struct cox_xmldoc *doc)
{
    g_autoptr(cox_diags) diags = cox_diags_new();
    bool good = cox_schemas_validate(schemas, doc, diags, NULL);

    if (!good && g_getenv("COX_TEST_VERBOSE") != NULL && cox_diags_count(diags) > 0) {
        print_message("# %s\n", cox_diags_get(diags, 0)->text);
    }
    return good;
}

/* One changed document after the other: changes of changes are what a long run has most of. */
static void
changed_documents_are_mostly_valid_after_a_dozen_changes(void **state)
{
    g_autoptr(GPtrArray) docs = seeds();
    g_autoptr(cox_schemas) schemas = schemas_new();
    g_autoptr(GRand) rand = g_rand_new_with_seed(1);
    unsigned n = 0, n_valid = 0;

    (void) state;
    for (guint i = 0; i < docs->len; i++) {
        struct cox_xmldoc *doc = g_ptr_array_index(docs, i);

        if (!is_valid(schemas, doc)) {
            continue;
        }
        for (int k = 0; k < 6; k++) {
            g_autoptr(cox_xmldoc) copy = cox_xmldoc_new_copy(cox_xmldoc_root(doc));

            for (int step = 0; step < CHAIN; step++) {
                mutatecib_step(cox_xmldoc_root(copy), rand);
            }
            n++;
            n_valid += is_valid(schemas, copy);
        }
    }
    print_message("# %u of %u documents are valid after %d changes\n", n_valid, n, CHAIN);
    assert_true(n > 100);
    assert_true(n_valid * 10 > n * 8);
}

static void
crossed_documents_are_mostly_valid(void **state)
{
    g_autoptr(GPtrArray) docs = seeds();
    g_autoptr(cox_schemas) schemas = schemas_new();
    g_autoptr(GRand) rand = g_rand_new_with_seed(2);
    unsigned n = 0, n_valid = 0;

    (void) state;
    for (guint i = 0; i < docs->len * 4; i++) {
        struct cox_xmldoc *doc = g_ptr_array_index(docs, i % docs->len);
        g_autoptr(cox_xmldoc) copy = cox_xmldoc_new_copy(cox_xmldoc_root(doc));

        if (!is_valid(schemas, doc)) {
            continue;
        }
        mutatecib_cross(cox_xmldoc_root(copy), cox_xmldoc_root(g_ptr_array_index(docs, (i * 7 + 1) % docs->len)), rand);
        n++;
        n_valid += is_valid(schemas, copy);
    }
    print_message("# %u of %u crossed documents are valid\n", n_valid, n);
    assert_true(n > 60);
    assert_true(n_valid * 10 > n * 8);
}

static void
a_change_is_decided_by_the_seed_alone(void **state)
{
    g_autoptr(GPtrArray) docs = seeds();

    (void) state;
    for (guint i = 0; i < docs->len; i++) {
        g_autofree char *texts[2] = { NULL, NULL };

        for (int k = 0; k < 2; k++) {
            g_autoptr(cox_xmldoc) copy = cox_xmldoc_new_copy(cox_xmldoc_root(g_ptr_array_index(docs, i)));
            g_autoptr(GRand) rand = g_rand_new_with_seed(i);

            for (int step = 0; step < CHAIN; step++) {
                mutatecib_step(cox_xmldoc_root(copy), rand);
            }
            g_free(texts[k]);
            texts[k] = cox_xmlwrite_text(cox_xmldoc_root(copy), COX_XMLWRITE_PLAIN);
        }
        assert_string_equal(texts[0], texts[1]);
        g_free(texts[1]);
        texts[1] = NULL;
    }
}

/* A share of documents that are valid means nothing when they are as they were. */
static void
most_changes_change_something(void **state)
{
    g_autoptr(GPtrArray) docs = seeds();
    g_autoptr(GRand) rand = g_rand_new_with_seed(4);
    unsigned n = 0, n_changed = 0;

    (void) state;
    for (guint i = 0; i < docs->len; i++) {
        struct cox_xml *root = cox_xmldoc_root(g_ptr_array_index(docs, i));
        g_autofree char *before = cox_xmlwrite_text(root, COX_XMLWRITE_PLAIN);

        for (int step = 0; step < CHAIN; step++) {
            char *after = NULL;

            mutatecib_step(root, rand);
            after = cox_xmlwrite_text(root, COX_XMLWRITE_PLAIN);
            n++;
            n_changed += !g_str_equal(before, after);
            g_free(before);
            before = after;
        }
    }
    print_message("# %u of %u changes changed something\n", n_changed, n);
    assert_true(n_changed * 2 > n);
}

static void
what_names_nothing_is_mended(void **state)
{
    static const char text[] = "<cib><configuration><resources><primitive id='a' class='ocf' type='x'/><group id='g'/>"
                               "<primitive id='a' class='ocf' type='x'/></resources><constraints>"
                               "<rsc_order id='o' first='gone' then='a'/><rsc_ticket id='t' rsc='g'/>"
                               "<rsc_order id='p'><resource_set id='s'/></rsc_order></constraints></configuration></cib>";
    g_autoptr(cox_xmldoc) doc = cox_xmldoc_parse_text(text, strlen(text), NULL, NULL);
    g_autoptr(GRand) rand = g_rand_new_with_seed(3);
    g_autofree char *mended = NULL;

    (void) state;
    mutatecib_mend(cox_xmldoc_root(doc), rand);
    mended = cox_xmlwrite_text(cox_xmldoc_root(doc), COX_XMLWRITE_PLAIN);
    assert_null(strstr(mended, "gone"));
    assert_null(strstr(mended, "<group"));
    assert_null(strstr(mended, "rsc=\"g\""));
    assert_null(strstr(mended, "id=\"p\""));
    assert_non_null(strstr(mended, "id=\"a1\""));
}

COX_TEST_MAIN(cmocka_unit_test(changed_documents_are_mostly_valid_after_a_dozen_changes),
              cmocka_unit_test(crossed_documents_are_mostly_valid), cmocka_unit_test(a_change_is_decided_by_the_seed_alone),
              cmocka_unit_test(most_changes_change_something),               cmocka_unit_test(what_names_nothing_is_mended))
