/* lib/attr/attrvalue.c - values that are relative to the one before.  Layer 3, pure. */
#include "attr/attrvalue.h"

#include <string.h>

#include "model/score.h"

static cox_score
score_of(const char *text)
{
    cox_score score = 0;

    return text != NULL && cox_score_parse(text, &score, NULL) ? score : 0;
}

/* What follows "value" or the attribute's name, or NULL. */
static const char *
operation_of(const char *text, const char *name)
{
    size_t length = strlen(name);

    if (g_str_has_prefix(text, "value+")) {
        return text + strlen("value");
    }
    return strncmp(text, name, length) == 0 && text[length] == '+' ? text + length : NULL;
}

char *
cox_attrvalue_expand(const char *text, const char *name, const char *current)
{
    char buffer[COX_SCORE_TEXT_BYTES];
    const char *operation = text == NULL ? NULL : operation_of(text, name);
    cox_score amount = 0;

    if (operation == NULL) {
        return g_strdup(text);
    }
    if (g_str_equal(operation, "++")) {
        amount = 1;
    } else if (!g_str_has_prefix(operation, "+=") || !cox_score_parse(operation + 2, &amount, NULL)) {
        return g_strdup(text);
    }
    return g_strdup(cox_score_format(cox_score_add(score_of(current), amount), buffer));
}
