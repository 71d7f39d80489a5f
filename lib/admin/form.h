/* lib/admin/form.h - the configuration as a declarative file: written from a document, and put into one.  Layer 4. */
#ifndef COX_ADMIN_FORM_H
#define COX_ADMIN_FORM_H

#include <stdbool.h>
#include <glib.h>

#include "conf/conf.h"
#include "xml/xml.h"

G_BEGIN_DECLS

/*
 * The form follows the document with its names: a section is a key, an object a map whose first key is its kind ("primitive: web"), its
 * attributes and what is in it are further keys.  Sets of names and values are maps.  What has no such form is carried as XML (key "xml"),
 * so that nothing is lost.  doc/declarative.md describes it; ADR 071 says why it is so.
 */

/**
 * The configuration of the document of @root (`<cib>`) as a tree that cox_form_read() puts back exactly.
 *
 * Ids that would be made the same when they are left out are left out, but those of objects by which people call them.  Comments between
 * sections are not in it.
 *
 * @return the caller owns it
 */
struct cox_conf *cox_form_write(const struct cox_xml *root);

/**
 * Make the configuration of the document of @root what the tree says: sections that it names become exactly that, the others stay.
 *
 * An object whose id the tree leaves out is the one that is there in the same place and is the same by its name (of a setting), action and
 * interval (of an operation) or else all its attributes; when there is none it gets an id made of its owner's and its name, which
 * depends on nothing but the document and the tree.
 *
 * @root   the caller throws it away when this fails: it may be changed then
 * @error  COX_ERROR_SYNTAX with line and column: a key that is not known (and the one that was probably meant), a value of the wrong kind,
 *         an object without a name, XML that cannot be read
 */
bool cox_form_read(struct cox_xml *root, const struct cox_conf *file, GError **error);

G_END_DECLS

#endif
