/* lib/agents/tests/fakesystemd.c - see fakesystemd.h. */
#include "agents/tests/fakesystemd.h"

#include <string.h>

#define BUS_NAME "org.freedesktop.systemd1"
#define MANAGER_PATH "/org/freedesktop/systemd1"

static const char xml[] =
    "<node><interface name='org.freedesktop.systemd1.Manager'>"
    "<method name='Subscribe'/><method name='Reload'/>"
    "<method name='LoadUnit'><arg type='s' direction='in'/><arg type='o' direction='out'/></method>"
    "<method name='StartUnit'><arg type='s' direction='in'/><arg type='s' direction='in'/><arg type='o' direction='out'/></method>"
    "<method name='StopUnit'><arg type='s' direction='in'/><arg type='s' direction='in'/><arg type='o' direction='out'/></method>"
    "<signal name='JobRemoved'><arg type='u'/><arg type='o'/><arg type='s'/><arg type='s'/></signal>"
    "</interface><interface name='org.freedesktop.systemd1.Unit'>"
    "<property name='ActiveState' type='s' access='read'/><property name='LoadState' type='s' access='read'/>"
    "<property name='SubState' type='s' access='read'/></interface></node>";

static char *
path_of(const struct fakesystemd *fake, const struct fakeunit *unit)
{
    return g_strdup_printf(MANAGER_PATH "/unit/u%u", (guint) (unit - fake->units));
}

void
fakesystemd_set(struct fakesystemd *fake, struct fakeunit *unit, const char *active)
{
    g_autofree char *path = path_of(fake, unit);
    GVariantBuilder changed;

    unit->active = active;
    g_variant_builder_init(&changed, G_VARIANT_TYPE("a{sv}"));
    g_variant_builder_add(&changed, "{sv}", "ActiveState", g_variant_new_string(active));
    g_dbus_connection_emit_signal(fake->connection, NULL, path, "org.freedesktop.DBus.Properties", "PropertiesChanged",
                                  g_variant_new("(sa{sv}as)", "org.freedesktop.systemd1.Unit", &changed, NULL), NULL);
}

static void
end_job(struct fakesystemd *fake, const char *job, const char *unit, const char *result)
{
    g_dbus_connection_emit_signal(fake->connection, NULL, MANAGER_PATH, "org.freedesktop.systemd1.Manager", "JobRemoved",
                                  g_variant_new("(uoss)", fake->n_jobs, job, unit, result), NULL);
}

void
fakesystemd_end_job(struct fakesystemd *fake, const char *result)
{
    end_job(fake, fake->last_job, fake->last_unit, result);
}

static void
change(struct fakesystemd *fake, struct fakeunit *unit, bool is_start, GDBusMethodInvocation *invocation)
{
    g_autofree char *job = g_strdup_printf(MANAGER_PATH "/job/%u", ++fake->n_jobs);
    const char *result = is_start ? unit->start_result : unit->stop_result;

    unit->n_starts += is_start;
    unit->n_stops += !is_start;
    fakesystemd_set(fake, unit, is_start ? unit->after_start : "inactive");
    if (unit->signals_early && !fake->never_ends) {
        end_job(fake, job, unit->name, result);
    }
    g_dbus_method_invocation_return_value(invocation, g_variant_new("(o)", job));
    if (!unit->signals_early && !fake->never_ends) {
        end_job(fake, job, unit->name, result);
    }
    g_free(fake->last_job);
    g_free(fake->last_unit);
    fake->last_job = g_steal_pointer(&job);
    fake->last_unit = g_strdup(unit->name);
}

static void
on_call(GDBusConnection *connection, const char *sender, const char *path, const char *interface, const char *method,
        GVariant *parameters, GDBusMethodInvocation *invocation, gpointer data)
{
    struct fakesystemd *fake = data;
    const char *name = NULL;

    (void) connection, (void) sender, (void) path, (void) interface;
    if (strcmp(method, "Subscribe") == 0 || strcmp(method, "Reload") == 0) {
        fake->n_subscribes += method[0] == 'S';
        fake->n_reloads += method[0] == 'R';
        g_dbus_method_invocation_return_value(invocation, NULL);
        return;
    }
    g_variant_get_child(parameters, 0, "&s", &name);
    for (gsize i = 0; i < fake->n_units; i++) {
        if (strcmp(fake->units[i].name, name) == 0) {
            if (strcmp(method, "LoadUnit") == 0) {
                g_autofree char *unit_path = path_of(fake, &fake->units[i]);

                g_dbus_method_invocation_return_value(invocation, g_variant_new("(o)", unit_path));
            } else {
                change(fake, &fake->units[i], method[2] == 'a', invocation);
            }
            return;
        }
    }
    g_dbus_method_invocation_return_dbus_error(invocation, "org.freedesktop.systemd1.NoSuchUnit", "no such unit");
}

static GVariant *
on_get(GDBusConnection *connection, const char *sender, const char *path, const char *interface, const char *property, GError **error,
       gpointer data)
{
    const struct fakesystemd *fake = data;
    const struct fakeunit *unit = &fake->units[g_ascii_strtoull(strrchr(path, 'u') + 1, NULL, 10)];

    (void) connection, (void) sender, (void) interface, (void) error;
    return g_variant_new_string(property[0] == 'A' ? unit->active : property[0] == 'L' ? unit->load : "sub");
}

static const GDBusInterfaceVTable table = { on_call, on_get, NULL, { 0 } };

static void
request_name(struct fakesystemd *fake)
{
    g_autoptr(GVariant) answer = g_dbus_connection_call_sync(fake->connection, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                                                             "org.freedesktop.DBus", "RequestName", g_variant_new("(su)", BUS_NAME, 4),
                                                             NULL, G_DBUS_CALL_FLAGS_NONE, 5000, NULL, NULL);

    g_assert(answer != NULL);
}

void
fakesystemd_reexecute(struct fakesystemd *fake)
{
    g_autoptr(GVariant) answer = g_dbus_connection_call_sync(fake->connection, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                                                             "org.freedesktop.DBus", "ReleaseName", g_variant_new("(s)", BUS_NAME),
                                                             NULL, G_DBUS_CALL_FLAGS_NONE, 5000, NULL, NULL);

    g_assert(answer != NULL);
    request_name(fake);
}

struct fakesystemd *
fakesystemd_new(struct fakeunit *units, gsize n_units)
{
    g_autofree char *program = g_find_program_in_path("dbus-daemon");
    g_autoptr(GDBusNodeInfo) node = g_dbus_node_info_new_for_xml(xml, NULL);
    struct fakesystemd *fake = NULL;

    if (program == NULL) {
        return NULL;
    }
    fake = g_new0(struct fakesystemd, 1);
    fake->units = units;
    fake->n_units = n_units;
    fake->bus = g_test_dbus_new(G_TEST_DBUS_NONE);
    g_test_dbus_up(fake->bus);
    fake->connection = g_dbus_connection_new_for_address_sync(
        g_test_dbus_get_bus_address(fake->bus),
        G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION, NULL, NULL, NULL);
    g_assert(fake->connection != NULL);
    g_dbus_connection_register_object(fake->connection, MANAGER_PATH, node->interfaces[0], &table, fake, NULL, NULL);
    for (gsize i = 0; i < n_units; i++) {
        g_autofree char *path = path_of(fake, &units[i]);

        g_dbus_connection_register_object(fake->connection, path, node->interfaces[1], &table, fake, NULL, NULL);
    }
    request_name(fake);
    return fake;
}

const char *
fakesystemd_address(struct fakesystemd *fake)
{
    return g_test_dbus_get_bus_address(fake->bus);
}

void
fakesystemd_free(struct fakesystemd *fake)
{
    if (fake == NULL) {
        return;
    }
    g_dbus_connection_close_sync(fake->connection, NULL, NULL);
    g_object_unref(fake->connection);
    g_test_dbus_stop(fake->bus);
    g_object_unref(fake->bus);
    g_free(fake->last_job);
    g_free(fake->last_unit);
    g_free(fake);
}
