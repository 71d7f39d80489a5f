/* cts/fuzz/fuzz_graph.c - libFuzzer target: any bytes as a transition graph; what is accepted must run and survive a round trip.  Layer 6. */
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "codec/graphread.h"
#include "codec/graphwrite.h"
#include "transition/transition.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Every action succeeds: an acyclic graph ends, with all of them done. */
static void
run(const struct cox_graph *graph)
{
    struct cox_transition *transition = cox_transition_new(graph, 0);
    struct cox_transition_effects effects = { g_array_new(FALSE, FALSE, sizeof(guint32)), false };

    cox_transition_step(transition, &(struct cox_transition_event) { .kind = COX_TRANSITION_RUN }, &effects);
    for (guint i = 0; i < effects.start->len; i++) {
        cox_transition_step(transition,
                            &(struct cox_transition_event) { COX_TRANSITION_RESULT,
                                                             g_array_index(effects.start, guint32, i), true, 0 },
                            &effects);
    }
    COX_BUG_ON(cox_transition_count(transition).n_done != graph->n_actions);
    g_array_unref(effects.start);
    cox_transition_free(transition);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(cox_codec_graph) graph = cox_codec_graph_read((const char *) data, size, NULL);
    g_autoptr(cox_codec_graph) again = NULL;
    g_autoptr(GString) text = g_string_new(NULL);

    if (graph == NULL) {
        return 0;
    }
    run(&graph->graph);
    cox_codec_graph_write(&graph->graph, text);
    again = cox_codec_graph_read(text->str, text->len, NULL);
    COX_BUG_ON(again == NULL || again->graph.n_actions != graph->graph.n_actions);
    return 0;
}
