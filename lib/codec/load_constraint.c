/* lib/codec/load_constraint.c - location, colocation, order and ticket constraints.  Layer 3. */
#include "codec/load_constraint.h"

#include <string.h>

#include "codec/rscset.h"
#include "codec/load_rule.h"

/* ---- location ---- */

static enum cox_discovery
discovery_of(struct cox_context *context, const struct cox_xml *xml, bool *is_set)
{
    const char *text = cox_xml_get(xml, "resource-discovery");

    *is_set = text != NULL;
    if (text == NULL || g_ascii_strcasecmp(text, "always") == 0) {
        return COX_DISCOVERY_ALWAYS;
    }
    if (g_ascii_strcasecmp(text, "never") == 0) {
        return COX_DISCOVERY_NEVER;
    }
    if (g_ascii_strcasecmp(text, "exclusive") == 0) {
        return COX_DISCOVERY_EXCLUSIVE;
    }
    cox_context_problem(context, xml, "write always, never or exclusive",
                        "constraint '%s': resource-discovery '%s' is unknown, always is used", cox_xml_id(xml), text);
    return COX_DISCOVERY_ALWAYS;
}

static const struct cox_rule *const *
top_rules(struct cox_context *context, const struct cox_xml *xml, size_t *n)
{
    GArray *rules = g_array_new(FALSE, FALSE, sizeof(const struct cox_rule *));

    for (struct cox_xml *child = cox_xml_child(xml, "rule"); child != NULL; child = cox_xml_next_named(child, "rule")) {
        const struct cox_rule *rule = cox_codec_rule(context, child);

        if (rule != NULL) {
            g_array_append_val(rules, rule);
        }
    }
    return cox_context_freeze(context, rules, n);
}

/* What the location is about: a resource or tag, a pattern, or sets. */
static bool
location_subject(struct cox_context *context, const struct cox_xml *xml, struct cox_location *location)
{
    const char *rsc = cox_xml_get(xml, "rsc");
    const char *pattern = cox_xml_get(xml, "rsc-pattern");
    GArray *list;
    bool is_good;

    if (rsc != NULL) {
        list = g_array_new(FALSE, FALSE, sizeof(cox_rsc_id));
        is_good = cox_codec_rsc_refs(context, xml, rsc, list);
        location->rscs = cox_context_freeze(context, list, &location->n_rscs);
        return is_good;
    }
    if (pattern != NULL) {
        location->is_inverted = pattern[0] == '!';
        location->pattern = cox_arena_intern(context->arena, pattern + (location->is_inverted ? 1 : 0));
        return true;
    }
    list = g_array_new(FALSE, FALSE, sizeof(struct cox_rsc_set));
    is_good = cox_codec_rsc_sets(context, xml, list);
    location->sets = cox_context_freeze(context, list, &location->n_sets);
    if (is_good && location->n_sets == 0) {
        cox_context_problem(context, xml, "add rsc, rsc-pattern or a resource_set",
                            "constraint '%s' names no resource, it is ignored", cox_xml_id(xml));
    }
    return is_good && location->n_sets > 0;
}

static void
add_location(struct cox_context *context, const struct cox_xml *xml, GArray *list)
{
    struct cox_location location = {
        .id = cox_context_text(context, xml, "id"),
        .node = cox_context_text(context, xml, "node"),
        .role = cox_context_role(context, xml, "role"),
        .lifetime = cox_codec_rules_inside(context, cox_xml_child(xml, "lifetime")),
    };

    location.has_score = cox_context_score(context, xml, "score", &location.score);
    location.discovery = discovery_of(context, xml, &location.has_discovery);
    location.rules = top_rules(context, xml, &location.n_rules);
    if (location_subject(context, xml, &location)) {
        g_array_append_val(list, location);
    }
}

/* ---- pairs of resources, or sets ---- */

/* The two ends of a colocation or order in its attributes @a and @b; resources stay as they are. */
struct ends {
    cox_rsc_id a, b;
    GArray *sets;
    bool is_tagged; /* sets were made because one of the ends is a tag or template */
};

static bool
read_ends(struct cox_context *context, const struct cox_xml *xml, const char *a, const char *b, struct ends *ends)
{
    const char *id_a = cox_xml_get(xml, a);
    const char *id_b = cox_xml_get(xml, b);
    g_autoptr(GArray) found = NULL;

    ends->a = ends->b = COX_RSC_NONE;
    ends->sets = g_array_new(FALSE, FALSE, sizeof(struct cox_rsc_set));
    if (id_a == NULL && id_b == NULL && cox_xml_child(xml, "resource_set") != NULL) {
        return cox_codec_rsc_sets(context, xml, ends->sets);
    }
    if (id_a == NULL || id_b == NULL) {
        cox_context_problem(context, xml, "name two resources, or use resource_set elements",
                            "constraint '%s' lacks '%s', it is ignored", cox_xml_id(xml), id_a == NULL ? a : b);
        return false;
    }
    if (cox_codec_is_tag(context, id_a) || cox_codec_is_tag(context, id_b)) {
        ends->is_tagged = true;
        return cox_codec_rsc_set_of(context, xml, id_a, ends->sets)
               && cox_codec_rsc_set_of(context, xml, id_b, ends->sets);
    }
    found = g_array_new(FALSE, FALSE, sizeof(cox_rsc_id));
    if (!cox_codec_rsc_refs(context, xml, id_a, found) || !cox_codec_rsc_refs(context, xml, id_b, found)) {
        return false;
    }
    ends->a = g_array_index(found, cox_rsc_id, 0);
    ends->b = g_array_index(found, cox_rsc_id, 1);
    return true;
}

/*
 * All of the one with all of the other is seldom what is meant: they could not spread any more.  The field refuses it, so that
 * who means it must write sets.
 */
static bool
is_of_two_tags(struct cox_context *context, const struct cox_xml *xml)
{
    const char *dependent = cox_xml_get(xml, "rsc"), *primary = cox_xml_get(xml, "with-rsc");

    if (dependent == NULL || primary == NULL || !cox_codec_is_tag(context, dependent) || !cox_codec_is_tag(context, primary)) {
        return false;
    }
    cox_context_problem(context, xml, "use resource_set elements", "constraint '%s' has two tags or templates, '%s' and '%s', it is ignored",
                        cox_xml_id(xml), dependent, primary);
    return true;
}

static void
add_colocation(struct cox_context *context, const struct cox_xml *xml, GArray *list)
{
    struct cox_colocation colocation = {
        .id = cox_context_text(context, xml, "id"),
        .dependent_role = cox_context_role(context, xml, "rsc-role"),
        .primary_role = cox_context_role(context, xml, "with-rsc-role"),
        .node_attribute = cox_context_text(context, xml, "node-attribute"),
        .influence = cox_context_bool(context, xml, "influence"),
        .lifetime = cox_codec_rules_inside(context, cox_xml_child(xml, "lifetime")),
    };
    struct ends ends = { 0 };
    bool is_good = read_ends(context, xml, "rsc", "with-rsc", &ends);

    colocation.has_score = cox_context_score(context, xml, "score", &colocation.score);
    colocation.dependent = ends.a;
    colocation.primary = ends.b;
    if (is_good && ends.is_tagged) {
        g_array_index(ends.sets, struct cox_rsc_set, 0).role = colocation.dependent_role;
        g_array_index(ends.sets, struct cox_rsc_set, 1).role = colocation.primary_role;
    }
    colocation.sets = cox_context_freeze(context, ends.sets, &colocation.n_sets);
    if (is_good) {
        g_array_append_val(list, colocation);
    }
}

static void
add_order(struct cox_context *context, const struct cox_xml *xml, GArray *list)
{
    struct cox_order order = {
        .id = cox_context_text(context, xml, "id"),
        .first_action = cox_context_text(context, xml, "first-action"),
        .then_action = cox_context_text(context, xml, "then-action"),
        .kind = cox_context_text(context, xml, "kind"),
        .symmetrical = cox_context_bool(context, xml, "symmetrical"),
        .require_all = cox_context_bool(context, xml, "require-all"),
        .lifetime = cox_codec_rules_inside(context, cox_xml_child(xml, "lifetime")),
    };
    struct ends ends = { 0 };
    bool is_good = read_ends(context, xml, "first", "then", &ends);

    order.has_score = cox_context_score(context, xml, "score", &order.score);
    order.first = ends.a;
    order.then = ends.b;
    if (is_good && ends.is_tagged) {
        g_array_index(ends.sets, struct cox_rsc_set, 0).action = order.first_action;
        g_array_index(ends.sets, struct cox_rsc_set, 1).action = order.then_action;
    }
    order.sets = cox_context_freeze(context, ends.sets, &order.n_sets);
    if (is_good) {
        g_array_append_val(list, order);
    }
}

/* ---- tickets ---- */

static bool
ticket_subject(struct cox_context *context, const struct cox_xml *xml, struct cox_ticket_constraint *ticket)
{
    const char *rsc = cox_xml_get(xml, "rsc");
    GArray *sets = g_array_new(FALSE, FALSE, sizeof(struct cox_rsc_set));
    bool is_good = true;

    ticket->rsc = cox_config_find_rsc(context->config, rsc);
    if (ticket->rsc == COX_RSC_NONE && rsc == NULL) {
        is_good = cox_codec_rsc_sets(context, xml, sets);
    } else if (ticket->rsc == COX_RSC_NONE) {
        is_good = cox_codec_rsc_set_of(context, xml, rsc, sets);
        if (is_good) {
            g_array_index(sets, struct cox_rsc_set, 0).role = ticket->role;
        }
    }
    ticket->sets = cox_context_freeze(context, sets, &ticket->n_sets);
    return is_good && (ticket->rsc != COX_RSC_NONE || ticket->n_sets > 0);
}

static void
add_ticket(struct cox_context *context, const struct cox_xml *xml, GArray *list)
{
    struct cox_ticket_constraint ticket = {
        .id = cox_context_text(context, xml, "id"),
        .ticket = cox_context_text(context, xml, "ticket"),
        .loss_policy = cox_context_text(context, xml, "loss-policy"),
        .role = cox_context_role(context, xml, "rsc-role"),
    };

    if (ticket.ticket == NULL) {
        cox_context_problem(context, xml, "add the attribute 'ticket'",
                            "constraint '%s' names no ticket, it is ignored", ticket.id);
        return;
    }
    if (ticket_subject(context, xml, &ticket)) {
        g_array_append_val(list, ticket);
    }
}

void
cox_codec_constraints(struct cox_context *context, const struct cox_xml *constraints)
{
    struct cox_config *config = context->config;
    GArray *locations = g_array_new(FALSE, FALSE, sizeof(struct cox_location));
    GArray *colocations = g_array_new(FALSE, FALSE, sizeof(struct cox_colocation));
    GArray *orders = g_array_new(FALSE, FALSE, sizeof(struct cox_order));
    GArray *tickets = g_array_new(FALSE, FALSE, sizeof(struct cox_ticket_constraint));

    for (struct cox_xml *xml = cox_xml_first(constraints); xml != NULL; xml = cox_xml_next(xml)) {
        if (cox_xml_id(xml) == NULL) {
            cox_context_problem(context, xml, "add the attribute 'id'", "%s without id is ignored", cox_xml_name(xml));
        } else if (cox_xml_is(xml, "rsc_location")) {
            add_location(context, xml, locations);
        } else if (cox_xml_is(xml, "rsc_colocation")) {
            if (!is_of_two_tags(context, xml)) {
                add_colocation(context, xml, colocations);
            }
        } else if (cox_xml_is(xml, "rsc_order")) {
            add_order(context, xml, orders);
        } else if (cox_xml_is(xml, "rsc_ticket")) {
            add_ticket(context, xml, tickets);
        }
    }
    config->locations = cox_context_freeze(context, locations, &config->n_locations);
    config->colocations = cox_context_freeze(context, colocations, &config->n_colocations);
    config->orders = cox_context_freeze(context, orders, &config->n_orders);
    config->tickets = cox_context_freeze(context, tickets, &config->n_tickets);
}
