/* lib/admin/ring.c - corosync.conf: read, nodes added and taken away, written again.  Layer 4. */
#include "admin/ring.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/error.h"
#include "base/nearest.h"

enum { NAME_MOST = 63, CLUSTER_MOST = 32, LINKS_MOST = 8, TOKEN_LEAST_MS = 300, TOKEN_MOST_MS = 300000, DEPTH_MOST = 8, VOTES_MOST = 1000000 };

/* A line of the file: a setting, a section, or (no key) a comment or an empty line. */
struct item {
    char *key, *value;
    GPtrArray *items; /* of a section */
};

struct cox_ring {
    struct item *top;
};

static const char template[] = "totem {\n  version: 2\n  cluster_name: %s\n  transport: knet\n  crypto_cipher: aes256\n  crypto_hash: sha256\n"
                               "  token: %u\n}\nnodelist {\n}\nquorum {\n  provider: corosync_votequorum\n}\n"
                               "logging {\n  to_logfile: yes\n  logfile: /var/log/corosync/corosync.log\n  to_syslog: yes\n  timestamp: on\n}\n";

/* ---- items ------------------------------------------------------------------------------------------------ */

static void
item_free(gpointer data)
{
    struct item *item = data;

    g_free(item->key);
    g_free(item->value);
    g_clear_pointer(&item->items, g_ptr_array_unref);
    g_free(item);
}

static struct item *
item_new(const char *key, const char *value)
{
    struct item *item = g_new0(struct item, 1);

    item->key = g_strdup(key);
    item->value = g_strdup(value);
    if (value == NULL) {
        item->items = g_ptr_array_new_with_free_func(item_free);
    }
    return item;
}

static struct item *
find(const struct item *section, const char *key)
{
    for (guint i = 0; section != NULL && i < section->items->len; i++) {
        struct item *item = section->items->pdata[i];

        if (g_strcmp0(item->key, key) == 0) {
            return item;
        }
    }
    return NULL;
}

static const char *
value_of(const struct item *section, const char *key)
{
    const struct item *item = find(section, key);

    return item == NULL ? NULL : item->value;
}

static struct item *
section_of(struct item *parent, const char *key)
{
    struct item *found = find(parent, key);

    if (found == NULL || found->items == NULL) {
        found = item_new(key, NULL);
        g_ptr_array_add(parent->items, found);
    }
    return found;
}

static void
set(struct item *section, const char *key, const char *value)
{
    struct item *item = find(section, key);

    if (value == NULL) {
        if (item != NULL) {
            g_ptr_array_remove(section->items, item);
        }
    } else if (item == NULL) {
        g_ptr_array_add(section->items, item_new(key, value));
    } else {
        g_free(item->value);
        item->value = g_strdup(value);
    }
}

/* ---- reading and writing ---------------------------------------------------------------------------------- */

/* One line into the section on top of @open. */
static bool
take_line(GPtrArray *open, char *line, guint number, GError **error)
{
    struct item *section = open->pdata[open->len - 1];
    char *colon = strchr(line, ':');
    gsize length = strlen(line);

    if (length == 0 || line[0] == '#') {
        g_ptr_array_add(section->items, item_new(NULL, line));
    } else if (strcmp(line, "}") == 0 && open->len > 1) {
        g_ptr_array_set_size(open, (gint) open->len - 1);
    } else if (line[length - 1] == '{' && length > 1 && open->len < DEPTH_MOST) {
        line[length - 1] = '\0';
        g_ptr_array_add(section->items, item_new(g_strchomp(line), NULL));
        g_ptr_array_add(open, section->items->pdata[section->items->len - 1]);
    } else if (colon != NULL && colon != line) {
        *colon = '\0';
        g_ptr_array_add(section->items, item_new(g_strchomp(line), g_strchug(colon + 1)));
    } else {
        g_set_error(error, COX_ERROR, COX_ERROR_SYNTAX, "corosync.conf line %u: '%s' is neither 'NAME: VALUE' nor 'SECTION {' nor '}'", number, line);
        return false;
    }
    return true;
}

static bool
check_nodes(const struct cox_ring *ring, GError **error)
{
    const struct item *list = find(ring->top, "nodelist");

    for (guint i = 0; list != NULL && list->items != NULL && i < list->items->len; i++) {
        const struct item *node = list->items->pdata[i];
        guint64 id = 0;

        if (g_strcmp0(node->key, "node") != 0 || node->items == NULL) {
            continue;
        }
        if (value_of(node, "name") == NULL || value_of(node, "ring0_addr") == NULL || value_of(node, "nodeid") == NULL
            || !g_ascii_string_to_unsigned(value_of(node, "nodeid"), 10, 1, G_MAXUINT32, &id, NULL)) {
            g_set_error(error, COX_ERROR, COX_ERROR_NOT_CONFIGURED, "corosync.conf: node '%s' needs name, ring0_addr and nodeid: give it all three",
                        value_of(node, "name") != NULL ? value_of(node, "name") : "without a name");
            return false;
        }
    }
    return true;
}

struct cox_ring *
cox_ring_parse(const char *text, GError **error)
{
    g_autoptr(cox_ring) ring = g_new0(struct cox_ring, 1);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    g_autoptr(GPtrArray) open = g_ptr_array_new();
    guint n = g_strv_length(lines);

    ring->top = item_new(NULL, NULL);
    g_ptr_array_add(open, ring->top);
    if (n > 0 && lines[n - 1][0] == '\0') {
        n--; /* behind the last line's end */
    }
    for (guint i = 0; i < n; i++) {
        if (!take_line(open, g_strstrip(lines[i]), i + 1, error)) {
            return NULL;
        }
    }
    if (open->len > 1) {
        g_set_error(error, COX_ERROR, COX_ERROR_SYNTAX, "corosync.conf: section '%s' has no end: '}' is missing", ((struct item *) open->pdata[open->len - 1])->key);
        return NULL;
    }
    return check_nodes(ring, error) ? g_steal_pointer(&ring) : NULL;
}

static void
write_items(const GPtrArray *items, guint depth, GString *text)
{
    for (guint i = 0; i < items->len; i++) {
        const struct item *item = items->pdata[i];

        if (item->key == NULL && item->value[0] == '\0') {
            g_string_append_c(text, '\n');
            continue;
        }
        g_string_append_printf(text, "%*s", (int) (2 * depth), "");
        if (item->items != NULL) {
            g_string_append_printf(text, "%s {\n", item->key);
            write_items(item->items, depth + 1, text);
            g_string_append_printf(text, "%*s}\n", (int) (2 * depth), "");
        } else if (item->key == NULL) {
            g_string_append_printf(text, "%s\n", item->value);
        } else {
            g_string_append_printf(text, "%s: %s\n", item->key, item->value);
        }
    }
}

char *
cox_ring_text(const struct cox_ring *ring)
{
    g_autoptr(GString) text = g_string_new(NULL);

    write_items(ring->top->items, 0, text);
    return g_strdup(text->str);
}

void
cox_ring_free(struct cox_ring *ring)
{
    if (ring != NULL) {
        g_clear_pointer(&ring->top, item_free);
        g_free(ring);
    }
}

const char *
cox_ring_get(const struct cox_ring *ring, const char *path)
{
    g_auto(GStrv) words = g_strsplit(path, ".", -1);
    const struct item *at = ring->top;

    for (guint i = 0; words[i] != NULL && at != NULL; i++) {
        at = at->items == NULL ? NULL : find(at, words[i]);
    }
    return at == NULL ? NULL : at->value;
}

static bool
is_used(const struct cox_ring *ring, const char *path, bool is_implied)
{
    const char *value = cox_ring_get(ring, path);

    return value == NULL ? is_implied : strcmp(value, "none") != 0;
}

bool
cox_ring_is_secured(const struct cox_ring *ring)
{
    bool is_implied = g_strcmp0(cox_ring_get(ring, "totem.secauth"), "on") == 0;

    return is_used(ring, "totem.crypto_cipher", is_implied) || is_used(ring, "totem.crypto_hash", is_implied);
}

/* ---- nodes ------------------------------------------------------------------------------------------------ */

static struct item *
node_at(const struct cox_ring *ring, guint index)
{
    const struct item *list = find(ring->top, "nodelist");

    for (guint i = 0; list != NULL && list->items != NULL && i < list->items->len; i++) {
        struct item *node = list->items->pdata[i];

        if (g_strcmp0(node->key, "node") == 0 && node->items != NULL && index-- == 0) {
            return node;
        }
    }
    return NULL;
}

bool
cox_ring_node(const struct cox_ring *ring, guint index, struct cox_ring_node *node)
{
    const struct item *item = node_at(ring, index);

    if (item == NULL) {
        return false;
    }
    *node = (struct cox_ring_node) { .id = (guint32) g_ascii_strtoull(value_of(item, "nodeid"), NULL, 10),
                                     .name = value_of(item, "name"), .address = value_of(item, "ring0_addr") };
    return true;
}

/* Letters, digits, and some of @more, which neither begin nor end it. */
static bool
is_word(const char *text, gsize most, const char *more)
{
    gsize length = strlen(text);

    for (gsize i = 0; i < length; i++) {
        if (!g_ascii_isalnum(text[i]) && (i == 0 || i == length - 1 || strchr(more, text[i]) == NULL)) {
            return false;
        }
    }
    return length > 0 && length <= most;
}

static bool
is_address(const char *text)
{
    unsigned char bytes[sizeof(struct in6_addr)];

    if (inet_pton(AF_INET, text, bytes) == 1 || inet_pton(AF_INET6, text, bytes) == 1) {
        return true;
    }
    /* Digits and dots only are a mistyped address and no name. */
    return is_word(text, 253, "-.") && strspn(text, "0123456789.") != strlen(text);
}

struct cox_ring *
cox_ring_new(const char *cluster, guint token_ms, GError **error)
{
    g_autofree char *text = NULL;

    if (!is_word(cluster, CLUSTER_MOST, "-_.")) {
        g_set_error(error, COX_ERROR, COX_ERROR_USAGE, "name of the cluster '%s': take letters, digits, '-', '_', '.', at most %d", cluster, CLUSTER_MOST);
        return NULL;
    }
    if (token_ms < TOKEN_LEAST_MS || token_ms > TOKEN_MOST_MS) {
        g_set_error(error, COX_ERROR, COX_ERROR_USAGE, "token of %u ms: take %d to %d", token_ms, TOKEN_LEAST_MS, TOKEN_MOST_MS);
        return NULL;
    }
    text = g_strdup_printf(template, cluster, token_ms);
    return cox_ring_parse(text, error);
}

static guint
count(const struct cox_ring *ring)
{
    guint n = 0;

    while (node_at(ring, n) != NULL) {
        n++;
    }
    return n;
}

bool
cox_ring_has_quorum(const struct cox_ring *ring, guint n_running)
{
    bool is_two_node = g_strcmp0(cox_ring_get(ring, "quorum.two_node"), "1") == 0;

    return n_running * 2 > count(ring) || (is_two_node && n_running == 1);
}

bool
cox_ring_is_host(const char *name, const char *hostname)
{
    gsize name_short = strcspn(name, "."), host_short = strcspn(hostname, ".");
    bool is_one_short = name[name_short] == '\0' || hostname[host_short] == '\0';

    return g_ascii_strcasecmp(name, hostname) == 0
           || (is_one_short && name_short == host_short && name_short > 0 && g_ascii_strncasecmp(name, hostname, name_short) == 0);
}

/* Two nodes keep quorum alone, one of them at a time by fencing; with a quorum device votes are counted as they are. */
static void
fit_two_node(struct cox_ring *ring)
{
    struct item *quorum = section_of(ring->top, "quorum");
    bool has_device = find(quorum, "device") != NULL;

    set(quorum, "two_node", count(ring) == 2 && !has_device ? "1" : NULL);
}

/* What is set by hand counts for corosync, not the list of nodes.  @votes: NULL for one; false: nothing was changed */
static bool
fit_expected_votes(struct cox_ring *ring, const char *votes, bool is_more, GError **error)
{
    struct item *quorum = find(ring->top, "quorum");
    const char *expected = quorum == NULL || quorum->items == NULL ? NULL : value_of(quorum, "expected_votes");
    guint64 all = 0, own = 1;
    g_autofree char *text = NULL;

    if (expected == NULL) {
        return true;
    }
    if (!g_ascii_string_to_unsigned(expected, 10, 1, VOTES_MOST, &all, NULL)
        || (votes != NULL && !g_ascii_string_to_unsigned(votes, 10, 0, VOTES_MOST, &own, NULL))) {
        g_set_error(error, COX_ERROR, COX_ERROR_SYNTAX, "corosync.conf: expected_votes '%s' or quorum_votes '%s' is no number of votes: mend it first", expected,
                    votes == NULL ? "1" : votes);
        return false;
    }
    text = g_strdup_printf("%" G_GUINT64_FORMAT, is_more ? all + own : all > own ? all - own : 1);
    set(quorum, "expected_votes", text);
    return true;
}

/* Does a node have this name, or one of these addresses? */
static bool
check_free(const struct cox_ring *ring, const char *name, char **addresses, GError **error)
{
    const struct item *node = NULL;

    for (guint i = 0; (node = node_at(ring, i)) != NULL; i++) {
        if (strcmp(value_of(node, "name"), name) == 0) {
            g_set_error(error, COX_ERROR, COX_ERROR_EXISTS, "node '%s' is in the cluster already", name);
            return false;
        }
        for (guint k = 0; k < node->items->len; k++) {
            const struct item *item = node->items->pdata[k];

            if (item->key != NULL && g_str_has_suffix(item->key, "_addr") && g_strv_contains((const char *const *) addresses, item->value)) {
                g_set_error(error, COX_ERROR, COX_ERROR_EXISTS, "address '%s' of node '%s' is that of node '%s' already", item->value, name,
                            value_of(node, "name"));
                return false;
            }
        }
    }
    return true;
}

static guint
links_of(const struct item *node)
{
    guint n = 0;

    for (guint i = 0; i < node->items->len; i++) {
        const struct item *item = node->items->pdata[i];

        n += item->key != NULL && g_str_has_prefix(item->key, "ring") && g_str_has_suffix(item->key, "_addr") ? 1 : 0;
    }
    return n;
}

/* Are these addresses for a node's links? */
static bool
check_addresses(const struct cox_ring *ring, const char *word, char **addresses, GError **error)
{
    guint n = g_strv_length(addresses);
    const struct item *first = node_at(ring, 0);

    for (guint i = 0; i < n; i++) {
        if (!is_address(addresses[i])) {
            g_set_error(error, COX_ERROR, COX_ERROR_USAGE, "node '%s': '%s' is neither an IP address nor a host name", word, addresses[i]);
            return false;
        }
        for (guint k = 0; k < i; k++) {
            if (strcmp(addresses[i], addresses[k]) == 0) {
                g_set_error(error, COX_ERROR, COX_ERROR_USAGE, "node '%s': address '%s' is there twice", word, addresses[i]);
                return false;
            }
        }
    }
    if (n > LINKS_MOST || (first != NULL && links_of(first) != n)) {
        g_set_error(error, COX_ERROR, COX_ERROR_USAGE, "node '%s': %u addresses, but %u links: give one for each, at most %d", word, n,
                    first == NULL ? LINKS_MOST : links_of(first), LINKS_MOST);
        return false;
    }
    return true;
}

bool
cox_ring_add(struct cox_ring *ring, const char *word, GError **error)
{
    g_auto(GStrv) parts = g_strsplit(word, "=", 2);
    g_auto(GStrv) addresses = g_strsplit(parts[0] != NULL && parts[1] != NULL ? parts[1] : word, ",", -1);
    struct item *node = NULL;
    guint32 id = 1;

    if (parts[0] == NULL || !is_word(parts[0], NAME_MOST, "-.")) {
        g_set_error(error, COX_ERROR, COX_ERROR_USAGE, "node '%s': the name has letters, digits, '-' and '.', at most %d", word, NAME_MOST);
        return false;
    }
    if (addresses[0] == NULL) {
        g_set_error(error, COX_ERROR, COX_ERROR_USAGE, "node '%s': there is no address behind '='", word);
        return false;
    }
    if (!check_addresses(ring, word, addresses, error) || !check_free(ring, parts[0], addresses, error)
        || !fit_expected_votes(ring, NULL, true, error)) {
        return false;
    }
    for (guint i = 0; node_at(ring, i) != NULL; i++) {
        id = MAX(id, (guint32) g_ascii_strtoull(value_of(node_at(ring, i), "nodeid"), NULL, 10) + 1);
    }
    node = item_new("node", NULL);
    for (guint i = 0; addresses[i] != NULL; i++) {
        g_autofree char *key = g_strdup_printf("ring%u_addr", i);

        set(node, key, addresses[i]);
    }
    set(node, "name", parts[0]);
    {
        g_autofree char *number = g_strdup_printf("%u", id);

        set(node, "nodeid", number);
    }
    g_ptr_array_add(section_of(ring->top, "nodelist")->items, node);
    fit_two_node(ring);
    return true;
}

bool
cox_ring_remove(struct cox_ring *ring, const char *name, GError **error)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    struct item *node = NULL;
    g_autofree char *hint = NULL;

    for (guint i = 0; (node = node_at(ring, i)) != NULL; i++) {
        if (strcmp(value_of(node, "name"), name) == 0) {
            break;
        }
        g_ptr_array_add(names, (gpointer) (guintptr) value_of(node, "name"));
    }
    if (node == NULL) {
        hint = cox_nearest_hint(name, (const char *const *) names->pdata, names->len);
        g_set_error(error, COX_ERROR, COX_ERROR_NOT_FOUND, "node '%s' is not in the cluster%s", name, hint);
        return false;
    }
    if (count(ring) == 1) {
        g_set_error(error, COX_ERROR, COX_ERROR_USAGE, "node '%s' is the last one: cox cluster destroy", name);
        return false;
    }
    if (!fit_expected_votes(ring, value_of(node, "quorum_votes"), false, error)) {
        return false;
    }
    g_ptr_array_remove(find(ring->top, "nodelist")->items, node);
    fit_two_node(ring);
    return true;
}
