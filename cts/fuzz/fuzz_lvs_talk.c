/* cts/fuzz/fuzz_lvs_talk.c - libFuzzer target: dialogues of SMTP, send and expect, datagrams, programs, files.  Layer 6. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/error.h"
#include "lvs/lvstalk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* How a dialogue in pieces ends: bit 0 HELO was said, bit 1 it ended, bit 2 well. */
static guint
dialogue(const uint8_t *data, size_t size, size_t piece)
{
    struct cox_lvs_smtp smtp;
    struct cox_lvs_answer answer = { 0 };
    guint result = 0;

    cox_lvs_smtp_init(&smtp);
    for (size_t at = 0; at < size; at += piece) {
        const char *text = (const char *) data + at;
        size_t left = MIN(piece, size - at);

        while (left > 0) {
            switch (cox_lvs_smtp_feed(&smtp, &text, &left, &answer)) {
                case COX_LVS_TALK_WAIT:
                    COX_BUG_ON(left != 0);
                    break;
                case COX_LVS_TALK_SEND:
                    COX_BUG_ON(result != 0);
                    result |= 1;
                    break;
                case COX_LVS_TALK_END:
                    COX_BUG_ON(answer.is_good != (answer.text == NULL));
                    COX_BUG_ON(!answer.is_good && !g_utf8_validate(answer.text, -1, NULL));
                    return result | 2 | (answer.is_good ? 4 : 0);
            }
        }
    }
    return result;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *text = g_strndup((const char *) data, size);
    const size_t half = size / 2;
    const struct cox_lvs_talk talk = { .expect = data, .expect_bytes = half };
    const struct cox_lvs_udp udp = { .max_bytes = 255, .reply = data, .reply_mask = data, .reply_bytes = half };
    const struct cox_lvs_program program = { .weigh = COX_LVS_WEIGH_LOAD };
    const struct cox_lvs_file file = { .weigh = COX_LVS_WEIGH_STATUS, .factor = 1 };
    struct cox_lvs_answer answer;
    size_t bytes = 0;
    g_autofree guint8 *plain = cox_lvs_talk_unescape(text, &bytes, NULL);

    COX_BUG_ON(plain != NULL && bytes > strlen(text));
    COX_BUG_ON(dialogue(data, size, size + 1) != dialogue(data, size, 3));
    COX_BUG_ON(cox_lvs_talk_answer(&talk, data + half, size - half, true, &answer) != COX_LVS_TALK_END);
    COX_BUG_ON(size > 0 && cox_lvs_talk_answer(&talk, data, half, false, &answer) == COX_LVS_TALK_END && half > 0 && !answer.is_good);
    cox_lvs_udp_answer(&udp, data + half, size - half, &answer);
    cox_lvs_program_answer(&program, 0, text, &answer);
    COX_BUG_ON(answer.has_value && answer.value < 0);
    cox_lvs_file_answer(&file, text, &answer);
    COX_BUG_ON(answer.is_good != answer.has_value);
    return 0;
}
