/* The reading of sip_address values, for those that hold the memory already. */
#ifndef SIP_PARSER_ADDRESS_H
#define SIP_PARSER_ADDRESS_H

#include <sip/uri.h>

/** As sip_address_parse(), of text without white space about it, into memory that a failure leaves
 * in disorder. What stands before `readable`, the end of the text or beyond it, may be looked at.
 */
int sip__address_read(sip_str text, const char *readable, sip_address *address);

#endif
