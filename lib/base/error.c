/* lib/base/error.c - table of error codes and the end of the road for bugs.  Layer 0. */
#include "base/error.h"

#include <stdio.h>
#include <stdlib.h>

static const struct {
    int status;
    const char *name;
    const char *text;
} rows[] = {
#define COX_ERR(symbol, status, name, text) { status, name, text },
#include "base/errors.def"
#undef COX_ERR
};

GQuark
cox_error_quark(void)
{
    return g_quark_from_static_string("cox-error");
}

int
cox_error_exit_status(enum cox_error code)
{
    COX_BUG_ON(code >= COX_ERROR_N);
    return rows[code].status;
}

int
cox_error_status_of(const GError *error)
{
    if (error == NULL) {
        return rows[COX_ERROR_OK].status;
    }
    if (error->domain == COX_ERROR && error->code >= 0 && error->code < COX_ERROR_N) {
        return rows[error->code].status;
    }
    return rows[COX_ERROR_GENERIC].status;
}

const char *
cox_error_name(enum cox_error code)
{
    COX_BUG_ON(code >= COX_ERROR_N);
    return rows[code].name;
}

const char *
cox_error_text(enum cox_error code)
{
    COX_BUG_ON(code >= COX_ERROR_N);
    return rows[code].text;
}

enum cox_error
cox_error_from_status(int status)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (rows[i].status == status) {
            return (enum cox_error) i;
        }
    }
    return COX_ERROR_GENERIC;
}

void
cox_error_bug(const char *condition, const char *file, int line)
{
    fprintf(stderr, "coxswain: bug: %s:%d: %s\n", file, line, condition);
    abort();
}
