/* STUN datagrams: read ones are answered, and what we print reads the same. */
#include "transport/stun.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t out[SIP__STUN_PRINT_BYTES];
    sip__stun stun, answer;
    sip_addr remote;
    size_t len;

    if (sip__stun_read((sip_str){(const char *)data, size}, &stun) != 0) {
        return 0;
    }
    check(sip__stun_is((sip_str){(const char *)data, size}));
    if (stun.kind != SIP__STUN_REQUEST) {
        return 0;
    }
    check(sip_addr_parse(SIP_STR("2001:db8::1"), 5060, &remote) == 0);
    len = sip__stun_print_answer(&stun, &remote, out);
    check(len <= sizeof(out));
    check(sip__stun_read((sip_str){(const char *)out, len}, &answer) == 0);
    check(memcmp(answer.id, stun.id, sizeof(stun.id)) == 0);
    check(stun.n_unknown > 0 ? answer.status == 420 : sip_addr_equal(&answer.mapped, &remote));
    return 0;
}
