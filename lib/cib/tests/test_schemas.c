/* Tests of lib/cib/schemas.c with the schemas of this tree and schemas/tests/. */
#include "cib/schemas.h"

#include <glib/gstdio.h>

#include "base/error.h"
#include "base/testkit.h"
#include "xml/xmlwrite.h"
#include "xml/xpath.h"

#define HEAD "admin_epoch='0' epoch='1' num_updates='0'"

static struct cox_schemas *
schemas_new(void)
{
    return cox_schemas_new(g_getenv("COX_SCHEMA_DIRECTORY"));
}

static struct cox_xmldoc *
parse(const char *text)
{
    g_autoptr(GError) error = NULL;
    struct cox_xmldoc *doc = cox_xmldoc_parse_text(text, (size_t) -1, NULL, &error);

    if (doc == NULL) {
        fail_msg("%s", error->message);
    }
    return doc;
}

static struct cox_xmldoc *
parse_tree_file(const char *name)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = g_build_filename(g_getenv("top_srcdir"), "schemas", "tests", name, NULL);
    struct cox_xmldoc *doc = cox_xmldoc_parse_file(path, NULL, &error);

    if (doc == NULL) {
        fail_msg("%s", error->message);
    }
    return doc;
}

static const char *
version_of(const struct cox_xmldoc *doc)
{
    return cox_xml_get(cox_xmldoc_root(doc), "validate-with");
}

/* A whole document of version @name around the parts of a sample. */
static struct cox_xmldoc *
doc_of_sample(const struct cox_xml *sample, const char *name)
{
    static const char *const required[] = { "crm_config", "nodes", "resources", "constraints" };
    struct cox_xmldoc *doc = parse("<cib " HEAD "><configuration/><status/></cib>");
    struct cox_xml *configuration = cox_xml_first(cox_xmldoc_root(doc));

    cox_xml_set(cox_xmldoc_root(doc), "validate-with", name);
    for (const struct cox_xml *part = cox_xml_first(sample); part != NULL; part = cox_xml_next(part)) {
        cox_xml_add_copy(configuration, part);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(required); i++) {
        if (cox_xml_child(configuration, required[i]) == NULL) {
            cox_xml_new_child(configuration, required[i]);
        }
    }
    return doc;
}

static const char *
first_text(const struct cox_diags *diags)
{
    return cox_diags_count(diags) > 0 ? cox_diags_get(diags, 0)->text : "(nothing)";
}

static bool
is_within(const struct cox_xml *sample, const char *name)
{
    const char *since = cox_xml_get(sample, "since");
    const char *until = cox_xml_get(sample, "until");
    g_autofree char *first = g_strdup_printf("pacemaker-%s", since != NULL ? since : "1.0");
    g_autofree char *last = g_strdup_printf("pacemaker-%s", until != NULL ? until : "4.0");

    return cox_xml_get(sample, "never") == NULL && cox_schemas_compare(name, first) >= 0
           && cox_schemas_compare(name, last) <= 0;
}

/* Also: a complaint has a remedy, the document is as before, and the answer is the same when asked again. */
static void
check_sample(struct cox_schemas *schemas, const struct cox_xml *sample, const char *name)
{
    g_autoptr(cox_xmldoc) doc = doc_of_sample(sample, name);
    g_autofree char *before = cox_xmlwrite_text(cox_xmldoc_root(doc), COX_XMLWRITE_PLAIN);
    g_autofree char *after = NULL;
    g_autoptr(cox_diags) diags = cox_diags_new();
    g_autoptr(GError) error = NULL;
    bool is_valid = cox_schemas_validate(schemas, doc, diags, &error);
    const char *says = cox_xml_get(sample, "says");

    if (is_valid != is_within(sample, name)) {
        fail_msg("sample %s, version %s: %s", cox_xml_get(sample, "name"), name,
                 is_valid ? "valid" : first_text(diags));
    }
    if (!is_valid && (cox_diags_count(diags) == 0 || cox_diags_get(diags, 0)->remedy == NULL)) {
        fail_msg("sample %s, version %s: no remedy", cox_xml_get(sample, "name"), name);
    }
    if (says != NULL && g_str_equal(name, COX_SCHEMAS_INITIAL) && strstr(first_text(diags), says) == NULL) {
        fail_msg("sample %s, version %s: wanted '%s', said '%s'", cox_xml_get(sample, "name"), name, says,
                 first_text(diags));
    }
    after = cox_xmlwrite_text(cox_xmldoc_root(doc), COX_XMLWRITE_PLAIN);
    assert_string_equal(before, after);
    assert_int_equal(cox_schemas_validate(schemas, doc, NULL, NULL), is_valid);
}

static void
each_sample_is_valid_in_its_versions_and_in_no_other(void **state)
{
    g_autoptr(cox_schemas) schemas = schemas_new();
    g_autoptr(cox_xmldoc) samples = parse_tree_file("samples.xml");
    size_t n_names = 0;
    const char *const *names = cox_schemas_names(&n_names);

    (void) state;
    for (const struct cox_xml *sample = cox_xml_first(cox_xmldoc_root(samples)); sample != NULL;
         sample = cox_xml_next(sample)) {
        for (size_t i = 0; i < n_names; i++) {
            check_sample(schemas, sample, names[i]);
        }
    }
}

static void
check_upgrade(struct cox_schemas *schemas, const struct cox_xml *sample, const char *name)
{
    struct cox_xmldoc *doc = doc_of_sample(sample, name);
    g_autoptr(cox_diags) diags = cox_diags_new();
    g_autoptr(GError) error = NULL;

    if (!cox_schemas_upgrade(schemas, &doc, NULL, diags, &error)) {
        fail_msg("sample %s from %s: %s", cox_xml_get(sample, "name"), name, error->message);
    }
    if (!cox_schemas_validate(schemas, doc, diags, NULL)) {
        fail_msg("sample %s from %s to %s: %s", cox_xml_get(sample, "name"), name, version_of(doc),
                 cox_diags_get(diags, cox_diags_count(diags) - 1)->text);
    }
    assert_true(cox_schemas_compare(version_of(doc), "pacemaker-3.10") >= 0);
    cox_xmldoc_free(doc);
}

/* From the oldest and from the newest version in which it is valid. */
static void
each_valid_sample_upgrades_to_a_valid_document(void **state)
{
    g_autoptr(cox_schemas) schemas = schemas_new();
    g_autoptr(cox_xmldoc) samples = parse_tree_file("samples.xml");
    size_t n_names = 0;
    const char *const *names = cox_schemas_names(&n_names);

    (void) state;
    for (const struct cox_xml *sample = cox_xml_first(cox_xmldoc_root(samples)); sample != NULL;
         sample = cox_xml_next(sample)) {
        for (size_t i = 0; i < n_names; i++) {
            bool is_edge = is_within(sample, names[i])
                           && (i == 0 || i + 1 == n_names || !is_within(sample, names[i - 1])
                               || !is_within(sample, names[i + 1]));

            if (is_edge) {
                check_upgrade(schemas, sample, names[i]);
            }
        }
    }
}

/* The last line that is the same in both. */
static const char *
tail_of_common(char *a, const char *b)
{
    size_t n = 0;

    while (a[n] != '\0' && a[n] == b[n]) {
        n++;
    }
    a[n] = '\0';
    return n > 100 ? a + n - 100 : a;
}

static void
upgrades_say_the_same_in_new_words(void **state)
{
    static const char *const cases[] = { "acls-1.2",  "options-2.5",  "operations-2.10",
                                         "roles-3.5", "lifetime-3.7", "blocked-3.9" };
    g_autoptr(cox_schemas) schemas = schemas_new();

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *from = g_strdup_printf("upgrade-%s.before.xml", cases[i]);
        g_autofree char *to = g_strdup_printf("upgrade-%s.after.xml", cases[i]);
        struct cox_xmldoc *doc = parse_tree_file(from);
        g_autoptr(cox_xmldoc) expected = parse_tree_file(to);
        g_autoptr(GError) error = NULL;
        g_autofree char *text = NULL;
        g_autofree char *expected_text = cox_xmlwrite_text(cox_xmldoc_root(expected), COX_XMLWRITE_FORMATTED);
        g_autoptr(cox_diags) diags = cox_diags_new();

        if (!cox_schemas_validate(schemas, doc, diags, &error)
            || !cox_schemas_upgrade(schemas, &doc, NULL, NULL, &error)
            || !cox_schemas_validate(schemas, doc, diags, &error)) {
            fail_msg("%s: %s: %s", cases[i], error->message, first_text(diags));
        }
        text = cox_xmlwrite_text(cox_xmldoc_root(doc), COX_XMLWRITE_FORMATTED);
        if (strcmp(text, expected_text) != 0) {
            fail_msg("%s: after '%s'", cases[i], tail_of_common(text, expected_text));
        }
        cox_xmldoc_free(doc);
    }
}

static void
what_an_upgrade_drops_or_cannot_translate_is_said(void **state)
{
    static const struct {
        const char *file;
        const char *part;
    } cases[] = {
        { "upgrade-options-2.5.before.xml", "notification-agent" },
        { "upgrade-blocked-3.9.before.xml", "class 'upstart'" },
    };
    g_autoptr(cox_schemas) schemas = schemas_new();

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct cox_xmldoc *doc = parse_tree_file(cases[i].file);
        g_autoptr(cox_diags) diags = cox_diags_new();

        assert_true(cox_schemas_upgrade(schemas, &doc, NULL, diags, NULL));
        assert_false(cox_diags_has(diags, COX_SEVERITY_ERROR));
        assert_non_null(strstr(first_text(diags), cases[i].part));
        cox_xmldoc_free(doc);
    }
}

static void
nothing_old_means_the_same_document_with_a_new_name(void **state)
{
    g_autoptr(cox_schemas) schemas = schemas_new();
    struct cox_xmldoc *doc = parse("<cib validate-with='pacemaker-2.0' " HEAD "><configuration><crm_config/><nodes/>"
                                   "<resources/><constraints/></configuration><status/></cib>");
    const struct cox_xmldoc *same = doc;

    (void) state;
    assert_true(cox_schemas_upgrade(schemas, &doc, "pacemaker-3.2", NULL, NULL));
    assert_ptr_equal(doc, same);
    assert_string_equal(version_of(doc), "pacemaker-3.2");
    assert_true(cox_schemas_upgrade(schemas, &doc, "pacemaker-3.0", NULL, NULL)); /* never back */
    assert_string_equal(version_of(doc), "pacemaker-3.2");
    assert_true(cox_schemas_upgrade(schemas, &doc, "pacemaker-3.9", NULL, NULL));
    assert_string_equal(version_of(doc), "pacemaker-3.9");
    cox_xml_set(cox_xmldoc_root(doc), "validate-with", "none");
    assert_true(cox_schemas_validate(schemas, doc, NULL, NULL));
    assert_true(cox_schemas_upgrade(schemas, &doc, NULL, NULL, NULL));
    assert_string_equal(version_of(doc), "none");
    cox_xmldoc_free(doc);
}

static void
a_version_that_is_missing_or_unknown_is_an_error(void **state)
{
    static const struct {
        const char *text;
        const char *part;
    } cases[] = {
        { "<cib/>", "validate-with=\"pacemaker-3.9\"" },
        { "<cib validate-with='pacemaker-9.9'/>", "'pacemaker-9.9'" },
        { "<cib validate-with='../../etc/passwd'/>", "unknown schema" },
    };
    g_autoptr(cox_schemas) schemas = schemas_new();

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct cox_xmldoc *doc = parse(cases[i].text);
        g_autoptr(GError) error = NULL;
        g_autoptr(GError) second = NULL;

        assert_false(cox_schemas_validate(schemas, doc, NULL, &error));
        assert_int_equal(error->code, COX_ERROR_CONFIG);
        assert_non_null(strstr(error->message, cases[i].part));
        assert_false(cox_schemas_upgrade(schemas, &doc, NULL, NULL, &second));
        assert_int_equal(second->code, COX_ERROR_CONFIG);
        cox_xmldoc_free(doc);
    }
}

static void
an_upgrade_to_an_unknown_version_is_refused(void **state)
{
    g_autoptr(cox_schemas) schemas = schemas_new();
    struct cox_xmldoc *doc = parse("<cib validate-with='pacemaker-3.0'/>");
    g_autoptr(GError) error = NULL;

    (void) state;
    assert_false(cox_schemas_upgrade(schemas, &doc, "pacemaker-77", NULL, &error));
    assert_non_null(strstr(error->message, "'pacemaker-77'"));
    cox_xmldoc_free(doc);
}

static void
a_folder_without_schemas_is_named(void **state)
{
    g_autoptr(cox_schemas) schemas = cox_schemas_new("/nonexistent-schemas");
    struct cox_xmldoc *doc = parse("<cib validate-with='pacemaker-3.0'/>");
    g_autoptr(GError) error = NULL;
    g_autoptr(GError) second = NULL;

    (void) state;
    assert_false(cox_schemas_validate(schemas, doc, NULL, &error));
    assert_int_equal(error->code, COX_ERROR_NO_INPUT);
    assert_non_null(strstr(error->message, "/nonexistent-schemas/pacemaker-3.0.rng"));
    assert_false(cox_schemas_upgrade(schemas, &doc, NULL, NULL, &second));
    assert_non_null(strstr(second->message, "upgrade-3.xsl"));
    cox_xmldoc_free(doc);
}

static void
damaged_files_are_named(void **state)
{
    static const struct {
        const char *file;
        const char *text;
    } cases[] = {
        { "pacemaker-3.0.rng", "<grammar" },
        { "pacemaker-3.0.rng", "<grammar/>" },
        { "pacemaker-3.0.rng", "<grammar xmlns='http://relaxng.org/ns/structure/1.0'><start><element name='cib'>"
                               "<ref name='nothing'/></element></start></grammar>" },
        { "upgrade-3.xsl", "<xsl:" },
        { "upgrade-3.xsl", "<a xmlns:u='urn:coxswain:upgrade'><u:when element='cib'/></a>" },
        { "upgrade-3.xsl", "<xsl:stylesheet version='1.0' xmlns:xsl='http://www.w3.org/1999/XSL/Transform' "
                           "xmlns:u='urn:coxswain:upgrade'><u:when element='cib'/><u:when/>"
                           "<xsl:template match='/'/></xsl:stylesheet>" },
    };
    g_autofree char *folder = g_dir_make_tmp("schemas-XXXXXX", NULL);

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *path = g_build_filename(folder, cases[i].file, NULL);
        g_autoptr(cox_schemas) schemas = cox_schemas_new(folder);
        struct cox_xmldoc *doc = parse("<cib validate-with='pacemaker-3.0'/>");
        g_autoptr(GError) error = NULL;

        assert_true(g_file_set_contents(path, cases[i].text, -1, NULL));
        if (g_str_has_suffix(path, ".rng")) {
            assert_false(cox_schemas_validate(schemas, doc, NULL, &error));
        } else {
            assert_false(cox_schemas_upgrade(schemas, &doc, NULL, NULL, &error));
            assert_string_equal(version_of(doc), "pacemaker-3.0");
        }
        assert_non_null(strstr(error->message, cases[i].file));
        assert_int_equal(g_unlink(path), 0);
        cox_xmldoc_free(doc);
    }
    assert_int_equal(g_rmdir(folder), 0);
}

/* Editors read the files themselves, by name, in this way. */
static void
clients_find_what_they_look_for(void **state)
{
    static const char *const paths[] = {
        "/*[local-name()='grammar']/*[local-name()='start']",
        "//*[local-name()='element'][@name='nodes']//*[local-name()='element'][@name='node']"
        "/*[local-name()='optional']/*[local-name()='attribute'][@name='type']",
        "//*[local-name()='element'][@name='primitive']",
        "//*[local-name()='element'][@name='rsc_order']//*[local-name()='attribute'][@name='kind']",
        "//*[local-name()='element'][@name='op']//*[local-name()='attribute'][@name='on-fail']"
        "//*[local-name()='value'][.='standby']",
    };
    size_t n_names = 0;
    const char *const *names = cox_schemas_names(&n_names);

    (void) state;
    for (size_t i = 0; i < n_names; i++) {
        g_autofree char *file = g_strdup_printf("%s.rng", names[i]);
        g_autofree char *path = g_build_filename(g_getenv("COX_SCHEMA_DIRECTORY"), file, NULL);
        g_autoptr(cox_xmldoc) doc = cox_xmldoc_parse_file(path, NULL, NULL);

        assert_non_null(doc);
        for (size_t k = 0; k < G_N_ELEMENTS(paths); k++) {
            g_autoptr(GPtrArray) found = cox_xpath_find(cox_xmldoc_root(doc), paths[k], NULL);
            bool is_old = k == 1 && cox_schemas_compare(names[i], "pacemaker-1.2") < 0;

            assert_non_null(found);
            if (found->len != (is_old ? 0 : 1)) {
                fail_msg("%s: %s found %u times", file, paths[k], found->len);
            }
        }
    }
}

static void
versions_have_an_order(void **state)
{
    (void) state;
    assert_true(cox_schemas_compare("pacemaker-3.9", "pacemaker-3.10") < 0);
    assert_true(cox_schemas_compare("none", "pacemaker-4.0") > 0);
    assert_int_equal(cox_schemas_compare("pacemaker-2.0", "pacemaker-2.0"), 0);
    assert_true(cox_schemas_knows("none"));
    assert_true(cox_schemas_knows(COX_SCHEMAS_INITIAL));
    assert_false(cox_schemas_knows(NULL));
    assert_false(cox_schemas_knows("pacemaker-3"));
    assert_string_equal(cox_schemas_newest(), "pacemaker-4.0");
}

static void
a_reader_gets_it_checked_and_in_new_words(void **state)
{
    g_autoptr(cox_schemas) schemas = schemas_new();
    struct cox_xmldoc *doc = parse_tree_file("upgrade-roles-3.5.before.xml");

    (void) state;
    assert_true(cox_schemas_prepare(&doc, schemas, NULL, NULL));
    assert_string_equal(version_of(doc), cox_schemas_newest());
    cox_xml_set(cox_xmldoc_root(doc), "epoch", "many");
    assert_false(cox_schemas_prepare(&doc, schemas, NULL, NULL));
    cox_xmldoc_free(doc);
    cox_schemas_free(NULL);
}

static void
what_conforms_to_a_later_version_only_is_read_as_that(void **state)
{
    g_autoptr(cox_schemas) schemas = schemas_new();
    g_autoptr(cox_diags) diags = cox_diags_new();
    g_autoptr(GError) error = NULL;
    struct cox_xmldoc *doc = parse("<cib validate-with='pacemaker-1.2' " HEAD "><configuration><crm_config/><nodes/><resources>"
                                   "<primitive id='a' class='lsb' type='x'/></resources><constraints/>"
                                   "<tags><tag id='t'><obj_ref id='a'/></tag></tags></configuration><status/></cib>");

    (void) state;
    assert_false(cox_schemas_validate(schemas, doc, NULL, NULL));
    assert_true(cox_schemas_prepare(&doc, schemas, diags, NULL));
    assert_string_equal(version_of(doc), cox_schemas_newest());
    assert_int_equal(cox_diags_count(diags), 1);
    assert_non_null(strstr(cox_diags_get(diags, 0)->text, "pacemaker-1.2"));
    assert_non_null(strstr(cox_diags_get(diags, 0)->text, "read as pacemaker-1.3"));
    cox_xml_set(cox_xmldoc_root(doc), "validate-with", "pacemaker-1.2"); /* what conforms to none is told as what it says it is */
    cox_xml_set(cox_xmldoc_root(doc), "nonsense", "1");
    assert_false(cox_schemas_prepare(&doc, schemas, diags, &error));
    assert_non_null(strstr(error->message, "pacemaker-1.2"));
    assert_true(cox_diags_has(diags, COX_SEVERITY_ERROR));
    cox_xmldoc_free(doc);
}

static void
status_is_not_looked_at(void **state)
{
    g_autoptr(cox_schemas) schemas = schemas_new();
    g_autoptr(cox_xmldoc) doc =
        parse("<cib validate-with='pacemaker-3.9' " HEAD "><configuration><crm_config/><nodes/><resources>"
              "<primitive id='a' class='lsb' type='x'/></resources><constraints/></configuration>"
              "<status x='y'><primitive id='a' class='lsb'><op/></primitive><primitive id='a'/></status></cib>");

    (void) state;
    assert_true(cox_schemas_validate(schemas, doc, NULL, NULL));
    assert_int_equal(cox_xml_n_children(cox_xml_child(cox_xmldoc_root(doc), "status")), 2);
}

static void
a_complaint_names_line_object_and_value(void **state)
{
    g_autoptr(cox_schemas) schemas = schemas_new();
    g_autoptr(cox_xmldoc) doc =
        parse("<cib validate-with='pacemaker-3.9' " HEAD "><configuration><crm_config/>\n<nodes/><resources>"
              "<primitive id='a' class='lsb' type='x'/></resources>\n<constraints>\n"
              "<rsc_colocation id='c1' rsc='a' with-rsc='a' score='12q'/></constraints></configuration><status/></cib>");
    g_autoptr(cox_diags) diags = cox_diags_new();
    g_autoptr(GError) error = NULL;
    const struct cox_diag *diag = NULL;

    (void) state;
    assert_false(cox_schemas_validate(schemas, doc, diags, &error));
    assert_int_equal(cox_error_status_of(error), 78);
    assert_non_null(strstr(error->message, "pacemaker-3.9"));
    diag = cox_diags_get(diags, 0);
    assert_int_equal(diag->severity, COX_SEVERITY_ERROR);
    assert_int_equal(diag->line, 4);
    assert_string_equal(diag->object, "c1");
    assert_string_equal(diag->text, "element rsc_colocation: Relax-NG validity error : attribute score has the "
                                    "invalid value '12q'");
    assert_string_equal(diag->remedy, "expected: a whole number, INFINITY, +INFINITY, -INFINITY");
}

COX_TEST_MAIN(cmocka_unit_test(versions_have_an_order), cmocka_unit_test(clients_find_what_they_look_for),
              cmocka_unit_test(each_sample_is_valid_in_its_versions_and_in_no_other),
              cmocka_unit_test(each_valid_sample_upgrades_to_a_valid_document),
              cmocka_unit_test(upgrades_say_the_same_in_new_words),
              cmocka_unit_test(what_an_upgrade_drops_or_cannot_translate_is_said),
              cmocka_unit_test(nothing_old_means_the_same_document_with_a_new_name),
              cmocka_unit_test(a_version_that_is_missing_or_unknown_is_an_error),
              cmocka_unit_test(an_upgrade_to_an_unknown_version_is_refused),
              cmocka_unit_test(a_folder_without_schemas_is_named), cmocka_unit_test(damaged_files_are_named),
              cmocka_unit_test(a_reader_gets_it_checked_and_in_new_words),
              cmocka_unit_test(what_conforms_to_a_later_version_only_is_read_as_that), cmocka_unit_test(status_is_not_looked_at), cmocka_unit_test(a_complaint_names_line_object_and_value))
