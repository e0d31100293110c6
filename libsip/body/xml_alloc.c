#include "body/xml_alloc.h"

/* expat's memory functions get no pointer of ours, so the allocator waits here while a parser is at
 * work. A parser lives within one call of one thread: nobody else sees the variable, calls nest,
 * and outside of them it is NULL. */
static _Thread_local sip__xml_heap *current;

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

static void *suite_malloc(size_t bytes)
{
    void *block = sip_alloc(current->allocator, bytes);

    current->is_exhausted = current->is_exhausted || block == NULL;
    return block;
}

static void *suite_realloc(void *block, size_t bytes)
{
    void *grown = sip_realloc(current->allocator, block, bytes);

    current->is_exhausted = current->is_exhausted || grown == NULL;
    return grown;
}

static void suite_free(void *block)
{
    sip_free(current->allocator, block);
}

const XML_Memory_Handling_Suite *sip__xml_alloc_suite(void)
{
    static const XML_Memory_Handling_Suite suite = {suite_malloc, suite_realloc, suite_free};

    return &suite;
}
