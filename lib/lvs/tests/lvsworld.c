/* lib/lvs/tests/lvsworld.c - the engine of virtual servers with a kernel, servers that live and die, and a clock, for tests. */
#include "base/testkit.h"

#include "lvs/tests/lvsworld.h"

struct cox_ip
world_server(guint i)
{
    return (struct cox_ip) { .family = 4, .bytes = { 10, 1, 0, (guint8) i } };
}

struct cox_ip
world_front(guint i)
{
    return (struct cox_ip) { .family = 4, .bytes = { 10, 0, (guint8) i, 0 } };
}

static const struct cox_lvs_check *
make_checks(struct cox_arena *arena, const struct world_conf *conf, guint server)
{
    const guint n = MAX(conf->n_checks, 1);
    struct cox_lvs_check *checks = cox_arena_new_array(arena, struct cox_lvs_check, n);

    for (guint i = 0; i < n; i++) {
        cox_lvs_check_init(&checks[i], COX_LVS_CHECK_TCP);
        checks[i].delay_ms = 10000;
        checks[i].retry_ms = 2000;
        checks[i].timeout_ms = 3000;
        checks[i].warmup_ms = conf->warmup_ms;
        checks[i].retries = conf->retries;
        checks[i].rise = MAX(conf->rise, 1);
        checks[i].is_alpha = conf->is_alpha;
        checks[i].logs_all = conf->logs_all;
        checks[i].path.to = world_server(server);
        checks[i].path.to_port = (guint16) (80 + i);
    }
    return checks;
}

static void
make_server(struct cox_arena *arena, const struct world_conf *conf, struct cox_lvs_server *server, guint number)
{
    cox_lvs_server_init(server);
    server->address = world_server(number);
    server->drain_ms = conf->drain_ms;
    server->slow_start_ms = conf->slow_ms;
    server->is_inhibited = conf->is_inhibited;
    server->passive_conns = conf->passive_conns;
    server->forward.method = conf->is_direct ? COX_LVS_DIRECT : COX_LVS_NAT;
    if (conf->has_hooks) {
        server->notify_up.command = cox_arena_printf(arena, "up%u", number);
        server->notify_down.command = cox_arena_printf(arena, "down%u", number);
    }
    server->checks = make_checks(arena, conf, number);
    server->n_checks = MAX(conf->n_checks, 1);
}

static void
make_service(struct cox_arena *arena, const struct world_conf *conf, struct cox_lvs_service *service, const char *text)
{
    g_auto(GStrv) words = g_strsplit(text, " ", -1);
    const guint number = (guint) atoi(words[0]), n = g_strv_length(words) - 1;
    struct cox_lvs_server *servers = cox_arena_new_array(arena, struct cox_lvs_server, n + 1);
    struct cox_lvs_front *front = cox_arena_new_array(arena, struct cox_lvs_front, 1);

    cox_lvs_service_init(service);
    service->name = cox_arena_printf(arena, "%u", number);
    *front = (struct cox_lvs_front) { .address = world_front(number), .count = MAX(conf->addresses, 1), .port = 80, .family = 4 };
    service->fronts = front;
    service->n_fronts = 1;
    service->quorum = conf->quorum != 0 ? conf->quorum : 1;
    service->panic_percent = conf->panic_percent;
    service->is_omega = conf->is_omega;
    service->is_suspended_alone = conf->is_suspended_alone;
    if (conf->has_hooks) {
        service->quorum_up.command = cox_arena_printf(arena, "quorum%u", number);
        service->quorum_down.command = cox_arena_printf(arena, "lost%u", number);
    }
    for (guint i = 0; i < n; i++) {
        make_server(arena, conf, &servers[i], (guint) atoi(words[i + 1]));
        servers[i].weight = atoi(strchr(words[i + 1], '=') + 1);
    }
    if (conf->sorry != 0) {
        make_server(arena, conf, &servers[n], conf->sorry);
        service->sorry = &servers[n];
    }
    service->servers = servers;
    service->n_servers = n;
}

struct cox_lvs_config *
world_config(const struct world_conf *conf)
{
    struct cox_lvs_config *config = cox_lvs_config_new();
    g_auto(GStrv) rows = g_strsplit(conf->text, ";", -1);
    struct cox_lvs_service *services = cox_arena_new_array(config->arena, struct cox_lvs_service, g_strv_length(rows));

    for (guint i = 0; rows[i] != NULL && *g_strstrip(rows[i]) != '\0'; i++) {
        make_service(config->arena, conf, &services[config->n_services++], rows[i]);
    }
    config->services = services;
    config->flush_start = conf->flush_start;
    config->flush_stop = conf->flush_stop;
    config->sync.device = cox_arena_strdup(config->arena, conf->sync_device);
    config->sync.router = cox_arena_strdup(config->arena, conf->sync_router);
    config->timeout_tcp_s = conf->tcp_s;
    return config;
}

void
world_init(struct world *world)
{
    memset(world, 0, sizeof *world);
    world->lvs = cox_lvs_new(1);
    world->ipvs = fake_ipvs_new(NULL);
    cox_lvs_effects_init(&world->effects);
    world->log = g_string_new(NULL);
    world->probes = g_array_new(FALSE, FALSE, sizeof(struct world_probe));
    world->wake_at = COX_USEC_NEVER;
    world->answers_reads = true;
    world->now = 1000 * COX_USEC_PER_S;
}

void
world_clear(struct world *world)
{
    cox_lvs_free(world->lvs);
    fake_ipvs_free(world->ipvs);
    cox_lvs_effects_clear(&world->effects);
    g_string_free(world->log, TRUE);
    g_array_unref(world->probes);
}

static void
say(struct world *world, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void
say(struct world *world, const char *format, ...)
{
    va_list arguments;

    if (world->log->len > 0) {
        g_string_append_c(world->log, ' ');
    }
    va_start(arguments, format);
    g_string_append_vprintf(world->log, format, arguments);
    va_end(arguments);
}

static void
end_probe(struct world *world, guint64 number)
{
    for (guint i = 0; i < world->probes->len; i++) {
        if (g_array_index(world->probes, struct world_probe, i).number == number) {
            g_array_remove_index(world->probes, i);
            return;
        }
    }
    fail_msg("probe %lu was cancelled, and there is none", (unsigned long) number);
}

static void
do_op(struct world *world, const struct cox_lvs_op *op)
{
    static const char marks[] = "+=-+=-";

    if (!fake_ipvs_apply(world->ipvs, op)) {
        assert_true(world->is_disturbed);
        world->has_refused = true;
    }
    world->n_ops++;
    if (op->kind < COX_LVS_OP_ADD_RS) {
        say(world, "%c%u", marks[op->kind], op->vs->key.address.bytes[2]);
    } else if (op->kind == COX_LVS_OP_DEL_RS) {
        say(world, "-%u/%u", op->vs->key.address.bytes[2], op->rs->address.bytes[3]);
    } else {
        say(world, "%c%u/%u:%d", marks[op->kind], op->vs->key.address.bytes[2], op->rs->address.bytes[3], op->rs->weight);
    }
}

static void
do_say(struct world *world, const struct cox_lvs_effect *effect)
{
    static const char *const names[] = { "up", "down", "failure", "quorum", "no-quorum", "panic", "no-panic", "drained", "suspect", "unknown" };

    say(world, "%s(%s", names[effect->notice], effect->service);
    if (cox_ip_is_set(&effect->address)) {
        say(world, "%u", effect->address.bytes[3]);
    }
    if (effect->text != NULL) {
        say(world, "%s", effect->text);
    }
    g_string_append_c(world->log, ')');
}

static void
begin_probe(struct world *world, const struct cox_lvs_effect *effect)
{
    const struct world_probe probe = { effect->number, effect->check->path.to.bytes[3] };

    g_array_append_val(world->probes, probe);
    world->n_probes++;
}

static void
carry_out(struct world *world, const struct cox_lvs_effect *effect)
{
    switch (effect->kind) {
        case COX_LVS_DO_READ:
            assert_int_equal(world->reading, 0);
            world->reading = effect->number;
            break;
        case COX_LVS_DO_FLUSH:
            g_ptr_array_set_size(world->ipvs->rows, 0);
            say(world, "flush");
            break;
        case COX_LVS_DO_OPS:
            for (guint i = 0; i < effect->n_ops; i++) {
                do_op(world, &effect->ops[i]);
            }
            break;
        case COX_LVS_DO_PROBE:
            begin_probe(world, effect);
            break;
        case COX_LVS_DO_CANCEL:
            end_probe(world, effect->number);
            break;
        case COX_LVS_DO_RUN:
            say(world, "!%s", effect->script.command);
            break;
        case COX_LVS_DO_SAY:
            do_say(world, effect);
            break;
        case COX_LVS_DO_SYNC_START:
            say(world, "sync-%s-%s", effect->role == COX_LVS_ROLE_MASTER ? "master" : "backup", effect->sync->device);
            break;
        case COX_LVS_DO_SYNC_STOP:
            say(world, "nosync-%s", effect->role == COX_LVS_ROLE_MASTER ? "master" : "backup");
            break;
        case COX_LVS_DO_TIMEOUTS:
            say(world, "tcp=%u", effect->tcp_s);
            break;
        case COX_LVS_DO_WAKE:
            world->wake_at = effect->at;
            break;
        case COX_LVS_DO_DONE:
            say(world, "done");
            break;
    }
}

void
world_step(struct world *world, const struct cox_lvs_event *event)
{
    cox_lvs_step(world->lvs, event, world->now, &world->effects);
    for (guint i = 0; i < cox_lvs_effects_count(&world->effects); i++) {
        carry_out(world, cox_lvs_effects_get(&world->effects, i));
    }
    cox_lvs_effects_reset(&world->effects);
    if (world->has_refused) {
        world->has_refused = false;
        world_step(world, &(struct cox_lvs_event) { .kind = COX_LVS_ON_FAILED });
    }
    if (world->reading != 0 && world->answers_reads) {
        world_read(world);
    }
}

void
world_read(struct world *world)
{
    struct cox_lvs_event event = { .kind = COX_LVS_ON_TABLE, .number = world->reading };

    for (guint i = 0; i < world->ipvs->rows->len; i++) {
        const struct fake_vs *row = world->ipvs->rows->pdata[i];

        for (guint j = 0; j < row->servers->len; j++) {
            struct fake_rs *server = &g_array_index(row->servers, struct fake_rs, j);

            server->use = world->use[server->rs.address.bytes[3] % WORLD_SERVERS];
        }
    }
    g_autoptr(cox_lvs_table) table = fake_ipvs_read(world->ipvs);

    event.table = table;
    world->reading = 0;
    world_step(world, &event);
}

void
world_load(struct world *world, const struct world_conf *conf)
{
    world_step(world, &(struct cox_lvs_event) { .kind = COX_LVS_ON_CONFIG, .config = world_config(conf) });
}

/* The first probe whose server says something. */
static bool
answer_one(struct world *world)
{
    for (guint i = 0; i < world->probes->len; i++) {
        const struct world_probe probe = g_array_index(world->probes, struct world_probe, i);
        const struct cox_lvs_answer answer = { .is_good = !world->is_dead[probe.server], .text = world->is_dead[probe.server] ? "dead" : NULL };

        if (!world->is_mute[probe.server]) {
            g_array_remove_index(world->probes, i);
            world_step(world, &(struct cox_lvs_event) { .kind = COX_LVS_ON_ANSWER, .number = probe.number, .answer = &answer });
            return true;
        }
    }
    return false;
}

void
world_run(struct world *world, cox_usec until)
{
    do {
        while (answer_one(world)) {
        }
        if (world->wake_at > until) {
            break;
        }
        world->now = MAX(world->now, world->wake_at);
        world->wake_at = COX_USEC_NEVER;
        world_step(world, &(struct cox_lvs_event) { .kind = COX_LVS_ON_WAKE });
    } while (true);
    world->now = until;
}

char *
world_log(struct world *world)
{
    char *text = g_strdup(world->log->str);

    g_string_truncate(world->log, 0);
    return text;
}

static gint
by_text(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *) a, *(const char *const *) b);
}

static char *
joined(GPtrArray *words, const char *between)
{
    g_ptr_array_sort(words, by_text);
    g_ptr_array_add(words, NULL);
    return g_strjoinv(between, (char **) words->pdata);
}

char *
world_table(const struct world *world)
{
    g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < world->ipvs->rows->len; i++) {
        const struct fake_vs *row = world->ipvs->rows->pdata[i];
        g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);

        for (guint j = 0; j < row->servers->len; j++) {
            const struct cox_lvs_rs *rs = &g_array_index(row->servers, struct fake_rs, j).rs;

            g_ptr_array_add(words, g_strdup_printf("%u=%d", rs->address.bytes[3], rs->weight));
        }
        g_autofree char *servers = joined(words, " ");

        g_ptr_array_add(rows, g_strdup_printf("%u: %s", row->vs.key.address.bytes[2], servers));
    }
    return joined(rows, "; ");
}
