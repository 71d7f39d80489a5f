/* cts/keepalived/kaconv.c - reads a keepalived.conf, prints it again as it was understood, and what was said about it.  Layer 6. */
#include <stdio.h>
#include <string.h>

#include "conf/blockfile.h"
#include "lvs/lvskeepalived.h"
#include "vrrp/keepalived.h"

/* Without the directories, which are others everywhere. */
static void
print_diags(const struct cox_diags *diags)
{
    static const char *const words[] = { "info", "warning", "error" };

    for (size_t i = 0; i < cox_diags_count(diags); i++) {
        const struct cox_diag *diag = cox_diags_get(diags, i);
        const char *slash = (diag->object == NULL || *diag->object != '/') ? NULL : strrchr(diag->object, '/');

        printf("# %s: %s: %s (%s)\n", words[diag->severity], slash == NULL ? diag->object : slash + 1, diag->text, diag->remedy);
    }
}

/* The tables of keywords: block, keyword, kind, default, meaning. */
static void
print_keywords(const struct cox_keyword *rows, size_t n)
{
    static const char *const kinds[] = { "flag", "flag", "number", "seconds", "seconds", "text", "address", "special", "elsewhere", "old", "dropped" };

    for (size_t i = 0; i < n; i++) {
        printf("%s\t%s\t%s\t%s\t%s\n", rows[i].block, rows[i].name, kinds[rows[i].kind], rows[i].usual, rows[i].help);
    }
}

static int
print_all_keywords(void)
{
    size_t n = 0;
    const struct cox_keyword *rows = cox_vrrp_keywords(&n);

    print_keywords(rows, n);
    rows = cox_lvs_keywords(&n);
    print_keywords(rows, n);
    return 0;
}

int
main(int argc, char **argv)
{
    const struct cox_block_source source = cox_blockfile_source(argc > 2 ? argv[2] : "main");
    g_autoptr(cox_diags) diags = cox_diags_new();
    bool has_file = argc > 1 && strcmp(argv[1], "--keywords") != 0;
    g_autoptr(cox_block_tree) tree = has_file ? cox_block_read(argv[1], &source, diags) : NULL;
    g_autoptr(cox_vrrp_set) set = NULL;
    g_autoptr(cox_lvs_config) config = NULL;
    g_autoptr(GString) out = g_string_new(NULL);

    if (argc > 1 && !has_file) {
        return print_all_keywords();
    }
    if (tree == NULL) {
        fprintf(stderr, "usage: kaconv FILE [CONFIG-ID] | --keywords\n");
        return 64;
    }
    set = cox_vrrp_set_from_block(&tree->root, diags);
    config = cox_lvs_config_from_block(&tree->root, diags);
    print_diags(diags);
    cox_vrrp_set_write(set, out);
    cox_lvs_config_write(config, out, diags);
    fputs(out->str, stdout);
    return cox_diags_has(diags, COX_SEVERITY_ERROR) ? 1 : 0;
}
