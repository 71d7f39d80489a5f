/* lib/agents/agent_result.c - what the end of an agent means.  Layer 3, adapter. */
#include "agents/agent_result.h"

#include <errno.h>
#include <string.h>

#include "base/error.h"

#define REASON_PREFIX "ocf-exit-reason:"
/* Longer texts are cut: a reason goes into the document of every node. */
#define REASON_MAX_BYTES 1024

/* The first line, if there is anything on it. */
static char *
reason_from(const char *text, size_t size)
{
    const char *line_end = memchr(text, '\n', size);
    size_t length = line_end == NULL ? size : (size_t) (line_end - text);
    char *reason = g_utf8_make_valid(text, (gssize) MIN(length, REASON_MAX_BYTES));

    g_strstrip(reason);
    if (reason[0] == '\0') {
        g_clear_pointer(&reason, g_free);
    }
    return reason;
}

char *
cox_agent_exit_reason(const char *err, size_t err_size)
{
    const char *found = g_strrstr_len(err, (gssize) err_size, REASON_PREFIX);

    if (found == NULL) {
        return NULL;
    }
    found += strlen(REASON_PREFIX);
    return reason_from(found, (size_t) (err + err_size - found));
}

static bool
ocf_knows(gint64 code)
{
    return (code >= 0 && code <= 9) || code == COX_AGENT_CODE_DEGRADED || code == COX_AGENT_CODE_DEGRADED_PROMOTED;
}

/* LSB 3.1: 0 running; 1 and 2 dead with leftovers; 3 not running; 4 unknown; 150 and 151 are the field's own. */
static int
lsb_status_code(int status)
{
    static const struct {
        int status, code;
    } rows[] = {
        { 0, COX_AGENT_CODE_OK },
        { 1, COX_AGENT_CODE_NOT_RUNNING },
        { 2, COX_AGENT_CODE_NOT_RUNNING },
        { 3, COX_AGENT_CODE_NOT_RUNNING },
        { 150, COX_AGENT_CODE_NOT_INSTALLED },
        { 151, COX_AGENT_CODE_PERMISSION },
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (rows[i].status == status) {
            return rows[i].code;
        }
    }
    return COX_AGENT_CODE_GENERIC;
}

static int
exit_code(enum cox_agent_standard standard, const char *action, int status)
{
    if (standard == COX_AGENT_LSB && (strcmp(action, "monitor") == 0 || strcmp(action, "status") == 0)) {
        return lsb_status_code(status);
    }
    if (standard == COX_AGENT_LSB && status > COX_AGENT_CODE_NOT_RUNNING) {
        return COX_AGENT_CODE_GENERIC;
    }
    return ocf_knows(status) ? status : COX_AGENT_CODE_GENERIC;
}

static void
not_started(int start_errno, struct cox_agent_result *result)
{
    result->exit_reason = g_strdup_printf("Could not run the agent: %s", g_strerror(start_errno));
    switch (start_errno) {
    case ENOENT:
    case ENOTDIR:
    case EISDIR:
    case ENOEXEC:
        result->code = COX_AGENT_CODE_NOT_INSTALLED;
        result->status = COX_OP_STATUS_NOT_INSTALLED;
        break;
    case EACCES:
    case EPERM:
        result->code = COX_AGENT_CODE_PERMISSION;
        result->status = COX_OP_STATUS_ERROR;
        break;
    default:
        result->code = COX_AGENT_CODE_GENERIC;
        result->status = COX_OP_STATUS_ERROR;
        break;
    }
}

void
cox_agent_result_from(enum cox_agent_standard standard, const char *action, const struct cox_child_result *child,
                      gint64 timeout_ms, struct cox_agent_result *result)
{
    *result = (struct cox_agent_result) {
        .code = COX_AGENT_CODE_GENERIC,
        .status = COX_OP_STATUS_ERROR,
        .raw_status = child->exit_status,
        .exec_ms = (child->ended - child->started) / 1000,
    };
    switch (child->end) {
    case COX_CHILD_EXITED:
        result->code = exit_code(standard, action, child->exit_status);
        result->status = COX_OP_STATUS_DONE;
        result->exit_reason = cox_agent_exit_reason(child->err, child->err_size);
        break;
    case COX_CHILD_SIGNALED:
        result->exit_reason = g_strdup_printf("The agent was ended by signal %d", child->signo);
        break;
    case COX_CHILD_TIMED_OUT:
        result->status = COX_OP_STATUS_TIMEOUT;
        result->exit_reason = g_strdup_printf("The agent did not finish within %" G_GINT64_FORMAT "ms", timeout_ms);
        break;
    case COX_CHILD_NOT_STARTED:
        not_started(child->start_errno, result);
        break;
    case COX_CHILD_VANISHED:
        result->exit_reason = g_strdup("The agent ended unseen");
        break;
    }
}

void
cox_agent_result_of(gint64 code, const char *reason, struct cox_agent_result *result)
{
    *result = (struct cox_agent_result) {
        .code = ocf_knows(code) ? (int) code : COX_AGENT_CODE_GENERIC,
        .status = COX_OP_STATUS_DONE,
        .exit_reason = reason == NULL ? NULL : reason_from(reason, strlen(reason)),
        .raw_status = -1,
    };
}

void
cox_agent_result_from_error(const GError *error, struct cox_agent_result *result)
{
    bool is_missing = g_error_matches(error, COX_ERROR, COX_ERROR_NOT_INSTALLED);
    bool is_refused = g_error_matches(error, COX_ERROR, COX_ERROR_PRIVILEGE);
    bool is_late = g_error_matches(error, COX_ERROR, COX_ERROR_TIMEOUT);

    *result = (struct cox_agent_result) {
        .code = is_missing ? COX_AGENT_CODE_NOT_INSTALLED : is_refused ? COX_AGENT_CODE_PERMISSION : COX_AGENT_CODE_GENERIC,
        .status = is_missing ? COX_OP_STATUS_NOT_INSTALLED : is_late ? COX_OP_STATUS_TIMEOUT : COX_OP_STATUS_ERROR,
        .exit_reason = g_strdup(error->message),
        .raw_status = -1,
    };
}

void
cox_agent_result_clear(struct cox_agent_result *result)
{
    g_clear_pointer(&result->exit_reason, g_free);
}
