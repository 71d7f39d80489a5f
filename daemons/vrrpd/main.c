/* daemons/vrrpd/main.c - cox-vrrpd: virtual routers.  Layer 6. */
#include "daemons/vrrpd/vrrpd.h"

#include <string.h>

int
main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], COX_VRRPGUARD_WORD) == 0) {
        return cox_vrrpguard_main(0);
    }
    return cox_service_main(&cox_vrrpd_service, argc, argv);
}
