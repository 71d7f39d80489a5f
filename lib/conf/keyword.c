/* lib/conf/keyword.c - statements of a block tree into the fields of structs, by a table of keywords.  Layer 1, pure. */
#include "conf/keyword.h"

#include <string.h>

#include "base/ipaddr.h"
#include "base/nearest.h"

/* Rows are their own keys: block and name. */
static guint
row_hash(gconstpointer key)
{
    const struct cox_keyword *row = key;

    return g_str_hash(row->block) * 31 + g_str_hash(row->name);
}

static gboolean
row_equal(gconstpointer a, gconstpointer b)
{
    const struct cox_keyword *one = a, *other = b;

    return strcmp(one->name, other->name) == 0 && strcmp(one->block, other->block) == 0;
}

void
cox_keyword_reader_init(struct cox_keyword_reader *reader, const struct cox_keyword *rows, size_t n_rows)
{
    reader->rows = rows;
    reader->n_rows = n_rows;
    reader->index = g_hash_table_new(row_hash, row_equal);
    for (size_t i = 0; i < n_rows; i++) {
        g_hash_table_add(reader->index, (gpointer) (guintptr) &rows[i]);
    }
}

void
cox_keyword_reader_clear(struct cox_keyword_reader *reader)
{
    g_clear_pointer(&reader->index, g_hash_table_unref);
}

const struct cox_keyword *
cox_keyword_find(const struct cox_keyword_reader *reader, const char *block, const char *name)
{
    const struct cox_keyword key = { .block = block, .name = name };

    return g_hash_table_lookup(reader->index, &key);
}

/* ---- values ----------------------------------------------------------------------------------------------- */

static void
refuse(const struct cox_keyword_reader *reader, const struct cox_block *block, guint i, const char *remedy, const char *what)
{
    const char *word = cox_block_word(block, i);

    if (word == NULL) {
        cox_block_say(reader->diags, COX_SEVERITY_ERROR, block, 0, remedy, "'%s' needs %s behind it", cox_block_keyword(block), what);
    } else {
        cox_block_say(reader->diags, COX_SEVERITY_ERROR, block, i, remedy, "'%s' of '%s' is not %s", word, cox_block_keyword(block), what);
    }
}

void
cox_keyword_refuse(const struct cox_keyword_reader *reader, const struct cox_block *block, guint i, const char *remedy)
{
    const char *word = cox_block_word(block, i);

    cox_block_say(reader->diags, COX_SEVERITY_ERROR, block, i, remedy, (word == NULL) ? "'%s' is not complete" : "'%s' does not mean anything in '%s'",
                  (word == NULL) ? cox_block_keyword(block) : word, cox_block_keyword(block));
}

bool
cox_keyword_number(const struct cox_keyword_reader *reader, const struct cox_block *block, guint i, const gint64 bounds[2], gint64 *value)
{
    const char *word = cox_block_word(block, i);
    const char *digits = (word != NULL && *word == '+') ? word + 1 : word;
    g_autofree char *what = g_strdup_printf("a number from %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT, bounds[0], bounds[1]);
    g_autofree char *remedy = g_strdup_printf("write %s", what);

    if (digits == NULL || !g_ascii_string_to_signed(digits, 10, bounds[0], bounds[1], value, NULL)) {
        refuse(reader, block, i, remedy, what);
        return false;
    }
    return true;
}

/* "12", "0.25"; more than six decimals are cut. */
static bool
usec_of(const char *text, gint64 *usec)
{
    gint64 whole = 0, part = 0, unit = 100000;
    bool has_digit = false;

    for (; g_ascii_isdigit(*text) && whole < G_MAXINT32; text++) {
        whole = whole * 10 + (*text - '0');
        has_digit = true;
    }
    if (*text == '.') {
        for (text++; g_ascii_isdigit(*text); text++, unit /= 10) {
            part += unit * (*text - '0');
            has_digit = true;
        }
    }
    *usec = whole * G_USEC_PER_SEC + part;
    return has_digit && *text == '\0';
}

char *
cox_keyword_seconds(gint64 usec)
{
    char *text = g_strdup_printf("%" G_GINT64_FORMAT ".%06" G_GINT64_FORMAT, usec / G_USEC_PER_SEC, usec % G_USEC_PER_SEC);
    size_t length = strlen(text);

    while (text[length - 1] == '0') {
        text[--length] = '\0';
    }
    if (text[length - 1] == '.') {
        text[length - 1] = '\0';
    }
    return text;
}

bool
cox_keyword_usec(const struct cox_keyword_reader *reader, const struct cox_block *block, guint i, const gint64 bounds[2], gint64 *value)
{
    const char *word = cox_block_word(block, i);
    g_autofree char *least = cox_keyword_seconds(bounds[0]);
    g_autofree char *most = cox_keyword_seconds(bounds[1]);
    g_autofree char *what = g_strdup_printf("a number of seconds from %s to %s", least, most);
    g_autofree char *remedy = g_strdup_printf("write %s", what);

    if (word == NULL || !usec_of(word, value) || *value < bounds[0] || *value > bounds[1]) {
        refuse(reader, block, i, remedy, what);
        return false;
    }
    return true;
}

bool
cox_keyword_bool(const struct cox_keyword_reader *reader, const struct cox_block *block, guint i, bool *value)
{
    const char *word = cox_block_word(block, i);
    bool is_on = word != NULL && (strcmp(word, "on") == 0 || strcmp(word, "true") == 0 || strcmp(word, "yes") == 0);
    bool is_off = word != NULL && (strcmp(word, "off") == 0 || strcmp(word, "false") == 0 || strcmp(word, "no") == 0);

    if (!is_on && !is_off) {
        refuse(reader, block, i, "write on, off, true, false, yes or no", "on or off");
        return false;
    }
    *value = is_on;
    return true;
}

const char *
cox_keyword_text(const struct cox_keyword_reader *reader, const struct cox_block *block, guint i)
{
    const char *word = cox_block_word(block, i);

    if (word == NULL) {
        refuse(reader, block, i, "write it, or leave the line out", "a value");
        return NULL;
    }
    return cox_arena_intern(reader->arena, word);
}

/* ---- fields ----------------------------------------------------------------------------------------------- */

static void
put_number(const struct cox_keyword *row, void *field, gint64 value)
{
    switch (row->size) {
    case 1: *(guint8 *) field = (guint8) value; break;
    case 2: *(guint16 *) field = (guint16) value; break;
    case 4: *(guint32 *) field = (guint32) value; break;
    default: *(gint64 *) field = value; break;
    }
}

static gint64
get_number(const struct cox_keyword *row, const void *field)
{
    bool is_signed = row->least < 0;

    switch (row->size) {
    case 1: return is_signed ? *(const gint8 *) field : *(const guint8 *) field;
    case 2: return is_signed ? *(const gint16 *) field : *(const guint16 *) field;
    case 4: return is_signed ? *(const gint32 *) field : (gint64) *(const guint32 *) field;
    default: return *(const gint64 *) field;
    }
}

static bool
take_flag(const struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *field)
{
    bool value = true;

    if (block->n_words > 1 && row->most == 0) {
        cox_block_say(reader->diags, COX_SEVERITY_WARNING, block, 1, "leave it out", "'%s' behind '%s' is not read", cox_block_word(block, 1),
                      row->name);
    } else if (block->n_words > 1 && !cox_keyword_bool(reader, block, 1, &value)) {
        return false;
    }
    *(bool *) field = (row->kind == COX_KEYWORD_FLAG) ? value : !value;
    return true;
}

static bool
take_value(const struct cox_keyword_reader *reader, const struct cox_keyword *row, const struct cox_block *block, void *field)
{
    const gint64 bounds[] = { row->least, row->most };
    gint64 value = 0;
    struct cox_ip ip;

    if (row->kind == COX_KEYWORD_NUMBER) {
        if (!cox_keyword_number(reader, block, 1, bounds, &value)) {
            return false;
        }
        put_number(row, field, value);
        return true;
    }
    if (row->kind == COX_KEYWORD_SECONDS || row->kind == COX_KEYWORD_MILLIS) {
        if (!cox_keyword_usec(reader, block, 1, bounds, &value)) {
            return false;
        }
        *(gint64 *) field = (row->kind == COX_KEYWORD_SECONDS) ? value : (value + 999) / 1000;
        return true;
    }
    if (row->kind == COX_KEYWORD_TEXT) {
        *(const char **) field = cox_keyword_text(reader, block, 1);
        return *(const char **) field != NULL;
    }
    if (block->n_words < 2 || !cox_ip_parse(cox_block_word(block, 1), &ip)) {
        refuse(reader, block, 1, "write an IPv4 or IPv6 address", "an address");
        return false;
    }
    *(struct cox_ip *) field = ip;
    return true;
}

static void
say_more(const struct cox_keyword_reader *reader, const struct cox_block *block)
{
    if (block->n_words > 2) {
        cox_block_say(reader->diags, COX_SEVERITY_WARNING, block, 2, "leave it out, or give it a line of its own",
                      "'%s' behind '%s' is not read", cox_block_word(block, 2), cox_block_keyword(block));
    }
    if (block->has_body) {
        cox_block_say(reader->diags, COX_SEVERITY_ERROR, block, 0, "leave the braces out", "'%s' has no block", cox_block_keyword(block));
    }
}

/* A keyword of the block that was perhaps meant. */
static char *
remedy_for(const struct cox_keyword_reader *reader, const char *block, const char *name)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();
    const char *near = NULL;

    for (size_t i = 0; i < reader->n_rows; i++) {
        if (strcmp(reader->rows[i].block, block) == 0) {
            g_ptr_array_add(names, (gpointer) (guintptr) reader->rows[i].name);
        }
    }
    near = cox_nearest(name, (const char *const *) names->pdata, names->len);
    return (near == NULL) ? g_strdup("leave it out, or correct the word (doc/keepalived.md lists the keywords)")
                          : g_strdup_printf("did you mean '%s'?", near);
}

void
cox_keyword_read_one(struct cox_keyword_reader *reader, const char *block, const struct cox_block *statement, void *target)
{
    const char *name = cox_block_keyword(statement);
    const struct cox_keyword *row = cox_keyword_find(reader, block, name);
    void *field = (row == NULL) ? NULL : (char *) target + row->offset;
    g_autofree char *remedy = NULL;

    if (row == NULL) {
        remedy = remedy_for(reader, block, name);
        cox_block_say(reader->diags, COX_SEVERITY_WARNING, statement, 0, remedy, "keyword '%s' is not known in '%s'", name, block);
        return;
    }
    switch (row->kind) {
    case COX_KEYWORD_FLAG:
    case COX_KEYWORD_UNFLAG:
        (void) take_flag(reader, row, statement, field);
        say_more(reader, statement);
        break;
    case COX_KEYWORD_NUMBER:
    case COX_KEYWORD_SECONDS:
    case COX_KEYWORD_MILLIS:
    case COX_KEYWORD_TEXT:
    case COX_KEYWORD_IP:
        (void) take_value(reader, row, statement, field);
        say_more(reader, statement);
        break;
    case COX_KEYWORD_SPECIAL:
        row->take(reader, row, statement, target);
        break;
    case COX_KEYWORD_OLD:
        cox_block_say(reader->diags, COX_SEVERITY_INFO, statement, 0, "leave it out", "keyword '%s' has no meaning any more: %s", name, row->help);
        break;
    case COX_KEYWORD_DROPPED:
        cox_block_say(reader->diags, COX_SEVERITY_WARNING, statement, 0, row->usual, "keyword '%s' is not carried over: %s", name, row->help);
        break;
    case COX_KEYWORD_ELSEWHERE:
        break;
    }
}

void
cox_keyword_read(struct cox_keyword_reader *reader, const char *block, const struct cox_block *body, void *target)
{
    for (const struct cox_block *statement = body->first; statement != NULL; statement = statement->next) {
        cox_keyword_read_one(reader, block, statement, target);
    }
}

/* ---- writing ---------------------------------------------------------------------------------------------- */

static void G_GNUC_PRINTF(3, 0)
put_line(struct cox_keyword_writer *writer, const char *end, const char *format, va_list args)
{
    g_string_append_printf(writer->out, "%*s", (int) writer->depth * 4, "");
    g_string_append_vprintf(writer->out, format, args);
    g_string_append(writer->out, end);
}

void
cox_keyword_open(struct cox_keyword_writer *writer, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    put_line(writer, " {\n", format, args);
    va_end(args);
    writer->depth++;
}

void
cox_keyword_close(struct cox_keyword_writer *writer)
{
    writer->depth--;
    g_string_append_printf(writer->out, "%*s}\n%s", (int) writer->depth * 4, "", writer->depth == 0 ? "\n" : "");
}

void
cox_keyword_line(struct cox_keyword_writer *writer, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    put_line(writer, "\n", format, args);
    va_end(args);
}

char *
cox_keyword_quote(const char *text)
{
    bool is_plain = *text != '\0' && strpbrk(text, " \t{}#!$@~\"\\") == NULL;
    g_autoptr(GString) out = g_string_new(NULL);

    for (const char *at = text; *at != '\0'; at++) {
        if (*at != '"' && (guchar) *at >= 0x20) {
            g_string_append_c(out, *at);
        }
    }
    return is_plain ? g_strdup(text) : g_strdup_printf("\"%s\"", out->str);
}

char *
cox_keyword_two(const char *first, const char *second)
{
    g_autofree char *a = (first == NULL) ? g_strdup("") : cox_keyword_quote(first);
    g_autofree char *b = (first == NULL || second == NULL) ? NULL : cox_keyword_quote(second);

    return (b == NULL) ? g_steal_pointer(&a) : g_strconcat(a, " ", b, NULL);
}

static void
write_row(struct cox_keyword_writer *writer, const struct cox_keyword *row, const void *field)
{
    char address[COX_IP_TEXT_SIZE];
    g_autofree char *text = NULL;

    switch (row->kind) {
    case COX_KEYWORD_FLAG:
    case COX_KEYWORD_UNFLAG:
        cox_keyword_line(writer, "%s%s", row->name, (*(const bool *) field == (row->kind == COX_KEYWORD_FLAG)) ? "" : " off");
        break;
    case COX_KEYWORD_NUMBER:
        cox_keyword_line(writer, "%s %" G_GINT64_FORMAT, row->name, get_number(row, field));
        break;
    case COX_KEYWORD_SECONDS:
    case COX_KEYWORD_MILLIS:
        text = cox_keyword_seconds(*(const gint64 *) field * (row->kind == COX_KEYWORD_MILLIS ? 1000 : 1));
        cox_keyword_line(writer, "%s %s", row->name, text);
        break;
    case COX_KEYWORD_TEXT:
        text = cox_keyword_quote(*(const char *const *) field);
        cox_keyword_line(writer, "%s %s", row->name, text);
        break;
    default:
        cox_keyword_line(writer, "%s %s", row->name, cox_ip_format(field, address));
        break;
    }
}

static bool
is_usual(const struct cox_keyword *row, const void *field, const void *usual)
{
    if (row->kind == COX_KEYWORD_TEXT) {
        const char *text = *(const char *const *) field;

        return text == NULL || g_strcmp0(text, *(const char *const *) usual) == 0;
    }
    return memcmp(field, usual, row->size) == 0 || (row->kind == COX_KEYWORD_IP && ((const struct cox_ip *) field)->family == COX_IP_NONE);
}

void
cox_keyword_write(struct cox_keyword_writer *writer, const struct cox_keyword *rows, size_t n_rows, const char *block,
                  const void *const targets[2])
{
    for (size_t i = 0; i < n_rows; i++) {
        const char *field = (const char *) targets[0] + rows[i].offset;
        bool is_here = rows[i].kind <= COX_KEYWORD_IP && strcmp(rows[i].block, block) == 0;
        bool is_switch = rows[i].kind <= COX_KEYWORD_UNFLAG && rows[i].most == 0;

        if (is_here && is_switch && *(const bool *) field != (rows[i].kind == COX_KEYWORD_FLAG)) {
            continue; /* nothing can be written that switches it off */
        }
        if (is_here && !is_usual(&rows[i], field, (const char *) targets[1] + rows[i].offset)) {
            write_row(writer, &rows[i], field);
        }
    }
}

void
cox_keyword_copy(GString *out, const struct cox_block *block, guint depth)
{
    g_autofree char *keyword = cox_keyword_quote(cox_block_keyword(block));

    g_string_append_printf(out, "%*s%s%s%s%s\n", (int) depth * 2, "", keyword, *block->rest == '\0' ? "" : " ", block->rest,
                           block->has_body ? " {" : "");
    if (block->has_body) {
        for (const struct cox_block *inner = block->first; inner != NULL; inner = inner->next) {
            cox_keyword_copy(out, inner, depth + 1);
        }
        g_string_append_printf(out, "%*s}\n", (int) depth * 2, "");
    }
}
