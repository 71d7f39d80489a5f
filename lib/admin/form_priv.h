/* lib/admin/form_priv.h - how elements of the configuration look in a declarative file; for form*.c only.  Layer 4. */
#ifndef COX_ADMIN_FORM_PRIV_H
#define COX_ADMIN_FORM_PRIV_H

#include "admin/form.h"

enum { COX_FORM_MOST_PARTS = 8, COX_FORM_MOST_DEPTH = 16 /* rules in each other that have a short form */ };

/** How a part of an element is written under its key. */
enum cox_form_part_kind {
    COX_FORM_SETS = 0, /**< sets of names and values: a map, or a list of sets */
    COX_FORM_LIST,     /**< a list of objects, each a map with its kind */
    COX_FORM_WRAP,     /**< the same inside an element @wrapper of their own */
    COX_FORM_ONE,      /**< one object, a map with its kind */
    COX_FORM_SINGLE,   /**< one element whose kind the key tells: a map of its attributes and parts */
    COX_FORM_REFS,     /**< a list of ids: elements that have nothing else */
};

/** Something inside an element. */
struct cox_form_part {
    const char *key;                /**< NULL: end of the parts */
    enum cox_form_part_kind kind;
    const char *elements;           /**< names of the elements, separated by blanks; in this order they are looked for in a map */
    const char *wrapper;            /**< WRAP only */
};

/** What an element without an id gets. */
enum cox_form_id {
    COX_FORM_ID_NONE = 0, /**< it has none */
    COX_FORM_ID_GIVEN,    /**< people name it */
    COX_FORM_ID_NODE,     /**< of a node: its name */
    COX_FORM_ID_OP,       /**< RESOURCE-NAME-interval-INTERVAL */
    COX_FORM_ID_JOIN,     /**< the kind and the values of its attributes */
    COX_FORM_ID_CHILD,    /**< OWNER-SUFFIX */
};

/** One kind of element. */
struct cox_form_row {
    const char *element;
    const char *key;        /**< by which a list tells its kind; NULL: never in a list */
    const char *name;       /**< attribute that is the value of this key */
    const char *attributes; /**< all others that it may have, separated by blanks; "agent" is class, provider and type in one */
    enum cox_form_id id;
    const char *id_part;    /**< JOIN: the attributes; CHILD: the suffix */
    bool is_fixed;          /**< the order of the parts is that of the table, for the schema wants it; else any will do */
    struct cox_form_part parts[COX_FORM_MOST_PARTS];
};

/** A section of the configuration; its value is that of the part. */
struct cox_form_section {
    const char *element;
    struct cox_form_part part;
};

/** The section number @i, or NULL after the last. */
const struct cox_form_section *cox_form_section(guint i);

/** The row of an element, or NULL: it has no short form. */
const struct cox_form_row *cox_form_row(const char *element);

/** Is @word among @words, which are separated by blanks? */
bool cox_form_has_word(const char *words, const char *word);

/** The part of the row that elements of this name are in, or NULL. */
const struct cox_form_part *cox_form_part_of(const struct cox_form_row *row, const char *element);

/** Is it a set of names and values? */
bool cox_form_is_set(const struct cox_xml *xml);

/** Does it only name an object that has its id? */
bool cox_form_is_reference(const struct cox_xml *xml);

/** The id that the element gets where the file leaves it out and no other has it; NULL: it must have one, or has none.  Caller frees. */
char *cox_form_default_id(const struct cox_xml *xml);

/* ---- formread.c ---- */

/** Putting a file into a document. */
struct cox_form_reader {
    struct cox_xml *root;
    GHashTable *live;    /**< "ELEMENT ID": the element in the document as it was */
    GPtrArray *nameless; /**< elements that need an id, those around before those inside */
};

/** Say what is wrong with a place of the file; always false. */
bool cox_form_fail(const struct cox_conf *at, GError **error, const char *format, ...) G_GNUC_PRINTF(3, 4);

/** Is it a map with the only key "xml"? */
bool cox_form_is_xml(const struct cox_conf *conf);

/** Put what the XML of `{xml: ...}` says below @parent: an element among @elements, or a comment. */
bool cox_form_read_xml(struct cox_xml *parent, const char *elements, const struct cox_conf *map, GError **error);

/** Fill the element of a section, which has nothing yet. */
bool cox_form_read_section(struct cox_form_reader *reader, struct cox_xml *xml, const struct cox_form_part *part, const struct cox_conf *conf,
                           GError **error);

/* ---- formid.c ---- */

/** Give ids to all that needs one, now that everything is in its place below the configuration of the document. */
void cox_form_name_all(const struct cox_form_reader *reader);

#endif
