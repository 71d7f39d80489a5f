/* lib/conf/yamlwrite.c - a tree as YAML text, through libyaml's emitter.  Layer 1. */
#include "conf/yamlwrite.h"

#include <string.h>
#include <yaml.h>

#include "base/error.h"

/* ---- quoting ---------------------------------------------------------------------------------------------- */

/* Would some reader of YAML take the word for something else and write it back differently? */
static bool
is_special_word(const char *text)
{
    static const char *const words[] = { "null", "y", "n", "yes", "no", "on", "off" };
    static const char *const kept[] = { "true", "false" };

    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        if (g_ascii_strcasecmp(words[i], text) == 0) {
            return true;
        }
    }
    for (size_t i = 0; i < G_N_ELEMENTS(kept); i++) {
        if (g_ascii_strcasecmp(kept[i], text) == 0 && strcmp(kept[i], text) != 0) {
            return true;
        }
    }
    return strcmp(text, "~") == 0;
}

/* A whole number as everybody writes it: "0", "42", "-7". */
static bool
is_plain_number(const char *text)
{
    const char *digits = text + ((text[0] == '-') ? 1 : 0);
    size_t n = strspn(digits, "0123456789");

    return n > 0 && n <= 15 && digits[n] == '\0' && (digits[0] != '0' || (n == 1 && digits == text));
}

/* "10s", "500ms", "2min": a number with a unit of letters, which is none of "0x1f", "1e3" or "0b1". */
static bool
is_quantity(const char *text)
{
    size_t n = strspn(text, "0123456789");
    size_t n_letters = strspn(text + n, "abcdfghijklmnopqrstuvwxyzABCDFGHIJKLMNOPQRSTUVWXYZ");

    return n > 0 && (text[0] != '0' || n == 1) && n_letters > 0 && text[n + n_letters] == '\0' && (text[0] != '0' || text[n] == 's' || text[n] == 'm');
}

static bool
may_be_plain(const char *text)
{
    if (is_special_word(text)) {
        return false;
    }
    if (g_ascii_isalpha(text[0]) || text[0] == '/' || text[0] == '_') {
        return true;
    }
    if (text[0] == '-' || text[0] == '+') {
        return g_ascii_isalpha(text[1]) || is_plain_number(text);
    }
    return is_plain_number(text) || is_quantity(text);
}

/* Are all characters such that a text in several lines says what it is? */
static bool
is_showable(const char *text)
{
    for (const char *at = text; *at != '\0'; at += g_utf8_skip[(guchar) *at]) {
        gunichar c = g_utf8_get_char(at);

        if (c != '\n' && (c < 0x20 || c == 0x7f || !g_unichar_isprint(c))) {
            return false;
        }
    }
    return true;
}

static yaml_scalar_style_t
style_of(const char *text)
{
    if (!is_showable(text)) {
        return YAML_DOUBLE_QUOTED_SCALAR_STYLE;
    }
    if (strchr(text, '\n') != NULL) {
        return (text[0] == '<') ? YAML_LITERAL_SCALAR_STYLE : YAML_DOUBLE_QUOTED_SCALAR_STYLE; /* XML is for people to read */
    }
    return may_be_plain(text) ? YAML_PLAIN_SCALAR_STYLE : YAML_SINGLE_QUOTED_SCALAR_STYLE;
}

/* ---- events ----------------------------------------------------------------------------------------------- */

static int
on_text(void *context, unsigned char *text, size_t length)
{
    g_string_append_len(context, (const char *) text, (gssize) length);
    return 1;
}

/* Events are handed over in an order that is right, and only texts that are UTF-8: what fails then is ours. */
static void
emit(yaml_emitter_t *emitter, yaml_event_t *event, int is_made)
{
    COX_BUG_ON(is_made == 0 || yaml_emitter_emit(emitter, event) == 0);
}

static void
emit_text(yaml_emitter_t *emitter, const char *text)
{
    yaml_event_t event;
    int made = yaml_scalar_event_initialize(&event, NULL, NULL, (const yaml_char_t *) text, (int) strlen(text), 1, 1, style_of(text));

    emit(emitter, &event, made);
}

static void
emit_begin(yaml_emitter_t *emitter, const struct cox_conf *node)
{
    yaml_event_t event;
    int made = 0;

    switch (node->kind) {
    case COX_CONF_NULL:
        made = yaml_scalar_event_initialize(&event, NULL, NULL, (const yaml_char_t *) "null", 4, 1, 1, YAML_PLAIN_SCALAR_STYLE);
        emit(emitter, &event, made);
        break;
    case COX_CONF_TEXT:
        emit_text(emitter, node->text);
        break;
    case COX_CONF_LIST:
        made = yaml_sequence_start_event_initialize(&event, NULL, NULL, 1, (cox_conf_size(node) == 0) ? YAML_FLOW_SEQUENCE_STYLE : YAML_BLOCK_SEQUENCE_STYLE);
        emit(emitter, &event, made);
        break;
    case COX_CONF_MAP:
        made = yaml_mapping_start_event_initialize(&event, NULL, NULL, 1, (cox_conf_size(node) == 0) ? YAML_FLOW_MAPPING_STYLE : YAML_BLOCK_MAPPING_STYLE);
        emit(emitter, &event, made);
        break;
    }
}

static void
emit_end(yaml_emitter_t *emitter, const struct cox_conf *node)
{
    yaml_event_t event;

    if (node->kind == COX_CONF_LIST) {
        emit(emitter, &event, yaml_sequence_end_event_initialize(&event));
    } else if (node->kind == COX_CONF_MAP) {
        emit(emitter, &event, yaml_mapping_end_event_initialize(&event));
    }
}

/* A list or map, and which of its elements comes next. */
struct frame {
    const struct cox_conf *node;
    guint next;
};

static void
emit_tree(yaml_emitter_t *emitter, const struct cox_conf *root)
{
    g_autoptr(GArray) stack = g_array_new(FALSE, FALSE, sizeof(struct frame));
    struct frame first = { root, 0 };

    emit_begin(emitter, root);
    g_array_append_val(stack, first);
    while (stack->len > 0) {
        struct frame *top = &g_array_index(stack, struct frame, stack->len - 1);

        if (top->next == cox_conf_size(top->node)) {
            emit_end(emitter, top->node);
            g_array_set_size(stack, stack->len - 1);
        } else {
            struct frame below = { cox_conf_item(top->node, top->next), 0 };

            if (top->node->kind == COX_CONF_MAP) {
                emit_text(emitter, cox_conf_key(top->node, top->next)->text);
            }
            top->next++;
            emit_begin(emitter, below.node);
            g_array_append_val(stack, below);
        }
    }
}

char *
cox_yamlwrite_text(const struct cox_conf *root)
{
    GString *text = g_string_new(NULL);
    yaml_emitter_t emitter;
    yaml_event_t event;

    COX_BUG_ON(yaml_emitter_initialize(&emitter) == 0);
    yaml_emitter_set_output(&emitter, on_text, text);
    yaml_emitter_set_encoding(&emitter, YAML_UTF8_ENCODING);
    yaml_emitter_set_unicode(&emitter, 1);
    yaml_emitter_set_width(&emitter, -1);
    emit(&emitter, &event, yaml_stream_start_event_initialize(&event, YAML_UTF8_ENCODING));
    emit(&emitter, &event, yaml_document_start_event_initialize(&event, NULL, NULL, NULL, 1));
    emit_tree(&emitter, root);
    emit(&emitter, &event, yaml_document_end_event_initialize(&event, 1));
    emit(&emitter, &event, yaml_stream_end_event_initialize(&event));
    yaml_emitter_delete(&emitter);
    return g_string_free(text, FALSE);
}
