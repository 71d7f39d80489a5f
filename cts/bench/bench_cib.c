/* cts/bench/bench_cib.c - what one attribute update costs on a document of 10,000 resources: change, patch, digest. */
#include <stdio.h>
#include <time.h>

#include "cib/cib.h"
#include "cib/patch.h"
#include "xml/xmldoc.h"

enum { RESOURCES = 10000, NODES = 16, ROUNDS = 2000 };

static double
cpu_seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double) now.tv_sec + (double) now.tv_nsec / 1e9;
}

static struct cox_xml *
add(struct cox_xml *parent, const char *name, const char *format, int number)
{
    struct cox_xml *xml = cox_xml_new_child(parent, name);
    g_autofree char *id = g_strdup_printf("%s%d", format, number);

    cox_xml_set(xml, "id", id);
    return xml;
}

static void
add_history(struct cox_xml *status, int node)
{
    struct cox_xml *history = cox_xml_new_child(add(status, "node_state", "", node), "lrm");

    history = cox_xml_new_child(history, "lrm_resources");
    for (int i = 0; i < RESOURCES; i++) {
        cox_xml_set(add(add(history, "lrm_resource", "r", i), "lrm_rsc_op", "last", i), "rc-code", "0");
    }
}

static struct cox_xmldoc *
big_document(void)
{
    struct cox_xmldoc *doc = cox_xmldoc_new("cib");
    struct cox_xml *root = cox_xmldoc_root(doc);
    struct cox_xml *resources = cox_xml_new_child(cox_xml_new_child(root, "configuration"), "resources");

    cox_xml_set(root, "admin_epoch", "0");
    cox_xml_set(root, "epoch", "1");
    cox_xml_set(root, "num_updates", "0");
    cox_xml_new_child(root, "status");
    for (int i = 0; i < RESOURCES; i++) {
        struct cox_xml *rsc = add(resources, "primitive", "r", i);
        struct cox_xml *params = add(rsc, "instance_attributes", "params", i);
        struct cox_xml *pair = add(params, "nvpair", "pair", i);

        cox_xml_set(rsc, "class", "ocf");
        cox_xml_set(rsc, "provider", "heartbeat");
        cox_xml_set(rsc, "type", "Dummy");
        cox_xml_set(pair, "name", "state");
        cox_xml_set(pair, "value", "0");
        add(cox_xml_new_child(rsc, "operations"), "op", "monitor", i);
    }
    for (int node = 1; node <= NODES; node++) {
        add_history(cox_xml_last(root), node);
    }
    return doc;
}

static void
update(struct cox_cib *cib, const char *kind, int round)
{
    int which = (int) ((guint) round * 7919u % RESOURCES);
    g_autofree char *path
        = g_strcmp0(kind, "configuration") == 0
              ? g_strdup_printf("/cib/configuration/resources/primitive[@id='r%d']/instance_attributes[@id='params%d']"
                                "/nvpair[@id='pair%d']",
                                which, which, which)
              : g_strdup_printf("/cib/status/node_state[@id='9']/lrm/lrm_resources/lrm_resource[@id='r%d']"
                                "/lrm_rsc_op[@id='last%d']",
                                which, which);
    struct cox_xml *xml = cox_cib_find(cib, path, 0);
    g_autoptr(cox_xmldoc) patch = NULL;
    g_autofree char *digest = NULL;

    cox_cib_begin(cib);
    cox_cib_set_number(cib, xml, "value", round + 1);
    cox_cib_set_number(cib, cox_cib_root(cib), "num_updates", round + 1);
    patch = cox_cib_commit(cib);
    digest = cox_cib_digest(cib);
    if (patch == NULL) {
        printf("no patch was made\n");
    }
}

int
main(void)
{
    static const char *const kinds[] = { "configuration", "status" };
    double begin = cpu_seconds();
    g_autoptr(cox_cib) cib = cox_cib_new(big_document());
    double made = cpu_seconds();
    g_autofree char *digest = cox_cib_digest(cib);
    double hashed = (digest == NULL) ? 0 : cpu_seconds();

    (void) cox_cib_find(cib, "/cib", 0);
    printf("document of %d resources with history on %d nodes: made %.1f ms, first digest %.1f ms, index %.1f ms (CPU)\n",
           RESOURCES, NODES,
           (made - begin) * 1e3, (hashed - made) * 1e3, (cpu_seconds() - hashed) * 1e3);
    for (size_t k = 0; k < G_N_ELEMENTS(kinds); k++) {
        double from = cpu_seconds();

        for (int round = 0; round < ROUNDS; round++) {
            update(cib, kinds[k], round);
        }
        printf("one attribute update in the %s, its patch and digest: %.4f ms (CPU, mean of %d)\n", kinds[k],
               (cpu_seconds() - from) * 1e3 / ROUNDS, ROUNDS);
    }
    return 0;
}
