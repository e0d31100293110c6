#include "usage/invite/description.h"

#include <stdio.h>
#include <string.h>

#define SDP_TYPE "application/sdp"
#define MORE_PER_STREAM 32u /* room for "a=sendrecv" and its line end, and a longer version */

size_t dum__description_streams(sip_str text)
{
    size_t n = 0;

    for (size_t i = 0; i + 1 < text.len; i++) {
        bool at_start = i == 0 || text.ptr[i - 1] == '\n' || text.ptr[i - 1] == '\r';

        n += at_start && text.ptr[i] == 'm' && text.ptr[i + 1] == '=';
    }
    return n;
}

/* The type without its parameters. */
static bool is_sdp(sip_str type)
{
    const char *end = type.len == 0 ? NULL : memchr(type.ptr, ';', type.len);

    if (end != NULL) {
        type.len = (size_t)(end - type.ptr);
    }
    return sip_str_equal_nocase(sip_str_trim(type), SDP_TYPE);
}

sip_str dum__description_of(const sip_msg *msg)
{
    const sip_body *body = sip_msg_body(msg);

    return body != NULL && is_sdp(body->type) ? body->data : (sip_str){0};
}

bool dum__description_is_sound(const dum_manager *dum, sip_str text)
{
    sip_sdp *sdp;

    if (sip_sdp_parse(dum->allocator, text, &sdp) != 0) {
        return false;
    }
    sip_free(dum->allocator, sdp);
    return true;
}

sip_sdp_direction dum__description_direction(const dum_manager *dum, sip_str text)
{
    sip_sdp_direction direction = SIP_SDP_SENDRECV;
    sip_sdp *sdp;

    if (sip_sdp_parse(dum->allocator, text, &sdp) != 0) {
        return direction;
    }
    for (size_t i = 0; i < sdp->n_media; i++) {
        if (sdp->media[i].port != 0) {
            direction = sdp->media[i].direction;
            break;
        }
    }
    sip_free(dum->allocator, sdp);
    return direction;
}

bool dum__description_holds(const dum_manager *dum, sip_str text)
{
    sip_sdp_direction direction = dum__description_direction(dum, text);

    return direction == SIP_SDP_SENDONLY || direction == SIP_SDP_INACTIVE;
}

static int copy(const dum_manager *dum, sip_str text, sip_str *ret_text)
{
    char *block = dum__alloc0(dum, text.len + 1);

    if (block == NULL) {
        return SIP_ENOMEM;
    }
    if (text.len > 0) {
        memcpy(block, text.ptr, text.len);
    }
    *ret_text = (sip_str){block, text.len};
    return 0;
}

static int print_codec(const dum_manager *dum, const sip_body *body, sip_str *ret_text)
{
    int len = body->codec->print(body->object, NULL, 0);
    char *block;

    if (len < 0) {
        return len;
    }
    block = dum__alloc0(dum, (size_t)len + 1);
    if (block == NULL) {
        return SIP_ENOMEM;
    }
    len = body->codec->print(body->object, block, (size_t)len + 1);
    if (len < 0) {
        dum__free(dum, block);
        return len;
    }
    *ret_text = (sip_str){block, (size_t)len};
    return 0;
}

int dum__description_print(const dum_manager *dum, const sip_body *body, sip_str *ret_text)
{
    if (body == NULL) {
        return SIP_EINVAL;
    }
    if (body->codec != NULL) {
        return is_sdp(sip_str_of(body->codec->type)) ? print_codec(dum, body, ret_text)
                                                     : SIP_EINVAL;
    }
    if (!is_sdp(body->type) || body->data.len == 0) {
        return SIP_EINVAL;
    }
    return copy(dum, body->data, ret_text);
}

int dum__description_redirect(const dum_manager *dum, sip_str text, sip_sdp_direction direction,
                              sip_str *ret_text)
{
    size_t size = text.len + (dum__description_streams(text) + 2) * MORE_PER_STREAM;
    char *block;
    sip_sdp *sdp;
    int len = sip_sdp_parse(dum->allocator, text, &sdp);

    if (len != 0) {
        return len == SIP_ENOMEM ? len : SIP_EINVAL;
    }
    block = dum__alloc0(dum, size);
    len = block == NULL ? SIP_ENOMEM : sip_sdp_redirect(sdp, direction, block, size);
    sip_free(dum->allocator, sdp);
    if (len < 0) {
        dum__free(dum, block);
        return len;
    }
    *ret_text = (sip_str){block, (size_t)len};
    return 0;
}

/* What we answer to an offered direction while we hold the peer: never receiving. */
static sip_sdp_direction without_reception(sip_sdp_direction direction)
{
    switch (direction) {
    case SIP_SDP_SENDRECV:
    case SIP_SDP_SENDONLY:
        return SIP_SDP_SENDONLY;
    case SIP_SDP_RECVONLY:
    case SIP_SDP_INACTIVE:
        break;
    }
    return SIP_SDP_INACTIVE;
}

int dum__description_answer(const dum_manager *dum, sip_str last, sip_str offer, bool held,
                            sip_str *ret_text)
{
    sip_sdp_direction direction = sip_sdp_mirror(dum__description_direction(dum, offer));

    if (last.len == 0 || dum__description_streams(last) != dum__description_streams(offer)) {
        return SIP_EINVAL;
    }
    if (held) {
        direction = without_reception(direction);
    }
    if (direction == dum__description_direction(dum, last)) {
        return copy(dum, last, ret_text); /* unchanged: the version stays as well (RFC 3264 8) */
    }
    return dum__description_redirect(dum, last, direction, ret_text);
}

int dum__description_refuse(const dum_manager *dum, sip_str offer, sip_str *ret_text)
{
    static const char head[] = "v=0\r\no=- 0 0 IN IP4 0.0.0.0\r\ns=-\r\nc=IN IP4 0.0.0.0\r\n"
                               "t=0 0\r\n";
    sip_sdp *sdp;
    int err = sip_sdp_parse(dum->allocator, offer, &sdp);
    size_t size, len;
    char *block;

    if (err != 0) {
        return err == SIP_ENOMEM ? err : SIP_EINVAL;
    }
    size = sizeof head + offer.len + sdp->n_media * MORE_PER_STREAM;
    block = dum__alloc0(dum, size);
    len = 0;
    if (block != NULL) {
        len = (size_t)snprintf(block, size, "%s", head);
        for (size_t i = 0; i < sdp->n_media && len < size; i++) {
            len += (size_t)snprintf(block + len, size - len,
                                    "m=" SIP_FMT " 0 " SIP_FMT " " SIP_FMT "\r\n",
                                    SIP_ARG(sdp->media[i].type), SIP_ARG(sdp->media[i].protocol),
                                    SIP_ARG(sdp->media[i].formats));
        }
    }
    sip_free(dum->allocator, sdp);
    if (block == NULL) {
        return SIP_ENOMEM;
    }
    *ret_text = (sip_str){block, len < size ? len : size - 1};
    return 0;
}

sip_body dum__description_body(sip_str text)
{
    return (sip_body){.type = SIP_STR(SDP_TYPE), .data = text};
}
