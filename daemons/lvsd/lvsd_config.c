/* daemons/lvsd/lvsd_config.c - the file of --config, in the language of keepalived.conf.  Layer 6. */
#include "daemons/lvsd/lvsd.h"

#include <string.h>

#include "base/error.h"
#include "conf/blockfile.h"
#include "lvs/lvskeepalived.h"
#include "vrrp/keepalived.h"

enum { SHOWN = 20 };

/* A word at the top that neither this daemon nor that of virtual routers knows: a virtual server may be missing because of it. */
static void
check_words(const struct cox_block *root, struct cox_diags *diags)
{
    size_t n = 0;
    const struct cox_keyword *rows = cox_vrrp_keywords(&n);
    struct cox_keyword_reader reader = { .diags = diags };

    cox_keyword_reader_init(&reader, rows, n);
    for (const struct cox_block *block = root->first; block != NULL; block = block->next) {
        if (strcmp(cox_block_keyword(block), "global_defs") != 0 && cox_keyword_find(&reader, "top", cox_block_keyword(block)) == NULL) {
            cox_keyword_read_one(&reader, "top", block, NULL); /* says what it may have been */
        }
    }
    cox_keyword_reader_clear(&reader);
}

static bool
has_mail(const struct cox_lvs_service *service)
{
    for (size_t i = 0; i < service->n_servers; i++) {
        if (service->servers[i].has_mail) {
            return true;
        }
    }
    return service->has_mail;
}

void
cox_lvsd_check_limits(const struct cox_lvs_config *config, struct cox_diags *diags)
{
    for (size_t i = 0; i < config->n_services; i++) {
        if (has_mail(&config->services[i])) {
            cox_diags_add(diags, COX_SEVERITY_WARNING, config->services[i].name, "use notify_up, notify_down, quorum_down",
                          "smtp_alert is not honoured: there is no mail");
        }
    }
}

struct cox_lvs_config *
cox_lvsd_read_config(const char *path, const char *config_id, GPtrArray *warnings, GError **error)
{
    struct cox_block_source source = cox_blockfile_source(config_id);
    g_autoptr(cox_diags) diags = cox_diags_new();
    g_autoptr(cox_block_tree) tree = NULL;
    g_autoptr(cox_lvs_config) config = NULL;

    source.seed = g_random_int();
    tree = cox_block_read(path, &source, diags);
    check_words(&tree->root, diags);
    cox_lvs_say_protocols(&tree->root, diags);
    config = cox_lvs_config_from_tree(tree, diags);
    cox_lvsd_check_limits(config, diags);
    for (size_t i = 0; i < cox_diags_count(diags); i++) {
        if (cox_diags_get(diags, i)->severity != COX_SEVERITY_ERROR) {
            g_ptr_array_add(warnings, cox_diag_line(cox_diags_get(diags, i)));
        }
    }
    if (cox_diags_has(diags, COX_SEVERITY_ERROR)) {
        g_autofree char *errors = cox_diags_errors(diags, SHOWN);

        g_set_error(error, COX_ERROR, COX_ERROR_CONFIG, "%s", errors);
        return NULL;
    }
    return g_steal_pointer(&config);
}
