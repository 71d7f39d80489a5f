/* lib/admin/tests/test_lvscf.c */
#include "admin/lvscf.h"

#include "admin/lbconvert.h"
#include "admin/tests/formkit.h"
#include "base/testkit.h"
#include "lvs/lvskeepalived.h"

/* What is made of a text, and lines of what was said. */
struct made {
    GString *out, *said;
};

static void
make(struct made *made, const char *text)
{
    static const struct cox_block_source source = { .config_id = "main" };
    static const char letters[] = "iwE";
    g_autoptr(cox_diags) diags = cox_diags_new();
    g_autoptr(cox_block_tree) tree = cox_block_read_text("l", text, &source, diags);

    made->out = g_string_new(NULL);
    made->said = g_string_new(NULL);
    cox_lvscf_write(&tree->root, made->out, diags);
    for (size_t i = 0; i < cox_diags_count(diags); i++) {
        const struct cox_diag *diag = cox_diags_get(diags, i);

        g_string_append_printf(made->said, "%c %s %s\n", letters[diag->severity], diag->object, diag->text);
        assert_true(diag->remedy != NULL && *diag->remedy != '\0');
    }
}

static void
unmake(struct made *made)
{
    g_string_free(made->out, TRUE);
    g_string_free(made->said, TRUE);
}

static void
has(const char *text, const char *part)
{
    if (strstr(text, part) == NULL) {
        fail_msg("no '%s' in:\n%s", part, text);
    }
}

static void
lacks(const char *text, const char *part)
{
    if (strstr(text, part) != NULL) {
        fail_msg("'%s' in:\n%s", part, text);
    }
}

static char *
sample(void)
{
    const char *top = g_getenv("top_srcdir");
    g_autofree char *path = g_build_filename(top == NULL ? "." : top, "cts/keepalived/cases/web.lvscf", NULL);
    char *text = NULL;

    assert_true(g_file_get_contents(path, &text, NULL, NULL));
    return text;
}

static void
directors_become_one_router_with_all_addresses(void **state)
{
    g_autofree char *text = sample();
    struct made made;

    (void) state;
    make(&made, text);
    has(made.out->str, "vrrp_instance lvs {\n    interface eth0\n    virtual_router_id 51\n    advert_int 6\n    virtual_ipaddress {\n"
                       "        192.0.2.80/24 dev eth0\n        192.0.2.81/32 dev eth0\n        10.0.0.254/24 dev eth1\n    }\n}\n");
    has(made.out->str, "lvs_sync_daemon eth1 inst lvs id 7\n");
    lacks(made.out->str, "192.0.2.82");
    unmake(&made);
}

static void
virtual_servers_keep_scheduler_persistence_and_servers(void **state)
{
    g_autofree char *text = sample();
    struct made made;

    (void) state;
    make(&made, text);
    has(made.out->str, "virtual_server 192.0.2.80 80 {\n    snmp_name web\n    lvs_sched wlc\n    lvs_method NAT\n    protocol TCP\n    alpha\n"
                       "    persistence_timeout 300\n    persistence_granularity 24\n    inhibit_on_failure\n    sorry_server 10.0.0.9 80\n");
    has(made.out->str, "real_server 10.0.0.2 8080 {\n        weight 1\n        TALK_CHECK {\n            send \"GET / HTTP/1.0\\r\\n\\r\\n\"\n"
                       "            expect \"HTTP\"\n            connect_port 8080\n");
    has(made.out->str, "virtual_server fwmark 80 {\n");
    has(made.out->str, "real_server 10.0.0.1 0 {\n");
    lacks(made.out->str, "10.0.0.3");
    unmake(&made);
}

static void
a_dead_server_is_out_within_the_timeout_and_back_after_reentry(void **state)
{
    g_autofree char *text = sample();
    struct made made;

    (void) state;
    make(&made, text);
    /* 6 s: 2 until the next probe, 2 until the second one, which fails within 2; 15 s: nine probes every 2 s. */
    has(made.out->str, "connect_timeout 2\n            retry 1\n            delay_before_retry 2\n            delay_loop 2\n            rise 9\n");
    unmake(&made);
}

static void
what_is_not_carried_over_is_named_with_its_place(void **state)
{
    g_autofree char *text = sample();
    struct made made;

    (void) state;
    make(&made, text);
    has(made.said->str, "w l:3:1 keyword 'primary_private' is not carried over");
    has(made.said->str, "w l:66:1 keyword 'failover' is not carried over");
    has(made.said->str, "server 'spare' is not active and left out");
    has(made.said->str, "virtual server 'old' is not active and left out");
    has(made.said->str, "the directors 192.0.2.11 and 192.0.2.12 are nodes of the cluster");
    has(made.said->str, "lvs.cf has no VRID: the router gets 51");
    lacks(made.said->str, "E ");
    unmake(&made);
}

static void
settings_hold_for_virtual_servers_before_them(void **state)
{
    struct made made;

    (void) state;
    make(&made, "virtual a {\n address=10.0.0.1 eth0\n scheduler =rr\n port= 25\n server s {\n address = 10.0.0.2\n }\n}\nnetwork = direct\nnat_router = 10.0.0.9 eth1\n");
    has(made.out->str, "virtual_server 10.0.0.1 25 {\n    snmp_name a\n    lvs_sched rr\n    lvs_method DR\n");
    has(made.out->str, "TCP_CHECK {\n            connect_port 25\n");
    lacks(made.out->str, "10.0.0.9");
    unmake(&made);
}

static void
what_is_wrong_is_refused_with_its_place(void **state)
{
    static const struct {
        const char *text, *said;
    } cases[] = {
        { "virtual a {\n address = 10.0.0.1 eth0\n port = 70000\n}\n", "E l:3:9 '70000' of 'port' is not a number from 0 to 65535" },
        { "virtual a {\n address = 10.0.0 eth0\n}\n", "E l:2:12 '10.0.0' does not mean anything in 'address'" },
        { "virtual a {\n address = 10.0.0.1\n}\n", "E l:2 'address' is not complete" },
        { "virtual a {\n address = 10.0.0.1 eth0\n vip_nmask = 255.0.255.0\n}\n", "'255.0.255.0' does not mean anything" },
        { "virtual a {\n address = 10.0.0.1 eth0\n scheduler = best\n}\n", "'best' does not mean anything in 'scheduler'" },
        { "network = bridge\nvirtual a {\n address = 10.0.0.1 eth0\n}\n", "'bridge' does not mean anything in 'network'" },
        { "virtual a {\n address = 10.0.0.1 eth0\n send = \"\\q\"\n}\n", "is no escape" },
        { "virtual a {\n address = 10.0.0.1 eth0\n server s {\n }\n}\n", "E l:3:2 server 's' has no address" },
        { "virtual a {\n port = 80\n}\n", "E l:1:1 virtual server 'a' has no address" },
        { "virtual a {\n address =\n}\n", "E l:2 'address' is not complete" },
        { "serial_no = 1\n", "E l there is no virtual server in it" },
        { "", "E l there is no virtual server in it" },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct made made;

        make(&made, cases[i].text);
        has(made.said->str, cases[i].said);
        assert_string_equal(made.out->str, "");
        unmake(&made);
    }
}

static void
what_a_program_prints_is_compared_by_a_shell(void **state)
{
    static const struct cox_block_source source = { .config_id = "main" };
    g_autofree char *text = sample();
    g_autoptr(cox_diags) diags = cox_diags_new();
    g_autoptr(cox_block_tree) tree = NULL;
    g_autoptr(cox_lvs_config) config = NULL;
    g_auto(GStrv) words = NULL;
    struct made made;

    (void) state;
    make(&made, text);
    tree = cox_block_read_text("k", made.out->str, &source, diags);
    config = cox_lvs_config_from_block(&tree->root, diags);
    words = cox_block_split(config->services[1].servers[0].checks[0].program.script.command, NULL);
    assert_string_equal(words[0], "/bin/sh");
    assert_string_equal(words[2], "case $($1) in \"$2\"*) ;; *) exit 1 ;; esac");
    assert_string_equal(words[4], "/usr/bin/check 10.0.0.1");
    assert_string_equal(words[5], "OK");
    assert_null(words[6]);
    unmake(&made);
}

static void
resources_of_it_are_a_declarative_file(void **state)
{
    static const struct cox_block_source source = { .config_id = "main" };
    g_autofree char *text = sample();
    g_autoptr(cox_diags) diags = cox_diags_new();
    g_autoptr(cox_xmldoc) doc = treekit_doc("");
    g_autoptr(cox_block_tree) tree = NULL;
    g_autoptr(cox_conf) conf = NULL;
    g_autofree char *yaml = NULL;
    GError *error = NULL;
    struct made made;

    (void) state;
    make(&made, text);
    tree = cox_block_read_text("k", made.out->str, &source, diags);
    conf = cox_lbconvert(&tree->root, true, diags);
    assert_non_null(conf);
    assert_int_equal(cox_conf_size(cox_conf_get(conf, "resources")), 4);
    yaml = cox_yamlwrite_text(conf);
    has(yaml, "TALK_CHECK");
    if (!formkit_read(doc, yaml, &error)) {
        fail_msg("%s", error->message);
    }
    unmake(&made);
}

COX_TEST_MAIN(cmocka_unit_test(directors_become_one_router_with_all_addresses), cmocka_unit_test(virtual_servers_keep_scheduler_persistence_and_servers),
              cmocka_unit_test(a_dead_server_is_out_within_the_timeout_and_back_after_reentry),
              cmocka_unit_test(what_is_not_carried_over_is_named_with_its_place), cmocka_unit_test(settings_hold_for_virtual_servers_before_them),
              cmocka_unit_test(what_is_wrong_is_refused_with_its_place), cmocka_unit_test(what_a_program_prints_is_compared_by_a_shell),
              cmocka_unit_test(resources_of_it_are_a_declarative_file))
