/* cts/lvs/lvslook.c - what changes in the kernel's table of virtual servers: lvslab look EAR TAG [every=MS] [ADDRESS]...
 *
 * Tells "+ VS RS METHOD WEIGHT" when a line comes, "= ..." when it changes, "- ..." when it goes, as /proc/net/ip_vs writes them (VS and RS hexadecimal; RS is
 * "*" and METHOD the scheduler for the virtual server itself), and "here ADDRESS" and "gone ADDRESS" of addresses that this machine has or not.
 */
#include "lvslab.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ROWS = 4096, TABLE_BYTES = 1 << 20, ADDRESSES = 64, ALIVE_MS = 250 };

struct row {
    char key[124];
    char value[40];
};

struct table {
    size_t n;
    struct row rows[ROWS];
};

struct watched {
    const char *text;
    bool is_here;
};

static void
add(struct table *table, const char *vs, const char *rs, const char *value)
{
    if (table->n < ROWS) {
        snprintf(table->rows[table->n].key, sizeof table->rows[0].key, "%s %s", vs, rs);
        snprintf(table->rows[table->n++].value, sizeof table->rows[0].value, "%s", value);
    }
}

/* Three lines of headings come first. */
static void
parse(char *text, struct table *table)
{
    char vs[70] = "", *rest = NULL;
    size_t number = 0;

    table->n = 0;
    for (char *line = strtok_r(text, "\n", &rest); line != NULL; line = strtok_r(NULL, "\n", &rest)) {
        char first[16] = "", second[50] = "", third[20] = "", fourth[12] = "", value[36];

        if (++number <= 3 || sscanf(line, "%15s %49s %19s %11s", first, second, third, fourth) < 3) {
            continue;
        }
        if (strcmp(first, "->") == 0) {
            snprintf(value, sizeof value, "%s %s", third, fourth);
            add(table, vs, second, value);
        } else {
            snprintf(vs, sizeof vs, "%s/%s", first, second);
            snprintf(value, sizeof value, "%s", third);
            add(table, vs, "*", value);
        }
    }
}

static const struct row *
find(const struct table *table, const char *key, size_t guess)
{
    if (guess < table->n && strcmp(table->rows[guess].key, key) == 0) {
        return &table->rows[guess];
    }
    for (size_t i = 0; i < table->n; i++) {
        if (strcmp(table->rows[i].key, key) == 0) {
            return &table->rows[i];
        }
    }
    return NULL;
}

static void
compare(struct teller *teller, const struct table *old, const struct table *new)
{
    for (size_t i = 0; i < old->n; i++) {
        if (find(new, old->rows[i].key, i) == NULL) {
            tell(teller, "- %s %s", old->rows[i].key, old->rows[i].value);
        }
    }
    for (size_t i = 0; i < new->n; i++) {
        const struct row *before = find(old, new->rows[i].key, i);

        if (before == NULL || strcmp(before->value, new->rows[i].value) != 0) {
            tell(teller, "%c %s %s", before == NULL ? '+' : '=', new->rows[i].key, new->rows[i].value);
        }
    }
}

static void
look_at_table(struct teller *teller, struct table *tables, unsigned *which)
{
    static char text[TABLE_BYTES];
    const int fd = open("/proc/net/ip_vs", O_RDONLY | O_CLOEXEC);
    ssize_t got = 0;
    size_t used = 0;

    while (fd >= 0 && used < sizeof text - 1 && (got = read(fd, text + used, sizeof text - 1 - used)) > 0) {
        used += (size_t) got;
    }
    if (fd >= 0) {
        close(fd);
    }
    text[used] = '\0';
    parse(text, &tables[!*which]);
    compare(teller, &tables[*which], &tables[!*which]);
    *which = !*which;
}

/* An address that can be bound is here. */
static bool
is_here(const char *text)
{
    char with_port[INET6_ADDRSTRLEN + 8];
    struct address address;
    bool is_bound;
    int fd;

    snprintf(with_port, sizeof with_port, strchr(text, ':') != NULL ? "[%s]:0" : "%s:0", text);
    address = address_of(with_port);
    fd = must(socket(address.where.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0), "socket");
    is_bound = bind(fd, (const struct sockaddr *) &address.where, address.size) == 0;
    close(fd);
    return is_bound;
}

int
look(struct teller *teller, char **words)
{
    static struct table tables[2];
    struct watched watched[ADDRESSES];
    const int every_ms = atoi(option(words, "every", "10"));
    int64_t alive_us = 0;
    unsigned which = 0;
    size_t n = 0;

    for (size_t i = 0; words[i] != NULL && n < ADDRESSES; i++) {
        if (strchr(words[i], '=') == NULL) {
            watched[n++] = (struct watched) { words[i], false };
        }
    }
    for (;;) {
        struct pollfd input = { STDIN_FILENO, POLLIN, 0 };
        char text[64];

        look_at_table(teller, tables, &which);
        for (size_t i = 0; i < n; i++) {
            const bool now = is_here(watched[i].text);

            if (now != watched[i].is_here) {
                tell(teller, "%s %s", now ? "here" : "gone", watched[i].text);
            }
            watched[i].is_here = now;
        }
        if (now_us() - alive_us > ALIVE_MS * 1000) {
            alive_us = now_us();
            tell(teller, "alive");
        }
        if (poll(&input, 1, every_ms) > 0 && read(STDIN_FILENO, text, sizeof text) <= 0) {
            return 0;
        }
    }
}
