/* daemons/controld/main.c - cox-controld: leads the cluster and carries out plans.  Layer 6. */
#include "daemons/controld/controld.h"

int
main(int argc, char **argv)
{
    return cox_service_main(&controld_service, argc, argv);
}
