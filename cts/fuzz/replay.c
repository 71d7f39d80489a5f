/* cts/fuzz/replay.c - gives the seeds of one fuzz target to it, as part of make check; what fuzzing found stays fixed.  Layer 6. */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <glib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static gint
by_name(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *) a, *(const char *const *) b);
}

static GPtrArray *
files_of(const char *directory)
{
    GPtrArray *files = g_ptr_array_new_with_free_func(g_free);
    GDir *dir = g_dir_open(directory, 0, NULL);
    const char *name;

    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        g_ptr_array_add(files, g_build_filename(directory, name, NULL));
    }
    if (dir != NULL) {
        g_dir_close(dir);
    }
    g_ptr_array_sort(files, by_name);
    return files;
}

/* The seeds of cts/fuzz/replay_x are in cts/fuzz/seeds/fuzz_x; arguments name other files. */
int
main(int argc, char **argv)
{
    const char *top = g_getenv("top_srcdir");
    const char *name = strstr(argv[0], "replay_");
    g_autofree char *target = g_strconcat("fuzz_", name == NULL ? "" : name + strlen("replay_"), NULL);
    g_autofree char *directory = g_build_filename(top == NULL ? "." : top, "cts/fuzz/seeds", target, NULL);
    g_autoptr(GPtrArray) files = files_of(directory);

    if (argc > 1) {
        g_ptr_array_set_size(files, 0);
    }
    for (int i = 1; i < argc; i++) {
        g_ptr_array_add(files, g_strdup(argv[i]));
    }
    printf("1..%u\n", MAX(files->len, 1));
    if (files->len == 0) {
        printf("not ok 1 - no seeds in %s\n", directory);
        return 1;
    }
    for (guint i = 0; i < files->len; i++) {
        g_autofree char *text = NULL;
        g_autofree char *shown = g_path_get_basename(g_ptr_array_index(files, i));
        gsize length = 0;
        bool is_read = g_file_get_contents(g_ptr_array_index(files, i), &text, &length, NULL);

        /* Said before: after a crash the last line names the culprit. */
        printf("# %s %s\n", target, shown);
        fflush(stdout);
        if (is_read) {
            (void) LLVMFuzzerTestOneInput((const uint8_t *) text, length);
        }
        printf("%s %u - %s %s\n", is_read ? "ok" : "not ok", i + 1, target, shown);
    }
    return 0;
}
