/* lib/client/tests/fakeside.c - for tests: a daemon that a client talks to, frame by frame. */
#include "client/tests/fakeside.h"

#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/testkit.h"
#include "proto/daemons.h"

void
fakeside_open(struct fakeside *side, const char *directory, const char *name)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    g_autofree char *file = g_strconcat(name, ".sock", NULL);

    side->name = name;
    side->path = g_build_filename(directory, file, NULL);
    side->listener = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0);
    side->fd = -1;
    g_strlcpy(address.sun_path, side->path, sizeof address.sun_path);
    assert_int_equal(bind(side->listener, (struct sockaddr *) &address, sizeof address), 0);
    assert_int_equal(listen(side->listener, 4), 0);
}

void
fakeside_hang_up(struct fakeside *side)
{
    if (side->fd >= 0) {
        close(side->fd);
    }
    side->fd = -1;
}

void
fakeside_close(struct fakeside *side)
{
    fakeside_hang_up(side);
    close(side->listener);
    (void) remove(side->path);
    g_free(side->path);
}

void
fakeside_reply(const struct fakeside *side, guint32 id, enum cox_message message, const void *body)
{
    const struct cox_frame frame = { .kind = COX_FRAME_REPLY, .message = (guint16) message, .id = id };
    g_autoptr(GBytes) bytes = cox_frame_build_message(&frame, body, NULL);
    gsize size;
    const void *data = g_bytes_get_data(bytes, &size);

    assert_int_equal(send(side->fd, data, size, 0), size);
}

guint32
fakeside_look(struct fakeside *side, struct cox_arena *arena, const void **body, enum cox_message expected)
{
    static guint8 buffer[8192];
    const struct cox_msg_welcome welcome = { .level = COX_FRAME_LEVEL, .daemon = side->name, .boot = 5, .role = COX_ROLE_ADMIN };
    struct cox_frame frame;
    ssize_t size;

    if (side->fd < 0) {
        side->fd = accept(side->listener, NULL, NULL);
        side->n_visits += side->fd >= 0;
    }
    size = side->fd < 0 ? -1 : recv(side->fd, buffer, sizeof buffer, MSG_DONTWAIT);
    if (size <= 0) {
        return 0;
    }
    assert_true(cox_frame_parse(buffer, (gsize) size, &frame, NULL));
    if (frame.message == COX_MSG_HELLO) {
        fakeside_reply(side, frame.id, COX_MSG_WELCOME, &welcome);
        return 0;
    }
    if (frame.kind == COX_FRAME_CANCEL) {
        return 0;
    }
    assert_int_equal(frame.message, expected);
    *body = cox_frame_message(&frame, arena, NULL);
    assert_non_null(*body);
    return frame.id;
}
