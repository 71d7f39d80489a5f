/* lib/view/html_page.c - what is printed as text, as a page for a browser.  Layer 4. */
#include "view/html_page.h"

#include <string.h>

/* Depth of an item: "  * x" is 1, "    * x" is 2; 0: the line is no item. */
static guint
depth_of(const char *line)
{
    size_t blanks = strspn(line, " ");

    return (blanks >= 2 && line[blanks] == '*' && line[blanks + 1] == ' ') ? (guint) (blanks / 2) : 0;
}

/* Lists are opened and closed until @depth of them are open. */
static void
go_to_depth(GString *html, guint *now, guint depth)
{
    for (; *now < depth; *now += 1) {
        g_string_append(html, "<ul>\n");
    }
    for (; *now > depth; *now -= 1) {
        g_string_append(html, "</ul>\n");
    }
}

static bool
is_bad(const char *text)
{
    static const char *const words[] = { "OFFLINE", "UNCLEAN", "FAILED", "WITHOUT quorum", "failed", "DISABLED ***", "blocked" };

    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        if (strstr(text, words[i]) != NULL) {
            return true;
        }
    }
    return false;
}

static void
append_element(GString *html, const char *element, const char *text)
{
    g_autofree char *escaped = g_markup_escape_text(text, -1);

    g_string_append_printf(html, "<%s%s>%s</%s>\n", element, is_bad(text) ? " class=\"bad\"" : "", escaped, element);
}

static void
append_head(GString *html, const struct cox_html_page *page)
{
    g_autofree char *title = g_markup_escape_text((page->title != NULL) ? page->title : "Cluster Status", -1);
    g_autofree char *style = (page->stylesheet != NULL) ? g_markup_escape_text(page->stylesheet, -1) : NULL;

    if (page->is_cgi) {
        g_string_append(html, "Content-Type: text/html\n\n");
    }
    g_string_append(html, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    if (page->reload_s > 0) {
        g_string_append_printf(html, "<meta http-equiv=\"refresh\" content=\"%d\">\n", page->reload_s);
    }
    g_string_append_printf(html, "<title>%s</title>\n", title);
    if (style != NULL) {
        g_string_append_printf(html, "<link rel=\"stylesheet\" href=\"%s\">\n", style);
    }
    g_string_append(html, "<style>body { font-family: sans-serif } .bad { color: #b00 }</style>\n</head>\n<body>\n");
}

char *
cox_html_page_make(const char *text, const struct cox_html_page *page)
{
    GString *html = g_string_new(NULL);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    guint now = 0;

    append_head(html, page);
    for (guint i = 0; lines[i] != NULL; i++) {
        guint depth = depth_of(lines[i]);
        char *bare = g_strstrip(lines[i]);
        size_t length = strlen(bare);

        if (length == 0) {
            continue;
        }
        go_to_depth(html, &now, depth);
        if (depth > 0) {
            append_element(html, "li", bare + 2);
        } else if (bare[length - 1] == ':') {
            bare[length - 1] = '\0';
            append_element(html, "h2", bare);
        } else {
            append_element(html, "p", bare);
        }
    }
    go_to_depth(html, &now, 0);
    g_string_append(html, "</body>\n</html>\n");
    return g_string_free(html, FALSE);
}
