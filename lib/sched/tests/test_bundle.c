/* Tests of lib/sched/bundle.c and bundle_params.c. */
#include "statekit.h"

static const char httpd[] =
    "<bundle id=\"web\"><podman image=\"i\" replicas=\"2\" options=\"-x\"/>"
    "<network ip-range-start=\"10.0.0.253\" host-interface=\"eth0\" control-port=\"99\">"
    "<port-mapping id=\"p\" port=\"80\" internal-port=\"81\"/></network>"
    "<storage><storage-mapping id=\"s\" source-dir=\"/a\" target-dir=\"/b\" options=\"rw\"/></storage>"
    DUMMY("httpd", "") "</bundle>";

static const char *
param(struct statekit *kit, const char *id, const char *name)
{
    const struct cox_nvset *set = statekit_rsc(kit, id)->param_sets->sets;

    return cox_nvpairs_get(set->pairs, set->n_pairs, name);
}

static void
a_replica_has_four_parts(void **state)
{
    static const char *const children[] = { "web-podman-0",  "web-ip-10.0.0.253", "web-0", "web-podman-1",
                                            "web-ip-10.0.0.254", "web-1",         "web-clone" };
    struct statekit kit;
    struct sched_rsc *bundle, *child;
    struct sched_replica *replica;

    (void) state;
    statekit_init(&kit, &(struct statekit_text) { .nodes = TWO_NODES, .resources = httpd });
    statekit_run(&kit);
    bundle = statekit_rsc(&kit, "web");
    assert_int_equal(bundle->children->len, G_N_ELEMENTS(children));
    for (guint i = 0; i < bundle->children->len; i++) {
        assert_string_equal(((struct sched_rsc *) g_ptr_array_index(bundle->children, i))->id, children[i]);
    }
    child = statekit_rsc(&kit, "httpd:1");
    replica = sched_bundle_replica(child);
    assert_int_equal(replica->number, 1);
    assert_ptr_equal(replica->child, child);
    assert_ptr_equal(replica->node, statekit_node(&kit, "web-1"));
    assert_ptr_equal(replica->remote->container, replica->container);
    assert_int_equal(child->cells[replica->node->idx].score, 500);
    assert_int_equal(child->cells[replica->node->idx].discovery, COX_DISCOVERY_EXCLUSIVE);
    assert_false(child->cells[statekit_node(&kit, "n1")->idx].is_present);
    assert_string_equal(child->history_id, "httpd");
    assert_null(sched_bundle_replica(bundle));
    statekit_clear(&kit);
}

static void
the_agents_are_told_how(void **state)
{
    struct statekit kit;

    (void) state;
    statekit_init(&kit, &(struct statekit_text) { .nodes = TWO_NODES, .resources = httpd });
    statekit_run(&kit);
    assert_string_equal(param(&kit, "web-podman-1", "run_opts"),
                        " -h web-1 -e PCMK_stderr=1 -e PCMK_remote_port=99 -v /a:/b:rw -v "
                        "/etc/pacemaker/authkey:/etc/pacemaker/authkey -v /var/log/pacemaker/bundles/web-1:/var/log "
                        "-p 10.0.0.254:80:81 -p 10.0.0.254:99:99 -x  --add-host=web-0:10.0.0.253 "
                        "--add-host=web-1:10.0.0.254");
    assert_string_equal(param(&kit, "web-podman-1", "mount_points"), "/var/log/pacemaker/bundles/web-1");
    assert_string_equal(param(&kit, "web-podman-1", "run_cmd"), "/usr/sbin/pacemaker-remoted");
    assert_string_equal(param(&kit, "web-ip-10.0.0.253", "cidr_netmask"), "32");
    assert_string_equal(param(&kit, "web-ip-10.0.0.253", "nic"), "eth0");
    assert_string_equal(param(&kit, "web-0", "addr"), "10.0.0.253");
    assert_string_equal(param(&kit, "web-0", "port"), "99");
    statekit_clear(&kit);
}

static void
other_containers_differ(void **state)
{
    struct statekit kit;

    (void) state;
    statekit_init(&kit, &(struct statekit_text) {
        .nodes = TWO_NODES,
        .resources = "<bundle id=\"a\"><docker image=\"i\" network=\"host\" run-command=\"go\"/></bundle>"
                     "<bundle id=\"b\"><podman image=\"i\" replicas=\"2\" promoted-max=\"1\" replicas-per-host=\"2\"/>"
                     "<network add-host=\"false\" ip-range-start=\"fe80::1\"><port-mapping id=\"p\" range=\"5-6\"/></network>"
                     DUMMY("d", "") "</bundle>"
                     "<bundle id=\"c\"><podman image=\"i\" replicas=\"3\"/>"
                     "<network ip-range-start=\"10.0.0.254\" host-netmask=\"24\"/></bundle>" });
    statekit_run(&kit);
    assert_string_equal(param(&kit, "a-docker-0", "run_opts"),
                        " --restart=no -e PCMK_stderr=1 --net=host -e PCMK_remote_port=3121 ");
    assert_string_equal(param(&kit, "a-docker-0", "run_cmd"), "go");
    assert_null(sched_bundle_of(statekit_rsc(&kit, "a"))->child);
    assert_true(statekit_rsc(&kit, "b-master")->meta.is_promotable);
    assert_true(statekit_rsc(&kit, "b-master")->meta.is_unique);
    assert_string_equal(statekit_rsc(&kit, "d:1")->history_id, "d:1");
    assert_null(sched_bundle_of(statekit_rsc(&kit, "b"))->replicas[1].address);
    assert_string_equal(param(&kit, "b-1", "addr"), "#uname");
    assert_non_null(sched_rsc_find(&kit.work, "c-ip-10.0.1.1"));
    assert_string_equal(param(&kit, "c-ip-10.0.1.1", "cidr_netmask"), "24");
    statekit_clear(&kit);
}

COX_TEST_MAIN(cmocka_unit_test(a_replica_has_four_parts), cmocka_unit_test(the_agents_are_told_how),
              cmocka_unit_test(other_containers_differ))
