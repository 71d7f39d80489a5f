/* lib/lvs/tests/lvsworld.h - the engine of virtual servers with a kernel, servers that live and die, and a clock, for tests. */
#ifndef COX_LVS_TESTS_LVSWORLD_H
#define COX_LVS_TESTS_LVSWORLD_H

#include "lvs/lvs.h"
#include "lvs/tests/fakeipvs.h"

enum { WORLD_SERVERS = 10 };

/** Settings of all virtual servers and servers of a configuration that is made from words. */
struct world_conf {
    const char *text;           /**< "1: 1=10 2=5; 2: 2=5": virtual server 10.0.0.1:80 with 10.1.0.1 and 10.1.0.2 of these weights */
    guint sorry;                /**< server number, 0: none */
    gint64 quorum;              /**< 0: 1 */
    gint64 drain_ms, slow_ms, warmup_ms;
    bool is_alpha, is_omega, is_inhibited, is_suspended_alone, has_hooks, logs_all, is_direct;
    guint passive_conns, panic_percent, retries, rise;
    guint n_checks;             /**< 0: one */
    guint32 addresses;          /**< of each front; 0: one */
    enum cox_lvs_flush flush_start, flush_stop;
    const char *sync_device, *sync_router;
    guint tcp_s;
};

struct world {
    struct cox_lvs *lvs;
    struct fake_ipvs *ipvs;
    struct cox_lvs_effects effects;
    GString *log;               /**< what the engine has asked for since world_log(), words divided by blanks */
    GArray *probes;             /**< of struct world_probe, under way */
    bool is_dead[WORLD_SERVERS];
    bool is_mute[WORLD_SERVERS];/**< does not even answer probes */
    struct cox_lvs_use use[WORLD_SERVERS];
    cox_usec now, wake_at;
    guint64 reading;            /**< number of a DO_READ that is not answered */
    bool answers_reads;         /**< at once */
    bool is_disturbed;          /**< others change what is ours: operations may be refused */
    bool has_refused;           /**< in this step */
    guint n_ops, n_probes;      /**< ever */
};

struct world_probe {
    guint64 number;
    guint server;
};

void world_init(struct world *world);
void world_clear(struct world *world);

struct cox_lvs_config *world_config(const struct world_conf *conf);
void world_load(struct world *world, const struct world_conf *conf);
void world_step(struct world *world, const struct cox_lvs_event *event);

/** Go on to @until: probes are answered at once, by what lives and what does not. */
void world_run(struct world *world, cox_usec until);

/** Answer the reading that waits, with what the kernel holds. */
void world_read(struct world *world);

/** What was asked for since the last call; the caller frees. */
char *world_log(struct world *world);

/** "1: 1=10 2=5; ..." of what is in the kernel, sorted. */
char *world_table(const struct world *world);

struct cox_ip world_server(guint i);
struct cox_ip world_front(guint i);

#endif
