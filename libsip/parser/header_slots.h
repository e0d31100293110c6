/* Made by tools/header_slots.py from SIP_HEADER_MAP: no two names of it have the same hash. */
#ifndef SIP_PARSER_HEADER_SLOTS_H
#define SIP_PARSER_HEADER_SLOTS_H

/* The hash of a name: its first and its last four bytes (of names shorter than that, two) as the
 * low and the high half of a little-endian number, bit 5 of each byte set, which takes the case
 * away; times the factor; what is left of 64 bits above the shift. */
#define SIP__HEADER_FACTOR UINT64_C(0xa1eba8bf50187c77)
#define SIP__HEADER_SHIFT 54
#define SIP__HEADER_SLOTS 1024

/* The slot of each name. */
#define SIP__HEADER_SLOT_MAP(X)                                                                    \
    X(5, CONTENT_LENGTH)                                                                           \
    X(27, REQUIRE)                                                                                 \
    X(53, MIME_VERSION)                                                                            \
    X(57, MIN_EXPIRES)                                                                             \
    X(58, REJECT_CONTACT)                                                                          \
    X(65, PROXY_AUTHORIZATION)                                                                     \
    X(85, RECV_INFO)                                                                               \
    X(95, SERVER)                                                                                  \
    X(106, ALERT_INFO)                                                                             \
    X(112, CSEQ)                                                                                   \
    X(129, P_ASSERTED_IDENTITY)                                                                    \
    X(137, ACCEPT_LANGUAGE)                                                                        \
    X(138, SUBJECT)                                                                                \
    X(194, PROXY_AUTHENTICATION_INFO)                                                              \
    X(196, RESOURCE_PRIORITY)                                                                      \
    X(233, PROXY_AUTHENTICATE)                                                                     \
    X(234, IDENTITY)                                                                               \
    X(239, ACCEPT)                                                                                 \
    X(271, CONTENT_TYPE)                                                                           \
    X(272, P_PREFERRED_IDENTITY)                                                                   \
    X(276, EVENT)                                                                                  \
    X(279, P_CHARGING_VECTOR)                                                                      \
    X(285, REFERRED_BY)                                                                            \
    X(287, FEATURE_CAPS)                                                                           \
    X(297, RSEQ)                                                                                   \
    X(298, DIVERSION)                                                                              \
    X(300, MAX_FORWARDS)                                                                           \
    X(309, PRIORITY)                                                                               \
    X(314, TARGET_DIALOG)                                                                          \
    X(315, SERVICE_ROUTE)                                                                          \
    X(319, REFER_SUB)                                                                              \
    X(325, ALLOW)                                                                                  \
    X(326, MIN_SE)                                                                                 \
    X(327, SUPPORTED)                                                                              \
    X(329, SECURITY_CLIENT)                                                                        \
    X(346, USER_TO_USER)                                                                           \
    X(373, ROUTE)                                                                                  \
    X(382, CALL_INFO)                                                                              \
    X(388, PATH)                                                                                   \
    X(407, DATE)                                                                                   \
    X(417, FLOW_TIMER)                                                                             \
    X(419, REASON)                                                                                 \
    X(432, VIA)                                                                                    \
    X(442, CONTENT_DISPOSITION)                                                                    \
    X(445, RACK)                                                                                   \
    X(447, GEOLOCATION)                                                                            \
    X(449, REQUEST_DISPOSITION)                                                                    \
    X(450, CALL_ID)                                                                                \
    X(469, SECURITY_SERVER)                                                                        \
    X(472, TO)                                                                                     \
    X(478, PRIV_ANSWER_MODE)                                                                       \
    X(494, WWW_AUTHENTICATE)                                                                       \
    X(495, ERROR_INFO)                                                                             \
    X(504, HISTORY_INFO)                                                                           \
    X(544, GEOLOCATION_ERROR)                                                                      \
    X(547, FROM)                                                                                   \
    X(570, RECORD_ROUTE)                                                                           \
    X(591, REMOTE_PARTY_ID)                                                                        \
    X(592, ACCEPT_RESOURCE_PRIORITY)                                                               \
    X(600, SIP_ETAG)                                                                               \
    X(622, JOIN)                                                                                   \
    X(635, MAX_BREADTH)                                                                            \
    X(636, CONTACT)                                                                                \
    X(650, P_EARLY_MEDIA)                                                                          \
    X(651, ANSWER_MODE)                                                                            \
    X(657, INFO_PACKAGE)                                                                           \
    X(665, P_ASSOCIATED_URI)                                                                       \
    X(667, PROXY_REQUIRE)                                                                          \
    X(693, AUTHORIZATION)                                                                          \
    X(702, CONTENT_ENCODING)                                                                       \
    X(703, IN_REPLY_TO)                                                                            \
    X(713, GEOLOCATION_ROUTING)                                                                    \
    X(725, P_CALLED_PARTY_ID)                                                                      \
    X(730, SESSION_ID)                                                                             \
    X(747, WARNING)                                                                                \
    X(768, P_ACCESS_NETWORK_INFO)                                                                  \
    X(772, PRIVACY)                                                                                \
    X(780, REFER_TO)                                                                               \
    X(790, SIP_IF_MATCH)                                                                           \
    X(793, REPLY_TO)                                                                               \
    X(795, SESSION_EXPIRES)                                                                        \
    X(804, P_CHARGING_FUNCTION_ADDRESSES)                                                          \
    X(822, AUTHENTICATION_INFO)                                                                    \
    X(829, IDENTITY_INFO)                                                                          \
    X(850, P_VISITED_NETWORK_ID)                                                                   \
    X(863, RETRY_AFTER)                                                                            \
    X(869, ACCEPT_CONTACT)                                                                         \
    X(876, UNSUPPORTED)                                                                            \
    X(909, SUPPRESS_IF_MATCH)                                                                      \
    X(911, ALLOW_EVENTS)                                                                           \
    X(921, SUBSCRIPTION_STATE)                                                                     \
    X(928, CONTENT_LANGUAGE)                                                                       \
    X(935, ACCEPT_ENCODING)                                                                        \
    X(946, USER_AGENT)                                                                             \
    X(977, SECURITY_VERIFY)                                                                        \
    X(984, EXPIRES)                                                                                \
    X(993, ORGANIZATION)                                                                           \
    X(1007, TIMESTAMP)                                                                             \
    X(1021, REPLACES)

/* The compact forms. */
#define SIP__HEADER_COMPACT_MAP(X)                                                                 \
    X('a', ACCEPT_CONTACT)                                                                         \
    X('b', REFERRED_BY)                                                                            \
    X('c', CONTENT_TYPE)                                                                           \
    X('d', REQUEST_DISPOSITION)                                                                    \
    X('e', CONTENT_ENCODING)                                                                       \
    X('f', FROM)                                                                                   \
    X('i', CALL_ID)                                                                                \
    X('j', REJECT_CONTACT)                                                                         \
    X('k', SUPPORTED)                                                                              \
    X('l', CONTENT_LENGTH)                                                                         \
    X('m', CONTACT)                                                                                \
    X('n', IDENTITY_INFO)                                                                          \
    X('o', EVENT)                                                                                  \
    X('r', REFER_TO)                                                                               \
    X('s', SUBJECT)                                                                                \
    X('t', TO)                                                                                     \
    X('u', ALLOW_EVENTS)                                                                           \
    X('v', VIA)                                                                                    \
    X('x', SESSION_EXPIRES)                                                                        \
    X('y', IDENTITY)

#endif
