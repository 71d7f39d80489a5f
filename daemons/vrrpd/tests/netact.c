/* daemons/vrrpd/tests/netact.c - for tests: an action of a network resource, asked of the daemon of a run directory as the executor does.
 *
 * netact RUNDIR RESOURCE TYPE ACTION [NAME=VALUE ...]: prints "CODE MICROSECONDS REASON".  netact RUNDIR - ...: orders from standard input, words
 * separated by tabs, one order a line, over one connection.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "client/ask.h"
#include "runtime/loop.h"

enum { LIMIT_MS = 20000 };

struct asker {
    struct cox_runtime *runtime;
    struct cox_client *client;
};

/* The words RESOURCE TYPE ACTION NAME=VALUE ...; false: no answer. */
static bool
act(struct asker *asker, char **words, guint n)
{
    g_autoptr(cox_arena) arena = cox_arena_new();
    g_autofree struct cox_msg_pair *params = g_new0(struct cox_msg_pair, n + 1);
    struct cox_msg_net_act body = { .rsc_id = words[0], .type = words[1], .action = words[2], .params = params, .timeout_ms = LIMIT_MS };
    struct cox_ask ask = { .call = { .message = COX_MSG_NET_ACT, .body = &body, .timeout_ms = LIMIT_MS }, .expected = COX_MSG_NET_ACTED, .arena = arena };
    g_autoptr(GError) error = NULL;
    const struct cox_msg_net_acted *acted;
    gint64 begin = g_get_monotonic_time();

    for (guint i = 3; i < n; i++) {
        char *value = strchr(words[i], '=');

        if (value != NULL) {
            *value = '\0';
            params[body.n_params++] = (struct cox_msg_pair) { .name = words[i], .value = value + 1 };
        }
    }
    acted = cox_ask(asker->runtime, asker->client, &ask, &error);
    if (acted == NULL) {
        printf("- %s\n", error->message);
        return false;
    }
    printf("%d %d %s\n", (int) acted->code, (int) (g_get_monotonic_time() - begin), acted->reason != NULL ? acted->reason : "");
    return true;
}

static bool
act_on_lines(struct asker *asker)
{
    char line[65536];
    bool is_good = true;

    while (is_good && fgets(line, sizeof line, stdin) != NULL) {
        g_auto(GStrv) words = g_strsplit(g_strchomp(line), "\t", -1);
        guint n = g_strv_length(words);

        is_good = n >= 3 && act(asker, words, n);
        (void) fflush(stdout);
    }
    return is_good;
}

int
main(int argc, char **argv)
{
    struct cox_client_settings settings = { .daemon = COX_DAEMON_VRRP, .program = "netact", .reconnects = true };
    struct asker asker = { .runtime = cox_loop_new(NULL) };
    bool is_good = false;

    if (argc >= 3) {
        settings.run_directory = argv[1];
        asker.client = cox_client_new(asker.runtime, &settings);
        is_good = strcmp(argv[2], "-") == 0 ? act_on_lines(&asker) : argc >= 5 && act(&asker, argv + 2, (guint) argc - 2);
        cox_client_free(asker.client);
    }
    cox_runtime_free(asker.runtime);
    return is_good ? 0 : 1;
}
