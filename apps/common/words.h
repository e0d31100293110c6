/* A list of words that owns them: repeated options, the words of a command line. */
#ifndef COMMON_WORDS_H
#define COMMON_WORDS_H

#include <stdbool.h>
#include <stddef.h>

typedef struct words {
    char **items; /* ends with a NULL once something was added */
    size_t count;
} words;

/* Add a copy of `text`. False without memory. */
bool words_add(words *list, const char *text);
/* Split a line at white space; "double quotes" keep words together, a backslash takes the next
 * character as it is. False without memory or when a quote is left open: then `list` holds what
 * came before. */
bool words_split(words *list, const char *line);
void words_clear(words *list);

#endif
