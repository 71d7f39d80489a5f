/* lib/conf/blockread.c - keepalived.conf to a tree: files become lines, lines become statements.  Layer 1, pure. */
#include "conf/block_priv.h"

#include <string.h>

enum { PIECE_BYTES = 48 * 1024 };

struct reader {
    struct cox_block_tree *tree;
    struct cox_arena *arena;  /* of the last piece of the tree */
    const struct cox_block_source *source;
    struct cox_diags *diags;
    struct cox_blockdef defs;
    GPtrArray *open;          /* struct cox_block that braces are open of; the root is the first */
    GArray *words;            /* struct cox_block_word of the statement that is being read */
    const char *rest;         /* of it: where it goes on behind the keyword; NULL: not there yet */
    bool may_open;            /* the last thing was a statement: "{" in a line of its own belongs to it */
    const char *file;
    guint line, n_files;      /* n_files: that include each other */
    gsize n_bytes;
    guint n_steps;            /* lines, statements and words */
    bool is_full;             /* a limit was met: nothing more is read */
};

/* A piece of text that is to become statements. */
struct piece {
    const char *text;
    guint column; /* of its first character, 0: unknown */
    guint depth;  /* of definitions in each other */
    bool is_conditional;
};

static void give_up(struct reader *reader, const char *text);
static void take_line(struct reader *reader, struct piece piece);
static void take_file(struct reader *reader, const char *name, char *text, gsize length);

static void
say(struct reader *reader, enum cox_severity severity, guint column, const char *remedy, const char *text)
{
    const struct cox_block_word word = { .column = column };
    const struct cox_block place = { .file = reader->file, .line = reader->line, .words = &word, .n_words = 1 };

    cox_block_say(reader->diags, severity, &place, 0, remedy, "%s", text);
    if (cox_diags_count(reader->diags) >= COX_BLOCK_MOST_SAID) {
        give_up(reader, "there is more to say about it than anyone reads (10,000 messages)");
    }
}

static void
refuse(struct reader *reader, guint column, const char *remedy, const char *text)
{
    say(reader, COX_SEVERITY_ERROR, column, remedy, text);
}

static void
give_up(struct reader *reader, const char *text)
{
    bool was_full = reader->is_full;

    reader->is_full = true;
    if (!was_full) {
        refuse(reader, 0, "divide the configuration, or look for a definition that uses itself", text);
    }
}

static void
count_step(struct reader *reader)
{
    guint most = (reader->source->most_steps == 0) ? (guint) COX_BLOCK_MOST_STEPS : reader->source->most_steps;

    if (++reader->n_steps > most) {
        give_up(reader, "there are more lines, statements and words than are read (4 million)");
    }
}

static void
count_bytes(struct reader *reader, size_t n, guint depth)
{
    reader->n_bytes += n;
    if (reader->n_bytes > COX_BLOCK_MOST_BYTES || depth > COX_BLOCK_MOST_DEPTH) {
        give_up(reader, "files and definitions make more of it than is read (64 MiB, 32 definitions in each other)");
    }
}

/* ---- statements ------------------------------------------------------------------------------------------- */

static void
begin_piece(struct reader *reader)
{
    const struct cox_blockpiece piece = { .arena = cox_arena_new() };

    g_array_append_val(reader->tree->pieces, piece);
    reader->arena = piece.arena;
}

static struct cox_block *
around(const struct reader *reader)
{
    return g_ptr_array_index(reader->open, reader->open->len - 1);
}

/* What stands behind the keyword: mostly nothing, or one word that is there already. */
static const char *
rest_of(struct reader *reader, const struct cox_block *block, const char *end)
{
    if (block->n_words == 1) {
        return "";
    }
    if (block->n_words == 2 && !block->words[1].is_quoted) {
        return block->words[1].text;
    }
    while (end > reader->rest && g_ascii_isspace(end[-1])) {
        end--;
    }
    return cox_arena_strndup(reader->arena, reader->rest, (size_t) (MAX(end, reader->rest) - reader->rest));
}

/* The words so far are a statement; @end is where its text ends, or where a limit stopped the reading.  NULL: there are none. */
static struct cox_block *
finish(struct reader *reader, const char *end)
{
    struct cox_arena *arena = reader->arena;
    struct cox_block *block = NULL;
    struct cox_block *outer = around(reader);

    if (reader->words->len == 0) {
        return NULL;
    }
    count_step(reader);
    block = cox_arena_new_array(arena, struct cox_block, 1);
    block->file = reader->file;
    block->line = reader->line;
    block->n_words = reader->words->len;
    block->words = cox_arena_memdup(arena, reader->words->data, reader->words->len, sizeof(struct cox_block_word));
    block->rest = rest_of(reader, block, end);
    if (outer->last == NULL) {
        outer->first = block;
    } else {
        outer->last->next = block;
    }
    outer->last = block;
    if (reader->open->len == 1) {
        g_array_index(reader->tree->pieces, struct cox_blockpiece, reader->tree->pieces->len - 1).last = block;
    }
    g_array_set_size(reader->words, 0);
    reader->rest = NULL;
    reader->may_open = true;
    return block;
}

static void
open_block(struct reader *reader, const char *at, guint column)
{
    struct cox_block *block = finish(reader, at);

    if (block == NULL && reader->may_open) {
        block = around(reader)->last;
    }
    if (block == NULL) {
        refuse(reader, column, "write the keyword of the block before it", "'{' follows no keyword");
        block = cox_arena_new_array(reader->arena, struct cox_block, 1); /* so that its '}' finds it */
        block->file = reader->file;
        block->line = reader->line;
    }
    if (reader->open->len > COX_BLOCK_MOST_DEPTH) {
        give_up(reader, "blocks are in each other deeper than is read (32)");
    }
    block->has_body = true;
    reader->may_open = false;
    g_ptr_array_add(reader->open, block);
}

static void
close_block(struct reader *reader, const char *at, guint column)
{
    (void) finish(reader, at);
    reader->may_open = false;
    if (reader->open->len == 1) {
        refuse(reader, column, "leave it out, or look for a '{' that is missing", "'}' closes nothing");
        return;
    }
    g_ptr_array_set_size(reader->open, (gint) reader->open->len - 1);
}

/* Where a word without quotes ends; "${NAME}" that nothing defines stays in it. */
static const char *
plain_end(const char *at)
{
    for (; *at != '\0' && !g_ascii_isspace(*at) && strchr("\"{}", *at) == NULL; at++) {
        const char *close = (at[0] == '$' && at[1] == '{') ? strchr(at, '}') : NULL;

        at = (close != NULL) ? close : at;
    }
    return at;
}

/* The word that begins at @at; returns what follows it. */
static const char *
take_word(struct reader *reader, const char *at, guint column)
{
    struct cox_block_word word = { .column = column, .is_quoted = *at == '"' };
    const char *begin = word.is_quoted ? at + 1 : at;
    const char *end = begin;

    count_step(reader);
    if (reader->open->len == 1 && reader->words->len == 0 && cox_arena_used_bytes(reader->arena) > PIECE_BYTES) {
        begin_piece(reader);
    }
    if (word.is_quoted) {
        for (; *end != '\0' && *end != '"'; end++) {
            end += (*end == '\\' && end[1] != '\0') ? 1 : 0;
        }
        if (*end == '\0') {
            refuse(reader, column, "write a '\"' at its end, in the same line", "the quoted text is not closed");
        }
    } else {
        end = plain_end(begin);
    }
    word.text = cox_arena_strndup(reader->arena, begin, (size_t) (end - begin));
    g_array_append_val(reader->words, word);
    end += (word.is_quoted && *end == '"') ? 1 : 0;
    if (reader->words->len == 1) {
        reader->rest = end + strspn(end, " \t\r\f\v");
    }
    return end;
}

static void
take_words(struct reader *reader, const struct piece *piece)
{
    const char *at = piece->text;

    while (*at != '\0' && !reader->is_full) {
        guint column = (piece->column == 0) ? 0 : piece->column + (guint) (at - piece->text);

        if (g_ascii_isspace(*at)) {
            at++;
        } else if (*at == '{') {
            open_block(reader, at, column);
            at++;
        } else if (*at == '}') {
            close_block(reader, at, column);
            at++;
        } else {
            at = take_word(reader, at, column);
        }
    }
    (void) finish(reader, at);
}

/* ---- included files --------------------------------------------------------------------------------------- */

/* include, includer, includem, includew, includeb, includea, and a blank */
static const char *
include_pattern(const char *line, char *kind)
{
    size_t length = strlen("include");

    if (!g_str_has_prefix(line, "include")) {
        return NULL;
    }
    *kind = (line[length] != '\0' && strchr("rmwba", line[length]) != NULL) ? line[length++] : ' ';
    if (!g_ascii_isspace(line[length])) {
        return NULL;
    }
    return line + length + strspn(line + length, " \t\r\f\v");
}

/* Is it wrong that no file is there? */
static enum cox_severity
missing(char kind, const char *pattern)
{
    bool has_wildcard = strpbrk(pattern, "*?[") != NULL;

    if (kind == 'w' || kind == 'a' || kind == 'b' || (kind == 'm' && !has_wildcard)) {
        return COX_SEVERITY_ERROR;
    }
    return has_wildcard ? COX_SEVERITY_INFO : COX_SEVERITY_WARNING;
}

static void
include_one(struct reader *reader, const char *name, char kind)
{
    const char *file = reader->file;
    const char *directory = reader->defs.directory;
    guint line = reader->line;
    gsize length = 0;
    g_autoptr(GError) error = NULL;
    char *text = reader->source->read(name, &length, reader->source->data, &error);
    g_autofree char *message = NULL;

    if (text == NULL) {
        message = g_strdup_printf("'%s' cannot be read: %s", name, (error != NULL) ? error->message : "no reason given");
        say(reader, (kind == ' ') ? COX_SEVERITY_WARNING : COX_SEVERITY_ERROR, 0, "mend the file or leave the line out", message);
        return;
    }
    take_file(reader, name, text, length);
    reader->file = file;
    reader->line = line;
    reader->defs.directory = directory;
}

static void
include(struct reader *reader, const char *written, char kind, guint column)
{
    g_auto(GStrv) words = cox_block_split(written, NULL);
    g_auto(GStrv) names = NULL;
    g_autofree char *pattern = NULL;
    g_autofree char *message = NULL;

    if (words == NULL || words[0] == NULL || words[1] != NULL) {
        refuse(reader, column, "write: include FILE", "include names one file or one pattern");
        return;
    }
    if (reader->n_files >= COX_BLOCK_MOST_DEPTH) {
        give_up(reader, "files include each other deeper than is read (32): does one include itself?");
        return;
    }
    pattern = (words[0][0] == '/') ? g_strdup(words[0]) : g_strdup_printf("%s/%s", reader->defs.directory, words[0]);
    names = reader->source->match(pattern, reader->source->data);
    if (names == NULL || names[0] == NULL) {
        message = g_strdup_printf("no file is '%s'", pattern);
        say(reader, missing(kind, words[0]), column, "make the file, or leave the line out", message);
    }
    for (guint i = 0; names != NULL && names[i] != NULL && !reader->is_full; i++) {
        include_one(reader, names[i], kind);
    }
}

/* ---- lines ------------------------------------------------------------------------------------------------ */

/* A "@ID" or "@^ID" is before the text: is the rest meant for us? */
static bool
is_for_us(const struct reader *reader, struct piece *piece)
{
    bool is_not = piece->text[1] == '^';
    const char *id = piece->text + (is_not ? 2 : 1);
    size_t length = strcspn(id, " \t\r\f\v");
    const char *own = reader->defs.config_id;
    bool is_same = strlen(own) == length && strncmp(own, id, length) == 0;
    const char *rest = id + length + strspn(id + length, " \t\r\f\v");

    piece->column += (piece->column == 0) ? 0 : (guint) (rest - piece->text);
    piece->text = rest;
    piece->is_conditional = true;
    return is_same != is_not;
}

static void
repeat(struct reader *reader, const struct piece *piece)
{
    g_autoptr(GString) line = g_string_new(piece->text);
    struct cox_blockloop loop = { .names = NULL };
    const char *wrong = NULL;
    bool is_good = cox_blockdef_loop(line->str, &loop, &wrong);

    if (!is_good) {
        refuse(reader, piece->column, "see keepalived.conf(5), Sequence blocks and List blocks", wrong);
    }
    for (guint i = 0; is_good && i < loop.n_turns && !reader->is_full; i++) {
        for (guint k = 0; loop.names[k] != NULL; k++) {
            g_autofree char *value = cox_blockloop_value(&loop, i, k);

            cox_blockdef_set(&reader->defs, loop.names[k], value);
        }
        take_line(reader, (struct piece) { .text = loop.rest, .depth = piece->depth + 1, .is_conditional = piece->is_conditional });
    }
    for (guint k = 0; is_good && loop.names[k] != NULL; k++) {
        cox_blockdef_set(&reader->defs, loop.names[k], NULL);
    }
    cox_blockloop_clear(&loop);
}

/* The line with what its references stand for: it may be several lines now. */
static void
take_replaced(struct reader *reader, const struct piece *piece)
{
    g_autoptr(GString) line = NULL;
    g_auto(GStrv) lines = NULL;
    struct piece now = { .depth = piece->depth, .is_conditional = piece->is_conditional };
    bool is_same = false;

    if (strchr(piece->text, '$') == NULL) {
        take_words(reader, piece);
        return;
    }
    line = g_string_new(piece->text);
    if (!cox_blockdef_replace(&reader->defs, line)) {
        give_up(reader, "definitions make the line longer than is read");
        return;
    }
    is_same = strcmp(line->str, piece->text) == 0;
    if (strchr(line->str, '\n') == NULL) {
        now.text = line->str;
        now.column = is_same ? piece->column : 0;
        count_bytes(reader, is_same ? 0 : line->len + 1, piece->depth);
        if (*now.text == '@' && !now.is_conditional && !is_for_us(reader, &now)) {
            return;
        }
        take_words(reader, &now);
        return;
    }
    lines = g_strsplit(line->str, "\n", -1);
    for (guint i = 0; lines[i] != NULL && !reader->is_full; i++) {
        take_line(reader, (struct piece) { .text = lines[i], .depth = piece->depth + 1 });
    }
}

static void
take_line(struct reader *reader, struct piece piece)
{
    g_autofree char *name = NULL;
    const char *rest = NULL;
    char kind = ' ';
    size_t blank = strspn(piece.text, " \t\r\f\v");

    piece.text += blank;
    piece.column += (piece.column == 0) ? 0 : (guint) blank;
    count_step(reader);
    count_bytes(reader, strlen(piece.text) + 1, piece.depth);
    if (reader->is_full) {
        return;
    }
    if (*piece.text == '@' && !piece.is_conditional && !is_for_us(reader, &piece)) {
        return;
    }
    if (cox_blockdef_is_definition(piece.text, &name, &rest)) {
        cox_blockdef_set(&reader->defs, name, rest);
    } else if (cox_blockdef_is_loop(piece.text)) {
        repeat(reader, &piece);
    } else if ((rest = include_pattern(piece.text, &kind)) != NULL) {
        include(reader, rest, kind, piece.column);
    } else {
        take_replaced(reader, &piece);
    }
}

/* End the line where a comment begins, and take blanks from its end. */
static void
strip_comment(char *line)
{
    bool is_quoted = false;
    char *at = line;

    for (; *at != '\0' && (is_quoted || (*at != '#' && *at != '!')); at++) {
        if (*at == '\\' && at[1] != '\0') {
            at++;
        } else if (*at == '"') {
            is_quoted = !is_quoted;
        }
    }
    *at = '\0';
    (void) g_strchomp(line);
}

/* Take the "\" from the end of the line: does it go on? */
static bool
goes_on(char *line)
{
    size_t length = strlen(line);

    if (length == 0 || line[length - 1] != '\\') {
        return false;
    }
    line[length - 1] = '\0';
    (void) g_strchomp(line);
    return true;
}

/* May the line, of which the next one is a part, define something? */
static bool
begins_definition(char *line)
{
    const char *at = line + strspn(line, " \t\r\f\v");
    g_autofree char *name = NULL;
    const char *value = NULL;

    if (*at == '@') {
        at += strcspn(at, " \t\r\f\v");
        at += strspn(at, " \t\r\f\v");
    }
    return cox_blockdef_is_definition(at, &name, &value);
}

static char *
next_line(char **at)
{
    char *line = *at;
    char *end = strchr(line, '\n');

    *at = (end == NULL) ? line + strlen(line) : end + 1;
    if (end != NULL) {
        *end = '\0';
    }
    strip_comment(line);
    return line;
}

/* A definition of several lines: those that follow, as long as they end with "\". */
static void
take_definition(struct reader *reader, const char *first, char **at)
{
    g_autoptr(GString) all = g_string_new(first);
    bool is_bare = g_str_has_suffix(first, "=");
    guint line = reader->line;
    bool is_more = true;

    while (is_more && **at != '\0') {
        char *part = next_line(at);

        line++;
        is_more = goes_on(part);
        g_string_append_printf(all, "%s%s", is_bare ? "" : "\n", part + strspn(part, " \t\r\f\v"));
        is_bare = false;
    }
    take_line(reader, (struct piece) { .text = all->str, .column = 1 });
    reader->line = line;
}

/* Latin-1 as UTF-8: old files have it in comments and names. */
static char *
from_latin1(const char *text)
{
    GString *out = g_string_new(NULL);

    for (const guchar *at = (const guchar *) text; *at != '\0'; at++) {
        g_string_append_unichar(out, *at);
    }
    return g_string_free(out, FALSE);
}

/* Takes @text. */
static void
take_file(struct reader *reader, const char *name, char *text, gsize length)
{
    g_autofree char *owned = text;
    g_autofree char *directory = g_path_get_dirname(name);
    char *at = NULL;

    reader->n_files++;
    reader->file = cox_arena_intern(reader->tree->arena, name);
    reader->defs.directory = cox_arena_intern(reader->tree->arena, directory);
    reader->line = 0;
    if (strlen(text) != length) {
        refuse(reader, 0, "name a file of text", "there is a byte of zero in the file");
    } else if (!g_utf8_validate(text, (gssize) length, NULL)) {
        owned = from_latin1(text);
        g_free(text);
        say(reader, COX_SEVERITY_WARNING, 0, "write it in UTF-8", "the file is not in UTF-8: taken as ISO 8859-1");
    }
    at = owned;
    while (*at != '\0' && !reader->is_full) {
        char *line = next_line(&at);

        reader->line++;
        if (!goes_on(line)) {
            take_line(reader, (struct piece) { .text = line, .column = 1 });
        } else if (begins_definition(line)) {
            take_definition(reader, line, &at);
        } else {
            refuse(reader, (guint) strlen(line) + 1, "write it in one line, or as a definition", "a line goes on only in a definition");
        }
    }
    reader->n_files--;
}

/* ---- the whole -------------------------------------------------------------------------------------------- */

static struct cox_block_tree *
read_all(const char *file, char *text, gsize length, const struct cox_block_source *source, struct cox_diags *diags)
{
    struct cox_arena *arena = cox_arena_new();
    struct reader reader = { .source = source, .diags = diags, .tree = cox_arena_new_array(arena, struct cox_block_tree, 1) };
    const struct cox_block *open = NULL;

    reader.tree->arena = arena;
    reader.tree->pieces = g_array_new(FALSE, FALSE, sizeof(struct cox_blockpiece));
    begin_piece(&reader);
    reader.tree->root = (struct cox_block) { .file = cox_arena_intern(arena, file), .has_body = true };
    reader.open = g_ptr_array_new();
    reader.words = g_array_new(FALSE, FALSE, sizeof(struct cox_block_word));
    reader.defs = (struct cox_blockdef) { .texts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free),
                                          .config_id = (source->config_id == NULL) ? "" : source->config_id, .random = source->seed };
    g_ptr_array_add(reader.open, &reader.tree->root);
    take_file(&reader, file, text, length);
    open = around(&reader);
    if (open != &reader.tree->root && !reader.is_full) {
        cox_block_say(diags, COX_SEVERITY_ERROR, open, 0, "write a '}' where it ends", "the block '%s' is not closed", cox_block_keyword(open));
    }
    g_ptr_array_unref(reader.open);
    g_array_unref(reader.words);
    g_hash_table_unref(reader.defs.texts);
    return reader.tree;
}

struct cox_block_tree *
cox_block_read_text(const char *file, const char *text, const struct cox_block_source *source, struct cox_diags *diags)
{
    return read_all(file, g_strdup(text), strlen(text), source, diags);
}

struct cox_block_tree *
cox_block_read(const char *file, const struct cox_block_source *source, struct cox_diags *diags)
{
    g_autoptr(GError) error = NULL;
    gsize length = 0;
    char *text = source->read(file, &length, source->data, &error);

    if (text == NULL) {
        cox_diags_add(diags, COX_SEVERITY_ERROR, file, "name a file that is there and may be read", "%s",
                      (error != NULL) ? error->message : "it cannot be read");
        return read_all(file, g_strdup(""), 0, source, diags);
    }
    return read_all(file, text, length, source, diags);
}
