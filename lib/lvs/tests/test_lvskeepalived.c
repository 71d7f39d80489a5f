/* lib/lvs/tests/test_lvskeepalived.c */
#include "lvs/tests/lvsconfkit.h"

static void
a_service_has_what_the_file_says_and_the_rest_from_the_defaults(void **state)
{
    g_autoptr(cox_lvs_config) config = good("virtual_server 10.10.10.2 1358 {\n delay_loop 6\n lb_algo rr\n lb_kind NAT\n persistence_timeout 50\n"
                                            " protocol TCP\n sorry_server 192.168.200.200 1358\n real_server 192.168.200.2 1358 {\n weight 2\n"
                                            " HTTP_GET {\n url {\n path /a\n digest 640205b7b0fc66c1ea91c463fac6334d\n }\n connect_timeout 3\n"
                                            " retry 4\n delay_before_retry 2.5\n }\n }\n}\n");
    const struct cox_lvs_service *service = &config->services[0];
    const struct cox_lvs_check *check = &service->servers[0].checks[0];

    (void) state;
    assert_int_equal(config->n_services, 1);
    assert_string_equal(service->name, "10.10.10.2:1358/tcp");
    assert_string_equal(service->scheduler, "rr");
    assert_int_equal(service->persist_s, 50);
    assert_int_equal(service->quorum, 1);
    assert_int_equal(service->sorry->port, 1358);
    assert_int_equal(service->servers[0].weight, 2);
    assert_int_equal(check->kind, COX_LVS_CHECK_HTTP);
    assert_int_equal(check->delay_ms, 6000);
    assert_int_equal(check->warmup_ms, 6000);
    assert_int_equal(check->timeout_ms, 3000);
    assert_int_equal(check->retry_ms, 2500);
    assert_int_equal(check->retries, 4);
    assert_int_equal(check->path.to_port, 1358);
    assert_int_equal(check->http.urls[0].digest[0], 0x64);
    assert_string_equal(check->http.urls[0].path, "/a");
}

static void
what_is_said_nearest_holds_wherever_it_stands(void **state)
{
    g_autoptr(cox_lvs_config) config = good("virtual_server 10.0.0.1 80 {\n real_server 10.1.0.1 80 { TCP_CHECK { retry 7 } }\n"
                                            " real_server 10.1.0.2 80 { DNS_CHECK { }\n delay_loop 3\n alpha off\n lvs_method DR }\n"
                                            " real_server 10.1.0.3 80 { MISC_CHECK { misc_path \"/bin/x a\"\n misc_timeout 4 }\n inhibit_on_failure off }\n"
                                            " delay_loop 9\n connect_timeout 2\n retry 5\n alpha\n inhibit_on_failure\n lvs_method TUN type gue port 6080 csum\n}\n");
    const struct cox_lvs_server *servers = config->services[0].servers;

    (void) state;
    assert_int_equal(servers[0].checks[0].retries, 7);
    assert_int_equal(servers[0].checks[0].delay_ms, 9000);
    assert_int_equal(servers[0].checks[0].timeout_ms, 2000);
    assert_true(servers[0].checks[0].is_alpha && servers[0].is_inhibited);
    assert_int_equal(servers[0].forward.tunnel, COX_LVS_GUE);
    assert_int_equal(servers[0].forward.gue_port, 6080);
    assert_int_equal(servers[0].forward.checksum, COX_LVS_CHECKSUM);
    assert_int_equal(servers[1].forward.method, COX_LVS_DIRECT);
    assert_int_equal(servers[1].checks[0].retry_ms, 3000);
    assert_int_equal(servers[1].checks[0].retries, 5);
    assert_false(servers[1].checks[0].is_alpha);
    assert_int_equal(servers[2].checks[0].timeout_ms, 4000);
    assert_string_equal(servers[2].checks[0].program.script.command, "/bin/x a");
    assert_false(servers[2].is_inhibited);
}

static void
words_of_ours_say_how_servers_come_and_go(void **state)
{
    g_autoptr(cox_lvs_config) config = good("virtual_server 10.0.0.1 80 {\n slow_start 30\n drain 2.5\n panic 40\n real_server 10.1.0.1 80 {\n quiesce\n passive_conns 9\n }\n"
                                            " real_server 10.1.0.2 80 {\n slow_start 0\n drain 60\n quiesce off\n }\n}\nvirtual_server 10.0.0.2 80 {\n real_server 10.1.0.1 80 {\n }\n}\n");
    const struct cox_lvs_server *servers = config->services[0].servers;

    (void) state;
    assert_int_equal(config->services[0].panic_percent, 40);
    assert_int_equal(servers[0].slow_start_ms, 30000);
    assert_int_equal(servers[0].drain_ms, 2500);
    assert_true(servers[0].is_quiesced);
    assert_int_equal(servers[0].passive_conns, 9);
    assert_int_equal(servers[1].slow_start_ms, 0);
    assert_int_equal(servers[1].drain_ms, 60000);
    assert_false(servers[1].is_quiesced);
    assert_int_equal(config->services[1].servers[0].slow_start_ms, 0);
    assert_int_equal(config->services[1].servers[0].drain_ms, 0);
}

static void
groups_have_addresses_ranges_and_marks(void **state)
{
    g_autoptr(cox_lvs_config) config = good("virtual_server group G { persistence_timeout\n protocol UDP\n ops\n real_server 10.1.0.1 53 { }\n}\n"
                                            "virtual_server_group G {\n 10.0.0.1 53\n 10.0.0.5-9 53\n 10.0.1.250-10.0.2.10 53\n 10.0.3.8/29 53\n fwmark 7\n}\n"
                                            "virtual_server_group H { ae00::2-a 80\n fwmark 8 inet6\n }\n"
                                            "virtual_server group H { real_server ae00::99 80 { } }\n"
                                            "virtual_server fwmark 9 { persistence_granularity 255.255.255.0\n real_server fe80::1 { } }\n");
    const struct cox_lvs_front *fronts = config->services[0].fronts;

    (void) state;
    assert_string_equal(config->services[0].name, "G/udp");
    assert_int_equal(config->services[0].n_fronts, 5);
    assert_int_equal(config->services[0].persist_s, 360);
    assert_int_equal(config->services[0].flags, COX_LVS_ONE_PACKET);
    assert_int_equal(fronts[1].count, 5);
    assert_int_equal(fronts[2].count, 17);
    assert_int_equal(fronts[3].count, 8);
    assert_int_equal(fronts[4].mark, 7);
    assert_int_equal(config->services[1].fronts[0].count, 9);
    assert_int_equal(config->services[1].fronts[1].family, COX_IP_V6);
    assert_string_equal(config->services[2].name, "fwmark 9 inet6");
    assert_int_equal(config->services[2].fronts[0].family, COX_IP_V6);
    assert_int_equal(config->services[2].persist_bits, 24);
}

static void
all_kinds_of_checks_are_read(void **state)
{
    g_autoptr(cox_lvs_config) config = good(
        "SSL { ca /etc/ca.pem\n }\ntrack_file f { file /run/w\n weight 3 reverse\n}\nvirtual_server 10.0.0.1 80 {\n virtualhost vs\n delay_loop 30\n real_server 10.1.0.1 80 {\n"
        " SSL_GET { enable_sni\n http_protocol 1.1\n url { path /\n virtualhost u\n status_code 200 300-399\n regex \"a\\\\d+ b\"\n regex_options caseless dotall }\n url { path /2 }\n}\n"
        " SMTP_CHECK { helo_name me\n host { connect_ip 10.9.9.9\n connect_port 25 } }\n DNS_CHECK { type AAAA\n name a.b }\n"
        " UDP_CHECK { payload Ab12f 3 456\n require_reply 0x 1\n min_reply_length 2 }\n PING_CHECK { bindto 10.0.0.9\n fwmark 5 }\n"
        " FILE_CHECK { track_file f\n dynamic }\n FILE_CHECK { weight 7\n track_file f\n delay_loop 4 }\n MISC_CHECK { misc_path /bin/true\n misc_dynamic\n user a b } } }\n");
    const struct cox_lvs_check *checks = config->services[0].servers[0].checks;
    static const guint8 payload[] = { 0xab, 0x12, 0x0f, 0x03, 0x45, 0x06 };

    (void) state;
    assert_int_equal(config->services[0].servers[0].n_checks, 8);
    assert_true(checks[0].http.is_tls && checks[0].http.has_sni && checks[0].http.version == COX_LVS_HTTP_1_1);
    assert_string_equal(checks[0].http.ca, "/etc/ca.pem");
    assert_string_equal(checks[0].http.urls[0].host, "u");
    assert_string_equal(checks[0].http.urls[1].host, "vs");
    assert_int_equal(checks[0].http.urls[0].codes[1].last, 399);
    assert_string_equal(checks[0].http.urls[0].regex, "a\\d+ b");
    assert_int_equal(checks[0].http.urls[0].regex_flags, COX_LVS_REGEX_CASELESS | COX_LVS_REGEX_DOTALL);
    assert_string_equal(checks[1].helo, "me");
    assert_int_equal(checks[1].path.to_port, 25);
    assert_int_equal(checks[2].dns.type, 28);
    assert_int_equal(checks[3].udp.payload_bytes, 6);
    assert_memory_equal(checks[3].udp.payload, payload, 6);
    assert_int_equal(checks[3].udp.reply_bytes, 2);
    assert_int_equal(checks[3].udp.reply_mask[0], 0xf0);
    assert_int_equal(checks[3].udp.reply_mask[1], 0xff);
    assert_int_equal(checks[4].path.mark, 5);
    assert_true(checks[5].file.factor == 3 && checks[5].file.is_reversed && checks[5].file.weigh == COX_LVS_WEIGH_STATUS);
    assert_true(checks[5].delay_ms == 1000 && checks[5].warmup_ms == 1000);
    assert_true(checks[6].file.factor == 7 && !checks[6].file.is_reversed && checks[6].delay_ms == 4000);
    assert_string_equal(checks[6].file.path, "/run/w");
    assert_string_equal(checks[7].program.script.group, "b");
}

static void
settings_of_the_daemon_are_read(void **state)
{
    g_autoptr(cox_lvs_config) config = good("global_defs {\n lvs_sync_daemon eth0 VI_1 id 3 port 9000 ttl 4 maxlen 1400 group 224.0.0.90\n"
                                            " lvs_timeouts tcp 100 udp 5\n lvs_flush\n lvs_flush_on_stop VS\n vrrp_strict\n nonsense\n smtp_alert\n}\n"
                                            "vrrp_instance X { }\n");

    (void) state;
    assert_string_equal(config->sync.device, "eth0");
    assert_string_equal(config->sync.router, "VI_1");
    assert_true(config->sync.id == 3 && config->sync.port == 9000 && config->sync.ttl == 4 && config->sync.max_bytes == 1400);
    assert_true(config->timeout_tcp_s == 100 && config->timeout_fin_s == 0 && config->timeout_udp_s == 5);
    assert_true(config->flush_start == COX_LVS_FLUSH_ALL && config->flush_stop == COX_LVS_FLUSH_SERVICES);
}

static void
what_is_not_known_or_wrong_is_said_with_its_place(void **state)
{
    (void) state;
    says("virtual_server 10.0.0.1 80 {\n lvs_shed rr\n real_server 10.1.0.1 80 { weigth 5 }\n}\n",
         "k:2:2: keyword 'lvs_shed' is not known in 'virtual_server'\nk:3:28: keyword 'weigth' is not known in 'real_server'\n");
    says("virtual_server 10.0.0.1 80 {\n real_server 10.1.0.1 80 { TCP_CHECK { conect_port 5\n connect_port 70000 } }\n}\n",
         "k:2:40: keyword 'conect_port' is not known in 'checker'\nERROR k:3:15: '70000' of 'connect_port' is not a number from 1 to 65535\n");
    says("virtual_server 10.0.0.300 80 {\n}\n", "ERROR k:1:16: '10.0.0.300' does not mean anything in 'virtual_server'\n");
    says("virtual_server group G {\n}\n", "ERROR k:1:22: group 'G' is not defined\n");
    says("virtual_server 10.0.0.1 80 { lvs_method FOO\n real_server 10.0.0.2 80 { }\n}\n",
         "ERROR k:1:41: 'FOO' does not mean anything in 'lvs_method'\n");
    says("virtual_server_group G { }\n", "ERROR k:1:1: the virtual_server_group has no addresses\n");
    says("virtual_server 10.0.0.1 80 {\n real_server 10.1.0.1 80 { BFD_CHECK { name b } }\n}\n",
         "k:2:28: keyword 'BFD_CHECK' is not carried over: there is no BFD\n");
}

static void
values_that_do_not_go_together_are_found(void **state)
{
    (void) state;
    says("virtual_server 10.0.0.1 {\n real_server 10.1.0.1 { }\n}\n", "ERROR 10.0.0.1:0/tcp: virtual server '10.0.0.1:0/tcp' is for all ports and not persistent\n");
    says("virtual_server 10.0.0.1 80 {\n}\n", "10.0.0.1:80/tcp: virtual server '10.0.0.1:80/tcp' has no servers\n");
    says("virtual_server 10.0.0.1 80 { real_server fe80::1 80 { } }\n",
         "ERROR 10.0.0.1:80/tcp: server fe80::1 of virtual server '10.0.0.1:80/tcp' is of another family\n");
    says("virtual_server 10.0.0.1 80 { lvs_method TUN\n real_server fe80::1 80 { } }\n", "");
    says("virtual_server 10.0.0.1 80 { lvs_method DR\n real_server 10.0.0.2 81 { } }\n",
         "10.0.0.1:80/tcp: server 10.0.0.2 of virtual server '10.0.0.1:80/tcp' gets connections at the port of the virtual server, not at 81\n");
    says("virtual_server 10.0.0.1 80 { ops\n real_server 10.0.0.2 80 { HTTP_GET { } }\n real_server 10.0.0.2 80 { } }\n",
         "ERROR 10.0.0.1:80/tcp: virtual server '10.0.0.1:80/tcp': packets are scheduled one by one with UDP only\n"
         "ERROR 10.0.0.1:80/tcp: a check of server 10.0.0.2 of virtual server '10.0.0.1:80/tcp' does not say what is looked at\n"
         "ERROR 10.0.0.1:80/tcp: server 10.0.0.2 of virtual server '10.0.0.1:80/tcp' is there twice\n");
    says("virtual_server 10.0.0.1 80 { real_server 10.0.0.2 80 { } }\nvirtual_server 10.0.0.1 80 { real_server 10.0.0.2 80 { } }\n",
         "ERROR 10.0.0.1:80/tcp: virtual server '10.0.0.1:80/tcp' is there twice\n");
}

static void
one_entry_of_the_kernel_has_one_virtual_server(void **state)
{
    (void) state;
    says("virtual_server_group G { 10.0.0.5-9 80\n fwmark 7\n }\nvirtual_server group G { real_server 10.1.0.1 80 { } }\n"
         "virtual_server 10.0.0.7 80 { real_server 10.1.0.1 80 { } }\nvirtual_server 10.0.0.7 80 { protocol UDP\n real_server 10.1.0.1 80 { } }\n"
         "virtual_server 10.0.0.9 81 { real_server 10.1.0.1 80 { } }\nvirtual_server 10.0.0.9 80 { real_server 10.1.0.1 80 { } }\n"
         "virtual_server fwmark 7 { real_server 10.1.0.1 80 { } }\n",
         "ERROR 10.0.0.7:80/tcp: virtual servers 'G/tcp' and '10.0.0.7:80/tcp' both have 10.0.0.7 port 80\n"
         "ERROR 10.0.0.9:80/tcp: virtual servers 'G/tcp' and '10.0.0.9:80/tcp' both have 10.0.0.9 port 80\n"
         "ERROR fwmark 7: virtual servers 'G/tcp' and 'fwmark 7' both have fwmark 7\n");
    says("virtual_server_group G { 10.0.0.5-9 80\n 10.0.0.9 80\n }\nvirtual_server group G { real_server 10.1.0.1 80 { } }\n",
         "ERROR G/tcp: virtual server 'G/tcp' has 10.0.0.9 port 80 twice\n");
    says("virtual_server fwmark 7 { real_server 10.1.0.1 80 { } }\nvirtual_server fwmark 7 { ip_family inet6\n real_server fe80::1 80 { } }\n", "");
}

static void
what_cannot_be_kept_is_said(void **state)
{
    (void) state;
    says("virtual_server fwmark 7 { ha_suspend\n real_server 10.1.0.1 80 { } }\n",
         "fwmark 7: virtual server 'fwmark 7': ha_suspend does nothing with a firewall mark, whose addresses are not known\n");
    says("virtual_server fwmark 7 { quorum 3\n hysteresis 2\n real_server 10.1.0.1 80 { } }\n", "");
    says("virtual_server fwmark 7 { quorum 3\n hysteresis 3\n real_server 10.1.0.1 80 { } }\n",
         "ERROR fwmark 7: virtual server 'fwmark 7' has a hysteresis of 3 with a quorum of 3\n");
}

COX_TEST_MAIN(cmocka_unit_test(a_service_has_what_the_file_says_and_the_rest_from_the_defaults),
              cmocka_unit_test(what_is_said_nearest_holds_wherever_it_stands), cmocka_unit_test(words_of_ours_say_how_servers_come_and_go),
              cmocka_unit_test(groups_have_addresses_ranges_and_marks),
              cmocka_unit_test(all_kinds_of_checks_are_read), cmocka_unit_test(settings_of_the_daemon_are_read),
              cmocka_unit_test(what_is_not_known_or_wrong_is_said_with_its_place),
              cmocka_unit_test(values_that_do_not_go_together_are_found), cmocka_unit_test(one_entry_of_the_kernel_has_one_virtual_server),
              cmocka_unit_test(what_cannot_be_kept_is_said))
