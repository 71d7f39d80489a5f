/* lib/lvs/lvstable.h - a table of virtual servers as the kernel holds one, and the way from one table to another.  Layer 3, pure.
 *
 * Whose is what: a virtual server that is wanted, or that we have put there, is ours with all servers in it - a list of servers has one
 * author, else what a crashed predecessor left behind would get clients for ever.  Every other virtual server is foreign and is not
 * touched, nor are its servers.
 */
#ifndef COX_LVS_LVSTABLE_H
#define COX_LVS_LVSTABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <glib.h>

#include "base/ipaddr.h"
#include "lvs/lvsconf.h"

G_BEGIN_DECLS

/** What tells virtual servers apart.  Unused fields are zero, so that the whole struct can be compared as bytes. */
struct cox_lvs_key {
    struct cox_ip address; /**< none with a mark */
    guint8 family;         /**< 4 or 6 */
    guint8 protocol;       /**< 0 with a mark */
    guint16 port;
    guint32 mark;
};

/** Texts of the kernel have 15 bytes at most. */
#define COX_LVS_NAME_SIZE 16

struct cox_lvs_vs {
    struct cox_lvs_key key;
    char scheduler[COX_LVS_NAME_SIZE];
    char engine[COX_LVS_NAME_SIZE]; /**< persistence engine, or "" */
    guint flags;                    /**< enum cox_lvs_flag; other bits of the kernel's are not looked at */
    guint persist_s;
    guint8 persist_bits;
};

/** What has gone through a server; read from the kernel, never written. */
struct cox_lvs_use {
    guint32 active, inactive, persistent; /**< connections now */
    guint64 conns, in_bytes, out_bytes;   /**< ever */
};

struct cox_lvs_rs {
    struct cox_ip address;
    guint16 port;
    gint weight;
    struct cox_lvs_forward forward;
    guint upper, lower;
};

struct cox_lvs_table;

struct cox_lvs_table *cox_lvs_table_new(void);
void cox_lvs_table_free(struct cox_lvs_table *table);

/** Append a virtual server; servers that are added next are in it. */
void cox_lvs_table_add_vs(struct cox_lvs_table *table, const struct cox_lvs_vs *vs);

/** Append a server to the virtual server added last, which there must be. */
void cox_lvs_table_add_rs(struct cox_lvs_table *table, const struct cox_lvs_rs *rs);

/** What has gone through the server added last. */
void cox_lvs_table_set_use(struct cox_lvs_table *table, const struct cox_lvs_use *use);

/** Append a virtual server with exactly these servers (of struct cox_lvs_rs), which are not changed any more: the table owns them, too. */
void cox_lvs_table_add_all(struct cox_lvs_table *table, const struct cox_lvs_vs *vs, GArray *servers);

/** How many virtual servers, and number @i of them with its @n servers; borrowed until something is added. */
size_t cox_lvs_table_count(const struct cox_lvs_table *table);
const struct cox_lvs_vs *cox_lvs_table_vs(const struct cox_lvs_table *table, size_t i);
const struct cox_lvs_rs *cox_lvs_table_rs(const struct cox_lvs_table *table, size_t i, size_t *n);

/** Of server number @k of it; zero when nobody has said. */
struct cox_lvs_use cox_lvs_table_use(const struct cox_lvs_table *table, size_t i, size_t k);

enum cox_lvs_op_kind {
    COX_LVS_OP_ADD_VS = 0,
    COX_LVS_OP_SET_VS, /**< all but its key */
    COX_LVS_OP_DEL_VS, /**< with its servers */
    COX_LVS_OP_ADD_RS,
    COX_LVS_OP_SET_RS, /**< all but address and port */
    COX_LVS_OP_DEL_RS,
};

/** One operation of the kernel; what it points to is in one of the tables that it leads from and to. */
struct cox_lvs_op {
    enum cox_lvs_op_kind kind;
    const struct cox_lvs_vs *vs; /**< the key alone counts for DEL_VS and those of servers */
    const struct cox_lvs_rs *rs; /**< NULL for those of virtual servers */
};

/**
 * Append to @ops (of struct cox_lvs_op) what turns @actual into @wanted: one operation for each thing that differs, and none for what is
 * the same.  In a virtual server that is there, servers come and get more weight before others lose it or go, so that as long as both
 * tables have a server that takes clients there is always one.  What is in a table twice counts once, as it is there first.
 *
 * @param owned  virtual servers that we have put there (keys count), or NULL
 */
void cox_lvs_table_diff(const struct cox_lvs_table *wanted, const struct cox_lvs_table *actual, const struct cox_lvs_table *owned,
                        GArray *ops);

/** Virtual servers, without their servers, that @wanted has not, but @actual and @owned have; the caller frees. */
struct cox_lvs_table *cox_lvs_table_surplus(const struct cox_lvs_table *wanted, const struct cox_lvs_table *actual, const struct cox_lvs_table *owned);

/**
 * As cox_lvs_table_diff() for the servers of one virtual server: from @actual to @wanted, both of struct cox_lvs_rs in any order.  @ops point to @vs and
 * into both.
 */
void cox_lvs_servers_diff(const struct cox_lvs_vs *vs, const GArray *wanted, const GArray *actual, GArray *ops);

/** Order of keys, and of servers by address and port: below, equal to or above 0. */
int cox_lvs_key_compare(const struct cox_lvs_key *a, const struct cox_lvs_key *b);
int cox_lvs_rs_compare(const struct cox_lvs_rs *a, const struct cox_lvs_rs *b);

typedef struct cox_lvs_table cox_lvs_table; /* for g_autoptr only */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(cox_lvs_table, cox_lvs_table_free)

G_END_DECLS

#endif
