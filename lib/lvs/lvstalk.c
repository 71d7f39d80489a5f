/* lib/lvs/lvstalk.c - is what a server says what is wanted: SMTP, send and expect, UDP, programs, files.  Layer 3, pure. */
#include "lvs/lvstalk.h"

#include <string.h>

#include "base/error.h"
#include "base/text.h"

/* So much of what a server has said is told. */
enum { SAID_BYTES = 100 };

/* ---- SMTP ---- */

void
cox_lvs_smtp_init(struct cox_lvs_smtp *smtp)
{
    memset(smtp, 0, sizeof *smtp);
}

char *
cox_lvs_smtp_say(const char *name)
{
    return g_strdup_printf("HELO %s\r\n", name);
}

static void
refuse(struct cox_lvs_smtp *smtp, const char *why, struct cox_lvs_answer *answer)
{
    g_autofree char *said = cox_text_cut(smtp->line, SAID_BYTES);

    g_snprintf(smtp->text, sizeof smtp->text, "%s: '%s'", why, said);
    *answer = (struct cox_lvs_answer) { .text = smtp->text };
    smtp->step = 2;
}

/* Whole lines: "250-more" goes on, "250 end" ends an answer (RFC 5321 4.2.1). */
static enum cox_lvs_talk_next
hear_line(struct cox_lvs_smtp *smtp, struct cox_lvs_answer *answer)
{
    const char *wanted = smtp->step == 0 ? "220" : "250";

    if (strncmp(smtp->line, wanted, 3) != 0 || !(smtp->line[3] == '\0' || smtp->line[3] == ' ' || smtp->line[3] == '-')) {
        refuse(smtp, smtp->step == 0 ? "the greeting is none" : "HELO was refused", answer);
        return COX_LVS_TALK_END;
    }
    if (smtp->line[3] == '-') {
        return COX_LVS_TALK_WAIT;
    }
    if (++smtp->step == 1) {
        return COX_LVS_TALK_SEND;
    }
    *answer = (struct cox_lvs_answer) { .is_good = true };
    return COX_LVS_TALK_END;
}

enum cox_lvs_talk_next
cox_lvs_smtp_feed(struct cox_lvs_smtp *smtp, const char **data, size_t *size, struct cox_lvs_answer *answer)
{
    while (*size > 0) {
        const char c = **data;
        enum cox_lvs_talk_next next = COX_LVS_TALK_WAIT;

        (*data)++;
        (*size)--;
        if (c == '\n') {
            smtp->line[smtp->size] = '\0';
            smtp->size = 0;
            next = hear_line(smtp, answer);
            if (next == COX_LVS_TALK_WAIT && ++smtp->n_lines >= COX_LVS_SMTP_LINES) {
                refuse(smtp, "too many lines", answer);
                return COX_LVS_TALK_END;
            }
        } else if (smtp->size >= COX_LVS_SMTP_LINE) {
            smtp->line[smtp->size] = '\0';
            refuse(smtp, "a line is too long", answer);
            return COX_LVS_TALK_END;
        } else if (c != '\r' && c != '\0') {
            smtp->line[smtp->size++] = c;
        }
        if (next != COX_LVS_TALK_WAIT) {
            return next;
        }
    }
    return COX_LVS_TALK_WAIT;
}

/* ---- send and expect ---- */

/* One escape after the backslash at @at; returns how many bytes it is long, 0: none that is known. */
static size_t
unescape_one(const char *at, guint8 *byte)
{
    static const char letters[] = "rnt0\\\"", bytes[] = "\r\n\t\0\\\"";
    const char *letter = *at == '\0' ? NULL : strchr(letters, *at);

    if (letter != NULL) {
        *byte = (guint8) bytes[letter - letters];
        return 1;
    }
    if (*at == 'x' && g_ascii_isxdigit(at[1]) && g_ascii_isxdigit(at[2])) {
        *byte = (guint8) (g_ascii_xdigit_value(at[1]) * 16 + g_ascii_xdigit_value(at[2]));
        return 3;
    }
    return 0;
}

guint8 *
cox_lvs_talk_unescape(const char *text, size_t *size, GError **error)
{
    guint8 *bytes = g_malloc(strlen(text) + 1);
    size_t n = 0;

    for (const char *at = text; *at != '\0'; n++) {
        if (*at != '\\') {
            bytes[n] = (guint8) *at++;
            continue;
        }
        const size_t length = unescape_one(++at, &bytes[n]);

        if (length == 0) {
            g_set_error(error, COX_ERROR, COX_ERROR_SYNTAX, "'%s': '\\%.1s' is no escape; there are \\r \\n \\t \\0 \\\\ \\\" and \\xHH", text, at);
            g_free(bytes);
            return NULL;
        }
        at += length;
    }
    bytes[n] = 0;
    *size = n;
    return bytes;
}

enum cox_lvs_talk_next
cox_lvs_talk_answer(const struct cox_lvs_talk *talk, const guint8 *data, size_t size, bool is_closed, struct cox_lvs_answer *answer)
{
    const size_t wanted = talk->expect != NULL ? talk->expect_bytes : 1;
    const bool is_other = talk->expect != NULL && size > 0 && memcmp(data, talk->expect, MIN(size, wanted)) != 0;

    if (!is_other && size < wanted && !is_closed) {
        return COX_LVS_TALK_WAIT;
    }
    *answer = (struct cox_lvs_answer) { .is_good = !is_other && size >= wanted };
    if (!answer->is_good) {
        answer->text = is_other ? "the answer begins in another way" : size == 0 ? "closed without an answer" : "the answer is too short";
    }
    return COX_LVS_TALK_END;
}

/* ---- UDP ---- */

void
cox_lvs_udp_answer(const struct cox_lvs_udp *udp, const guint8 *data, size_t size, struct cox_lvs_answer *answer)
{
    *answer = (struct cox_lvs_answer) { .is_good = true };
    if (size < udp->min_bytes || size > udp->max_bytes) {
        *answer = (struct cox_lvs_answer) { .text = size < udp->min_bytes ? "the reply is too short" : "the reply is too long" };
        return;
    }
    for (size_t i = 0; udp->reply != NULL && i < MIN(size, udp->reply_bytes); i++) {
        const guint8 mask = udp->reply_mask != NULL ? udp->reply_mask[i] : 0xff;

        if ((data[i] & mask) != (udp->reply[i] & mask)) {
            *answer = (struct cox_lvs_answer) { .text = "the reply is another one" };
            return;
        }
    }
}

/* ---- programs and files ---- */

/* "0.75 ..." in thousandths; false: no number at the beginning. */
static bool
load_of(const char *text, gint64 *milli)
{
    char *end = NULL;
    const double load = text == NULL ? -1 : g_ascii_strtod(text, &end);

    if (end == NULL || end == text || !(load >= 0 && load < 1e9)) {
        return false;
    }
    *milli = (gint64) (load * 1000);
    return true;
}

void
cox_lvs_program_answer(const struct cox_lvs_program *program, int status, const char *output, struct cox_lvs_answer *answer)
{
    *answer = (struct cox_lvs_answer) { .is_good = status == 0 };
    switch (program->weigh) {
        case COX_LVS_WEIGH_NOT:
            break;
        case COX_LVS_WEIGH_STATUS:
            answer->is_good = status == 0 || (status >= 2 && status <= 255);
            answer->has_value = answer->is_good;
            answer->value = answer->is_good ? status : 0;
            break;
        case COX_LVS_WEIGH_LOAD:
            answer->has_value = answer->is_good && load_of(output, &answer->value);
            if (answer->is_good && !answer->has_value) {
                *answer = (struct cox_lvs_answer) { .text = "it does not begin with a number" };
                return;
            }
            break;
    }
    if (!answer->is_good) {
        answer->text = status < 0 ? "ended by a signal" : "exit status";
    }
}

void
cox_lvs_file_answer(const struct cox_lvs_file *file, const char *content, struct cox_lvs_answer *answer)
{
    g_autofree char *text = g_strdup(content != NULL ? content : "");
    gint64 value = 0;

    *answer = (struct cox_lvs_answer) { .is_good = false };
    if (content == NULL) {
        answer->text = "the file cannot be read";
        return;
    }
    g_strstrip(text);
    if (file->weigh == COX_LVS_WEIGH_LOAD ? !load_of(text, &value)
                                          : !g_ascii_string_to_signed(text, 10, G_MININT32, G_MAXINT32, &value, NULL)) {
        answer->text = "no number stands in the file";
        return;
    }
    answer->is_good = file->weigh != COX_LVS_WEIGH_NOT || value == 0;
    answer->has_value = file->weigh != COX_LVS_WEIGH_NOT;
    answer->value = answer->has_value ? value : 0;
    answer->text = answer->is_good ? NULL : "the number in the file is not 0";
}
