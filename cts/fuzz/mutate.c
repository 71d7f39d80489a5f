/* cts/fuzz/mutate.c - libFuzzer: change XML so that it stays XML most of the time, for the targets that read it.  Layer 6. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);

struct span {
    size_t start, length;
};

/* Replace @old in data by @n bytes of @text. @return the new size, the old one when it does not fit */
static size_t
replace(uint8_t *data, size_t size, size_t max_size, struct span old, const void *text, size_t n)
{
    if (size - old.length + n > max_size) {
        return size;
    }
    memmove(data + old.start + n, data + old.start + old.length, size - old.start - old.length);
    memcpy(data + old.start, text, n);
    return size - old.length + n;
}

/* The first quoted value at or after a place. */
static struct span
value_at(const uint8_t *data, size_t size, size_t place)
{
    struct span found = { 0, 0 };

    for (size_t i = place; i + 2 < size; i++) {
        const uint8_t *end;

        if (data[i] != '=' || (data[i + 1] != '"' && data[i + 1] != '\'')) {
            continue;
        }
        end = memchr(data + i + 2, data[i + 1], size - i - 2);
        if (end != NULL) {
            found.start = i + 2;
            found.length = (size_t) (end - data) - found.start;
        }
        break;
    }
    return found;
}

/* The first element at or after a place, with all that is inside. */
static struct span
element_at(const uint8_t *data, size_t size, size_t place)
{
    struct span found = { 0, 0 };
    int depth = 0;

    for (size_t i = place; i + 1 < size; i++) {
        const uint8_t *end;

        if (data[i] != '<' || data[i + 1] == '!' || (depth == 0 && data[i + 1] == '/')) {
            continue;
        }
        end = memchr(data + i, '>', size - i);
        if (end == NULL) {
            break;
        }
        if (depth == 0) {
            found.start = i;
        }
        depth += (data[i + 1] == '/') ? -1 : (end[-1] == '/') ? 0 : 1;
        if (depth == 0) {
            found.length = (size_t) (end - data) + 1 - found.start;
            break;
        }
        i = (size_t) (end - data);
    }
    return found;
}

static size_t
change_value(uint8_t *data, size_t size, size_t max_size)
{
    static const char *const words[]
        = { "",       "0",       "1",     "2",      "3",        "-1",      "INFINITY", "-INFINITY", "true",    "false", "stop",
            "start",  "monitor", "demote", "promote", "notify",  "Started", "Stopped",  "Promoted",  "Unpromoted", "block", "fence",
            "standby", "ignore", "restart", "Optional", "Mandatory", "Serialize", "4",  "7", "8", "9", "190", "193" };
    struct span old = value_at(data, size, (size_t) rand() % size);
    struct span other = value_at(data, size, (size_t) rand() % size);
    uint8_t copy[128];

    if (rand() % 3 == 0) {
        const char *word = words[(size_t) rand() % (sizeof(words) / sizeof(words[0]))];

        return old.start == 0 ? size : replace(data, size, max_size, old, word, strlen(word));
    }
    if (old.start == 0 || other.start == 0 || other.length > sizeof(copy)) {
        return size;
    }
    memcpy(copy, data + other.start, other.length);
    return replace(data, size, max_size, old, copy, other.length);
}

/* Take an element out, or put a copy of one before another. */
static size_t
change_element(uint8_t *data, size_t size, size_t max_size)
{
    struct span one = element_at(data, size, (size_t) rand() % size);
    struct span other = element_at(data, size, (size_t) rand() % size);
    uint8_t *copy;

    if (one.length == 0 || one.length > size / 2) {
        return size;
    }
    if (rand() % 2 == 0) {
        return replace(data, size, max_size, one, "", 0);
    }
    if (other.length == 0) {
        return size;
    }
    copy = malloc(one.length);
    if (copy == NULL) {
        return size;
    }
    memcpy(copy, data + one.start, one.length);
    other.length = 0;
    size = replace(data, size, max_size, other, copy, one.length);
    free(copy);
    return size;
}

size_t
LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
    srand(seed);
    if (size < 4 || rand() % 4 == 0) {
        return LLVMFuzzerMutate(data, size, max_size);
    }
    for (int i = rand() % 4; i >= 0; i--) {
        size = (rand() % 3 == 0) ? change_element(data, size, max_size) : change_value(data, size, max_size);
        if (size < 4) {
            break;
        }
    }
    return size;
}
