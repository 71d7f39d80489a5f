/* lib/codec/load_status.c - a status element, as events or as a tree, to what the model keeps.  Layer 3.
 *
 *   status > node_state > lrm > lrm_resources > lrm_resource > lrm_rsc_op
 *                       > transient_attributes > instance_attributes, utilization > nvpair
 *          > tickets > ticket_state
 *                    > instance_attributes > nvpair   (before 1.1.6)
 */
#include "codec/load_status.h"

#include <stdlib.h>
#include <string.h>

#include "codec/statusfield.h"

enum place {
    OUTSIDE = 0,
    STATUS,
    NODE,
    LRM,
    RESOURCES,
    RESOURCE,
    OP,
    TRANSIENT,
    ATTRIBUTES,
    UTILIZATION,
    PAIR,
    TICKETS,
    TICKET,
    OLD_TICKETS,
    OLD_TICKET,
    N_PLACES
};

static const struct {
    const char *name;
    enum place outer;
} places[N_PLACES] = {
    [STATUS] = { "status", OUTSIDE },
    [NODE] = { "node_state", STATUS },
    [LRM] = { "lrm", NODE },
    [RESOURCES] = { "lrm_resources", LRM },
    [RESOURCE] = { "lrm_resource", RESOURCES },
    [OP] = { "lrm_rsc_op", RESOURCE },
    [TRANSIENT] = { "transient_attributes", NODE },
    [ATTRIBUTES] = { "instance_attributes", TRANSIENT },
    [UTILIZATION] = { "utilization", TRANSIENT },
    [PAIR] = { "nvpair", ATTRIBUTES }, /* and UTILIZATION, see place_of() */
    [TICKETS] = { "tickets", STATUS },
    [TICKET] = { "ticket_state", TICKETS },
    [OLD_TICKETS] = { "instance_attributes", TICKETS },
    [OLD_TICKET] = { "nvpair", OLD_TICKETS },
};

struct cox_codec_status_reader {
    struct cox_status *status;
    enum place place; /* innermost known element around the present point */
    unsigned skipped; /* depth inside an element that is not known */
    struct cox_node_status *node;
    struct cox_rsc_history rsc; /* the present one; put in the status when it ends */
    struct cox_rsc_history *into; /* in place of this one; NULL: last of the node's */
    GArray *ops;                /* struct cox_op_history, of rsc */
    struct cox_nvset set;
    enum place set_place; /* ATTRIBUTES or UTILIZATION */
    GArray *pairs; /* of the present set */
};

struct cox_codec_status_reader *
cox_codec_status_reader_new(struct cox_status *status)
{
    struct cox_codec_status_reader *reader = g_new0(struct cox_codec_status_reader, 1);

    reader->status = status;
    reader->ops = g_array_new(FALSE, FALSE, sizeof(struct cox_op_history));
    reader->pairs = g_array_new(FALSE, FALSE, sizeof(struct cox_nvpair));
    return reader;
}

void
cox_codec_status_reader_free(struct cox_codec_status_reader *reader)
{
    if (reader != NULL) {
        g_array_free(reader->ops, TRUE);
        g_array_free(reader->pairs, TRUE);
        g_free(reader);
    }
}

static enum place
place_of(enum place outer, const char *name)
{
    for (enum place place = STATUS; place < N_PLACES; place++) {
        if (places[place].outer == outer && strcmp(places[place].name, name) == 0) {
            return place;
        }
    }
    return outer == UTILIZATION && strcmp(name, "nvpair") == 0 ? PAIR : OUTSIDE;
}

static const char *
attr_of(const char *const *attrs, const char *name)
{
    for (size_t i = 0; attrs[i] != NULL; i += 2) {
        if (strcmp(attrs[i], name) == 0) {
            return attrs[i + 1];
        }
    }
    return NULL;
}

/* magic is "status:rc;key"; key is "action:transition:target rc:uuid".  Attributes of their own come first. */
static void
complete_op(struct cox_op_history *op, bool has_status, bool has_rc)
{
    const char *key = op->transition_key;
    int values[3] = { -1, -1, -1 };

    if (op->transition_magic != NULL) {
        char *end = NULL;
        long status = strtol(op->transition_magic, &end, 10);
        long rc = *end == ':' ? strtol(end + 1, &end, 10) : -1;

        if (*end == ';') {
            op->status = has_status ? op->status : (int) status;
            op->rc = has_rc ? op->rc : (int) rc;
            key = key == NULL ? end + 1 : key;
        }
    }
    for (size_t i = 0; key != NULL && i < G_N_ELEMENTS(values); i++) {
        char *end = NULL;

        values[i] = (int) strtol(key, &end, 10);
        key = *end == ':' ? end + 1 : NULL;
        if (key == NULL) {
            values[i] = -1; /* every number is followed by a colon */
        }
    }
    op->target_rc = values[2];
}

static void
start_op(struct cox_codec_status_reader *reader, const char *const *attrs)
{
    enum { NO_STATUS = G_MININT };
    struct cox_op_history op = { .call_id = -1, .rc = NO_STATUS, .status = NO_STATUS };

    cox_status_fields_read(cox_status_op_fields(), reader->status->arena, &op, attrs);
    complete_op(&op, op.status != NO_STATUS, op.rc != NO_STATUS);
    op.status = op.status == NO_STATUS ? COX_OP_STATUS_UNKNOWN : op.status;
    op.rc = op.rc == NO_STATUS ? -1 : op.rc;
    if (op.id != NULL) {
        g_array_append_val(reader->ops, op);
    }
}

/* History and entries one behind the other, not between their texts: both are looked at together. */
static void
end_rsc(struct cox_codec_status_reader *reader)
{
    const struct cox_rsc_history *read = &reader->rsc;
    struct cox_rsc_history *rsc =
        reader->into != NULL ? reader->into : cox_status_rsc_add(reader->status, reader->node, read->id);

    cox_status_ops_set(reader->status, rsc, (const struct cox_op_history *) (void *) reader->ops->data, reader->ops->len);
    cox_status_rsc_agent_set(reader->status, rsc, read->standard, read->provider, read->type);
    rsc->container = read->container;
    rsc->shutdown_lock_s = read->shutdown_lock_s;
}

static void
start_pair(struct cox_codec_status_reader *reader, const char *const *attrs)
{
    struct cox_nvpair pair = {
        .id = cox_arena_strdup(reader->status->arena, attr_of(attrs, "id")),
        .name = cox_arena_intern(reader->status->arena, attr_of(attrs, "name")),
        .value = cox_arena_intern(reader->status->arena, attr_of(attrs, "value")),
    };

    if (pair.name != NULL && pair.value != NULL) {
        g_array_append_val(reader->pairs, pair);
    }
}

static void
start_ticket(struct cox_status *status, const char *const *attrs)
{
    const char *id = attr_of(attrs, "id");
    struct cox_ticket_state *ticket = id == NULL ? NULL : cox_status_ticket_ensure(status, id);

    for (size_t i = 0; ticket != NULL && attrs[i] != NULL; i += 2) {
        if (strcmp(attrs[i], "id") != 0) {
            cox_status_ticket_set(status, ticket, attrs[i], attrs[i + 1]);
        }
    }
}

/* "granted-ticket-NAME" and "last-granted-NAME" */
static void
start_old_ticket(struct cox_status *status, const char *const *attrs)
{
    static const struct {
        const char *prefix;
        const char *name;
    } kinds[] = { { "granted-ticket-", "granted" }, { "last-granted-", "last-granted" } };
    const char *name = attr_of(attrs, "name");
    const char *value = attr_of(attrs, "value");

    for (size_t i = 0; name != NULL && value != NULL && i < G_N_ELEMENTS(kinds); i++) {
        if (g_str_has_prefix(name, kinds[i].prefix)) {
            const char *id = name + strlen(kinds[i].prefix);

            cox_status_ticket_set(status, cox_status_ticket_ensure(status, id), kinds[i].name, value);
            return;
        }
    }
}

/* False when the element lacks what makes it usable. */
static bool
enter(struct cox_codec_status_reader *reader, enum place place, const char *const *attrs)
{
    struct cox_status *status = reader->status;
    const char *id = attr_of(attrs, "id");

    switch (place) {
    case NODE:
        if (id == NULL && attr_of(attrs, "uname") == NULL) {
            return false;
        }
        reader->node = cox_status_node_add(status, id, NULL);
        cox_status_fields_read(cox_status_node_fields(), status->arena, reader->node, attrs);
        break;
    case LRM:
        reader->node->has_lrm = true;
        break;
    case RESOURCE:
        if (id == NULL) {
            return false;
        }
        reader->rsc = (struct cox_rsc_history) { 0 };
        g_array_set_size(reader->ops, 0);
        cox_status_fields_read(cox_status_rsc_fields(), status->arena, &reader->rsc, attrs);
        break;
    case OP:
        start_op(reader, attrs);
        break;
    case ATTRIBUTES:
    case UTILIZATION:
        reader->set_place = place;
        reader->set = (struct cox_nvset) { .id = cox_arena_intern(status->arena, id) };
        g_array_set_size(reader->pairs, 0);
        break;
    case PAIR:
        start_pair(reader, attrs);
        break;
    case TICKET:
        start_ticket(status, attrs);
        break;
    case OLD_TICKET:
        start_old_ticket(status, attrs);
        break;
    case OUTSIDE:
    case STATUS:
    case RESOURCES:
    case TRANSIENT:
    case TICKETS:
    case OLD_TICKETS:
    case N_PLACES:
        break;
    }
    return true;
}

static bool
on_start(void *data, const char *name, const char *const *attrs, int line, GError **error)
{
    struct cox_codec_status_reader *reader = data;
    enum place place = reader->skipped > 0 ? OUTSIDE : place_of(reader->place, name);

    (void) line;
    (void) error;
    if (place == OUTSIDE || !enter(reader, place, attrs)) {
        reader->skipped++;
    } else {
        reader->place = place;
    }
    return true;
}

static bool
on_end(void *data, const char *name, GError **error)
{
    struct cox_codec_status_reader *reader = data;
    enum place ended = reader->place;

    (void) name;
    (void) error;
    if (reader->skipped > 0) {
        reader->skipped--;
        return true;
    }
    reader->place = places[ended].outer;
    if (ended == ATTRIBUTES || ended == UTILIZATION) {
        reader->set.n_pairs = reader->pairs->len;
        reader->set.pairs = cox_arena_memdup(reader->status->arena, reader->pairs->data, reader->pairs->len,
                                             sizeof(struct cox_nvpair));
        g_array_append_val(ended == ATTRIBUTES ? reader->node->attr_sets : reader->node->utilization_sets,
                           reader->set);
    } else if (ended == RESOURCE) {
        end_rsc(reader);
    } else if (ended == PAIR) {
        reader->place = reader->set_place;
    }
    return true;
}

const struct cox_stream_events *
cox_codec_status_events(void)
{
    static const struct cox_stream_events events = { on_start, on_end };

    return &events;
}

/* Names and values by turns, and a NULL. */
static void
list_attrs(const struct cox_xml *xml, GPtrArray *attrs)
{
    g_ptr_array_set_size(attrs, 0);
    for (struct cox_xml_attr *attr = cox_xml_first_attr(xml); attr != NULL; attr = cox_xml_next_attr(attr)) {
        g_ptr_array_add(attrs, (gpointer) (guintptr) cox_xml_attr_name(attr));
        g_ptr_array_add(attrs, (gpointer) (guintptr) cox_xml_attr_value(attr));
    }
    g_ptr_array_add(attrs, NULL);
}

static void
send_start(struct cox_codec_status_reader *reader, const struct cox_xml *xml, GPtrArray *attrs)
{
    list_attrs(xml, attrs);
    on_start(reader, cox_xml_name(xml), (const char *const *) attrs->pdata, cox_xml_line(xml), NULL);
}

/* @xml and all below it; ends the reader. */
static void
read_tree(struct cox_codec_status_reader *reader, const struct cox_xml *xml)
{
    g_autoptr(GPtrArray) attrs = g_ptr_array_new();
    const struct cox_xml *at = xml;

    while (at != NULL) {
        const struct cox_xml *next;

        send_start(reader, at, attrs);
        next = cox_xml_first(at);
        while (next == NULL && at != NULL) {
            on_end(reader, cox_xml_name(at), NULL);
            next = at == xml ? NULL : cox_xml_next(at);
            at = at == xml || next != NULL ? NULL : cox_xml_parent(at);
        }
        at = next;
    }
    cox_codec_status_reader_free(reader);
}

void
cox_codec_status(const struct cox_xml *xml, struct cox_status *status)
{
    read_tree(cox_codec_status_reader_new(status), xml);
}

void
cox_codec_status_node_read(const struct cox_xml *xml, struct cox_status *status, struct cox_node_status *node)
{
    g_autoptr(GPtrArray) attrs = g_ptr_array_new();

    list_attrs(xml, attrs);
    cox_status_fields_read(cox_status_node_fields(), status->arena, node, (const char *const *) attrs->pdata);
}

void
cox_codec_status_history(const struct cox_xml *xml, struct cox_status *status, struct cox_node_status *node,
                         struct cox_rsc_history *history)
{
    struct cox_codec_status_reader *reader = cox_codec_status_reader_new(status);

    reader->place = RESOURCES;
    reader->node = node;
    reader->into = history;
    read_tree(reader, xml);
}

void
cox_codec_status_attributes(const struct cox_xml *xml, struct cox_status *status, struct cox_node_status *node)
{
    struct cox_codec_status_reader *reader = cox_codec_status_reader_new(status);

    reader->place = NODE;
    reader->node = node;
    read_tree(reader, xml);
}
