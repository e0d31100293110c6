#include <sip/base.h>

#include <string.h>

/* The C library's tolower() asks the locale; tokens of SIP are ASCII. */
static unsigned char lower(char c)
{
    unsigned char byte = (unsigned char)c;

    return byte >= 'A' && byte <= 'Z' ? (unsigned char)(byte + ('a' - 'A')) : byte;
}

bool sip_str_same(sip_str a, sip_str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

bool sip_str_same_nocase(sip_str a, sip_str b)
{
    if (a.len != b.len) {
        return false;
    }
    for (size_t i = 0; i < a.len; i++) {
        if (lower(a.ptr[i]) != lower(b.ptr[i])) {
            return false;
        }
    }
    return true;
}

bool sip_str_equal(sip_str s, const char *text)
{
    return sip_str_same(s, sip_str_of(text));
}

bool sip_str_equal_nocase(sip_str s, const char *text)
{
    return sip_str_same_nocase(s, sip_str_of(text));
}

sip_str sip_str_of(const char *text)
{
    return (sip_str){text, text ? strlen(text) : 0};
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

sip_str sip_str_trim(sip_str s)
{
    while (s.len > 0 && is_space(s.ptr[0])) {
        s.ptr++;
        s.len--;
    }
    while (s.len > 0 && is_space(s.ptr[s.len - 1])) {
        s.len--;
    }
    return s;
}
