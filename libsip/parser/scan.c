#include "parser/scan.h"

#include <string.h>

#ifdef SIP_PORTABLE
#define scan_headers sip__scan_headers_portable
#define scan_blank sip__scan_blank_portable
#define scan_quote sip__scan_quote_portable
#define scan_host sip__scan_host_portable
#else
#define scan_headers sip__scan_headers_sse2
#define scan_blank sip__scan_blank_sse2
#define scan_quote sip__scan_quote_sse2
#define scan_host sip__scan_host_sse2
#endif

size_t sip__scan_headers(const char *ptr, size_t len, size_t from, struct sip__scan_line *lines,
                         size_t max_lines, struct sip__scan_result *ret_result)
{
    return scan_headers(ptr, len, from, lines, max_lines, ret_result);
}

const char *sip__scan_blank(const char *at, const char *end)
{
    return scan_blank(at, end);
}

const char *sip__scan_quote(const char *at, const char *end)
{
    return scan_quote(at, end);
}

const char *sip__scan_host(const char *at, const char *end)
{
    return scan_host(at, end);
}

size_t sip__scan_line_end(const char *ptr, size_t len, size_t from)
{
    const char *end = from < len ? memchr(ptr + from, '\n', len - from) : NULL;

    return end != NULL ? (size_t)(end - ptr) : len;
}
