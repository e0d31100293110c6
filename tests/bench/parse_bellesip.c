/* belle-sip: its channel calls belle_sip_message_parse_raw(), its provider
 * belle_sip_message_check_headers() and, for requests, belle_sip_request_check_uris_components()
 * before transactions are matched. */
#include "parse_main.h"

#include <belle-sip/belle-sip.h>
#include <stdlib.h>

void parse_setup(void)
{
    belle_sip_object_pool_push();
    if (belle_sip_stack_new(NULL) == NULL) {
        exit(1);
    }
}

static bool is_sound(belle_sip_message_t *msg)
{
    return belle_sip_message_check_headers(msg) != 0 &&
           (!belle_sip_message_is_request(msg) ||
            belle_sip_request_check_uris_components((belle_sip_request_t *)msg) != 0);
}

static bool read_values(belle_sip_message_t *msg, struct values *values)
{
    belle_sip_header_from_t *from =
        belle_sip_message_get_header_by_type(msg, belle_sip_header_from_t);
    belle_sip_header_to_t *to = belle_sip_message_get_header_by_type(msg, belle_sip_header_to_t);
    belle_sip_header_call_id_t *call_id =
        belle_sip_message_get_header_by_type(msg, belle_sip_header_call_id_t);
    belle_sip_header_cseq_t *cseq =
        belle_sip_message_get_header_by_type(msg, belle_sip_header_cseq_t);
    belle_sip_header_via_t *via = belle_sip_message_get_header_by_type(msg, belle_sip_header_via_t);
    belle_sip_header_contact_t *contact =
        belle_sip_message_get_header_by_type(msg, belle_sip_header_contact_t);
    belle_sip_header_content_length_t *length =
        belle_sip_message_get_header_by_type(msg, belle_sip_header_content_length_t);
    belle_sip_uri_t *to_uri, *contact_uri;

    if (contact == NULL || length == NULL) {
        return false;
    }
    to_uri = belle_sip_header_address_get_uri((belle_sip_header_address_t *)to);
    contact_uri = belle_sip_header_address_get_uri((belle_sip_header_address_t *)contact);
    values->from_tag = text_of(belle_sip_header_from_get_tag(from));
    values->to_user = text_of(belle_sip_uri_get_user(to_uri));
    values->to_host = text_of(belle_sip_uri_get_host(to_uri));
    values->call_id = text_of(belle_sip_header_call_id_get_call_id(call_id));
    values->cseq_number = belle_sip_header_cseq_get_seq_number(cseq);
    values->cseq_method = text_of(belle_sip_header_cseq_get_method(cseq));
    values->branch = text_of(belle_sip_header_via_get_branch(via));
    values->contact_host = text_of(belle_sip_uri_get_host(contact_uri));
    values->content_length = (uint32_t)belle_sip_header_content_length_get_content_length(length);
    return true;
}

bool parse_once(const char *bytes, size_t len, const struct values *wanted)
{
    size_t used = 0;
    belle_sip_message_t *msg = belle_sip_message_parse_raw(bytes, len, &used);
    struct values values;
    bool same;

    if (msg == NULL) {
        return false;
    }
    same = is_sound(msg) && read_values(msg, &values) && same_values(&values, wanted);
    belle_sip_object_unref(msg);
    return same;
}
