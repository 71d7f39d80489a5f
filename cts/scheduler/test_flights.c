/*
 * cts/scheduler/test_flights.c - what is in flight while a plan is made is neither ordered again nor contradicted: each kind of
 * action, on a node that stays and on one that is lost meanwhile.  The plan of lib/sched and the conduct of lib/transition together,
 * as the coordinator uses them (architecture 0.8).
 */
#include "base/testkit.h"

#include <string.h>

#include "codec/load.h"
#include "sched/sched.h"
#include "transition/conduct.h"
#include "transition/pending.h"
#include "xml/xmldoc.h"

enum { NOW = 1769601600, N_NODES = 3 };

/* What the histories of a resource say, one letter for each node: - nothing, f free, s started (or unpromoted), p promoted, t on its way to n3. */
struct story {
    const char *what;
    const char *shape;      /* dummy, movable (allow-migrate), stateful (promotable clone), remains (as dummy, but not in the configuration) */
    const char *histories;
    const char *options;    /* words: lost (n1 is, unfenced), standby (n1), disabled, away (from n1), gone (n1, fenced) */
    struct cox_inflight inflight;
    const char *now;        /* orders that are given while it is under way */
    const char *then;       /* orders after it has ended well, a probe by finding nothing; "again" when another plan is wanted */
};

/* What the digests of an operation without parameters are; without them everything would be restarted. */
#define NO_PARAMETERS "f2317cad3d54cec5d7d7aa7d0bf35cf8"
#define NO_PARAMETERS_BUT_TIMEOUT "4811cef7f7f94e3a35a70be7916cb2fd"

/* ---- documents ---- */

static bool
has(const struct story *story, const char *word)
{
    return story->options != NULL && strstr(story->options, word) != NULL;
}

static void
add_op(GString *out, const char *rsc, const char *id, const char *task, int interval, int rc, int call)
{
    g_string_append_printf(out,
                           "<lrm_rsc_op id='%s_%s' operation_key='%s_%s_%d' operation='%s' interval='%d' rc-code='%d' op-status='0' "
                           "call-id='%d' transition-key='1:1:%d:x' transition-magic='0:%d;1:1:%d:x' last-rc-change='1769600000' op-digest='%s'/>",
                           rsc, id, rsc, task, interval, task, interval, rc, call, rc, rc, rc,
                           interval > 0 ? NO_PARAMETERS_BUT_TIMEOUT : NO_PARAMETERS);
}

static void
add_history(GString *out, const char *rsc, const char *class_and_type, char state)
{
    if (state == '-') {
        return;
    }
    g_string_append_printf(out, "<lrm_resource id='%s' %s>", rsc, class_and_type);
    switch (state) {
        case 's':
            add_op(out, rsc, "last_0", "start", 0, 0, 5);
            add_op(out, rsc, "monitor_10000", "monitor", 10000, 0, 6);
            break;
        case 't':
            add_op(out, rsc, "last_0", "start", 0, 0, 5);
            g_string_append_printf(out, "<lrm_rsc_op id='%s_migrate_to_0' operation_key='%s_migrate_to_0' operation='migrate_to' interval='0' rc-code='0' "
                                        "op-status='0' call-id='7' transition-key='1:1:0:x' transition-magic='0:0;1:1:0:x' last-rc-change='1769600001' "
                                        "op-digest='" NO_PARAMETERS "' migrate_source='n1' migrate_target='n3'/>", rsc, rsc);
            break;
        case 'S': /* before its first monitor */
            add_op(out, rsc, "last_0", "start", 0, 0, 5);
            break;
        case 'P':
            add_op(out, rsc, "last_0", "promote", 0, 0, 5);
            break;
        case 'p':
            add_op(out, rsc, "last_0", "promote", 0, 0, 5);
            add_op(out, rsc, "monitor_9000", "monitor", 9000, 8, 6);
            break;
        default:
            add_op(out, rsc, "last_0", "monitor", 0, 7, 5);
    }
    g_string_append(out, "</lrm_resource>");
}

static void
add_nodes(GString *out, const struct story *story)
{
    const char *type = g_str_equal(story->shape, "stateful") ? "class='ocf' provider='pacemaker' type='Stateful'"
                                                             : "class='ocf' provider='pacemaker' type='Dummy'";

    for (int i = 1; i <= N_NODES; i++) {
        bool is_away = i == 1 && (has(story, "lost") || has(story, "gone"));

        g_string_append_printf(out, "<node_state id='%d' uname='n%d' in_ccm='%s' crmd='%s' join='%s' expected='%s'><lrm id='%d'><lrm_resources>",
                               i, i, is_away ? "false" : "true", is_away ? "offline" : "online", is_away ? "down" : "member",
                               i == 1 && has(story, "gone") ? "down" : "member", i);
        if (!(i == 1 && has(story, "gone"))) {
            add_history(out, "power", "class='stonith' type='fence_coxlab'", i == 2 ? 's' : 'f');
            add_history(out, "r", type, story->histories[i - 1]);
        }
        g_string_append(out, "</lrm_resources></lrm>");
        if (g_str_equal(story->shape, "stateful")) {
            g_string_append_printf(out, "<transient_attributes id='%d'><instance_attributes id='t%d'><nvpair id='t%d-m' name='master-r' value='%d'/>"
                                        "</instance_attributes></transient_attributes>", i, i, i, 20 - i);
        }
        g_string_append(out, "</node_state>");
    }
}

static void
add_resource(GString *out, const struct story *story)
{
    const char *metas = has(story, "disabled") ? "<nvpair id='r-role' name='target-role' value='Stopped'/>"
                        : g_str_equal(story->shape, "movable") ? "<nvpair id='r-move' name='allow-migrate' value='true'/>" : "";
    const char *monitors = "<operations><op id='r-monitor' name='monitor' interval='10s'/></operations>";

    if (g_str_equal(story->shape, "remains")) {
        return;
    }
    if (g_str_equal(story->shape, "stateful")) {
        g_string_append(out, "<clone id='c'><meta_attributes id='c-meta'><nvpair id='c-p' name='promotable' value='true'/></meta_attributes>"
                             "<primitive id='r' class='ocf' provider='pacemaker' type='Stateful'><operations>"
                             "<op id='r-monitor' name='monitor' interval='10s' role='Unpromoted'/><op id='r-monitor-p' name='monitor' interval='9s' role='Promoted'/>"
                             "</operations></primitive></clone>");
        return;
    }
    g_string_append_printf(out, "<primitive id='r' class='ocf' provider='pacemaker' type='Dummy'><meta_attributes id='r-meta'>%s</meta_attributes>%s</primitive>",
                           metas, monitors);
}

static struct cox_xmldoc *
document(const struct story *story)
{
    g_autoptr(GString) text = g_string_new("<cib validate-with='pacemaker-3.9' admin_epoch='0' epoch='1' num_updates='0' have-quorum='1' dc-uuid='2'><configuration>"
                                           "<crm_config><cluster_property_set id='o'><nvpair id='o-1' name='stonith-enabled' value='true'/>"
                                           "</cluster_property_set></crm_config><nodes>");
    g_autoptr(GError) error = NULL;
    struct cox_xmldoc *doc = NULL;

    for (int i = 1; i <= N_NODES; i++) {
        bool is_standby = i == 1 && has(story, "standby");

        g_string_append_printf(text, "<node id='%d' uname='n%d'>%s</node>", i, i,
                               is_standby ? "<instance_attributes id='n1-a'><nvpair id='n1-s' name='standby' value='on'/></instance_attributes>" : "");
    }
    g_string_append(text, "</nodes><resources><primitive id='power' class='stonith' type='fence_coxlab'>"
                          "<operations><op id='power-monitor' name='monitor' interval='10s'/></operations></primitive>");
    add_resource(text, story);
    g_string_append_printf(text, "</resources><constraints>%s</constraints></configuration><status>",
                           has(story, "away") ? "<rsc_location id='l' rsc='r' node='n1' score='-INFINITY'/>" : "");
    add_nodes(text, story);
    g_string_append(text, "</status></cib>");
    doc = cox_xmldoc_parse_text(text->str, text->len, NULL, &error);
    if (doc == NULL) {
        fail_msg("%s", error->message);
    }
    return doc;
}

/* ---- playing ---- */

struct play {
    struct cox_codec_result read;
    struct cox_plan *plan;
    struct cox_conduct *conduct;
    GPtrArray *orders;
    bool wants_again;
};

static int
compare_texts(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *) a, *(char *const *) b);
}

static char *
take_orders(struct play *play)
{
    char *text = NULL;

    g_ptr_array_sort(play->orders, compare_texts);
    g_ptr_array_add(play->orders, NULL);
    text = g_strjoinv(", ", (char **) play->orders->pdata);
    g_ptr_array_set_size(play->orders, 0);
    return text;
}

static void
step(struct play *play, const struct cox_conduct_event *event)
{
    struct cox_conduct_effects out;

    cox_conduct_effects_init(&out);
    cox_conduct_step(play->conduct, event, 1000, &out);
    for (guint i = 0; i < cox_conduct_effects_count(&out); i++) {
        const struct cox_conduct_effect *effect = cox_conduct_effects_get(&out, i);
        const struct cox_action *action = NULL;

        play->wants_again = play->wants_again || effect->kind == COX_CONDUCT_DO_REPLAN;
        if (effect->kind == COX_CONDUCT_DO_START) {
            action = &play->plan->graph.actions[effect->action];
            g_ptr_array_add(play->orders, g_strdup_printf("%s%s%s %s", action->task, action->rsc_id == NULL ? "" : " ",
                                                          action->rsc_id == NULL ? "" : action->rsc_id, action->node_name));
        }
    }
    cox_conduct_effects_clear(&out);
}

static void
begin(struct play *play, const struct story *story)
{
    const struct cox_conduct_config config = { .cluster_delay_ms = 60000 };
    struct cox_sched_input input = { .now = cox_wall_from_seconds(NOW) };
    g_autoptr(cox_xmldoc) doc = document(story);
    g_autoptr(cox_diags) diags = cox_diags_new();
    g_autoptr(GError) error = NULL;

    if (!cox_codec_load_tree(cox_xmldoc_root(doc), NULL, &play->read, diags, &error)) {
        fail_msg("%s: %s", story->what, error->message);
    }
    play->orders = g_ptr_array_new_with_free_func(g_free);
    (void) cox_pending_note(play->read.status, &story->inflight, story->inflight.task != NULL, input.now);
    input.config = play->read.config;
    input.status = play->read.status;
    play->plan = cox_sched_run(&input, diags);
    play->conduct = cox_conduct_new(&config);
    if (story->inflight.task != NULL) {
        step(play, &(struct cox_conduct_event) { .kind = COX_CONDUCT_ON_INFLIGHT, .inflight = &story->inflight });
    }
    step(play, &(struct cox_conduct_event) { .kind = COX_CONDUCT_ON_GRAPH, .graph = { &play->plan->graph, 0, -1 } });
}

static void
end(struct play *play)
{
    cox_conduct_free(play->conduct);
    cox_plan_free(play->plan);
    cox_codec_result_clear(&play->read);
    g_ptr_array_unref(play->orders);
}

static void
check(const struct story *story, GString *problems)
{
    const struct cox_inflight *flight = &story->inflight;
    struct play play = { .wants_again = false };
    bool is_probe = g_str_equal(flight->task, "monitor") && flight->interval_ms == 0;
    g_autofree char *now = NULL;
    g_autofree char *then = NULL;

    begin(&play, story);
    now = take_orders(&play);
    step(&play, &(struct cox_conduct_event) { .kind = COX_CONDUCT_ON_RESULT,
                                              .result = { { flight->rsc_id, flight->task, flight->interval_ms, flight->node },
                                                          is_probe ? 7 : 0 } });
    then = play.wants_again ? g_strdup("again") : take_orders(&play);
    if (!g_str_equal(now, story->now) || !g_str_equal(then, story->then)) {
        g_string_append_printf(problems, "%s\n   now  '%s'\n   then '%s'\n", story->what, now, then);
    }
    end(&play);
}

#define FLIGHT(task, rsc, interval, node) { rsc, task, interval, node, "3:4:0:x", 2, true, NULL, NULL }
#define MIGRATION(task, node, source, target) { "r", task, 0, node, "3:4:0:x", 2, true, source, target }

static const struct story stories[] = {
    { "a start that is wanted", "dummy", "fff", NULL, FLIGHT("start", "r", 0, "n1"), "", "monitor r n1" },
    { "a start on a node that is put into standby", "dummy", "fff", "standby", FLIGHT("start", "r", 0, "n1"), "", "again" },
    { "a start of what is disabled meanwhile", "dummy", "fff", "disabled", FLIGHT("start", "r", 0, "n1"), "", "again" },
    { "a start where it may not run any more", "dummy", "fff", "away", FLIGHT("start", "r", 0, "n1"), "", "again" },
    { "a start on a node that is lost", "dummy", "fff", "lost", FLIGHT("start", "r", 0, "n1"), "stonith n1", "again" },
    { "a start of what is not configured any more", "remains", "fff", NULL, FLIGHT("start", "r", 0, "n1"), "", "again" },
    { "a stop of what should run", "dummy", "sff", NULL, FLIGHT("stop", "r", 0, "n1"), "", "again" },
    { "a stop that is wanted, for a move", "dummy", "sff", "away", FLIGHT("stop", "r", 0, "n1"), "", "start r n3" },
    { "a stop of what is disabled", "dummy", "sff", "disabled", FLIGHT("stop", "r", 0, "n1"), "", "" },
    { "a stop on a node that is lost", "dummy", "sff", "lost", FLIGHT("stop", "r", 0, "n1"), "stonith n1", "again" },
    { "a promotion that is wanted", "stateful", "sss", NULL, FLIGHT("promote", "r", 0, "n1"), "", "again" },
    { "a promotion on a node that is put into standby", "stateful", "sss", "standby", FLIGHT("promote", "r", 0, "n1"), "cancel r n2", "again" },
    { "a promotion on a node that is lost", "stateful", "sss", "lost", FLIGHT("promote", "r", 0, "n1"), "cancel r n2, stonith n1", "again" },
    { "a promotion of another than is wanted", "stateful", "sss", NULL, FLIGHT("promote", "r", 0, "n2"), "cancel r n1", "again" },
    { "a demotion of what should be promoted", "stateful", "pss", NULL, FLIGHT("demote", "r", 0, "n1"), "", "again" },
    { "a demotion that is wanted", "stateful", "pss", "standby", FLIGHT("demote", "r", 0, "n1"), "cancel r n2", "stop r n1" },
    { "a demotion that is wanted, before the first monitor", "stateful", "Pss", "standby", FLIGHT("demote", "r", 0, "n1"), "cancel r n2", "stop r n1" },
    { "a stop that is wanted, before the first monitor", "dummy", "Sff", "away", FLIGHT("stop", "r", 0, "n1"), "", "start r n3" },
    { "a promotion that is wanted, before the first monitor", "stateful", "Sss", NULL, FLIGHT("promote", "r", 0, "n1"), "", "again" },
    { "a demotion on a node that is lost", "stateful", "pss", "lost", FLIGHT("demote", "r", 0, "n1"), "cancel r n2, stonith n1", "again" },
    { "a migration, first half, that is wanted", "movable", "sff", "standby", MIGRATION("migrate_to", "n1", "n1", "n3"), "", "migrate_from r n3" },
    { "a migration, first half, to elsewhere", "movable", "sff", "standby", MIGRATION("migrate_to", "n1", "n1", "n2"), "", "again" },
    { "a migration, second half, that is wanted", "movable", "tff", "standby", MIGRATION("migrate_from", "n3", "n1", "n3"), "", "stop r n1" },
    { "a migration, first half, that is not wanted any more", "movable", "sff", NULL, MIGRATION("migrate_to", "n1", "n1", "n2"), "", "again" },
    { "a migration, first half, whose source is lost", "movable", "sff", "lost", MIGRATION("migrate_to", "n1", "n1", "n2"), "stonith n1", "again" },
    { "a migration, second half, whose source is gone", "movable", "fff", "gone", MIGRATION("migrate_from", "n2", "n1", "n2"), "", "again" },
    { "a migration, second half, of whose start a source that is back knows nothing", "movable", "fff", NULL,
      MIGRATION("migrate_from", "n2", "n1", "n2"), "", "again" },
    { "a monitor of what should run", "dummy", "sff", NULL, FLIGHT("monitor", "r", 10000, "n1"), "", "again" },
    { "a monitor of what moves", "dummy", "sff", "away", FLIGHT("monitor", "r", 10000, "n1"), "", "again" },
    { "a monitor on a node that is lost", "dummy", "sff", "lost", FLIGHT("monitor", "r", 10000, "n1"), "stonith n1", "again" },
    { "a probe", "dummy", "-ff", NULL, FLIGHT("monitor", "r", 0, "n1"), "", "start r n1" },
    { "a probe on a node that is lost", "dummy", "-ff", "lost", FLIGHT("monitor", "r", 0, "n1"), "stonith n1", "again" },
    { "a fence of a lost node", "dummy", "sff", "lost", FLIGHT("stonith", NULL, 0, "n1"), "", "start r n3" },
    { "a fence of a node that has come back", "dummy", "fff", NULL, FLIGHT("stonith", NULL, 0, "n1"), "", "again" },
    { "a fence whose proof the document has already", "dummy", "fff", "gone", FLIGHT("stonith", NULL, 0, "n1"), "start r n3", "again" },
};

static void
what_is_in_flight_is_neither_repeated_nor_contradicted(void **state)
{
    g_autoptr(GString) problems = g_string_new(NULL);

    (void) state;
    for (size_t i = 0; i < G_N_ELEMENTS(stories); i++) {
        check(&stories[i], problems);
    }
    if (problems->len > 0) {
        fprintf(stderr, "%s", problems->str); /* cmocka would cut it off */
        fail_msg("see above");
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(what_is_in_flight_is_neither_repeated_nor_contradicted) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
