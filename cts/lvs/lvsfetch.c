/* cts/lvs/lvsfetch.c - a client that lives in a machine: lvslab fetch EAR TAG [OPTION=VALUE]... ADDRESS:PORT...
 *
 *   count=N     so many connections in all, then the end; 0: until standard input ends
 *   every=MS    one begins so often, whatever has become of the others; 0: when none waits for its answer
 *   most=N      open at the same time; 256
 *   from=A+N    source addresses in turn: N from A on (IPv4)
 *   limit=MS    an answer comes within; 3000
 *   keep=MS     connections stay open and ask again so long after each answer
 *   udp=1       datagrams instead of connections
 *   sctp=1      associations of SCTP
 *
 * Tells of each request, with how long it took in microseconds from its begin: "ok TOOK NAME FROM SLOT" or "no TOOK WHY FROM SLOT".
 */
#include "lvslab.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { SLOTS = 1024, ANSWER_BYTES = 1024, TARGETS = 256, MANY = 64, NEVER_MS = 3600000, CATCH_UP_US = 1000000 };

enum phase { FREE = 0, CONNECTING, ASKING, RESTING };

struct slot {
    enum phase phase;
    int fd;
    unsigned number, from; /* which connection, and the last byte of its source as it is counted */
    int64_t began_us, due_us; /* of the request; when it is late, or is asked again */
    size_t used;
    char answer[ANSWER_BYTES];
};

struct client {
    struct teller *teller;
    int epoll;
    struct address targets[TARGETS];
    unsigned n_targets;
    struct in_addr source;
    unsigned n_sources, count, most, n_begun, n_open, n_waiting; /* open: with those that rest */
    int64_t every_us, limit_us, keep_us, next_us;
    bool is_udp, is_sctp, is_over;
    struct slot slots[SLOTS];
};

static void
say(const struct client *client, const struct slot *slot, const char *verdict, const char *word)
{
    struct in_addr from = { htonl(ntohl(client->source.s_addr) + slot->from) };

    tell(client->teller, "%s %lld %s %s %u", verdict, (long long) (now_us() - slot->began_us), word, client->n_sources == 0 ? "-" : inet_ntoa(from), slot->number);
}

static void
enter(struct client *client, struct slot *slot, enum phase phase)
{
    client->n_open = client->n_open + (phase != FREE) - (slot->phase != FREE);
    client->n_waiting = client->n_waiting + (phase == CONNECTING || phase == ASKING) - (slot->phase == CONNECTING || slot->phase == ASKING);
    slot->phase = phase;
}

static void
finish(struct client *client, struct slot *slot)
{
    close(slot->fd);
    enter(client, slot, FREE);
}

static void
fail(struct client *client, struct slot *slot, int number)
{
    static const struct {
        int number;
        const char *word;
    } words[] = { { ECONNREFUSED, "refused" }, { ECONNRESET, "reset" }, { ETIMEDOUT, "timeout" }, { EHOSTUNREACH, "unreachable" }, { ENETUNREACH, "unreachable" },
                  { EPIPE, "reset" }, { 0, "closed" } };
    char other[32];
    const char *word = other;

    snprintf(other, sizeof other, "errno%d", number);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (words[i].number == number) {
            word = words[i].word;
        }
    }
    say(client, slot, "no", word);
    finish(client, slot);
}

static void
ask(struct client *client, struct slot *slot)
{
    static const char close_text[] = "GET / HTTP/1.1\r\nHost: lab\r\nConnection: close\r\n\r\n", keep_text[] = "GET / HTTP/1.1\r\nHost: lab\r\nConnection: keep-alive\r\n\r\n";
    const char *text = client->is_udp ? "who" : client->keep_us > 0 ? keep_text : close_text;
    struct epoll_event event = { EPOLLIN, { .ptr = slot } };

    enter(client, slot, ASKING);
    slot->used = 0;
    (void) epoll_ctl(client->epoll, EPOLL_CTL_MOD, slot->fd, &event);
    if (send(slot->fd, text, strlen(text), MSG_NOSIGNAL) < 0) {
        fail(client, slot, errno);
    }
}

static void
begin(struct client *client, struct slot *slot)
{
    const unsigned number = client->n_begun++;
    const struct address *target = &client->targets[number % client->n_targets];
    struct epoll_event event = { EPOLLOUT, { .ptr = slot } };
    struct sockaddr_in source = { .sin_family = AF_INET };
    const int on = 1;

    *slot = (struct slot) { .number = number, .from = client->n_sources == 0 ? 0 : number / client->n_targets % client->n_sources, .began_us = now_us() };
    slot->due_us = slot->began_us + client->limit_us;
    enter(client, slot, CONNECTING);
    slot->fd = must(socket(target->where.ss_family, (client->is_udp ? SOCK_DGRAM : SOCK_STREAM) | SOCK_NONBLOCK | SOCK_CLOEXEC,
                           client->is_sctp ? IPPROTO_SCTP : 0), "socket");
    must(epoll_ctl(client->epoll, EPOLL_CTL_ADD, slot->fd, &event), "epoll");
    if (client->n_sources > 0) {
        source.sin_addr.s_addr = htonl(ntohl(client->source.s_addr) + slot->from);
        (void) setsockopt(slot->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
        must(bind(slot->fd, (const struct sockaddr *) &source, sizeof source), inet_ntoa(source.sin_addr));
    }
    if (connect(slot->fd, (const struct sockaddr *) &target->where, target->size) == 0) {
        ask(client, slot);
    } else if (errno != EINPROGRESS) {
        fail(client, slot, errno);
    }
}

/* The whole answer is there: what is told of it. */
static void
answered(struct client *client, struct slot *slot, char *body)
{
    const bool is_good = client->is_udp || strncmp(slot->answer, "HTTP/1.1 200", 12) == 0;
    char word[64];

    body[strcspn(body, "\r\n")] = '\0';
    if (is_good) {
        snprintf(word, sizeof word, "%.63s", body);
    } else {
        snprintf(word, sizeof word, "http%.3s", slot->used > 12 ? slot->answer + 9 : "?");
    }
    say(client, slot, is_good ? "ok" : "no", word);
    if (client->keep_us > 0) {
        enter(client, slot, RESTING);
        slot->due_us = now_us() + client->keep_us;
    } else {
        finish(client, slot);
    }
}

static void
hear(struct client *client, struct slot *slot)
{
    const ssize_t got = recv(slot->fd, slot->answer + slot->used, sizeof slot->answer - slot->used - 1, 0);
    char *body;

    if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
        return;
    }
    if (got <= 0 || slot->phase == RESTING) {
        fail(client, slot, got < 0 ? errno : 0);
        return;
    }
    slot->used += (size_t) got;
    slot->answer[slot->used] = '\0';
    body = client->is_udp ? slot->answer : strstr(slot->answer, "\r\n\r\n");
    body = body != NULL && !client->is_udp ? body + 4 : body;
    if (body != NULL && strchr(body, '\n') != NULL) {
        answered(client, slot, body);
    }
}

static void
ready(struct client *client, struct slot *slot, uint32_t events)
{
    int number = 0;
    socklen_t size = sizeof number;

    if (slot->phase == CONNECTING) {
        (void) getsockopt(slot->fd, SOL_SOCKET, SO_ERROR, &number, &size);
        if (number != 0) {
            fail(client, slot, number);
        } else {
            ask(client, slot);
        }
    } else if (slot->phase != FREE && (events & (EPOLLIN | EPOLLERR | EPOLLHUP)) != 0) {
        hear(client, slot);
    }
}

/* May another one begin, now or as soon as it is time? */
static bool
may_begin(const struct client *client)
{
    return !client->is_over && (client->count == 0 || client->n_begun < client->count) && client->n_open < client->most
           && (client->every_us > 0 || client->n_waiting == 0);
}

static void
begin_due(struct client *client, struct slot *slot, int64_t now)
{
    /* Who was kept from it for long does not make up for all of it at once. */
    client->next_us = client->next_us < now - CATCH_UP_US ? now : client->next_us + client->every_us;
    begin(client, slot);
}

/* What the clock makes due; how long to wait for the next, in milliseconds. */
static int
turn(struct client *client)
{
    int64_t now = now_us(), next = now + (int64_t) NEVER_MS * 1000;

    for (unsigned i = 0; i < client->most; i++) {
        struct slot *slot = &client->slots[i];

        if (slot->phase == RESTING && slot->due_us <= now) {
            slot->began_us = now;
            slot->due_us = now + client->limit_us;
            ask(client, slot);
        } else if (slot->phase != FREE && slot->due_us <= now) {
            fail(client, slot, ETIMEDOUT);
        } else if (slot->phase == FREE && may_begin(client) && client->next_us <= now) {
            begin_due(client, slot, now);
        }
        if (slot->phase != FREE && slot->due_us < next) {
            next = slot->due_us;
        }
    }
    if (may_begin(client) && client->next_us < next) {
        next = client->next_us;
    }
    return next <= now ? 0 : (int) ((next - now + 999) / 1000);
}

static void
set_up(struct client *client, char **words)
{
    char from[INET_ADDRSTRLEN] = "";
    const char *sources = option(words, "from", "");
    const size_t size = strcspn(sources, "+");

    client->count = (unsigned) atoi(option(words, "count", "0"));
    client->most = (unsigned) atoi(option(words, "most", "256"));
    client->most = client->most < 1 || client->most > SLOTS ? SLOTS : client->most;
    client->every_us = (int64_t) (atof(option(words, "every", "0")) * 1000);
    client->limit_us = (int64_t) atoi(option(words, "limit", "3000")) * 1000;
    client->keep_us = (int64_t) atoi(option(words, "keep", "0")) * 1000;
    client->is_udp = atoi(option(words, "udp", "0")) != 0;
    client->is_sctp = atoi(option(words, "sctp", "0")) != 0;
    if (size > 0 && size < sizeof from) {
        memcpy(from, sources, size);
        must(inet_pton(AF_INET, from, &client->source) == 1 ? 0 : -1, from);
        client->n_sources = sources[size] == '+' ? (unsigned) atoi(sources + size + 1) : 1;
    }
    for (size_t i = 0; words[i] != NULL && client->n_targets < TARGETS; i++) {
        if (strchr(words[i], '=') == NULL) {
            client->targets[client->n_targets++] = address_of(words[i]);
        }
    }
    if (client->n_targets == 0) {
        fprintf(stderr, "lvslab fetch: no ADDRESS:PORT\n");
        exit(2);
    }
    client->next_us = now_us();
}

int
fetch(struct teller *teller, char **words)
{
    static struct client client;
    struct epoll_event input = { EPOLLIN, { .ptr = NULL } };

    client.teller = teller;
    client.epoll = must(epoll_create1(EPOLL_CLOEXEC), "epoll");
    set_up(&client, words);
    if (client.count == 0 || client.keep_us > 0) {
        must(epoll_ctl(client.epoll, EPOLL_CTL_ADD, STDIN_FILENO, &input), "standard input is no pipe: epoll");
    }
    while (!client.is_over && (client.count == 0 || client.n_begun < client.count || client.n_open > 0)) {
        struct epoll_event events[MANY];
        const int wait_ms = turn(&client), n = epoll_wait(client.epoll, events, MANY, wait_ms);

        for (int i = 0; i < n; i++) {
            char text[64];

            if (events[i].data.ptr != NULL) {
                ready(&client, events[i].data.ptr, events[i].events);
            } else if (read(STDIN_FILENO, text, sizeof text) <= 0) {
                client.is_over = true;
            }
        }
    }
    tell(teller, "end %u", client.n_begun);
    return 0;
}
