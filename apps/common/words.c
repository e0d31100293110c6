#include "common/words.h"

#include <stdlib.h>
#include <string.h>

bool words_add(words *list, const char *text)
{
    char *copy = malloc(strlen(text) + 1);
    char **grown = realloc(list->items, (list->count + 2) * sizeof *grown);

    if (grown != NULL) {
        list->items = grown;
    }
    if (copy == NULL || grown == NULL) {
        free(copy);
        return false;
    }
    memcpy(copy, text, strlen(text) + 1);
    grown[list->count++] = copy;
    grown[list->count] = NULL;
    return true;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Copies one word from *at into `out`, unquoting; false if a quote is left open. */
static bool take_word(const char **at, char *out)
{
    bool quoted = false;

    for (; **at != '\0' && (quoted || !is_blank(**at)); (*at)++) {
        if (**at == '"') {
            quoted = !quoted;
            continue;
        }
        if (**at == '\\' && (*at)[1] != '\0') {
            (*at)++;
        }
        *out++ = **at;
    }
    *out = '\0';
    return !quoted;
}

bool words_split(words *list, const char *line)
{
    char *word = malloc(strlen(line) + 1);
    bool good = word != NULL;

    while (good) {
        while (is_blank(*line)) {
            line++;
        }
        if (*line == '\0') {
            break;
        }
        good = take_word(&line, word) && words_add(list, word);
    }
    free(word);
    return good;
}

void words_clear(words *list)
{
    for (size_t i = 0; i < list->count; i++) {
        free(list->items[i]);
    }
    free(list->items);
    *list = (words){0};
}
