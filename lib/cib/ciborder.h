/* lib/cib/ciborder.h - a change of the document as bytes, with all that its result depends on.  Layer 2. */
#ifndef COX_CIB_CIBORDER_H
#define COX_CIB_CIBORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <glib.h>

#include "base/arena.h"

G_BEGIN_DECLS

/**
 * What travels to all nodes and into their journals.  Whoever sends it has found out who the author is, what groups he is in and what
 * time it is, so that every node that carries it out comes to the same result.  Any text may be NULL.
 */
struct cox_ciborder {
    const char *command;            /**< see cox_amend_command(), or "upgrade" */
    const char *section, *xpath;    /**< as in struct cox_edit */
    bool allows_creation, counts;   /**< the same */
    const char *upgrade_to;         /**< upgrade: NULL: the newest schema */
    const char *user;               /**< whose access rules apply; NULL: nobody's */
    const char *const *groups;      /**< of the user; NULL at the end; NULL: none */
    const char *client;             /**< program */
    const char *origin;             /**< name of the node that it comes from */
    const char *written;            /**< wall time as ctime() gives it */
    const char *id;                 /**< names it in the logs of all nodes */
    guint64 generation;             /**< of the coordinator whose order it is; 0: it is no order */
    guint32 coordinator;            /**< its node id */
    const char *xml;                /**< not terminated */
    size_t xml_size;
};

/** The caller unrefs the bytes. */
GBytes *cox_ciborder_pack(const struct cox_ciborder *order);

/**
 * Read any bytes.
 * @param order  set on success only; texts are in @arena, the XML in @bytes
 * @param error  COX_ERROR_PROTOCOL
 */
bool cox_ciborder_unpack(GBytes *bytes, struct cox_ciborder *order, struct cox_arena *arena, GError **error);

G_END_DECLS

#endif
