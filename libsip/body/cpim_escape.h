/* The escapes of CPIM headers (RFC 3862 2.3). */
#ifndef SIP_BODY_CPIM_ESCAPE_H
#define SIP_BODY_CPIM_ESCAPE_H

#include "body/body_line.h"

/* Undo escapes, in the arena where there are any. @return 0, SIP_ESYNTAX, SIP_ENOMEM */
int sip__cpim_unescaped(sip__arena *arena, sip_str text, sip_str *ret_text);
/* Put text with what has to be escaped. */
void sip__cpim_put_escaped(sip__body_out *out, sip_str text, bool in_quotes);
/* True for a name of a header, a prefix or a parameter. */
bool sip__cpim_is_name(sip_str text);
/* True for names with dots between them, or where else. */
bool sip__cpim_is_dotted(sip_str text);

#endif
