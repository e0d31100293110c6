#include <sip/base.h>

#include <stdlib.h>
#include <string.h>

static void *default_alloc(size_t bytes, void *user_data)
{
    (void)user_data;
    return malloc(bytes);
}

static void *default_realloc(void *block, size_t bytes, void *user_data)
{
    (void)user_data;
    return realloc(block, bytes);
}

static void default_free(void *block, void *user_data)
{
    (void)user_data;
    free(block);
}

static const sip_allocator default_allocator = {
    .alloc = default_alloc,
    .realloc = default_realloc,
    .free = default_free,
};

const sip_allocator *sip_allocator_default(void)
{
    return &default_allocator;
}

static const sip_allocator *or_default(const sip_allocator *allocator)
{
    return allocator ? allocator : &default_allocator;
}

void *sip_alloc(const sip_allocator *allocator, size_t bytes)
{
    allocator = or_default(allocator);
    /* malloc(0) may give NULL, which would read as being out of memory. */
    return allocator->alloc(bytes > 0 ? bytes : 1, allocator->user_data);
}

void *sip_alloc0(const sip_allocator *allocator, size_t bytes)
{
    void *block = sip_alloc(allocator, bytes);

    if (block) {
        memset(block, 0, bytes);
    }
    return block;
}

void *sip_realloc(const sip_allocator *allocator, void *block, size_t bytes)
{
    allocator = or_default(allocator);
    return allocator->realloc(block, bytes > 0 ? bytes : 1, allocator->user_data);
}

void sip_free(const sip_allocator *allocator, void *block)
{
    allocator = or_default(allocator);
    allocator->free(block, allocator->user_data);
}

char *sip_strdup(const sip_allocator *allocator, sip_str s)
{
    char *copy = sip_alloc(allocator, s.len + 1);

    if (!copy) {
        return NULL;
    }
    if (s.len > 0) {
        memcpy(copy, s.ptr, s.len);
    }
    copy[s.len] = '\0';
    return copy;
}
