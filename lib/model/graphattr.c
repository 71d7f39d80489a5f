/* lib/model/graphattr.c - what an action carries.  Layer 1, pure. */
#include "model/graphattr.h"

const char *
cox_action_attribute(const struct cox_action *action, const char *name)
{
    for (size_t i = 0; i < action->n_attributes; i++) {
        if (g_str_equal(action->attributes[i].name, name)) {
            return action->attributes[i].value;
        }
    }
    return NULL;
}

gint64
cox_action_number(const struct cox_action *action, const char *name)
{
    const char *text = cox_action_attribute(action, name);

    return text == NULL ? 0 : g_ascii_strtoll(text, NULL, 10);
}
