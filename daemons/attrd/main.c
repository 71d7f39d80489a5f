/* daemons/attrd/main.c - cox-attrd: cluster-wide node attributes.  Layer 6. */
#include "daemons/attrd/attrd.h"

int
main(int argc, char **argv)
{
    return cox_service_main(&cox_attrd_service, argc, argv);
}
