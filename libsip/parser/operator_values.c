/* Headers of operators' networks. */
#include "parser/type_table.h"

#define ACCESS(text, member) SIP_PARAM(text, STRING, sip_p_access_network_info, member)

static const sip_field access_fields[] = {
    SIP_HEAD(TOKEN, 0, sip_p_access_network_info, access),
    ACCESS("cgi-3gpp", cgi_3gpp),
    ACCESS("utran-cell-id-3gpp", utran_cell_id_3gpp),
    ACCESS("dsl-location", dsl_location),
    ACCESS("i-wlan-node-id", i_wlan_node_id),
    ACCESS("ci-3gpp2", ci_3gpp2),
    ACCESS("eth-location", eth_location),
    ACCESS("operator-specific-GI", operator_specific_gi),
    ACCESS("utran-sai-3gpp", utran_sai_3gpp),
    ACCESS("local-time-zone", local_time_zone),
    SIP_PARAM("network-provided", FLAG, sip_p_access_network_info, network_provided),
};
static const sip_shape access_shape =
    SIP_SHAPE(access_fields, ';', sip_p_access_network_info, params);

SIP__TYPE(p_access_network_info, "P-Access-Network-Info", 0, true, "RFC 7315 5.4",
          sip_p_access_network_info, &access_shape);

static const sip_field vector_fields[] = {
    SIP_PARAM_FLAGS("icid-value", STRING, sip_p_charging_vector, icid_value, SIP_FIELD_REQUIRED),
    SIP_PARAM("icid-generated-at", TOKEN, sip_p_charging_vector, icid_generated_at),
    SIP_PARAM("orig-ioi", STRING, sip_p_charging_vector, orig_ioi),
    SIP_PARAM("term-ioi", STRING, sip_p_charging_vector, term_ioi),
    SIP_PARAM("transit-ioi", QUOTED, sip_p_charging_vector, transit_ioi),
    SIP_PARAM("related-icid", STRING, sip_p_charging_vector, related_icid),
};
static const sip_shape vector_shape = SIP_SHAPE(vector_fields, 0, sip_p_charging_vector, params);

SIP__TYPE(p_charging_vector, "P-Charging-Vector", 0, false, "RFC 7315 5.6", sip_p_charging_vector,
          &vector_shape);

static const sip_field function_fields[] = {
    SIP_PARAM_FLAGS("ccf", STRING, sip_p_charging_function_addresses, ccf, SIP_FIELD_REPEATS),
    SIP_PARAM_FLAGS("ecf", STRING, sip_p_charging_function_addresses, ecf, SIP_FIELD_REPEATS),
    SIP_PARAM_FLAGS("ccf-2", STRING, sip_p_charging_function_addresses, ccf_2, SIP_FIELD_REPEATS),
    SIP_PARAM_FLAGS("ecf-2", STRING, sip_p_charging_function_addresses, ecf_2, SIP_FIELD_REPEATS),
};
static const sip_shape function_shape =
    SIP_SHAPE(function_fields, 0, sip_p_charging_function_addresses, params);

SIP__TYPE(p_charging_function_addresses, "P-Charging-Function-Addresses", 0, true, "RFC 7315 5.5",
          sip_p_charging_function_addresses, &function_shape);

static const sip_field visited_fields[] = {
    SIP_HEAD(STRING, 0, sip_p_visited_network_id, name),
};
static const sip_shape visited_shape =
    SIP_SHAPE(visited_fields, ';', sip_p_visited_network_id, params);

SIP__TYPE(p_visited_network_id, "P-Visited-Network-ID", 0, true, "RFC 7315 5.3",
          sip_p_visited_network_id, &visited_shape);

static const char *const modes[] = {"sendrecv", "sendonly",  "recvonly", "inactive",
                                    "gated",    "supported", NULL};

static const sip_field early_media_fields[] = {
    SIP_HEAD_CHOICE(CHOICE, 0, sip_p_early_media, text, mode, modes),
};
static const sip_shape early_media_shape = SIP_SHAPE_HEAD(early_media_fields);

SIP__TYPE(p_early_media, "P-Early-Media", 0, true, "RFC 5009", sip_p_early_media,
          &early_media_shape);
