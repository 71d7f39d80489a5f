/* lib/netlink/tests/test_nettable.c - what is told is what has changed, and nothing twice. */
#include "base/testkit.h"

#include "netlink/nettable.h"

struct heard {
    GString *log;
};

static void
on_link(void *context, const struct cox_net_link *link)
{
    g_string_append_printf(((struct heard *) context)->log, "%s=%s ", link->name, link->has_carrier ? "up" : "down");
}

static void
on_link_gone(void *context, const struct cox_net_link *link)
{
    g_string_append_printf(((struct heard *) context)->log, "-%s ", link->name);
}

static void
on_address(void *context, const struct cox_net_address *address, bool is_there)
{
    char text[COX_IP_TEXT_SIZE];

    g_string_append_printf(((struct heard *) context)->log, "%s%s@%d ", is_there ? "+" : "-", cox_ip_format(&address->local.ip, text), address->ifindex);
}

static struct cox_net_handler
listen_to(struct heard *heard)
{
    return (struct cox_net_handler) { .link = on_link, .link_gone = on_link_gone, .address = on_address, .context = heard };
}

static struct cox_net_link
link_of(gint32 ifindex, const char *name, bool has_carrier)
{
    struct cox_net_link link = { .ifindex = ifindex, .is_up = true, .has_carrier = has_carrier };

    g_strlcpy(link.name, name, sizeof link.name);
    return link;
}

static struct cox_net_address
address_of(gint32 ifindex, const char *text)
{
    struct cox_net_address address = { .ifindex = ifindex, .local.bits = 24 };

    assert_true(cox_ip_parse(text, &address.local.ip));
    return address;
}

static void
expect(struct heard *heard, const char *wanted)
{
    assert_string_equal(heard->log->str, wanted);
    g_string_truncate(heard->log, 0);
}

static void
changes_are_told_once(void **state)
{
    struct heard heard = { g_string_new(NULL) };
    const struct cox_net_handler handler = listen_to(&heard);
    struct cox_nettable *table = cox_nettable_new();
    struct cox_net_link up = link_of(2, "eth0", true), down = link_of(2, "eth0", false);
    struct cox_net_address one = address_of(2, "10.0.0.1"), other = address_of(3, "10.0.0.1");

    (void) state;
    cox_nettable_put_link(table, &up, &handler);
    cox_nettable_put_link(table, &up, &handler);
    cox_nettable_put_address(table, &one, &handler);
    cox_nettable_put_address(table, &one, &handler);
    cox_nettable_put_address(table, &other, &handler); /* of nothing that is there */
    expect(&heard, "eth0=up +10.0.0.1@2 ");
    cox_nettable_put_link(table, &down, &handler);
    one.flags = 0x40;
    cox_nettable_put_address(table, &one, &handler);
    expect(&heard, "eth0=down +10.0.0.1@2 ");
    assert_true(cox_nettable_has(table, 0, &one.local.ip));
    assert_false(cox_nettable_has(table, 3, &one.local.ip));
    cox_nettable_drop_link(table, 2, &handler);
    cox_nettable_drop_link(table, 2, &handler);
    expect(&heard, "-10.0.0.1@2 -eth0 ");
    assert_false(cox_nettable_has(table, 0, &one.local.ip));
    cox_nettable_free(table);
    g_string_free(heard.log, TRUE);
}

static void
one_that_is_renamed_is_gone_and_new(void **state)
{
    struct heard heard = { g_string_new(NULL) };
    const struct cox_net_handler handler = listen_to(&heard);
    struct cox_nettable *table = cox_nettable_new(), *fresh = cox_nettable_new();
    struct cox_net_link before = link_of(2, "eth0", true), after = link_of(2, "wan", true);
    struct cox_net_address address = address_of(2, "10.0.0.1");

    (void) state;
    cox_nettable_put_link(table, &before, NULL);
    cox_nettable_put_address(table, &address, NULL);
    cox_nettable_put_link(table, &after, &handler);
    expect(&heard, "-eth0 wan=up ");
    assert_null(cox_nettable_link_named(table, "eth0"));
    assert_true(cox_nettable_has(table, 2, &address.local.ip));
    cox_nettable_put_link(fresh, &before, NULL);
    cox_nettable_put_address(fresh, &address, NULL);
    cox_nettable_become(table, fresh, &handler);
    expect(&heard, "-wan eth0=up ");
    cox_nettable_free(table);
    cox_nettable_free(fresh);
    g_string_free(heard.log, TRUE);
}

static void
one_address_with_two_prefixes_is_two(void **state)
{
    struct cox_nettable *table = cox_nettable_new();
    struct cox_net_link link = link_of(2, "eth0", true);
    struct cox_net_address wide = address_of(2, "10.0.0.1"), narrow = wide;

    (void) state;
    narrow.local.bits = 32;
    cox_nettable_put_link(table, &link, NULL);
    cox_nettable_put_address(table, &wide, NULL);
    cox_nettable_put_address(table, &narrow, NULL);
    cox_nettable_drop_address(table, &wide, NULL);
    assert_true(cox_nettable_has(table, 2, &wide.local.ip));
    assert_int_equal(cox_nettable_address(table, 2, 0)->local.bits, 32);
    assert_null(cox_nettable_address(table, 2, 1));
    assert_null(cox_nettable_address(table, 9, 0));
    assert_ptr_equal(cox_nettable_link_named(table, "eth0"), cox_nettable_link(table, 2));
    assert_null(cox_nettable_link_named(table, "eth"));
    assert_int_equal(cox_nettable_link_after(table, 1)->ifindex, 2);
    assert_null(cox_nettable_link_after(table, 2));
    cox_nettable_free(table);
}

static void
after_a_loss_only_the_differences_are_told(void **state)
{
    struct heard heard = { g_string_new(NULL) };
    const struct cox_net_handler handler = listen_to(&heard);
    struct cox_nettable *table = cox_nettable_new(), *fresh = cox_nettable_new();
    struct cox_net_link stays = link_of(2, "eth0", true), goes = link_of(3, "eth1", true), comes = link_of(4, "eth2", true);
    struct cox_net_address kept = address_of(2, "10.0.0.1"), lost = address_of(2, "10.0.0.2"), on_lost = address_of(3, "10.0.0.3"),
                           new = address_of(4, "10.0.0.4");

    (void) state;
    cox_nettable_put_link(table, &stays, NULL);
    cox_nettable_put_link(table, &goes, NULL);
    cox_nettable_put_address(table, &kept, NULL);
    cox_nettable_put_address(table, &lost, NULL);
    cox_nettable_put_address(table, &on_lost, NULL);
    cox_nettable_put_link(fresh, &stays, NULL);
    cox_nettable_put_link(fresh, &comes, NULL);
    cox_nettable_put_address(fresh, &kept, NULL);
    cox_nettable_put_address(fresh, &new, NULL);
    cox_nettable_become(table, fresh, &handler);
    assert_non_null(strstr(heard.log->str, "-10.0.0.2@2 "));
    assert_non_null(strstr(heard.log->str, "-10.0.0.3@3 -eth1 "));
    assert_non_null(strstr(heard.log->str, "eth2=up +10.0.0.4@4 "));
    assert_null(strstr(heard.log->str, "10.0.0.1"));
    assert_null(strstr(heard.log->str, "eth0"));
    g_string_truncate(heard.log, 0);
    cox_nettable_become(table, fresh, &handler);
    expect(&heard, "");
    cox_nettable_free(table);
    cox_nettable_free(fresh);
    g_string_free(heard.log, TRUE);
}

COX_TEST_MAIN(cmocka_unit_test(changes_are_told_once), cmocka_unit_test(one_that_is_renamed_is_gone_and_new),
              cmocka_unit_test(one_address_with_two_prefixes_is_two),
              cmocka_unit_test(after_a_loss_only_the_differences_are_told))
