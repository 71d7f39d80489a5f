/* daemons/lvsd/lvsd_owned.c - what of the kernel's is ours, kept in a file for the next life.  Layer 6. */
#include "daemons/lvsd/lvsd_owned.h"

#include <string.h>
#include <unistd.h>

struct cox_lvsd_owned {
    char *path;
    char *written;                 /* what stands in the file; NULL: there is none */
    struct cox_lvs_table *before;
    gint sync[COX_LVS_ROLE_MASTER + 1];
    bool has_expiry;
};

#define EXPIRY_LINE "setting expire_nodest_conn 0"

static const struct {
    const char *name;
    guint8 number;
} protocols[] = { { "tcp", COX_LVS_PROTOCOL_TCP }, { "udp", COX_LVS_PROTOCOL_UDP }, { "sctp", COX_LVS_PROTOCOL_SCTP } };

static const char *
role_name(enum cox_lvs_role role)
{
    return role == COX_LVS_ROLE_MASTER ? "master" : "backup";
}

/* ---- lines ---- */

static void
put_key(GString *out, const struct cox_lvs_key *key)
{
    char text[COX_IP_TEXT_SIZE];

    if (key->mark != 0) {
        g_string_append_printf(out, "fwmark %u %s\n", key->mark, key->family == COX_IP_V6 ? "inet6" : "inet");
        return;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(protocols); i++) {
        if (protocols[i].number == key->protocol) {
            g_string_append_printf(out, "%s %s %u\n", protocols[i].name, cox_ip_format(&key->address, text), key->port);
        }
    }
}

static bool
take_key(char *const *words, struct cox_lvs_key *key)
{
    guint64 number = 0;

    if (strcmp(words[0], "fwmark") == 0) {
        if (!g_ascii_string_to_unsigned(words[1], 10, 1, G_MAXUINT32, &number, NULL)) {
            return false;
        }
        key->mark = (guint32) number;
        key->family = strcmp(words[2], "inet6") == 0 ? COX_IP_V6 : COX_IP_V4;
        return true;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(protocols); i++) {
        key->protocol = strcmp(words[0], protocols[i].name) == 0 ? protocols[i].number : key->protocol;
    }
    if (key->protocol == 0 || !cox_ip_parse(words[1], &key->address) || !g_ascii_string_to_unsigned(words[2], 10, 0, 65535, &number, NULL)) {
        return false;
    }
    key->family = key->address.family;
    key->port = (guint16) number;
    return true;
}

static void
take_sync(struct cox_lvsd_owned *owned, char *const *words)
{
    for (guint role = COX_LVS_ROLE_BACKUP; role <= COX_LVS_ROLE_MASTER; role++) {
        guint64 number = 0;

        if (strcmp(words[1], role_name((enum cox_lvs_role) role)) == 0 && g_ascii_string_to_unsigned(words[2], 10, 0, 255, &number, NULL)) {
            owned->sync[role] = (gint) number;
        }
    }
}

static void
take_line(struct cox_lvsd_owned *owned, const char *line)
{
    g_auto(GStrv) words = g_strsplit(line, " ", 0);
    struct cox_lvs_vs vs = { 0 };

    if (g_strv_length(words) != 3) {
        return;
    }
    if (strcmp(line, EXPIRY_LINE) == 0) {
        owned->has_expiry = true;
    } else if (strcmp(words[0], "sync") == 0) {
        take_sync(owned, words);
    } else if (take_key(words, &vs.key)) {
        cox_lvs_table_add_vs(owned->before, &vs);
    }
}

/* ---- the whole ---- */

struct cox_lvsd_owned *
cox_lvsd_owned_new(const char *directory)
{
    struct cox_lvsd_owned *owned = g_new0(struct cox_lvsd_owned, 1);
    g_auto(GStrv) lines = NULL;

    owned->path = g_build_filename(directory, "lvs.owned", NULL);
    owned->before = cox_lvs_table_new();
    owned->sync[COX_LVS_ROLE_BACKUP] = owned->sync[COX_LVS_ROLE_MASTER] = -1;
    if (g_file_get_contents(owned->path, &owned->written, NULL, NULL)) {
        lines = g_strsplit(owned->written, "\n", 0);
        for (size_t i = 0; lines[i] != NULL; i++) {
            take_line(owned, lines[i]);
        }
    }
    return owned;
}

void
cox_lvsd_owned_free(struct cox_lvsd_owned *owned)
{
    if (owned != NULL) {
        cox_lvs_table_free(owned->before);
        g_free(owned->written);
        g_free(owned->path);
        g_free(owned);
    }
}

const struct cox_lvs_table *
cox_lvsd_owned_before(const struct cox_lvsd_owned *owned)
{
    return owned->before;
}

void
cox_lvsd_owned_forget(struct cox_lvsd_owned *owned)
{
    cox_lvs_table_free(owned->before);
    owned->before = cox_lvs_table_new();
}

gint
cox_lvsd_owned_sync(const struct cox_lvsd_owned *owned, enum cox_lvs_role role)
{
    return owned->sync[role];
}

void
cox_lvsd_owned_set_sync(struct cox_lvsd_owned *owned, enum cox_lvs_role role, gint number)
{
    owned->sync[role] = number;
}

bool
cox_lvsd_owned_has_expiry(const struct cox_lvsd_owned *owned)
{
    return owned->has_expiry;
}

void
cox_lvsd_owned_set_expiry(struct cox_lvsd_owned *owned, bool has_expiry)
{
    owned->has_expiry = has_expiry;
}

static void
put_table(GString *out, const struct cox_lvs_table *table)
{
    for (size_t i = 0; table != NULL && i < cox_lvs_table_count(table); i++) {
        put_key(out, &cox_lvs_table_vs(table, i)->key);
    }
}

bool
cox_lvsd_owned_write(struct cox_lvsd_owned *owned, const struct cox_lvs_table *table, GError **error)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (guint role = COX_LVS_ROLE_BACKUP; role <= COX_LVS_ROLE_MASTER; role++) {
        if (owned->sync[role] >= 0) {
            g_string_append_printf(text, "sync %s %d\n", role_name((enum cox_lvs_role) role), owned->sync[role]);
        }
    }
    if (owned->has_expiry) {
        g_string_append(text, EXPIRY_LINE "\n");
    }
    put_table(text, owned->before);
    put_table(text, table);
    if (g_strcmp0(text->str, owned->written == NULL ? "" : owned->written) == 0) {
        return true;
    }
    if (!g_file_set_contents_full(owned->path, text->str, (gssize) text->len, G_FILE_SET_CONTENTS_CONSISTENT, 0600, error)) {
        return false;
    }
    g_free(owned->written);
    owned->written = g_strdup(text->str);
    return true;
}

void
cox_lvsd_owned_remove(struct cox_lvsd_owned *owned)
{
    (void) unlink(owned->path);
    g_clear_pointer(&owned->written, g_free);
}
