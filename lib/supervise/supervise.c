/* lib/supervise/supervise.c - keeps the daemons of a node running: the engine.  Layer 3, pure. */
#include "supervise/supervise.h"

#include "base/error.h"

struct daemon {
    char *name;
    guint stage;
    bool is_on_demand, is_wanted; /* wanted: always, but for those on demand */
    enum cox_supervise_state state;
    cox_usec deadline;     /* of the state: end of a pause, of patience; COX_USEC_NEVER: none */
    cox_usec ping_at;      /* RUNNING: next request */
    guint64 ping;          /* number of the request that is open; 0: none */
    cox_usec silent_since; /* begin of the present patience */
    bool is_inspected;     /* DO_INSPECT is under way */
    bool is_starved;       /* and that was said */
    cox_usec running_since;
    guint crashes;         /* in a row */
    guint restarts;
    guint stop_tries;
    bool must_stop;        /* DO_ASK_STOP as soon as it answers */
    cox_usec away_since;   /* COX_USEC_NEVER: it is running */
    bool is_reported;      /* as unmonitored */
};

struct cox_supervise {
    struct cox_supervise_config config;
    struct daemon *daemons;
    guint n;
    guint64 pings;
    bool is_stopping, is_ready, is_done;
    cox_usec wake_at;
};

struct cox_supervise *
cox_supervise_new(const struct cox_supervise_config *config, const struct cox_supervise_daemon *daemons, size_t n)
{
    struct cox_supervise *supervise = g_new0(struct cox_supervise, 1);

    COX_BUG_ON(n == 0);
    supervise->config = *config;
    supervise->n = (guint) n;
    supervise->daemons = g_new0(struct daemon, n);
    supervise->wake_at = COX_USEC_NEVER;
    for (size_t i = 0; i < n; i++) {
        supervise->daemons[i].name = g_strdup(daemons[i].name);
        supervise->daemons[i].stage = daemons[i].stage;
        supervise->daemons[i].is_on_demand = daemons[i].is_on_demand;
        supervise->daemons[i].is_wanted = !daemons[i].is_on_demand;
        supervise->daemons[i].deadline = supervise->daemons[i].ping_at = COX_USEC_NEVER;
        supervise->daemons[i].away_since = supervise->daemons[i].running_since = COX_USEC_NEVER;
    }
    return supervise;
}

void
cox_supervise_free(struct cox_supervise *supervise)
{
    if (supervise == NULL) {
        return;
    }
    for (guint i = 0; i < supervise->n; i++) {
        g_free(supervise->daemons[i].name);
    }
    g_free(supervise->daemons);
    g_free(supervise);
}

enum cox_supervise_state
cox_supervise_state(const struct cox_supervise *supervise, guint i)
{
    return supervise->daemons[i].state;
}

const char *
cox_supervise_name(const struct cox_supervise *supervise, guint i)
{
    return supervise->daemons[i].name;
}

guint
cox_supervise_restarts(const struct cox_supervise *supervise, guint i)
{
    return supervise->daemons[i].restarts;
}

static struct cox_supervise_effect *
add(struct cox_supervise_effects *out, enum cox_supervise_effect_kind kind, guint daemon)
{
    struct cox_supervise_effect *effect = cox_effects_add(&out->list);

    effect->kind = kind;
    effect->daemon = daemon;
    return effect;
}

static void
say(struct cox_supervise_effects *out, guint daemon, enum cox_supervise_notice notice)
{
    add(out, COX_SUPERVISE_DO_SAY, daemon)->notice = notice;
}

static bool
is_over(const struct daemon *daemon)
{
    return daemon->state == COX_SUPERVISE_STOPPED || daemon->state == COX_SUPERVISE_FAILED || daemon->state == COX_SUPERVISE_UNWANTED;
}

/* ---- changes of state ---- */

static void
be_patient(struct daemon *daemon, cox_usec now)
{
    daemon->silent_since = now;
    daemon->is_inspected = daemon->is_starved = false;
}

static void
ping(struct cox_supervise *supervise, guint i, cox_usec now, struct cox_supervise_effects *out)
{
    struct daemon *daemon = &supervise->daemons[i];

    daemon->ping = ++supervise->pings;
    daemon->ping_at = COX_USEC_NEVER;
    be_patient(daemon, now);
    if (daemon->state == COX_SUPERVISE_RUNNING) {
        daemon->deadline = cox_usec_after_ms(now, supervise->config.pong_ms);
    }
    add(out, COX_SUPERVISE_DO_PING, i)->ping = daemon->ping;
}

/* A process is there, started or adopted; it is trusted when it answers. */
static void
enter_starting(struct cox_supervise *supervise, guint i, cox_usec now, struct cox_supervise_effects *out)
{
    struct daemon *daemon = &supervise->daemons[i];

    daemon->state = COX_SUPERVISE_STARTING;
    daemon->deadline = cox_usec_after_ms(now, supervise->config.start_ms);
    ping(supervise, i, now, out);
}

static void
kill_daemon(struct cox_supervise *supervise, guint i, cox_usec now, struct cox_supervise_effects *out)
{
    struct daemon *daemon = &supervise->daemons[i];

    daemon->state = COX_SUPERVISE_KILLING;
    daemon->ping = 0;
    daemon->ping_at = COX_USEC_NEVER;
    daemon->deadline = cox_usec_after_ms(now, supervise->config.kill_ms);
    add(out, COX_SUPERVISE_DO_KILL, i);
}

static void
ask_stop(struct cox_supervise *supervise, guint i, cox_usec now, struct cox_supervise_effects *out)
{
    struct daemon *daemon = &supervise->daemons[i];

    daemon->state = COX_SUPERVISE_STOPPING;
    be_patient(daemon, now);
    daemon->must_stop = false;
    daemon->ping = 0;
    daemon->ping_at = COX_USEC_NEVER;
    daemon->deadline = supervise->config.stop_ms > 0 ? cox_usec_after_ms(now, supervise->config.stop_ms) : COX_USEC_NEVER;
    add(out, COX_SUPERVISE_DO_ASK_STOP, i);
}

static void
wait_for_turn(struct daemon *daemon, cox_usec until)
{
    daemon->state = COX_SUPERVISE_WAITING;
    daemon->ping = 0;
    daemon->ping_at = COX_USEC_NEVER;
    daemon->deadline = until;
}

/* Pause before the next start: none after the first crash in a row, then doubling. */
static gint64
pause_after(const struct cox_supervise_config *config, guint crashes)
{
    gint64 pause_ms = config->restart_ms;

    if (crashes <= 1) {
        return 0;
    }
    for (guint i = 2; i < crashes && pause_ms < config->restart_max_ms; i++) {
        pause_ms *= 2;
    }
    return MIN(pause_ms, config->restart_max_ms);
}

static void
begin_stop(struct cox_supervise *supervise)
{
    supervise->is_stopping = true;
    supervise->is_ready = false;
    for (guint i = 0; i < supervise->n; i++) {
        struct daemon *daemon = &supervise->daemons[i];

        if (daemon->state == COX_SUPERVISE_WAITING && daemon->restarts > 0) {
            daemon->must_stop = true; /* what it has begun must be ended properly */
            daemon->deadline = G_MININT64;
        } else if (daemon->state == COX_SUPERVISE_WAITING) {
            daemon->state = COX_SUPERVISE_STOPPED;
            daemon->deadline = COX_USEC_NEVER;
        }
    }
}

static void
on_crash_while_stopping(struct cox_supervise *supervise, guint i, cox_usec now, struct cox_supervise_effects *out)
{
    struct daemon *daemon = &supervise->daemons[i];

    if (daemon->stop_tries >= supervise->config.stop_tries) {
        daemon->state = COX_SUPERVISE_FAILED;
        daemon->deadline = COX_USEC_NEVER;
        return;
    }
    daemon->stop_tries++;
    daemon->must_stop = true;
    say(out, i, COX_SUPERVISE_NOTICE_ENDED);
    wait_for_turn(daemon, now);
}

static void
on_ended(struct cox_supervise *supervise, guint i, enum cox_supervise_end end, cox_usec now,
         struct cox_supervise_effects *out)
{
    struct daemon *daemon = &supervise->daemons[i];

    if (daemon->state == COX_SUPERVISE_LOOKING || daemon->state == COX_SUPERVISE_WAITING || is_over(daemon)) {
        return;
    }
    daemon->ping = 0;
    daemon->ping_at = COX_USEC_NEVER;
    daemon->deadline = COX_USEC_NEVER;
    if (end == COX_SUPERVISE_END_PANIC) {
        add(out, COX_SUPERVISE_DO_PANIC, i);
    }
    if ((end == COX_SUPERVISE_END_FATAL && !daemon->is_on_demand) || end == COX_SUPERVISE_END_PANIC) {
        daemon->state = COX_SUPERVISE_FAILED;
        say(out, i, COX_SUPERVISE_NOTICE_FATAL);
        begin_stop(supervise);
        return;
    }
    if (supervise->is_stopping) {
        if (end == COX_SUPERVISE_END_WELL) {
            daemon->state = COX_SUPERVISE_STOPPED;
        } else {
            on_crash_while_stopping(supervise, i, now, out);
        }
        return;
    }
    if (cox_usec_is_set(daemon->running_since)
        && now >= cox_usec_after_ms(daemon->running_since, supervise->config.stable_ms)) {
        daemon->crashes = 0;
    }
    daemon->running_since = COX_USEC_NEVER;
    daemon->crashes++;
    daemon->restarts++;
    daemon->away_since = MIN(daemon->away_since, now);
    say(out, i, COX_SUPERVISE_NOTICE_ENDED);
    supervise->is_ready = supervise->is_ready && daemon->is_on_demand;
    wait_for_turn(daemon, cox_usec_after_ms(now, pause_after(&supervise->config, daemon->crashes)));
}

static void
on_found(struct cox_supervise *supervise, const struct cox_supervise_event *event, cox_usec now,
         struct cox_supervise_effects *out)
{
    struct daemon *daemon = &supervise->daemons[event->daemon];

    if (daemon->state != COX_SUPERVISE_LOOKING) {
        return;
    }
    daemon->is_wanted = daemon->is_wanted || event->found.was_wanted;
    if (event->found.is_there && event->found.is_our_user && event->found.is_our_program && event->found.is_our_start) {
        daemon->is_wanted = true;
        add(out, COX_SUPERVISE_DO_ADOPT, event->daemon);
        enter_starting(supervise, event->daemon, now, out);
        return;
    }
    if (event->found.is_there && daemon->is_wanted) {
        say(out, event->daemon, COX_SUPERVISE_NOTICE_FOREIGN);
    }
    if (!daemon->is_wanted) {
        daemon->state = COX_SUPERVISE_UNWANTED;
    } else if (supervise->is_stopping) {
        daemon->state = COX_SUPERVISE_STOPPED;
    } else {
        wait_for_turn(daemon, now);
    }
}

static void
on_wanted(struct cox_supervise *supervise, guint i, struct cox_supervise_effects *out)
{
    struct daemon *daemon = &supervise->daemons[i];

    daemon->is_wanted = true;
    if (daemon->state == COX_SUPERVISE_UNWANTED && !supervise->is_stopping) {
        daemon->state = COX_SUPERVISE_LOOKING; /* somebody may run it beside us */
        add(out, COX_SUPERVISE_DO_LOOK, i);
    }
}

static void
on_pong(struct cox_supervise *supervise, guint i, guint64 number, cox_usec now, struct cox_supervise_effects *out)
{
    struct daemon *daemon = &supervise->daemons[i];

    if (number == 0 || number != daemon->ping) {
        return;
    }
    daemon->ping = 0;
    daemon->deadline = COX_USEC_NEVER;
    daemon->ping_at = cox_usec_after_ms(now, supervise->config.ping_ms);
    if (daemon->state == COX_SUPERVISE_RUNNING) {
        return;
    }
    daemon->state = COX_SUPERVISE_RUNNING;
    daemon->running_since = now;
    daemon->away_since = COX_USEC_NEVER;
    if (daemon->is_reported) {
        daemon->is_reported = false;
        say(out, i, COX_SUPERVISE_NOTICE_MONITORED);
    }
    if (daemon->must_stop) {
        ask_stop(supervise, i, now, out);
    }
}

/* ---- what the states of all together allow ---- */

static bool
lower_stages_run(const struct cox_supervise *supervise, guint stage)
{
    for (guint i = 0; i < supervise->n; i++) {
        const struct daemon *daemon = &supervise->daemons[i];

        if (daemon->stage < stage && !daemon->is_on_demand && daemon->state != COX_SUPERVISE_RUNNING) {
            return false;
        }
    }
    return true;
}

/* A restart does not wait for others: they may be restarting as well, and know how to reconnect. */
static void
start_due(struct cox_supervise *supervise, cox_usec now, struct cox_supervise_effects *out)
{
    for (guint i = 0; i < supervise->n; i++) {
        struct daemon *daemon = &supervise->daemons[i];

        if (daemon->state == COX_SUPERVISE_WAITING && cox_usec_is_due(daemon->deadline, now)
            && (daemon->restarts > 0 || daemon->must_stop || lower_stages_run(supervise, daemon->stage))) {
            daemon->away_since = MIN(daemon->away_since, now);
            add(out, COX_SUPERVISE_DO_START, i);
            enter_starting(supervise, i, now, out);
        }
    }
    if (!supervise->is_ready && !supervise->is_stopping && lower_stages_run(supervise, G_MAXUINT)) {
        supervise->is_ready = true;
        add(out, COX_SUPERVISE_DO_READY, 0);
    }
}

/* A daemon that failed for good has not ended its work: what it looked after may still run. */
static void
say_what_is_left_behind(struct cox_supervise *supervise, struct cox_supervise_effects *out)
{
    for (guint i = 0; i < supervise->n; i++) {
        if (supervise->daemons[i].state == COX_SUPERVISE_FAILED && !supervise->daemons[i].is_reported) {
            supervise->daemons[i].is_reported = true;
            say(out, i, COX_SUPERVISE_NOTICE_UNMONITORED);
        }
    }
}

/* The highest stage that is not over stops next. */
static void
stop_due(struct cox_supervise *supervise, cox_usec now, struct cox_supervise_effects *out)
{
    guint stage = 0;
    bool is_anything_left = false;

    for (guint i = 0; i < supervise->n; i++) {
        if (!is_over(&supervise->daemons[i])) {
            stage = MAX(stage, supervise->daemons[i].stage);
            is_anything_left = true;
        }
    }
    if (!is_anything_left) {
        if (!supervise->is_done) {
            supervise->is_done = true;
            say_what_is_left_behind(supervise, out);
            add(out, COX_SUPERVISE_DO_DONE, 0);
        }
        return;
    }
    for (guint i = 0; i < supervise->n; i++) {
        struct daemon *daemon = &supervise->daemons[i];

        if (daemon->stage == stage
            && (daemon->state == COX_SUPERVISE_RUNNING || (daemon->state == COX_SUPERVISE_STARTING && !daemon->must_stop))) {
            ask_stop(supervise, i, now, out);
        }
    }
}

static void
report_away(struct cox_supervise *supervise, cox_usec now, struct cox_supervise_effects *out)
{
    for (guint i = 0; i < supervise->n; i++) {
        struct daemon *daemon = &supervise->daemons[i];

        if (cox_usec_is_set(daemon->away_since) && !daemon->is_reported
            && now >= cox_usec_after_ms(daemon->away_since, supervise->config.unmonitored_ms)) {
            daemon->is_reported = true;
            say(out, i, COX_SUPERVISE_NOTICE_UNMONITORED);
        }
    }
}

/* ---- silence ---- */

static void
give_up(struct cox_supervise *supervise, guint i, cox_usec now, struct cox_supervise_effects *out)
{
    supervise->daemons[i].away_since = MIN(supervise->daemons[i].away_since, now);
    say(out, i, COX_SUPERVISE_NOTICE_HUNG);
    kill_daemon(supervise, i, now, out);
}

/* How long a daemon in this state may be silent, when it gets the processor that it needs; 0: this is no silence. */
static gint64
patience_ms(const struct cox_supervise_config *config, enum cox_supervise_state state)
{
    switch (state) {
        case COX_SUPERVISE_RUNNING:
            return config->pong_ms;
        case COX_SUPERVISE_STARTING:
            return config->start_ms;
        case COX_SUPERVISE_STOPPING:
            return config->stop_ms;
        case COX_SUPERVISE_LOOKING:
        case COX_SUPERVISE_WAITING:
        case COX_SUPERVISE_KILLING:
        case COX_SUPERVISE_STOPPED:
        case COX_SUPERVISE_FAILED:
        case COX_SUPERVISE_UNWANTED:
            break;
    }
    return 0;
}

/* The kernel counts the time that a process waits for a processor when it gets one: for one that waits now it is all that it did not run. */
static gint64
starved_ms(const struct cox_supervise_event *event, gint64 silent_ms)
{
    gint64 starved = 0;

    if (event->seen.ran_ms >= 0 && event->seen.doing == COX_SUPERVISE_DOING_RUN) {
        starved = silent_ms - event->seen.ran_ms;
    } else if (event->seen.ran_ms >= 0 && event->seen.doing == COX_SUPERVISE_DOING_SLEEP) {
        starved = event->seen.starved_ms;
    }
    return CLAMP(starved, 0, silent_ms);
}

/* Time in which it was kept from running does not count; what is left of its patience is given to it, but not for ever. */
static void
on_seen(struct cox_supervise *supervise, const struct cox_supervise_event *event, cox_usec now, struct cox_supervise_effects *out)
{
    struct daemon *daemon = &supervise->daemons[event->daemon];
    gint64 silent_ms = (now - daemon->silent_since) / COX_USEC_PER_MS;
    gint64 patience = patience_ms(&supervise->config, daemon->state);
    gint64 starved = starved_ms(event, silent_ms);
    gint64 left_ms = patience - (silent_ms - starved);

    if (!daemon->is_inspected || patience == 0) {
        return;
    }
    daemon->is_inspected = false;
    if (starved == 0 || left_ms <= 0 || silent_ms >= supervise->config.starve_ms) {
        give_up(supervise, event->daemon, now, out);
        return;
    }
    if (!daemon->is_starved) {
        daemon->is_starved = true;
        say(out, event->daemon, COX_SUPERVISE_NOTICE_STARVED);
    }
    daemon->deadline = cox_usec_after_ms(now, CLAMP(left_ms, supervise->config.ping_ms / 2, supervise->config.ping_ms * 2));
}

/* ---- time ---- */

static void
on_deadline(struct cox_supervise *supervise, guint i, cox_usec now, struct cox_supervise_effects *out)
{
    struct daemon *daemon = &supervise->daemons[i];

    switch (daemon->state) {
        case COX_SUPERVISE_RUNNING:
        case COX_SUPERVISE_STARTING:
        case COX_SUPERVISE_STOPPING:
            /* A deadline noticed much too late: this process did not run, and the answer may be in its queue. */
            if (now > cox_usec_after_ms(daemon->deadline, supervise->config.ping_ms)) {
                daemon->deadline = cox_usec_after_ms(now, supervise->config.ping_ms);
                break;
            }
            if (daemon->is_inspected) { /* nobody has answered: kill it unseen */
                give_up(supervise, i, now, out);
                break;
            }
            daemon->is_inspected = true;
            daemon->deadline = cox_usec_after_ms(now, supervise->config.ping_ms);
            add(out, COX_SUPERVISE_DO_INSPECT, i);
            break;
        case COX_SUPERVISE_KILLING:
            say(out, i, COX_SUPERVISE_NOTICE_UNKILLABLE);
            daemon->deadline = COX_USEC_NEVER;
            break;
        case COX_SUPERVISE_LOOKING:
        case COX_SUPERVISE_WAITING:
        case COX_SUPERVISE_STOPPED:
        case COX_SUPERVISE_FAILED:
        case COX_SUPERVISE_UNWANTED:
            break;
    }
}

static void
on_wake(struct cox_supervise *supervise, cox_usec now, struct cox_supervise_effects *out)
{
    supervise->wake_at = COX_USEC_NEVER;
    for (guint i = 0; i < supervise->n; i++) {
        struct daemon *daemon = &supervise->daemons[i];

        if (cox_usec_is_due(daemon->deadline, now)) {
            on_deadline(supervise, i, now, out);
        }
        if (cox_usec_is_due(daemon->ping_at, now)) {
            ping(supervise, i, now, out);
        }
    }
}

static void
ask_to_be_woken(struct cox_supervise *supervise, cox_usec now, struct cox_supervise_effects *out)
{
    cox_usec at = COX_USEC_NEVER;

    for (guint i = 0; i < supervise->n; i++) {
        const struct daemon *daemon = &supervise->daemons[i];

        /* One that waits for its stage has no time to wait for. */
        if (daemon->state != COX_SUPERVISE_WAITING || daemon->deadline > now) {
            at = cox_usec_min(at, daemon->deadline);
        }
        at = cox_usec_min(at, daemon->ping_at);
        if (cox_usec_is_set(daemon->away_since) && !daemon->is_reported) {
            at = cox_usec_min(at, cox_usec_after_ms(daemon->away_since, supervise->config.unmonitored_ms));
        }
    }
    if (at != supervise->wake_at) {
        supervise->wake_at = at;
        add(out, COX_SUPERVISE_DO_WAKE, 0)->at = at;
    }
}

void
cox_supervise_step(struct cox_supervise *supervise, const struct cox_supervise_event *event, cox_usec now,
                   struct cox_supervise_effects *out)
{
    switch (event->kind) {
        case COX_SUPERVISE_ON_BEGIN:
            for (guint i = 0; i < supervise->n; i++) {
                add(out, COX_SUPERVISE_DO_LOOK, i);
            }
            break;
        case COX_SUPERVISE_ON_FOUND:
            on_found(supervise, event, now, out);
            break;
        case COX_SUPERVISE_ON_PONG:
            on_pong(supervise, event->daemon, event->ping, now, out);
            break;
        case COX_SUPERVISE_ON_SEEN:
            on_seen(supervise, event, now, out);
            break;
        case COX_SUPERVISE_ON_ENDED:
            on_ended(supervise, event->daemon, event->end, now, out);
            break;
        case COX_SUPERVISE_ON_WANTED:
            on_wanted(supervise, event->daemon, out);
            break;
        case COX_SUPERVISE_ON_WAKE:
            on_wake(supervise, now, out);
            break;
        case COX_SUPERVISE_ON_STOP:
            begin_stop(supervise);
            break;
    }
    start_due(supervise, now, out);
    if (supervise->is_stopping) {
        stop_due(supervise, now, out);
    }
    report_away(supervise, now, out);
    ask_to_be_woken(supervise, now, out);
}
