/* lib/control/reigncause_priv.h - why a plan is made, for people who look at it later.  Layer 4, pure. */
#ifndef COX_CONTROL_REIGNCAUSE_PRIV_H
#define COX_CONTROL_REIGNCAUSE_PRIV_H

#include "control/reign_priv.h"

/* Made with the engine and freed with it. */
struct reign_causes *cox_reign_causes_new(void);
void cox_reign_causes_free(struct reign_causes *causes);

/* Why the event makes a plan necessary, if it does; NULL: it is no cause by itself.  Before the event is dealt with; the caller frees it. */
char *cox_reign_cause_of(const struct cox_reign *reign, const struct cox_reign_event *event);

/* It was a cause (NULL: nothing to say); a plan is asked for, for all causes so far; the plan has come. */
void cox_reign_cause_note(struct cox_reign *reign, const char *cause);
void cox_reign_cause_asked(struct cox_reign *reign);
void cox_reign_cause_forget(struct cox_reign *reign);

/* Of the plan that was asked for last; NULL: not known; borrowed until it is forgotten. */
const char *cox_reign_cause_text(const struct cox_reign *reign);

#endif
