/* lib/follow/follow_fake.h - for tests: a follower whose cluster is one document in memory.  Layer 6. */
#ifndef COX_FOLLOW_FOLLOW_FAKE_H
#define COX_FOLLOW_FOLLOW_FAKE_H

#include "follow/follow.h"

G_BEGIN_DECLS

/**
 * Changes are carried out on the document that @xml begins with, by the rules of lib/cib (write validate-with="none", or the schemas of
 * COX_SCHEMA_DIRECTORY are needed), and answered kept, from the loop.  changed() is called from the loop for the first time, too.
 * The functions below take only followers made by this one.
 */
struct cox_follow *cox_follow_fake_new(struct cox_runtime *runtime, const struct cox_follow_settings *settings, const char *xml);

/** Somebody else changes the document: done, and told, inside this call.  Aborts when it cannot be done: the test is wrong. */
void cox_follow_fake_edit(struct cox_follow *follow, enum cox_edit_kind kind, const char *section, const char *xml);

/** The document becomes another one, told without patch, inside this call. */
void cox_follow_fake_replace(struct cox_follow *follow, const char *xml);

/** The document counts, or does not; one that does at first. */
void cox_follow_fake_counts(struct cox_follow *follow, bool counts);

/** The connection is lost, or comes back (then changed() follows without patch).  Changes asked for while it is down wait. */
void cox_follow_fake_connect(struct cox_follow *follow, bool is_up);

/** Keep changes waiting, or let them go on. */
void cox_follow_fake_hold(struct cox_follow *follow, bool holds);

/** The next change is not done and ends with this code. */
void cox_follow_fake_fail_next(struct cox_follow *follow, int code);

/** How the following changes end (kept in the beginning), and whether there is quorum. */
void cox_follow_fake_outcome(struct cox_follow *follow, enum cox_cib_outcome outcome, bool has_quorum);

/** What was asked for so far, a line each: "modify status generation=3 <node_state .../>"; borrowed. */
const char *cox_follow_fake_asked(const struct cox_follow *follow);

G_END_DECLS

#endif
