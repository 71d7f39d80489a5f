/* lib/view/option_view.h - lists of options as metadata (in the form of an agent's) and for people, from the table.  Layer 4. */
#ifndef COX_VIEW_OPTION_VIEW_H
#define COX_VIEW_OPTION_VIEW_H

#include "model/option.h"
#include "view/out.h"

G_BEGIN_DECLS

/** One list of options that clients ask for by name. */
struct cox_option_list {
    const char *name; /**< of the resource-agent element: "cluster-options", "pacemaker-schedulerd", ... */
    enum cox_option_scope scope;
    const char *part; /**< only rows of this part; NULL: all of the scope */
    bool is_legacy;   /**< metadata of a daemon: only words that older clients know */
    const char *title;
    const char *description;
};

/**
 * A list by name: cluster-options, primitive-meta and fence-attributes (crm_attribute and crm_resource --list-options), or
 * pacemaker-based, pacemaker-controld, pacemaker-schedulerd and pacemaker-fenced (their argument "metadata").  NULL: none.
 */
const struct cox_option_list *cox_option_list_find(const char *name);

/**
 * Print a list.  XML and JSON have all of it, with old names as parameters of their own; text has no advanced,
 * generated or deprecated options unless @all.
 *
 * @param version  of the product
 */
void cox_option_view(struct cox_out *out, const struct cox_option_list *list, const char *version, bool all);

/** A list as the XML document that a daemon prints for "metadata".  Caller frees. */
char *cox_option_view_metadata(const struct cox_option_list *list, const char *version);

G_END_DECLS

#endif
