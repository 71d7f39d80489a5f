/* lib/fence/fencemsg.c - what fencers tell each other, in total order.  Layer 3, pure. */
#include "fence/fencemsg.h"

static bool
is_request_action(enum cox_fence_action action)
{
    return action == COX_FENCE_REBOOT || action == COX_FENCE_OFF || action == COX_FENCE_ON;
}

static bool
is_record_sane(const struct cox_fence_record *record)
{
    return record->target != NULL && is_request_action(record->action);
}

static bool
are_texts_sane(const char *const *texts, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (texts[i] == NULL) {
            return false;
        }
    }
    return true;
}

bool
cox_fence_message_is_sane(const struct cox_fence_message *message)
{
    switch (message->kind) {
        case COX_FENCE_REQUEST:
            return message->request.target != NULL && is_request_action(message->request.action);
        case COX_FENCE_CAN:
            return are_texts_sane(message->devices, message->n_devices);
        case COX_FENCE_EXEC:
            return message->device != NULL && message->request.target != NULL && message->attempt != 0
                   && is_request_action(message->action);
        case COX_FENCE_RESULT:
        case COX_FENCE_CLOSED:
        case COX_FENCE_WITHDRAW:
            return true;
        case COX_FENCE_DONE:
        case COX_FENCE_UNDERWAY:
            return is_record_sane(&message->record);
        case COX_FENCE_CONFIRM:
        case COX_FENCE_DOUBT:
            return message->request.target != NULL;
        case COX_FENCE_HELLO:
        case COX_FENCE_LIFE:
            return message->name != NULL && message->incarnation != 0;
        case COX_FENCE_HISTORY:
            for (size_t i = 0; i < message->n_records; i++) {
                if (!is_record_sane(&message->records[i])) {
                    return false;
                }
            }
            return true;
    }
    return false; /* a kind of a later version */
}
