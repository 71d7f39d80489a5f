/* Tests of lib/service/overseer.c. */
#include "service/overseer.h"

#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/testkit.h"
#include "runtime/fake.h"

#define MS(n) ((n) * (gint64) COX_USEC_PER_MS)

struct world {
    struct cox_runtime *runtime;
    struct cox_log *log;
    struct cox_overseer *overseer;
};

static int
setup(void **state)
{
    struct world *world = g_new0(struct world, 1);

    world->runtime = cox_fake_new(1000, cox_wall_from_seconds(1));
    world->log = cox_log_new_captured(world->runtime);
    world->overseer = cox_overseer_new(world->runtime, world->log);
    *state = world;
    return 0;
}

static int
teardown(void **state)
{
    struct world *world = *state;

    cox_overseer_free(world->overseer);
    cox_log_free(world->log);
    cox_runtime_free(world->runtime);
    g_free(world);
    return 0;
}

static void
who_was_never_there_is_not_missed(void **state)
{
    struct world *world = *state;

    cox_fake_advance(world->runtime, MS(10 * COX_OVERSEER_SILENCE_MS));
    assert_false(cox_overseer_is_missed(world->overseer));
    assert_int_equal(cox_log_count(world->log), 0);
}

static void
silence_of_the_supervisor_is_said_once_and_so_is_its_end(void **state)
{
    struct world *world = *state;

    for (int i = 0; i < 20; i++) {
        cox_overseer_heard(world->overseer);
        cox_fake_advance(world->runtime, MS(COX_OVERSEER_SILENCE_MS - 1));
        assert_false(cox_overseer_is_missed(world->overseer));
    }
    cox_fake_advance(world->runtime, MS(2));
    assert_true(cox_overseer_is_missed(world->overseer));
    assert_int_equal(cox_log_count(world->log), 1);
    cox_fake_advance(world->runtime, MS(10 * COX_OVERSEER_SILENCE_MS));
    assert_int_equal(cox_log_count(world->log), 1);
    cox_overseer_heard(world->overseer);
    assert_false(cox_overseer_is_missed(world->overseer));
    assert_int_equal(cox_log_count(world->log), 2);
    cox_overseer_heard(world->overseer);
    assert_int_equal(cox_log_count(world->log), 2);
}

static void
who_stops_does_not_miss_anybody(void **state)
{
    struct world *world = *state;

    cox_overseer_heard(world->overseer);
    cox_overseer_rest(world->overseer);
    cox_fake_advance(world->runtime, MS(10 * COX_OVERSEER_SILENCE_MS));
    assert_false(cox_overseer_is_missed(world->overseer));
    assert_int_equal(cox_log_count(world->log), 0);
}

/* A socket with an abstract name of this process; "@NAME" goes to @name. */
static int
listen_as_systemd(char name[64])
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    g_snprintf(name, 64, "@cox-test-overseer-%d", (int) getpid());
    memcpy(address.sun_path + 1, name + 1, strlen(name + 1));
    assert_int_equal(bind(fd, (struct sockaddr *) &address, (socklen_t) (offsetof(struct sockaddr_un, sun_path) + strlen(name))), 0);
    return fd;
}

static unsigned int
beats(int fd)
{
    unsigned int n = 0;
    char text[64];
    ssize_t size;

    while ((size = recv(fd, text, sizeof text, 0)) > 0) {
        assert_int_equal(size, strlen("WATCHDOG=1"));
        assert_memory_equal(text, "WATCHDOG=1", (size_t) size);
        n++;
    }
    return n;
}

static void
systemd_hears_twice_in_the_time_that_it_gives(void **state)
{
    struct world *world = *state;
    g_autofree char *own = g_strdup_printf("%d", (int) getpid());
    char name[64];
    int fd = listen_as_systemd(name);

    assert_true(cox_overseer_watchdog(world->overseer, name, "8000000", own));
    assert_int_equal(beats(fd), 1);
    cox_fake_advance(world->runtime, MS(3999));
    assert_int_equal(beats(fd), 0);
    cox_fake_advance(world->runtime, MS(1));
    assert_int_equal(beats(fd), 1);
    for (int i = 0; i < 5; i++) {
        cox_fake_advance(world->runtime, MS(8000));
        assert_int_equal(beats(fd), 2);
    }
    close(fd);
}

static void
who_is_not_meant_says_nothing(void **state)
{
    struct world *world = *state;
    static const char *const wrong[][3] = {
        { NULL, "8000000", NULL }, { "@x", NULL, NULL }, { "@x", "", NULL }, { "@x", "0", NULL }, { "@x", "-5", NULL },
        { "@x", "8000000", "1" },  { "@x", "soon", NULL }, { "@x", "8000000", "me" },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        if (cox_overseer_watchdog(world->overseer, wrong[i][0], wrong[i][1], wrong[i][2])) {
            fail_msg("row %zu was taken for a watchdog", i);
        }
    }
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(who_was_never_there_is_not_missed),
        TEST(silence_of_the_supervisor_is_said_once_and_so_is_its_end),
        TEST(who_stops_does_not_miss_anybody),
        TEST(systemd_hears_twice_in_the_time_that_it_gives),
        TEST(who_is_not_meant_says_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
