/* lib/vrrp/keepalivedtake.c - keywords of keepalived.conf that are more than a value.  Layer 3, pure. */
#include "vrrp/keepalived_priv.h"

#include <string.h>

#include "base/error.h"

#define FIELD(type) ((type *) (void *) ((char *) target + row->offset))

void
cox_vrrpk_nothing(struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *target)
{
    (void) reader;
    (void) row;
    (void) block;
    (void) target;
}

/* ---- programs --------------------------------------------------------------------------------------------- */

static const char *const *
argv_of(struct cox_keyword_reader *reader, char *const *words, guint n)
{
    const char **argv = cox_arena_new_array(reader->arena, const char *, n + 1);

    for (guint i = 0; i < n; i++) {
        argv[i] = cox_arena_intern(reader->arena, words[i]);
    }
    return argv;
}

/* The words of the statement; NULL: said why. */
static char **
words_of(struct cox_keyword_reader *reader, const struct cox_block *block, guint *n)
{
    char **words = cox_block_split(block->rest, n);

    if (words == NULL) {
        cox_block_say(reader->diags, COX_SEVERITY_ERROR, block, 0, "close the quotes", "a quote of '%s' is not closed", cox_block_keyword(block));
    } else if (*n == 0) {
        cox_keyword_refuse(reader, block, 1, "name a program");
        g_clear_pointer(&words, g_strfreev);
    }
    return words;
}

/* COMMAND [USER [GROUP]]: a command with arguments is in quotes. */
void
cox_vrrpk_command(struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *target)
{
    struct cox_vrrp_command *command = FIELD(struct cox_vrrp_command);
    guint n = 0, n_args = 0;
    g_auto(GStrv) words = words_of(reader, block, &n);
    g_auto(GStrv) args = (words == NULL) ? NULL : cox_block_split(words[0], &n_args);

    if (words == NULL) {
        return;
    }
    if (args == NULL || n_args == 0 || n > 3) {
        cox_block_say(reader->diags, COX_SEVERITY_ERROR, block, 1, "write: COMMAND [USER [GROUP]], and a command with arguments in quotes",
                      "'%s' of '%s' is no command", block->rest, row->name);
        return;
    }
    command->argv = argv_of(reader, args, n_args);
    command->user = (n > 1) ? cox_arena_intern(reader->arena, words[1]) : NULL;
    command->group = (n > 2) ? cox_arena_intern(reader->arena, words[2]) : NULL;
}

/* COMMAND ARGUMENT...: all words are its. */
void
cox_vrrpk_program(struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *target)
{
    struct cox_vrrp_command *command = FIELD(struct cox_vrrp_command);
    guint n = 0, n_args = 0;
    g_auto(GStrv) words = words_of(reader, block, &n);
    g_auto(GStrv) args = (words == NULL || n > 1) ? NULL : cox_block_split(words[0], &n_args);

    if (words == NULL) {
        return;
    }
    if (n > 1 || (args != NULL && n_args > 0)) {
        command->argv = (n > 1) ? argv_of(reader, words, n) : argv_of(reader, args, n_args);
        return;
    }
    cox_block_say(reader->diags, COX_SEVERITY_ERROR, block, 1, "close its quotes", "'%s' of '%s' is no command", block->rest, row->name);
}

static void
user_and_group(struct cox_keyword_reader *reader, const struct cox_block *block, guint i, const char **user, const char **group)
{
    *user = cox_keyword_text(reader, block, i);
    *group = (block->n_words > i + 1) ? cox_keyword_text(reader, block, i + 1) : NULL;
}

void
cox_vrrpk_user(struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *target)
{
    struct cox_vrrp_command *command = FIELD(struct cox_vrrp_command);

    user_and_group(reader, block, 1, &command->user, &command->group);
}

void
cox_vrrpk_script_user(struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *target)
{
    struct cox_vrrpk_global *global = target;

    (void) row;
    user_and_group(reader, block, 1, &global->own.script_user, &global->own.script_group);
}

void
cox_vrrpk_fifo(struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *target)
{
    struct cox_vrrp_fifo *fifo = FIELD(struct cox_vrrp_fifo);

    fifo->path = cox_keyword_text(reader, block, 1);
    if (block->n_words > 2) {
        user_and_group(reader, block, 2, &fifo->user, &fifo->group);
    }
}

static void
deleted(struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *target,
        struct cox_vrrp_notify *notify)
{
    notify->has_deleted = true;
    if (block->n_words > 1) {
        cox_vrrpk_command(reader, row, block, target);
    }
}

void
cox_vrrpk_deleted(struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *target)
{
    deleted(reader, row, block, target, &((struct cox_vrrp_instance *) target)->notify);
}

void
cox_vrrpk_group_deleted(struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *target)
{
    deleted(reader, row, block, target, &((struct cox_vrrp_group *) target)->notify);
}

/* ---- global_defs ------------------------------------------------------------------------------------------ */

void
cox_vrrpk_micros(struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *target)
{
    const gint64 bounds[] = { row->least, row->most };

    (void) cox_keyword_number(reader, block, 1, bounds, FIELD(gint64));
}

void
cox_vrrpk_cpus(struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *target)
{
    static const gint64 bounds[] = { 0, 65535 };
    struct cox_vrrp_sched *sched = &((struct cox_vrrpk_global *) target)->own.sched;
    guint *cpus = cox_arena_new_array(reader->arena, guint, block->n_words);

    (void) row;
    sched->n_cpus = 0;
    for (guint i = 1; i < block->n_words; i++) {
        gint64 cpu = 0;

        if (cox_keyword_number(reader, block, i, bounds, &cpu)) {
            cpus[sched->n_cpus++] = (guint) cpu;
        }
    }
    sched->cpus = cpus;
}

void
cox_vrrpk_mail_to(struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *target)
{
    struct cox_vrrp_mail *mail = &((struct cox_vrrpk_global *) target)->own.mail;
    g_autoptr(GPtrArray) to = g_ptr_array_new();

    (void) row;
    for (const struct cox_block *line = block->first; line != NULL; line = line->next) {
        for (guint i = 0; i < line->n_words; i++) {
            g_ptr_array_add(to, (gpointer) (guintptr) cox_arena_intern(reader->arena, line->words[i].text));
        }
    }
    mail->to = cox_arena_memdup(reader->arena, to->pdata, to->len, sizeof(char *));
    mail->n_to = to->len;
}

void
cox_vrrpk_mail_server(struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *target)
{
    static const gint64 bounds[] = { 1, 65535 };
    struct cox_vrrp_mail *mail = &((struct cox_vrrpk_global *) target)->own.mail;
    gint64 port = 25;

    (void) row;
    mail->server = cox_keyword_text(reader, block, 1);
    if (mail->server == NULL || (block->n_words > 2 && !cox_keyword_number(reader, block, 2, bounds, &port)) || port == 25) {
        return;
    }
    mail->server = (strchr(mail->server, ':') == NULL) ? cox_arena_printf(reader->arena, "%s:%d", mail->server, (int) port)
                                                       : cox_arena_printf(reader->arena, "[%s]:%d", mail->server, (int) port);
}

void
cox_vrrpk_extra_if(struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *target)
{
    static const gint64 bounds[] = { 0, 86400 * COX_USEC_PER_S };
    struct cox_vrrp_garp *garp = FIELD(struct cox_vrrp_garp);
    bool has_all = g_strcmp0(cox_block_word(block, 1), "all") == 0;

    if (cox_keyword_usec(reader, block, has_all ? 2 : 1, bounds, &garp->extra_if)) {
        garp->has_extra_all = has_all && garp->extra_if > 0;
    }
}

void
cox_vrrpk_dynamic(struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *target)
{
    struct cox_vrrp_global *own = &((struct cox_vrrpk_global *) target)->own;

    (void) row;
    own->has_dynamic_interfaces = true;
    if (block->n_words > 1) {
        own->has_changing_interfaces = strcmp(block->words[1].text, "allow_if_changes") == 0;
        if (!own->has_changing_interfaces) {
            cox_keyword_refuse(reader, block, 1, "write allow_if_changes or nothing");
        }
    }
}

void
cox_vrrpk_reload_check(struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *target)
{
    (void) row;
    ((struct cox_vrrpk_global *) target)->own.checks_before_reload = true;
    if (block->n_words > 1) {
        cox_block_say(reader->diags, COX_SEVERITY_WARNING, block, 1, "leave the name of the file out", "'%s': what is wrong is in the log",
                      block->words[1].text);
    }
}

void
cox_vrrpk_nftables(struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *target)
{
    (void) row;
    if (block->n_words > 1) {
        ((struct cox_vrrpk_global *) target)->own.nft_table = cox_keyword_text(reader, block, 1);
    }
}

void
cox_vrrpk_rx_policy(struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *target)
{
    static const gint64 bounds[] = { 1, G_MAXINT32 };
    struct cox_vrrpk_global *global = target;
    const char *word = cox_block_word(block, 1);
    gint64 bytes = 0;

    (void) row;
    if (word != NULL && (strcmp(word, "MTU") == 0 || strcmp(word, "ADVERT") == 0)) {
        global->own.receive_adverts = 1; /* times rx_factor, when all is read */
    } else if (cox_keyword_number(reader, block, 1, bounds, &bytes)) {
        global->router.receive_bytes = (guint64) bytes;
    }
}

/* NUMBER, or I{R|W|X}{USR|GRP|OTH} with "|" between them. */
void
cox_vrrpk_umask(struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *target)
{
    static const struct {
        const char *name;
        gint32 bits;
    } names[] = { { "IRUSR", 0400 }, { "IWUSR", 0200 }, { "IXUSR", 0100 }, { "IRGRP", 040 }, { "IWGRP", 020 }, { "IXGRP", 010 },
                  { "IROTH", 04 },   { "IWOTH", 02 },   { "IXOTH", 01 },   { "IRWXU", 0700 }, { "IRWXG", 070 }, { "IRWXO", 07 } };
    g_auto(GStrv) parts = g_strsplit_set(block->rest, "| \t", -1);
    gint32 mask = 0;
    char *end = NULL;

    for (guint i = 0; parts[i] != NULL; i++) {
        gint64 number = g_ascii_strtoll(parts[i], &end, 0);
        bool is_known = *parts[i] == '\0' || (*end == '\0' && number >= 0 && number <= row->most);

        mask |= is_known ? (gint32) number : 0;
        for (guint k = 0; k < G_N_ELEMENTS(names) && !is_known; k++) {
            is_known = strcmp(names[k].name, parts[i]) == 0;
            mask |= is_known ? names[k].bits : 0;
        }
        if (!is_known) {
            cox_keyword_refuse(reader, block, 1, "write a number, or names as IWGRP|IWOTH");
            return;
        }
    }
    *FIELD(gint32) = mask;
}

/* ---- vrrp_instance ---------------------------------------------------------------------------------------- */

void
cox_vrrpk_state(struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *target)
{
    const char *word = cox_block_word(block, 1);

    if (g_strcmp0(word, "MASTER") != 0 && g_strcmp0(word, "BACKUP") != 0) {
        cox_keyword_refuse(reader, block, 1, "write MASTER or BACKUP");
        return;
    }
    *FIELD(bool) = strcmp(word, "MASTER") == 0;
}

void
cox_vrrpk_authority(struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *target)
{
    const char *word = cox_block_word(block, 1);

    if (g_strcmp0(word, "cluster") != 0 && g_strcmp0(word, "vrrp") != 0) {
        cox_keyword_refuse(reader, block, 1, "write cluster or vrrp");
        return;
    }
    *FIELD(enum cox_vrrp_authority) = strcmp(word, "cluster") == 0 ? COX_VRRP_AUTHORITY_CLUSTER : COX_VRRP_AUTHORITY_VRRP;
}

void
cox_vrrpk_accept(struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *target)
{
    (void) block;
    ((struct cox_vrrpk_load *) reader->data)->has_accept = true;
    *FIELD(bool) = strcmp(row->name, "accept") == 0;
}

void
cox_vrrpk_source(struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *target)
{
    if (block->n_words < 2 || !cox_ip_parse(block->words[1].text, FIELD(struct cox_ip))) {
        cox_keyword_refuse(reader, block, 1, "write an IPv4 or IPv6 address");
    }
}

void
cox_vrrpk_checksum(struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *target)
{
    const char *word = cox_block_word(block, 1);

    (void) row;
    if (word != NULL && strcmp(word, "never") != 0) {
        cox_keyword_refuse(reader, block, 1, "write never or nothing");
        return;
    }
    ((struct cox_vrrp_instance *) target)->checksum = (word == NULL) ? COX_VRRP_CHECKSUM_OLD : COX_VRRP_CHECKSUM_NEW;
}

void
cox_vrrpk_authentication(struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *target)
{
    (void) row;
    cox_keyword_read(reader, "authentication", block, target);
}

void
cox_vrrpk_auth_type(struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *target)
{
    struct cox_vrrp_auth *auth = &((struct cox_vrrp_instance *) target)->auth;
    const char *word = cox_block_word(block, 1);

    (void) row;
    if (g_strcmp0(word, "PASS") == 0) {
        auth->kind = COX_VRRP_AUTH_PASS;
    } else if (g_strcmp0(word, "HASH") == 0) {
        auth->kind = COX_VRRP_AUTH_HASH;
    } else if (g_strcmp0(word, "AH") == 0) {
        auth->kind = COX_VRRP_AUTH_AH;
        cox_block_say(reader->diags, COX_SEVERITY_ERROR, block, 1, "write PASS, or leave the authentication out (RFC 3768 has none)",
                      "authentication with IPSec AH is not supported");
    } else {
        cox_keyword_refuse(reader, block, 1, "write PASS or HASH");
    }
}

void
cox_vrrpk_auth_pass(struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *target)
{
    struct cox_vrrp_auth *auth = &((struct cox_vrrp_instance *) target)->auth;
    const char *secret = cox_keyword_text(reader, block, 1);
    struct cox_vrrp_key *key = NULL;

    (void) row;
    if (secret == NULL) {
        return;
    }
    if (strlen(secret) > 8) {
        cox_block_say(reader->diags, COX_SEVERITY_WARNING, block, 1, "write 8 characters at most", "of the password only 8 characters count");
    }
    key = cox_arena_new_array(reader->arena, struct cox_vrrp_key, 1);
    key->secret = cox_arena_strndup(reader->arena, secret, MIN(strlen(secret), 8));
    auth->keys = key;
    auth->n_keys = 1;
}

void
cox_vrrpk_auth_key(struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *target)
{
    static const gint64 bounds[2] = { 1, 255 };
    struct cox_vrrp_auth *auth = &((struct cox_vrrp_instance *) target)->auth;
    struct cox_vrrp_key *keys;
    const char *secret;
    gint64 id;

    (void) row;
    if (!cox_keyword_number(reader, block, 1, bounds, &id) || (secret = cox_keyword_text(reader, block, 2)) == NULL) {
        return;
    }
    keys = cox_arena_new_array(reader->arena, struct cox_vrrp_key, auth->n_keys + 1);
    if (auth->n_keys > 0) {
        memcpy(keys, auth->keys, auth->n_keys * sizeof *keys);
    }
    keys[auth->n_keys].id = (guint8) id;
    keys[auth->n_keys].secret = cox_arena_strdup(reader->arena, secret);
    auth->keys = keys;
    auth->n_keys++;
}

/* XX:XX:XX:XX:XX[:XX] */
static bool
mac_of(const char *text, guint8 vrid, guint8 mac[6])
{
    g_auto(GStrv) parts = g_strsplit(text, ":", -1);
    guint n = g_strv_length(parts);
    guint8 read[6] = { 0, 0, 0, 0, 0, vrid };

    for (guint i = 0; i < n && n <= 6; i++) {
        guint64 octet = 0;

        if (!g_ascii_string_to_unsigned(parts[i], 16, 0, 255, &octet, NULL)) {
            return false;
        }
        read[i] = (guint8) octet;
    }
    if (n != 5 && n != 6) {
        return false;
    }
    memcpy(mac, read, 6);
    return true;
}

void
cox_vrrpk_use_vmac(struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *target)
{
    struct cox_vrrp_instance *instance = target;

    (void) row;
    instance->vmac.kind = COX_VRRP_VMAC_MACVLAN;
    for (guint i = 1; i < block->n_words; i++) {
        if (strchr(block->words[i].text, ':') == NULL && instance->vmac.name == NULL) {
            instance->vmac.name = cox_keyword_text(reader, block, i);
        } else if (!mac_of(block->words[i].text, instance->vrid, instance->vmac.mac)) {
            cox_keyword_refuse(reader, block, i, "write: use_vmac [NAME] [MAC]");
        }
    }
}

void
cox_vrrpk_use_ipvlan(struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *target)
{
    struct cox_vrrp_vmac *vmac = &((struct cox_vrrp_instance *) target)->vmac;

    (void) row;
    vmac->kind = COX_VRRP_VMAC_IPVLAN;
    for (guint i = 1; i < block->n_words; i++) {
        const char *word = block->words[i].text;
        struct cox_ip ip;

        if (strcmp(word, "bridge") == 0) {
            vmac->ipvlan_mode = COX_VRRP_IPVLAN_BRIDGE;
        } else if (strcmp(word, "private") == 0) {
            vmac->ipvlan_mode = COX_VRRP_IPVLAN_PRIVATE;
        } else if (strcmp(word, "vepa") == 0) {
            vmac->ipvlan_mode = COX_VRRP_IPVLAN_VEPA;
        } else if (cox_ip_parse(word, &ip)) {
            vmac->ipvlan_address = ip;
        } else if (vmac->name == NULL) {
            vmac->name = cox_keyword_text(reader, block, i);
        } else {
            cox_keyword_refuse(reader, block, i, "write: use_ipvlan [NAME] [ADDRESS] [bridge|private|vepa]");
        }
    }
}

void
cox_vrrpk_peers(struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *target)
{
    static const gint64 bounds[] = { 0, 255 };
    struct cox_vrrpk_load *load = reader->data;

    (void) row;
    for (const struct cox_block *line = block->first; line != NULL; line = line->next) {
        struct cox_vrrp_peer peer = { .min_ttl = 0 };

        if (!cox_ip_parse(cox_block_keyword(line), &peer.ip)) {
            cox_keyword_refuse(reader, line, 0, "write: ADDRESS [min_ttl N] [max_ttl N]");
            continue;
        }
        for (guint i = 1; i < line->n_words; i += 2) {
            bool is_min = strcmp(line->words[i].text, "min_ttl") == 0;
            gint64 ttl = 0;

            if (!is_min && strcmp(line->words[i].text, "max_ttl") != 0) {
                cox_keyword_refuse(reader, line, i, "write: ADDRESS [min_ttl N] [max_ttl N]");
                break;
            }
            if (cox_keyword_number(reader, line, i + 1, bounds, &ttl)) {
                *(is_min ? &peer.min_ttl : &peer.max_ttl) = (guint8) ttl;
                ((struct cox_vrrp_instance *) target)->checks_peers = true;
            }
        }
        g_array_append_val(load->peers, peer);
    }
}

/* ---- names and weights ------------------------------------------------------------------------------------ */

void
cox_vrrpk_members(struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *target)
{
    struct cox_vrrpk_load *load = reader->data;

    (void) row;
    (void) target;
    for (const struct cox_block *line = block->first; line != NULL; line = line->next) {
        for (guint i = 0; i < line->n_words; i++) {
            const char *name = cox_arena_intern(reader->arena, line->words[i].text);

            g_array_append_val(load->members, name);
        }
    }
}

/* "N [reverse]" from word @i on */
static bool
weight_at(struct cox_keyword_reader *reader, const struct cox_block *block, guint i, const gint64 bounds[2], struct cox_vrrp_weight *weight)
{
    gint64 value = 0;
    const char *word = cox_block_word(block, i + 1);

    if (!cox_keyword_number(reader, block, i, bounds, &value)) {
        return false;
    }
    weight->value = (gint32) value;
    weight->is_reversed = g_strcmp0(word, "reverse") == 0;
    if (word != NULL && !weight->is_reversed && strcmp(word, "noreverse") != 0 && strcmp(word, "no_reverse") != 0) {
        cox_keyword_refuse(reader, block, i + 1, "write reverse or nothing");
        return false;
    }
    return true;
}

void
cox_vrrpk_weight(struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *target)
{
    const gint64 bounds[] = { row->least, row->most };

    (void) weight_at(reader, block, 1, bounds, FIELD(struct cox_vrrp_weight));
}

/* The weight that a followed thing has of its own. */
static void
own_weight(const struct cox_vrrpk_load *load, struct cox_vrrp_track *track)
{
    for (guint i = 0; track->kind == COX_VRRP_TRACK_SCRIPT && i < load->scripts->len; i++) {
        const struct cox_vrrp_script *script = &g_array_index(load->scripts, struct cox_vrrp_script, i);

        track->weight = (strcmp(script->name, track->name) == 0) ? script->weight : track->weight;
    }
    for (guint i = 0; track->kind == COX_VRRP_TRACK_FILE && i < load->files->len; i++) {
        const struct cox_vrrp_file *file = &g_array_index(load->files, struct cox_vrrp_file, i);

        track->weight = (strcmp(file->name, track->name) == 0) ? file->weight : track->weight;
    }
    for (guint i = 0; track->kind == COX_VRRP_TRACK_PROCESS && i < load->processes->len; i++) {
        const struct cox_vrrp_process *process = &g_array_index(load->processes, struct cox_vrrp_process, i);

        track->weight = (strcmp(process->name, track->name) == 0) ? process->weight : track->weight;
    }
}

void
cox_vrrpk_track(struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *target)
{
    static const char *const kinds[] = { "track_interface", "track_script", "track_file", "track_process" };
    static const gint64 bounds[] = { -254, 254 };
    struct cox_vrrpk_load *load = reader->data;
    enum cox_vrrp_track_kind kind = COX_VRRP_TRACK_INTERFACE;

    (void) target;
    while (strcmp(kinds[kind], row->name) != 0) {
        kind++;
    }
    for (const struct cox_block *line = block->first; line != NULL; line = line->next) {
        struct cox_vrrp_track track = { .kind = kind, .name = cox_arena_intern(reader->arena, cox_block_keyword(line)) };

        if (line->n_words == 1) {
            own_weight(load, &track);
        } else if (strcmp(line->words[1].text, "weight") != 0) {
            cox_keyword_refuse(reader, line, 1, "write: NAME [weight N [reverse]]");
            continue;
        } else if (!weight_at(reader, line, 2, bounds, &track.weight)) {
            continue;
        }
        g_array_append_val(load->tracks, track);
    }
}

/* ---- files and processes ---------------------------------------------------------------------------------- */

void
cox_vrrpk_init_file(struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *target)
{
    static const gint64 bounds[] = { G_MININT32, G_MAXINT32 };
    struct cox_vrrp_file *file = target;

    (void) row;
    file->is_made = true;
    for (guint i = 1; i < block->n_words; i++) {
        if (strcmp(block->words[i].text, "overwrite") == 0) {
            file->is_overwritten = true;
        } else {
            (void) cox_keyword_number(reader, block, i, bounds, &file->first_value);
        }
    }
}

void
cox_vrrpk_argv(struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *target)
{
    struct cox_vrrp_process *process = target;
    guint n = 0;
    g_auto(GStrv) words = words_of(reader, block, &n);

    (void) row;
    if (words != NULL) {
        process->argv = argv_of(reader, words, n);
        process->match = (n > 1 && process->match == COX_VRRP_PARAMS_ANY) ? COX_VRRP_PARAMS_EXACT : process->match;
    }
}

void
cox_vrrpk_param_match(struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *target)
{
    const char *word = cox_block_word(block, 1);
    bool is_initial = g_strcmp0(word, "initial") == 0;

    (void) row;
    if (word != NULL && !is_initial && strcmp(word, "partial") != 0) {
        cox_keyword_refuse(reader, block, 1, "write initial or partial");
        return;
    }
    ((struct cox_vrrp_process *) target)->match = (word == NULL) ? COX_VRRP_PARAMS_EXACT
                                                  : is_initial   ? COX_VRRP_PARAMS_INITIAL : COX_VRRP_PARAMS_PARTIAL;
}

void
cox_vrrpk_process_delay(struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *target)
{
    static const gint64 bounds[] = { 0, 3600 * COX_USEC_PER_S };
    struct cox_vrrp_process *process = target;

    (void) row;
    if (cox_keyword_usec(reader, block, 1, bounds, &process->fork_delay)) {
        process->terminate_delay = process->fork_delay;
    }
}

void
cox_vrrpk_pace_interface(struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *target)
{
    struct cox_vrrpk_load *load = reader->data;
    const char *name = block->has_body ? NULL : cox_keyword_text(reader, block, 1);

    if (block->has_body) {
        cox_vrrpk_members(reader, row, block, target);
    } else if (name != NULL) {
        g_array_append_val(load->members, name);
    }
}
