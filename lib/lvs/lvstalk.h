/* lib/lvs/lvstalk.h - is what a server says what is wanted: SMTP, send and expect, UDP, programs, files.  Layer 3, pure. */
#ifndef COX_LVS_LVSTALK_H
#define COX_LVS_LVSTALK_H

#include <stdbool.h>
#include <stddef.h>
#include <glib.h>

#include "lvs/checker.h"
#include "lvs/checkconf.h"

G_BEGIN_DECLS

/** What a dialogue goes on with. */
enum cox_lvs_talk_next {
    COX_LVS_TALK_WAIT = 0, /**< for more */
    COX_LVS_TALK_SEND,     /**< what cox_lvs_smtp_say() says, then wait */
    COX_LVS_TALK_END,      /**< the answer is there */
};

enum { COX_LVS_SMTP_LINE = 1000, COX_LVS_SMTP_LINES = 100 };

/** A dialogue of SMTP: greeting, HELO, its answer (RFC 5321 4.1.1.1); then QUIT is said for courtesy. */
struct cox_lvs_smtp {
    guint step;                     /**< 0: greeting, 1: answer to HELO, 2: over */
    guint n_lines;
    guint size;                     /**< of what has come of the line */
    char line[COX_LVS_SMTP_LINE + 1];
    char text[160];
};

void cox_lvs_smtp_init(struct cox_lvs_smtp *smtp);

/**
 * More has come.  Feed what is left (*@size, which is lowered, after *@data, which is moved on) until WAIT or END is returned.
 *
 * @param answer  set with END; its text lives as long as @smtp
 */
enum cox_lvs_talk_next cox_lvs_smtp_feed(struct cox_lvs_smtp *smtp, const char **data, size_t *size, struct cox_lvs_answer *answer);

/** What is to be sent after SEND: HELO @name. */
char *cox_lvs_smtp_say(const char *name);

/** Decode \\r \\n \\t \\0 \\\\ \\" and \\xHH (others: COX_ERROR_SYNTAX); the caller frees.  @size: of the bytes. */
guint8 *cox_lvs_talk_unescape(const char *text, size_t *size, GError **error);

/**
 * Judge what has come so far (@size bytes, all of it).  The answer must begin with what is expected.
 *
 * @return WAIT or END; @is_closed: nothing more will come
 */
enum cox_lvs_talk_next cox_lvs_talk_answer(const struct cox_lvs_talk *talk, const guint8 *data, size_t size, bool is_closed,
                                           struct cox_lvs_answer *answer);

/** Judge a datagram that came as a reply. */
void cox_lvs_udp_answer(const struct cox_lvs_udp *udp, const guint8 *data, size_t size, struct cox_lvs_answer *answer);

/** Judge the end of a program: exit @status, or a signal (below 0); @output is what it has printed, or NULL. */
void cox_lvs_program_answer(const struct cox_lvs_program *program, int status, const char *output, struct cox_lvs_answer *answer);

/** Judge what stands in a file; NULL: it cannot be read. */
void cox_lvs_file_answer(const struct cox_lvs_file *file, const char *content, struct cox_lvs_answer *answer);

G_END_DECLS

#endif
