#include "transaction/oc_answer.h"

#include "base/noise.h"
#include "transaction/response_path.h"
#include <stdio.h>
#include <string.h>

bool sip__oc_is_offered(const sip__layer *layer, const sip_msg *request)
{
    const sip_via *via = sip_msg_via(request, 0);
    sip__oc oc;

    return layer->config.hooks->announce != NULL && via != NULL && via->params.len > 0 &&
           memchr(via->params.ptr, 'o', via->params.len) != NULL &&
           sip__oc_read(via->params, &oc) && !oc.has_value;
}

sip_str sip__oc_answer(sip__layer *layer, const sip_msg *response, char **ret_own)
{
    const sip_via *via = sip_msg_via(response, 0);
    sip_str bytes = sip_msg_bytes(response);
    char text[SIP__OC_TEXT_BYTES];
    sip__oc offer, said;

    *ret_own = NULL;
    if (via == NULL || !sip__oc_read(via->params, &offer) ||
        !layer->config.hooks->announce(layer->config.worker, &offer, &said) ||
        sip__oc_stamp(layer->config.allocator, bytes, via, sip__oc_print(&said, text), &bytes) !=
            0) {
        return bytes;
    }
    *ret_own = (char *)bytes.ptr;
    return bytes;
}

static sip_str refusal_tag(sip__layer *layer)
{
    if (layer->refusal_tag[0] == '\0') {
        (void)sip_worker_make_tag(layer->config.worker, layer->refusal_tag);
    }
    return sip_str_of(layer->refusal_tag);
}

void sip__oc_refuse(sip__layer *layer, const sip_msg *request)
{
    const uint32_t after_s = layer->config.retry_after_s;
    const sip_via *via = sip_msg_via(request, 0);
    char text[16], *own = NULL;
    const sip_header headers[] = {{"Retry-After", text}, {NULL, NULL}};
    const sip_extras extras = {.headers = headers};
    sip__response_path to;
    sip_msg *response;
    sip_str bytes;

    (void)snprintf(text, sizeof(text), "%u",
                   (unsigned)(after_s + (uint32_t)(sip__noise(&layer->noise) * after_s)));
    if (via == NULL ||
        sip_response_create(request, 503, refusal_tag(layer), &extras, &response) != 0) {
        return;
    }
    sip__response_path_find(via, sip_msg_source(request), layer->config.obeys_maddr, &to);
    bytes = sip__oc_is_offered(layer, request) ? sip__oc_answer(layer, response, &own)
                                               : sip_msg_bytes(response);
    if (sip__layer_send(layer, &to.path, bytes, 0, false) != 0) {
        layer->stats.send_failures++;
    }
    sip_free(layer->config.allocator, own);
    (void)sip_msg_unref(response);
}

bool sip__oc_is_refused(const sip__layer *layer, const sip_msg *ack)
{
    const sip_address *to = sip_msg_to(ack);

    return layer->refusal_tag[0] != '\0' && to != NULL &&
           sip_str_equal(to->tag, layer->refusal_tag);
}
