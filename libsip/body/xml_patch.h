/* Changing a document as a patch says (RFC 5261). */
#ifndef SIP_BODY_XML_PATCH_H
#define SIP_BODY_XML_PATCH_H

#include "body/xml_select.h"

#include <sip/pidf_diff.h>

/* Carry out one change; what it puts in is copied to the arena.
 *
 * `work` is what all changes of a document may cost together in nodes looked at and bytes copied
 * to join texts, since each may look at the whole document; NULL: anything.
 *
 * Returns 0, SIP_ENOENT if it does not point to exactly one node, SIP_ESYNTAX if RFC 5261 does not
 * allow it, SIP_ETOOBIG as sip__xml_select(), SIP_ENOMEM. With the last two the tree may be changed
 * already, otherwise it is as it was. */
int sip__xml_patch(sip__arena *arena, sip__xml_node *root, const sip_xml_attribute *declarations,
                   const sip_pidf_change *change, size_t *work);

#endif
