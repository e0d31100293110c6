#include <sip/trace.h>

#include <string.h>

#define MASK 'x'

/* What stays of Digest credentials: without the response it proves nothing. */
static const char *const plain_params[] = {
    "username", "username*", "realm",  "nonce",  "uri",      "algorithm",
    "qop",      "nc",        "cnonce", "opaque", "userhash",
};

/* Unread bytes of a header's value, folded lines included. */
typedef struct scanner {
    char *at, *end;
} scanner;

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void skip_blanks(scanner *in)
{
    while (in->at < in->end && is_blank(*in->at)) {
        in->at++;
    }
}

/* Up to a blank or a byte of `stops`. */
static sip_str read_word(scanner *in, const char *stops)
{
    char *from = in->at;

    while (in->at < in->end && !is_blank(*in->at) && strchr(stops, *in->at) == NULL) {
        in->at++;
    }
    return (sip_str){from, (size_t)(in->at - from)};
}

static size_t mask(char *from, const char *end)
{
    size_t count = 0;

    for (; from < end; from++) {
        if (!is_blank(*from)) {
            *from = MASK;
            count++;
        }
    }
    return count;
}

static bool is_plain(sip_str name)
{
    for (size_t i = 0; i < sizeof(plain_params) / sizeof(plain_params[0]); i++) {
        if (sip_str_equal_nocase(name, plain_params[i])) {
            return true;
        }
    }
    return false;
}

/* A value, quoted or not; without its end quote it goes as far as there are bytes. */
static size_t pass_value(scanner *in, bool hide)
{
    bool quoted = in->at < in->end && *in->at == '"';
    char *from;

    if (!quoted) {
        from = in->at;
        while (in->at < in->end && *in->at != ',') {
            in->at++;
        }
        return hide ? mask(from, in->at) : 0;
    }
    from = ++in->at;
    while (in->at < in->end && *in->at != '"') {
        in->at += *in->at == '\\' && in->end - in->at > 1 ? 2 : 1;
    }
    size_t count = hide ? mask(from, in->at) : 0;

    while (in->at < in->end && *in->at != ',') {
        in->at++;
    }
    return count;
}

static size_t redact_digest(scanner *in)
{
    size_t count = 0;

    while (in->at < in->end) {
        sip_str name;

        skip_blanks(in);
        name = read_word(in, "=,");
        skip_blanks(in);
        if (in->at < in->end && *in->at == '=') {
            in->at++;
            skip_blanks(in);
            count += pass_value(in, !is_plain(name));
        } else if (name.len > 0) { /* no parameter, so whatever it is */
            count += mask((char *)name.ptr, name.ptr + name.len);
        }
        if (in->at < in->end && *in->at == ',') {
            in->at++;
        }
    }
    return count;
}

static size_t redact_value(char *value, char *end)
{
    scanner in = {value, end};

    skip_blanks(&in);
    if (sip_str_equal_nocase(read_word(&in, ""), "Digest")) {
        return redact_digest(&in);
    }
    return mask(in.at, end);
}

/* The end of a line with its folded ones, without the last line end. */
static char *line_end(char *at, char *end)
{
    for (;;) {
        char *next = memchr(at, '\n', (size_t)(end - at));

        if (next == NULL) {
            return end;
        }
        at = next + 1;
        if (at == end || (*at != ' ' && *at != '\t')) {
            return next;
        }
    }
}

static bool holds_credentials(sip_str name)
{
    name = sip_str_trim(name);
    return sip_str_equal_nocase(name, "Authorization") ||
           sip_str_equal_nocase(name, "Proxy-Authorization");
}

size_t sip_redact(char *bytes, size_t len)
{
    char *at = bytes;
    char *end = len > 0 ? bytes + len : bytes;
    size_t count = 0;

    while (at < end) {
        char *next = line_end(at, end);
        char *colon = memchr(at, ':', (size_t)(next - at));

        if (colon != NULL && holds_credentials((sip_str){at, (size_t)(colon - at)})) {
            count += redact_value(colon + 1, next);
        }
        at = next < end ? next + 1 : end;
    }
    return count;
}
