/* cts/lvs/lvsbulk.c - a large table of virtual servers, by the clock of the machine that has it.
 *
 *   lvslab bulk fill N M                  N services with M servers by the shortest way to the kernel: nothing but messages, many with each call
 *   lvslab bulk flush                     empty the table
 *   lvslab bulk start N M COMMAND...      run it, which stays, until it has made such a table; prints its process
 *   lvslab bulk weight PID I J WEIGHT     SIGHUP, until server J of service I has this weight
 *   lvslab bulk stop PID                  SIGTERM, until the table is empty and the process has ended
 *
 * Each prints "WHAT SECONDS ...".  Service I is 10.50.0.0 + I, server J is 10.60.0.0 + J, all at port 80, TCP.
 */
#include "lvslab.h"

#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <linux/genetlink.h>
#include <linux/ip_vs.h>
#include <linux/netlink.h>

enum { SEND_BYTES = 30000, ROOM_BYTES = 1 << 16, LOOK_US = 5000, LIMIT_US = 60000000, FIRST_VS = 0x0a320000, FIRST_RS = 0x0a3c0000, PORT = 80 };

struct wire {
    int fd;
    uint16_t family;
    uint32_t seq;
    size_t used;
    struct nlmsghdr *last;
    _Alignas(NLMSG_ALIGNTO) char out[SEND_BYTES + 4096], in[ROOM_BYTES];
};

static struct nlmsghdr *
begin(struct wire *wire, uint16_t type, uint8_t command, uint16_t flags)
{
    struct nlmsghdr *head = (struct nlmsghdr *) (void *) (wire->out + wire->used);
    struct genlmsghdr *inner = NLMSG_DATA(head);

    memset(head, 0, 512);
    *head = (struct nlmsghdr) { NLMSG_LENGTH(GENL_HDRLEN), type, (uint16_t) (NLM_F_REQUEST | flags), ++wire->seq, 0 };
    inner->cmd = command;
    inner->version = 1;
    wire->last = head;
    return head;
}

static struct nlattr *
put(struct nlmsghdr *head, uint16_t type, const void *data, size_t size)
{
    struct nlattr *attribute = (struct nlattr *) (void *) ((char *) head + NLMSG_ALIGN(head->nlmsg_len));

    attribute->nla_type = type;
    attribute->nla_len = (uint16_t) (NLA_HDRLEN + size);
    if (size > 0) {
        memcpy((char *) attribute + NLA_HDRLEN, data, size);
    }
    head->nlmsg_len = (uint32_t) (NLMSG_ALIGN(head->nlmsg_len) + NLA_ALIGN(attribute->nla_len));
    return attribute;
}

static void
end_nest(const struct nlmsghdr *head, struct nlattr *nest)
{
    nest->nla_len = (uint16_t) ((const char *) head + head->nlmsg_len - (const char *) nest);
    nest->nla_type |= NLA_F_NESTED;
}

static void
put_service(struct nlmsghdr *head, unsigned number, bool is_whole)
{
    const uint16_t family = AF_INET, protocol = IPPROTO_TCP, port = htons(PORT);
    const uint32_t address[4] = { htonl(FIRST_VS + number) }, zero = 0, mask = ~(uint32_t) 0;
    const struct ip_vs_flags flags = { 0, ~(uint32_t) 0 };
    struct nlattr *nest = put(head, IPVS_CMD_ATTR_SERVICE, NULL, 0);

    put(head, IPVS_SVC_ATTR_AF, &family, sizeof family);
    put(head, IPVS_SVC_ATTR_PROTOCOL, &protocol, sizeof protocol);
    put(head, IPVS_SVC_ATTR_ADDR, address, sizeof address);
    put(head, IPVS_SVC_ATTR_PORT, &port, sizeof port);
    if (is_whole) {
        put(head, IPVS_SVC_ATTR_SCHED_NAME, "wrr", 4);
        put(head, IPVS_SVC_ATTR_FLAGS, &flags, sizeof flags);
        put(head, IPVS_SVC_ATTR_TIMEOUT, &zero, sizeof zero);
        put(head, IPVS_SVC_ATTR_NETMASK, &mask, sizeof mask);
    }
    end_nest(head, nest);
}

static void
put_server(struct nlmsghdr *head, unsigned number)
{
    const uint16_t family = AF_INET, port = htons(PORT);
    const uint32_t address[4] = { htonl(FIRST_RS + number) }, method = IP_VS_CONN_F_MASQ, weight = 1, none = 0;
    struct nlattr *nest = put(head, IPVS_CMD_ATTR_DEST, NULL, 0);

    put(head, IPVS_DEST_ATTR_ADDR_FAMILY, &family, sizeof family);
    put(head, IPVS_DEST_ATTR_ADDR, address, sizeof address);
    put(head, IPVS_DEST_ATTR_PORT, &port, sizeof port);
    put(head, IPVS_DEST_ATTR_FWD_METHOD, &method, sizeof method);
    put(head, IPVS_DEST_ATTR_WEIGHT, &weight, sizeof weight);
    put(head, IPVS_DEST_ATTR_U_THRESH, &none, sizeof none);
    put(head, IPVS_DEST_ATTR_L_THRESH, &none, sizeof none);
    end_nest(head, nest);
}

/* Of what is in a message behind its two headers; NULL: there is none. */
static const struct nlattr *
attribute_in(const void *data, size_t size, unsigned type)
{
    for (const char *at = data; size >= NLA_HDRLEN;) {
        const struct nlattr *attribute = (const struct nlattr *) (const void *) at;
        const size_t step = NLA_ALIGN(attribute->nla_len);

        if (attribute->nla_len < NLA_HDRLEN || attribute->nla_len > size) {
            return NULL;
        }
        if ((attribute->nla_type & NLA_TYPE_MASK) == type) {
            return attribute;
        }
        at += step;
        size = step > size ? 0 : size - step;
    }
    return NULL;
}

static const void *
value_of(const struct nlattr *attribute)
{
    return (const char *) attribute + NLA_HDRLEN;
}

typedef void (*take_fn)(void *context, const struct nlmsghdr *head);

/* Hand over what was written, and take what comes until the answer to the last message. */
static void
talk(struct wire *wire, take_fn take, void *context)
{
    bool is_over = wire->used == 0;

    if (!is_over) {
        must((int) send(wire->fd, wire->out, wire->used, 0), "netlink");
    }
    wire->used = 0;
    while (!is_over) {
        int left = must((int) recv(wire->fd, wire->in, sizeof wire->in, 0), "netlink");

        for (const struct nlmsghdr *head = (const struct nlmsghdr *) (const void *) wire->in; left > 0 && NLMSG_OK(head, (unsigned) left); head = NLMSG_NEXT(head, left)) {
            const int error = head->nlmsg_type == NLMSG_ERROR ? -((const struct nlmsgerr *) NLMSG_DATA(head))->error : 0;

            if (error != 0 && error != ESRCH && error != ENOENT) {
                errno = error;
                must(-1, "the kernel refuses");
            }
            if (head->nlmsg_type >= NLMSG_MIN_TYPE && take != NULL) {
                take(context, head);
            }
            is_over = is_over || (head->nlmsg_seq == wire->seq && (head->nlmsg_type == NLMSG_ERROR || head->nlmsg_type == NLMSG_DONE));
        }
    }
}

static void
add(struct wire *wire, const struct nlmsghdr *head)
{
    wire->used += NLMSG_ALIGN(head->nlmsg_len);
    if (wire->used > SEND_BYTES) {
        wire->last->nlmsg_flags |= NLM_F_ACK;
        talk(wire, NULL, NULL);
    }
}

static void
take_family(void *context, const struct nlmsghdr *head)
{
    const struct nlattr *found = attribute_in((const char *) NLMSG_DATA(head) + GENL_HDRLEN, head->nlmsg_len - NLMSG_LENGTH(GENL_HDRLEN), CTRL_ATTR_FAMILY_ID);

    if (found != NULL) {
        memcpy(context, value_of(found), sizeof(uint16_t));
    }
}

static void
take_count(void *context, const struct nlmsghdr *head)
{
    (void) head;
    ++*(unsigned *) context;
}

struct wanted {
    unsigned number;
    uint32_t weight;
    bool is_there;
};

static void
take_weight(void *context, const struct nlmsghdr *head)
{
    struct wanted *wanted = context;
    const struct nlattr *dest = attribute_in((const char *) NLMSG_DATA(head) + GENL_HDRLEN, head->nlmsg_len - NLMSG_LENGTH(GENL_HDRLEN), IPVS_CMD_ATTR_DEST);
    const size_t size = dest == NULL ? 0 : (size_t) dest->nla_len - NLA_HDRLEN;
    const struct nlattr *address = dest == NULL ? NULL : attribute_in(value_of(dest), size, IPVS_DEST_ATTR_ADDR);
    const struct nlattr *weight = dest == NULL ? NULL : attribute_in(value_of(dest), size, IPVS_DEST_ATTR_WEIGHT);
    uint32_t found = 0;

    if (address != NULL && weight != NULL) {
        memcpy(&found, value_of(address), sizeof found);
        if (found == htonl(FIRST_RS + wanted->number)) {
            memcpy(&found, value_of(weight), sizeof found);
            wanted->is_there = found == wanted->weight;
        }
    }
}

static void
open_wire(struct wire *wire)
{
    struct nlmsghdr *head;

    wire->fd = must(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC), "netlink");
    head = begin(wire, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, NLM_F_ACK);
    put(head, CTRL_ATTR_FAMILY_NAME, IPVS_GENL_NAME, sizeof IPVS_GENL_NAME);
    wire->used = head->nlmsg_len;
    talk(wire, take_family, &wire->family);
    if (wire->family == 0) {
        errno = ENOENT;
        must(-1, "IPVS");
    }
}

static void
dump(struct wire *wire, int service, take_fn take, void *context)
{
    struct nlmsghdr *head = begin(wire, wire->family, service < 0 ? IPVS_CMD_GET_SERVICE : IPVS_CMD_GET_DEST, NLM_F_DUMP);

    if (service >= 0) {
        put_service(head, (unsigned) service, false);
    }
    wire->used = NLMSG_ALIGN(head->nlmsg_len);
    talk(wire, take, context);
}

static unsigned
count(struct wire *wire, int service)
{
    unsigned n = 0;

    dump(wire, service, take_count, &n);
    return n;
}

/* How many servers are there in all: the kernel's own list says each in a line, after one of headings. */
static unsigned
count_servers(void)
{
    static char text[ROOM_BYTES];
    FILE *file = fopen("/proc/net/ip_vs", "r");
    unsigned n = 0;

    while (file != NULL && fgets(text, sizeof text, file) != NULL) {
        n += strncmp(text, "  -> ", 5) == 0;
    }
    if (file != NULL) {
        fclose(file);
    }
    return n > 0 ? n - 1 : 0;
}

/* Since when the table is full, as far as looks tell; 0: it is not.  The last service first: most looks end there, and where it is made last that was the moment,
 * for to count all takes a third of the time that they take to come. */
static int64_t
full_since(struct wire *wire, unsigned n, unsigned m, bool *is_last_first)
{
    const bool has_last = count(wire, (int) n - 1) == m;
    const int64_t at = now_us();

    if (!has_last || count_servers() != n * m) {
        *is_last_first = *is_last_first || has_last;
        return 0;
    }
    return *is_last_first ? now_us() : at;
}

static void
fill(struct wire *wire, unsigned n, unsigned m)
{
    for (unsigned i = 0; i < n; i++) {
        struct nlmsghdr *head = begin(wire, wire->family, IPVS_CMD_NEW_SERVICE, 0);

        put_service(head, i, true);
        add(wire, head);
        for (unsigned j = 0; j < m; j++) {
            head = begin(wire, wire->family, IPVS_CMD_NEW_DEST, 0);
            put_service(head, i, false);
            put_server(head, j);
            add(wire, head);
        }
    }
    if (wire->used > 0) {
        wire->last->nlmsg_flags |= NLM_F_ACK;
        talk(wire, NULL, NULL);
    }
}

static void
flush(struct wire *wire)
{
    wire->used = NLMSG_ALIGN(begin(wire, wire->family, IPVS_CMD_FLUSH, NLM_F_ACK)->nlmsg_len);
    talk(wire, NULL, NULL);
}

static void
pause_until(int64_t began)
{
    if (now_us() - began > LIMIT_US) {
        errno = ETIMEDOUT;
        must(-1, "what was waited for");
    }
    usleep(LOOK_US);
}

static pid_t
start(char **command)
{
    const pid_t pid = must(fork(), "fork");

    if (pid == 0) {
        setsid();
        execvp(command[0], command);
        _exit(127);
    }
    return pid;
}

/* Is it no more, or only waits to be buried? */
static bool
has_ended(pid_t pid)
{
    char path[64], text[256] = "";
    FILE *file;
    const char *state;

    snprintf(path, sizeof path, "/proc/%d/stat", (int) pid);
    file = fopen(path, "r");
    if (file == NULL) {
        return true;
    }
    (void) !fgets(text, sizeof text, file);
    fclose(file);
    state = strrchr(text, ')');
    return state == NULL || state[1] == '\0' || state[2] == 'Z';
}

static int
stop(struct wire *wire, pid_t pid)
{
    const int64_t began = now_us();
    int64_t empty_us = -1;

    must(kill(pid, SIGTERM), "SIGTERM");
    for (;;) {
        const bool is_over = has_ended(pid);

        if (empty_us < 0 && count(wire, -1) == 0) {
            empty_us = now_us() - began;
        }
        if (is_over) {
            break;
        }
        pause_until(began);
    }
    printf("stop %.3f empty %.3f left %u\n", (double) (now_us() - began) / 1e6, (double) empty_us / 1e6, count(wire, -1));
    return 0;
}

static int
run(struct wire *wire, const char *what, char **words, size_t n_words)
{
    unsigned numbers[4] = { 0 };
    const int64_t began = now_us();
    bool is_last_first = false;
    int64_t at;

    for (size_t i = 0; i < n_words && i < 4; i++) {
        numbers[i] = (unsigned) atoi(words[i]);
    }
    if (strcmp(what, "fill") == 0) {
        fill(wire, numbers[0], numbers[1]);
        printf("fill %.3f\n", (double) (now_us() - began) / 1e6);
        return full_since(wire, numbers[0], numbers[1], &is_last_first) != 0 ? 0 : 1;
    }
    if (strcmp(what, "flush") == 0) {
        flush(wire);
        printf("flush %.3f\n", (double) (now_us() - began) / 1e6);
        return 0;
    }
    if (strcmp(what, "start") == 0 && n_words > 2) {
        const pid_t pid = start(words + 2);

        while ((at = full_since(wire, numbers[0], numbers[1], &is_last_first)) == 0) {
            pause_until(began);
        }
        printf("start %.3f %d\n", (double) (at - began) / 1e6, (int) pid);
        return 0;
    }
    if (strcmp(what, "weight") == 0 && n_words == 4) {
        struct wanted wanted = { numbers[2], numbers[3], false };

        must(kill((pid_t) numbers[0], SIGHUP), "SIGHUP");
        for (dump(wire, (int) numbers[1], take_weight, &wanted); !wanted.is_there; dump(wire, (int) numbers[1], take_weight, &wanted)) {
            pause_until(began);
        }
        printf("weight %.3f\n", (double) (now_us() - began) / 1e6);
        return 0;
    }
    if (strcmp(what, "stop") == 0 && n_words == 1) {
        return stop(wire, (pid_t) numbers[0]);
    }
    fprintf(stderr, "lvslab bulk: see cts/lvs/lvsbulk.c\n");
    return 2;
}

int
bulk(char **words)
{
    static struct wire wire;
    size_t n = 0;

    while (words[n] != NULL) {
        n++;
    }
    open_wire(&wire);
    return run(&wire, words[0], words + 1, n - 1);
}
