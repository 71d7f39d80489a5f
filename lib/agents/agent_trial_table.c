/* lib/agents/agent_trial_table.c - what is tried with an agent, in this order.  Layer 3, pure. */
#include "agents/agent_trial_priv.h"

#define OK TRIAL_CODE(0)
#define WRONG (TRIAL_CODE(2) | TRIAL_CODE(6))
#define NOT_RUNNING TRIAL_CODE(7)
#define PROMOTED TRIAL_CODE(8)
#define ALL ((1U << 12) - 1)
#define USUAL COX_AGENT_TRIAL_USUAL
#define PROBE COX_AGENT_TRIAL_PROBE

#define JUDGE(name, function, text) { .check = name, .sentence = text, .judge = cox_agent_trial_judge_##function }
#define STEP(name, call, in, set, text) { .check = name, .action = call, .how = in, .codes = set, .sentence = text
/* A look at the state after something else. */
#define STOPPED(name, in, text) STEP(name, "monitor", in, NOT_RUNNING, text), .needs = TRIAL_STOPPED }
#define RUNNING(name, in, text) STEP(name, "monitor", in, OK, text), .needs = TRIAL_RUNNING, .processes = TRIAL_SAME }

const struct trial_row cox_agent_trial_rows[] = {
    /* what it says of itself */
    JUDGE("metadata", metadata, "meta-data prints well-formed XML and succeeds"),
    JUDGE("metadata-schema", schema, "the description is as the schema of OCF 1.1 says"),
    JUDGE("metadata-name", name, "the description calls the agent as its file is called"),
    JUDGE("metadata-actions", actions, "start, stop, monitor, meta-data and validate-all are advertised"),
    JUDGE("metadata-timeouts", limits, "each action advertises a timeout"),
    JUDGE("metadata-pairs", pairs, "actions that belong together are advertised together"),
    JUDGE("metadata-parameters", params, "each parameter has a name of its own and a type that is known"),
    JUDGE("metadata-defaults", defaults, "each default fits the type of its parameter"),
    STEP("metadata-steady", "meta-data", COX_AGENT_TRIAL_NAKED, OK, "the description depends on no parameter, language or program") },

    /* before anything is started */
    STEP("validate", "validate-all", USUAL, OK, "validate-all accepts the parameters"), .iff = "validate-all", .is_vital = true },
    STEP("probe-stopped", "monitor", PROBE, NOT_RUNNING, "a probe finds what does not run not running"), .leads = TRIAL_STOPPED, .is_vital = true },
    STOPPED("monitor-stopped", USUAL, "a monitor finds what does not run not running"),
    STOPPED("monitor-stopped-strange", COX_AGENT_TRIAL_STRANGE, "also in another language"),
    STEP("unknown-action", "cox-no-such-action", USUAL, TRIAL_CODE(3), "an action that does not exist is not implemented") },
    STEP("unadvertised", NULL, USUAL, TRIAL_CODE(3), "an action that is not advertised is not implemented"), .each = TRIAL_EACH_UNADVERTISED,
      .needs = TRIAL_STOPPED },
    STEP("validate-missing", "validate-all", COX_AGENT_TRIAL_WITHOUT, WRONG, "validate-all notices that a required parameter is missing"),
      .each = TRIAL_EACH_REQUIRED, .iff = "validate-all" },
    STEP("validate-invalid", "validate-all", COX_AGENT_TRIAL_WITH, WRONG, "validate-all notices a value that does not fit the type"),
      .each = TRIAL_EACH_TYPED, .iff = "validate-all" },
    STEP("validate-bare", "validate-all", COX_AGENT_TRIAL_BARE, TRIAL_CODE(5), "a program that is missing is not installed"), .iff = "validate-all" },
    STEP("probe-bare", "monitor", COX_AGENT_TRIAL_BARE, NOT_RUNNING | TRIAL_CODE(5), "a probe where programs are missing finds it not running, or not installed"),
      .needs = TRIAL_STOPPED },
    STEP("stop-stopped", "stop", USUAL, OK, "stop of what does not run succeeds"), .needs = TRIAL_STOPPED, .leads = TRIAL_STOPPED, .processes = TRIAL_NONE },
    STOPPED("stop-stopped-monitor", USUAL, "and leaves it not running"),
    STEP("promote-stopped", "promote", USUAL, ALL & ~(OK | TRIAL_CODE(3)), "promote of what does not run fails"), .iff = "promote", .needs = TRIAL_STOPPED },
    STEP("promote-stopped-monitor", "monitor", USUAL, NOT_RUNNING, "and leaves it not running"), .iff = "promote", .needs = TRIAL_STOPPED },

    /* running */
    STEP("start", "start", USUAL, OK, "start succeeds"), .needs = TRIAL_STOPPED, .leads = TRIAL_RUNNING, .processes = TRIAL_MAY_BEGIN },
    RUNNING("monitor-running", USUAL, "a monitor finds it running as soon as start has ended"),
    RUNNING("probe-running", PROBE, "a probe finds it running"),
    RUNNING("monitor-running-strange", COX_AGENT_TRIAL_STRANGE, "also in another language"),
    STEP("monitor-depth", "monitor", COX_AGENT_TRIAL_DEPTH, OK, "a deeper monitor finds it running"), .each = TRIAL_EACH_DEPTH, .needs = TRIAL_RUNNING },
    STEP("start-again", "start", USUAL, OK, "start of what runs succeeds, and starts nothing more"), .needs = TRIAL_RUNNING, .leads = TRIAL_RUNNING,
      .processes = TRIAL_SAME },
    RUNNING("start-again-monitor", USUAL, "and leaves it running"),
    STEP("notify", "notify", USUAL, OK, "notify succeeds"), .iff = "notify", .needs = TRIAL_RUNNING },

    /* new parameters */
    STEP("reload-value", "validate-all", COX_AGENT_TRIAL_WITH, OK, "validate-all accepts another value"), .each = TRIAL_EACH_RELOADABLE,
      .iff = "reload-agent", .needs = TRIAL_RUNNING, .is_asking = true },
    STEP("reload-agent", "reload-agent", COX_AGENT_TRIAL_WITH, OK, "reload-agent takes another value without a restart"), .each = TRIAL_EACH_RELOADABLE,
      .iff = "reload-agent", .needs = TRIAL_RUNNING, .leads = TRIAL_RUNNING, .processes = TRIAL_SAME },
    STEP("reload-agent-same", "reload-agent", USUAL, OK, "reload-agent takes the first values again without a restart"), .iff = "reload-agent",
      .needs = TRIAL_RUNNING, .leads = TRIAL_RUNNING, .processes = TRIAL_SAME },
    STEP("reload-agent-monitor", "monitor", USUAL, OK, "and leaves it running"), .iff = "reload-agent", .needs = TRIAL_RUNNING, .processes = TRIAL_SAME },
    STEP("reload", "reload", USUAL, OK, "reload succeeds"), .iff = "reload", .needs = TRIAL_RUNNING, .leads = TRIAL_RUNNING,
      .processes = TRIAL_MAY_BEGIN },
    STEP("reload-monitor", "monitor", USUAL, OK, "and leaves it running"), .iff = "reload", .needs = TRIAL_RUNNING, .processes = TRIAL_SAME },

    /* roles */
    STEP("promote", "promote", USUAL, OK, "promote succeeds"), .iff = "promote", .needs = TRIAL_RUNNING, .leads = TRIAL_PROMOTED,
      .processes = TRIAL_MAY_BEGIN },
    STEP("monitor-promoted", "monitor", USUAL, PROMOTED, "a monitor finds it promoted"), .iff = "promote", .needs = TRIAL_PROMOTED },
    STEP("probe-promoted", "monitor", PROBE, PROMOTED, "a probe finds it promoted"), .iff = "promote", .needs = TRIAL_PROMOTED },
    STEP("promote-again", "promote", USUAL, OK, "promote of what is promoted succeeds"), .iff = "promote", .needs = TRIAL_PROMOTED,
      .leads = TRIAL_PROMOTED },
    STEP("promote-again-monitor", "monitor", USUAL, PROMOTED, "and leaves it promoted"), .iff = "promote", .needs = TRIAL_PROMOTED },
    STEP("demote", "demote", USUAL, OK, "demote succeeds"), .iff = "promote", .needs = TRIAL_PROMOTED, .leads = TRIAL_RUNNING,
      .processes = TRIAL_MAY_BEGIN },
    STEP("demote-monitor", "monitor", USUAL, OK, "and leaves it running, not promoted"), .iff = "promote", .needs = TRIAL_RUNNING },
    STEP("demote-again", "demote", USUAL, OK, "demote of what is not promoted succeeds"), .iff = "promote", .needs = TRIAL_RUNNING,
      .leads = TRIAL_RUNNING, .processes = TRIAL_MAY_BEGIN },
    STEP("demote-again-monitor", "monitor", USUAL, OK, "and leaves it running, not promoted"), .iff = "promote", .needs = TRIAL_RUNNING },
    STEP("promote-anew", "promote", USUAL, OK, "promote succeeds once more"), .iff = "promote", .needs = TRIAL_RUNNING, .leads = TRIAL_PROMOTED,
      .processes = TRIAL_MAY_BEGIN },
    STEP("stop-promoted", "stop", USUAL, OK, "stop of what is promoted succeeds"), .iff = "promote", .needs = TRIAL_PROMOTED, .leads = TRIAL_STOPPED,
      .processes = TRIAL_NONE },
    STEP("stop-promoted-monitor", "monitor", USUAL, NOT_RUNNING, "and leaves it not running"), .iff = "promote", .needs = TRIAL_STOPPED },
    STEP("start-after-promoted", "start", USUAL, OK, "start succeeds after that"), .iff = "promote", .needs = TRIAL_STOPPED, .leads = TRIAL_RUNNING,
      .processes = TRIAL_MAY_BEGIN },

    /* from here to here */
    STEP("migrate-to", "migrate_to", USUAL, OK, "migrate_to succeeds"), .iff = "migrate_to", .needs = TRIAL_RUNNING, .leads = TRIAL_AWAY,
      .processes = TRIAL_MAY_BEGIN, .may_refuse = true },
    STEP("migrate-from", "migrate_from", USUAL, OK, "migrate_from succeeds"), .iff = "migrate_to", .needs = TRIAL_AWAY, .leads = TRIAL_RUNNING,
      .processes = TRIAL_MAY_BEGIN },
    STEP("migrate-monitor", "monitor", USUAL, OK, "and leaves it running"), .iff = "migrate_to", .needs = TRIAL_RUNNING },

    /* the end, whatever was before */
    STEP("stop", "stop", USUAL, OK, "stop succeeds, and nothing of it runs on"), .leads = TRIAL_STOPPED, .processes = TRIAL_NONE },
    STOPPED("stop-monitor", USUAL, "a monitor finds it not running"),
    STEP("stop-again", "stop", USUAL, OK, "a second stop succeeds"), .needs = TRIAL_STOPPED, .leads = TRIAL_STOPPED, .processes = TRIAL_NONE },
    STOPPED("stop-again-probe", PROBE, "and a probe finds it not running"),
    STEP("start-anew", "start", USUAL, OK, "start succeeds after a stop"), .needs = TRIAL_STOPPED, .leads = TRIAL_RUNNING, .processes = TRIAL_MAY_BEGIN },
    RUNNING("start-anew-monitor", USUAL, "and leaves it running"),
    STEP("stop-anew", "stop", USUAL, OK, "stop succeeds after that"), .leads = TRIAL_STOPPED, .processes = TRIAL_NONE },
    STOPPED("stop-anew-monitor", USUAL, "and leaves it not running"),
    STEP("advertised", NULL, USUAL, ALL & ~TRIAL_CODE(3), "an action that is advertised is implemented"), .each = TRIAL_EACH_OTHER, .needs = TRIAL_STOPPED },

    /* of all actions */
    JUDGE("exit-codes", codes, "all exit codes are those of OCF"),
    JUDGE("timeouts", timeouts, "no action takes longer than it advertises"),
    JUDGE("exit-reasons", reasons, "each failure says its reason, on standard error after ocf-exit-reason:"),
    JUDGE("files-left", files, "no file is left in the working directory or TMPDIR"),
};

const size_t cox_agent_trial_n_rows = G_N_ELEMENTS(cox_agent_trial_rows);
