/* lib/lvs/lvsconf.c - what is wanted of the balancer: making and freeing.  Layer 3, pure. */
#include "lvs/lvsconf.h"

#include <string.h>

struct cox_lvs_config *
cox_lvs_config_new(void)
{
    struct cox_lvs_config *config = g_new0(struct cox_lvs_config, 1);

    config->arena = cox_arena_new();
    config->n_owners = 1;
    config->sync.port = COX_LVS_SYNC_PORT;
    return config;
}

struct cox_lvs_config *
cox_lvs_config_ref(struct cox_lvs_config *config)
{
    config->n_owners++;
    return config;
}

void
cox_lvs_config_free(struct cox_lvs_config *config)
{
    if (config != NULL && --config->n_owners == 0) {
        for (guint i = 0; config->parts != NULL && i < config->parts->len; i++) {
            cox_lvs_config_free(g_ptr_array_index(config->parts, i)); /* parts are not joined themselves */
        }
        g_clear_pointer(&config->parts, g_ptr_array_unref);
        cox_arena_free(config->arena);
        g_free(config);
    }
}

/* What is said once. */
static void
join_settings(struct cox_lvs_config *config, const struct cox_lvs_config *part)
{
    config->sync = config->sync.device == NULL ? part->sync : config->sync;
    config->flush_start = config->flush_start == COX_LVS_FLUSH_OWN ? part->flush_start : config->flush_start;
    config->flush_stop = config->flush_stop == COX_LVS_FLUSH_OWN ? part->flush_stop : config->flush_stop;
    config->timeout_tcp_s = config->timeout_tcp_s == 0 ? part->timeout_tcp_s : config->timeout_tcp_s;
    config->timeout_fin_s = config->timeout_fin_s == 0 ? part->timeout_fin_s : config->timeout_fin_s;
    config->timeout_udp_s = config->timeout_udp_s == 0 ? part->timeout_udp_s : config->timeout_udp_s;
}

struct cox_lvs_config *
cox_lvs_config_join(const struct cox_lvs_part *parts, size_t n)
{
    struct cox_lvs_config *config = cox_lvs_config_new();
    struct cox_lvs_service *services;
    size_t n_services = 0;

    config->parts = g_ptr_array_sized_new((guint) n);
    for (size_t i = 0; i < n; i++) {
        n_services += parts[i].config->n_services;
    }
    services = cox_arena_new_array(config->arena, struct cox_lvs_service, n_services);
    for (size_t i = 0; i < n; i++) {
        const struct cox_lvs_config *part = parts[i].config;

        g_ptr_array_add(config->parts, cox_lvs_config_ref(parts[i].config));
        for (size_t k = 0; k < part->n_services; k++) {
            services[config->n_services] = part->services[k];
            if (parts[i].name != NULL) {
                services[config->n_services].name = cox_arena_strdup(config->arena, parts[i].name);
            }
            config->n_services++;
        }
        join_settings(config, part);
    }
    config->services = services;
    return config;
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
