/* What makes a message unsound, where and with which answer; and what is tolerated nevertheless.
 *
 * One table holds all rules. Some are always kept: without them the message could be read in two
 * ways, or not at all. The others a policy may tolerate. docs/tolerance.md tells of each. */
#ifndef SIP_POLICY_H
#define SIP_POLICY_H

#include <sip/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Every rule: name, whether a policy may tolerate its breach, status to answer a request with,
 * section, text. */
#define SIP_RULE_MAP(X)                                                                            \
    X(START_LINE, 0, 400, "RFC 3261 7.1", "start line")                                            \
    X(START_LINE_END, 0, 400, "RFC 3261 7.1", "end of the start line")                             \
    X(START_LINE_LENGTH, 0, 414, "RFC 3261 21.4.12", "length of the start line")                   \
    X(VERSION, 0, 505, "RFC 3261 21.5.6", "SIP version")                                           \
    X(REQUEST_URI, 0, 400, "RFC 3261 7.1", "Request-URI")                                          \
    X(HEADER_LINE, 0, 400, "RFC 3261 7.3.1", "header line")                                        \
    X(HEADERS_END, 0, 400, "RFC 3261 7", "end of the headers")                                     \
    X(HEADER_LENGTH, 0, 513, "RFC 3261 21.5.7", "length of a header line")                         \
    X(HEADER_COUNT, 0, 513, "RFC 3261 21.5.7", "number of header lines")                           \
    X(MESSAGE_LENGTH, 0, 513, "RFC 3261 21.5.7", "length of the message")                          \
    X(REQUEST_URI_LENGTH, 0, 414, "RFC 3261 21.4.12", "length of the Request-URI")                 \
    X(URI_LENGTH, 0, 513, "RFC 3261 21.5.7", "length of a URI")                                    \
    X(PARAM_COUNT, 0, 513, "RFC 3261 21.5.7", "number of parameters")                              \
    X(CONTENT_LENGTH, 0, 400, "RFC 3261 20.14", "Content-Length")                                  \
    X(BODY_LENGTH, 0, 400, "RFC 3261 18.3", "Content-Length beyond the end")                       \
    X(VIA_MISSING, 0, 400, "RFC 3261 8.1.1", "Via is missing")                                     \
    X(FROM_MISSING, 0, 400, "RFC 3261 8.1.1", "From is missing")                                   \
    X(TO_MISSING, 0, 400, "RFC 3261 8.1.1", "To is missing")                                       \
    X(CALL_ID_MISSING, 0, 400, "RFC 3261 8.1.1", "Call-ID is missing")                             \
    X(CSEQ_MISSING, 0, 400, "RFC 3261 8.1.1", "CSeq is missing")                                   \
    X(FROM_TWICE, 0, 400, "RFC 3261 7.3.1", "From is there twice")                                 \
    X(TO_TWICE, 0, 400, "RFC 3261 7.3.1", "To is there twice")                                     \
    X(CALL_ID_TWICE, 0, 400, "RFC 3261 7.3.1", "Call-ID is there twice")                           \
    X(CSEQ_TWICE, 0, 400, "RFC 3261 7.3.1", "CSeq is there twice")                                 \
    X(MAX_FORWARDS_TWICE, 0, 400, "RFC 3261 7.3.1", "Max-Forwards is there twice")                 \
    X(VIA, 0, 400, "RFC 3261 20.42", "Via")                                                        \
    X(FROM, 0, 400, "RFC 3261 20.20", "From")                                                      \
    X(TO, 0, 400, "RFC 3261 20.39", "To")                                                          \
    X(CALL_ID, 0, 400, "RFC 3261 20.8", "Call-ID")                                                 \
    X(CSEQ, 0, 400, "RFC 3261 20.16", "CSeq")                                                      \
    X(CSEQ_NUMBER, 0, 400, "RFC 3261 8.1.1.5", "number of CSeq")                                   \
    X(CSEQ_METHOD, 0, 400, "RFC 3261 8.1.1.5", "method of CSeq")                                   \
    X(MAX_FORWARDS, 0, 400, "RFC 3261 20.22", "Max-Forwards")                                      \
    X(CONTACT, 0, 400, "RFC 3261 20.10", "Contact")                                                \
    X(LINE_END, 1, 400, "RFC 3261 7", "a line ends with a lone LF")                                \
    X(START_LINE_SPACE, 1, 400, "RFC 3261 7.1", "white space in the start line")                   \
    X(CONTROL, 1, 400, "RFC 3261 25.1", "control character in a header")                           \
    X(REQUEST_SCHEME, 1, 416, "RFC 3261 8.2.2.1", "scheme of the Request-URI")                     \
    X(REQUEST_URI_HEADERS, 1, 400, "RFC 3261 19.1.1", "headers in the Request-URI")                \
    X(URI_PARAM_TWICE, 1, 400, "RFC 3261 19.1.1", "URI parameter twice")                           \
    X(URI_PARAM_EMPTY, 1, 400, "RFC 3261 25.1", "empty URI parameter")                             \
    X(URI_VALUE_EMPTY, 1, 400, "RFC 3261 25.1", "URI parameter without a value")                   \
    X(URI_VALUE_EQUALS, 1, 400, "RFC 3261 25.1", "= in a URI parameter")                           \
    X(URI_USER_HASH, 1, 400, "RFC 3261 25.1", "# in a user part")                                  \
    X(URI_IP6_COLONS, 1, 400, "RFC 5118 4.10", "::: in an IPv6 address")                           \
    X(URI_HOST_NAME, 1, 400, "RFC 3261 25.1", "host name")                                         \
    X(URI_NO_CONTEXT, 1, 400, "RFC 3966 5.1.5", "local number without phone-context")              \
    X(ADDRESS_BRACKETS, 1, 400, "RFC 3261 20.10", "URI parameters without angle brackets")         \
    X(DISPLAY_NAME, 1, 400, "RFC 3261 25.1", "display name without its quotes")                    \
    X(TAG, 1, 400, "RFC 3261 25.1", "tag is no token")                                             \
    X(FROM_TAG_MISSING, 1, 400, "RFC 3261 8.1.1.3", "From has no tag")                             \
    X(MAX_FORWARDS_MISSING, 1, 400, "RFC 3261 8.1.1", "Max-Forwards is missing")                   \
    X(BRANCH, 1, 400, "RFC 3261 8.1.1.7", "branch without its cookie")                             \
    X(CALL_ID_CHARS, 1, 400, "RFC 3261 25.1", "characters of Call-ID")                             \
    X(HEADER_EMPTY, 1, 400, "RFC 3261 7.3.1", "empty header")                                      \
    X(LIST_GAP, 1, 400, "RFC 3261 7.3.1", "empty value in a list")                                 \
    X(HEADER_TWICE, 1, 400, "RFC 3261 7.3.1", "header of one value is there twice")                \
    X(HEADER_VALUE, 1, 400, "RFC 3261 7.3.1", "value of a header")

typedef enum sip_rule {
    SIP_RULE_NONE,
#define SIP_RULE_ENUM(name, tolerable, status, section, text) SIP_RULE_##name,
    SIP_RULE_MAP(SIP_RULE_ENUM)
#undef SIP_RULE_ENUM
    SIP_RULE_COUNT
} sip_rule;

/** The text of a rule, "" for an unknown one; static. */
SIP_API const char *sip_rule_text(sip_rule rule);
/** "RFC 3261 7.1", "" for an unknown one; static. */
SIP_API const char *sip_rule_section(sip_rule rule);
/** The status that answers a request which breaks the rule; 0 for an unknown one. */
SIP_API int sip_rule_status(sip_rule rule);
/** True if a policy may tolerate its breach. */
SIP_API bool sip_rule_is_tolerable(sip_rule rule);

/** Which rules may be broken, a bit each; to be changed by sip_msg_policy_tolerate() only. Zeroed:
 * strict. */
typedef struct sip_msg_policy {
    uint64_t tolerated;
} sip_msg_policy;

/** Every rule is kept. Static. */
SIP_API const sip_msg_policy *sip_msg_policy_strict(void);
/** Everything that can be is tolerated: what phones and servers send, and what RFC 4475 would have
 * read. It costs less than any other, since nothing is looked for. Static. */
SIP_API const sip_msg_policy *sip_msg_policy_lenient(void);
/** Tolerate a breach, or not. @return 0; SIP_EINVAL for a rule that is always kept */
SIP_API int sip_msg_policy_tolerate(sip_msg_policy *policy, sip_rule rule, bool tolerate);

#ifdef __cplusplus
}
#endif

#endif
