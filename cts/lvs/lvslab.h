/* cts/lvs/lvslab.h - what lives in the machines of the balancer's tests: web servers, a client, a look at the kernel's table.
 *
 * Each part tells what it sees line by line with UDP to an ear outside of the machines, which stamps all with one clock.
 */
#ifndef COX_CTS_LVSLAB_H
#define COX_CTS_LVSLAB_H

#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

/* Where reports go. */
struct teller {
    int fd;          /* a connected socket; -1: standard output */
    const char *tag; /* first word of each report */
    unsigned number; /* of the last one: who misses one has lost it */
};

struct address {
    struct sockaddr_storage where;
    socklen_t size;
};

/* "TAG NUMBER MICROSECONDS text" */
void tell(struct teller *teller, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Of the clock that never goes back. */
int64_t now_us(void);

/* "1.2.3.4:80" or "[fd00::1]:80"; ends the program when it is none. */
struct address address_of(const char *text);

/* The text after NAME= among the words, or otherwise. */
const char *option(char **words, const char *name, const char *otherwise);

/* Ends the program with a text and what errno says when a system call failed. */
int must(int result, const char *what);

/* The modes: words end with NULL; exit status. */
int serve(const char *name, char **words);
int fetch(struct teller *teller, char **words);
int look(struct teller *teller, char **words);
int bulk(char **words);

#endif
