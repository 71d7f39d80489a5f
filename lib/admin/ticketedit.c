/* lib/admin/ticketedit.c - what this site knows of tickets, in a document that is one's own.  Layer 4. */
#include "admin/ticketedit.h"

#include <string.h>

#include "base/error.h"
#include "base/nearest.h"
#include "cib/section.h"

static const char *const words[] = {
    [COX_TICKETEDIT_GRANT] = "grant",     [COX_TICKETEDIT_REVOKE] = "revoke", [COX_TICKETEDIT_STANDBY] = "standby",
    [COX_TICKETEDIT_ACTIVATE] = "activate", [COX_TICKETEDIT_FORGET] = "forget",
};

bool
cox_ticketedit_parse(const char *word, enum cox_ticketedit_act *act)
{
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        if (strcmp(words[i], word) == 0) {
            *act = (enum cox_ticketedit_act) i;
            return true;
        }
    }
    return false;
}

/* ---- what is there ---------------------------------------------------------------------------------------- */

struct cox_xml *
cox_ticketedit_state(const struct cox_xml *root, const char *ticket)
{
    struct cox_xml *tickets = cox_xml_child(cox_section_find(root, "status"), "tickets");

    return (tickets == NULL) ? NULL : cox_xml_child_with_id(tickets, "ticket_state", ticket);
}

static void
add_name(GPtrArray *names, const char *name)
{
    if (name != NULL && !g_ptr_array_find_with_equal_func(names, name, g_str_equal, NULL)) {
        g_ptr_array_add(names, g_strdup(name));
    }
}

static int
compare(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *) a, *(const char *const *) b);
}

GPtrArray *
cox_ticketedit_names(const struct cox_xml *root)
{
    const struct cox_xml *constraints = cox_section_find(root, "constraints");
    const struct cox_xml *tickets = cox_xml_child(cox_section_find(root, "status"), "tickets");
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);

    for (const struct cox_xml *xml = cox_xml_child(constraints, "rsc_ticket"); xml != NULL; xml = cox_xml_next_named(xml, "rsc_ticket")) {
        add_name(names, cox_xml_get(xml, "ticket"));
    }
    for (const struct cox_xml *xml = cox_xml_child(tickets, "ticket_state"); xml != NULL; xml = cox_xml_next_named(xml, "ticket_state")) {
        add_name(names, cox_xml_id(xml));
    }
    g_ptr_array_sort(names, compare);
    return names;
}

/* ---- change ----------------------------------------------------------------------------------------------- */

static bool
is_true(const struct cox_xml *state, const char *name)
{
    return state != NULL && g_strcmp0(cox_xml_get(state, name), "true") == 0;
}

static bool
check_name(const struct cox_xml *root, const struct cox_ticketedit *edit, GError **error)
{
    g_autoptr(GPtrArray) names = cox_ticketedit_names(root);
    g_autofree char *hint = NULL;

    if (*edit->ticket == '\0' || !g_utf8_validate(edit->ticket, -1, NULL) || strpbrk(edit->ticket, "'\"<>&") != NULL) {
        g_set_error(error, COX_ERROR, COX_ERROR_USAGE, "'%s' cannot be the name of a ticket", edit->ticket);
        return false;
    }
    if (g_ptr_array_find_with_equal_func(names, edit->ticket, g_str_equal, NULL)
        || (edit->is_forced && edit->act != COX_TICKETEDIT_FORGET)) {
        return true;
    }
    hint = cox_nearest_hint(edit->ticket, (const char *const *) names->pdata, names->len);
    g_set_error(error, COX_ERROR, COX_ERROR_NOT_FOUND, "ticket '%s' does not exist: no constraint names it%s", edit->ticket, hint);
    return false;
}

/* A ticket that two sites hold at the same time is what tickets are there to prevent: nobody does that in passing. */
static bool
check_safety(const struct cox_xml *state, const struct cox_ticketedit *edit, GError **error)
{
    bool is_held = is_true(state, "granted");

    if (edit->is_forced) {
        return true;
    }
    if (edit->act == COX_TICKETEDIT_GRANT && !is_held) {
        g_set_error(error, COX_ERROR, COX_ERROR_PRIVILEGE, "whether another site has ticket '%s' cannot be seen from here: make sure that none has, "
                    "or use a ticket manager like booth, and give --force", edit->ticket);
        return false;
    }
    if ((edit->act == COX_TICKETEDIT_REVOKE || edit->act == COX_TICKETEDIT_FORGET) && is_held && !is_true(state, "standby")) {
        g_set_error(error, COX_ERROR, COX_ERROR_PRIVILEGE, "without ticket '%s' the loss-policies of what depends on it apply: stop that in order "
                    "with standby first, or give --force", edit->ticket);
        return false;
    }
    return true;
}

static struct cox_xml *
make_state(struct cox_xml *root, const char *ticket)
{
    struct cox_xml *status = cox_section_find(root, "status");
    struct cox_xml *tickets = NULL;
    struct cox_xml *state = NULL;

    status = (status != NULL) ? status : cox_xml_new_child(root, "status");
    tickets = cox_xml_child(status, "tickets");
    tickets = (tickets != NULL) ? tickets : cox_xml_new_child(status, "tickets");
    state = cox_xml_new_child(tickets, "ticket_state");
    cox_xml_set(state, "id", ticket);
    return state;
}

bool
cox_ticketedit_run(struct cox_xml *root, const struct cox_ticketedit *edit, GError **error)
{
    struct cox_xml *state = cox_ticketedit_state(root, edit->ticket);
    g_autofree char *when = g_strdup_printf("%" G_GINT64_FORMAT, cox_wall_seconds(edit->now));

    if (!check_name(root, edit, error) || !check_safety(state, edit, error)) {
        return false;
    }
    if (edit->act == COX_TICKETEDIT_FORGET) {
        cox_xml_free(state);
        return true;
    }
    state = (state != NULL) ? state : make_state(root, edit->ticket);
    switch (edit->act) {
    case COX_TICKETEDIT_GRANT:
        if (!is_true(state, "granted")) {
            cox_xml_set(state, "last-granted", when);
        }
        cox_xml_set(state, "granted", "true");
        break;
    case COX_TICKETEDIT_REVOKE:
        cox_xml_set(state, "granted", "false");
        break;
    case COX_TICKETEDIT_STANDBY:
        cox_xml_set(state, "standby", "true");
        break;
    case COX_TICKETEDIT_ACTIVATE:
        cox_xml_set(state, "standby", "false");
        break;
    case COX_TICKETEDIT_FORGET:
        break;
    }
    return true;
}
