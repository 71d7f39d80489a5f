/* lib/model/compare.h - how rules compare two texts: as strings, numbers or versions.  Layer 1, pure. */
#ifndef COX_MODEL_COMPARE_H
#define COX_MODEL_COMPARE_H

#include <stdbool.h>
#include <glib.h>

G_BEGIN_DECLS

/** Comparison of attribute and date expressions; INVALID when the text was not one of them. */
enum cox_compare {
    COX_COMPARE_INVALID = 0,
    COX_COMPARE_LT,
    COX_COMPARE_LTE,
    COX_COMPARE_GT,
    COX_COMPARE_GTE,
    COX_COMPARE_EQ,
    COX_COMPARE_NE,
    COX_COMPARE_DEFINED,
    COX_COMPARE_NOT_DEFINED,
    COX_COMPARE_IN_RANGE,  /**< dates */
    COX_COMPARE_DATE_SPEC, /**< dates */
};

/** What the texts are taken for. */
enum cox_compare_type {
    COX_COMPARE_TYPE_DEFAULT = 0, /**< for order: number when one has a decimal point, else integer; else string */
    COX_COMPARE_TYPE_STRING,      /**< letter case does not matter */
    COX_COMPARE_TYPE_INTEGER,     /**< a fraction is cut off */
    COX_COMPARE_TYPE_NUMBER,
    COX_COMPARE_TYPE_VERSION, /**< numbers separated by dots; missing ones are 0 */
};

/** "lt", "not_defined", "in_range" ... as an operation; COX_COMPARE_INVALID for anything else, NULL included. */
enum cox_compare cox_compare_parse(const char *text);

/** "string", "integer", "number" or "version"; false when it is none, @type untouched then. */
bool cox_compare_type_parse(const char *text, enum cox_compare_type *type);

/**
 * Does @actual @compare @reference hold?  Either may be NULL (not there): two missing ones are equal, one missing is
 * unequal, and no order holds.  Texts that are no integers or numbers are compared as strings.  Operations on dates
 * and INVALID never hold.
 */
bool cox_compare_holds(const char *actual, enum cox_compare compare, const char *reference, enum cox_compare_type type);

/** Order of two version texts: below, equal to or above 0. */
int cox_compare_versions(const char *a, const char *b);

G_END_DECLS

#endif
