/* lib/cib/path.c - the paths that patches use: /cib/configuration/resources/primitive[@id='x'].  Layer 2. */
#include "cib/path.h"

#include <string.h>

#define BEGIN "[@id='"
#define END "']"

/* One step: a name and perhaps an id, both inside the text of the path. */
struct step {
    char *name;
    char *id;
};

static void
free_step(gpointer data)
{
    struct step *step = data;

    g_free(step->name);
    g_free(step->id);
}

static char *
put_before(char *at, const char *text)
{
    size_t length = strlen(text);

    memcpy(at - length, text, length);
    return at - length;
}

char *
cox_path_of(const struct cox_xml *xml)
{
    size_t size = 1;
    char *path, *at;

    for (const struct cox_xml *node = xml; node != NULL; node = cox_xml_parent(node)) {
        const char *id = cox_xml_id(node);

        size += 1 + strlen(cox_xml_name(node)) + (id == NULL ? 0 : strlen(BEGIN) + strlen(id) + strlen(END));
    }
    path = g_malloc(size);
    at = path + size - 1;
    *at = '\0';
    for (; xml != NULL; xml = cox_xml_parent(xml)) {
        const char *id = cox_xml_id(xml);

        if (id != NULL) {
            at = put_before(at, END);
            at = put_before(at, id);
            at = put_before(at, BEGIN);
        }
        at = put_before(at, cox_xml_name(xml));
        *--at = '/';
    }
    return path;
}

bool
cox_path_is_first(const struct cox_xml *xml)
{
    const char *name = cox_xml_name(xml);
    const char *id = cox_xml_id(xml);

    for (struct cox_xml *prev = cox_xml_prev(xml); prev != NULL; prev = cox_xml_prev(prev)) {
        if (cox_xml_is(prev, name) && g_strcmp0(id, cox_xml_id(prev)) == 0) {
            return false;
        }
    }
    return id == NULL || strstr(id, "']") == NULL;
}

/* End of the predicate that begins at @at ("[@id='"), or NULL. */
static const char *
predicate_end(const char *at)
{
    const char *end = strstr(at, "']");

    while (end != NULL && end[2] != '\0' && end[2] != '/') {
        end = strstr(end + 1, "']");
    }
    return end;
}

const char *
cox_path_after(const char *path, const char *name)
{
    static const char begin[] = "[@id='";
    size_t length = path == NULL || *path != '/' ? 0 : strcspn(path + 1, "/[");

    if (length == 0 || strlen(name) != length || strncmp(path + 1, name, length) != 0) {
        return NULL;
    }
    path += 1 + length;
    if (g_str_has_prefix(path, begin)) {
        const char *end = predicate_end(path);

        path = end == NULL ? NULL : end + 2;
    }
    return path;
}

static GArray *
split(const char *path)
{
    GArray *steps = g_array_new(FALSE, TRUE, sizeof(struct step));

    g_array_set_clear_func(steps, free_step);
    while (*path == '/') {
        struct step step = { 0 };
        size_t length = strcspn(path + 1, "/[");

        step.name = g_strndup(path + 1, length);
        path += 1 + length;
        if (g_str_has_prefix(path, BEGIN)) {
            const char *end = predicate_end(path);

            if (end != NULL) {
                step.id = g_strndup(path + strlen(BEGIN), (gsize) (end - path) - strlen(BEGIN));
                path = end + 2;
            }
        }
        g_array_append_val(steps, step);
    }
    if (*path != '\0' || steps->len == 0) {
        g_array_set_size(steps, 0);
    }
    return steps;
}

/* A step without an id means an element without an id, if there is one. */
static struct cox_xml *
child_at(const struct cox_xml *parent, const struct step *step)
{
    if (step->id != NULL) {
        return cox_xml_child_with_id(parent, step->name, step->id);
    }
    for (struct cox_xml *child = cox_xml_child(parent, step->name); child != NULL;
         child = cox_xml_next_named(child, step->name)) {
        if (cox_xml_id(child) == NULL) {
            return child;
        }
    }
    return cox_xml_child(parent, step->name);
}

static struct cox_xml *
comment_at(struct cox_xml *parent, size_t position)
{
    struct cox_xml *node = cox_xml_first_node(parent);

    for (size_t at = 0; node != NULL && at < position; at++) {
        node = cox_xml_next_node(node);
    }
    return cox_xml_is_comment(node) ? node : NULL;
}

static bool
has_steps(const struct cox_xml *xml, const GArray *steps)
{
    for (guint i = steps->len; i > 0; i--) {
        const struct step *step = &g_array_index(steps, struct step, i - 1);

        if (!cox_xml_is(xml, step->name) || (step->id != NULL && g_strcmp0(cox_xml_id(xml), step->id) != 0)) {
            return false;
        }
        xml = cox_xml_parent(xml);
    }
    return xml == NULL;
}

/* By the index: the elements with the last id, if exactly one of them has the path. */
static struct cox_xml *
find_indexed(const struct cox_idindex *index, const GArray *steps)
{
    const struct step *last = &g_array_index(steps, struct step, steps->len - 1);
    struct cox_xml *found = NULL, *xml;
    guint32 at = 0;

    while (last->id != NULL && (xml = cox_idindex_next(index, last->name, last->id, &at)) != NULL) {
        if (has_steps(xml, steps)) {
            if (found != NULL) {
                return NULL;
            }
            found = xml;
        }
    }
    return found;
}

struct cox_xml *
cox_path_find(struct cox_xml *root, const struct cox_idindex *index, const char *path, size_t position)
{
    g_autoptr(GArray) steps = split(path);
    struct cox_xml *xml = root;

    if (steps->len == 0 || !cox_xml_is(root, g_array_index(steps, struct step, 0).name)) {
        return NULL;
    }
    if (index != NULL) {
        struct cox_xml *found = find_indexed(index, steps);

        if (found != NULL) {
            return found;
        }
    }
    for (guint i = 1; i < steps->len && xml != NULL; i++) {
        const struct step *step = &g_array_index(steps, struct step, i);
        bool is_last = i + 1 == steps->len;

        if (is_last && step->id == NULL && strcmp(step->name, "comment") == 0) {
            struct cox_xml *comment = comment_at(xml, position);

            if (comment != NULL) {
                return comment;
            }
        }
        xml = child_at(xml, step);
    }
    return xml;
}
