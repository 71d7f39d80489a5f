/* lib/admin/tests/test_ring.c */
#include "admin/ring.h"

#include "base/testkit.h"

#include "base/error.h"

static struct cox_ring *
ring_of(const char *words)
{
    g_auto(GStrv) parts = g_strsplit(words, " ", -1);
    struct cox_ring *ring = cox_ring_new("c", 1000, NULL);

    assert_non_null(ring);
    for (guint i = 0; parts[i] != NULL; i++) {
        assert_true(cox_ring_add(ring, parts[i], NULL));
    }
    return ring;
}

static void
failed(GError **error, int code, const char *part)
{
    assert_non_null(*error);
    assert_int_equal((*error)->code, code);
    if (strstr((*error)->message, part) == NULL) {
        fail_msg("'%s' is not in: %s", part, (*error)->message);
    }
    g_clear_error(error);
}

static void
a_new_cluster_is_what_corosync_reads(void **state)
{
    g_autoptr(cox_ring) ring = ring_of("n1=10.0.0.1,10.1.0.1 n2=10.0.0.2,fd00::2 n3=host.example,10.1.0.3");
    g_autofree char *text = cox_ring_text(ring);

    (void) state;
    assert_string_equal(text, "totem {\n  version: 2\n  cluster_name: c\n  transport: knet\n  crypto_cipher: aes256\n  crypto_hash: sha256\n"
                              "  token: 1000\n}\nnodelist {\n"
                              "  node {\n    ring0_addr: 10.0.0.1\n    ring1_addr: 10.1.0.1\n    name: n1\n    nodeid: 1\n  }\n"
                              "  node {\n    ring0_addr: 10.0.0.2\n    ring1_addr: fd00::2\n    name: n2\n    nodeid: 2\n  }\n"
                              "  node {\n    ring0_addr: host.example\n    ring1_addr: 10.1.0.3\n    name: n3\n    nodeid: 3\n  }\n}\n"
                              "quorum {\n  provider: corosync_votequorum\n}\n"
                              "logging {\n  to_logfile: yes\n  logfile: /var/log/corosync/corosync.log\n  to_syslog: yes\n  timestamp: on\n}\n");
}

static void
quorum_is_counted_with_running_nodes(void **state)
{
    g_autoptr(cox_ring) two = ring_of("a b");
    g_autoptr(cox_ring) three = ring_of("a b c");
    g_autoptr(cox_ring) four = ring_of("a b c d");

    (void) state;
    assert_false(cox_ring_has_quorum(two, 0));
    assert_true(cox_ring_has_quorum(two, 1));
    assert_false(cox_ring_has_quorum(three, 1));
    assert_true(cox_ring_has_quorum(three, 2));
    assert_false(cox_ring_has_quorum(four, 2));
    assert_true(cox_ring_has_quorum(four, 3));
}

static void
a_host_is_known_by_its_short_or_full_name(void **state)
{
    (void) state;
    assert_true(cox_ring_is_host("n1", "n1"));
    assert_true(cox_ring_is_host("n1", "N1.example.org"));
    assert_true(cox_ring_is_host("n1.example.org", "n1"));
    assert_false(cox_ring_is_host("n1.example.org", "n1.example.net"));
    assert_false(cox_ring_is_host("n1", "n11"));
    assert_false(cox_ring_is_host("n1", "n2.n1"));
    assert_false(cox_ring_is_host("n1", ""));
}

static void
two_nodes_and_only_two_have_two_node(void **state)
{
    g_autoptr(cox_ring) ring = ring_of("a b");

    (void) state;
    assert_string_equal(cox_ring_get(ring, "quorum.two_node"), "1");
    assert_true(cox_ring_add(ring, "c", NULL));
    assert_null(cox_ring_get(ring, "quorum.two_node"));
    assert_true(cox_ring_remove(ring, "a", NULL));
    assert_string_equal(cox_ring_get(ring, "quorum.two_node"), "1");
    assert_true(cox_ring_remove(ring, "b", NULL));
    assert_null(cox_ring_get(ring, "quorum.two_node"));
}

static void
a_quorum_device_counts_votes_as_they_are(void **state)
{
    g_autoptr(cox_ring) ring = cox_ring_parse("quorum {\ndevice {\nmodel: net\n}\n}\nnodelist {\n}\n", NULL);

    (void) state;
    assert_true(cox_ring_add(ring, "a", NULL) && cox_ring_add(ring, "b", NULL));
    assert_null(cox_ring_get(ring, "quorum.two_node"));
}

/* corosync takes it instead of what the list of nodes says. */
static void
votes_that_are_set_by_hand_follow_the_nodes(void **state)
{
    static const char text[] = "nodelist {\n  node {\n    ring0_addr: 10.0.0.1\n    name: n1\n    nodeid: 1\n  }\n"
                               "  node {\n    ring0_addr: 10.0.0.2\n    name: n2\n    nodeid: 2\n    quorum_votes: 3\n  }\n}\n"
                               "quorum {\n  expected_votes: 4\n}\n";
    g_autoptr(cox_ring) ring = cox_ring_parse(text, NULL);
    g_autoptr(cox_ring) bad = cox_ring_parse("nodelist {\n  node {\n    ring0_addr: a\n    name: a\n    nodeid: 1\n  }\n}\nquorum {\n  expected_votes: many\n}\n", NULL);
    g_autoptr(cox_ring) none = ring_of("a b");
    g_autofree char *before = cox_ring_text(bad);
    g_autofree char *after = NULL;
    GError *error = NULL;

    (void) state;
    assert_true(cox_ring_add(ring, "n3=10.0.0.3", NULL));
    assert_string_equal(cox_ring_get(ring, "quorum.expected_votes"), "5");
    assert_true(cox_ring_remove(ring, "n2", NULL));
    assert_string_equal(cox_ring_get(ring, "quorum.expected_votes"), "2");
    assert_true(cox_ring_remove(ring, "n1", NULL));
    assert_string_equal(cox_ring_get(ring, "quorum.expected_votes"), "1");
    assert_false(cox_ring_add(bad, "b", &error));
    failed(&error, COX_ERROR_SYNTAX, "expected_votes 'many'");
    after = cox_ring_text(bad);
    assert_string_equal(after, before);
    assert_true(cox_ring_add(none, "c", NULL));
    assert_null(cox_ring_get(none, "quorum.expected_votes"));
}

static void
a_key_is_needed_where_something_is_encrypted_or_signed(void **state)
{
    static const struct {
        const char *totem;
        bool is_secured;
    } rows[] = {
        { "", false },
        { "crypto_cipher: none\ncrypto_hash: none\n", false },
        { "crypto_hash: sha1\n", true },
        { "crypto_cipher: aes128\ncrypto_hash: none\n", true },
        { "secauth: on\n", true },
        { "secauth: off\n", false },
        { "secauth: on\ncrypto_cipher: none\ncrypto_hash: none\n", false },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = g_strdup_printf("totem {\n%s}\n", rows[i].totem);
        g_autoptr(cox_ring) ring = cox_ring_parse(text, NULL);

        assert_int_equal(cox_ring_is_secured(ring), rows[i].is_secured);
    }
}

static void
what_is_not_about_nodes_stays(void **state)
{
    const char *before = "# mine\ntotem {\n  version: 2\n  # slow net\n  token: 9000\n}\n\nnodelist {\n  node {\n    ring0_addr: h1\n    quorum_votes: 2\n"
                         "    name: h1\n    nodeid: 7\n  }\n}\nquorum {\n  provider: corosync_votequorum\n}\n";
    g_autoptr(cox_ring) ring = cox_ring_parse(before, NULL);
    g_autofree char *same = cox_ring_text(ring);
    g_autofree char *after = NULL;
    struct cox_ring_node node;

    (void) state;
    assert_string_equal(same, before);
    assert_true(cox_ring_add(ring, "h2=10.0.0.2", NULL));
    assert_true(cox_ring_node(ring, 1, &node));
    assert_int_equal(node.id, 8);
    assert_string_equal(node.name, "h2");
    assert_string_equal(node.address, "10.0.0.2");
    assert_false(cox_ring_node(ring, 2, &node));
    assert_true(cox_ring_remove(ring, "h2", NULL));
    after = cox_ring_text(ring);
    assert_string_equal(after, before);
}

static void
refuses(struct cox_ring *ring, const char *word, int code, const char *part)
{
    g_autofree char *before = cox_ring_text(ring);
    g_autofree char *after = NULL;
    GError *error = NULL;

    assert_false(cox_ring_add(ring, word, &error));
    failed(&error, code, part);
    after = cox_ring_text(ring);
    assert_string_equal(after, before);
}

static void
names_and_addresses_are_checked(void **state)
{
    g_autoptr(cox_ring) ring = ring_of("n1=10.0.0.1");

    (void) state;
    refuses(ring, "", COX_ERROR_USAGE, "name has letters");
    refuses(ring, "n_2", COX_ERROR_USAGE, "'n_2'");
    refuses(ring, "n2;reboot=10.0.0.2", COX_ERROR_USAGE, "name has letters");
    refuses(ring, "-n2", COX_ERROR_USAGE, "name has letters");
    refuses(ring, "n2=", COX_ERROR_USAGE, "no address behind");
    refuses(ring, "n2=10.0.0.256", COX_ERROR_USAGE, "'10.0.0.256' is neither");
    refuses(ring, "n2=-oProxyCommand=x", COX_ERROR_USAGE, "is neither");
    refuses(ring, "n2=a\nb: c", COX_ERROR_USAGE, "is neither");
    refuses(ring, "n2=10.0.0.2,10.1.0.2", COX_ERROR_USAGE, "2 addresses, but 1 links");
    refuses(ring, "n2=10.0.0.2,10.0.0.2", COX_ERROR_USAGE, "there twice");
    refuses(ring, "n2=10.0.0.1", COX_ERROR_EXISTS, "that of node 'n1' already");
    refuses(ring, "n1=10.0.0.2", COX_ERROR_EXISTS, "in the cluster already");
}

static void
a_node_that_is_not_there_and_the_last_one_stay(void **state)
{
    g_autoptr(cox_ring) ring = ring_of("alpha beta");
    GError *error = NULL;

    (void) state;
    assert_false(cox_ring_remove(ring, "alhpa", &error));
    failed(&error, COX_ERROR_NOT_FOUND, "alpha");
    assert_true(cox_ring_remove(ring, "alpha", NULL));
    assert_false(cox_ring_remove(ring, "beta", &error));
    failed(&error, COX_ERROR_USAGE, "is the last one");
}

static void
clusters_need_a_name_and_a_token(void **state)
{
    GError *error = NULL;

    (void) state;
    assert_null(cox_ring_new("", 1000, &error));
    failed(&error, COX_ERROR_USAGE, "name of the cluster ''");
    assert_null(cox_ring_new("a b", 1000, &error));
    failed(&error, COX_ERROR_USAGE, "'a b'");
    assert_null(cox_ring_new("a", 299, &error));
    failed(&error, COX_ERROR_USAGE, "299 ms: take 300");
}

static void
files_that_are_none_name_the_line(void **state)
{
    GError *error = NULL;

    (void) state;
    assert_null(cox_ring_parse("totem {\nversion 2\n}\n", &error));
    failed(&error, COX_ERROR_SYNTAX, "line 2: 'version 2'");
    assert_null(cox_ring_parse("totem {\n", &error));
    failed(&error, COX_ERROR_SYNTAX, "'totem' has no end");
    assert_null(cox_ring_parse("}\n", &error));
    failed(&error, COX_ERROR_SYNTAX, "line 1");
    assert_null(cox_ring_parse("a{\na{\na{\na{\na{\na{\na{\na{\na{\n", &error));
    failed(&error, COX_ERROR_SYNTAX, "line 8");
    assert_null(cox_ring_parse("nodelist {\nnode {\nname: x\n}\n}\n", &error));
    failed(&error, COX_ERROR_NOT_CONFIGURED, "node 'x'");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_cluster_is_what_corosync_reads),
        cmocka_unit_test(quorum_is_counted_with_running_nodes), cmocka_unit_test(a_host_is_known_by_its_short_or_full_name),
        cmocka_unit_test(two_nodes_and_only_two_have_two_node),
        cmocka_unit_test(a_quorum_device_counts_votes_as_they_are),
        cmocka_unit_test(votes_that_are_set_by_hand_follow_the_nodes),
        cmocka_unit_test(a_key_is_needed_where_something_is_encrypted_or_signed),
        cmocka_unit_test(what_is_not_about_nodes_stays),
        cmocka_unit_test(names_and_addresses_are_checked),
        cmocka_unit_test(a_node_that_is_not_there_and_the_last_one_stay),
        cmocka_unit_test(clusters_need_a_name_and_a_token),
        cmocka_unit_test(files_that_are_none_name_the_line),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
