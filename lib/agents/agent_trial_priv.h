/* lib/agents/agent_trial_priv.h - the table of what is tried; for agent_trial*.c only. */
#ifndef COX_AGENTS_AGENT_TRIAL_PRIV_H
#define COX_AGENTS_AGENT_TRIAL_PRIV_H

#include "agents/agent_trial.h"

/** What is known to be so before a step. */
enum trial_state {
    TRIAL_ANY = 0, /* of a row: does not matter, or is not changed */
    TRIAL_STOPPED,
    TRIAL_RUNNING,
    TRIAL_PROMOTED,
    TRIAL_AWAY, /* migrated, and not yet taken over */
    TRIAL_UNKNOWN,
};

/** For what a row is repeated. */
enum trial_each {
    TRIAL_ONCE = 0,
    TRIAL_EACH_REQUIRED,     /* parameter that is required */
    TRIAL_EACH_TYPED,        /* parameter whose type not every text fits */
    TRIAL_EACH_RELOADABLE,   /* parameter that can be changed while it runs */
    TRIAL_EACH_DEPTH,        /* level of a monitor, but for 0 */
    TRIAL_EACH_UNADVERTISED, /* action of OCF that the agent does not advertise */
    TRIAL_EACH_OTHER,        /* action that it advertises and that no row is about */
};

/** What must be so of the processes that the agent has started. */
enum trial_processes {
    TRIAL_NO_NEW = 0, /* none more than before */
    TRIAL_SAME,       /* the same, and of an action that may start one: this is a restart */
    TRIAL_MAY_BEGIN,  /* may be others than before */
    TRIAL_NONE,       /* none */
};

struct trial_row {
    const char *check, *action; /* without an action, judge looks at what is known; of EACH_UNADVERTISED and EACH_OTHER what it is about */
    const char *sentence;
    enum cox_agent_trial_how how;
    enum trial_each each;
    const char *iff; /* only when this action is advertised */
    enum trial_state needs, leads;
    unsigned int codes; /* bits: exit codes that are right */
    enum trial_processes processes;
    bool is_vital;  /* when it fails nothing more is tried, but for what judges */
    bool is_asking; /* any other code makes it a step that cannot be tried, and no fault */
    bool may_refuse; /* the same when a reason is given; the state is what it was */
    bool (*judge)(const struct cox_agent_trial *trial, GString *why); /* false: broken; true with a text: not tried */
};

/** An action that was run. */
struct trial_run {
    const char *action; /* borrowed of table or metadata */
    int exit_status, signo;
    bool is_timed_out, has_reason, has_reason_outside; /* on standard output, where nobody looks for it */
    gint64 exec_ms, timeout_ms;
};

struct cox_agent_trial {
    const struct cox_agent_trial_input *input;
    GArray *steps;     /* struct trial_step */
    GArray *runs;      /* struct trial_run */
    GPtrArray *lines;  /* struct cox_agent_trial_line */
    GHashTable *refused; /* parameters for which no other valid value is known */
    GHashTable *said;    /* actions of which it was said that they are not advertised */
    char **processes, **files; /* after the last action */
    guint at;
    enum trial_state state;
    bool is_over; /* a vital step has failed */
    struct cox_agent_trial_step step;
};

extern const struct trial_row cox_agent_trial_rows[];
extern const size_t cox_agent_trial_n_rows;

/** Exit code 0 to 9 as a bit; 190 and 191 are bits 10 and 11. */
#define TRIAL_CODE(code) (1U << (code))

/** The bit of an exit status; 0: it is no exit code of OCF (agent_trial_judge.c). */
unsigned int cox_agent_trial_bit(int exit_status);

/* agent_trial_judge.c: see struct trial_row. */
bool cox_agent_trial_judge_metadata(const struct cox_agent_trial *trial, GString *why);
bool cox_agent_trial_judge_schema(const struct cox_agent_trial *trial, GString *why);
bool cox_agent_trial_judge_name(const struct cox_agent_trial *trial, GString *why);
bool cox_agent_trial_judge_actions(const struct cox_agent_trial *trial, GString *why);
bool cox_agent_trial_judge_limits(const struct cox_agent_trial *trial, GString *why);
bool cox_agent_trial_judge_pairs(const struct cox_agent_trial *trial, GString *why);
bool cox_agent_trial_judge_params(const struct cox_agent_trial *trial, GString *why);
bool cox_agent_trial_judge_defaults(const struct cox_agent_trial *trial, GString *why);
bool cox_agent_trial_judge_codes(const struct cox_agent_trial *trial, GString *why);
bool cox_agent_trial_judge_timeouts(const struct cox_agent_trial *trial, GString *why);
bool cox_agent_trial_judge_reasons(const struct cox_agent_trial *trial, GString *why);
bool cox_agent_trial_judge_files(const struct cox_agent_trial *trial, GString *why);

/** Does @value fit the type @type of a parameter?  Types of which nothing is known take all. */
bool cox_agent_trial_fits(const char *type, const char *value);

#endif
