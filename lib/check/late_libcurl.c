/* lib/check/late_libcurl.c - libcurl, loaded with the first page that is asked for: it brings forty libraries.  Layer 4. */
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>
#include <stdarg.h>

#include "config.h"
#include "base/late.h"

#undef curl_easy_getinfo
#undef curl_easy_setopt
#undef curl_multi_setopt

#define LIBCURL COX_SONAME_CURL

COX_LATE(LIBCURL, void, curl_easy_cleanup, (CURL *a), (a))
COX_LATE(LIBCURL, CURL *, curl_easy_init, (void), ())
COX_LATE(LIBCURL, const char *, curl_easy_strerror, (CURLcode a), (a))
COX_LATE(LIBCURL, time_t, curl_getdate, (const char *a, const time_t *b), (a, b))
COX_LATE(LIBCURL, void, curl_global_cleanup, (void), ())
COX_LATE(LIBCURL, CURLcode, curl_global_init, (long a), (a))
COX_LATE(LIBCURL, CURLMcode, curl_multi_add_handle, (CURLM *a, CURL *b), (a, b))
COX_LATE(LIBCURL, CURLMcode, curl_multi_cleanup, (CURLM *a), (a))
COX_LATE(LIBCURL, CURLMsg *, curl_multi_info_read, (CURLM *a, int *b), (a, b))
COX_LATE(LIBCURL, CURLM *, curl_multi_init, (void), ())
COX_LATE(LIBCURL, CURLMcode, curl_multi_remove_handle, (CURLM *a, CURL *b), (a, b))
COX_LATE(LIBCURL, CURLMcode, curl_multi_socket_action, (CURLM *a, curl_socket_t b, int c, int *d), (a, b, c, d))
COX_LATE(LIBCURL, struct curl_slist *, curl_slist_append, (struct curl_slist *a, const char *b), (a, b))
COX_LATE(LIBCURL, void, curl_slist_free_all, (struct curl_slist *a), (a))

/* The number of an option says of what type its value is. */
#define COX_LATE_OPTION(result, name, handle, option)                                                                 \
    result name(handle *a, option b, ...)                                                                             \
    {                                                                                                                 \
        static __typeof__(&name) found;                                                                               \
        const int kind = (int) b - (int) b % CURLOPTTYPE_OBJECTPOINT;                                                 \
        result done;                                                                                                  \
        va_list value;                                                                                                \
                                                                                                                      \
        if (G_UNLIKELY(found == NULL)) {                                                                              \
            found = (__typeof__(&name)) cox_late_find(LIBCURL, #name);                                                \
        }                                                                                                             \
        va_start(value, b);                                                                                           \
        if (kind == CURLOPTTYPE_LONG) {                                                                               \
            done = found(a, b, va_arg(value, long));                                                                  \
        } else if (kind == CURLOPTTYPE_OFF_T) {                                                                       \
            done = found(a, b, va_arg(value, curl_off_t));                                                            \
        } else if (kind == CURLOPTTYPE_FUNCTIONPOINT) {                                                               \
            done = found(a, b, va_arg(value, void (*)(void)));                                                        \
        } else {                                                                                                      \
            done = found(a, b, va_arg(value, void *));                                                                \
        }                                                                                                             \
        va_end(value);                                                                                                \
        return done;                                                                                                  \
    }

COX_LATE_OPTION(CURLcode, curl_easy_setopt, CURL, CURLoption)
COX_LATE_OPTION(CURLMcode, curl_multi_setopt, CURLM, CURLMoption)

CURLcode
curl_easy_getinfo(CURL *a, CURLINFO b, ...)
{
    static __typeof__(&curl_easy_getinfo) found;
    CURLcode done;
    va_list value;

    if (G_UNLIKELY(found == NULL)) {
        found = (__typeof__(&curl_easy_getinfo)) cox_late_find(LIBCURL, "curl_easy_getinfo");
    }
    va_start(value, b);
    done = found(a, b, va_arg(value, void *));
    va_end(value);
    return done;
}
