/* lib/control/reigncause.c - why a plan is made, for people who look at it later.  Layer 4, pure. */
#include "control/reigncause_priv.h"

#include "model/status.h"

/* What else has happened until the plan is there can be seen in the timeline. */
enum { MOST_CAUSES = 3 };
#define MORE "..."

static const char *
name_of(const struct reign_node *node)
{
    return node->name == NULL ? "a node" : node->name;
}

static bool
has(const guint32 *ids, size_t n, guint32 id)
{
    bool is_there = false;

    for (size_t i = 0; i < n; i++) {
        is_there = is_there || ids[i] == id;
    }
    return is_there;
}

/* What the table does not know yet. */
static char *
of_view(const struct cox_reign *reign, const struct cox_reign_event *event)
{
    for (guint i = 0; i < reign->nodes->len; i++) {
        const struct reign_node *node = reign->nodes->pdata[i];
        bool is_controller = has(event->view.controllers, event->view.n_controllers, node->id);
        bool is_member = is_controller || has(event->view.nodes, event->view.n_nodes, node->id);

        if (node->is_member && !is_member) {
            return g_strdup_printf("%s was lost", name_of(node));
        }
        if (node->is_controller && !is_controller) {
            return g_strdup_printf("the controller of %s is gone", name_of(node));
        }
    }
    return g_strdup("a node has come");
}

static char *
of_document(const struct cox_reign_event *event)
{
    unsigned int changes = event->document.changes;
    const struct cox_reign_value *value = event->document.n_values > 0 ? &event->document.values[0] : NULL;

    if (event->document.is_another) {
        return g_strdup("another document counts");
    }
    if (event->document.config != NULL) {
        return g_strdup_printf("configuration %s%s%s", event->document.config, event->document.object == NULL ? "" : ", object ",
                               event->document.object == NULL ? "" : event->document.object);
    }
    if ((changes & COX_REIGN_HISTORY_GONE) != 0) {
        return g_strdup("history was cleared");
    }
    if (value != NULL && value->name != NULL) { /* without its value, which may be a secret or long, and is kept on all nodes */
        return g_strdup_printf("attribute %s of %s %s", value->name, value->node == NULL ? "?" : value->node, value->value == NULL ? "is gone" : "has changed");
    }
    return g_strdup((changes & COX_REIGN_ATTRIBUTES) != 0 ? "attributes have changed" : "the document has changed");
}

static char *
of_result(const struct cox_reign *reign, const struct cox_reign_event *event)
{
    const struct reign_node *node = cox_reign_node_find(reign, event->node);
    const char *where = event->name != NULL ? event->name : node != NULL ? name_of(node) : "?";

    if (event->result.rsc_id == NULL || *event->result.rsc_id == '\0') { /* no history was meant, only that all is written */
        return g_strdup_printf("a client on %s asked for it", where);
    }
    if (event->result.order != COX_REIGN_RUN) {
        return g_strdup_printf("history of %s on %s was cleared", event->result.rsc_id, where);
    }
    if (event->result.status == COX_OP_STATUS_CANCELLED) {
        return g_strdup_printf("%s of %s on %s was taken back before it began", event->result.task, event->result.rsc_id, where);
    }
    return g_strdup_printf("%s of %s on %s: rc %d", event->result.task, event->result.rsc_id, where, event->result.rc);
}

static char *
of_node(const struct cox_reign *reign, guint32 id, const char *what)
{
    const struct reign_node *node = cox_reign_node_find(reign, id);

    return g_strdup_printf("%s %s", node == NULL ? "a node" : name_of(node), what);
}

char *
cox_reign_cause_of(const struct cox_reign *reign, const struct cox_reign_event *event)
{
    switch (event->kind) {
        case COX_REIGN_ON_VIEW:
            return of_view(reign, event);
        case COX_REIGN_ON_NODE:
            return of_node(reign, event->node, "is in another state");
        case COX_REIGN_ON_LIFE:
        case COX_REIGN_ON_PHASE:
            return of_node(reign, event->node, "has joined");
        case COX_REIGN_ON_MAY_PLAN:
            return g_strdup("all members have reported");
        case COX_REIGN_ON_RESULT:
            return of_result(reign, event);
        case COX_REIGN_ON_RECORDED:
            return of_node(reign, event->node, "writes its results again");
        case COX_REIGN_ON_WRITTEN:
            return g_strdup("states of nodes were written");
        case COX_REIGN_ON_DOCUMENT:
            return of_document(event);
        case COX_REIGN_ON_FENCED:
        case COX_REIGN_ON_FENCE_NEWS:
            return g_strdup_printf("fencing of %s %s", event->name, event->done.is_ok ? "succeeded" : "failed");
        case COX_REIGN_ON_BARRED:
            return g_strdup_printf("%s was reported down and is alive", event->name);
        case COX_REIGN_ON_OPTIONS:
            return g_strdup("options have changed");
        case COX_REIGN_ON_WANT:
            return g_strdup("somebody asked for it");
        case COX_REIGN_ON_WAKE:
            return g_strdup("time has passed");
        case COX_REIGN_ON_TERM:
        case COX_REIGN_ON_LIST:
        case COX_REIGN_ON_PLAN:
        case COX_REIGN_ON_NO_PLAN:
            break;
    }
    return NULL;
}

struct reign_causes {
    GPtrArray *wanted, *asked; /* of char: since a plan was asked for; of that one */
    char *text;                /* of those asked, joined */
};

struct reign_causes *
cox_reign_causes_new(void)
{
    struct reign_causes *causes = g_new0(struct reign_causes, 1);

    causes->wanted = g_ptr_array_new_with_free_func(g_free);
    causes->asked = g_ptr_array_new_with_free_func(g_free);
    return causes;
}

void
cox_reign_causes_free(struct reign_causes *causes)
{
    g_ptr_array_unref(causes->wanted);
    g_ptr_array_unref(causes->asked);
    g_free(causes->text);
    g_free(causes);
}

/* Each once; the one after the last stands for all that follow. */
static void
add(GPtrArray *list, const char *cause)
{
    if (list->len <= MOST_CAUSES && !g_ptr_array_find_with_equal_func(list, cause, g_str_equal, NULL)) {
        g_ptr_array_add(list, g_strdup(list->len == MOST_CAUSES ? MORE : cause));
    }
}

static char *
join(const GPtrArray *list)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < list->len; i++) {
        g_string_append_printf(text, "%s%s", i == 0 ? "" : "; ", (const char *) list->pdata[i]);
    }
    return g_string_free(text, FALSE);
}

void
cox_reign_cause_note(struct cox_reign *reign, const char *cause)
{
    if (cause != NULL && cox_reign_is_coordinator(reign)) {
        add(reign->causes->wanted, cause);
    }
}

void
cox_reign_cause_asked(struct cox_reign *reign)
{
    struct reign_causes *causes = reign->causes;

    for (guint i = 0; i < causes->wanted->len; i++) {
        add(causes->asked, causes->wanted->pdata[i]);
    }
    g_ptr_array_set_size(causes->wanted, 0);
    g_free(causes->text);
    causes->text = causes->asked->len == 0 ? NULL : join(causes->asked);
}

void
cox_reign_cause_forget(struct cox_reign *reign)
{
    g_ptr_array_set_size(reign->causes->asked, 0);
    g_clear_pointer(&reign->causes->text, g_free);
}

const char *
cox_reign_cause_text(const struct cox_reign *reign)
{
    return reign->causes->text;
}
