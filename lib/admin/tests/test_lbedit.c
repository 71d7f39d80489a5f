/* lib/admin/tests/test_lbedit.c */
#include "admin/lbedit.h"

#include "admin/nvedit.h"
#include "admin/tests/treekit.h"

#define WEB                                                                                                                                   \
    "<resources><clone id='web-clone'><primitive id='web' class='ocf' provider='coxswain' type='VirtualServer'><instance_attributes id='i'>"   \
    "<nvpair id='a' name='address' value='192.0.2.1'/><nvpair id='p' name='port' value='80'/>%s</instance_attributes></primitive></clone>"     \
    "<primitive id='d' class='ocf' provider='heartbeat' type='Dummy'/></resources>"
#define TWO                                                                                                                       \
    "<nvpair id='r' name='real_servers' value='real_server 10.0.0.1 80 {&#10;  weight 2&#10;  TCP_CHECK {&#10;    retry 2&#10;  }&#10;}&#10;" \
    "real_server 10.0.0.2 8080 {&#10;  weight 1&#10;}'/>"

static struct cox_xmldoc *
with(const char *servers)
{
    g_autofree char *text = g_strdup_printf(WEB, servers);

    return treekit_doc(text);
}

static void
servers_are(const struct cox_xmldoc *doc, const char *wanted)
{
    const struct cox_nvedit_home home = { cox_lbedit_find(cox_xmldoc_root(doc), "web"), "instance_attributes", NULL };
    const char *value = cox_nvedit_get(&home, "real_servers");

    assert_string_equal(value == NULL ? "none" : value, wanted);
}

static void
adds(const char *servers, const char *words, const char *wanted)
{
    g_autoptr(cox_xmldoc) doc = with(servers);
    g_auto(GStrv) parts = g_strsplit(words, " ", -1);

    assert_true(cox_lbedit_add(cox_xmldoc_root(doc), "web-clone", parts[0], parts + 1, NULL));
    servers_are(doc, wanted);
}

static void
a_new_server_is_like_the_first_one(void **state)
{
    (void) state;
    adds(TWO, "10.0.0.3 weight=5",
         "real_server 10.0.0.1 80 {\n  weight 2\n  TCP_CHECK {\n    retry 2\n  }\n}\nreal_server 10.0.0.2 8080 {\n  weight 1\n}\n"
         "real_server 10.0.0.3 80 {\n  weight 5\n  TCP_CHECK {\n    retry 2\n  }\n}");
    adds(TWO, "10.0.0.3:80 check=http:/health weight=4",
         "real_server 10.0.0.1 80 {\n  weight 2\n  TCP_CHECK {\n    retry 2\n  }\n}\nreal_server 10.0.0.2 8080 {\n  weight 1\n}\n"
         "real_server 10.0.0.3 80 {\n  HTTP_GET {\n    url {\n      path /health\n    }\n  }\n  weight 4\n}");
    adds("", "10.0.0.3 check=ping", "real_server 10.0.0.3 80 {\n  PING_CHECK {\n  }\n}");
    adds("", "10.0.0.3:81", "real_server 10.0.0.3 81 {\n}");
    adds("", "10.0.0.3 weight=3 uthreshold=9", "real_server 10.0.0.3 80 {\n  weight 3\n  uthreshold 9\n}");
}

static void
a_server_goes_or_gets_another_weight(void **state)
{
    g_autoptr(cox_xmldoc) doc = with(TWO);

    (void) state;
    assert_true(cox_lbedit_weight(cox_xmldoc_root(doc), "web", "10.0.0.1", "0", NULL));
    servers_are(doc, "real_server 10.0.0.1 80 {\n  weight 0\n  TCP_CHECK {\n    retry 2\n  }\n}\nreal_server 10.0.0.2 8080 {\n  weight 1\n}");
    assert_true(cox_lbedit_remove(cox_xmldoc_root(doc), "web", "10.0.0.1:80", NULL));
    servers_are(doc, "real_server 10.0.0.2 8080 {\n  weight 1\n}");
    assert_true(cox_lbedit_remove(cox_xmldoc_root(doc), "web", "10.0.0.2:8080", NULL));
    servers_are(doc, "none");
}

static void
what_cannot_be_is_refused(void **state)
{
    static const struct {
        const char *service, *server, *words;
        int code;
        const char *part;
    } cases[] = {
        { "web", "10.0.0.1", "", COX_ERROR_EXISTS, "has the server '10.0.0.1' already" },
        { "web", "10.0.0.1:0", "", COX_ERROR_USAGE, "'10.0.0.1:0' is no place" },
        { "web", "10.0.0", "", COX_ERROR_USAGE, "write ADDRESS, ADDRESS:PORT or [ADDRESS]:PORT" },
        { "web", "[2001:db8::1", "", COX_ERROR_USAGE, "is no place" },
        { "web", "", "", COX_ERROR_USAGE, "'' is no place" },
        { "web", "2001:db8::1", "", COX_ERROR_CONFIG, "is of another family" },
        { "web", "10.0.0.9", "weight=70000", COX_ERROR_CONFIG, "'70000' of 'weight' is not a number from 0 to 65535" },
        { "web", "10.0.0.9", "wieght=2", COX_ERROR_USAGE, "'wieght' is no setting of a server; did you mean 'weight'?" },
        { "web", "10.0.0.9", "TCP_CHECK=1", COX_ERROR_USAGE, "'TCP_CHECK' is no setting of a server" },
        { "web", "10.0.0.9", "weight", COX_ERROR_USAGE, "'weight' is not NAME=VALUE" },
        { "web", "10.0.0.9", "check=htpp", COX_ERROR_USAGE, "'htpp' is no check: use tcp, ping" },
        { "web", "10.0.0.9", "check=tcp:/x", COX_ERROR_USAGE, "'tcp:/x' is no check" },
        { "web", "10.0.0.9", "check=http:x", COX_ERROR_USAGE, "'http:x' is no check" },
        { "d", "10.0.0.9", "", COX_ERROR_NOT_FOUND, "resource 'd' of type ocf:coxswain:VirtualServer does not exist" },
        { "x", "10.0.0.9", "", COX_ERROR_NOT_FOUND, "resource 'x'" },
    };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(cox_xmldoc) doc = with(TWO);
        char *words[] = { (char *) (guintptr) (*cases[i].words == '\0' ? NULL : cases[i].words), NULL };
        GError *error = NULL;

        assert_false(cox_lbedit_add(cox_xmldoc_root(doc), cases[i].service, cases[i].server, words, &error));
        treekit_failed(&error, cases[i].code, cases[i].part);
    }
}

static void
what_is_not_there_is_told_with_what_is(void **state)
{
    g_autoptr(cox_xmldoc) doc = with(TWO);
    GError *error = NULL;

    (void) state;
    assert_false(cox_lbedit_remove(cox_xmldoc_root(doc), "web", "10.0.0.2", &error));
    treekit_failed(&error, COX_ERROR_NOT_FOUND, "has no server '10.0.0.2': it has 10.0.0.1 80, 10.0.0.2 8080");
    assert_false(cox_lbedit_weight(cox_xmldoc_root(doc), "web", "10.0.0.2:8080", "many", &error));
    treekit_failed(&error, COX_ERROR_CONFIG, "'many' of 'weight' is not a number");
}

static void
a_broken_parameter_is_told_and_not_touched(void **state)
{
    g_autoptr(cox_xmldoc) doc = with("<nvpair id='r' name='real_servers' value='real_server 10.0.0.1 80 { }}'/>");
    char *words[] = { NULL };
    GError *error = NULL;

    (void) state;
    assert_false(cox_lbedit_add(cox_xmldoc_root(doc), "web", "10.0.0.9", words, &error));
    treekit_failed(&error, COX_ERROR_CONFIG, "'}' closes nothing");
    servers_are(doc, "real_server 10.0.0.1 80 { }}");
}

static void
places_are_read_with_and_without_port(void **state)
{
    static const struct {
        const char *text, *address;
        guint16 port;
    } cases[] = { { "10.0.0.1:80", "10.0.0.1", 80 }, { "10.0.0.1", "10.0.0.1", 0 }, { "[2001:db8::1]:443", "2001:db8::1", 443 },
                  { "2001:db8::1", "2001:db8::1", 0 }, { "[2001:db8::1]", "2001:db8::1", 0 } };

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct cox_lbedit_place place;
        char text[COX_IP_TEXT_SIZE];

        assert_true(cox_lbedit_parse(cases[i].text, &place, NULL));
        assert_string_equal(cox_ip_format(&place.address, text), cases[i].address);
        assert_int_equal(place.port, cases[i].port);
    }
}

COX_TEST_MAIN(cmocka_unit_test(a_new_server_is_like_the_first_one), cmocka_unit_test(a_server_goes_or_gets_another_weight),
              cmocka_unit_test(what_cannot_be_is_refused), cmocka_unit_test(what_is_not_there_is_told_with_what_is),
              cmocka_unit_test(a_broken_parameter_is_told_and_not_touched), cmocka_unit_test(places_are_read_with_and_without_port))
