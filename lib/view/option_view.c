/* lib/view/option_view.c - lists of options as metadata (in the form of an agent's) and for people, from the table.  Layer 4. */
#include "view/option_view.h"

#include <string.h>

static const struct cox_option_list lists[] = {
    { "cluster-options", COX_OPTION_CLUSTER, NULL, false, "Cluster options",
      "Also called properties: they concern the cluster as a whole, and are kept in cluster_property_set elements of "
      "crm_config in the CIB." },
    { "primitive-meta", COX_OPTION_META, NULL, false, "Meta-attributes of resources",
      "They tell the cluster how to treat a resource, and are kept in its meta_attributes elements." },
    { "fence-attributes", COX_OPTION_DEVICE, NULL, false, "Parameters that every fencing device has",
      "They are read by the cluster and not given to the agent, and are kept in the instance_attributes of the device." },
    { "pacemaker-based", COX_OPTION_CLUSTER, "based", true, "Options of the CIB manager",
      "Cluster options that concern access to the CIB." },
    { "pacemaker-controld", COX_OPTION_CLUSTER, "controld", true, "Options of the controller",
      "Cluster options that concern the controllers of the nodes." },
    { "pacemaker-schedulerd", COX_OPTION_CLUSTER, "schedulerd", true, "Options of the scheduler",
      "Cluster options that decide what runs where." },
    { "pacemaker-fenced", COX_OPTION_DEVICE, NULL, true, "Parameters that every fencing device has",
      "They are read by the cluster and not given to the agent, and are kept in the instance_attributes of the device." },
};

const struct cox_option_list *
cox_option_list_find(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(lists); i++) {
        if (strcmp(lists[i].name, name) == 0) {
            return &lists[i];
        }
    }
    return NULL;
}

static bool
is_listed(const struct cox_option_list *list, const struct cox_option *option)
{
    return option->scope == list->scope && (list->part == NULL || g_strcmp0(list->part, option->part) == 0);
}

/* Words that are shown, without those that are only accepted. */
static char **
shown_words(const struct cox_option *option)
{
    const char *hidden = strstr(option->allowed, "||");
    g_autofree char *shown
        = hidden == NULL ? g_strdup(option->allowed) : g_strndup(option->allowed, (gsize) (hidden - option->allowed));

    return g_strsplit(shown, "|", -1);
}

static void
print_description(struct cox_out *out, const char *element, const char *text)
{
    cox_out_begin(out, element, "lang", "en", NULL);
    cox_out_text(out, text);
    cox_out_end(out);
}

static void
print_content(struct cox_out *out, const struct cox_option *option, bool is_legacy)
{
    cox_out_begin(out, "content", "type", cox_option_type_name(option->type, is_legacy), "default", option->fallback, NULL);
    if (option->type == COX_OPTION_SELECT) {
        g_auto(GStrv) words = shown_words(option);

        for (char **word = words; *word != NULL; word++) {
            cox_out_leaf(out, "option", "value", *word, NULL);
        }
    }
    cox_out_end(out);
}

/* @new_name: what @name is called now, or NULL if it is called so. */
static void
print_parameter(struct cox_out *out, const struct cox_option *option, const char *name, const char *new_name, bool is_legacy)
{
    bool is_deprecated = new_name != NULL || option->status == COX_OPTION_DEPRECATED;

    cox_out_begin(out, "parameter", "name", name, NULL);
    if (!is_legacy) {
        cox_out_attr(out, "advanced", option->status == COX_OPTION_ADVANCED ? "1" : "0");
        cox_out_attr(out, "generated", option->status == COX_OPTION_GENERATED ? "1" : "0");
        if (is_deprecated) {
            cox_out_begin(out, "deprecated", NULL);
            if (new_name != NULL) {
                cox_out_leaf(out, "replaced-with", "name", new_name, NULL);
            }
            cox_out_end(out);
        }
    }
    print_description(out, "longdesc", option->meaning);
    print_description(out, "shortdesc", option->meaning);
    print_content(out, option, is_legacy);
    cox_out_end(out);
}

static void
print_structure(struct cox_out *out, const struct cox_option_list *list)
{
    cox_out_value(out, "version", "1.1");
    print_description(out, "longdesc", list->description);
    print_description(out, "shortdesc", list->title);
    cox_out_begin(out, "parameters", NULL);
    for (enum cox_option_id id = 0; id < COX_N_OPTIONS; id++) {
        const struct cox_option *option = cox_option(id);

        if (is_listed(list, option)) {
            print_parameter(out, option, option->name, NULL, list->is_legacy);
            if (option->old_name != NULL) {
                print_parameter(out, option, option->old_name, option->name, list->is_legacy);
            }
        }
    }
    cox_out_end(out);
}

/* ---- text ---- */

/* The words with the default marked, or the type. */
static char *
values_of(const struct cox_option *option)
{
    GString *values = NULL;

    if (option->type != COX_OPTION_SELECT) {
        const char *type = cox_option_type_name(option->type, false);

        return option->fallback == NULL ? g_strdup_printf("%s (no default)", type)
                                        : g_strdup_printf("%s (default: \"%s\")", type, option->fallback);
    }
    g_auto(GStrv) words = shown_words(option);

    values = g_string_new(NULL);
    for (char **word = words; *word != NULL; word++) {
        g_string_append_printf(values, "%s\"%s\"%s", values->len > 0 ? ", " : "", *word,
                               g_strcmp0(*word, option->fallback) == 0 ? " (default)" : "");
    }
    return g_string_free(values, FALSE);
}

static void
print_entry(struct cox_out *out, const struct cox_option *option, const char *name, const char *meaning)
{
    g_autofree char *values = values_of(option);

    cox_out_spacer(out);
    cox_out_line(out, "%s: %s", name, meaning);
    cox_out_list_begin(out, NULL);
    cox_out_line(out, "Possible values%s: %s", option->status == COX_OPTION_GENERATED ? " (generated by the cluster)" : "", values);
    cox_out_list_end(out);
}

static void
print_entries(struct cox_out *out, const struct cox_option_list *list, enum cox_option_status status)
{
    for (enum cox_option_id id = 0; id < COX_N_OPTIONS; id++) {
        const struct cox_option *option = cox_option(id);

        if (is_listed(list, option)
            && (option->status == status || (status == COX_OPTION_NORMAL && option->status == COX_OPTION_GENERATED))) {
            print_entry(out, option, option->name, option->meaning);
        }
    }
}

static void
print_aliases(struct cox_out *out, const struct cox_option_list *list)
{
    for (enum cox_option_id id = 0; id < COX_N_OPTIONS; id++) {
        const struct cox_option *option = cox_option(id);

        if (is_listed(list, option) && option->old_name != NULL) {
            g_autofree char *meaning = g_strdup_printf("Older name of %s", option->name);

            print_entry(out, option, option->old_name, meaning);
        }
    }
}

static bool
has_some(const struct cox_option_list *list, enum cox_option_status status)
{
    for (enum cox_option_id id = 0; id < COX_N_OPTIONS; id++) {
        const struct cox_option *option = cox_option(id);

        if (is_listed(list, option) && (option->status == status || (status == COX_OPTION_DEPRECATED && option->old_name != NULL))) {
            return true;
        }
    }
    return false;
}

static void
print_text(struct cox_out *out, const struct cox_option_list *list, bool all)
{
    cox_out_rawf(out, "%s\n\n%s\n", list->title, list->description);
    cox_out_list_begin(out, NULL);
    print_entries(out, list, COX_OPTION_NORMAL);
    if (all && has_some(list, COX_OPTION_ADVANCED)) {
        cox_out_spacer(out);
        cox_out_list_begin(out, "ADVANCED OPTIONS");
        print_entries(out, list, COX_OPTION_ADVANCED);
        cox_out_list_end(out);
    }
    if (all && has_some(list, COX_OPTION_DEPRECATED)) {
        cox_out_spacer(out);
        cox_out_list_begin(out, "DEPRECATED OPTIONS (not to be used in new configurations)");
        print_entries(out, list, COX_OPTION_DEPRECATED);
        print_aliases(out, list);
        cox_out_list_end(out);
    }
    cox_out_list_end(out);
}

void
cox_option_view(struct cox_out *out, const struct cox_option_list *list, const char *version, bool all)
{
    if (cox_out_is_text(out)) {
        print_text(out, list, all);
        return;
    }
    cox_out_begin(out, "resource-agent", "name", list->name, "version", version, NULL);
    print_structure(out, list);
    cox_out_end(out);
}

char *
cox_option_view_metadata(const struct cox_option_list *list, const char *version)
{
    const struct cox_out_options options = { .format = COX_OUT_XML, .root = "resource-agent" };
    g_autoptr(cox_out) out = cox_out_new(&options);

    cox_out_attr(out, "name", list->name);
    cox_out_attr(out, "version", version);
    print_structure(out, list);
    (void) cox_out_finish(out, 0, NULL, NULL);
    return g_strdup(cox_out_content(out));
}
