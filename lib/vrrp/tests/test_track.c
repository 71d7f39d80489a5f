/* lib/vrrp/tests/test_track.c */
#include "vrrp/track.h"

#include "base/testkit.h"

#define MS COX_USEC_PER_MS
#define S COX_USEC_PER_S

static struct cox_vrrp_verdict
judged(const struct cox_vrrp_facts *facts, enum cox_vrrp_track_kind kind, gint32 weight, bool is_reversed)
{
    struct cox_vrrp_track track = { kind, "x", { weight, is_reversed } };
    struct cox_vrrp_verdict verdict = { 0 };

    cox_vrrp_facts_judge(facts, &track, 1, true, &verdict);
    return verdict;
}

static void
expect(struct cox_vrrp_verdict verdict, bool is_bad, gint64 weight)
{
    assert_int_equal(verdict.bad != NULL, is_bad);
    assert_int_equal(verdict.weight, weight);
}

static void
up_and_down_count_as_their_weight_says(void **state)
{
    struct cox_vrrp_facts facts;

    cox_vrrp_facts_init(&facts);
    expect(judged(&facts, COX_VRRP_TRACK_PROCESS, 0, false), true, 0); /* not known is down */
    expect(judged(&facts, COX_VRRP_TRACK_PROCESS, 0, true), false, 0);
    expect(judged(&facts, COX_VRRP_TRACK_PROCESS, 20, false), false, 0);
    expect(judged(&facts, COX_VRRP_TRACK_PROCESS, -20, false), false, -20);
    expect(judged(&facts, COX_VRRP_TRACK_PROCESS, -20, true), false, 20);
    assert_true(cox_vrrp_facts_result(&facts, COX_VRRP_TRACK_PROCESS, "x", 1));
    assert_false(cox_vrrp_facts_result(&facts, COX_VRRP_TRACK_PROCESS, "x", 1));
    expect(judged(&facts, COX_VRRP_TRACK_PROCESS, 0, false), false, 0);
    expect(judged(&facts, COX_VRRP_TRACK_PROCESS, 0, true), true, 0);
    expect(judged(&facts, COX_VRRP_TRACK_PROCESS, 20, false), false, 20);
    expect(judged(&facts, COX_VRRP_TRACK_PROCESS, 20, true), false, -20);
    expect(judged(&facts, COX_VRRP_TRACK_PROCESS, -20, false), false, 0);
    expect(judged(&facts, COX_VRRP_TRACK_RESOURCE, 0, false), true, 0); /* another kind, the same name */
    cox_vrrp_facts_clear(&facts);
    (void) state;
}

static void
numbers_count_times_their_weight(void **state)
{
    struct cox_vrrp_facts facts;

    cox_vrrp_facts_init(&facts);
    expect(judged(&facts, COX_VRRP_TRACK_FILE, 1, false), false, 0);
    expect(judged(&facts, COX_VRRP_TRACK_FILE, 0, true), true, 0);
    assert_true(cox_vrrp_facts_result(&facts, COX_VRRP_TRACK_FILE, "x", -20));
    expect(judged(&facts, COX_VRRP_TRACK_FILE, 1, false), false, -20);
    expect(judged(&facts, COX_VRRP_TRACK_FILE, 3, true), false, 60);
    expect(judged(&facts, COX_VRRP_TRACK_FILE, 0, false), true, 0);
    expect(judged(&facts, COX_VRRP_TRACK_FILE, 0, true), false, 0);
    expect(judged(&facts, COX_VRRP_TRACK_FILE, 12, false), false, -240);
    expect(judged(&facts, COX_VRRP_TRACK_FILE, 13, false), true, -260);
    assert_true(cox_vrrp_facts_result(&facts, COX_VRRP_TRACK_ATTRIBUTE, "x", G_MAXINT64));
    assert_true(judged(&facts, COX_VRRP_TRACK_ATTRIBUTE, G_MAXINT32, false).weight > 0);
    assert_non_null(judged(&facts, COX_VRRP_TRACK_ATTRIBUTE, G_MININT32, false).bad);
    cox_vrrp_facts_clear(&facts);
    (void) state;
}

static void
without_weights_only_faults_count(void **state)
{
    const struct cox_vrrp_track tracks[] = { { COX_VRRP_TRACK_PROCESS, "a", { -20, false } }, { COX_VRRP_TRACK_PROCESS, "b", { 0, false } },
                                             { COX_VRRP_TRACK_PROCESS, "c", { 0, false } } };
    struct cox_vrrp_verdict verdict = { 0 };
    struct cox_vrrp_facts facts;

    cox_vrrp_facts_init(&facts);
    cox_vrrp_facts_judge(&facts, tracks, 3, false, &verdict);
    assert_int_equal(verdict.weight, 0);
    assert_string_equal(verdict.bad->name, "b");
    cox_vrrp_facts_clear(&facts);
    (void) state;
}

/* ---- scripts ---- */

static guint
runs(struct cox_vrrp_facts *facts, cox_usec now)
{
    struct cox_vrrp_effects out;
    guint n;

    cox_vrrp_effects_init(&out);
    cox_vrrp_facts_wake(facts, now, &out);
    n = cox_vrrp_effects_count(&out);
    for (guint i = 0; i < n; i++) {
        assert_int_equal(cox_vrrp_effects_get(&out, i)->kind, COX_VRRP_DO_RUN);
    }
    cox_vrrp_effects_clear(&out);
    return n;
}

static void
scripts_run_in_their_interval_but_never_twice_at_once(void **state)
{
    struct cox_vrrp_script scripts[] = { { .name = "x", .interval = S, .rise = 2, .fall = 3 } };
    struct cox_vrrp_set set = { .scripts = scripts, .n_scripts = 1 }, none = { 0 };
    struct cox_vrrp_facts facts;

    cox_vrrp_facts_init(&facts);
    assert_true(cox_vrrp_facts_next(&facts) == COX_USEC_NEVER);
    cox_vrrp_facts_configure(&facts, &set, 10);
    assert_int_equal(cox_vrrp_facts_next(&facts), 10);
    assert_int_equal(runs(&facts, 10), 1);
    assert_int_equal(cox_vrrp_facts_next(&facts), 10 + S);
    assert_int_equal(runs(&facts, 10 + S), 0); /* its last run goes on */
    cox_vrrp_facts_result(&facts, COX_VRRP_TRACK_SCRIPT, "x", 1);
    cox_vrrp_facts_configure(&facts, &set, 10 + S); /* a reload is no reason to run it */
    assert_int_equal(runs(&facts, 10 + S), 0);
    assert_int_equal(runs(&facts, 10 + 2 * S), 1);
    cox_vrrp_facts_configure(&facts, &none, 10 + 2 * S);
    assert_true(cox_vrrp_facts_next(&facts) == COX_USEC_NEVER);
    assert_false(cox_vrrp_facts_result(&facts, COX_VRRP_TRACK_SCRIPT, "x", 0)); /* of the one that was */
    cox_vrrp_facts_clear(&facts);
    (void) state;
}

static void
a_script_changes_after_enough_results_in_a_row(void **state)
{
    struct cox_vrrp_script scripts[] = { { .name = "x", .interval = S, .rise = 2, .fall = 3 } };
    struct cox_vrrp_set set = { .scripts = scripts, .n_scripts = 1 };
    static const char results[] = "1001000110110", changes[] = "0000001010000";
    struct cox_vrrp_facts facts;

    cox_vrrp_facts_init(&facts);
    cox_vrrp_facts_configure(&facts, &set, 0);
    expect(judged(&facts, COX_VRRP_TRACK_SCRIPT, 0, false), false, 0); /* good until it fails */
    for (guint i = 0; results[i] != '\0'; i++) {
        assert_int_equal(cox_vrrp_facts_result(&facts, COX_VRRP_TRACK_SCRIPT, "x", results[i] - '0'), changes[i] - '0');
    }
    cox_vrrp_facts_clear(&facts);
    scripts[0].is_down_first = true;
    cox_vrrp_facts_init(&facts);
    cox_vrrp_facts_configure(&facts, &set, 0);
    expect(judged(&facts, COX_VRRP_TRACK_SCRIPT, 0, false), true, 0);
    cox_vrrp_facts_clear(&facts);
    (void) state;
}

/* ---- interfaces ---- */

static bool
link_is(struct cox_vrrp_facts *facts, guint index, bool is_up, cox_usec now)
{
    struct cox_vrrp_link link = { .name = "x", .index = index, .is_up = is_up };

    return cox_vrrp_facts_link(facts, &link, now);
}

static void
an_interface_changes_at_once_or_after_its_delay(void **state)
{
    const struct cox_vrrp_debounce delay = { "x", 300 * MS, 100 * MS };
    struct cox_vrrp_set set = { .debounces = &delay, .n_debounces = 1 };
    struct cox_vrrp_facts facts;

    cox_vrrp_facts_init(&facts);
    assert_null(cox_vrrp_facts_port(&facts, "x"));
    assert_null(cox_vrrp_facts_port(&facts, NULL));
    cox_vrrp_facts_configure(&facts, &set, 0);
    assert_true(link_is(&facts, 5, true, 0)); /* the first news counts at once */
    assert_true(cox_vrrp_facts_port(&facts, "x")->is_up);
    assert_false(link_is(&facts, 5, false, 0));
    assert_int_equal(cox_vrrp_facts_next(&facts), 300 * MS);
    assert_false(link_is(&facts, 5, false, 200 * MS)); /* the same news: the delay goes on */
    assert_false(link_is(&facts, 5, true, 250 * MS));
    assert_true(cox_vrrp_facts_next(&facts) == COX_USEC_NEVER);
    assert_false(link_is(&facts, 5, false, S));
    assert_int_equal(runs(&facts, S + 300 * MS), 0);
    assert_false(cox_vrrp_facts_port(&facts, "x")->is_up);
    assert_false(link_is(&facts, 5, true, 2 * S));
    assert_int_equal(cox_vrrp_facts_next(&facts), 2 * S + 100 * MS);
    runs(&facts, 2 * S + 100 * MS);
    assert_true(link_is(&facts, 0, false, 3 * S)); /* gone: at once */
    expect(judged(&facts, COX_VRRP_TRACK_INTERFACE, 0, false), true, 0);
    assert_true(link_is(&facts, 6, true, 3 * S));
    expect(judged(&facts, COX_VRRP_TRACK_INTERFACE, 0, false), false, 0);
    cox_vrrp_facts_configure(&facts, &(struct cox_vrrp_set) { 0 }, 3 * S);
    assert_true(link_is(&facts, 6, false, 3 * S)); /* no delay any more */
    cox_vrrp_facts_clear(&facts);
    (void) state;
}

static void
other_addresses_are_news(void **state)
{
    struct cox_ip addresses[2] = { { COX_IP_V4, { 10, 0, 0, 1 } }, { COX_IP_V4, { 10, 0, 0, 2 } } };
    struct cox_vrrp_link link = { .name = "x", .index = 5, .is_up = true, .addresses = addresses, .n_addresses = 2 };
    struct cox_vrrp_facts facts;

    cox_vrrp_facts_init(&facts);
    assert_true(cox_vrrp_facts_link(&facts, &link, 0));
    assert_false(cox_vrrp_facts_link(&facts, &link, 0));
    addresses[1].bytes[3] = 3;
    assert_true(cox_vrrp_facts_link(&facts, &link, 0));
    link.n_addresses = 0;
    assert_true(cox_vrrp_facts_link(&facts, &link, 0));
    assert_false(cox_vrrp_facts_link(&facts, &link, 0));
    cox_vrrp_facts_clear(&facts);
    (void) state;
}

COX_TEST_MAIN(cmocka_unit_test(up_and_down_count_as_their_weight_says), cmocka_unit_test(numbers_count_times_their_weight),
              cmocka_unit_test(without_weights_only_faults_count), cmocka_unit_test(scripts_run_in_their_interval_but_never_twice_at_once),
              cmocka_unit_test(a_script_changes_after_enough_results_in_a_row), cmocka_unit_test(an_interface_changes_at_once_or_after_its_delay),
              cmocka_unit_test(other_addresses_are_news))
