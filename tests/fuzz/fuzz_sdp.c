/* SDP: what was taken can be rewritten, and what was written is taken again, with the direction
 * that was asked for. */
#include <stdint.h>
#include <stdlib.h>

#include <sip/sdp.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void try_redirect(const sip_sdp *sdp)
{
    const size_t room = sdp->text.len * 2 + sdp->n_media * sizeof "a=inactive\r\n" + 8;
    char *out = malloc(room);
    sip_sdp *again = NULL;
    int len, err;

    if (out == NULL) {
        return;
    }
    len = sip_sdp_redirect(sdp, SIP_SDP_INACTIVE, out, room);
    check(len > 0 && (size_t)len <= room);
    err = sip_sdp_parse(sip_allocator_default(), (sip_str){out, (size_t)len}, &again);
    /* A direction for each stream may be more attributes than are allowed. */
    check(err == 0 || err == SIP_ETOOBIG);
    for (size_t i = 0; again != NULL && i < again->n_media; i++) {
        check(again->media[i].direction == SIP_SDP_INACTIVE);
    }
    sip_free(sip_allocator_default(), again);
    free(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    sip_sdp *sdp = NULL;

    if (sip_sdp_parse(sip_allocator_default(), (sip_str){(const char *)data, size}, &sdp) == 0) {
        try_redirect(sdp);
    }
    sip_free(sip_allocator_default(), sdp);
    return 0;
}
