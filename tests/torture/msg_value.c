#include "msg_value.h"

#include <stdio.h>
#include <string.h>

#include <sip/header_type.h>

/* One step of a path: "Contact[0]" is the word Contact and the number 0. */
typedef struct step {
    sip_str word;
    size_t number;
} step;

typedef struct place {
    const sip_msg *msg;
    sip_str rest; /* of the path */
    char *out;
    size_t size;
} place;

static bool is(sip_str word, const char *text)
{
    return sip_str_equal(word, text);
}

/* `ends` are the bytes that end the word; names of headers may have dots. */
static step take(sip_str *rest, const char *ends)
{
    step taken = {.word = {rest->ptr, 0}};

    while (taken.word.len < rest->len && strchr(ends, rest->ptr[taken.word.len]) == NULL) {
        taken.word.len++;
    }
    rest->ptr += taken.word.len;
    rest->len -= taken.word.len;
    if (rest->len > 0 && *rest->ptr == '[') {
        while (rest->len > 0 && *rest->ptr != ']') {
            if (*rest->ptr != '[') {
                taken.number = taken.number * 10 + (size_t)(*rest->ptr - '0');
            }
            rest->ptr++;
            rest->len--;
        }
        rest->ptr++;
        rest->len--;
    }
    if (rest->len > 0 && *rest->ptr == '.') {
        rest->ptr++;
        rest->len--;
    }
    return taken;
}

static bool say(const place *at, sip_str value)
{
    size_t used = 0;

    for (size_t i = 0; i < value.len && used + 5 < at->size; i++) {
        const unsigned char byte = (unsigned char)value.ptr[i];
        const char *format = byte == '\\' ? "\\\\" : byte < 0x20 || byte > 0x7e ? "\\x%02x" : "%c";

        used += (size_t)snprintf(at->out + used, at->size - used, format, byte);
    }
    at->out[used] = '\0';
    return true;
}

static bool say_absent(const place *at)
{
    return say(at, SIP_STR("absent"));
}

static bool say_number(const place *at, size_t number)
{
    snprintf(at->out, at->size, "%zu", number);
    return true;
}

static bool say_bool(const place *at, bool value)
{
    return say(at, value ? SIP_STR("yes") : SIP_STR("no"));
}

static bool uri_value(place *at, const sip_uri *uri)
{
    const sip_str part = take(&at->rest, ".[").word;

    if (uri == NULL) {
        return say_absent(at);
    }
    if (is(part, "")) {
        return say(at, uri->text);
    }
    if (is(part, "scheme")) {
        return say(at, sip_uri_scheme_text(uri));
    }
    if (is(part, "port")) {
        return say_number(at, uri->port);
    }
    if (is(part, "lr")) {
        return say_bool(at, uri->lr);
    }
    return is(part, "user")       ? say(at, uri->user)
           : is(part, "password") ? say(at, uri->password)
           : is(part, "host")     ? say(at, uri->host)
           : is(part, "params")   ? say(at, uri->params)
           : is(part, "headers")  ? say(at, uri->headers)
           : is(part, "maddr")    ? say(at, uri->maddr)
                                  : false;
}

static bool param_value(place *at, const sip_address *address)
{
    sip_str value;
    char name[64];

    snprintf(name, sizeof name, "%.*s", SIP_ARG(at->rest));
    return sip_address_param(address, name, &value) ? say(at, value) : say_absent(at);
}

static bool address_value(place *at, const sip_address *address)
{
    const sip_str part = take(&at->rest, ".[").word;

    if (address == NULL) {
        return say_absent(at);
    }
    if (is(part, "uri")) {
        return uri_value(at, &address->uri);
    }
    if (is(part, "param")) {
        return param_value(at, address);
    }
    if (is(part, "q")) {
        return say_number(at, address->q_permille);
    }
    if (is(part, "expires")) {
        return address->has_expires ? say_number(at, address->expires_s) : say_absent(at);
    }
    return is(part, "display")  ? say(at, address->display)
           : is(part, "tag")    ? say(at, address->tag)
           : is(part, "params") ? say(at, address->params)
           : is(part, "text")   ? say(at, address->text)
                                : false;
}

static bool via_value(place *at, size_t n)
{
    const sip_str part = take(&at->rest, ".[").word;
    const sip_via *via = sip_msg_via(at->msg, n);

    if (is(part, "count")) {
        for (n = 0; sip_msg_via(at->msg, n) != NULL; n++) {
        }
        return say_number(at, n);
    }
    if (via == NULL) {
        return say_absent(at);
    }
    if (is(part, "port")) {
        return say_number(at, via->port);
    }
    if (is(part, "rport")) {
        return say_bool(at, via->has_rport);
    }
    return is(part, "protocol")   ? say(at, via->protocol_text)
           : is(part, "host")     ? say(at, via->host)
           : is(part, "branch")   ? say(at, via->branch)
           : is(part, "received") ? say(at, via->received)
           : is(part, "params")   ? say(at, via->params)
                                  : false;
}

static bool auth_value(place *at, sip_header_id id, size_t n)
{
    const sip_str part = take(&at->rest, ".[").word;
    const sip_auth *auth = sip_msg_auth(at->msg, id, n);

    if (auth == NULL) {
        return say_absent(at);
    }
    return is(part, "scheme")     ? say(at, auth->scheme)
           : is(part, "realm")    ? say(at, auth->realm)
           : is(part, "nonce")    ? say(at, auth->nonce)
           : is(part, "response") ? say(at, auth->response)
           : is(part, "params")   ? say(at, auth->params)
                                  : false;
}

static bool addresses_value(place *at, sip_header_id id, size_t n)
{
    if (is(at->rest, "count")) {
        for (n = 0; sip_msg_address(at->msg, id, n) != NULL; n++) {
        }
        return say_number(at, n);
    }
    return address_value(at, sip_msg_address(at->msg, id, n));
}

static bool error_value(const place *at, sip_header_id id, size_t n)
{
    sip_parse_error error;
    const int err = sip_msg_typed_error(at->msg, sip_header_type_of(id), n, &error);

    if (err == SIP_ESYNTAX) {
        return say(at, sip_str_of(error.section));
    }
    return err == 0 ? say(at, SIP_STR("none")) : say_absent(at);
}

static bool number_value(const place *at, sip_header_id id)
{
    uint32_t number;

    return sip_msg_number(at->msg, id, &number) == 0 ? say_number(at, number) : say_absent(at);
}

/* Paths whose second step is the name of a header. */
static bool header_value(place *at, sip_str kind)
{
    const step header = take(&at->rest, is(kind, "header") ? "[" : ".[");
    const sip_header_id id = sip_header_id_of(header.word);
    char name[128];
    sip_str value;

    if (is(kind, "address")) {
        return addresses_value(at, id, header.number);
    }
    if (is(kind, "auth")) {
        return auth_value(at, id, header.number);
    }
    if (is(kind, "number")) {
        return number_value(at, id);
    }
    if (is(kind, "error")) {
        return error_value(at, id, header.number);
    }
    if (is(kind, "header")) {
        snprintf(name, sizeof name, "%.*s", SIP_ARG(header.word));
        value = sip_msg_find(at->msg, name, header.number);
    } else {
        value = sip_msg_value(at->msg, id, header.number);
    }
    return value.ptr != NULL ? say(at, value) : say_absent(at);
}

static bool cseq_value(const place *at)
{
    const sip_cseq *cseq = sip_msg_cseq(at->msg);

    if (cseq == NULL) {
        return say_absent(at);
    }
    return is(at->rest, "method") ? say(at, cseq->method_text) : say_number(at, cseq->number);
}

static bool body_value(const place *at)
{
    const sip_body *body = sip_msg_body(at->msg);

    if (is(at->rest, "length")) {
        return say_number(at, body != NULL ? body->data.len : 0);
    }
    return body != NULL ? say(at, body->type) : say_absent(at);
}

bool msg_value(const sip_msg *msg, sip_str path, char *out, size_t size)
{
    place at = {.msg = msg, .rest = path, .out = out, .size = size};
    const step root = take(&at.rest, ".[");

    if (is(root.word, "status")) {
        return say_number(&at, (size_t)sip_msg_status(msg));
    }
    if (is(root.word, "via")) {
        return via_value(&at, root.number);
    }
    if (is(root.word, "uri")) {
        return uri_value(&at, sip_msg_request_uri(msg));
    }
    if (is(root.word, "from") || is(root.word, "to")) {
        return address_value(&at, is(root.word, "to") ? sip_msg_to(msg) : sip_msg_from(msg));
    }
    if (is(root.word, "cseq")) {
        return cseq_value(&at);
    }
    if (is(root.word, "body")) {
        return body_value(&at);
    }
    return is(root.word, "method")    ? say(&at, sip_msg_method_text(msg))
           : is(root.word, "phrase")  ? say(&at, sip_msg_phrase(msg))
           : is(root.word, "call_id") ? say(&at, sip_msg_call_id(msg))
                                      : header_value(&at, root.word);
}
