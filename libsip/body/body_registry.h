/* What readers of bodies take from a registry. */
#ifndef SIP_BODY_BODY_REGISTRY_H
#define SIP_BODY_BODY_REGISTRY_H

#include <sip/body_type.h>
#include <sip/headers.h>

/* The limits of a registry, which may be NULL, with the defaults filled in. */
sip_body_limits sip__body_limits_of(const sip_body_registry *registry);
/* Count one of the limits above as exceeded: `what` is its offset in sip_body_counts.
 * @return SIP_ETOOBIG */
int sip__body_over_limit(const sip_body_registry *registry, size_t what);
#define SIP__BODY_OVER(registry, member)                                                           \
    sip__body_over_limit((registry), offsetof(sip_body_counts, member))

/* Read Content-Type, of which none is text/plain. @return 0 or SIP_ESYNTAX */
int sip__body_media_type(sip_str content_type, sip_media_type *ret_type);
/* True if a type has this name, "application/sdp". */
bool sip__body_media_is(const sip_media_type *media, const char *name);
/* The value of one of body->headers, without case; empty: none. */
sip_str sip__body_header_value(const sip_body *body, const char *name);
/* True if it says Content-Encoding other than identity. */
bool sip__body_is_encoded(const sip_body *body);
/* The same body without its message: what is kept with a message must not point into an object that
 * somebody frees before it. */
sip_body sip__body_without_msg(const sip_body *body);

#endif
