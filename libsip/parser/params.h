/* Parameters of header values: ";name", ";name=token", ";name=\"quoted\"" (RFC 3261 25.1
 * generic-param). */
#ifndef SIP_PARSER_PARAMS_H
#define SIP_PARSER_PARAMS_H

#include <sip/base.h>

struct sip__param {
    sip_str name;
    sip_str value; /**< without its quotes; empty for a flag */
    bool has_value;
    bool quoted;
};

/**
 * Take the next parameter from text without its first semicolon; white space may stand around
 * everything.
 * @return 1 with *ret_param, 0 at the end, SIP_ESYNTAX
 */
int sip__param_next(sip_str *rest, struct sip__param *ret_param);

#endif
