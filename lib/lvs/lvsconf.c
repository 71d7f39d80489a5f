/* lib/lvs/lvsconf.c - what is wanted of the balancer: making and freeing.  Layer 3, pure. */
#include "lvs/lvsconf.h"

#include <string.h>

struct cox_lvs_config *
cox_lvs_config_new(void)
{
    struct cox_lvs_config *config = g_new0(struct cox_lvs_config, 1);

    config->arena = cox_arena_new();
    config->sync.port = COX_LVS_SYNC_PORT;
    return config;
}

void
cox_lvs_config_free(struct cox_lvs_config *config)
{
    if (config != NULL) {
        cox_arena_free(config->arena);
        g_free(config);
    }
}

void
cox_lvs_service_init(struct cox_lvs_service *service)
{
    memset(service, 0, sizeof *service);
    service->protocol = COX_LVS_PROTOCOL_TCP;
    service->scheduler = "wlc";
    service->quorum = 1;
}

void
cox_lvs_server_init(struct cox_lvs_server *server)
{
    memset(server, 0, sizeof *server);
    server->weight = 1;
}
