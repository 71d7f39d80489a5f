/* lib/lvs/lvsdns.c - a question to a name server, and whether its answer is one (RFC 1035).  Layer 3, pure.
 *
 *      0  id         2  QR opcode AA TC RD | RA Z RCODE     4 QDCOUNT   6 ANCOUNT   8 NSCOUNT   10 ARCOUNT     (4.1.1)
 *     12  QNAME, QTYPE, QCLASS                                                                                  (4.1.2)
 *         NAME, TYPE, CLASS, TTL, RDLENGTH, RDATA for each record                                               (4.1.3)
 */
#include "lvs/lvsdns.h"

#include <string.h>

enum {
    HEAD = 12,
    NAME_MAX_BYTES = 255,
    LABEL_MAX_BYTES = 63,
    CLASS_IN = 1,
    TYPE_CNAME = 5,
    RECORDS_MAX = 512,
};

static const struct {
    const char *name;
    guint16 type;
} TYPES[] = { { "A", 1 }, { "NS", 2 }, { "CNAME", TYPE_CNAME }, { "SOA", 6 }, { "MX", 15 }, { "TXT", 16 }, { "AAAA", 28 } };

guint16
cox_lvs_dns_type(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(TYPES); i++) {
        if (g_ascii_strcasecmp(name, TYPES[i].name) == 0) {
            return TYPES[i].type;
        }
    }
    return 0;
}

static void
put_u16(guint8 *at, guint value)
{
    at[0] = (guint8) (value >> 8);
    at[1] = (guint8) value;
}

static guint
get_u16(const guint8 *at)
{
    return at[0] * 256U + at[1];
}

/* The name as labels, with the empty one of the root at its end; 0: it has none. */
static size_t
put_name(const char *name, guint8 *out)
{
    size_t size = 0;

    while (*name != '\0' && strcmp(name, ".") != 0) {
        const char *dot = strchr(name, '.');
        const size_t length = dot != NULL ? (size_t) (dot - name) : strlen(name);

        if (length == 0 || length > LABEL_MAX_BYTES || size + 1 + length + 1 > NAME_MAX_BYTES) {
            return 0;
        }
        out[size++] = (guint8) length;
        memcpy(out + size, name, length);
        size += length;
        name += dot != NULL ? length + 1 : length;
    }
    out[size++] = 0;
    return size;
}

size_t
cox_lvs_dns_ask(const struct cox_lvs_dns *dns, guint16 id, guint8 out[COX_LVS_DNS_SIZE])
{
    const size_t name = put_name(dns->name, out + HEAD);

    if (name == 0) {
        return 0;
    }
    memset(out, 0, HEAD);
    put_u16(out, id);
    out[2] = 1; /* RD */
    put_u16(out + 4, 1);
    put_u16(out + HEAD + name, dns->type);
    put_u16(out + HEAD + name + 2, CLASS_IN);
    return HEAD + name + 4;
}

/* Where the name that begins at @at ends in the message; 0: it does not.  What a pointer points to is not looked at (4.1.4). */
static size_t
after_name(const guint8 *data, size_t size, size_t at)
{
    while (at < size) {
        if (data[at] == 0) {
            return at + 1;
        }
        if (data[at] >= 0xc0) {
            return at + 2 <= size ? at + 2 : 0;
        }
        if (data[at] > LABEL_MAX_BYTES) {
            return 0;
        }
        at += 1U + data[at];
    }
    return 0;
}

/* Upper and lower case are the same in names (2.3.3), and bytes below the letters are no letters. */
static bool
is_same_question(const guint8 *a, const guint8 *b, size_t size)
{
    for (size_t i = 0; i + 4 < size; i++) {
        if (g_ascii_tolower((char) a[i]) != g_ascii_tolower((char) b[i])) {
            return false;
        }
    }
    return memcmp(a + size - 4, b + size - 4, 4) == 0;
}

/* How many of the records from @at on, at most @n, are of this type; -1: they are not what they should be. */
static int
count_records(const guint8 *data, size_t size, size_t at, guint n, guint type)
{
    int found = 0;

    for (guint i = 0; i < MIN(n, RECORDS_MAX); i++) {
        at = after_name(data, size, at);
        if (at == 0 || size - at < 10) {
            return -1;
        }
        const guint length = get_u16(data + at + 8);

        found += get_u16(data + at) == type && get_u16(data + at + 2) == CLASS_IN;
        at += 10;
        if (length > size - at) {
            return -1;
        }
        at += length;
    }
    return found;
}

static const char *
judge(const guint8 *question, size_t question_size, const guint8 *data, size_t size)
{
    static const char *const errors[] = { NULL, "the question is malformed (1)", "server failure (2)", "no such name (3)",
                                          "not implemented (4)", "refused (5)" };
    const guint code = data[3] & 15, type = get_u16(question + question_size - 4);
    const bool is_cut = (data[2] & 2) != 0;
    int found;

    if (code != 0) {
        return code < G_N_ELEMENTS(errors) ? errors[code] : "an error of another kind";
    }
    if (get_u16(data + 4) != 1 || size < question_size || !is_same_question(question + HEAD, data + HEAD, question_size - HEAD)) {
        return "it answers another question";
    }
    found = count_records(data, size, question_size, get_u16(data + 6), type);
    if (is_cut) {
        return NULL;
    }
    return found < 0 ? "a record is malformed" : found == 0 ? "no record of the type" : NULL;
}

bool
cox_lvs_dns_answer(const guint8 *question, size_t question_size, const guint8 *data, size_t size, struct cox_lvs_answer *answer)
{
    const char *why;

    if (size < HEAD || question_size < HEAD + 5 || memcmp(question, data, 2) != 0 || (data[2] & 0xf8) != 0x80) {
        return false; /* QR set, opcode 0 */
    }
    why = judge(question, question_size, data, size);
    *answer = (struct cox_lvs_answer) { .is_good = why == NULL, .text = why };
    return true;
}
