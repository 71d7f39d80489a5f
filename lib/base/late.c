/* lib/base/late.c - functions of shared libraries that are loaded when one of them is called first.  Layer 0. */
#include "base/late.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"

void *
cox_late_find(const char *soname, const char *name)
{
    void *library = dlopen(soname, RTLD_LAZY | RTLD_LOCAL); /* never closed; a library that is there is only counted */
    void *found = library == NULL ? NULL : dlsym(library, name);

    if (found == NULL) {
        fprintf(stderr, "%s: %s(): %s; install the package that has this library\n", g_get_prgname() == NULL ? "coxswain" : g_get_prgname(), name,
                dlerror());
        _Exit(cox_error_exit_status(COX_ERROR_NOT_INSTALLED));
    }
    return found;
}
