/* lib/runtime/fakechild.h - scripted children for fake.c.  Layer 1. */
#ifndef COX_RUNTIME_FAKECHILD_H
#define COX_RUNTIME_FAKECHILD_H

#include "runtime/fake.h"

G_BEGIN_DECLS

/** The children of a fake runtime; functions as those of runtime.h and fake.h with the same names. */
struct cox_fakechild;

struct cox_fakechild *cox_fakechild_new(struct cox_runtime *runtime);
void cox_fakechild_free(struct cox_fakechild *children);

void cox_fakechild_spawn(struct cox_fakechild *children, cox_source_id id, const struct cox_child_spec *spec,
                         cox_child_fn fn, void *context);
bool cox_fakechild_adopt(struct cox_fakechild *children, cox_source_id id, pid_t pid, cox_child_fn fn, void *context);
pid_t cox_fakechild_pid(const struct cox_fakechild *children, cox_source_id id);
bool cox_fakechild_signal(struct cox_fakechild *children, cox_source_id id, int signo);
void cox_fakechild_stop(struct cox_fakechild *children, cox_source_id id, gint64 kill_after_ms);
void cox_fakechild_forget(struct cox_fakechild *children, cox_source_id id);

void cox_fakechild_script_add(struct cox_fakechild *children, const struct cox_fake_script *script);
void cox_fakechild_process_add(struct cox_fakechild *children, pid_t pid);
cox_source_id cox_fakechild_last(const struct cox_fakechild *children);
size_t cox_fakechild_count(const struct cox_fakechild *children);
const char *cox_fakechild_command(const struct cox_fakechild *children, cox_source_id id);
const char *cox_fakechild_environment(const struct cox_fakechild *children, cox_source_id id);
const char *cox_fakechild_input(const struct cox_fakechild *children, cox_source_id id);
void cox_fakechild_end(struct cox_fakechild *children, cox_source_id id, int exit_status, const char *out);

G_END_DECLS

#endif
