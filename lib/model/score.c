/* lib/model/score.c - scores: how much something is wanted, from -INFINITY to INFINITY.  Layer 1, pure. */
#include "model/score.h"

#include "base/error.h"

#include <string.h>

static cox_score
clamp(gint64 value)
{
    return (cox_score) CLAMP(value, -COX_SCORE_INFINITY, COX_SCORE_INFINITY);
}

cox_score
cox_score_add(cox_score a, cox_score b)
{
    if (a <= -COX_SCORE_INFINITY || b <= -COX_SCORE_INFINITY) {
        return -COX_SCORE_INFINITY;
    }
    if (a >= COX_SCORE_INFINITY || b >= COX_SCORE_INFINITY) {
        return COX_SCORE_INFINITY;
    }
    return clamp((gint64) a + b);
}

cox_score
cox_score_mul(cox_score a, gint64 factor)
{
    factor = CLAMP(factor, -COX_SCORE_INFINITY, COX_SCORE_INFINITY);
    return clamp((gint64) a * factor);
}

bool
cox_score_parse(const char *text, cox_score *score, GError **error)
{
    gint64 value = 0;
    const char *digits = text;

    if (strcmp(text, "INFINITY") == 0 || strcmp(text, "+INFINITY") == 0) {
        *score = COX_SCORE_INFINITY;
        return true;
    }
    if (strcmp(text, "-INFINITY") == 0) {
        *score = -COX_SCORE_INFINITY;
        return true;
    }
    if (digits[0] == '+' && g_ascii_isdigit(digits[1])) {
        digits++;
    }
    if (*digits == '+' || !g_ascii_string_to_signed(digits, 10, G_MININT64, G_MAXINT64, &value, NULL)) {
        g_set_error(error, COX_ERROR, COX_ERROR_SYNTAX,
                    "invalid score '%s' (must be an integer, INFINITY or -INFINITY)", text);
        return false;
    }
    *score = clamp(value);
    return true;
}

const char *
cox_score_format(cox_score score, char buffer[COX_SCORE_TEXT_BYTES])
{
    if (score >= COX_SCORE_INFINITY) {
        g_strlcpy(buffer, "INFINITY", COX_SCORE_TEXT_BYTES);
    } else if (score <= -COX_SCORE_INFINITY) {
        g_strlcpy(buffer, "-INFINITY", COX_SCORE_TEXT_BYTES);
    } else {
        g_snprintf(buffer, COX_SCORE_TEXT_BYTES, "%d", score);
    }
    return buffer;
}
