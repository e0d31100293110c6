#include "security/tls_identity.h"

#include <sip/uri.h>
#include <string.h>

#include <openssl/x509v3.h>

bool sip__tls_is_host_name(sip_str name)
{
    size_t label = 0;

    if (name.len > 2 && name.ptr[0] == '*' && name.ptr[1] == '.') {
        name = (sip_str){name.ptr + 2, name.len - 2};
    }
    for (size_t i = 0; i < name.len; i++) {
        const char c = name.ptr[i];

        if (c == '.') {
            if (label == 0) {
                return false;
            }
            label = 0;
        } else if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                   c == '-' || c == '_') {
            label++;
        } else {
            return false;
        }
    }
    return label > 0 && name.len <= 253;
}

static bool is_literal(sip_str host, sip_addr *ret_addr)
{
    return sip_addr_parse(host, 0, ret_addr) == 0;
}

sip_str sip__tls_without_dot(sip_str name)
{
    if (name.len > 1 && name.ptr[name.len - 1] == '.') {
        name.len--;
    }
    return name;
}

bool sip__tls_host_of_uri(sip_str uri, sip_str *ret_host)
{
    sip_uri parsed;

    if (sip_uri_parse(uri, &parsed) != 0 || parsed.scheme != SIP_SCHEME_SIP || parsed.has_at) {
        return false;
    }
    *ret_host = parsed.host;
    return true;
}

int sip__tls_names_add(sip__tls_names *names, sip_str name)
{
    sip_str *list;
    char *copy;

    if (names->count == SIP__TLS_NAMES_MAX) {
        return 0;
    }
    if (names->count % 8 == 0) {
        list = sip_realloc(names->allocator, names->list, (names->count + 8) * sizeof *list);
        if (!list) {
            return SIP_ENOMEM;
        }
        names->list = list;
    }
    copy = sip_strdup(names->allocator, name);
    if (!copy) {
        return SIP_ENOMEM;
    }
    for (size_t i = 0; i < name.len; i++) {
        if (copy[i] >= 'A' && copy[i] <= 'Z') {
            copy[i] = (char)(copy[i] + ('a' - 'A'));
        }
    }
    names->list[names->count++] = (sip_str){copy, name.len};
    return 0;
}

static sip_str text_of(const ASN1_STRING *string)
{
    return (sip_str){(const char *)ASN1_STRING_get0_data(string),
                     (size_t)ASN1_STRING_length(string)};
}

static int add_host(sip__tls_names *names, sip_str host)
{
    sip_addr addr;

    host = sip__tls_without_dot(host);
    if (!is_literal(host, &addr) && !sip__tls_is_host_name(host)) {
        return 0;
    }
    return sip__tls_names_add(names, host);
}

static int add_uri(sip__tls_names *names, const ASN1_STRING *value)
{
    sip_str host;

    return sip__tls_host_of_uri(text_of(value), &host) ? add_host(names, host) : 0;
}

/* An address in a DNS name is none: it belongs in an iPAddress. */
static int add_dns(sip__tls_names *names, sip_str name)
{
    sip_addr addr;

    name = sip__tls_without_dot(name);
    return !is_literal(name, &addr) && sip__tls_is_host_name(name) ? sip__tls_names_add(names, name)
                                                                   : 0;
}

static int add_address(sip__tls_names *names, const ASN1_STRING *value)
{
    const sip_str bytes = text_of(value);
    char out[SIP_ADDR_TEXT_BYTES];
    sip_addr addr = {.family = bytes.len == 4 ? SIP_FAMILY_IP4 : SIP_FAMILY_IP6};

    if (bytes.len != 4 && bytes.len != 16) {
        return 0;
    }
    memcpy(addr.ip, bytes.ptr, bytes.len);
    return sip__tls_names_add(names, sip_str_of(sip_addr_host(&addr, out)));
}

static int add_of_kind(sip__tls_names *names, const GENERAL_NAMES *all, int wanted)
{
    int err = 0;

    for (int i = 0; err == 0 && i < sk_GENERAL_NAME_num(all); i++) {
        int kind;
        const ASN1_STRING *value = GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(all, i), &kind);

        if (kind != wanted) {
            continue;
        }
        if (kind == GEN_URI) {
            err = add_uri(names, value);
        } else if (kind == GEN_DNS) {
            err = add_dns(names, text_of(value));
        } else {
            err = add_address(names, value);
        }
    }
    return err;
}

static int add_alt_names(sip__tls_names *names, const GENERAL_NAMES *all, bool lenient)
{
    int err = add_of_kind(names, all, GEN_URI);

    if (err == 0 && (lenient || names->count == 0)) {
        err = add_of_kind(names, all, GEN_DNS);
    }
    return err == 0 ? add_of_kind(names, all, GEN_IPADD) : err;
}

static int add_common_name(sip__tls_names *names, const X509 *cert)
{
    const X509_NAME *subject = X509_get_subject_name(cert);
    unsigned char *text = NULL;
    int at = -1;
    int len;
    int err = 0;

    for (int i = -1; (i = X509_NAME_get_index_by_NID(subject, NID_commonName, i)) >= 0;) {
        at = i; /* the last is the most specific */
    }
    if (at < 0) {
        return 0;
    }
    len = ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)));
    if (len > 0) {
        err = add_dns(names, (sip_str){(const char *)text, (size_t)len});
    }
    OPENSSL_free(text);
    return err;
}

int sip__tls_names_read(const sip_allocator *allocator, const X509 *cert, sip_tls_identity policy,
                        sip__tls_names *ret_names)
{
    const bool lenient = policy != SIP_TLS_IDENTITY_STRICT;
    sip__tls_names names = {.allocator = allocator};
    int found = -1;
    GENERAL_NAMES *all = X509_get_ext_d2i(cert, NID_subject_alt_name, &found, NULL);
    int err = 0;

    if (all) {
        err = add_alt_names(&names, all, lenient);
    } else if (found == -1 && lenient) {
        err = add_common_name(&names, cert);
    }
    GENERAL_NAMES_free(all);
    if (err != 0) {
        sip__tls_names_finish(&names);
        return err;
    }
    *ret_names = names;
    return 0;
}

void sip__tls_names_finish(sip__tls_names *names)
{
    for (size_t i = 0; i < names->count; i++) {
        sip_free(names->allocator, (char *)names->list[i].ptr);
    }
    sip_free(names->allocator, names->list);
    *names = (sip__tls_names){0};
}

/* "*.example.com" and "a.example.com": the star stands for the whole first label only. */
static bool matches_wildcard(sip_str name, sip_str wanted)
{
    const char *dot = wanted.len > 0 ? memchr(wanted.ptr, '.', wanted.len) : NULL;
    sip_str rest;

    if (!dot || dot == wanted.ptr || name.len < 3 || name.ptr[0] != '*' || name.ptr[1] != '.') {
        return false;
    }
    rest = (sip_str){dot, wanted.len - (size_t)(dot - wanted.ptr)};
    return sip_str_same_nocase((sip_str){name.ptr + 1, name.len - 1}, rest) &&
           memchr(name.ptr + 2, '.', name.len - 2) != NULL;
}

static bool matches(sip_str name, sip_str wanted, const sip_addr *literal, bool wildcards)
{
    sip_addr addr;

    if (literal) {
        return is_literal(name, &addr) && sip_addr_same_host(&addr, literal);
    }
    return sip_str_same_nocase(name, wanted) || (wildcards && matches_wildcard(name, wanted));
}

bool sip__tls_names_have(const sip_str *list, size_t count, sip_str wanted, sip_tls_identity policy)
{
    sip_addr addr;
    const bool literal = is_literal(wanted, &addr);

    wanted = sip__tls_without_dot(wanted);
    for (size_t i = 0; i < count; i++) {
        if (matches(list[i], wanted, literal ? &addr : NULL, policy == SIP_TLS_IDENTITY_LENIENT)) {
            return true;
        }
    }
    return false;
}

const char *sip__tls_names_text(const sip__tls_names *names, char *out, size_t size)
{
    static const char more[] = ", …";
    size_t used = 0;

    sip_str none = SIP_STR_INIT("no SIP identity");
    for (size_t i = 0; i < names->count || i == 0; i++) {
        const sip_str name = names->count > 0 ? names->list[i] : none;
        const size_t lead = i > 0 ? 2 : 0;

        if (name.len + lead + sizeof more > size - used) {
            memcpy(out + used, i > 0 ? more : more + 2, i > 0 ? sizeof more : sizeof more - 2);
            return out;
        }
        memcpy(out + used, ", ", lead);
        memcpy(out + used + lead, name.ptr, name.len);
        used += lead + name.len;
    }
    out[used] = '\0';
    return out;
}
