/* cts/lvs/lvsserve.c - a web server that names itself: lvslab serve NAME [pid=FILE] PORT...
 *
 * Answers every request of HTTP with its name, over TCP and, where the kernel has it, SCTP, and every datagram.  SIGUSR1 makes it answer 503, and once more, 200 again.  Listens on all addresses of
 * both families.
 */
#define _GNU_SOURCE
#include "lvslab.h"

#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <unistd.h>

enum { REQUEST_BYTES = 2048, BACKLOG = 1024, MANY = 64 };

enum kind { LISTENER, DATAGRAMS, PEER, SIGNALS };

struct place {
    enum kind kind;
    int fd;
    size_t used;
    char request[REQUEST_BYTES];
};

struct server {
    const char *name;
    int epoll;
    bool is_sick;
};

static struct place *
place_new(const struct server *server, enum kind kind, int fd)
{
    struct place *place = calloc(1, sizeof *place);
    struct epoll_event event = { EPOLLIN, { .ptr = place } };

    if (place == NULL) {
        abort();
    }
    place->kind = kind;
    place->fd = fd;
    must(epoll_ctl(server->epoll, EPOLL_CTL_ADD, fd, &event), "epoll");
    return place;
}

static void
place_free(struct place *place)
{
    close(place->fd);
    free(place);
}

static void
listen_at(const struct server *server, int fd, const char *text)
{
    const int on = 1, off = 0;
    const struct sockaddr_in6 all = { .sin6_family = AF_INET6, .sin6_port = htons((in_port_t) atoi(text)) };

    must(setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off), "both families");
    must(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on), "port again");
    must(bind(fd, (const struct sockaddr *) &all, sizeof all), text);
    must(listen(fd, BACKLOG), text);
    place_new(server, LISTENER, fd);
}

static void
open_port(const struct server *server, const char *text)
{
    const int on = 1;
    const struct sockaddr_in all4 = { .sin_family = AF_INET, .sin_port = htons((in_port_t) atoi(text)) };
    int fd = must(socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), "socket");

    listen_at(server, fd, text);
    fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_SCTP);
    if (fd >= 0) {
        listen_at(server, fd, text);
    }
    fd = must(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), "socket");
    must(setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof on), "destination of datagrams");
    must(bind(fd, (const struct sockaddr *) &all4, sizeof all4), text);
    place_new(server, DATAGRAMS, fd);
}

/* The answer comes from the address that was asked: it may be that of the virtual server. */
static void
answer_datagram(const struct server *server, int fd)
{
    char text[256], control[CMSG_SPACE(sizeof(struct in_pktinfo))];
    struct sockaddr_in from;
    struct iovec piece = { text, sizeof text };
    struct msghdr message = { &from, sizeof from, &piece, 1, control, sizeof control, 0 };
    struct cmsghdr *head;

    if (recvmsg(fd, &message, 0) < 0) {
        return;
    }
    head = CMSG_FIRSTHDR(&message);
    if (head != NULL && head->cmsg_type == IP_PKTINFO) {
        struct in_pktinfo info;

        memcpy(&info, CMSG_DATA(head), sizeof info);
        info.ipi_spec_dst = info.ipi_addr;
        info.ipi_ifindex = 0;
        memcpy(CMSG_DATA(head), &info, sizeof info);
    }
    piece.iov_len = (size_t) snprintf(text, sizeof text, "%s\n", server->name);
    message.msg_flags = 0;
    (void) !sendmsg(fd, &message, 0);
}

/* false: the connection is over. */
static bool
answer(const struct server *server, struct place *place)
{
    ssize_t got = recv(place->fd, place->request + place->used, sizeof place->request - place->used - 1, 0);
    char text[512];
    bool is_last;
    int size;

    if (got <= 0) {
        return got < 0 && (errno == EAGAIN || errno == EINTR);
    }
    place->used += (size_t) got;
    place->request[place->used] = '\0';
    if (strstr(place->request, "\r\n\r\n") == NULL) {
        return place->used < sizeof place->request - 1;
    }
    is_last = strstr(place->request, "keep-alive") == NULL;
    size = snprintf(text, sizeof text, "HTTP/1.1 %s\r\nContent-Length: %zu\r\nConnection: %s\r\n\r\n%s\n", server->is_sick ? "503 Sick" : "200 OK",
                    strlen(server->name) + 1, is_last ? "close" : "keep-alive", server->name);
    place->used = 0;
    return send(place->fd, text, (size_t) size, MSG_NOSIGNAL) == size && !is_last;
}

static void
ready(struct server *server, struct place *place)
{
    struct signalfd_siginfo info;
    int fd;

    switch (place->kind) {
        case LISTENER:
            fd = accept4(place->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
            if (fd >= 0) {
                place_new(server, PEER, fd);
            }
            break;
        case DATAGRAMS:
            answer_datagram(server, place->fd);
            break;
        case PEER:
            if (!answer(server, place)) {
                place_free(place);
            }
            break;
        case SIGNALS:
            if (read(place->fd, &info, sizeof info) == (ssize_t) sizeof info) {
                server->is_sick = !server->is_sick;
            }
            break;
    }
}

static void
write_pid(const char *path)
{
    FILE *file = path != NULL ? fopen(path, "w") : NULL;

    if (path != NULL && (file == NULL || fprintf(file, "%d\n", (int) getpid()) < 0 || fclose(file) != 0)) {
        must(-1, path);
    }
}

int
serve(const char *name, char **words)
{
    struct server server = { name, must(epoll_create1(EPOLL_CLOEXEC), "epoll"), false };
    sigset_t signals;

    sigemptyset(&signals);
    sigaddset(&signals, SIGUSR1);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    place_new(&server, SIGNALS, must(signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK), "signals"));
    for (size_t i = 0; words[i] != NULL; i++) {
        if (strchr(words[i], '=') == NULL) {
            open_port(&server, words[i]);
        }
    }
    write_pid(option(words, "pid", NULL));
    for (;;) {
        struct epoll_event events[MANY];
        const int n = epoll_wait(server.epoll, events, MANY, -1);

        for (int i = 0; i < n; i++) {
            ready(&server, events[i].data.ptr);
        }
    }
}
