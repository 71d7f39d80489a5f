/* lib/view/out.c - the one writer behind --output-as: a buffer, a stack of open elements, three printers.  Layer 4. */
#include "view/out.h"

#include <stdarg.h>
#include <string.h>

#include "base/error.h"

/* Interface version of the XML that clients of the field know. */
#define API_VERSION "2.42"
#define FLUSH_BYTES 65536

/* An element that was begun and not yet ended. */
struct open_element {
    char *name;
    bool has_children;
    bool has_text;
};

struct cox_out {
    enum cox_out_format format;
    FILE *file;
    FILE *error_file;
    GString *buffer;
    GArray *stack;     /* struct open_element */
    GPtrArray *errors; /* char * */
    bool has_status;
    bool is_quiet;
    bool plain_lists;
    bool is_finished;
    bool has_printed; /* text: at least one line went out */
    bool write_failed;
    unsigned int depth; /* of text lists */
};

static const char *const format_names[] = { "text", "xml", "json", "none" };

bool
cox_out_format_parse(const char *text, enum cox_out_format *format, GError **error)
{
    for (size_t i = 0; i < G_N_ELEMENTS(format_names); i++) {
        if (g_strcmp0(text, format_names[i]) == 0) {
            *format = (enum cox_out_format) i;
            return true;
        }
    }
    g_set_error(error, COX_ERROR, COX_ERROR_USAGE, "Invalid output format '%s': use text, xml, json or none",
                text != NULL ? text : "");
    return false;
}

static bool
is_structured(const struct cox_out *out)
{
    return (out->format == COX_OUT_XML || out->format == COX_OUT_JSON) && !out->is_finished;
}

static bool
is_text(const struct cox_out *out)
{
    return out->format == COX_OUT_TEXT && !out->is_finished;
}

static void
flush_buffer(struct cox_out *out)
{
    if (out->file == NULL || out->buffer->len == 0) {
        return;
    }
    if (fwrite(out->buffer->str, 1, out->buffer->len, out->file) != out->buffer->len || fflush(out->file) != 0) {
        out->write_failed = true;
    }
    g_string_truncate(out->buffer, 0);
}

/* ---- escaping --------------------------------------------------------------------------------------------- */

static void
append_xml(GString *buffer, const char *text, bool in_attribute)
{
    g_autofree char *valid = g_utf8_validate(text, -1, NULL) ? NULL : g_utf8_make_valid(text, -1);

    for (const char *p = (valid != NULL) ? valid : text; *p != '\0'; p++) {
        unsigned char c = (unsigned char) *p;

        if (c == '&') {
            g_string_append(buffer, "&amp;");
        } else if (c == '<') {
            g_string_append(buffer, "&lt;");
        } else if (c == '>') {
            g_string_append(buffer, "&gt;");
        } else if (c == '"' && in_attribute) {
            g_string_append(buffer, "&quot;");
        } else if (c == '\r' || (in_attribute && (c == '\n' || c == '\t'))) {
            g_string_append_printf(buffer, "&#%d;", c);
        } else if (c < 0x20 && c != '\n' && c != '\t') {
            g_string_append(buffer, "\xEF\xBF\xBD"); /* not allowed in XML 1.0: replacement character */
        } else {
            g_string_append_c(buffer, (char) c);
        }
    }
}

static void
append_json(GString *buffer, const char *text)
{
    g_autofree char *valid = g_utf8_validate(text, -1, NULL) ? NULL : g_utf8_make_valid(text, -1);

    g_string_append_c(buffer, '"');
    for (const char *p = (valid != NULL) ? valid : text; *p != '\0'; p++) {
        unsigned char c = (unsigned char) *p;

        if (c == '"' || c == '\\') {
            g_string_append_c(buffer, '\\');
            g_string_append_c(buffer, (char) c);
        } else if (c == '\n') {
            g_string_append(buffer, "\\n");
        } else if (c == '\t') {
            g_string_append(buffer, "\\t");
        } else if (c < 0x20) {
            g_string_append_printf(buffer, "\\u%04x", c);
        } else {
            g_string_append_c(buffer, (char) c);
        }
    }
    g_string_append_c(buffer, '"');
}

/* A CDATA section cannot hold its own end mark: split it there. */
static void
append_cdata(GString *buffer, const char *text)
{
    g_auto(GStrv) parts = g_strsplit(text, "]]>", -1);
    g_autofree char *joined = g_strjoinv("]]]]><![CDATA[>", parts);
    g_autofree char *valid = g_utf8_make_valid(joined, -1);

    g_string_append_printf(buffer, "<![CDATA[%s]]>", valid);
}

/* ---- structure -------------------------------------------------------------------------------------------- */

static struct open_element *
innermost(struct cox_out *out)
{
    return (out->stack->len == 0) ? NULL : &g_array_index(out->stack, struct open_element, out->stack->len - 1);
}

static void
indent(struct cox_out *out, unsigned int levels)
{
    for (unsigned int i = 0; i < levels; i++) {
        g_string_append(out->buffer, "  ");
    }
}

/* XML "<a x="1"" becomes "<a x="1">\n"; JSON members get their "children" list. */
static void
prepare_for_child(struct cox_out *out)
{
    struct open_element *parent = innermost(out);

    if (parent == NULL) {
        return;
    }
    if (out->format == COX_OUT_XML) {
        if (!parent->has_children && !parent->has_text) {
            g_string_append(out->buffer, ">\n");
        }
    } else {
        g_string_append(out->buffer, parent->has_children ? ",\n" : ", \"children\": [\n");
    }
    parent->has_children = true;
}

static void
push(struct cox_out *out, const char *name)
{
    struct open_element element = { .name = g_strdup(name) };

    prepare_for_child(out);
    indent(out, out->stack->len);
    if (out->format == COX_OUT_XML) {
        g_string_append_c(out->buffer, '<');
        g_string_append(out->buffer, name);
    } else {
        g_string_append(out->buffer, "{\"element\": ");
        append_json(out->buffer, name);
    }
    g_array_append_val(out->stack, element);
}

static void
pop(struct cox_out *out)
{
    struct open_element *element = innermost(out);
    unsigned int depth = out->stack->len - 1;

    if (out->format == COX_OUT_XML) {
        if (element->has_children) {
            indent(out, depth);
        }
        if (element->has_children || element->has_text) {
            g_string_append_printf(out->buffer, "</%s>\n", element->name);
        } else {
            g_string_append(out->buffer, "/>\n");
        }
    } else {
        if (element->has_children) {
            g_string_append_c(out->buffer, '\n');
            indent(out, depth);
            g_string_append_c(out->buffer, ']');
        }
        g_string_append(out->buffer, depth == 0 ? "}\n" : "}");
    }
    g_free(element->name);
    g_array_set_size(out->stack, depth);
}

static void
add_attr(struct cox_out *out, const char *name, const char *value)
{
    struct open_element *element = innermost(out);

    COX_BUG_ON(element == NULL || element->has_children || element->has_text);
    if (out->format == COX_OUT_XML) {
        g_string_append_printf(out->buffer, " %s=\"", name);
        append_xml(out->buffer, value, true);
        g_string_append_c(out->buffer, '"');
    } else {
        /* Our own members must stay recognisable. */
        bool is_reserved = g_str_equal(name, "element") || g_str_equal(name, "text") || g_str_equal(name, "children");
        g_autofree char *member = g_strconcat(is_reserved ? "@" : "", name, NULL);

        g_string_append(out->buffer, ", ");
        append_json(out->buffer, member);
        g_string_append(out->buffer, ": ");
        append_json(out->buffer, value);
    }
}

static void
add_text(struct cox_out *out, const char *text, bool as_cdata)
{
    struct open_element *element = innermost(out);

    COX_BUG_ON(element == NULL);
    if (out->format == COX_OUT_XML) {
        if (!element->has_children && !element->has_text) {
            g_string_append_c(out->buffer, '>');
        }
        if (as_cdata) {
            append_cdata(out->buffer, text);
        } else {
            append_xml(out->buffer, text, false);
        }
    } else {
        COX_BUG_ON(element->has_text || element->has_children);
        g_string_append(out->buffer, ", \"text\": ");
        append_json(out->buffer, text);
    }
    element->has_text = true;
}

static void
add_attrs(struct cox_out *out, va_list args)
{
    const char *name;

    while ((name = va_arg(args, const char *)) != NULL) {
        const char *value = va_arg(args, const char *);

        if (value != NULL) {
            add_attr(out, name, value);
        }
    }
}

void
cox_out_begin(struct cox_out *out, const char *name, ...)
{
    va_list args;

    if (!is_structured(out)) {
        return;
    }
    push(out, name);
    va_start(args, name);
    add_attrs(out, args);
    va_end(args);
}

void
cox_out_leaf(struct cox_out *out, const char *name, ...)
{
    va_list args;

    if (!is_structured(out)) {
        return;
    }
    push(out, name);
    va_start(args, name);
    add_attrs(out, args);
    va_end(args);
    pop(out);
}

void
cox_out_end(struct cox_out *out)
{
    if (is_structured(out)) {
        COX_BUG_ON(out->stack->len <= 1); /* the envelope ends in cox_out_finish() */
        pop(out);
    }
}

void
cox_out_attr(struct cox_out *out, const char *name, const char *value)
{
    if (is_structured(out) && value != NULL) {
        add_attr(out, name, value);
    }
}

void
cox_out_attrf(struct cox_out *out, const char *name, const char *format, ...)
{
    va_list args;
    g_autofree char *value = NULL;

    if (!is_structured(out)) {
        return;
    }
    va_start(args, format);
    value = g_strdup_vprintf(format, args);
    va_end(args);
    add_attr(out, name, value);
}

void
cox_out_attr_bool(struct cox_out *out, const char *name, bool value)
{
    cox_out_attr(out, name, value ? "true" : "false");
}

void
cox_out_text(struct cox_out *out, const char *text)
{
    if (is_structured(out)) {
        add_text(out, text, false);
    }
}

void
cox_out_text_cdata(struct cox_out *out, const char *text)
{
    if (is_structured(out)) {
        add_text(out, text, true);
    }
}

void
cox_out_value(struct cox_out *out, const char *name, const char *text)
{
    cox_out_begin(out, name, NULL);
    cox_out_text(out, text);
    if (is_structured(out)) {
        pop(out);
    }
}

void
cox_out_cdata(struct cox_out *out, const char *name, const char *text)
{
    cox_out_begin(out, name, NULL);
    cox_out_text_cdata(out, text);
    if (is_structured(out)) {
        pop(out);
    }
}

void
cox_out_fragment(struct cox_out *out, const char *xml)
{
    g_auto(GStrv) lines = NULL;

    if (!is_structured(out)) {
        return;
    }
    if (out->format == COX_OUT_JSON) {
        add_text(out, xml, false);
        return;
    }
    prepare_for_child(out);
    lines = g_strsplit(xml, "\n", -1);
    for (char **line = lines; *line != NULL; line++) {
        if (**line != '\0') {
            indent(out, out->stack->len);
            g_string_append(out->buffer, *line);
            g_string_append_c(out->buffer, '\n');
        }
    }
}

/* ---- text ------------------------------------------------------------------------------------------------- */

static void
text_changed(struct cox_out *out)
{
    out->has_printed = true;
    if (out->buffer->len > FLUSH_BYTES) {
        flush_buffer(out);
    }
}

static void G_GNUC_PRINTF(3, 0)
put_line(struct cox_out *out, bool is_item, const char *format, va_list args)
{
    if (out->depth > 0 && !out->plain_lists) {
        indent(out, out->depth);
        if (is_item) {
            g_string_append(out->buffer, "* ");
        }
    }
    g_string_append_vprintf(out->buffer, format, args);
    g_string_append_c(out->buffer, '\n');
    text_changed(out);
}

void
cox_out_line(struct cox_out *out, const char *format, ...)
{
    va_list args;

    if (!is_text(out)) {
        return;
    }
    va_start(args, format);
    put_line(out, true, format, args);
    va_end(args);
}

void
cox_out_indented(struct cox_out *out, const char *format, ...)
{
    va_list args;

    if (!is_text(out)) {
        return;
    }
    va_start(args, format);
    put_line(out, false, format, args);
    va_end(args);
}

void
cox_out_raw(struct cox_out *out, const char *text)
{
    if (is_text(out) && *text != '\0') {
        g_string_append(out->buffer, text);
        text_changed(out);
    }
}

void
cox_out_rawf(struct cox_out *out, const char *format, ...)
{
    va_list args;

    if (!is_text(out)) {
        return;
    }
    va_start(args, format);
    g_string_append_vprintf(out->buffer, format, args);
    va_end(args);
    text_changed(out);
}

void
cox_out_list_begin(struct cox_out *out, const char *format, ...)
{
    va_list args;

    if (!is_text(out)) {
        return;
    }
    if (format != NULL && !out->is_quiet) {
        g_autofree char *heading = NULL;

        va_start(args, format);
        heading = g_strdup_vprintf(format, args);
        va_end(args);
        cox_out_line(out, "%s:", heading);
    }
    out->depth++;
}

void
cox_out_list_end(struct cox_out *out)
{
    if (is_text(out)) {
        COX_BUG_ON(out->depth == 0);
        out->depth--;
    }
}

void
cox_out_spacer(struct cox_out *out)
{
    if (is_text(out) && out->has_printed) {
        g_string_append_c(out->buffer, '\n');
    }
}

void
cox_out_flush(struct cox_out *out)
{
    if (cox_out_is_text(out)) {
        flush_buffer(out);
    }
}

unsigned int
cox_out_depth(const struct cox_out *out)
{
    return out->depth;
}

void
cox_out_set_plain_lists(struct cox_out *out, bool plain)
{
    out->plain_lists = plain;
}

/* ---- errors and life -------------------------------------------------------------------------------------- */

void
cox_out_error(struct cox_out *out, const char *format, ...)
{
    va_list args;
    g_autofree char *text = NULL;

    va_start(args, format);
    text = g_strdup_vprintf(format, args);
    va_end(args);
    if (is_structured(out)) {
        g_ptr_array_add(out->errors, g_steal_pointer(&text));
        return;
    }
    if (out->format == COX_OUT_TEXT && out->error_file != NULL) {
        flush_buffer(out);
        fprintf(out->error_file, "%s\n", text);
        fflush(out->error_file);
    }
}

struct cox_out *
cox_out_new(const struct cox_out_options *options)
{
    struct cox_out *out = g_new0(struct cox_out, 1);

    out->format = options->format;
    out->file = options->file;
    out->error_file = options->error_file;
    out->plain_lists = options->plain_lists;
    out->is_quiet = options->is_quiet;
    out->has_status = (options->root == NULL);
    out->buffer = g_string_new(NULL);
    out->stack = g_array_new(FALSE, FALSE, sizeof(struct open_element));
    out->errors = g_ptr_array_new_with_free_func(g_free);
    if (out->has_status) {
        cox_out_begin(out, "pacemaker-result", "api-version", API_VERSION, "request", options->request, NULL);
    } else {
        if (out->format == COX_OUT_XML) {
            g_string_append(out->buffer, "<?xml version=\"1.0\"?>\n");
        }
        cox_out_begin(out, options->root, NULL);
    }
    return out;
}

void
cox_out_free(struct cox_out *out)
{
    if (out == NULL) {
        return;
    }
    for (unsigned int i = 0; i < out->stack->len; i++) {
        g_free(g_array_index(out->stack, struct open_element, i).name);
    }
    g_array_free(out->stack, TRUE);
    g_ptr_array_free(out->errors, TRUE);
    g_string_free(out->buffer, TRUE);
    g_free(out);
}

static void
write_status(struct cox_out *out, int status, const char *message)
{
    cox_out_begin(out, "status", NULL);
    cox_out_attrf(out, "code", "%d", status);
    cox_out_attr(out, "message", message != NULL ? message : cox_error_text(cox_error_from_status(status)));
    if (out->errors->len > 0) {
        cox_out_begin(out, "errors", NULL);
        for (unsigned int i = 0; i < out->errors->len; i++) {
            cox_out_value(out, "error", g_ptr_array_index(out->errors, i));
        }
        cox_out_end(out);
    }
    cox_out_end(out);
}

bool
cox_out_finish(struct cox_out *out, int status, const char *message, GError **error)
{
    if (out->is_finished) {
        return true;
    }
    if (is_structured(out)) {
        while (out->stack->len > 1) {
            pop(out);
        }
        if (out->has_status) {
            write_status(out, status, message);
        }
        pop(out);
    }
    out->is_finished = true;
    flush_buffer(out);
    if (!out->has_status && out->error_file != NULL) {
        for (unsigned int i = 0; i < out->errors->len; i++) {
            fprintf(out->error_file, "%s\n", (const char *) g_ptr_array_index(out->errors, i));
        }
    }
    if (out->write_failed) {
        g_set_error_literal(error, COX_ERROR, COX_ERROR_IO, "Could not write the output: check that there is room for it");
        return false;
    }
    return true;
}

const char *
cox_out_content(const struct cox_out *out)
{
    return out->buffer->str;
}

enum cox_out_format
cox_out_format_of(const struct cox_out *out)
{
    return out->format;
}

bool
cox_out_is_text(const struct cox_out *out)
{
    return out->format == COX_OUT_TEXT;
}
