/* Parameters parted by any mark, their values bare, quoted or in angle brackets. */
#ifndef SIP_PARSER_PARAM_PAIR_H
#define SIP_PARSER_PARAM_PAIR_H

#include <sip/header_type.h>

/* As sip_param_next() with another separator. */
int sip__pair_next(sip_str *rest, char separator, sip_param *ret_param);

/* True if `text` can stand as the value of a parameter without quotes. */
bool sip__is_bare_value(sip_str text);

#endif
