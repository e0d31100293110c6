/* Bytes that end right before a page which nobody may touch: reading one byte too far is a SIGSEGV.
 */
#ifndef GUARD_PAGE_H
#define GUARD_PAGE_H

#include <stddef.h>

typedef struct guard_page {
    char *bytes; /* the copy; writable */
    size_t len;
    void *map;
    size_t map_bytes;
} guard_page;

/* Copy `len` bytes (0 is allowed) to the end of a mapping. Ends the process if the system has no
 * memory. */
void guard_page_init(guard_page *page, const void *bytes, size_t len);
void guard_page_finish(guard_page *page);

#endif
