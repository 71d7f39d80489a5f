/* lib/model/option.c - the table of options: their names, old names, types, bounds and defaults.  Layer 1, pure. */
#include "model/option.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/interval.h"
#include "model/score.h"

static const struct cox_option options[COX_N_OPTIONS] = {
#define COX_OPTION(scope, id, name, type, fallback, allowed, status, old_name, part, meaning)                          \
    { COX_OPT_##scope##_##id, COX_OPTION_##scope, name,     COX_OPTION_##type, fallback, allowed,                      \
      COX_OPTION_##status,    old_name,           part,     meaning },
#include "model/option.def"
#undef COX_OPTION
};

/* What is known of a type: its names and what a value of it is, for messages. */
static const struct {
    const char *name, *legacy_name, *allowed;
} types[] = {
    [COX_OPTION_STRING] = { "string", "string", "any text" },
    [COX_OPTION_BOOLEAN] = { "boolean", "boolean", "true or false" },
    [COX_OPTION_INTEGER] = { "integer", "integer", "a whole number" },
    [COX_OPTION_NONNEGATIVE] = { "nonnegative_integer", "integer", "a whole number that is not negative" },
    [COX_OPTION_SCORE] = { "score", "integer", "a whole number, INFINITY or -INFINITY" },
    [COX_OPTION_PERCENTAGE] = { "percentage", "percentage", "a number with a percent sign" },
    [COX_OPTION_DURATION] = { "duration", "time", "a length of time such as 30s or PT5M" },
    [COX_OPTION_TIMEOUT] = { "timeout", "time", "a length of time such as 30s, or a negative number" },
    [COX_OPTION_PORT] = { "port", "integer", "a port from 1 to 65535" },
    [COX_OPTION_SELECT] = { "select", "select", NULL },
    [COX_OPTION_VERSION] = { "version", "string", "a version" },
    [COX_OPTION_EPOCH] = { "epoch_time", "string", "a time in seconds since 1970" },
};

const struct cox_option *
cox_option(enum cox_option_id id)
{
    COX_BUG_ON(id >= COX_N_OPTIONS);
    return &options[id];
}

const struct cox_option *
cox_option_find(enum cox_option_scope scope, const char *name)
{
    for (size_t i = 0; name != NULL && i < COX_N_OPTIONS; i++) {
        const struct cox_option *option = &options[i];

        if (option->scope == scope
            && (strcmp(option->name, name) == 0 || g_strcmp0(option->old_name, name) == 0)) {
            return option;
        }
    }
    return NULL;
}

const char *
cox_option_type_name(enum cox_option_type type, bool is_legacy)
{
    return is_legacy ? types[type].legacy_name : types[type].name;
}

/* ---- values ---- */

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

/* A whole number, perhaps followed by @unit. */
static bool
number_parse(const char *text, const char *unit, gint64 *number)
{
    char *end = NULL;
    long long value;

    errno = 0;
    value = strtoll(text, &end, 10);
    *number = value;
    return errno == 0 && end != text && (*end == '\0' || strcmp(end, unit) == 0);
}

static bool
number_in(const char *text, gint64 lowest, gint64 highest, gint64 *number)
{
    return number_parse(text, "", number) && *number >= lowest && *number <= highest;
}

/* Numbers beyond "low..high" are clamped, as scores are. */
static bool
integer_parse(const char *allowed, const char *text, gint64 *number)
{
    const char *dots = (allowed == NULL) ? NULL : strstr(allowed, "..");
    gint64 low = (dots == NULL || dots == allowed) ? G_MININT : strtoll(allowed, NULL, 10);
    gint64 high = (dots == NULL || dots[2] == '\0') ? G_MAXINT : strtoll(dots + 2, NULL, 10);

    if (!number_parse(text, "", number)) {
        return false;
    }
    *number = CLAMP(*number, low, high);
    return true;
}

/* Index of @value among the words of "a|b||c"; -1 if it is none. */
static gint64
choice_of(const char *words, const char *value)
{
    size_t length = strlen(value);
    gint64 index = 0;

    for (const char *word = words; length > 0 && *word != '\0';) {
        size_t n = strcspn(word, "|");

        if (n == length && g_ascii_strncasecmp(word, value, n) == 0) {
            return index;
        }
        index += (n > 0);
        word += n + (word[n] == '|');
    }
    return -1;
}

static bool
duration_parse(const char *text, bool may_be_negative, gint64 *number)
{
    if (may_be_negative && number_in(text, G_MININT, -1, number)) {
        *number = -1;
        return true;
    }
    return cox_interval_parse(text, number, NULL);
}

/* A score; of a number with a fraction ("2.0") the whole part counts, as reference cases have it. */
static bool
score_of(const char *text, gint64 *number)
{
    size_t whole = strspn(text, "+-0123456789");
    bool has_fraction = text[whole] == '.' && text[whole + 1 + strspn(text + whole + 1, "0123456789")] == '\0';
    g_autofree char *part = has_fraction ? g_strndup(text, whole) : NULL;
    cox_score score = 0;

    if (!cox_score_parse(part != NULL ? part : text, &score, NULL)) {
        return false;
    }
    *number = score;
    return true;
}

static bool
parse(const struct cox_option *option, const char *text, gint64 *number)
{
    bool flag = false;
    bool is_valid = false;

    switch (option->type) {
    case COX_OPTION_STRING:
    case COX_OPTION_VERSION:
        return true;
    case COX_OPTION_BOOLEAN:
        is_valid = cox_bool_parse(text, &flag);
        *number = flag;
        return is_valid;
    case COX_OPTION_INTEGER:
        return integer_parse(option->allowed, text, number);
    case COX_OPTION_NONNEGATIVE:
        return number_in(text, 0, G_MAXINT, number);
    case COX_OPTION_SCORE:
        return score_of(text, number);
    case COX_OPTION_PERCENTAGE:
        return number_parse(text, "%", number) && *number >= 0 && *number <= G_MAXINT;
    case COX_OPTION_DURATION:
        return duration_parse(text, false, number);
    case COX_OPTION_TIMEOUT:
        return duration_parse(text, true, number);
    case COX_OPTION_PORT:
        return number_in(text, 1, 65535, number);
    case COX_OPTION_SELECT:
        *number = choice_of(option->allowed, text);
        return *number >= 0;
    case COX_OPTION_EPOCH:
        return number_in(text, 0, G_MAXINT64, number);
    }
    return false;
}

bool
cox_option_parse(const struct cox_option *option, const char *text, gint64 *number, GError **error)
{
    gint64 parsed = 0;

    if (!parse(option, text, &parsed)) {
        const char *words = (option->type == COX_OPTION_SELECT) ? option->allowed : types[option->type].allowed;
        const char *hidden = strstr(words, "||");

        g_set_error(error, COX_ERROR, COX_ERROR_INVALID_PARAM, "%s: '%s' is not valid: use %.*s", option->name, text,
                    (int) (hidden == NULL ? strlen(words) : (size_t) (hidden - words)), words);
        return false;
    }
    if (number != NULL) {
        *number = parsed;
    }
    return true;
}

gint64
cox_option_number(enum cox_option_id id, const char *text)
{
    const struct cox_option *option = cox_option(id);
    gint64 number = 0;

    if ((text == NULL || !parse(option, text, &number))
        && (option->fallback == NULL || !parse(option, option->fallback, &number))) {
        return 0;
    }
    return number;
}

const char *
cox_option_get(enum cox_option_id id, const struct cox_nvlist *list)
{
    const struct cox_option *option = cox_option(id);
    const char *text = cox_nvlist_get(list, option->name);

    return (text == NULL && option->old_name != NULL) ? cox_nvlist_get(list, option->old_name) : text;
}

gint64
cox_option_of(enum cox_option_id id, const struct cox_nvlist *list)
{
    return cox_option_number(id, cox_option_get(id, list));
}
