#include "message/build_internal.h"

#include <string.h>

#include "parser/cursor.h"

/* Take the next route off text whose values are parted by commas or line feeds. */
static bool route_next(sip_str *rest, sip_str *line, sip_str *ret_value)
{
    while (!sip__list_next(line, ret_value)) {
        const char *end = rest->len > 0 ? memchr(rest->ptr, '\n', rest->len) : NULL;

        if (rest->len == 0) {
            return false;
        }
        *line = *rest;
        if (end != NULL) {
            line->len = (size_t)(end - rest->ptr);
        }
        sip__advance(rest, end != NULL ? line->len + 1 : line->len);
    }
    return true;
}

/* A stored address with its tag behind it. */
static void add_party(sip_build *build, sip_header_id id, sip_str address, sip_str tag)
{
    if (!sip__is_one_line(address) || (tag.len > 0 && !sip__is_token(tag))) {
        sip__build_fail(build, SIP_EINVAL);
        return;
    }
    sip__build_begin(build, id, sip_header_name(id));
    sip__build_put(build, address);
    if (tag.len > 0) {
        sip__build_put(build, SIP_STR(";tag="));
        sip__build_put(build, tag);
    }
    sip__build_end(build);
}

static void add_cseq(sip_build *build, uint32_t number, sip_str method)
{
    sip__build_begin(build, SIP_HEADER_CSEQ, sip_header_name(SIP_HEADER_CSEQ));
    sip__build_put_number(build, number);
    sip__build_put(build, SIP_STR(" "));
    sip__build_put(build, method);
    sip__build_end(build);
}

/* The first route, if it is a strict router's. */
static bool first_is_strict(sip_str routes, sip_address *ret_first)
{
    sip_str line = {NULL, 0};
    sip_str value;

    return route_next(&routes, &line, &value) && sip_address_parse(value, ret_first) == 0 &&
           !ret_first->uri.lr;
}

/* The target as the last Route. It becomes the Request-URI again, where headers have no place. */
static void add_target(sip_build *build, sip_str target)
{
    if (target.ptr == NULL || !sip__is_solid(target) ||
        memchr(target.ptr, '>', target.len) != NULL) {
        sip__build_fail(build, SIP_EINVAL);
        return;
    }
    sip__build_begin(build, SIP_HEADER_ROUTE, sip_header_name(SIP_HEADER_ROUTE));
    sip__build_put(build, SIP_STR("<"));
    sip__build_put(build, sip__without_uri_headers(target));
    sip__build_put(build, SIP_STR(">"));
    sip__build_end(build);
    if (build->err == 0) {
        build->msg->to_strict = true;
    }
}

sip_build *sip_build_in_dialog(const sip_allocator *allocator, sip_str method,
                               const sip_dialog_facts *facts)
{
    static const sip_dialog_facts nothing = {.cseq = 0};
    sip_str rest, line = {NULL, 0}, value;
    sip_address first;
    sip_build *build;
    bool is_strict;

    facts = facts != NULL ? facts : &nothing; /* refused for its empty target */
    is_strict = first_is_strict(facts->routes, &first);
    build = sip_build_request(allocator, method, is_strict ? first.uri.text : facts->remote_target);
    if (build == NULL) {
        return NULL;
    }
    rest = facts->routes;
    if (is_strict) {
        (void)route_next(&rest, &line, &value);
    }
    while (route_next(&rest, &line, &value)) {
        sip_build_header(build, SIP_HEADER_ROUTE, value);
    }
    if (is_strict) {
        add_target(build, facts->remote_target);
    }
    sip_build_header(build, SIP_HEADER_MAX_FORWARDS, SIP_STR("70"));
    add_party(build, SIP_HEADER_FROM, facts->local, facts->local_tag);
    add_party(build, SIP_HEADER_TO, facts->remote, facts->remote_tag);
    sip_build_header(build, SIP_HEADER_CALL_ID, facts->call_id);
    add_cseq(build, facts->cseq, method);
    return build;
}
