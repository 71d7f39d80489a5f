/* lib/admin/lbedit.h - real servers of a virtual server that is a resource: the parameter real_servers of ocf:coxswain:VirtualServer.  Layer 4. */
#ifndef COX_ADMIN_LBEDIT_H
#define COX_ADMIN_LBEDIT_H

#include <stdbool.h>
#include <glib.h>

#include "base/ipaddr.h"
#include "xml/xml.h"

G_BEGIN_DECLS

/** Where a server or a virtual server is. */
struct cox_lbedit_place {
    struct cox_ip address;
    guint16 port; /**< 0: not said */
};

/** Read "192.0.2.1:80", "[2001:db8::1]:80", or either without port.  COX_ERROR_USAGE quotes the text. */
bool cox_lbedit_parse(const char *text, struct cox_lbedit_place *place, GError **error);

/** The primitive of type VirtualServer called @service, or in the clone called so; NULL: there is none (no error). */
struct cox_xml *cox_lbedit_find(const struct cox_xml *root, const char *service);

/*
 * All of these work on a tree that the caller may throw away.  What is there is written anew in one form; the whole is read as the daemon would, and
 * refused with COX_ERROR_CONFIG when it is wrong.  @service: as above; COX_ERROR_NOT_FOUND.  A port that is not said is that of the virtual server.
 */

/**
 * Add a server with the settings and checks of the first one that is there.
 *
 * @param words  "NAME=VALUE": its own settings instead, NULL-terminated; keywords of real_server that take a value, and check=KIND (tcp, ping, smtp, dns,
 *               http[:PATH], https[:PATH], none) instead of the first one's checks
 * @param error  COX_ERROR_EXISTS when it is there already
 */
bool cox_lbedit_add(struct cox_xml *root, const char *service, const char *server, char *const *words, GError **error);

/** Remove one; COX_ERROR_NOT_FOUND names those that are there. */
bool cox_lbedit_remove(struct cox_xml *root, const char *service, const char *server, GError **error);

/** Give one another weight. */
bool cox_lbedit_weight(struct cox_xml *root, const char *service, const char *server, const char *weight, GError **error);

G_END_DECLS

#endif
