/* daemons/cibd/cibpairs.h - one attribute of the document: what it is, and another value for it.  Layer 6. */
#ifndef COX_DAEMONS_CIBPAIRS_H
#define COX_DAEMONS_CIBPAIRS_H

#include "admin/attrpath.h"
#include "base/arena.h"
#include "daemons/cibd/cibd.h"

/* What was found of an attribute, to be told when the change is kept. */
struct cibd_pairs {
    struct cox_arena *arena;
    struct cox_msg_cib_pairs message; /* texts in the arena */
};

void cibd_pairs_free(struct cibd_pairs *pairs); /* NULL is allowed */

/* What is asked of an attribute; owns its texts. */
struct cibd_choice {
    struct cox_attrpath_request request; /* texts are those below */
    char *node, *set_id, *id, *name, *value;
    bool sets; /* to @value, NULL: delete it */
};

/* What a message asks; NULL with an error: nothing that could be. */
struct cibd_choice *cibd_choice_query(const struct cox_msg_cib_pairs_query *message, GError **error);
struct cibd_choice *cibd_choice_set(const struct cox_msg_cib_set *message, GError **error);
void cibd_choice_free(struct cibd_choice *choice); /* NULL is allowed */

/* Answer @ticket: with what there is, or when the change is kept.  @query: who asks; @client: with what program. */
void cibd_pairs_answer(struct cibd *cibd, cox_ticket ticket, const struct cibd_choice *choice, const struct cibd_query *query, const char *client);

#endif
