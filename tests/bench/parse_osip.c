/* libosip2: osip_parse(), which a transport calls with every datagram: it parses, and checks what
 * transactions are matched by. */
#include "parse_main.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>

/* It names struct timeval without saying where it is from. */
#include <osip2/osip.h>

void parse_setup(void)
{
    osip_t *osip = NULL;

    if (osip_init(&osip) != 0) {
        exit(1);
    }
}

static uint32_t number_of(const char *text)
{
    return text == NULL ? UINT32_MAX : (uint32_t)strtoul(text, NULL, 10);
}

static bool read_values(const osip_message_t *sip, struct values *values)
{
    const osip_content_length_t *length = osip_message_get_content_length(sip);
    osip_contact_t *contact = NULL;
    osip_generic_param_t *tag = NULL;
    osip_generic_param_t *branch = NULL;
    osip_via_t *via = osip_list_get(&sip->vias, 0);
    static char call_id[256];

    osip_message_get_contact(sip, 0, &contact);
    if (via == NULL || contact == NULL || length == NULL) {
        return false;
    }
    osip_from_get_tag(sip->from, &tag);
    osip_via_param_get_byname(via, (char *)"branch", &branch);
    values->from_tag = text_of(tag->gvalue);
    values->to_user = text_of(sip->to->url->username);
    values->to_host = text_of(sip->to->url->host);
    /* It keeps the two halves of a Call-ID apart. */
    values->call_id.ptr = call_id;
    values->call_id.len = (size_t)snprintf(call_id, sizeof call_id, "%s@%s", sip->call_id->number,
                                           sip->call_id->host);
    values->cseq_number = number_of(sip->cseq->number);
    values->cseq_method = text_of(sip->cseq->method);
    values->branch = text_of(branch->gvalue);
    values->contact_host = text_of(contact->url->host);
    values->content_length = number_of(length->value);
    return true;
}

bool parse_once(const char *bytes, size_t len, const struct values *wanted)
{
    osip_event_t *event = osip_parse(bytes, len);
    struct values values;
    bool same;

    if (event == NULL || event->sip == NULL) {
        return false;
    }
    same = read_values(event->sip, &values) && same_values(&values, wanted);
    osip_event_free(event);
    return same;
}
