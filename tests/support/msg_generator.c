#include "support/msg_generator.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <sip/header_type.h>

#include "support/header_samples.h"

typedef struct maker {
    char *out;
    size_t used;
    prng random;
    bool is_request;
    char method[32];
    bool done[SIP_HEADER_COUNT];
} maker;

static void put(maker *to, const char *template)
{
    to->used +=
        header_fill(template, &to->random, to->out + to->used, MSG_GENERATOR_BYTES - to->used);
}

static bool one_in(maker *to, uint32_t n)
{
    return prng_below(&to->random, n) == 0;
}

static void put_start(maker *to)
{
    static const char *const statuses[] = {"100 Trying",    "180",
                                           "200 OK",        "302 Moved \xd1\x80 Temporarily",
                                           "486 Busy Here", "699 = 3 * 233"};
    const uint32_t method = 1 + prng_below(&to->random, SIP_METHOD_COUNT);

    to->is_request = !one_in(to, 3);
    snprintf(to->method, sizeof to->method, "%.*s",
             SIP_ARG(method < SIP_METHOD_COUNT ? sip_method_name((sip_method)method)
                                               : SIP_STR("IN%56ITE")));
    if (to->is_request) {
        to->used += (size_t)snprintf(to->out, MSG_GENERATOR_BYTES, "%s ", to->method);
        put(to, one_in(to, 8) ? "tel:+1-201-555-0123;x=y SIP/2.0\r\n" : "%u SIP/2.0\r\n");
    } else {
        put(to, "SIP/2.0 ");
        put(to, statuses[prng_below(&to->random, sizeof statuses / sizeof statuses[0])]);
        /* A status without a phrase keeps its blank (RFC 3261 25.1). */
        put(to, to->out[to->used - 1] == '0' ? " \r\n" : "\r\n");
    }
}

/* The name of a header in one of the ways in which it may be written. */
static void put_name(maker *to, sip_header_id id)
{
    const sip_header_type *type = sip_header_type_of(id);
    const uint32_t way = prng_below(&to->random, 8);

    if (way == 0 && type->compact != 0) {
        to->out[to->used++] = type->compact;
    } else {
        for (const char *at = type->name; *at != '\0'; at++) {
            const bool flips =
                way == 1 && ((*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z'));

            to->out[to->used++] = (char)(flips ? *at ^ 0x20 : *at);
        }
    }
    put(to, way == 2 ? " :  " : way == 3 ? ":\r\n " : ":");
    put(to, way < 7 ? " " : "");
}

static void put_separator(maker *to)
{
    static const char *const separators[] = {",", ", ", " ,\r\n ", "\t, "};

    put(to, separators[prng_below(&to->random, sizeof separators / sizeof separators[0])]);
}

static void put_value(maker *to, sip_header_id id)
{
    to->used += header_sample(id, &to->random, to->out + to->used, MSG_GENERATOR_BYTES - to->used);
}

static void put_header(maker *to, sip_header_id id)
{
    const bool is_list = sip_header_type_of(id)->is_list;
    uint32_t left = is_list ? prng_below(&to->random, 3) : 0;

    to->done[id] = true;
    put_name(to, id);
    put_value(to, id);
    for (; left > 0; left--) {
        if (one_in(to, 3)) {
            put(to, "\r\n");
            put_name(to, id);
        } else {
            put_separator(to);
        }
        put_value(to, id);
    }
    put(to, "\r\n");
}

static void put_basics(maker *to)
{
    static const char *const vias[] = {
        "Via: SIP/2.0/UDP %h:506%d;branch=z9hG4bK%t;rport%p\r\n",
        ("v:SIP / 2.0 / TCP %h ;branch=z9hG4bK%t;received=192.0.2.%d;rport=506%d,\r\n"
         " SIP/2.0/TLS %h;branch=z9hG4bK%t\r\n"),
        "VIA: SIP/2.0/%t %h;branch=z9hG4bK%t;maddr=%h;ttl=%d%p\r\n"};
    static const char *const froms[] = {"From: \"%s\" <%u>;tag=%t%p\r\n",
                                        "f:%t %t <%u> ;tag = %t\r\n",
                                        "from: sip:%t@%h;tag=%t%p\r\n"};
    static const char *const tos[] = {"To: \"%s\" <%u>%p\r\n", "t:<%u>;tag=%t\r\n",
                                      "TO : tel:+1-201-555-0123\r\n"};

    put(to, vias[prng_below(&to->random, 3)]);
    if (one_in(to, 2)) {
        put(to, vias[prng_below(&to->random, 3)]);
    }
    put(to, froms[prng_below(&to->random, 3)]);
    put(to, tos[prng_below(&to->random, 3)]);
    put(to, one_in(to, 4) ? "i:%i@%h\r\n" : "Call-ID: %i\r\n");
    put(to, "CSeq: %n ");
    to->used +=
        (size_t)snprintf(to->out + to->used, MSG_GENERATOR_BYTES - to->used, "%s\r\n", to->method);
    put(to, "Max-Forwards: 7%d\r\n");
    to->done[SIP_HEADER_CALL_ID] = true;
}

static void put_body(maker *to)
{
    static const char *const bodies[] = {"v=0\r\no=- %n %n IN IP4 %h\r\ns=-\r\nt=0 0\r\n", "%q",
                                         "\r\n\r\n", "%x%x%x"};
    char body[512];
    const size_t len = one_in(to, 2) ? 0
                                     : header_fill(bodies[prng_below(&to->random, 4)], &to->random,
                                                   body, sizeof body);

    if (len > 0 && !to->done[SIP_HEADER_CONTENT_TYPE]) {
        put_header(to, SIP_HEADER_CONTENT_TYPE);
    }
    to->used += (size_t)snprintf(to->out + to->used, MSG_GENERATOR_BYTES - to->used,
                                 "Content-Length: %zu\r\n\r\n", len);
    memcpy(to->out + to->used, body, len);
    to->used += len;
}

size_t msg_generate(uint64_t seed, char out[MSG_GENERATOR_BYTES])
{
    maker to = {.out = out, .random = {.state = seed}};
    uint32_t headers;

    put_start(&to);
    put_basics(&to);
    for (headers = prng_below(&to.random, 20); headers > 0; headers--) {
        const sip_header_id id = (sip_header_id)(1 + prng_below(&to.random, SIP_HEADER_COUNT - 1));

        if (header_samples_count(id) > 0 && !to.done[id]) {
            put_header(&to, id);
        } else {
            put(&to, "X-%t: %t, ;; %q\r\n");
        }
    }
    put_body(&to);
    return to.used;
}
