/* lib/admin/nvedit.h - names with values in a tree that is one's own: set them, take them away.  Layer 4. */
#ifndef COX_ADMIN_NVEDIT_H
#define COX_ADMIN_NVEDIT_H

#include <stdbool.h>
#include <glib.h>

#include "xml/xml.h"

G_BEGIN_DECLS

/** A name and its value; NULL: it is to go. */
struct cox_nvedit {
    char *name, *value;
};

/**
 * What a word of the command line such as "port=80" means; "port=" takes the name away.
 *
 * @param pair   the caller frees it with cox_nvedit_clear(); set on success only
 * @param error  COX_ERROR_USAGE quoting the word: it has no '=', nothing before it, or is no UTF-8
 */
bool cox_nvedit_parse(const char *word, struct cox_nvedit *pair, GError **error);
void cox_nvedit_clear(struct cox_nvedit *pair);

/** An empty array of struct cox_nvedit that clears its elements; the caller unrefs it. */
GArray *cox_nvedit_list_new(void);

/** The same for several words: array of struct cox_nvedit that clears its elements, the caller unrefs it; NULL with the error of the first bad one. */
GArray *cox_nvedit_parse_all(char *const *words, GError **error);

/** Are the values whole numbers, as utilization needs them?  COX_ERROR_USAGE quotes the first that is none. */
bool cox_nvedit_check_amounts(const GArray *pairs, GError **error);

/** Where the pairs are: in the sets @set_type of the element @owner, which may be a section ("crm_config"). */
struct cox_nvedit_home {
    struct cox_xml *owner;
    const char *set_type; /**< "instance_attributes", "meta_attributes", "utilization", "cluster_property_set" */
    const char *set_id;   /**< of a set that has to be made; NULL: "OWNER-SET_TYPE" */
};

/** The value that the sets without rules say last wins is of no interest here: the first one that has it, or NULL.  Borrowed. */
const char *cox_nvedit_get(const struct cox_nvedit_home *home, const char *name);

/**
 * Make the pairs what they say.  A pair that is there in a set without a rule changes where it is; a new one goes to the first such set
 * that is defined here, which is made when there is none.  What is taken away goes from all sets without rules, and so do sets that are
 * empty then.
 *
 * @return how many pairs are now something else
 */
guint cox_nvedit_apply(const struct cox_nvedit_home *home, const GArray *pairs);

/**
 * Take the name away from all sets without rules where it has this value, or one that means the same ("on", "1" and "true"); sets that are
 * empty then go as well.
 *
 * @return how many pairs are gone
 */
guint cox_nvedit_forget(const struct cox_nvedit_home *home, const char *name, const char *value);

G_END_DECLS

#endif
