/* lib/model/option.c - the table of options: their names, old names, types and defaults.  Layer 1, pure. */
#include "model/option.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/interval.h"
#include "model/score.h"

static const struct cox_option options[] = {
#define COX_OPTION(scope, name, type, fallback, choices, status, old_name, reader, meaning)                            \
    { COX_OPTION_##scope,  name,     COX_OPTION_##type, fallback, choices,                                             \
      COX_OPTION_##status, old_name, reader,            meaning },
#include "model/option.def"
#undef COX_OPTION
};

const struct cox_option *
cox_options(size_t *n)
{
    *n = G_N_ELEMENTS(options);
    return options;
}

const struct cox_option *
cox_option_find(enum cox_option_scope scope, const char *name)
{
    for (size_t i = 0; name != NULL && i < G_N_ELEMENTS(options); i++) {
        const struct cox_option *option = &options[i];

        if (option->scope == scope
            && (strcmp(option->name, name) == 0 || g_strcmp0(option->old_name, name) == 0)) {
            return option;
        }
    }
    return NULL;
}

bool
cox_bool_parse(const char *text, bool *value)
{
    static const char *const words[] = { "true", "false", "on", "off", "yes", "no", "y", "n", "1", "0" };

    for (size_t i = 0; text != NULL && i < G_N_ELEMENTS(words); i++) {
        if (g_ascii_strcasecmp(text, words[i]) == 0) {
            *value = i % 2 == 0;
            return true;
        }
    }
    return false;
}

static bool
number_parse(const char *text, long long lowest, long long highest, const char *unit)
{
    char *end = NULL;
    long long number;

    errno = 0;
    number = strtoll(text, &end, 10);
    return errno == 0 && end != text && number >= lowest && number <= highest
           && (*end == '\0' || strcmp(end, unit) == 0);
}

static bool
is_choice(const char *choices, const char *value)
{
    g_auto(GStrv) words = g_strsplit(choices, "|", -1);

    for (size_t i = 0; words[i] != NULL; i++) {
        if (g_ascii_strcasecmp(words[i], value) == 0) {
            return true;
        }
    }
    return false;
}

bool
cox_option_accepts(const struct cox_option *option, const char *value)
{
    gint64 interval_ms;
    cox_score score;
    bool flag;

    switch (option->type) {
    case COX_OPTION_STRING:
        return true;
    case COX_OPTION_BOOLEAN:
        return cox_bool_parse(value, &flag);
    case COX_OPTION_INTEGER:
        return number_parse(value, G_MININT64, G_MAXINT64, "");
    case COX_OPTION_NONNEGATIVE:
        return number_parse(value, 0, G_MAXINT64, "");
    case COX_OPTION_SCORE:
        return cox_score_parse(value, &score, NULL);
    case COX_OPTION_PERCENTAGE:
        return number_parse(value, 0, G_MAXINT, "%");
    case COX_OPTION_DURATION:
        return cox_interval_parse(value, &interval_ms, NULL);
    case COX_OPTION_TIMEOUT:
        return number_parse(value, G_MININT, G_MAXINT, "") || cox_interval_parse(value, &interval_ms, NULL);
    case COX_OPTION_PORT:
        return number_parse(value, 1, 65535, "");
    case COX_OPTION_SELECT:
        return option->choices == NULL || is_choice(option->choices, value);
    }
    return false;
}
