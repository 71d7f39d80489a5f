/* Tests of lib/supervise/planguard.c */
#include "supervise/planguard.h"

#include "base/testkit.h"

#define SECONDS(n) ((cox_usec) (n) * COX_USEC_PER_S)

struct world {
    struct cox_planguard *guard;
    cox_usec now, wake_at;
    GString *log; /* what was asked for since the last look */
};

static void
setup(struct world *w)
{
    static const struct cox_planguard_config config = { .crash_limit = 3, .retry_ms = 1000, .retry_max_ms = 4000 };

    w->guard = cox_planguard_new(&config);
    w->now = 1000;
    w->wake_at = COX_USEC_NEVER;
    w->log = g_string_new(NULL);
}

static void
teardown(struct world *w)
{
    cox_planguard_free(w->guard);
    g_string_free(w->log, TRUE);
}

/* Feed one event; return what it leads to, in words. */
static const char *
feed_with(struct world *w, enum cox_planguard_event_kind kind, const char *config, const char *object)
{
    struct cox_planguard_event event = { kind, config, object };
    struct cox_planguard_effects out;

    if (kind == COX_PLANGUARD_ON_WAKE) {
        w->wake_at = COX_USEC_NEVER;
    }
    g_string_truncate(w->log, 0);
    cox_planguard_effects_init(&out);
    cox_planguard_step(w->guard, &event, w->now, &out);
    for (guint i = 0; i < cox_planguard_effects_count(&out); i++) {
        const struct cox_planguard_effect *e = cox_planguard_effects_get(&out, i);

        switch (e->kind) {
            case COX_PLANGUARD_DO_PLAN:
                g_string_append_printf(w->log, "plan %s%s;", e->config, e->is_fallback ? " (fallback)" : "");
                break;
            case COX_PLANGUARD_DO_SAVE:
                g_string_append_printf(w->log, "save %s;", e->config);
                break;
            case COX_PLANGUARD_DO_SAY:
                g_string_append_printf(w->log, "say %s by %s, use %s;", e->config, e->object ? e->object : "-",
                                       e->fallback ? e->fallback : "nothing");
                break;
            case COX_PLANGUARD_DO_CLEAR:
                g_string_append_printf(w->log, "clear %s;", e->config);
                break;
            case COX_PLANGUARD_DO_WAKE:
                w->wake_at = e->at;
                break;
        }
    }
    cox_planguard_effects_clear(&out);
    return w->log->str;
}

static const char *
feed(struct world *w, enum cox_planguard_event_kind kind)
{
    return feed_with(w, kind, NULL, NULL);
}

static const char *
configure(struct world *w, const char *config, const char *object)
{
    return feed_with(w, COX_PLANGUARD_ON_CONFIG, config, object);
}

static void
a_crash_or_two_are_forgiven(void **state)
{
    struct world w;

    (void) state;
    setup(&w);
    assert_string_equal(feed(&w, COX_PLANGUARD_ON_ASK), ""); /* nothing to plan yet */
    assert_string_equal(configure(&w, "A", NULL), "plan A;");
    assert_string_equal(feed(&w, COX_PLANGUARD_ON_ASK), "");  /* one at a time */
    assert_string_equal(feed(&w, COX_PLANGUARD_ON_PLANNED), "plan A;");
    assert_string_equal(feed(&w, COX_PLANGUARD_ON_CRASHED), "plan A;");
    assert_string_equal(feed(&w, COX_PLANGUARD_ON_CRASHED), "plan A;");
    assert_string_equal(feed(&w, COX_PLANGUARD_ON_PLANNED), "");
    assert_string_equal(feed(&w, COX_PLANGUARD_ON_ASK), "plan A;");
    assert_string_equal(feed(&w, COX_PLANGUARD_ON_CRASHED), "plan A;"); /* counted from the start again */
    assert_string_equal(feed(&w, COX_PLANGUARD_ON_CRASHED), "plan A;");
    assert_string_equal(feed(&w, COX_PLANGUARD_ON_PLANNED), "");
    teardown(&w);
}

static void
the_third_crash_sets_it_aside_and_the_last_good_one_stays_in_force(void **state)
{
    struct world w;

    (void) state;
    setup(&w);
    configure(&w, "A", NULL);
    feed(&w, COX_PLANGUARD_ON_ASK);
    feed(&w, COX_PLANGUARD_ON_PLANNED);
    configure(&w, "B", "rsc1");
    assert_string_equal(configure(&w, "C", "rsc2"), "");
    assert_string_equal(feed(&w, COX_PLANGUARD_ON_ASK), "plan C;");
    assert_string_equal(feed(&w, COX_PLANGUARD_ON_CRASHED), "plan C;");
    assert_string_equal(feed(&w, COX_PLANGUARD_ON_CRASHED), "plan C;");
    assert_string_equal(feed(&w, COX_PLANGUARD_ON_CRASHED), "save C;say C by rsc2, use A;plan A (fallback);");
    assert_string_equal(feed(&w, COX_PLANGUARD_ON_PLANNED), "");
    assert_string_equal(feed(&w, COX_PLANGUARD_ON_ASK), "plan A (fallback);");
    assert_string_equal(feed(&w, COX_PLANGUARD_ON_PLANNED), "");
    assert_string_equal(configure(&w, "C", NULL), ""); /* the same again is no change */
    assert_string_equal(configure(&w, "D", "rsc2"), "plan D;");
    assert_string_equal(feed(&w, COX_PLANGUARD_ON_PLANNED), "clear D;");
    assert_string_equal(feed(&w, COX_PLANGUARD_ON_ASK), "plan D;");
    teardown(&w);
}

static void
a_fallback_that_crashes_too_is_tried_again_after_growing_pauses(void **state)
{
    static const gint64 pauses_s[] = { 1, 2, 4, 4 };
    struct world w;

    (void) state;
    setup(&w);
    configure(&w, "A", NULL);
    feed(&w, COX_PLANGUARD_ON_ASK);
    feed(&w, COX_PLANGUARD_ON_PLANNED);
    configure(&w, "B", "rsc1");
    feed(&w, COX_PLANGUARD_ON_ASK);
    for (int i = 0; i < 4; i++) {
        feed(&w, COX_PLANGUARD_ON_CRASHED);
    }
    assert_string_equal(feed(&w, COX_PLANGUARD_ON_CRASHED), "plan A (fallback);");
    for (size_t i = 0; i < G_N_ELEMENTS(pauses_s); i++) {
        assert_string_equal(feed(&w, COX_PLANGUARD_ON_CRASHED), "");
        assert_int_equal(w.wake_at, w.now + SECONDS(pauses_s[i]));
        assert_string_equal(feed(&w, COX_PLANGUARD_ON_ASK), "");
        w.now = w.wake_at;
        assert_string_equal(feed(&w, COX_PLANGUARD_ON_WAKE), "plan A (fallback);");
    }
    assert_string_equal(feed(&w, COX_PLANGUARD_ON_PLANNED), "");
    assert_int_equal(w.wake_at, COX_USEC_NEVER);
    teardown(&w);
}

static void
without_anything_to_fall_back_on_it_says_so_and_tries_on(void **state)
{
    struct world w;

    (void) state;
    setup(&w);
    configure(&w, "A", "rsc1");
    feed(&w, COX_PLANGUARD_ON_ASK);
    feed(&w, COX_PLANGUARD_ON_CRASHED);
    feed(&w, COX_PLANGUARD_ON_CRASHED);
    assert_string_equal(feed(&w, COX_PLANGUARD_ON_CRASHED), "save A;say A by rsc1, use nothing;");
    w.now = w.wake_at;
    assert_string_equal(feed(&w, COX_PLANGUARD_ON_WAKE), "plan A (fallback);");
    assert_string_equal(feed(&w, COX_PLANGUARD_ON_PLANNED), "clear A;"); /* another status, and it works */
    assert_string_equal(feed(&w, COX_PLANGUARD_ON_ASK), "plan A;");
    teardown(&w);
}

static void
a_configuration_that_was_good_may_crash_over_a_new_status(void **state)
{
    struct world w;

    (void) state;
    setup(&w);
    configure(&w, "A", NULL);
    feed(&w, COX_PLANGUARD_ON_ASK);
    feed(&w, COX_PLANGUARD_ON_PLANNED);
    feed(&w, COX_PLANGUARD_ON_ASK);
    feed(&w, COX_PLANGUARD_ON_CRASHED);
    feed(&w, COX_PLANGUARD_ON_CRASHED);
    assert_string_equal(feed(&w, COX_PLANGUARD_ON_CRASHED), "save A;say A by -, use nothing;");
    assert_string_equal(configure(&w, "B", "rsc1"), "plan B;");
    teardown(&w);
}

static void
a_crash_over_an_older_configuration_does_not_count(void **state)
{
    struct world w;

    (void) state;
    setup(&w);
    configure(&w, "A", NULL);
    feed(&w, COX_PLANGUARD_ON_ASK);
    assert_string_equal(configure(&w, "B", NULL), "");
    assert_string_equal(feed(&w, COX_PLANGUARD_ON_CRASHED), "plan B;");
    configure(&w, "C", NULL);
    assert_string_equal(feed(&w, COX_PLANGUARD_ON_PLANNED), ""); /* B can be planned, C is not known */
    assert_string_equal(feed(&w, COX_PLANGUARD_ON_PLANNED), ""); /* nobody waits for these */
    assert_string_equal(feed(&w, COX_PLANGUARD_ON_CRASHED), "");
    cox_planguard_free(NULL);
    teardown(&w);
}

static void
whatever_happens_it_goes_on_planning_and_saves_each_bad_one_once(void **state)
{
    (void) state;
    for (guint32 seed = 1; seed <= 100; seed++) {
        g_autoptr(GRand) random = g_rand_new_with_seed(seed);
        struct world w;
        guint32 n_configs = 0;
        bool is_busy = false;

        setup(&w);
        for (int i = 0; i < 300; i++) {
            g_autofree char *config = NULL;
            const char *log = "";

            w.now += g_rand_int_range(random, 0, 1000000);
            switch (g_rand_int_range(random, 0, 4)) {
                case 0:
                    config = g_strdup_printf("c%u", n_configs += (guint32) g_rand_int_range(random, 0, 2));
                    log = configure(&w, config, "x");
                    break;
                case 1:
                    log = feed(&w, COX_PLANGUARD_ON_ASK);
                    break;
                case 2:
                    log = feed(&w, g_rand_boolean(random) ? COX_PLANGUARD_ON_PLANNED : COX_PLANGUARD_ON_CRASHED);
                    is_busy = false;
                    break;
                default:
                    if (w.wake_at <= w.now) {
                        log = feed(&w, COX_PLANGUARD_ON_WAKE);
                    }
                    break;
            }
            if (strstr(log, "plan ") != NULL) {
                assert_false(is_busy); /* one plan at a time */
                is_busy = true;
            }
        }
        /* The last configuration is good: it is planned, whatever came before. */
        configure(&w, "last", NULL);
        feed(&w, COX_PLANGUARD_ON_PLANNED);
        feed(&w, COX_PLANGUARD_ON_ASK);
        w.now += SECONDS(10);
        feed(&w, COX_PLANGUARD_ON_WAKE);
        feed(&w, COX_PLANGUARD_ON_PLANNED);
        feed(&w, COX_PLANGUARD_ON_PLANNED);
        assert_string_equal(feed(&w, COX_PLANGUARD_ON_ASK), "plan last;");
        teardown(&w);
    }
}

COX_TEST_MAIN(cmocka_unit_test(a_crash_or_two_are_forgiven),
              cmocka_unit_test(the_third_crash_sets_it_aside_and_the_last_good_one_stays_in_force),
              cmocka_unit_test(a_fallback_that_crashes_too_is_tried_again_after_growing_pauses),
              cmocka_unit_test(without_anything_to_fall_back_on_it_says_so_and_tries_on),
              cmocka_unit_test(a_configuration_that_was_good_may_crash_over_a_new_status),
              cmocka_unit_test(a_crash_over_an_older_configuration_does_not_count),
              cmocka_unit_test(whatever_happens_it_goes_on_planning_and_saves_each_bad_one_once))
