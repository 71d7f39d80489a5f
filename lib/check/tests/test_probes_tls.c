/* lib/check/tests/test_probes_tls.c - probes of pages of HTTPS: names, certificates, how long they are good. */
#include "base/testkit.h"

#include <sys/wait.h>
#include <unistd.h>

#include "check/probes.h"
#include "runtime/loop.h"

/* A server in a process of its own. */
struct server {
    GPid pid;
    int in;         /* it ends when this is closed */
    guint16 port;
    char *pem;
};

static char *
beside(const char *name)
{
    const char *top = g_getenv("top_srcdir");

    return g_build_filename(top != NULL ? top : ".", "lib/check/tests", name, NULL);
}

static void
serve(struct server *server, const char *pem)
{
    g_autofree char *program = beside("tls-server");
    char python[] = "python3", text[16] = { 0 };
    int out;

    server->pem = beside(pem);
    char *argv[] = { python, program, server->pem, NULL };

    assert_true(g_spawn_async_with_pipes(NULL, argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL, &server->pid, &server->in,
                                         &out, NULL, NULL));
    for (size_t n = 0; strchr(text, '\n') == NULL; n++) {
        assert_true(n < sizeof text - 1 && read(out, text + n, 1) == 1);
    }
    close(out);
    server->port = (guint16) atoi(text);
    assert_true(server->port != 0);
}

static void
stop_serving(struct server *server)
{
    close(server->in);
    assert_int_equal(waitpid(server->pid, NULL, 0), server->pid);
    g_free(server->pem);
}

static void
on_answer(void *context, guint64 number, const struct cox_lvs_answer *answer)
{
    (void) number;
    *(char **) context = g_strdup(answer->is_good ? "good" : answer->text);
}

static char *
probe(const struct server *server, const struct cox_lvs_http *http)
{
    g_autoptr(cox_runtime) runtime = cox_loop_new(NULL);
    char *result = NULL;
    const struct cox_probe_config config = { .runtime = runtime, .on_answer = on_answer, .context = &result };
    g_autoptr(cox_probes) probes = cox_probes_new(&config);
    struct cox_lvs_check check;

    cox_lvs_check_init(&check, COX_LVS_CHECK_HTTP);
    check.http = *http;
    check.path.to = (struct cox_ip) { .family = 4, .bytes = { 127, 0, 0, 1 } };
    check.path.to_port = server->port;
    check.timeout_ms = 60000;
    cox_probes_begin(probes, 1, &check);
    while (result == NULL) {
        cox_runtime_step(runtime, true);
    }
    return result;
}

static const struct cox_lvs_url NAMED = { .path = "/", .host = "www.example", .regex = "^name=www.example$" };
static const struct cox_lvs_url UNNAMED = { .path = "/", .host = "www.example", .regex = "^name=None$" };
static const struct cox_lvs_url OTHER = { .path = "/", .host = "other.example", .regex = "^name=other.example$" };

static void
certificates_are_looked_at_as_configured(void **state)
{
    static const struct {
        const char *why, *pem, *result;
        const struct cox_lvs_url *url;
        bool has_sni, is_verified, knows_ca;
        guint min_days;
    } cases[] = {
        { "any certificate", "tls-good.pem", "good", &UNNAMED, false, false, false, 0 },
        { "the name is sent", "tls-good.pem", "good", &NAMED, true, false, false, 0 },
        { "verified", "tls-good.pem", "good", &NAMED, true, true, true, 0 },
        { "signed by a stranger", "tls-good.pem", "certificate", &NAMED, true, true, false, 0 },
        { "another name, not verified", "tls-good.pem", "good", &OTHER, true, false, false, 0 },
        { "another name", "tls-good.pem", "certificate", &OTHER, true, true, true, 0 },
        { "good for a month", "tls-good.pem", "good", &NAMED, true, false, false, 30 },
        { "not for two hundred years", "tls-good.pem", "the certificate is not good for 73000 days", &NAMED, true, false, false, 73000 },
        { "over, and nobody asks", "tls-old.pem", "good", &NAMED, true, false, false, 0 },
        { "over", "tls-old.pem", "the certificate is not good for 1 days", &NAMED, true, false, false, 1 },
        { "over, verified", "tls-old.pem", "certificate", &NAMED, true, true, true, 0 },
    };
    struct server servers[2];

    (void) state;
    serve(&servers[0], "tls-good.pem");
    serve(&servers[1], "tls-old.pem");
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const struct server *server = &servers[strcmp(cases[i].pem, "tls-old.pem") == 0];
        const struct cox_lvs_http http = { .is_tls = true, .has_sni = cases[i].has_sni, .version = COX_LVS_HTTP_1_1, .min_days = cases[i].min_days,
                                           .is_verified = cases[i].is_verified, .ca = cases[i].knows_ca ? server->pem : NULL,
                                           .urls = cases[i].url, .n_urls = 1 };
        g_autofree char *result = probe(server, &http);

        if (strstr(result, cases[i].result) == NULL) {
            fail_msg("%s: %s", cases[i].why, result);
        }
    }
    stop_serving(&servers[0]);
    stop_serving(&servers[1]);
}

COX_TEST_MAIN(cmocka_unit_test(certificates_are_looked_at_as_configured))
