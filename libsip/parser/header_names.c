#include <sip/header.h>

#include <string.h>

static const sip_str header_names[SIP_HEADER_COUNT] = {
#define HEADER_NAME(id, name, compact, list) [SIP_HEADER_##id] = SIP_STR_INIT(name),
    SIP_HEADER_MAP(HEADER_NAME)
#undef HEADER_NAME
};

#define MAX_NAME_BYTES 29
#define MAX_SAME_LENGTH 11

/* The names of each length, so that few are compared; test_header_names.c looks every name of the
 * map up. */
static const uint8_t headers_by_length[MAX_NAME_BYTES + 1][MAX_SAME_LENGTH] = {
    [2] = {SIP_HEADER_TO},
    [3] = {SIP_HEADER_VIA},
    [4] = {SIP_HEADER_CSEQ, SIP_HEADER_DATE, SIP_HEADER_FROM, SIP_HEADER_JOIN, SIP_HEADER_PATH,
           SIP_HEADER_RACK, SIP_HEADER_RSEQ},
    [5] = {SIP_HEADER_ALLOW, SIP_HEADER_EVENT, SIP_HEADER_ROUTE},
    [6] = {SIP_HEADER_ACCEPT, SIP_HEADER_MIN_SE, SIP_HEADER_REASON, SIP_HEADER_SERVER},
    [7] = {SIP_HEADER_CALL_ID, SIP_HEADER_CONTACT, SIP_HEADER_EXPIRES, SIP_HEADER_PRIVACY,
           SIP_HEADER_REQUIRE, SIP_HEADER_SUBJECT, SIP_HEADER_WARNING},
    [8] = {SIP_HEADER_IDENTITY, SIP_HEADER_PRIORITY, SIP_HEADER_REFER_TO, SIP_HEADER_REPLACES,
           SIP_HEADER_REPLY_TO, SIP_HEADER_SIP_ETAG},
    [9] = {SIP_HEADER_CALL_INFO, SIP_HEADER_DIVERSION, SIP_HEADER_RECV_INFO, SIP_HEADER_REFER_SUB,
           SIP_HEADER_SUPPORTED, SIP_HEADER_TIMESTAMP},
    [10] = {SIP_HEADER_ALERT_INFO, SIP_HEADER_ERROR_INFO, SIP_HEADER_FLOW_TIMER,
            SIP_HEADER_SESSION_ID, SIP_HEADER_USER_AGENT},
    [11] = {SIP_HEADER_ANSWER_MODE, SIP_HEADER_GEOLOCATION, SIP_HEADER_IN_REPLY_TO,
            SIP_HEADER_MAX_BREADTH, SIP_HEADER_MIN_EXPIRES, SIP_HEADER_REFERRED_BY,
            SIP_HEADER_RETRY_AFTER, SIP_HEADER_UNSUPPORTED},
    [12] = {SIP_HEADER_ALLOW_EVENTS, SIP_HEADER_CONTENT_TYPE, SIP_HEADER_FEATURE_CAPS,
            SIP_HEADER_HISTORY_INFO, SIP_HEADER_INFO_PACKAGE, SIP_HEADER_MAX_FORWARDS,
            SIP_HEADER_MIME_VERSION, SIP_HEADER_ORGANIZATION, SIP_HEADER_RECORD_ROUTE,
            SIP_HEADER_SIP_IF_MATCH, SIP_HEADER_USER_TO_USER},
    [13] = {SIP_HEADER_AUTHORIZATION, SIP_HEADER_IDENTITY_INFO, SIP_HEADER_P_EARLY_MEDIA,
            SIP_HEADER_PROXY_REQUIRE, SIP_HEADER_SERVICE_ROUTE, SIP_HEADER_TARGET_DIALOG},
    [14] = {SIP_HEADER_ACCEPT_CONTACT, SIP_HEADER_CONTENT_LENGTH, SIP_HEADER_REJECT_CONTACT},
    [15] = {SIP_HEADER_ACCEPT_ENCODING, SIP_HEADER_ACCEPT_LANGUAGE, SIP_HEADER_REMOTE_PARTY_ID,
            SIP_HEADER_SECURITY_CLIENT, SIP_HEADER_SECURITY_SERVER, SIP_HEADER_SECURITY_VERIFY,
            SIP_HEADER_SESSION_EXPIRES},
    [16] = {SIP_HEADER_CONTENT_ENCODING, SIP_HEADER_CONTENT_LANGUAGE, SIP_HEADER_P_ASSOCIATED_URI,
            SIP_HEADER_PRIV_ANSWER_MODE, SIP_HEADER_WWW_AUTHENTICATE},
    [17] = {SIP_HEADER_GEOLOCATION_ERROR, SIP_HEADER_P_CALLED_PARTY_ID,
            SIP_HEADER_P_CHARGING_VECTOR, SIP_HEADER_RESOURCE_PRIORITY,
            SIP_HEADER_SUPPRESS_IF_MATCH},
    [18] = {SIP_HEADER_PROXY_AUTHENTICATE, SIP_HEADER_SUBSCRIPTION_STATE},
    [19] = {SIP_HEADER_AUTHENTICATION_INFO, SIP_HEADER_CONTENT_DISPOSITION,
            SIP_HEADER_GEOLOCATION_ROUTING, SIP_HEADER_P_ASSERTED_IDENTITY,
            SIP_HEADER_PROXY_AUTHORIZATION, SIP_HEADER_REQUEST_DISPOSITION},
    [20] = {SIP_HEADER_P_PREFERRED_IDENTITY, SIP_HEADER_P_VISITED_NETWORK_ID},
    [21] = {SIP_HEADER_P_ACCESS_NETWORK_INFO},
    [24] = {SIP_HEADER_ACCEPT_RESOURCE_PRIORITY},
    [25] = {SIP_HEADER_PROXY_AUTHENTICATION_INFO},
    [29] = {SIP_HEADER_P_CHARGING_FUNCTION_ADDRESSES},
};

static const uint8_t headers_by_compact[26] = {
    ['a' - 'a'] = SIP_HEADER_ACCEPT_CONTACT,
    ['b' - 'a'] = SIP_HEADER_REFERRED_BY,
    ['c' - 'a'] = SIP_HEADER_CONTENT_TYPE,
    ['d' - 'a'] = SIP_HEADER_REQUEST_DISPOSITION,
    ['e' - 'a'] = SIP_HEADER_CONTENT_ENCODING,
    ['f' - 'a'] = SIP_HEADER_FROM,
    ['i' - 'a'] = SIP_HEADER_CALL_ID,
    ['j' - 'a'] = SIP_HEADER_REJECT_CONTACT,
    ['k' - 'a'] = SIP_HEADER_SUPPORTED,
    ['l' - 'a'] = SIP_HEADER_CONTENT_LENGTH,
    ['m' - 'a'] = SIP_HEADER_CONTACT,
    ['n' - 'a'] = SIP_HEADER_IDENTITY_INFO,
    ['o' - 'a'] = SIP_HEADER_EVENT,
    ['r' - 'a'] = SIP_HEADER_REFER_TO,
    ['s' - 'a'] = SIP_HEADER_SUBJECT,
    ['t' - 'a'] = SIP_HEADER_TO,
    ['u' - 'a'] = SIP_HEADER_ALLOW_EVENTS,
    ['v' - 'a'] = SIP_HEADER_VIA,
    ['x' - 'a'] = SIP_HEADER_SESSION_EXPIRES,
    ['y' - 'a'] = SIP_HEADER_IDENTITY,
};

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

sip_header_id sip_header_id_of(sip_str name)
{
    const uint8_t *candidates;

    if (name.len == 0 || name.len > MAX_NAME_BYTES) {
        return SIP_HEADER_OTHER;
    }
    if (name.len == 1) {
        const char c = lower(*name.ptr);

        return c >= 'a' && c <= 'z' ? (sip_header_id)headers_by_compact[c - 'a'] : SIP_HEADER_OTHER;
    }
    candidates = headers_by_length[name.len];
    for (size_t i = 0; i < MAX_SAME_LENGTH && candidates[i] != SIP_HEADER_OTHER; i++) {
        const sip_str known = header_names[candidates[i]];

        if (lower(*known.ptr) == lower(*name.ptr) && sip_str_same_nocase(known, name)) {
            return (sip_header_id)candidates[i];
        }
    }
    return SIP_HEADER_OTHER;
}

sip_str sip_header_name(sip_header_id id)
{
    return header_names[(size_t)id < SIP_HEADER_COUNT ? (size_t)id : 0];
}

static const sip_str method_names[SIP_METHOD_COUNT] = {
#define METHOD_NAME(name) [SIP_METHOD_##name] = SIP_STR_INIT(#name),
    SIP_METHOD_MAP(METHOD_NAME)
#undef METHOD_NAME
};

sip_method sip_method_of(sip_str name)
{
    for (size_t i = 1; i < SIP_METHOD_COUNT; i++) {
        const sip_str known = method_names[i];

        if (known.len == name.len && memcmp(known.ptr, name.ptr, name.len) == 0) {
            return (sip_method)i;
        }
    }
    return SIP_METHOD_OTHER;
}

sip_str sip_method_name(sip_method method)
{
    return method_names[(size_t)method < SIP_METHOD_COUNT ? (size_t)method : 0];
}
