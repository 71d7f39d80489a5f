/* Tests of lib/cluster/silence.c: the words; what corosync says is asked in the scenario wrong-authkey. */
#include "cluster/silence.h"

#include "base/testkit.h"

static void
who_is_alone_in_the_configuration_misses_nobody(void **state)
{
    const struct cox_silence none = { 0 }, alone = { .n_configured = 1, .is_encrypted = true };

    (void) state;
    assert_null(cox_silence_text(&none));
    assert_null(cox_silence_text(&alone));
}

static void
the_key_is_suspected_when_messages_are_encrypted_and_none_was_ever_read(void **state)
{
    const struct cox_silence key = { .n_configured = 3, .is_encrypted = true }, net = { .n_configured = 3 },
                             later = { .n_configured = 3, .is_encrypted = true, .n_decrypted = 5 };
    g_autofree char *about_key = cox_silence_text(&key), *about_net = cox_silence_text(&net), *about_later = cox_silence_text(&later);

    (void) state;
    assert_non_null(strstr(about_key, "none of the 2 other nodes"));
    assert_non_null(strstr(about_key, "/etc/corosync/authkey"));
    assert_null(strstr(about_net, "authkey"));
    assert_null(strstr(about_later, "authkey"));
    assert_non_null(strstr(about_later, "network"));
}

COX_TEST_MAIN(cmocka_unit_test(who_is_alone_in_the_configuration_misses_nobody),
              cmocka_unit_test(the_key_is_suspected_when_messages_are_encrypted_and_none_was_ever_read))
