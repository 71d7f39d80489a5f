/* lib/netlink/netput.h - writing of netlink messages, for this room only.  Layer 3, adapter.
 *
 * Messages are of known size: that something does not fit is a fault of ours, and ends the process.
 */
#ifndef COX_NETLINK_NETPUT_H
#define COX_NETLINK_NETPUT_H

#include <glib.h>

G_BEGIN_DECLS

struct cox_netput;
struct nlattr;

/** A message of @type with a header of its own, at most @bytes long; cox_netput_end() frees it. */
struct cox_netput *cox_netput_begin(int type, int flags, guint32 seq, size_t bytes);

/** Append the header of a protocol; where it is, until the message ends. */
void *cox_netput_head(struct cox_netput *message, const void *head, size_t size);

void cox_netput(struct cox_netput *message, int type, const void *data, size_t size);
void cox_netput_u16(struct cox_netput *message, int type, guint16 value);
void cox_netput_u32(struct cox_netput *message, int type, guint32 value);

/** With its end; an empty @text is left out. */
void cox_netput_text(struct cox_netput *message, int type, const char *text);

/** Begin attributes in an attribute, and close them; when there are none it is not there. */
struct nlattr *cox_netput_nest(struct cox_netput *message, int type);
void cox_netput_nest_end(struct cox_netput *message, struct nlattr *nest);

/** Bytes from @from, which is in the message, to its end. */
size_t cox_netput_since(const struct cox_netput *message, const void *from);

/** Append the message to @out, so that another one can follow, and free it. */
void cox_netput_end(GByteArray *out, struct cox_netput *message);

G_END_DECLS

#endif
