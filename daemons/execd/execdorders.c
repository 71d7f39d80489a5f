/* daemons/execd/execdorders.c - accepted orders, in memory and in files order-N.  Layer 6.
 *
 * A file holds the number of bytes of the order, the order as on the wire (EXEC_ORDER; or EXEC_FOLLOW, for which the number has its highest bit set: an
 * executor that does not know such orders removes the file, and does not take it for one that may begin), and what is known of a recurring
 * operation (EXEC_RESULT with rc, status and reason), so that it goes on after a restart without an order.
 */
#include "execd.h"

#include <string.h>

#include "base/error.h"
#include "proto/marshal.h"

/* In the number of bytes of an order. */
#define FOLLOW_BIT 0x80000000U
/* Longer than any operation, and short enough that sums of a few do not overflow. */
#define MS_MAX (G_GINT64_CONSTANT(366) * 24 * 3600 * 1000)

void
execd_order_free(struct execd_order *order)
{
    if (order != NULL) {
        g_bytes_unref(order->bytes);
        cox_arena_free(order->arena);
        cox_agent_name_free(order->name);
        g_free(order->problem);
        g_free(order->last_reason);
        g_free(order);
    }
}

/* What becomes an agent's argument must not look like an option or a path. */
static bool
is_task(const char *task)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";

    return task != NULL && task[0] != '\0' && task[0] != '-' && strlen(task) < 64 && strspn(task, allowed) == strlen(task);
}

static bool
check(const struct cox_msg_exec_order *message, GError **error)
{
    const char *what = NULL;

    if (message->rsc_id == NULL || message->rsc_id[0] == '\0') {
        what = "no resource";
    } else if (!is_task(message->task)) {
        what = "no task, or one with other characters than letters, digits, '_' and '-'";
    } else if (message->key == NULL || message->key[0] == '\0') {
        what = "no key";
    } else if (message->interval_ms < 0 || message->interval_ms > MS_MAX || message->timeout_ms < 0 || message->timeout_ms > MS_MAX
               || message->start_delay_ms < 0 || message->start_delay_ms > MS_MAX) {
        what = "a time that is negative or longer than a year";
    }
    for (gsize i = 0; what == NULL && i < message->n_params; i++) {
        if (message->params[i].name == NULL) {
            what = "a parameter without a name";
        }
    }
    if (what != NULL) {
        g_set_error(error, COX_ERROR, COX_ERROR_INVALID_PARAM, "order for resource '%s', task '%s': it has %s",
                    message->rsc_id == NULL ? "" : message->rsc_id, message->task == NULL ? "" : message->task, what);
    }
    return what == NULL;
}

/* The names of what it comes after. */
static bool
read_after(struct execd_order *order, const struct cox_msg_exec_follow *message, GError **error)
{
    struct cox_opname *after = cox_arena_new_array(order->arena, struct cox_opname, message->n_after);

    for (gsize i = 0; i < message->n_after; i++) {
        if (message->after[i].rsc_id == NULL || message->after[i].task == NULL) {
            g_set_error(error, COX_ERROR, COX_ERROR_INVALID_PARAM, "order for resource '%s': what it comes after has no name", order->order->rsc_id);
            return false;
        }
        after[i] = (struct cox_opname) { message->after[i].rsc_id, message->after[i].task };
    }
    order->after = after;
    order->n_after = message->n_after;
    return true;
}

/* The order in its bytes; an error if it is none. */
static bool
read_bytes(struct execd_order *order, enum cox_message kind, GError **error)
{
    gsize size = 0;
    const guint8 *data = g_bytes_get_data(order->bytes, &size);
    const void *message = cox_unmarshal(cox_messages_schema(kind), data, size, order->arena, error);
    const struct cox_msg_exec_follow *follow = kind == COX_MSG_EXEC_FOLLOW ? message : NULL;

    if (message == NULL) {
        return false;
    }
    if (follow != NULL && (follow->n_order != 1 || follow->n_after == 0 || follow->order[0].interval_ms != 0)) {
        g_set_error_literal(error, COX_ERROR, COX_ERROR_INVALID_PARAM, "order that comes after others: it names none, or recurs");
        return false;
    }
    order->order = follow == NULL ? message : &follow->order[0];
    return check(order->order, error) && (follow == NULL || read_after(order, follow, error));
}

/* From bytes; takes them. */
static struct execd_order *
order_of_bytes(GBytes *bytes, enum cox_message kind, GError **error)
{
    struct execd_order *order = g_new0(struct execd_order, 1);
    g_autoptr(GError) problem = NULL;

    order->bytes = bytes;
    order->arena = cox_arena_new();
    if (!read_bytes(order, kind, error)) {
        execd_order_free(order);
        return NULL;
    }
    order->name = cox_agent_name_new(order->order->standard, order->order->provider, order->order->type, &problem);
    if (order->name == NULL) {
        order->problem = g_strdup(problem->message);
    }
    return order;
}

static struct execd_order *
new_order(struct execd *execd, enum cox_message kind, const void *message, GError **error)
{
    GByteArray *bytes = g_byte_array_new();
    struct execd_order *order = NULL;

    cox_marshal(cox_messages_schema(kind), message, bytes);
    order = order_of_bytes(g_byte_array_free_to_bytes(bytes), kind, error);
    if (order != NULL) {
        order->id = execd_serial(execd);
    }
    return order;
}

struct execd_order *
execd_order_new(struct execd *execd, const struct cox_msg_exec_order *message, GError **error)
{
    return new_order(execd, COX_MSG_EXEC_ORDER, message, error);
}

struct execd_order *
execd_order_follow(struct execd *execd, const struct cox_msg_exec_follow *message, GError **error)
{
    return new_order(execd, COX_MSG_EXEC_FOLLOW, message, error);
}

struct cox_exec_order
execd_order_told(const struct execd_order *order)
{
    const struct cox_msg_exec_order *message = order->order;

    return (struct cox_exec_order) { message->rsc_id, message->task, message->key, message->interval_ms, message->timeout_ms, message->start_delay_ms,
                                     { message->generation, (guint32) message->coordinator }, order->after, order->n_after };
}

static char *
file_of(const struct execd_order *order)
{
    return g_strdup_printf("order-%" G_GUINT64_FORMAT, order->id);
}

void
execd_order_save(struct execd *execd, const struct execd_order *order)
{
    g_autofree char *name = file_of(order);
    g_autoptr(GByteArray) all = g_byte_array_new();
    guint32 size = (guint32) g_bytes_get_size(order->bytes), mark = size | (order->n_after > 0 ? FOLLOW_BIT : 0);
    g_autoptr(GError) error = NULL;

    g_byte_array_append(all, (const guint8 *) &mark, sizeof mark);
    g_byte_array_append(all, g_bytes_get_data(order->bytes, NULL), size);
    if (order->has_last) {
        const struct cox_msg_exec_result last = { .rc = order->last_rc, .status = (guint64) order->last_status,
                                                  .reason = order->last_reason, .is_first = 1 };

        cox_marshal(cox_messages_schema(COX_MSG_EXEC_RESULT), &last, all);
    }
    if (!execd_file_save(execd, name, all->data, all->len, &error)) {
        cox_log_event(execd->log, COX_EVENT_EXEC_RECORD, "rsc=%s task=%s error=\"%s\"", order->order->rsc_id, order->order->task,
                      error->message);
    }
}

void
execd_order_keep(struct execd *execd, struct execd_order *order)
{
    g_ptr_array_add(execd->orders, order);
    execd_order_save(execd, order);
}

void
execd_order_drop(struct execd *execd, struct execd_order *order)
{
    g_autofree char *name = file_of(order);

    execd_file_remove(execd, name);
    g_ptr_array_remove(execd->orders, order);
}

struct execd_order *
execd_order_find(const struct execd *execd, const char *rsc_id, const char *key)
{
    for (guint i = 0; key != NULL && i < execd->orders->len; i++) {
        struct execd_order *order = execd->orders->pdata[i];

        if (strcmp(order->order->key, key) == 0 && strcmp(order->order->rsc_id, rsc_id) == 0) {
            return order;
        }
    }
    return NULL;
}

struct execd_order *
execd_order_find_same(const struct execd *execd, const struct execd_order *order)
{
    for (guint i = 0; order->order->interval_ms > 0 && i < execd->orders->len; i++) {
        struct execd_order *other = execd->orders->pdata[i];

        if (other != order && other->order->interval_ms == order->order->interval_ms
            && strcmp(other->order->task, order->order->task) == 0 && strcmp(other->order->rsc_id, order->order->rsc_id) == 0) {
            return other;
        }
    }
    return NULL;
}

static struct execd_order *
load_one(struct execd *execd, guint64 id)
{
    g_autofree char *name = g_strdup_printf("order-%" G_GUINT64_FORMAT, id);
    g_autoptr(GBytes) all = execd_file_load(execd, name);
    g_autoptr(cox_arena) arena = cox_arena_new();
    const struct cox_msg_exec_result *last = NULL;
    struct execd_order *order = NULL;
    gsize all_size = 0;
    const guint8 *data = all == NULL ? NULL : g_bytes_get_data(all, &all_size);
    enum cox_message kind = COX_MSG_EXEC_ORDER;
    guint32 size = 0;

    if (all_size >= sizeof size) {
        memcpy(&size, data, sizeof size);
        kind = (size & FOLLOW_BIT) != 0 ? COX_MSG_EXEC_FOLLOW : COX_MSG_EXEC_ORDER;
        size &= ~FOLLOW_BIT;
    }
    if (all_size >= sizeof size && size <= all_size - sizeof size) {
        order = order_of_bytes(g_bytes_new(data + sizeof size, size), kind, NULL);
    }
    if (order == NULL) {
        execd_file_remove(execd, name);
        return NULL;
    }
    order->id = id;
    last = cox_unmarshal(cox_messages_schema(COX_MSG_EXEC_RESULT), data + sizeof size + size, all_size - sizeof size - size, arena, NULL);
    if (last != NULL && last->is_first != 0) {
        order->has_last = true;
        order->last_rc = (int) last->rc;
        order->last_status = (enum cox_op_status) last->status;
        order->last_reason = g_strdup(last->reason);
    }
    return order;
}

void
execd_orders_load(struct execd *execd)
{
    g_autoptr(GArray) ids = execd_file_list(execd, "order");

    for (guint i = 0; i < ids->len; i++) {
        struct execd_order *order = load_one(execd, g_array_index(ids, guint64, i));
        struct execd_order *older = order == NULL ? NULL : execd_order_find_same(execd, order);

        if (order == NULL) {
            continue;
        }
        if (older != NULL) { /* ordered anew, and we died before the older one was removed */
            execd_order_drop(execd, older);
        }
        g_ptr_array_add(execd->orders, order);
    }
}
