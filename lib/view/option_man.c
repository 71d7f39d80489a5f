/* lib/view/option_man.c - the table of options as the manual page cox-options(7).  Layer 4. */
#include "view/option_man.h"

#include <string.h>

#include "model/option.h"
#include "view/troff.h"

static const struct {
    const char *title, *where;
} sections[] = {
    [COX_OPTION_CLUSTER] = { "CLUSTER OPTIONS", "Also called properties: nvpair elements of a cluster_property_set in crm_config." },
    [COX_OPTION_DEVICE] = { "PARAMETERS OF FENCING DEVICES",
                            "Instance attributes of a fencing device that the cluster reads and does not give to the agent." },
    [COX_OPTION_DEVICE_META] = { "META-ATTRIBUTES OF FENCING DEVICES", "Besides those of every resource." },
    [COX_OPTION_META] = { "META-ATTRIBUTES OF RESOURCES",
                          "In meta_attributes of a resource, of what it is in, or in rsc_defaults." },
    [COX_OPTION_CLONE] = { "META-ATTRIBUTES OF CLONES", "In meta_attributes of a clone, or in rsc_defaults." },
    [COX_OPTION_OP] = { "OPERATIONS", "XML attributes of op elements, or nvpair elements in their meta_attributes or in op_defaults." },
    [COX_OPTION_NODE] = { "NODE ATTRIBUTES",
                          "Attributes of nodes that mean something to the cluster. Those marked transient are forgotten when the "
                          "node leaves." },
    [COX_OPTION_RULE] = { "ATTRIBUTES IN RULES", "Names that expressions in rules know besides the attributes of the node." },
    [COX_OPTION_ALERT] = { "META-ATTRIBUTES OF ALERTS", "In meta_attributes of an alert or of one of its recipients." },
    [COX_OPTION_REMOTE] = { "PARAMETERS OF REMOTE NODES", "Instance attributes of an ocf:pacemaker:remote resource." },
    [COX_OPTION_BUNDLE] = { "BUNDLES", "XML attributes of the docker or podman element, or of the network element." },
};

G_STATIC_ASSERT(G_N_ELEMENTS(sections) == COX_OPTION_N_SCOPES);

/* "any whole number from 0 to 1000" and the like. */
static void
append_values(GString *out, const struct cox_option *option)
{
    const char *hidden = option->allowed == NULL ? NULL : strstr(option->allowed, "||");
    const char *type = cox_option_type_name(option->type, false);

    g_string_append(out, "Value: ");
    if (option->type == COX_OPTION_SELECT) {
        g_autofree char *words = hidden == NULL ? g_strdup(option->allowed)
                                                : g_strndup(option->allowed, (gsize) (hidden - option->allowed));
        g_auto(GStrv) parts = g_strsplit(words, "|", -1);
        g_autofree char *shown = g_strjoinv(", ", parts);

        cox_troff_append(out, shown);
    } else if (option->allowed != NULL) {
        cox_troff_append(out, type);
        g_string_append(out, ", ");
        cox_troff_append(out, option->allowed);
    } else {
        cox_troff_append(out, type);
    }
    if (option->fallback != NULL) {
        g_string_append(out, "; default: ");
        cox_troff_append(out, option->fallback);
    }
    g_string_append(out, ".\n");
}

static void
append_option(GString *out, const struct cox_option *option)
{
    static const char *const remarks[] = { "", "Written by the cluster.\n", "For advanced use.\n", "Deprecated.\n" };

    g_string_append(out, ".TP\n.B ");
    cox_troff_append(out, option->name);
    g_string_append_c(out, '\n');
    cox_troff_append(out, option->meaning);
    g_string_append(out, ".\n");
    append_values(out, option);
    if (option->part != NULL && option->scope != COX_OPTION_CLUSTER) {
        g_string_append(out, "Where: ");
        cox_troff_append(out, option->part);
        g_string_append(out, ".\n");
    }
    if (option->old_name != NULL) {
        g_string_append(out, "Older name, still accepted: ");
        cox_troff_append(out, option->old_name);
        g_string_append(out, ".\n");
    }
    g_string_append(out, remarks[option->status]);
}

char *
cox_option_man(void)
{
    GString *out = g_string_new(".\\\" Generated from the table of options: do not edit.\n"
                                ".TH COX-OPTIONS 7 \"\" \"Coxswain\" \"Configuration\"\n.SH NAME\n"
                                "cox-options \\- options of the cluster, of resources, operations and nodes\n"
                                ".SH DESCRIPTION\nAll options that mean something to the cluster, by the place where they are "
                                "set.\nA value that is not valid is reported, and the default takes its place; a whole number "
                                "beyond the\nbounds given as low..high is taken as the nearest within them.\n");

    for (enum cox_option_scope scope = 0; scope < COX_OPTION_N_SCOPES; scope++) {
        g_string_append(out, ".SH ");
        cox_troff_append(out, sections[scope].title);
        g_string_append_c(out, '\n');
        cox_troff_append(out, sections[scope].where);
        g_string_append_c(out, '\n');
        for (enum cox_option_id id = 0; id < COX_N_OPTIONS; id++) {
            if (cox_option(id)->scope == scope) {
                append_option(out, cox_option(id));
            }
        }
    }
    g_string_append(out, ".SH SEE ALSO\n.BR crm_verify (8),\n.BR crm_simulate (8)\n");
    return g_string_free(out, FALSE);
}
