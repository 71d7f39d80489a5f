/* lib/lvs/tests/test_lvskeepalivedwrite.c */
#include "lvs/tests/lvsconfkit.h"

/* What keepalived takes, and words of ours. */
static const char *
case_text(char **text)
{
    static const char ours[] = "virtual_server 10.9.9.8 25 {\n panic 30\n real_server 10.9.9.1 25 {\n  slow_start 2.5\n  drain 60\n  quiesce\n  passive_conns 7\n"
                               "  TALK_CHECK {\n   send \"HELO $x~\\x22\\\\ \\0\\r\\n\"\n   expect \"250 {!#}\"\n   rise 3\n  }\n }\n}\n";
    const char *top = g_getenv("top_srcdir");
    g_autofree char *path = g_build_filename(top == NULL ? "." : top, "cts/keepalived/cases/lvs-all.conf", NULL);
    g_autofree char *file = NULL;

    assert_true(g_file_get_contents(path, &file, NULL, NULL));
    *text = g_strconcat(file, "\n", ours, NULL);
    return *text;
}

static char *
written(const struct cox_lvs_config *config)
{
    GString *out = g_string_new(NULL);

    cox_lvs_config_write(config, out, NULL);
    return g_string_free(out, FALSE);
}

static bool
has_keyword(const char *text, const char *keyword)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    for (guint i = 0; lines[i] != NULL; i++) {
        const char *line = g_strchug(lines[i]);

        if (g_str_has_prefix(line, keyword) && strchr(" {", line[strlen(keyword)]) != NULL) {
            return true;
        }
    }
    return false;
}

static void
a_tree_that_is_given_back_says_the_same(void **state)
{
    g_autofree char *text = NULL;
    const struct cox_block_source source = { .config_id = "main" };
    g_autoptr(GString) said = g_string_new(NULL), many = g_string_new(NULL);
    g_autoptr(cox_diags) diags = cox_diags_new();
    g_autoptr(cox_block_tree) tree = NULL;

    (void) state;
    for (guint i = 0; i < 500; i++) {
        g_string_append_printf(many, "virtual_server 10.7.%u.%u 80 {\n real_server 10.8.0.1 80 {\n weight %u\n }\n}\n", i / 250, i % 250, i);
    }
    g_string_append(many, case_text(&text)); /* its groups and settings come last */
    tree = cox_block_read_text("k", many->str, &source, diags);

    g_autoptr(cox_lvs_config) kept = config_of(many->str, said), config = cox_lvs_config_from_tree(tree, diags);
    g_autofree char *one = written(kept), *other = written(config);

    assert_null(tree->root.first);
    assert_true(config->n_services > 500);
    assert_string_equal(one, other);
}

static void
what_is_written_is_read_as_the_same(void **state)
{
    g_autofree char *text = NULL;
    g_autoptr(GString) said = g_string_new(NULL);
    g_autoptr(cox_lvs_config) config = config_of(case_text(&text), said);
    g_autofree char *once = written(config);
    g_autoptr(cox_lvs_config) again = config_of(once, said);
    g_autofree char *twice = written(again);

    (void) state;
    assert_null(strstr(said->str, "ERROR"));
    assert_string_equal(once, twice);
    assert_int_equal(again->n_services, config->n_services);
    for (size_t i = 0; i < config->n_services; i++) {
        const struct cox_lvs_service *a = &config->services[i];
        const struct cox_lvs_service *b = &again->services[i];

        assert_int_equal(a->n_servers, b->n_servers);
        for (size_t k = 0; k < a->n_servers; k++) {
            assert_memory_equal(&a->servers[k].forward, &b->servers[k].forward, sizeof a->servers[k].forward);
            assert_int_equal(a->servers[k].n_checks, b->servers[k].n_checks);
            for (size_t m = 0; m < a->servers[k].n_checks; m++) {
                g_autoptr(GBytes) one = cox_lvs_check_key(&a->servers[k].checks[m]);
                g_autoptr(GBytes) other = cox_lvs_check_key(&b->servers[k].checks[m]);

                if (!g_bytes_equal(one, other)) {
                    fail_msg("check %zu of server %zu of %s is another one", m, k, a->name);
                }
            }
        }
    }
}

static void
every_keyword_that_means_something_is_written(void **state)
{
    static const char *const others[] = { "lb_algo", "lb_kind", "sh-fallback", "sh-port", "mh-fallback", "mh-port", "nb_get_retry", "host",
                                          "smtp_alert_checker", "ADDRESS", "RANGE", "checker_log_all_failures", "inhibit_on_failure",
                                          "virtualhost", "script_user", NULL };
    g_autofree char *text = NULL;
    g_autoptr(GString) said = g_string_new(NULL);
    g_autoptr(cox_lvs_config) config = config_of(case_text(&text), said);
    g_autofree char *once = written(config);
    size_t n = 0;
    const struct cox_keyword *rows = cox_lvs_keywords(&n);

    (void) state;
    for (size_t i = 0; i < n; i++) {
        if (!g_strv_contains(others, rows[i].name) && rows[i].kind <= COX_KEYWORD_SPECIAL && !has_keyword(once, rows[i].name)) {
            fail_msg("%s of %s is not written", rows[i].name, rows[i].block);
        }
    }
    assert_true(has_keyword(once, "inhibit_on_failure") && has_keyword(once, "log_all_failures"));
}

static void
what_keepalived_has_no_words_for_is_named(void **state)
{
    struct cox_lvs_check checks[4];
    struct cox_lvs_server server;
    struct cox_lvs_service service;
    struct cox_lvs_front front = { .count = 1, .port = 80 };
    struct cox_lvs_config config = { .services = &service, .n_services = 1 };
    g_autoptr(cox_diags) diags = cox_diags_new();
    g_autoptr(GString) out = g_string_new(NULL);

    (void) state;
    assert_true(cox_ip_parse("10.0.0.1", &front.address));
    cox_lvs_check_init(&checks[0], COX_LVS_CHECK_TCP);
    checks[0].rise = 3;
    cox_lvs_check_init(&checks[1], COX_LVS_CHECK_TALK);
    cox_lvs_check_init(&checks[2], COX_LVS_CHECK_PROGRAM);
    checks[2].program.script.command = "/bin/load";
    checks[2].program.weigh = COX_LVS_WEIGH_LOAD;
    cox_lvs_check_init(&checks[3], COX_LVS_CHECK_FILE);
    checks[3].file.name = "f";
    checks[3].file.path = "/run/f";
    checks[3].delay_ms = 9000;
    cox_lvs_server_init(&server);
    server.address = front.address;
    server.weight = 10;
    server.checks = checks;
    server.n_checks = G_N_ELEMENTS(checks);
    cox_lvs_service_init(&service);
    service.name = "10.0.0.1:80/tcp";
    service.fronts = &front;
    service.n_fronts = 1;
    service.servers = &server;
    service.n_servers = 1;
    cox_lvs_config_write(&config, out, diags);
    assert_int_equal(cox_diags_count(diags), 1);
    assert_non_null(strstr(out->str, "rise 3\n"));
    assert_non_null(strstr(out->str, "TALK_CHECK {\n"));
    assert_true(strstr(out->str, "weight 10\n") != NULL);
    assert_non_null(strstr(out->str, "FILE_CHECK {\n            track_file f\n            weight 1\n            delay_loop 9\n        }"));
    server.slow_start_ms = server.drain_ms = 1;
    server.passive_conns = service.panic_percent = 1;
    server.is_quiesced = true;
    g_string_truncate(out, 0);
    cox_lvs_config_write(&config, out, diags);
    assert_int_equal(cox_diags_count(diags), 1 + 1);
    assert_non_null(strstr(out->str, "slow_start 0.001\n"));
    assert_non_null(strstr(out->str, "quiesce\n"));
}

static void
bytes_of_a_dialogue_go_through_the_text(void **state)
{
    static const char with[] = "virtual_server 10.9.9.9 25 {\n real_server 10.9.9.1 25 {\n  TALK_CHECK {\n   send \"a $b \\x22\\\\ \\0\\r\\n\"\n"
                               "   expect \"{!#}\"\n  }\n }\n}\n";
    static const guint8 sent[] = "a $b \"\\ \0\r\n";
    g_autoptr(GString) said = g_string_new(NULL);
    g_autoptr(cox_lvs_config) config = config_of(with, said);
    g_autofree char *once = written(config);
    g_autoptr(cox_lvs_config) again = config_of(once, said);
    const struct cox_lvs_talk *talk = &again->services[0].servers[0].checks[0].talk;

    (void) state;
    assert_int_equal(talk->send_bytes, sizeof sent - 1);
    assert_memory_equal(talk->send, sent, sizeof sent - 1);
    assert_int_equal(talk->expect_bytes, 4);
    assert_memory_equal(talk->expect, "{!#}", 4);
    assert_null(strstr(said->str, "ERROR"));
    cox_lvs_config_free(config_of("virtual_server 10.9.9.9 25 {\n real_server 10.9.9.1 25 {\n TALK_CHECK {\n send \"\\q\"\n }\n }\n}\n", said));
    assert_non_null(strstr(said->str, "is no escape"));
}

static void
a_group_of_one_keeps_its_name(void **state)
{
    static const char with[] = "virtual_server_group \"a b\" { fwmark 7\n }\nvirtual_server group \"a b\" { real_server 10.9.9.1 { } }\n"
                               "virtual_server_group M { fwmark 8\n }\nvirtual_server group M { real_server fd00::1 { } }\n"
                               "virtual_server_group A { 10.0.0.1 80\n }\nvirtual_server group A { real_server 10.9.9.1 80 { } }\n"
                               "virtual_server fwmark 9 { real_server 10.9.9.1 { } }\nvirtual_server fwmark 9 { real_server fd00::1 { } }\n"
                               "virtual_server 10.0.0.1 81 { real_server 10.9.9.1 80 { } }\nvirtual_server fd00::2 80 { real_server fd00::1 80 { } }\n";
    static const char *const names[] = { "a b/fwmark", "M/fwmark", "A/tcp", "fwmark 9", "fwmark 9 inet6", "10.0.0.1:81/tcp", "[fd00::2]:80/tcp" };
    g_autoptr(GString) said = g_string_new(NULL);
    g_autoptr(cox_lvs_config) config = config_of(with, said);
    g_autofree char *once = written(config);
    g_autoptr(cox_lvs_config) again = config_of(once, said);

    (void) state;
    assert_string_equal(said->str, "");
    assert_int_equal(again->n_services, G_N_ELEMENTS(names));
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        assert_string_equal(config->services[i].name, names[i]);
        assert_string_equal(again->services[i].name, names[i]);
        assert_int_equal(again->services[i].fronts[0].family, config->services[i].fronts[0].family);
    }
    assert_int_equal(config->services[1].fronts[0].family, COX_IP_V6);
    assert_null(strstr(once, "10.0.0.1:81"));
    assert_int_equal(config->services[0].protocol, COX_LVS_PROTOCOL_NONE);
}

COX_TEST_MAIN(cmocka_unit_test(a_group_of_one_keeps_its_name), cmocka_unit_test(a_tree_that_is_given_back_says_the_same), cmocka_unit_test(what_is_written_is_read_as_the_same), cmocka_unit_test(every_keyword_that_means_something_is_written),
              cmocka_unit_test(what_keepalived_has_no_words_for_is_named), cmocka_unit_test(bytes_of_a_dialogue_go_through_the_text))
