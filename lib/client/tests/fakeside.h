/* lib/client/tests/fakeside.h - for tests: a daemon that a client talks to, frame by frame. */
#ifndef COX_CLIENT_TESTS_FAKESIDE_H
#define COX_CLIENT_TESTS_FAKESIDE_H

#include <glib.h>

#include "base/arena.h"
#include "proto/frame.h"
#include "proto/messages.h"

/* One that is spoken to. */
struct fakeside {
    const char *name;
    char *path;
    int listener, fd; /* fd -1: nobody is connected */
    guint n_visits;
};

/* Listen in @directory as @name. */
void fakeside_open(struct fakeside *side, const char *directory, const char *name);

/* End the connection; end it all. */
void fakeside_hang_up(struct fakeside *side);
void fakeside_close(struct fakeside *side);

void fakeside_reply(const struct fakeside *side, guint32 id, enum cox_message message, const void *body);

/* Take a visitor and greet him; the id of the next request, which has to be @expected (its body is in @arena's memory), or 0 when there is none now. */
guint32 fakeside_look(struct fakeside *side, struct cox_arena *arena, const void **body, enum cox_message expected);

#endif
