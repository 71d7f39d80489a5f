/* lib/view/tests/test_html_page.c - tests of text as a page. */
#include "base/testkit.h"

#include "view/html_page.h"

static void
headings_and_lists_in_lists_are_kept(void **state)
{
    const struct cox_html_page page = { 0 };
    g_autofree char *html = cox_html_page_make("Node List:\n  * Online: [ n1 ]\n  * Node n2:\n    * a\n\nTickets:\n  * t\n", &page);

    (void) state;
    assert_non_null(strstr(html, "<h2>Node List</h2>\n<ul>\n<li>Online: [ n1 ]</li>\n<li>Node n2:</li>\n<ul>\n<li>a</li>\n</ul>\n</ul>\n"
                                 "<h2>Tickets</h2>\n<ul>\n<li>t</li>\n</ul>\n</body>"));
    assert_non_null(strstr(html, "<title>Cluster Status</title>"));
    assert_null(strstr(html, "refresh"));
}

static void
what_is_wrong_can_be_seen_and_nothing_can_be_smuggled_in(void **state)
{
    const struct cox_html_page page = { .title = "<b>", .stylesheet = "x\"y.css", .reload_s = 5, .is_cgi = true };
    g_autofree char *html = cox_html_page_make("  * OFFLINE: [ n2 ]\n  * <script>\n", &page);

    (void) state;
    assert_true(g_str_has_prefix(html, "Content-Type: text/html\n\n<!DOCTYPE html>"));
    assert_non_null(strstr(html, "<li class=\"bad\">OFFLINE: [ n2 ]</li>"));
    assert_non_null(strstr(html, "<li>&lt;script&gt;</li>"));
    assert_non_null(strstr(html, "<title>&lt;b&gt;</title>"));
    assert_non_null(strstr(html, "content=\"5\""));
    assert_non_null(strstr(html, "href=\"x&quot;y.css\""));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(headings_and_lists_in_lists_are_kept),
        cmocka_unit_test(what_is_wrong_can_be_seen_and_nothing_can_be_smuggled_in),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
