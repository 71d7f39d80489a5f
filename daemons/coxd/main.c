/* daemons/coxd/main.c - coxd: starts, watches and stops the daemons of a node.  Layer 6. */
#include "daemons/coxd/coxd.h"

int
main(int argc, char **argv)
{
    return cox_service_main(&cox_coxd_service, argc, argv);
}
