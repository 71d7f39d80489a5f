/* Tests of lib/admin/mask.c */
#include "admin/mask.h"

#include "base/error.h"
#include "base/testkit.h"
#include "xml/xmldoc.h"
#include "xml/xmlwrite.h"

static void
names_that_sound_like_secrets_are_secret(void **state)
{
    static const char *const secret[] = { "password", "passwd", "PASSWORD", "login_passwd", "db-password", "token", "api_token", "secret", "client_secret",
                                          "secretkey", "ssh_key", "key", "private_key", "apikey", "access_key", "authkey", "passphrase", "community", "pass", "db_pass", "hexadecimal_kg", "aws-credentials", "pwd" };
    static const char *const open[] = { "ip", "monkey", "keyboard", "pcmk_host_list", "operation_key_x", "resource-stickiness", "path", "user", "compass", NULL };
    g_autoptr(cox_mask) mask = cox_mask_new();

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(secret); i++) {
        if (!cox_mask_is_secret(mask, secret[i])) {
            fail_msg("'%s' is shown", secret[i]);
        }
    }
    for (size_t i = 0; i < G_N_ELEMENTS(open); i++) {
        if (cox_mask_is_secret(mask, open[i])) {
            fail_msg("'%s' is masked", open[i]);
        }
    }
}

static void
more_names_can_be_given_and_a_bad_pattern_is_refused(void **state)
{
    g_autoptr(cox_mask) mask = cox_mask_new();
    g_autoptr(GError) error = NULL;

    (void) state;
    assert_true(cox_mask_add_pattern(mask, "^pin$", NULL));
    cox_mask_add_name(mask, "serial");
    assert_true(cox_mask_is_secret(mask, "PIN"));
    assert_true(cox_mask_is_secret(mask, "serial"));
    assert_false(cox_mask_is_secret(mask, "serials"));
    assert_false(cox_mask_add_pattern(mask, "(", &error));
    assert_true(g_error_matches(error, COX_ERROR, COX_ERROR_USAGE));
}

static void
a_document_is_masked_and_its_secrets_are_learned(void **state)
{
    static const char text[] = "<cib><nvpair id=\"a\" name=\"passwd\" value=\"hunter2 &amp; co\"/><nvpair id=\"b\" name=\"ip\" value=\"192.0.2.1\"/>"
                               "<expression id=\"c\" attribute=\"token\" operation=\"eq\" value=\"tok-9\"/><x api_key=\"k3y!\" operation_key=\"a_b_0\"/></cib>";
    g_autoptr(cox_mask) mask = cox_mask_new();
    g_autoptr(cox_xmldoc) doc = cox_xmldoc_parse_text(text, strlen(text), NULL, NULL);
    g_autofree char *out = NULL, *log = NULL;
    static const char lines[] = "said hunter2 & co to 192.0.2.1\nsaid hunter2 &amp; co, tok-9 and k3y!\n";

    (void) state;
    cox_mask_document(mask, cox_xmldoc_root(doc));
    out = cox_xmlwrite_text(cox_xmldoc_root(doc), COX_XMLWRITE_PLAIN);
    assert_string_equal(out, "<cib><nvpair id=\"a\" name=\"passwd\" value=\"******\"/><nvpair id=\"b\" name=\"ip\" value=\"192.0.2.1\"/>"
                             "<expression id=\"c\" attribute=\"token\" operation=\"eq\" value=\"******\"/><x api_key=\"******\" operation_key=\"a_b_0\"/></cib>");
    log = cox_mask_text(mask, lines, strlen(lines));
    assert_string_equal(log, "said ****** to 192.0.2.1\nsaid ******, ****** and ******\n");
}

static void
what_is_learned_is_masked_the_longest_first_and_words_of_every_day_are_not(void **state)
{
    g_autoptr(cox_mask) mask = cox_mask_new();
    static const char text[] = "abcd abcdefgh true abc\n";
    g_autofree char *out = NULL;

    (void) state;
    cox_mask_learn(mask, "abcd");
    cox_mask_learn(mask, "  abcdefgh\n");
    cox_mask_learn(mask, "true");
    cox_mask_learn(mask, "abc");
    cox_mask_learn(mask, "");
    out = cox_mask_text(mask, text, strlen(text));
    assert_string_equal(out, "****** ****** true abc\n");
}

static void
what_follows_such_a_name_in_a_text_is_masked(void **state)
{
    static const struct {
        const char *text, *out;
    } cases[] = {
        { "password=hunter2 next", "password=****** next" },
        { "db_password: hunter2", "db_password: ******" },
        { "  \"api_token\": \"a b c\", \"x\": 1", "  \"api_token\": \"******\", \"x\": 1" },
        { "secret = 'a b' # why", "secret = '******' # why" },
        { "fence_ipmi --ip 192.0.2.1 --password hunter2 -v", "fence_ipmi --ip 192.0.2.1 --password ****** -v" },
        { "<nvpair id=\"x\" name=\"passwd\" value=\"h &quot; x\"/>", "<nvpair id=\"x\" name=\"passwd\" value=\"******\"/>" },
        { "PCMK_key=1\nip=2", "PCMK_key=******\nip=2" },
        { "the password was wrong; key: none of your business", "the password was wrong; key: none of your business" },
        { "monkey=1 tokenizer", "monkey=1 tokenizer" },
        { "totem.key (str) = k1k2k3", "totem.key (str) = ******" },
        { "totem {\n\tkey: ab:c d\n\tkeyfile: /etc/x\n}", "totem {\n\tkey: ******\n\tkeyfile: /etc/x\n}" },
        { "options=username=u,pass=x1,ro", "options=username=u,pass=******,ro" },
        { "compass=north came to pass: yes", "compass=north came to pass: yes" },
        { "http://user:h2@9.x/y http://host:80/a", "http://user:******@9.x/y http://host:80/a" },
        { "amqp://u:a@b@host", "amqp://u:******@host" },
        { "hexadecimal_kg=0123 end", "hexadecimal_kg=****** end" },
        { "run /usr/sbin/fence_ipmi -a 192.0.2.1 -p hunter,2 -v", "run /usr/sbin/fence_ipmi -a 192.0.2.1 -p ****** -v" },
        { "['fence_x', '-p', 'hunter 2', '-o']", "['fence_x', '-p', '******', '-o']" },
        { "ipmitool -H h -p 623 -P hunter2 chassis", "ipmitool -H h -p 623 -P ****** chassis" },
        { "sshd -p 2222 of no agent", "sshd -p 2222 of no agent" },
        { "--password \"a b\" --token a;b", "--password \"******\" --token ******" },
        { "password=\"cut off\nnext line", "password=\"******\nnext line" },
        { "wrong password:\nNov 27 next", "wrong password:\nNov 27 next" },
        { "a=\"1\" transition-key=\"1:2:0:u\" operation_key=\"a_start_0\"", "a=\"1\" transition-key=\"1:2:0:u\" operation_key=\"a_start_0\"" },
    };
    g_autoptr(cox_mask) mask = cox_mask_new();

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *out = cox_mask_text(mask, cases[i].text, strlen(cases[i].text));

        assert_string_equal(out, cases[i].out);
    }
}

static void
what_is_learned_is_masked_where_it_stands_alone_and_is_no_name_or_number(void **state)
{
    static const char doc_text[] = "<cib><nodes><node id=\"1\" uname=\"berlin\"/></nodes><primitive id=\"webserver\"/></cib>";
    static const char text[] = "admin1 admin1s xadmin1 (admin1) \\nadmin1 -admin1- 5432 123456789 berlin webserver web1 web1a 0123456789abcdef01\n";
    static const char *const learned[] = { "admin1", "5432", "123456789", "berlin", "webserver", "web1", "0123456789abcdef" };
    g_autoptr(cox_mask) mask = cox_mask_new();
    g_autoptr(cox_xmldoc) doc = cox_xmldoc_parse_text(doc_text, strlen(doc_text), NULL, NULL);
    g_autofree char *out = NULL;

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(learned); i++) {
        cox_mask_learn(mask, learned[i]);
    }
    cox_mask_document(mask, cox_xmldoc_root(doc));
    out = cox_mask_text(mask, text, strlen(text));
    assert_string_equal(out, "****** admin1s xadmin1 (******) \\n****** -******- 5432 ****** berlin webserver ****** web1a ******01\n");
}

#define OP(rsc, digest) \
    "<lrm_resource id=\"" rsc "\"><lrm_rsc_op id=\"" rsc "_0\" op-digest=\"" digest "\" op-restart-digest=\"r\" op-secure-digest=\"s\"/></lrm_resource>"
#define SET(id, name) "<instance_attributes id=\"" id "\"><nvpair id=\"" id "-1\" name=\"" name "\" value=\"Planted\"/></instance_attributes>"

static void
digests_stay_only_where_they_hide_nothing(void **state)
{
    static const char text[] = "<cib><resources><template id=\"t\">" SET("ts", "passwd") "</template><primitive id=\"open\">" SET("os", "ip") "</primitive>"
                               "<primitive id=\"own\">" SET("ws", "passwd") "</primitive><primitive id=\"of\" template=\"t\"/>"
                               "<primitive id=\"like\"><instance_attributes id-ref=\"ws\"/></primitive>"
                               "<group id=\"g\">" SET("gs", "token") "<primitive id=\"member\"/></group>"
                               "<primitive id=\"inner\"><instance_attributes id=\"is\"><nvpair id=\"is-1\" name=\"options\" value=\"username=u,pass=Inner1\"/>"
                               "</instance_attributes></primitive></resources>"
                               OP("open:1", "digest-open") OP("own", "digest-own") OP("of", "digest-of") OP("like", "digest-like") OP("member", "digest-member")
                               OP("gone", "digest-gone") OP("inner", "digest-inner") "</cib>";
    static const char log[] = "op digest-own of it, Inner1\n";
    g_autoptr(cox_mask) mask = cox_mask_new();
    g_autoptr(cox_xmldoc) doc = cox_xmldoc_parse_text(text, strlen(text), NULL, NULL);
    g_autofree char *out = NULL, *said = NULL;

    (void) state;
    cox_mask_document(mask, cox_xmldoc_root(doc));
    out = cox_xmlwrite_text(cox_xmldoc_root(doc), COX_XMLWRITE_PLAIN);
    assert_non_null(strstr(out, "op-digest=\"digest-open\" op-restart-digest=\"r\" op-secure-digest=\"s\""));
    assert_non_null(strstr(out, "value=\"username=u,pass=******\""));
    for (const char *at = strstr(out, "digest"); at != NULL; at = strstr(at + 1, "digest")) {
        assert_non_null(strstr(out, "own_0"));
        assert_true(at < strstr(out, "own_0"));
    }
    said = cox_mask_text(mask, log, strlen(log));
    assert_string_equal(said, "op ****** of it, ******\n");
}

static void
a_masked_document_is_still_one_as_a_text(void **state)
{
    static const char text[] = "<cib><nvpair id=\"a\" name=\"passwd\" value=\"x\"/><lrm_rsc_op api_key=\"k\" transition-key=\"1:2\" operation_key=\"a_b_0\"/></cib>";
    g_autoptr(cox_mask) mask = cox_mask_new();
    g_autoptr(cox_xmldoc) doc = cox_xmldoc_parse_text(text, strlen(text), NULL, NULL);
    g_autofree char *plain = NULL, *out = NULL;

    (void) state;
    cox_mask_document(mask, cox_xmldoc_root(doc));
    plain = cox_xmlwrite_text(cox_xmldoc_root(doc), COX_XMLWRITE_PLAIN);
    out = cox_mask_text(mask, plain, strlen(plain));
    assert_string_equal(out, plain);
}

static void
a_long_text_is_masked_to_its_end(void **state)
{
    g_autoptr(cox_mask) mask = cox_mask_new();
    g_autoptr(GString) text = g_string_new(NULL);
    g_autofree char *out = NULL;

    (void) state;
    cox_mask_learn(mask, "hunter2");
    for (int i = 0; i < 20000; i++) {
        g_string_append(text, "a line with hunter2 and password=other\n");
    }
    out = cox_mask_text(mask, text->str, text->len);
    assert_null(strstr(out, "hunter2"));
    assert_null(strstr(out, "other"));
    assert_int_equal(strlen(out), 20000 * strlen("a line with ****** and password=******\n"));
}

static void
what_is_no_text_hides_nothing_behind_it(void **state)
{
    g_autoptr(cox_mask) mask = cox_mask_new();
    static const char text[] = "a\0\xff password=hunter2\n";
    g_autofree char *out = cox_mask_text(mask, text, sizeof text - 1);

    (void) state;
    assert_string_equal(out, "a?\xff password=******\n");
}

COX_TEST_MAIN(cmocka_unit_test(names_that_sound_like_secrets_are_secret),
              cmocka_unit_test(more_names_can_be_given_and_a_bad_pattern_is_refused),
              cmocka_unit_test(a_document_is_masked_and_its_secrets_are_learned),
              cmocka_unit_test(what_is_learned_is_masked_the_longest_first_and_words_of_every_day_are_not),
              cmocka_unit_test(what_follows_such_a_name_in_a_text_is_masked),
              cmocka_unit_test(what_is_learned_is_masked_where_it_stands_alone_and_is_no_name_or_number),
              cmocka_unit_test(digests_stay_only_where_they_hide_nothing),
              cmocka_unit_test(a_masked_document_is_still_one_as_a_text),
              cmocka_unit_test(a_long_text_is_masked_to_its_end),
              cmocka_unit_test(what_is_no_text_hides_nothing_behind_it))
