/* lib/base/error.h - the one error domain: operations that can fail.  Layer 0. */
#ifndef COX_BASE_ERROR_H
#define COX_BASE_ERROR_H

#include <glib.h>

G_BEGIN_DECLS

/** Codes of COX_ERROR; one row of errors.def each. */
enum cox_error {
#define COX_ERR(symbol, status, name, text) COX_ERROR_##symbol,
#include "base/errors.def"
#undef COX_ERR
    COX_ERROR_N /**< number of codes, not a code */
};

#define COX_ERROR (cox_error_quark())

/** The GError domain of everything in this tree. */
GQuark cox_error_quark(void);

/** Exit status of a process that ends because of @code (errors.def). */
int cox_error_exit_status(enum cox_error code);

/** Exit status for a GError: its code's when the domain is COX_ERROR, else the one of COX_ERROR_GENERIC; 0 for NULL. */
int cox_error_status_of(const GError *error);

/** Symbolic name such as "CRM_EX_NOSUCH"; never NULL. */
const char *cox_error_name(enum cox_error code);

/** Text for people such as "No such object"; never NULL. */
const char *cox_error_text(enum cox_error code);

/** The code with exit status @status, or COX_ERROR_GENERIC when no row has it. */
enum cox_error cox_error_from_status(int status);

/**
 * Abort when our own code is wrong.  Never about input: bad input is a GError or a diagnostic.
 */
#define COX_BUG_ON(condition)                                                                                        \
    do {                                                                                                             \
        if (G_UNLIKELY(condition)) {                                                                                 \
            cox_error_bug(#condition, __FILE__, __LINE__);                                                           \
        }                                                                                                            \
    } while (0)

/** Say which condition was broken where, and abort.  Called through COX_BUG_ON only. */
void cox_error_bug(const char *condition, const char *file, int line) G_GNUC_NORETURN;

G_END_DECLS

#endif
