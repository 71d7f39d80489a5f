/* lib/follow/follow.h - a replica of the cluster's document in another process, and a way to change the document.  Layer 6. */
#ifndef COX_FOLLOW_FOLLOW_H
#define COX_FOLLOW_FOLLOW_H

#include <stdbool.h>
#include <glib.h>

#include "cib/cib.h"
#include "cib/edit.h"
#include "cib/version.h"
#include "proto/cibflag.h"
#include "runtime/runtime.h"

G_BEGIN_DECLS

/**
 * The document as cibd has it: fetched as a whole, then kept equal by patches whose digests are compared.  It connects again when
 * cibd comes back.  cox_follow_new() (below) talks to cibd, cox_follow_fake_new() (follow_fake.h) is a document in memory.
 */
struct cox_follow;

/** The document is now another one; borrowed for the call. */
struct cox_follow_news {
    struct cox_cib *cib;         /**< the document after it; to be read only */
    const struct cox_xml *patch; /**< what changed (a `<diff>` element of format 2); NULL: compare with nothing, begin anew */
    struct cox_version version;
    bool has_quorum;             /**< of cibd's partition */
    const char *origin;          /**< who did it, for logs; may be NULL */
    const char *reason;          /**< why, as the client has said; may be NULL */
};

/**
 * A cibd that has begun, or is cut off, may not have the document that counts yet, and tells after a while what it had before.  Which ones
 * are taken?
 */
enum cox_follow_trust {
    COX_FOLLOW_ANY = 0,        /**< all: cox_follow_counts() tells them apart */
    COX_FOLLOW_COUNTING_AGAIN, /**< after one that counts only such; the one that is there stays until the next one */
    COX_FOLLOW_COUNTING,       /**< only such: until there is one there is none */
};

/** Texts are copied; functions may be NULL. */
struct cox_follow_settings {
    const char *program;       /**< who we are, for cibd's log and as update-client */
    const char *run_directory; /**< NULL: as cox_environment_run_directory() says */
    /**
     * enum cox_patchscope, or-ed: patches that touch nothing else may wait (0: none may).  They are applied, and told, in their order
     * before the next one that may not, when many wait, and by cox_follow_catch_up().
     */
    unsigned int later;
    /**
     * Keep the document without histories (cib/slim.h), which is most of it: patches are told whole, the document is slim.  Access rules
     * whose XPath looks into histories are not what they are elsewhere.  Only a wish: should a slim document not come out as cibd says
     * that it must, the whole one is kept from then on.
     */
    bool is_slim;
    enum cox_follow_trust trust;
    /** There is a document, or a newer one.  Called from the loop, once per change, in order, with none left out but when patch is NULL. */
    void (*changed)(void *context, const struct cox_follow_news *news);
    /** The connection to cibd is gone, or cannot be made; the document may be old until changed() is called.  Called once per loss. */
    void (*lost)(void *context, const GError *problem);
    void *context;
};

/** How a change ended; borrowed for the call. */
struct cox_follow_answer {
    /**
     * NULL: it was done.  Else as cox_edit_run(), COX_ERROR_CONFIG (does not conform), COX_ERROR_PRIVILEGE, COX_ERROR_OLD (also: order
     * of an older coordinator), COX_ERROR_TRY_AGAIN (certainly not done), COX_ERROR_DISCONNECTED or COX_ERROR_TIMEOUT (nobody knows).
     */
    const GError *error;
    enum cox_cib_outcome outcome;
    struct cox_version version; /**< of the document after it; the replica here may not be there yet */
};

typedef void (*cox_follow_answer_fn)(void *context, const struct cox_follow_answer *answer);

/** A change; all pointers are borrowed for the call. */
struct cox_follow_change {
    enum cox_edit_kind kind;
    const char *section, *xpath;  /**< as in struct cox_edit */
    const struct cox_xml *input;  /**< the XML of the change; or */
    const char *text;             /**< the same as text */
    bool allows_creation, counts; /**< as in struct cox_edit */
    const char *user;             /**< on whose behalf, from root and hacluster; NULL: we ourselves */
    const char *const *groups;    /**< of that user; NULL: cibd finds out */
    guint64 generation;           /**< orders of a coordinator: refused when it is an older one's; 0: no order */
    guint32 coordinator;          /**< its node id; becomes dc-uuid */
    gint64 timeout_ms;            /**< 0: 60 s */
    cox_follow_answer_fn fn;      /**< called once, from the loop, unless cox_follow_free() comes first; NULL: nobody waits */
    void *context;
};

/** Begin to follow; @runtime must outlive it. */
struct cox_follow *cox_follow_new(struct cox_runtime *runtime, const struct cox_follow_settings *settings);

/** End it; no callback comes any more.  NULL is allowed; not from inside one of its callbacks. */
void cox_follow_free(struct cox_follow *follow);

/** The document, NULL before the first changed().  To be read only, but for transactions that are rolled back; borrowed until the loop runs. */
struct cox_cib *cox_follow_cib(const struct cox_follow *follow);

/** Apply now what waits, and let from now on wait what touches only @later; changed() is called for each. */
void cox_follow_catch_up(struct cox_follow *follow, unsigned int later);

/** Is there a document, and a connection that keeps it up to date? */
bool cox_follow_is_current(const struct cox_follow *follow);

/**
 * Is the whole document being fetched, since cibd has, or may have, another one than what the one here became by patches?  Then versions
 * say nothing: of two histories that were parted, the one that lost may have counted further.
 */
bool cox_follow_is_superseded(const struct cox_follow *follow);

/** Version of the document; 0.0.0 before the first. */
struct cox_version cox_follow_version(const struct cox_follow *follow);

/** Is it the document that counts, or was it when cibd was heard last? */
bool cox_follow_counts(const struct cox_follow *follow);

/** Does cibd's partition have quorum, as far as we know? */
bool cox_follow_has_quorum(const struct cox_follow *follow);

/**
 * Ask for a change; while there is no connection it waits for one until its time is up.  Changes are done in the order in which they
 * are asked for, except across a change of membership.
 */
void cox_follow_change(struct cox_follow *follow, const struct cox_follow_change *change);

/** Changes that wait for their answers. */
size_t cox_follow_waiting(const struct cox_follow *follow);

/** How often the document had to be fetched as a whole, and how often because its digest differed: for health. */
struct cox_follow_stats {
    guint64 n_fetches, n_mismatches, n_patches;
};
struct cox_follow_stats cox_follow_stats(const struct cox_follow *follow);

typedef struct cox_follow cox_follow; /* for g_autoptr only */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(cox_follow, cox_follow_free)

G_END_DECLS

#endif
