/* lib/admin/tieedit.c - constraints in a configuration that is one's own: made from the words of a command.  Layer 4. */
#include "admin/tieedit.h"

#include <string.h>

#include "admin/nodefind.h"
#include "admin/rscedit.h"
#include "base/error.h"
#include "base/nearest.h"
#include "cib/section.h"
#include "model/score.h"

/* ---- names ------------------------------------------------------------------------------------------------ */

/* "NAME:WORD" in two; the word is written as the document has it. */
typedef struct tied {
    char *name;
    const char *word; /* NULL: none; static */
} tied;

static void
tied_clear(tied *one)
{
    g_clear_pointer(&one->name, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(tied, tied_clear)

static const char *const actions[] = { "start", "stop", "promote", "demote" };
static const char *const roles[] = { "Started", "Stopped", "Promoted", "Unpromoted" };

static const char *
word_of(const char *text, const char *const *words, size_t n_words)
{
    for (size_t i = 0; i < n_words; i++) {
        if (g_ascii_strcasecmp(words[i], text) == 0) {
            return words[i];
        }
    }
    return NULL;
}

static bool
exists(const struct cox_xml *root, const char *name, GError **error)
{
    const struct cox_xml *tags = cox_section_find(root, "tags");

    return (tags != NULL && cox_xml_child_with_id(tags, "tag", name) != NULL) || cox_rscedit_find(root, name, error) != NULL;
}

static bool
tied_parse(const struct cox_xml *root, const char *text, bool is_action, tied *one, GError **error)
{
    const char *const *words = is_action ? actions : roles;
    size_t n_words = is_action ? G_N_ELEMENTS(actions) : G_N_ELEMENTS(roles);
    const char *colon = strchr(text, ':');
    g_autofree char *hint = NULL;

    one->name = (colon == NULL) ? g_strdup(text) : g_strndup(text, (gsize) (colon - text));
    one->word = (colon == NULL) ? NULL : word_of(colon + 1, words, n_words);
    if (colon != NULL && one->word == NULL) {
        hint = cox_nearest_hint(colon + 1, words, n_words);
        g_set_error(error, COX_ERROR, COX_ERROR_USAGE, "'%s': '%s' is no %s%s", text, colon + 1, is_action ? "action" : "role", hint);
        return false;
    }
    return exists(root, one->name, error);
}

/* ---- making ----------------------------------------------------------------------------------------------- */

/* Do both say the same, but for their ids? */
static bool
is_same(const struct cox_xml *a, const struct cox_xml *b)
{
    size_t n_a = 0, n_b = 0;

    for (const struct cox_xml_attr *attr = cox_xml_first_attr(a); attr != NULL; attr = cox_xml_next_attr(attr)) {
        if (strcmp(cox_xml_attr_name(attr), "id") == 0) {
            continue;
        }
        if (g_strcmp0(cox_xml_attr_value(attr), cox_xml_get(b, cox_xml_attr_name(attr))) != 0) {
            return false;
        }
        n_a++;
    }
    for (const struct cox_xml_attr *attr = cox_xml_first_attr(b); attr != NULL; attr = cox_xml_next_attr(attr)) {
        n_b += (strcmp(cox_xml_attr_name(attr), "id") == 0) ? 0 : 1;
    }
    return n_a == n_b && cox_xml_first(a) == NULL && cox_xml_first(b) == NULL;
}

/* Give the new constraint @xml its id: that of @tie, or @base with a number when it is taken; refuse one that is there already. */
static bool
settle(struct cox_xml *root, struct cox_xml *xml, const struct cox_tieedit *tie, const char *base, GError **error)
{
    g_autofree char *id = g_strdup((tie->id != NULL) ? tie->id : base);

    for (const struct cox_xml *other = cox_xml_child(cox_xml_parent(xml), cox_xml_name(xml)); other != NULL;
         other = cox_xml_next_named(other, cox_xml_name(xml))) {
        if (other != xml && is_same(xml, other)) {
            g_set_error(error, COX_ERROR, COX_ERROR_EXISTS, "constraint '%s' says the same", cox_xml_id(other));
            return false;
        }
    }
    for (guint number = 1; tie->id == NULL && !cox_rscedit_is_free(root, id, NULL) && number < G_MAXUINT16; number++) {
        g_free(id);
        id = g_strdup_printf("%s-%u", base, number);
    }
    if (!cox_rscedit_is_free(root, id, error)) {
        return false;
    }
    cox_xml_set(xml, "id", id);
    return true;
}

static bool
check_score(const char *text, GError **error)
{
    cox_score score = 0;

    return cox_score_parse(text, &score, error);
}

/* ---- location --------------------------------------------------------------------------------------------- */

static bool
add_location(struct cox_xml *root, const char *rsc, const char *word, const struct cox_tieedit *tie, GError **error)
{
    const char *equals = strrchr(word, '=');
    const char *score = (equals == NULL) ? "INFINITY" : equals + 1;
    g_autofree char *node = (equals == NULL) ? g_strdup(word) : g_strndup(word, (gsize) (equals - word));
    g_autofree char *base = g_strdup_printf("location-%s-%s-%s", rsc, node, score);
    struct cox_xml *xml = NULL;

    if (!check_score(score, error) || !cox_nodefind_check(root, node, error)) {
        return false;
    }
    xml = cox_xml_new_child(cox_rscedit_section(root, "constraints"), "rsc_location");
    cox_xml_set(xml, "rsc", rsc);
    cox_xml_set(xml, "role", (tie->role == NULL) ? NULL : word_of(tie->role, roles, G_N_ELEMENTS(roles)));
    cox_xml_set(xml, "node", node);
    cox_xml_set(xml, "score", score);
    return settle(root, xml, tie, base, error);
}

bool
cox_tieedit_location(struct cox_xml *root, const char *rsc, char *const *nodes, const struct cox_tieedit *tie, GError **error)
{
    if (!exists(root, rsc, error)) {
        return false;
    }
    if (tie->role != NULL && word_of(tie->role, roles, G_N_ELEMENTS(roles)) == NULL) {
        g_set_error(error, COX_ERROR, COX_ERROR_USAGE, "'%s' is no role: use Started, Stopped, Promoted or Unpromoted", tie->role);
        return false;
    }
    for (; *nodes != NULL; nodes++) {
        if (!add_location(root, rsc, *nodes, tie, error)) {
            return false;
        }
    }
    return true;
}

/* ---- order ------------------------------------------------------------------------------------------------ */

static const char *const kinds[] = { "Optional", "Mandatory", "Serialize" };

static bool
check_order(const struct cox_tieedit *tie, GError **error)
{
    if (tie->kind != NULL && word_of(tie->kind, kinds, G_N_ELEMENTS(kinds)) == NULL) {
        g_set_error(error, COX_ERROR, COX_ERROR_USAGE, "'%s' is no kind of order: use Optional, Mandatory or Serialize", tie->kind);
        return false;
    }
    if (tie->symmetrical != NULL && strcmp(tie->symmetrical, "true") != 0 && strcmp(tie->symmetrical, "false") != 0) {
        g_set_error(error, COX_ERROR, COX_ERROR_USAGE, "symmetrical is true or false, not '%s'", tie->symmetrical);
        return false;
    }
    return true;
}

/* Three or more: one set in which they follow each other. */
static bool
fill_set(struct cox_xml *root, struct cox_xml *xml, char *const *rscs, GError **error)
{
    struct cox_xml *set = cox_xml_new_child(xml, "resource_set");
    const char *action = NULL;

    for (guint i = 0; rscs[i] != NULL; i++) {
        g_auto(tied) one = { NULL, NULL };

        if (!tied_parse(root, rscs[i], true, &one, error)) {
            return false;
        }
        if (i > 0 && g_strcmp0(action, one.word) != 0) {
            g_set_error(error, COX_ERROR, COX_ERROR_USAGE, "'%s': all resources of an order of more than two have the same action", rscs[i]);
            return false;
        }
        action = one.word;
        cox_xml_set(cox_xml_new_child(set, "resource_ref"), "id", one.name);
    }
    cox_xml_set(set, "action", action);
    return true;
}

static char *
order_base(char *const *rscs)
{
    g_autofree char *joined = g_strjoinv("-", (char **) (guintptr) rscs);

    return g_strconcat("order-", g_strdelimit(joined, ":", '-'), NULL);
}

static bool
fill_order(struct cox_xml *root, struct cox_xml *xml, char *const *rscs, GError **error)
{
    g_auto(tied) first = { NULL, NULL };
    g_auto(tied) then = { NULL, NULL };

    if (rscs[2] != NULL) {
        return fill_set(root, xml, rscs, error);
    }
    if (!tied_parse(root, rscs[0], true, &first, error) || !tied_parse(root, rscs[1], true, &then, error)) {
        return false;
    }
    if (strcmp(first.name, then.name) == 0) {
        g_set_error(error, COX_ERROR, COX_ERROR_USAGE, "resource '%s' cannot come before itself", first.name);
        return false;
    }
    cox_xml_set(xml, "first", first.name);
    cox_xml_set(xml, "first-action", first.word);
    cox_xml_set(xml, "then", then.name);
    cox_xml_set(xml, "then-action", then.word);
    return true;
}

bool
cox_tieedit_order(struct cox_xml *root, char *const *rscs, const struct cox_tieedit *tie, GError **error)
{
    struct cox_xml *xml = NULL;
    g_autofree char *base = order_base(rscs);
    g_autofree char *set_id = NULL;

    if (!check_order(tie, error)) {
        return false;
    }
    xml = cox_xml_new_child(cox_rscedit_section(root, "constraints"), "rsc_order");
    cox_xml_set(xml, "kind", (tie->kind == NULL) ? NULL : word_of(tie->kind, kinds, G_N_ELEMENTS(kinds)));
    cox_xml_set(xml, "symmetrical", tie->symmetrical);
    if (!fill_order(root, xml, rscs, error) || !settle(root, xml, tie, base, error)) {
        return false;
    }
    if (cox_xml_first(xml) != NULL) {
        set_id = g_strdup_printf("%s-set", cox_xml_id(xml));
        cox_xml_set(cox_xml_first(xml), "id", set_id);
    }
    return true;
}

/* ---- colocation, ticket ----------------------------------------------------------------------------------- */

bool
cox_tieedit_colocation(struct cox_xml *root, const char *rsc, const char *with, const struct cox_tieedit *tie, GError **error)
{
    const char *score = (tie->score != NULL) ? tie->score : "INFINITY";
    g_auto(tied) dependent = { NULL, NULL };
    g_auto(tied) primary = { NULL, NULL };
    g_autofree char *base = NULL;
    struct cox_xml *xml = NULL;

    if (!check_score(score, error) || !tied_parse(root, rsc, false, &dependent, error) || !tied_parse(root, with, false, &primary, error)) {
        return false;
    }
    if (strcmp(dependent.name, primary.name) == 0) {
        g_set_error(error, COX_ERROR, COX_ERROR_USAGE, "resource '%s' is always where it is itself", dependent.name);
        return false;
    }
    base = g_strdup_printf("colocation-%s-%s-%s", dependent.name, primary.name, score);
    xml = cox_xml_new_child(cox_rscedit_section(root, "constraints"), "rsc_colocation");
    cox_xml_set(xml, "rsc", dependent.name);
    cox_xml_set(xml, "rsc-role", dependent.word);
    cox_xml_set(xml, "with-rsc", primary.name);
    cox_xml_set(xml, "with-rsc-role", primary.word);
    cox_xml_set(xml, "score", score);
    return settle(root, xml, tie, base, error);
}

bool
cox_tieedit_ticket(struct cox_xml *root, const char *ticket, const char *rsc, const struct cox_tieedit *tie, GError **error)
{
    static const char *const policies[] = { "stop", "demote", "freeze", "fence" };
    g_auto(tied) one = { NULL, NULL };
    g_autofree char *base = NULL;
    struct cox_xml *xml = NULL;

    if (tie->loss_policy != NULL && word_of(tie->loss_policy, policies, G_N_ELEMENTS(policies)) == NULL) {
        g_set_error(error, COX_ERROR, COX_ERROR_USAGE, "'%s' is no loss policy: use stop, demote, freeze or fence", tie->loss_policy);
        return false;
    }
    if (!tied_parse(root, rsc, false, &one, error)) {
        return false;
    }
    base = g_strdup_printf("ticket-%s-%s", ticket, one.name);
    xml = cox_xml_new_child(cox_rscedit_section(root, "constraints"), "rsc_ticket");
    cox_xml_set(xml, "rsc", one.name);
    cox_xml_set(xml, "rsc-role", one.word);
    cox_xml_set(xml, "ticket", ticket);
    cox_xml_set(xml, "loss-policy", tie->loss_policy);
    return settle(root, xml, tie, base, error);
}

/* ---- delete ----------------------------------------------------------------------------------------------- */

bool
cox_tieedit_delete(struct cox_xml *root, char *const *ids, GError **error)
{
    for (; *ids != NULL; ids++) {
        struct cox_xml *section = cox_section_find(root, "constraints");
        struct cox_xml *found = (section == NULL) ? NULL : cox_xml_child_with_id(section, NULL, *ids);
        g_autoptr(GPtrArray) names = g_ptr_array_new();
        g_autofree char *hint = NULL;

        for (const struct cox_xml *xml = (section == NULL) ? NULL : cox_xml_first(section); xml != NULL; xml = cox_xml_next(xml)) {
            g_ptr_array_add(names, (gpointer) (guintptr) cox_xml_id(xml));
        }
        if (found == NULL) {
            hint = cox_nearest_hint(*ids, (const char *const *) names->pdata, names->len);
            g_set_error(error, COX_ERROR, COX_ERROR_NOT_FOUND, "constraint '%s' does not exist%s", *ids, hint);
            return false;
        }
        cox_xml_free(found);
    }
    return true;
}
