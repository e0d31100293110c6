/* A part of a multipart, or what a CPIM message wraps: MIME headers and data. */
#ifndef SIP_BODY_PART_H
#define SIP_BODY_PART_H

#include <sip/multipart.h>

#include "base/arena.h"

/* Read part->text into the rest of the zeroed part, `nested` aside.
 * @return 0, SIP_ESYNTAX, SIP_ETOOBIG, SIP_ENOMEM */
int sip__part_read(sip__arena *arena, const sip_body_registry *registry, sip_part *part);

#endif
