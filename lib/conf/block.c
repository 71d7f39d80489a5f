/* lib/conf/block.c - a configuration in the language of keepalived.conf: the tree, words and messages.  Layer 1, pure. */
#include "conf/block_priv.h"

#include <string.h>

void
cox_block_tree_free(struct cox_block_tree *tree)
{
    if (tree == NULL) {
        return;
    }
    for (guint i = 0; i < tree->pieces->len; i++) {
        cox_arena_free(g_array_index(tree->pieces, struct cox_blockpiece, i).arena);
    }
    g_array_unref(tree->pieces);
    cox_arena_free(tree->arena); /* the tree is in it */
}

void
cox_block_tree_drop(struct cox_block_tree *tree, const struct cox_block *block)
{
    guint n = 0;

    tree->root.first = block->next;
    if (tree->root.first == NULL) {
        tree->root.last = NULL;
    }
    while (n < tree->pieces->len && g_array_index(tree->pieces, struct cox_blockpiece, n).last != block) {
        n++;
    }
    if (n == tree->pieces->len) {
        return; /* the piece has more */
    }
    for (guint i = 0; i <= n; i++) {
        cox_arena_free(g_array_index(tree->pieces, struct cox_blockpiece, i).arena);
    }
    g_array_remove_range(tree->pieces, 0, n + 1);
}

const char *
cox_block_keyword(const struct cox_block *block)
{
    return (block->n_words == 0) ? "" : block->words[0].text;
}

const char *
cox_block_word(const struct cox_block *block, guint i)
{
    return (i < block->n_words) ? block->words[i].text : NULL;
}

bool
cox_block_equal(const struct cox_block *a, const struct cox_block *b)
{
    const struct cox_block *one = a->first, *other = b->first;

    if (a->n_words != b->n_words || a->has_body != b->has_body) {
        return false;
    }
    for (guint i = 0; i < a->n_words; i++) {
        if (strcmp(a->words[i].text, b->words[i].text) != 0 || a->words[i].is_quoted != b->words[i].is_quoted) {
            return false;
        }
    }
    while (one != NULL && other != NULL && cox_block_equal(one, other)) { /* no deeper than COX_BLOCK_MOST_DEPTH */
        one = one->next;
        other = other->next;
    }
    return one == NULL && other == NULL;
}

void
cox_block_say(struct cox_diags *diags, enum cox_severity severity, const struct cox_block *block, guint i, const char *remedy,
              const char *format, ...)
{
    guint column = (i < block->n_words) ? block->words[i].column : 0;
    g_autofree char *where = (column == 0) ? g_strdup_printf("%s:%u", block->file, block->line)
                                           : g_strdup_printf("%s:%u:%u", block->file, block->line, column);
    g_autofree char *text = NULL;
    va_list args;

    va_start(args, format);
    text = g_strdup_vprintf(format, args);
    va_end(args);
    cox_diags_add_at(diags, &(struct cox_diag) { severity, where, text, remedy, (int) block->line });
}

/* ---- words as a shell has them ---------------------------------------------------------------------------- */

static const char *
number_escape(const char *at, GString *word)
{
    guint value = 0;

    if (*at == 'x') {
        guint n = 0;

        for (at++; g_ascii_isxdigit(*at) && n < 2; at++, n++) {
            value = value * 16 + (guint) g_ascii_xdigit_value(*at);
        }
    } else {
        for (guint n = 0; *at >= '0' && *at <= '7' && n < 3; at++, n++) {
            value = value * 8 + (guint) (*at - '0');
        }
    }
    if ((value & 0xff) != 0) { /* a text has no zero in it */
        g_string_append_c(word, (char) (value & 0xff));
    }
    return at;
}

/* What stands behind a backslash; returns where reading goes on. */
static const char *
escape(const char *at, GString *word)
{
    static const char letters[] = "abEfnrtv";
    static const char meant[] = "\a\b\033\f\n\r\t\v";
    const char *letter = (*at == '\0') ? NULL : strchr(letters, *at);

    if (*at == '\0') {
        g_string_append_c(word, '\\');
        return at;
    }
    if (letter != NULL) {
        g_string_append_c(word, meant[letter - letters]);
        return at + 1;
    }
    if (*at == 'x' || (*at >= '0' && *at <= '7')) {
        return number_escape(at, word);
    }
    if (*at == 'c' && (at[1] & 0x1f) != 0) {
        g_string_append_c(word, (char) (at[1] & 0x1f));
        return at + 2;
    }
    g_string_append_c(word, *at);
    return at + 1;
}

/* One word from @at on, which is no blank; NULL when a quote is not closed. */
static const char *
one_word(const char *at, GString *word)
{
    char quote = '\0';

    for (; *at != '\0' && (quote != '\0' || !g_ascii_isspace(*at));) {
        if (*at == '\\') {
            at = escape(at + 1, word);
        } else if (*at == quote) {
            quote = '\0';
            at++;
        } else if (quote == '\0' && (*at == '"' || *at == '\'')) {
            quote = *at++;
        } else {
            g_string_append_c(word, *at++);
        }
    }
    return (quote == '\0') ? at : NULL;
}

char **
cox_block_split(const char *text, guint *n_words)
{
    g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);
    const char *at = text;

    for (;;) {
        g_autoptr(GString) word = g_string_new(NULL);

        for (; g_ascii_isspace(*at); at++) {
        }
        if (*at == '\0') {
            break;
        }
        at = one_word(at, word);
        if (at == NULL) {
            return NULL;
        }
        g_ptr_array_add(words, g_strdup(word->str));
    }
    if (n_words != NULL) {
        *n_words = words->len;
    }
    g_ptr_array_add(words, NULL);
    return (char **) g_ptr_array_steal(words, NULL);
}

char *
cox_block_quote(const char *text)
{
    GString *out = g_string_new(NULL);
    bool is_plain = *text != '\0';

    for (const char *at = text; *at != '\0'; at++) {
        is_plain = is_plain && (g_ascii_isalnum(*at) || strchr("_-./:@%+,=^*?[]()<>|&;~", *at) != NULL);
        if ((guchar) *at < 0x20) {
            g_string_append_printf(out, "\\%03o", (guint) (guchar) *at);
            continue;
        }
        if (*at == '"' || *at == '\\') {
            g_string_append_c(out, '\\');
        }
        g_string_append_c(out, *at);
    }
    if (!is_plain) {
        g_string_prepend_c(out, '"');
        g_string_append_c(out, '"');
    }
    return g_string_free(out, FALSE);
}
