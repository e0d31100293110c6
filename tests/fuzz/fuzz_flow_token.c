/* Flow tokens: none is taken that we did not make, and what we make reads the same. The first byte
 * chooses: a token as it stands, one made of a path and then altered, or a path. */
#include "transport/flow_token.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint8_t key[SIP__FLOW_KEY_BYTES] = "a key that the fuzzer knows not";

typedef struct input {
    const uint8_t *bytes;
    size_t len;
} input;

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

/* Zeros follow the input. */
static void take(input *in, void *out, size_t len)
{
    size_t n = len < in->len ? len : in->len;

    memset(out, 0, len);
    if (n > 0) {
        memcpy(out, in->bytes, n);
    }
    in->bytes += n;
    in->len -= n;
}

static void take_addr(input *in, uint8_t family, sip_addr *ret_addr)
{
    memset(ret_addr, 0, sizeof(*ret_addr));
    ret_addr->family = family;
    take(in, ret_addr->ip, family == SIP_FAMILY_IP6 ? 16 : 4);
    take(in, &ret_addr->port, sizeof(ret_addr->port));
    if (family == SIP_FAMILY_IP6) {
        take(in, &ret_addr->scope, sizeof(ret_addr->scope));
    }
}

static sip_path take_path(input *in)
{
    sip_path path = {.protocol = SIP_PROTOCOL_UDP};
    uint8_t kind;

    take(in, &kind, sizeof(kind));
    if (kind % 3 == 0) {
        path.protocol = SIP_PROTOCOL_TCP;
        take(in, &path.flow, sizeof(path.flow));
    } else {
        uint8_t family = kind % 3 == 1 ? SIP_FAMILY_IP4 : SIP_FAMILY_IP6;

        take_addr(in, family, &path.remote);
        take_addr(in, family, &path.local);
    }
    return path;
}

static void check_altered(input *in, char *text, sip_str token)
{
    uint8_t at, to;
    sip_path path;

    take(in, &at, sizeof(at));
    take(in, &to, sizeof(to));
    if (text[at % token.len] == (char)to) {
        return;
    }
    text[at % token.len] = (char)to;
    check(sip__flow_token_parse(key, token, &path) == SIP_ESYNTAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    input in = {data, size};
    char text[SIP_FLOW_TOKEN_BYTES];
    sip_path path, back;
    sip_str token;
    uint8_t what;

    take(&in, &what, sizeof(what));
    if (what % 3 == 0) {
        check(sip__flow_token_parse(key, (sip_str){(const char *)in.bytes, in.len}, &back) ==
              SIP_ESYNTAX);
        return 0;
    }
    path = take_path(&in);
    token = sip__flow_token_write(key, &path, text);
    if (path.flow == 0 && path.remote.family == SIP_FAMILY_NONE) {
        check(token.len == 0);
        return 0;
    }
    check(token.len > 0 && token.len < sizeof(text) && text[token.len] == '\0');
    check(sip__flow_token_parse(key, token, &back) == 0);
    check(back.protocol == path.protocol && back.flow == path.flow);
    check(path.flow != 0 ||
          (sip_addr_equal(&back.remote, &path.remote) && sip_addr_equal(&back.local, &path.local)));
    if (what % 3 == 1) {
        check_altered(&in, text, token);
    }
    return 0;
}
