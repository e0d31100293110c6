#include "support/fail_alloc.h"

#include <stdlib.h>

static bool this_call_fails(fail_alloc *fail)
{
    fail->calls++;
    if (fail->calls == fail->fail_at) {
        fail->failed = true;
        return true;
    }
    return false;
}

static void *fail_alloc_alloc(size_t bytes, void *user_data)
{
    fail_alloc *fail = user_data;
    void *block;

    if (this_call_fails(fail)) {
        return NULL;
    }
    block = malloc(bytes > 0 ? bytes : 1);
    if (block != NULL) {
        fail->live++;
    }
    return block;
}

static void *fail_alloc_realloc(void *block, size_t bytes, void *user_data)
{
    fail_alloc *fail = user_data;
    void *grown;

    if (this_call_fails(fail)) {
        return NULL;
    }
    grown = realloc(block, bytes > 0 ? bytes : 1);
    if (grown != NULL && block == NULL) {
        fail->live++;
    }
    return grown;
}

static void fail_alloc_free(void *block, void *user_data)
{
    fail_alloc *fail = user_data;

    if (block != NULL) {
        fail->live--;
        free(block);
    }
}

void fail_alloc_init(fail_alloc *fail, size_t fail_at)
{
    *fail = (fail_alloc){
        .allocator = {.alloc = fail_alloc_alloc,
                      .realloc = fail_alloc_realloc,
                      .free = fail_alloc_free,
                      .user_data = fail},
        .fail_at = fail_at,
    };
}
