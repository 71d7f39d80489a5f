/* lib/base/late.h - functions of shared libraries that are loaded when one of them is called first.  Layer 0. */
#ifndef COX_BASE_LATE_H
#define COX_BASE_LATE_H

#include <glib.h>

G_BEGIN_DECLS

/**
 * A function of the shared library @soname, which is loaded if it is not yet.  Never NULL: where the library or the function is missing, the
 * process says so on standard error and ends with the exit status of COX_ERROR_NOT_INSTALLED.
 */
void *cox_late_find(const char *soname, const char *name);

/**
 * Defines the function @name of a library as one that finds the library's own when it is called first.  A program that is linked with this
 * instead of with the library starts without it: for tools, most of whose calls need few of their libraries.  The compiler holds @parameters,
 * for example (int a, int b), against the library's header; @arguments are then (a, b).
 */
#define COX_LATE(soname, type, name, parameters, arguments)                                                          \
    type name parameters                                                                                             \
    {                                                                                                                \
        static __typeof__(&name) found;                                                                              \
                                                                                                                     \
        if (G_UNLIKELY(found == NULL)) {                                                                             \
            found = (__typeof__(&name)) cox_late_find(soname, #name);                                                \
        }                                                                                                            \
        return found arguments;                                                                                      \
    }

G_END_DECLS

#endif
