#include "dns/enum.h"

#include "dns/ere.h"
#include "dns/naptr.h"
#include <sip/uri.h>
#include <stdio.h>
#include <string.h>

#define MAX_RECORDS 32
#define MAX_DELEGATIONS 5 /* records that say where to ask instead */

static const char *const standard_suffixes[] = {"e164.arpa", NULL};

/* ---- numbers */

int sip__enum_number(sip_str text, char out[SIP__ENUM_NUMBER_BYTES])
{
    size_t n = 0;
    size_t i = 0;

    if (text.len >= 4 && sip_str_equal_nocase((sip_str){text.ptr, 4}, "tel:")) {
        i = 4;
    }
    if (i == text.len || text.ptr[i] != '+') {
        return SIP_EINVAL; /* a local number has no place in the tree */
    }
    out[n++] = '+';
    for (i++; i < text.len && text.ptr[i] != ';'; i++) {
        char c = text.ptr[i];

        if (c >= '0' && c <= '9' && n + 1 < SIP__ENUM_NUMBER_BYTES) {
            out[n++] = c;
        } else if (strchr("-.() ", c) == NULL || c == '\0') {
            return SIP_EINVAL;
        }
    }
    out[n] = '\0';
    return n > 1 ? 0 : SIP_EINVAL;
}

int sip__enum_domain(const char *number, const char *suffix, char out[SIP__NAME_BYTES])
{
    size_t digits = strlen(number) - 1;
    size_t n = 0;

    if (2 * digits + strlen(suffix) >= SIP__NAME_BYTES) {
        return SIP_ETOOBIG;
    }
    for (size_t i = digits; i > 0; i--) {
        out[n++] = number[i];
        out[n++] = '.';
    }
    memcpy(out + n, suffix, strlen(suffix) + 1);
    return 0;
}

/* ---- substitution */

/* A delimiter, an expression, what to put in its place, flags. */
typedef struct substitution {
    char pattern[256];
    size_t pattern_len;
    sip_str replacement;
    char delimiter;
    bool fold;
} substitution;

/* The end of a part: the next delimiter that no backslash stands before. */
static const char *find_end(const char *p, char delimiter)
{
    while (*p != '\0' && *p != delimiter) {
        p += p[0] == '\\' && p[1] != '\0' ? 2 : 1;
    }
    return *p == delimiter ? p : NULL;
}

static int read_substitution(const char *regexp, substitution *out)
{
    char d = regexp[0];
    const char *pattern_end, *end;

    if (d == '\0' || d == '\\' || d == 'i' || (d >= '0' && d <= '9')) {
        return SIP_ESYNTAX;
    }
    pattern_end = find_end(regexp + 1, d);
    end = pattern_end != NULL ? find_end(pattern_end + 1, d) : NULL;
    if (end == NULL || (end[1] != '\0' && strcmp(end + 1, "i") != 0)) {
        return SIP_ESYNTAX;
    }
    if (pattern_end - regexp > (ptrdiff_t)sizeof(out->pattern)) {
        return SIP_ETOOBIG;
    }
    out->pattern_len = 0;
    for (const char *p = regexp + 1; p < pattern_end; p++) {
        if (p[0] == '\\' && p[1] == d) {
            p++; /* the backslash is there for the delimiter alone */
        } else if (p[0] == '\\') {
            out->pattern[out->pattern_len++] = *p++; /* what it escapes escapes nothing */
        }
        out->pattern[out->pattern_len++] = *p;
    }
    out->replacement = (sip_str){pattern_end + 1, (size_t)(end - pattern_end - 1)};
    out->delimiter = d;
    out->fold = end[1] == 'i';
    return 0;
}

typedef struct room {
    char *out;
    size_t len, size;
} room;

static bool put(room *to, const char *bytes, size_t len)
{
    if (to->size - to->len <= len) {
        return false;
    }
    if (len > 0) {
        memcpy(to->out + to->len, bytes, len);
    }
    to->len += len;
    to->out[to->len] = '\0';
    return true;
}

static bool put_replacement(room *to, sip_str replacement, sip_str text,
                            const sip__ere_span *groups)
{
    for (size_t i = 0; i < replacement.len; i++) {
        char c = replacement.ptr[i];

        if (c == '\\' && i + 1 < replacement.len) {
            c = replacement.ptr[++i];
            if (c >= '1' && c <= '9') {
                sip__ere_span group = groups[c - '0'];

                if (group.begin >= 0 &&
                    !put(to, text.ptr + group.begin, (size_t)(group.end - group.begin))) {
                    return false;
                }
                continue;
            }
        }
        if (!put(to, &c, 1)) {
            return false;
        }
    }
    return true;
}

int sip__enum_substitute(const sip_allocator *allocator, const char *regexp, sip_str text,
                         char *out, size_t size)
{
    substitution how;
    room to = {out, 0, size};
    sip__ere_span groups[SIP__ERE_GROUPS];
    int err = read_substitution(regexp, &how);
    sip__ere *ere;

    if (err != 0) {
        return err;
    }
    ere = sip_alloc(allocator, sizeof(*ere));
    if (ere == NULL) {
        return SIP_ENOMEM;
    }
    err = sip__ere_compile(ere, (sip_str){how.pattern, how.pattern_len}, how.fold);
    if (err == 0 && !sip__ere_match(ere, text, groups)) {
        err = SIP_ENOENT;
    }
    sip_free(allocator, ere);
    if (err != 0) {
        return err;
    }
    /* As sed does: what did not match stays. */
    if (!put(&to, text.ptr, (size_t)groups[0].begin) ||
        !put_replacement(&to, how.replacement, text, groups) ||
        !put(&to, text.ptr + groups[0].end, text.len - (size_t)groups[0].end)) {
        return SIP_ETOOBIG;
    }
    return (int)to.len;
}

/* ---- looking up */

/* "E2U+sip", or with others "E2U+pres+sip" (RFC 6116 3.4.3, RFC 3764 2). */
static bool is_sip_service(const char *text)
{
    sip_str rest = sip_str_of(text);
    bool first = true;

    while (rest.len > 0) {
        const char *plus = memchr(rest.ptr, '+', rest.len);
        sip_str token = {rest.ptr, plus != NULL ? (size_t)(plus - rest.ptr) : rest.len};

        if (first && !sip_str_equal_nocase(token, "E2U")) {
            return false;
        }
        if (!first && sip_str_equal_nocase(token, "sip")) {
            return true;
        }
        first = false;
        rest.ptr += token.len + (plus != NULL);
        rest.len -= token.len + (plus != NULL);
    }
    return false;
}

static int add_uri(sip__enum *lookup, const sip_dns_record *record)
{
    sip_str number = sip_str_of(lookup->number);
    char *out = lookup->uris[lookup->n_uris];
    sip_uri uri;
    int len;

    if (lookup->n_uris == SIP__ENUM_MAX) {
        return 0;
    }
    len = sip__enum_substitute(lookup->cache->config.allocator, record->regexp, number, out,
                               SIP__ENUM_URI_BYTES);
    if (len > 0 && sip_uri_parse((sip_str){out, (size_t)len}, &uri) == 0 &&
        (uri.scheme == SIP_SCHEME_SIP || uri.scheme == SIP_SCHEME_SIPS)) {
        lookup->n_uris++;
    }
    return len == SIP_ENOMEM ? SIP_ENOMEM : 0;
}

/* By order and preference; of too many, the last ones go. */
static size_t sort(const sip_dns_answer *answer, const sip_dns_record *out[MAX_RECORDS])
{
    size_t n = 0;

    for (size_t i = 0; i < answer->n_records; i++) {
        const sip_dns_record *record = &answer->records[i];
        size_t at;

        if (n == MAX_RECORDS && !sip__naptr_before(record, out[n - 1])) {
            continue;
        }
        n = n < MAX_RECORDS ? n + 1 : n;
        for (at = n - 1; at > 0 && sip__naptr_before(record, out[at - 1]); at--) {
            out[at] = out[at - 1];
        }
        out[at] = record;
    }
    return n;
}

static bool is_delegation(const sip_dns_record *record)
{
    sip_str target = sip_str_of(record->target);

    return sip_str_of(record->flags).len == 0 && sip_str_of(record->regexp).len == 0 &&
           target.len > 0 && !sip_str_equal(target, ".");
}

/* Take the URIs of an answer. @return where to ask if it has none but knows who has, else NULL */
static const char *read_answer(sip__enum *lookup, const sip_dns_answer *answer)
{
    const sip_dns_record *records[MAX_RECORDS];
    const char *elsewhere = NULL;
    size_t n = sort(answer, records);

    for (size_t i = 0; i < n; i++) {
        lookup->ttl_s = records[i]->ttl_s < lookup->ttl_s ? records[i]->ttl_s : lookup->ttl_s;
        if (sip_str_equal_nocase(sip_str_of(records[i]->flags), "u") &&
            is_sip_service(records[i]->service) && records[i]->regexp != NULL) {
            lookup->err = add_uri(lookup, records[i]) != 0 ? SIP_ENOMEM : lookup->err;
        } else if (is_delegation(records[i]) && elsewhere == NULL) {
            elsewhere = records[i]->target;
        }
    }
    return lookup->n_uris == 0 ? elsewhere : NULL;
}

static void finish(sip__enum *lookup)
{
    int err = lookup->n_uris > 0 ? 0 : lookup->err != 0 ? lookup->err : SIP_ENOENT;

    lookup->err = err;
    lookup->text = err == 0 ? "" : err == SIP_ENOENT ? "no such number" : lookup->text;
    lookup->is_done = true;
    if (!lookup->starting) {
        lookup->fn(lookup, err, lookup->text);
    }
}

static void on_answer(sip_dns_query *query, const sip_dns_answer *answer);

/* Ask `domain`. @return true if the answer was there */
static bool ask(sip__enum *lookup, const char *domain, const sip_dns_answer **ret_answer,
                sip_dns_answer *failed)
{
    int err;

    lookup->query = (sip_dns_query){.fn = on_answer, .arg = lookup};
    err = sip__record_cache_ask(lookup->cache, domain, SIP_DNS_NAPTR, &lookup->query, ret_answer);
    if (err == SIP_EAGAIN) {
        return false;
    }
    lookup->query.fn = NULL;
    if (err != 0) {
        *failed = (sip_dns_answer){.err = err, .text = sip_error_text(err)};
        *ret_answer = failed;
    }
    return true;
}

/* The number's domain under the next suffix that it fits under; false: there is none. */
static bool next_domain(sip__enum *lookup, char domain[SIP__NAME_BYTES])
{
    while (*lookup->suffixes != NULL) {
        if (sip__enum_domain(lookup->number, *lookup->suffixes++, domain) == 0) {
            return true;
        }
    }
    return false;
}

/* Go on with an answer, until one has to be waited for. */
static void go_on(sip__enum *lookup, const sip_dns_answer *answer)
{
    char domain[SIP__NAME_BYTES];
    sip_dns_answer failed;

    do {
        const char *elsewhere = NULL;

        if (answer != NULL && answer->err == 0) {
            elsewhere = read_answer(lookup, answer);
        } else if (answer != NULL && answer->err != SIP_ENOENT && lookup->err != SIP_ENOMEM) {
            lookup->err = answer->err == SIP_ENOMEM ? SIP_ENOMEM : SIP_EIO;
            lookup->text = sip_error_text(lookup->err);
        }
        if (elsewhere != NULL && lookup->delegations++ < MAX_DELEGATIONS) {
            (void)snprintf(domain, sizeof(domain), "%s", elsewhere);
        } else if (lookup->n_uris > 0 || !next_domain(lookup, domain)) {
            finish(lookup);
            return;
        }
    } while (ask(lookup, domain, &answer, &failed));
}

static void on_answer(sip_dns_query *query, const sip_dns_answer *answer)
{
    query->fn = NULL;
    go_on(query->arg, answer);
}

int sip__enum_start(sip__enum *lookup, sip__record_cache *cache, sip_str number,
                    const char *const *suffixes)
{
    int err = sip__enum_number(number, lookup->number);

    if (err != 0) {
        return err;
    }
    lookup->n_uris = 0;
    lookup->ttl_s = UINT32_MAX;
    lookup->cache = cache;
    lookup->suffixes = suffixes != NULL ? suffixes : standard_suffixes;
    lookup->query.fn = NULL;
    lookup->delegations = 0;
    lookup->err = 0;
    lookup->text = "";
    lookup->is_done = false;
    lookup->starting = true;
    go_on(lookup, NULL);
    lookup->starting = false;
    return lookup->is_done ? lookup->err : SIP_EAGAIN;
}

void sip__enum_cancel(sip__enum *lookup)
{
    if (lookup->query.fn != NULL) {
        lookup->query.fn = NULL;
        sip__record_cache_cancel(lookup->cache, &lookup->query);
    }
}
