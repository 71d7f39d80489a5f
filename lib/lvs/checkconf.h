/* lib/lvs/checkconf.h - how a real server is to be checked: types.  Layer 3, pure.
 *
 * Everything is resolved: what a file says once for a virtual server stands here in each check.  Texts and arrays belong to
 * the configuration (lvs/lvsconf.h).
 */
#ifndef COX_LVS_CHECKCONF_H
#define COX_LVS_CHECKCONF_H

#include <stdbool.h>
#include <stddef.h>
#include <glib.h>

#include "base/ipaddr.h"

G_BEGIN_DECLS

enum cox_lvs_check_kind {
    COX_LVS_CHECK_TCP = 0, /**< a connection can be made */
    COX_LVS_CHECK_HTTP,    /**< HTTP or HTTPS */
    COX_LVS_CHECK_SMTP,
    COX_LVS_CHECK_DNS,
    COX_LVS_CHECK_UDP,
    COX_LVS_CHECK_PING,
    COX_LVS_CHECK_TALK,    /**< a connection, what is sent, what is expected (lvs.cf: send, expect) */
    COX_LVS_CHECK_PROGRAM,
    COX_LVS_CHECK_FILE,    /**< the number in a file */
};

/** A program, run by @user and @group (NULL: the configured script user, the user's own group). */
struct cox_lvs_script {
    const char *command; /**< words divided by the reader of the configuration with quotes kept; NULL: none */
    const char *user;
    const char *group;
};

/** Where checks go to and come from. */
struct cox_lvs_path {
    struct cox_ip to;     /**< the server's, unless configured otherwise */
    guint16 to_port;
    struct cox_ip from;   /**< none: the kernel's choice */
    guint16 from_port;        /**< 0: the kernel's choice */
    const char *device;       /**< interface of a link-local @from, or NULL */
    guint32 mark;             /**< firewall mark of what is sent; 0: none */
};

/** Accepted codes of HTTP, both ends included. */
struct cox_lvs_range {
    guint first, last;
};

enum cox_lvs_http_version {
    COX_LVS_HTTP_1_0 = 0,
    COX_LVS_HTTP_1_0_CLOSE, /**< with "Connection: close" */
    COX_LVS_HTTP_1_1,
};

/** One page; all pages of a check must be good. */
struct cox_lvs_url {
    const char *path;
    const char *host;            /**< Host header and server name in TLS; NULL: the address */
    bool has_digest;
    guint8 digest[16];           /**< MD5 of the body */
    const struct cox_lvs_range *codes;
    size_t n_codes;              /**< 0: 200 to 299 */
    const char *regex;           /**< over the body, Perl syntax; NULL: none */
    bool is_regex_negated;       /**< a match is a failure */
    guint regex_flags;           /**< enum cox_lvs_regex_flag */
    size_t regex_min_offset;     /**< matching begins there */
    size_t regex_max_offset;     /**< the match begins there or before; 0: anywhere */
};

enum cox_lvs_regex_flag {
    COX_LVS_REGEX_CASELESS = 1,
    COX_LVS_REGEX_MULTILINE = 2,
    COX_LVS_REGEX_DOTALL = 4,
    COX_LVS_REGEX_EXTENDED = 8,
    COX_LVS_REGEX_UNGREEDY = 16,
    COX_LVS_REGEX_DOLLAR_ENDONLY = 32,
    COX_LVS_REGEX_ANCHORED = 64,
    COX_LVS_REGEX_FIRSTLINE = 128,
    COX_LVS_REGEX_DUPNAMES = 256,
    COX_LVS_REGEX_UTF = 512,          /**< without it bytes are compared */
    COX_LVS_REGEX_NO_AUTO_CAPTURE = 1024,
};

struct cox_lvs_http {
    bool is_tls;
    bool has_sni;
    enum cox_lvs_http_version version;
    bool is_fast;                 /**< all pages at once when a server may come back, not one for each interval */
    guint min_days;               /**< the certificate must be valid for so long; 0: not looked at */
    bool is_verified;             /**< the certificate must be signed by @ca (NULL: the system's) for @host */
    const char *ca, *cert, *key, *password; /**< files of PEM, and the key's; NULL: none */
    const struct cox_lvs_url *urls;
    size_t n_urls;
};

struct cox_lvs_dns {
    guint16 type;                 /**< RFC 1035 3.2.2, RFC 3596: 1 A, 2 NS, 5 CNAME, 6 SOA, 15 MX, 16 TXT, 28 AAAA */
    const char *name;             /**< "." is the root */
};

struct cox_lvs_udp {
    const guint8 *payload;        /**< NULL: some bytes */
    size_t payload_bytes;
    bool is_reply_wanted;
    const guint8 *reply, *reply_mask; /**< both @reply_bytes; compared where the mask has bits, up to the shorter of both */
    size_t reply_bytes;
    size_t min_bytes, max_bytes;  /**< of the reply, both included */
};

/** Both are decoded by the reader of the configuration with cox_lvs_talk_unescape(). */
struct cox_lvs_talk {
    const guint8 *send;           /**< NULL: only listen */
    size_t send_bytes;
    const guint8 *expect;         /**< the answer begins with it; NULL: any answer is good */
    size_t expect_bytes;
};

/** What the answer of a program or file says about the weight. */
enum cox_lvs_weigh {
    COX_LVS_WEIGH_NOT = 0,
    COX_LVS_WEIGH_STATUS, /**< program: exit status 2 to 255: weight = status - 2; file: weight + value * factor */
    COX_LVS_WEIGH_LOAD,   /**< program: the first number it prints is a load: weight * full / load, 1 at least; the whole below full */
};

struct cox_lvs_program {
    struct cox_lvs_script script;
    enum cox_lvs_weigh weigh;
    guint full_milli;             /**< load up to which the whole weight is given, in thousandths; 0: 1000 */
};

/** A file that cannot be read or holds no number is bad; without weighing any number but 0 is. */
struct cox_lvs_file {
    const char *name;             /**< of the tracked file, for people */
    const char *path;
    gint factor;                  /**< with WEIGH_STATUS; 1 when nothing is said */
    bool is_reversed;
    enum cox_lvs_weigh weigh;
};

struct cox_lvs_check {
    enum cox_lvs_check_kind kind;
    gint64 delay_ms;              /**< from the begin of one probe to the begin of the next, above 0 */
    gint64 retry_ms;              /**< the same after a failure of a good server */
    gint64 timeout_ms;            /**< of one probe, above 0 */
    gint64 warmup_ms;             /**< the first probe comes at a random moment within; 0: at once */
    guint retries;                /**< further failures before a server is bad: it falls with retries + 1 in a row */
    guint rise;                   /**< successes in a row until it is good; 1 at least */
    guint jitter_percent;         /**< pauses are varied by up to so much, up and down; 0 to 50 */
    bool is_alpha;                /**< bad until the first answer */
    bool logs_all;                /**< say each failure, not only the last one */
    struct cox_lvs_path path;     /**< all but PROGRAM, FILE */
    union {
        struct cox_lvs_http http;
        const char *helo;         /**< SMTP; NULL: the name of this node */
        struct cox_lvs_dns dns;
        struct cox_lvs_udp udp;
        struct cox_lvs_talk talk;
        struct cox_lvs_program program;
        struct cox_lvs_file file;
    };
};

/** @kind with the values that keepalived 2.2 takes when nothing is said (delay 60 s, a file 1 s, timeout 5 s, ...); pauses not varied, rise 1. */
void cox_lvs_check_init(struct cox_lvs_check *check, enum cox_lvs_check_kind kind);

/** "TCP", "HTTP", ... for people and files. */
const char *cox_lvs_check_name(enum cox_lvs_check_kind kind);

/**
 * Everything that @check says, as bytes: checks with equal keys ask the same of the same server in the same way and rhythm, so that one
 * probe serves them all.  The caller unrefs.
 */
GBytes *cox_lvs_check_key(const struct cox_lvs_check *check);

G_END_DECLS

#endif
