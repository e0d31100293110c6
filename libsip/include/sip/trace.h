/* Seeing the messages: sinks on a stack, to a log, to a file for Wireshark, to Homer, or to a
 * ladder drawn from what passed. */
#ifndef SIP_TRACE_H
#define SIP_TRACE_H

#include <sip/stack.h>

#ifdef __cplusplus
extern "C" {
#endif

/** One message on its way; borrowed for the call. */
typedef struct sip_trace_event {
    sip_time_ms at_ms;
    bool sent;           /**< false: received */
    bool repeated;       /**< sent: a retransmission */
    sip_path path;       /**< with the flow, of streams */
    sip_str bytes;       /**< as over UDP or TCP: what TLS and WebSocket carry, without them */
    int64_t wall_us;     /**< microseconds since 1970 */
    const char *dropped; /**< received and refused before any transaction: the rule that it breaks,
                            static; else NULL */
} sip_trace_event;

/** See every message that a stack sends or receives. One function a stack, beside the sinks; NULL
 * fn ends it. */
SIP_API void sip_stack_set_tap(sip_stack *stack,
                               void (*fn)(const sip_trace_event *event, void *user_data),
                               void *user_data);

/** Where messages go as they pass. Made by a function below, or the application's own: then zeroed
 * but for what is above the line. It stays its maker's. */
typedef struct sip_trace_sink {
    void (*write)(const sip_trace_event *event, void *user_data);
    void (*destroy)(void *user_data); /**< by sip_trace_sink_destroy(); NULL: nothing to do */
    void *user_data;
    bool redact; /**< it gets every message as sip_redact() leaves it, or, without memory for that,
                    not at all */
    /* ---- private */
    sip_list link;
} sip_trace_sink;

/** Have `sink` see every message from now on, after those added before. It must outlive the stack
 * or be removed. With several workers it lives on the first, which also shows it copies of what the
 * others see, a little later; add and remove it there. @return 0 or SIP_EINVAL (NULL, or added
 * already) */
SIP_API int sip_stack_add_sink(sip_stack *stack, sip_trace_sink *sink);
/** End that; harmless when it was never added. Also from inside the sink's write(). */
SIP_API void sip_stack_remove_sink(sip_stack *stack, sip_trace_sink *sink);
/** Destroy a sink that is on no stack; NULL is fine. */
SIP_API void sip_trace_sink_destroy(sip_trace_sink *sink);

/**
 * Put an x over each byte of the secrets in a message, so that it keeps its length: in
 * Authorization and Proxy-Authorization all of the credentials but, in those of Digest, the
 * parameters that prove nothing alone (username, realm, nonce, uri, algorithm, qop, nc, cnonce,
 * opaque). Such lines in bodies count too. The bytes need not be a sound message.
 * @return how many bytes were put over
 */
SIP_API size_t sip_redact(char *bytes, size_t len);

/** A sink that writes each message to `log` (borrowed), category SIP_LOG_MESSAGE, level debug: a
 * line about its way, then its own lines. Always redacted. @return 0, SIP_EINVAL, SIP_ENOMEM */
SIP_API int sip_trace_log_create(const sip_allocator *allocator, const sip_log *log,
                                 sip_trace_sink **ret_sink);

typedef struct sip_pcapng_config {
    const char *path;   /**< of the file, which is begun anew */
    bool redact;        /**< see sip_trace_sink */
    const sip_log *log; /**< borrowed; told once when the file can take no more. NULL: silent */
} sip_pcapng_config;

/**
 * A sink that writes a pcapng file, which Wireshark opens also while it grows. Messages over UDP
 * and TCP are IP packets made up for them, with their addresses, ports and checksums. Those over
 * TLS and WebSocket stand in clear as exported PDUs for Wireshark's SIP dissector, with the same
 * addresses: as TCP packets their ports would lead it to take them for TLS or HTTP. A comment on
 * each packet names protocol, flow, repetition and why it was dropped.
 * @return 0, SIP_EINVAL, SIP_ENOMEM, SIP_EIO (the file cannot be made)
 */
SIP_API int sip_pcapng_create(const sip_allocator *allocator, const sip_pcapng_config *config,
                              sip_trace_sink **ret_sink);

typedef struct sip_hep_config {
    sip_addr collector;   /**< 9060 is the usual port */
    uint32_t capture_id;  /**< of this agent */
    const char *auth_key; /**< copied; NULL: none */
    bool redact;          /**< see sip_trace_sink */
} sip_hep_config;

/**
 * A sink that sends each message as a HEP version 3 datagram, as Homer collects them, with the
 * Call-ID for correlation. What the network or the collector does not take is lost. A message that
 * no datagram holds is cut.
 * @return 0, SIP_EINVAL (no collector, a key over 255 bytes), SIP_ENOMEM, SIP_EIO (no socket)
 */
SIP_API int sip_hep_create(const sip_allocator *allocator, const sip_hep_config *config,
                           sip_trace_sink **ret_sink);

/** A ladder that is drawn line by line as messages pass: columns are named hosts. */
typedef struct sip_ladder sip_ladder;

/** @return 0 or SIP_ENOMEM */
SIP_API int sip_ladder_create(const sip_allocator *allocator, sip_ladder **ret_ladder);
/** Free a ladder; NULL is fine. */
SIP_API void sip_ladder_destroy(sip_ladder *ladder);
/** Name a column; columns stand in the order they are named. One with port 0 fits every port of its
 * host that has no column of its own; naming an address again renames its column.
 * @return 0, SIP_ETOOBIG (8 columns) */
SIP_API int sip_ladder_add_column(sip_ladder *ladder, const char *name, const sip_addr *addr);
/**
 * Draw one message as a line without its end: seconds since the first message, then an arrow
 * between two columns: "    1.204  |-------- INVITE sdp -------->|            |  (repeat)", with
 * "(dropped: CSeq)" behind one that was refused. Columns not yet named are added by their address;
 * when one is left, it becomes that of all further addresses.
 * @param self  the address of the stack that saw it; family none is drawn as "?"
 * @return the length as snprintf() does; SIP_ENOMEM; SIP_ETOOBIG (8 columns are named, and this is
 *   another)
 */
SIP_API int sip_ladder_draw(sip_ladder *ladder, const sip_trace_event *event, const sip_addr *self,
                            char *out, size_t size);
/** The heading with the columns' names above their lanes. @return the length as snprintf() does */
SIP_API int sip_ladder_heading(const sip_ladder *ladder, char *out, size_t size);

#ifdef __cplusplus
}
#endif

#endif
