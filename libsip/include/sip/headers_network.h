/* Values of the headers of identity, routing, caller preferences, location and operators' networks.
 * See <sip/headers_core.h>. */
#ifndef SIP_HEADERS_NETWORK_H
#define SIP_HEADERS_NETWORK_H

#include <sip/headers_core.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Privacy (RFC 3323 4.2, RFC 3325 9.3, RFC 7044). */
typedef struct sip_privacy {
    bool header, session, user, none, critical, id, history;
    sip_str params; /**< all values as they came */
} sip_privacy;

/** Remote-Party-ID, as it was drafted and is used. */
typedef struct sip_remote_party_id {
    sip_address address; /**< its params are those of the value */
    sip_str party, id_type, privacy, screen, np;
} sip_remote_party_id;

/** Identity (RFC 8224 4). */
typedef struct sip_identity {
    sip_str digest; /**< the signed PASSporT; compact form without its head and payload */
    sip_str info;   /**< the certificate's URI */
    sip_str alg, ppt;
    sip_str params;
} sip_identity;

/** Identity-Info (RFC 4474 9). */
typedef struct sip_identity_info {
    sip_address address; /**< its params are those of the value */
    sip_str alg;
} sip_identity_info;

/** One value of History-Info (RFC 7044 5); the Reason and Privacy embedded in its URI are read
 * with sip_uri_embedded(). */
typedef struct sip_history_info {
    sip_address address; /**< its params are those of the value */
    sip_str index;       /**< "1.2.1" */
    sip_str rc, mp, np;  /**< the index of the entry that this came from, by the way it came */
} sip_history_info;

/** One value of Diversion (RFC 5806). */
typedef struct sip_diversion {
    sip_address address; /**< its params are those of the value */
    sip_str reason, privacy, screen;
    uint32_t counter, limit;
    bool has_counter, has_limit;
} sip_diversion;

/** One value of Accept-Contact or Reject-Contact (RFC 3841 9.2). */
typedef struct sip_contact_preference {
    sip_features features;
    bool require, is_explicit; /**< of Accept-Contact */
    sip_str params;
} sip_contact_preference;

typedef enum sip_directive {
    SIP_DIRECTIVE_OTHER,
    SIP_DIRECTIVE_PROXY,
    SIP_DIRECTIVE_REDIRECT,
    SIP_DIRECTIVE_CANCEL,
    SIP_DIRECTIVE_NO_CANCEL,
    SIP_DIRECTIVE_FORK,
    SIP_DIRECTIVE_NO_FORK,
    SIP_DIRECTIVE_RECURSE,
    SIP_DIRECTIVE_NO_RECURSE,
    SIP_DIRECTIVE_PARALLEL,
    SIP_DIRECTIVE_SEQUENTIAL,
    SIP_DIRECTIVE_QUEUE,
    SIP_DIRECTIVE_NO_QUEUE
} sip_directive;

/** One value of Request-Disposition (RFC 3841 9.1). */
typedef struct sip_request_disposition {
    sip_str text;
    uint8_t directive; /**< sip_directive */
} sip_request_disposition;

/** One value of Feature-Caps (RFC 6809): the capabilities are parameters without members. */
typedef struct sip_feature_caps {
    sip_str params;
} sip_feature_caps;

/** One value of Security-Client, Security-Server or Security-Verify (RFC 3329 2.2; the IPsec
 * parameters are 3GPP's). */
typedef struct sip_security {
    sip_str mechanism; /**< "tls", "digest", "ipsec-ike", "ipsec-3gpp" … */
    uint16_t q_permille;
    bool has_q;
    sip_str d_alg, d_qop, d_ver;
    sip_str alg, ealg, prot, mod;
    uint32_t spi_c, spi_s;
    bool has_spi_c, has_spi_s;
    uint16_t port_c, port_s; /**< 0: none */
    sip_str params;
} sip_security;

/** One value of Geolocation (RFC 6442 4.1). */
typedef struct sip_geolocation {
    sip_address address; /**< its params are those of the value */
} sip_geolocation;

typedef enum sip_consent {
    SIP_CONSENT_OTHER,
    SIP_CONSENT_YES,
    SIP_CONSENT_NO
} sip_consent;

/** Geolocation-Routing (RFC 6442 4.2). */
typedef struct sip_geolocation_routing {
    sip_str text;
    uint8_t consent; /**< sip_consent */
    sip_str params;
} sip_geolocation_routing;

/** Geolocation-Error (RFC 6442 4.3). */
typedef struct sip_geolocation_error {
    uint32_t code;
    sip_str text; /**< the code parameter, without quotes */
    sip_str params;
} sip_geolocation_error;

/** One value of P-Access-Network-Info (RFC 7315 5.4). */
typedef struct sip_p_access_network_info {
    sip_str access; /**< type or class: "3GPP-E-UTRAN-FDD" */
    sip_str cgi_3gpp, utran_cell_id_3gpp, dsl_location, i_wlan_node_id, ci_3gpp2, eth_location,
        operator_specific_gi, utran_sai_3gpp, local_time_zone;
    bool network_provided;
    sip_str params;
} sip_p_access_network_info;

/** P-Charging-Vector (RFC 7315 5.6). */
typedef struct sip_p_charging_vector {
    sip_str icid_value, icid_generated_at, orig_ioi, term_ioi, transit_ioi, related_icid;
    sip_str params;
} sip_p_charging_vector;

/** One value of P-Charging-Function-Addresses (RFC 7315 5.5): the first of each. */
typedef struct sip_p_charging_function_addresses {
    sip_str ccf, ecf;
    sip_str ccf_2, ecf_2; /**< to be used where those are not available */
    sip_str params;
} sip_p_charging_function_addresses;

/** One value of P-Visited-Network-ID (RFC 7315 5.3). */
typedef struct sip_p_visited_network_id {
    sip_str name;
    sip_str params;
} sip_p_visited_network_id;

typedef enum sip_early_media {
    SIP_EARLY_MEDIA_OTHER,
    SIP_EARLY_MEDIA_SENDRECV,
    SIP_EARLY_MEDIA_SENDONLY,
    SIP_EARLY_MEDIA_RECVONLY,
    SIP_EARLY_MEDIA_INACTIVE,
    SIP_EARLY_MEDIA_GATED,
    SIP_EARLY_MEDIA_SUPPORTED
} sip_early_media;

/** One value of P-Early-Media (RFC 5009). */
typedef struct sip_p_early_media {
    sip_str text;
    uint8_t mode; /**< sip_early_media */
} sip_p_early_media;

#define SIP_NETWORK_TYPE_MAP(ONE, LIST)                                                            \
    LIST(accept_contact, sip_contact_preference)                                                   \
    LIST(diversion, sip_diversion)                                                                 \
    LIST(feature_caps, sip_feature_caps)                                                           \
    ONE(flow_timer, sip_header_number)                                                             \
    LIST(geolocation, sip_geolocation)                                                             \
    ONE(geolocation_error, sip_geolocation_error)                                                  \
    ONE(geolocation_routing, sip_geolocation_routing)                                              \
    LIST(history_info, sip_history_info)                                                           \
    LIST(identity, sip_identity)                                                                   \
    ONE(identity_info, sip_identity_info)                                                          \
    ONE(max_breadth, sip_header_number)                                                            \
    LIST(p_access_network_info, sip_p_access_network_info)                                         \
    LIST(p_asserted_identity, sip_address)                                                         \
    LIST(p_associated_uri, sip_address)                                                            \
    ONE(p_called_party_id, sip_address)                                                            \
    LIST(p_charging_function_addresses, sip_p_charging_function_addresses)                         \
    ONE(p_charging_vector, sip_p_charging_vector)                                                  \
    LIST(p_early_media, sip_p_early_media)                                                         \
    LIST(p_preferred_identity, sip_address)                                                        \
    LIST(p_visited_network_id, sip_p_visited_network_id)                                           \
    LIST(path, sip_address)                                                                        \
    ONE(privacy, sip_privacy)                                                                      \
    LIST(reject_contact, sip_contact_preference)                                                   \
    LIST(remote_party_id, sip_remote_party_id)                                                     \
    LIST(request_disposition, sip_request_disposition)                                             \
    LIST(security_client, sip_security)                                                            \
    LIST(security_server, sip_security)                                                            \
    LIST(security_verify, sip_security)                                                            \
    LIST(service_route, sip_address)

#ifdef __cplusplus
}
#endif

#endif
