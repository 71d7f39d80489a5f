/* cts/fuzz/fuzz_block.c - libFuzzer target: any bytes as a keepalived.conf that may include itself.  Layer 6. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/error.h"
#include "conf/block.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct input {
    const uint8_t *data;
    size_t size;
    guint n_reads;
};

static char **
match(const char *pattern, void *data)
{
    char **names = g_new0(char *, 2);

    (void) data;
    names[0] = strstr(pattern, "none") == NULL ? g_strdup(pattern) : NULL;
    return names;
}

static char *
read_again(const char *name, gsize *length, void *data, GError **error)
{
    struct input *input = data;

    if (++input->n_reads > 8) {
        g_set_error(error, COX_ERROR, COX_ERROR_NO_INPUT, "%s is not there", name);
        return NULL;
    }
    *length = input->size;
    return g_strndup((const char *) input->data, input->size);
}

/* Every statement has a keyword, a place and a body if there is something in it; words are words again when they are quoted. */
static void
walk(const struct cox_block *outer, guint depth)
{
    COX_BUG_ON(depth > COX_BLOCK_MOST_DEPTH + 1);
    for (const struct cox_block *block = outer->first; block != NULL; block = block->next) {
        COX_BUG_ON(block->n_words == 0 || block->line == 0 || (block->first != NULL && !block->has_body));
        for (guint i = 0; i < block->n_words; i++) {
            g_autofree char *quoted = cox_block_quote(cox_block_word(block, i));
            g_auto(GStrv) words = cox_block_split(quoted, NULL);

            COX_BUG_ON(words == NULL || g_strcmp0(words[0], cox_block_word(block, i)) != 0 || words[1] != NULL);
        }
        g_strfreev(cox_block_split(block->rest, NULL));
        walk(block, depth + 1);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = { data, size, 0 };
    struct cox_block_source source = { .match = match, .read = read_again, .data = &input, .config_id = "main", .seed = 1, .most_steps = 5000 };
    g_autoptr(cox_diags) diags = cox_diags_new();
    g_autoptr(cox_block_tree) tree = cox_block_read("/etc/k.conf", &source, diags);

    walk(&tree->root, 0);
    return 0;
}
