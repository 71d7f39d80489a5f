/* Tests of lib/cib/slim.c, cox_patch_apply_slim() and the digest of slim documents. */
#include "cib/slim.h"

#include "base/testkit.h"
#include "cib/diff.h"
#include "cib/patch.h"
#include "xml/xmlwrite.h"

static struct cox_xmldoc *
whole_of(const char *text)
{
    struct cox_xmldoc *doc = cox_xmldoc_parse_text(text, (size_t) -1, NULL, NULL);

    assert_non_null(doc);
    return doc;
}

static struct cox_xmldoc *
slim_of(const char *text)
{
    struct cox_xmldoc *doc = cox_xmldoc_parse_hollow(text, (size_t) -1, cox_slim_is_hollow, NULL);

    assert_non_null(doc);
    return doc;
}

static char *
text_of(const struct cox_xmldoc *doc)
{
    return cox_xmlwrite_text(cox_xmldoc_root(doc), COX_XMLWRITE_PLAIN);
}

static void
histories_are_left_out_and_all_else_is_kept(void **state)
{
    static const char text[] = "<cib><configuration><lrm><x/></lrm></configuration><status><lrm><y/></lrm><node_state id=\"1\"><a/>"
                               "<lrm id=\"1\"><!--c--><lrm_resources><lrm><z/></lrm></lrm_resources></lrm><b><c/></b></node_state>"
                               "<node_state id=\"2\"><lrm/></node_state></status></cib>";
    g_autoptr(cox_xmldoc) slim = slim_of(text);
    g_autofree char *got = text_of(slim);

    (void) state;
    assert_string_equal(got, "<cib><configuration><lrm><x/></lrm></configuration><status><lrm><y/></lrm><node_state id=\"1\"><a/>"
                             "<lrm id=\"1\"/><b><c/></b></node_state><node_state id=\"2\"><lrm/></node_state></status></cib>");
}

static void
what_is_left_out_must_be_well_formed_all_the_same(void **state)
{
    static const char text[] = "<cib><status><node_state><lrm><x></y></lrm></node_state></status></cib>";
    g_autoptr(GError) error = NULL;

    (void) state;
    assert_null(cox_xmldoc_parse_hollow(text, (size_t) -1, cox_slim_is_hollow, &error));
    assert_non_null(error);
}

static void
paths_into_histories_are_told_from_others(void **state)
{
    static const struct {
        const char *path;
        bool makes, expected;
    } cases[] = {
        { "/cib", false, false },
        { "/cib/status", true, false },
        { "/cib/status/node_state[@id='1']", true, false },
        { "/cib/status/node_state[@id='1']/lrm[@id='1']", false, false },
        { "/cib/status/node_state[@id='1']/lrm[@id='1']", true, true },
        { "/cib/status/node_state/lrm", true, true },
        { "/cib/status/node_state[@id='1']/lrm[@id='1']/lrm_resources", false, true },
        { "/cib/status/node_state[@id='1/lrm/x']/transient_attributes", true, false },
        { "/cib/status/node_state[@id='1']/lrmx/a", false, false },
        { "/cib/configuration/node_state[@id='1']/lrm/a", false, false },
        { "/cib/status/node_state[@id='1']/transient_attributes[@id='lrm']/a", false, false },
        { "/cib/status/node_state[@id='1", false, false },
        { "", false, false },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        if (cox_slim_leaves_out(cases[i].path, cases[i].makes) != cases[i].expected) {
            fail_msg("%s", cases[i].path);
        }
    }
}

/* ---- random documents with histories ---- */

static void
random_history(GRand *rand, struct cox_xml *node)
{
    struct cox_xml *lrm = cox_xml_new_child(node, "lrm"), *all;

    cox_xml_set(lrm, "id", g_rand_boolean(rand) ? "1" : "2");
    all = cox_xml_new_child(lrm, "lrm_resources");
    for (int n = g_rand_int_range(rand, 0, 4); n > 0; n--) {
        struct cox_xml *one = cox_xml_new_child(all, "lrm_resource");
        char id[2] = { (char) ('p' + n), '\0' }, value[2] = { (char) ('0' + g_rand_int_range(rand, 0, 5)), '\0' };

        cox_xml_set(one, "id", id);
        cox_xml_set(one, "value", value);
    }
}

static char *
random_text(GRand *rand)
{
    g_autoptr(cox_xmldoc) doc = cox_xmldoc_new("cib");
    struct cox_xml *root = cox_xmldoc_root(doc), *status;

    cox_xml_set(root, "epoch", g_rand_boolean(rand) ? "1" : "2");
    if (g_rand_boolean(rand)) {
        cox_xml_new_child(root, "configuration");
    }
    status = cox_xml_new_child(root, "status");
    for (int n = g_rand_int_range(rand, 0, 4); n > 0; n--) {
        struct cox_xml *node = cox_xml_new_child(status, "node_state");
        char id[2] = { (char) ('0' + n), '\0' };

        cox_xml_set(node, "id", id);
        cox_xml_set(node, "crmd", g_rand_boolean(rand) ? "online" : "offline");
        if (g_rand_boolean(rand)) {
            cox_xml_set(cox_xml_new_child(node, "before"), "id", "b");
        }
        if (g_rand_int_range(rand, 0, 3) > 0) {
            random_history(rand, node);
        }
        if (g_rand_boolean(rand)) {
            cox_xml_set(cox_xml_new_child(node, "transient_attributes"), "id", g_rand_boolean(rand) ? "1" : "2");
        }
    }
    return text_of(doc);
}

static void
a_patched_slim_document_is_the_slim_one_of_the_patched(void **state)
{
    guint n_small = 0;

    (void) state;
    for (guint32 seed = 1; seed <= 500; seed++) {
        g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
        g_autofree char *before = random_text(rand), *after = random_text(rand), *wanted = NULL, *got = NULL;
        g_autoptr(cox_xmldoc) old = whole_of(before), new = whole_of(after), expected = slim_of(after), patch = NULL;
        g_autoptr(cox_cib) cib = cox_cib_new(slim_of(before)), full = cox_cib_new(whole_of(before));
        g_autofree char *digest = cox_cib_digest(cib), *told = cox_cib_digest_slim(full), *digest_after = NULL, *told_after = NULL;
        g_autoptr(GError) error = NULL;

        assert_string_equal(digest, told);
        patch = cox_diff_make(cox_xmldoc_root(old), cox_xmldoc_root(new), true, NULL);
        if (patch == NULL) {
            continue;
        }
        cox_cib_begin(cib);
        cox_cib_begin(full);
        if (!cox_patch_apply_slim(cib, cox_xmldoc_root(patch), &error) || !cox_patch_apply(full, cox_xmldoc_root(patch), &error)) {
            fail_msg("seed %u: %s", seed, error->message);
        }
        cox_cib_keep(cib);
        cox_cib_keep(full);
        wanted = text_of(expected);
        got = text_of(cox_cib_doc(cib));
        if (strcmp(got, wanted) != 0) {
            fail_msg("seed %u: %s\nis not\n%s", seed, got, wanted);
        }
        digest_after = cox_cib_digest(cib);
        told_after = cox_cib_digest_slim(full);
        assert_string_equal(digest_after, told_after);
        n_small += strlen(got) < strlen(after) ? 1 : 0;
    }
    assert_true(n_small > 100); /* else nothing was tried */
}

static void
the_digest_of_a_slim_document_is_the_same_both_ways(void **state)
{
    g_autoptr(cox_cib) cib = cox_cib_new(slim_of("<cib><status><node_state><lrm><x/></lrm></node_state></status></cib>"));
    g_autoptr(cox_cib) other = cox_cib_new(whole_of("<other><status/></other>"));
    g_autofree char *digest = cox_cib_digest(cib), *slim = cox_cib_digest_slim(cib);
    g_autofree char *other_digest = cox_cib_digest(other), *other_slim = cox_cib_digest_slim(other);

    (void) state;
    assert_string_equal(digest, slim);
    assert_string_equal(other_digest, other_slim);
}

static void
a_history_that_changes_changes_no_slim_digest(void **state)
{
    g_autoptr(cox_cib) cib = cox_cib_new(whole_of("<cib><status><node_state><lrm><x/></lrm></node_state></status></cib>"));
    g_autofree char *slim = cox_cib_digest_slim(cib), *digest = cox_cib_digest(cib), *slim_after = NULL, *digest_after = NULL;
    struct cox_xml *x = cox_xml_walk(cox_xml_child(cox_cib_root(cib), "status"), cox_cib_root(cib));

    (void) state;
    x = cox_xml_first(cox_xml_first(x));
    cox_cib_begin(cib);
    cox_cib_set(cib, x, "rc", "0");
    cox_cib_keep(cib);
    slim_after = cox_cib_digest_slim(cib);
    digest_after = cox_cib_digest(cib);
    assert_string_equal(slim_after, slim);
    assert_string_not_equal(digest_after, digest);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(histories_are_left_out_and_all_else_is_kept),
        cmocka_unit_test(what_is_left_out_must_be_well_formed_all_the_same),
        cmocka_unit_test(paths_into_histories_are_told_from_others),
        cmocka_unit_test(a_patched_slim_document_is_the_slim_one_of_the_patched),
        cmocka_unit_test(the_digest_of_a_slim_document_is_the_same_both_ways),
        cmocka_unit_test(a_history_that_changes_changes_no_slim_digest),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
