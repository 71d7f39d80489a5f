/* lib/codec/statusfield.c - which attribute of the status is which member.  Layer 3. */
#include "codec/statusfield.h"

#include <stdlib.h>
#include <string.h>

#include "model/status.h"

#define WORD(structure, text, member) { text, COX_STATUS_FIELD_WORD, offsetof(struct structure, member), 0, false }
#define TEXT(structure, text, member) { text, COX_STATUS_FIELD_TEXT, offsetof(struct structure, member), 0, false }
#define BOOL(structure, text, member) { text, COX_STATUS_FIELD_BOOL, offsetof(struct structure, member), 0, false }
#define INT(structure, text, member) { text, COX_STATUS_FIELD_INT, offsetof(struct structure, member), 0, true }
#define INT64(structure, text, member) { text, COX_STATUS_FIELD_INT64, offsetof(struct structure, member), 0, false }
#define INT64_HAS(structure, text, member, has)                                                                      \
    { text, COX_STATUS_FIELD_INT64, offsetof(struct structure, member), offsetof(struct structure, has), false }

static const struct cox_status_field node_fields[] = {
    BOOL(cox_node_status, "remote_node", is_remote),
    WORD(cox_node_status, "id", id),
    WORD(cox_node_status, "uname", uname),
    WORD(cox_node_status, "in_ccm", in_ccm),
    WORD(cox_node_status, "crmd", crmd),
    WORD(cox_node_status, "crm-debug-origin", crm_debug_origin),
    WORD(cox_node_status, "join", join),
    WORD(cox_node_status, "expected", expected),
    WORD(cox_node_status, "node_fenced", node_fenced),
    WORD(cox_node_status, "node_in_maintenance", node_in_maintenance),
};

static const struct cox_status_field rsc_fields[] = {
    WORD(cox_rsc_history, "id", id),
    WORD(cox_rsc_history, "type", type),
    WORD(cox_rsc_history, "class", standard),
    WORD(cox_rsc_history, "provider", provider),
    WORD(cox_rsc_history, "container", container),
    INT64(cox_rsc_history, "shutdown-lock", shutdown_lock_s),
};

static const struct cox_status_field op_fields[] = {
    WORD(cox_op_history, "id", id),
    WORD(cox_op_history, "operation_key", operation_key),
    WORD(cox_op_history, "operation", operation),
    WORD(cox_op_history, "crm-debug-origin", crm_debug_origin),
    WORD(cox_op_history, "crm_feature_set", crm_feature_set),
    TEXT(cox_op_history, "transition-key", transition_key),
    TEXT(cox_op_history, "transition-magic", transition_magic),
    WORD(cox_op_history, "exit-reason", exit_reason),
    WORD(cox_op_history, "on_node", on_node),
    INT(cox_op_history, "call-id", call_id),
    INT(cox_op_history, "rc-code", rc),
    INT(cox_op_history, "op-status", status),
    { "interval", COX_STATUS_FIELD_INT64, offsetof(struct cox_op_history, interval_ms), 0, true },
    INT64_HAS(cox_op_history, "last-rc-change", last_rc_change_s, has_last_rc_change),
    INT64(cox_op_history, "last-run", last_run_s),
    INT64_HAS(cox_op_history, "exec-time", exec_time_ms, has_exec_time),
    INT64_HAS(cox_op_history, "queue-time", queue_time_ms, has_queue_time),
    WORD(cox_op_history, "migrate_source", migrate_source),
    WORD(cox_op_history, "migrate_target", migrate_target),
    WORD(cox_op_history, "op-digest", op_digest),
    WORD(cox_op_history, "op-force-restart", op_force_restart),
    WORD(cox_op_history, "op-restart-digest", op_restart_digest),
    WORD(cox_op_history, "op-secure-params", op_secure_params),
    WORD(cox_op_history, "op-secure-digest", op_secure_digest),
};

const struct cox_status_fields *
cox_status_node_fields(void)
{
    static const struct cox_status_fields fields = { node_fields, G_N_ELEMENTS(node_fields) };

    return &fields;
}

const struct cox_status_fields *
cox_status_rsc_fields(void)
{
    static const struct cox_status_fields fields = { rsc_fields, G_N_ELEMENTS(rsc_fields) };

    return &fields;
}

const struct cox_status_fields *
cox_status_op_fields(void)
{
    static const struct cox_status_fields fields = { op_fields, G_N_ELEMENTS(op_fields) };

    return &fields;
}

/* A whole number; what follows its digits is not looked at, as clients are used to ("1512.5"). */
static bool
number_of(const char *text, gint64 *number)
{
    char *end = NULL;
    gint64 value = g_ascii_strtoll(text, &end, 10);

    if (end == text) {
        return false;
    }
    *number = value;
    return true;
}

static void
set_number(const struct cox_status_field *field, char *object, const char *value)
{
    gint64 number = 0;

    if (!number_of(value, &number)) {
        return;
    }
    if (field->type == COX_STATUS_FIELD_INT) {
        *(int *) (void *) (object + field->offset) = (int) CLAMP(number, G_MININT, G_MAXINT);
        return;
    }
    *(gint64 *) (void *) (object + field->offset) = number;
    if (field->has_offset != 0) {
        *(bool *) (void *) (object + field->has_offset) = true;
    }
}

static void
set_field(const struct cox_status_field *field, struct cox_arena *arena, char *object, const char *value)
{
    switch (field->type) {
    case COX_STATUS_FIELD_WORD:
        *(const char **) (void *) (object + field->offset) = cox_arena_intern(arena, value);
        return;
    case COX_STATUS_FIELD_TEXT:
        *(const char **) (void *) (object + field->offset) = cox_arena_strdup(arena, value);
        return;
    case COX_STATUS_FIELD_BOOL:
        *(bool *) (void *) (object + field->offset) = g_ascii_strcasecmp(value, "true") == 0
                                                      || strcmp(value, "1") == 0;
        return;
    case COX_STATUS_FIELD_INT:
    case COX_STATUS_FIELD_INT64:
        set_number(field, object, value);
        return;
    }
}

void
cox_status_fields_read(const struct cox_status_fields *fields, struct cox_arena *arena, void *object,
                       const char *const *attrs)
{
    size_t expected = 0;

    for (size_t i = 0; attrs[i] != NULL; i += 2) {
        /* Attributes mostly come in the order of the table, so the search starts where the last one ended. */
        for (size_t tried = 0; tried < fields->n; tried++) {
            size_t at = (expected + tried) % fields->n;

            if (strcmp(fields->fields[at].name, attrs[i]) == 0) {
                set_field(&fields->fields[at], arena, object, attrs[i + 1]);
                expected = at + 1;
                break;
            }
        }
    }
}

static void
write_number(const struct cox_status_field *field, const char *object, gint64 number, struct cox_xml *xml)
{
    g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT, number);
    bool is_there = field->is_always || number != 0;

    if (field->has_offset != 0) {
        is_there = *(const bool *) (const void *) (object + field->has_offset);
    }
    if (is_there) {
        cox_xml_set(xml, field->name, text);
    }
}

void
cox_status_fields_write(const struct cox_status_fields *fields, const void *object, struct cox_xml *xml)
{
    const char *base = object;

    for (size_t i = 0; i < fields->n; i++) {
        const struct cox_status_field *field = &fields->fields[i];
        const void *member = base + field->offset;

        switch (field->type) {
        case COX_STATUS_FIELD_WORD:
        case COX_STATUS_FIELD_TEXT:
            cox_xml_set(xml, field->name, *(const char *const *) member);
            break;
        case COX_STATUS_FIELD_BOOL:
            cox_xml_set(xml, field->name, *(const bool *) member ? "true" : NULL);
            break;
        case COX_STATUS_FIELD_INT:
            write_number(field, base, *(const int *) member, xml);
            break;
        case COX_STATUS_FIELD_INT64:
            write_number(field, base, *(const gint64 *) member, xml);
            break;
        }
    }
}
