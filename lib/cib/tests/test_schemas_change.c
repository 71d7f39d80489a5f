/* Tests of cox_schemas_validate_change(): what is said of a change is what is said of the whole document, whatever was changed. */
#include "cib/schemas.h"

#include "base/testkit.h"
#include "xml/xmlwrite.h"

enum { DOCUMENTS = 1, LIVES = 5, CHANGES = 30, STEPS = 4 }; /* of each version; of each document; of each life; at most of each change */

/* Another end for all ids of the sample, and wherever they are meant. */
static void
make_different(struct cox_xml *sample, guint number)
{
    g_autoptr(GHashTable) ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (struct cox_xml *xml = sample; xml != NULL; xml = cox_xml_walk(xml, sample)) {
        if (cox_xml_id(xml) != NULL && !cox_xml_is(xml, "node")) {
            g_hash_table_add(ids, g_strdup(cox_xml_id(xml)));
        }
    }
    for (struct cox_xml *xml = sample; xml != NULL; xml = cox_xml_walk(xml, sample)) {
        g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);

        for (struct cox_xml_attr *attr = cox_xml_first_attr(xml); attr != NULL; attr = cox_xml_next_attr(attr)) {
            if (g_hash_table_contains(ids, cox_xml_attr_value(attr))) {
                g_ptr_array_add(names, g_strdup(cox_xml_attr_name(attr)));
            }
        }
        for (guint i = 0; i < names->len; i++) {
            g_autofree char *value = g_strdup_printf("%s-%u", cox_xml_get(xml, names->pdata[i]), number);

            cox_xml_set(xml, names->pdata[i], value);
        }
    }
}

/* A valid document of a version: all samples that are valid there, one section of each kind, ids made different. */
static struct cox_xmldoc *
doc_of(struct cox_schemas *schemas, const char *name, GRand *rand)
{
    static const char *const sections[] = { "crm_config", "rsc_defaults", "op_defaults", "nodes", "resources", "constraints" };
    g_autofree char *path = g_build_filename(g_getenv("top_srcdir"), "schemas", "tests", "samples.xml", NULL);
    g_autoptr(cox_xmldoc) samples = cox_xmldoc_parse_file(path, NULL, NULL);
    g_autofree char *text = g_strdup_printf("<cib admin_epoch='0' epoch='1' num_updates='0' validate-with='%s' cib-last-written='now'>"
                                            "<configuration/><status><anything id='a'/></status></cib>", name);
    struct cox_xmldoc *doc = cox_xmldoc_parse_text(text, (size_t) -1, NULL, NULL);
    struct cox_xml *configuration = cox_xml_first(cox_xmldoc_root(doc));
    guint number = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(sections); i++) {
        cox_xml_new_child(configuration, sections[i]);
    }
    for (const struct cox_xml *sample = cox_xml_first(cox_xmldoc_root(samples)); sample != NULL; sample = cox_xml_next(sample)) {
        bool is_known = g_rand_int_range(rand, 0, 4) == 0;
        g_autoptr(cox_xmldoc) before = is_known ? cox_xmldoc_new_copy(cox_xmldoc_root(doc)) : NULL;

        make_different((struct cox_xml *) (guintptr) sample, ++number);
        for (const struct cox_xml *part = cox_xml_first(sample); part != NULL && is_known; part = cox_xml_next(part)) {
            struct cox_xml *section = cox_xml_child(configuration, cox_xml_name(part));

            for (const struct cox_xml *xml = cox_xml_first(part); section != NULL && xml != NULL; xml = cox_xml_next(xml)) {
                cox_xml_add_copy(section, xml);
            }
        }
        if (is_known && !cox_schemas_validate(schemas, doc, NULL, NULL)) { /* an id is taken, or it is of another version */
            cox_xmldoc_free(doc);
            doc = g_steal_pointer(&before);
            configuration = cox_xml_first(cox_xmldoc_root(doc));
        }
    }
    assert_true(cox_schemas_validate(schemas, doc, NULL, NULL));
    return doc;
}

static struct cox_xml *
any_element(GRand *rand, const struct cox_cib *cib)
{
    struct cox_xml *root = cox_cib_root(cib), *xml = root;
    int n = 0, wanted;

    for (xml = root; xml != NULL; xml = cox_xml_walk(xml, root)) {
        n++;
    }
    wanted = g_rand_int_range(rand, 0, n);
    for (xml = root; wanted > 0; wanted--) {
        xml = cox_xml_walk(xml, root);
    }
    return xml;
}

/* An attribute that it has gets another value: one of its kind, one that somebody else has, or a strange one. */
static void
change_value(GRand *rand, struct cox_cib *cib, struct cox_xml *xml)
{
    static const char *const values[] = { "", "0", "1", " 1", "1 ", "-1", "007", "12q", "1000000000000000000000", "true", "false", "yes", "INFINITY",
                                          "x y", "a", "started", "Started", "member", "remote", "Optional", "start" };
    const struct cox_xml_attr *attr = cox_xml_first_attr(xml), *other = cox_xml_first_attr(any_element(rand, cib));
    const char *value = values[g_rand_int_range(rand, 0, G_N_ELEMENTS(values))];

    for (int skip = g_rand_int_range(rand, 0, 6); skip > 0 && attr != NULL && cox_xml_next_attr(attr) != NULL; skip--) {
        attr = cox_xml_next_attr(attr);
    }
    if (attr != NULL && strcmp(cox_xml_attr_name(attr), "validate-with") != 0) {
        g_autofree char *name = g_strdup(cox_xml_attr_name(attr));
        g_autofree char *copy = g_strdup(other != NULL && g_rand_int_range(rand, 0, 3) == 0 ? cox_xml_attr_value(other) : value);

        cox_cib_set(cib, xml, name, copy);
    }
}

static void
change_names(GRand *rand, struct cox_cib *cib, struct cox_xml *xml)
{
    static const char *const names[] = { "id", "name", "value", "score", "rsc", "id-ref", "type", "description", "have-quorum", "strange" };
    const char *name = names[g_rand_int_range(rand, 0, G_N_ELEMENTS(names))];

    cox_cib_set(cib, xml, name, g_rand_boolean(rand) ? NULL : "1");
}

static void
change_place(GRand *rand, struct cox_cib *cib, struct cox_xml *xml)
{
    struct cox_xml *parent = cox_xml_parent(xml);
    g_autoptr(cox_xmldoc) copy = cox_xmldoc_new_copy(xml);
    g_autofree char *id = g_strdup_printf("new-%u", g_rand_int(rand));

    if (parent == NULL) {
        return;
    }
    switch (g_rand_int_range(rand, 0, 4)) {
    case 0:
        cox_cib_remove(cib, xml);
        break;
    case 1: /* another of its kind, as good as the first but for its id, or not */
        if (cox_xml_id(xml) != NULL && g_rand_int_range(rand, 0, 3) > 0) {
            cox_xml_set(cox_xmldoc_root(copy), "id", id);
        }
        if (g_rand_boolean(rand)) {
            cox_xml_clear(cox_xmldoc_root(copy));
        }
        (void) cox_cib_add(cib, parent, cox_xmldoc_root(copy), g_rand_boolean(rand) ? xml : NULL);
        break;
    case 2:
        (void) cox_cib_add(cib, any_element(rand, cib), cox_xmldoc_root(copy), NULL);
        break;
    default:
        cox_cib_move(cib, xml, (size_t) g_rand_int_range(rand, 0, 4));
        break;
    }
}

static void
change(GRand *rand, struct cox_cib *cib)
{
    struct cox_xml *xml = any_element(rand, cib);

    switch (g_rand_int_range(rand, 0, 4)) {
    case 0:
    case 1:
        change_value(rand, cib, xml);
        break;
    case 2:
        change_names(rand, cib, xml);
        break;
    default:
        change_place(rand, cib, xml);
        break;
    }
}

/* How often both said yes, and no: a test that never sees one of them shows nothing. */
struct tally {
    int n_valid, n_invalid;
};

static void
check_change(struct cox_schemas *schemas, struct cox_cib *cib, GRand *rand, struct tally *tally)
{
    g_autofree char *before = cox_xmlwrite_text(cox_cib_root(cib), COX_XMLWRITE_PLAIN);
    g_autofree char *after = NULL, *unharmed = NULL;
    g_autoptr(cox_xmldoc) copy = NULL;
    bool is_valid, is_said_so;

    cox_cib_begin(cib);
    for (int n = g_rand_int_range(rand, 1, STEPS + 1); n > 0; n--) {
        change(rand, cib);
    }
    after = cox_xmlwrite_text(cox_cib_root(cib), COX_XMLWRITE_PLAIN);
    copy = cox_xmldoc_new_copy(cox_cib_root(cib));
    is_valid = cox_schemas_validate(schemas, copy, NULL, NULL);
    is_said_so = cox_schemas_validate_change(schemas, cib, NULL, NULL);
    if (is_valid != is_said_so) {
        fail_msg("the document is %s, the change was called %s\nbefore: %s\nafter: %s", is_valid ? "valid" : "invalid",
                 is_said_so ? "valid" : "invalid", before, after);
    }
    unharmed = cox_xmlwrite_text(cox_cib_root(cib), COX_XMLWRITE_PLAIN);
    assert_string_equal(unharmed, after);
    *(is_valid ? &tally->n_valid : &tally->n_invalid) += 1;
    if (is_valid && g_rand_boolean(rand)) {
        cox_cib_keep(cib);
    } else {
        cox_cib_rollback(cib);
    }
}

/* COX_RANDOM_CHANGES=N: other documents, N of each version. */
static void
a_change_is_as_good_as_the_document_that_it_leads_to(void **state)
{
    static const char *const versions[] = { "pacemaker-1.0", "pacemaker-2.10", "pacemaker-3.9", "pacemaker-4.0" };
    const char *more = g_getenv("COX_RANDOM_CHANGES");
    guint32 n = more == NULL ? DOCUMENTS : (guint32) atoi(more), first = more == NULL ? 0 : 1000;
    g_autoptr(cox_schemas) schemas = cox_schemas_new(g_getenv("COX_SCHEMA_DIRECTORY"));
    struct tally tally = { 0 };

    (void) state;
    for (guint32 i = 0; i < n * G_N_ELEMENTS(versions); i++) {
        GRand *rand = g_rand_new_with_seed(first + i);
        g_autoptr(cox_xmldoc) doc = doc_of(schemas, versions[i % G_N_ELEMENTS(versions)], rand);

        for (int life = 0; life < LIVES; life++) {
            g_autoptr(cox_cib) cib = cox_cib_new(cox_xmldoc_new_copy(cox_xmldoc_root(doc)));

            for (int k = 0; k < CHANGES; k++) {
                check_change(schemas, cib, rand, &tally);
            }
        }
        g_rand_free(rand);
    }
    print_message("# %d valid, %d invalid\n", tally.n_valid, tally.n_invalid);
    assert_true(tally.n_valid > tally.n_invalid / 10 && tally.n_invalid > tally.n_valid / 10);
}

COX_TEST_MAIN(cmocka_unit_test(a_change_is_as_good_as_the_document_that_it_leads_to))
