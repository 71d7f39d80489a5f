/* Tests of lib/service/tickets.c. */
#include "service/tickets.h"

#include "base/testkit.h"

static void
a_ticket_is_used_once_and_never_again(void **state)
{
    struct cox_tickets *tickets = cox_tickets_new();
    const struct cox_tickets_entry entry = { .client = 5, .id = 9, .message = 3, .since = 7 };
    guint64 first = cox_tickets_issue(tickets, &entry), second = cox_tickets_issue(tickets, &entry);
    struct cox_tickets_entry got = { .client = 17 };

    (void) state;
    assert_true(first != 0 && second != 0 && first != second);
    assert_true(cox_tickets_is_wanted(tickets, first));
    assert_true(cox_tickets_take(tickets, first, &got));
    assert_int_equal(got.client, 5);
    assert_int_equal(got.id, 9);
    got.client = 17;
    assert_false(cox_tickets_take(tickets, first, &got));
    assert_int_equal(got.client, 17);
    assert_false(cox_tickets_is_wanted(tickets, first));
    assert_int_equal(cox_tickets_count(tickets), 1);
    cox_tickets_free(tickets);
}

static void
nobody_waits_for_the_tickets_of_a_client_that_is_gone_or_gave_up(void **state)
{
    struct cox_tickets *tickets = cox_tickets_new();
    guint64 numbers[4];
    struct cox_tickets_entry got;

    (void) state;
    for (guint32 i = 0; i < 4; i++) {
        const struct cox_tickets_entry entry = { .client = i == 3 ? 6 : 5, .id = i };

        numbers[i] = cox_tickets_issue(tickets, &entry);
    }
    assert_int_equal(cox_tickets_abandon_one(tickets, 5, 1), 1);
    assert_int_equal(cox_tickets_abandon_one(tickets, 5, 1), 0);
    assert_false(cox_tickets_is_wanted(tickets, numbers[1]));
    assert_true(cox_tickets_is_wanted(tickets, numbers[0]));
    assert_int_equal(cox_tickets_abandon(tickets, 5), 2);
    assert_true(cox_tickets_is_wanted(tickets, numbers[3]));
    assert_true(cox_tickets_take(tickets, numbers[0], &got)); /* whoever works on it may still use it */
    assert_int_equal(got.client, 0);
    cox_tickets_free(tickets);
}

COX_TEST_MAIN(cmocka_unit_test(a_ticket_is_used_once_and_never_again),
              cmocka_unit_test(nobody_waits_for_the_tickets_of_a_client_that_is_gone_or_gave_up))
