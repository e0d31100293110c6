/* Values of headers in tables: read, printed, printed anew, compared, cut short and mutated. */
#ifndef HEADER_ROWS_H
#define HEADER_ROWS_H

#include <stddef.h>

#include <sip/headers.h>

typedef struct header_row {
    const sip_header_type *type;
    const char *text;
    const char *printed; /* what it prints as; NULL: as it came */
    const char *anew; /* what it prints as when nothing is known of how it came; NULL: do not ask */
} header_row;

/* Assert for every row that the value prints as said into memory of every size, that what is
 * printed reads as an equal value, and that no prefix of the text and no text with one byte changed
 * reads as something that prints as something else. */
void header_rows_check(const header_row *rows, size_t n);

/* Assert that the text is no value of the type, and where its fault is. */
void header_refused(const sip_header_type *type, const char *text, size_t at);

/* Read `text` into *value (type->size bytes), asserting that it is sound. The text must stay. */
void header_read(const sip_header_type *type, const char *text, void *value);

/* Assert that the value prints as `text`; NULL: that it cannot be printed. */
void header_prints(const sip_header_type *type, const void *value, const char *text);

#define ROWS(rows) (rows), sizeof(rows) / sizeof((rows)[0])

#endif
