/* Addresses of sockets, kinds of transports, and where a message came from. */
#ifndef SIP_NET_H
#define SIP_NET_H

#include <sip/base.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum sip_family {
    SIP_FAMILY_NONE,
    SIP_FAMILY_IP4,
    SIP_FAMILY_IP6
} sip_family;

/** An IP address and port; a v4 address is never written as a mapped v6 one. Zeroed: none. */
typedef struct sip_addr {
    uint8_t ip[16]; /**< network order; v4 in the first four, the rest zero */
    uint32_t scope; /**< of IPv6 link-local addresses */
    uint16_t port;  /**< host order */
    uint8_t family; /**< sip_family */
} sip_addr;

#define SIP_ADDR_TEXT_BYTES 64 /**< room for any printed address with its zero */

/** Parse "192.0.2.1", "2001:db8::1" or "[2001:db8::1]" without a port. @return 0 or SIP_ESYNTAX (a
 * name, say) */
SIP_API int sip_addr_parse(sip_str host, uint16_t port, sip_addr *ret_addr);
/** Print the host as it stands in a URI or Via (IPv6 in brackets); returns `out`. */
SIP_API const char *sip_addr_host(const sip_addr *addr, char out[SIP_ADDR_TEXT_BYTES]);
/** Print "host:port"; returns `out`. */
SIP_API const char *sip_addr_text(const sip_addr *addr, char out[SIP_ADDR_TEXT_BYTES]);
/** Same family, address, port (and scope). */
SIP_API bool sip_addr_equal(const sip_addr *a, const sip_addr *b);
/** Same family and address, ports aside. */
SIP_API bool sip_addr_same_host(const sip_addr *a, const sip_addr *b);
/** True for 224.0.0.0/4 and ff00::/8. */
SIP_API bool sip_addr_is_multicast(const sip_addr *addr);
/** True for 0.0.0.0 and ::. */
SIP_API bool sip_addr_is_any(const sip_addr *addr);

typedef enum sip_protocol {
    SIP_PROTOCOL_NONE,
    SIP_PROTOCOL_UDP,
    SIP_PROTOCOL_TCP,
    SIP_PROTOCOL_TLS,
    SIP_PROTOCOL_WS,
    SIP_PROTOCOL_WSS
} sip_protocol;

/** "UDP", "TCP" … as in a Via; empty for none. */
SIP_API sip_str sip_protocol_name(sip_protocol protocol);
/** The protocol of a name without case ("udp", "TLS"); SIP_PROTOCOL_NONE if unknown. */
SIP_API sip_protocol sip_protocol_of(sip_str name);
/** True for all but UDP: no retransmissions (RFC 3261 17). */
SIP_API bool sip_protocol_is_reliable(sip_protocol protocol);
/** 5060, 5061, 80 or 443. */
SIP_API uint16_t sip_protocol_default_port(sip_protocol protocol);

/** What is asked of the system for a socket; zeroed: what is usual. */
typedef struct sip_socket_options {
    uint32_t receive_bytes; /**< room for what has come and is not yet read; 0: 8 MiB. The system
                               may give less: net.core.rmem_max, or any with CAP_NET_ADMIN */
    uint32_t send_bytes;    /**< room for what has not left yet; 0: 8 MiB, likewise */
    uint8_t dscp;           /**< 0..63: how routers treat what is sent (RFC 2474); 40 (CS5) is for
                               signalling (RFC 4594 4.2). 0: as everything else */
    const char *device;     /**< the interface that it is bound to (SO_BINDTODEVICE; may need
                               CAP_NET_RAW); NULL: none. Borrowed; where a listener is made, copied */
} sip_socket_options;

/** A connection (RFC 5626 flow) named weakly: worker, slot, generation as in sip_id_table. 0: none.
 */
typedef uint64_t sip_flow;

/** Where a message came from, or where one goes to. */
typedef struct sip_path {
    sip_protocol protocol;
    uint32_t server; /**< the name that was asked for, by which TLS checks who answers: a
                        sip_stack_server_id(). 0: none but the address */
    sip_flow flow;   /**< of stream transports, else 0 */
    sip_addr remote;
    sip_addr
        local; /**< the address the message came to, or leaves from; family none: not yet known */
    sip_time_ms received_ms; /**< of a datagram: when the system took it in, by the monotonic clock;
                                sip_worker_now_ms() less this is how long it has waited. 0: not
                                known */
} sip_path;

#ifdef __cplusplus
}
#endif

#endif
