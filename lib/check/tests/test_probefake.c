/* lib/check/tests/test_probefake.c - probes of servers that are told what they are. */
#include "base/testkit.h"

#include "check/probefake.h"
#include "runtime/fake.h"

static GString *told;

static void
on_answer(void *context, guint64 number, const struct cox_lvs_answer *answer)
{
    (void) context;
    g_string_append_printf(told, "%lu:%s ", (unsigned long) number, answer->is_good ? "good" : answer->text);
}

static void
servers_are_what_they_are_told(void **state)
{
    g_autoptr(cox_runtime) runtime = cox_fake_new(0, cox_wall_from_seconds(0));
    const struct cox_probe_config config = { .runtime = runtime, .on_answer = on_answer };
    g_autoptr(cox_probes) probes = cox_probefake_new(&config, 100);
    struct cox_lvs_check check;

    (void) state;
    told = g_string_new(NULL);
    cox_lvs_check_init(&check, COX_LVS_CHECK_TCP);
    check.path.to = (struct cox_ip) { .family = 4, .bytes = { 10, 0, 0, 1 } };
    check.timeout_ms = 1000;
    cox_probes_begin(probes, 1, &check);
    cox_probes_begin(probes, 2, &check);
    cox_probes_cancel(probes, 2);
    cox_probes_cancel(probes, 77);
    assert_int_equal(cox_probes_count(probes), 1);
    cox_runtime_run(runtime);
    assert_string_equal(told->str, "1:good ");
    cox_probefake_set(probes, &check.path.to, 0, COX_PROBEFAKE_BAD);
    cox_probes_begin(probes, 3, &check);
    cox_runtime_run(runtime);
    cox_probefake_set(probes, &check.path.to, 0, COX_PROBEFAKE_MUTE);
    cox_probes_begin(probes, 4, &check);
    cox_runtime_run(runtime);
    assert_string_equal(told->str, "1:good 3:it is bad 4:no answer in time ");
    cox_probes_begin(probes, 5, &check); /* is ended with the prober */
    g_string_free(told, TRUE);
}

COX_TEST_MAIN(cmocka_unit_test(servers_are_what_they_are_told))
