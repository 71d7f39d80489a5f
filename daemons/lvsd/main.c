/* daemons/lvsd/main.c - cox-lvsd: virtual servers, in the kernel of this machine.  Layer 6. */
#include "daemons/lvsd/lvsd.h"

#include "base/error.h"

static void
load_module(void)
{
    char *argv[] = { (char[]) { "/sbin/modprobe" }, (char[]) { "-q" }, (char[]) { "ip_vs" }, NULL };

    (void) g_spawn_sync("/", argv, NULL, G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, NULL, NULL, NULL, NULL);
}

struct cox_ipvs *
cox_lvsd_open_kernel(GError **error)
{
    g_autoptr(GError) problem = NULL;
    struct cox_ipvs *ipvs = cox_ipvs_new(&problem);

    if (ipvs == NULL && g_error_matches(problem, COX_ERROR, COX_ERROR_NOT_INSTALLED)) {
        load_module();
        return cox_ipvs_new(error);
    }
    if (ipvs == NULL) {
        g_propagate_error(error, g_steal_pointer(&problem));
    }
    return ipvs;
}

int
main(int argc, char **argv)
{
    return cox_service_main(&cox_lvsd_service, argc, argv);
}
