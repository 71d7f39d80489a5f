/* daemons/vrrpd/vrrpd_config.c - the file of --config, in the language of keepalived.conf.  Layer 6. */
#include "daemons/vrrpd/vrrpd.h"

#include <string.h>

#include "base/error.h"
#include "conf/blockfile.h"
#include "vrrp/keepalived.h"

enum { SHOWN = 20, RT_LIMIT_USEC = 10000 };

/* A keyword that is read and does nothing here, and what is instead. */
struct row {
    bool is_set;
    const char *keyword, *instead;
};

/* All complaints as one text, with their places; each warning by itself. */
static char *
errors_of(const struct cox_diags *diags, GPtrArray *warnings)
{
    for (gsize i = 0; i < cox_diags_count(diags); i++) {
        if (cox_diags_get(diags, i)->severity != COX_SEVERITY_ERROR) {
            g_ptr_array_add(warnings, cox_diag_line(cox_diags_get(diags, i)));
        }
    }
    return cox_diags_errors(diags, SHOWN);
}

static void
say_rows(const struct row *rows, gsize n, const char *object, struct cox_diags *diags)
{
    for (gsize i = 0; i < n; i++) {
        if (rows[i].is_set) {
            cox_diags_add(diags, COX_SEVERITY_WARNING, object, NULL, "%s is not honoured: %s", rows[i].keyword, rows[i].instead);
        }
    }
}

static void
check_global(const struct cox_vrrp_set *set, struct cox_diags *diags)
{
    const struct cox_vrrp_global *global = &set->global;
    const struct row rows[] = {
        { global->startup.argv != NULL, "startup_script", "nothing is run at the start" },
        { global->shutdown.argv != NULL, "shutdown_script", "nothing is run at the end" },
        { global->notify_fifo.reader.argv != NULL, "notify_fifo_script", "start what reads the pipe yourself" },
        { global->vrrp_notify_fifo.reader.argv != NULL, "vrrp_notify_fifo_script", "start what reads the pipe yourself" },
        { global->notify_fifo.user != NULL, "the user of notify_fifo", "the pipe is the daemon's, unless it is there already" },
        { global->vrrp_notify_fifo.user != NULL, "the user of vrrp_notify_fifo", "the pipe is the daemon's, unless it is there already" },
        { global->tells_on_reload, "fifo_write_vrrp_states_on_reload", "only changes are told" },
        { global->has_script_security, "enable_script_security", "nobody looks at who may change a script" },
        { global->sched.rt_priority_most != 0, "max_auto_priority", "the priority is the same from the start" },
        { global->sched.rt_limit != RT_LIMIT_USEC, "vrrp_rlimit_rttime", "there is no limit" },
        { global->mail.server != NULL || global->mail.n_to > 0, "notification_email, smtp_server", "there is no mail; use notify" },
        { global->logs_unknown_vrids, "log_unknown_vrids", "they are counted (SIGUSR1)" },
        { global->has_igmp_disabled, "disable_local_igmp", "the kernel reports the group" },
        { global->polls_links, "linkbeat_use_polling", "the kernel tells of links" },
        { set->n_linkbeats > 0, "linkbeat_interfaces", "the kernel tells of links" },
        { global->has_nft_counters, "nftables_counters", "nothing is counted" },
        { global->command_bytes > 0, "vrrp_netlink_cmd_rcv_bufs", "the daemon chooses its buffers" },
        { global->monitor_bytes > 0, "vrrp_netlink_monitor_rcv_bufs", "the daemon chooses its buffers" },
        { global->process_bytes > 0, "process_monitor_rcv_bufs", "processes are counted twice a second" },
        { global->receive_adverts > 0, "vrrp_rx_bufs_policy", "the daemon chooses its buffers" },
        { global->umask >= 0, "umask", "it stays as it was at the start" },
        { set->n_track_groups > 0, "track_group", "no router depends on static addresses, routes and rules" },
    };

    say_rows(rows, G_N_ELEMENTS(rows), NULL, diags);
    for (gsize i = 0; i < set->n_processes; i++) {
        const struct row delays = { set->processes[i].fork_delay > 0 || set->processes[i].terminate_delay > 0, "delay, fork_delay, terminate_delay",
                                    "each change counts at once" };

        say_rows(&delays, 1, set->processes[i].name, diags);
    }
    for (gsize i = 0; i < set->n_groups; i++) {
        const struct row mail = { set->groups[i].notify.has_mail, "smtp_alert", "there is no mail; use notify" };

        say_rows(&mail, 1, set->groups[i].where != NULL ? set->groups[i].where : set->groups[i].name, diags);
    }
    if (global->net_namespace != NULL) {
        cox_diags_add(diags, COX_SEVERITY_ERROR, "net_namespace", "leave it out, and start the daemon there: ip netns exec NAME cox-vrrpd",
                      "the daemon does not go into the namespace '%s', and would set all addresses in its own", global->net_namespace);
    }
}

static bool
has_text_metric(const struct cox_vrrp_route *route)
{
    for (gsize i = 0; i < route->n_metrics; i++) {
        if (route->metrics[i].text != NULL) {
            return true;
        }
    }
    return false;
}

static bool
has_realms(const struct cox_vrrp_route *route)
{
    for (gsize i = 0; i < route->n_nexthops; i++) {
        if (route->nexthops[i].realms != 0) {
            return true;
        }
    }
    return false;
}

static void
check_items(const struct cox_vrrp_items *items, const char *object, struct cox_diags *diags)
{
    struct row rows[] = {
        { false, "use_vmac of an address", "it is set on the interface itself" },
        { false, "congctl of a route", "the system's is used" },
        { false, "realms of a route", "it has none" },
    };

    for (gsize i = 0; i < items->n_addresses; i++) {
        rows[0].is_set = rows[0].is_set || items->addresses[i].has_vmac;
    }
    for (gsize i = 0; i < items->n_routes; i++) {
        rows[1].is_set = rows[1].is_set || has_text_metric(&items->routes[i]);
        rows[2].is_set = rows[2].is_set || has_realms(&items->routes[i]);
    }
    say_rows(rows, G_N_ELEMENTS(rows), object, diags);
    for (gsize i = 0; i < items->n_rules; i++) {
        if (items->rules[i].tunnel_id != 0) {
            cox_diags_add(diags, COX_SEVERITY_ERROR, object, "leave the rule out, or set it with ip rule",
                          "tun_id of a rule is not supported: the rule would be for all packets");
        }
    }
}

static void
check_instance(const struct cox_vrrp_instance *instance, struct cox_diags *diags)
{
    const char *object = instance->where != NULL ? instance->where : instance->name;
    const struct cox_vrrp_items excluded = { .addresses = instance->excluded, .n_addresses = instance->n_excluded };
    const struct row rows[] = {
        { instance->vmac.kind == COX_VRRP_VMAC_IPVLAN, "use_ipvlan", "the addresses are on the interface itself" },
        { instance->vmac.is_for_others, "use_vmac_addr", "addresses on other interfaces are set on these themselves" },
        { instance->vrf != NULL, "vrf", "adverts go as the routes of the main table say" },
        { instance->is_strict, "strict_mode", "nothing more is refused" },
        { instance->promotes_secondaries && instance->vmac.kind != COX_VRRP_VMAC_MACVLAN, "promote_secondaries", "set net.ipv4.conf.INTERFACE.promote_secondaries yourself" },
        { instance->receive_bytes > 0, "kernel_rx_buf_size", "the daemon chooses its buffers" },
        { instance->notify.has_mail, "smtp_alert", "there is no mail; use notify" },
        { instance->notify.lower.argv != NULL, "notify_master_rx_lower_pri", "it is said in the log" },
    };

    say_rows(rows, G_N_ELEMENTS(rows), object, diags);
    check_items(&instance->items, object, diags);
    check_items(&excluded, object, diags);
}

/* What the language has and this daemon does not do.  Where that would do harm it is an error. */
static void
check_limits(const struct cox_vrrp_set *set, struct cox_diags *diags)
{
    check_global(set, diags);
    check_items(&set->statics, NULL, diags);
    for (gsize i = 0; i < set->n_instances; i++) {
        check_instance(&set->instances[i], diags);
    }
}

/* In a file nobody would give the order that such a router waits for. */
static void
refuse_cluster(const struct cox_block *root, struct cox_diags *diags)
{
    for (const struct cox_block *block = root->first; block != NULL; block = block->next) {
        for (const struct cox_block *line = strcmp(cox_block_keyword(block), "vrrp_instance") == 0 ? block->first : NULL; line != NULL; line = line->next) {
            if (strcmp(cox_block_keyword(line), "authority") == 0 && g_strcmp0(cox_block_word(line, 1), "cluster") == 0) {
                cox_block_say(diags, COX_SEVERITY_ERROR, line, 1, "leave it out, or make the router a resource of the cluster",
                              "in a file nobody says that the router is to be master");
            }
        }
    }
}

struct cox_block_tree *
cox_vrrpd_read_file(const char *path, const char *config_id, GPtrArray *warnings, GError **error)
{
    struct cox_block_source source = cox_blockfile_source(config_id);
    g_autoptr(cox_diags) diags = cox_diags_new();
    g_autoptr(cox_block_tree) tree = NULL;
    g_autofree char *errors = NULL;

    source.seed = g_random_int();
    tree = cox_block_read(path, &source, diags);
    refuse_cluster(&tree->root, diags);
    errors = errors_of(diags, warnings);
    if (cox_diags_has(diags, COX_SEVERITY_ERROR)) {
        g_set_error(error, COX_ERROR, COX_ERROR_CONFIG, "%s", errors);
        return NULL;
    }
    return g_steal_pointer(&tree);
}

struct cox_vrrp_set *
cox_vrrpd_make_set(const struct cox_vrrp_tree *trees, gsize n, GPtrArray *warnings, GError **error)
{
    g_autoptr(GPtrArray) dropped = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(cox_diags) diags = cox_diags_new();
    g_autoptr(cox_vrrp_set) set = cox_vrrp_set_from_trees(trees, n, diags);
    g_autofree char *errors = NULL;

    check_limits(set, diags);
    errors = errors_of(diags, warnings != NULL ? warnings : dropped);
    if (cox_diags_has(diags, COX_SEVERITY_ERROR)) {
        g_set_error(error, COX_ERROR, COX_ERROR_CONFIG, "%s", errors);
        return NULL;
    }
    return g_steal_pointer(&set);
}
