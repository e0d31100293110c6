#include "dialog/route_set.h"

#include <string.h>

static size_t count(const sip_msg *msg, size_t *ret_bytes)
{
    size_t n = 0;
    const sip_address *route;

    *ret_bytes = 0;
    while ((route = sip_msg_address(msg, SIP_HEADER_RECORD_ROUTE, n)) != NULL) {
        *ret_bytes += route->text.len + 1;
        n++;
    }
    return n;
}

int dum__route_set_create(const dum_manager *dum, const sip_msg *msg, bool reversed,
                          char **ret_routes)
{
    size_t bytes;
    size_t n = count(msg, &bytes);
    char *routes, *end;

    if (n == 0) {
        *ret_routes = NULL;
        return 0;
    }
    routes = dum__alloc0(dum, bytes);
    if (routes == NULL) {
        return SIP_ENOMEM;
    }
    end = routes;
    for (size_t i = 0; i < n; i++) {
        size_t which = reversed ? n - 1 - i : i;
        const sip_address *route = sip_msg_address(msg, SIP_HEADER_RECORD_ROUTE, which);

        memcpy(end, route->text.ptr, route->text.len);
        end[route->text.len] = '\n';
        end += route->text.len + 1;
    }
    end[-1] = '\0';
    *ret_routes = routes;
    return 0;
}

sip_str dum__route_set_value(const char *routes, size_t i)
{
    const char *end;

    while (routes != NULL) {
        end = strchr(routes, '\n');
        if (i == 0) {
            return (sip_str){routes, end != NULL ? (size_t)(end - routes) : strlen(routes)};
        }
        routes = end != NULL ? end + 1 : NULL;
        i--;
    }
    return (sip_str){0};
}

bool dum__route_set_is_strict(const char *routes)
{
    sip_address first;

    return routes != NULL && sip_address_parse(dum__route_set_value(routes, 0), &first) == 0 &&
           !first.uri.lr;
}

sip_str dum__route_set_request_uri(const char *routes, sip_str target)
{
    sip_address first;

    if (!dum__route_set_is_strict(routes) ||
        sip_address_parse(dum__route_set_value(routes, 0), &first) != 0) {
        return target;
    }
    /* Headers may not stand in a Request-URI; the builder leaves them out (RFC 3261 19.1.1). */
    return first.uri.text;
}

void dum__route_set_add(const char *routes, sip_str target, sip_build *build)
{
    bool strict = dum__route_set_is_strict(routes);
    sip_str value;

    for (size_t i = strict ? 1 : 0; (value = dum__route_set_value(routes, i)).ptr != NULL; i++) {
        sip_build_header(build, SIP_HEADER_ROUTE, value);
    }
    if (strict) {
        sip_build_headerf(build, SIP_HEADER_ROUTE, "<" SIP_FMT ">", SIP_ARG(target));
    }
}
