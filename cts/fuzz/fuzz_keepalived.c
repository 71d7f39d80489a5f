/* cts/fuzz/fuzz_keepalived.c - libFuzzer target: any text as a keepalived.conf or lvs.cf; what is written of it is read as the same.  Layer 6. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "admin/lbconvert.h"
#include "admin/lvscf.h"
#include "base/error.h"
#include "lvs/lvskeepalived.h"
#include "vrrp/keepalived.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char **
match(const char *pattern, void *data)
{
    (void) pattern;
    (void) data;
    return g_new0(char *, 1);
}

/* The text of what is understood; NULL when it is wrong. */
static char *
written(const char *text)
{
    static const struct cox_block_source source = { .match = match, .config_id = "main", .most_steps = 5000 };
    g_autoptr(cox_diags) diags = cox_diags_new();
    g_autoptr(cox_block_tree) tree = cox_block_read_text("k", text, &source, diags);
    g_autoptr(cox_vrrp_set) set = cox_vrrp_set_from_block(&tree->root, diags);
    g_autoptr(cox_lvs_config) config = cox_lvs_config_from_block(&tree->root, diags);
    g_autoptr(GString) out = g_string_new(NULL);

    if (cox_diags_has(diags, COX_SEVERITY_ERROR)) {
        return NULL;
    }
    cox_vrrp_set_write(set, out);
    cox_lvs_config_write(config, out, NULL);
    return g_strdup(out->str);
}

/* As an lvs.cf: what is made of it has no error of the language's, and what is wrong with it otherwise is said. */
static void
convert_lvs(const char *text)
{
    static const struct cox_block_source source = { .match = match, .config_id = "main", .most_steps = 5000 };
    g_autoptr(cox_diags) diags = cox_diags_new();
    g_autoptr(cox_block_tree) tree = cox_block_read_text("l", text, &source, diags);
    g_autoptr(GString) out = g_string_new(NULL);
    g_autoptr(cox_block_tree) again = NULL;
    g_autoptr(cox_conf) conf = NULL;

    if (cox_diags_has(diags, COX_SEVERITY_ERROR)) {
        return;
    }
    cox_lvscf_write(&tree->root, out, diags);
    if (cox_diags_has(diags, COX_SEVERITY_ERROR)) {
        return;
    }
    again = cox_block_read_text("k", out->str, &source, diags);
    COX_BUG_ON(cox_diags_has(diags, COX_SEVERITY_ERROR));
    conf = cox_lbconvert(&again->root, true, diags);
    COX_BUG_ON((conf == NULL) != cox_diags_has(diags, COX_SEVERITY_ERROR));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *text = g_strndup((const char *) data, size);
    g_autofree char *once = written(text);

    convert_lvs(text);
    if (once != NULL) {
        g_autofree char *twice = written(once);

        COX_BUG_ON(twice == NULL || strcmp(once, twice) != 0);
    }
    return 0;
}
