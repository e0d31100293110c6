#include <sip/cpim.h>

#include "body/cpim_escape.h"

#include <string.h>

static bool is_uri(sip_str uri)
{
    for (size_t i = 0; i < uri.len; i++) {
        if ((unsigned char)uri.ptr[i] <= ' ' || strchr("<>\"\x7f", uri.ptr[i]) != NULL) {
            return false;
        }
    }
    return uri.len > 0;
}

static void put_uri(sip__body_out *out, sip_str uri)
{
    if (!is_uri(uri)) {
        out->err = SIP_EINVAL;
    }
    sip__body_put(out, SIP_STR("<"));
    sip__body_put(out, uri);
    sip__body_put(out, SIP_STR(">\r\n"));
}

/* True for words parted by single spaces, which need no quotes. */
static bool is_bare(sip_str name)
{
    bool in_word = false;

    for (size_t i = 0; i < name.len; i++) {
        const bool is_space = name.ptr[i] == ' ';

        if (is_space ? !in_word : !sip__cpim_is_dotted((sip_str){name.ptr + i, 1})) {
            return false;
        }
        in_word = !is_space;
    }
    return in_word;
}

static void put_address(sip__body_out *out, const char *header, const sip_cpim_address *address)
{
    sip__body_put(out, sip_str_of(header));
    sip__body_put(out, SIP_STR(": "));
    if (is_bare(address->name)) {
        sip__body_put(out, address->name);
        sip__body_put(out, SIP_STR(" "));
    } else if (address->name.len > 0) {
        sip__body_put(out, SIP_STR("\""));
        sip__cpim_put_escaped(out, address->name, true);
        /* Only words have a space behind them (RFC 3862, Formal-name); readers take both. */
        sip__body_put(out, SIP_STR("\""));
    }
    put_uri(out, address->uri);
}

static void put_datetime(sip__body_out *out, const sip_datetime *datetime)
{
    char text[SIP_DATETIME_BYTES];
    const int len = sip_datetime_print(datetime, text, sizeof text);

    if (len < 0) {
        out->err = len;
        return;
    }
    sip__body_put(out, SIP_STR("DateTime: "));
    sip__body_put(out, (sip_str){text, (size_t)len});
    sip__body_put(out, SIP_STR("\r\n"));
}

static void put_subject(sip__body_out *out, const sip_cpim_subject *subject)
{
    sip__body_put(out, SIP_STR("Subject:"));
    if (subject->lang.len > 0) {
        if (!sip__cpim_is_name(subject->lang)) {
            out->err = SIP_EINVAL;
        }
        sip__body_put(out, SIP_STR(";lang="));
        sip__body_put(out, subject->lang);
    }
    sip__body_put(out, SIP_STR(" "));
    sip__cpim_put_escaped(out, subject->text, false);
    sip__body_put(out, SIP_STR("\r\n"));
}

static void put_namespace(sip__body_out *out, const sip_cpim_namespace *ns)
{
    sip__body_put(out, SIP_STR("NS: "));
    if (ns->prefix.len > 0) {
        if (!sip__cpim_is_name(ns->prefix)) {
            out->err = SIP_EINVAL;
        }
        sip__body_put(out, ns->prefix);
        sip__body_put(out, SIP_STR(" "));
    }
    put_uri(out, ns->uri);
}

static void put_require(sip__body_out *out, const sip_cpim *cpim)
{
    for (size_t i = 0; i < cpim->n_require; i++) {
        if (!sip__cpim_is_dotted(cpim->require[i])) {
            out->err = SIP_EINVAL;
        }
        sip__body_put(out, i == 0 ? SIP_STR("Require: ") : SIP_STR(","));
        sip__body_put(out, cpim->require[i]);
    }
    sip__body_put(out, cpim->n_require > 0 ? SIP_STR("\r\n") : SIP_STR(""));
}

static void put_header(sip__body_out *out, const sip_cpim_header *header)
{
    if (!sip__cpim_is_name(header->name) ||
        (header->prefix.len > 0 && !sip__cpim_is_name(header->prefix)) ||
        (header->params.len > 0 && *header->params.ptr != ';') ||
        !sip__body_is_one_line(header->params) || !sip__body_is_one_line(header->value)) {
        out->err = SIP_EINVAL;
    }
    if (header->prefix.len > 0) {
        sip__body_put(out, header->prefix);
        sip__body_put(out, SIP_STR("."));
    }
    sip__body_put(out, header->name);
    sip__body_put(out, SIP_STR(":"));
    sip__body_put(out, header->params);
    sip__body_put(out, SIP_STR(" "));
    sip__body_put(out, header->value);
    sip__body_put(out, SIP_STR("\r\n"));
}

/* True if headers without a prefix are no longer those of RFC 3862 behind the namespaces. */
static bool has_other_default(const sip_cpim *cpim)
{
    for (size_t i = 0; i < cpim->n_namespaces; i++) {
        if (cpim->namespaces[i].prefix.len == 0 &&
            !sip_str_equal(cpim->namespaces[i].uri, SIP_CPIM_NS)) {
            return true;
        }
    }
    return false;
}

/* Put the headers without members that come before the namespaces, or those behind. */
static void put_headers(sip__body_out *out, const sip_cpim *cpim, bool before)
{
    for (size_t i = 0; i < cpim->n_headers; i++) {
        const sip_cpim_header *header = &cpim->headers[i];
        const bool is_before = header->prefix.len == 0 && sip_str_equal(header->ns, SIP_CPIM_NS);

        if (is_before == before) {
            put_header(out, header);
        }
    }
}

static void put_namespaces(sip__body_out *out, const sip_cpim *cpim)
{
    const bool is_last = has_other_default(cpim);

    if (is_last) {
        put_require(out, cpim);
    }
    for (size_t i = 0; i < cpim->n_namespaces; i++) {
        put_namespace(out, &cpim->namespaces[i]);
    }
    if (!is_last) {
        put_require(out, cpim);
    }
}

static void put_content(sip__body_out *out, const sip_part *part)
{
    const bool has_room = out->len < out->size;
    const int len = sip_part_print(part, has_room ? out->at + out->len : NULL,
                                   has_room ? out->size - out->len : 0);

    if (len < 0) {
        out->err = len;
    } else {
        out->len += (size_t)len;
    }
}

int sip_cpim_print(const sip_cpim *cpim, char *out, size_t size)
{
    sip__body_out text = {.at = out, .size = size};

    if (cpim == NULL || (out == NULL && size > 0)) {
        return SIP_EINVAL;
    }
    if (cpim->from.uri.len > 0) {
        put_address(&text, "From", &cpim->from);
    }
    for (size_t i = 0; i < cpim->n_to; i++) {
        put_address(&text, "To", &cpim->to[i]);
    }
    for (size_t i = 0; i < cpim->n_cc; i++) {
        put_address(&text, "cc", &cpim->cc[i]);
    }
    if (cpim->datetime.month != 0) {
        put_datetime(&text, &cpim->datetime);
    }
    for (size_t i = 0; i < cpim->n_subjects; i++) {
        put_subject(&text, &cpim->subjects[i]);
    }
    put_headers(&text, cpim, true);
    put_namespaces(&text, cpim);
    put_headers(&text, cpim, false);
    sip__body_put(&text, SIP_STR("\r\n"));
    put_content(&text, &cpim->content);
    return sip__body_out_end(&text);
}
