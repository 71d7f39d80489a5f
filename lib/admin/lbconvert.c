/* lib/admin/lbconvert.c - virtual routers and virtual servers of a keepalived.conf as resources of a cluster.  Layer 4. */
#include "admin/lbconvert.h"

#include <string.h>

#include "lvs/lvskeepalived.h"
#include "vrrp/keepalived.h"

/* What is being made, out of the text of what was understood. */
struct job {
    struct cox_conf *resources, *constraints;
    const struct cox_block *root;
    GHashTable *ids;     /* so far */
    GHashTable *routers; /* name to id of the resource */
    bool by_cluster;
    struct cox_diags *diags;
};

static bool
is_block(const struct cox_block *block, const char *keyword)
{
    return strcmp(cox_block_keyword(block), keyword) == 0;
}

/* ---- statements as text ----------------------------------------------------------------------------------- */

static void
append_body(GString *out, const struct cox_block *block)
{
    for (const struct cox_block *inner = block->first; inner != NULL; inner = inner->next) {
        cox_keyword_copy(out, inner, 0);
    }
}

/* Value of a parameter: the words, the lines of a block, or that it is there.  Quotes stay where a reader of the value needs them. */
static char *
value_of(const struct cox_block *block)
{
    g_autoptr(GString) out = g_string_new(NULL);

    if (block->has_body) {
        append_body(out, block);
        return g_strchomp(g_strdup(out->str));
    }
    if (block->n_words == 2 && block->words[1].is_quoted) {
        g_auto(GStrv) words = cox_block_split(block->rest, NULL);

        if (words != NULL && words[0] != NULL && *words[0] != '\0' && strpbrk(words[0], " \t\n\"'\\") == NULL) {
            return g_strdup(words[0]);
        }
    }
    return g_strdup(block->n_words == 1 ? "true" : block->rest);
}

/* ---- resources -------------------------------------------------------------------------------------------- */

/* An id that XML takes and nothing has yet. */
static char *
id_of(struct job *job, const char *prefix, const char *name)
{
    GString *id = g_string_new(prefix);

    for (const char *at = name; *at != '\0'; at++) {
        bool is_good = g_ascii_isalnum(*at) || *at == '_' || *at == '.' || *at == '-';

        if (id->len == 0 && !g_ascii_isalpha(*at) && *at != '_') {
            g_string_append(id, "id-");
        }
        g_string_append_c(id, is_good ? *at : '-');
    }
    while (!g_hash_table_add(job->ids, g_strdup(id->str))) {
        g_string_append(id, "-2");
    }
    return g_string_free(id, FALSE);
}

static struct cox_conf *
text(const char *value)
{
    return cox_conf_new_text(value);
}

/* A clone of a primitive with this agent; returns its parameters. */
static struct cox_conf *
add_clone(struct job *job, const char *id, const char *agent, bool is_promotable)
{
    g_autofree char *clone_id = g_strdup_printf("%s-clone", id);
    g_autofree char *type = g_strdup_printf("ocf:coxswain:%s", agent);
    struct cox_conf *clone = cox_conf_add(job->resources, cox_conf_new(COX_CONF_MAP));
    struct cox_conf *meta = NULL;
    struct cox_conf *primitive = NULL;

    cox_conf_put(clone, "clone", text(clone_id));
    meta = cox_conf_put(clone, "meta", cox_conf_new(COX_CONF_MAP));
    cox_conf_put(meta, "interleave", text("true"));
    if (is_promotable) {
        cox_conf_put(meta, "promotable", text("true"));
    }
    primitive = cox_conf_put(clone, "of", cox_conf_new(COX_CONF_MAP));
    cox_conf_put(primitive, "primitive", text(id));
    cox_conf_put(primitive, "agent", text(type));
    return cox_conf_put(primitive, "parameters", cox_conf_new(COX_CONF_MAP));
}

static void
put_text(struct cox_conf *parameters, const char *name, const char *value)
{
    if (cox_conf_get(parameters, name) == NULL) {
        cox_conf_put(parameters, name, text(value));
    }
}

/* Blocks at the top that the text of @needs names. */
static void
put_definitions(struct job *job, struct cox_conf *parameters, const char *needs)
{
    g_autoptr(GString) out = g_string_new(NULL);

    for (const struct cox_block *block = job->root->first; block != NULL; block = block->next) {
        bool is_named = is_block(block, "vrrp_script") || is_block(block, "track_file") || is_block(block, "vrrp_track_process");
        bool is_needed = is_named ? strstr(needs, cox_block_word(block, 1)) != NULL : is_block(block, "SSL") && strstr(needs, "SSL_GET") != NULL;

        if (is_needed) {
            cox_keyword_copy(out, block, 0);
        }
    }
    if (out->len > 0) {
        put_text(parameters, "definitions", g_strchomp(out->str));
    }
}

/* ---- routers ---------------------------------------------------------------------------------------------- */

/* The sync group that the router is in, or NULL. */
static const struct cox_block *
group_of(const struct job *job, const char *router)
{
    for (const struct cox_block *block = job->root->first; block != NULL; block = block->next) {
        for (const struct cox_block *inner = is_block(block, "vrrp_sync_group") ? block->first : NULL; inner != NULL; inner = inner->next) {
            for (const struct cox_block *line = is_block(inner, "group") ? inner->first : NULL; line != NULL; line = line->next) {
                if (is_block(line, router)) {
                    return block;
                }
            }
        }
    }
    return NULL;
}

static void
say_priority(struct job *job, const struct cox_block *router)
{
    const char *remedy = job->by_cluster ? "say it with constraints of location" : "give the other nodes their value with a rule on the parameters";

    for (const struct cox_block *inner = router->first; inner != NULL; inner = inner->next) {
        if (is_block(inner, "priority") || is_block(inner, "mcast_src_ip") || is_block(inner, "unicast_peer")) {
            cox_diags_add(job->diags, COX_SEVERITY_WARNING, cox_block_word(router, 1), remedy,
                          "router '%s': %s is that of the node whose file this is", cox_block_word(router, 1), cox_block_keyword(inner));
        }
    }
}

static void
add_router(struct job *job, const struct cox_block *router)
{
    const char *name = cox_block_word(router, 1);
    g_autofree char *id = id_of(job, "", name);
    struct cox_conf *parameters = add_clone(job, id, "VirtualRouter", job->by_cluster);
    const struct cox_block *group = group_of(job, name);
    g_autoptr(GString) all = g_string_new(NULL);

    g_hash_table_insert(job->routers, (gpointer) (guintptr) name, g_strdup(id));
    put_text(parameters, "authority", job->by_cluster ? "cluster" : "vrrp");
    if (group != NULL) {
        put_text(parameters, "sync_group", cox_block_word(group, 1));
        append_body(all, group);
    }
    append_body(all, router);
    for (const struct cox_block *inner = router->first; inner != NULL; inner = inner->next) {
        g_autofree char *value = value_of(inner);

        put_text(parameters, cox_block_keyword(inner), value);
    }
    put_definitions(job, parameters, all->str);
    say_priority(job, router);
}

/* Its members are master together. */
static void
add_group(struct job *job, const struct cox_block *group)
{
    const char *first = NULL;

    for (const struct cox_block *inner = group->first; inner != NULL; inner = inner->next) {
        if (!is_block(inner, "group")) {
            cox_diags_add(job->diags, COX_SEVERITY_WARNING, cox_block_word(group, 1), "give it to each of the routers",
                          "sync group '%s': %s is not carried over", cox_block_word(group, 1), cox_block_keyword(inner));
            continue;
        }
        for (const struct cox_block *line = job->by_cluster ? inner->first : NULL; line != NULL; line = line->next) {
            const char *own = g_hash_table_lookup(job->routers, cox_block_keyword(line));
            g_autofree char *rsc = g_strdup_printf("%s-clone", own);
            g_autofree char *with = g_strdup_printf("%s-clone", first);
            g_autofree char *name = g_strdup_printf("%s-with-%s", own, first);

            if (first != NULL) {
                g_autofree char *id = id_of(job, "", name);
                struct cox_conf *tie = cox_conf_add(job->constraints, cox_conf_new(COX_CONF_MAP));

                cox_conf_put(tie, "colocation", text(id));
                cox_conf_put(tie, "rsc", text(rsc));
                cox_conf_put(tie, "rsc-role", text("Promoted"));
                cox_conf_put(tie, "with-rsc", text(with));
                cox_conf_put(tie, "with-rsc-role", text("Promoted"));
                cox_conf_put(tie, "score", text("INFINITY"));
            }
            first = (first == NULL) ? own : first;
        }
    }
}

/* ---- servers ---------------------------------------------------------------------------------------------- */

static void
put_fronts(struct job *job, struct cox_conf *parameters, const struct cox_block *service)
{
    const char *word = cox_block_word(service, 1);

    if (strcmp(word, "fwmark") == 0) {
        put_text(parameters, "fwmark", cox_block_word(service, 2));
        return;
    }
    if (strcmp(word, "group") != 0) {
        put_text(parameters, "address", word);
        put_text(parameters, "port", cox_block_word(service, 2) == NULL ? "0" : cox_block_word(service, 2));
        return;
    }
    for (const struct cox_block *block = job->root->first; block != NULL; block = block->next) {
        if (is_block(block, "virtual_server_group") && strcmp(cox_block_word(block, 1), cox_block_word(service, 2)) == 0) {
            g_autofree char *lines = value_of(block);

            put_text(parameters, "virtual_server_group", lines);
        }
    }
}

static void
add_service(struct job *job, const struct cox_block *service)
{
    g_autofree char *id = id_of(job, "vs-", service->rest);
    struct cox_conf *parameters = add_clone(job, id, "VirtualServer", false);
    g_autoptr(GString) servers = g_string_new(NULL);

    put_fronts(job, parameters, service);
    for (const struct cox_block *inner = service->first; inner != NULL; inner = inner->next) {
        g_autofree char *value = value_of(inner);

        if (is_block(inner, "real_server")) {
            cox_keyword_copy(servers, inner, 0);
        } else {
            put_text(parameters, cox_block_keyword(inner), value);
        }
    }
    if (servers->len > 0) {
        put_text(parameters, "real_servers", g_strchomp(servers->str));
    }
    put_definitions(job, parameters, servers->str);
}

/* lvs_sync_daemon INTERFACE [inst ROUTER] NAME VALUE ... */
static void
add_sync(struct job *job, const struct cox_block *line)
{
    g_autofree char *id = id_of(job, "", "ipvs-sync");
    struct cox_conf *parameters = add_clone(job, id, "IPVSsync", false);

    put_text(parameters, "interface", cox_block_word(line, 1));
    for (guint i = 2; i + 1 < line->n_words; i += 2) {
        const char *name = cox_block_word(line, i);

        put_text(parameters, strcmp(name, "inst") == 0 ? "router" : strcmp(name, "id") == 0 ? "syncid" : name, cox_block_word(line, i + 1));
    }
}

/* ---- the whole -------------------------------------------------------------------------------------------- */

static void
say_left(struct job *job, const struct cox_block *block, const char *remedy)
{
    cox_diags_add(job->diags, COX_SEVERITY_WARNING, cox_block_keyword(block), remedy, "%s%s%s is not carried over", cox_block_keyword(block),
                  *block->rest == '\0' ? "" : " ", block->rest);
}

static void
take(struct job *job, const struct cox_block *block)
{
    static const char *const carried[] = { "vrrp_script", "track_file", "vrrp_track_process", "SSL", "virtual_server_group", NULL };

    if (is_block(block, "vrrp_instance")) {
        add_router(job, block);
    } else if (is_block(block, "vrrp_sync_group")) {
        add_group(job, block);
    } else if (is_block(block, "virtual_server")) {
        add_service(job, block);
    } else if (is_block(block, "global_defs")) {
        for (const struct cox_block *line = block->first; line != NULL; line = line->next) {
            if (is_block(line, "lvs_sync_daemon")) {
                add_sync(job, line);
            } else {
                say_left(job, line, "it is of the daemon, not of a resource: set it where the daemon is started");
            }
        }
    } else if (!g_strv_contains(carried, cox_block_keyword(block))) {
        say_left(job, block, "leave it to the configuration of the system's network");
    }
}

/* What was understood, as text, and that as a tree: everything has one form and nothing is inherited any more. */
static struct cox_block_tree *
normal_form(const struct cox_block *root, struct cox_diags *diags)
{
    static const struct cox_block_source source = { .config_id = "" };
    g_autoptr(cox_vrrp_set) set = cox_vrrp_set_from_block(root, diags);
    g_autoptr(cox_lvs_config) config = cox_lvs_config_from_block(root, diags);
    g_autoptr(GString) out = g_string_new(NULL);

    if (cox_diags_has(diags, COX_SEVERITY_ERROR)) {
        return NULL;
    }
    cox_vrrp_set_write(set, out);
    cox_lvs_config_write(config, out, diags);
    return cox_block_read_text(root->file, out->str, &source, diags);
}

struct cox_conf *
cox_lbconvert(const struct cox_block *root, bool by_cluster, struct cox_diags *diags)
{
    g_autoptr(cox_block_tree) tree = normal_form(root, diags);
    struct cox_conf *file = NULL;
    struct job job = { .by_cluster = by_cluster, .diags = diags };

    if (tree == NULL) {
        return NULL;
    }
    file = cox_conf_new(COX_CONF_MAP);
    job.root = &tree->root;
    job.resources = cox_conf_put(file, "resources", cox_conf_new(COX_CONF_LIST));
    job.constraints = cox_conf_new(COX_CONF_LIST);
    job.ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    job.routers = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
    for (guint turn = 0; turn < 2; turn++) { /* groups name routers */
        for (const struct cox_block *block = tree->root.first; block != NULL; block = block->next) {
            if (is_block(block, "vrrp_instance") == (turn == 0)) {
                take(&job, block);
            }
        }
    }
    g_hash_table_unref(job.routers);
    if (cox_conf_size(job.constraints) > 0) {
        cox_conf_put(file, "constraints", job.constraints);
    } else {
        cox_conf_free(job.constraints);
    }
    g_hash_table_unref(job.ids);
    return file;
}
