/* lib/agents/agent_meta.c - what an agent says of itself.  Layer 3, adapter. */
#include "agents/agent_meta.h"

#include <string.h>

#include "base/error.h"
#include "base/interval.h"
#include "xml/xmldoc.h"

static const struct cox_xml_limits limits = { .bytes = 1024 * 1024, .depth = 64, .nodes = 20000 };

static bool
says_yes(const struct cox_xml *xml, const char *attribute)
{
    const char *value = cox_xml_get(xml, attribute);

    return value != NULL && (strcmp(value, "1") == 0 || g_ascii_strcasecmp(value, "true") == 0 || g_ascii_strcasecmp(value, "yes") == 0);
}

static gint64
milliseconds(const char *text, gint64 fallback)
{
    gint64 ms = 0;

    return text != NULL && cox_interval_parse(text, &ms, NULL) ? ms : fallback;
}

static void
read_param(const struct cox_xml *xml, bool is_ocf_1_1, struct cox_agent_param *param)
{
    const struct cox_xml *content = cox_xml_child(xml, "content");
    const struct cox_xml *deprecated = cox_xml_child(xml, "deprecated");
    const struct cox_xml *replaced = deprecated == NULL ? NULL : cox_xml_child(deprecated, "replaced-with");
    const char *unique = cox_xml_get(xml, "unique");
    const char *successor = replaced == NULL ? NULL : cox_xml_get(replaced, "name");

    param->name = g_strdup(cox_xml_get(xml, "name"));
    param->type = content == NULL ? NULL : g_strdup(cox_xml_get(content, "type"));
    param->fallback = content == NULL ? NULL : g_strdup(cox_xml_get(content, "default"));
    if (deprecated != NULL || says_yes(xml, "deprecated")) {
        param->replaced_with = g_strdup(successor == NULL ? "" : successor);
    }
    param->is_required = says_yes(xml, "required");
    param->is_unique = says_yes(xml, "unique") || cox_xml_get(xml, "unique-group") != NULL;
    /* Before OCF 1.1 there was no better sign than an explicit unique="0". */
    param->is_reloadable = is_ocf_1_1 ? says_yes(xml, "reloadable") : unique != NULL && !param->is_unique;
    param->is_private = says_yes(xml, "private");
}

static void
mark_private(struct cox_agent_metadata *metadata)
{
    static const char *const usual[] = { "password", "passwd", "user" };

    for (size_t i = 0; i < metadata->n_params; i++) {
        if (metadata->params[i].is_private) {
            return;
        }
    }
    for (size_t i = 0; i < metadata->n_params; i++) {
        for (size_t u = 0; u < G_N_ELEMENTS(usual); u++) {
            metadata->params[i].is_private |= strcmp(metadata->params[i].name, usual[u]) == 0;
        }
    }
}

/* Fence agents say of the new name what it was before ("obsoletes"), and of the old one only that it is old. */
static void
link_old_names(const struct cox_xml *list, const struct cox_agent_metadata *metadata)
{
    for (const struct cox_xml *each = cox_xml_child(list, "parameter"); each != NULL; each = cox_xml_next_named(each, "parameter")) {
        const char *name = cox_xml_get(each, "name");
        const char *old_name = cox_xml_get(each, "obsoletes");
        struct cox_agent_param *old = NULL;

        for (size_t i = 0; name != NULL && old_name != NULL && strcmp(name, old_name) != 0 && i < metadata->n_params && old == NULL; i++) {
            old = (strcmp(metadata->params[i].name, old_name) == 0) ? &metadata->params[i] : NULL;
        }
        if (old != NULL && (old->replaced_with == NULL || *old->replaced_with == '\0')) {
            g_free(old->replaced_with);
            old->replaced_with = g_strdup(name);
        }
    }
}

static void
read_params(const struct cox_xml *xml, struct cox_agent_metadata *metadata)
{
    const struct cox_xml *list = cox_xml_child(xml, "parameters");

    if (list == NULL) {
        return;
    }
    metadata->params = g_new0(struct cox_agent_param, cox_xml_n_children(list));
    for (const struct cox_xml *each = cox_xml_child(list, "parameter"); each != NULL; each = cox_xml_next_named(each, "parameter")) {
        if (cox_xml_get(each, "name") != NULL) {
            read_param(each, metadata->is_ocf_1_1, &metadata->params[metadata->n_params++]);
        }
    }
    link_old_names(list, metadata);
    mark_private(metadata);
}

static void
read_actions(const struct cox_xml *xml, struct cox_agent_metadata *metadata)
{
    const struct cox_xml *list = cox_xml_child(xml, "actions");

    if (list == NULL) {
        return;
    }
    metadata->actions = g_new0(struct cox_agent_meta_action, cox_xml_n_children(list));
    for (const struct cox_xml *each = cox_xml_child(list, "action"); each != NULL; each = cox_xml_next_named(each, "action")) {
        if (cox_xml_get(each, "name") != NULL) {
            metadata->actions[metadata->n_actions++] = (struct cox_agent_meta_action) {
                .name = g_strdup(cox_xml_get(each, "name")),
                .timeout_ms = milliseconds(cox_xml_get(each, "timeout"), -1),
                .interval_ms = milliseconds(cox_xml_get(each, "interval"), 0),
                .role = g_strdup(cox_xml_get(each, "role")),
                .depth = g_strdup(cox_xml_get(each, "depth")),
                .is_on_target = says_yes(each, "on_target"),
                .is_automatic = says_yes(each, "automatic"),
            };
        }
    }
}

/* The version of OCF is the text of the version element; without one it is 1.0. */
static bool
is_at_least_1_1(const struct cox_xml *xml)
{
    const struct cox_xml *version = cox_xml_child(xml, "version");
    g_autofree char *text = version == NULL ? NULL : cox_xml_text(version);
    char *rest = NULL;
    guint64 major, minor = 0;

    if (text == NULL) {
        return false;
    }
    major = g_ascii_strtoull(g_strstrip(text), &rest, 10);
    if (*rest == '.') {
        minor = g_ascii_strtoull(rest + 1, NULL, 10);
    }
    return major > 1 || (major == 1 && minor >= 1);
}

/* Whatever stands between text and its next what, what included; NULL without one. */
static const char *
past(const char *text, const char *end, const char *what)
{
    const char *found = g_strstr_len(text, end - text, what);

    return found == NULL ? NULL : found + strlen(what);
}

static bool
begins(const char *text, const char *end, const char *what)
{
    return (size_t) (end - text) >= strlen(what) && strncmp(text, what, strlen(what)) == 0;
}

/* Where the document type declaration that begins at text ends.  NULL when it does not end, or declares entities: those must not be passed over. */
static const char *
doctype_end(const char *text, const char *end)
{
    unsigned open = 0;

    for (const char *c = text; c != NULL && c < end;) {
        if (begins(c, end, "<!--")) {
            c = past(c + 4, end, "-->");
            continue;
        }
        if (*c == '"' || *c == '\'') {
            const char quote[] = { *c, '\0' };

            c = past(c + 1, end, quote);
            continue;
        }
        if (begins(c, end, "<!ENTITY")) {
            return NULL;
        }
        if (*c == '<') {
            open++;
        } else if (*c == '>' && --open == 0) {
            return c + 1;
        }
        c++;
    }
    return NULL;
}

/*
 * Most agents begin with a document type declaration, which the parser refuses for good reasons.  It says nothing that is needed here:
 * a copy with blanks in its place, or NULL when there is none to be passed over.
 */
static char *
without_doctype(const char *text, size_t length)
{
    const char *end = text + length;
    const char *after = NULL;
    char *copy;

    for (const char *c = text; c != NULL && c < end;) {
        if (g_ascii_isspace(*c)) {
            c++;
        } else if (begins(c, end, "<?")) {
            c = past(c, end, "?>");
        } else if (begins(c, end, "<!--")) {
            c = past(c + 4, end, "-->");
        } else {
            after = begins(c, end, "<!DOCTYPE") ? doctype_end(c, end) : NULL;
            if (after == NULL) {
                return NULL;
            }
            copy = g_strndup(text, length);
            for (char *blank = copy + (c - text); blank < copy + (after - text); blank++) {
                *blank = *blank == '\n' ? '\n' : ' ';
            }
            return copy;
        }
    }
    return NULL;
}

struct cox_xmldoc *
cox_agent_metadata_document(const char *text, size_t length, GError **error)
{
    g_autofree char *plain = without_doctype(text, length);
    g_autoptr(cox_xmldoc) doc = cox_xmldoc_parse_text(plain == NULL ? text : plain, length, &limits, error);

    if (doc == NULL) {
        g_prefix_error(error, "agent meta-data: ");
        return NULL;
    }
    if (!cox_xml_is(cox_xmldoc_root(doc), "resource-agent")) {
        g_set_error(error, COX_ERROR, COX_ERROR_SYNTAX, "agent meta-data: root element is '%s', not 'resource-agent'",
                    cox_xml_name(cox_xmldoc_root(doc)));
        return NULL;
    }
    return g_steal_pointer(&doc);
}

struct cox_agent_metadata *
cox_agent_metadata_parse(const char *text, size_t length, GError **error)
{
    g_autoptr(cox_xmldoc) doc = cox_agent_metadata_document(text, length, error);
    const struct cox_xml *root = doc == NULL ? NULL : cox_xmldoc_root(doc);
    struct cox_agent_metadata *metadata;

    if (doc == NULL) {
        return NULL;
    }
    metadata = g_new0(struct cox_agent_metadata, 1);
    metadata->name = g_strdup(cox_xml_get(root, "name"));
    metadata->is_ocf_1_1 = is_at_least_1_1(root);
    read_params(root, metadata);
    read_actions(root, metadata);
    return metadata;
}

void
cox_agent_metadata_free(struct cox_agent_metadata *metadata)
{
    if (metadata == NULL) {
        return;
    }
    for (size_t i = 0; i < metadata->n_params; i++) {
        struct cox_agent_param *param = &metadata->params[i];

        g_free(param->name);
        g_free(param->type);
        g_free(param->fallback);
        g_free(param->replaced_with);
    }
    for (size_t i = 0; i < metadata->n_actions; i++) {
        g_free(metadata->actions[i].name);
        g_free(metadata->actions[i].role);
        g_free(metadata->actions[i].depth);
    }
    g_free(metadata->params);
    g_free(metadata->actions);
    g_free(metadata->name);
    g_free(metadata);
}

const struct cox_agent_param *
cox_agent_metadata_param(const struct cox_agent_metadata *metadata, const char *name)
{
    for (size_t i = 0; i < metadata->n_params; i++) {
        if (strcmp(metadata->params[i].name, name) == 0) {
            return &metadata->params[i];
        }
    }
    return NULL;
}

const struct cox_agent_meta_action *
cox_agent_metadata_action(const struct cox_agent_metadata *metadata, const char *name)
{
    for (size_t i = 0; i < metadata->n_actions; i++) {
        if (strcmp(metadata->actions[i].name, name) == 0) {
            return &metadata->actions[i];
        }
    }
    return NULL;
}

const char *
cox_agent_metadata_reload(const struct cox_agent_metadata *metadata)
{
    const char *action = metadata->is_ocf_1_1 ? "reload-agent" : "reload";

    return cox_agent_metadata_action(metadata, action) == NULL ? NULL : action;
}
