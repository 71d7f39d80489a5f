/* lib/follow/permit.c - the user's name, his rules, the place.  Layer 6. */
#include "follow/permit.h"

#include "base/error.h"
#include "cib/acl.h"
#include "xml/xpath.h"

struct cox_permit {
    struct cox_follow *const *follow;
    struct cox_usernames *names;
    GHashTable *asks; /* set of struct ask */
};

struct ask {
    struct cox_permit *permit;
    uid_t uid;
    char **places;
    cox_permit_fn fn;
    cox_permit_sight_fn sight_fn; /* or this one */
    void *context;
};

struct cox_permit_sight {
    GHashTable *evaluated; /* NULL: everything */
};

static void
free_ask(gpointer data)
{
    struct ask *ask = data;

    g_strfreev(ask->places);
    g_free(ask);
}

struct cox_permit *
cox_permit_new(struct cox_runtime *runtime, struct cox_follow *const *follow, cox_usernames_resolver resolver)
{
    struct cox_permit *permit = g_new0(struct cox_permit, 1);

    permit->follow = follow;
    permit->names = cox_usernames_new(runtime, resolver);
    permit->asks = g_hash_table_new_full(NULL, NULL, free_ask, NULL);
    return permit;
}

void
cox_permit_free(struct cox_permit *permit)
{
    if (permit != NULL) {
        cox_usernames_free(permit->names);
        g_hash_table_destroy(permit->asks);
        g_free(permit);
    }
}

static struct cox_xml *
root_of(const struct cox_permit *permit)
{
    struct cox_cib *cib = *permit->follow == NULL ? NULL : cox_follow_cib(*permit->follow);

    return cib == NULL ? NULL : cox_cib_root(cib);
}

bool
cox_permit_has_rules(const struct cox_permit *permit)
{
    const struct cox_xml *root = root_of(permit);

    return root == NULL || cox_acl_applies(root, ""); /* somebody who is nobody special */
}

static bool
refuse(const char *user, const char *what, GError **error)
{
    g_set_error(error, COX_ERROR, COX_ERROR_PRIVILEGE, "user '%s' may not change %s; an administrator can grant it in the section acls", user, what);
    return false;
}

static bool
is_too_early(GError **error)
{
    g_set_error(error, COX_ERROR, COX_ERROR_TRY_AGAIN, "this node has no document yet, so nobody knows whether access rules apply; try again");
    return false;
}

static bool
may(const struct ask *ask, const struct cox_usernames_entry *who, GError **error)
{
    struct cox_xml *root = root_of(ask->permit);
    g_autoptr(cox_acl) acl = NULL;
    g_autoptr(GHashTable) evaluated = NULL;

    if (root == NULL) {
        return is_too_early(error);
    }
    if (!cox_acl_applies(root, who->user)) {
        return true;
    }
    acl = cox_acl_new(root, who->user, (const char *const *) who->groups);
    evaluated = cox_acl_evaluate(acl, root);
    for (char **place = ask->places; *place != NULL; place++) {
        g_autoptr(GPtrArray) found = cox_xpath_find(root, *place, NULL);

        for (guint i = 0; found != NULL && i < found->len; i++) {
            if (cox_acl_access(evaluated, g_ptr_array_index(found, i)) != COX_ACL_WRITABLE) {
                return refuse(who->user, *place, error);
            }
        }
        if (found != NULL && found->len > 0) {
            return true;
        }
    }
    return refuse(who->user, ask->places[0] == NULL ? "this" : ask->places[0], error);
}

static void
show(const struct ask *ask, const struct cox_usernames_entry *who)
{
    struct cox_xml *root = root_of(ask->permit);
    g_autoptr(cox_acl) acl = NULL;
    struct cox_permit_sight sight = { NULL };
    g_autoptr(GError) error = NULL;

    if (root == NULL) {
        (void) is_too_early(&error);
        ask->sight_fn(ask->context, NULL, error);
        return;
    }
    if (cox_acl_applies(root, who->user)) {
        acl = cox_acl_new(root, who->user, (const char *const *) who->groups);
        sight.evaluated = cox_acl_evaluate(acl, root);
    }
    ask->sight_fn(ask->context, &sight, NULL);
    g_clear_pointer(&sight.evaluated, g_hash_table_unref);
}

bool
cox_permit_may_see(const struct cox_permit_sight *sight, const struct cox_xml *xml)
{
    return sight->evaluated == NULL || (xml != NULL && cox_acl_access(sight->evaluated, xml) != COX_ACL_DENIED);
}

static void
on_name(void *context, const struct cox_usernames_entry *entry, const GError *problem)
{
    struct ask *ask = context;
    g_autoptr(GError) error = NULL;

    if (entry == NULL || entry->user == NULL) {
        error = g_error_new(COX_ERROR, COX_ERROR_PRIVILEGE, "user '%u': %s", (unsigned int) ask->uid,
                            problem == NULL ? "has no name here, so no access rules can apply" : problem->message);
    } else if (ask->sight_fn != NULL) {
        show(ask, entry);
    } else {
        (void) may(ask, entry, &error);
    }
    if (ask->fn != NULL) {
        ask->fn(ask->context, error);
    } else if (error != NULL) {
        ask->sight_fn(ask->context, NULL, error);
    }
    g_hash_table_remove(ask->permit->asks, ask);
}

static void
begin(struct cox_permit *permit, struct ask *ask)
{
    ask->permit = permit;
    g_hash_table_add(permit->asks, ask);
    cox_usernames_ask(permit->names, ask->uid, on_name, ask);
}

void
cox_permit_ask(struct cox_permit *permit, uid_t uid, const char *const *places, cox_permit_fn fn, void *context)
{
    struct ask *ask = g_new0(struct ask, 1);

    *ask = (struct ask) { .uid = uid, .places = g_strdupv((char **) (guintptr) places), .fn = fn, .context = context };
    begin(permit, ask);
}

void
cox_permit_look(struct cox_permit *permit, uid_t uid, cox_permit_sight_fn fn, void *context)
{
    struct ask *ask = g_new0(struct ask, 1);

    *ask = (struct ask) { .uid = uid, .sight_fn = fn, .context = context };
    begin(permit, ask);
}
