#include "support/msg_walk.h"

#include <stdlib.h>

#include <sip/headers.h>

#define PRIME UINT64_C(1099511628211)

static uint64_t add_number(uint64_t sum, uint64_t number)
{
    return (sum ^ number) * PRIME;
}

static uint64_t add_str(uint64_t sum, sip_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        sum = add_number(sum, (unsigned char)text.ptr[i]);
    }
    return add_number(sum, 0x100 + text.len);
}

static uint64_t add_uri(uint64_t sum, const sip_uri *uri)
{
    sip_str parts[] = {uri->text,   uri->user,       uri->password, uri->host,
                       uri->params, uri->headers,    uri->maddr,    uri->transport,
                       uri->method, uri->user_param, uri->ttl};

    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        sum = add_str(sum, parts[i]);
    }
    return add_number(sum, uri->port);
}

static uint64_t add_address(uint64_t sum, const sip_address *address)
{
    if (address == NULL) {
        return add_number(sum, 1);
    }
    sum = add_str(sum, address->text);
    sum = add_str(sum, address->display);
    sum = add_str(sum, address->tag);
    sum = add_str(sum, address->params);
    sum = add_number(sum, address->has_expires ? address->expires_s : 7);
    return address->is_star ? add_number(sum, 2) : add_uri(sum, &address->uri);
}

static uint64_t add_via(uint64_t sum, const sip_via *via)
{
    sum = add_str(sum, via->text);
    sum = add_str(sum, via->host);
    sum = add_str(sum, via->branch);
    sum = add_str(sum, via->received);
    sum = add_str(sum, via->params);
    sum = add_number(sum, via->port);
    return add_number(sum, via->rport);
}

static uint64_t add_auth(uint64_t sum, const sip_auth *auth)
{
    sum = add_str(sum, auth->scheme);
    sum = add_str(sum, auth->realm);
    sum = add_str(sum, auth->nonce);
    sum = add_str(sum, auth->response);
    return add_str(sum, auth->params);
}

/* Every value of one known header, by every accessor that takes it. */
static uint64_t add_header(uint64_t sum, const sip_msg *msg, sip_header_id id)
{
    const sip_address *address;
    const sip_auth *auth;
    uint32_t number;
    sip_str value;

    for (size_t n = 0; (value = sip_msg_value(msg, id, n)).ptr != NULL; n++) {
        sum = add_str(sum, value);
    }
    for (size_t n = 0; (address = sip_msg_address(msg, id, n)) != NULL; n++) {
        sum = add_address(sum, address);
    }
    for (size_t n = 0; (auth = sip_msg_auth(msg, id, n)) != NULL; n++) {
        sum = add_auth(sum, auth);
    }
    if (sip_msg_number(msg, id, &number) == 0) {
        sum = add_number(sum, number);
    }
    return add_number(sum, sip_msg_has_token(msg, id, "100rel"));
}

static uint64_t add_body(uint64_t sum, const sip_body *body)
{
    if (body == NULL) {
        return add_number(sum, 3);
    }
    sum = add_str(sum, body->type);
    sum = add_str(sum, body->disposition);
    for (const sip_header *header = body->headers; header != NULL && header->name != NULL;
         header++) {
        sum = add_str(add_str(sum, sip_str_of(header->name)), sip_str_of(header->value));
    }
    return add_str(sum, body->data);
}

/* Touch every typed value. They are not part of the sum, since how many there is room for depends
 * on what was asked for before. */
static void touch_types(const sip_msg *msg)
{
    for (unsigned id = 1; id < SIP_HEADER_COUNT; id++) {
        const sip_header_type *type = sip_header_type_of((sip_header_id)id);
        const size_t count = sip_msg_typed_count(msg, type);

        for (size_t n = 0; n < count; n++) {
            const void *value = sip_msg_typed(msg, type, n);
            sip_parse_error error;
            char text[64];

            if (value != NULL && !sip_header_equal(type, value, value)) {
                abort();
            }
            if (sip_msg_typed_error(msg, type, n, &error) == SIP_ESYNTAX &&
                error.offset > sip_msg_bytes(msg).len) {
                abort();
            }
            (void)sip_header_print(type, value, text, sizeof text);
        }
    }
}

uint64_t msg_walk(const sip_msg *msg)
{
    uint64_t sum = UINT64_C(14695981039346656037);
    const sip_cseq *cseq = sip_msg_cseq(msg);
    const sip_uri *uri = sip_msg_request_uri(msg);
    const sip_via *via;
    char summary[80];

    sum = add_str(sum, sip_msg_bytes(msg));
    sum = add_str(sum, sip_str_of(sip_msg_summary(msg, summary, sizeof(summary))));
    sum = add_str(sum, sip_msg_method_text(msg));
    sum = add_str(sum, sip_msg_call_id(msg));
    sum = add_address(sum, sip_msg_from(msg));
    sum = add_address(sum, sip_msg_to(msg));
    sum = cseq != NULL ? add_number(sum, cseq->number) : sum;
    sum = uri != NULL ? add_uri(sum, uri) : sum;
    for (size_t n = 0; (via = sip_msg_via(msg, n)) != NULL; n++) {
        sum = add_via(sum, via);
    }
    for (unsigned id = 0; id < SIP_HEADER_COUNT; id++) {
        sum = add_header(sum, msg, (sip_header_id)id);
    }
    for (size_t i = 0; i < sip_msg_header_lines(msg); i++) {
        sip_str name, value;

        sum = add_number(sum, sip_msg_header_line(msg, i, &name, &value));
        sum = add_str(add_str(sum, name), value);
    }
    sum = add_body(sum, sip_msg_body(msg));
    touch_types(msg);
    return sum;
}
