/* Tests of lib/follow/follow_fake.c and follow.c. */
#include "follow/follow_fake.h"

#include "base/error.h"
#include "base/testkit.h"
#include "runtime/fake.h"

#define START "<cib admin_epoch=\"0\" epoch=\"1\" num_updates=\"0\" validate-with=\"none\"><configuration><crm_config/><nodes/>" \
              "<resources/><constraints/></configuration><status/></cib>"

struct seen {
    unsigned n_whole, n_patches, n_losses, n_answers;
    struct cox_version version;
    int code;
    enum cox_cib_outcome outcome;
};

static void
on_changed(void *context, const struct cox_follow_news *news)
{
    struct seen *seen = context;

    seen->n_whole += news->patch == NULL;
    seen->n_patches += news->patch != NULL;
    seen->version = news->version;
}

static void
on_lost(void *context, const GError *problem)
{
    assert_non_null(problem);
    ((struct seen *) context)->n_losses++;
}

static void
on_answer(void *context, const struct cox_follow_answer *answer)
{
    struct seen *seen = context;

    seen->n_answers++;
    seen->code = answer->error == NULL ? 0 : answer->error->code;
    seen->outcome = answer->outcome;
}

static struct cox_runtime *
world(struct seen *seen, struct cox_follow **follow)
{
    struct cox_runtime *runtime = cox_fake_new(0, cox_wall_from_seconds(0));
    const struct cox_follow_settings settings = { .program = "test", .changed = on_changed, .lost = on_lost, .context = seen };

    *follow = cox_follow_fake_new(runtime, &settings, START);
    return runtime;
}

static void
modify(struct cox_follow *follow, struct seen *seen, guint64 generation, const char *xml)
{
    const struct cox_follow_change change = {
        .kind = COX_EDIT_MODIFY, .section = "status", .text = xml, .allows_creation = true, .generation = generation, .fn = on_answer,
        .context = seen, .coordinator = generation == 0 ? 0 : 7,
    };

    cox_follow_change(follow, &change);
}

static void
a_change_is_told_then_answered(void **state)
{
    struct seen seen = { 0 };
    struct cox_follow *follow;
    g_autoptr(cox_runtime) runtime = world(&seen, &follow);

    (void) state;
    assert_false(cox_follow_is_current(follow));
    cox_fake_advance(runtime, 0);
    assert_true(cox_follow_is_current(follow));
    assert_int_equal(seen.n_whole, 1);
    modify(follow, &seen, 0, "<node_state id='1'/>");
    assert_int_equal(seen.n_answers, 0);
    assert_int_equal(cox_follow_waiting(follow), 1);
    cox_fake_advance(runtime, 0);
    assert_int_equal(seen.n_answers, 1);
    assert_int_equal(seen.n_patches, 1);
    assert_int_equal(seen.version.num_updates, 1);
    assert_string_equal(cox_follow_fake_asked(follow), "modify status <node_state id=\"1\"/>\n");
    cox_follow_fake_edit(follow, COX_EDIT_CREATE, "resources", "<primitive id='a'/>");
    assert_int_equal(seen.version.epoch, 2);
    cox_follow_fake_replace(follow, START);
    assert_int_equal(seen.n_whole, 2);
    cox_follow_free(follow);
}

static void
orders_of_an_older_coordinator_are_refused(void **state)
{
    struct seen seen = { 0 };
    struct cox_follow *follow;
    g_autoptr(cox_runtime) runtime = world(&seen, &follow);

    (void) state;
    modify(follow, &seen, 5, "<node_state id='1'/>");
    cox_fake_advance(runtime, 0);
    assert_int_equal(seen.code, 0);
    assert_string_equal(cox_xml_get(cox_cib_root(cox_follow_cib(follow)), "dc-uuid"), "7");
    modify(follow, &seen, 4, "<node_state id='2'/>");
    cox_fake_advance(runtime, 0);
    assert_int_equal(seen.code, COX_ERROR_OLD);
    assert_int_equal(seen.version.num_updates, 1);
    cox_follow_free(follow);
}

static void
changes_wait_while_the_connection_is_down_and_fail_when_told(void **state)
{
    struct seen seen = { 0 };
    struct cox_follow *follow;
    g_autoptr(cox_runtime) runtime = world(&seen, &follow);

    (void) state;
    cox_fake_advance(runtime, 0);
    cox_follow_fake_connect(follow, false);
    assert_int_equal(seen.n_losses, 1);
    modify(follow, &seen, 0, "<node_state id='1'/>");
    cox_fake_advance(runtime, 0);
    assert_int_equal(seen.n_answers, 0);
    assert_false(cox_follow_is_current(follow));
    cox_follow_fake_outcome(follow, COX_CIB_PROVISIONAL, false);
    cox_follow_fake_connect(follow, true);
    cox_fake_advance(runtime, 0);
    assert_int_equal(seen.n_answers, 1);
    assert_int_equal(seen.outcome, COX_CIB_PROVISIONAL);
    assert_false(cox_follow_has_quorum(follow));
    assert_int_equal(seen.n_whole, 2);
    cox_follow_fake_fail_next(follow, COX_ERROR_TIMEOUT);
    modify(follow, &seen, 0, "<node_state id='2'/>");
    cox_fake_advance(runtime, 0);
    assert_int_equal(seen.code, COX_ERROR_TIMEOUT);
    modify(follow, &seen, 0, "<node_state id='3'/>");
    cox_follow_free(follow); /* with a change that waits */
}

COX_TEST_MAIN(cmocka_unit_test(a_change_is_told_then_answered), cmocka_unit_test(orders_of_an_older_coordinator_are_refused),
              cmocka_unit_test(changes_wait_while_the_connection_is_down_and_fail_when_told))
