/* lib/lvs/lvspage.c - is a page of HTTP what is wanted?  Layer 3, pure. */
#include "lvs/lvspage.h"

#include <string.h>

#include "base/error.h"

/* What a hostile page can make a pattern cost: PCRE2 gives up beyond.  It counts anew at each position where a match may begin, so that
 * the whole is bounded by all positions together: about a second of a processor. */
enum { STEPS = 100 * 1000 * 1000, POSITION_STEPS = 200 * 1000, DEPTH = 2000 };

struct cox_lvs_page {
    const struct cox_lvs_url *url;
    GChecksum *digest;   /* NULL: not wanted */
    GByteArray *body;    /* NULL: no regular expression */
    size_t size;
    char text[160];
};

static const struct {
    guint flag;
    GRegexCompileFlags compile;
} FLAGS[] = {
    { COX_LVS_REGEX_CASELESS, G_REGEX_CASELESS },
    { COX_LVS_REGEX_MULTILINE, G_REGEX_MULTILINE },
    { COX_LVS_REGEX_DOTALL, G_REGEX_DOTALL },
    { COX_LVS_REGEX_EXTENDED, G_REGEX_EXTENDED },
    { COX_LVS_REGEX_UNGREEDY, G_REGEX_UNGREEDY },
    { COX_LVS_REGEX_DOLLAR_ENDONLY, G_REGEX_DOLLAR_ENDONLY },
    { COX_LVS_REGEX_ANCHORED, G_REGEX_ANCHORED },
    { COX_LVS_REGEX_FIRSTLINE, G_REGEX_FIRSTLINE },
    { COX_LVS_REGEX_DUPNAMES, G_REGEX_DUPNAMES },
    { COX_LVS_REGEX_NO_AUTO_CAPTURE, G_REGEX_NO_AUTO_CAPTURE },
};

/* For a body of @length bytes. */
static GRegex *
compile(const struct cox_lvs_url *url, size_t length, GError **error)
{
    const guint steps = (guint) MIN(POSITION_STEPS, STEPS / (length + 1));
    g_autofree char *pattern = g_strdup_printf("(*LIMIT_MATCH=%u)(*LIMIT_DEPTH=%d)%s", steps, DEPTH, url->regex);
    GRegexCompileFlags flags = url->regex_flags & COX_LVS_REGEX_UTF ? 0 : G_REGEX_RAW;

    if (flags == 0 && !g_utf8_validate(pattern, -1, NULL)) { /* glib tells PCRE2 that this was done */
        g_set_error(error, COX_ERROR, COX_ERROR_SYNTAX, "it is not UTF-8");
        return NULL;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(FLAGS); i++) {
        flags |= url->regex_flags & FLAGS[i].flag ? FLAGS[i].compile : 0;
    }
    return g_regex_new(pattern, flags, 0, error);
}

bool
cox_lvs_page_check_regex(const struct cox_lvs_url *url, GError **error)
{
    g_autoptr(GError) reason = NULL;
    g_autoptr(GRegex) regex = compile(url, 0, &reason);

    if (regex == NULL) {
        g_set_error(error, COX_ERROR, COX_ERROR_SYNTAX, "'%s' is no regular expression: %s", url->regex, reason->message);
    }
    return regex != NULL;
}

struct cox_lvs_page *
cox_lvs_page_new(const struct cox_lvs_url *url)
{
    struct cox_lvs_page *page = g_new0(struct cox_lvs_page, 1);

    page->url = url;
    page->digest = url->has_digest ? g_checksum_new(G_CHECKSUM_MD5) : NULL;
    page->body = url->regex != NULL ? g_byte_array_new() : NULL;
    return page;
}

void
cox_lvs_page_free(struct cox_lvs_page *page)
{
    if (page == NULL) {
        return;
    }
    g_clear_pointer(&page->digest, g_checksum_free);
    g_clear_pointer(&page->body, g_byte_array_unref);
    g_free(page);
}

bool
cox_lvs_page_feed(struct cox_lvs_page *page, const void *data, size_t size)
{
    if (size > COX_LVS_PAGE_MAX - page->size) {
        page->size = COX_LVS_PAGE_MAX + 1;
        return false;
    }
    page->size += size;
    if (page->digest != NULL) {
        g_checksum_update(page->digest, data, (gssize) size);
    }
    if (page->body != NULL && page->body->len < COX_LVS_PAGE_REGEX_MAX) {
        g_byte_array_append(page->body, data, (guint) MIN(size, COX_LVS_PAGE_REGEX_MAX - page->body->len));
    }
    return true;
}

static bool
is_code_wanted(const struct cox_lvs_url *url, guint code)
{
    for (size_t i = 0; i < url->n_codes; i++) {
        if (code >= url->codes[i].first && code <= url->codes[i].last) {
            return true;
        }
    }
    return url->n_codes == 0 && code >= 200 && code <= 299;
}

static bool
is_digest_right(const struct cox_lvs_page *page)
{
    guint8 digest[16];
    gsize size = sizeof digest;

    g_checksum_get_digest(page->digest, digest, &size);
    return memcmp(digest, page->url->digest, sizeof digest) == 0;
}

/* Is there a match where one is allowed?  A pattern that cannot be used, or gives up, is said in @why. */
static bool
does_match(const struct cox_lvs_page *page, const char **why)
{
    const struct cox_lvs_url *url = page->url;
    const char *body = page->body->len > 0 ? (const char *) page->body->data : "";
    g_autoptr(GRegex) regex = compile(url, page->body->len, NULL);
    g_autoptr(GMatchInfo) match = NULL;
    g_autoptr(GError) error = NULL;
    gint at = -1;

    if (regex == NULL) {
        *why = "the regular expression cannot be used";
        return false;
    }
    if (url->regex_min_offset > page->body->len) {
        return false;
    }
    if (url->regex_flags & COX_LVS_REGEX_UTF && !g_utf8_validate(body, page->body->len, NULL)) {
        *why = "the body is not UTF-8";
        return false;
    }
    if (!g_regex_match_full(regex, body, page->body->len, (gint) url->regex_min_offset, 0, &match, &error)) {
        *why = error != NULL ? "the regular expression is too costly for this body" : NULL;
        return false;
    }
    (void) g_match_info_fetch_pos(match, 0, &at, NULL);
    return url->regex_max_offset == 0 || (at >= 0 && (size_t) at <= url->regex_max_offset);
}

static const char *
judge_regex(const struct cox_lvs_page *page)
{
    const char *why = NULL;
    const bool is_match = does_match(page, &why);

    if (why != NULL) {
        return why;
    }
    return is_match != page->url->is_regex_negated ? NULL
           : is_match                              ? "the regular expression that must not match does"
                                                   : "the regular expression does not match";
}

void
cox_lvs_page_end(struct cox_lvs_page *page, guint code, struct cox_lvs_answer *answer)
{
    const char *why = NULL;

    if (page->size > COX_LVS_PAGE_MAX) {
        why = "the body is too long";
    } else if (!is_code_wanted(page->url, code)) {
        why = "status";
    } else if (page->digest != NULL && !is_digest_right(page)) {
        why = "the body has another digest";
    } else if (page->body != NULL) {
        why = judge_regex(page);
    }
    *answer = (struct cox_lvs_answer) { .is_good = why == NULL };
    if (why != NULL) {
        g_snprintf(page->text, sizeof page->text, "%s: %s (%u, %zu bytes)", page->url->path, why, code, page->size);
        answer->text = page->text;
    }
}
