/* lib/service/tickets.h - answers that come later, and whether anybody still waits for them.  Layer 5. */
#ifndef COX_SERVICE_TICKETS_H
#define COX_SERVICE_TICKETS_H

#include <stdbool.h>
#include <glib.h>

#include "base/monotime.h"

G_BEGIN_DECLS

/** What a ticket stands for. */
struct cox_tickets_entry {
    guint64 client; /**< 0: gave up, or is gone */
    guint32 id;
    guint16 message;
    cox_usec since;
};

struct cox_tickets;

struct cox_tickets *cox_tickets_new(void);
void cox_tickets_free(struct cox_tickets *tickets);

/** A new number, never 0, never used twice. */
guint64 cox_tickets_issue(struct cox_tickets *tickets, const struct cox_tickets_entry *entry);

/** Take a ticket out.  false when there is none with this number. */
bool cox_tickets_take(struct cox_tickets *tickets, guint64 ticket, struct cox_tickets_entry *entry);

/** Is there a client behind it? */
bool cox_tickets_is_wanted(const struct cox_tickets *tickets, guint64 ticket);

/** A client is gone, or (with @id) does not want one answer any more.  Returns how many tickets that concerns. */
gsize cox_tickets_abandon(struct cox_tickets *tickets, guint64 client);
gsize cox_tickets_abandon_one(struct cox_tickets *tickets, guint64 client, guint32 id);

gsize cox_tickets_count(const struct cox_tickets *tickets);

G_END_DECLS

#endif
