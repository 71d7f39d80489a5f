/* lib/netlink/netfilter.c - a table of nftables that drops packets to some addresses.  Layer 3, adapter. */
#include "netlink/netfilter.h"

#include <errno.h>
#include <string.h>
#include <arpa/inet.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>

#include "base/error.h"
#include "netlink/netput.h"
#include "netlink/netsocket.h"

enum {
    MESSAGE_BYTES = 1024,
    TO_V4 = 16, TO_V6 = 24, /* where an IP header has the destination */
};

static const char chain[] = "no_accept";

/* A transaction that grows. */
struct batch {
    GByteArray *out;
    guint32 seq;
    const char *table;
};

static struct cox_netput *
begin(struct batch *batch, int type, int flags, guint16 resource)
{
    const struct nfgenmsg head = { .nfgen_family = resource == 0 ? NFPROTO_INET : NFPROTO_UNSPEC, .version = NFNETLINK_V0, .res_id = htons(resource) };
    struct cox_netput *message = cox_netput_begin(type, flags, ++batch->seq, MESSAGE_BYTES);

    cox_netput_head(message, &head, sizeof head);
    return message;
}

static void
put_mark(struct batch *batch, int type)
{
    cox_netput_end(batch->out, begin(batch, type, 0, NFNL_SUBSYS_NFTABLES));
}

static struct cox_netput *
begin_nft(struct batch *batch, int type, int flags)
{
    return begin(batch, NFNL_SUBSYS_NFTABLES << 8 | type, flags | NLM_F_ACK, 0);
}

static void
put_table(struct batch *batch, int type, int flags)
{
    struct cox_netput *message = begin_nft(batch, type, flags);

    cox_netput_text(message, NFTA_TABLE_NAME, batch->table);
    cox_netput_end(batch->out, message);
}

static void
put_chain(struct batch *batch, gint32 priority)
{
    struct cox_netput *message = begin_nft(batch, NFT_MSG_NEWCHAIN, NLM_F_CREATE);
    struct nlattr *hook;

    cox_netput_text(message, NFTA_CHAIN_TABLE, batch->table);
    cox_netput_text(message, NFTA_CHAIN_NAME, chain);
    cox_netput_text(message, NFTA_CHAIN_TYPE, "filter");
    hook = cox_netput_nest(message, NFTA_CHAIN_HOOK);
    cox_netput_u32(message, NFTA_HOOK_HOOKNUM, htonl(NF_INET_LOCAL_IN));
    cox_netput_u32(message, NFTA_HOOK_PRIORITY, htonl((guint32) priority));
    cox_netput_nest_end(message, hook);
    cox_netput_end(batch->out, message);
}

/* Expressions of a rule; each is a list element with a name and data. */

struct expression {
    struct nlattr *element, *data;
};

static struct expression
begin_expression(struct cox_netput *message, const char *name)
{
    struct expression expression = { .element = cox_netput_nest(message, NFTA_LIST_ELEM) };

    cox_netput_text(message, NFTA_EXPR_NAME, name);
    expression.data = cox_netput_nest(message, NFTA_EXPR_DATA);
    return expression;
}

static void
end_expression(struct cox_netput *message, const struct expression *expression)
{
    cox_netput_nest_end(message, expression->data);
    cox_netput_nest_end(message, expression->element);
}

static void
compare(struct cox_netput *message, const void *value, size_t size)
{
    struct expression expression = begin_expression(message, "cmp");
    struct nlattr *data;

    cox_netput_u32(message, NFTA_CMP_SREG, htonl(NFT_REG_1));
    cox_netput_u32(message, NFTA_CMP_OP, htonl(NFT_CMP_EQ));
    data = cox_netput_nest(message, NFTA_CMP_DATA);
    cox_netput(message, NFTA_DATA_VALUE, value, size);
    cox_netput_nest_end(message, data);
    end_expression(message, &expression);
}

/* A fact of one byte about the packet. */
static void
match_meta(struct cox_netput *message, guint32 key, guint8 value)
{
    struct expression expression = begin_expression(message, "meta");

    cox_netput_u32(message, NFTA_META_KEY, htonl(key));
    cox_netput_u32(message, NFTA_META_DREG, htonl(NFT_REG_1));
    end_expression(message, &expression);
    compare(message, &value, 1);
}

struct field {
    guint32 base, offset;
    const void *value;
    guint32 size;
};

static void
match_field(struct cox_netput *message, const struct field *field)
{
    struct expression expression = begin_expression(message, "payload");

    cox_netput_u32(message, NFTA_PAYLOAD_DREG, htonl(NFT_REG_1));
    cox_netput_u32(message, NFTA_PAYLOAD_BASE, htonl(field->base));
    cox_netput_u32(message, NFTA_PAYLOAD_OFFSET, htonl(field->offset));
    cox_netput_u32(message, NFTA_PAYLOAD_LEN, htonl(field->size));
    end_expression(message, &expression);
    compare(message, field->value, field->size);
}

static void
give_verdict(struct cox_netput *message, guint32 code)
{
    struct expression expression = begin_expression(message, "immediate");
    struct nlattr *data, *verdict;

    cox_netput_u32(message, NFTA_IMMEDIATE_DREG, htonl(NFT_REG_VERDICT));
    data = cox_netput_nest(message, NFTA_IMMEDIATE_DATA);
    verdict = cox_netput_nest(message, NFTA_DATA_VERDICT);
    cox_netput_u32(message, NFTA_VERDICT_CODE, htonl(code));
    cox_netput_nest_end(message, verdict);
    cox_netput_nest_end(message, data);
    end_expression(message, &expression);
}

/* All packets of a family with this field (and, of IPv6, this next protocol; 0: any). */
static void
put_rule(struct batch *batch, const struct field *field, guint8 family, guint8 protocol, guint32 verdict)
{
    struct cox_netput *message = begin_nft(batch, NFT_MSG_NEWRULE, NLM_F_CREATE | NLM_F_APPEND);
    struct nlattr *all;

    cox_netput_text(message, NFTA_RULE_TABLE, batch->table);
    cox_netput_text(message, NFTA_RULE_CHAIN, chain);
    all = cox_netput_nest(message, NFTA_RULE_EXPRESSIONS);
    match_meta(message, NFT_META_NFPROTO, family);
    if (protocol != 0) {
        match_meta(message, NFT_META_L4PROTO, protocol);
    }
    match_field(message, field);
    give_verdict(message, verdict);
    cox_netput_nest_end(message, all);
    cox_netput_end(batch->out, message);
}

static void
put_rules(struct batch *batch, const struct cox_ip *addresses, size_t n)
{
    static const guint8 discovery[] = { ND_NEIGHBOR_SOLICIT, ND_NEIGHBOR_ADVERT };

    for (size_t i = 0; i < G_N_ELEMENTS(discovery); i++) {
        const struct field type = { NFT_PAYLOAD_TRANSPORT_HEADER, 0, &discovery[i], 1 };

        put_rule(batch, &type, NFPROTO_IPV6, IPPROTO_ICMPV6, NF_ACCEPT);
    }
    for (size_t i = 0; i < n; i++) {
        bool is_v6 = addresses[i].family == COX_IP_V6;
        const struct field to = { NFT_PAYLOAD_NETWORK_HEADER, is_v6 ? TO_V6 : TO_V4, addresses[i].bytes, (guint32) cox_ip_size(&addresses[i]) };

        put_rule(batch, &to, is_v6 ? NFPROTO_IPV6 : NFPROTO_IPV4, 0, NF_DROP);
    }
}

/* 0, or the errno of the first message that was refused. */
static int
commit(struct cox_netsocket *kernel, const struct batch *batch, guint32 last)
{
    int failure = cox_netsocket_send(kernel, batch->out);

    while (failure == 0) {
        gssize size = cox_netsocket_receive(kernel, true);
        struct nlmsghdr *head = (struct nlmsghdr *) (void *) kernel->room;

        if (size <= 0) {
            return size == 0 ? ETIMEDOUT : (int) -size;
        }
        for (int left = (int) size; nlmsg_ok(head, left); head = nlmsg_next(head, &left)) {
            const struct nlmsgerr *answer = nlmsg_data(head);

            if (head->nlmsg_type != NLMSG_ERROR || nlmsg_datalen(head) < (int) sizeof answer->error) {
                continue;
            }
            if (answer->error != 0) {
                return -answer->error;
            }
            if (head->nlmsg_seq == last) {
                return 0;
            }
        }
    }
    return failure;
}

bool
cox_netfilter_drop(const char *table, gint32 priority, const struct cox_ip *addresses, size_t n, GError **error)
{
    g_autoptr(GByteArray) out = g_byte_array_new();
    struct batch batch = { .out = out, .table = table };
    struct cox_netsocket kernel = { .fd = -1 };
    guint32 last;
    int failure;

    if (!cox_netsocket_open(&kernel, NETLINK_NETFILTER, 0, error)) {
        return false;
    }
    put_mark(&batch, NFNL_MSG_BATCH_BEGIN);
    put_table(&batch, NFT_MSG_NEWTABLE, NLM_F_CREATE); /* so that there is one to remove */
    put_table(&batch, NFT_MSG_DELTABLE, 0);
    if (n > 0) {
        put_table(&batch, NFT_MSG_NEWTABLE, NLM_F_CREATE);
        put_chain(&batch, priority);
        put_rules(&batch, addresses, n);
    }
    last = batch.seq;
    put_mark(&batch, NFNL_MSG_BATCH_END);
    failure = commit(&kernel, &batch, last);
    cox_netsocket_close(&kernel);
    if (failure != 0) {
        g_set_error(error, COX_ERROR, COX_ERROR_OS, "nftables, table %s: %s", table, g_strerror(failure));
    }
    return failure == 0;
}
