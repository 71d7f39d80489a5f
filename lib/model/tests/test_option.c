/* Tests of lib/model/option.c. */
#include "model/option.h"

#include "base/testkit.h"
#include "model/score.h"

static void
options_are_found_by_either_name_in_their_scope(void **state)
{
    (void) state;
    assert_string_equal(cox_option_find(COX_OPTION_CLUSTER, "stonith-enabled")->name, "fencing-enabled");
    assert_int_equal(cox_option_find(COX_OPTION_CLUSTER, "batch-limit")->id, COX_OPT_CLUSTER_BATCH_LIMIT);
    assert_null(cox_option_find(COX_OPTION_CLONE, "batch-limit"));
    assert_null(cox_option_find(COX_OPTION_CLUSTER, NULL));
}

static void
rows_have_their_place_and_one_name_in_their_scope(void **state)
{
    (void) state;
    for (enum cox_option_id id = 0; id < COX_N_OPTIONS; id++) {
        const struct cox_option *option = cox_option(id);

        assert_int_equal(option->id, id);
        assert_true(option->scope < COX_OPTION_N_SCOPES);
        assert_ptr_equal(cox_option_find(option->scope, option->name), option);
        if (option->old_name != NULL) {
            assert_ptr_equal(cox_option_find(option->scope, option->old_name), option);
        }
        assert_true(option->type != COX_OPTION_SELECT || option->allowed != NULL);
        assert_true(strlen(option->meaning) > 0);
    }
}

static void
every_default_is_valid_and_within_its_bounds(void **state)
{
    (void) state;
    for (enum cox_option_id id = 0; id < COX_N_OPTIONS; id++) {
        const struct cox_option *option = cox_option(id);
        g_autoptr(GError) error = NULL;

        if (option->fallback != NULL && !cox_option_parse(option, option->fallback, NULL, &error)) {
            fail_msg("%s", error->message);
        }
        if (option->fallback != NULL && option->type == COX_OPTION_INTEGER) {
            assert_int_equal(cox_option_number(id, NULL), atoi(option->fallback));
        }
    }
}

static void
values_are_read_by_type_and_bounds(void **state)
{
    static const struct {
        enum cox_option_id id;
        const char *text;
        gint64 number; /* -99: not valid */
    } cases[] = {
        { COX_OPT_CLUSTER_MAINTENANCE_MODE, "Yes", 1 },
        { COX_OPT_CLUSTER_MAINTENANCE_MODE, "maybe", -99 },
        { COX_OPT_CLUSTER_BATCH_LIMIT, "-5", -5 },
        { COX_OPT_CLUSTER_BATCH_LIMIT, "5x", -99 },
        { COX_OPT_CLUSTER_BATCH_LIMIT, "", -99 },
        { COX_OPT_CLUSTER_BATCH_LIMIT, "99999999999", G_MAXINT },
        { COX_OPT_CLUSTER_BATCH_LIMIT, "99999999999999999999", -99 },
        { COX_OPT_CLONE_CLONE_MAX, "-5", 0 },
        { COX_OPT_CLONE_CLONE_MAX, "2000000000", 1000 },
        { COX_OPT_CLUSTER_CLUSTER_IPC_LIMIT, "5", 5 },
        { COX_OPT_CLUSTER_CLUSTER_IPC_LIMIT, "-5", -99 },
        { COX_OPT_META_PRIORITY, "-INFINITY", -COX_SCORE_INFINITY },
        { COX_OPT_META_PRIORITY, "12q", -99 },
        { COX_OPT_META_PRIORITY, "-2.75", -2 },
        { COX_OPT_META_PRIORITY, ".5", -99 },
        { COX_OPT_META_PRIORITY, "2.x", -99 },
        { COX_OPT_CLUSTER_LOAD_THRESHOLD, "80%", 80 },
        { COX_OPT_CLUSTER_LOAD_THRESHOLD, "x%", -99 },
        { COX_OPT_META_FAILURE_TIMEOUT, "PT5M", 300000 },
        { COX_OPT_META_FAILURE_TIMEOUT, "soon", -99 },
        { COX_OPT_OP_TIMEOUT, "-7", -1 },
        { COX_OPT_OP_TIMEOUT, "10s", 10000 },
        { COX_OPT_OP_TIMEOUT, "", -99 },
        { COX_OPT_META_REMOTE_PORT, "3121", 3121 },
        { COX_OPT_META_REMOTE_PORT, "70000", -99 },
        { COX_OPT_CLUSTER_NO_QUORUM_POLICY, "Freeze", 1 },
        { COX_OPT_CLUSTER_NO_QUORUM_POLICY, "fre", -99 },
        { COX_OPT_CLUSTER_NO_QUORUM_POLICY, "", -99 },
        { COX_OPT_CLUSTER_FENCING_ACTION, "poweroff", 2 },
        { COX_OPT_NODE_SHUTDOWN, "1795226571", 1795226571 },
        { COX_OPT_NODE_SHUTDOWN, "-1", -99 },
        { COX_OPT_CLUSTER_CLUSTER_NAME, "anything", 0 },
        { COX_OPT_CLUSTER_DC_VERSION, "3.0.1-2", 0 },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        gint64 number = -77;
        bool is_valid = cox_option_parse(cox_option(cases[i].id), cases[i].text, &number, NULL);

        if (is_valid != (cases[i].number != -99) || number != (is_valid ? cases[i].number : -77)) {
            fail_msg("%s=%s: %d, %d", cox_option(cases[i].id)->name, cases[i].text, is_valid, (int) number);
        }
    }
}

static void
a_complaint_names_option_value_and_what_is_allowed(void **state)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GError) other = NULL;

    (void) state;
    assert_false(cox_option_parse(cox_option(COX_OPT_CLUSTER_FENCING_ACTION), "explode", NULL, &error));
    assert_string_equal(error->message, "fencing-action: 'explode' is not valid: use reboot|off");
    assert_false(cox_option_parse(cox_option(COX_OPT_META_PRIORITY), "12q", NULL, &other));
    assert_string_equal(other->message, "priority: '12q' is not valid: use a whole number, INFINITY or -INFINITY");
}

static void
a_list_is_asked_for_the_name_then_the_old_name_then_the_default(void **state)
{
    struct cox_nvlist list = COX_NVLIST_INIT;

    (void) state;
    assert_int_equal(cox_option_of(COX_OPT_CLONE_PROMOTED_MAX, &list), 1);
    cox_nvlist_add(&list, "master-max", "3");
    assert_int_equal(cox_option_of(COX_OPT_CLONE_PROMOTED_MAX, &list), 3);
    cox_nvlist_add(&list, "promoted-max", "2");
    assert_int_equal(cox_option_of(COX_OPT_CLONE_PROMOTED_MAX, &list), 2);
    assert_int_equal(cox_option_of(COX_OPT_CLUSTER_CLUSTER_IPC_LIMIT, &list), 0);
    cox_nvlist_set(&list, "promoted-max", "many");
    assert_int_equal(cox_option_of(COX_OPT_CLONE_PROMOTED_MAX, &list), 1);
    assert_string_equal(cox_option_get(COX_OPT_CLONE_PROMOTED_MAX, &list), "many");
    cox_nvlist_clear(&list);
}

static void
types_have_a_name_and_one_that_older_clients_know(void **state)
{
    (void) state;
    assert_string_equal(cox_option_type_name(COX_OPTION_DURATION, false), "duration");
    assert_string_equal(cox_option_type_name(COX_OPTION_DURATION, true), "time");
    assert_string_equal(cox_option_type_name(COX_OPTION_EPOCH, false), "epoch_time");
}

static void
booleans_have_many_spellings(void **state)
{
    bool value = false;

    (void) state;
    assert_true(cox_bool_parse("ON", &value) && value);
    assert_true(cox_bool_parse("n", &value) && !value);
    assert_false(cox_bool_parse("2", &value));
    assert_false(cox_bool_parse(NULL, &value));
}

COX_TEST_MAIN(cmocka_unit_test(options_are_found_by_either_name_in_their_scope),
              cmocka_unit_test(rows_have_their_place_and_one_name_in_their_scope),
              cmocka_unit_test(every_default_is_valid_and_within_its_bounds),
              cmocka_unit_test(values_are_read_by_type_and_bounds),
              cmocka_unit_test(a_complaint_names_option_value_and_what_is_allowed),
              cmocka_unit_test(a_list_is_asked_for_the_name_then_the_old_name_then_the_default),
              cmocka_unit_test(types_have_a_name_and_one_that_older_clients_know),
              cmocka_unit_test(booleans_have_many_spellings))
