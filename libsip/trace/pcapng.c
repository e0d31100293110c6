/* A pcapng file (draft-ietf-opsawg-pcapng) in little-endian order: one section, an interface of raw
 * IP and one of Wireshark's exported PDUs, then a block for each packet. */
#include "trace/packet.h"
#include <sip/trace.h>

#include <stdio.h>
#include <string.h>

#define FLOWS 512            /* whose TCP sequence numbers are remembered, by hash */
#define TAG_BYTES 96         /* of an exported PDU */
#define BLOCK_HEAD_BYTES 28u /* of an enhanced packet block, up to its packet */
#define COMMENT_BYTES 160

enum {
    BLOCK_SECTION = 0x0a0d0d0a,
    BLOCK_INTERFACE = 1,
    BLOCK_PACKET = 6,
    OPTION_COMMENT = 1,
    OPTION_SECTION_APPLICATION = 4,
    OPTION_INTERFACE_NAME = 2,
    OPTION_INTERFACE_RESOLUTION = 9,
    OPTION_PACKET_FLAGS = 2,
    LINK_RAW_IP = 101,
    LINK_EXPORTED_PDU = 252,
    PACKET_INBOUND = 1,
    PACKET_OUTBOUND = 2
};

enum {
    TAG_DISSECTOR = 12,
    TAG_IP4_SOURCE = 20,
    TAG_IP4_DESTINATION = 21,
    TAG_IP6_SOURCE = 22,
    TAG_IP6_DESTINATION = 23,
    TAG_PORT_TYPE = 24,
    TAG_SOURCE_PORT = 25,
    TAG_DESTINATION_PORT = 26,
    PORT_TYPE_TCP = 2
};

typedef enum interface_number {
    IP_PACKETS,
    PDUS
} interface_number;

/* How far the made-up bytes of a connection have come, in each direction. */
typedef struct flow_place {
    sip_flow flow;
    sip_addr remote;
    bool used;
    uint32_t next[2]; /* received, sent */
} flow_place;

typedef struct pcapng {
    sip_trace_sink sink;
    const sip_allocator *allocator;
    const sip_log *log;
    FILE *file;
    uint32_t bytes; /* all of TCP so far: a connection that was forgotten goes on behind all */
    flow_place flows[FLOWS];
    char path[];
} pcapng;

/* What precedes a message in its packet. */
typedef struct packet_head {
    interface_number interface;
    size_t len;
    uint8_t bytes[TAG_BYTES > SIP__PACKET_HEAD_BYTES ? TAG_BYTES : SIP__PACKET_HEAD_BYTES];
} packet_head;

/* ---- the file */

static void give_up(pcapng *self)
{
    sip_log_info(self->log, SIP_LOG_TRANSPORT, "trace: %s takes no more, it ends here", self->path);
    (void)fclose(self->file);
    self->file = NULL;
}

static void put(pcapng *self, const void *bytes, size_t len)
{
    if (self->file != NULL && len > 0 && fwrite(bytes, 1, len, self->file) != len) {
        give_up(self);
    }
}

static void put_u16(pcapng *self, unsigned value)
{
    const uint8_t bytes[2] = {(uint8_t)value, (uint8_t)(value >> 8)};

    put(self, bytes, sizeof(bytes));
}

static void put_u32(pcapng *self, uint32_t value)
{
    put_u16(self, value & 0xffff);
    put_u16(self, value >> 16);
}

static size_t padded(size_t len)
{
    return (len + 3) & ~(size_t)3;
}

static void put_padding(pcapng *self, size_t len)
{
    static const uint8_t zeros[4];

    put(self, zeros, padded(len) - len);
}

static size_t option_bytes(size_t len)
{
    return 4 + padded(len);
}

static void put_option(pcapng *self, unsigned code, const void *value, size_t len)
{
    put_u16(self, code);
    put_u16(self, (unsigned)len);
    put(self, value, len);
    put_padding(self, len);
}

static void put_section(pcapng *self)
{
    static const char name[] = "Parley";
    uint32_t len = (uint32_t)(28 + option_bytes(sizeof(name) - 1) + 4);

    put_u32(self, BLOCK_SECTION);
    put_u32(self, len);
    put_u32(self, 0x1a2b3c4d); /* says the order of bytes */
    put_u16(self, 1);
    put_u16(self, 0);
    put_u32(self, 0xffffffff); /* as long as the file */
    put_u32(self, 0xffffffff);
    put_option(self, OPTION_SECTION_APPLICATION, name, sizeof(name) - 1);
    put_u32(self, 0);
    put_u32(self, len);
}

static void put_interface(pcapng *self, unsigned link, const char *name)
{
    static const uint8_t microseconds = 6;
    uint32_t len = (uint32_t)(20 + option_bytes(strlen(name)) + option_bytes(1) + 4);

    put_u32(self, BLOCK_INTERFACE);
    put_u32(self, len);
    put_u16(self, link);
    put_u16(self, 0);
    put_u32(self, 0); /* no packet is cut */
    put_option(self, OPTION_INTERFACE_NAME, name, strlen(name));
    put_option(self, OPTION_INTERFACE_RESOLUTION, &microseconds, 1);
    put_u32(self, 0);
    put_u32(self, len);
}

static void put_packet(pcapng *self, const sip_trace_event *event, const packet_head *head,
                       sip_str part, const char *comment)
{
    const uint8_t flags[4] = {event->sent ? PACKET_OUTBOUND : PACKET_INBOUND, 0, 0, 0};
    uint64_t time_us = (uint64_t)event->wall_us;
    size_t packet = head->len + part.len;
    uint32_t len = (uint32_t)(BLOCK_HEAD_BYTES + padded(packet) + option_bytes(sizeof(flags)) +
                              option_bytes(strlen(comment)) + 4 + 4);

    put_u32(self, BLOCK_PACKET);
    put_u32(self, len);
    put_u32(self, head->interface);
    put_u32(self, (uint32_t)(time_us >> 32));
    put_u32(self, (uint32_t)time_us);
    put_u32(self, (uint32_t)packet);
    put_u32(self, (uint32_t)packet);
    put(self, head->bytes, head->len);
    put(self, part.ptr, part.len);
    put_padding(self, packet);
    put_option(self, OPTION_PACKET_FLAGS, flags, sizeof(flags));
    put_option(self, OPTION_COMMENT, comment, strlen(comment));
    put_u32(self, 0);
    put_u32(self, len);
}

/* ---- the packets */

static sip__packet_way way_of(const sip_trace_event *event)
{
    const sip_path *path = &event->path;
    sip__packet_way way = {event->sent ? path->local : path->remote,
                           event->sent ? path->remote : path->local};

    return way;
}

static flow_place *place_of(pcapng *self, const sip_path *path)
{
    uint64_t key = path->flow + path->remote.port * UINT64_C(0x9e3779b97f4a7c15);
    flow_place *place = &self->flows[(key ^ key >> 32) % FLOWS];

    if (!place->used || place->flow != path->flow ||
        !sip_addr_equal(&place->remote, &path->remote)) {
        *place = (flow_place){path->flow, path->remote, true, {self->bytes + 1, self->bytes + 1}};
    }
    return place;
}

static void write_segments(pcapng *self, const sip_trace_event *event, const char *comment)
{
    sip__packet_way way = way_of(event);
    flow_place *place = place_of(self, &event->path);
    sip_str rest = event->bytes;

    while (rest.len > 0) {
        sip_str part = {rest.ptr, rest.len < SIP__PACKET_PAYLOAD_BYTES ? rest.len
                                                                       : SIP__PACKET_PAYLOAD_BYTES};
        packet_head head = {.interface = IP_PACKETS};

        head.len = sip__packet_tcp(&way, place->next[event->sent], place->next[!event->sent], part,
                                   head.bytes);
        put_packet(self, event, &head, part, comment);
        place->next[event->sent] += (uint32_t)part.len;
        self->bytes += (uint32_t)part.len;
        rest.ptr += part.len;
        rest.len -= part.len;
    }
}

static void put_tag(packet_head *head, unsigned tag, const void *value, size_t len)
{
    uint8_t *at = head->bytes + head->len;

    sip__put16(at, tag);
    sip__put16(at + 2, (unsigned)len);
    memcpy(at + 4, value, len);
    head->len += 4 + len;
}

static void put_number_tag(packet_head *head, unsigned tag, uint32_t number)
{
    uint8_t value[4];

    sip__put32(value, number);
    put_tag(head, tag, value, sizeof(value));
}

static void write_pdu(pcapng *self, const sip_trace_event *event, const char *comment)
{
    sip__packet_way way = way_of(event);
    bool ip6 = way.from.family == SIP_FAMILY_IP6 || way.to.family == SIP_FAMILY_IP6;
    packet_head head = {.interface = PDUS};

    put_tag(&head, TAG_DISSECTOR, "sip", 4);
    put_tag(&head, ip6 ? TAG_IP6_SOURCE : TAG_IP4_SOURCE, way.from.ip, ip6 ? 16 : 4);
    put_tag(&head, ip6 ? TAG_IP6_DESTINATION : TAG_IP4_DESTINATION, way.to.ip, ip6 ? 16 : 4);
    put_number_tag(&head, TAG_PORT_TYPE, PORT_TYPE_TCP);
    put_number_tag(&head, TAG_SOURCE_PORT, way.from.port);
    put_number_tag(&head, TAG_DESTINATION_PORT, way.to.port);
    put_tag(&head, 0, "", 0);
    put_packet(self, event, &head, event->bytes, comment);
}

static void write_comment(const sip_trace_event *event, char out[COMMENT_BYTES])
{
    sip_str protocol = sip_protocol_name(event->path.protocol);
    int n = snprintf(out, COMMENT_BYTES, SIP_FMT " %s", SIP_ARG(protocol),
                     event->sent ? "sent" : "received");

    if (event->path.flow != 0) {
        n += snprintf(out + n, COMMENT_BYTES - (size_t)n, ", flow %llx",
                      (unsigned long long)event->path.flow);
    }
    if (event->repeated) {
        n += snprintf(out + n, COMMENT_BYTES - (size_t)n, ", again");
    }
    if (event->dropped != NULL) {
        (void)snprintf(out + n, COMMENT_BYTES - (size_t)n, ", dropped: %.80s", event->dropped);
    }
}

static void write_message(const sip_trace_event *event, void *user_data)
{
    pcapng *self = user_data;
    char comment[COMMENT_BYTES];

    if (self->file == NULL) {
        return;
    }
    write_comment(event, comment);
    if (event->path.protocol == SIP_PROTOCOL_TCP) {
        write_segments(self, event, comment);
    } else if (event->path.protocol == SIP_PROTOCOL_UDP &&
               event->bytes.len <= SIP__PACKET_PAYLOAD_BYTES) {
        sip__packet_way way = way_of(event);
        packet_head head = {.interface = IP_PACKETS};

        head.len = sip__packet_udp(&way, event->bytes, head.bytes);
        put_packet(self, event, &head, event->bytes, comment);
    } else {
        write_pdu(self, event, comment);
    }
    if (self->file != NULL && fflush(self->file) != 0) {
        give_up(self);
    }
}

/* ---- birth and death */

static void destroy(void *user_data)
{
    pcapng *self = user_data;

    if (self->file != NULL) {
        (void)fclose(self->file);
    }
    sip_free(self->allocator, self);
}

int sip_pcapng_create(const sip_allocator *allocator, const sip_pcapng_config *config,
                      sip_trace_sink **ret_sink)
{
    pcapng *self;
    size_t path_bytes;

    if (config == NULL || config->path == NULL || ret_sink == NULL) {
        return SIP_EINVAL;
    }
    path_bytes = strlen(config->path) + 1;
    self = sip_alloc0(allocator, sizeof(*self) + path_bytes);
    if (self == NULL) {
        return SIP_ENOMEM;
    }
    memcpy(self->path, config->path, path_bytes);
    self->allocator = allocator;
    self->log = config->log;
    self->file = fopen(config->path, "wb");
    if (self->file == NULL) {
        sip_free(allocator, self);
        return SIP_EIO;
    }
    self->sink = (sip_trace_sink){
        .write = write_message, .destroy = destroy, .user_data = self, .redact = config->redact};
    put_section(self);
    put_interface(self, LINK_RAW_IP, "UDP and TCP");
    put_interface(self, LINK_EXPORTED_PDU, "TLS and WebSocket, in clear");
    *ret_sink = &self->sink;
    return 0;
}
