/* The headers and methods that the library knows by number. */
#ifndef SIP_HEADER_H
#define SIP_HEADER_H

#include <sip/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Every known header: enumerator, name as printed, compact form or 0, and whether commas part its
 * values: 0, 1, or 2 if they do even between quotes and angle brackets, which a Call-ID may have
 * without a pair (RFC 3261 25.1 word). */
#define SIP_HEADER_MAP(X)                                                                          \
    X(ACCEPT, "Accept", 0, 1)                                                                      \
    X(ACCEPT_CONTACT, "Accept-Contact", 'a', 1)                                                    \
    X(ACCEPT_ENCODING, "Accept-Encoding", 0, 1)                                                    \
    X(ACCEPT_LANGUAGE, "Accept-Language", 0, 1)                                                    \
    X(ACCEPT_RESOURCE_PRIORITY, "Accept-Resource-Priority", 0, 1)                                  \
    X(ALERT_INFO, "Alert-Info", 0, 1)                                                              \
    X(ALLOW, "Allow", 0, 1)                                                                        \
    X(ALLOW_EVENTS, "Allow-Events", 'u', 1)                                                        \
    X(ANSWER_MODE, "Answer-Mode", 0, 0)                                                            \
    X(AUTHENTICATION_INFO, "Authentication-Info", 0, 0)                                            \
    X(AUTHORIZATION, "Authorization", 0, 0)                                                        \
    X(CALL_ID, "Call-ID", 'i', 0)                                                                  \
    X(CALL_INFO, "Call-Info", 0, 1)                                                                \
    X(CONTACT, "Contact", 'm', 1)                                                                  \
    X(CONTENT_DISPOSITION, "Content-Disposition", 0, 0)                                            \
    X(CONTENT_ENCODING, "Content-Encoding", 'e', 1)                                                \
    X(CONTENT_LANGUAGE, "Content-Language", 0, 1)                                                  \
    X(CONTENT_LENGTH, "Content-Length", 'l', 0)                                                    \
    X(CONTENT_TYPE, "Content-Type", 'c', 0)                                                        \
    X(CSEQ, "CSeq", 0, 0)                                                                          \
    X(DATE, "Date", 0, 0)                                                                          \
    X(DIVERSION, "Diversion", 0, 1)                                                                \
    X(ERROR_INFO, "Error-Info", 0, 1)                                                              \
    X(EVENT, "Event", 'o', 0)                                                                      \
    X(EXPIRES, "Expires", 0, 0)                                                                    \
    X(FEATURE_CAPS, "Feature-Caps", 0, 1)                                                          \
    X(FLOW_TIMER, "Flow-Timer", 0, 0)                                                              \
    X(FROM, "From", 'f', 0)                                                                        \
    X(GEOLOCATION, "Geolocation", 0, 1)                                                            \
    X(GEOLOCATION_ERROR, "Geolocation-Error", 0, 0)                                                \
    X(GEOLOCATION_ROUTING, "Geolocation-Routing", 0, 0)                                            \
    X(HISTORY_INFO, "History-Info", 0, 1)                                                          \
    X(IDENTITY, "Identity", 'y', 0)                                                                \
    X(IDENTITY_INFO, "Identity-Info", 'n', 0)                                                      \
    X(IN_REPLY_TO, "In-Reply-To", 0, 2)                                                            \
    X(INFO_PACKAGE, "Info-Package", 0, 0)                                                          \
    X(JOIN, "Join", 0, 0)                                                                          \
    X(MAX_BREADTH, "Max-Breadth", 0, 0)                                                            \
    X(MAX_FORWARDS, "Max-Forwards", 0, 0)                                                          \
    X(MIME_VERSION, "MIME-Version", 0, 0)                                                          \
    X(MIN_EXPIRES, "Min-Expires", 0, 0)                                                            \
    X(MIN_SE, "Min-SE", 0, 0)                                                                      \
    X(ORGANIZATION, "Organization", 0, 0)                                                          \
    X(P_ACCESS_NETWORK_INFO, "P-Access-Network-Info", 0, 1)                                        \
    X(P_ASSERTED_IDENTITY, "P-Asserted-Identity", 0, 1)                                            \
    X(P_ASSOCIATED_URI, "P-Associated-URI", 0, 1)                                                  \
    X(P_CALLED_PARTY_ID, "P-Called-Party-ID", 0, 0)                                                \
    X(P_CHARGING_FUNCTION_ADDRESSES, "P-Charging-Function-Addresses", 0, 1)                        \
    X(P_CHARGING_VECTOR, "P-Charging-Vector", 0, 0)                                                \
    X(P_EARLY_MEDIA, "P-Early-Media", 0, 1)                                                        \
    X(P_PREFERRED_IDENTITY, "P-Preferred-Identity", 0, 1)                                          \
    X(P_VISITED_NETWORK_ID, "P-Visited-Network-ID", 0, 1)                                          \
    X(PATH, "Path", 0, 1)                                                                          \
    X(PRIORITY, "Priority", 0, 0)                                                                  \
    X(PRIV_ANSWER_MODE, "Priv-Answer-Mode", 0, 0)                                                  \
    X(PRIVACY, "Privacy", 0, 0)                                                                    \
    X(PROXY_AUTHENTICATE, "Proxy-Authenticate", 0, 0)                                              \
    X(PROXY_AUTHENTICATION_INFO, "Proxy-Authentication-Info", 0, 0)                                \
    X(PROXY_AUTHORIZATION, "Proxy-Authorization", 0, 0)                                            \
    X(PROXY_REQUIRE, "Proxy-Require", 0, 1)                                                        \
    X(RACK, "RAck", 0, 0)                                                                          \
    X(REASON, "Reason", 0, 1)                                                                      \
    X(RECORD_ROUTE, "Record-Route", 0, 1)                                                          \
    X(RECV_INFO, "Recv-Info", 0, 1)                                                                \
    X(REFER_SUB, "Refer-Sub", 0, 0)                                                                \
    X(REFER_TO, "Refer-To", 'r', 0)                                                                \
    X(REFERRED_BY, "Referred-By", 'b', 0)                                                          \
    X(REJECT_CONTACT, "Reject-Contact", 'j', 1)                                                    \
    X(REMOTE_PARTY_ID, "Remote-Party-ID", 0, 1)                                                    \
    X(REPLACES, "Replaces", 0, 0)                                                                  \
    X(REPLY_TO, "Reply-To", 0, 0)                                                                  \
    X(REQUEST_DISPOSITION, "Request-Disposition", 'd', 1)                                          \
    X(REQUIRE, "Require", 0, 1)                                                                    \
    X(RESOURCE_PRIORITY, "Resource-Priority", 0, 1)                                                \
    X(RETRY_AFTER, "Retry-After", 0, 0)                                                            \
    X(ROUTE, "Route", 0, 1)                                                                        \
    X(RSEQ, "RSeq", 0, 0)                                                                          \
    X(SECURITY_CLIENT, "Security-Client", 0, 1)                                                    \
    X(SECURITY_SERVER, "Security-Server", 0, 1)                                                    \
    X(SECURITY_VERIFY, "Security-Verify", 0, 1)                                                    \
    X(SERVER, "Server", 0, 0)                                                                      \
    X(SERVICE_ROUTE, "Service-Route", 0, 1)                                                        \
    X(SESSION_EXPIRES, "Session-Expires", 'x', 0)                                                  \
    X(SESSION_ID, "Session-ID", 0, 0)                                                              \
    X(SIP_ETAG, "SIP-ETag", 0, 0)                                                                  \
    X(SIP_IF_MATCH, "SIP-If-Match", 0, 0)                                                          \
    X(SUBJECT, "Subject", 's', 0)                                                                  \
    X(SUBSCRIPTION_STATE, "Subscription-State", 0, 0)                                              \
    X(SUPPORTED, "Supported", 'k', 1)                                                              \
    X(SUPPRESS_IF_MATCH, "Suppress-If-Match", 0, 0)                                                \
    X(TARGET_DIALOG, "Target-Dialog", 0, 0)                                                        \
    X(TIMESTAMP, "Timestamp", 0, 0)                                                                \
    X(TO, "To", 't', 0)                                                                            \
    X(UNSUPPORTED, "Unsupported", 0, 1)                                                            \
    X(USER_AGENT, "User-Agent", 0, 0)                                                              \
    X(USER_TO_USER, "User-to-User", 0, 1)                                                          \
    X(VIA, "Via", 'v', 1)                                                                          \
    X(WARNING, "Warning", 0, 1)                                                                    \
    X(WWW_AUTHENTICATE, "WWW-Authenticate", 0, 0)

typedef enum sip_header_id {
    SIP_HEADER_OTHER, /**< any name not in the map; reach it by name */
#define SIP_HEADER_ENUM(id, name, compact, list) SIP_HEADER_##id,
    SIP_HEADER_MAP(SIP_HEADER_ENUM)
#undef SIP_HEADER_ENUM
    SIP_HEADER_COUNT
} sip_header_id;

/** The id of a header name (long or compact, without case); SIP_HEADER_OTHER if unknown. */
SIP_API sip_header_id sip_header_id_of(sip_str name);
/** The name as printed; empty for SIP_HEADER_OTHER. */
SIP_API sip_str sip_header_name(sip_header_id id);

#define SIP_METHOD_MAP(X)                                                                          \
    X(INVITE)                                                                                      \
    X(ACK)                                                                                         \
    X(CANCEL)                                                                                      \
    X(BYE)                                                                                         \
    X(REGISTER)                                                                                    \
    X(OPTIONS)                                                                                     \
    X(MESSAGE)                                                                                     \
    X(INFO)                                                                                        \
    X(PRACK)                                                                                       \
    X(UPDATE)                                                                                      \
    X(REFER)                                                                                       \
    X(SUBSCRIBE)                                                                                   \
    X(NOTIFY)                                                                                      \
    X(PUBLISH)

typedef enum sip_method {
    SIP_METHOD_OTHER, /**< an extension method; its text is in the message */
#define SIP_METHOD_ENUM(name) SIP_METHOD_##name,
    SIP_METHOD_MAP(SIP_METHOD_ENUM)
#undef SIP_METHOD_ENUM
    SIP_METHOD_COUNT
} sip_method;

/** The method of a name (case matters, RFC 3261 7.1). */
SIP_API sip_method sip_method_of(sip_str name);
/** The name; empty for SIP_METHOD_OTHER. */
SIP_API sip_str sip_method_name(sip_method method);
/** The reason phrase of a status as its RFC gives it; of unknown ones that of the class (x00). */
SIP_API sip_str sip_status_phrase(int status);

/** A header that an application adds: both zero-terminated, borrowed. */
typedef struct sip_header {
    const char *name;
    const char *value;
} sip_header;

#ifdef __cplusplus
}
#endif

#endif
