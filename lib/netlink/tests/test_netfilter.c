/* lib/netlink/tests/test_netfilter.c - the kernel drops what it is asked to drop, and nothing else; in a namespace of our own. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* unshare() */
#endif
#include "base/testkit.h"

#include <arpa/inet.h>
#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/error.h"
#include "netlink/netfilter.h"

/* Skips where there is no namespace, or no nftables in the kernel. */
static void
enter(void)
{
    g_autoptr(GError) error = NULL;

    if (geteuid() != 0 || unshare(CLONE_NEWNET) != 0 || system("ip link set lo up && ip addr add 10.9.0.1/32 dev lo && ip addr add fd09::1/128 dev lo") != 0) {
        skip();
    }
    if (!cox_netfilter_drop("coxtest", -1, NULL, 0, &error)) {
        print_message("%s\n", error->message);
        skip();
    }
}

/* Is a datagram to a port that nobody has refused?  Dropped, nothing comes back. */
static bool
answers(const char *text)
{
    struct sockaddr_in6 six = { .sin6_family = AF_INET6, .sin6_port = htons(9) };
    struct sockaddr_in four = { .sin_family = AF_INET, .sin_port = htons(9) };
    bool is_v6 = inet_pton(AF_INET6, text, &six.sin6_addr) == 1;
    const struct timeval limit = { .tv_usec = 200000 };
    int fd = socket(is_v6 ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    bool is_refused;
    char byte = 0;

    assert_true(fd >= 0 && (is_v6 || inet_pton(AF_INET, text, &four.sin_addr) == 1));
    assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit), 0);
    assert_int_equal(connect(fd, is_v6 ? (struct sockaddr *) &six : (struct sockaddr *) &four, is_v6 ? sizeof six : sizeof four), 0);
    assert_int_equal(send(fd, &byte, 1, 0), 1);
    is_refused = recv(fd, &byte, 1, 0) < 0 && errno == ECONNREFUSED;
    close(fd);
    return is_refused;
}

static void
what_comes_in_for_an_address_is_dropped_in_a_namespace(void **state)
{
    struct cox_ip addresses[2];
    g_autoptr(GError) error = NULL;

    (void) state;
    enter();
    assert_true(cox_ip_parse("10.9.0.1", &addresses[0]) && cox_ip_parse("fd09::1", &addresses[1]));
    assert_true(answers("10.9.0.1") && answers("fd09::1"));
    if (!cox_netfilter_drop("coxtest", -1, addresses, 2, &error)) {
        fail_msg("%s", error->message);
    }
    assert_false(answers("10.9.0.1") || answers("fd09::1"));
    assert_true(answers("127.0.0.1") && answers("::1"));
    assert_true(cox_netfilter_drop("coxtest", -1, addresses + 1, 1, NULL)); /* instead of what was there */
    assert_true(answers("10.9.0.1"));
    assert_false(answers("fd09::1"));
    assert_true(cox_netfilter_drop("coxtest", -1, NULL, 0, NULL));
    assert_true(answers("fd09::1"));
}

static void
a_thousand_addresses_are_one_transaction_in_a_namespace(void **state)
{
    g_autofree struct cox_ip *addresses = g_new0(struct cox_ip, 1000);

    (void) state;
    enter();
    for (guint i = 0; i < 1000; i++) {
        addresses[i] = (struct cox_ip) { COX_IP_V4, { 10, 9, (guint8) (i / 250), (guint8) (i % 250) } };
    }
    assert_true(cox_netfilter_drop("coxtest", -1, addresses, 1000, NULL));
    assert_false(answers("10.9.0.1"));
    assert_true(cox_netfilter_drop("coxtest", -1, NULL, 0, NULL));
    assert_true(answers("10.9.0.1"));
}

static void
a_refusal_changes_nothing_in_a_namespace(void **state)
{
    struct cox_ip address;
    g_autofree char *name = g_strnfill(300, 'x'); /* longer than a name may be */
    g_autoptr(GError) error = NULL;

    (void) state;
    enter();
    assert_true(cox_ip_parse("10.9.0.1", &address));
    assert_true(cox_netfilter_drop("coxtest", -1, &address, 1, NULL));
    assert_false(cox_netfilter_drop(name, -1, &address, 1, &error));
    assert_true(g_error_matches(error, COX_ERROR, COX_ERROR_OS));
    assert_false(answers("10.9.0.1"));
}

COX_TEST_MAIN(cmocka_unit_test(what_comes_in_for_an_address_is_dropped_in_a_namespace), cmocka_unit_test(a_thousand_addresses_are_one_transaction_in_a_namespace),
              cmocka_unit_test(a_refusal_changes_nothing_in_a_namespace))
