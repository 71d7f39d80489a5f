/* lib/vrrp/keepalivedwrite.c - virtual routers as text of a keepalived.conf.  Layer 3, pure. */
#include "vrrp/keepalived_priv.h"

#include <string.h>

enum { MOST_WEIGHT = 253 };

static void
rows(struct cox_keyword_writer *writer, const char *block, const void *value, const void *usual)
{
    const void *const targets[] = { value, usual };
    size_t n = 0;
    const struct cox_keyword *keywords = cox_vrrp_keywords(&n);

    cox_keyword_write(writer, keywords, n, block, targets);
}

static const char *
quoted(GPtrArray *texts, const char *text)
{
    char *one = cox_keyword_quote(text);

    g_ptr_array_add(texts, one);
    return one;
}

/* ---- programs --------------------------------------------------------------------------------------------- */

/* The words of a command as one text, in which those with blanks are quoted. */
static char *
command_text(const char *const *argv)
{
    GString *out = g_string_new(NULL);

    for (guint i = 0; argv[i] != NULL; i++) {
        bool is_plain = *argv[i] != '\0' && strpbrk(argv[i], " \t\n\"'\\") == NULL;

        g_string_append(out, i > 0 ? " " : "");
        if (is_plain) {
            g_string_append(out, argv[i]);
        } else if (strpbrk(argv[i], "'\\") == NULL) {
            g_string_append_printf(out, "'%s'", argv[i]);
        } else {
            g_autofree char *word = cox_block_quote(argv[i]);

            g_string_append(out, word);
        }
    }
    return g_string_free(out, FALSE);
}

static void
write_command(struct cox_keyword_writer *writer, const char *name, const struct cox_vrrp_command *command, bool has_user)
{
    g_autofree char *text = (command->argv == NULL) ? NULL : command_text(command->argv);
    g_autofree char *word = (text == NULL) ? NULL : cox_block_quote(text);
    g_autofree char *who = cox_keyword_two(has_user ? command->user : NULL, command->group);

    if (text != NULL) {
        cox_keyword_line(writer, "%s %s%s%s", name, word, *who != '\0' ? " " : "", who);
    }
}

static void
write_notify(struct cox_keyword_writer *writer, const struct cox_vrrp_notify *notify)
{
    write_command(writer, "notify_master", &notify->master, true);
    write_command(writer, "notify_backup", &notify->backup, true);
    write_command(writer, "notify_fault", &notify->fault, true);
    write_command(writer, "notify_stop", &notify->stop, true);
    write_command(writer, "notify", &notify->any, true);
    write_command(writer, "notify_master_rx_lower_pri", &notify->lower, true);
    if (notify->deleted.argv != NULL) {
        write_command(writer, "notify_deleted", &notify->deleted, true);
    } else if (notify->has_deleted) {
        cox_keyword_line(writer, "notify_deleted");
    }
}

/* ---- global_defs ------------------------------------------------------------------------------------------ */

static void
write_user(struct cox_keyword_writer *writer, const char *name, const char *user, const char *group)
{
    g_autofree char *who = cox_keyword_two(user, group);

    if (user != NULL) {
        cox_keyword_line(writer, "%s %s", name, who);
    }
}

static void
write_fifo(struct cox_keyword_writer *writer, const char *name, const struct cox_vrrp_fifo *fifo)
{
    g_autofree char *reader = g_strconcat(name, "_script", NULL);
    g_autofree char *path = (fifo->path == NULL) ? NULL : cox_keyword_quote(fifo->path);
    g_autofree char *who = cox_keyword_two(fifo->user, fifo->group);

    if (path != NULL) {
        cox_keyword_line(writer, "%s %s%s%s", name, path, *who != '\0' ? " " : "", who);
    }
    write_command(writer, reader, &fifo->reader, true);
}

static void
write_mail(struct cox_keyword_writer *writer, const struct cox_vrrp_mail *mail)
{
    const char *colon = (mail->server == NULL) ? NULL : strrchr(mail->server, ':');
    bool has_port = colon != NULL && (mail->server[0] == '[' || strchr(mail->server, ':') == colon);

    if (mail->n_to > 0) {
        cox_keyword_open(writer, "notification_email");
        for (size_t i = 0; i < mail->n_to; i++) {
            g_autofree char *to = cox_keyword_quote(mail->to[i]);

            cox_keyword_line(writer, "%s", to);
        }
        cox_keyword_close(writer);
    }
    if (mail->server != NULL && has_port) {
        bool is_ipv6 = mail->server[0] == '[';

        cox_keyword_line(writer, "smtp_server %.*s %s", (int) (colon - mail->server) - (is_ipv6 ? 2 : 0), mail->server + (is_ipv6 ? 1 : 0), colon + 1);
    } else if (mail->server != NULL) {
        g_autofree char *server = cox_keyword_quote(mail->server);

        cox_keyword_line(writer, "smtp_server %s", server);
    }
}

static void
write_process(struct cox_keyword_writer *writer, const struct cox_vrrp_global *own, const struct cox_vrrp_global *usual)
{
    write_user(writer, "script_user", own->script_user, own->script_group);
    write_command(writer, "startup_script", &own->startup, true);
    write_command(writer, "shutdown_script", &own->shutdown, true);
    write_fifo(writer, "notify_fifo", &own->notify_fifo);
    write_fifo(writer, "vrrp_notify_fifo", &own->vrrp_notify_fifo);
    if (own->sched.rt_late != usual->sched.rt_late) {
        cox_keyword_line(writer, "min_auto_priority_delay %" G_GINT64_FORMAT, own->sched.rt_late);
    }
    if (own->sched.rt_limit != usual->sched.rt_limit) {
        cox_keyword_line(writer, "vrrp_rlimit_rttime %" G_GINT64_FORMAT, own->sched.rt_limit);
    }
    if (own->sched.n_cpus > 0) {
        g_autoptr(GString) cpus = g_string_new("vrrp_cpu_affinity");

        for (size_t i = 0; i < own->sched.n_cpus; i++) {
            g_string_append_printf(cpus, " %u", own->sched.cpus[i]);
        }
        cox_keyword_line(writer, "%s", cpus->str);
    }
    if (own->has_dynamic_interfaces) {
        cox_keyword_line(writer, "dynamic_interfaces%s", own->has_changing_interfaces ? " allow_if_changes" : "");
    }
    if (own->checks_before_reload) {
        cox_keyword_line(writer, "reload_check_config");
    }
    if (g_strcmp0(own->nft_table, usual->nft_table) != 0) {
        g_autofree char *table = cox_keyword_two(own->nft_table, NULL);

        cox_keyword_line(writer, "nftables %s", table);
    }
    if (own->receive_adverts > 0) {
        cox_keyword_line(writer, "vrrp_rx_bufs_policy ADVERT");
        cox_keyword_line(writer, "vrrp_rx_bufs_multiplier %u", own->receive_adverts);
    }
    if (own->umask >= 0) {
        cox_keyword_line(writer, "umask 0%o", (guint) own->umask);
    }
}

static void
write_global(struct cox_keyword_writer *writer, const struct cox_vrrp_set *set)
{
    struct cox_vrrpk_global global, usual;

    cox_vrrpk_global_init(&global);
    cox_vrrpk_global_init(&usual);
    global.own = set->global;
    for (size_t i = 0; i < set->n_paces; i++) { /* the one that holds for all others */
        if (set->paces[i].n_interfaces == 0) {
            global.garp_interval = set->paces[i].arp;
            global.gna_interval = set->paces[i].na;
        }
    }
    rows(writer, "top", &(struct cox_vrrpk_global) { .own = { .net_namespace = global.own.net_namespace, .instance = global.own.instance } }, &usual);
    global.own.net_namespace = global.own.instance = NULL; /* keepalived takes them outside of the block */
    cox_keyword_open(writer, "global_defs");
    rows(writer, "global_defs", &global, &usual);
    write_process(writer, &set->global, &usual.own);
    write_mail(writer, &set->global.mail);
    cox_keyword_close(writer);
}

/* ---- followed things -------------------------------------------------------------------------------------- */

static void
write_weight(struct cox_keyword_writer *writer, const struct cox_vrrp_weight *weight, gint32 usual)
{
    if (weight->value != usual || weight->is_reversed) {
        cox_keyword_line(writer, "weight %d%s", weight->value, weight->is_reversed ? " reverse" : "");
    }
}

static void
write_followed(struct cox_keyword_writer *writer, const struct cox_vrrp_set *set)
{
    static const struct cox_vrrp_script script = { .interval = COX_USEC_PER_S, .rise = 1, .fall = 1 };
    static const struct cox_vrrp_file file = { .path = NULL };
    static const struct cox_vrrp_process process = { .quorum = 1 };
    g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);

    for (size_t i = 0; i < set->n_scripts; i++) {
        const struct cox_vrrp_script *one = &set->scripts[i];

        cox_keyword_open(writer, "vrrp_script %s", quoted(texts, one->name));
        write_command(writer, "script", &one->command, false);
        write_user(writer, "user", one->command.user, one->command.group);
        rows(writer, "vrrp_script", one, &script);
        write_weight(writer, &one->weight, 0);
        cox_keyword_close(writer);
    }
    for (size_t i = 0; i < set->n_files; i++) {
        const struct cox_vrrp_file *one = &set->files[i];

        cox_keyword_open(writer, "track_file %s", quoted(texts, one->name));
        rows(writer, "track_file", one, &file);
        write_weight(writer, &one->weight, 1);
        if (one->is_made) {
            cox_keyword_line(writer, "init_file %" G_GINT64_FORMAT "%s", one->first_value, one->is_overwritten ? " overwrite" : "");
        }
        cox_keyword_close(writer);
    }
    for (size_t i = 0; i < set->n_processes; i++) {
        const struct cox_vrrp_process *one = &set->processes[i];
        g_autofree char *command = command_text(one->argv);

        cox_keyword_open(writer, "vrrp_track_process %s", quoted(texts, one->name));
        cox_keyword_line(writer, "process %s", command);
        if (one->match >= COX_VRRP_PARAMS_INITIAL || (one->match == COX_VRRP_PARAMS_EXACT && one->argv[1] == NULL)) {
            cox_keyword_line(writer, "param_match%s", one->match == COX_VRRP_PARAMS_EXACT     ? ""
                                                      : one->match == COX_VRRP_PARAMS_INITIAL ? " initial" : " partial");
        }
        rows(writer, "vrrp_track_process", one, &process);
        write_weight(writer, &one->weight, 1);
        cox_keyword_close(writer);
    }
}

static void
write_tracks(struct cox_keyword_writer *writer, const struct cox_vrrp_track *tracks, size_t n)
{
    static const char *const kinds[] = { "track_interface", "track_script", "track_file", "track_process" };

    for (guint kind = 0; kind < G_N_ELEMENTS(kinds); kind++) {
        bool is_open = false;

        for (size_t i = 0; i < n; i++) {
            g_autofree char *name = cox_keyword_quote(tracks[i].name);

            if ((guint) tracks[i].kind != kind) {
                continue;
            }
            if (!is_open) {
                cox_keyword_open(writer, "%s", kinds[kind]);
                is_open = true;
            }
            if (ABS((gint64) tracks[i].weight.value) > MOST_WEIGHT) { /* it can only be that of the followed thing itself */
                cox_keyword_line(writer, "%s", name);
                continue;
            }
            cox_keyword_line(writer, "%s weight %d%s", name, tracks[i].weight.value, tracks[i].weight.is_reversed ? " reverse" : "");
        }
        if (is_open) {
            cox_keyword_close(writer);
        }
    }
}

/* ---- items ------------------------------------------------------------------------------------------------ */

static void
write_addresses(struct cox_keyword_writer *writer, const char *block, const struct cox_vrrp_address *addresses, size_t n)
{
    if (n > 0) {
        cox_keyword_open(writer, "%s", block);
    }
    for (size_t i = 0; i < n; i++) {
        g_autofree char *text = cox_vrrpk_address_text(&addresses[i]);

        cox_keyword_line(writer, "%s", text);
    }
    if (n > 0) {
        cox_keyword_close(writer);
    }
}

static void
write_routes(struct cox_keyword_writer *writer, const char *route_block, const char *rule_block, const struct cox_vrrp_items *items)
{
    if (items->n_routes > 0) {
        cox_keyword_open(writer, "%s", route_block);
        for (size_t i = 0; i < items->n_routes; i++) {
            g_autofree char *text = cox_vrrpk_route_text(&items->routes[i]);

            cox_keyword_line(writer, "%s", text);
        }
        cox_keyword_close(writer);
    }
    if (items->n_rules > 0) {
        cox_keyword_open(writer, "%s", rule_block);
        for (size_t i = 0; i < items->n_rules; i++) {
            g_autofree char *text = cox_vrrpk_rule_text(&items->rules[i]);

            cox_keyword_line(writer, "%s", text);
        }
        cox_keyword_close(writer);
    }
}

static void
write_names(struct cox_keyword_writer *writer, const char *block, const char *const *names, size_t n)
{
    cox_keyword_open(writer, "%s", block);
    for (size_t i = 0; i < n; i++) {
        g_autofree char *name = cox_keyword_quote(names[i]);

        cox_keyword_line(writer, "%s", name);
    }
    cox_keyword_close(writer);
}

/* ---- routers ---------------------------------------------------------------------------------------------- */

static void
write_vmac(struct cox_keyword_writer *writer, const struct cox_vrrp_vmac *vmac)
{
    static const guint8 none[6] = { 0 };
    const guint8 *mac = vmac->mac;
    g_autofree char *name = cox_keyword_two(vmac->is_name_made ? NULL : vmac->name, NULL);
    const char *blank = (*name != '\0') ? " " : "";
    char text[COX_IP_TEXT_SIZE];
    g_autofree char *written = g_strdup_printf(" %02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3], mac[4], mac[5]);

    if (vmac->kind == COX_VRRP_VMAC_MACVLAN) {
        cox_keyword_line(writer, "use_vmac%s%s%s", blank, name, memcmp(mac, none, 6) == 0 ? "" : written);
    } else if (vmac->kind == COX_VRRP_VMAC_IPVLAN) {
        bool has_address = vmac->ipvlan_address.family != COX_IP_NONE;

        cox_keyword_line(writer, "use_ipvlan%s%s%s%s%s", blank, name, has_address ? " " : "", has_address ? cox_ip_format(&vmac->ipvlan_address, text) : "",
                         vmac->ipvlan_mode == COX_VRRP_IPVLAN_BRIDGE ? "" : (vmac->ipvlan_mode == COX_VRRP_IPVLAN_PRIVATE) ? " private" : " vepa");
    }
}

static void
write_peers(struct cox_keyword_writer *writer, const struct cox_vrrp_instance *router)
{
    char text[COX_IP_TEXT_SIZE];

    if (router->n_peers == 0) {
        return;
    }
    cox_keyword_open(writer, "unicast_peer");
    for (size_t i = 0; i < router->n_peers; i++) {
        const struct cox_vrrp_peer *peer = &router->peers[i];
        g_autofree char *min = (peer->min_ttl == 0) ? g_strdup("") : g_strdup_printf(" min_ttl %u", peer->min_ttl);
        g_autofree char *max = (peer->max_ttl == 0) ? g_strdup("") : g_strdup_printf(" max_ttl %u", peer->max_ttl);

        cox_keyword_line(writer, "%s%s%s", cox_ip_format(&peer->ip, text), min, max);
    }
    cox_keyword_close(writer);
}

static void
write_auth(struct cox_keyword_writer *writer, const struct cox_vrrp_auth *auth)
{
    bool is_pass = auth->kind == COX_VRRP_AUTH_PASS;

    if (auth->n_keys == 0 || (!is_pass && auth->kind != COX_VRRP_AUTH_HASH)) {
        return;
    }
    cox_keyword_open(writer, "authentication");
    cox_keyword_line(writer, "auth_type %s", is_pass ? "PASS" : "HASH");
    for (size_t i = 0; i < auth->n_keys; i++) {
        g_autofree char *secret = cox_keyword_quote(auth->keys[i].secret);

        if (is_pass) {
            cox_keyword_line(writer, "auth_pass %s", secret);
        } else {
            cox_keyword_line(writer, "auth_key %u %s", auth->keys[i].id, secret);
        }
    }
    cox_keyword_close(writer);
}

static void
write_router(struct cox_keyword_writer *writer, const struct cox_vrrp_instance *router)
{
    struct cox_vrrp_instance usual;
    g_autofree char *name = cox_keyword_quote(router->name);
    g_autofree char *extra = cox_keyword_seconds(router->garp.extra_if);

    cox_vrrp_instance_defaults(&usual, router->family);
    usual.answers_higher = router->is_strict ? router->answers_higher : !router->answers_higher; /* keepalived has it off */
    usual.version = 0; /* what follows is always said */
    usual.priority = 0;
    usual.advert = 0;
    cox_keyword_open(writer, "vrrp_instance %s", name);
    if (router->authority == COX_VRRP_AUTHORITY_CLUSTER) {
        cox_keyword_line(writer, "authority cluster");
    }
    cox_keyword_line(writer, "state %s", router->is_master_first ? "MASTER" : "BACKUP");
    rows(writer, "vrrp_instance", router, &usual);
    write_vmac(writer, &router->vmac);
    write_auth(writer, &router->auth);
    write_peers(writer, router);
    if (router->is_strict || !router->is_accepting) {
        cox_keyword_line(writer, router->is_accepting ? "accept" : "no_accept");
    }
    if (router->checksum != COX_VRRP_CHECKSUM_AUTO) {
        cox_keyword_line(writer, "old_unicast_checksum%s", router->checksum == COX_VRRP_CHECKSUM_NEW ? " never" : "");
    }
    if (router->garp.extra_if > 0) {
        cox_keyword_line(writer, "garp_extra_if %s%s", router->garp.has_extra_all ? "all " : "", extra);
    }
    write_tracks(writer, router->tracks, router->n_tracks);
    write_addresses(writer, "virtual_ipaddress", router->items.addresses, router->items.n_addresses);
    write_addresses(writer, "virtual_ipaddress_excluded", router->excluded, router->n_excluded);
    write_routes(writer, "virtual_routes", "virtual_rules", &router->items);
    write_notify(writer, &router->notify);
    cox_keyword_close(writer);
}

static void
write_group(struct cox_keyword_writer *writer, const struct cox_vrrp_group *group)
{
    static const struct cox_vrrp_group usual = { .name = NULL };
    g_autofree char *name = cox_keyword_quote(group->name);

    cox_keyword_open(writer, "vrrp_sync_group %s", name);
    write_names(writer, "group", group->members, group->n_members);
    rows(writer, "vrrp_sync_group", group, &usual);
    write_tracks(writer, group->tracks, group->n_tracks);
    write_notify(writer, &group->notify);
    cox_keyword_close(writer);
}

/* ---- interfaces ------------------------------------------------------------------------------------------- */

static void
write_interfaces(struct cox_keyword_writer *writer, const struct cox_vrrp_set *set)
{
    static const char *const ways[] = { "", "", " MII", " ETHTOOL", " IOCTL" };
    static const struct cox_vrrp_pace none = { .arp = 0 };

    if (set->n_linkbeats > 0) {
        cox_keyword_open(writer, "linkbeat_interfaces");
        for (size_t i = 0; i < set->n_linkbeats; i++) {
            g_autofree char *name = cox_keyword_quote(set->linkbeats[i].interface);

            cox_keyword_line(writer, "%s%s", name, ways[set->linkbeats[i].how]);
        }
        cox_keyword_close(writer);
    }
    if (set->n_debounces > 0) {
        cox_keyword_open(writer, "interface_up_down_delays");
        for (size_t i = 0; i < set->n_debounces; i++) {
            g_autofree char *name = cox_keyword_quote(set->debounces[i].interface);
            g_autofree char *down = cox_keyword_seconds(set->debounces[i].down);
            g_autofree char *up = cox_keyword_seconds(set->debounces[i].up);

            cox_keyword_line(writer, "%s %s %s", name, down, up);
        }
        cox_keyword_close(writer);
    }
    for (size_t i = 0; i < set->n_paces; i++) {
        if (set->paces[i].n_interfaces > 0) {
            cox_keyword_open(writer, "garp_group");
            rows(writer, "garp_group", &set->paces[i], &none);
            if (set->paces[i].n_interfaces == 1) {
                g_autofree char *name = cox_keyword_quote(set->paces[i].interfaces[0]);

                cox_keyword_line(writer, "interface %s", name);
            } else {
                write_names(writer, "interfaces", set->paces[i].interfaces, set->paces[i].n_interfaces);
            }
            cox_keyword_close(writer);
        }
    }
}

void
cox_vrrp_set_write(const struct cox_vrrp_set *set, GString *out)
{
    struct cox_keyword_writer writer = { .out = out };

    write_global(&writer, set);
    write_interfaces(&writer, set);
    for (size_t i = 0; i < set->n_track_groups; i++) {
        g_autofree char *name = cox_keyword_quote(set->track_groups[i].name);

        cox_keyword_open(&writer, "track_group %s", name);
        write_names(&writer, "group", set->track_groups[i].members, set->track_groups[i].n_members);
        cox_keyword_close(&writer);
    }
    write_addresses(&writer, "static_ipaddress", set->statics.addresses, set->statics.n_addresses);
    write_routes(&writer, "static_routes", "static_rules", &set->statics);
    write_followed(&writer, set);
    for (size_t i = 0; i < set->n_groups; i++) {
        write_group(&writer, &set->groups[i]);
    }
    for (size_t i = 0; i < set->n_instances; i++) {
        write_router(&writer, &set->instances[i]);
    }
}
