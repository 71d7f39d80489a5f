/* lib/netlink/net.h - the network of this machine behind a table: the kernel's, or a fake one.  Layer 3, adapter. */
#ifndef COX_NETLINK_NET_H
#define COX_NETLINK_NET_H

#include <stdbool.h>
#include <stddef.h>
#include <glib.h>

#include "netlink/nettypes.h"

G_BEGIN_DECLS

/** Interfaces and addresses as they are now, and a way to change them.  Nothing here waits for anything but the kernel itself. */
struct cox_net;

/** Who hears what happens, whoever made it happen; called from cox_net_dispatch() only.  What is passed is borrowed. */
struct cox_net_handler {
    /** An interface is new, or differs from what was told of it. */
    void (*link)(void *context, const struct cox_net_link *link);
    /** It is gone; its addresses were told to be gone before.  One that was renamed is gone as what it was called, with its addresses still there. */
    void (*link_gone)(void *context, const struct cox_net_link *link);
    void (*address)(void *context, const struct cox_net_address *address, bool is_there);
    /** After cox_net_watch_items(): a route or a rule (the other one is NULL) is gone; both NULL: some may be, nobody knows which.  Of an IPv6 route
     *  with several hops one or some may be told.  The kernel does not tell of IPv4 routes that go with their interface or with an address. */
    void (*item_gone)(void *context, const struct cox_net_route *route, const struct cox_net_rule *rule);
    void *context;
};

/** Is called with a route or a rule; the other one is NULL. */
typedef void (*cox_net_item_fn)(void *context, const struct cox_net_route *route, const struct cox_net_rule *rule);

struct cox_net_ops {
    void (*apply)(struct cox_net *net, struct cox_net_change *changes, size_t n);
    size_t (*send)(struct cox_net *net, const struct cox_net_frame *frames, size_t n);
    bool (*sysctl)(struct cox_net *net, const char *key, const char *value, GError **error);
    char *(*sysctl_value)(struct cox_net *net, const char *key);
    bool (*dispatch)(struct cox_net *net, GError **error);
    bool (*route_to)(struct cox_net *net, const struct cox_ip *to, struct cox_net_route *route);
    bool (*tell_items)(struct cox_net *net, cox_net_item_fn tell, void *context);
    void (*watch_items)(struct cox_net *net);
    void (*free)(struct cox_net *net);
};

struct cox_nettable;

/** The beginning of each implementation's own struct. */
struct cox_net {
    const struct cox_net_ops *ops;
    struct cox_net_handler handler;
    struct cox_nettable *table; /**< what was told so far */
    int fd;                     /**< readable when cox_net_dispatch() has something to do; -1: never */
};

/**
 * The network namespace that this process is in.  Reads what is there, without telling the handler.
 * @return NULL with COX_ERROR_OS naming what the kernel refused
 */
struct cox_net *cox_net_linux_new(const struct cox_net_handler *handler, GError **error);

void cox_net_free(struct cox_net *net);
typedef struct cox_net cox_net; /* for g_autoptr only */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(cox_net, cox_net_free)

/** To be polled for reading; stays the network's. */
int cox_net_fd(const struct cox_net *net);

/**
 * Tell the handler what has happened.  When the kernel had more to tell than it could keep everything is read again, and the handler
 * hears the differences.
 * @return false with COX_ERROR_OS when the kernel cannot be heard any more
 */
bool cox_net_dispatch(struct cox_net *net, GError **error);

/**
 * Make all changes, in order, in as few system calls as possible; one that fails does not keep the others from being made.  To add
 * what is there and to remove what is not there is fine.  Their results are set.  What was changed is told by cox_net_dispatch().
 * @return how many failed
 */
size_t cox_net_apply(struct cox_net *net, struct cox_net_change *changes, size_t n);

/** "add address 10.0.0.1/24 to eth0: File exists" for a change that was made or tried; the caller frees it. */
char *cox_net_change_text(const struct cox_net *net, const struct cox_net_change *change);

/**
 * The route that packets to @to would take now: the net that it is for, its type, its only hop (none: it has several).
 * @return false when there is none
 */
bool cox_net_route_to(struct cox_net *net, const struct cox_ip *to, struct cox_net_route *route);

/**
 * Tell all routes and rules that there are now, of all tables and whoever has made them; some twice when they change meanwhile.  There may be very many.
 * @return false when the kernel does not tell them
 */
bool cox_net_tell_items(struct cox_net *net, cox_net_item_fn tell, void *context);

/** Tell the handler of routes and rules that are gone, from now on; who holds none need not be woken by them.  Again is fine. */
void cox_net_watch_items(struct cox_net *net);

/** Send frames with one system call for many.  @return how many were sent */
size_t cox_net_send(struct cox_net *net, const struct cox_net_frame *frames, size_t n);

/**
 * Set a value below /proc/sys/net, such as "ipv4/conf/eth0/arp_ignore".
 * @return false with COX_ERROR_OS naming key and value
 */
bool cox_net_sysctl(struct cox_net *net, const char *key, const char *value, GError **error);

/** The value of such a key without the end of the line, NULL when there is none; the caller frees it. */
char *cox_net_sysctl_value(struct cox_net *net, const char *key);

/** An interface, or NULL; borrowed until the next dispatch. */
const struct cox_net_link *cox_net_link(const struct cox_net *net, gint32 ifindex);
const struct cox_net_link *cox_net_link_named(const struct cox_net *net, const char *name);

/** The interface with the next higher number; NULL: there is none.  Begin with 0. */
const struct cox_net_link *cox_net_link_after(const struct cox_net *net, gint32 ifindex);

/** The address with this number of an interface, in the kernel's order; NULL when there are no more.  Borrowed as above. */
const struct cox_net_address *cox_net_address(const struct cox_net *net, gint32 ifindex, size_t number);

/** Is this address on that interface (0: on any)? */
bool cox_net_has_address(const struct cox_net *net, gint32 ifindex, const struct cox_ip *ip);

G_END_DECLS

#endif
