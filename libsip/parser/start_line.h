/* Request-Line and Status-Line (RFC 3261 7.1, 7.2). */
#ifndef SIP_PARSER_START_LINE_H
#define SIP_PARSER_START_LINE_H

#include <sip/header.h>

struct sip__start_line {
    bool is_request;
    bool other_version;  /**< SIP, but not 2.0: to be answered with 505 (RFC 3261 21.5.6) */
    sip_method method;   /**< of requests */
    uint16_t status;     /**< of responses, 100..699; else 0 */
    sip_str method_text; /**< of requests */
    sip_str uri;         /**< of requests: not empty, without white space, not parsed yet */
    sip_str phrase;      /**< of responses; may be empty */
    sip_str version;     /**< "SIP/2.0" as it came */
};

/** Parse a start line without its line end. One SP parts its elements, none stands around them (RFC
 * 3261 7.1); more between and behind them are passed over.
 * @return 0 or SIP_ESYNTAX */
int sip__start_line_parse(sip_str line, struct sip__start_line *ret_line);

#endif
