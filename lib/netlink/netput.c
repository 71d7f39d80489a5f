/* lib/netlink/netput.c - writing of netlink messages, for this room only.  Layer 3, adapter.
 *
 * Not libnl's: that clears a kilobyte for each message, and a table has ten thousands of them.
 */
#include "netlink/netput.h"

#include <string.h>
#include <linux/netlink.h>

#include "base/error.h"

struct cox_netput {
    size_t room;          /* from head on */
    struct nlmsghdr head; /* and what follows; its length is a multiple of NLMSG_ALIGNTO */
};

struct cox_netput *
cox_netput_begin(int type, int flags, guint32 seq, size_t bytes)
{
    struct cox_netput *message = NULL;

    COX_BUG_ON(bytes < NLMSG_HDRLEN);
    message = g_malloc(sizeof *message - NLMSG_HDRLEN + bytes);
    message->room = bytes;
    message->head = (struct nlmsghdr) { NLMSG_HDRLEN, (guint16) type, (guint16) (NLM_F_REQUEST | flags), seq, 0 };
    return message;
}

static char *
end_of(const struct cox_netput *message)
{
    return (char *) (guintptr) &message->head + message->head.nlmsg_len;
}

/* Room at the end, for @size bytes and zeros up to the next beginning. */
static void *
take(struct cox_netput *message, size_t size)
{
    const size_t whole = NLMSG_ALIGN(size);
    char *at = end_of(message);

    COX_BUG_ON(size > message->room || message->head.nlmsg_len + whole > message->room);
    memset(at + size, 0, whole - size);
    message->head.nlmsg_len += (guint32) whole;
    return at;
}

void *
cox_netput_head(struct cox_netput *message, const void *head, size_t size)
{
    return memcpy(take(message, size), head, size);
}

static struct nlattr *
begin_attribute(struct cox_netput *message, int type, size_t size)
{
    struct nlattr *attribute = take(message, NLA_HDRLEN + size);

    *attribute = (struct nlattr) { (guint16) (NLA_HDRLEN + size), (guint16) type };
    return attribute;
}

void
cox_netput(struct cox_netput *message, int type, const void *data, size_t size)
{
    struct nlattr *attribute = begin_attribute(message, type, size);

    if (size > 0) {
        memcpy((char *) attribute + NLA_HDRLEN, data, size);
    }
}

void
cox_netput_u16(struct cox_netput *message, int type, guint16 value)
{
    cox_netput(message, type, &value, sizeof value);
}

void
cox_netput_u32(struct cox_netput *message, int type, guint32 value)
{
    cox_netput(message, type, &value, sizeof value);
}

void
cox_netput_text(struct cox_netput *message, int type, const char *text)
{
    if (text[0] != '\0') {
        cox_netput(message, type, text, strlen(text) + 1);
    }
}

struct nlattr *
cox_netput_nest(struct cox_netput *message, int type)
{
    return begin_attribute(message, NLA_F_NESTED | type, 0);
}

size_t
cox_netput_since(const struct cox_netput *message, const void *from)
{
    return (size_t) (end_of(message) - (const char *) from);
}

void
cox_netput_nest_end(struct cox_netput *message, struct nlattr *nest)
{
    const size_t size = cox_netput_since(message, nest);

    COX_BUG_ON(size > G_MAXUINT16);
    if (size == NLA_HDRLEN) {
        message->head.nlmsg_len -= NLA_HDRLEN; /* the kernel refuses some that are empty */
    } else {
        nest->nla_len = (guint16) size;
    }
}

void
cox_netput_end(GByteArray *out, struct cox_netput *message)
{
    g_byte_array_append(out, (const guint8 *) &message->head, message->head.nlmsg_len);
    g_free(message);
}
