/* What a peer says to a WebSocket end of ours. The first byte says which end, and how the bytes are
 * cut; cut or whole, the same comes of them. A server is given a good handshake first unless bit 1
 * is set; a client always gets one. */
#include "transport/ws_channel.h"
#include "transport/ws_handshake.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LIMIT 4096
#define HEAD                                                                                       \
    "GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"                   \
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"                 \
    "Sec-WebSocket-Protocol: sip\r\n\r\n"

typedef struct tally {
    unsigned opened, messages, pongs, sum;
    int err;
    bool bad_text, partial;
} tally;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

static int on_write(sip_str bytes, void *arg)
{
    (void)arg;
    check(bytes.len > 0);
    return 0;
}

static void on_open(void *arg)
{
    ((tally *)arg)->opened++;
}

static void on_bytes(sip_str bytes, bool whole, void *arg)
{
    tally *t = arg;
    size_t i;

    check(whole && bytes.len > 0 && bytes.len <= LIMIT && t->opened == 1);
    t->messages++;
    for (i = 0; i < bytes.len; i++) {
        t->sum = t->sum * 31 + (unsigned char)bytes.ptr[i];
    }
}

static void on_pong(void *arg)
{
    ((tally *)arg)->pongs++;
}

static void fill(void *bytes, size_t len, void *user_data)
{
    (void)user_data;
    memset(bytes, 7, len);
}

static int give(sip__channel *channel, const char *bytes, size_t len)
{
    char *copy = malloc(len); /* of exact size, for the sanitizer */
    sip_str part = {copy, len};
    int err;

    check(copy != NULL);
    memcpy(copy, bytes, len);
    err = channel->vtable->receive(channel, part);
    free(copy);
    return err;
}

static void greet(sip__channel *channel, bool client)
{
    char accept[SIP__WS_ACCEPT_BYTES], print[512];

    check(channel->vtable->start(channel) == 0);
    if (!client) {
        check(give(channel, HEAD, strlen(HEAD)) == 0);
        return;
    }
    check(sip__ws_accept_of(SIP_STR("BwcHBwcHBwcHBwcHBwcHBw=="), accept) == 0);
    check(give(channel, print, (size_t)sip__ws_print_response(accept, print, sizeof(print))) == 0);
}

static tally run(const char *bytes, size_t size, size_t piece, unsigned how)
{
    static const sip_random sevens = {fill, NULL};
    static const sip__channel_events events = {on_write, on_open, on_bytes, on_pong};
    bool client = (how & 1) != 0;
    sip__ws_config config = {NULL, &sevens, LIMIT, client, "h", NULL, NULL};
    tally t = {.opened = 0};
    sip__channel *channel;
    size_t at;

    check(sip__ws_channel_create(&config, &events, &t, &channel) == 0);
    if (client || (how & 2) == 0) {
        greet(channel, client);
    }
    for (at = 0; at < size && t.err == 0; at += piece) {
        t.err = give(channel, bytes + at, size - at < piece ? size - at : piece);
        check(t.err == 0 || channel->text[0] != '\0');
    }
    t.bad_text = strstr(channel->text, "no UTF-8") != NULL;
    t.partial = t.err == 0 && channel->vtable->is_partial(channel);
    channel->vtable->destroy(channel);
    return t;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    tally whole, cut;

    if (size < 2) {
        return 0;
    }
    whole = run((const char *)data + 1, size - 1, size, data[0]);
    cut = run((const char *)data + 1, size - 1, (size_t)(data[0] >> 2) + 1, data[0]);
    if (!whole.bad_text && !cut.bad_text) { /* wslay 1.1.1 notices it in a Close by the cut */
        check(whole.opened == cut.opened && whole.messages == cut.messages &&
              whole.pongs == cut.pongs && whole.sum == cut.sum && whole.err == cut.err &&
              whole.partial == cut.partial);
    }
    return 0;
}
