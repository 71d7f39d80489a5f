/* lib/runtime/runtime_priv.h - what a runtime must be able to do; implemented by loop.c and fake.c.  Layer 1. */
#ifndef COX_RUNTIME_RUNTIME_PRIV_H
#define COX_RUNTIME_RUNTIME_PRIV_H

#include "runtime/runtime.h"

/* The arguments of cox_runtime_watch(). */
struct cox_watch_request {
    int fd;
    unsigned int events;
    cox_watch_fn fn;
    void *context;
};

/* The caller has made the id; see runtime.h for what each must do. */
struct cox_runtime_ops {
    void (*free)(struct cox_runtime *runtime);
    cox_usec (*now)(const struct cox_runtime *runtime);
    cox_wall (*wall)(const struct cox_runtime *runtime);
    void (*timer)(struct cox_runtime *runtime, cox_source_id id, cox_usec when, cox_timer_fn fn, void *context);
    void (*watch)(struct cox_runtime *runtime, cox_source_id id, const struct cox_watch_request *request);
    void (*watch_set)(struct cox_runtime *runtime, cox_source_id id, unsigned int events);
    void (*signal)(struct cox_runtime *runtime, cox_source_id id, int signo, cox_signal_fn fn, void *context);
    void (*cancel)(struct cox_runtime *runtime, cox_source_id id);
    void (*spawn)(struct cox_runtime *runtime, cox_source_id id, const struct cox_child_spec *spec, cox_child_fn fn,
                  void *context);
    bool (*adopt)(struct cox_runtime *runtime, cox_source_id id, pid_t pid, cox_child_fn fn, void *context);
    pid_t (*child_pid)(const struct cox_runtime *runtime, cox_source_id id);
    bool (*child_signal)(struct cox_runtime *runtime, cox_source_id id, int signo);
    void (*child_stop)(struct cox_runtime *runtime, cox_source_id id, gint64 kill_after_ms);
    void (*child_forget)(struct cox_runtime *runtime, cox_source_id id);
    void (*run)(struct cox_runtime *runtime);
    void (*quit)(struct cox_runtime *runtime);
    bool (*step)(struct cox_runtime *runtime, bool may_block);
};

/* First member of each implementation. */
struct cox_runtime {
    const struct cox_runtime_ops *ops;
    cox_source_id last_id;
};

#endif
