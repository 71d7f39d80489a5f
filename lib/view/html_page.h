/* lib/view/html_page.h - what is printed as text, as a page for a browser.  Layer 4. */
#ifndef COX_VIEW_HTML_PAGE_H
#define COX_VIEW_HTML_PAGE_H

#include <stdbool.h>
#include <glib.h>

G_BEGIN_DECLS

/** How the page is made; NULL and 0 where nothing is wanted. */
struct cox_html_page {
    const char *title;      /**< NULL: "Cluster Status" */
    const char *stylesheet; /**< URI of a style sheet */
    int reload_s;           /**< the browser loads it again after so many seconds */
    bool is_cgi;            /**< with the header that a web server wants */
};

/**
 * A page of @text as struct cox_out writes it: lines without indentation that end with a colon become headings, items ("  * ...")
 * lists in lists, everything else paragraphs.  Lines that say that something is wrong get the class "bad".
 *
 * @return the page; the caller frees it with g_free
 */
char *cox_html_page_make(const char *text, const struct cox_html_page *page);

G_END_DECLS

#endif
