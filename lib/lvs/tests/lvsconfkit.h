/* lib/lvs/tests/lvsconfkit.h - a configuration from the text of a keepalived.conf, and what was said about it.  For tests only. */
#ifndef COX_LVS_TESTS_LVSCONFKIT_H
#define COX_LVS_TESTS_LVSCONFKIT_H

#include "base/testkit.h"
#include "lvs/lvskeepalived.h"

/* The caller frees the configuration; @said gets "PLACE: TEXT" lines, "ERROR" before those that are errors. */
static inline struct cox_lvs_config *
config_of(const char *text, GString *said)
{
    const struct cox_block_source source = { .config_id = "main" };
    g_autoptr(cox_diags) diags = cox_diags_new();
    g_autoptr(cox_block_tree) tree = cox_block_read_text("k", text, &source, diags);
    struct cox_lvs_config *config = cox_lvs_config_from_block(&tree->root, diags);

    for (size_t i = 0; i < cox_diags_count(diags); i++) {
        const struct cox_diag *diag = cox_diags_get(diags, i);

        g_string_append_printf(said, "%s%s: %s\n", diag->severity == COX_SEVERITY_ERROR ? "ERROR " : "", diag->object, diag->text);
        assert_true(diag->remedy != NULL && *diag->remedy != '\0');
    }
    return config;
}

/* A configuration of a text that is right. */
static inline struct cox_lvs_config *
good(const char *text)
{
    g_autoptr(GString) said = g_string_new(NULL);
    struct cox_lvs_config *config = config_of(text, said);

    assert_string_equal(said->str, "");
    return config;
}

/* What is said about a text. */
static inline void
says(const char *text, const char *expected)
{
    g_autoptr(GString) said = g_string_new(NULL);
    g_autoptr(cox_lvs_config) config = config_of(text, said);

    assert_non_null(config);
    assert_string_equal(said->str, expected);
}

#endif
