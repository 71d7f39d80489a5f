/* lib/conf/blockdef.c - definitions, references and repetitions in keepalived.conf.  Layer 1, pure. */
#include "conf/block_priv.h"

#include <string.h>

enum { MOST_TURNS = 100 * 1000 };

static size_t
name_length(const char *text)
{
    size_t length = 0;

    if (!g_ascii_isalpha(*text) && *text != '_') {
        return 0;
    }
    while (g_ascii_isalnum(text[length]) || text[length] == '_') {
        length++;
    }
    return length;
}

bool
cox_blockdef_is_definition(const char *line, char **name, const char **value)
{
    size_t length = (*line == '$') ? name_length(line + 1) : 0;

    if (length == 0 || line[1 + length] != '=') {
        return false;
    }
    *name = g_strndup(line + 1, length);
    *value = line + length + 2;
    return true;
}

void
cox_blockdef_set(struct cox_blockdef *defs, const char *name, const char *text)
{
    if (text == NULL) {
        g_hash_table_remove(defs->texts, name);
    } else {
        g_hash_table_insert(defs->texts, g_strdup(name), g_strdup(text));
    }
}

/* ---- references ------------------------------------------------------------------------------------------- */

/* A reference in a text: where it is, and what is to stand there. */
struct reference {
    size_t at, length;
    char *value; /* NULL: it is none that is known; owned */
};

/* xorshift: the same seed gives the same configuration. */
static guint32
next_random(struct cox_blockdef *defs)
{
    guint32 x = (defs->random == 0) ? 0x9e3779b9U : defs->random;

    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    defs->random = x;
    return x;
}

/* "MIN MAX" */
static char *
random_text(struct cox_blockdef *defs, const char *args)
{
    char *end = NULL;
    guint64 least = g_ascii_strtoull(args, &end, 10);
    guint64 most = g_ascii_strtoull(end, NULL, 10);

    least = MIN(least, G_MAXINT32);
    most = (most == 0) ? 32767 : MIN(most, G_MAXINT32);
    return g_strdup_printf("%" G_GUINT64_FORMAT, least + (most <= least ? 0 : next_random(defs) % (most - least + 1)));
}

static char *
value_of(struct cox_blockdef *defs, const char *name, const char *args)
{
    const char *text = g_hash_table_lookup(defs->texts, name);

    if (text != NULL || *name != '_') {
        return g_strdup(text);
    }
    if (strcmp(name, "_RANDOM") == 0) {
        return random_text(defs, args);
    }
    if (strcmp(name, "_PWD") == 0) {
        return g_strdup(defs->directory);
    }
    if (strcmp(name, "_INSTANCE") == 0) {
        return g_strdup(defs->config_id);
    }
    return (strcmp(name, "_HASH") == 0) ? g_strdup("#") : (strcmp(name, "_BANG") == 0) ? g_strdup("!") : NULL;
}

/* What begins with the "$" at @at: ${NAME}, or $NAME with a blank or nothing behind it. */
static struct reference
reference_at(struct cox_blockdef *defs, const char *text, size_t at)
{
    bool has_brace = text[at + 1] == '{';
    const char *begin = text + at + 1 + (has_brace ? 1 : 0);
    size_t length = name_length(begin);
    struct reference reference = { .at = at };
    g_autofree char *name = g_strndup(begin, length);
    g_autofree char *args = NULL;
    const char *end = begin + length;

    if (length == 0) {
        return reference;
    }
    if (has_brace) {
        const char *close = end + strspn(end, "0123456789 \t");

        if (*close != '}' || (close != end && strcmp(name, "_RANDOM") != 0)) {
            return reference;
        }
        args = g_strndup(end, (size_t) (close - end));
        end = close + 1;
    } else if (*end != '\0' && !g_ascii_isspace(*end)) {
        return reference;
    }
    reference.length = (size_t) (end - text) - at;
    reference.value = value_of(defs, name, (args == NULL) ? "" : args);
    return reference;
}

bool
cox_blockdef_replace(struct cox_blockdef *defs, GString *line)
{
    guint n = 0;

    for (size_t at = 0; at < line->len;) {
        struct reference reference = { .at = at };
        g_autofree char *value = NULL;

        if (line->str[at] == '$') {
            reference = reference_at(defs, line->str, at);
        }
        value = reference.value;
        if (value == NULL) {
            at++;
            continue;
        }
        if (++n > COX_BLOCK_MOST_REPLACED || line->len + strlen(value) > COX_BLOCK_MOST_BYTES / 64) {
            return false;
        }
        g_string_erase(line, (gssize) at, (gssize) reference.length);
        g_string_insert(line, (gssize) at, value);
        if (strchr(value, '\n') != NULL) {
            break;
        }
    }
    return true;
}

/* ---- repetitions ------------------------------------------------------------------------------------------ */

bool
cox_blockdef_is_loop(const char *line)
{
    return g_str_has_prefix(line, "~SEQ(") || g_str_has_prefix(line, "~SEQx(") || g_str_has_prefix(line, "~LST(");
}

/* Up to the "," or ")" that is in no braces; stripped; NULL at the end of the line. */
static char *
one_argument(const char **at)
{
    const char *begin = *at;
    guint depth = 0;

    for (; **at != '\0' && (depth > 0 || (**at != ',' && **at != ')')); (*at)++) {
        depth += (**at == '{') ? 1 : 0;
        depth -= (**at == '}' && depth > 0) ? 1 : 0;
    }
    return (**at == '\0') ? NULL : g_strstrip(g_strndup(begin, (size_t) (*at - begin)));
}

/* The arguments in the parentheses; @rest is set to what is behind them.  NULL: not closed. */
static GPtrArray *
arguments_of(const char *line, const char **rest)
{
    g_autoptr(GPtrArray) args = g_ptr_array_new_with_free_func(g_free);
    const char *at = strchr(line, '(');
    char *one = NULL;

    do {
        at++;
        one = one_argument(&at);
        if (one == NULL) {
            return NULL;
        }
        g_ptr_array_add(args, one);
    } while (*at == ',');
    for (at++; g_ascii_isspace(*at); at++) {
    }
    *rest = at;
    return g_steal_pointer(&args);
}

static bool
number_of(const char *text, gint64 *number)
{
    char *end = NULL;

    *number = g_ascii_strtoll(text, &end, 0);
    return end != text && *end == '\0' && *number >= G_MININT32 && *number <= G_MAXINT32;
}

/* (VAR, END), (VAR, START, END) or (VAR, START, STEP, END) */
static bool
sequence(const GPtrArray *args, bool is_hex, struct cox_blockloop *loop, const char **error)
{
    gint64 first = 0, step = 0, last = 0;
    bool is_good = args->len >= 2 && args->len <= 4 && number_of(g_ptr_array_index(args, args->len - 1), &last);

    first = (last > 0) ? 1 : -1;
    is_good = is_good && (args->len < 3 || number_of(g_ptr_array_index(args, 1), &first));
    step = (last >= first) ? 1 : -1;
    is_good = is_good && (args->len < 4 || number_of(g_ptr_array_index(args, 2), &step));
    if (!is_good || step == 0 || (last - first) / step >= MOST_TURNS) {
        *error = "~SEQ is (NAME, LAST), (NAME, FIRST, LAST) or (NAME, FIRST, STEP, LAST) with at most 100,000 numbers";
        return false;
    }
    loop->names = g_new0(char *, 2);
    loop->names[0] = g_strdup(g_ptr_array_index(args, 0));
    loop->first = first;
    loop->step = step;
    loop->is_hex = is_hex;
    loop->n_turns = ((step > 0) == (last >= first) || last == first) ? (guint) ((last - first) / step) + 1 : 0;
    return true;
}

/* "{A, B}" or "A" */
static char **
several(const char *text)
{
    size_t length = strlen(text);
    bool has_braces = length >= 2 && text[0] == '{' && text[length - 1] == '}';
    g_autofree char *inner = has_braces ? g_strndup(text + 1, length - 2) : NULL;
    char **parts = has_braces ? g_strsplit(inner, ",", -1) : g_new0(char *, 2);

    if (!has_braces) {
        parts[0] = g_strdup(text);
    }
    for (guint i = 0; parts[i] != NULL; i++) {
        g_strstrip(parts[i]);
    }
    return parts;
}

static bool
list(const GPtrArray *args, struct cox_blockloop *loop, const char **error)
{
    loop->names = several(g_ptr_array_index(args, 0));
    loop->turns = g_ptr_array_new_with_free_func((GDestroyNotify) g_strfreev);
    loop->n_turns = args->len - 1;
    for (guint i = 1; i < args->len; i++) {
        char **turn = several(g_ptr_array_index(args, i));

        g_ptr_array_add(loop->turns, turn);
        if (g_strv_length(turn) != g_strv_length(loop->names)) {
            *error = "~LST has a value for each name: (NAME, VALUE, ...) or ({NAME, NAME}, {VALUE, VALUE}, ...)";
            return false;
        }
    }
    return true;
}

bool
cox_blockdef_loop(const char *line, struct cox_blockloop *loop, const char **error)
{
    g_autoptr(GPtrArray) args = arguments_of(line, &loop->rest);
    bool is_good = false;

    if (args == NULL) {
        *error = "the parenthesis is not closed";
        return false;
    }
    is_good = g_str_has_prefix(line, "~LST") ? list(args, loop, error) : sequence(args, line[4] == 'x', loop, error);
    for (guint i = 0; is_good && loop->names[i] != NULL; i++) {
        if (name_length(loop->names[i]) == 0 || name_length(loop->names[i]) != strlen(loop->names[i])) {
            *error = "names are made of letters, digits and _";
            return false;
        }
    }
    return is_good;
}

char *
cox_blockloop_value(const struct cox_blockloop *loop, guint turn, guint name)
{
    gint64 number = loop->first + loop->step * turn;

    if (loop->turns != NULL) {
        char **values = g_ptr_array_index(loop->turns, turn);

        return g_strdup(values[name]);
    }
    return loop->is_hex ? g_strdup_printf("%x", (guint) number) : g_strdup_printf("%" G_GINT64_FORMAT, number);
}

void
cox_blockloop_clear(struct cox_blockloop *loop)
{
    g_clear_pointer(&loop->names, g_strfreev);
    g_clear_pointer(&loop->turns, g_ptr_array_unref);
}
