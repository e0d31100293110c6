#include "body/xml_alloc.h"

#include <stdalign.h>

/* expat's memory functions get no pointer of ours, so the allocator waits here while a parser is at
 * work. A parser lives within one call of one thread: nobody else sees the variable, calls nest,
 * and outside of them it is NULL. */
static _Thread_local sip__xml_heap *current;

/* What stands in front of every block. */
struct head {
    alignas(max_align_t) size_t bytes;
};

sip__xml_heap *sip__xml_alloc_enter(sip__xml_heap *heap)
{
    sip__xml_heap *before = current;

    current = heap;
    return before;
}

void sip__xml_alloc_leave(sip__xml_heap *before)
{
    current = before;
}

static void *suite_realloc(void *block, size_t bytes)
{
    struct head *head = block != NULL ? (struct head *)block - 1 : NULL;
    const size_t before = head != NULL ? head->bytes : 0;

    if (bytes > current->left_bytes + before || bytes > SIZE_MAX - sizeof *head) {
        current->is_over = true;
        return NULL;
    }
    head = sip_realloc(current->allocator, head, sizeof *head + bytes);
    if (head == NULL) {
        current->is_exhausted = true;
        return NULL;
    }
    head->bytes = bytes;
    current->left_bytes = current->left_bytes + before - bytes;
    return head + 1;
}

static void *suite_malloc(size_t bytes)
{
    return suite_realloc(NULL, bytes);
}

static void suite_free(void *block)
{
    if (block != NULL) {
        struct head *head = (struct head *)block - 1;

        current->left_bytes += head->bytes;
        sip_free(current->allocator, head);
    }
}

const XML_Memory_Handling_Suite *sip__xml_alloc_suite(void)
{
    static const XML_Memory_Handling_Suite suite = {suite_malloc, suite_realloc, suite_free};

    return &suite;
}
