/* lib/netlink/netput.h - writing of netlink messages, for this room only.  Layer 3, adapter.
 *
 * Messages are of known size: that something does not fit is a fault of ours, and ends the process.
 */
#ifndef COX_NETLINK_NETPUT_H
#define COX_NETLINK_NETPUT_H

#include <glib.h>

G_BEGIN_DECLS

struct nl_msg;
struct nlattr;

/** A message of @type with a header of its own, at most @bytes long; cox_netput_end() frees it. */
struct nl_msg *cox_netput_begin(int type, int flags, guint32 seq, size_t bytes);

/** Append the header of a protocol. */
void cox_netput_head(struct nl_msg *message, const void *head, size_t size);

void cox_netput(struct nl_msg *message, int type, const void *data, size_t size);
void cox_netput_u16(struct nl_msg *message, int type, guint16 value);
void cox_netput_u32(struct nl_msg *message, int type, guint32 value);

/** With its end; an empty @text is left out. */
void cox_netput_text(struct nl_msg *message, int type, const char *text);

/** Begin attributes in an attribute: nla_nest_end() closes it. */
struct nlattr *cox_netput_nest(struct nl_msg *message, int type);

/** Append the message to @out, so that another one can follow, and free it. */
void cox_netput_end(GByteArray *out, struct nl_msg *message);

G_END_DECLS

#endif
