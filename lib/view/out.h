/* lib/view/out.h - the one writer behind --output-as: text for people, XML and JSON for programs.  Layer 4. */
#ifndef COX_VIEW_OUT_H
#define COX_VIEW_OUT_H

#include <stdbool.h>
#include <stdio.h>
#include <glib.h>

G_BEGIN_DECLS

/*
 * Calls come in two families and a caller makes both without asking for the format:
 *   - structure (begin, attr, text, end ...): XML elements; JSON objects; nothing in text;
 *   - text (line, list_begin, raw ...): lines for people; nothing in XML and JSON.
 * Errors go to standard error in text; in XML and JSON they are collected and end up in status/errors.
 */
enum cox_out_format {
    COX_OUT_TEXT = 0,
    COX_OUT_XML,
    COX_OUT_JSON,
    COX_OUT_NONE, /**< nothing but the exit status */
};

struct cox_out;

struct cox_out_options {
    enum cox_out_format format;
    FILE *file;          /**< where the output goes; borrowed; NULL means it is only kept, see cox_out_content() */
    FILE *error_file;    /**< where errors go in text; borrowed; NULL drops them */
    const char *request; /**< command line for the envelope, or NULL */
    const char *root;    /**< NULL for the usual envelope; else name of a root without status (old crm_mon XML) */
    bool plain_lists;    /**< text: items of lists without indentation and "* " */
    bool is_quiet;       /**< text: drop headings (cox_out_list_begin prints nothing but still nests) */
};

/** Parse "text", "xml", "json" or "none". @param error COX_ERROR_USAGE quoting @text; @format untouched then */
bool cox_out_format_parse(const char *text, enum cox_out_format *format, GError **error);

/** A new writer; the caller owns it.  The envelope is begun at once. */
struct cox_out *cox_out_new(const struct cox_out_options *options);

/** Free without finishing.  NULL is allowed. */
void cox_out_free(struct cox_out *out);

/**
 * Close what is open, write the status element with @status (an exit status) and flush.
 * Further calls are ignored.
 *
 * @param message  text of the status, or NULL for the usual one of @status
 * @return false and COX_ERROR_IO when something could not be written
 */
bool cox_out_finish(struct cox_out *out, int status, const char *message, GError **error);

/** XML and JSON so far (complete after finish), or text not yet flushed; borrowed until the next call. */
const char *cox_out_content(const struct cox_out *out);

enum cox_out_format cox_out_format_of(const struct cox_out *out);
bool cox_out_is_text(const struct cox_out *out);

/* ---- structure -------------------------------------------------------------------------------------------- */

/** Begin element @name with attributes: pairs of name and value, ended by NULL; a pair whose value is NULL is left out. */
void cox_out_begin(struct cox_out *out, const char *name, ...) G_GNUC_NULL_TERMINATED;

/** End the innermost element. */
void cox_out_end(struct cox_out *out);

/** begin and end at once. */
void cox_out_leaf(struct cox_out *out, const char *name, ...) G_GNUC_NULL_TERMINATED;

/** Add an attribute to the innermost element, which has no content yet (COX_BUG_ON otherwise).  NULL value: nothing. */
void cox_out_attr(struct cox_out *out, const char *name, const char *value);

/** As cox_out_attr with a printf value. */
void cox_out_attrf(struct cox_out *out, const char *name, const char *format, ...) G_GNUC_PRINTF(3, 4);

/** As cox_out_attr: "true" or "false". */
void cox_out_attr_bool(struct cox_out *out, const char *name, bool value);

/** An element that holds only text: <name>text</name>. */
void cox_out_value(struct cox_out *out, const char *name, const char *text);

/** As cox_out_value, as a CDATA section in XML. */
void cox_out_cdata(struct cox_out *out, const char *name, const char *text);

/** Text inside the innermost element. */
void cox_out_text(struct cox_out *out, const char *text);

/** As cox_out_text, as a CDATA section in XML. */
void cox_out_text_cdata(struct cox_out *out, const char *text);

/** Well-formed XML (one or more elements, no declaration) as children of the innermost element; JSON: as text. */
void cox_out_fragment(struct cox_out *out, const char *xml);

/* ---- text ------------------------------------------------------------------------------------------------- */

/** One line; inside a list an item of it ("  * ..." by depth). A newline is added. */
void cox_out_line(struct cox_out *out, const char *format, ...) G_GNUC_PRINTF(2, 3);

/** A line that is no item even inside a list: indented, without "* ". */
void cox_out_indented(struct cox_out *out, const char *format, ...) G_GNUC_PRINTF(2, 3);

/** Bytes as they are: no indentation, no newline added. */
void cox_out_raw(struct cox_out *out, const char *text);

/** printf without indentation or newline. */
void cox_out_rawf(struct cox_out *out, const char *format, ...) G_GNUC_PRINTF(2, 3);

/** A heading line (a colon is added; an item when nested) and one level deeper.  NULL: only deeper. */
void cox_out_list_begin(struct cox_out *out, const char *format, ...) G_GNUC_PRINTF(2, 3);
void cox_out_list_end(struct cox_out *out);

/** An empty line, unless nothing was printed yet. */
void cox_out_spacer(struct cox_out *out);

/** Write text that is there so far, for somebody who waits for it; XML and JSON wait for their end. */
void cox_out_flush(struct cox_out *out);

/** Levels of lists now open. */
unsigned int cox_out_depth(const struct cox_out *out);

/** Switch between "* " lists and plain ones. */
void cox_out_set_plain_lists(struct cox_out *out, bool plain);

/* ---- errors ----------------------------------------------------------------------------------------------- */

/** A complaint: a line on the error file in text (after flushing), an error element of the status otherwise. */
void cox_out_error(struct cox_out *out, const char *format, ...) G_GNUC_PRINTF(2, 3);

typedef struct cox_out cox_out; /* for g_autoptr only */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(cox_out, cox_out_free)

G_END_DECLS

#endif
