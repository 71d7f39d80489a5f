/* cts/fuzz/fuzz_lvs_dns.c - libFuzzer target: answers of name servers.  The first byte is the size of the name that is asked for.  Layer 6. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/error.h"
#include "lvs/lvsdns.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    guint8 question[COX_LVS_DNS_SIZE];
    const size_t name_size = size == 0 ? 0 : MIN(data[0], size - 1);
    g_autofree char *name = g_strndup((const char *) data + (size == 0 ? 0 : 1), name_size);
    const struct cox_lvs_dns dns = { .type = 1, .name = name }, root = { .type = 1, .name = "." };
    size_t asked = cox_lvs_dns_ask(&dns, 0x4142, question);
    struct cox_lvs_answer answer = { .text = "" };

    COX_BUG_ON(asked > sizeof question);
    if (asked == 0) {
        asked = cox_lvs_dns_ask(&root, 0x4142, question);
    }
    COX_BUG_ON(cox_lvs_dns_answer(question, asked, question, asked, &answer)); /* a question is no answer */
    question[2] |= 0x80;
    COX_BUG_ON(!cox_lvs_dns_answer(question, asked, question, asked, &answer) || answer.is_good); /* none without a record */
    if (size > 1 + name_size) {
        g_autofree guint8 *copy = g_memdup2(data + 1 + name_size, size - 1 - name_size);

        if (cox_lvs_dns_answer(question, asked, copy, size - 1 - name_size, &answer)) {
            COX_BUG_ON(answer.is_good != (answer.text == NULL));
        }
    }
    return 0;
}
