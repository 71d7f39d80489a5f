/* daemons/fenced/main.c - cox-fenced: fences nodes.  Layer 6. */
#include "daemons/fenced/fenced.h"

int
main(int argc, char **argv)
{
    return cox_service_main(&cox_fenced_service, argc, argv);
}
