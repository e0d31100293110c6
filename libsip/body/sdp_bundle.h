/* Groups of sections, and what sections of one bundle have in common (RFC 5888, RFC 9143). */
#ifndef SIP_BODY_SDP_BUNDLE_H
#define SIP_BODY_SDP_BUNDLE_H

#include <sip/sdp_attribute.h>

/** The name of a section (RFC 5888 4); empty if it has none. */
sip_str sip__mid_of(const sip_sdp_media *media);
/** True if this m= line has port 0 only because it is for a bundle (RFC 9143 6). */
bool sip__is_bundle_only(const sip_sdp *sdp, const sip_sdp_media *media);
/** The members of the first group of that semantics; empty if there is none. */
sip_str sip__group_of(const sip_sdp *sdp, const char *semantics);
/** The first section of the bundle that this one is in; else itself. */
const sip_sdp_media *sip__first_of_bundle(const sip_sdp *sdp, const sip_sdp_media *media);
/** An attribute of the section, of the session, or of the first section of its bundle. */
const sip_sdp_attribute *sip__path_attribute(const sip_sdp *sdp, const sip_sdp_media *media,
                                             const char *name);
/** The section where attributes of that name are: its own, or the first one of its bundle. */
const sip_sdp_media *sip__path_section(const sip_sdp *sdp, const sip_sdp_media *media,
                                       const char *name);

#endif
