/* lib/admin/lbedit.c - real servers of a virtual server that is a resource.  Layer 4. */
#include "admin/lbedit.h"

#include <string.h>

#include "admin/nvedit.h"
#include "base/error.h"
#include "base/nearest.h"
#include "conf/keyword.h"
#include "lvs/lvskeepalived.h"

/* What is changed in the parameter. */
struct edit {
    struct cox_nvedit_home home;
    const char *service;
    struct cox_lbedit_place place; /* of the server */
    struct cox_block_tree *tree;   /* of the text that is there */
    GString *text;                 /* that will be there */
};

bool
cox_lbedit_parse(const char *text, struct cox_lbedit_place *place, GError **error)
{
    const bool has_brackets = *text == '[';
    const char *end = has_brackets ? strchr(text, ']') : strchr(text, ':');
    g_autofree char *address = NULL;
    guint64 port = 0;

    if (!has_brackets && end != NULL && strchr(end + 1, ':') != NULL) {
        end = NULL; /* IPv6 alone */
    }
    address = (end == NULL) ? g_strdup(text) : g_strndup(text + (has_brackets ? 1 : 0), (gsize) (end - text) - (has_brackets ? 1 : 0));
    end = (end != NULL && has_brackets) ? end + 1 : end;
    if (!cox_ip_parse(address, &place->address)
        || (end != NULL && *end != '\0' && (*end != ':' || !g_ascii_string_to_unsigned(end + 1, 10, 1, 65535, &port, NULL)))) {
        g_set_error(error, COX_ERROR, COX_ERROR_USAGE, "'%.100s' is no place: write ADDRESS, ADDRESS:PORT or [ADDRESS]:PORT", text);
        return false;
    }
    place->port = (guint16) port;
    return true;
}

static struct cox_xml *
primitive_of(struct cox_xml *rsc)
{
    struct cox_xml *inner = cox_xml_is(rsc, "clone") ? cox_xml_child(rsc, "primitive") : rsc;

    return inner != NULL && cox_xml_is(inner, "primitive") && g_strcmp0(cox_xml_get(inner, "type"), "VirtualServer") == 0
                   && g_strcmp0(cox_xml_get(inner, "provider"), "coxswain") == 0
               ? inner
               : NULL;
}

struct cox_xml *
cox_lbedit_find(const struct cox_xml *root, const char *service)
{
    const struct cox_xml *resources = cox_xml_child(cox_xml_child(root, "configuration"), "resources");

    for (struct cox_xml *rsc = resources == NULL ? NULL : cox_xml_first(resources); rsc != NULL; rsc = cox_xml_walk(rsc, resources)) {
        struct cox_xml *primitive = g_strcmp0(cox_xml_id(rsc), service) == 0 ? primitive_of(rsc) : NULL;

        if (primitive != NULL) {
            return primitive;
        }
    }
    return NULL;
}

/* ---- text and tree ---------------------------------------------------------------------------------------- */

static const struct cox_block_source no_files = { .config_id = "" };

/* The first error that is said; false: there is none. */
static bool
give_error(const struct cox_diags *diags, const char *service, GError **error)
{
    for (size_t i = 0; i < cox_diags_count(diags); i++) {
        const struct cox_diag *diag = cox_diags_get(diags, i);

        if (diag->severity == COX_SEVERITY_ERROR) {
            g_set_error(error, COX_ERROR, COX_ERROR_CONFIG, "resource '%s', real_servers: %s (%s)", service, diag->text, diag->remedy);
            return true;
        }
    }
    return false;
}

/* Is it what the daemon takes? */
static bool
check(const struct edit *edit, GError **error)
{
    const char *mark = cox_nvedit_get(&edit->home, "fwmark"), *address = cox_nvedit_get(&edit->home, "address");
    const char *port = cox_nvedit_get(&edit->home, "port"), *persistence = cox_nvedit_get(&edit->home, "persistence_timeout");
    const char *method = cox_nvedit_get(&edit->home, "lvs_method");
    g_autoptr(cox_diags) diags = cox_diags_new();
    g_autoptr(cox_block_tree) tree = NULL;
    g_autoptr(cox_lvs_config) config = NULL;
    g_autoptr(GString) text = g_string_new("virtual_server ");

    if (mark != NULL || address == NULL) { /* a group is like a mark here: no port, any family */
        g_string_append_printf(text, "fwmark %s {\n", mark == NULL ? "1" : mark);
    } else {
        g_string_append_printf(text, "%s %s {\n", address, port == NULL ? "0" : port);
    }
    g_string_append_printf(text, "%s %s\n", persistence == NULL ? "" : "persistence_timeout", persistence == NULL ? "" : persistence);
    g_string_append_printf(text, "%s %s\n", method == NULL ? "" : "lvs_method", method == NULL ? "" : method);
    g_string_append_printf(text, "%s\n}\n", edit->text->str);
    tree = cox_block_read_text("real_servers", text->str, &no_files, diags);
    config = cox_lvs_config_from_block(&tree->root, diags);
    return !give_error(diags, edit->service, error);
}

static void
edit_clear(struct edit *edit)
{
    cox_block_tree_free(edit->tree);
    g_string_free(edit->text, TRUE);
}

/* false: said why, and @edit has nothing to be cleared. */
static bool
edit_begin(struct edit *edit, struct cox_xml *root, const char *service, const char *server, GError **error)
{
    struct cox_xml *primitive = cox_lbedit_find(root, service);
    const char *text = NULL, *port = NULL;
    guint64 number = 0;
    g_autoptr(cox_diags) diags = cox_diags_new();

    *edit = (struct edit) { .home = { primitive, "instance_attributes", NULL }, .service = service };
    if (primitive == NULL) {
        g_set_error(error, COX_ERROR, COX_ERROR_NOT_FOUND, "resource '%s' of type ocf:coxswain:VirtualServer does not exist: cox resource list shows those that do",
                    service);
        return false;
    }
    if (!cox_lbedit_parse(server, &edit->place, error)) {
        return false;
    }
    port = cox_nvedit_get(&edit->home, "port");
    if (edit->place.port == 0 && port != NULL && g_ascii_string_to_unsigned(port, 10, 0, 65535, &number, NULL)) {
        edit->place.port = (guint16) number;
    }
    text = cox_nvedit_get(&edit->home, "real_servers");
    edit->tree = cox_block_read_text("real_servers", text == NULL ? "" : text, &no_files, diags);
    edit->text = g_string_new(NULL);
    if (give_error(diags, service, error)) {
        edit_clear(edit);
        return false;
    }
    return true;
}

/* The text becomes the parameter, if it is right. */
static bool
edit_end(struct edit *edit, GError **error)
{
    bool is_good = check(edit, error);

    if (is_good) {
        g_autoptr(GArray) pairs = cox_nvedit_list_new();
        g_autofree char *text = g_strchomp(g_strdup(edit->text->str));
        struct cox_nvedit pair = { g_strdup("real_servers"), *text == '\0' ? NULL : g_strdup(text) };

        g_array_append_val(pairs, pair);
        (void) cox_nvedit_apply(&edit->home, pairs);
    }
    edit_clear(edit);
    return is_good;
}

static bool
is_server(const struct cox_block *block)
{
    return strcmp(cox_block_keyword(block), "real_server") == 0;
}

/* The server's block; NULL: it is not there. */
static const struct cox_block *
block_of(const struct edit *edit)
{
    for (const struct cox_block *block = edit->tree->root.first; block != NULL; block = block->next) {
        const char *address = cox_block_word(block, 1), *port = cox_block_word(block, 2);
        guint64 number = 0;
        struct cox_ip ip;

        if (is_server(block) && address != NULL && cox_ip_parse(address, &ip) && cox_ip_equal(&ip, &edit->place.address)
            && (port == NULL || g_ascii_string_to_unsigned(port, 10, 0, 65535, &number, NULL)) && number == edit->place.port) {
            return block;
        }
    }
    return NULL;
}

static bool
say_missing(const struct edit *edit, const char *server, GError **error)
{
    g_autoptr(GString) there = g_string_new(NULL);

    for (const struct cox_block *block = edit->tree->root.first; block != NULL; block = block->next) {
        if (is_server(block)) {
            g_string_append_printf(there, "%s%s", there->len > 0 ? ", " : "", block->rest);
        }
    }
    g_set_error(error, COX_ERROR, COX_ERROR_NOT_FOUND, "resource '%s' has no server '%s': it has %s", edit->service, server,
                there->len > 0 ? there->str : "none");
    return false;
}

/* ---- servers ---------------------------------------------------------------------------------------------- */

/* Is the statement one that the words say instead? */
static bool
is_replaced(const struct cox_block *block, const GArray *words)
{
    for (guint i = 0; words != NULL && i < words->len; i++) {
        if (strcmp(g_array_index(words, struct cox_nvedit, i).name, cox_block_keyword(block)) == 0) {
            return true;
        }
    }
    return false;
}

/* "check=http:/health" as a block; false: there is no such check. */
static bool
append_check(GString *out, const char *text)
{
    static const struct {
        const char *name, *block;
    } kinds[] = { { "tcp", "TCP_CHECK" }, { "ping", "PING_CHECK" }, { "smtp", "SMTP_CHECK" }, { "dns", "DNS_CHECK" }, { "http", "HTTP_GET" }, { "https", "SSL_GET" } };
    const char *path = strchr(text, ':');
    g_autofree char *name = path == NULL ? g_strdup(text) : g_strndup(text, (gsize) (path - text));
    g_autofree char *word = cox_keyword_quote(path == NULL ? "/" : path + 1); /* of the page */

    for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
        bool is_page = g_str_has_prefix(kinds[i].name, "http");

        if (strcmp(kinds[i].name, name) == 0 && (path == NULL || (is_page && path[1] == '/'))) {
            g_string_append_printf(out, "  %s {\n", kinds[i].block);
            if (is_page) {
                g_string_append_printf(out, "    url {\n      path %s\n    }\n", word);
            }
            g_string_append(out, "  }\n");
            return true;
        }
    }
    return strcmp(text, "none") == 0;
}

/* A server here, with what is in @model but for what the words say. */
static void
append_server(struct edit *edit, const char *head, const struct cox_block *model, const GArray *words)
{
    bool has_check = false;

    g_string_append_printf(edit->text, "real_server %s {\n", head);
    for (guint i = 0; words != NULL && i < words->len; i++) {
        const struct cox_nvedit *pair = &g_array_index(words, struct cox_nvedit, i);
        g_autofree char *value = pair->value == NULL ? NULL : cox_keyword_quote(pair->value);

        if (strcmp(pair->name, "check") == 0) {
            has_check = append_check(edit->text, pair->value == NULL ? "none" : pair->value);
        } else if (value != NULL) {
            g_string_append_printf(edit->text, "  %s %s\n", pair->name, value);
        }
    }
    for (const struct cox_block *inner = model == NULL ? NULL : model->first; inner != NULL; inner = inner->next) {
        if (!is_replaced(inner, words) && (!has_check || !inner->has_body)) {
            cox_keyword_copy(edit->text, inner, 1);
        }
    }
    g_string_append(edit->text, "}\n");
}

/* Are they keywords of a server that take a value? */
static bool
check_words(const GArray *words, GError **error)
{
    size_t n = 0;
    const struct cox_keyword *rows = cox_lvs_keywords(&n);
    g_autoptr(GPtrArray) known = g_ptr_array_new();

    for (size_t i = 0; i < n; i++) {
        if (strcmp(rows[i].block, "real_server") == 0 && rows[i].kind <= COX_KEYWORD_SPECIAL) {
            g_ptr_array_add(known, (gpointer) (guintptr) rows[i].name);
        }
    }
    for (guint i = 0; i < words->len; i++) {
        const char *name = g_array_index(words, struct cox_nvedit, i).name, *value = g_array_index(words, struct cox_nvedit, i).value;

        if (strcmp(name, "check") == 0) {
            g_autoptr(GString) nothing = g_string_new(NULL);

            if (!append_check(nothing, value == NULL ? "none" : value)) {
                g_set_error(error, COX_ERROR, COX_ERROR_USAGE, "'%s' is no check: use tcp, ping, smtp, dns, http, http:/PATH, https, https:/PATH or none", value);
                return false;
            }
        } else if (!g_ptr_array_find_with_equal_func(known, name, g_str_equal, NULL)) {
            g_autofree char *hint = cox_nearest_hint(name, (const char *const *) known->pdata, known->len);

            g_set_error(error, COX_ERROR, COX_ERROR_USAGE, "'%s' is no setting of a server%s (check, or what doc/keepalived.md lists below real_server)", name, hint);
            return false;
        }
    }
    return true;
}

bool
cox_lbedit_add(struct cox_xml *root, const char *service, const char *server, char *const *words, GError **error)
{
    g_autoptr(GArray) pairs = cox_nvedit_parse_all(words, error);
    const struct cox_block *model = NULL;
    g_autofree char *head = NULL;
    char address[COX_IP_TEXT_SIZE];
    struct edit edit;

    if (pairs == NULL || !check_words(pairs, error) || !edit_begin(&edit, root, service, server, error)) {
        return false;
    }
    if (block_of(&edit) != NULL) {
        g_set_error(error, COX_ERROR, COX_ERROR_EXISTS, "resource '%s' has the server '%s' already: cox lb weight changes its weight", service, server);
        edit_clear(&edit);
        return false;
    }
    for (const struct cox_block *block = edit.tree->root.first; block != NULL; block = block->next) {
        model = (model == NULL && is_server(block)) ? block : model;
        cox_keyword_copy(edit.text, block, 0);
    }
    head = g_strdup_printf("%s %u", cox_ip_format(&edit.place.address, address), edit.place.port);
    append_server(&edit, head, model, pairs);
    return edit_end(&edit, error);
}

/* All servers but this one are as they were; this one gets the words, or goes. */
static bool
change(struct cox_xml *root, const char *service, const char *server, const GArray *words, GError **error)
{
    const struct cox_block *found = NULL;
    struct edit edit;

    if (!edit_begin(&edit, root, service, server, error)) {
        return false;
    }
    found = block_of(&edit);
    if (found == NULL) {
        (void) say_missing(&edit, server, error);
        edit_clear(&edit);
        return false;
    }
    for (const struct cox_block *block = edit.tree->root.first; block != NULL; block = block->next) {
        if (block != found) {
            cox_keyword_copy(edit.text, block, 0);
        } else if (words != NULL) {
            append_server(&edit, found->rest, found, words);
        }
    }
    return edit_end(&edit, error);
}

bool
cox_lbedit_remove(struct cox_xml *root, const char *service, const char *server, GError **error)
{
    return change(root, service, server, NULL, error);
}

bool
cox_lbedit_weight(struct cox_xml *root, const char *service, const char *server, const char *weight, GError **error)
{
    g_autoptr(GArray) words = cox_nvedit_list_new();
    struct cox_nvedit pair = { g_strdup("weight"), g_strdup(weight) };

    g_array_append_val(words, pair);
    return change(root, service, server, words, error);
}
