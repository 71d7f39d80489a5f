/* cts/bench/bench_turns.c - for bench-cibd: a process of a tool for each change, against the empty tool and a change on a kept connection in turns. */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib.h>

#include "base/error.h"
#include "client/ask.h"
#include "proto/cibflag.h"
#include "proto/messages.h"
#include "runtime/loop.h"

/*
 * bench_turns RUN_DIRECTORY COUNT KIND SECTION NAME PROGRAM [ARGUMENT...] -> USEC, that COUNT rounds took
 *   nothing  a process of PROGRAM --version in each round
 *   kept     a change on one connection
 *   turns    the one, then the other: nobody can do more with a process and a change for each round
 *   process  a process of PROGRAM ARGUMENT..., "%s" in one of them being the round
 * The change is of an option called NAME (SECTION crm_config), or of a node NAME (status).
 */
struct bench {
    struct cox_runtime *runtime;
    struct cox_client *client;
    const char *section, *name;
    char **argv; /* of the process that changes something */
};

extern char **environ;

static void
run(char **argv)
{
    posix_spawn_file_actions_t actions;
    pid_t pid = 0;
    int status = 0;

    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    if (posix_spawn(&pid, argv[0], &actions, NULL, argv, environ) != 0 || waitpid(pid, &status, 0) != pid || status != 0) {
        fprintf(stderr, "bench_turns: %s failed: status %d\n", argv[0], status);
        exit(1);
    }
    posix_spawn_file_actions_destroy(&actions);
}

static void
run_nothing(const struct bench *b)
{
    char version[] = "--version";
    char *argv[] = { b->argv[0], version, NULL };

    run(argv);
}

static void
run_changing(const struct bench *b, const char *value)
{
    g_auto(GStrv) argv = g_strdupv(b->argv);

    for (char **word = argv; *word != NULL; word++) {
        g_auto(GStrv) parts = g_strsplit(*word, "%s", 2);

        g_free(*word);
        *word = g_strjoinv(value, parts);
    }
    run(argv);
}

static void
change(const struct bench *b, const char *value)
{
    g_autoptr(cox_arena) arena = cox_arena_new();
    g_autoptr(GError) error = NULL;
    g_autofree char *xml = g_strdup_printf("<node_state id=\"%s\" uname=\"u%s\"/>", b->name, value);
    const struct cox_msg_cib_choice choice = { .name = b->name };
    const struct cox_msg_cib_set set = { .n_choice = 1, .choice = &choice, .value = value };
    const struct cox_msg_cib_change modify = { .command = "modify", .section = b->section, .flags = COX_CIB_CREATES, .xml = xml };
    bool is_option = strcmp(b->section, "crm_config") == 0;
    struct cox_ask ask = { .call = { .message = is_option ? COX_MSG_CIB_SET : COX_MSG_CIB_CHANGE,
                                     .body = is_option ? (const void *) &set : &modify, .timeout_ms = 60000 },
                           .expected = is_option ? COX_MSG_CIB_PAIRS : COX_MSG_CIB_CHANGED, .arena = arena };

    if (cox_ask(b->runtime, b->client, &ask, &error) == NULL) {
        fprintf(stderr, "bench_turns: %s\n", error->message);
        exit(1);
    }
}

int
main(int argc, char **argv)
{
    struct cox_client_settings settings = { .daemon = COX_DAEMON_CIB, .program = "bench_turns", .run_directory = argv[1] };
    struct bench b = { .section = argc < 7 ? NULL : argv[4], .name = argv[5], .argv = argv + 6 };
    const char *kind = argv[3];
    bool is_turns;
    gint64 begin;

    if (argc < 7) {
        fprintf(stderr, "usage: bench_turns RUN_DIRECTORY COUNT nothing|kept|turns|process SECTION NAME PROGRAM [ARGUMENT...]\n");
        return 2;
    }
    is_turns = strcmp(kind, "turns") == 0;
    b.runtime = cox_loop_new(NULL);
    b.client = cox_client_new(b.runtime, &settings);
    begin = g_get_monotonic_time();
    for (int i = 0; i < atoi(argv[2]); i++) {
        g_autofree char *value = g_strdup_printf("%s%d", kind, i);

        if (is_turns || strcmp(kind, "nothing") == 0) {
            run_nothing(&b);
        }
        if (is_turns || strcmp(kind, "kept") == 0) {
            change(&b, value);
        }
        if (strcmp(kind, "process") == 0) {
            run_changing(&b, value);
        }
    }
    printf("%" G_GINT64_FORMAT "\n", g_get_monotonic_time() - begin);
    cox_client_free(b.client);
    cox_runtime_free(b.runtime);
    return 0;
}
