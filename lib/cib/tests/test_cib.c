/* Tests of lib/cib/cib.c, treehash.c, idindex.c, version.c and md5.c. */
#include "cib/cib.h"
#include "cib/idindex.h"
#include "cib/md5.h"
#include "cib/patch.h"
#include "cib/patchscope.h"
#include "cib/treehash.h"
#include "cib/version.h"

#include "cib/tests/randomdoc.h"

static char *
text_of(const struct cox_cib *cib)
{
    return cox_xmlwrite_text(cox_cib_root(cib), COX_XMLWRITE_FORMATTED);
}

static char *
fresh_digest(const struct cox_cib *cib)
{
    g_autoptr(cox_cib) copy = cox_cib_new(cox_xmldoc_new_copy(cox_cib_root(cib)));

    return cox_cib_digest(copy);
}

static void
random_change(GRand *rand, struct cox_cib *cib)
{
    struct cox_xml *xml = random_element(rand, cox_cib_root(cib));
    struct cox_xml *child = cox_xml_first_node(xml);
    g_autoptr(cox_xmldoc) model = cox_xmldoc_new("x");

    switch (g_rand_int_range(rand, 0, 6)) {
    case 0:
        cox_cib_set(cib, xml, "a", g_rand_boolean(rand) ? "7" : NULL);
        break;
    case 1:
        cox_cib_set_number(cib, xml, "b", g_rand_int_range(rand, 0, 2));
        break;
    case 2:
        random_attrs(rand, cox_xmldoc_root(model));
        cox_xml_set(cox_xmldoc_root(model), "id", xml == cox_cib_root(cib) ? NULL : cox_xml_id(xml));
        cox_cib_set_all(cib, xml, cox_xmldoc_root(model));
        break;
    case 3:
        cox_xml_set(cox_xmldoc_root(model), "id", g_rand_boolean(rand) ? "new" : NULL);
        random_children(rand, cox_xmldoc_root(model), 1);
        cox_cib_add(cib, xml, cox_xmldoc_root(model), g_rand_boolean(rand) ? child : NULL);
        break;
    case 4:
        if (xml != cox_cib_root(cib)) {
            cox_cib_remove(cib, xml);
        }
        break;
    default:
        if (xml != cox_cib_root(cib) && g_rand_int_range(rand, 0, 3) == 0) {
            cox_cib_move(cib, xml, (size_t) g_rand_int_range(rand, 0, 4));
        }
        break;
    }
}

static void
a_transaction_records_the_patch_that_repeats_it(void **state)
{
    GRand *rand = g_rand_new_with_seed(4);

    (void) state;
    for (int i = 0; i < 12000; i++) {
        g_autoptr(cox_cib) cib = cox_cib_new(random_doc(rand));
        g_autoptr(cox_cib) replica = cox_cib_new(cox_xmldoc_new_copy(cox_cib_root(cib)));
        g_autofree char *before = text_of(cib);
        g_autofree char *digest = i % 2 == 0 ? cox_cib_digest(cib) : NULL;
        g_autofree char *after = NULL;
        g_autofree char *replicated = NULL;
        g_autofree char *fresh = NULL;
        g_autofree char *kept = NULL;
        g_autoptr(cox_xmldoc) patch = NULL;
        g_autoptr(GError) error = NULL;

        cox_cib_begin(cib);
        for (int n = g_rand_int_range(rand, 1, 6); n > 0; n--) {
            random_change(rand, cib);
        }
        after = text_of(cib);
        patch = cox_cib_commit(cib);
        if (patch != NULL) {
            cox_cib_begin(replica);
            if (!cox_patch_apply(replica, cox_xmldoc_root(patch), &error)) {
                fail_msg("%s", error->message);
            }
            cox_cib_keep(replica);
        }
        replicated = text_of(replica);
        if (strcmp(replicated, after) != 0) {
            g_autofree char *text
                = patch == NULL ? NULL : cox_xmlwrite_text(cox_xmldoc_root(patch), COX_XMLWRITE_FORMATTED);

            fail_msg("%d: from\n%s\npatch\n%s\ngot\n%s\nwanted\n%s", i, before, text, replicated, after);
        }
        fresh = fresh_digest(cib);
        kept = cox_cib_digest(cib);
        assert_string_equal(kept, fresh);
    }
    g_rand_free(rand);
}

/* Commit what both have changed alike: @tree as a tree, @text as text. */
static void
commit_both(struct cox_cib *tree, struct cox_cib *text, unsigned int *n)
{
    g_autoptr(cox_xmldoc) patch = cox_cib_commit(tree);
    g_autofree char *wanted = patch == NULL ? g_strdup("") : cox_xmlwrite_text(cox_xmldoc_root(patch), COX_XMLWRITE_PLAIN);
    struct cox_patchtext written = { .text = g_string_new(NULL) };

    cox_cib_commit_text(text, &written);
    assert_string_equal(written.text->str, wanted);
    assert_int_equal(written.has_changes, patch != NULL);
    assert_int_equal(written.scope, patch == NULL ? 0 : cox_patchscope(cox_xmldoc_root(patch), NULL));
    *n += patch != NULL;
    g_string_free(written.text, TRUE);
}

static void
a_patch_as_text_is_the_tree_written_down(void **state)
{
    GRand *rand = g_rand_new_with_seed(6);
    unsigned int n = 0;

    (void) state;
    for (int i = 0; i < 4000; i++) {
        g_autoptr(cox_cib) tree = cox_cib_new(random_doc(rand));
        g_autoptr(cox_cib) text = cox_cib_new(cox_xmldoc_new_copy(cox_cib_root(tree)));
        GRand *same = g_rand_copy(rand);

        cox_cib_begin(tree);
        cox_cib_begin(text);
        for (int k = g_rand_int_range(rand, 1, 5); k > 0; k--) {
            random_change(rand, tree);
        }
        for (int k = g_rand_int_range(same, 1, 5); k > 0; k--) {
            random_change(same, text);
        }
        g_rand_free(same);
        commit_both(tree, text, &n);
    }
    assert_true(n > 2000);
    g_rand_free(rand);
}

static void
what_needs_escaping_is_escaped_in_both_and_the_scope_is_the_same(void **state)
{
    static const char xml[] = "<cib epoch='-3' num_updates='x'><configuration/><status><node_state id='a&amp;b' uname='n'><lrm id='l'/>"
                              "<transient_attributes id='t'/></node_state></status></cib>";
    static const char *const paths[] = { "/cib", "/cib/configuration", "/cib/status/node_state[@id='a&b']", "/cib/status/node_state[@id='a&b']/lrm[@id='l']",
                                         "/cib/status/node_state[@id='a&b']/transient_attributes[@id='t']" };
    unsigned int n = 0;

    (void) state;
    for (size_t i = 0; i < 4 * G_N_ELEMENTS(paths); i++) {
        g_autoptr(cox_cib) tree = cox_cib_new(cox_xmldoc_parse_text(xml, (size_t) -1, NULL, NULL));
        g_autoptr(cox_cib) text = cox_cib_new(cox_xmldoc_parse_text(xml, (size_t) -1, NULL, NULL));
        struct cox_cib *cibs[2] = { tree, text };
        g_autoptr(cox_xmldoc) model = cox_xmldoc_parse_text("<lrm a='&lt;&quot;&#10;'><b>te&gt;xt</b><!--c--></lrm>", (size_t) -1, NULL, NULL);

        for (size_t k = 0; k < 2; k++) {
            struct cox_xml *at = cox_cib_find(cibs[k], paths[i / 4], 0);

            cox_cib_begin(cibs[k]);
            if (i % 4 == 0) {
                cox_cib_set(cibs[k], at, "note", "<a href=\"x\">\t\n&'");
            } else if (i % 4 == 1) {
                cox_cib_add(cibs[k], at, cox_xmldoc_root(model), cox_xml_first(at));
            } else if (i % 4 == 2 && cox_xml_parent(at) != NULL) {
                cox_cib_remove(cibs[k], at);
            } else if (i % 4 == 3) {
                cox_cib_set(cibs[k], at, "dc-uuid", "1");
                cox_cib_set_number(cibs[k], cox_cib_root(cibs[k]), "epoch", -4);
            }
        }
        commit_both(cibs[0], cibs[1], &n);
    }
    assert_int_equal(n, 4 * G_N_ELEMENTS(paths) - 1); /* the root cannot be removed */
}

static void
a_rollback_leaves_no_trace(void **state)
{
    GRand *rand = g_rand_new_with_seed(5);

    (void) state;
    for (int i = 0; i < 10000; i++) {
        g_autoptr(cox_cib) cib = cox_cib_new(random_doc(rand));
        g_autofree char *before = text_of(cib);
        g_autofree char *digest = i % 2 == 0 ? cox_cib_digest(cib) : NULL;
        g_autofree char *after = NULL;
        g_autofree char *fresh = NULL;
        g_autofree char *kept = NULL;

        cox_cib_begin(cib);
        for (int n = g_rand_int_range(rand, 1, 8); n > 0; n--) {
            random_change(rand, cib);
        }
        cox_cib_rollback(cib);
        after = text_of(cib);
        assert_string_equal(after, before);
        fresh = fresh_digest(cib);
        kept = cox_cib_digest(cib);
        assert_string_equal(kept, fresh);
    }
    g_rand_free(rand);
}

static void
the_digest_sees_order_but_not_the_order_of_attributes(void **state)
{
    static const char *const texts[] = { "<cib><a/><b/></cib>", "<cib><b/><a/></cib>", "<cib x='1' y='2'/>",
                                         "<cib y='2' x='1'/>", "<cib x='2' y='1'/>", "<cib><!--a--></cib>",
                                         "<cib>a</cib>" };
    char *digests[G_N_ELEMENTS(texts)];

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(cox_cib) cib = cox_cib_new(cox_xmldoc_parse_text(texts[i], (size_t) -1, NULL, NULL));

        digests[i] = cox_cib_digest(cib);
        assert_true(g_str_has_prefix(digests[i], COX_TREEHASH_TAG ":"));
        for (size_t k = 0; k < i; k++) {
            assert_true((strcmp(digests[i], digests[k]) == 0) == (i == 3 && k == 2));
        }
    }
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_free(digests[i]);
    }
}

static void
what_was_touched_is_known(void **state)
{
    g_autoptr(cox_cib) cib = cox_cib_new(cox_xmldoc_parse_text(
        "<cib epoch='1'><configuration/><status><node_state id='1'/></status></cib>", (size_t) -1, NULL, NULL));
    struct cox_xml *state_xml = cox_cib_find(cib, "/cib/status/node_state[@id='1']", 0);

    (void) state;
    cox_cib_begin(cib);
    cox_cib_set(cib, cox_cib_root(cib), "epoch", "2");
    assert_int_equal(cox_cib_touched(cib), COX_CIB_UNTOUCHED);
    cox_cib_set(cib, state_xml, "x", "1");
    assert_int_equal(cox_cib_touched(cib), COX_CIB_STATUS);
    cox_cib_set(cib, cox_cib_root(cib), "have-quorum", "1");
    assert_int_equal(cox_cib_touched(cib), COX_CIB_CONFIGURATION);
    cox_cib_rollback(cib);
    cox_cib_begin(cib);
    assert_null(cox_cib_commit(cib));
}

static void
versions_are_read_and_compared(void **state)
{
    g_autoptr(cox_xmldoc) doc = cox_xmldoc_parse_text("<cib admin_epoch='1' epoch='x' num_updates='3'/>", (size_t) -1,
                                                      NULL, NULL);
    struct cox_version a = cox_version_of(cox_xmldoc_root(doc));
    struct cox_version b = { 1, 0, 3 };
    g_autofree char *text = cox_version_text(&a);

    (void) state;
    assert_string_equal(text, "1.0.3");
    assert_int_equal(cox_version_compare(&a, &b), 0);
    b.num_updates = 4;
    assert_int_equal(cox_version_compare(&a, &b), -1);
    b.epoch = -1;
    assert_int_equal(cox_version_compare(&a, &b), 1);
    b.admin_epoch = 2;
    assert_int_equal(cox_version_compare(&a, &b), -1);
    assert_true(cox_version_is_counter("epoch"));
    assert_false(cox_version_is_counter("id"));
}

static void
classic_digests_are_the_known_ones(void **state)
{
    static const char text[]
        = "<cib epoch=\"1\" crm_feature_set=\"3.2.0\" cib-last-written=\"now\" update-origin=\"x\" "
          "a=\"q&quot;&lt;&apos;&#x9;&#xA;\xc3\xa9\"><!-- c --><b id=\"1\"><c x=\"1\" cib-last-written=\"2\"/></b><status/></cib>";
    g_autoptr(cox_xmldoc) doc = cox_xmldoc_parse_text(text, (size_t) -1, NULL, NULL);
    g_autofree char *disk = cox_md5_on_disk(cox_xmldoc_root(doc));
    g_autofree char *wire = cox_md5_versioned(cox_xmldoc_root(doc));

    (void) state;
    assert_string_equal(disk, "fd0963b2f8e12d57eccb7f85bc0b6eb4");
    assert_string_equal(wire, "3b420f1b1bf6f5bfa3f65d38e52ef063");
    cox_xml_set(cox_xmldoc_root(doc), "a", ">&\r");
    g_clear_pointer(&disk, g_free);
    disk = cox_md5_on_disk(cox_xmldoc_root(doc));
    assert_int_equal(strlen(disk), 32);
    cox_xml_set(cox_xmldoc_root(doc), "crm_feature_set", "3.0.4");
    g_clear_pointer(&disk, g_free);
    g_clear_pointer(&wire, g_free);
    disk = cox_md5_on_disk(cox_xmldoc_root(doc));
    wire = cox_md5_versioned(cox_xmldoc_root(doc));
    assert_string_equal(wire, disk);
    cox_xml_set(cox_xmldoc_root(doc), "crm_feature_set", "3.0.5");
    g_clear_pointer(&wire, g_free);
    wire = cox_md5_versioned(cox_xmldoc_root(doc));
    assert_string_not_equal(wire, disk);
}

static struct cox_xml *
first_equal(const struct cox_xml *parent, const struct cox_xml *wanted)
{
    struct cox_xml *child = cox_xml_first(parent);

    while (child != NULL && (!cox_xml_is(child, cox_xml_name(wanted)) || g_strcmp0(cox_xml_id(child), cox_xml_id(wanted)) != 0)) {
        child = cox_xml_next(child);
    }
    return child;
}

static void
a_child_is_the_first_with_that_name_and_id_whatever_changed_before(void **state)
{
    GRand *rand = g_rand_new_with_seed(11);

    (void) state;
    for (int i = 0; i < 1000; i++) {
        g_autoptr(cox_cib) cib = cox_cib_new(random_doc(rand));
        g_autoptr(cox_cib) other = cox_cib_new(random_doc(rand));

        cox_cib_begin(cib);
        for (int n = 0; n < 20; n++) {
            const struct cox_xml *parent = random_element(rand, cox_cib_root(cib));
            const struct cox_xml *wanted = random_element(rand, cox_cib_root(g_rand_boolean(rand) ? cib : other));

            assert_ptr_equal(cox_cib_child(cib, parent, wanted), first_equal(parent, wanted));
            random_change(rand, cib);
        }
        cox_cib_keep(cib);
    }
    g_rand_free(rand);
}

/* How often @xml is found under its name and id. */
static int
found(const struct cox_idindex *index, const struct cox_xml *xml)
{
    const struct cox_xml *one;
    guint32 at = 0;
    int n = 0;

    while ((one = cox_idindex_next(index, cox_xml_name(xml), cox_xml_id(xml), &at)) != NULL) {
        n += one == xml ? 1 : 0;
    }
    return n;
}

static void
an_index_finds_each_element_once_however_many_come_and_go(void **state)
{
    enum { N = 1000 };
    g_autoptr(cox_xmldoc) doc = cox_xmldoc_new("cib");
    struct cox_idindex *index = cox_idindex_new(cox_xmldoc_root(doc));
    struct cox_xml *made[N];
    guint32 at = 0;

    (void) state;
    for (int round = 0; round < 3; round++) {
        for (int i = round == 0 ? 0 : 1; i < N; i += round == 0 ? 1 : 2) { /* later: every other one anew */
            char id[16];

            (void) snprintf(id, sizeof id, "%d", i % (N / 3)); /* three have the same */
            made[i] = cox_xml_new_child(cox_xmldoc_root(doc), "x");
            cox_xml_set(made[i], "id", id);
            cox_idindex_add(index, made[i]);
        }
        for (int i = 0; i < N; i++) {
            assert_int_equal(found(index, made[i]), 1);
        }
        for (int i = 1; i < N; i += 2) {
            cox_idindex_remove(index, made[i]);
            assert_int_equal(found(index, made[i]), 0);
            if (round < 2) {
                cox_xml_free(made[i]);
            }
        }
    }
    assert_null(cox_idindex_next(index, "y", "1", &at));
    cox_idindex_free(index);
}

COX_TEST_MAIN(cmocka_unit_test(an_index_finds_each_element_once_however_many_come_and_go),
              cmocka_unit_test(a_child_is_the_first_with_that_name_and_id_whatever_changed_before),
              cmocka_unit_test(a_transaction_records_the_patch_that_repeats_it),
              cmocka_unit_test(a_patch_as_text_is_the_tree_written_down),
              cmocka_unit_test(what_needs_escaping_is_escaped_in_both_and_the_scope_is_the_same),
              cmocka_unit_test(a_rollback_leaves_no_trace),
              cmocka_unit_test(the_digest_sees_order_but_not_the_order_of_attributes),
              cmocka_unit_test(what_was_touched_is_known), cmocka_unit_test(versions_are_read_and_compared),
              cmocka_unit_test(classic_digests_are_the_known_ones))
