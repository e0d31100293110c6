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
