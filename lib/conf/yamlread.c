/* lib/conf/yamlread.c - YAML text, as anybody may have written it, to a tree: libyaml's events become nodes.  Layer 1. */
#include "conf/yamlread.h"

#include <string.h>
#include <yaml.h>

#include "base/error.h"

/* A list or map that is not at its end. */
struct open {
    struct cox_conf *node;  /* owned by what is around it */
    struct cox_conf *key;   /* MAP: whose value comes next; owned */
    GHashTable *seen;       /* MAP: keys so far: borrowed texts, to the key's node */
};

struct reader {
    struct cox_conf *root; /* NULL before the first node */
    GArray *stack;         /* struct open */
    guint n_nodes, n_documents;
};

static void
open_clear(gpointer data)
{
    struct open *open = data;

    cox_conf_free(open->key);
    g_clear_pointer(&open->seen, g_hash_table_unref);
}

static bool
refuse(const yaml_mark_t *mark, GError **error, const char *what)
{
    g_set_error(error, COX_ERROR, COX_ERROR_SYNTAX, "line %zu, column %zu: %s", mark->line + 1, mark->column + 1, what);
    return false;
}

/* ---- texts ------------------------------------------------------------------------------------------------ */

/* May XML have it? (XML 1.0, production 2) */
static bool
is_good(gunichar c)
{
    return c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c <= 0xd7ff) || (c >= 0xe000 && c <= 0xfffd) || (c >= 0x10000 && c <= 0x10ffff);
}

static bool
check_text(const yaml_event_t *event, GError **error)
{
    const char *text = (const char *) event->data.scalar.value;
    const char *end = text + event->data.scalar.length;
    g_autofree char *what = NULL;

    for (const char *at = text; at < end; at += g_utf8_skip[(guchar) *at]) {
        gunichar c = g_utf8_get_char(at); /* libyaml has checked that it is UTF-8 */

        if (!is_good(c)) {
            what = g_strdup_printf("the character U+%04X is not allowed: leave it out", c);
            return refuse(&event->start_mark, error, what);
        }
    }
    return true;
}

static bool
means_nothing(const yaml_event_t *event)
{
    static const char *const words[] = { "", "~", "null", "Null", "NULL" };

    for (size_t i = 0; i < G_N_ELEMENTS(words) && event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE; i++) {
        if (strcmp((const char *) event->data.scalar.value, words[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* ---- nodes ------------------------------------------------------------------------------------------------ */

static struct cox_conf *
node_of(enum cox_conf_kind kind, const yaml_mark_t *mark)
{
    struct cox_conf *node = cox_conf_new(kind);

    node->line = (guint) mark->line + 1;
    node->column = (guint) mark->column + 1;
    return node;
}

/* A key of the map that is open. */
static bool
take_key(struct open *open, struct cox_conf *key, const yaml_mark_t *mark, GError **error)
{
    const struct cox_conf *before = NULL;
    g_autofree char *what = NULL;

    open->key = key; /* owned from here */
    if (key->kind != COX_CONF_TEXT) {
        return refuse(mark, error, "a key must be a word: quote it if it is meant as one");
    }
    before = g_hash_table_lookup(open->seen, key->text);
    if (before != NULL) {
        what = g_strdup_printf("'%.100s' is here a second time, after line %u: leave one", key->text, before->line);
        return refuse(mark, error, what);
    }
    g_hash_table_insert(open->seen, key->text, key);
    return true;
}

/* Put the node where it belongs; it is owned by the tree, or freed, afterwards. */
static bool
place(struct reader *reader, struct cox_conf *node, const yaml_mark_t *mark, GError **error)
{
    struct open *open = (reader->stack->len == 0) ? NULL : &g_array_index(reader->stack, struct open, reader->stack->len - 1);

    if (++reader->n_nodes > COX_YAMLREAD_MOST_NODES) {
        cox_conf_free(node);
        return refuse(mark, error, "there is more in the file than is read (4 million values)");
    }
    if (open == NULL) {
        reader->root = node;
    } else if (open->node->kind == COX_CONF_LIST) {
        (void) cox_conf_add(open->node, node);
    } else if (open->key == NULL) {
        return take_key(open, node, mark, error);
    } else {
        (void) cox_conf_put_at(open->node, g_steal_pointer(&open->key), node);
    }
    return true;
}

static bool
open_node(struct reader *reader, enum cox_conf_kind kind, const yaml_mark_t *mark, GError **error)
{
    struct open open = { .node = node_of(kind, mark) };
    const struct open *around = (reader->stack->len == 0) ? NULL : &g_array_index(reader->stack, struct open, reader->stack->len - 1);

    if (around != NULL && around->node->kind == COX_CONF_MAP && around->key == NULL) {
        cox_conf_free(open.node);
        return refuse(mark, error, "a key must be a word");
    }
    if (reader->stack->len >= COX_YAMLREAD_MOST_DEPTH) {
        cox_conf_free(open.node);
        return refuse(mark, error, "lists and maps are in each other deeper than is read (64)");
    }
    if (!place(reader, open.node, mark, error)) {
        return false;
    }
    open.seen = (kind == COX_CONF_MAP) ? g_hash_table_new(g_str_hash, g_str_equal) : NULL;
    g_array_append_val(reader->stack, open);
    return true;
}

static bool
take_scalar(struct reader *reader, const yaml_event_t *event, GError **error)
{
    struct cox_conf *node = NULL;

    if (!check_text(event, error)) {
        return false;
    }
    node = node_of(means_nothing(event) ? COX_CONF_NULL : COX_CONF_TEXT, &event->start_mark);
    if (node->kind == COX_CONF_TEXT) {
        g_free(node->text);
        node->text = g_strdup((const char *) event->data.scalar.value);
    }
    return place(reader, node, &event->start_mark, error);
}

/* ---- events ----------------------------------------------------------------------------------------------- */

/* Has the node something that makes the text mean something else? */
static bool
check_plain(const yaml_event_t *event, const yaml_char_t *anchor, const yaml_char_t *tag, GError **error)
{
    if (anchor != NULL) {
        return refuse(&event->start_mark, error, "anchors and aliases are not read: write the value out");
    }
    return tag == NULL || refuse(&event->start_mark, error, "tags are not read: all values are text");
}

static bool
take(struct reader *reader, const yaml_event_t *event, GError **error)
{
    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT:
        return ++reader->n_documents == 1 || refuse(&event->start_mark, error, "a second document begins: only one is read");
    case YAML_ALIAS_EVENT:
        return refuse(&event->start_mark, error, "anchors and aliases are not read: write the value out");
    case YAML_SCALAR_EVENT:
        return check_plain(event, event->data.scalar.anchor, event->data.scalar.tag, error) && take_scalar(reader, event, error);
    case YAML_SEQUENCE_START_EVENT:
        return check_plain(event, event->data.sequence_start.anchor, event->data.sequence_start.tag, error)
               && open_node(reader, COX_CONF_LIST, &event->start_mark, error);
    case YAML_MAPPING_START_EVENT:
        return check_plain(event, event->data.mapping_start.anchor, event->data.mapping_start.tag, error)
               && open_node(reader, COX_CONF_MAP, &event->start_mark, error);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        g_array_set_size(reader->stack, reader->stack->len - 1);
        return true;
    case YAML_NO_EVENT:
    case YAML_STREAM_START_EVENT:
    case YAML_STREAM_END_EVENT:
    case YAML_DOCUMENT_END_EVENT:
        break;
    }
    return true;
}

static bool
not_yaml(const yaml_parser_t *parser, GError **error)
{
    const char *problem = (parser->problem != NULL) ? parser->problem : "it is no YAML";
    g_autofree char *what = NULL;

    if (parser->error == YAML_READER_ERROR) {
        g_set_error(error, COX_ERROR, COX_ERROR_SYNTAX, "byte %zu: %s: the file must be text in UTF-8", parser->problem_offset, problem);
        return false;
    }
    what = g_strdup_printf("%s%s%s", problem, (parser->context != NULL) ? " " : "", (parser->context != NULL) ? parser->context : "");
    return refuse(&parser->problem_mark, error, what);
}

static bool
read_all(struct reader *reader, yaml_parser_t *parser, GError **error)
{
    bool is_good_so_far = true;
    bool is_at_end = false;

    while (is_good_so_far && !is_at_end) {
        yaml_event_t event;

        if (yaml_parser_parse(parser, &event) == 0) {
            return not_yaml(parser, error);
        }
        is_at_end = event.type == YAML_STREAM_END_EVENT;
        is_good_so_far = take(reader, &event, error);
        yaml_event_delete(&event);
    }
    return is_good_so_far;
}

struct cox_conf *
cox_yamlread_parse(const char *text, gsize length, GError **error)
{
    struct reader reader = { .stack = NULL };
    yaml_parser_t parser;
    bool is_read = false;

    if (length > COX_YAMLREAD_MOST_BYTES) {
        g_set_error(error, COX_ERROR, COX_ERROR_SYNTAX, "%zu bytes are more than is read (64 MiB)", (size_t) length);
        return NULL;
    }
    COX_BUG_ON(yaml_parser_initialize(&parser) == 0); /* only memory can be missing */
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, (const unsigned char *) text, length);
    reader.stack = g_array_new(FALSE, FALSE, sizeof(struct open));
    g_array_set_clear_func(reader.stack, open_clear);
    is_read = read_all(&reader, &parser, error);
    g_array_unref(reader.stack);
    yaml_parser_delete(&parser);
    if (!is_read) {
        cox_conf_free(reader.root);
        return NULL;
    }
    return (reader.root != NULL) ? reader.root : cox_conf_new(COX_CONF_NULL);
}
