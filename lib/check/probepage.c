/* lib/check/probepage.c - probes of pages of HTTP and HTTPS, with libcurl on the event loop.  Layer 4. */
#include "check/probepage.h"

#include <curl/curl.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>

#include "base/datetime.h"
#include "check/probe_priv.h"
#include "lvs/lvspage.h"

enum { DAY_S = 86400 };

/* The multi handle, its one timer, and its sockets. */
struct pages {
    struct cox_probes *probes;
    CURLM *multi;
    cox_source_id timer;
    GHashTable *watches;  /* descriptor to struct watch */
};

struct watch {
    struct pages *pages;
    cox_source_id id;
};

/* One probe: its pages one after the other.  Everything that the check says is copied. */
struct fetch {
    struct cox_probe *probe;
    struct cox_lvs_path path;
    struct cox_lvs_http http;
    gint64 timeout_ms;
    GPtrArray *texts;         /* to be freed */
    struct cox_lvs_url *urls;
    size_t at;
    CURL *easy;               /* of the page at present, or NULL */
    struct curl_slist *headers, *to;
    struct cox_lvs_page *page;
};

/* ---- libcurl on the loop ---- */

static void finish(struct fetch *fetch, CURLcode result);

/* Pages that have ended.  One is taken at a time: what follows from it may end others. */
static void
look(struct pages *pages)
{
    CURLMsg *message;
    int left;

    while ((message = curl_multi_info_read(pages->multi, &left)) != NULL) {
        if (message->msg == CURLMSG_DONE) {
            const CURLcode result = message->data.result;
            char *fetch = NULL;

            curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &fetch);
            finish((struct fetch *) (void *) fetch, result);
        }
    }
}

static void
on_socket_ready(void *context, int fd, unsigned int events)
{
    struct pages *pages = ((struct watch *) context)->pages;
    const int what = (events & COX_WATCH_READ ? CURL_CSELECT_IN : 0) | (events & COX_WATCH_WRITE ? CURL_CSELECT_OUT : 0)
                     | (events & COX_WATCH_HANGUP ? CURL_CSELECT_ERR : 0);
    int running;

    curl_multi_socket_action(pages->multi, fd, what, &running);
    look(pages);
}

static void
on_timer(void *context)
{
    struct pages *pages = context;
    int running;

    pages->timer = 0;
    curl_multi_socket_action(pages->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    look(pages);
}

static void
free_watch(gpointer data)
{
    struct watch *watch = data;

    cox_runtime_cancel(watch->pages->probes->config.runtime, watch->id);
    g_free(watch);
}

static int
set_socket(CURL *easy, curl_socket_t fd, int what, void *context, void *own)
{
    struct pages *pages = context;
    struct watch *watch = g_hash_table_lookup(pages->watches, GINT_TO_POINTER(fd));
    const unsigned int events = (what & CURL_POLL_IN ? COX_WATCH_READ : 0U) | (what & CURL_POLL_OUT ? COX_WATCH_WRITE : 0U);

    (void) easy;
    (void) own;
    if (what == CURL_POLL_REMOVE) {
        g_hash_table_remove(pages->watches, GINT_TO_POINTER(fd));
    } else if (watch == NULL) {
        watch = g_new0(struct watch, 1);
        watch->pages = pages;
        watch->id = cox_runtime_watch(pages->probes->config.runtime, fd, events, on_socket_ready, watch);
        g_hash_table_insert(pages->watches, GINT_TO_POINTER(fd), watch);
    } else {
        cox_runtime_watch_set(pages->probes->config.runtime, watch->id, events);
    }
    return 0;
}

static int
set_timer(CURLM *multi, long timeout_ms, void *context)
{
    struct pages *pages = context;
    struct cox_runtime *runtime = pages->probes->config.runtime;

    (void) multi;
    cox_runtime_cancel(runtime, pages->timer);
    pages->timer = timeout_ms < 0 ? 0 : cox_runtime_timer(runtime, cox_usec_after_ms(cox_runtime_now(runtime), timeout_ms), on_timer, pages);
    return 0;
}

static struct pages *
pages_of(struct cox_probes *probes)
{
    struct pages *pages = probes->state;

    if (pages == NULL) {
        pages = probes->state = g_new0(struct pages, 1);
        pages->probes = probes;
        pages->watches = g_hash_table_new_full(NULL, NULL, NULL, free_watch);
        curl_global_init(CURL_GLOBAL_DEFAULT);
        pages->multi = curl_multi_init();
        curl_multi_setopt(pages->multi, CURLMOPT_SOCKETFUNCTION, set_socket);
        curl_multi_setopt(pages->multi, CURLMOPT_SOCKETDATA, pages);
        curl_multi_setopt(pages->multi, CURLMOPT_TIMERFUNCTION, set_timer);
        curl_multi_setopt(pages->multi, CURLMOPT_TIMERDATA, pages);
    }
    return pages;
}

void
cox_pages_free(struct cox_probes *probes)
{
    struct pages *pages = probes->state;

    if (pages == NULL) {
        return;
    }
    curl_multi_cleanup(pages->multi);
    cox_runtime_cancel(probes->config.runtime, pages->timer);
    g_hash_table_unref(pages->watches);
    curl_global_cleanup();
    g_free(pages);
}

/* ---- one page ---- */

static size_t
take_body(char *data, size_t size, size_t n, void *context)
{
    struct fetch *fetch = context;

    return cox_lvs_page_feed(fetch->page, data, size * n) ? size * n : 0;
}

static int
mark_socket(void *context, curl_socket_t fd, curlsocktype purpose)
{
    const struct fetch *fetch = context;

    (void) purpose;
    return setsockopt(fd, SOL_SOCKET, SO_MARK, &fetch->path.mark, sizeof fetch->path.mark) < 0 ? CURL_SOCKOPT_ERROR : CURL_SOCKOPT_OK;
}

static char *
literal(const struct cox_ip *ip)
{
    char text[COX_IP_TEXT_SIZE];

    cox_ip_format(ip, text);
    return ip->family == COX_IP_V6 ? g_strdup_printf("[%s]", text) : g_strdup(text);
}

/* With a name in the address TLS sends it and holds the certificate against it; where the connection goes is said apart. */
static void
set_target(struct fetch *fetch, const struct cox_lvs_url *url)
{
    g_autofree char *ip = literal(&fetch->path.to);
    const bool is_named = fetch->http.is_tls && fetch->http.has_sni && url->host != NULL;
    g_autofree char *full = g_strdup_printf("%s://%s:%u%s%s", fetch->http.is_tls ? "https" : "http", is_named ? url->host : ip,
                                            fetch->path.to_port, url->path[0] == '/' ? "" : "/", url->path);
    g_autofree char *to = g_strdup_printf("::%s:%u", ip, fetch->path.to_port);

    curl_easy_setopt(fetch->easy, CURLOPT_URL, full);
    fetch->to = curl_slist_append(NULL, to);
    curl_easy_setopt(fetch->easy, CURLOPT_CONNECT_TO, fetch->to);
    if (url->host != NULL) {
        g_autofree char *host = g_strdup_printf("Host: %s", url->host);

        fetch->headers = curl_slist_append(fetch->headers, host);
    }
    if (fetch->http.version != COX_LVS_HTTP_1_0) {
        fetch->headers = curl_slist_append(fetch->headers, "Connection: close");
    }
    curl_easy_setopt(fetch->easy, CURLOPT_HTTPHEADER, fetch->headers);
}

static void
set_source(struct fetch *fetch)
{
    const struct cox_lvs_path *path = &fetch->path;
    char text[COX_IP_TEXT_SIZE];

    if (path->from.family != COX_IP_NONE) {
        g_autofree char *from = g_strconcat("host!", cox_ip_format(&path->from, text), NULL);

        curl_easy_setopt(fetch->easy, CURLOPT_INTERFACE, from);
    }
    if (path->device != NULL) {
        curl_easy_setopt(fetch->easy, CURLOPT_ADDRESS_SCOPE, (long) if_nametoindex(path->device));
    }
    if (path->from_port != 0) {
        curl_easy_setopt(fetch->easy, CURLOPT_LOCALPORT, (long) path->from_port);
    }
    if (path->mark != 0) {
        curl_easy_setopt(fetch->easy, CURLOPT_SOCKOPTFUNCTION, mark_socket);
        curl_easy_setopt(fetch->easy, CURLOPT_SOCKOPTDATA, fetch);
    }
}

static void
set_tls(struct fetch *fetch)
{
    const struct cox_lvs_http *http = &fetch->http;

    curl_easy_setopt(fetch->easy, CURLOPT_SSL_VERIFYPEER, http->is_verified ? 1L : 0L);
    curl_easy_setopt(fetch->easy, CURLOPT_SSL_VERIFYHOST, http->is_verified ? 2L : 0L);
    curl_easy_setopt(fetch->easy, CURLOPT_CERTINFO, http->min_days > 0 ? 1L : 0L);
    if (http->ca != NULL) {
        curl_easy_setopt(fetch->easy, CURLOPT_CAINFO, http->ca);
    }
    if (http->cert != NULL) {
        curl_easy_setopt(fetch->easy, CURLOPT_SSLCERT, http->cert);
        curl_easy_setopt(fetch->easy, CURLOPT_SSLKEY, http->key != NULL ? http->key : http->cert);
        curl_easy_setopt(fetch->easy, CURLOPT_KEYPASSWD, http->password);
    }
}

static void
end_page(struct fetch *fetch)
{
    if (fetch->easy != NULL) {
        curl_multi_remove_handle(pages_of(fetch->probe->probes)->multi, fetch->easy);
        curl_easy_cleanup(fetch->easy);
        fetch->easy = NULL;
    }
    curl_slist_free_all(fetch->headers);
    curl_slist_free_all(fetch->to);
    fetch->headers = fetch->to = NULL;
    cox_lvs_page_free(fetch->page);
    fetch->page = NULL;
}

static void
begin_page(struct fetch *fetch)
{
    struct pages *pages = pages_of(fetch->probe->probes);
    const struct cox_lvs_url *url = &fetch->urls[fetch->at];

    fetch->page = cox_lvs_page_new(url);
    fetch->easy = curl_easy_init();
    curl_easy_setopt(fetch->easy, CURLOPT_PRIVATE, fetch);
    curl_easy_setopt(fetch->easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(fetch->easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(fetch->easy, CURLOPT_PROXY, "");
    curl_easy_setopt(fetch->easy, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(fetch->easy, CURLOPT_USERAGENT, "coxswain");
    curl_easy_setopt(fetch->easy, CURLOPT_FORBID_REUSE, 1L);
    curl_easy_setopt(fetch->easy, CURLOPT_FRESH_CONNECT, 1L);
    curl_easy_setopt(fetch->easy, CURLOPT_SSL_SESSIONID_CACHE, 0L);
    curl_easy_setopt(fetch->easy, CURLOPT_TIMEOUT_MS, (long) fetch->timeout_ms);
    curl_easy_setopt(fetch->easy, CURLOPT_HTTP_VERSION, fetch->http.version == COX_LVS_HTTP_1_1 ? CURL_HTTP_VERSION_1_1 : CURL_HTTP_VERSION_1_0);
    curl_easy_setopt(fetch->easy, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(fetch->easy, CURLOPT_WRITEDATA, fetch);
    set_target(fetch, url);
    set_source(fetch);
    set_tls(fetch);
    curl_multi_add_handle(pages->multi, fetch->easy);
}

/* "2126-11-03 17:37:59 GMT" as libcurl with GnuTLS says it, or "Nov  3 17:37:59 2126 GMT" as with OpenSSL; -1: neither. */
static gint64
end_of(const char *text)
{
    g_autofree char *plain = g_strndup(text, strcspn(text, "G"));
    struct cox_datetime end;

    if (cox_datetime_parse(g_strstrip(plain), NULL, &end, NULL)) {
        return cox_wall_seconds(cox_datetime_to_wall(&end));
    }
    return (gint64) curl_getdate(text, NULL);
}

/* Days until the certificate of the server ends; -1: it does not say, or is over. */
static gint64
days_left(const struct fetch *fetch)
{
    static const char label[] = "Expire date:";
    struct curl_certinfo *info = NULL;
    const gint64 now_s = cox_wall_seconds(cox_runtime_wall(fetch->probe->probes->config.runtime));

    curl_easy_getinfo(fetch->easy, CURLINFO_CERTINFO, &info);
    for (struct curl_slist *line = info != NULL && info->num_of_certs > 0 ? info->certinfo[0] : NULL; line != NULL; line = line->next) {
        if (g_ascii_strncasecmp(line->data, label, strlen(label)) == 0) {
            const gint64 end_s = end_of(line->data + strlen(label));

            return end_s < now_s ? -1 : (end_s - now_s) / DAY_S;
        }
    }
    return -1;
}

static void
finish(struct fetch *fetch, CURLcode result)
{
    struct cox_probe *probe = fetch->probe;
    struct cox_lvs_answer answer;
    long code = 0;

    curl_easy_getinfo(fetch->easy, CURLINFO_RESPONSE_CODE, &code);
    if (result != CURLE_OK && result != CURLE_WRITE_ERROR) {
        cox_probe_fail(probe, "%s: %s", fetch->urls[fetch->at].path, curl_easy_strerror(result));
        return;
    }
    if (fetch->http.is_tls && fetch->http.min_days > 0 && days_left(fetch) < (gint64) fetch->http.min_days) {
        cox_probe_fail(probe, "the certificate is not good for %u days", fetch->http.min_days);
        return;
    }
    cox_lvs_page_end(fetch->page, (guint) CLAMP(code, 0, 999), &answer);
    if (!answer.is_good || fetch->at + 1 >= fetch->http.n_urls) {
        cox_probe_answer(probe, &answer);
        return;
    }
    end_page(fetch);
    fetch->at++;
    begin_page(fetch);
}

/* ---- one probe ---- */

static const char *
keep(struct fetch *fetch, const char *text)
{
    if (text != NULL) {
        g_ptr_array_add(fetch->texts, g_strdup(text));
    }
    return text == NULL ? NULL : fetch->texts->pdata[fetch->texts->len - 1];
}

static void
copy(struct fetch *fetch, const struct cox_lvs_check *check)
{
    fetch->path = check->path;
    fetch->http = check->http;
    fetch->timeout_ms = check->timeout_ms;
    fetch->texts = g_ptr_array_new_with_free_func(g_free);
    fetch->path.device = keep(fetch, check->path.device);
    fetch->http.ca = keep(fetch, check->http.ca);
    fetch->http.cert = keep(fetch, check->http.cert);
    fetch->http.key = keep(fetch, check->http.key);
    fetch->http.password = keep(fetch, check->http.password);
    fetch->urls = g_memdup2(check->http.urls, check->http.n_urls * sizeof *fetch->urls);
    for (size_t i = 0; i < check->http.n_urls; i++) {
        struct cox_lvs_url *url = &fetch->urls[i];

        url->path = keep(fetch, url->path);
        url->host = keep(fetch, url->host);
        url->regex = keep(fetch, url->regex);
        url->codes = url->n_codes == 0 ? NULL : g_memdup2(url->codes, url->n_codes * sizeof *url->codes);
    }
}

static void
begin(struct cox_probe *probe, const struct cox_lvs_check *check)
{
    struct fetch *fetch = g_new0(struct fetch, 1);

    fetch->probe = probe;
    probe->own = fetch;
    copy(fetch, check);
    if (check->http.n_urls == 0) {
        cox_probe_fail(probe, "no page is configured");
        return;
    }
    begin_page(fetch);
}

static void
end(struct cox_probe *probe)
{
    struct fetch *fetch = probe->own;

    end_page(fetch);
    for (size_t i = 0; i < fetch->http.n_urls; i++) {
        g_free((gpointer) (guintptr) fetch->urls[i].codes);
    }
    g_free(fetch->urls);
    g_ptr_array_unref(fetch->texts);
    g_free(fetch);
}

const struct cox_probe_kind cox_probe_page = { .begin = begin, .end = end };
