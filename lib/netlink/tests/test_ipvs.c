/* lib/netlink/tests/test_ipvs.c - a table is made, read and changed through messages, many in one send. */
#include "base/testkit.h"

#include <errno.h>

#include "base/error.h"
#include "netlink/ipvs_fake.h"
#include "netlink/ipvsmsg.h"

static struct cox_ipvs_service
service_of(const char *address, guint16 port)
{
    struct cox_ipvs_service service = { .family = COX_IP_V4, .protocol = 6, .port = port, .scheduler = "wrr", .persist_bits = 32 };

    assert_true(cox_ip_parse(address, &service.address));
    return service;
}

static struct cox_ipvs_dest
dest_of(guint i)
{
    struct cox_ipvs_dest dest = { .address = { COX_IP_V4, { 10, 0, (guint8) (i / 250), (guint8) (i % 250 + 1) } }, .port = 80, .weight = 1 };

    return dest;
}

static struct cox_ipvs *
kernel(struct cox_ipvs_wire **wire)
{
    struct cox_ipvs *ipvs;

    *wire = cox_ipvs_fake_new();
    ipvs = cox_ipvs_new_over(*wire, NULL);
    assert_non_null(ipvs);
    return ipvs;
}

static void
ten_thousand_servers_take_a_few_sends_and_are_read_as_they_were_written(void **state)
{
    enum { N = 10000 };
    struct cox_ipvs_wire *wire;
    g_autoptr(cox_ipvs) ipvs = kernel(&wire);
    struct cox_ipvs_service service = service_of("192.0.2.1", 80);
    struct cox_ipvs_change add = { COX_IPVS_ADD_SERVICE, &service, NULL, 0 };
    g_autofree struct cox_ipvs_dest *dests = g_new0(struct cox_ipvs_dest, N);
    g_autofree struct cox_ipvs_change *changes = g_new0(struct cox_ipvs_change, N);
    g_autoptr(GArray) services = g_array_new(FALSE, FALSE, sizeof service), found = g_array_new(FALSE, FALSE, sizeof dests[0]);
    guint before;

    (void) state;
    assert_int_equal(cox_ipvs_apply(ipvs, &add, 1), 0);
    for (guint i = 0; i < N; i++) {
        dests[i] = dest_of(i);
        changes[i] = (struct cox_ipvs_change) { COX_IPVS_ADD_DEST, &service, &dests[i], 0 };
    }
    before = cox_ipvs_fake_sends(wire);
    assert_int_equal(cox_ipvs_apply(ipvs, changes, N), 0);
    assert_true(cox_ipvs_fake_sends(wire) - before <= N / 100);
    assert_true(cox_ipvs_services(ipvs, services, NULL));
    assert_int_equal(services->len, 1);
    assert_memory_equal(services->data, &service, sizeof service);
    assert_true(cox_ipvs_dests(ipvs, &service, found, NULL));
    assert_int_equal(found->len, N);
    assert_memory_equal(found->data, dests, N * sizeof dests[0]);
}

static void
each_change_has_its_own_result(void **state)
{
    struct cox_ipvs_wire *wire;
    g_autoptr(cox_ipvs) ipvs = kernel(&wire);
    struct cox_ipvs_service one = service_of("192.0.2.1", 80), other = service_of("192.0.2.2", 80);
    struct cox_ipvs_dest first = dest_of(0), second = dest_of(1);
    struct cox_ipvs_change changes[] = {
        { COX_IPVS_ADD_SERVICE, &one, NULL, 0 }, { COX_IPVS_ADD_SERVICE, &one, NULL, 0 }, { COX_IPVS_ADD_DEST, &other, &first, 0 },
        { COX_IPVS_ADD_DEST, &one, &first, 0 },  { COX_IPVS_SET_DEST, &one, &second, 0 }, { COX_IPVS_DEL_DEST, &one, &second, 0 },
    };

    (void) state;
    assert_int_equal(cox_ipvs_apply(ipvs, changes, G_N_ELEMENTS(changes)), 2); /* to add what is there and to remove what is not is fine */
    assert_int_equal(changes[0].result, 0);
    assert_int_equal(changes[1].result, EEXIST);
    assert_int_equal(changes[2].result, ESRCH);
    assert_int_equal(changes[3].result, 0);
    assert_int_equal(changes[4].result, ENOENT);
    assert_int_equal(changes[5].result, ENOENT);
    assert_int_equal(cox_ipvs_fake_sends(wire), 2);
}

static guint n_answers;
static gssize (*fake_receive)(struct cox_ipvs_wire *wire, const guint8 **data);

static gssize
count_answers(struct cox_ipvs_wire *wire, const guint8 **data)
{
    gssize size = fake_receive(wire, data);
    struct cox_ipvsmsg message;

    for (size_t at = 0; size > 0 && cox_ipvsmsg_next(*data, (size_t) size, &at, &message);) {
        n_answers += message.is_answer;
    }
    return size;
}

static void
only_failures_and_the_end_of_a_batch_are_answered(void **state)
{
    struct cox_ipvs_wire *wire;
    g_autoptr(cox_ipvs) ipvs = kernel(&wire);
    struct cox_ipvs_service service = service_of("192.0.2.1", 80);
    struct cox_ipvs_dest dests[300];
    struct cox_ipvs_change changes[302] = { { COX_IPVS_ADD_SERVICE, &service, NULL, 0 } };
    guint before;

    (void) state;
    for (guint i = 0; i < 300; i++) {
        dests[i] = dest_of(i);
        changes[i + 1] = (struct cox_ipvs_change) { COX_IPVS_ADD_DEST, &service, &dests[i], 0 };
    }
    changes[301] = changes[7];
    fake_receive = wire->receive;
    wire->receive = count_answers;
    n_answers = 0;
    before = cox_ipvs_fake_sends(wire);
    assert_int_equal(cox_ipvs_apply(ipvs, changes, 301), 0);
    assert_int_equal(n_answers, cox_ipvs_fake_sends(wire) - before);
    n_answers = 0;
    assert_int_equal(cox_ipvs_apply(ipvs, &changes[299], 3), 0);
    assert_int_equal(n_answers, 3);
    for (guint i = 299; i < 302; i++) {
        assert_int_equal(changes[i].result, EEXIST);
    }
}

static void
a_weight_changes_and_a_service_goes_with_its_servers(void **state)
{
    struct cox_ipvs_wire *wire;
    g_autoptr(cox_ipvs) ipvs = kernel(&wire);
    struct cox_ipvs_service service = service_of("192.0.2.1", 80), marked = { .family = COX_IP_V6, .mark = 7, .scheduler = "rr", .persist_bits = 128 };
    struct cox_ipvs_dest dest = dest_of(0);
    struct cox_ipvs_change make[] = { { COX_IPVS_ADD_SERVICE, &service, NULL, 0 }, { COX_IPVS_ADD_DEST, &service, &dest, 0 }, { COX_IPVS_ADD_SERVICE, &marked, NULL, 0 } };
    struct cox_ipvs_change set = { COX_IPVS_SET_DEST, &service, &dest, 0 }, drop = { COX_IPVS_DEL_SERVICE, &service, NULL, 0 };
    g_autoptr(GArray) services = g_array_new(FALSE, FALSE, sizeof service), dests = g_array_new(FALSE, FALSE, sizeof dest);

    (void) state;
    assert_int_equal(cox_ipvs_apply(ipvs, make, 3), 0);
    dest.weight = 0;
    assert_int_equal(cox_ipvs_apply(ipvs, &set, 1), 0);
    assert_true(cox_ipvs_dests(ipvs, &service, dests, NULL));
    assert_int_equal(g_array_index(dests, struct cox_ipvs_dest, 0).weight, 0);
    assert_int_equal(cox_ipvs_apply(ipvs, &drop, 1), 0);
    assert_true(cox_ipvs_services(ipvs, services, NULL));
    assert_int_equal(services->len, 1);
    assert_int_equal(g_array_index(services, struct cox_ipvs_service, 0).mark, 7);
    assert_true(cox_ipvs_flush(ipvs, NULL));
    g_array_set_size(services, 0);
    assert_true(cox_ipvs_services(ipvs, services, NULL));
    assert_int_equal(services->len, 0);
}

static void
timeouts_and_daemons_are_set_and_read(void **state)
{
    struct cox_ipvs_wire *wire;
    g_autoptr(cox_ipvs) ipvs = kernel(&wire);
    struct cox_ipvs_timeouts wanted = { 600, 60, 30 }, found = { 0 };
    struct cox_ipvs_daemon daemon = { .interface = "eth0", .id = 9 };
    g_autoptr(GArray) daemons = g_array_new(FALSE, FALSE, sizeof daemon);
    g_autoptr(GError) error = NULL;

    (void) state;
    assert_true(cox_ipvs_set_timeouts(ipvs, &wanted, NULL));
    assert_true(cox_ipvs_timeouts(ipvs, &found, NULL));
    assert_memory_equal(&found, &wanted, sizeof wanted);
    assert_true(cox_ipvs_set_daemon(ipvs, &daemon, true, NULL));
    assert_false(cox_ipvs_set_daemon(ipvs, &daemon, true, &error));
    assert_string_equal(error->message, "IPVS: synchronization daemon not started: File exists");
    assert_true(cox_ipvs_daemons(ipvs, daemons, NULL));
    assert_int_equal(daemons->len, 1);
    assert_string_equal(g_array_index(daemons, struct cox_ipvs_daemon, 0).interface, "eth0");
    assert_true(cox_ipvs_set_daemon(ipvs, &daemon, false, NULL));
}

static void
a_kernel_without_it_is_named_and_lost_answers_are_failures(void **state)
{
    struct cox_ipvs_wire *absent = cox_ipvs_fake_new(), *deaf;
    g_autoptr(GError) error = NULL;
    g_autoptr(cox_ipvs) ipvs = NULL;
    struct cox_ipvs_service service = service_of("192.0.2.1", 80);
    struct cox_ipvs_change change = { COX_IPVS_ADD_SERVICE, &service, NULL, 0 };

    (void) state;
    cox_ipvs_fake_set_absent(absent);
    assert_null(cox_ipvs_new_over(absent, &error));
    assert_true(g_error_matches(error, COX_ERROR, COX_ERROR_NOT_INSTALLED));
    ipvs = kernel(&deaf);
    cox_ipvs_fake_set_deaf(deaf);
    assert_int_equal(cox_ipvs_apply(ipvs, &change, 1), 1);
    assert_int_equal(change.result, ETIMEDOUT);
}

static void
this_kernel_has_it_or_says_that_it_has_not(void **state)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(cox_ipvs) ipvs = cox_ipvs_new(&error);

    (void) state;
    if (ipvs == NULL) {
        assert_true(g_error_matches(error, COX_ERROR, COX_ERROR_NOT_INSTALLED));
        assert_non_null(strstr(error->message, "load module ip_vs"));
    } else {
        assert_null(error);
    }
}

COX_TEST_MAIN(cmocka_unit_test(this_kernel_has_it_or_says_that_it_has_not), cmocka_unit_test(ten_thousand_servers_take_a_few_sends_and_are_read_as_they_were_written), cmocka_unit_test(each_change_has_its_own_result),
              cmocka_unit_test(only_failures_and_the_end_of_a_batch_are_answered),
              cmocka_unit_test(a_weight_changes_and_a_service_goes_with_its_servers), cmocka_unit_test(timeouts_and_daemons_are_set_and_read),
              cmocka_unit_test(a_kernel_without_it_is_named_and_lost_answers_are_failures))
