#include "phone/phone_sdp.h"

#include <stdarg.h>
#include <stdio.h>

#define AUDIO_PORT 40000

typedef struct writer {
    char *out;
    size_t len;
    bool full;
} writer;

SIP_PRINTF(2, 3) static void put(writer *w, const char *format, ...)
{
    va_list args;
    int n;

    va_start(args, format);
    n = vsnprintf(w->out + w->len, DESCRIPTION_BYTES - w->len, format, args);
    va_end(args);
    if (n < 0 || (size_t)n >= DESCRIPTION_BYTES - w->len) {
        w->full = true;
        return;
    }
    w->len += (size_t)n;
}

static int finish(const writer *w)
{
    return w->full ? SIP_ETOOBIG : (int)w->len;
}

static void put_session(writer *w, const sip_addr *local, uint64_t version)
{
    const char *family = local->family == SIP_FAMILY_IP6 ? "IP6" : "IP4";
    char host[SIP_ADDR_TEXT_BYTES];
    sip_str bare = sip_str_of(sip_addr_host(local, host));

    if (bare.len > 2 && bare.ptr[0] == '[') { /* SDP writes IPv6 without brackets */
        bare.ptr++;
        bare.len -= 2;
    }
    put(w, "v=0\r\no=parley 1 %llu IN %s " SIP_FMT "\r\ns=-\r\nc=IN %s " SIP_FMT "\r\nt=0 0\r\n",
        (unsigned long long)version, family, SIP_ARG(bare), family, SIP_ARG(bare));
}

int description_offer(const sip_addr *local, uint64_t version, char out[DESCRIPTION_BYTES])
{
    writer w = {.out = out};

    put_session(&w, local, version);
    put(&w,
        "m=audio %d RTP/AVP 0 8\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\n"
        "a=ptime:20\r\na=sendrecv\r\n",
        AUDIO_PORT);
    return finish(&w);
}

/* The first of G.711's two formats that an m= line has; -1: none. */
static int pick_format(sip_str formats)
{
    size_t at = 0;

    while (at < formats.len) {
        size_t end = at;

        while (end < formats.len && formats.ptr[end] != ' ') {
            end++;
        }
        if (end - at == 1 && (formats.ptr[at] == '0' || formats.ptr[at] == '8')) {
            return formats.ptr[at] - '0';
        }
        at = end + 1;
    }
    return -1;
}

static bool can_take(const sip_sdp_media *media)
{
    return sip_str_equal(media->type, "audio") && sip_str_equal(media->protocol, "RTP/AVP") &&
           media->port != 0 && pick_format(media->formats) >= 0;
}

static void put_answer_stream(writer *w, const sip_sdp_media *media)
{
    int format = pick_format(media->formats);

    put(w, "m=audio %d RTP/AVP %d\r\na=rtpmap:%d PCM%c/8000\r\na=%s\r\n", AUDIO_PORT, format,
        format, format == 0 ? 'U' : 'A', sip_sdp_direction_name(sip_sdp_mirror(media->direction)));
}

int description_answer(sip_str offer, const sip_addr *local, uint64_t version,
                       char out[DESCRIPTION_BYTES], sip_sdp_direction *ret_offered)
{
    const sip_allocator *allocator = sip_allocator_default();
    writer w = {.out = out};
    bool taken = false;
    sip_sdp *sdp;
    int err = sip_sdp_parse(allocator, offer, &sdp);

    if (err != 0) {
        return err;
    }
    put_session(&w, local, version);
    for (size_t i = 0; i < sdp->n_media; i++) {
        const sip_sdp_media *media = &sdp->media[i];

        if (!taken && can_take(media)) {
            taken = true;
            *ret_offered = media->direction;
            put_answer_stream(&w, media);
        } else {
            put(&w, "m=" SIP_FMT " 0 " SIP_FMT " " SIP_FMT "\r\n", SIP_ARG(media->type),
                SIP_ARG(media->protocol), SIP_ARG(media->formats));
        }
    }
    sip_free(allocator, sdp);
    return taken ? finish(&w) : SIP_EUNSUPPORTED;
}
