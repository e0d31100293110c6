#include "stack/far_peer.h"

#include <string.h>

static size_t length_of(const char *text)
{
    return text == NULL ? 0 : strlen(text) + 1;
}

static size_t room_of(const sip_tls_peer *peer)
{
    size_t bytes = sizeof(*peer) + peer->name_count * sizeof(*peer->names) + peer->subject.len +
                   peer->server_name.len + peer->alpn.len + length_of(peer->version) +
                   length_of(peer->cipher);

    for (size_t i = 0; i < peer->name_count; i++) {
        bytes += peer->names[i].len;
    }
    return bytes;
}

static sip_str put(char **at, sip_str from)
{
    sip_str to = {*at, from.len};

    if (from.len > 0) {
        memcpy(*at, from.ptr, from.len);
        *at += from.len;
    }
    return to;
}

static const char *put_text(char **at, const char *text)
{
    return text == NULL ? NULL : put(at, (sip_str){text, strlen(text) + 1}).ptr;
}

sip_tls_peer *sip__far_peer_copy(const sip_allocator *allocator, const sip_tls_peer *peer)
{
    sip_tls_peer *own = peer == NULL ? NULL : sip_alloc(allocator, room_of(peer));
    sip_str *names;
    char *at;

    if (own == NULL) {
        return NULL;
    }
    *own = *peer;
    names = (sip_str *)(own + 1);
    at = (char *)(names + peer->name_count);
    for (size_t i = 0; i < peer->name_count; i++) {
        names[i] = put(&at, peer->names[i]);
    }
    own->names = names;
    own->subject = put(&at, peer->subject);
    own->server_name = put(&at, peer->server_name);
    own->alpn = put(&at, peer->alpn);
    own->version = put_text(&at, peer->version);
    own->cipher = put_text(&at, peer->cipher);
    return own;
}
