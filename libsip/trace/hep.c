/* HEP version 3: "HEP3", the whole length, then chunks of vendor, type, length and value, all in
 * network order. */
#include "io/datagram_out.h"
#include "trace/packet.h"
#include <sip/trace.h>

#include <string.h>

#define MAX_BYTES 65507u /* of a UDP datagram over IPv4 */
#define CHUNK_HEAD_BYTES 6u
#define MAX_KEY_BYTES 255u
#define MAX_CALL_ID_BYTES 1024u

enum chunk {
    CHUNK_FAMILY = 0x01,
    CHUNK_PROTOCOL = 0x02,
    CHUNK_IP4_SOURCE = 0x03,
    CHUNK_IP4_DESTINATION = 0x04,
    CHUNK_IP6_SOURCE = 0x05,
    CHUNK_IP6_DESTINATION = 0x06,
    CHUNK_SOURCE_PORT = 0x07,
    CHUNK_DESTINATION_PORT = 0x08,
    CHUNK_SECONDS = 0x09,
    CHUNK_MICROSECONDS = 0x0a,
    CHUNK_TYPE = 0x0b,
    CHUNK_AGENT = 0x0c,
    CHUNK_KEY = 0x0e,
    CHUNK_PAYLOAD = 0x0f,
    CHUNK_CORRELATION = 0x11
};

enum {
    FAMILY_IP4 = 2,
    FAMILY_IP6 = 10,
    PROTOCOL_TCP = 6,
    PROTOCOL_UDP = 17,
    TYPE_SIP = 1
};

typedef struct hep {
    sip_trace_sink sink;
    const sip_allocator *allocator;
    uint32_t capture_id;
    size_t key_len;
    char key[MAX_KEY_BYTES];
    int fd;
    uint8_t frame[MAX_BYTES];
} hep;

typedef struct writer {
    uint8_t *start, *at;
} writer;

static void put_chunk(writer *out, enum chunk type, const void *value, size_t len)
{
    sip__put16(out->at, 0); /* the vendor of the generic chunks */
    sip__put16(out->at + 2, type);
    sip__put16(out->at + 4, (unsigned)(CHUNK_HEAD_BYTES + len));
    if (len > 0) {
        memcpy(out->at + CHUNK_HEAD_BYTES, value, len);
    }
    out->at += CHUNK_HEAD_BYTES + len;
}

static void put_byte(writer *out, enum chunk type, unsigned value)
{
    uint8_t byte = (uint8_t)value;

    put_chunk(out, type, &byte, 1);
}

static void put_port(writer *out, enum chunk type, unsigned port)
{
    uint8_t bytes[2];

    sip__put16(bytes, port);
    put_chunk(out, type, bytes, sizeof(bytes));
}

static void put_number(writer *out, enum chunk type, uint32_t number)
{
    uint8_t bytes[4];

    sip__put32(bytes, number);
    put_chunk(out, type, bytes, sizeof(bytes));
}

static void put_way(writer *out, const sip_trace_event *event)
{
    const sip_addr *from = event->sent ? &event->path.local : &event->path.remote;
    const sip_addr *to = event->sent ? &event->path.remote : &event->path.local;
    bool ip6 = from->family == SIP_FAMILY_IP6 || to->family == SIP_FAMILY_IP6;

    put_byte(out, CHUNK_FAMILY, ip6 ? FAMILY_IP6 : FAMILY_IP4);
    put_byte(out, CHUNK_PROTOCOL,
             event->path.protocol == SIP_PROTOCOL_UDP ? PROTOCOL_UDP : PROTOCOL_TCP);
    put_chunk(out, ip6 ? CHUNK_IP6_SOURCE : CHUNK_IP4_SOURCE, from->ip, ip6 ? 16 : 4);
    put_chunk(out, ip6 ? CHUNK_IP6_DESTINATION : CHUNK_IP4_DESTINATION, to->ip, ip6 ? 16 : 4);
    put_port(out, CHUNK_SOURCE_PORT, from->port);
    put_port(out, CHUNK_DESTINATION_PORT, to->port);
}

/* Of a message that cannot be read there is none. */
static void put_correlation(writer *out, const hep *self, sip_str bytes)
{
    sip_msg *msg = NULL;
    sip_str call_id;

    if (sip_msg_parse(self->allocator, NULL, bytes, NULL, &msg, NULL) != 0) {
        return;
    }
    call_id = sip_msg_call_id(msg);
    if (call_id.len > 0 && call_id.len <= MAX_CALL_ID_BYTES) {
        put_chunk(out, CHUNK_CORRELATION, call_id.ptr, call_id.len);
    }
    (void)sip_msg_unref(msg);
}

static void write_message(const sip_trace_event *event, void *user_data)
{
    hep *self = user_data;
    writer out = {self->frame, self->frame + 6};
    size_t room;

    memcpy(self->frame, "HEP3", 4);
    put_way(&out, event);
    put_number(&out, CHUNK_SECONDS, (uint32_t)(event->wall_us / 1000000));
    put_number(&out, CHUNK_MICROSECONDS, (uint32_t)(event->wall_us % 1000000));
    put_byte(&out, CHUNK_TYPE, TYPE_SIP);
    put_number(&out, CHUNK_AGENT, self->capture_id);
    if (self->key_len > 0) {
        put_chunk(&out, CHUNK_KEY, self->key, self->key_len);
    }
    put_correlation(&out, self, event->bytes);
    room = MAX_BYTES - (size_t)(out.at - out.start) - CHUNK_HEAD_BYTES;
    put_chunk(&out, CHUNK_PAYLOAD, event->bytes.ptr,
              event->bytes.len < room ? event->bytes.len : room);
    sip__put16(self->frame + 4, (unsigned)(out.at - out.start));
    sip__datagram_out_send(self->fd, (sip_str){(char *)out.start, (size_t)(out.at - out.start)});
}

static void destroy(void *user_data)
{
    hep *self = user_data;

    sip__datagram_out_close(self->fd);
    sip_free(self->allocator, self);
}

int sip_hep_create(const sip_allocator *allocator, const sip_hep_config *config,
                   sip_trace_sink **ret_sink)
{
    size_t key_len = config != NULL && config->auth_key != NULL ? strlen(config->auth_key) : 0;
    hep *self;

    if (config == NULL || ret_sink == NULL || config->collector.family == SIP_FAMILY_NONE ||
        key_len > MAX_KEY_BYTES) {
        return SIP_EINVAL;
    }
    self = sip_alloc0(allocator, sizeof(*self));
    if (self == NULL) {
        return SIP_ENOMEM;
    }
    self->fd = sip__datagram_out_open(&config->collector);
    if (self->fd < 0) {
        sip_free(allocator, self);
        return SIP_EIO;
    }
    self->allocator = allocator;
    self->capture_id = config->capture_id;
    self->key_len = key_len;
    memcpy(self->key, key_len > 0 ? config->auth_key : "", key_len);
    self->sink = (sip_trace_sink){
        .write = write_message, .destroy = destroy, .user_data = self, .redact = config->redact};
    *ret_sink = &self->sink;
    return 0;
}
