/* lib/attr/attrmsg.c - what members tell each other about attributes, and changes that wait.  Layer 3, pure. */
#include "attr/attrmsg.h"

bool
cox_attr_change_is_sane(const struct cox_attr_change *change)
{
    switch (change->kind) {
        case COX_ATTR_SET:
            return change->name != NULL && change->node != NULL;
        case COX_ATTR_DAMPEN:
            return change->name != NULL;
        case COX_ATTR_REMOVE:
            return change->node != NULL;
        case COX_ATTR_REFRESH:
            return true;
    }
    return false; /* a kind of a later version */
}

struct cox_attrlater *
cox_attrlater_new(guint32 sender, const struct cox_attr_change *change)
{
    struct cox_attrlater *later = g_new0(struct cox_attrlater, 1);

    later->sender = sender;
    later->change = *change;
    later->change.name = g_strdup(change->name);
    later->change.node = g_strdup(change->node);
    later->change.value = g_strdup(change->value);
    later->change.set_name = g_strdup(change->set_name);
    later->change.current = NULL;
    return later;
}

static void
free_text(const char *text)
{
    g_free((gpointer) (guintptr) text); /* owned, although a change usually borrows */
}

void
cox_attrlater_free(gpointer data)
{
    struct cox_attrlater *later = data;

    free_text(later->change.name);
    free_text(later->change.node);
    free_text(later->change.value);
    free_text(later->change.set_name);
    g_free(later);
}
