/* daemons/coxd/main.c - coxd: starts, watches and stops the daemons of a node.  Layer 6. */
#include "daemons/coxd/coxd.h"

#include <string.h>
#include <sys/prctl.h>

int
main(int argc, char **argv)
{
    if (argc > 0 && strcmp(argv[0], "pacemakerd") == 0) {
        (void) prctl(PR_SET_NAME, "pacemakerd"); /* what it was started as is what killall finds */
    }
    return cox_service_main(&cox_coxd_service, argc, argv);
}
