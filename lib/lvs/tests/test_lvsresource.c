/* lib/lvs/tests/test_lvsresource.c - parameters of a resource say what the same file of keepalived says; several configurations become one. */
#include "lvs/lvsresource.h"

#include "base/error.h"
#include "lvs/tests/lvsconfkit.h"

#define SERVER "real_server 10.1.0.1 80 {\n weight 3\n TCP_CHECK {\n connect_port 81\n }\n}"

static char *
text_of(const struct cox_lvs_resource *resource, GError **error)
{
    g_autoptr(GString) out = g_string_new(NULL);

    return cox_lvs_resource_write(resource, out, error) ? g_strdup(out->str) : NULL;
}

/* The same as this file? */
static void
is_as(const char *type, const struct cox_param *params, size_t n, const char *file)
{
    const struct cox_lvs_resource resource = { "vs1", type, { params, n } };
    g_autoptr(GError) error = NULL;
    g_autofree char *text = text_of(&resource, &error);
    g_autoptr(GString) ours = g_string_new(NULL), theirs = g_string_new(NULL);
    g_autoptr(cox_lvs_config) one = NULL, other = NULL;

    assert_null(error);
    one = good(text);
    other = good(file);
    cox_lvs_config_write(one, ours, NULL);
    cox_lvs_config_write(other, theirs, NULL);
    assert_string_equal(ours->str, theirs->str);
}

static void
a_virtual_server_is_as_in_a_file(void **state)
{
    const struct cox_param params[] = {
        { "address", "10.0.0.1" }, { "port", "80" }, { "lvs_sched", "sh" }, { "sh-port", "true" }, { "persistence_timeout", "true" },
        { "ha_suspend", "true" }, { "omega", "false" }, { "alpha", "false" }, { "quorum", "2" }, { "quorum_up", "\"/bin/x a b\" root" },
        { "lvs_method", "TUN type gre" }, { "sorry_server", "10.9.0.1 80" }, { "delay_loop", "0.5" }, { "virtualhost", "" },
        { "CRM_meta_timeout", "20000" }, { "real_servers", SERVER },
    };

    (void) state;
    is_as("VirtualServer", params, G_N_ELEMENTS(params),
          "virtual_server 10.0.0.1 80 {\n lvs_sched sh\n sh-port\n persistence_timeout\n ha_suspend\n quorum 2\n quorum_up \"/bin/x a b\" root\n"
          " lvs_method TUN type gre\n sorry_server 10.9.0.1 80\n delay_loop 0.5\n" SERVER "\n}\n");
}

static void
a_mark_and_a_group_are_as_in_a_file(void **state)
{
    const struct cox_param mark[] = { { "fwmark", "7" }, { "real_servers", SERVER }, { "lvs_method", "DR" } };
    const struct cox_param group[] = { { "virtual_server_group", "10.0.0.1-5 80\nfwmark 9" }, { "protocol", "TCP" }, { "real_servers", SERVER } };

    (void) state;
    is_as("VirtualServer", mark, G_N_ELEMENTS(mark), "virtual_server fwmark 7 {\n lvs_method DR\n" SERVER "\n}\n");
    is_as("VirtualServer", group, G_N_ELEMENTS(group), "virtual_server_group vs1 {\n 10.0.0.1-5 80\n fwmark 9\n}\nvirtual_server group vs1 {\n" SERVER "\n}\n");
}

static void
synchronization_is_as_in_a_file(void **state)
{
    const struct cox_param params[] = { { "interface", "eth0" }, { "router", "V1" }, { "syncid", "7" }, { "maxlen", "1000" }, { "port", "9000" },
                                            { "ttl", "3" },          { "group", "224.0.0.9" } };

    (void) state;
    is_as("IPVSsync", params, G_N_ELEMENTS(params), "global_defs {\n lvs_sync_daemon eth0 inst V1 id 7 maxlen 1000 port 9000 ttl 3 group 224.0.0.9\n}\n");
}

static void
refused(const char *type, const struct cox_param *params, size_t n, enum cox_error code, const char *words)
{
    const struct cox_lvs_resource resource = { "vs1", type, { params, n } };
    g_autoptr(GError) error = NULL;

    assert_null(text_of(&resource, &error));
    assert_true(g_error_matches(error, COX_ERROR, (int) code));
    assert_non_null(strstr(error->message, words));
    assert_non_null(strstr(error->message, "'vs1'"));
}

static void
what_cannot_be_is_said(void **state)
{
    const struct cox_param both[] = { { "address", "10.0.0.1" }, { "fwmark", "7" } }, lines[] = { { "fwmark", "7" }, { "weight", "1\n}" } };
    const struct cox_param words[] = { { "interface", "eth0" }, { "syncid", "1 }\nx {" } };

    (void) state;
    refused("VirtualServer", NULL, 0, COX_ERROR_NOT_CONFIGURED, "address, fwmark or virtual_server_group");
    refused("VirtualServer", both, 2, COX_ERROR_INVALID_PARAM, "more than one of");
    refused("VirtualServer", lines, 2, COX_ERROR_NOT_CONFIGURED, "write one line");
    refused("IPVSsync", NULL, 0, COX_ERROR_NOT_CONFIGURED, "interface");
    refused("IPVSsync", words, 2, COX_ERROR_INVALID_PARAM, "more than a word");
    refused("VirtualRouter", NULL, 0, COX_ERROR_UNIMPLEMENTED, "VirtualRouter");
}

static void
several_become_one_that_keeps_them(void **state)
{
    struct cox_lvs_config *file = good("global_defs {\n lvs_timeouts tcp 5\n lvs_flush\n}\nvirtual_server 10.0.0.1 80 {\n" SERVER "\n}\n");
    struct cox_lvs_config *first = good("virtual_server 10.0.0.2 80 {\n" SERVER "\n}\n");
    struct cox_lvs_config *second = good("global_defs {\n lvs_sync_daemon eth0 id 3\n lvs_timeouts tcp 9 udp 6\n}\n");
    const struct cox_lvs_part parts[] = { { file, NULL }, { first, "vs1" }, { second, "sync" } };
    g_autoptr(cox_lvs_config) joined = cox_lvs_config_join(parts, G_N_ELEMENTS(parts));

    (void) state;
    cox_lvs_config_free(file);
    cox_lvs_config_free(first);
    cox_lvs_config_free(second);
    assert_int_equal(joined->n_services, 2);
    assert_string_equal(joined->services[0].name, "10.0.0.1:80/tcp");
    assert_string_equal(joined->services[1].name, "vs1");
    assert_int_equal(joined->services[1].servers[0].weight, 3);
    assert_int_equal(joined->timeout_tcp_s, 5);
    assert_int_equal(joined->timeout_udp_s, 6);
    assert_int_equal(joined->flush_start, COX_LVS_FLUSH_ALL);
    assert_string_equal(joined->sync.device, "eth0");
    assert_int_equal(joined->sync.id, 3);
}

static void
what_does_not_go_together_is_said(void **state)
{
    struct cox_lvs_config *one = good("virtual_server 10.0.0.1 80 {\n" SERVER "\n}\n"), *other = good("virtual_server 10.0.0.1 80 {\n" SERVER "\n}\n");
    const struct cox_lvs_part parts[] = { { one, "a" }, { other, "b" } };
    g_autoptr(cox_lvs_config) joined = cox_lvs_config_join(parts, G_N_ELEMENTS(parts));
    g_autoptr(cox_diags) diags = cox_diags_new();

    (void) state;
    cox_lvs_config_free(one);
    cox_lvs_config_free(other);
    cox_lvs_check_config(joined, diags);
    assert_true(cox_diags_has(diags, COX_SEVERITY_ERROR));
}

static void
programs_run_as_the_user_of_scripts(void **state)
{
    g_autoptr(cox_lvs_config) config = good("global_defs {\n script_user nobody root\n}\nvirtual_server 10.0.0.1 80 {\n quorum_up /bin/x\n quorum_down \"/bin/y z\" daemon\n"
                                            " real_server 10.1.0.1 80 {\n notify_up /bin/n\n MISC_CHECK {\n misc_path /bin/m\n }\n MISC_CHECK {\n misc_path /bin/o\n user daemon\n }\n }\n}\n");
    const struct cox_lvs_service *service = &config->services[0];

    (void) state;
    assert_string_equal(service->quorum_up.user, "nobody");
    assert_string_equal(service->quorum_up.group, "root");
    assert_string_equal(service->quorum_down.user, "daemon");
    assert_null(service->quorum_down.group);
    assert_string_equal(service->servers[0].notify_up.user, "nobody");
    assert_string_equal(service->servers[0].checks[0].program.script.user, "nobody");
    assert_string_equal(service->servers[0].checks[0].program.script.group, "root");
    assert_string_equal(service->servers[0].checks[1].program.script.user, "daemon");
    assert_null(service->servers[0].checks[1].program.script.group);
}

COX_TEST_MAIN(cmocka_unit_test(a_virtual_server_is_as_in_a_file), cmocka_unit_test(a_mark_and_a_group_are_as_in_a_file),
              cmocka_unit_test(synchronization_is_as_in_a_file), cmocka_unit_test(what_cannot_be_is_said),
              cmocka_unit_test(several_become_one_that_keeps_them), cmocka_unit_test(what_does_not_go_together_is_said),
              cmocka_unit_test(programs_run_as_the_user_of_scripts))
