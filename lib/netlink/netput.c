/* lib/netlink/netput.c - writing of netlink messages, for this room only.  Layer 3, adapter. */
#include "netlink/netput.h"

#include <string.h>
#include <netlink/attr.h>
#include <netlink/msg.h>

#include "base/error.h"

struct nl_msg *
cox_netput_begin(int type, int flags, guint32 seq, size_t bytes)
{
    struct nl_msg *message = nlmsg_alloc_size(bytes);

    COX_BUG_ON(message == NULL || nlmsg_put(message, 0, seq, type, 0, NLM_F_REQUEST | flags) == NULL);
    return message;
}

void
cox_netput_head(struct nl_msg *message, const void *head, size_t size)
{
    COX_BUG_ON(nlmsg_append(message, (void *) (guintptr) head, size, NLMSG_ALIGNTO) < 0);
}

void
cox_netput(struct nl_msg *message, int type, const void *data, size_t size)
{
    COX_BUG_ON(nla_put(message, type, (int) size, data) < 0);
}

void
cox_netput_u16(struct nl_msg *message, int type, guint16 value)
{
    cox_netput(message, type, &value, sizeof value);
}

void
cox_netput_u32(struct nl_msg *message, int type, guint32 value)
{
    cox_netput(message, type, &value, sizeof value);
}

void
cox_netput_text(struct nl_msg *message, int type, const char *text)
{
    if (text[0] != '\0') {
        cox_netput(message, type, text, strlen(text) + 1);
    }
}

struct nlattr *
cox_netput_nest(struct nl_msg *message, int type)
{
    struct nlattr *begin = nla_nest_start(message, type);

    COX_BUG_ON(begin == NULL);
    return begin;
}

void
cox_netput_end(GByteArray *out, struct nl_msg *message)
{
    const struct nlmsghdr *head = nlmsg_hdr(message);
    static const guint8 zeros[NLMSG_ALIGNTO];

    g_byte_array_append(out, (const guint8 *) head, head->nlmsg_len);
    g_byte_array_append(out, zeros, NLMSG_ALIGN(head->nlmsg_len) - head->nlmsg_len);
    nlmsg_free(message);
}
