#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */
#include "support/guard_page.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static void die(const char *what)
{
    perror(what);
    abort();
}

void guard_page_init(guard_page *page, const void *bytes, size_t len)
{
    size_t page_bytes = (size_t)sysconf(_SC_PAGESIZE);
    size_t body_bytes = (len + page_bytes - 1) / page_bytes * page_bytes;
    char *map;

    page->map_bytes = body_bytes + page_bytes;
    map = mmap(NULL, page->map_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (map == MAP_FAILED) {
        die("guard_page: mmap");
    }
    if (mprotect(map + body_bytes, page_bytes, PROT_NONE) != 0) {
        die("guard_page: mprotect");
    }
    page->map = map;
    page->bytes = map + body_bytes - len;
    page->len = len;
    if (len > 0) {
        memcpy(page->bytes, bytes, len);
    }
}

void guard_page_finish(guard_page *page)
{
    munmap(page->map, page->map_bytes);
    page->map = NULL;
    page->bytes = NULL;
    page->len = 0;
}
