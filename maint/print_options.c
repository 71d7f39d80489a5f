/* maint/print_options.c - what is generated from the table of options: the manual page, or a list by its name.  Not installed. */
#include <stdio.h>
#include <string.h>

#include "config.h"
#include "view/option_man.h"
#include "view/option_view.h"

int
main(int argc, char **argv)
{
    const char *what = argc == 2 ? argv[1] : "";
    const struct cox_option_list *list = cox_option_list_find(what);
    g_autofree char *text = NULL;

    if (list == NULL && strcmp(what, "man") != 0) {
        fprintf(stderr, "usage: print_options man|NAME-OF-A-LIST\n");
        return 64;
    }
    text = list == NULL ? cox_option_man() : cox_option_view_metadata(list, PACKAGE_VERSION);
    fputs(text, stdout);
    return 0;
}
