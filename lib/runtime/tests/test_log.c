/* Tests of lib/runtime/log.c and logfile.c. */
#include "runtime/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <glib/gstdio.h>

#include "base/testkit.h"
#include "runtime/fake.h"
#include "runtime/flight.h"

struct world {
    struct cox_runtime *runtime;
    char *directory, *file, *socket, *flight;
};

static int
setup(void **state)
{
    struct world *world = g_new0(struct world, 1);

    alarm(30);
    world->runtime = cox_fake_new(0, cox_wall_from_seconds(1700000000));
    world->directory = g_dir_make_tmp("log-XXXXXX", NULL);
    world->file = g_build_filename(world->directory, "file", NULL);
    world->socket = g_build_filename(world->directory, "socket", NULL);
    world->flight = g_build_filename(world->directory, "flight", NULL);
    *state = world;
    return 0;
}

static int
teardown(void **state)
{
    struct world *world = *state;

    (void) remove(world->file);
    (void) remove(world->socket);
    (void) remove(world->flight);
    (void) g_rmdir(world->directory);
    cox_runtime_free(world->runtime);
    g_free(world->directory);
    g_free(world->file);
    g_free(world->socket);
    g_free(world->flight);
    g_free(world);
    return 0;
}

static void
an_event_has_an_id_a_text_and_a_remedy(void **state)
{
    (void) state;
    for (unsigned int i = 0; i < COX_EVENT_N; i++) {
        enum cox_event_id event = (enum cox_event_id) i;

        assert_int_equal(strlen(cox_log_event_id(event)), 6);
        assert_true(cox_log_event_text(event)[0] != '\0' && cox_log_event_remedy(event)[0] != '\0');
        for (unsigned int j = 0; j < i; j++) {
            assert_string_not_equal(cox_log_event_id(event), cox_log_event_id((enum cox_event_id) j));
        }
    }
}

static void
a_line_stays_one_line_whatever_a_value_holds(void **state)
{
    struct world *world = *state;
    g_autoptr(cox_log) log = cox_log_new_captured(world->runtime);

    cox_log_line(log, COX_LOG_NOTICE, "joined node=%s", "n1\nerror: forged\x1b[2J");
    cox_log_event(log, COX_EVENT_LOG_FILE, "error=%s", "x");
    cox_log_event(log, COX_EVENT_LOG_FILE, "%s", "");
    cox_log_line(log, COX_LOG_TRACE, "not wanted");
    assert_string_equal(cox_log_text(log), "notice: joined node=n1?error: forged?[2J\n"
                                           "warning: CXW002 log file cannot be written error=x\n"
                                           "warning: CXW002 log file cannot be written \n");
    assert_int_equal(cox_log_count(log), 3);
}

static void
each_sink_gets_what_it_wants(void **state)
{
    struct world *world = *state;
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int server = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    struct cox_log_settings settings = {
        .name = "cox-x", .level = COX_LOG_INFO, .file_path = world->file, .syslog_path = world->socket,
        .syslog_level = COX_LOG_NOTICE, .flight_path = world->flight,
    };
    g_autofree char *file = NULL, *flight = NULL;
    struct cox_log *log;
    char datagram[256] = "";

    g_strlcpy(address.sun_path, world->socket, sizeof address.sun_path);
    assert_int_equal(bind(server, (struct sockaddr *) &address, sizeof address), 0);
    log = cox_log_new(world->runtime, &settings);
    cox_log_line(log, COX_LOG_NOTICE, "first a=1");
    cox_log_line(log, COX_LOG_INFO, "second");
    cox_log_line(log, COX_LOG_TRACE, "third");
    cox_log_free(log);
    assert_true(recv(server, datagram, sizeof datagram - 1, 0) > 0);
    assert_int_equal(strncmp(datagram, "<29>", 4), 0);
    assert_non_null(strstr(datagram, "cox-x["));
    assert_non_null(strstr(datagram, "]: first a=1"));
    assert_int_equal(recv(server, datagram, sizeof datagram, 0), -1);
    assert_true(g_file_get_contents(world->file, &file, NULL, NULL));
    assert_non_null(strstr(file, " notice: first a=1\n"));
    assert_non_null(strstr(file, " info: second\n"));
    assert_null(strstr(file, "third"));
    flight = cox_flight_read(world->flight, NULL);
    assert_non_null(strstr(flight, " trace: third\n"));
    close(server);
}

static void
a_stuck_system_log_loses_lines_and_says_so(void **state)
{
    struct world *world = *state;
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int server = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    struct cox_log_settings settings = { .name = "cox-x", .level = COX_LOG_INFO, .syslog_path = world->socket,
                                         .syslog_level = COX_LOG_INFO, .file_path = world->file };
    g_autofree char *file = NULL;
    struct cox_log *log;

    g_strlcpy(address.sun_path, world->socket, sizeof address.sun_path);
    assert_int_equal(bind(server, (struct sockaddr *) &address, sizeof address), 0);
    log = cox_log_new(world->runtime, &settings);
    for (int i = 0; i < 5000; i++) { /* nobody reads the socket */
        cox_log_line(log, COX_LOG_INFO, "line n=%d", i);
        if (cox_log_lost(log) > 0) {
            break;
        }
    }
    assert_true(cox_log_lost(log) > 0);
    cox_log_free(log);
    assert_true(g_file_get_contents(world->file, &file, NULL, NULL));
    assert_non_null(strstr(file, "CXW001 log lines were lost lines=1"));
    close(server);
}

static void
a_file_that_blocks_does_not_block_us(void **state)
{
    struct world *world = *state;
    struct cox_log_settings settings = { .name = "cox-x", .level = COX_LOG_INFO, .file_path = world->file };
    g_autofree char *long_text = g_strnfill(4000, 'x');
    struct cox_log *log;
    int reader;

    assert_int_equal(mkfifo(world->file, 0600), 0);
    reader = open(world->file, O_RDWR | O_NONBLOCK); /* opened, but never read */
    log = cox_log_new(world->runtime, &settings);
    for (int i = 0; i < 200; i++) {
        cox_log_line(log, COX_LOG_INFO, "%s", long_text);
    }
    assert_true(cox_log_lost(log) > 0);
    for (int i = 0; i < 400; i++) { /* let the writer go, so that closing finds it done */
        char chunk[4096];

        if (read(reader, chunk, sizeof chunk) < 0) {
            g_usleep(500);
        }
    }
    cox_log_free(log);
    close(reader);
}

static void
a_file_made_anew_has_the_permissions_asked_for_and_an_old_one_keeps_its_own(void **state)
{
    struct world *world = *state;
    struct cox_log_settings settings = { .name = "cox-x", .level = COX_LOG_INFO, .file_path = world->file, .file_mode = 0646 };
    mode_t before = umask(077);
    struct stat status;

    cox_log_free(cox_log_new(world->runtime, &settings));
    assert_int_equal(stat(world->file, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0646);
    settings.file_mode = 0600;
    cox_log_free(cox_log_new(world->runtime, &settings));
    assert_int_equal(stat(world->file, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0646);
    (void) umask(before);
}

static void
missing_sinks_are_reported_in_those_that_are_there(void **state)
{
    struct world *world = *state;
    struct cox_log_settings settings = { .name = "cox-x", .level = COX_LOG_INFO, .file_path = world->file,
                                         .flight_path = "/nonexistent/flight" };
    g_autofree char *file = NULL;

    cox_log_free(cox_log_new(world->runtime, &settings));
    assert_true(g_file_get_contents(world->file, &file, NULL, NULL));
    assert_non_null(strstr(file, "CXW003 flight recorder cannot be opened error=\"cannot create flight recorder "
                                 "'/nonexistent/flight'"));
}

static void
a_rotated_file_is_opened_again(void **state)
{
    struct world *world = *state;
    struct cox_log_settings settings = { .name = "cox-x", .level = COX_LOG_INFO, .file_path = world->file };
    struct cox_log *log = cox_log_new(world->runtime, &settings);
    g_autofree char *file = NULL;

    assert_int_equal(remove(world->file), 0);
    cox_log_reopen(log);
    cox_log_line(log, COX_LOG_INFO, "after the rotation");
    cox_log_free(log);
    assert_true(g_file_get_contents(world->file, &file, NULL, NULL));
    assert_non_null(strstr(file, "after the rotation"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
COX_TEST_MAIN(TEST(an_event_has_an_id_a_text_and_a_remedy), TEST(a_line_stays_one_line_whatever_a_value_holds),
              TEST(each_sink_gets_what_it_wants), TEST(a_stuck_system_log_loses_lines_and_says_so),
              TEST(a_file_that_blocks_does_not_block_us), TEST(missing_sinks_are_reported_in_those_that_are_there),
              TEST(a_file_made_anew_has_the_permissions_asked_for_and_an_old_one_keeps_its_own), TEST(a_rotated_file_is_opened_again))
