/* lib/model/compare.c - how rules compare two texts: as strings, numbers or versions.  Layer 1, pure. */
#include "model/compare.h"

#include <errno.h>
#include <string.h>

static const char *const compare_names[] = { NULL, "lt", "lte", "gt", "gte", "eq", "ne", "defined", "not_defined", "in_range",
                                             "date_spec" };
static const char *const type_names[] = { NULL, "string", "integer", "number", "version" };

/* Place of @text in @words, 0 when it is not there. */
static size_t
find_word(const char *const *words, size_t n, const char *text)
{
    for (size_t i = 1; i < n; i++) {
        if (g_strcmp0(words[i], text) == 0) {
            return i;
        }
    }
    return 0;
}

enum cox_compare
cox_compare_parse(const char *text)
{
    return (enum cox_compare) find_word(compare_names, G_N_ELEMENTS(compare_names), text);
}

bool
cox_compare_type_parse(const char *text, enum cox_compare_type *type)
{
    size_t index = find_word(type_names, G_N_ELEMENTS(type_names), text);

    if (index == 0) {
        return false;
    }
    *type = (enum cox_compare_type) index;
    return true;
}

/* ---- orders ----------------------------------------------------------------------------------------------- */

static bool
read_integer(const char *text, gint64 *value)
{
    char *end = NULL;

    errno = 0;
    *value = g_ascii_strtoll(text, &end, 10);
    return end != text && errno == 0;
}

static bool
read_number(const char *text, double *value)
{
    char *end = NULL;

    errno = 0;
    *value = g_ascii_strtod(text, &end);
    return end != text && errno == 0 && *value == *value; /* not "nan" */
}

#define ORDER(a, b) (((a) > (b)) - ((a) < (b)))

int
cox_compare_versions(const char *a, const char *b)
{
    while (*a != '\0' || *b != '\0') {
        char *end_a = NULL;
        char *end_b = NULL;
        guint64 part_a = g_ascii_strtoull(a, &end_a, 10);
        guint64 part_b = g_ascii_strtoull(b, &end_b, 10);

        if (part_a != part_b) {
            return ORDER(part_a, part_b);
        }
        a = end_a + strcspn(end_a, ".");
        b = end_b + strcspn(end_b, ".");
        a += (*a == '.') ? 1 : 0;
        b += (*b == '.') ? 1 : 0;
    }
    return 0;
}

static int
order_of(const char *a, const char *b, enum cox_compare_type type)
{
    gint64 integer_a, integer_b;
    double number_a, number_b;

    switch (type) {
    case COX_COMPARE_TYPE_INTEGER:
        if (read_integer(a, &integer_a) && read_integer(b, &integer_b)) {
            return ORDER(integer_a, integer_b);
        }
        break;
    case COX_COMPARE_TYPE_NUMBER:
        if (read_number(a, &number_a) && read_number(b, &number_b)) {
            return ORDER(number_a, number_b);
        }
        break;
    case COX_COMPARE_TYPE_VERSION:
        return cox_compare_versions(a, b);
    case COX_COMPARE_TYPE_DEFAULT:
    case COX_COMPARE_TYPE_STRING:
        break;
    }
    return g_ascii_strcasecmp(a, b);
}

static enum cox_compare_type
default_type(const char *a, enum cox_compare compare, const char *b)
{
    if (compare == COX_COMPARE_EQ || compare == COX_COMPARE_NE) {
        return COX_COMPARE_TYPE_STRING;
    }
    return (strchr(a, '.') != NULL || strchr(b, '.') != NULL) ? COX_COMPARE_TYPE_NUMBER : COX_COMPARE_TYPE_INTEGER;
}

bool
cox_compare_holds(const char *actual, enum cox_compare compare, const char *reference, enum cox_compare_type type)
{
    bool are_there = (actual != NULL && reference != NULL);
    int order = 0;

    if (are_there) {
        order = order_of(actual, reference,
                         (type == COX_COMPARE_TYPE_DEFAULT) ? default_type(actual, compare, reference) : type);
    } else if (actual != reference) {
        order = 1; /* one is missing: unequal, and are_there forbids the rest */
    }
    switch (compare) {
    case COX_COMPARE_EQ:
        return order == 0;
    case COX_COMPARE_NE:
        return order != 0;
    case COX_COMPARE_LT:
        return are_there && order < 0;
    case COX_COMPARE_LTE:
        return are_there && order <= 0;
    case COX_COMPARE_GT:
        return are_there && order > 0;
    case COX_COMPARE_GTE:
        return are_there && order >= 0;
    case COX_COMPARE_DEFINED:
        return actual != NULL;
    case COX_COMPARE_NOT_DEFINED:
        return actual == NULL;
    case COX_COMPARE_IN_RANGE:
    case COX_COMPARE_DATE_SPEC:
    case COX_COMPARE_INVALID:
        break;
    }
    return false;
}
