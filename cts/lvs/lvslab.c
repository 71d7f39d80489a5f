/* cts/lvs/lvslab.c - parts of the balancer's tests that live in the machines.
 *
 *   lvslab ear ADDRESS:PORT                         write each report with the time when it came and who sent it
 *   lvslab serve NAME [pid=FILE] PORT...            a web server that names itself (serve.c)
 *   lvslab fetch EAR TAG [OPTION=VALUE]... ADDRESS:PORT...   a client (fetch.c)
 *   lvslab look EAR TAG [every=MS] [ADDRESS]...     changes of the kernel's table of virtual servers, and of addresses that are here (look.c)
 *   lvslab hit EAR TAG SIGNAL PID...                tell, and send a signal
 *   lvslab bulk ...                                 many services at once (bulk.c)
 *
 * EAR is ADDRESS:PORT, or - for standard output.  fetch and look end when their standard input does.
 */
#include "lvslab.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { LINE_BYTES = 1400, EAR_BYTES = 8 << 20 };

int64_t
now_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t) now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int
must(int result, const char *what)
{
    if (result < 0) {
        fprintf(stderr, "lvslab: %s: %s\n", what, strerror(errno));
        exit(1);
    }
    return result;
}

void
tell(struct teller *teller, const char *format, ...)
{
    char line[LINE_BYTES];
    int used = snprintf(line, sizeof line, "%s %u %lld ", teller->tag, ++teller->number, (long long) now_us());
    va_list values;

    va_start(values, format);
    used += vsnprintf(line + used, sizeof line - (size_t) used - 1, format, values);
    va_end(values);
    used = used > (int) sizeof line - 2 ? (int) sizeof line - 2 : used;
    line[used++] = '\n';
    if (teller->fd < 0) {
        (void) !write(STDOUT_FILENO, line, (size_t) used);
    } else {
        (void) !send(teller->fd, line, (size_t) used, 0);
    }
}

struct address
address_of(const char *text)
{
    const struct addrinfo hints = { .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV, .ai_socktype = SOCK_STREAM };
    char host[INET6_ADDRSTRLEN + 2] = "";
    const char *colon = strrchr(text, ':');
    struct address address = { .size = 0 };
    struct addrinfo *found = NULL;

    if (colon != NULL && (size_t) (colon - text) < sizeof host) {
        memcpy(host, text, (size_t) (colon - text));
        if (host[0] == '[') {
            host[strlen(host) - 1] = '\0';
        }
        if (getaddrinfo(host + (host[0] == '['), colon + 1, &hints, &found) == 0) {
            memcpy(&address.where, found->ai_addr, found->ai_addrlen);
            address.size = found->ai_addrlen;
            freeaddrinfo(found);
        }
    }
    if (address.size == 0) {
        fprintf(stderr, "lvslab: '%s' is not of the form ADDRESS:PORT\n", text);
        exit(2);
    }
    return address;
}

const char *
option(char **words, const char *name, const char *otherwise)
{
    const size_t size = strlen(name);

    for (; *words != NULL; words++) {
        if (strncmp(*words, name, size) == 0 && (*words)[size] == '=') {
            return *words + size + 1;
        }
    }
    return otherwise;
}

static int
ear(const char *at)
{
    const struct address address = address_of(at);
    const int fd = must(socket(address.where.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0), "socket"), bytes = EAR_BYTES;
    char line[LINE_BYTES + 100];
    int used = snprintf(line, sizeof line, "0 - ready\n");

    (void) setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof bytes);
    must(bind(fd, (const struct sockaddr *) &address.where, address.size), at);
    while (used == 0 || write(STDOUT_FILENO, line, (size_t) used) == used) {
        struct sockaddr_storage from;
        socklen_t size = sizeof from;
        char text[LINE_BYTES + 1], name[INET6_ADDRSTRLEN] = "?";
        ssize_t got = recvfrom(fd, text, LINE_BYTES, 0, (struct sockaddr *) &from, &size);
        const double at_s = (double) now_us() / 1e6;

        text[got < 0 ? 0 : got] = '\0';
        (void) getnameinfo((struct sockaddr *) &from, size, name, sizeof name, NULL, 0, NI_NUMERICHOST);
        used = got <= 0 ? 0 : snprintf(line, sizeof line, "%.6f %s %s", at_s, name, text);
    }
    return 1;
}

static struct teller
teller_to(const char *at, const char *tag)
{
    struct teller teller = { -1, tag, 0 };

    if (strcmp(at, "-") != 0) {
        const struct address address = address_of(at);

        teller.fd = must(socket(address.where.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0), "socket");
        must(connect(teller.fd, (const struct sockaddr *) &address.where, address.size), at);
    }
    return teller;
}

static int
hit(struct teller *teller, char **words)
{
    const int number = words[0] != NULL ? atoi(words[0]) : 0;

    for (size_t i = 1; number != 0 && words[i] != NULL; i++) {
        tell(teller, "hit %d %s", number, words[i]);
        must(kill((pid_t) atoi(words[i]), number), words[i]);
    }
    return 0;
}

int
main(int argc, char **argv)
{
    const char *mode = argc > 2 ? argv[1] : "";
    struct teller teller;

    if (strcmp(mode, "ear") == 0) {
        return ear(argv[2]);
    }
    if (strcmp(mode, "serve") == 0) {
        return serve(argv[2], argv + 3);
    }
    if (strcmp(mode, "bulk") == 0) {
        return bulk(argv + 2);
    }
    if (argc > 4 || strcmp(mode, "look") == 0) {
        teller = teller_to(argv[2], argc > 3 ? argv[3] : "look");
        if (strcmp(mode, "fetch") == 0) {
            return fetch(&teller, argv + 4);
        }
        if (strcmp(mode, "look") == 0) {
            return look(&teller, argc > 4 ? argv + 4 : argv + argc);
        }
        if (strcmp(mode, "hit") == 0) {
            return hit(&teller, argv + 4);
        }
    }
    fprintf(stderr, "usage: lvslab ear|serve|fetch|look|hit|bulk ...: see cts/lvs/lvslab.c\n");
    return 2;
}
