#include "transport/ws_channel.h"
#include "transport/ws_handshake.h"
#include <sip/text.h>
#include <stdio.h>
#include <string.h>
#include <wslay/wslay.h>

#define PATH_BYTES 512
#define HOST_BYTES 280   /* a name of 255 bytes, and a port */
#define PRINT_BYTES 1200 /* a head of ours: path, host and what is fixed */
#define MOST_FRAMES 256  /* of one message: what wslay keeps of each is longer than some are */

typedef enum ws_state {
    WS_IDLE,      /* a client that has not begun */
    WS_HANDSHAKE, /* the peer's head is awaited */
    WS_OPEN,
    WS_CLOSED
} ws_state;

/* What the handshake alone needs; freed after it. */
typedef struct ws_hello {
    char path[PATH_BYTES];
    char host[HOST_BYTES];
    char key[SIP__WS_KEY_BYTES];
    char head[SIP__WS_HEAD_BYTES]; /* the peer's, until it is whole */
    size_t head_bytes;
} ws_hello;

typedef struct ws_channel {
    sip__channel base;
    sip__ws_config config;
    ws_state state;
    ws_hello *hello;                /* NULL once open */
    wslay_event_context_ptr frames; /* once open */
    sip_str in;                     /* what frames are read from, during receive() */
    uint64_t unfinished;            /* bytes read of frames that have not ended */
    uint64_t frame_bytes;           /* of the frame that has begun */
    bool fragmented;                /* the message goes on in a further frame */
    unsigned frames_in;             /* of the message that is coming */
    char *out;                      /* frames on their way to write(), freed after each */
    size_t out_bytes, out_room;
    int out_err;
} ws_channel;

static int fail(ws_channel *ws, int err, const char *text)
{
    ws->state = WS_CLOSED;
    (void)snprintf(ws->base.text, sizeof(ws->base.text), "%s", text);
    return err;
}

/* ---- frames to the peer */

static ssize_t on_frame_out(wslay_event_context_ptr frames, const uint8_t *data, size_t len,
                            int flags, void *arg)
{
    ws_channel *ws = arg;

    (void)flags;
    if (ws->out_room - ws->out_bytes < len) {
        size_t room = ws->out_bytes + len;
        char *grown = sip_realloc(ws->config.allocator, ws->out, room);

        if (grown == NULL) {
            ws->out_err = SIP_ENOMEM;
            wslay_event_set_error(frames, WSLAY_ERR_CALLBACK_FAILURE);
            return -1;
        }
        ws->out = grown;
        ws->out_room = room;
    }
    memcpy(ws->out + ws->out_bytes, data, len);
    ws->out_bytes += len;
    return (ssize_t)len;
}

/* Have what is queued written, all at once: one record where TLS is below. */
static int flush(ws_channel *ws)
{
    int err = 0;

    if (ws->frames == NULL || !wslay_event_want_write(ws->frames)) {
        return 0;
    }
    ws->out_err = 0;
    if (wslay_event_send(ws->frames) != 0) {
        err = ws->out_err != 0 ? ws->out_err : SIP_ENOMEM;
    }
    if (err == 0 && ws->out_bytes > 0) {
        sip_str bytes = {ws->out, ws->out_bytes};

        err = ws->base.events->write(bytes, ws->base.arg);
    }
    sip_free(ws->config.allocator, ws->out);
    ws->out = NULL;
    ws->out_bytes = 0;
    ws->out_room = 0;
    return err;
}

static int mask(wslay_event_context_ptr frames, uint8_t *bytes, size_t len, void *arg)
{
    ws_channel *ws = arg;

    (void)frames;
    sip_random_fill(ws->config.random, bytes, len);
    return 0;
}

/* ---- frames from the peer */

static ssize_t on_frame_in(wslay_event_context_ptr frames, uint8_t *buffer, size_t len, int flags,
                           void *arg)
{
    ws_channel *ws = arg;
    size_t n = len < ws->in.len ? len : ws->in.len;

    (void)flags;
    if (n == 0) {
        wslay_event_set_error(frames, WSLAY_ERR_WOULDBLOCK);
        return -1;
    }
    memcpy(buffer, ws->in.ptr, n);
    ws->in.ptr += n;
    ws->in.len -= n;
    ws->unfinished += n;
    return (ssize_t)n;
}

/* The head of a frame: RFC 6455 5.2. */
static unsigned head_bytes(const ws_channel *ws, uint64_t payload_bytes)
{
    unsigned mask_bytes = ws->config.client ? 0 : 4;

    if (payload_bytes > 0xffff) {
        return mask_bytes + 10;
    }
    return mask_bytes + (payload_bytes > 125 ? 4 : 2);
}

static void on_frame_begins(wslay_event_context_ptr frames,
                            const struct wslay_event_on_frame_recv_start_arg *frame, void *arg)
{
    ws_channel *ws = arg;

    ws->frame_bytes = head_bytes(ws, frame->payload_length) + frame->payload_length;
    if (wslay_is_ctrl_frame(frame->opcode)) {
        return;
    }
    ws->frames_in = ws->fragmented ? ws->frames_in + 1 : 1;
    ws->fragmented = !frame->fin;
    if (ws->frames_in > MOST_FRAMES) {
        (void)wslay_event_queue_close(frames, WSLAY_CODE_MESSAGE_TOO_BIG, NULL, 0);
        wslay_event_shutdown_read(frames);
    }
}

static void on_frame_ends(wslay_event_context_ptr frames, void *arg)
{
    ws_channel *ws = arg;

    (void)frames;
    ws->unfinished -= ws->frame_bytes;
}

static void on_message(wslay_event_context_ptr frames,
                       const struct wslay_event_on_msg_recv_arg *message, void *arg)
{
    ws_channel *ws = arg;
    sip_str bytes = {(const char *)message->msg, message->msg_length};

    (void)frames;
    if (message->opcode == WSLAY_PONG) {
        if (ws->base.events->on_pong != NULL) {
            ws->base.events->on_pong(ws->base.arg);
        }
    } else if (!wslay_is_ctrl_frame(message->opcode) && bytes.len > 0) {
        ws->base.events->on_bytes(bytes, true, ws->base.arg);
    }
}

/* RFC 6455 5.1: a server takes masked frames only, a client unmasked ones only; wslay sees to
 * that. */
static int open_frames(ws_channel *ws)
{
    static const struct wslay_event_callbacks callbacks = {
        on_frame_in, on_frame_out, mask, on_frame_begins, NULL, on_frame_ends, on_message,
    };
    int err = ws->config.client ? wslay_event_context_client_init(&ws->frames, &callbacks, ws)
                                : wslay_event_context_server_init(&ws->frames, &callbacks, ws);

    if (err != 0) {
        ws->frames = NULL;
        return SIP_ENOMEM;
    }
    wslay_event_config_set_max_recv_msg_length(ws->frames, ws->config.max_message_bytes);
    return 0;
}

/* Why wslay reads no more. */
static int explain_end(ws_channel *ws)
{
    int sent = wslay_event_get_status_code_sent(ws->frames);

    if (wslay_event_get_close_received(ws->frames)) {
        (void)snprintf(ws->base.text, sizeof(ws->base.text),
                       "the WebSocket was closed by the peer with code %d",
                       wslay_event_get_status_code_received(ws->frames));
        ws->state = WS_CLOSED;
        return SIP_EGONE;
    }
    if (sent == WSLAY_CODE_MESSAGE_TOO_BIG) {
        return fail(ws, SIP_ESYNTAX, "a WebSocket message is over the limit");
    }
    if (sent == WSLAY_CODE_INVALID_FRAME_PAYLOAD_DATA) {
        return fail(ws, SIP_ESYNTAX, "a WebSocket text message is no UTF-8");
    }
    return fail(ws, SIP_ESYNTAX, "the peer breaks the WebSocket protocol");
}

static int read_frames(ws_channel *ws, sip_str bytes)
{
    int err;

    ws->in = bytes;
    err = wslay_event_recv(ws->frames);
    ws->in.len = 0;
    if (err == WSLAY_ERR_NOMEM) {
        return fail(ws, SIP_ENOMEM, "out of memory");
    }
    err = flush(ws); /* pongs, and the answer to a Close */
    if (!wslay_event_get_read_enabled(ws->frames)) {
        return explain_end(ws);
    }
    return err != 0 ? fail(ws, err, "an answer to the peer cannot be written") : 0;
}

/* ---- the handshake */

static int write_text(ws_channel *ws, const char *text, int len)
{
    sip_str bytes = {text, (size_t)len};

    return ws->base.events->write(bytes, ws->base.arg);
}

static int finish_handshake(ws_channel *ws)
{
    int err = open_frames(ws);

    if (err != 0) {
        return fail(ws, err, "out of memory");
    }
    sip_free(ws->config.allocator, ws->hello);
    ws->hello = NULL;
    ws->state = WS_OPEN;
    ws->base.events->on_open(ws->base.arg);
    return 0;
}

static bool origin_may(const ws_channel *ws, sip_str origin)
{
    const char *const *each = ws->config.origins;

    if (each == NULL || origin.len == 0) {
        return true;
    }
    while (*each != NULL && !sip_str_equal_nocase(origin, *each)) {
        each++;
    }
    return *each != NULL;
}

/* What we serve, once the request is a valid one. */
static sip__ws_verdict admit(const ws_channel *ws, const sip__ws_request *request)
{
    static const sip__ws_verdict fine = {0, ""}, path = {404, "nothing is served at this path"},
                                 origin = {403, "pages of this origin may not connect"};

    if (ws->config.path != NULL && !sip_str_equal(request->path, ws->hello->path)) {
        return path;
    }
    return origin_may(ws, request->origin) ? fine : origin;
}

static int refuse(ws_channel *ws, const sip__ws_verdict *verdict)
{
    char print[PRINT_BYTES];

    (void)write_text(ws, print, sip__ws_print_refusal(verdict, print, sizeof(print)));
    (void)snprintf(ws->base.text, sizeof(ws->base.text),
                   "its WebSocket handshake was refused with %d: %s", verdict->status,
                   verdict->text);
    ws->state = WS_CLOSED;
    return SIP_ESYNTAX;
}

static int serve(ws_channel *ws, sip_str head)
{
    sip__ws_request request;
    sip__ws_verdict verdict;
    char accept[SIP__WS_ACCEPT_BYTES];
    char print[PRINT_BYTES];
    int err;

    if (sip__ws_read_request(head, &request, &verdict) == 0) {
        verdict = admit(ws, &request);
    }
    if (verdict.status != 0) {
        return refuse(ws, &verdict);
    }
    err = sip__ws_accept_of(request.key, accept);
    if (err == 0) {
        err = write_text(ws, print, sip__ws_print_response(accept, print, sizeof(print)));
    }
    return err != 0 ? fail(ws, err, "the WebSocket handshake cannot be answered")
                    : finish_handshake(ws);
}

static int take_head(ws_channel *ws, sip_str head)
{
    int err;

    if (!ws->config.client) {
        return serve(ws, head);
    }
    err = sip__ws_read_response(head, ws->hello->key, ws->base.text, sizeof(ws->base.text));
    if (err != 0) {
        ws->state = WS_CLOSED;
        return err;
    }
    return finish_handshake(ws);
}

static int head_too_long(ws_channel *ws)
{
    static const sip__ws_verdict verdict = {431, "the request is over 8192 bytes"};

    return ws->config.client
               ? fail(ws, SIP_EIO, "the WebSocket handshake failed: its answer is too long")
               : refuse(ws, &verdict);
}

/* Collect the head; what follows it in `bytes` stays there. */
static int shake_hands(ws_channel *ws, sip_str *bytes)
{
    ws_hello *hello = ws->hello;
    size_t before = hello->head_bytes;
    size_t n =
        bytes->len < sizeof(hello->head) - before ? bytes->len : sizeof(hello->head) - before;
    sip_str head = {hello->head, before + n};

    memcpy(hello->head + before, bytes->ptr, n);
    hello->head_bytes = head.len;
    head.len = sip__ws_head_bytes(head, before);
    if (head.len == 0) {
        bytes->len = 0;
        return hello->head_bytes == sizeof(hello->head) ? head_too_long(ws) : 0;
    }
    bytes->ptr += head.len - before;
    bytes->len -= head.len - before;
    return take_head(ws, head);
}

/* ---- the channel */

static int start(sip__channel *channel)
{
    ws_channel *ws = (ws_channel *)channel;
    char print[PRINT_BYTES];

    if (ws->state != WS_IDLE) {
        return 0;
    }
    sip__ws_make_key(ws->config.random, ws->hello->key);
    ws->state = WS_HANDSHAKE;
    return write_text(ws, print,
                      sip__ws_print_request(ws->hello->path, ws->hello->host, ws->hello->key, print,
                                            sizeof(print)));
}

static int receive(sip__channel *channel, sip_str bytes)
{
    ws_channel *ws = (ws_channel *)channel;
    int err = 0;

    if (ws->state == WS_IDLE) {
        return fail(ws, SIP_EIO, "the WebSocket peer speaks before it is asked");
    }
    if (ws->state == WS_HANDSHAKE && bytes.len > 0) {
        err = shake_hands(ws, &bytes);
    }
    if (err == 0 && ws->state == WS_OPEN && bytes.len > 0) {
        err = read_frames(ws, bytes);
    }
    return err;
}

static int queue(ws_channel *ws, uint8_t opcode, sip_str bytes)
{
    struct wslay_event_msg message = {opcode, (const uint8_t *)bytes.ptr, bytes.len};
    int err;

    if (ws->state != WS_OPEN) {
        return SIP_ESTATE;
    }
    err = wslay_event_queue_msg(ws->frames, &message);
    if (err != 0) {
        return err == WSLAY_ERR_NOMEM ? SIP_ENOMEM : SIP_ESTATE;
    }
    return flush(ws);
}

/* RFC 7118 5: text for what is UTF-8, since pages read it easier; binary for the rest. */
static int send_message(sip__channel *channel, sip_str bytes)
{
    return queue((ws_channel *)channel,
                 sip_text_is_utf8(bytes) ? WSLAY_TEXT_FRAME : WSLAY_BINARY_FRAME, bytes);
}

static int ping(sip__channel *channel)
{
    return queue((ws_channel *)channel, WSLAY_PING, SIP_STR(""));
}

static void say_goodbye(sip__channel *channel)
{
    ws_channel *ws = (ws_channel *)channel;

    if (ws->state == WS_OPEN &&
        wslay_event_queue_close(ws->frames, WSLAY_CODE_GOING_AWAY, NULL, 0) == 0) {
        (void)flush(ws);
    }
    ws->state = WS_CLOSED;
}

static bool is_partial(const sip__channel *channel)
{
    const ws_channel *ws = (const ws_channel *)channel;

    return ws->state == WS_OPEN && (ws->unfinished > 0 || ws->fragmented);
}

static void destroy(sip__channel *channel)
{
    ws_channel *ws = (ws_channel *)channel;

    if (ws->frames != NULL) {
        wslay_event_context_free(ws->frames);
    }
    sip_free(ws->config.allocator, ws->hello);
    sip_free(ws->config.allocator, ws->out);
    sip_free(ws->config.allocator, ws);
}

static const sip__channel_vtable ws_vtable = {
    .start = start,
    .receive = receive,
    .send = send_message,
    .ping = ping,
    .close = say_goodbye,
    .destroy = destroy,
    .is_partial = is_partial,
};

/* True if `text` is no longer than `room` lets it be and cannot break a head. */
static bool copy_word(const char *text, char *out, size_t room)
{
    size_t len = strlen(text);
    size_t i;

    for (i = 0; i < len; i++) {
        if ((unsigned char)text[i] <= ' ') {
            return false;
        }
    }
    if (len == 0 || len >= room) {
        return false;
    }
    memcpy(out, text, len + 1);
    return true;
}

static bool read_config(ws_channel *ws)
{
    const sip__ws_config *config = &ws->config;
    const char *path = config->path != NULL ? config->path : "/";

    return copy_word(path, ws->hello->path, sizeof(ws->hello->path)) &&
           (!config->client || (config->host != NULL &&
                                copy_word(config->host, ws->hello->host, sizeof(ws->hello->host))));
}

int sip__ws_channel_create(const sip__ws_config *config, const sip__channel_events *events,
                           void *arg, sip__channel **ret_channel)
{
    ws_channel *ws = sip_alloc0(config->allocator, sizeof(*ws));
    int err = SIP_ENOMEM;

    if (ws == NULL) {
        return SIP_ENOMEM;
    }
    ws->base.vtable = &ws_vtable;
    ws->base.events = events;
    ws->base.arg = arg;
    ws->config = *config;
    ws->state = config->client ? WS_IDLE : WS_HANDSHAKE;
    ws->hello = sip_alloc0(config->allocator, sizeof(*ws->hello));
    if (ws->hello != NULL) {
        err = read_config(ws) ? 0 : SIP_EINVAL;
    }
    if (err != 0) {
        destroy(&ws->base);
        return err;
    }
    *ret_channel = &ws->base;
    return 0;
}
