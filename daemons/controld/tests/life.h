/* daemons/controld/tests/life.h - a life of cox-controld in tests: one node on a fake bus, a document in memory, the real scheduler, a pretended executor and fencer.  For tests only. */
#ifndef COX_CONTROLD_TESTS_LIFE_H
#define COX_CONTROLD_TESTS_LIFE_H

#include "daemons/controld/controld.h"

#include "base/error.h"
#include "base/testkit.h"
#include "cib/schemas.h"
#include "daemons/schedd/planning.h"
#include "follow/follow_fake.h"
#include "runtime/fake.h"
#include "service/servicefake.h"

#define DUMMY "<primitive id='r' class='ocf' provider='coxswain' type='Dummy'><operations>"                            \
              "<op id='r-m' name='monitor' interval='10s'/></operations></primitive>"

struct world {
    struct cox_runtime *runtime;
    struct cox_peers_bus *bus;
    struct cox_service_fake *fake;
    struct controld *controld;
    struct cox_schemas *schemas;
    struct cox_planning *planning;
    char *directory;
    GString *log;          /* what the executor and others were asked for */
    const GString *plan;   /* body of the answer that is being given */
    guint32 next_id;
    gint64 call_id;
    guint64 limit;         /* what the executor was told last */
    GByteArray *recurring; /* the last recurring operation that was ordered */
    bool is_holding;       /* operations do not end */
    bool fence_fails, is_heard;
    guint n_rewritten;     /* times that attributes were to be written again */
    guint n_introduced;    /* times that the node has told its feature set, since its attributes were forgotten */
    guint n_forgotten;     /* times that all attributes of a node were to be forgotten */
    guint n_recorded;      /* times that it was said that results are in the document */
    guint n_plans;         /* that were asked for */
    guint n_plans_alone;   /* of these, from a document that does not list this node */
    int plan_crashes, term_refusals, fence_refusals;
    enum cox_message refused; /* the executor answers so many of these ... */
    int n_refused, refusal;   /* ... with this code */
    struct cox_msg_fence_term fence_term; /* the last one that the fencer was told */
    GPtrArray *held;       /* copies of orders */
    const char *metadata;  /* of each agent; NULL: there is none */
    bool is_metadata_late; /* it comes when life_answer_metadata() is called */
    cox_client_reply_fn metadata_fn;
    void *metadata_context;
};

/** Everything that is to happen now has happened. */
void life_settle(struct world *w);
void life_pass(struct world *w, gint64 ms);

/** What was asked for since the last time. */
void life_expect(struct world *w, const char *text);

/** Operations that are held end. */
void life_release(struct world *w);
void life_answer_metadata(struct world *w);
void life_fail_recurring(struct world *w);

/** It is started, and has not heard of anybody; or has. */
void life_begin(struct world *w, const char *document);
void life_start(struct world *w, const char *document);
void life_stop(struct world *w);

/** The document as it is; owned by the caller. */
char *life_text(const struct world *w);
bool life_has(const struct world *w, const char *what);

/** It begins with this document. */
void life_create(struct world *w, const char *nodes, const char *resources, const char *status);
const struct cox_msg_control_state *life_query(struct world *w);
int life_setup(void **state);
int life_teardown(void **state);

#define STORY(test) cmocka_unit_test_setup_teardown(test, life_setup, life_teardown)

#endif
