/* Tests of lib/cib/diff.c, change.c, patch.c and path.c. */
#include "cib/diff.h"
#include "cib/change.h"
#include "cib/patch.h"
#include "cib/path.h"

#include "base/error.h"
#include "cib/tests/randomdoc.h"

static struct cox_xmldoc *
parsed(const char *text)
{
    GError *error = NULL;
    struct cox_xmldoc *doc = cox_xmldoc_parse_text(text, (size_t) -1, NULL, &error);

    if (doc == NULL) {
        fail_msg("%s", error->message);
    }
    return doc;
}

/* Sort attributes so that their order does not matter. */
static void
sort_attrs(struct cox_xml *top)
{
    for (struct cox_xml *xml = top; xml != NULL; xml = cox_xml_walk(xml, top)) {
        g_autofree struct cox_attrs *attrs = cox_change_attrs(xml);

        for (guint done = 0; done < attrs->len; done += 2) {
            guint least = done;

            for (guint i = done; i < attrs->len; i += 2) {
                least = strcmp(attrs->texts[i], attrs->texts[least]) < 0 ? i : least;
            }
            for (guint k = 0; k < 2; k++) {
                const char *swapped = attrs->texts[done + k];

                attrs->texts[done + k] = attrs->texts[least + k];
                attrs->texts[least + k] = swapped;
            }
            cox_xml_unset(xml, attrs->texts[done]);
            cox_xml_set(xml, attrs->texts[done], attrs->texts[done + 1]);
        }
    }
}

static void
check_law(const struct cox_xmldoc *a, const struct cox_xmldoc *b, bool by_place)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(cox_xmldoc) patch = cox_diff_make(cox_xmldoc_root(a), cox_xmldoc_root(b), by_place, &error);
    g_autoptr(cox_cib) cib = cox_cib_new(cox_xmldoc_new_copy(cox_xmldoc_root(a)));
    g_autoptr(cox_xmldoc) wanted = cox_xmldoc_new_copy(cox_xmldoc_root(b));
    g_autofree char *patch_text = cox_xmlwrite_text(cox_xmldoc_root(patch), COX_XMLWRITE_FORMATTED);
    g_autoptr(cox_xmldoc) read_again = parsed(patch_text);
    g_autofree char *got = NULL;
    g_autofree char *want = NULL;
    bool applied;

    cox_cib_begin(cib);
    applied = cox_patch_apply(cib, cox_xmldoc_root(read_again), &error);
    cox_cib_keep(cib);
    if (!by_place) {
        sort_attrs(cox_cib_root(cib));
        sort_attrs(cox_xmldoc_root(wanted));
    }
    got = cox_xmlwrite_text(cox_cib_root(cib), COX_XMLWRITE_FORMATTED);
    want = cox_xmlwrite_text(cox_xmldoc_root(wanted), COX_XMLWRITE_FORMATTED);
    if (!applied || strcmp(got, want) != 0) {
        g_autofree char *from = cox_xmlwrite_text(cox_xmldoc_root(a), COX_XMLWRITE_FORMATTED);

        fail_msg("%s\nfrom\n%s\npatch\n%s\ngot\n%s\nwanted\n%s", error == NULL ? "" : error->message, from, patch_text,
                 got, want);
    }
}

static void
a_patch_leads_from_one_document_to_the_other(void **state)
{
    GRand *rand = g_rand_new_with_seed(17);

    (void) state;
    for (int i = 0; i < 15000; i++) {
        g_autoptr(cox_xmldoc) a = random_doc(rand);
        g_autoptr(cox_xmldoc) b = i % 3 == 0 ? random_doc(rand) : random_neighbour(rand, a);

        check_law(a, b, i % 2 == 0);
    }
    g_rand_free(rand);
}

static void
patches_have_the_known_form(void **state)
{
    static const struct {
        const char *why, *before, *after, *patch;
    } cases[] = {
        { "nothing", "<a><b/></a>", "<a><b/></a>", "<diff format=\"2\"/>" },
        { "changed and removed attributes", "<a x='1' y='2'/>", "<a x='2'/>",
          "<diff format=\"2\"><change operation=\"modify\" path=\"/a\"><change-list>"
          "<change-attr name=\"x\" operation=\"set\" value=\"2\"/><change-attr name=\"y\" operation=\"unset\"/>"
          "</change-list><change-result><a x=\"2\"/></change-result></change></diff>" },
        { "attributes that changed places", "<a x='1' y='2'/>", "<a y='2' x='1'/>",
          "<diff format=\"2\"><change operation=\"modify\" path=\"/a\"><change-list>"
          "<change-attr name=\"y\" operation=\"set\" value=\"2\"/><change-attr name=\"x\" operation=\"set\" value=\"1\"/>"
          "</change-list><change-result><a y=\"2\" x=\"1\"/></change-result></change></diff>" },
        { "deletion before creation", "<a><b id='1'/><c/></a>", "<a><c/><b id='2'><d/></b></a>",
          "<diff format=\"2\"><change operation=\"delete\" path=\"/a/b[@id='1']\"/>"
          "<change operation=\"create\" path=\"/a\" position=\"1\"><b id=\"2\"><d/></b></change></diff>" },
        { "places swapped", "<a><b/><c/></a>", "<a><c/><b/></a>",
          "<diff format=\"2\"><change operation=\"move\" path=\"/a/c\" position=\"0\"/>"
          "<change operation=\"move\" path=\"/a/b\" position=\"1\"/></diff>" },
        { "a comment goes by its place", "<a><b/><!--x--></a>", "<a><b/></a>",
          "<diff format=\"2\"><change operation=\"delete\" path=\"/a/comment\" position=\"1\"/></diff>" },
        { "text makes another element", "<a><b>1</b></a>", "<a><b>2</b></a>",
          "<diff format=\"2\"><change operation=\"delete\" path=\"/a/b\"/>"
          "<change operation=\"create\" path=\"/a\" position=\"0\"><b>2</b></change></diff>" },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(cox_xmldoc) a = parsed(cases[i].before);
        g_autoptr(cox_xmldoc) b = parsed(cases[i].after);
        g_autoptr(cox_xmldoc) patch = cox_diff_make(cox_xmldoc_root(a), cox_xmldoc_root(b), true, NULL);
        g_autofree char *text = cox_xmlwrite_text(cox_xmldoc_root(patch), COX_XMLWRITE_PLAIN);

        if (strcmp(text, cases[i].patch) != 0) {
            fail_msg("%s: %s", cases[i].why, text);
        }
        check_law(a, b, true);
    }
}

static void
different_roots_have_no_patch(void **state)
{
    g_autoptr(cox_xmldoc) a = cox_xmldoc_new("a");
    g_autoptr(cox_xmldoc) b = cox_xmldoc_new("b");
    g_autoptr(GError) error = NULL;

    (void) state;
    assert_null(cox_diff_make(cox_xmldoc_root(a), cox_xmldoc_root(b), true, &error));
    assert_non_null(strstr(error->message, "'a' and 'b'"));
}

static void
bad_patches_are_refused_by_name(void **state)
{
    static const struct {
        const char *patch, *part;
    } cases[] = {
        { "<nodiff/>", "'nodiff' is not a patch" },
        { "<diff/>", "format '1'" },
        { "<diff format='2'><change path='/a'/></diff>", "needs both" },
        { "<diff format='2'><change operation='explode' path='/a'/></diff>", "'explode'" },
        { "<diff format='2'><change operation='create' path='/cib'/></diff>", "nothing to create" },
        { "<diff format='2'><change operation='create' path='/cib' position='-3'><b/></change></diff>", "not a number" },
        { "<diff format='2'><change operation='create' path='/cib/q' position='3'><b/></change></diff>", "'/cib/q'" },
        { "<diff format='2'><change operation='create' path='cib' position='3'><b/></change></diff>", "'cib'" },
        { "<diff format='2'><change operation='move' path='/cib/x'/></diff>", "needs a position" },
        { "<diff format='2'><change operation='move' path='/cib' position='1'/></diff>", "'/cib'" },
        { "<diff format='2'><change operation='delete' path='/cib'/></diff>", "'/cib'" },
        { "<diff format='2'><change operation='modify' path='/cib'/></diff>", "neither" },
        { "<diff format='2'><change operation='modify' path='/cib'><change-list><x/></change-list></change></diff>",
          "entry that is not" },
        { "<diff format='2'><change operation='modify' path='/cib/x[@id=&apos;7&apos;]'><change-list/></change></diff>",
          "'/cib/x[@id='7']'" },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(cox_xmldoc) patch = parsed(cases[i].patch);
        g_autoptr(cox_cib) cib = cox_cib_new(parsed("<cib><x id='1'/></cib>"));
        g_autoptr(GError) error = NULL;

        cox_cib_begin(cib);
        assert_false(cox_patch_apply(cib, cox_xmldoc_root(patch), &error));
        cox_cib_rollback(cib);
        if (strstr(error->message, cases[i].part) == NULL) {
            fail_msg("%zu: %s", i, error->message);
        }
    }
}

static void
change_lists_without_result_work(void **state)
{
    g_autoptr(cox_xmldoc) patch
        = parsed("<diff format='2'><change operation='modify' path='/cib'><change-list>"
                 "<change-attr name='a' operation='set' value='1'/><change-attr name='b' operation='unset'/>"
                 "<change-attr name='c' operation='set'/></change-list></change>"
                 "<change operation='delete' path='/cib/gone'/>"
                 "<change operation='create' path='/cib'><last/></change></diff>");
    g_autoptr(cox_cib) cib = cox_cib_new(parsed("<cib b='2'><x id='1'/></cib>"));
    g_autofree char *text = NULL;

    (void) state;
    cox_cib_begin(cib);
    assert_true(cox_patch_apply(cib, cox_xmldoc_root(patch), NULL));
    cox_cib_keep(cib);
    text = cox_xmlwrite_text(cox_cib_root(cib), COX_XMLWRITE_PLAIN);
    assert_string_equal(text, "<cib a=\"1\" c=\"\"><x id=\"1\"/><last/></cib>");
}

static void
versions_decide_whether_a_patch_fits(void **state)
{
    static const struct {
        const char *epoch;
        int status; /* 0: fits */
    } cases[] = { { "1", 105 }, { "2", 0 }, { "3", 103 } };
    g_autoptr(cox_xmldoc) patch
        = parsed("<diff format='2'><version><source admin_epoch='0' epoch='2' num_updates='0'/>"
                 "<target admin_epoch='0' epoch='3' num_updates='0'/></version></diff>");
    g_autoptr(cox_xmldoc) bare = cox_change_new_patch();

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(cox_xmldoc) doc = cox_xmldoc_new("cib");
        g_autoptr(GError) error = NULL;

        cox_xml_set(cox_xmldoc_root(doc), "epoch", cases[i].epoch);
        assert_true(cox_patch_fits(cox_xmldoc_root(patch), cox_xmldoc_root(doc), &error) == (cases[i].status == 0));
        assert_int_equal(cox_error_status_of(error), cases[i].status);
        assert_true(cox_patch_fits(cox_xmldoc_root(bare), cox_xmldoc_root(doc), NULL));
    }
}

static void
paths_lead_to_their_element(void **state)
{
    g_autoptr(cox_xmldoc) doc = parsed("<cib><x id='1'/><x/><x id=\"it's\"><y/></x><!--c--><comment/></cib>");
    struct cox_xml *root = cox_xmldoc_root(doc);
    struct cox_idindex *index = cox_idindex_new(root);

    (void) state;
    for (struct cox_xml *xml = root; xml != NULL; xml = cox_xml_walk(xml, root)) {
        g_autofree char *path = cox_path_of(xml);

        assert_ptr_equal(cox_path_find(root, NULL, path, 0), xml);
        assert_ptr_equal(cox_path_find(root, index, path, 0), xml);
        assert_true(cox_path_is_first(xml));
    }
    assert_true(cox_xml_is_comment(cox_path_find(root, index, "/cib/comment", 3)));
    assert_null(cox_path_find(root, index, "/cib/z", 0));
    assert_null(cox_path_find(root, index, "/other", 0));
    assert_null(cox_path_find(root, index, "", 0));
    assert_null(cox_path_find(root, index, "/cib/x[@id=", 0));
    cox_idindex_free(index);
}

COX_TEST_MAIN(cmocka_unit_test(a_patch_leads_from_one_document_to_the_other),
              cmocka_unit_test(patches_have_the_known_form), cmocka_unit_test(different_roots_have_no_patch),
              cmocka_unit_test(bad_patches_are_refused_by_name), cmocka_unit_test(change_lists_without_result_work),
              cmocka_unit_test(versions_decide_whether_a_patch_fits), cmocka_unit_test(paths_lead_to_their_element))
