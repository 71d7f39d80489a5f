/* lib/xml/grammar_priv.h - a RELAX NG file read as a tree, for questions about names; for files in lib/xml only. */
#ifndef COX_XML_GRAMMAR_PRIV_H
#define COX_XML_GRAMMAR_PRIV_H

#include <stdbool.h>
#include <glib.h>
#include <libxml/tree.h>

/**
 * A grammar as schemas/cib.rng.in uses them: one start, defines with different names, no include, no external
 * reference, name classes only for "anything".
 */
struct cox_grammar;

/** Takes @doc.  NULL with COX_ERROR_SYNTAX (quoting @path) when there is no start element. */
struct cox_grammar *cox_grammar_take(xmlDoc *doc, const char *path, GError **error);
void cox_grammar_free(struct cox_grammar *grammar);

/** The file itself, borrowed. */
xmlDoc *cox_grammar_doc(const struct cox_grammar *grammar);

/** The pattern of the root element. */
const xmlNode *cox_grammar_root(const struct cox_grammar *grammar);

/** What a pattern is. */
enum cox_grammar_kind {
    COX_GRAMMAR_OTHER = 0, /**< text, empty, data, value, param, names */
    COX_GRAMMAR_ELEMENT,
    COX_GRAMMAR_ATTRIBUTE,
    COX_GRAMMAR_GROUP, /**< group, interleave, ref: all of its content */
    COX_GRAMMAR_CHOICE,
    COX_GRAMMAR_OPTIONAL,
    COX_GRAMMAR_REPEAT_ANY, /**< zeroOrMore */
    COX_GRAMMAR_REPEAT,     /**< oneOrMore */
};

enum cox_grammar_kind cox_grammar_kind(const xmlNode *pattern);

/** Name of an element or attribute pattern; NULL for name classes and other patterns. */
const char *cox_grammar_name(const xmlNode *pattern);

/** First pattern inside @pattern, references followed; NULL when there is none. */
const xmlNode *cox_grammar_first(const struct cox_grammar *grammar, const xmlNode *pattern);
const xmlNode *cox_grammar_next(const xmlNode *pattern);

/** An attribute or element that may be there. */
struct cox_grammar_leaf {
    const xmlNode *pattern;
    const char *name; /**< NULL: any */
    bool is_attribute;
    bool repeats;
};

/** All leaves of the element, or part of one, that @pattern describes; array of struct cox_grammar_leaf. */
GArray *cox_grammar_leaves(const struct cox_grammar *grammar, const xmlNode *pattern);

/** "ID", "IDREF", "integer", ...: type of the value of an attribute pattern; NULL when it is not one plain data type. */
const char *cox_grammar_type(const struct cox_grammar *grammar, const xmlNode *attribute);

/** What the content of an attribute pattern is. */
enum cox_grammar_content {
    COX_GRAMMAR_UNKNOWN = 0,
    COX_GRAMMAR_TEXT,   /**< anything */
    COX_GRAMMAR_VALUE,  /**< one word */
    COX_GRAMMAR_DATA,
    COX_GRAMMAR_ONE_OF, /**< choice */
    COX_GRAMMAR_REF,    /**< all of a definition */
};

enum cox_grammar_content cox_grammar_content(const xmlNode *content);

/** Is @content the word @value, letter by letter? */
bool cox_grammar_content_is(const xmlNode *content, const char *value);

/** Type of a "data" pattern. */
const char *cox_grammar_data_type(const xmlNode *data);

/** Does @value fit an attribute pattern? */
bool cox_grammar_accepts(const struct cox_grammar *grammar, const xmlNode *attribute, const char *value);

/** What an attribute pattern accepts, for people: "Optional, Mandatory, Serialize".  Caller frees. */
char *cox_grammar_expected(const struct cox_grammar *grammar, const xmlNode *attribute);

#endif
