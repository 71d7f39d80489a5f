/* lib/admin/tests/test_lbconvert.c */
#include "admin/lbconvert.h"

#include "admin/tests/formkit.h"
#include "base/testkit.h"
#include "conf/blockfile.h"
#include "vrrp/keepalived.h"
#include "vrrp/vrrpres.h"

static const char file[]
    = "global_defs {\n router_id me\n lvs_sync_daemon eth1 A id 4\n}\nvrrp_script chk {\n script /bin/chk\n}\n"
      "vrrp_sync_group G {\n group {\n A\n B\n }\n notify /bin/n\n}\n"
      "vrrp_instance A {\n interface eth0\n virtual_router_id 1\n track_script {\n chk\n }\n virtual_ipaddress {\n 10.0.0.1/24\n 10.0.0.2/24 dev eth1\n }\n}\n"
      "vrrp_instance B {\n interface eth1\n virtual_router_id 1\n nopreempt\n virtual_ipaddress {\n 10.0.1.1/24\n }\n}\n"
      "virtual_server 10.0.0.1 80 {\n lb_algo rr\n real_server 10.9.0.1 80 {\n weight 2\n TCP_CHECK {\n }\n }\n}\n"
      "static_routes {\n 10.7.0.0/16 via 10.0.0.9\n}\n";

static struct cox_conf *
converted(const char *text, bool by_cluster, struct cox_diags *diags)
{
    const struct cox_block_source source = { .config_id = "main" };
    g_autoptr(cox_block_tree) tree = cox_block_read_text("k", text, &source, diags);

    return cox_lbconvert(&tree->root, by_cluster, diags);
}

/* The parameters of resource number @i. */
static const struct cox_conf *
parameters_of(const struct cox_conf *conf, guint i)
{
    return cox_conf_get(cox_conf_get(cox_conf_item(cox_conf_get(conf, "resources"), i), "of"), "parameters");
}

static const char *
parameter(const struct cox_conf *conf, guint i, const char *name)
{
    const struct cox_conf *value = cox_conf_get(parameters_of(conf, i), name);

    return value == NULL ? NULL : value->text;
}

static bool
has(const struct cox_diags *diags, const char *text)
{
    for (size_t i = 0; i < cox_diags_count(diags); i++) {
        if (strstr(cox_diags_get(diags, i)->text, text) != NULL) {
            return true;
        }
    }
    return false;
}

static void
routers_and_servers_become_resources_with_the_file_s_keywords(void **state)
{
    g_autoptr(cox_diags) diags = cox_diags_new();
    g_autoptr(cox_conf) conf = converted(file, true, diags);

    (void) state;
    assert_int_equal(cox_conf_size(cox_conf_get(conf, "resources")), 4);
    assert_string_equal(parameter(conf, 0, "interface"), "eth0");
    assert_string_equal(parameter(conf, 0, "virtual_router_id"), "1");
    assert_string_equal(parameter(conf, 0, "authority"), "cluster");
    assert_string_equal(parameter(conf, 0, "sync_group"), "G");
    assert_string_equal(parameter(conf, 0, "virtual_ipaddress"), "10.0.0.1/24\n10.0.0.2/24 dev eth1");
    assert_string_equal(parameter(conf, 0, "track_script"), "chk weight 0");
    assert_string_equal(parameter(conf, 0, "definitions"), "vrrp_script chk {\n  script /bin/chk\n}");
    assert_string_equal(parameter(conf, 1, "nopreempt"), "true");
    assert_null(parameter(conf, 1, "definitions"));
    assert_string_equal(parameter(conf, 2, "router"), "A");
    assert_string_equal(parameter(conf, 3, "address"), "10.0.0.1");
    assert_string_equal(parameter(conf, 3, "lvs_sched"), "rr");
    assert_true(g_str_has_prefix(parameter(conf, 3, "real_servers"), "real_server 10.9.0.1 80 {\n  weight 2\n"));
}

static void
the_cluster_decides_by_promotion_and_ties_a_sync_group(void **state)
{
    g_autoptr(cox_diags) diags = cox_diags_new();
    g_autoptr(cox_conf) conf = converted(file, true, diags);
    g_autoptr(cox_conf) other = converted(file, false, diags);
    const struct cox_conf *tie = cox_conf_item(cox_conf_get(conf, "constraints"), 0);

    (void) state;
    assert_string_equal(cox_conf_get(cox_conf_get(cox_conf_item(cox_conf_get(conf, "resources"), 0), "meta"), "promotable")->text, "true");
    assert_string_equal(cox_conf_get(tie, "rsc")->text, "B-clone");
    assert_string_equal(cox_conf_get(tie, "with-rsc")->text, "A-clone");
    assert_null(cox_conf_get(other, "constraints"));
    assert_null(cox_conf_get(cox_conf_get(cox_conf_item(cox_conf_get(other, "resources"), 0), "meta"), "promotable"));
    assert_string_equal(parameter(other, 0, "authority"), "vrrp");
}

static void
what_is_not_carried_over_is_named(void **state)
{
    g_autoptr(cox_diags) diags = cox_diags_new();
    g_autoptr(cox_conf) conf = converted(file, false, diags);

    (void) state;
    assert_non_null(conf);
    assert_true(has(diags, "router_id me is not carried over"));
    assert_true(has(diags, "static_routes is not carried over"));
    assert_true(has(diags, "sync group 'G': notify is not carried over"));
    assert_true(has(diags, "router 'A': priority is that of the node whose file this is"));
}

static void
what_is_made_is_a_declarative_file(void **state)
{
    g_autoptr(cox_diags) diags = cox_diags_new();
    g_autoptr(cox_conf) conf = converted(file, true, diags);
    g_autoptr(cox_xmldoc) doc = treekit_doc("");
    g_autofree char *text = cox_yamlwrite_text(conf);
    GError *error = NULL;

    (void) state;
    if (!formkit_read(doc, text, &error)) {
        fail_msg("%s", error->message);
    }
}

static void
a_broken_file_makes_nothing(void **state)
{
    g_autoptr(cox_diags) diags = cox_diags_new();

    (void) state;
    assert_null(converted("vrrp_instance A {\n virtual_router_id 500\n}\n", true, diags));
    assert_true(cox_diags_has(diags, COX_SEVERITY_ERROR));
}

static void
a_command_with_an_argument_is_none_with_a_user(void **state)
{
    static const char with[] = "virtual_server 10.0.0.1 80 {\n quorum_up \"/bin/up nobody\"\n quorum_down /bin/down nobody\n virtualhost \"x\"\n"
                               " real_server 10.9.0.1 80 {\n }\n}\n";
    g_autoptr(cox_diags) diags = cox_diags_new();
    g_autoptr(cox_conf) conf = converted(with, true, diags);

    (void) state;
    assert_string_equal(parameter(conf, 0, "quorum_up"), "\"/bin/up nobody\"");
    assert_string_equal(parameter(conf, 0, "quorum_down"), "/bin/down nobody");
}

static void
names_become_ids(void **state)
{
    g_autoptr(cox_diags) diags = cox_diags_new();
    g_autoptr(cox_conf) conf = converted("vrrp_instance \"1 a\" {\n interface e\n virtual_router_id 1\n virtual_ipaddress {\n 10.0.0.1\n }\n}\n"
                                         "vrrp_instance \"1-a\" {\n interface e\n virtual_router_id 2\n virtual_ipaddress {\n 10.0.0.2\n }\n}\n", false, diags);
    const struct cox_conf *resources = cox_conf_get(conf, "resources");

    (void) state;
    assert_string_equal(cox_conf_get(cox_conf_item(resources, 0), "clone")->text, "id-1-a-clone");
    assert_string_equal(cox_conf_get(cox_conf_item(resources, 1), "clone")->text, "id-1-a-2-clone");
}

/* What a router is, as a file would say it. */
static char *
router_text(const struct cox_vrrp_instance *router)
{
    g_autoptr(cox_vrrp_set) set = cox_vrrp_set_new();
    struct cox_vrrp_instance copy = *router;
    GString *text = g_string_new(NULL);

    copy.name = "R";
    set->instances = &copy;
    set->n_instances = 1;
    cox_vrrp_set_write(set, text);
    return g_string_free(text, FALSE);
}

/* The resource's router as cox-vrrpd makes it of the parameters. */
static char *
resource_text(const struct cox_conf *resource)
{
    const struct cox_conf *values = cox_conf_get(cox_conf_get(resource, "of"), "parameters");
    const char *id = cox_conf_get(cox_conf_get(resource, "of"), "primitive")->text;
    g_autofree struct cox_param *list = g_new0(struct cox_param, cox_conf_size(values) + 1);
    const struct cox_params params = { list, cox_conf_size(values) };
    g_autoptr(cox_diags) diags = cox_diags_new();
    g_autoptr(cox_block_tree) tree = NULL;
    g_autoptr(cox_vrrp_set) set = NULL;
    g_autoptr(GError) error = NULL;

    for (guint i = 0; i < params.n; i++) {
        list[i] = (struct cox_param) { cox_conf_key(values, i)->text, cox_conf_item(values, i)->text };
    }
    tree = cox_vrrpres_router(id, &params, &error);
    if (tree == NULL) {
        return g_strdup(error->message);
    }
    set = cox_vrrp_set_from_block(&tree->root, diags);
    return cox_diags_has(diags, COX_SEVERITY_ERROR) ? g_strdup(cox_diags_get(diags, 0)->text) : router_text(&set->instances[0]);
}

static guint
compare_file(const char *path)
{
    const struct cox_block_source source = cox_blockfile_source("main");
    g_autoptr(cox_diags) diags = cox_diags_new();
    g_autoptr(cox_block_tree) tree = cox_block_read(path, &source, diags);
    g_autoptr(cox_vrrp_set) set = cox_vrrp_set_from_block(&tree->root, diags);
    g_autoptr(cox_conf) conf = cox_lbconvert(&tree->root, false, diags);
    guint n = 0;

    for (guint i = 0; conf != NULL && i < cox_conf_size(cox_conf_get(conf, "resources")); i++) {
        const struct cox_conf *resource = cox_conf_item(cox_conf_get(conf, "resources"), i);
        g_autofree char *was = NULL, *is = NULL;

        if (strcmp(cox_conf_get(cox_conf_get(resource, "of"), "agent")->text, "ocf:coxswain:VirtualRouter") != 0) {
            continue;
        }
        assert_true(n < set->n_instances);
        was = router_text(&set->instances[n++]);
        is = resource_text(resource);
        if (strcmp(was, is) != 0) {
            fail_msg("%s, router %u:\n%s\nas a resource:\n%s", path, n, was, is);
        }
    }
    return n;
}

/* There and back: what an importer makes of a file is, as a resource, the router that the file has. */
static void
routers_are_the_same_as_resources(void **state)
{
    const char *top = g_getenv("top_srcdir");
    g_autofree char *directory = g_build_filename(top != NULL ? top : ".", "cts", "keepalived", "cases", NULL);
    g_autoptr(GDir) files = g_dir_open(directory, 0, NULL);
    const char *name;
    guint n = 0;

    (void) state;
    assert_non_null(files);
    while ((name = g_dir_read_name(files)) != NULL) {
        g_autofree char *path = g_build_filename(directory, name, NULL);

        n += g_str_has_suffix(name, ".conf") ? compare_file(path) : 0;
    }
    assert_true(n > 20);
}

COX_TEST_MAIN(cmocka_unit_test(routers_are_the_same_as_resources), cmocka_unit_test(routers_and_servers_become_resources_with_the_file_s_keywords),
              cmocka_unit_test(the_cluster_decides_by_promotion_and_ties_a_sync_group), cmocka_unit_test(what_is_not_carried_over_is_named),
              cmocka_unit_test(what_is_made_is_a_declarative_file), cmocka_unit_test(a_broken_file_makes_nothing),
              cmocka_unit_test(a_command_with_an_argument_is_none_with_a_user), cmocka_unit_test(names_become_ids))
