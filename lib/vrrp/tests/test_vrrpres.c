/* lib/vrrp/tests/test_vrrpres.c - parameters of resources become what a file would say, or are refused with parameter, value and remedy. */
#include "base/testkit.h"

#include "base/error.h"
#include "vrrp/keepalived.h"
#include "vrrp/vrrpres.h"

#define P(...) ((const struct cox_param[]) { __VA_ARGS__ })
#define PARAMS(...) (&(const struct cox_params) { P(__VA_ARGS__), sizeof P(__VA_ARGS__) / sizeof(struct cox_param) })

/* A node with 10.0.0.0/24 and fd00::/64 on eth0. */
static bool
find(void *context, const struct cox_ip *ip, struct cox_vrrpres_place *place, GError **error)
{
    struct cox_ip four, six;

    assert_true(cox_ip_parse("10.0.0.0", &four) && cox_ip_parse("fd00::", &six));
    *(guint *) context += 1;
    if (g_strcmp0(place->interface, "gone") == 0) {
        g_set_error(error, COX_ERROR, COX_ERROR_NOT_INSTALLED, "gone");
        return false;
    }
    if (place->interface == NULL && !(ip->family == COX_IP_V4 ? cox_ip_is_in(ip, &four, 24) : cox_ip_is_in(ip, &six, 64))) {
        g_set_error(error, COX_ERROR, COX_ERROR_GENERIC, "no net");
        return false;
    }
    place->interface = place->interface != NULL ? place->interface : "eth0";
    place->prefix = place->prefix != COX_VRRPRES_NO_PREFIX ? place->prefix : ip->family == COX_IP_V4 ? 24 : 64;
    return true;
}

/* "IP/PREFIX brd BROADCAST on INTERFACE LABEL" of each, or "CODE: MESSAGE". */
static char *
text_of(const struct cox_params *params)
{
    g_autoptr(cox_arena) arena = cox_arena_new();
    guint n_found = 0;
    const struct cox_vrrpres_finder finder = { find, &n_found };
    GString *text = g_string_new(NULL);
    struct cox_vrrpres_ipaddr all;
    g_autoptr(GError) error = NULL;

    if (!cox_vrrpres_ipaddr(params, &finder, arena, &all, &error)) {
        g_string_printf(text, "%d: %s", cox_error_status_of(error), error->message);
        return g_string_free(text, FALSE);
    }
    assert_int_equal(n_found, all.n);
    for (size_t i = 0; i < all.n; i++) {
        const struct cox_vrrp_address *address = &all.addresses[i];
        char ip[COX_IP_TEXT_SIZE], brd[COX_IP_TEXT_SIZE];

        g_string_append_printf(text, "%s%s/%u brd %s on %s%s%s", i > 0 ? ", " : "", cox_ip_format(&address->ip, ip), address->prefix,
                               cox_ip_format(&address->broadcast, brd), address->interface, address->label != NULL ? " " : "",
                               address->label != NULL ? address->label : "");
    }
    return g_string_free(text, FALSE);
}

static void
is(const struct cox_params *params, const char *expected)
{
    g_autofree char *text = text_of(params);

    assert_string_equal(text, expected);
}

/* Refused, with the exit code and these words. */
static void
refuses(const struct cox_params *params, int code, const char *words)
{
    g_autofree char *text = text_of(params), *begin = g_strdup_printf("%d: ", code);

    if (!g_str_has_prefix(text, begin) || strstr(text, words) == NULL) {
        fail_msg("not '%d: ...%s...': %s", code, words, text);
    }
}

static void
addresses_are_placed_where_they_belong(void **state)
{
    (void) state;
    is(PARAMS({ "ip", "10.0.0.7" }), "10.0.0.7/24 brd 10.0.0.255 on eth0");
    is(PARAMS({ "ip", "10.0.0.7" }, { "nic", "" }, { "CRM_meta_timeout", "20000" }), "10.0.0.7/24 brd 10.0.0.255 on eth0");
    is(PARAMS({ "ip", "fd00::7" }), "fd00::7/64 brd  on eth0");
    is(PARAMS({ "ip", "10.0.0.7, fd00::7\n10.0.0.8" }), "10.0.0.7/24 brd 10.0.0.255 on eth0, fd00::7/64 brd  on eth0, 10.0.0.8/24 brd 10.0.0.255 on eth0");
    is(PARAMS({ "ip", "10.9.0.7" }, { "nic", "lo" }, { "cidr_netmask", "32" }), "10.9.0.7/32 brd  on lo");
    is(PARAMS({ "ip", "10.9.0.7 10.0.0.7" }, { "nic", "a b" }, { "cidr_netmask", "16 24" }),
       "10.9.0.7/16 brd 10.9.255.255 on a, 10.0.0.7/24 brd 10.0.0.255 on b");
    is(PARAMS({ "ip", "10.0.0.7" }, { "cidr_netmask", "255.255.252.0" }), "10.0.0.7/22 brd 10.0.3.255 on eth0");
    is(PARAMS({ "ip", "10.0.0.7" }, { "broadcast", "-" }), "10.0.0.7/24 brd 10.0.0.0 on eth0");
    is(PARAMS({ "ip", "10.0.0.7" }, { "broadcast", "none" }), "10.0.0.7/24 brd  on eth0");
    is(PARAMS({ "ip", "10.0.0.7" }, { "broadcast", "10.0.0.99" }, { "iflabel", "vip" }), "10.0.0.7/24 brd 10.0.0.99 on eth0 eth0:vip");
    is(PARAMS({ "ip", "fe80::7" }, { "nic", "eth1" }), "fe80::7/64 brd  on eth1");
}

static void
what_is_no_address_is_refused_with_parameter_and_value(void **state)
{
    (void) state;
    refuses(PARAMS({ "nic", "eth0" }), 6, "parameter ip: there is none");
    refuses(PARAMS({ "ip", " , " }), 6, "parameter ip: there is none");
    refuses(PARAMS({ "ip", "10.0.0.256" }), 6, "parameter ip: '10.0.0.256' is no value of it; write an IPv4 or IPv6 address");
    refuses(PARAMS({ "ip", "10.0.0.1/24" }), 6, "'10.0.0.1/24'");
    refuses(PARAMS({ "ip", "0.0.0.0" }), 6, "'0.0.0.0'");
    refuses(PARAMS({ "ip", "224.0.0.18" }), 6, "'224.0.0.18'");
    refuses(PARAMS({ "ip", "10.0.0.1" }, { "cidr_netmask", "33" }), 6, "parameter cidr_netmask: '33'");
    refuses(PARAMS({ "ip", "10.0.0.1" }, { "cidr_netmask", "255.0.255.0" }), 6, "'255.0.255.0'");
    refuses(PARAMS({ "ip", "fd00::1" }, { "cidr_netmask", "129" }), 6, "0 to 128");
    refuses(PARAMS({ "ip", "10.0.0.1" }, { "nic", "a/b" }), 6, "parameter nic: 'a/b'");
    refuses(PARAMS({ "ip", "10.0.0.1" }, { "nic", "abcdefghijklmnop" }), 6, "parameter nic");
    refuses(PARAMS({ "ip", "10.0.0.1" }, { "nic", "a b c" }), 6, "3 values for 1 addresses");
    refuses(PARAMS({ "ip", "10.0.0.1" }, { "nic", "gone" }), 5, "gone");
    refuses(PARAMS({ "ip", "192.0.2.1" }), 1, "no net");
    refuses(PARAMS({ "ip", "fe80::1" }), 6, "name the interface: nic");
    refuses(PARAMS({ "ip", "10.0.0.1" }, { "iflabel", "much-too-long" }), 6, "parameter iflabel");
    refuses(PARAMS({ "ip", "10.0.0.1" }, { "broadcast", "fd00::1" }), 6, "parameter broadcast");
    refuses(PARAMS({ "ip", "10.0.0.1" }, { "noprefixroute", "2" }), 6, "parameter noprefixroute");
    refuses(PARAMS({ "ip", "10.0.0.1" }, { "preferred_lft", "soon" }), 6, "parameter preferred_lft");
    refuses(PARAMS({ "ip", "10.0.0.1" }, { "arp_count", "-1" }), 6, "parameter arp_count");
}

static void
numbers_and_flags_are_taken(void **state)
{
    g_autoptr(cox_arena) arena = cox_arena_new();
    const struct cox_vrrpres_finder nobody = { .find = NULL };
    struct cox_vrrpres_ipaddr all;

    (void) state;
    assert_true(cox_vrrpres_ipaddr(PARAMS({ "ip", "10.0.0.7" }), &nobody, arena, &all, NULL));
    assert_int_equal(all.announcements, 5);
    assert_int_equal(all.interval_ms, 200);
    assert_null(all.addresses[0].interface);
    assert_int_equal(all.addresses[0].prefix, COX_VRRPRES_NO_PREFIX);
    assert_int_equal(all.addresses[0].preferred_s, -1);
    assert_true(cox_vrrpres_ipaddr(PARAMS({ "ip", "10.0.0.7" }, { "arp_count", "0" }, { "arp_interval", "50" }, { "noprefixroute", "YES" },
                                          { "preferred_lft", "0" }), &nobody, arena, &all, NULL));
    assert_int_equal(all.announcements, 0);
    assert_int_equal(all.interval_ms, 50);
    assert_true(all.addresses[0].is_noprefixroute);
    assert_int_equal(all.addresses[0].preferred_s, 0);
}

/* The set of a router, or NULL. */
static struct cox_vrrp_set *
set_of(const struct cox_params *params, GString *said)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(cox_block_tree) tree = cox_vrrpres_router("vr", params, &error);
    g_autoptr(cox_diags) diags = cox_diags_new();
    struct cox_vrrp_set *set;

    g_string_truncate(said, 0);
    if (tree == NULL) {
        g_string_printf(said, "%d: %s", cox_error_status_of(error), error->message);
        return NULL;
    }
    set = cox_vrrp_set_from_block(&tree->root, diags);
    for (size_t i = 0; i < cox_diags_count(diags); i++) {
        g_string_append_printf(said, "%s\n", cox_diags_get(diags, i)->text);
    }
    return set;
}

static void
a_router_has_the_keywords_as_parameters(void **state)
{
    g_autoptr(GString) said = g_string_new(NULL);
    g_autoptr(cox_vrrp_set) set = set_of(PARAMS({ "interface", "eth0" }, { "virtual_router_id", "7" }, { "virtual_ipaddress", "10.0.0.1/24\n10.0.0.2/24" },
                                                { "use_vmac", "true" }, { "nopreempt", "true" }, { "promote_secondaries", "false" }, { "smtp_alert", "false" },
                                                { "track_script", "chk weight -5" }, { "notify", "/bin/tell" }, { "sync_group", "g" },
                                                { "definitions", "vrrp_script chk {\n script /bin/true\n}" }, { "CRM_meta_clone", "0" },
                                                { "crm_feature_set", "3.16" }, { "accept", "" }), said);
    const struct cox_vrrp_instance *router = &set->instances[0];

    (void) state;
    assert_string_equal(said->str, "");
    assert_int_equal(set->n_instances, 1);
    assert_string_equal(router->name, "vr");
    assert_int_equal(router->vrid, 7);
    assert_int_equal(router->items.n_addresses, 2);
    assert_int_equal(router->vmac.kind, COX_VRRP_VMAC_MACVLAN);
    assert_false(router->is_preempting);
    assert_false(router->promotes_secondaries);
    assert_int_equal(router->authority, COX_VRRP_AUTHORITY_CLUSTER);
    assert_int_equal(router->n_tracks, 1);
    assert_int_equal(set->n_scripts, 1);
    assert_string_equal(router->notify.any.argv[0], "/bin/tell");
}

#define GOOD { "interface", "eth0" }, { "virtual_router_id", "7" }, { "virtual_ipaddress", "10.0.0.1/24" }

static void
a_router_by_adverts_says_so(void **state)
{
    g_autoptr(GString) said = g_string_new(NULL);
    g_autoptr(cox_vrrp_set) set = set_of(PARAMS(GOOD, { "authority", "vrrp" }), said);

    (void) state;
    assert_string_equal(said->str, "");
    assert_int_equal(set->instances[0].authority, COX_VRRP_AUTHORITY_VRRP);
}

static void
no_value_of_a_router_says_more_than_its_keyword(void **state)
{
    static const struct {
        struct cox_param param;
        const char *words;
    } cases[] = {
        { { "surprise", "1" }, "parameter surprise" },
        { { "authority", "me" }, "parameter authority: 'me'" },
        { { "priority", "1\n nopreempt" }, "parameter priority" },
        { { "track_interface", "eth1\n }\n}\nvrrp_instance other {\n virtual_routes {" }, "'vrrp_instance' cannot stand here" },
        { { "track_interface", "eth1\n }\n}\nglobal_defs {\n static {" }, "'global_defs' cannot stand here" },
        { { "track_interface", "eth1 {" }, "is not closed" },
        { { "definitions", "vrrp_instance x {\n}" }, "'vrrp_instance' cannot stand here" },
        { { "definitions", "include /etc/passwd" }, "" },
        { { "definitions", "static_ipaddress {\n 10.0.0.9\n}" }, "'static_ipaddress' cannot stand here" },
    };

    (void) state;
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GString) said = g_string_new(NULL);
        g_autoptr(cox_vrrp_set) set = set_of(PARAMS(GOOD, cases[i].param), said);

        if (set != NULL ? *cases[i].words != '\0' || set->n_instances != 1 : !g_str_has_prefix(said->str, "6: ") || strstr(said->str, cases[i].words) == NULL) {
            fail_msg("case %zu: %s", i, said->str);
        }
    }
}

static void
several_trees_are_one_configuration(void **state)
{
    g_autoptr(cox_block_tree) one = cox_vrrpres_router("one", PARAMS(GOOD, { "authority", "vrrp" }, { "track_script", "c" },
                                                                     { "definitions", "vrrp_script c {\n script /bin/true\n}" }), NULL);
    g_autoptr(cox_block_tree) two = cox_vrrpres_router("two", PARAMS({ "interface", "eth0" }, { "virtual_router_id", "8" }, { "authority", "vrrp" },
                                                                     { "virtual_ipaddress", "10.0.0.2/24" }, { "track_script", "c" },
                                                                     { "definitions", "vrrp_script c {\n  script   /bin/true\n}" }), NULL);
    g_autoptr(cox_block_tree) three = cox_vrrpres_router("three", PARAMS(GOOD, { "definitions", "vrrp_script c {\n script /bin/false\n}" }), NULL);
    const char *const members[] = { "one", "two" };
    g_autoptr(cox_block_tree) group = cox_vrrpres_group("both", members, 2);
    const struct cox_vrrp_tree good[] = { { &one->root, NULL }, { &two->root, NULL }, { &group->root, NULL } }, bad[] = { good[0], { &three->root, NULL } };
    g_autoptr(cox_diags) none = cox_diags_new(), some = cox_diags_new();
    g_autoptr(cox_vrrp_set) set = cox_vrrp_set_from_trees(good, 3, none), wrong = cox_vrrp_set_from_trees(bad, 2, some);
    g_autoptr(GString) said = g_string_new(NULL);

    (void) state;
    assert_int_equal(cox_diags_count(none), 0);
    assert_int_equal(set->n_instances, 2);
    assert_int_equal(set->n_scripts, 1);
    assert_int_equal(set->n_groups, 1);
    assert_int_equal(set->groups[0].n_members, 2);
    assert_non_null(wrong);
    for (size_t i = 0; i < cox_diags_count(some); i++) {
        g_string_append_printf(said, "%s\n", cox_diags_get(some, i)->text);
    }
    assert_non_null(strstr(said->str, "vrrp_script c is defined in another way by one"));
    assert_non_null(strstr(said->str, "VRID 7 is on this interface already, of router 'one'"));
}

/* All that a set of these trees says, and what is said about it. */
static char *
set_text(const struct cox_vrrp_tree *trees, size_t n, struct cox_vrrp_set **kept)
{
    g_autoptr(cox_diags) diags = cox_diags_new();
    struct cox_vrrp_set *set = cox_vrrp_set_from_trees(trees, n, diags);
    GString *text = g_string_new(NULL);

    cox_vrrp_set_write(set, text);
    for (size_t i = 0; i < cox_diags_count(diags); i++) {
        g_autofree char *line = cox_diag_line(cox_diags_get(diags, i));

        g_string_append_printf(text, "%s\n", line);
    }
    cox_vrrp_set_free(*kept);
    *kept = set;
    return g_string_free(text, FALSE);
}

/* What is kept of trees changes nothing, whatever becomes of the others: each row is one configuration after the other. */
static void
what_was_read_once_is_the_same_as_what_is_read_again(void **state)
{
    static const char *const files[] = { "", "global_defs {\n vrrp_version 3\n vrrp_garp_master_refresh 7\n vrrp_strict\n}\n", "vrrp_script c {\n script /bin/true\n weight 9\n}\n" };
    static const struct {
        guint file, n;
    } rows[] = { { 0, 1 }, { 0, 2 }, { 1, 2 }, { 1, 3 }, { 2, 3 }, { 2, 2 }, { 0, 3 }, { 0, 3 } };
    g_autoptr(cox_block_tree) one = cox_vrrpres_router("one", PARAMS(GOOD, { "track_script", "c" }, { "preempt_delay", "5" }, { "nopreempt", "true" }), NULL);
    g_autoptr(cox_block_tree) two = cox_vrrpres_router("two", PARAMS(GOOD, { "virtual_routes", "10.9.0.0/16 via 10.0.0.1" }), NULL);
    g_autoptr(cox_block_tree) three = cox_vrrpres_router("three", PARAMS({ "interface", "eth1" }, { "virtual_router_id", "8" }, { "priority", "many" },
                                                                         { "virtual_ipaddress", "10.0.0.9/24" }), NULL);
    struct cox_vrrp_reading *readings[3] = { NULL };
    struct cox_vrrp_set *kept = NULL, *fresh = NULL;

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const struct cox_block_source source = { .config_id = "main" };
        g_autoptr(cox_block_tree) file = cox_block_read_text("file", files[rows[i].file], &source, NULL);
        struct cox_vrrp_tree trees[] = { { &file->root, NULL }, { &one->root, &readings[0] }, { &two->root, &readings[1] }, { &three->root, &readings[2] } };
        const char *name = kept == NULL ? NULL : kept->instances[0].name;
        bool is_basis_same = i > 0 && rows[i].file == rows[i - 1].file;
        g_autofree char *again = set_text(trees, rows[i].n + 1, &kept), *anew = NULL;

        assert_true(is_basis_same == (kept->instances[0].name == name)); /* it was not read */
        for (size_t k = 0; k < G_N_ELEMENTS(trees); k++) {
            trees[k].kept = NULL;
        }
        anew = set_text(trees, rows[i].n + 1, &fresh);
        assert_string_equal(again, anew);
    }
    for (size_t k = 0; k < G_N_ELEMENTS(readings); k++) {
        cox_vrrp_reading_free(readings[k]);
    }
    assert_string_equal(kept->instances[1].name, "two"); /* it has all that it was made of */
    cox_vrrp_set_free(kept);
    cox_vrrp_set_free(fresh);
}

/* Lines of the set's static routes and rules, or "CODE: MESSAGE". */
static char *
routes_of(const struct cox_params *params)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(cox_block_tree) tree = cox_vrrpres_iproute("way", params, &error);
    g_autoptr(cox_diags) diags = cox_diags_new();
    g_autoptr(cox_vrrp_set) set = NULL;
    GString *text = g_string_new(NULL);

    if (tree == NULL) {
        g_string_printf(text, "%d: %s", cox_error_status_of(error), error->message);
        return g_string_free(text, FALSE);
    }
    set = cox_vrrp_set_from_block(&tree->root, diags);
    assert_false(cox_diags_has(diags, COX_SEVERITY_ERROR));
    for (size_t i = 0; i < set->statics.n_routes; i++) {
        const struct cox_vrrp_route *route = &set->statics.routes[i];
        char to[COX_IP_TEXT_SIZE], via[COX_IP_TEXT_SIZE] = "";

        g_string_append_printf(text, "%s/%u via %s dev %s table %u metric %u;", cox_ip_format(&route->to.ip, to), route->to.prefix,
                               route->n_nexthops > 0 ? cox_ip_format(&route->nexthops[0].via, via) : "",
                               route->n_nexthops > 0 && route->nexthops[0].interface != NULL ? route->nexthops[0].interface : "-", route->table, route->priority);
    }
    g_string_append_printf(text, "%zu rules", set->statics.n_rules);
    return g_string_free(text, FALSE);
}

static void
routes_are_said_by_words_or_lines(void **state)
{
    static const struct {
        struct cox_param params[3];
        const char *expected;
    } cases[] = {
        { { { "destination", "10.9.0.0/16" }, { "gateway", "10.0.0.9" }, { "x", NULL } }, "10.9.0.0/16 via 10.0.0.9 dev - table 0 metric 0;0 rules" },
        { { { "destination", "default" }, { "gateway", "fd00::9" }, { "device", "eth0" } }, "::/0 via fd00::9 dev eth0 table 0 metric 0;0 rules" },
        { { { "destination", "10.9.0.0/16" }, { "device", "eth0" }, { "table", "44" } }, "10.9.0.0/16 via  dev eth0 table 44 metric 0;0 rules" },
        { { { "virtual_routes", "10.8.0.0/16 via 10.0.0.9\n10.9.0.0/16 via 10.0.0.9 metric 3" }, { "virtual_rules", "from 10.8.0.0/16 table 9" }, { "x", NULL } },
          "10.8.0.0/16 via 10.0.0.9 dev - table 0 metric 0;10.9.0.0/16 via 10.0.0.9 dev - table 0 metric 3;1 rules" },
    };

    (void) state;
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        const struct cox_params params = { cases[i].params, 3 };
        g_autofree char *text = routes_of(&params);

        assert_string_equal(text, cases[i].expected);
    }
}

static void
wrong_routes_are_refused(void **state)
{
    static const struct {
        struct cox_param params[2];
        const char *words;
    } cases[] = {
        { { { "metric", "" }, { "x", NULL } }, "6: parameter destination: it is not given" },
        { { { "gateway", "10.0.0.9" }, { "virtual_routes", "10.8.0.0/16 via 10.0.0.9" } }, "6: parameter destination: it is not given, and gateway is" },
        { { { "destination", "10.9.0.0/16" }, { "x", NULL } }, "6: parameter gateway" },
        { { { "destination", "10.9.0.0/16 blackhole" }, { "device", "eth0" } }, "6: parameter destination" },
        { { { "destination", "10.9.0.0/16" }, { "device", "eth0\n}" } }, "6: parameter device" },
        { { { "virtual_routes", "10.8.0.0/16 via 10.0.0.9\n}\nvrrp_instance x {" }, { "x", NULL } }, "6: " },
    };

    (void) state;
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        const struct cox_params params = { cases[i].params, 2 };
        g_autofree char *text = routes_of(&params);

        if (!g_str_has_prefix(text, cases[i].words)) {
            fail_msg("case %zu: %s", i, text);
        }
    }
}

COX_TEST_MAIN(cmocka_unit_test(addresses_are_placed_where_they_belong), cmocka_unit_test(what_is_no_address_is_refused_with_parameter_and_value),
              cmocka_unit_test(numbers_and_flags_are_taken), cmocka_unit_test(a_router_has_the_keywords_as_parameters),
              cmocka_unit_test(a_router_by_adverts_says_so), cmocka_unit_test(no_value_of_a_router_says_more_than_its_keyword),
              cmocka_unit_test(several_trees_are_one_configuration),
              cmocka_unit_test(what_was_read_once_is_the_same_as_what_is_read_again), cmocka_unit_test(routes_are_said_by_words_or_lines),
              cmocka_unit_test(wrong_routes_are_refused))
