/* daemons/cibd/tests/cib_follower.c - a client of cibd that tests and benchmarks talk to: follows, changes, counts, sleeps.  Layer 6. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "follow/follow.h"
#include "runtime/loop.h"

/*
 * Commands, a line each:
 *   state                -> state VERSION DIGEST QUORUM CURRENT FETCHES MISMATCHES PATCHES COUNTS
 *   modify SECTION XML   -> answer CODE OUTCOME
 *   bench COUNT OUTSTANDING SECTION -> bench COUNT OUTSTANDING USEC KEPT PROVISIONAL UNCERTAIN FAILED FASTEST_USEC MEDIAN_USEC
 *   offer RATE SECTION   (RATE changes a second from now on, whether they are answered or not)
 *   offered              -> offered SENT USEC KEPT PROVISIONAL UNCERTAIN FAILED SLOWEST_USEC LAST, when all of them are answered; USEC until then,
 *                           LAST is the value that the last one wrote
 *   sleep MS             -> slept (the loop does not turn meanwhile)
 * SECTION is status or crm_config: changes of the one are not validated.
 */
enum { OFFER_MS = 5 };

struct follower {
    struct cox_runtime *runtime;
    struct cox_follow *follow;
    char line[8192];
    size_t length;
    bool is_up;
    /* bench */
    unsigned long to_send, to_come, count, outstanding, next;
    unsigned long outcomes[3], failed;
    bool is_configuration;
    gint64 begun;
    GArray *times;  /* gint64, of each change */
    GQueue started; /* gint64 *, of those under way; answers of one connection come in order but for refusals */
    /* offer */
    unsigned long rate, sent, answered; /* rate 0: no more */
    gint64 slowest;
    bool is_report_wanted;
};

static void bench_one(struct follower *f);

static gint
by_value(gconstpointer a, gconstpointer b)
{
    gint64 x = *(const gint64 *) a, y = *(const gint64 *) b;

    return x < y ? -1 : x > y;
}

static void
on_bench_answer(void *context, const struct cox_follow_answer *answer)
{
    struct follower *f = context;

    gint64 *started = g_queue_pop_head(&f->started);
    gint64 took = g_get_monotonic_time() - *started;

    g_free(started);
    g_array_append_val(f->times, took);
    if (answer->error != NULL) {
        f->failed++;
    } else {
        f->outcomes[answer->outcome]++;
    }
    if (f->to_send > 0) {
        bench_one(f);
    }
    if (--f->to_come == 0) {
        gint64 all = g_get_monotonic_time() - f->begun;

        g_array_sort(f->times, by_value);
        printf("bench %lu %lu %" G_GINT64_FORMAT " %lu %lu %lu %lu %" G_GINT64_FORMAT " %" G_GINT64_FORMAT "\n", f->count, f->outstanding, all,
               f->outcomes[0], f->outcomes[1], f->outcomes[2], f->failed, g_array_index(f->times, gint64, 0),
               g_array_index(f->times, gint64, f->times->len / 2));
    }
}

static void
send_one(struct follower *f, cox_follow_answer_fn fn)
{
    g_autofree char *text = f->is_configuration
                                ? g_strdup_printf("<crm_config><cluster_property_set id=\"bench\"><nvpair id=\"bench-a\" name=\"bench\" value=\"%lu\"/>"
                                                  "</cluster_property_set></crm_config>", f->next)
                                : g_strdup_printf("<node_state id=\"bench\"><transient_attributes id=\"bench\"><instance_attributes id=\"bench-set\">"
                                                  "<nvpair id=\"bench-a\" name=\"bench\" value=\"%lu\"/></instance_attributes></transient_attributes>"
                                                  "</node_state>", f->next);
    const struct cox_follow_change change = {
        .kind = COX_EDIT_MODIFY, .section = f->is_configuration ? "crm_config" : "status", .text = text, .allows_creation = true,
        .fn = fn, .context = f,
    };

    gint64 *now = g_new(gint64, 1);

    *now = g_get_monotonic_time();
    g_queue_push_tail(&f->started, now);
    f->next++;
    cox_follow_change(f->follow, &change);
}

static void
bench_one(struct follower *f)
{
    f->to_send--;
    send_one(f, on_bench_answer);
}

static void
bench(struct follower *f, unsigned long count, unsigned long outstanding, const char *section)
{
    f->count = f->to_send = f->to_come = count;
    f->outstanding = outstanding;
    f->failed = 0;
    g_array_set_size(f->times, 0);
    memset(f->outcomes, 0, sizeof f->outcomes);
    f->is_configuration = strcmp(section, "crm_config") == 0;
    f->begun = g_get_monotonic_time();
    for (unsigned long i = 0; i < outstanding && f->to_send > 0; i++) {
        bench_one(f);
    }
}

/* ---- a steady offer ---- */

static void
report_offer(struct follower *f)
{
    if (f->is_report_wanted && f->answered == f->sent) {
        f->is_report_wanted = false;
        printf("offered %lu %" G_GINT64_FORMAT " %lu %lu %lu %lu %" G_GINT64_FORMAT " %lu\n", f->sent, g_get_monotonic_time() - f->begun,
               f->outcomes[0], f->outcomes[1], f->outcomes[2], f->failed, f->slowest, f->next - 1);
    }
}

static void
on_offer_answer(void *context, const struct cox_follow_answer *answer)
{
    struct follower *f = context;
    g_autofree gint64 *started = g_queue_pop_head(&f->started);

    f->slowest = MAX(f->slowest, g_get_monotonic_time() - *started);
    f->answered++;
    if (answer->error != NULL) {
        f->failed++;
    } else {
        f->outcomes[answer->outcome]++;
    }
    report_offer(f);
}

/* As many as are due, however late we are. */
static void
on_offer(void *context)
{
    struct follower *f = context;
    gint64 due = f->rate == 0 ? 0 : (g_get_monotonic_time() - f->begun) * (gint64) f->rate / G_USEC_PER_SEC;

    while ((gint64) f->sent < due) {
        f->sent++;
        send_one(f, on_offer_answer);
    }
    if (f->rate != 0) {
        (void) cox_runtime_timer(f->runtime, cox_usec_after_ms(cox_runtime_now(f->runtime), OFFER_MS), on_offer, f);
    }
}

static void
offer(struct follower *f, unsigned long rate, const char *section)
{
    f->rate = rate;
    f->sent = f->answered = f->failed = 0;
    f->slowest = 0;
    memset(f->outcomes, 0, sizeof f->outcomes);
    f->is_configuration = strcmp(section, "crm_config") == 0;
    f->begun = g_get_monotonic_time();
    on_offer(f);
}

static void
print_state(const struct follower *f)
{
    struct cox_cib *cib = cox_follow_cib(f->follow);
    struct cox_version version = cox_follow_version(f->follow);
    struct cox_follow_stats stats = cox_follow_stats(f->follow);
    g_autofree char *text = cox_version_text(&version);
    g_autofree char *digest = cib == NULL ? g_strdup("-") : cox_cib_digest(cib);

    printf("state %s %s %d %d %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %d\n", text, digest,
           cox_follow_has_quorum(f->follow), cox_follow_is_current(f->follow), stats.n_fetches, stats.n_mismatches, stats.n_patches,
           cox_follow_counts(f->follow));
}

static void
on_answer(void *context, const struct cox_follow_answer *answer)
{
    (void) context;
    printf("answer %d %d\n", answer->error == NULL ? 0 : answer->error->code, (int) answer->outcome);
}

static void
obey(struct follower *f, const char *line)
{
    char section[64];
    unsigned long count, outstanding;
    int skip = 0;

    if (strcmp(line, "state") == 0) {
        print_state(f);
    } else if (sscanf(line, "bench %lu %lu %63s", &count, &outstanding, section) == 3) {
        bench(f, count, outstanding, section);
    } else if (sscanf(line, "offer %lu %63s", &count, section) == 2 && count > 0) {
        offer(f, count, section);
    } else if (strcmp(line, "offered") == 0) {
        f->rate = 0;
        f->is_report_wanted = true;
        report_offer(f);
    } else if (sscanf(line, "sleep %lu", &count) == 1) {
        g_usleep(count * 1000);
        printf("slept\n");
    } else if (sscanf(line, "modify %63s %n", section, &skip) == 1 && skip > 0) {
        const struct cox_follow_change change = {
            .kind = COX_EDIT_MODIFY, .section = section, .text = line + skip, .allows_creation = true, .fn = on_answer,
        };

        cox_follow_change(f->follow, &change);
    } else {
        printf("what? %s\n", line);
    }
}

static void
on_input(void *context, int fd, unsigned int events)
{
    struct follower *f = context;
    ssize_t n = read(fd, f->line + f->length, sizeof f->line - f->length - 1);
    char *end;

    (void) events;
    if (n < 0 && errno == EINTR) {
        return;
    }
    if (n <= 0) {
        cox_runtime_quit(f->runtime);
        return;
    }
    f->length += (size_t) n;
    f->line[f->length] = '\0';
    while ((end = strchr(f->line, '\n')) != NULL) {
        *end = '\0';
        obey(f, f->line);
        f->length -= (size_t) (end + 1 - f->line);
        memmove(f->line, end + 1, f->length + 1);
    }
}

static void
on_changed(void *context, const struct cox_follow_news *news)
{
    struct follower *f = context;

    (void) news;
    if (!f->is_up) {
        f->is_up = true;
        printf("up\n");
    }
}

int
main(int argc, char **argv)
{
    struct follower f = { 0 };
    const struct cox_follow_settings settings = {
        .program = "follower", .run_directory = argc < 2 ? NULL : argv[1], .changed = on_changed, .context = &f,
        .is_slim = argc > 2 && strcmp(argv[2], "slim") == 0,
        .trust = argc > 2 && strcmp(argv[2], "counting") == 0 ? COX_FOLLOW_COUNTING : COX_FOLLOW_ANY,
    };

    setvbuf(stdout, NULL, _IOLBF, 0);
    f.times = g_array_new(FALSE, FALSE, sizeof(gint64));
    g_queue_init(&f.started);
    f.runtime = cox_loop_new(NULL);
    f.follow = cox_follow_new(f.runtime, &settings);
    (void) cox_runtime_watch(f.runtime, STDIN_FILENO, COX_WATCH_READ, on_input, &f);
    cox_runtime_run(f.runtime);
    cox_follow_free(f.follow);
    g_queue_clear_full(&f.started, g_free);
    g_array_unref(f.times);
    cox_runtime_free(f.runtime);
    return 0;
}
