/* lib/lvs/tests/test_lvsconf.c - defaults, and what makes two checks the same. */
#include "base/testkit.h"

#include "lvs/lvsconf.h"

static void
an_empty_configuration_wants_nothing(void **state)
{
    g_autoptr(cox_lvs_config) config = cox_lvs_config_new();
    struct cox_lvs_service service;
    struct cox_lvs_server server;

    (void) state;
    cox_lvs_config_free(NULL);
    assert_int_equal(config->n_services, 0);
    assert_null(config->sync.device);
    assert_int_equal(config->sync.port, 8848);
    cox_lvs_service_init(&service);
    assert_string_equal(service.scheduler, "wlc");
    assert_int_equal(service.protocol, 6);
    assert_int_equal(service.quorum, 1);
    cox_lvs_server_init(&server);
    assert_int_equal(server.weight, 1);
    assert_int_equal(server.forward.method, COX_LVS_NAT);
}

static void
checks_begin_with_the_values_of_the_manual(void **state)
{
    static const struct {
        enum cox_lvs_check_kind kind;
        const char *name;
        guint retries;
        gint64 retry_ms;
    } cases[] = {
        { COX_LVS_CHECK_TCP, "TCP", 1, 1000 },       { COX_LVS_CHECK_HTTP, "HTTP", 1, 3000 },
        { COX_LVS_CHECK_SMTP, "SMTP", 1, 1000 },     { COX_LVS_CHECK_DNS, "DNS", 3, 60000 },
        { COX_LVS_CHECK_UDP, "UDP", 1, 1000 },       { COX_LVS_CHECK_PING, "PING", 1, 1000 },
        { COX_LVS_CHECK_TALK, "TALK", 1, 1000 },     { COX_LVS_CHECK_PROGRAM, "PROGRAM", 0, 1000 },
        { COX_LVS_CHECK_FILE, "FILE", 1, 1000 },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct cox_lvs_check check;

        memset(&check, 0xff, sizeof check);
        cox_lvs_check_init(&check, cases[i].kind);
        assert_string_equal(cox_lvs_check_name(check.kind), cases[i].name);
        assert_int_equal(check.retries, cases[i].retries);
        assert_int_equal(check.retry_ms, cases[i].retry_ms);
        assert_int_equal(check.delay_ms, check.kind == COX_LVS_CHECK_FILE ? 1000 : 60000);
        assert_int_equal(check.warmup_ms, check.delay_ms);
        assert_int_equal(check.timeout_ms, 5000);
        assert_int_equal(check.rise, 1);
    }
}

static const guint8 BYTES[] = { 1, 2, 3, 4 };
static const struct cox_lvs_range CODES[] = { { 200, 204 } }, OTHER_CODES[] = { { 200, 205 } }, LATER_CODES[] = { { 201, 204 } };
static const struct cox_lvs_url PAGE = { .path = "/", .host = "a" };
static const struct cox_lvs_url PAGES[] = {
    { .path = "/b", .host = "a" }, { .path = "/" }, { .path = "/", .host = "" }, { .path = "/", .host = "a", .has_digest = true },
    { .path = "/", .host = "a", .codes = CODES, .n_codes = 1 }, { .path = "/", .host = "a", .codes = OTHER_CODES, .n_codes = 1 },
    { .path = "/", .host = "a", .codes = LATER_CODES, .n_codes = 1 }, { .path = "/", .host = "a", .regex = "x" },
    { .path = "/", .host = "a", .is_regex_negated = true }, { .path = "/", .host = "a", .regex_flags = 1 },
    { .path = "/", .host = "a", .regex_min_offset = 1 }, { .path = "/", .host = "a", .regex_max_offset = 1 },
};

/* Each case changes one field; the table is walked with a check of the kind that has the field. */
#define DIFFERS(kind_, ...)                                                                                          \
    do {                                                                                                             \
        struct cox_lvs_check a, b;                                                                                   \
        cox_lvs_check_init(&a, kind_);                                                                               \
        cox_lvs_check_init(&b, kind_);                                                                               \
        { struct cox_lvs_check *check = &b; __VA_ARGS__; }                                                           \
        g_autoptr(GBytes) key_a = cox_lvs_check_key(&a), key_b = cox_lvs_check_key(&b), again = cox_lvs_check_key(&b); \
        assert_true(g_bytes_equal(key_b, again));                                                                    \
        if (g_bytes_equal(key_a, key_b)) {                                                                           \
            fail_msg("no difference: %s", #__VA_ARGS__);                                                             \
        }                                                                                                            \
    } while (0)

static void
every_field_of_all_kinds_makes_a_check_another_one(void **state)
{
    (void) state;
    DIFFERS(COX_LVS_CHECK_TCP, check->kind = COX_LVS_CHECK_PING);
    DIFFERS(COX_LVS_CHECK_TCP, check->delay_ms++);
    DIFFERS(COX_LVS_CHECK_TCP, check->retry_ms++);
    DIFFERS(COX_LVS_CHECK_TCP, check->timeout_ms++);
    DIFFERS(COX_LVS_CHECK_TCP, check->warmup_ms++);
    DIFFERS(COX_LVS_CHECK_TCP, check->retries++);
    DIFFERS(COX_LVS_CHECK_TCP, check->rise++);
    DIFFERS(COX_LVS_CHECK_TCP, check->jitter_percent++);
    DIFFERS(COX_LVS_CHECK_TCP, check->is_alpha = true);
    DIFFERS(COX_LVS_CHECK_TCP, check->logs_all = true);
    DIFFERS(COX_LVS_CHECK_TCP, check->path.to.family = 4);
    DIFFERS(COX_LVS_CHECK_TCP, check->path.to.bytes[15] = 4);
    DIFFERS(COX_LVS_CHECK_TCP, check->path.to_port = 80);
    DIFFERS(COX_LVS_CHECK_TCP, check->path.from.family = 4);
    DIFFERS(COX_LVS_CHECK_TCP, check->path.from_port = 80);
    DIFFERS(COX_LVS_CHECK_TCP, check->path.device = "");
    DIFFERS(COX_LVS_CHECK_TCP, check->path.mark = 1);
}

static void
every_field_of_one_kind_makes_a_check_another_one(void **state)
{
    (void) state;
    DIFFERS(COX_LVS_CHECK_HTTP, check->http.is_tls = true);
    DIFFERS(COX_LVS_CHECK_HTTP, check->http.has_sni = true);
    DIFFERS(COX_LVS_CHECK_HTTP, check->http.version = COX_LVS_HTTP_1_1);
    DIFFERS(COX_LVS_CHECK_HTTP, check->http.is_fast = true);
    DIFFERS(COX_LVS_CHECK_HTTP, check->http.min_days = 1);
    DIFFERS(COX_LVS_CHECK_HTTP, check->http.is_verified = true);
    DIFFERS(COX_LVS_CHECK_HTTP, check->http.ca = "a");
    DIFFERS(COX_LVS_CHECK_HTTP, check->http.cert = "a");
    DIFFERS(COX_LVS_CHECK_HTTP, check->http.key = "a");
    DIFFERS(COX_LVS_CHECK_HTTP, check->http.password = "a");
    DIFFERS(COX_LVS_CHECK_HTTP, check->http.urls = &PAGE; check->http.n_urls = 1);
    DIFFERS(COX_LVS_CHECK_SMTP, check->helo = "a");
    DIFFERS(COX_LVS_CHECK_DNS, check->dns.type = 1);
    DIFFERS(COX_LVS_CHECK_DNS, check->dns.name = "a");
    DIFFERS(COX_LVS_CHECK_UDP, check->udp.payload = BYTES; check->udp.payload_bytes = 4);
    DIFFERS(COX_LVS_CHECK_UDP, check->udp.is_reply_wanted = true);
    DIFFERS(COX_LVS_CHECK_UDP, check->udp.reply = BYTES; check->udp.reply_bytes = 4);
    DIFFERS(COX_LVS_CHECK_UDP, check->udp.reply_mask = BYTES; check->udp.reply_bytes = 4);
    DIFFERS(COX_LVS_CHECK_UDP, check->udp.min_bytes = 1);
    DIFFERS(COX_LVS_CHECK_UDP, check->udp.max_bytes = 1);
    DIFFERS(COX_LVS_CHECK_TALK, check->talk.send = BYTES);
    DIFFERS(COX_LVS_CHECK_TALK, check->talk.expect = BYTES; check->talk.expect_bytes = 2);
    DIFFERS(COX_LVS_CHECK_PROGRAM, check->program.script.command = "a");
    DIFFERS(COX_LVS_CHECK_PROGRAM, check->program.script.user = "a");
    DIFFERS(COX_LVS_CHECK_PROGRAM, check->program.script.group = "a");
    DIFFERS(COX_LVS_CHECK_PROGRAM, check->program.weigh = COX_LVS_WEIGH_LOAD);
    DIFFERS(COX_LVS_CHECK_PROGRAM, check->program.full_milli = 1);
    DIFFERS(COX_LVS_CHECK_FILE, check->file.name = "a");
    DIFFERS(COX_LVS_CHECK_FILE, check->file.path = "a");
    DIFFERS(COX_LVS_CHECK_FILE, check->file.factor = -1);
    DIFFERS(COX_LVS_CHECK_FILE, check->file.is_reversed = true);
    DIFFERS(COX_LVS_CHECK_FILE, check->file.weigh = COX_LVS_WEIGH_STATUS);
}

static void
every_field_of_a_page_makes_a_check_another_one(void **state)
{
    struct cox_lvs_check one, other;

    (void) state;
    cox_lvs_check_init(&one, COX_LVS_CHECK_HTTP);
    one.http.urls = &PAGE;
    one.http.n_urls = 1;
    other = one;
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_bytes_hash, g_bytes_equal, (GDestroyNotify) g_bytes_unref, NULL);

    assert_true(g_hash_table_add(seen, cox_lvs_check_key(&one)));
    for (size_t i = 0; i < G_N_ELEMENTS(PAGES); i++) {
        other.http.urls = &PAGES[i];
        if (!g_hash_table_add(seen, cox_lvs_check_key(&other))) {
            fail_msg("page %zu is as another one", i);
        }
    }
}

COX_TEST_MAIN(cmocka_unit_test(an_empty_configuration_wants_nothing), cmocka_unit_test(checks_begin_with_the_values_of_the_manual),
              cmocka_unit_test(every_field_of_all_kinds_makes_a_check_another_one),
              cmocka_unit_test(every_field_of_one_kind_makes_a_check_another_one),
              cmocka_unit_test(every_field_of_a_page_makes_a_check_another_one))
