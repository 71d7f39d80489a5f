/* lib/cib/schemas.c - which versions of the configuration format exist; validate, upgrade.  Layer 2. */
#include "cib/schemas.h"

#include <string.h>

#include "base/error.h"
#include "xml/schemarng.h"
#include "xml/xslt.h"

static const char *const names[] = {
    "pacemaker-1.0", "pacemaker-1.1", "pacemaker-1.2", "pacemaker-1.3",
    "pacemaker-2.0", "pacemaker-2.1", "pacemaker-2.2", "pacemaker-2.3", "pacemaker-2.4",  "pacemaker-2.5",
    "pacemaker-2.6", "pacemaker-2.7", "pacemaker-2.8", "pacemaker-2.9", "pacemaker-2.10",
    "pacemaker-3.0", "pacemaker-3.1", "pacemaker-3.2", "pacemaker-3.3", "pacemaker-3.4",  "pacemaker-3.5",
    "pacemaker-3.6", "pacemaker-3.7", "pacemaker-3.8", "pacemaker-3.9", "pacemaker-3.10",
    "pacemaker-4.0",
};

/* A document older than or equal to @last is translated by @file into what @next says. */
static const struct step {
    const char *last;
    const char *next;
    const char *file;
} steps[] = {
    { "pacemaker-1.3", "pacemaker-2.10", "upgrade-1.xsl" },
    { "pacemaker-2.10", "pacemaker-3.10", "upgrade-2.xsl" },
    { "pacemaker-3.10", "pacemaker-4.0", "upgrade-3.xsl" },
};

struct cox_schemas {
    char *directory;
    struct cox_schemarng *rng[G_N_ELEMENTS(names)];
    struct cox_xslt *xslt[G_N_ELEMENTS(steps)];
};

/* Place of @name in names[], behind the last one when it is "none", -1 when unknown. */
static int
place_of(const char *name)
{
    if (name == NULL) {
        return -1;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        if (strcmp(names[i], name) == 0) {
            return (int) i;
        }
    }
    return strcmp(name, COX_SCHEMAS_NONE) == 0 ? (int) G_N_ELEMENTS(names) : -1;
}

const char *const *
cox_schemas_names(size_t *n_names)
{
    *n_names = G_N_ELEMENTS(names);
    return names;
}

const char *
cox_schemas_newest(void)
{
    return names[G_N_ELEMENTS(names) - 1];
}

bool
cox_schemas_knows(const char *name)
{
    return place_of(name) >= 0;
}

int
cox_schemas_compare(const char *a, const char *b)
{
    COX_BUG_ON(place_of(a) < 0 || place_of(b) < 0);
    return place_of(a) - place_of(b);
}

struct cox_schemas *
cox_schemas_new(const char *directory)
{
    struct cox_schemas *schemas = g_new0(struct cox_schemas, 1);

    schemas->directory = g_strdup(directory);
    return schemas;
}

void
cox_schemas_free(struct cox_schemas *schemas)
{
    if (schemas == NULL) {
        return;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        cox_schemarng_free(schemas->rng[i]);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(steps); i++) {
        cox_xslt_free(schemas->xslt[i]);
    }
    g_free(schemas->directory);
    g_free(schemas);
}

/* Version of a document, with an error when there is none that we know. */
static int
place_of_doc(const struct cox_xmldoc *doc, GError **error)
{
    const char *name = cox_xml_get(cox_xmldoc_root(doc), "validate-with");
    int place = place_of(name);

    if (name == NULL) {
        g_set_error(error, COX_ERROR, COX_ERROR_CONFIG, "the configuration does not say which schema it follows; set "
                    "validate-with=\"%s\" in its first element", COX_SCHEMAS_INITIAL);
    } else if (place < 0) {
        g_set_error(error, COX_ERROR, COX_ERROR_CONFIG, "unknown schema '%s' in validate-with; the newest known one is "
                    "%s", name, cox_schemas_newest());
    }
    return place;
}

static const struct cox_schemarng *
rng_at(struct cox_schemas *schemas, int place, GError **error)
{
    if (schemas->rng[place] == NULL) {
        g_autofree char *file = g_strdup_printf("%s.rng", names[place]);
        g_autofree char *path = g_build_filename(schemas->directory, file, NULL);

        schemas->rng[place] = cox_schemarng_load(path, error);
    }
    return schemas->rng[place];
}

/* Lists of the configuration that may be long, and whose children say nothing about each other but by ids. */
static const char *const lists[] = { "nodes", "resources", "constraints" };

static struct cox_schemarng_lists
find_lists(const struct cox_xml *root, const struct cox_xml *found[G_N_ELEMENTS(lists)])
{
    const struct cox_xml *configuration = cox_xml_child(root, "configuration");
    size_t n = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(lists); i++) {
        const struct cox_xml *list = cox_xml_child(configuration, lists[i]);

        if (list != NULL) {
            found[n++] = list;
        }
    }
    return (struct cox_schemarng_lists) { found, n };
}

static bool
conforms(const struct cox_schemarng *rng, struct cox_xmldoc *doc, struct cox_diags *diags)
{
    const struct cox_xml *found[G_N_ELEMENTS(lists)];
    const struct cox_schemarng_lists long_lists = find_lists(cox_xmldoc_root(doc), found);

    return cox_schemarng_validate(rng, doc, &long_lists, diags);
}

bool
cox_schemas_validate(struct cox_schemas *schemas, struct cox_xmldoc *doc, struct cox_diags *diags, GError **error)
{
    int place = place_of_doc(doc, error);
    const struct cox_schemarng *rng = NULL;

    if (place < 0) {
        return false;
    }
    if (place == (int) G_N_ELEMENTS(names)) {
        return true;
    }
    rng = rng_at(schemas, place, error);
    if (rng == NULL) {
        return false;
    }
    if (!conforms(rng, doc, diags)) {
        g_set_error(error, COX_ERROR, COX_ERROR_CONFIG, "the configuration does not conform to schema %s",
                    names[place]);
        return false;
    }
    return true;
}

/* Put the child of a list that @xml is (in), if any, into @kept; false when @xml is new and contains a list itself. */
static bool
keep_touched(const struct cox_cib *cib, struct cox_xml *xml, const struct cox_schemarng_part *part)
{
    for (size_t i = 0; i < part->lists.n; i++) {
        for (const struct cox_xml *at = part->lists.items[i]; at != NULL; at = cox_xml_parent(at)) {
            if (at == xml) {
                return !cox_cib_is_new(cib, xml);
            }
        }
        for (struct cox_xml *at = xml; at != NULL; at = cox_xml_parent(at)) {
            if (cox_xml_parent(at) == part->lists.items[i]) {
                g_hash_table_add(part->kept, at);
            }
        }
    }
    return true;
}

static bool
is_indifferent(const void *context, const struct cox_cib_value *value)
{
    return cox_schemarng_is_indifferent(context, cox_xml_name(value->xml), value->name, value->before, value->after);
}

/* What is in the open transaction, held against the part of the document that has to do with it. */
static bool
is_part_valid(const struct cox_schemarng *rng, struct cox_cib *cib)
{
    const struct cox_xml *found[G_N_ELEMENTS(lists)];
    g_autoptr(GHashTable) kept = g_hash_table_new(NULL, NULL);
    struct cox_schemarng_part part = { .lists = find_lists(cox_cib_root(cib), found), .kept = kept };
    g_autoptr(GPtrArray) changes = cox_cib_changes(cib, &part.skips_ids);

    for (guint i = 0; i < changes->len; i++) {
        if (!keep_touched(cib, g_ptr_array_index(changes, i), &part)) {
            return false;
        }
    }
    return cox_schemarng_validate_part(rng, cox_cib_doc(cib), &part);
}

bool
cox_schemas_validate_change(struct cox_schemas *schemas, struct cox_cib *cib, struct cox_diags *diags, GError **error)
{
    int place = place_of_doc(cox_cib_doc(cib), NULL);
    const struct cox_schemarng *rng = place < 0 || place == (int) G_N_ELEMENTS(names) ? NULL : rng_at(schemas, place, NULL);

    return (rng != NULL && (cox_cib_only_values(cib, is_indifferent, rng) || is_part_valid(rng, cib)))
           || cox_schemas_validate(schemas, cox_cib_doc(cib), diags, error);
}

static struct cox_xslt *
xslt_at(struct cox_schemas *schemas, size_t place, GError **error)
{
    if (schemas->xslt[place] == NULL) {
        g_autofree char *path = g_build_filename(schemas->directory, steps[place].file, NULL);

        schemas->xslt[place] = cox_xslt_load(path, error);
    }
    return schemas->xslt[place];
}

/* What happens on the way up: the document so far, ours as soon as it is not the caller's. */
struct climb {
    struct cox_schemas *schemas;
    const struct cox_xmldoc *from;
    struct cox_xmldoc *made; /* or NULL */
    struct cox_diags *diags;
    int place;
};

static const struct cox_xmldoc *
doc_of(const struct climb *climb)
{
    return climb->made != NULL ? climb->made : climb->from;
}

static bool
take_step(struct climb *climb, size_t i, GError **error)
{
    struct cox_xslt *xslt = xslt_at(climb->schemas, i, error);
    bool is_blocked;

    if (xslt == NULL) {
        return false;
    }
    is_blocked = cox_xslt_is_blocked(xslt, doc_of(climb), climb->diags);
    if (cox_xslt_is_needed(xslt, doc_of(climb))) {
        struct cox_xmldoc *next = cox_xslt_apply(xslt, doc_of(climb), climb->diags, error);

        if (next == NULL) {
            return false;
        }
        cox_xmldoc_free(climb->made);
        climb->made = next;
    }
    /* Of a step over a major version, what it writes is valid in the last minor version before it, too. */
    climb->place = place_of(is_blocked ? steps[i].last : steps[i].next);
    return true;
}

bool
cox_schemas_upgrade(struct cox_schemas *schemas, struct cox_xmldoc **doc, const char *to, struct cox_diags *diags,
                    GError **error)
{
    struct climb climb = { .schemas = schemas, .from = *doc, .diags = diags, .place = place_of_doc(*doc, error) };
    int target = place_of(to != NULL ? to : cox_schemas_newest());

    if (climb.place < 0) {
        return false;
    }
    if (target < 0) {
        g_set_error(error, COX_ERROR, COX_ERROR_CONFIG, "unknown schema '%s'; the newest known one is %s", to,
                    cox_schemas_newest());
        return false;
    }
    if (climb.place >= target || climb.place == (int) G_N_ELEMENTS(names)) {
        return true;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(steps); i++) {
        if (climb.place <= place_of(steps[i].last) && target > place_of(steps[i].last)
            && !take_step(&climb, i, error)) {
            cox_xmldoc_free(climb.made);
            return false;
        }
    }
    if (climb.made != NULL) {
        cox_xmldoc_free(*doc);
        *doc = climb.made;
    }
    /* Within a major version everything old is valid in what is newer; a blocked document stops where it is. */
    if (climb.place < target && (target == (int) G_N_ELEMENTS(names) ||
        strncmp(names[climb.place], names[target], strlen("pacemaker-N")) == 0)) {
        climb.place = target;
    }
    climb.place = MIN(climb.place, target);
    cox_xml_set(cox_xmldoc_root(*doc), "validate-with", names[climb.place]);
    return true;
}

/* The first version after that of @place to which the document conforms; -1: there is none. */
static int
find_later(struct cox_schemas *schemas, struct cox_xmldoc *doc, int place)
{
    for (int later = place + 1; place >= 0 && later < (int) G_N_ELEMENTS(names); later++) {
        const struct cox_schemarng *rng = rng_at(schemas, later, NULL);

        if (rng != NULL && conforms(rng, doc, NULL)) {
            return later;
        }
    }
    return -1;
}

bool
cox_schemas_prepare(struct cox_xmldoc **doc, void *schemas, struct cox_diags *diags, GError **error)
{
    g_autoptr(cox_diags) found = cox_diags_new();
    g_autoptr(GError) problem = NULL;
    bool is_valid = cox_schemas_validate(schemas, *doc, found, &problem);
    int later = is_valid || problem->code != COX_ERROR_CONFIG ? -1 : find_later(schemas, *doc, place_of_doc(*doc, NULL));

    if (later >= 0 && diags != NULL) {
        cox_diags_add(diags, COX_SEVERITY_WARNING, "cib", "name the version that it conforms to, or upgrade it",
                      "validate-with says %s, to which the configuration does not conform; it is read as %s, to which it does",
                      cox_xml_get(cox_xmldoc_root(*doc), "validate-with"), names[later]);
    }
    if (later >= 0) {
        cox_xml_set(cox_xmldoc_root(*doc), "validate-with", names[later]);
        return cox_schemas_upgrade(schemas, doc, NULL, diags, error);
    }
    for (size_t i = 0; diags != NULL && i < cox_diags_count(found); i++) {
        cox_diags_add_at(diags, cox_diags_get(found, i));
    }
    if (!is_valid) {
        g_propagate_error(error, g_steal_pointer(&problem));
        return false;
    }
    return cox_schemas_upgrade(schemas, doc, NULL, diags, error);
}
