/* lib/lvs/lvspage.h - is a page of HTTP what is wanted?  Judged as it comes in: status, then the body piece by piece.  Layer 3, pure.
 *
 * The protocol itself (head, chunks, TLS) is the library's that fetches the page; nothing is kept of a body but what a regular expression
 * needs, and that is bounded.
 */
#ifndef COX_LVS_LVSPAGE_H
#define COX_LVS_LVSPAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <glib.h>

#include "lvs/checker.h"
#include "lvs/checkconf.h"

G_BEGIN_DECLS

enum {
    COX_LVS_PAGE_MAX = 16 << 20,   /**< bytes of a body; more is a failure */
    COX_LVS_PAGE_REGEX_MAX = 256 << 10, /**< bytes of a body that a regular expression sees; it does not see what follows */
};

struct cox_lvs_page;

/** Begin to judge one page.  @url is borrowed until the end. */
struct cox_lvs_page *cox_lvs_page_new(const struct cox_lvs_url *url);
void cox_lvs_page_free(struct cox_lvs_page *page);

/** More of the body.  False: it is too long, and the page bad; nothing more is needed. */
bool cox_lvs_page_feed(struct cox_lvs_page *page, const void *data, size_t size);

/** Everything has come, with this status code.  The text of @answer lives as long as the page. */
void cox_lvs_page_end(struct cox_lvs_page *page, guint code, struct cox_lvs_answer *answer);

/** Can @url's regular expression be used?  COX_ERROR_SYNTAX quotes it. */
bool cox_lvs_page_check_regex(const struct cox_lvs_url *url, GError **error);

typedef struct cox_lvs_page cox_lvs_page; /* for g_autoptr only */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(cox_lvs_page, cox_lvs_page_free)

G_END_DECLS

#endif
