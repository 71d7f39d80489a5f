/* lib/follow/follow_priv.h - what the real and the fake follower have in common.  Layer 6. */
#ifndef COX_FOLLOW_FOLLOW_PRIV_H
#define COX_FOLLOW_FOLLOW_PRIV_H

#include "follow/follow.h"

struct cox_follow_ops {
    void (*change)(struct cox_follow *follow, const struct cox_follow_change *change);
    size_t (*waiting)(const struct cox_follow *follow);
    bool (*is_current)(const struct cox_follow *follow);
    bool (*is_superseded)(const struct cox_follow *follow); /* NULL: never */
    void (*catch_up)(struct cox_follow *follow); /* NULL: nothing ever waits */
    void (*free)(struct cox_follow *follow);
};

/* The beginning of each implementation's own struct. */
struct cox_follow {
    const struct cox_follow_ops *ops;
    struct cox_runtime *runtime;
    struct cox_follow_settings settings; /* its texts are these: */
    char *program, *run_directory;
    struct cox_cib *cib;                 /* NULL: none yet */
    bool has_quorum, counts;
    struct cox_follow_stats stats;
};

/* Fill the common part. */
void cox_follow_init(struct cox_follow *follow, const struct cox_follow_ops *ops, struct cox_runtime *runtime,
                     const struct cox_follow_settings *settings);

/* Free the common part. */
void cox_follow_clear(struct cox_follow *follow);

/* Tell the owner that the document is now another one. */
void cox_follow_tell(struct cox_follow *follow, const struct cox_xml *patch, const char *origin, const char *reason);

#endif
