/*
 * cts/scheduler/randomcib.c - writes documents for cts/scheduler/differential: random clusters, and documents changed at random.
 *
 * usage: randomcib SEED             a random cluster that has lived for a while
 *        randomcib SEED FILE STEPS  the document of FILE after STEPS changes; 0: as it is
 *
 * Options have the names that programs older than ours know, too.  Same arguments, same document.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "cib/schemas.h"
#include "codec/load.h"
#include "codec/status_write.h"
#include "cts/fuzz/mutatecib.h"
#include "model/option.h"
#include "randommodel.h"
#include "sched/sched.h"
#include "transition/rehearsal.h"
#include "xml/xmldoc.h"
#include "xml/xmlwrite.h"

enum { MAX_ROUNDS = 4, MAX_FAILURES = 3, NOW_SECONDS = 1769601600, ROUND_SECONDS = 50 };

static struct cox_xmldoc *
parse_text(const char *text)
{
    g_autoptr(GError) error = NULL;
    struct cox_xmldoc *doc = cox_xmldoc_parse_text(text, (size_t) -1, NULL, &error);

    if (doc == NULL) {
        fprintf(stderr, "randomcib: %s\n", error->message);
        exit(2);
    }
    return doc;
}

/* The configuration of the model alone, as the scheduler sees it. */
static struct cox_codec_result
load(const char *text)
{
    g_autoptr(cox_schemas) schemas = cox_schemas_new(g_getenv("COX_SCHEMA_DIRECTORY"));
    struct cox_codec_options options = { .prepare = cox_schemas_prepare, .prepare_data = schemas };
    struct cox_stream_input input = { .text = text, .length = strlen(text), .name = "random" };
    struct cox_codec_result read = { NULL, NULL, NULL };
    g_autoptr(GError) error = NULL;

    if (!cox_codec_load(&input, &options, &read, NULL, &error)) {
        fprintf(stderr, "randomcib: %s\n", error->message);
        exit(2);
    }
    return read;
}

/* One plan is made and carried out, with failures, and things happen. */
static void
live(const struct cox_config *config, struct cox_status *status, cox_wall now, GRand *rand)
{
    struct cox_sched_input input = { .config = config, .status = status, .now = now };
    struct cox_plan *plan = cox_sched_run(&input, NULL);
    struct cox_opspec failures[MAX_FAILURES];
    struct cox_rehearsal_input rehearsal = { &plan->graph, status, failures, random_failures(rand, &plan->graph, failures, MAX_FAILURES),
                                             now };

    cox_rehearsal_free(cox_rehearsal_run(&rehearsal));
    for (size_t i = 0; i < rehearsal.n_failures; i++) {
        cox_opspec_clear(&failures[i]);
    }
    random_events(rand, config, status, now);
    cox_plan_free(plan);
}

static struct cox_xmldoc *
random_cluster(guint32 seed)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
    int rounds = g_rand_int_range(rand, 0, MAX_ROUNDS);
    struct cox_status *status = cox_status_new();
    struct cox_xmldoc *doc = NULL;

    for (int round = 0; round <= rounds; round++) {
        g_autoptr(GRand) shape = g_rand_new_with_seed(seed);
        g_autoptr(GRand) detail = g_rand_new_with_seed(g_rand_int(rand));
        g_autofree char *text = random_model(shape, detail);
        struct cox_codec_result read = load(text);
        cox_wall now = cox_wall_from_seconds(NOW_SECONDS + ROUND_SECONDS * round);

        if (round == 0) {
            random_status_begin(read.config, status);
            random_events(rand, read.config, status, now);
        }
        if (round < rounds) {
            live(read.config, status, now, rand);
        } else {
            doc = parse_text(text);
            cox_codec_status_write(status, cox_xml_child(cox_xmldoc_root(doc), "status"));
        }
        cox_codec_result_clear(&read);
    }
    cox_status_free(status);
    cox_xml_set(cox_xmldoc_root(doc), "validate-with", "pacemaker-3.7");
    cox_xml_set(cox_xmldoc_root(doc), "crm_feature_set", "3.16.1");
    return doc;
}

static struct cox_xmldoc *
changed_document(guint32 seed, const char *path, guint64 steps)
{
    g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
    g_autoptr(GError) error = NULL;
    struct cox_xmldoc *doc = cox_xmldoc_parse_file(path, NULL, &error);

    if (doc == NULL) {
        fprintf(stderr, "randomcib: %s\n", error->message);
        exit(2);
    }
    for (guint64 i = 0; i < steps; i++) {
        mutatecib_step(cox_xmldoc_root(doc), rand);
    }
    return doc;
}

static void
use_old_names(struct cox_xml *root)
{
    for (struct cox_xml *xml = root; xml != NULL; xml = cox_xml_walk(xml, root)) {
        const char *name = cox_xml_is(xml, "nvpair") ? cox_xml_get(xml, "name") : NULL;
        const struct cox_option *option = name == NULL ? NULL : cox_option_find(COX_OPTION_CLUSTER, name);

        if (option != NULL && cox_xml_is(cox_xml_parent(xml), "cluster_property_set") && option->old_name != NULL) {
            cox_xml_set(xml, "name", option->old_name);
        }
    }
}

static guint64
number(const char *text)
{
    guint64 value = 0;

    if (!g_ascii_string_to_unsigned(text, 10, 0, G_MAXUINT32, &value, NULL)) {
        fprintf(stderr, "randomcib: '%s' is no number\n", text);
        exit(2);
    }
    return value;
}

int
main(int argc, char **argv)
{
    struct cox_xmldoc *doc = NULL;
    g_autofree char *text = NULL;

    if (argc != 2 && argc != 4) {
        fprintf(stderr, "usage: randomcib SEED [FILE STEPS]\n");
        return 2;
    }
    doc = argc == 2 ? random_cluster((guint32) number(argv[1])) : changed_document((guint32) number(argv[1]), argv[2], number(argv[3]));
    use_old_names(cox_xmldoc_root(doc));
    text = cox_xmlwrite_text(cox_xmldoc_root(doc), COX_XMLWRITE_FORMATTED);
    printf("%s\n", text);
    cox_xmldoc_free(doc);
    return 0;
}
