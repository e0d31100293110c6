/* Values of the headers of calls, dialogs, transfers and events. See <sip/headers_core.h>. */
#ifndef SIP_HEADERS_CALL_H
#define SIP_HEADERS_CALL_H

#include <sip/header_type.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Replaces (RFC 3891 6.1). */
typedef struct sip_replaces {
    sip_str call_id, to_tag, from_tag;
    bool early_only;
    sip_str params;
} sip_replaces;

/** Join (RFC 3911 7.1). */
typedef struct sip_join {
    sip_str call_id, to_tag, from_tag;
    sip_str params;
} sip_join;

/** Target-Dialog (RFC 4538 7). */
typedef struct sip_target_dialog {
    sip_str call_id, local_tag, remote_tag;
    sip_str params;
} sip_target_dialog;

/** Refer-To (RFC 3515 2.1); what is embedded in its URI is read with sip_uri_embedded(). */
typedef struct sip_refer_to {
    sip_address address; /**< its params are those of the value */
} sip_refer_to;

/** Referred-By (RFC 3892 3). */
typedef struct sip_referred_by {
    sip_address address; /**< its params are those of the value */
    sip_str cid;         /**< of the token in the body, without quotes */
} sip_referred_by;

typedef enum sip_truth {
    SIP_TRUTH_OTHER,
    SIP_TRUTH_TRUE,
    SIP_TRUTH_FALSE
} sip_truth;

/** Refer-Sub (RFC 4488). */
typedef struct sip_refer_sub {
    sip_str text;
    uint8_t truth; /**< sip_truth */
    sip_str params;
} sip_refer_sub;

typedef enum sip_refresher {
    SIP_REFRESHER_NONE,
    SIP_REFRESHER_UAC,
    SIP_REFRESHER_UAS
} sip_refresher;

/** Session-Expires (RFC 4028 4). */
typedef struct sip_session_expires {
    uint32_t interval_s;
    sip_str refresher_text;
    uint8_t refresher; /**< sip_refresher */
    sip_str params;
} sip_session_expires;

/** Min-SE (RFC 4028 5). */
typedef struct sip_min_se {
    uint32_t interval_s;
    sip_str params;
} sip_min_se;

/** RAck (RFC 3262 7.2). */
typedef struct sip_rack {
    uint32_t rseq, cseq;
    sip_str method_text;
    sip_method method;
} sip_rack;

typedef enum sip_answer_mode_kind {
    SIP_ANSWER_OTHER,
    SIP_ANSWER_MANUAL,
    SIP_ANSWER_AUTO
} sip_answer_mode_kind;

/** Answer-Mode and Priv-Answer-Mode (RFC 5373 3). */
typedef struct sip_answer_mode {
    sip_str text;
    uint8_t mode; /**< sip_answer_mode_kind */
    bool require;
    sip_str params;
} sip_answer_mode;

/** Session-ID (RFC 7989 5), and without `remote` as RFC 7329 had it. */
typedef struct sip_session_id {
    sip_str local, remote; /**< 32 hexadecimal digits */
    sip_str params;
} sip_session_id;

/** One value of User-to-User (RFC 7433 4.1). */
typedef struct sip_user_to_user {
    sip_str data;
    sip_str purpose, content, encoding;
    sip_str params;
} sip_user_to_user;

/** Info-Package, and one value of Recv-Info (RFC 6086 7.2, 7.3). */
typedef struct sip_info_package {
    sip_str name;
    sip_str params;
} sip_info_package;

/** One value of Reason (RFC 3326 2); a protocol may be there several times (RFC 9366). */
typedef struct sip_reason {
    sip_str protocol; /**< "SIP", "Q.850", "STIR" … */
    uint32_t cause;   /**< valid if has_cause */
    bool has_cause;
    sip_str text; /**< without quotes */
    sip_str ppi;  /**< the PASSporT that a cause of STIR is about (RFC 9410) */
    sip_str params;
} sip_reason;

/** Event (RFC 6665 8.2.1); package and id are compared byte by byte. */
typedef struct sip_event {
    sip_str package; /**< with templates: "presence.winfo" */
    sip_str id;
    sip_str params;
} sip_event;

typedef enum sip_substate {
    SIP_SUBSTATE_OTHER,
    SIP_SUBSTATE_ACTIVE,
    SIP_SUBSTATE_PENDING,
    SIP_SUBSTATE_TERMINATED
} sip_substate;

typedef enum sip_sub_reason {
    SIP_SUB_REASON_NONE, /**< absent or unknown */
    SIP_SUB_REASON_DEACTIVATED,
    SIP_SUB_REASON_PROBATION,
    SIP_SUB_REASON_REJECTED,
    SIP_SUB_REASON_TIMEOUT,
    SIP_SUB_REASON_GIVEUP,
    SIP_SUB_REASON_NORESOURCE,
    SIP_SUB_REASON_INVARIANT,
    SIP_SUB_REASON_BADFILTER
} sip_sub_reason;

/** Subscription-State (RFC 6665 8.2.3). */
typedef struct sip_subscription_state {
    sip_str state_text, reason_text;
    uint8_t state;  /**< sip_substate */
    uint8_t reason; /**< sip_sub_reason */
    bool has_expires, has_retry_after;
    uint32_t expires_s, retry_after_s;
    sip_str params;
} sip_subscription_state;

/** One value of Resource-Priority or Accept-Resource-Priority (RFC 4412 3). */
typedef struct sip_resource_priority {
    sip_str name_space, priority; /**< "wps", "3" */
} sip_resource_priority;

#define SIP_CALL_TYPE_MAP(ONE, LIST)                                                               \
    LIST(accept_resource_priority, sip_resource_priority)                                          \
    LIST(allow_events, sip_header_text)                                                            \
    ONE(answer_mode, sip_answer_mode)                                                              \
    ONE(event, sip_event)                                                                          \
    ONE(info_package, sip_info_package)                                                            \
    ONE(join, sip_join)                                                                            \
    ONE(min_se, sip_min_se)                                                                        \
    ONE(priv_answer_mode, sip_answer_mode)                                                         \
    ONE(rack, sip_rack)                                                                            \
    LIST(reason, sip_reason)                                                                       \
    LIST(recv_info, sip_info_package)                                                              \
    ONE(refer_sub, sip_refer_sub)                                                                  \
    ONE(refer_to, sip_refer_to)                                                                    \
    ONE(referred_by, sip_referred_by)                                                              \
    ONE(replaces, sip_replaces)                                                                    \
    LIST(resource_priority, sip_resource_priority)                                                 \
    ONE(rseq, sip_header_number)                                                                   \
    ONE(session_expires, sip_session_expires)                                                      \
    ONE(session_id, sip_session_id)                                                                \
    ONE(sip_etag, sip_header_text)                                                                 \
    ONE(sip_if_match, sip_header_text)                                                             \
    ONE(subscription_state, sip_subscription_state)                                                \
    ONE(suppress_if_match, sip_header_text)                                                        \
    ONE(target_dialog, sip_target_dialog)                                                          \
    LIST(user_to_user, sip_user_to_user)

#ifdef __cplusplus
}
#endif

#endif
