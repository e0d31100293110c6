#include "stack/steer.h"

#include "base/siphash.h"
#include "message/ident.h"
#include <string.h>

static bool in_range(const sip__steer *steer, int worker)
{
    return worker >= 0 && (unsigned)worker < steer->workers;
}

static int tag_worker(const sip__steer *steer, sip_str tag)
{
    int worker = tag.len == 0 ? -1 : sip__ident_tag_worker(steer->cookie, tag);

    return in_range(steer, worker) ? worker : -1;
}

/* The worker named by one of the two tags in "call-id;a=tag;b=tag". */
static int dialog_worker(const sip__steer *steer, sip_str value, const char *a, const char *b)
{
    const char *const names[] = {a, b};
    size_t at = 0;
    sip_str params, tag;
    int worker = -1;

    while (at < value.len && value.ptr[at] != ';') {
        at++;
    }
    if (at == value.len) {
        return -1;
    }
    params = (sip_str){value.ptr + at + 1, value.len - at - 1};
    for (size_t i = 0; i < 2 && worker < 0; i++) {
        if (sip_param_find(params, names[i], &tag)) {
            worker = tag_worker(steer, tag);
        }
    }
    return worker;
}

/* Rule (2): a tag of ours, in To or in a header that names a dialog. */
static int by_tag(const sip__steer *steer, const sip_msg *msg)
{
    const sip_address *to = sip_msg_to(msg);
    int worker = to == NULL ? -1 : tag_worker(steer, to->tag);

    if (worker < 0) {
        worker =
            dialog_worker(steer, sip_msg_value(msg, SIP_HEADER_REPLACES, 0), "to-tag", "from-tag");
    }
    if (worker < 0) {
        worker = dialog_worker(steer, sip_msg_find(msg, "Join", 0), "to-tag", "from-tag");
    }
    if (worker < 0) {
        worker =
            dialog_worker(steer, sip_msg_find(msg, "Target-Dialog", 0), "local-tag", "remote-tag");
    }
    return worker;
}

/* A host is the same in whatever case it is written. */
static uint64_t hash_host(const sip__steer *steer, sip_str host)
{
    char lower[256];
    size_t len = host.len < sizeof(lower) ? host.len : sizeof(lower);

    for (size_t i = 0; i < len; i++) {
        char c = host.ptr[i];

        lower[i] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
    }
    return sip__siphash(steer->key, (sip_str){lower, len});
}

/* Rule (3): the state of an address of record lives in one place. */
static int by_aor(const sip__steer *steer, const sip_msg *msg)
{
    const sip_address *to = sip_msg_to(msg);
    sip_method method = sip_msg_method(msg);
    const sip_uri *aor = NULL;

    if (method == SIP_METHOD_REGISTER) {
        aor = to == NULL ? NULL : &to->uri;
    } else if (method == SIP_METHOD_PUBLISH ||
               (method == SIP_METHOD_SUBSCRIBE && to != NULL && to->tag.len == 0)) {
        aor = sip_msg_request_uri(msg);
    }
    if (aor == NULL) {
        return -1;
    }
    return (int)((sip__siphash(steer->key, aor->user) ^ hash_host(steer, aor->host)) %
                 steer->workers);
}

unsigned sip__steer_owner(const sip__steer *steer, const sip_msg *msg)
{
    const sip_via *via = sip_msg_via(msg, 0);
    int worker = -1;

    if (!sip_msg_is_request(msg)) {
        worker = via == NULL ? -1 : sip__ident_branch_worker(via->branch);
    } else {
        worker = by_tag(steer, msg);
        if (worker < 0) {
            worker = by_aor(steer, msg);
        }
    }
    if (in_range(steer, worker)) {
        return (unsigned)worker;
    }
    return (unsigned)(sip__siphash(steer->key, sip_msg_call_id(msg)) % steer->workers);
}

uint64_t sip__steer_source(const sip__steer *steer, const sip_addr *remote)
{
    char key[sizeof(remote->ip) + sizeof(remote->port)];

    memcpy(key, remote->ip, sizeof(remote->ip));
    memcpy(key + sizeof(remote->ip), &remote->port, sizeof(remote->port));
    return sip__siphash(steer->key, (sip_str){key, sizeof(key)});
}
