/* lib/admin/moving.c - the constraints by which a resource is moved, banned and let go again.  Layer 4. */
#include "admin/moving.h"

#include <string.h>

#include "cib/section.h"

#define BAN "cli-ban-"
#define PREFER "cli-prefer-"

char *
cox_moving_id(const char *rsc, const char *node)
{
    return (node != NULL) ? g_strdup_printf(BAN "%s-on-%s", rsc, node) : g_strdup_printf(PREFER "%s", rsc);
}

/* ---- make ---- */

/* Ids of what is inside a constraint that ends by itself. */
struct inner_ids {
    char *rule, *expression, *end;
};

static void
add_rule(struct cox_xml *constraint, const struct cox_moving *moving, const char *score, const struct inner_ids *ids)
{
    struct cox_xml *rule = cox_xml_new_child(constraint, "rule");
    struct cox_xml *expression = NULL;
    struct cox_xml *date = NULL;

    cox_xml_set(rule, "id", ids->rule);
    cox_xml_set(rule, "score", score);
    cox_xml_set(rule, "boolean-op", "and");
    expression = cox_xml_new_child(rule, "expression");
    cox_xml_set(expression, "id", ids->expression);
    cox_xml_set(expression, "attribute", "#uname");
    cox_xml_set(expression, "operation", "eq");
    cox_xml_set(expression, "value", moving->node);
    cox_xml_set(expression, "type", "string");
    date = cox_xml_new_child(rule, "date_expression");
    cox_xml_set(date, "id", ids->end);
    cox_xml_set(date, "operation", "lt");
    cox_xml_set(date, "end", moving->until);
}

static struct cox_step *
make(const struct cox_moving *moving, const char *id, const char *score, struct inner_ids *ids)
{
    struct cox_step *step = cox_step_new(moving->replaces ? COX_EDIT_REPLACE : COX_EDIT_MODIFY, "constraints", "rsc_location", id);
    struct cox_xml *constraint = cox_step_root(step);

    cox_xml_set(constraint, "rsc", moving->rsc);
    cox_xml_set(constraint, "role", (moving->role == COX_ROLE_PROMOTED) ? "Promoted" : "Started");
    if (moving->until == NULL) {
        cox_xml_set(constraint, "node", moving->node);
        cox_xml_set(constraint, "score", score);
    } else {
        add_rule(constraint, moving, score, ids);
    }
    g_free(ids->rule);
    g_free(ids->expression);
    g_free(ids->end);
    return step;
}

struct cox_step *
cox_moving_ban(const struct cox_moving *moving)
{
    g_autofree char *id = cox_moving_id(moving->rsc, moving->node);
    struct inner_ids ids = { g_strconcat(id, "-rule", NULL), g_strconcat(id, "-expr", NULL), g_strconcat(id, "-lifetime", NULL) };

    return make(moving, id, "-INFINITY", &ids);
}

struct cox_step *
cox_moving_prefer(const struct cox_moving *moving)
{
    g_autofree char *id = cox_moving_id(moving->rsc, NULL);
    struct inner_ids ids = { g_strconcat(PREFER "rule-", moving->rsc, NULL), g_strconcat(PREFER "expr-", moving->rsc, NULL),
                             g_strconcat(PREFER "lifetime-end-", moving->rsc, NULL) };

    return make(moving, id, "INFINITY", &ids);
}

/* ---- find ---- */

/* The node that a constraint names, itself or in its rule. */
static const char *
node_of(const struct cox_xml *constraint)
{
    const struct cox_xml *rule = cox_xml_child(constraint, "rule");
    const struct cox_xml *expression = (rule == NULL) ? NULL : cox_xml_child(rule, "expression");

    return (expression != NULL) ? cox_xml_get(expression, "value") : cox_xml_get(constraint, "node");
}

GPtrArray *
cox_moving_find(const struct cox_xml *root, const char *rsc, const char *node)
{
    GPtrArray *found = g_ptr_array_new();
    const struct cox_xml *section = cox_section_find(root, "constraints");
    g_autofree char *prefer = (rsc == NULL) ? g_strdup(PREFER) : cox_moving_id(rsc, NULL);
    g_autofree char *ban = (rsc == NULL) ? g_strdup(BAN) : g_strdup_printf(BAN "%s-on-", rsc);

    for (struct cox_xml *xml = (section == NULL) ? NULL : cox_xml_child(section, "rsc_location"); xml != NULL;
         xml = cox_xml_next_named(xml, "rsc_location")) {
        const char *id = cox_xml_id(xml);

        bool is_move = id != NULL && (rsc == NULL ? g_str_has_prefix(id, prefer) : strcmp(id, prefer) == 0);

        if (!is_move && (id == NULL || !g_str_has_prefix(id, ban))) {
            continue;
        }
        if (node == NULL || g_strcmp0(node_of(xml), node) == 0) {
            g_ptr_array_add(found, xml);
        }
    }
    return found;
}

const char *
cox_moving_end(const struct cox_xml *constraint)
{
    const struct cox_xml *rule = cox_xml_child(constraint, "rule");
    const struct cox_xml *date = (rule == NULL) ? NULL : cox_xml_child(rule, "date_expression");

    return (date == NULL) ? NULL : cox_xml_get(date, "end");
}

struct cox_step *
cox_moving_clear(const struct cox_xml *constraint)
{
    return cox_step_new(COX_EDIT_DELETE, "constraints", "rsc_location", cox_xml_id(constraint));
}
