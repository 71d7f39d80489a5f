/* lib/lvs/lvsdns.h - a question to a name server, and whether its answer is one (RFC 1035).  Layer 3, pure. */
#ifndef COX_LVS_LVSDNS_H
#define COX_LVS_LVSDNS_H

#include <stdbool.h>
#include <stddef.h>
#include <glib.h>

#include "lvs/checker.h"
#include "lvs/checkconf.h"

G_BEGIN_DECLS

/** Longest question: head, name, type and class. */
#define COX_LVS_DNS_SIZE (12 + 255 + 4)

/**
 * Write the question of @dns with this id, recursion desired.
 *
 * @return its size; 0: the name cannot be asked for (a part is empty or above 63 bytes, or all of it above 255)
 */
size_t cox_lvs_dns_ask(const struct cox_lvs_dns *dns, guint16 id, guint8 out[COX_LVS_DNS_SIZE]);

/**
 * Judge what came: good when it answers the question that was asked (@question, as cox_lvs_dns_ask() wrote it), without an error, and has
 * at least one record of that type for it, or was cut short because there was more than fits.
 *
 * @return false: it does not belong to the question (another id, no answer at all): wait for another one
 */
bool cox_lvs_dns_answer(const guint8 *question, size_t question_size, const guint8 *data, size_t size, struct cox_lvs_answer *answer);

/** "A", "SOA", ... to the number of the type; 0: none of those that can be checked.  Not case-sensitive. */
guint16 cox_lvs_dns_type(const char *name);

G_END_DECLS

#endif
