/* Slices right before a guard page, and assertions about slices. */
#ifndef GUARD_STR_H
#define GUARD_STR_H

#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include <sip/base.h>

#include "support/guard_page.h"

static inline sip_str guard_bytes(guard_page *page, const void *bytes, size_t len)
{
    guard_page_init(page, bytes, len);
    return (sip_str){page->bytes, len};
}

/* A copy of `text` without its zero, until guard_page_finish(). */
static inline sip_str guard_str(guard_page *page, const char *text)
{
    return guard_bytes(page, text, strlen(text));
}

static inline void guard_assert_str(sip_str s, const char *text, const char *file, int line)
{
    if (!sip_str_equal(s, text)) {
        print_error("%s:%d: \"%.*s\" is not \"%s\"\n", file, line, (int)s.len,
                    s.ptr != NULL ? s.ptr : "", text);
        _fail(file, line);
    }
}

/* Assert that a slice has the bytes of a C string. */
#define assert_str(s, text) guard_assert_str((s), (text), __FILE__, __LINE__)

#endif
