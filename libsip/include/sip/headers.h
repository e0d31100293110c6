/* The library's types of headers, and their accessors.
 *
 * For each row of the maps there is a type and a typed accessor. Of a header of one value:
 *
 *     extern const sip_header_type sip_replaces_type;
 *     const sip_replaces *sip_msg_replaces(const sip_msg *msg);
 *
 * and of one of several values, n counting from 0 over all its lines:
 *
 *     extern const sip_header_type sip_reason_type;
 *     const sip_reason *sip_msg_reason(const sip_msg *msg, size_t n);
 *
 * They give what sip_msg_typed() gives. */
#ifndef SIP_HEADERS_H
#define SIP_HEADERS_H

#include <sip/headers_call.h>
#include <sip/headers_core.h>
#include <sip/headers_network.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SIP_TYPE_ONE(noun, value)                                                                  \
    SIP_API extern const sip_header_type sip_##noun##_type;                                        \
    static inline const value *sip_msg_##noun(const sip_msg *msg)                                  \
    {                                                                                              \
        return (const value *)sip_msg_typed(msg, &sip_##noun##_type, 0);                           \
    }
#define SIP_TYPE_LIST(noun, value)                                                                 \
    SIP_API extern const sip_header_type sip_##noun##_type;                                        \
    static inline const value *sip_msg_##noun(const sip_msg *msg, size_t n)                        \
    {                                                                                              \
        return (const value *)sip_msg_typed(msg, &sip_##noun##_type, n);                           \
    }

SIP_CORE_TYPE_MAP(SIP_TYPE_ONE, SIP_TYPE_LIST)
SIP_CALL_TYPE_MAP(SIP_TYPE_ONE, SIP_TYPE_LIST)
SIP_NETWORK_TYPE_MAP(SIP_TYPE_ONE, SIP_TYPE_LIST)

#undef SIP_TYPE_ONE
#undef SIP_TYPE_LIST

#ifdef __cplusplus
}
#endif

#endif
