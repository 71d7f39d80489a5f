/* lib/cib/keeper.h - the document as a machine that is fed orders: the same orders give the same document everywhere.  Layer 2. */
#ifndef COX_CIB_KEEPER_H
#define COX_CIB_KEEPER_H

#include <stdbool.h>
#include <glib.h>

#include "base/diag.h"
#include "cib/cib.h"
#include "cib/ciborder.h"
#include "cib/schemas.h"
#include "cib/version.h"

G_BEGIN_DECLS

/**
 * A document and the youngest coordinator that has given an order.  Both belong together: they decide what the next order does, so
 * both are in the digest, in a snapshot and in what a joining node gets.
 */
struct cox_keeper;

enum { COX_KEEPER_DIGEST_ROOM = 64 /**< with the terminating zero */ };

/** What an order did. */
struct cox_keeper_result {
    bool is_done;             /**< the document may have changed; else error says why not */
    bool is_changed;
    GError *error;
    struct cox_xmldoc *patch; /**< from the document before to this one; NULL: it is another tree, or the same, or was wanted as text */
    char *remarks;            /**< what an upgrade had to drop, lines; NULL: nothing */
};

void cox_keeper_result_clear(struct cox_keeper_result *result);

/** A keeper of a blank document.  @schemas is borrowed and must outlive it. */
struct cox_keeper *cox_keeper_new(struct cox_schemas *schemas);
void cox_keeper_free(struct cox_keeper *keeper);

/** The document; not to be changed but through the keeper. */
struct cox_cib *cox_keeper_cib(const struct cox_keeper *keeper);

/** Coordinator and generation of the youngest order; 0 when there was none. */
guint64 cox_keeper_generation(const struct cox_keeper *keeper, guint32 *coordinator);

/** Put another document, which is taken, in the place of the present one (before any order, or a file that was edited). */
void cox_keeper_put(struct cox_keeper *keeper, struct cox_xmldoc *doc);

/**
 * Carry out an order, or refuse it: as cox_amend_run(), COX_ERROR_OLD for an order of an older coordinator, COX_ERROR_PROTOCOL and
 * COX_ERROR_SYNTAX for what is none.  Depends on nothing but the keeper and the order.
 *
 * @param patch   gets the patch as text; NULL: it is made as a tree, in @result
 * @param result  free with cox_keeper_result_clear()
 */
void cox_keeper_apply(struct cox_keeper *keeper, const struct cox_ciborder *order, struct cox_patchtext *patch,
                      struct cox_keeper_result *result);

/** The same for bytes; COX_ERROR_PROTOCOL when they are no order. */
void cox_keeper_apply_bytes(struct cox_keeper *keeper, GBytes *bytes, struct cox_keeper_result *result);

/** Digest of the document and the generation. */
void cox_keeper_digest(const struct cox_keeper *keeper, char digest[COX_KEEPER_DIGEST_ROOM]);

/** Document and generation as bytes, for another node; the caller unrefs them. */
GBytes *cox_keeper_capture(const struct cox_keeper *keeper);

/** Take what cox_keeper_capture() gave elsewhere.  The document stays as it was on error. */
bool cox_keeper_install(struct cox_keeper *keeper, GBytes *bytes, GError **error);

/** What has to be kept beside a snapshot of the document: the generation, and @meta of somebody else.  The caller unrefs it. */
GBytes *cox_keeper_wrap(const struct cox_keeper *keeper, GBytes *meta);

/** The meta that was wrapped, the caller unrefs it; sets the generation.  NULL with COX_ERROR_SYNTAX. */
GBytes *cox_keeper_unwrap(struct cox_keeper *keeper, GBytes *wrapped, GError **error);

typedef struct cox_keeper cox_keeper; /* for g_autoptr only */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(cox_keeper, cox_keeper_free)

G_END_DECLS

#endif
