/* lib/vrrp/tests/test_keepalivedwrite.c */
#include "vrrp/tests/confkit.h"

static const char *
case_text(char **text)
{
    const char *top = g_getenv("top_srcdir");
    g_autofree char *path = g_build_filename(top == NULL ? "." : top, "cts/keepalived/cases/vrrp-all.conf", NULL);

    assert_true(g_file_get_contents(path, text, NULL, NULL));
    return *text;
}

static char *
written(const struct cox_vrrp_set *set)
{
    GString *out = g_string_new(NULL);

    cox_vrrp_set_write(set, out);
    return g_string_free(out, FALSE);
}

/* Is the keyword at the begin of a line? */
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
what_is_written_is_read_as_the_same(void **state)
{
    g_autofree char *text = NULL;
    g_autoptr(GString) said = g_string_new(NULL);
    g_autoptr(cox_vrrp_set) set = set_of(case_text(&text), said);
    g_autofree char *once = written(set);
    g_autoptr(cox_vrrp_set) again = set_of(once, said);
    g_autofree char *twice = written(again);

    (void) state;
    assert_null(strstr(said->str, "ERROR"));
    assert_string_equal(once, twice);
    assert_int_equal(again->n_instances, set->n_instances);
    assert_memory_equal(&again->instances[0].garp, &set->instances[0].garp, sizeof set->instances[0].garp);
    assert_memory_equal(again->instances[0].items.addresses, set->instances[0].items.addresses, 2);
    assert_int_equal(again->global.sched.rt_limit, set->global.sched.rt_limit);
}

/* Else the law would hold for what neither direction knows. */
static void
every_keyword_that_means_something_is_written(void **state)
{
    static const char *const others[] = { "accept", "no_accept", "preempt", "unicast_src_ip", "smtp_alert_vrrp", "vrrp_track_file", "delay", "auth_key",
                                          "notify_deleted", "vrrp_strict", "authority", NULL };
    g_autofree char *text = NULL;
    g_autoptr(GString) said = g_string_new(NULL);
    g_autoptr(cox_vrrp_set) set = set_of(case_text(&text), said);
    g_autofree char *once = written(set);
    size_t n = 0;
    const struct cox_keyword *rows = cox_vrrp_keywords(&n);

    (void) state;
    for (size_t i = 0; i < n; i++) {
        bool is_other = g_strv_contains(others, rows[i].name) || rows[i].kind > COX_KEYWORD_SPECIAL;
        bool is_inherited = strcmp(rows[i].block, "global_defs") == 0 && !has_keyword(text, rows[i].name);

        if (!is_other && !is_inherited && !has_keyword(once, rows[i].name) && !g_str_has_prefix(rows[i].name, "linkbeat_use")) {
            fail_msg("%s of %s is not written", rows[i].name, rows[i].block);
        }
    }
}

/* Nobody has such names; what is read must all the same be written as the same. */
static void
words_with_blanks_stay_words(void **state)
{
    g_autoptr(GString) said = g_string_new(NULL);
    g_autoptr(cox_vrrp_set) set = set_of("global_defs { notify_fifo /f \"a user\" \"its group\"\n script_user \"b user\" \"its group\"\n"
                                         " startup_script /s \"c user\" \"its group\"\n smtp_server \"no {host\"\n nftables \"a table\" }\n"
                                         "linkbeat_interfaces { \"e 0\" MII }\n"
                                         "interface_up_down_delays { \"e 1\" 2 3 }\n"
                                         "garp_group { garp_interval 1\n interface \"e 2\" }\n"
                                         "vrrp_instance A { interface a\n virtual_router_id 1\n use_vmac \"v 1\"\n virtual_ipaddress { 10.0.0.1 } }\n", said);
    g_autofree char *once = written(set);
    g_autoptr(cox_vrrp_set) again = set_of(once, said);
    g_autofree char *twice = written(again);

    (void) state;
    assert_null(strstr(said->str, "ERROR"));
    assert_string_equal(once, twice);
    assert_string_equal(again->global.notify_fifo.group, "its group");
    assert_string_equal(again->global.script_group, "its group");
    assert_string_equal(again->global.startup.user, "c user");
}

/* keepalived does not know them, so they are not in the file of all keywords. */
static void
signed_adverts_are_written_and_read(void **state)
{
    g_autoptr(GString) said = g_string_new(NULL);
    g_autoptr(cox_vrrp_set) set = set_of("vrrp_instance A { interface a\n virtual_router_id 1\n authentication { auth_type HASH\n auth_key 2 new\n"
                                         " auth_key 1 \"an old one\" }\n virtual_ipaddress { 10.0.0.1 } }\n", said);
    g_autofree char *once = written(set);
    g_autoptr(cox_vrrp_set) again = set_of(once, said);

    (void) state;
    assert_string_equal(said->str, "");
    assert_int_equal(again->instances[0].auth.kind, COX_VRRP_AUTH_HASH);
    assert_int_equal(again->instances[0].auth.n_keys, 2);
    assert_int_equal(again->instances[0].auth.keys[0].id, 2);
    assert_string_equal(again->instances[0].auth.keys[1].secret, "an old one");
    assert_int_equal(again->instances[0].auth.window, 60 * COX_USEC_PER_S);
}

static void
authority_of_the_cluster_is_written_and_read(void **state)
{
    g_autoptr(GString) said = g_string_new(NULL);
    g_autoptr(cox_vrrp_set) set = set_of("vrrp_instance A { interface a\n virtual_router_id 1\n authority cluster\n virtual_ipaddress { 10.0.0.1 } }\n", said);
    g_autofree char *once = written(set);
    g_autoptr(cox_vrrp_set) again = set_of(once, said), wrong = NULL;

    (void) state;
    assert_string_equal(said->str, "");
    assert_int_equal(again->instances[0].authority, COX_VRRP_AUTHORITY_CLUSTER);
    wrong = set_of("vrrp_instance A { interface a\n virtual_router_id 1\n authority me\n virtual_ipaddress { 10.0.0.1 } }\n", said);
    assert_non_null(strstr(said->str, "ERROR k:3"));
    assert_int_equal(wrong->instances[0].authority, COX_VRRP_AUTHORITY_VRRP);
}

COX_TEST_MAIN(cmocka_unit_test(authority_of_the_cluster_is_written_and_read), cmocka_unit_test(words_with_blanks_stay_words),
              cmocka_unit_test(signed_adverts_are_written_and_read), cmocka_unit_test(what_is_written_is_read_as_the_same),
              cmocka_unit_test(every_keyword_that_means_something_is_written))
