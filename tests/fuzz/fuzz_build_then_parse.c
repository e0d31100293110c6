/* A program for the builder, its steps parted by the byte 0x1e: method, Request-URI, then steps
 * that begin with what to do. What can be finished must parse, and say what the built message says.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <sip/build.h>

#include "support/typed_walk.h"

#define STEP 0x1e
#define VALUE_BYTES 1024

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static sip_str take(sip_str *rest)
{
    const char *end = rest->len > 0 ? memchr(rest->ptr, STEP, rest->len) : NULL;
    const sip_str step = {rest->ptr, end != NULL ? (size_t)(end - rest->ptr) : rest->len};
    const size_t used = step.len + (end != NULL ? 1 : 0);

    rest->ptr = used > 0 ? rest->ptr + used : rest->ptr;
    rest->len -= used;
    return step;
}

static sip_str behind(sip_str text, size_t n)
{
    n = n < text.len ? n : text.len;
    return (sip_str){text.ptr != NULL ? text.ptr + n : NULL, text.len - n};
}

/* Split at the first `mark`. */
static sip_str split(sip_str *text, char mark)
{
    const char *found = text->len > 0 ? memchr(text->ptr, mark, text->len) : NULL;
    const sip_str first = {text->ptr, found != NULL ? (size_t)(found - text->ptr) : text->len};

    *text = behind(*text, first.len + 1);
    return first;
}

static void add_typed(sip_build *build, sip_header_id id, sip_str text)
{
    const sip_header_type *type = sip_header_type_of(id);
    union {
        long long align;
        char bytes[VALUE_BYTES];
    } value;

    if (type->size <= sizeof value && sip_header_parse(type, text, &value, NULL) == 0) {
        sip_build_typed(build, type, &value);
    }
}

static void add_step(sip_build *build, sip_str step)
{
    const char what = *step.ptr;
    const sip_header_id id =
        (sip_header_id)(step.len > 1 ? 1 + (uint8_t)step.ptr[1] % (SIP_HEADER_COUNT - 1) : 1);
    sip_str text = behind(step, 1);
    sip_body body = {.type = {NULL, 0}};

    switch (what) {
    case 'h':
        sip_build_header(build, id, behind(step, 2));
        break;
    case 't':
        add_typed(build, id, behind(step, 2));
        break;
    case 'n': {
        const sip_str name = split(&text, ':');

        sip_build_named(build, name, text);
        break;
    }
    case 'b':
        body.type = split(&text, '|');
        body.disposition = split(&text, '|');
        body.data = text;
        sip_build_body(build, &body);
        break;
    case 'c':
        sip_build_compact(build, step.len % 2 == 0);
        break;
    default:
        break;
    }
}

static void check_parsed(const sip_msg *built)
{
    const sip_msg_limits limits = typed_walk_limits();
    const sip_str bytes = sip_msg_bytes(built);
    sip_msg *parsed = NULL;

    if (sip_msg_parse(NULL, &limits, bytes, NULL, &parsed, NULL) != 0 ||
        !sip_str_same(sip_msg_bytes(parsed), bytes) || typed_difference(built, parsed) != NULL) {
        abort();
    }
    sip_msg_unref(parsed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    sip_str rest = {(const char *)data, size < 8192 ? size : 8192};
    const sip_str method = take(&rest);
    const sip_str uri = take(&rest);
    sip_build *build = sip_build_request(NULL, method, uri);
    sip_msg *built = NULL;
    sip_msg *answer = NULL;

    while (rest.len > 0) {
        const sip_str step = take(&rest);

        if (step.len > 0) {
            add_step(build, step);
        }
    }
    if (sip_build_finish(build, &built) == 0) {
        check_parsed(built);
        if (sip_response_create(built, 183, SIP_STR("t"), NULL, &answer) == 0) {
            check_parsed(answer);
        }
    }
    sip_msg_unref(answer);
    sip_msg_unref(built);
    return 0;
}
